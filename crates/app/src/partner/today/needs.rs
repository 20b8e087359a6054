//! What needs the reader, by what their roles let them do.

mod papers;
mod reviews;

use std::sync::Arc;

use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use durward_domain::ticket::TicketState;
use durward_store::today::{self as rows, Of};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::in_states;
use crate::actor::{Belongs, Member};
use crate::failure::Fault;
use crate::keeper::{Keeper, time};
use crate::partner::tickets::{self, TicketFilter};
use crate::partner::{agreements, domains, partnerships};

/// One kind of thing that needs the reader.
#[derive(Clone, Debug, Serialize)]
pub struct Need {
    /// What.
    pub kind: NeedKind,
    /// How many.
    pub count: u64,
    /// Since when the oldest waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// Where all of them are.
    pub href: String,
    /// The first of them.
    pub items: Vec<NeedItem>,
}

/// One thing that needs the reader.
#[derive(Clone, Debug, Serialize)]
pub struct NeedItem {
    /// What it is about.
    pub title: String,
    /// Where it is.
    pub href: String,
    /// For how many working days it waits, where an answer was promised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waited: Option<u16>,
    /// By when it is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

impl NeedItem {
    fn of(title: String, href: String) -> Self {
        Self {
            title,
            href,
            waited: None,
            due: None,
        }
    }
}

/// What needs the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NeedKind {
    /// Requests wait longer for a reviewer than was promised.
    Overdue,
    /// Requests wait for a reviewer.
    Review,
    /// What went live as an emergency waits for its review.
    AfterReview,
    /// Agreements wait for the reader's signature.
    Sign,
    /// Agreements wait for counsel.
    Counsel,
    /// Agreements wait for the account manager.
    MoveOn,
    /// Partnerships in which it is the reader's turn.
    Partnership,
    /// Domains wait for approval.
    Domain,
    /// Own requests are not finished, or came back.
    Finish,
    /// What went live should be tried.
    Try,
    /// Tickets wait for an answer.
    Ticket,
    /// Certificates of live apps end.
    Key,
    /// Agreements end.
    Agreement,
    /// The nightly check found errors in live apps.
    Finding,
}

impl NeedKind {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Review => "review",
            Self::AfterReview => "after-review",
            Self::Sign => "sign",
            Self::Counsel => "counsel",
            Self::MoveOn => "move-on",
            Self::Partnership => "partnership",
            Self::Domain => "domain",
            Self::Finish => "finish",
            Self::Try => "try",
            Self::Ticket => "ticket",
            Self::Key => "key",
            Self::Agreement => "agreement",
            Self::Finding => "finding",
        }
    }
}

pub(super) async fn of(keeper: &Arc<Keeper>, member: &Member, of: &Of) -> Result<Vec<Need>, Fault> {
    let mut needs = Vec::new();
    let mine: Vec<String> = member
        .teams()
        .into_iter()
        .filter(|team| member.reaches(Action::RequestLaunch, Belongs::ToTeam(team)))
        .map(str::to_owned)
        .collect();
    let mine = Of::Teams(mine);
    if member.reaches(Action::ApproveLaunch, Belongs::ToProgramme) {
        needs.extend(reviews::waiting(keeper, of).await?);
    }
    needs.extend(reviews::owed(keeper, member).await?);
    needs.extend(papers::waiting(keeper, member).await?);
    needs.extend(approvals(keeper, member).await?);
    let states = &[LaunchState::ChangesRequested, LaunchState::Draft];
    needs.extend(requests(keeper, &mine, states, NeedKind::Finish).await?);
    let states = &[LaunchState::Deployed];
    needs.extend(requests(keeper, &mine, states, NeedKind::Try).await?);
    needs.extend(answers(keeper, member).await?);
    needs.extend(turns(keeper, member).await?);
    needs.extend(keys(keeper, member, of).await?);
    needs.extend(ending(keeper, member).await?);
    if member.reaches(Action::ViewConsole, Belongs::ToProgramme) {
        let bad = keeper.store.read(rows::count_bad).await?;
        needs.extend(need(NeedKind::Finding, bad, "/findings", Vec::new()));
    }
    Ok(needs)
}

fn need(kind: NeedKind, count: i64, href: &str, items: Vec<NeedItem>) -> Option<Need> {
    let count = u64::try_from(count).unwrap_or_default();
    (count > 0).then(|| Need {
        kind,
        count,
        since: None,
        href: href.to_owned(),
        items,
    })
}

async fn requests(
    keeper: &Keeper,
    of: &Of,
    states: &'static [LaunchState],
    kind: NeedKind,
) -> Result<Option<Need>, Fault> {
    let (count, list) = in_states(keeper, of, states, SHOWN).await?;
    let since = list.iter().find_map(|one| one.submitted);
    let items = list
        .into_iter()
        .take(FIRST)
        .map(|one| NeedItem::of(one.app_name, format!("/launches/{}", one.id)))
        .collect();
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Ok(need(kind, count, "/#launches_heading", items).map(|found| Need { since, ..found }))
}

async fn turns(keeper: &Keeper, member: &Member) -> Result<Option<Need>, Fault> {
    let waiting = partnerships::waiting_for(keeper, member).await?;
    let items = waiting
        .iter()
        .take(FIRST)
        .map(|one| {
            let title = format!("{} · {}", one.agency, one.programme);
            NeedItem::of(title, format!("/partnerships/{}", one.id))
        })
        .collect();
    let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    Ok(need(NeedKind::Partnership, count, "/partnerships", items))
}

async fn approvals(keeper: &Keeper, member: &Member) -> Result<Option<Need>, Fault> {
    let waiting = domains::waiting(keeper, member).await?;
    let since = waiting.iter().filter_map(|one| one.proved).min();
    let items = waiting
        .iter()
        .take(FIRST)
        .map(|one| NeedItem::of(one.domain.clone(), "/domains".to_owned()))
        .collect();
    let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    Ok(need(NeedKind::Domain, count, "/domains", items).map(|found| Need { since, ..found }))
}

async fn answers(keeper: &Arc<Keeper>, member: &Member) -> Result<Option<Need>, Fault> {
    let states: &[TicketState] = if member.reaches(Action::AnswerTicket, Belongs::ToProgramme) {
        &[TicketState::Open, TicketState::WaitingForSupport]
    } else if member.reaches_somewhere(Action::AnswerTicket) {
        &[TicketState::WaitingForPartner]
    } else {
        &[]
    };
    let mut found = Vec::new();
    for state in states {
        let filter = TicketFilter {
            state: Some(*state),
            before: None,
            most: TICKETS,
        };
        found.extend(tickets::list(keeper, member, &filter).await?.items);
    }
    found.sort_by_key(|ticket| ticket.changed);
    let since = found.first().map(|ticket| ticket.changed);
    let items = found
        .iter()
        .take(FIRST)
        .map(|ticket| NeedItem::of(ticket.subject.clone(), format!("/support/{}", ticket.id)))
        .collect();
    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok(need(NeedKind::Ticket, count, "/support", items).map(|found| Need { since, ..found }))
}

async fn keys(keeper: &Keeper, member: &Member, of: &Of) -> Result<Option<Need>, Fault> {
    let before = keeper
        .clock
        .real_now()
        .saturating_add(SignedDuration::from_hours(24 * KEY_DAYS))
        .map_or(i64::MAX, |time| time.as_microsecond());
    let of = of.clone();
    let (count, list) = keeper
        .store
        .read(move |c| rows::key_ends(c, &of, before, SHOWN))
        .await?;
    let items = list
        .into_iter()
        .take(FIRST)
        .map(|one| {
            NeedItem::of(
                format!(
                    "{} · {}",
                    one.app_name,
                    keeper.calendar.date_of(time(one.ends_us))
                ),
                format!("/apps/{}/{}/keys", one.handle, one.environment),
            )
        })
        .collect();
    let href = if member.reaches(Action::ViewConsole, Belongs::ToProgramme) {
        "/keys/ending"
    } else {
        "/#apps_heading"
    };
    Ok(need(NeedKind::Key, count, href, items))
}

async fn ending(keeper: &Keeper, member: &Member) -> Result<Option<Need>, Fault> {
    let list = agreements::list(keeper, member).await?;
    let soon: Vec<_> = list
        .iter()
        .filter(|one| (0..=AGREEMENT_DAYS).contains(&one.days_left) && one.state == "executed")
        .collect();
    let items = soon
        .iter()
        .take(FIRST)
        .map(|one| {
            NeedItem::of(
                format!("{} · {}", one.number, one.ends),
                format!("/agreements/{}", one.number),
            )
        })
        .collect();
    let count = i64::try_from(soon.len()).unwrap_or(i64::MAX);
    Ok(need(NeedKind::Agreement, count, "/agreements", items))
}

/// Things that are named of each kind.
const FIRST: usize = 5;
/// Rows that are read for them.
const SHOWN: i64 = 10;
const TICKETS: usize = 50;
/// Before its end a certificate needs somebody.
const KEY_DAYS: i64 = 60;
/// Before its end an agreement needs somebody.
const AGREEMENT_DAYS: i32 = 60;
