//! Whom an answer or a new state is told: the other side of the conversation, each in their language.

use std::collections::BTreeSet;

use durward_domain::level::Aal;
use durward_domain::permission::{Action, Role};
use durward_domain::ticket::{TicketSide, TicketState};
use durward_store::tickets::{self, TicketRow};
use durward_store::{Conn, Fault as StoreFault, members};
use jiff::Timestamp;

use super::side_of;
use crate::actor::{Belongs, Member};
use crate::keeper::Keeper;
use crate::partner::members::{Proof, with_roles};
use crate::partner::notices::{self, Notice, NoticeKind, To};

pub(super) fn opened(
    c: &mut Conn,
    keeper: &Keeper,
    row: &TicketRow,
    author: &Member,
    text: &str,
) -> Result<(), StoreFault> {
    let values = vec![("team", row.team.clone()), ("words", text.to_owned())];
    tell(c, keeper, row, author, (&notices::TICKET_OPENED, values))
}

pub(super) fn answered(
    c: &mut Conn,
    keeper: &Keeper,
    row: &TicketRow,
    author: &Member,
    text: &str,
) -> Result<(), StoreFault> {
    let values = vec![("words", text.to_owned())];
    tell(c, keeper, row, author, (&notices::TICKET_ANSWERED, values))
}

pub(super) fn moved(
    c: &mut Conn,
    keeper: &Keeper,
    row: &TicketRow,
    author: &Member,
    to: TicketState,
) -> Result<(), StoreFault> {
    let values = vec![("state", to.as_str().to_owned())];
    tell(c, keeper, row, author, (&notices::TICKET_MOVED, values))
}

/// A member as they are now, however they proved it.
pub(super) fn member(
    c: &mut Conn,
    keeper: &Keeper,
    id: &str,
) -> Result<Option<Member>, StoreFault> {
    let proof = Proof {
        aal: Aal::Aal1,
        elevated_until: Timestamp::UNIX_EPOCH,
    };
    members::find_member(c, id)?
        .map(|row| with_roles(c, &keeper.programme, row, proof))
        .transpose()
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    row: &TicketRow,
    author: &Member,
    (kind, mut values): (&'static NoticeKind, Vec<(&'static str, String)>),
) -> Result<(), StoreFault> {
    values.push(("subject", row.subject.clone()));
    values.push(("who", author.name.clone()));
    let other = match side_of(author, &row.team) {
        TicketSide::Partner => TicketSide::Support,
        TicketSide::Support => TicketSide::Partner,
    };
    let spoke = speakers(c, keeper, row, other)?;
    let mut to: Vec<To<'_>> = spoke
        .iter()
        .filter(|id| **id != author.id)
        .map(|id| To::Member(id))
        .collect();
    if to.is_empty() && other == TicketSide::Support {
        // Nobody took it up yet.
        to.push(To::Team("", &[Role::Support, Role::AccountManager]));
    }
    let link = format!("/support/{}", row.ticket_id);
    notices::post(
        c,
        keeper,
        &Notice {
            to: &to,
            kind,
            link,
            values,
        },
    )
}

/// Who spoke for a side and may still see the ticket.
fn speakers(
    c: &mut Conn,
    keeper: &Keeper,
    row: &TicketRow,
    side: TicketSide,
) -> Result<BTreeSet<String>, StoreFault> {
    let mut ids: BTreeSet<String> = tickets::messages(c, &row.ticket_id)?
        .into_iter()
        .filter(|message| message.side == side.as_str())
        .map(|message| message.author)
        .collect();
    if side == TicketSide::Partner {
        ids.insert(row.opened_by.clone());
    }
    let mut kept = BTreeSet::new();
    for id in ids {
        let now = member(c, keeper, &id)?;
        if now.is_some_and(|one| one.reaches(Action::ViewTicket, Belongs::ToTeam(&row.team))) {
            kept.insert(id);
        }
    }
    Ok(kept)
}
