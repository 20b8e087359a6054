//! Keyed hashes of bearer secrets: what the database keeps instead of the secret.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::encoding;
use crate::mac::MacKey;

/// Hashes opaque tokens with a named key and can look for those hashed with the key before it.
///
/// Tokens have 256 random bits, so a keyed hash is enough and no slow password hash is spent on them.
/// Clones share their keys, so that a rotation reaches all.
#[derive(Clone)]
pub struct TokenHasher {
    ring: Arc<ArcSwap<Ring>>,
}

impl TokenHasher {
    /// Names the current key and, while a rotation lasts, the other one: next or before.
    #[must_use]
    pub fn new(current: (&str, [u8; 32]), other: Option<(&str, [u8; 32])>) -> Self {
        Self {
            ring: Arc::new(ArcSwap::from_pointee(Ring::new(current, other))),
        }
    }

    /// Uses other keys from now on, in every clone.
    pub fn replace(&self, current: (&str, [u8; 32]), other: Option<(&str, [u8; 32])>) {
        self.ring.store(Arc::new(Ring::new(current, other)));
    }

    /// The hash to store, such as `k1:rVb4…`.
    #[must_use]
    pub fn hash(&self, token: &str) -> String {
        self.ring.load().current.hash(token)
    }

    /// Every hash under which the token may be stored, the current one first.
    #[must_use]
    pub fn candidates(&self, token: &str) -> Vec<String> {
        let ring = self.ring.load();
        std::iter::once(&ring.current)
            .chain(&ring.other)
            .map(|key| key.hash(token))
            .collect()
    }
}

impl fmt::Debug for TokenHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHasher({})", self.ring.load().current.id)
    }
}

/// The keys that are loaded together.
struct Ring {
    current: Named,
    other: Option<Named>,
}

impl Ring {
    fn new(current: (&str, [u8; 32]), other: Option<(&str, [u8; 32])>) -> Self {
        Self {
            current: Named::new(current),
            other: other.map(Named::new),
        }
    }
}

#[derive(Clone)]
struct Named {
    id: String,
    key: MacKey,
}

impl Named {
    fn new((id, key): (&str, [u8; 32])) -> Self {
        Self {
            id: id.to_owned(),
            key: MacKey::new(key),
        }
    }

    fn hash(&self, token: &str) -> String {
        let tag = self.key.tag(token.as_bytes());
        format!("{}:{}", self.id, encoding::b64url(&tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_the_previous_key_is_still_found() {
        let old = TokenHasher::new(("k1", [1; 32]), None);
        let new = TokenHasher::new(("k2", [2; 32]), Some(("k1", [1; 32])));
        let stored = old.hash("secret");
        assert!(stored.starts_with("k1:"));
        assert_eq!(
            new.candidates("secret"),
            [new.hash("secret"), stored.clone()]
        );
        assert!(new.hash("secret").starts_with("k2:"));
        assert_eq!(old.candidates("secret").len(), 1);
        // Another key reaches every clone.
        let clone = old.clone();
        old.replace(("k2", [2; 32]), Some(("k1", [1; 32])));
        assert_eq!(clone.candidates("secret"), [new.hash("secret"), stored]);
    }
}
