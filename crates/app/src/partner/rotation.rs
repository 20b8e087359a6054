//! Rotating a key in one flow: add the next one, wait until the app really uses it, remove the old one. Both changes take
//! the normal way of review and deployment; what stands between them is read from the uses that the environment counted.

mod act;
mod denied;
mod watch;

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::change::{QUIET, QUIET_DAYS, RotationFacts, RotationStage, RotationStep};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_store::rotations::{self, RotationRow};
use durward_store::{Conn, Fault as StoreFault, apps, launches, releases, request_records};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::apps::{AppRefusal, app, document_of};
use super::members::name_in;
use crate::actor::Member;
use crate::failure::Failure;
use crate::keeper::{Keeper, time};

pub use act::{Start, advance, cancel, start};
pub use denied::RotationDenied;
pub use watch::watch;

/// A rotation as members see it.
#[derive(Clone, Debug, Serialize)]
pub struct RotationView {
    /// Its id.
    pub id: String,
    /// The app.
    pub app: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// Where it stands.
    pub stage: RotationStage,
    /// What can be done now.
    pub step: RotationStep,
    /// The thumbprint of the key that goes.
    pub old_key: String,
    /// The thumbprint of the key that comes.
    pub new_key: String,
    /// Who began it.
    pub by: String,
    /// When.
    pub begun: Timestamp,
    /// The request that adds the new key.
    pub addition: Option<String>,
    /// The request that removes the old key.
    pub removal: Option<String>,
    /// When the app last used the new key, of what the environment counted since the rotation began.
    pub new_used: Option<Timestamp>,
    /// When the app last used the old key, of the last 30 days.
    pub old_used: Option<Timestamp>,
    /// How many days the old key must be unused before it goes without a confirmation.
    pub quiet_days: i64,
    /// From when on it is unused for so long, if it stays unused.
    pub quiet_from: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// The open rotation of an app, or else its last one.
///
/// # Errors
/// [`RotationDenied`], or a fault.
pub async fn find(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Option<RotationView>, Failure<RotationDenied>> {
    app(keeper, member, handle, environment)
        .await
        .map_err(of_app)?;
    let name = handle.to_owned();
    let now = keeper.clock.real_now();
    let found = keeper.store.read(move |c| {
        let Some(row) = rotations::newest(c, &name, environment.as_str())? else {
            return Ok(None);
        };
        let (state, by) = (standing(c, &row, now)?, name_in(c, &row.author)?);
        Ok(Some((row, state, by)))
    });
    Ok(found
        .await?
        .map(|(row, standing, by)| view(row, &standing, by, (environment, now))))
}

/// Where a rotation stands, with what its steps work on.
struct Standing {
    facts: RotationFacts,
    /// The newest saved configuration.
    saved: Option<AppDocument>,
    /// What the environment serves.
    live: Option<AppDocument>,
}

fn standing(c: &mut Conn, row: &RotationRow, now: Timestamp) -> Result<Standing, StoreFault> {
    let (handle, environment) = (row.handle.as_str(), row.environment.as_str());
    let read = |text: &str| -> Result<AppDocument, StoreFault> {
        document_of(text).map_err(|_| {
            StoreFault::new(
                durward_store::FaultKind::Corrupt,
                "a stored configuration cannot be read",
            )
        })
    };
    let saved = match apps::find_configuration(c, handle, environment)? {
        Some(found) => Some(read(&found.document)?),
        None => None,
    };
    let live = match releases::app_in(c, environment, handle)? {
        Some((revision, _)) => apps::find_revision(c, &revision)?,
        None => None,
    };
    let live = live.map(|live| read(&live.document)).transpose()?;
    let mut state = |id: &Option<String>| -> Result<Option<LaunchState>, StoreFault> {
        let Some(id) = id else { return Ok(None) };
        Ok(launches::find(c, id)?.and_then(|row| LaunchState::parse(&row.state)))
    };
    let (addition, removal) = (state(&row.addition_id)?, state(&row.removal_id)?);
    let has = |thumbprint: &str| {
        live.as_ref()
            .is_some_and(|live| live.keys.iter().any(|key| key.fingerprint() == thumbprint))
    };
    let last_known = RotationStage::parse(&row.stage);
    let ended = row.ended_us.is_some();
    let (new_used, old_used) = uses(c, row, now)?;
    Ok(Standing {
        facts: RotationFacts {
            cancelled: ended && last_known == Some(RotationStage::Cancelled),
            done: ended && last_known == Some(RotationStage::Done),
            new_live: has(&row.new_thumbprint),
            old_live: has(&row.old_thumbprint),
            addition,
            removal,
            new_used,
            old_used,
        },
        saved,
        live,
    })
}

/// When the new key was last used since the rotation began, and when the old one was.
fn uses(
    c: &mut Conn,
    row: &RotationRow,
    now: Timestamp,
) -> Result<(Option<Timestamp>, Option<Timestamp>), StoreFault> {
    let from = now.saturating_sub(WINDOW).unwrap_or(Timestamp::UNIX_EPOCH);
    let day = from.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let (mut new, mut old) = (None, None);
    for one in request_records::key_uses(c, &row.environment, &row.handle, &day)? {
        let used = Some(time(one.last_us)).filter(|_| one.uses > 0);
        if one.value == row.new_thumbprint && one.last_us >= row.created_us {
            new = new.max(used);
        } else if one.value == row.old_thumbprint {
            old = old.max(used);
        }
    }
    Ok((new, old))
}

fn view(
    row: RotationRow,
    standing: &Standing,
    by: String,
    (environment, now): (EnvironmentName, Timestamp),
) -> RotationView {
    let facts = &standing.facts;
    let stage = facts.stage(now);
    let quiet_from = facts
        .old_used
        .filter(|_| !stage.is_over())
        .and_then(|used| used.checked_add(QUIET).ok());
    RotationView {
        id: row.rotation_id,
        app: row.handle,
        environment,
        stage,
        step: stage.step(),
        old_key: row.old_thumbprint,
        new_key: row.new_thumbprint,
        by,
        begun: time(row.created_us),
        addition: row.addition_id,
        removal: row.removal_id,
        new_used: facts.new_used,
        old_used: facts.old_used,
        quiet_days: QUIET_DAYS,
        quiet_from,
        ended: row.ended_us.map(time),
    }
}

fn of_app(failure: Failure<AppRefusal>) -> Failure<RotationDenied> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

/// How far back uses are looked at: as far as the page of keys does.
const WINDOW: SignedDuration = SignedDuration::from_hours(30 * 24);
