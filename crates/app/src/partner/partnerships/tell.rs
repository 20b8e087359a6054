//! Whom a step of a partnership is told: the side whose turn it is, or both.

use durward_domain::partnership::{Side, Task};
use durward_domain::permission::Role;
use durward_store::partnerships::PartnershipRow;
use durward_store::{Conn, Fault};
use jiff::Timestamp;

use super::{interest_of, progress_of};
use crate::keeper::Keeper;
use crate::partner::notices::{
    self, Notice, NoticeKind, PARTNERSHIP_ASSIGNED, PARTNERSHIP_STANDING, PARTNERSHIP_TURN, To,
};

/// Tells an account manager that a partnership is theirs; not who took it up themselves.
pub(super) fn assigned(
    c: &mut Conn,
    keeper: &Keeper,
    row: &PartnershipRow,
    manager: &str,
    by: &str,
) -> Result<(), Fault> {
    if manager == by {
        return Ok(());
    }
    let values = vec![
        ("reference", row.reference.clone()),
        ("agency", row.agency.clone()),
    ];
    let to = [To::Member(manager)];
    post(c, keeper, row, (&PARTNERSHIP_ASSIGNED, &to, values))
}

/// Tells a side that it is its turn, when a task of the other side was done.
pub(super) fn turn(
    c: &mut Conn,
    keeper: &Keeper,
    (row, done): (&PartnershipRow, Task),
    now: Timestamp,
) -> Result<(), Fault> {
    let Some(waiting) = progress_of(c, row, now)?.waiting else {
        return Ok(());
    };
    if waiting.side == done.side() {
        return Ok(());
    }
    let values = vec![
        ("agency", row.agency.clone()),
        ("task", waiting.task.as_str().to_owned()),
    ];
    let to = match waiting.side {
        Side::Partner => partner(row),
        Side::Programme => Some(programme(row)),
    };
    match to {
        Some(to) => post(c, keeper, row, (&PARTNERSHIP_TURN, &[to], values)),
        None => Ok(()),
    }
}

/// Tells both sides that a partnership rests, goes on, was lost or is live. Before there is a team, the contact of the
/// interest form stands for the partner.
pub(super) fn standing(
    c: &mut Conn,
    keeper: &Keeper,
    row: &PartnershipRow,
    note: &str,
) -> Result<(), Fault> {
    let contact = interest_of(row).ok().map(|interest| interest.email);
    let outside = contact
        .as_deref()
        .map(|email| To::Address(email, &row.language));
    let values = vec![
        ("agency", row.agency.clone()),
        ("standing", row.standing.clone()),
        ("note", note.to_owned()),
    ];
    let mut to = vec![programme(row)];
    to.extend(partner(row).or(outside));
    post(c, keeper, row, (&PARTNERSHIP_STANDING, &to, values))
}

fn partner(row: &PartnershipRow) -> Option<To<'_>> {
    let team = row.team.as_deref()?;
    Some(To::Team(team, &[Role::PartnerAdmin]))
}

fn programme(row: &PartnershipRow) -> To<'_> {
    match row.manager.as_deref() {
        Some(manager) => To::Member(manager),
        None => To::Team("", &[Role::AccountManager]),
    }
}

fn post(
    c: &mut Conn,
    keeper: &Keeper,
    row: &PartnershipRow,
    (kind, to, values): (&'static NoticeKind, &[To<'_>], Vec<(&'static str, String)>),
) -> Result<(), Fault> {
    let notice = Notice {
        to,
        kind,
        link: format!("/partnerships/{}", row.partnership_id),
        values,
    };
    notices::post(c, keeper, &notice)
}
