//! How much, how long and how often: body sizes, time and posts of people we do not know.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, Method, header};
use durward_domain::refusal::{RefusalKind, Refuse};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use jiff::Timestamp;

/// Sizes, times and rates of one site.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The largest body that is read, in bytes.
    pub body: usize,
    /// Paths where a program with a token or a browser with a session may send more, and how much. A part in braces is
    /// any one.
    pub large: &'static [(&'static str, usize)],
    /// The longest that a request may take.
    pub time: Duration,
    /// How many forms may be sent at once from one address.
    pub posts_at_once: u32,
    /// How many of those come back each minute.
    pub posts_per_minute: u32,
}

impl Limits {
    /// The largest body of this request.
    pub fn body_of(&self, request: &Request) -> usize {
        let path = request.uri().path();
        let large = self.large.iter().find(|(large, _)| matches(large, path));
        let is_known = [header::AUTHORIZATION, header::COOKIE]
            .iter()
            .any(|name| request.headers().contains_key(name));
        match large {
            Some((_, most)) if is_known => *most,
            _ => self.body,
        }
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(one), Some(part)) if one == part || one.starts_with('{') => {}
            _ => return false,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 1024 * 1024,
            large: &[],
            time: Duration::from_secs(60),
            posts_at_once: 600,
            posts_per_minute: 600,
        }
    }
}

/// What a limit refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LimitRefusal {
    /// The body is larger than we read.
    #[error("What was sent is too large. Send less.")]
    TooLarge,
    /// The body ended early or could not be read.
    #[error("What was sent could not be read. Send it again.")]
    Unreadable,
    /// The answer took too long.
    #[error("This took too long. Try again.")]
    TooSlow,
    /// Too many forms from one address.
    #[error("Too many forms were sent from your network. Wait a minute and try again.")]
    TooMany,
}

impl Refuse for LimitRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "limits/body-too-large",
            Self::Unreadable => "limits/body-unreadable",
            Self::TooSlow => "limits/too-slow",
            Self::TooMany => "limits/too-many",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooLarge => RefusalKind::TooLarge,
            Self::Unreadable => RefusalKind::Invalid,
            Self::TooSlow => RefusalKind::Unavailable,
            Self::TooMany => RefusalKind::TooMany,
        }
    }
}

/// Where a connection comes from; the server puts it into each request, behind its own proxy rules.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    /// The address in a request's extensions; `0.0.0.0` where nobody put one.
    pub fn of(extensions: &Extensions) -> IpAddr {
        extensions
            .get::<Self>()
            .map(|address| address.0)
            .or_else(|| {
                extensions
                    .get::<ConnectInfo<SocketAddr>>()
                    .map(|info| info.0.ip())
            })
            .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(Self::of(&parts.extensions)))
    }
}

/// Reads the body of a request up to the limit, so that no handler waits for a slow sender.
pub(super) async fn read_body(request: Request, limit: usize) -> Result<Request, LimitRefusal> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let bytes: Bytes = match Limited::new(body, limit).collect().await {
        Ok(whole) => whole.to_bytes(),
        Err(fault) if fault.is::<LengthLimitError>() => return Err(LimitRefusal::TooLarge),
        Err(_) => return Err(LimitRefusal::Unreadable),
    };
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// How many forms may still be sent, per address. One node's own count: it only dulls floods.
/// What guards codes and passwords is counted in the database.
pub struct PostBudget {
    at_once: f64,
    per_second: f64,
    buckets: Mutex<HashMap<IpAddr, Bucket>>,
}

impl PostBudget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            at_once: f64::from(limits.posts_at_once),
            per_second: f64::from(limits.posts_per_minute) / 60.0,
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Spends one post of this address.
    pub(crate) fn spend(&self, address: IpAddr, now: Timestamp) -> Result<(), LimitRefusal> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, bucket| self.filled(bucket, now) < self.at_once);
        }
        if buckets.len() >= MOST_BUCKETS {
            buckets.clear();
        }
        let bucket = buckets.entry(network(address)).or_insert(Bucket {
            left: self.at_once,
            at: now,
        });
        bucket.left = self.filled(bucket, now);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(LimitRefusal::TooMany);
        }
        bucket.left -= 1.0;
        Ok(())
    }

    fn filled(&self, bucket: &Bucket, now: Timestamp) -> f64 {
        let seconds = now.duration_since(bucket.at).as_secs_f64().max(0.0);
        (bucket.left + seconds * self.per_second).min(self.at_once)
    }
}

struct Bucket {
    left: f64,
    at: Timestamp,
}

/// One household holds a whole /64 of IPv6.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => IpAddr::V4(four),
            None => IpAddr::V6(Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64))),
        },
        four @ IpAddr::V4(_) => four,
    }
}

const MOST_BUCKETS: usize = 100_000;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_comes_back_with_time() {
        let budget = PostBudget::new(&Limits {
            posts_at_once: 2,
            posts_per_minute: 60,
            ..Limits::default()
        });
        let at = |second| Timestamp::from_second(second).unwrap();
        let home: IpAddr = "192.0.2.7".parse().unwrap();
        assert!(budget.spend(home, at(0)).is_ok() && budget.spend(home, at(0)).is_ok());
        assert_eq!(budget.spend(home, at(0)), Err(LimitRefusal::TooMany));
        assert!(budget.spend("192.0.2.8".parse().unwrap(), at(0)).is_ok());
        assert!(budget.spend(home, at(1)).is_ok());
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_a_budget() {
        let same = |text: &str| network(text.parse().unwrap());
        assert_eq!(same("2001:db8:1:2::1"), same("2001:db8:1:2:ffff::9"));
        assert_eq!(same("::ffff:192.0.2.7"), same("192.0.2.7"));
    }
}
