//! Time in a test-class environment: all of it with the environment-wide token, one team's people with a team's.
//!
//! A team's people are moved ahead by making all that they have older: sessions, codes, tokens, consents. So two teams
//! never move each other, every node agrees at once, and a request costs nothing for it.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_store::{settings, test_kit};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{Automation, AutomationRefusal, Kit};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// Where a test puts a clock.
#[derive(Debug, Clone, Copy)]
pub enum ClockMove {
    /// So much further ahead.
    Advance(SignedDuration),
    /// Back to real time. What was made meanwhile keeps the times it got.
    Reset,
}

/// What was moved, for the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The time there now.
    pub now: Timestamp,
    /// How far ahead of real time.
    pub ahead: SignedDuration,
}

/// Moves a clock, on every node. With the environment-wide token it is the environment's: codes, tokens, sessions, mails
/// and limits follow it. With a team's token it is that of the team's test people, or with `app` of those who were made
/// for that app. Authenticator codes, client assertions and ID tokens keep real time, so that real apps and
/// authenticators go on working.
///
/// # Errors
/// [`AutomationRefusal::Clock`], or a fault.
pub async fn move_clock(
    door: &Arc<Door>,
    authority: &Automation,
    to: ClockMove,
    app: Option<&str>,
    trace: &Trace,
) -> Result<Moved, Failure<AutomationRefusal>> {
    let by_us = match to {
        ClockMove::Advance(by) if by.is_negative() || by > FURTHEST => {
            return Err(Failure::Refused(AutomationRefusal::Clock));
        }
        ClockMove::Advance(by) => Some(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)),
        ClockMove::Reset => None,
    };
    match (authority.team(), app) {
        (None, None) => Ok(of_environment(door, authority, by_us, trace).await?),
        (None, Some(_)) => Err(Failure::Refused(AutomationRefusal::ClockOfApp)),
        (Some(_), app) => {
            let app = match app {
                Some(name) => authority
                    .app(door, name)
                    .map_err(Failure::Refused)?
                    .snapshot
                    .document
                    .handle
                    .to_string(),
                None => String::new(),
            };
            Ok(of_people(door, authority, by_us, app, trace).await?)
        }
    }
}

/// How far the authority's test people are ahead: all of them under no name, those of one app under its handle.
///
/// # Errors
/// A fault of the database.
pub async fn clocks(
    door: &Door,
    authority: &Automation,
) -> Result<Vec<(String, SignedDuration)>, Fault> {
    let owner = authority.owner();
    let rows = door
        .store
        .read(move |c| test_kit::clocks_of(c, &owner))
        .await?;
    Ok(rows
        .into_iter()
        .map(|(app, us)| (app, SignedDuration::from_micros(us)))
        .collect())
}

async fn of_people(
    door: &Arc<Door>,
    authority: &Automation,
    by_us: Option<i64>,
    app: String,
    trace: &Trace,
) -> Result<Moved, Fault> {
    let (owner, actor) = (authority.owner(), authority.actor.clone());
    let (recorder, trace, now) = (door.recorder.clone(), trace.clone(), door.clock.now());
    let ahead_us = door
        .store
        .write(move |c| {
            let detail = match by_us {
                Some(by_us) => {
                    test_kit::age(c, &owner, &app, by_us)?;
                    json!({ "seconds": by_us / 1_000_000, "app": app })
                }
                None => {
                    test_kit::reset_clock(c, &owner, &app)?;
                    json!({ "reset": true, "app": app })
                }
            };
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestClockMoved,
                    subject: &owner,
                    trace: Some(&trace),
                    detail,
                },
            )?;
            // The people of one app were moved by what moved all, too.
            let moved = test_kit::clocks_of(c, &owner)?;
            let counts = |one: &&(String, i64)| one.0.is_empty() || one.0 == app;
            Ok(moved.iter().filter(counts).map(|one| one.1).sum::<i64>())
        })
        .await?;
    let ahead = SignedDuration::from_micros(ahead_us);
    Ok(Moved {
        now: door
            .clock
            .now()
            .saturating_add(ahead)
            .unwrap_or(Timestamp::MAX),
        ahead: ahead.saturating_add(SignedDuration::from_micros(door.clock.shift_us())),
    })
}

async fn of_environment(
    door: &Arc<Door>,
    authority: &Automation,
    by_us: Option<i64>,
    trace: &Trace,
) -> Result<Moved, Fault> {
    let actor = authority.actor.clone();
    let (recorder, trace, now) = (door.recorder.clone(), trace.clone(), door.clock.now());
    let shift = door
        .store
        .write(move |c| {
            let (shift, detail) = match by_us {
                Some(by_us) => {
                    let before =
                        settings::find(c, CLOCK)?.and_then(|kept| kept.content.parse().ok());
                    let shift = before.unwrap_or(0_i64).saturating_add(by_us);
                    (shift, json!({ "seconds": by_us / 1_000_000 }))
                }
                None => (0, json!({ "reset": true })),
            };
            settings::put(c, CLOCK, &shift.to_string())?;
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestClockMoved,
                    subject: "clock",
                    trace: Some(&trace),
                    detail,
                },
            )?;
            Ok(shift)
        })
        .await?;
    door.clock.restore_shift(shift);
    Ok(Moved {
        now: door.clock.now(),
        ahead: SignedDuration::from_micros(shift),
    })
}

/// Takes up the environment's clock that another node, or an earlier run, moved.
pub(super) async fn follow(door: &Door, _kit: &Kit) -> Result<(), Fault> {
    let kept = door.store.read(|c| settings::find(c, CLOCK)).await?;
    if let Some(shift) = kept.and_then(|kept| kept.content.parse().ok()) {
        door.clock.restore_shift(shift);
    }
    Ok(())
}

const CLOCK: &str = "automation/clock_shift_us";
const FURTHEST: SignedDuration = SignedDuration::from_hours(24 * 3653);
