//! Those who may say yes to a request, and what they are told: when it comes, and when the promise to answer it is broken.

use durward_domain::id::MemberId;
use durward_domain::permission::{Action, Grant, Role, grant};
use durward_store::launches::LaunchRow;
use durward_store::{Conn, Fault as StoreFault, roles};

use super::{Stored, interests};
use crate::keeper::Keeper;
use crate::partner::notices::{self, Notice, NoticeKind, To};
use crate::partner::requests::Way;
use crate::partner::told::app_name;

/// Tells of a submission. What goes live by itself waits for nobody.
pub(crate) fn told_of_submission(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
) -> Result<(), StoreFault> {
    let Ok(stored) = Stored::read(row) else {
        return Ok(());
    };
    match &stored.way {
        Way::Automatic { .. } => Ok(()),
        Way::Window => {
            let window = row.window_date.clone().unwrap_or_default();
            let waits = (&notices::REVIEW_WAITS, ("window", window));
            tell(c, keeper, (row, &stored), waits)
        }
        Way::Emergency { reason } => {
            let waits = (&notices::REVIEW_EMERGENCY, ("reason", reason.clone()));
            tell(c, keeper, (row, &stored), waits)
        }
    }
}

/// Tells that a request waits longer than the programme promised.
pub(crate) fn told_of_delay(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    due: jiff::civil::Date,
) -> Result<(), StoreFault> {
    let Ok(stored) = Stored::read(row) else {
        return Ok(());
    };
    let late = (&notices::REVIEW_OVERDUE, ("ends", due.to_string()));
    tell(c, keeper, (row, &stored), late)
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    (row, stored): (&LaunchRow, &Stored),
    (kind, value): (&'static NoticeKind, (&'static str, String)),
) -> Result<(), StoreFault> {
    let readers = of(c, row, stored)?;
    let to: Vec<To<'_>> = readers.iter().map(|id| To::Member(id)).collect();
    let values = vec![
        ("app", app_name(c, &row.revision_id, &row.handle)?),
        ("environment", row.environment.clone()),
        ("team", row.team.clone()),
        value,
    ];
    let link = format!("/launches/{}", row.launch_id);
    let notice = Notice {
        to: &to,
        kind,
        link,
        values,
    };
    notices::post(c, keeper, &notice)
}

/// The staff that may say yes to this request: never who wrote it or said yes before, and nobody of the agency that asks.
fn of(c: &mut Conn, row: &LaunchRow, stored: &Stored) -> Result<Vec<String>, StoreFault> {
    let mut found: Vec<String> = Vec::new();
    for held in roles::of_team(c, "")? {
        let reviews = Role::parse(&held.role)
            .is_some_and(|role| grant(role, Action::ApproveLaunch) == Grant::All);
        if !reviews || found.contains(&held.member_id) {
            continue;
        }
        let decided = MemberId::parse(&held.member_id)
            .is_ok_and(|id| stored.authors.contains(&id) || stored.approvals.contains(&id));
        let own: Vec<String> = roles::of_member(c, &held.member_id)?
            .into_iter()
            .map(|grant| grant.team)
            .filter(|team| !team.is_empty())
            .collect();
        if !decided && interests::in_common(c, &own, &row.team)?.is_none() {
            found.push(held.member_id);
        }
    }
    Ok(found)
}
