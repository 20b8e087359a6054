//! Limits, counted in the database before what they guard is verified.

use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use durward_accounts::limit::{Limit, TooManyAttempts};
use durward_domain::programme::Limited;
use durward_store::{Conn, Fault, counters};
use jiff::{SignedDuration, Timestamp};

use super::refusal::CitizenRefusal;
use super::session::Browser;
use crate::door::Door;

/// A limit as the programme of this environment has it.
pub(super) fn limit(door: &Door, limited: Limited) -> Limit {
    Limit::of(&door.programme.limits, limited)
}

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
    let counted = counters::hit(c, &name(limit, target), window(limit.seconds), now)?;
    let max = i64::from(limit.max);
    if counted.hits > max {
        return Ok(Err(locked(counted.until, now)));
    }
    Ok(Ok(Counted {
        last: counted.hits == max,
    }))
}

/// Counts one of what is limited for itself, right or wrong. The first one too many begins the wait.
pub(super) fn spend(
    c: &mut Conn,
    limit: &Limit,
    target: &str,
    now: Timestamp,
) -> Result<Result<(), CitizenRefusal>, Fault> {
    let counted = counters::hit(c, &name(limit, target), window(limit.seconds), now)?;
    let max = i64::from(limit.max);
    if counted.hits <= max {
        return Ok(Ok(()));
    }
    if counted.hits > max + 1 {
        return Ok(Err(locked(counted.until, now)));
    }
    let until = lock(c, limit, target, now)?;
    Ok(Err(locked(until.max(counted.until), now)))
}

/// The last attempt failed: the target is locked from now, each time longer where the limit's waits grow. Until when.
pub(super) fn lock(
    c: &mut Conn,
    limit: &Limit,
    target: &str,
    now: Timestamp,
) -> Result<Timestamp, Fault> {
    let strike = if limit.grows() {
        // Remembered for as long after a wait as the longest one lasts.
        let name = strikes(limit, target);
        let memory = window(limit.longest_seconds);
        let strike = u32::try_from(counters::hit(c, &name, memory, now)?.hits).unwrap_or(u32::MAX);
        counters::extend(
            c,
            &name,
            after(now, limit.wait(strike) + limit.longest_seconds),
        )?;
        strike
    } else {
        1
    };
    let until = after(now, limit.wait(strike));
    counters::extend(c, &name(limit, target), until)?;
    Ok(until)
}

/// An attempt succeeded: counting begins anew.
pub(super) fn clear(c: &mut Conn, limit: &Limit, target: &str) -> Result<(), Fault> {
    counters::clear(c, &name(limit, target))?;
    if limit.grows() {
        counters::clear(c, &strikes(limit, target))?;
    }
    Ok(())
}

/// The network of a browser, as the target of a limit. People on the server's own machine share one address, and so
/// do all behind it when it is not told of proxies: none for them.
pub(super) fn network(door: &Door, browser: &Browser) -> Option<String> {
    let address = browser.network.filter(|address| !address.is_loopback())?;
    Some(
        door.hasher
            .hash(&format!("network:{}", one_network(address))),
    )
}

/// One household holds a whole /64 of IPv6: each of its addresses would otherwise be a fresh start.
fn one_network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64))),
        },
        four @ IpAddr::V4(_) => four,
    }
}

fn name(limit: &Limit, target: &str) -> String {
    format!("{}:{target}", limit.name)
}

fn strikes(limit: &Limit, target: &str) -> String {
    format!("{}:{target}:strikes", limit.name)
}

fn window(seconds: i64) -> Duration {
    Duration::from_secs(seconds.unsigned_abs())
}

fn after(now: Timestamp, seconds: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
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
