//! Chance as an argument: one handle for the real thing, one for tests that must repeat.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use uuid::{Builder, Uuid};

use crate::{digest, encoding};

/// A source of random bytes. Clones draw from the same source.
#[derive(Clone)]
pub struct Random {
    source: Source,
}

impl Random {
    /// The random generator of the crypto library, seeded by the operating system.
    #[must_use]
    pub fn system() -> Self {
        Self {
            source: Source::System,
        }
    }

    /// A repeatable stream, for tests only: everything drawn from it can be foretold.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let drawn = Arc::new(AtomicU64::new(0));
        Self {
            source: Source::Seeded { seed, drawn },
        }
    }

    /// Fills the buffer.
    pub fn fill(&self, buffer: &mut [u8]) {
        match &self.source {
            Source::System => {
                if aws_lc_rs::rand::fill(buffer).is_err() {
                    crate::broken("the system gives no randomness");
                }
            }
            Source::Seeded { seed, drawn } => {
                for chunk in buffer.chunks_mut(32) {
                    let block = drawn.fetch_add(1, Ordering::Relaxed);
                    let input = [seed.to_be_bytes(), block.to_be_bytes()].concat();
                    chunk.copy_from_slice(&digest::sha256(&input)[..chunk.len()]);
                }
            }
        }
    }

    /// An array of random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A bearer secret: 32 bytes as 43 characters of base64url.
    #[must_use]
    pub fn token(&self) -> String {
        encoding::b64url(&self.bytes::<32>())
    }

    /// A code of that many decimal digits, each equally likely.
    #[must_use]
    pub fn digits(&self, count: usize) -> String {
        let mut code = String::with_capacity(count);
        while code.len() < count {
            let [byte] = self.bytes::<1>();
            // 250 is the largest multiple of ten in a byte; using the rest would favour 0 to 5.
            if byte < 250 {
                code.push(char::from(b'0' + byte % 10));
            }
        }
        code
    }

    /// A code of that many characters of Crockford's base32, which has no I, L, O or U to misread.
    #[must_use]
    pub fn crockford(&self, count: usize) -> String {
        let mut bytes = vec![0; count];
        self.fill(&mut bytes);
        bytes
            .iter()
            .map(|byte| char::from(CROCKFORD[usize::from(byte % 32)]))
            .collect()
    }

    /// A random identifier (version 4).
    #[must_use]
    pub fn uuid_v4(&self) -> Uuid {
        Builder::from_random_bytes(self.bytes()).into_uuid()
    }

    /// An identifier that sorts by time (version 7). Times before 1970 count as 1970.
    #[must_use]
    pub fn uuid_v7(&self, at: Timestamp) -> Uuid {
        let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid()
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.source {
            Source::System => "Random(system)",
            Source::Seeded { .. } => "Random(seeded)",
        })
    }
}

#[derive(Clone)]
enum Source {
    System,
    Seeded { seed: u64, drawn: Arc<AtomicU64> },
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_values_and_never_repeats_itself() {
        let (one, two) = (Random::seeded(7), Random::seeded(7));
        let first = one.token();
        assert_eq!(first, two.token());
        assert_ne!(first, one.token());
        assert_ne!(first, Random::seeded(8).token());
        assert_ne!(one.clone().token(), one.token());
    }

    #[test]
    fn tokens_and_codes_have_their_shape() {
        let random = Random::system();
        assert_eq!(random.token().len(), 43);
        assert_ne!(random.token(), random.token());
        let code = random.digits(6);
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
        let words = random.crockford(16);
        assert!(words.len() == 16 && words.bytes().all(|b| CROCKFORD.contains(&b)));
    }

    #[test]
    fn version_7_identifiers_sort_by_time() {
        let random = Random::seeded(1);
        let early = random.uuid_v7("2026-11-22T12:00:00Z".parse().unwrap());
        let late = random.uuid_v7("2026-11-22T12:00:01Z".parse().unwrap());
        assert!(early.to_string() < late.to_string());
        assert_eq!(early.get_version_num(), 7);
        assert_eq!(random.uuid_v4().get_version_num(), 4);
    }
}
