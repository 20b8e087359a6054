//! The inbox of a test-class environment: its mail is never sent and ends here.

use std::sync::Arc;
use std::time::Duration;

use durward_accounts::email::EmailAddress;
use durward_domain::environment::EnvironmentClass;
use durward_store::installed;
use jiff::Timestamp;

use super::{letter, people};
use crate::door::Door;
use crate::failure::Fault;
use crate::ports::mail::Mail;

/// A kept mail.
pub struct Received {
    /// The mail.
    pub mail: Mail,
    /// When it was sent.
    pub time: Timestamp,
}

/// Mail to one address after a time, oldest first. Waits for the first one that long. Nothing in a live class.
///
/// # Errors
/// A fault of the database.
pub async fn wait_for(
    door: &Arc<Door>,
    to: &EmailAddress,
    after: Timestamp,
    wait: Duration,
) -> Result<Vec<Received>, Fault> {
    let mut left = wait.min(LONGEST_WAIT);
    loop {
        let found = to_one(door, to, after).await?;
        if !found.is_empty() || left.is_zero() {
            return Ok(found);
        }
        let pause = left.min(PAUSE);
        tokio::time::sleep(pause).await;
        left -= pause;
    }
}

/// Mail after a time to the test people of an owner, as [`wait_for`].
///
/// # Errors
/// A fault of the database.
pub(crate) async fn wait_for_personas(
    door: &Arc<Door>,
    owner: &str,
    after: Timestamp,
    wait: Duration,
) -> Result<Vec<Received>, Fault> {
    let mut left = wait.min(LONGEST_WAIT);
    loop {
        let (owner, after_us) = (owner.to_owned(), after.as_microsecond());
        let rows = door
            .store
            .read(move |c| installed::messages_to_personas(c, &owner, after_us))
            .await?;
        let found = opened(door, rows);
        if !found.is_empty() || left.is_zero() {
            return Ok(found);
        }
        let pause = left.min(PAUSE);
        tokio::time::sleep(pause).await;
        left -= pause;
    }
}

/// The newest mail to anyone, newest first: what the demo's inbox page shows. Nothing in a live class.
///
/// # Errors
/// A fault of the database.
pub async fn latest(door: &Arc<Door>) -> Result<Vec<Received>, Fault> {
    if door.class() != EnvironmentClass::Test {
        return Ok(Vec::new());
    }
    let rows = door.store.read(installed::latest_messages).await?;
    Ok(opened(door, rows))
}

async fn to_one(
    door: &Arc<Door>,
    to: &EmailAddress,
    after: Timestamp,
) -> Result<Vec<Received>, Fault> {
    if door.class() != EnvironmentClass::Test {
        return Ok(Vec::new());
    }
    let (digests, after_us) = (people::digests(door, to), after.as_microsecond());
    let rows = door
        .store
        .read(move |c| {
            let mut rows = Vec::new();
            for digest in &digests {
                rows.extend(installed::messages_to(c, digest, after_us)?);
            }
            rows.sort_by(|a, b| (a.time_us, &a.message_id).cmp(&(b.time_us, &b.message_id)));
            Ok(rows)
        })
        .await?;
    Ok(opened(door, rows))
}

fn opened(door: &Door, rows: Vec<installed::MessageRow>) -> Vec<Received> {
    rows.into_iter()
        .filter_map(|row| {
            Some(Received {
                mail: letter::open(door, &row.message_id, &row.sealed)?,
                time: Timestamp::from_microsecond(row.time_us).ok()?,
            })
        })
        .collect()
}

/// Shorter than a request may take.
const LONGEST_WAIT: Duration = Duration::from_secs(50);
const PAUSE: Duration = Duration::from_millis(100);
