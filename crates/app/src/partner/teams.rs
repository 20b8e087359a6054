//! Teams of agencies: seen, created, renamed, deleted, moved to another agency; their members, invitations and roles.

mod agency;
pub mod invitations;
mod refusal;
pub mod review;
mod roles;
pub mod transfer;

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::id::TeamHandle;
use durward_domain::permission::{Action, Realm, Role};
use durward_domain::team::GivenName;
use durward_store::members::{self, TeamRow};
use durward_store::roles::{self as held, GrantRow};
use durward_store::{Conn, Fault as StoreFault, estimates, teams};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actor::{Actor, Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::partner::{notices, told_of};
use crate::record::Trace;

pub use agency::{SubjectsChange, agency_change, change_agency};
pub use refusal::TeamRefusal;
pub use roles::{RoleChange, remove, set_roles};

/// One team with its members.
#[derive(Clone, Debug, Serialize)]
pub struct TeamView {
    /// Its short name.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its own words.
    pub description: String,
    /// Its agency's name.
    pub agency: String,
    /// Its agency's id.
    pub agency_id: String,
    /// Domains proved to be its own.
    pub domains: Vec<String>,
    /// How many apps it has.
    pub apps: u64,
    /// Who belongs to it; nothing for those who may not see that.
    pub members: Option<Vec<TeamMember>>,
}

/// One member of a team.
#[derive(Clone, Debug, Serialize)]
pub struct TeamMember {
    /// The member's id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The work address.
    pub email: String,
    /// The role in the sandbox.
    pub sandbox: Option<Role>,
    /// The role in production.
    pub production: Option<Role>,
    /// When they signed in last.
    pub signed_in: Option<Timestamp>,
}

/// A team in a list.
#[derive(Clone, Debug, Serialize)]
pub struct TeamLine {
    /// Its short name.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its agency's name.
    pub agency: String,
    /// The role that the reader has in the sandbox.
    pub sandbox: Option<Role>,
    /// The role that the reader has in production.
    pub production: Option<Role>,
}

/// An agency.
#[derive(Clone, Debug, Serialize)]
pub struct AgencyView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its letters, as in agreement numbers.
    pub abbreviation: String,
}

/// All agencies, by name.
///
/// # Errors
/// A fault.
pub async fn agencies(keeper: &Keeper) -> Result<Vec<AgencyView>, Fault> {
    let rows = keeper.store.read(members::agencies).await?;
    Ok(rows
        .into_iter()
        .map(|row| AgencyView {
            id: row.agency_id,
            name: row.name,
            abbreviation: row.abbreviation,
        })
        .collect())
}

/// The teams that a member may see, by short name.
///
/// # Errors
/// A fault.
pub async fn list(keeper: &Keeper, member: &Member) -> Result<Vec<TeamLine>, Fault> {
    let (rows, agencies) = keeper
        .store
        .read(|c| Ok((members::teams(c)?, agency_names(c)?)))
        .await?;
    Ok(rows
        .into_iter()
        .filter(|team| member.reaches(Action::ViewTeam, Belongs::ToTeam(&team.handle)))
        .map(|team| TeamLine {
            sandbox: member.role_in(&team.handle, Realm::Sandbox),
            production: member.role_in(&team.handle, Realm::Production),
            agency: agencies.get(&team.agency_id).cloned().unwrap_or_default(),
            handle: team.handle,
            name: team.name,
        })
        .collect())
}

/// One team.
///
/// # Errors
/// [`TeamRefusal::NotFound`] when there is none that the member may see.
pub async fn team(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
) -> Result<TeamView, Failure<TeamRefusal>> {
    visible(member, handle)?;
    let shows_members = member.reaches(Action::ListMembers, Belongs::ToTeam(handle));
    let name = handle.to_owned();
    let found = keeper
        .store
        .read(move |c| {
            let Some(team) = members::find_team(c, &name)? else {
                return Ok(None);
            };
            let note = teams::notes(c)?
                .into_iter()
                .find(|note| note.handle == name);
            let people = if shows_members {
                Some(people_of(c, &name)?)
            } else {
                None
            };
            let agency = agency_names(c)?.remove(&team.agency_id).unwrap_or_default();
            Ok(Some(TeamView {
                description: note.map(|note| note.description).unwrap_or_default(),
                agency,
                agency_id: team.agency_id,
                domains: team.domains.split_whitespace().map(str::to_owned).collect(),
                apps: u64::try_from(teams::app_count(c, &name)?).unwrap_or_default(),
                members: people,
                handle: team.handle,
                name: team.name,
            }))
        })
        .await?;
    found.ok_or_else(|| missing(handle))
}

/// What a new team is to be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// Its name.
    pub name: String,
    /// Its short name; made of the name when it is left out.
    #[serde(default)]
    pub handle: Option<String>,
    /// Its agency: the id, the letters or the name.
    pub agency: String,
    /// Its own words.
    #[serde(default)]
    pub description: String,
}

/// Creates a team. A partner who does becomes its admin in the sandbox; staff invite its first admin.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn create(
    keeper: &Arc<Keeper>,
    member: &Member,
    new: &NewTeam,
    trace: &Trace,
) -> Result<TeamView, Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::CreateTeam, Belongs::ToProgramme, now)?;
    let name = GivenName::parse(&new.name).map_err(TeamRefusal::Name)?;
    let handle = match new.handle.as_deref().map(str::trim) {
        Some(handle) if !handle.is_empty() => handle.to_owned(),
        _ => name.handle(),
    };
    if TeamHandle::parse(&handle).is_err() {
        return Err(TeamRefusal::Handle(short(&handle)).into());
    }
    let row = TeamRow {
        handle: handle.clone(),
        name: name.as_str().to_owned(),
        agency_id: new.agency.trim().to_owned(),
        domains: String::new(),
    };
    let description = described(&new.description);
    let first_admin = (!member.is_staff()).then(|| member.id.clone());
    let pen = Pen::new(keeper, member, trace);
    let now_us = now.as_microsecond();
    let made = keeper.store.write(move |c| {
        let mut row = row.clone();
        let Some(agency) = members::agencies(c)?.into_iter().find(|agency| {
            agency.agency_id == row.agency_id
                || agency.name == row.agency_id
                || agency.abbreviation.eq_ignore_ascii_case(&row.agency_id)
        }) else {
            return Ok(Err(TeamRefusal::NoAgency(short(&row.agency_id))));
        };
        row.agency_id = agency.agency_id;
        if !members::put_team(c, &row, now_us)? {
            return Ok(Err(TeamRefusal::HandleTaken(row.handle)));
        }
        teams::describe(c, &row.handle, &row.name, &description)?;
        let detail = json!({ "agency": row.agency_id });
        pen.record(c, Event::TeamCreated, &row.handle, detail)?;
        if let Some(id) = &first_admin {
            let grant = GrantRow {
                member_id: id.clone(),
                team: row.handle.clone(),
                realm: Realm::Sandbox.as_str().to_owned(),
                role: Role::PartnerAdmin.as_str().to_owned(),
                granted_by: id.clone(),
                granted_us: now_us,
            };
            held::give(c, &grant)?;
            pen.role_given(c, &grant)?;
            estimates::adopt(c, id, &row.handle)?;
        }
        Ok(Ok(()))
    });
    made.await?.map_err(Failure::Refused)?;
    let mut seen = member.clone();
    if !member.is_staff() {
        let held = crate::actor::Held::in_team(handle.clone(), Realm::Sandbox, Role::PartnerAdmin);
        seen.roles.push(held);
    }
    team(keeper, &seen, &handle).await
}

/// Gives a team another name and description.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn rename(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    (name, description): (&str, &str),
    trace: &Trace,
) -> Result<TeamView, Failure<TeamRefusal>> {
    manages(keeper, member, handle)?;
    let name = GivenName::parse(name).map_err(TeamRefusal::Name)?;
    let (pen, team_in) = (Pen::new(keeper, member, trace), handle.to_owned());
    let description = described(description);
    let done = keeper.store.write(move |c| {
        if !teams::describe(c, &team_in, name.as_str(), &description)? {
            return Ok(false);
        }
        pen.record(c, Event::TeamChanged, &team_in, json!({}))?;
        Ok(true)
    });
    if !done.await? {
        return Err(missing(handle));
    }
    team(keeper, member, handle).await
}

/// Deletes a team that has no apps. Its short name is never used again.
///
/// # Errors
/// [`TeamRefusal::HasApps`], or another refusal or a fault.
pub async fn delete(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    trace: &Trace,
) -> Result<(), Failure<TeamRefusal>> {
    manages(keeper, member, handle)?;
    let now = keeper.clock.real_now();
    let in_production = member.may(
        Action::ManageProductionMembers,
        Belongs::ToTeam(handle),
        now,
    );
    let (pen, team) = (Pen::new(keeper, member, trace), handle.to_owned());
    let done = keeper.store.write(move |c| {
        if members::find_team(c, &team)?.is_none() {
            return Ok(Err(TeamRefusal::NotFound(team.clone())));
        }
        let roles = held::of_team(c, &team)?;
        // Deleting takes the production roles too.
        let has_production = roles
            .iter()
            .any(|one| one.realm == Realm::Production.as_str());
        if has_production && let Err(denied) = &in_production {
            return Ok(Err(TeamRefusal::Denied(denied.clone())));
        }
        if !teams::delete(c, &team, now.as_microsecond())? {
            return Ok(Err(TeamRefusal::HasApps));
        }
        for grant in &roles {
            pen.role_taken(c, grant)?;
        }
        held::end_team(c, &team)?;
        pen.record(c, Event::TeamDeleted, &team, json!({}))?;
        Ok(Ok(()))
    });
    done.await?.map_err(Failure::Refused)
}

/// Adds an agency.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn add_agency(
    keeper: &Arc<Keeper>,
    member: &Member,
    (name, letters): (&str, &str),
    trace: &Trace,
) -> Result<AgencyView, Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::ManageAgencies, Belongs::ToProgramme, now)?;
    let name = GivenName::parse(name).map_err(TeamRefusal::Name)?;
    let letters = letters.trim().to_ascii_uppercase();
    let good = (2..=10).contains(&letters.len())
        && letters.chars().all(|letter| letter.is_ascii_alphanumeric());
    if !good {
        return Err(TeamRefusal::Letters.into());
    }
    let view = AgencyView {
        id: keeper.random.uuid_v7(keeper.clock.now()).to_string(),
        name: name.as_str().to_owned(),
        abbreviation: letters,
    };
    let (pen, row) = (Pen::new(keeper, member, trace), view.clone());
    let done = keeper.store.write(move |c| {
        if !teams::add_agency(c, &row.id, &row.name, &row.abbreviation)? {
            return Ok(Err(TeamRefusal::AgencyTaken));
        }
        let detail = json!({ "letters": row.abbreviation });
        pen.record(c, Event::AgencyAdded, &row.id, detail)?;
        Ok(Ok(()))
    });
    done.await?.map_err(Failure::Refused)?;
    Ok(view)
}

/// Gives an agency another name. Its letters stay: they are in agreement numbers.
///
/// # Errors
/// [`TeamRefusal`], or a fault.
pub async fn rename_agency(
    keeper: &Arc<Keeper>,
    member: &Member,
    (id, name): (&str, &str),
    trace: &Trace,
) -> Result<AgencyView, Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::ManageAgencies, Belongs::ToProgramme, now)?;
    let name = GivenName::parse(name).map_err(TeamRefusal::Name)?;
    let (pen, id) = (Pen::new(keeper, member, trace), id.to_owned());
    let done = keeper.store.write(move |c| {
        let found = members::agencies(c)?
            .into_iter()
            .find(|agency| agency.agency_id == id);
        let Some(agency) = found else {
            return Ok(Err(TeamRefusal::NoAgency(short(&id))));
        };
        if !teams::rename_agency(c, &id, name.as_str())? {
            return Ok(Err(TeamRefusal::AgencyTaken));
        }
        pen.record(c, Event::AgencyChanged, &id, json!({}))?;
        Ok(Ok(AgencyView {
            id: id.clone(),
            name: name.as_str().to_owned(),
            abbreviation: agency.abbreviation,
        }))
    });
    done.await?.map_err(Failure::Refused)
}

/// Writes the audit record of one member's request.
#[derive(Clone)]
pub(crate) struct Pen {
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) actor: Actor,
    pub(crate) trace: Trace,
}

impl Pen {
    pub(crate) fn new(keeper: &Arc<Keeper>, member: &Member, trace: &Trace) -> Self {
        Self {
            keeper: Arc::clone(keeper),
            actor: member.actor(),
            trace: trace.clone(),
        }
    }

    pub(crate) fn record(
        &self,
        c: &mut Conn,
        event: Event,
        subject: &str,
        detail: Value,
    ) -> Result<(), StoreFault> {
        self.keeper.record(
            c,
            &Happened {
                actor: &self.actor,
                event,
                subject,
                trace: Some(&self.trace),
                detail,
            },
        )
    }

    pub(crate) fn role_given(&self, c: &mut Conn, grant: &GrantRow) -> Result<(), StoreFault> {
        self.record(c, Event::MemberRoleGiven, &grant.member_id, told(grant))?;
        told_of::role(c, &self.keeper, (&self.actor, grant), &notices::ROLE_GIVEN)
    }

    pub(crate) fn role_taken(&self, c: &mut Conn, grant: &GrantRow) -> Result<(), StoreFault> {
        self.record(c, Event::MemberRoleTaken, &grant.member_id, told(grant))?;
        told_of::role(c, &self.keeper, (&self.actor, grant), &notices::ROLE_TAKEN)
    }
}

fn told(grant: &GrantRow) -> Value {
    json!({ "team": grant.team, "realm": grant.realm, "role": grant.role })
}

fn people_of(c: &mut Conn, team: &str) -> Result<Vec<TeamMember>, StoreFault> {
    let grants = held::of_team(c, team)?;
    let seen: BTreeMap<String, i64> = teams::last_sign_ins(c)?.into_iter().collect();
    let role_of = |id: &str, realm: Realm| {
        grants
            .iter()
            .find(|one| one.member_id == id && one.realm == realm.as_str())
            .and_then(|one| Role::parse(&one.role))
    };
    let people = members::members_of_team(c, team)?;
    Ok(people
        .into_iter()
        .map(|member| TeamMember {
            sandbox: role_of(&member.member_id, Realm::Sandbox),
            production: role_of(&member.member_id, Realm::Production),
            signed_in: seen.get(&member.member_id).copied().map(time),
            id: member.member_id,
            name: member.name,
            email: member.email,
        })
        .collect())
}

pub(crate) fn agency_names(c: &mut Conn) -> Result<BTreeMap<String, String>, StoreFault> {
    let rows = members::agencies(c)?;
    Ok(rows
        .into_iter()
        .map(|agency| (agency.agency_id, agency.name))
        .collect())
}

/// A team that a member may not see is not there.
fn visible(member: &Member, handle: &str) -> Result<(), Failure<TeamRefusal>> {
    if member.reaches(Action::ViewTeam, Belongs::ToTeam(handle)) {
        Ok(())
    } else {
        Err(missing(handle))
    }
}

fn manages(keeper: &Keeper, member: &Member, handle: &str) -> Result<(), Failure<TeamRefusal>> {
    visible(member, handle)?;
    let now = keeper.clock.real_now();
    member.may(Action::ManageTeam, Belongs::ToTeam(handle), now)?;
    Ok(())
}

fn missing(handle: &str) -> Failure<TeamRefusal> {
    Failure::Refused(TeamRefusal::NotFound(short(handle)))
}

fn described(text: &str) -> String {
    text.trim().chars().take(500).collect()
}

pub(super) fn short(text: &str) -> String {
    text.chars().take(80).collect()
}
