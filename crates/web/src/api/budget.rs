//! How many calls each token still has. One node's own count.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use durward_keyring::digest::sha256;
use jiff::Timestamp;

/// A bucket per token: 1,200 calls at once, 600 come back each minute.
#[derive(Default)]
pub(crate) struct TokenBudget {
    buckets: Mutex<HashMap<[u8; 32], Bucket>>,
}

struct Bucket {
    left: f64,
    at: Timestamp,
}

impl TokenBudget {
    /// Spends one call of a token; otherwise how many seconds to wait.
    pub(super) fn spend(&self, token: &str, now: Timestamp) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_BUCKETS {
            buckets.retain(|_, bucket| filled(bucket, now) < AT_ONCE);
        }
        if buckets.len() >= MOST_BUCKETS {
            buckets.clear();
        }
        let bucket = buckets.entry(sha256(token.as_bytes())).or_insert(Bucket {
            left: AT_ONCE,
            at: now,
        });
        bucket.left = filled(bucket, now);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(1);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

fn filled(bucket: &Bucket, now: Timestamp) -> f64 {
    let seconds = now.duration_since(bucket.at).as_secs_f64().max(0.0);
    (bucket.left + seconds * PER_MINUTE / 60.0).min(AT_ONCE)
}

pub(crate) const PER_MINUTE: f64 = 600.0;
const AT_ONCE: f64 = 1200.0;
const MOST_BUCKETS: usize = 10_000;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_spent_budget_comes_back_with_time_and_is_each_tokens_own() {
        let budget = TokenBudget::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        for _ in 0..1200 {
            assert!(budget.spend("a", at(0)).is_ok());
        }
        assert_eq!(budget.spend("a", at(0)), Err(1));
        assert!(budget.spend("b", at(0)).is_ok());
        assert!(budget.spend("a", at(1)).is_ok());
    }
}
