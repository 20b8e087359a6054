//! Technical support: tickets of teams, their conversations with the programme's staff, and mail both ways.

mod mail;
mod quoted;
mod read;
mod refusal;
mod tell;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
mod words;

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::ticket::{TicketCategory, TicketSide, TicketState};
use durward_store::tickets::{self, MessageRow, TicketRow};
use durward_store::{Conn, Fault as StoreFault, apps, counters};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

pub(crate) use mail::reply_address;
pub use mail::{MailRefusal, REPLY_MARK, is_reply_address, receive};
pub use read::{find, list};
pub use refusal::TicketRefusal;
pub use words::faults;

use read::seen;
use words::{given, request_id, subject, text};

/// What a member asks.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// The team; the app's, or the member's only one, when it is not given.
    #[serde(default)]
    pub team: Option<String>,
    /// What it is about.
    pub category: TicketCategory,
    /// What it is about in a line.
    pub subject: String,
    /// The question.
    pub text: String,
    /// The app, by its handle.
    #[serde(default)]
    pub app: Option<String>,
    /// The request at the door, by the id that the error page printed.
    #[serde(default)]
    pub request_id: Option<String>,
}

/// One ticket.
#[derive(Clone, Debug, Serialize)]
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// The team that asks.
    pub team: String,
    /// What it is about.
    pub category: TicketCategory,
    /// The app; nothing where it is about none.
    pub app: Option<String>,
    /// The request at the door; nothing where it is about none.
    pub request_id: Option<String>,
    /// What it is about in a line.
    pub subject: String,
    /// Where it stands.
    pub state: TicketState,
    /// The name of the member who opened it.
    pub opened_by: String,
    /// When it was opened.
    pub opened: Timestamp,
    /// When something was last said or changed.
    pub changed: Timestamp,
}

/// A ticket with its conversation.
#[derive(Clone, Debug, Serialize)]
pub struct Conversation {
    /// The ticket.
    #[serde(flatten)]
    pub ticket: Ticket,
    /// What was said, in order.
    pub messages: Vec<Message>,
    /// Whether the member may answer.
    #[serde(skip)]
    pub may_answer: bool,
    /// The states that the member may move it to.
    #[serde(skip)]
    pub next: Vec<TicketState>,
}

/// One answer, or one change of state.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// The name of the member who said it.
    pub author: String,
    /// For which side.
    pub side: TicketSide,
    /// How it came: `portal`, `api` or `mail`.
    pub via: String,
    /// What was said; empty for a change of state.
    pub text: String,
    /// The new state; nothing for an answer.
    pub moved_to: Option<TicketState>,
    /// When.
    pub created: Timestamp,
}

/// How something was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// On a page.
    Portal,
    /// By a program.
    Api,
    /// By mail.
    Mail,
}

impl Via {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Portal => "portal",
            Self::Api => "api",
            Self::Mail => "mail",
        }
    }
}

/// Which tickets are wanted.
#[derive(Clone, Debug, Default)]
pub struct TicketFilter {
    /// In this state.
    pub state: Option<TicketState>,
    /// The tickets before this one; what [`TicketPage::next`] said.
    pub before: Option<String>,
    /// How many at most.
    pub most: usize,
}

/// One page of tickets, newest change first.
#[derive(Clone, Debug, Serialize)]
pub struct TicketPage {
    /// The tickets.
    pub items: Vec<Ticket>,
    /// What `before` is for the next page.
    pub next: Option<String>,
}

/// Opens a ticket and tells the programme's staff.
///
/// # Errors
/// [`TicketRefusal`], or a fault.
pub async fn open(
    keeper: &Arc<Keeper>,
    member: &Member,
    new: &NewTicket,
    via: Via,
    trace: &Trace,
) -> Result<Conversation, Failure<TicketRefusal>> {
    let request_id = request_id(new.request_id.as_deref()).map_err(Failure::Refused)?;
    let subject = subject(&new.subject).map_err(Failure::Refused)?;
    let text = text(&new.text).map_err(Failure::Refused)?;
    let handle = given(new.app.as_deref()).unwrap_or_default().to_owned();
    let team = team_for(keeper, member, given(new.team.as_deref()), &handle).await?;
    let now = keeper.clock.real_now();
    member
        .may(Action::OpenTicket, Belongs::ToTeam(&team), now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    let row = TicketRow {
        ticket_id: keeper.random.uuid_v7(now).to_string(),
        team,
        category: new.category.as_str().to_owned(),
        handle,
        request_id,
        subject,
        state: TicketState::Open.as_str().to_owned(),
        opened_by: member.id.clone(),
        opener: member.name.clone(),
        opened_us: now.as_microsecond(),
        changed_us: now.as_microsecond(),
    };
    let id = row.ticket_id.clone();
    let (unit, author, trace) = (Arc::clone(keeper), member.clone(), trace.clone());
    keeper
        .store
        .write(move |c| {
            let name = format!("tickets:{}", author.id);
            if counters::hit(c, &name, WINDOW, now)?.hits > MOST_OPENED {
                return Ok(Err(TicketRefusal::TooMany));
            }
            tickets::add(c, &row)?;
            let said = Said { side: TicketSide::Partner, via, text: &text, moved_to: None, mail_ref: None };
            tickets::say(c, &said.row(&unit, &author, &row, now))?;
            tell::opened(c, &unit, &row, &author, &text)?;
            let detail = json!({ "team": row.team, "category": row.category, "app": row.handle, "via": via.as_str() });
            note(c, &unit, (&author, Event::TicketOpened), &row.ticket_id, &trace, detail)?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    find(keeper, member, &id).await
}

/// Answers a ticket and tells the other side.
///
/// # Errors
/// [`TicketRefusal`], or a fault.
pub async fn answer(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    words: &str,
    via: Via,
    trace: &Trace,
) -> Result<Conversation, Failure<TicketRefusal>> {
    let words = text(words).map_err(Failure::Refused)?;
    add(keeper, member, id, (words, via, None), trace).await?;
    find(keeper, member, id).await
}

/// Moves a ticket to another state and tells the other side.
///
/// # Errors
/// [`TicketRefusal`], or a fault.
pub async fn move_to(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (to, via): (TicketState, Via),
    trace: &Trace,
) -> Result<Conversation, Failure<TicketRefusal>> {
    let row = answerable(keeper, member, id).await?;
    let (unit, author, trace) = (Arc::clone(keeper), member.clone(), trace.clone());
    let now = keeper.clock.real_now();
    keeper
        .store
        .write(move |c| {
            let side = side_of(&author, &row.team);
            let Some(row) = tickets::find(c, &row.ticket_id)? else {
                return Ok(Err(TicketRefusal::NotFound));
            };
            let allowed =
                TicketState::parse(&row.state).is_some_and(|from| from.may_become(to, side));
            if !allowed {
                return Ok(Err(TicketRefusal::State));
            }
            let now_us = now.as_microsecond();
            if !tickets::move_on(c, &row.ticket_id, (&row.state, to.as_str()), now_us)? {
                return Ok(Err(TicketRefusal::State));
            }
            let said = Said {
                side,
                via,
                text: "",
                moved_to: Some(to),
                mail_ref: None,
            };
            tickets::say(c, &said.row(&unit, &author, &row, now))?;
            tell::moved(c, &unit, &row, &author, to)?;
            let detail = json!({ "from": row.state, "to": to, "side": side, "via": via.as_str() });
            note(
                c,
                &unit,
                (&author, Event::TicketMoved),
                &row.ticket_id,
                &trace,
                detail,
            )?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)?;
    find(keeper, member, id).await
}

/// The apps that a member may name in a ticket for a team are its own.
async fn team_for(
    keeper: &Keeper,
    member: &Member,
    team: Option<&str>,
    handle: &str,
) -> Result<String, Failure<TicketRefusal>> {
    if !handle.is_empty() {
        let wanted = handle.to_owned();
        let found = keeper
            .store
            .read(move |c| apps::team_of(c, &wanted))
            .await?
            .filter(|found| member.reaches(Action::ViewApp, Belongs::ToTeam(found)))
            .filter(|found| team.is_none_or(|team| team == found));
        return found.ok_or(Failure::Refused(TicketRefusal::App));
    }
    match (team, member.teams().as_slice()) {
        (Some(team), teams) if teams.contains(&team) => Ok(team.to_owned()),
        (None, [only]) => Ok((*only).to_owned()),
        _ => Err(Failure::Refused(TicketRefusal::Team)),
    }
}

/// A ticket that the member may answer.
async fn answerable(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<TicketRow, Failure<TicketRefusal>> {
    let row = seen(keeper, member, id).await?;
    let now = keeper.clock.real_now();
    member
        .may(Action::AnswerTicket, Belongs::ToTeam(&row.team), now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    Ok(row)
}

/// Adds an answer whose text was judged.
async fn add(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (words, via, mail_ref): (String, Via, Option<String>),
    trace: &Trace,
) -> Result<(), Failure<TicketRefusal>> {
    let row = answerable(keeper, member, id).await?;
    let (unit, author, trace) = (Arc::clone(keeper), member.clone(), trace.clone());
    let now = keeper.clock.real_now();
    keeper
        .store
        .write(move |c| {
            let side = side_of(&author, &row.team);
            let Some(row) = tickets::find(c, &row.ticket_id)? else {
                return Ok(Err(TicketRefusal::NotFound));
            };
            let next = TicketState::parse(&row.state).and_then(|state| state.answered_by(side));
            let Some(next) = next else {
                return Ok(Err(TicketRefusal::Closed));
            };
            let before = tickets::messages(c, &row.ticket_id)?;
            if mail_ref.is_some() && before.iter().any(|one| one.mail_ref == mail_ref) {
                // The same mail again: it is there already.
                return Ok(Ok(()));
            }
            if before.len() >= MOST_MESSAGES {
                return Ok(Err(TicketRefusal::Full));
            }
            let now_us = now.as_microsecond();
            if !tickets::move_on(c, &row.ticket_id, (&row.state, next.as_str()), now_us)? {
                return Ok(Err(TicketRefusal::State));
            }
            let said = Said {
                side,
                via,
                text: &words,
                moved_to: None,
                mail_ref: mail_ref.clone(),
            };
            tickets::say(c, &said.row(&unit, &author, &row, now))?;
            tell::answered(c, &unit, &row, &author, &words)?;
            let detail = json!({ "side": side, "via": via.as_str(), "state": next });
            note(
                c,
                &unit,
                (&author, Event::TicketAnswered),
                &row.ticket_id,
                &trace,
                detail,
            )?;
            Ok(Ok(()))
        })
        .await?
        .map_err(Failure::Refused)
}

/// Something that is added to a conversation.
struct Said<'a> {
    side: TicketSide,
    via: Via,
    text: &'a str,
    moved_to: Option<TicketState>,
    mail_ref: Option<String>,
}

impl Said<'_> {
    fn row(
        &self,
        keeper: &Keeper,
        author: &Member,
        ticket: &TicketRow,
        now: Timestamp,
    ) -> MessageRow {
        MessageRow {
            message_id: keeper.random.uuid_v7(now).to_string(),
            ticket_id: ticket.ticket_id.clone(),
            author: author.id.clone(),
            name: author.name.clone(),
            side: self.side.as_str().to_owned(),
            via: self.via.as_str().to_owned(),
            text: self.text.to_owned(),
            moved_to: self.moved_to.map_or("", TicketState::as_str).to_owned(),
            mail_ref: self.mail_ref.clone(),
            created_us: now.as_microsecond(),
        }
    }
}

fn note(
    c: &mut Conn,
    keeper: &Keeper,
    (author, event): (&Member, Event),
    id: &str,
    trace: &Trace,
    detail: serde_json::Value,
) -> Result<(), StoreFault> {
    keeper.record(
        c,
        &Happened {
            actor: &author.actor(),
            event,
            subject: id,
            trace: Some(trace),
            detail,
        },
    )
}

/// Staff who belong to the team speak for the team.
fn side_of(member: &Member, team: &str) -> TicketSide {
    if member.teams().contains(&team) {
        TicketSide::Partner
    } else {
        TicketSide::Support
    }
}

const MOST_MESSAGES: usize = 500;
const MOST_OPENED: i64 = 30;
const WINDOW: Duration = Duration::from_secs(3600);
