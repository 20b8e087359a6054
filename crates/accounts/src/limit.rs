//! Limits on attempts, and how long the waits are that follow them. An attempt is counted before it is verified.

use durward_domain::programme::{LimitRules, Limited};
use durward_domain::refusal::{RefusalKind, Refuse};

/// One limit: at most `max` attempts in a window that begins with the first. The key of a counter is the limit's name
/// and a target (keyed hash of an e-mail address, a person's id, an address of the network).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// The name under which counters are stored.
    pub name: &'static str,
    /// Attempts allowed in one window.
    pub max: u32,
    /// Length of the window, and of the first wait, in seconds.
    pub seconds: i64,
    /// How much longer each further wait is, in per cent.
    pub growth_percent: u16,
    /// No wait is longer, in seconds.
    pub longest_seconds: i64,
}

impl Limit {
    /// The limit as a programme has it.
    pub fn of(rules: &LimitRules, limited: Limited) -> Self {
        let rule = rules.of(limited);
        Self {
            name: limited.as_str(),
            max: rule.max,
            seconds: i64::from(rule.seconds),
            growth_percent: rule.growth_percent,
            longest_seconds: i64::from(rule.longest_seconds),
        }
    }

    /// Do its waits grow?
    pub const fn grows(&self) -> bool {
        self.growth_percent > 0
    }

    /// How many seconds somebody waits who reached it for the `strike`-th time, the first being 1.
    pub fn wait(&self, strike: u32) -> i64 {
        if !self.grows() {
            return self.seconds;
        }
        let mut wait = self.seconds;
        for _ in 1..strike {
            if wait >= self.longest_seconds {
                break;
            }
            // At least a second longer, so that the loop ends.
            wait += (wait * i64::from(self.growth_percent) / 100).max(1);
        }
        wait.min(self.longest_seconds)
    }
}

/// Passwords tried for one account, from any browser.
pub const PASSWORD_PER_PERSON: Limit = Limit {
    name: "password_per_person",
    max: 20,
    seconds: 60 * 60,
    growth_percent: 0,
    longest_seconds: 0,
};

/// Second-factor codes tried for one account, from any browser.
pub const SECOND_FACTOR_PER_PERSON: Limit = Limit {
    name: "second_factor_per_person",
    max: 10,
    seconds: 10 * 60,
    growth_percent: 0,
    longest_seconds: 0,
};

/// Passwords tried from one network address, for any account.
pub const SIGN_IN_PER_NETWORK: Limit = Limit {
    name: "sign_in_per_network",
    max: 300,
    seconds: 10 * 60,
    growth_percent: 0,
    longest_seconds: 0,
};

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
mod tests {
    use super::*;

    fn check(growth_percent: u16, waits: &[i64]) {
        let limit = Limit {
            name: "three",
            max: 3,
            seconds: 60,
            growth_percent,
            longest_seconds: 600,
        };
        let found: Vec<i64> = (1..).take(waits.len()).map(|n| limit.wait(n)).collect();
        assert_eq!(found, waits, "{growth_percent}");
    }

    #[test]
    fn waits_grow_to_the_longest() {
        check(0, &[60, 60, 60]);
        check(100, &[60, 120, 240, 480, 600, 600]);
        check(10, &[60, 66, 72, 79]);
        check(1, &[60, 61, 62]);
    }

    #[test]
    fn any_number_of_strikes_has_a_wait() {
        let limit = Limit {
            name: "three",
            max: 3,
            seconds: 1,
            growth_percent: 1,
            longest_seconds: i64::from(u32::MAX),
        };
        assert_eq!(limit.wait(0), 1);
        assert_eq!(limit.wait(u32::MAX), i64::from(u32::MAX));
    }

    #[test]
    fn the_sentence_says_how_long() {
        let wait = TooManyAttempts {
            retry_after_seconds: 119,
        };
        assert_eq!(
            wait.to_string(),
            "Too many attempts. Wait 2 minutes and try again."
        );
    }
}
