//! Tickets as their readers see them.

use durward_domain::permission::Action;
use durward_domain::ticket::{TicketCategory, TicketSide, TicketState};
use durward_store::tickets::{self, MessageRow, TicketRow, Wanted};

use super::words::LONGEST_ID;
use super::{Conversation, Message, Ticket, TicketFilter, TicketPage, TicketRefusal, side_of};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};

/// Tickets of the member's teams, newest change first; staff see all.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    filter: &TicketFilter,
) -> Result<TicketPage, Fault> {
    let limit = filter.most.clamp(1, MOST_AT_ONCE);
    let (us, id) = filter
        .before
        .as_deref()
        .and_then(cursor)
        .unwrap_or((i64::MAX, String::new()));
    let teams: Option<Vec<String>> = (!member.reaches(Action::ViewTicket, Belongs::ToProgramme))
        .then(|| {
            member
                .teams()
                .into_iter()
                .filter(|team| member.reaches(Action::ViewTicket, Belongs::ToTeam(team)))
                .map(str::to_owned)
                .collect()
        });
    let state = filter.state.map_or("", TicketState::as_str);
    let fetched = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut rows = keeper
        .store
        .read(move |c| {
            let wanted = |team| Wanted {
                team,
                state,
                before: (us, &id),
                limit: fetched,
            };
            let Some(teams) = &teams else {
                return tickets::list(c, &wanted(None));
            };
            let mut rows = Vec::new();
            for team in teams {
                rows.extend(tickets::list(c, &wanted(Some(team)))?);
            }
            Ok(rows)
        })
        .await?;
    rows.sort_unstable_by(|a, b| (b.changed_us, &b.ticket_id).cmp(&(a.changed_us, &a.ticket_id)));
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}.{}", row.changed_us, row.ticket_id));
    Ok(TicketPage {
        items: rows.into_iter().map(shown).collect::<Result<_, _>>()?,
        next,
    })
}

/// One ticket with its conversation.
///
/// # Errors
/// [`TicketRefusal::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<Conversation, Failure<TicketRefusal>> {
    let row = seen(keeper, member, id).await?;
    let wanted = row.ticket_id.clone();
    let rows = keeper
        .store
        .read(move |c| tickets::messages(c, &wanted))
        .await?;
    let side = side_of(member, &row.team);
    let ticket = shown(row)?;
    let may_answer = member.reaches(Action::AnswerTicket, Belongs::ToTeam(&ticket.team))
        && ticket.state != TicketState::Closed;
    let next = TicketState::ALL
        .iter()
        .copied()
        .filter(|to| may_answer && ticket.state.may_become(*to, side))
        .collect();
    Ok(Conversation {
        messages: rows.into_iter().map(message).collect::<Result<_, _>>()?,
        ticket,
        may_answer,
        next,
    })
}

/// A ticket that the member may see.
pub(super) async fn seen(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<TicketRow, Failure<TicketRefusal>> {
    let missing = || Failure::Refused(TicketRefusal::NotFound);
    if id.len() > LONGEST_ID || id.contains('\0') {
        return Err(missing());
    }
    let wanted = id.to_owned();
    let row = keeper
        .store
        .read(move |c| tickets::find(c, &wanted))
        .await?
        .ok_or_else(missing)?;
    if member.reaches(Action::ViewTicket, Belongs::ToTeam(&row.team)) {
        Ok(row)
    } else {
        Err(missing())
    }
}

fn shown(row: TicketRow) -> Result<Ticket, Fault> {
    let some = |text: String| (!text.is_empty()).then_some(text);
    Ok(Ticket {
        category: TicketCategory::parse(&row.category).ok_or_else(corrupt)?,
        state: TicketState::parse(&row.state).ok_or_else(corrupt)?,
        id: row.ticket_id,
        team: row.team,
        app: some(row.handle),
        request_id: some(row.request_id),
        subject: row.subject,
        opened_by: row.opener,
        opened: time(row.opened_us),
        changed: time(row.changed_us),
    })
}

fn message(row: MessageRow) -> Result<Message, Fault> {
    let moved_to = match row.moved_to.as_str() {
        "" => None,
        state => Some(TicketState::parse(state).ok_or_else(corrupt)?),
    };
    Ok(Message {
        author: row.name,
        side: if row.side == TicketSide::Partner.as_str() {
            TicketSide::Partner
        } else {
            TicketSide::Support
        },
        via: row.via,
        text: row.text,
        moved_to,
        created: time(row.created_us),
    })
}

fn corrupt() -> Fault {
    Fault::new(FaultKind::Corrupt, "a stored support ticket")
}

fn cursor(text: &str) -> Option<(i64, String)> {
    let (us, id) = text.split_once('.')?;
    Some((us.parse().ok()?, id.to_owned()))
}

const MOST_AT_ONCE: usize = 100;
