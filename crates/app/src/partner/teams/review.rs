//! Who has which access, for the review that happens each quarter; and teams that nobody looks after.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::{Action, Role};
use durward_store::{members, roles, teams};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::{Pen, TeamRefusal, agency_names};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::record::Trace;

/// One role of one person.
#[derive(Clone, Debug, Serialize)]
pub struct Access {
    /// The team's short name; empty for the programme's staff.
    pub team: String,
    /// The agency's name.
    pub agency: String,
    /// The person's name.
    pub member: String,
    /// Their address.
    pub email: String,
    /// The role.
    pub role: String,
    /// `sandbox`, `production`, or empty for staff.
    pub realm: String,
    /// When they signed in last.
    pub last_sign_in: Option<Timestamp>,
    /// Who gave the role; empty when the server did.
    pub granted_by: String,
    /// When.
    pub granted: Timestamp,
}

/// Every role in the teams that the member answers for; all of them, and staff, for the programme's own. Reading it is
/// recorded.
///
/// # Errors
/// [`TeamRefusal::Denied`], or a fault.
pub async fn access(
    keeper: &Arc<Keeper>,
    member: &Member,
    only: Option<&str>,
    trace: &Trace,
) -> Result<Vec<Access>, Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    match only {
        Some(team) => member.may(Action::ReviewAccess, Belongs::ToTeam(team), now)?,
        None => member.may_somewhere(Action::ReviewAccess, now)?,
    };
    let everything = member.reaches(Action::ReviewAccess, Belongs::ToProgramme);
    let pen = Pen::new(keeper, member, trace);
    let (reader, only) = (member.clone(), only.map(str::to_owned));
    let list = keeper.store.write(move |c| {
        let people: BTreeMap<String, (String, String)> = teams::everybody(c)?
            .into_iter()
            .map(|(id, email, name)| (id, (email, name)))
            .collect();
        let seen: BTreeMap<String, i64> = teams::last_sign_ins(c)?.into_iter().collect();
        let agencies = agency_names(c)?;
        let of_team: BTreeMap<String, String> = members::teams(c)?
            .into_iter()
            .map(|team| (team.handle, team.agency_id))
            .collect();
        let list: Vec<Access> = roles::all(c)?
            .into_iter()
            .filter(|row| match &only {
                Some(team) => row.team == *team,
                None if everything => true,
                None => {
                    !row.team.is_empty()
                        && reader.reaches(Action::ReviewAccess, Belongs::ToTeam(&row.team))
                }
            })
            .map(|row| {
                let (email, name) = people.get(&row.member_id).cloned().unwrap_or_default();
                let agency = of_team.get(&row.team).and_then(|id| agencies.get(id));
                let by = people.get(&row.granted_by);
                Access {
                    agency: agency.cloned().unwrap_or_default(),
                    member: name,
                    email,
                    last_sign_in: seen.get(&row.member_id).copied().map(time),
                    granted_by: by.map(|(email, _)| email.clone()).unwrap_or_default(),
                    granted: time(row.granted_us),
                    team: row.team,
                    role: row.role,
                    realm: row.realm,
                }
            })
            .collect();
        let subject = only.as_deref().unwrap_or("portal");
        let detail = json!({ "rows": list.len() });
        pen.record(c, Event::AccessExported, subject, detail)?;
        Ok(list)
    });
    Ok(list.await?)
}

/// The list as CSV (RFC 4180). No cell begins as a formula.
pub fn csv(list: &[Access]) -> String {
    let mut text =
        String::from("team,agency,member,email,role,realm,last_sign_in,granted_by,granted\r\n");
    for one in list {
        let last = one
            .last_sign_in
            .map(|at| at.to_string())
            .unwrap_or_default();
        let granted = one.granted.to_string();
        let cells = [
            one.team.as_str(),
            &one.agency,
            &one.member,
            &one.email,
            &one.role,
            &one.realm,
            &last,
            &one.granted_by,
            &granted,
        ];
        let cells: Vec<String> = cells.into_iter().map(cell).collect();
        // Writing to a String cannot fail.
        let _ = write!(text, "{}\r\n", cells.join(","));
    }
    text
}

fn cell(text: &str) -> String {
    let safe = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if safe.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", safe.replace('"', "\"\""))
    } else {
        safe
    }
}

/// A team that nobody looks after.
#[derive(Clone, Debug, Serialize)]
pub struct Orphan {
    /// Its short name.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its agency's name.
    pub agency: String,
    /// Why it is listed.
    pub reason: OrphanReason,
    /// When somebody of it signed in last.
    pub last_sign_in: Option<Timestamp>,
    /// How many apps it has.
    pub apps: u64,
}

/// Why nobody looks after a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrphanReason {
    /// It has no partner admin.
    NoAdmin,
    /// No partner admin of it ever signed in, or not for long.
    AdminsAway,
    /// Nobody of it signed in for long.
    NobodySignsIn,
}

/// The teams that nobody looks after, for the programme's staff. They invite a new partner admin, move the apps, or
/// delete the team.
///
/// # Errors
/// [`TeamRefusal::Denied`], or a fault.
pub async fn orphans(
    keeper: &Keeper,
    member: &Member,
) -> Result<Vec<Orphan>, Failure<TeamRefusal>> {
    let now = keeper.clock.real_now();
    member.may(Action::ViewConsole, Belongs::ToProgramme, now)?;
    let late = now.as_microsecond() - IDLE_US;
    let list = keeper.store.read(move |c| {
        let seen: BTreeMap<String, i64> = teams::last_sign_ins(c)?.into_iter().collect();
        let agencies = agency_names(c)?;
        let since: BTreeMap<String, i64> = teams::notes(c)?
            .into_iter()
            .map(|note| (note.handle, note.created_us))
            .collect();
        let grants = roles::all(c)?;
        let mut list = Vec::new();
        for team in members::teams(c)? {
            let own: Vec<_> = grants
                .iter()
                .filter(|row| row.team == team.handle)
                .collect();
            let admins: BTreeSet<&str> = own
                .iter()
                .filter(|row| row.role == Role::PartnerAdmin.as_str())
                .map(|row| row.member_id.as_str())
                .collect();
            let last = own.iter().filter_map(|row| seen.get(&row.member_id)).max();
            // Whoever was given a role lately need not have signed in yet.
            let fresh = |ids: &BTreeSet<&str>| {
                own.iter()
                    .filter(|row| ids.contains(row.member_id.as_str()))
                    .any(|row| {
                        row.granted_us > late
                            || seen.get(&row.member_id).is_some_and(|at| *at > late)
                    })
            };
            let everybody = own.iter().map(|row| row.member_id.as_str()).collect();
            let young = since.get(&team.handle).is_some_and(|at| *at > late);
            let reason = if admins.is_empty() {
                Some(OrphanReason::NoAdmin)
            } else if young || fresh(&admins) {
                None
            } else if fresh(&everybody) {
                Some(OrphanReason::AdminsAway)
            } else {
                Some(OrphanReason::NobodySignsIn)
            };
            let Some(reason) = reason else { continue };
            list.push(Orphan {
                apps: u64::try_from(teams::app_count(c, &team.handle)?).unwrap_or_default(),
                agency: agencies.get(&team.agency_id).cloned().unwrap_or_default(),
                last_sign_in: last.copied().map(time),
                handle: team.handle,
                name: team.name,
                reason,
            });
        }
        Ok(list)
    });
    Ok(list.await.map_err(Fault::from)?)
}

/// So long nobody must have signed in.
pub const IDLE_DAYS: i64 = 90;
const IDLE_US: i64 = IDLE_DAYS * 86_400_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_formulas() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("@cmd,x"), "\"'@cmd,x\"");
    }
}
