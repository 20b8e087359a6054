//! Rate limits as data, and the counter that keeps them. An attempt is counted before it is verified.

use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// One limit: at most `max` attempts in a window that begins with the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The name under which counters are stored.
    pub name: &'static str,
    /// Attempts allowed in one window.
    pub max: u32,
    /// Length of the window in seconds.
    pub seconds: i64,
}

/// Every limit of the door. The key of a counter is the limit's name and a target (keyed hash of an e-mail
/// address, a person's id, an address of the network).
pub const LIMITS: &[Limit] = &[
    MAIL_PER_ADDRESS,
    CODE_PER_ADDRESS,
    PASSWORD_PER_PERSON,
    SECOND_FACTOR_PER_PERSON,
    SIGN_IN_PER_NETWORK,
];

/// Mails with a code to one address.
pub const MAIL_PER_ADDRESS: Limit = Limit {
    name: "mail_per_address",
    max: 20,
    seconds: 60 * 60,
};

/// Mailed codes tried for one address, from any browser: new mails give no new guesses.
pub const CODE_PER_ADDRESS: Limit = Limit {
    name: "code_per_address",
    max: 20,
    seconds: 60 * 60,
};

/// Passwords tried for one account, from any browser.
pub const PASSWORD_PER_PERSON: Limit = Limit {
    name: "password_per_person",
    max: 20,
    seconds: 60 * 60,
};

/// Second-factor codes tried for one account, from any browser.
pub const SECOND_FACTOR_PER_PERSON: Limit = Limit {
    name: "second_factor_per_person",
    max: 10,
    seconds: 10 * 60,
};

/// Passwords tried from one network address, for any account.
pub const SIGN_IN_PER_NETWORK: Limit = Limit {
    name: "sign_in_per_network",
    max: 300,
    seconds: 10 * 60,
};

/// What was counted for one target under one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counter {
    /// Begin of the window.
    pub started: Timestamp,
    /// Attempts since then, this one included.
    pub count: u32,
}

impl Counter {
    /// Counts one attempt. The new counter is stored whatever the answer is.
    pub fn count(
        before: Option<Self>,
        now: Timestamp,
        limit: &Limit,
    ) -> (Self, Result<u32, TooManyAttempts>) {
        let window = SignedDuration::from_secs(limit.seconds);
        let live = before.filter(|c| now.duration_since(c.started) < window);
        let next = match live {
            Some(c) => Self {
                started: c.started,
                count: c.count.saturating_add(1),
            },
            None => Self {
                started: now,
                count: 1,
            },
        };
        if next.count > limit.max {
            let left = window - now.duration_since(next.started);
            let refused = TooManyAttempts {
                retry_after_seconds: left.as_secs().max(1).unsigned_abs(),
            };
            return (next, Err(refused));
        }
        (next, Ok(limit.max - next.count))
    }
}

/// The limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Too many attempts. Wait {} and try again.", minutes(*.retry_after_seconds))]
pub struct TooManyAttempts {
    /// When the window ends.
    pub retry_after_seconds: u64,
}

impl Refuse for TooManyAttempts {
    fn code(&self) -> &'static str {
        "limit/too-many-attempts"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::TooMany
    }
}

fn minutes(seconds: u64) -> String {
    match seconds.div_ceil(60) {
        0 | 1 => "a minute".to_owned(),
        n => format!("{n} minutes"),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const THREE: Limit = Limit {
        name: "three",
        max: 3,
        seconds: 60,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    /// Attempts at these seconds; is the last one allowed?
    fn check(seconds: &[i64], allowed: bool) {
        let mut counter = None;
        let mut last = Ok(0);
        for second in seconds {
            let (next, answer) = Counter::count(counter, at(*second), &THREE);
            counter = Some(next);
            last = answer;
        }
        assert_eq!(last.is_ok(), allowed, "{seconds:?}");
    }

    #[test]
    fn the_limit_is_reached_and_ends() {
        check(&[0], true);
        check(&[0, 1, 2], true);
        check(&[0, 1, 2, 3], false);
        check(&[0, 1, 2, 3, 59], false);
        check(&[0, 1, 2, 3, 60], true);
    }

    #[test]
    fn the_sentence_says_how_long() {
        let (_, answer) = Counter::count(
            Some(Counter {
                started: at(0),
                count: 3,
            }),
            at(10),
            &THREE,
        );
        assert_eq!(
            answer.unwrap_err(),
            TooManyAttempts {
                retry_after_seconds: 50
            }
        );
        let wait = TooManyAttempts {
            retry_after_seconds: 119,
        };
        assert_eq!(
            wait.to_string(),
            "Too many attempts. Wait 2 minutes and try again."
        );
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = LIMITS.iter().map(|l| l.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), LIMITS.len());
    }
}
