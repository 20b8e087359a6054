//! What staff and teams add to the calendar. A change shows first which requests it moves; confirmed, it moves them.

mod denied;

use std::sync::Arc;

use durward_domain::calendar::Calendar;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::calendar::{self, EntryRow};
use durward_store::{Conn, Fault as StoreFault, members};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Change, facts, moving};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::partner::steps::By;
use crate::record::Trace;

pub use denied::CalendarDenied;

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Nothing is deployed between two days.
    Freeze,
    /// A day is a holiday.
    Holiday,
    /// A computed holiday is none.
    NoHoliday,
    /// A window goes to another day.
    Move,
    /// A window has so many places.
    Places,
    /// A team is busy between two days.
    Peak,
}

impl EntryKind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::Freeze,
        Self::Holiday,
        Self::NoHoliday,
        Self::Move,
        Self::Places,
        Self::Peak,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Freeze => "freeze",
            Self::Holiday => "holiday",
            Self::NoHoliday => "no-holiday",
            Self::Move => "move",
            Self::Places => "places",
            Self::Peak => "peak",
        }
    }

    /// Reads a word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// What is to be added.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryAsk {
    /// What kind.
    pub kind: EntryKind,
    /// The team of a busy time.
    #[serde(default)]
    pub team: Option<String>,
    /// The first day; of a move, the window.
    pub from: Date,
    /// The last day, the same when it is not said; of a move, where the window goes.
    #[serde(default)]
    pub to: Option<Date>,
    /// The name of a holiday.
    #[serde(default)]
    pub name: Option<String>,
    /// Why.
    pub reason: String,
    /// Where a freeze holds; everywhere when none is named.
    #[serde(default)]
    pub environments: Vec<EnvironmentName>,
    /// How many places.
    #[serde(default)]
    pub places: Option<u16>,
}

/// An entry as people see it.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its id.
    pub id: String,
    /// What kind.
    pub kind: EntryKind,
    /// The team of a busy time.
    pub team: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The name of a holiday.
    pub name: String,
    /// Why.
    pub reason: String,
    /// Where a freeze holds; everywhere when none is named.
    pub environments: Vec<EnvironmentName>,
    /// How many places.
    pub places: Option<i64>,
    /// Who added it.
    pub by: String,
    /// When.
    pub added: Timestamp,
    /// When it was ended.
    pub ended: Option<Timestamp>,
    /// Why.
    pub end_reason: String,
}

/// What holds, oldest first, and what was ended lately. A busy time is shown to its team and to staff.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
) -> Result<(Vec<EntryView>, Vec<EntryView>), Fault> {
    let (open, ended) = keeper
        .store
        .read(|c| Ok((calendar::open(c)?, calendar::ended(c, LONGEST_HISTORY)?)))
        .await?;
    let mine = |rows: Vec<EntryRow>| {
        rows.iter()
            .filter(|row| sees(member, row))
            .filter_map(view)
            .collect()
    };
    Ok((mine(open), mine(ended)))
}

/// One entry.
///
/// # Errors
/// [`CalendarDenied::NotFound`], or a fault.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<EntryView, Failure<CalendarDenied>> {
    let id = id.to_owned();
    let row = keeper.store.read(move |c| calendar::find(c, &id)).await?;
    row.filter(|row| sees(member, row))
        .as_ref()
        .and_then(view)
        .ok_or(Failure::Refused(CalendarDenied::NotFound))
}

/// What adding an entry would move, without adding it.
///
/// # Errors
/// [`CalendarDenied`], or a fault.
pub async fn preview(
    keeper: &Arc<Keeper>,
    member: &Member,
    ask: &EntryAsk,
) -> Result<Change, Failure<CalendarDenied>> {
    may(keeper, member, ask.kind, ask.team.as_deref())?;
    let (unit_keeper, ask, me) = (Arc::clone(keeper), ask.clone(), member.id.clone());
    let found = keeper
        .store
        .read(move |c| {
            let before = facts::current_in(c, &unit_keeper)?;
            match planned(c, &unit_keeper, &before, &ask, &me)? {
                Ok((_, moves)) => Ok(Ok(moving::change(&moves))),
                Err(denied) => Ok(Err(denied)),
            }
        })
        .await?;
    found.map_err(Failure::Refused)
}

/// Adds an entry, moves the requests that lose their window, and tells their owners. With `seen`, only if exactly those
/// requests move that were shown.
///
/// # Errors
/// [`CalendarDenied`], or a fault.
pub async fn add(
    keeper: &Arc<Keeper>,
    member: &Member,
    ask: &EntryAsk,
    seen: Option<&str>,
    trace: &Trace,
) -> Result<(EntryView, Change), Failure<CalendarDenied>> {
    may(keeper, member, ask.kind, ask.team.as_deref())?;
    let (unit_keeper, ask, seen) = (Arc::clone(keeper), ask.clone(), seen.map(str::to_owned));
    let (by, me) = (By::member(member, &ask.reason, trace), member.id.clone());
    let added = keeper
        .store
        .write(move |c| {
            let before = facts::current_in(c, &unit_keeper)?;
            let (row, moves) = match planned(c, &unit_keeper, &before, &ask, &me)? {
                Ok(found) => found,
                Err(denied) => return Ok(Err(denied)),
            };
            let change = moving::change(&moves);
            if seen.as_ref().is_some_and(|seen| *seen != change.seen) {
                return Ok(Err(CalendarDenied::MovedMeanwhile));
            }
            calendar::insert(c, &row)?;
            record(c, &unit_keeper, Event::CalendarChanged, &row, &by)?;
            if !moving::apply(c, &unit_keeper, moves, &by)? {
                return Err(busy());
            }
            Ok(Ok((row.entry_id, change)))
        })
        .await?;
    let (id, change) = added.map_err(Failure::Refused)?;
    Ok((find(keeper, member, &id).await?, change))
}

/// Ends an entry. What was moved because of it stays where it is; what loses its window by the end moves on.
///
/// # Errors
/// [`CalendarDenied`], or a fault.
pub async fn end(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    reason: &str,
    trace: &Trace,
) -> Result<(EntryView, Change), Failure<CalendarDenied>> {
    let entry = find(keeper, member, id).await?;
    may(keeper, member, entry.kind, entry.team.as_deref())?;
    if entry.kind == EntryKind::Move {
        return Err(Failure::Refused(CalendarDenied::MoveStays));
    }
    let reason = reason.trim().to_owned();
    check_reason(&reason).map_err(Failure::Refused)?;
    let unit_keeper = Arc::clone(keeper);
    let (by, wanted) = (By::member(member, &reason, trace), entry.id.clone());
    let me = member.id.clone();
    let ended = keeper
        .store
        .write(move |c| {
            let before = facts::current_in(c, &unit_keeper)?;
            let now_us = unit_keeper.clock.real_now().as_microsecond();
            if !calendar::end(c, &wanted, &me, now_us, &reason)? {
                return Ok(Err(CalendarDenied::Ended));
            }
            let Some(row) = calendar::find(c, &wanted)? else {
                return Ok(Err(CalendarDenied::NotFound));
            };
            let after = facts::current_in(c, &unit_keeper)?;
            let moves = match moving::between(c, &unit_keeper, &before, &after, None)? {
                Ok(moves) => moves,
                Err(none) => return Ok(Err(CalendarDenied::NoWindow(none))),
            };
            let change = moving::change(&moves);
            record(c, &unit_keeper, Event::CalendarEntryEnded, &row, &by)?;
            if !moving::apply(c, &unit_keeper, moves, &by)? {
                return Err(busy());
            }
            Ok(Ok(change))
        })
        .await?;
    let change = ended.map_err(Failure::Refused)?;
    Ok((find(keeper, member, &entry.id).await?, change))
}

/// The row that an entry would be, and what it moves.
fn planned(
    c: &mut Conn,
    keeper: &Keeper,
    before: &Calendar,
    ask: &EntryAsk,
    me: &str,
) -> Result<Result<(EntryRow, Vec<moving::Moving>), CalendarDenied>, StoreFault> {
    if let Some(team) = &ask.team
        && members::find_team(c, team)?.is_none()
    {
        return Ok(Err(CalendarDenied::NoTeam(team.clone())));
    }
    if let Err(denied) = denied::judge(ask, before, keeper.today()) {
        return Ok(Err(denied));
    }
    let now = keeper.clock.real_now();
    let row = EntryRow {
        entry_id: keeper.random.uuid_v7(now).to_string(),
        kind: ask.kind.as_str().to_owned(),
        team: ask.team.clone().unwrap_or_default(),
        from_day: ask.from.to_string(),
        to_day: ask.to.unwrap_or(ask.from).to_string(),
        name: ask.name.as_deref().unwrap_or_default().trim().to_owned(),
        reason: ask.reason.trim().to_owned(),
        environments: words(&ask.environments),
        places: ask.places.map_or(0, i64::from),
        added_by: me.to_owned(),
        added_by_name: None,
        added_us: now.as_microsecond(),
        ended_us: None,
        end_reason: String::new(),
    };
    let mut after = before.facts().clone();
    facts::put(&mut after, &row);
    let moved = (ask.kind == EntryKind::Move).then(|| (ask.from, ask.to.unwrap_or(ask.from)));
    let moves = moving::between(c, keeper, before, &before.with(after), moved)?;
    Ok(moves
        .map(|moves| (row, moves))
        .map_err(CalendarDenied::NoWindow))
}

fn may(
    keeper: &Keeper,
    member: &Member,
    kind: EntryKind,
    team: Option<&str>,
) -> Result<(), Failure<CalendarDenied>> {
    let now = keeper.clock.real_now();
    if kind == EntryKind::Peak {
        let team = team.ok_or(Failure::Refused(CalendarDenied::WhichTeam))?;
        member.may(Action::NamePeak, Belongs::ToTeam(team), now)?;
    } else {
        if team.is_some() {
            return Err(Failure::Refused(CalendarDenied::NoTeamHere));
        }
        member.may(Action::ManageCalendar, Belongs::ToProgramme, now)?;
    }
    Ok(())
}

fn record(
    c: &mut Conn,
    keeper: &Keeper,
    event: Event,
    row: &EntryRow,
    by: &By,
) -> Result<(), StoreFault> {
    keeper.record(
        c,
        &Happened {
            actor: &by.actor,
            event,
            subject: &row.entry_id,
            trace: by.trace.as_ref(),
            detail: json!({
                "kind": row.kind, "team": row.team, "from": row.from_day, "to": row.to_day, "name": row.name,
                "reason": by.note, "environments": row.environments, "places": row.places,
            }),
        },
    )
}

fn sees(member: &Member, row: &EntryRow) -> bool {
    row.team.is_empty() || member.reaches(Action::ViewLaunch, Belongs::ToTeam(&row.team))
}

pub(super) fn view(row: &EntryRow) -> Option<EntryView> {
    let kind = EntryKind::parse(&row.kind)?;
    Some(EntryView {
        id: row.entry_id.clone(),
        kind,
        team: (!row.team.is_empty()).then(|| row.team.clone()),
        from: row.from_day.parse().ok()?,
        to: row.to_day.parse().ok()?,
        name: row.name.clone(),
        reason: row.reason.clone(),
        environments: facts::environments(&row.environments),
        places: (kind == EntryKind::Places).then_some(row.places),
        by: row
            .added_by_name
            .clone()
            .unwrap_or_else(|| row.added_by.clone()),
        added: time(row.added_us),
        ended: row.ended_us.map(time),
        end_reason: row.end_reason.clone(),
    })
}

fn words(environments: &[EnvironmentName]) -> String {
    let names: Vec<&str> = environments.iter().map(|name| name.as_str()).collect();
    names.join(" ")
}

fn check_reason(reason: &str) -> Result<(), CalendarDenied> {
    // A database keeps no such letter.
    if reason.contains('\0') {
        return Err(CalendarDenied::NoReason);
    }
    match reason.chars().count() {
        0 => Err(CalendarDenied::NoReason),
        1..=LONGEST_REASON => Ok(()),
        _ => Err(CalendarDenied::LongReason),
    }
}

fn busy() -> StoreFault {
    StoreFault::new(
        durward_store::FaultKind::Busy,
        "others moved a request at the same time",
    )
}

fn days_between(from: Date, to: Date) -> i32 {
    from.until(to)
        .map_or(i32::MAX, |span: Span| span.get_days())
}

const LONGEST_HISTORY: i64 = 50;
const LONGEST_REASON: usize = 300;
