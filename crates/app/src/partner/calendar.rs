//! The deployment calendar as partners ask it, with what staff and teams added to its rules.

mod entries;
mod facts;
mod feed;
mod moving;

use durward_domain::calendar::{Ask, Explained, NoticeKind, Step, Window};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::launches::{self, LaunchRow};
use durward_store::{Conn, Fault as StoreFault, calendar as entries_table};
use jiff::civil::Date;

use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::{Keeper, time};

pub use entries::{CalendarDenied, EntryAsk, EntryKind, EntryView, add, end, find, list, preview};
pub use facts::current;
pub use feed::{Feed, end_feed, feed_of, make_feed, private_feed, public_feed};
pub use moving::{Change, MovingView};

pub(crate) use moving::postpone;

/// The windows of a span of days, both ends included, without those of a freeze of everything.
///
/// # Errors
/// [`SpanRefusal`] when the span is longer than ten years or ends before it begins, or a fault.
pub async fn windows(
    keeper: &Keeper,
    from: Date,
    to: Date,
) -> Result<Vec<Window>, Failure<SpanRefusal>> {
    let days = from.until(to).map_or(i32::MAX, |span| span.get_days());
    match days {
        0..=LONGEST_SPAN_DAYS => Ok(current(keeper).await?.open_windows(from, to)),
        ..0 => Err(Failure::Refused(SpanRefusal::Backwards)),
        _ => Err(Failure::Refused(SpanRefusal::TooLong)),
    }
}

/// What somebody wants to know of the calendar.
#[derive(Clone, Debug)]
pub struct Question {
    /// The day of the submission; the keeper's day and time when it is not said.
    pub submitted: Option<Date>,
    /// For which notice.
    pub kind: NoticeKind,
    /// Where.
    pub environment: EnvironmentName,
    /// Whose app, when its busy times should count.
    pub team: Option<String>,
}

/// The earliest window for a request, with its reasons.
///
/// # Errors
/// [`CalendarDenied::NoTeam`] for a team whose requests the member does not see, [`CalendarDenied::NoWindow`], or a fault.
pub async fn earliest(
    keeper: &Keeper,
    member: &Member,
    question: &Question,
) -> Result<Explained, Failure<CalendarDenied>> {
    if let Some(team) = &question.team
        && !member.reaches(Action::ViewLaunch, Belongs::ToTeam(team))
    {
        // Its busy times would be told.
        return Err(Failure::Refused(CalendarDenied::NoTeam(team.clone())));
    }
    let ask = match question.submitted {
        Some(day) => Ask::new(day, question.kind),
        None => ask_now(keeper, question.kind),
    };
    let ask = Ask {
        environment: question.environment,
        team: question.team.as_deref(),
        ..ask
    };
    let calendar = current(keeper).await.map_err(Failure::Fault)?;
    calendar
        .earliest(&ask)
        .map_err(|none| Failure::Refused(CalendarDenied::NoWindow(none)))
}

/// A request that is submitted now.
pub(crate) fn ask_now(keeper: &Keeper, kind: NoticeKind) -> Ask<'static> {
    let now = keeper.clock.now();
    let here = keeper.programme.time_zone().to_datetime(now);
    Ask::new(here.date(), kind).at(here.time())
}

/// A request that was submitted.
pub(crate) fn ask_of<'a>(keeper: &Keeper, row: &LaunchRow, team: &'a str) -> Ask<'a> {
    let submitted = row.submitted_us.map_or_else(|| keeper.clock.now(), time);
    let here = keeper.programme.time_zone().to_datetime(submitted);
    let environment = EnvironmentName::parse(&row.environment);
    Ask::new(here.date(), notice_of(row))
        .of(team, environment.unwrap_or(EnvironmentName::Production))
        .at(here.time())
}

/// The notice that was counted when the window was fixed.
fn notice_of(row: &LaunchRow) -> NoticeKind {
    let steps = steps_of(row);
    let said = |code: &str| steps.iter().any(|step| step.code.ends_with(code));
    if said("-push") {
        NoticeKind::PushUrl
    } else if said("-new") || row.kind == "launch" {
        NoticeKind::New
    } else {
        NoticeKind::Change
    }
}

fn steps_of(row: &LaunchRow) -> Vec<Step> {
    let kept = row.explanation.as_deref();
    kept.and_then(|kept| serde_json::from_str(kept).ok())
        .unwrap_or_default()
}

/// The window that a request has.
pub(crate) fn window_of(row: &LaunchRow) -> Option<Date> {
    row.window_date
        .as_deref()
        .and_then(|date| date.parse().ok())
}

/// Puts a request into a window.
pub(crate) fn plan_into(keeper: &Keeper, row: &mut LaunchRow, window: Date) {
    row.window_date = Some(window.to_string());
    row.window_us = Some(keeper.calendar.opens_at(window).as_microsecond());
}

/// Adds reasons to those of a request's window.
pub(crate) fn explain_more(row: &mut LaunchRow, more: Vec<Step>) {
    let mut steps = steps_of(row);
    steps.extend(more);
    row.explanation = serde_json::to_string(&steps).ok();
}

/// Is there a place for a request in the window that it has? One that held its place before keeps it.
pub(crate) fn has_place(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    state: LaunchState,
) -> Result<bool, StoreFault> {
    let (true, Some(window)) = (is_planned(state), window_of(row)) else {
        return Ok(true);
    };
    let calendar = facts::rules_in(c, keeper)?;
    let Some(places) = calendar.places_of(window) else {
        return Ok(true);
    };
    let before = launches::find(c, &row.launch_id)?;
    let held = before.is_some_and(|before| {
        before.window_date == row.window_date
            && LaunchState::parse(&before.state).is_some_and(is_planned)
    });
    let day = window.to_string();
    let taken = entries_table::taken_by_others(c, &row.environment, &day, &row.launch_id)?;
    Ok(held || taken < i64::from(places))
}

const fn is_planned(state: LaunchState) -> bool {
    matches!(
        state,
        LaunchState::Submitted | LaunchState::Approved | LaunchState::Scheduled
    )
}

/// Why windows were not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanRefusal {
    /// It ends before it begins.
    #[error("The span ends before it begins. Give the earlier day as \"from\".")]
    Backwards,
    /// Too many days.
    #[error("The span is longer than ten years. Ask for a shorter one.")]
    TooLong,
}

impl Refuse for SpanRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Backwards => "calendar/backwards",
            Self::TooLong => "calendar/too-long",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

const LONGEST_SPAN_DAYS: i32 = 3653;
