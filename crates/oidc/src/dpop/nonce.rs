//! Nonces of the server: no proof is made before its time. Nothing is stored; each node knows those of the others.

use durward_keyring::{compare, digest, mac::MacKey};
use jiff::Timestamp;

/// Makes and knows the nonces of one environment. RFC 9449 §8
#[derive(Clone)]
pub struct Nonces(MacKey);

impl Nonces {
    /// With the key of the environment.
    pub const fn new(key: MacKey) -> Self {
        Self(key)
    }

    /// The nonce of this time.
    pub fn current(&self, now: Timestamp) -> String {
        self.of(step(now))
    }

    /// Is it of this step of time or the one before? The next one counts too: the clock of another node may be ahead.
    pub fn accepts(&self, nonce: Option<&str>, now: Timestamp) -> bool {
        let (Some(nonce), now) = (nonce, step(now)) else {
            return false;
        };
        [now - 1, now, now + 1]
            .into_iter()
            .any(|step| compare::equal(nonce.as_bytes(), self.of(step).as_bytes()))
    }

    fn of(&self, step: i64) -> String {
        let tag = self.0.tag(format!("dpop-nonce:{step}").as_bytes());
        digest::sha256_b64url(&tag)
    }
}

fn step(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// How long a nonce is the current one, in seconds.
pub(super) const STEP_SECONDS: i64 = 120;
