//! Faults of an app: set, listed and cleared by its team. They end by a count and by a time, whichever is first.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::test_kit::{Fault as Played, FaultWanted};
use durward_store::test_kit::{self, FaultRow};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;

use super::{Automation, AutomationRefusal, Kit};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::keeper::time;
use crate::record::{Note, Trace};

/// A fault as asked for.
#[derive(Debug, Default)]
pub struct FaultAsked {
    /// The app, by short name or issuer.
    pub app: String,
    /// What goes wrong.
    pub fault: FaultWanted,
    /// How often it plays.
    pub count: Option<i64>,
    /// For how long it plays, in place of until when.
    pub lasting: Option<SignedDuration>,
    /// Until when it plays.
    pub until: Option<Timestamp>,
}

/// A fault that is set.
#[derive(Debug, Serialize)]
pub struct FaultSet {
    /// Names it for clearing.
    pub id: String,
    /// The app's client id.
    pub app: String,
    /// What goes wrong.
    #[serde(flatten)]
    pub fault: Played,
    /// How often it will play yet.
    pub left: i64,
    /// How often it has played.
    pub played: i64,
    /// Until when it plays.
    pub until: Timestamp,
    /// Whether it plays at the app's next request.
    pub active: bool,
}

/// Sets a fault of an app of the authority's team.
///
/// # Errors
/// [`AutomationRefusal`], or a fault of the database.
pub async fn set(
    door: &Arc<Door>,
    authority: &Automation,
    asked: FaultAsked,
    trace: &Trace,
) -> Result<FaultSet, Failure<AutomationRefusal>> {
    let kit = kit(door)?;
    let refuse = |no| Err(Failure::Refused(no));
    let app = authority.app(door, &asked.app).map_err(Failure::Refused)?;
    let fault = Played::parse(&asked.fault).map_err(|no| Failure::Refused(no.into()))?;
    let now = door.clock.real_now();
    let latest = now.saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
    let ends = match (asked.until, asked.lasting) {
        (Some(_), Some(_)) => return refuse(AutomationRefusal::FaultEnd),
        (until, None) => until,
        (None, Some(lasting)) => now.checked_add(lasting).ok().or(Some(Timestamp::MAX)),
    };
    let until = match (ends, asked.count) {
        (Some(until), _) if until <= now || until > latest => {
            return refuse(AutomationRefusal::FaultEnd);
        }
        (Some(until), _) => until,
        (None, Some(_)) => latest,
        (None, None) => return refuse(AutomationRefusal::FaultEnd),
    };
    let count = asked.count.unwrap_or(MOST_PLAYS);
    if !(1..=MOST_PLAYS).contains(&count) {
        return refuse(AutomationRefusal::FaultEnd);
    }
    let row = FaultRow {
        fault_id: door.random.uuid_v7(now).to_string(),
        client_id: app.client.client_id.clone(),
        team: app.snapshot.document.team.to_string(),
        content: serde_json::to_string(&fault)
            .map_err(|_| Fault::internal("a fault cannot be written down"))?,
        plays_left: count,
        played: 0,
        until_us: until.as_microsecond(),
        created_us: now.as_microsecond(),
    };
    let (recorder, actor, trace) = (
        door.recorder.clone(),
        authority.actor.clone(),
        trace.clone(),
    );
    let (kept, told) = (row.clone(), fault.clone());
    let set = door
        .store
        .write(move |c| {
            if test_kit::count_faults(c, &kept.team)? >= MOST {
                return Ok(false);
            }
            test_kit::insert_fault(c, &kept)?;
            recorder.event(
                c,
                Note {
                    time: now,
                    actor: &actor,
                    event: Event::TestFaultSet,
                    subject: &kept.client_id,
                    trace: Some(&trace),
                    detail: json!({ "fault": told, "id": kept.fault_id, "count": kept.plays_left, "until": time(kept.until_us).to_string() }),
                },
            )?;
            Ok(true)
        })
        .await?;
    if !set {
        return refuse(AutomationRefusal::TooManyFaults(MOST));
    }
    kit.load_faults(door).await?;
    Ok(told_of(row, fault, now))
}

/// The faults that the authority's team has set, oldest first; with `app`, of that app alone. Those that are over are
/// told for a day.
///
/// # Errors
/// [`AutomationRefusal::NoApp`], or a fault of the database.
pub async fn list(
    door: &Arc<Door>,
    authority: &Automation,
    app: Option<&str>,
) -> Result<Vec<FaultSet>, Failure<AutomationRefusal>> {
    let wanted = match app {
        Some(name) => Some(authority.app(door, name).map_err(Failure::Refused)?),
        None => None,
    };
    let team = match (authority.team(), &wanted) {
        (Some(team), _) => Some(team.to_owned()),
        (None, Some(app)) => Some(app.snapshot.document.team.to_string()),
        (None, None) => None,
    };
    let now = door.clock.real_now();
    let rows = door
        .store
        .read(move |c| match &team {
            Some(team) => test_kit::faults_of(c, team),
            None => test_kit::open_faults(c, now.as_microsecond()),
        })
        .await?;
    Ok(rows
        .into_iter()
        .filter(|row| {
            wanted
                .as_ref()
                .is_none_or(|app| app.client.client_id == row.client_id)
        })
        .filter_map(|row| {
            let fault = serde_json::from_str(&row.content).ok()?;
            Some(told_of(row, fault, now))
        })
        .collect())
}

/// Clears one fault.
///
/// # Errors
/// [`AutomationRefusal::NoFault`], or a fault of the database.
pub async fn clear(
    door: &Arc<Door>,
    authority: &Automation,
    id: &str,
    trace: &Trace,
) -> Result<(), Failure<AutomationRefusal>> {
    let wanted = id.to_owned();
    let found = door
        .store
        .read(move |c| test_kit::find_fault(c, &wanted))
        .await?;
    let row = found
        .filter(|row| authority.team().is_none_or(|team| team == row.team))
        .ok_or(Failure::Refused(AutomationRefusal::NoFault))?;
    if clear_rows(door, authority, vec![row], trace).await? == 0 {
        return Err(Failure::Refused(AutomationRefusal::NoFault));
    }
    Ok(())
}

/// Clears all faults of the authority's team; with `app`, of that app alone. Answers how many there were.
///
/// # Errors
/// [`AutomationRefusal::NoApp`], or a fault of the database.
pub async fn clear_all(
    door: &Arc<Door>,
    authority: &Automation,
    app: Option<&str>,
    trace: &Trace,
) -> Result<usize, Failure<AutomationRefusal>> {
    let found = list(door, authority, app).await?;
    let rows = found
        .into_iter()
        .map(|fault| FaultRow {
            fault_id: fault.id,
            client_id: fault.app,
            team: String::new(),
            content: String::new(),
            plays_left: fault.left,
            played: fault.played,
            until_us: fault.until.as_microsecond(),
            created_us: 0,
        })
        .collect();
    clear_rows(door, authority, rows, trace).await
}

async fn clear_rows(
    door: &Arc<Door>,
    authority: &Automation,
    rows: Vec<FaultRow>,
    trace: &Trace,
) -> Result<usize, Failure<AutomationRefusal>> {
    let kit = kit(door)?;
    let (recorder, actor, trace) = (
        door.recorder.clone(),
        authority.actor.clone(),
        trace.clone(),
    );
    let now = door.clock.real_now();
    let cleared = door
        .store
        .write(move |c| {
            let mut cleared = 0;
            for row in &rows {
                if !test_kit::delete_fault(c, &row.fault_id)? {
                    continue;
                }
                cleared += 1;
                recorder.event(
                    c,
                    Note {
                        time: now,
                        actor: &actor,
                        event: Event::TestFaultCleared,
                        subject: &row.client_id,
                        trace: Some(&trace),
                        detail: json!({ "id": row.fault_id, "played": row.played }),
                    },
                )?;
            }
            Ok(cleared)
        })
        .await?;
    kit.load_faults(door).await?;
    Ok(cleared)
}

fn kit(door: &Door) -> Result<&Kit, Failure<AutomationRefusal>> {
    door.kit
        .as_ref()
        .ok_or(Failure::Refused(AutomationRefusal::Absent))
}

fn told_of(row: FaultRow, fault: Played, now: Timestamp) -> FaultSet {
    FaultSet {
        active: row.plays_left > 0 && row.until_us > now.as_microsecond(),
        id: row.fault_id,
        app: row.client_id,
        fault,
        left: row.plays_left,
        played: row.played,
        until: time(row.until_us),
    }
}

/// A day: nobody finds out a week later why an app does not work.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
const MOST_PLAYS: i64 = 1_000;
const MOST: i64 = 200;
