//! Moving an app to another team: the only way that its team changes.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::id::TeamHandle;
use durward_domain::permission::Action;
use durward_store::apps::{self, ConfigurationRow, RevisionRow};
use durward_store::{Conn, Fault as StoreFault, launches, members, releases, teams};
use serde::Serialize;
use serde_json::json;

use super::agency::{SubjectsChange, confirm, subjects};
use super::{Pen, TeamRefusal, short};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, PORTAL_CLIENT_ID};
use crate::operator::build::{self, Wanted, Why};
use crate::partner::apps::document_of;
use crate::partner::requests::is_decided_on;
use crate::partner::told_of;
use crate::record::Trace;

/// What a transfer does.
#[derive(Clone, Debug, Serialize)]
pub struct Transfer {
    /// The app.
    pub app: String,
    /// Its team.
    pub from: String,
    /// The team that it goes to.
    pub to: String,
    /// Where it has a configuration.
    pub environments: Vec<EnvironmentName>,
    /// How many people it knows by another identifier afterwards; empty while the agency stays.
    pub subjects: Vec<SubjectsChange>,
}

/// The team of an app, for somebody who may move it away from there, a fresh second factor aside.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn team_of(
    keeper: &Keeper,
    member: &Member,
    app: &str,
) -> Result<String, Failure<TeamRefusal>> {
    let rows = configurations(keeper, member, app).await?;
    let from = rows.first().map(|row| row.team.clone());
    let from = from.ok_or_else(|| TeamRefusal::NoApp(short(app)))?;
    let action = action_for(&rows);
    if !member.reaches(action, Belongs::ToTeam(&from)) {
        let now = keeper.clock.real_now();
        member.may(action, Belongs::ToTeam(&from), now)?;
    }
    Ok(from)
}

/// What the transfer of an app to another team would do, for somebody who may do it, a fresh second factor aside.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn plan(
    keeper: &Keeper,
    member: &Member,
    (app, to): (&str, &str),
) -> Result<Transfer, Failure<TeamRefusal>> {
    let rows = configurations(keeper, member, app).await?;
    let from = rows
        .first()
        .map(|row| row.team.clone())
        .ok_or_else(|| TeamRefusal::NoApp(short(app)))?;
    if rows.iter().any(|row| row.issuer == PORTAL_CLIENT_ID) {
        return Err(TeamRefusal::Portal.into());
    }
    let action = action_for(&rows);
    // Both teams are asked, the one that it leaves and the one that it goes to.
    for team in [from.as_str(), to] {
        if !member.reaches(Action::ViewTeam, Belongs::ToTeam(team)) {
            return Err(TeamRefusal::NotFound(short(team)).into());
        }
        if !member.reaches(action, Belongs::ToTeam(team)) {
            let now = keeper.clock.real_now();
            member.may(action, Belongs::ToTeam(team), now)?;
        }
    }
    if from == to {
        return Err(TeamRefusal::SameTeam.into());
    }
    let (names, handle) = ((from.clone(), to.to_owned()), app.to_owned());
    let (before, after, requested) = keeper
        .store
        .read(move |c| {
            let before = members::find_team(c, &names.0)?;
            let after = members::find_team(c, &names.1)?;
            let requests = launches::of_app(c, &handle)?;
            Ok((before, after, requests.iter().any(is_decided_on)))
        })
        .await?;
    let after = after.ok_or_else(|| TeamRefusal::NotFound(short(to)))?;
    if requested {
        return Err(TeamRefusal::Requested.into());
    }
    let agency = before.map(|team| team.agency_id).unwrap_or_default();
    let changes = if agency == after.agency_id {
        Vec::new()
    } else {
        subjects(keeper, &agency, vec![app.to_owned()]).await?
    };
    Ok(Transfer {
        app: app.to_owned(),
        from,
        to: to.to_owned(),
        environments: rows
            .iter()
            .filter_map(|row| EnvironmentName::parse(&row.environment).ok())
            .collect(),
        subjects: changes,
    })
}

/// Moves an app to another team. Each configuration gets a revision that says so, and what is live stays live.
///
/// # Errors
/// [`TeamRefusal::Subjects`] when identifiers change and their number was not confirmed; another refusal; or a fault.
pub async fn transfer(
    keeper: &Arc<Keeper>,
    member: &Member,
    (app, to): (&str, &str),
    confirmed: Option<u64>,
    trace: &Trace,
) -> Result<Transfer, Failure<TeamRefusal>> {
    let plan = plan(keeper, member, (app, to)).await?;
    let rows = configurations(keeper, member, app).await?;
    let (action, now) = (action_for(&rows), keeper.clock.real_now());
    for team in [plan.from.as_str(), to] {
        member.may(action, Belongs::ToTeam(team), now)?;
    }
    confirm(&plan.subjects, confirmed)?;
    let mut moves = Vec::with_capacity(rows.len());
    for row in &rows {
        moves.push(moved(keeper, member, row, &plan).await?);
    }
    let unit = Unit {
        pen: Pen::new(keeper, member, trace),
        plan: plan.clone(),
        moves: moves.clone(),
    };
    let done = keeper.store.write(move |c| unit.run(c)).await?;
    done.map_err(Failure::Refused)?;
    for one in moves {
        let Some((row, document)) = one.live else {
            continue;
        };
        let why = Why {
            kind: "transfer",
            reason: format!("{app} belongs to the team {to}."),
            actor: member.actor(),
        };
        let wanted = vec![Wanted::set(&row, *document)];
        build::release(keeper, one.environment, wanted, why, build::nothing_more).await?;
    }
    Ok(plan)
}

/// One configuration's new revisions: the one that is live from now on, and the newest.
#[derive(Clone)]
struct Moved {
    environment: EnvironmentName,
    issuer: String,
    seen_version: i64,
    live_before: Option<String>,
    live: Option<(RevisionRow, Box<AppDocument>)>,
    /// The newest, where it differs from what is live.
    newest: Option<RevisionRow>,
}

async fn moved(
    keeper: &Keeper,
    member: &Member,
    row: &ConfigurationRow,
    plan: &Transfer,
) -> Result<Moved, Failure<TeamRefusal>> {
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))?;
    let handle = row.handle.clone();
    let live = keeper
        .store
        .read(
            move |c| match releases::app_in(c, environment.as_str(), &handle)? {
                Some((revision, _)) => apps::find_revision(c, &revision),
                None => Ok(None),
            },
        )
        .await?;
    let team = TeamHandle::parse(&plan.to).map_err(|bad| Fault::internal(bad.to_string()))?;
    let now = keeper.clock.now();
    let revision = |text: &str| -> Result<(RevisionRow, AppDocument), Fault> {
        let mut document = document_of(text)?;
        document.team = team.clone();
        let row = RevisionRow {
            revision_id: keeper.random.uuid_v7(now).to_string(),
            handle: row.handle.clone(),
            environment: row.environment.clone(),
            number: 0,
            document: document.to_json(),
            digest: document.digest(),
            author: member.id.clone(),
            note: format!("Moved from the team {} to {}.", plan.from, plan.to),
            created_us: now.as_microsecond(),
        };
        Ok((row, document))
    };
    let same = live
        .as_ref()
        .is_some_and(|live| live.revision_id == row.revision_id);
    let live_before = live.as_ref().map(|live| live.revision_id.clone());
    let live = match live {
        Some(live) => {
            let (row, document) = revision(&live.document)?;
            Some((row, Box::new(document)))
        }
        None => None,
    };
    let newest = if same {
        None
    } else {
        Some(revision(&row.document)?.0)
    };
    Ok(Moved {
        environment,
        issuer: row.issuer.clone(),
        seen_version: row.version,
        live_before,
        live,
        newest,
    })
}

struct Unit {
    pen: Pen,
    plan: Transfer,
    moves: Vec<Moved>,
}

impl Unit {
    /// Everything is looked at again, then all of it is written.
    fn run(&self, c: &mut Conn) -> Result<Result<(), TeamRefusal>, StoreFault> {
        let plan = &self.plan;
        if members::find_team(c, &plan.to)?.is_none() {
            return Ok(Err(TeamRefusal::NotFound(plan.to.clone())));
        }
        if launches::of_app(c, &plan.app)?.iter().any(is_decided_on) {
            return Ok(Err(TeamRefusal::Requested));
        }
        for one in &self.moves {
            let name = one.environment.as_str();
            let found = apps::find_configuration(c, &plan.app, name)?;
            let live = releases::app_in(c, name, &plan.app)?.map(|(revision, _)| revision);
            let same = found.is_some_and(|row| {
                row.version == one.seen_version && row.issuer == one.issuer && row.team == plan.from
            });
            if !same || live != one.live_before {
                return Ok(Err(TeamRefusal::Stale));
            }
        }
        if !teams::move_app(c, &plan.app, &plan.from, &plan.to)? {
            return Ok(Err(TeamRefusal::Stale));
        }
        for one in &self.moves {
            let live = one.live.as_ref().map(|(row, _)| row);
            let mut version = one.seen_version;
            for row in live.into_iter().chain(&one.newest) {
                let mut row = row.clone();
                row.number = apps::next_number(c, &row.handle, &row.environment)?;
                if let Some(next) = apps::update_configuration(c, &row, version)? {
                    version = next;
                }
                apps::insert_revision(c, &row)?;
            }
        }
        let detail = json!({ "from": plan.from, "to": plan.to, "subjects": plan.subjects });
        self.pen
            .record(c, Event::AppTransferred, &plan.app, detail)?;
        let moved = (plan.app.as_str(), plan.from.as_str(), plan.to.as_str());
        told_of::transfer(c, &self.pen.keeper, &self.pen.actor, moved)?;
        Ok(Ok(()))
    }
}

/// What an app has where, for somebody who may see it. A deleted one has nothing.
async fn configurations(
    keeper: &Keeper,
    member: &Member,
    app: &str,
) -> Result<Vec<ConfigurationRow>, Failure<TeamRefusal>> {
    let handle = app.to_owned();
    let rows = keeper
        .store
        .read(move |c| {
            let mut rows = Vec::new();
            for environment in EnvironmentName::ALL {
                rows.extend(apps::find_configuration(c, &handle, environment.as_str())?);
            }
            Ok(rows)
        })
        .await?;
    let seen = rows
        .first()
        .is_some_and(|row| member.reaches(Action::ViewApp, Belongs::ToTeam(&row.team)));
    if seen {
        Ok(rows)
    } else {
        Err(TeamRefusal::NoApp(short(app)).into())
    }
}

fn action_for(rows: &[ConfigurationRow]) -> Action {
    let live_class = |row: &ConfigurationRow| {
        EnvironmentName::parse(&row.environment).is_ok_and(|name| name.class().is_live())
    };
    if rows.iter().any(live_class) {
        Action::TransferLiveApp
    } else {
        Action::TransferApp
    }
}
