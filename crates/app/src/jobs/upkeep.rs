//! The upkeep every database needs: seal the audit record, forget what expired.

use std::time::Duration;

use durward_domain::environment::EnvironmentClass;
use durward_store::audit::{self, Head, Sealed};
use durward_store::{
    Store, backchannel_logouts, browsers, client_requests, counters, email_claims, grants,
    installed, members, notice_digests, notices, outbox, proof_ids, pushed_requests,
    request_records, sessions, test_kit, usage, webhooks,
};
use jiff::{SignedDuration, Timestamp};

use crate::door::Door;
use crate::failure::Fault;
use crate::record::Recorder;

/// Chains waiting audit entries until none is left or another node holds the sealer's lease. Answers the last new head,
/// to be exported.
///
/// # Errors
/// A fault of the database, or a chain that does not end at its signed head.
pub async fn seal(
    store: &Store,
    recorder: &Recorder,
    holder: &str,
    now: Timestamp,
) -> Result<Option<Head>, Fault> {
    let mut last = None;
    loop {
        let (key, holder) = (recorder.key().clone(), holder.to_owned());
        let sealed = store
            .write(move |c| audit::seal_batch(c, &key, &holder, now, SEAL_AT_ONCE))
            .await?;
        match sealed {
            Sealed::Batch { count, head } => {
                last = Some(head);
                if count < SEAL_AT_ONCE as usize {
                    return Ok(last);
                }
            }
            Sealed::Nothing | Sealed::NotHolder => return Ok(last),
        }
    }
}

/// Deletes an environment's expired sessions, codes, tokens and messages.
///
/// # Errors
/// A fault of the database.
pub async fn purge_door(door: &Door) -> Result<u64, Fault> {
    let now = door.clock.now();
    let expired = before(now, KEEP_EXPIRED);
    // An assertion lasts by its sender's clock: forgotten early, it could be sent again.
    let assertions = before(door.clock.real_now(), KEEP_EXPIRED);
    let messages = before(now, KEEP_MESSAGES);
    let old_usage = before(door.clock.real_now(), KEEP_COUNTS);
    let unused = before(now, KEEP_BROWSERS);
    let test_class = door.class() == EnvironmentClass::Test;
    let (kept, active) = requests(door.clock.real_now());
    let deleted = door
        .store
        .write(move |c| {
            let mut deleted = sessions::purge(c, expired)?
                + grants::purge(c, expired, assertions)?
                + proof_ids::purge(c, assertions)?
                + pushed_requests::purge(c, expired)?
                + browsers::purge(c, unused)?
                + email_claims::purge(c, expired)?
                + backchannel_logouts::purge(c, messages)?;
            // Anybody can make a counter by typing an address; a window that ended counts nothing.
            deleted += counters::sweep(c, now)?;
            if test_class {
                deleted += installed::purge_messages(c, messages)?;
                deleted += test_kit::purge(c, expired)?;
            }
            deleted += client_requests::purge(c, (kept.0, &kept.1), active, MOST_REQUESTS)?;
            deleted += usage::purge(c, old_usage)?;
            Ok(deleted + outbox::sweep(c, Timestamp::from_microsecond(expired).unwrap_or(now))?)
        })
        .await?;
    Ok(deleted)
}

/// Deletes the portal's expired sign-ins and sessions, and old notices.
///
/// # Errors
/// A fault of the database.
pub async fn purge_keeper(store: &Store, now: Timestamp) -> Result<u64, Fault> {
    let expired = before(now, KEEP_EXPIRED);
    let notices = before(now, KEEP_NOTICES);
    let (kept, active) = requests(now);
    let deliveries = before(now, KEEP_DELIVERIES);
    Ok(store
        .write(move |c| {
            Ok(members::purge(c, expired)?
                + notices::purge(c, notices)?
                + notice_digests::purge(c, notices)?
                + request_records::purge(c, (kept.0, &kept.1), active, MOST_REQUESTS)?
                + webhooks::purge(c, deliveries)?)
        })
        .await?)
}

/// Since when requests are kept (a time, and a day for counts), and since when an app counts as active.
fn requests(now: Timestamp) -> ((i64, String), i64) {
    let day = |kept| {
        let us = before(now, kept);
        let time = Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
        time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string()
    };
    let kept = (before(now, KEEP_REQUESTS), day(KEEP_COUNTS));
    (kept, before(now, ACTIVE))
}

fn before(now: Timestamp, kept: Duration) -> i64 {
    let kept = SignedDuration::try_from(kept).unwrap_or(SignedDuration::ZERO);
    now.checked_sub(kept)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .as_microsecond()
}

const SEAL_AT_ONCE: u32 = 500;
/// A replayed code must be recognised as such for a while after it expired.
const KEEP_EXPIRED: Duration = Duration::from_secs(24 * 60 * 60);
const KEEP_REQUESTS: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Longer than the requests: a key that a yearly job uses is seen in use.
const KEEP_COUNTS: Duration = Duration::from_secs(400 * 24 * 60 * 60);
/// An app is trimmed while it sends requests; longer than the pause between two rounds.
const ACTIVE: Duration = Duration::from_secs(10 * 60);
/// Requests of one app that are kept, the newest.
const MOST_REQUESTS: i64 = 10_000;
const KEEP_MESSAGES: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// As long as their cookie lasts.
const KEEP_BROWSERS: Duration = Duration::from_secs(365 * 24 * 60 * 60);
const KEEP_NOTICES: Duration = Duration::from_secs(90 * 24 * 60 * 60);
const KEEP_DELIVERIES: Duration = Duration::from_secs(30 * 24 * 60 * 60);
