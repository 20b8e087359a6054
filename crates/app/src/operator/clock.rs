//! The keeper's clock of a demonstration: moved, kept over restarts, and what was due is done before the answer.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::settings;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use serde::Serialize;
use serde_json::json;

use crate::actor::{Actor, Denied, Member};
use crate::failure::Failure;
use crate::jobs::{keeper_agreements, keeper_deploy, keeper_reviews, keeper_usage};
use crate::keeper::{CLOCK_SHIFT, Happened, Keeper};
use crate::record::Trace;

/// What the keeper's clock shows.
#[derive(Clone, Debug, Serialize)]
pub struct ClockView {
    /// The keeper's time.
    pub now: Timestamp,
    /// The keeper's day, in the programme's time zone.
    pub today: Date,
    /// How many requests went live because of the move.
    pub launched: usize,
}

/// Where to move the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// To noon of a day (`2026-11-30`) in the programme's time zone, or to a time (`2026-11-30T14:00:00Z`).
    To(String),
    /// Ahead by a duration such as `P7D` or `PT15M`.
    Advance(String),
}

/// Moves the clock for a member.
///
/// # Errors
/// [`ClockRefusal`], or a fault.
pub async fn move_to(
    keeper: &Arc<Keeper>,
    member: &Member,
    to: &Move,
    trace: &Trace,
) -> Result<ClockView, Failure<ClockRefusal>> {
    let now = keeper.clock.real_now();
    member
        .may_somewhere(Action::MoveDemoClock, now)
        .map_err(|denied| Failure::Refused(denied.into()))?;
    moved(keeper, &member.actor(), to, Some(trace)).await
}

/// Moves the clock from the demonstration's own page, which needs no sign-in: only loopback reaches it.
///
/// # Errors
/// [`ClockRefusal`], or a fault.
pub async fn move_from_demo_page(
    keeper: &Arc<Keeper>,
    to: &Move,
    trace: &Trace,
) -> Result<ClockView, Failure<ClockRefusal>> {
    moved(keeper, &Actor::Visitor, to, Some(trace)).await
}

/// Sets the clock at the start of a demonstration (`--at`).
///
/// # Errors
/// [`ClockRefusal`], or a fault.
pub async fn start_at(keeper: &Arc<Keeper>, to: &Move) -> Result<ClockView, Failure<ClockRefusal>> {
    moved(keeper, &Actor::System("start"), to, None).await
}

/// What the clock shows now.
pub fn view(keeper: &Keeper) -> ClockView {
    ClockView {
        now: keeper.clock.now(),
        today: keeper.today(),
        launched: 0,
    }
}

async fn moved(
    keeper: &Arc<Keeper>,
    actor: &Actor,
    to: &Move,
    trace: Option<&Trace>,
) -> Result<ClockView, Failure<ClockRefusal>> {
    if !keeper.demo {
        return Err(Failure::Refused(ClockRefusal::NotADemo));
    }
    let target = target(keeper, to).map_err(Failure::Refused)?;
    keeper.clock.set(target);
    let (unit_keeper, actor, trace, shift) = (
        Arc::clone(keeper),
        actor.clone(),
        trace.cloned(),
        keeper.clock.shift_us(),
    );
    keeper
        .store
        .write(move |c| {
            settings::put(c, CLOCK_SHIFT, &shift.to_string())?;
            let detail = json!({ "to": target.to_string() });
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::DemoClockMoved,
                    subject: "keeper",
                    trace: trace.as_ref(),
                    detail,
                },
            )
        })
        .await?;
    keeper_agreements::run(keeper).await?;
    let ran = keeper_deploy::run_due(keeper).await?;
    keeper_reviews::tell(keeper).await?;
    keeper_usage::warn(keeper).await?;
    Ok(ClockView {
        launched: ran.live,
        ..view(keeper)
    })
}

fn target(keeper: &Keeper, to: &Move) -> Result<Timestamp, ClockRefusal> {
    let found = match to {
        Move::To(text) => match text.trim().parse::<Date>() {
            // A bare day first: a time in full would parse as one too.
            Ok(date) if text.trim().len() == 10 => keeper.programme.noon(date),
            _ => text
                .trim()
                .parse()
                .map_err(|_| ClockRefusal::Unreadable(cut(text)))?,
        },
        Move::Advance(text) => {
            let span: Span = text
                .trim()
                .parse()
                .map_err(|_| ClockRefusal::Unreadable(cut(text)))?;
            let zoned = keeper
                .clock
                .now()
                .to_zoned(keeper.programme.time_zone().clone());
            zoned
                .checked_add(span)
                .map_err(|_| ClockRefusal::OutOfRange)?
                .timestamp()
        }
    };
    let day = keeper.calendar.date_of(found);
    if (FIRST_YEAR..=LAST_YEAR).contains(&day.year()) {
        Ok(found)
    } else {
        Err(ClockRefusal::OutOfRange)
    }
}

fn cut(text: &str) -> String {
    text.chars().take(40).collect()
}

/// Why the clock was not moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Not a demonstration.
    #[error("Only a demonstration has a clock that can be moved.")]
    NotADemo,
    /// Neither a day, a time nor a duration.
    #[error("\"{0}\" is no day (2026-11-30), time (2026-11-30T14:00:00Z) or duration (P7D).")]
    Unreadable(String),
    /// Too far away.
    #[error("The clock can be moved between the years 2000 and 2199. Choose a nearer day.")]
    OutOfRange,
}

impl Refuse for ClockRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotADemo => "demo/not-a-demo",
            Self::Unreadable(_) => "demo/clock-unreadable",
            Self::OutOfRange => "demo/clock-out-of-range",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotADemo => RefusalKind::NotFound,
            Self::Unreadable(_) | Self::OutOfRange => RefusalKind::Invalid,
        }
    }
}

const FIRST_YEAR: i16 = 2000;
const LAST_YEAR: i16 = 2199;
