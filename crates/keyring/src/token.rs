//! Keyed hashes of bearer secrets: what the database keeps instead of the secret.

use std::fmt;

use crate::encoding;
use crate::mac::MacKey;

/// Hashes opaque tokens with a named key and can look for those hashed with the key before it.
///
/// Tokens have 256 random bits, so a keyed hash is enough and no slow password hash is spent on them.
#[derive(Clone)]
pub struct TokenHasher {
    current: Named,
    previous: Option<Named>,
}

impl TokenHasher {
    /// Names the current key and, while a rotation lasts, the one before.
    #[must_use]
    pub fn new(current: (&str, [u8; 32]), previous: Option<(&str, [u8; 32])>) -> Self {
        Self {
            current: Named::new(current),
            previous: previous.map(Named::new),
        }
    }

    /// The hash to store, such as `k1:rVb4…`.
    #[must_use]
    pub fn hash(&self, token: &str) -> String {
        self.current.hash(token)
    }

    /// Every hash under which the token may be stored, the current one first.
    #[must_use]
    pub fn candidates(&self, token: &str) -> Vec<String> {
        std::iter::once(&self.current)
            .chain(&self.previous)
            .map(|key| key.hash(token))
            .collect()
    }
}

impl fmt::Debug for TokenHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHasher({})", self.current.id)
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
        assert_eq!(new.candidates("secret"), [new.hash("secret"), stored]);
        assert!(new.hash("secret").starts_with("k2:"));
        assert_eq!(old.candidates("secret").len(), 1);
    }
}
