//! Moving a team to another agency: what its apps call people hangs on the agency.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::{apps, members, releases, teams};
use serde::Serialize;
use serde_json::json;

use super::{Pen, TeamRefusal, TeamView, missing, short, team, visible};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::operator::build::{self, Wanted, Why};
use crate::partner::apps::document_of;
use crate::partner::told_of;
use crate::record::Trace;

/// How many people the apps of an environment would know by another identifier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SubjectsChange {
    /// The environment.
    pub environment: EnvironmentName,
    /// How many apps of it are concerned.
    pub apps: u64,
    /// How many identifiers; nothing when the environment cannot be asked from here.
    pub subjects: Option<u64>,
}

/// What a move of the team to another agency changes. The move itself is [`change_agency`].
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn agency_change(
    keeper: &Keeper,
    member: &Member,
    (handle, agency): (&str, &str),
) -> Result<Vec<SubjectsChange>, Failure<TeamRefusal>> {
    visible(member, handle)?;
    if !member.reaches(Action::ChangeAgency, Belongs::ToTeam(handle)) {
        let now = keeper.clock.real_now();
        member.may(Action::ChangeAgency, Belongs::ToTeam(handle), now)?;
    }
    let (from, _) = agencies(keeper, handle, agency).await?;
    let name = handle.to_owned();
    let handles = keeper.store.read(move |c| teams::apps(c, &name)).await?;
    Ok(subjects(keeper, &from, handles).await?)
}

/// Moves a team to another agency. `confirmed` is how many identifiers change, as the mover saw it.
///
/// # Errors
/// [`TeamRefusal::Subjects`] when identifiers change and their number was not confirmed; another refusal; or a fault.
pub async fn change_agency(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, agency): (&str, &str),
    confirmed: Option<u64>,
    trace: &Trace,
) -> Result<TeamView, Failure<TeamRefusal>> {
    let changes = agency_change(keeper, member, (handle, agency)).await?;
    let now = keeper.clock.real_now();
    member.may(Action::ChangeAgency, Belongs::ToTeam(handle), now)?;
    confirm(&changes, confirmed)?;
    let (from, to) = agencies(keeper, handle, agency).await?;
    let (pen, name) = (Pen::new(keeper, member, trace), handle.to_owned());
    let counted: Vec<_> = changes.clone();
    let moved = keeper.store.write(move |c| {
        if !teams::set_agency(c, &name, &from, &to)? {
            return Ok(false);
        }
        let detail = json!({ "from": from, "to": to, "subjects": counted });
        pen.record(c, Event::TeamAgencyChanged, &name, detail)?;
        told_of::agency(c, &pen.keeper, &pen.actor, &name)?;
        Ok(true)
    });
    if !moved.await? {
        return Err(TeamRefusal::Stale.into());
    }
    let name = handle.to_owned();
    let handles = keeper.store.read(move |c| teams::apps(c, &name)).await?;
    let reason = format!("The team {handle} belongs to another agency.");
    for link in &keeper.environments {
        again(keeper, member, link.name, &handles, &reason).await?;
    }
    team(keeper, member, handle).await
}

/// Refuses what changes identifiers when their number was not confirmed.
pub(super) fn confirm(
    changes: &[SubjectsChange],
    confirmed: Option<u64>,
) -> Result<(), TeamRefusal> {
    let known: u64 = changes.iter().filter_map(|one| one.subjects).sum();
    let unknown = changes.iter().any(|one| one.subjects.is_none());
    let needs = known > 0 || unknown;
    if needs && confirmed != Some(known) {
        return Err(TeamRefusal::Subjects(changes.to_vec()));
    }
    Ok(())
}

/// How many identifiers of an agency hang on these apps, in each environment whose releases hold one of them.
pub(super) async fn subjects(
    keeper: &Keeper,
    agency: &str,
    mut handles: Vec<String>,
) -> Result<Vec<SubjectsChange>, Fault> {
    handles.sort();
    handles.dedup();
    let mut list = Vec::new();
    for link in &keeper.environments {
        let (name, of) = (link.name, handles.clone());
        let clients = keeper
            .store
            .read(move |c| {
                let mut clients = Vec::new();
                for handle in &of {
                    if releases::app_in(c, name.as_str(), handle)?.is_some()
                        && let Some(row) = apps::find_configuration(c, handle, name.as_str())?
                    {
                        clients.push(row.issuer);
                    }
                }
                Ok(clients)
            })
            .await?;
        if clients.is_empty() {
            continue;
        }
        let apps = u64::try_from(clients.len()).unwrap_or(u64::MAX);
        let counted = match &link.door {
            None => None,
            Some(door) => {
                let agency = agency.to_owned();
                let count = door.store.read(move |c| {
                    let mut count = 0;
                    for client in &clients {
                        count += teams::subjects_of_app(c, &agency, client)?;
                    }
                    Ok(count)
                });
                u64::try_from(count.await?).ok()
            }
        };
        list.push(SubjectsChange {
            environment: name,
            apps,
            subjects: counted,
        });
    }
    Ok(list)
}

/// Releases the apps of an environment again as they are, so that it learns their agency anew.
async fn again(
    keeper: &Arc<Keeper>,
    member: &Member,
    environment: EnvironmentName,
    handles: &[String],
    reason: &str,
) -> Result<(), Fault> {
    let of = handles.to_vec();
    let rows = keeper
        .store
        .read(move |c| {
            let mut rows = Vec::new();
            for handle in &of {
                if let Some((revision, _)) = releases::app_in(c, environment.as_str(), handle)? {
                    rows.extend(apps::find_revision(c, &revision)?);
                }
            }
            Ok(rows)
        })
        .await?;
    if rows.is_empty() {
        return Ok(());
    }
    let mut wanted = Vec::with_capacity(rows.len());
    for row in rows {
        let document: AppDocument = document_of(&row.document)?;
        wanted.push(Wanted::set(&row, document));
    }
    let why = Why {
        kind: "agency",
        reason: reason.to_owned(),
        actor: member.actor(),
    };
    build::release(keeper, environment, wanted, why, build::nothing_more).await?;
    Ok(())
}

/// The team's agency and the one that it is moved to, by id.
async fn agencies(
    keeper: &Keeper,
    handle: &str,
    agency: &str,
) -> Result<(String, String), Failure<TeamRefusal>> {
    let (name, wanted) = (handle.to_owned(), agency.trim().to_owned());
    let (team, agencies) = keeper
        .store
        .read(move |c| Ok((members::find_team(c, &name)?, members::agencies(c)?)))
        .await?;
    let team = team.ok_or_else(|| missing(handle))?;
    let to = agencies
        .into_iter()
        .find(|one| {
            one.agency_id == wanted
                || one.name == wanted
                || one.abbreviation.eq_ignore_ascii_case(&wanted)
        })
        .ok_or_else(|| TeamRefusal::NoAgency(short(agency)))?;
    if to.agency_id == team.agency_id {
        return Err(TeamRefusal::SameTeam.into());
    }
    Ok((team.agency_id, to.agency_id))
}
