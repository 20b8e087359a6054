//! Limits, counted in the database before what they guard is verified.

use std::time::Duration;

use durward_accounts::limit::{Limit, TooManyAttempts};
use durward_store::{Conn, Fault, counters};
use jiff::{SignedDuration, Timestamp};

use super::refusal::CitizenRefusal;

/// An attempt that was counted.
pub(super) struct Counted {
    /// Whether it is the last one that the limit allows.
    pub(super) last: bool,
}

/// Counts one attempt at a target; refused when the limit was reached before.
pub(super) fn count(
    c: &mut Conn,
    limit: &Limit,
    target: &str,
    now: Timestamp,
) -> Result<Result<Counted, CitizenRefusal>, Fault> {
    let counted = counters::hit(c, &name(limit, target), window(limit), now)?;
    let max = i64::from(limit.max);
    if counted.hits > max {
        return Ok(Err(locked(counted.until, now)));
    }
    Ok(Ok(Counted {
        last: counted.hits == max,
    }))
}

/// The last attempt failed: the target is locked for a whole window from now.
pub(super) fn lock(c: &mut Conn, limit: &Limit, target: &str, now: Timestamp) -> Result<(), Fault> {
    let until = now
        .saturating_add(SignedDuration::from_secs(limit.seconds))
        .unwrap_or(Timestamp::MAX);
    counters::extend(c, &name(limit, target), until)
}

/// An attempt succeeded: counting begins anew.
pub(super) fn clear(c: &mut Conn, limit: &Limit, target: &str) -> Result<(), Fault> {
    counters::clear(c, &name(limit, target))
}

fn name(limit: &Limit, target: &str) -> String {
    format!("{}:{target}", limit.name)
}

fn window(limit: &Limit) -> Duration {
    Duration::from_secs(limit.seconds.unsigned_abs())
}

fn locked(until: Timestamp, now: Timestamp) -> CitizenRefusal {
    let left = until.duration_since(now).as_secs().max(1).unsigned_abs();
    CitizenRefusal::Locked {
        wait: TooManyAttempts {
            retry_after_seconds: left,
        },
        until,
    }
}
