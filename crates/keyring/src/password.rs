//! Passwords as argon2id hashes with a pepper.

use std::fmt;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroizing;

use crate::mac::MacKey;
use crate::random::Random;
use crate::{compare, encoding};

/// Hashes and checks passwords. Owns the memory that argon2 fills, so keep one per hashing thread.
///
/// The password goes through HMAC with a pepper first, so that a copy of the database alone cannot be guessed against.
pub struct PasswordHasher {
    pepper: MacKey,
    cost: Cost,
    memory: Vec<Block>,
}

impl PasswordHasher {
    /// The cost of production: 19 MiB, two passes, one lane.
    #[must_use]
    pub fn new(pepper: MacKey) -> Self {
        Self::with_cost(pepper, Cost::default())
    }

    /// Another cost, within what argon2 allows.
    #[must_use]
    pub fn with_cost(pepper: MacKey, cost: Cost) -> Self {
        Self {
            pepper,
            cost: cost.clamped(),
            memory: Vec::new(),
        }
    }

    /// The hash to store, as a PHC string.
    #[must_use]
    pub fn hash(&mut self, password: &str, random: &Random) -> String {
        let (cost, salt) = (self.cost, random.bytes::<16>());
        let Some(hash) = self.derive(password, &salt, cost) else {
            crate::broken("argon2 takes a clamped cost, 16 bytes of salt and 32 of input");
        };
        format!(
            "$argon2id$v=19$m={},t={},p=1${}${}",
            cost.memory_kib,
            cost.passes,
            encoding::b64_no_pad(&salt),
            encoding::b64_no_pad(hash.as_slice()),
        )
    }

    /// Whether the password is the one of the stored hash. A text that is no such hash matches nothing.
    #[must_use]
    pub fn verify(&mut self, password: &str, stored: &str) -> bool {
        let Some(stored) = Stored::parse(stored) else {
            return false;
        };
        self.derive(password, &stored.salt, stored.cost)
            .is_some_and(|hash| compare::equal(hash.as_slice(), &stored.hash))
    }

    /// Whether the stored hash has another cost than today's and should be made anew at the next sign-in.
    #[must_use]
    pub fn is_stale(&self, stored: &str) -> bool {
        Stored::parse(stored).is_none_or(|stored| stored.cost != self.cost)
    }

    fn derive(&mut self, password: &str, salt: &[u8], cost: Cost) -> Option<Zeroizing<[u8; 32]>> {
        let params = Params::new(cost.memory_kib, cost.passes, 1, Some(32)).ok()?;
        let blocks = params.block_count();
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::default());
        }
        let input = Zeroizing::new(self.pepper.tag(password.as_bytes()));
        let mut hash = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(
                input.as_slice(),
                salt,
                hash.as_mut_slice(),
                &mut self.memory[..blocks],
            )
            .ok()?;
        Some(hash)
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PasswordHasher({:?})", self.cost)
    }
}

/// What one hash costs in memory and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl Default for Cost {
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
        }
    }
}

impl Cost {
    /// The least that argon2 accepts, for tests: not for people's passwords.
    pub const LEAST: Self = Self {
        memory_kib: 8,
        passes: 1,
    };

    fn clamped(self) -> Self {
        Self {
            memory_kib: self.memory_kib.clamp(8, MOST_MEMORY_KIB),
            passes: self.passes.clamp(1, MOST_PASSES),
        }
    }
}

struct Stored {
    cost: Cost,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Stored {
    fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("$argon2id$v=19$m=")?;
        let (memory, rest) = rest.split_once(",t=")?;
        let (passes, rest) = rest.split_once(",p=1$")?;
        let (salt, hash) = rest.split_once('$')?;
        let cost = Cost {
            memory_kib: memory.parse().ok()?,
            passes: passes.parse().ok()?,
        };
        let salt = encoding::from_b64_no_pad(salt)?;
        let hash = encoding::from_b64_no_pad(hash)?;
        // A stored hash must not make the server spend more than it chose to spend at most.
        let fits = cost == cost.clamped() && (8..=64).contains(&salt.len()) && hash.len() == 32;
        fits.then_some(Self { cost, salt, hash })
    }
}

const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(cost: Cost) -> PasswordHasher {
        PasswordHasher::with_cost(MacKey::new([9; 32]), cost)
    }

    #[test]
    fn the_right_password_and_no_other() {
        let mut hasher = hasher(Cost::LEAST);
        let random = Random::seeded(1);
        let stored = hasher.hash("correct horse battery", &random);
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"));
        assert!(hasher.verify("correct horse battery", &stored));
        assert!(!hasher.verify("correct horse batterz", &stored));
        assert_ne!(stored, hasher.hash("correct horse battery", &random));
    }

    #[test]
    fn the_default_cost_is_19_mib_two_passes_and_memory_is_used_again() {
        let mut hasher = PasswordHasher::new(MacKey::new([9; 32]));
        let stored = hasher.hash("one", &Random::seeded(1));
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(!hasher.verify("two", &stored));
        assert!(hasher.verify("one", &stored));
    }

    #[test]
    fn another_pepper_matches_nothing() {
        let stored = hasher(Cost::LEAST).hash("one", &Random::seeded(1));
        let mut other = PasswordHasher::with_cost(MacKey::new([8; 32]), Cost::LEAST);
        assert!(!other.verify("one", &stored));
    }

    #[test]
    fn a_hash_of_another_cost_verifies_and_is_stale() {
        let stored = hasher(Cost::LEAST).hash("one", &Random::seeded(1));
        let more = Cost {
            memory_kib: 16,
            passes: 2,
        };
        let mut today = hasher(more);
        assert!(today.verify("one", &stored));
        assert!(today.is_stale(&stored));
        let fresh = today.hash("one", &Random::seeded(1));
        assert!(!today.is_stale(&fresh));
    }

    #[test]
    fn nonsense_and_greedy_costs_match_nothing() {
        let mut hasher = hasher(Cost::LEAST);
        let stored = hasher.hash("one", &Random::seeded(1));
        let greedy = stored.replace("m=8,", "m=4000000000,");
        for text in [
            "",
            "plain",
            "$argon2id$",
            &greedy,
            &stored[..stored.len() - 1],
        ] {
            assert!(!hasher.verify("one", text), "{text}");
        }
    }
}
