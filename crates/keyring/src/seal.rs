//! Sealed fields: personal data and secrets as the database keeps them, AES-256-GCM.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::encoding;
use crate::random::Random;

/// Seals with a named key and opens what that key or the one before sealed.
///
/// The additional data binds a sealed field to its place (table, column, row), so that it cannot be moved.
/// Nonces are random: seal at most 2³² fields under one key. Clones share their keys, so that a rotation reaches all.
#[derive(Clone)]
pub struct Sealer {
    ring: Arc<ArcSwap<Ring>>,
}

impl Sealer {
    /// Names the current key and, while a rotation lasts, the other one: next or before. Ids have no colon.
    #[must_use]
    pub fn new(key_id: &str, key: [u8; 32], other: Option<(&str, [u8; 32])>) -> Self {
        let ring = Ring::new((key_id, key), other);
        Self {
            ring: Arc::new(ArcSwap::from_pointee(ring)),
        }
    }

    /// Uses other keys from now on, in every clone.
    pub fn replace(&self, current: (&str, [u8; 32]), other: Option<(&str, [u8; 32])>) {
        self.ring.store(Arc::new(Ring::new(current, other)));
    }

    /// The names of the current key and of the other one.
    #[must_use]
    pub fn key_ids(&self) -> (String, Option<String>) {
        let ring = self.ring.load();
        let other = ring.other.as_ref().map(|key| key.id.clone());
        (ring.current.id.clone(), other)
    }

    /// Seals a value for one place: `key id:base64url(nonce, ciphertext, tag)`.
    #[must_use]
    pub fn seal(&self, aad: &str, plain: &[u8], random: &Random) -> String {
        let ring = self.ring.load();
        let nonce: [u8; NONCE_LEN] = random.bytes();
        let mut body = plain.to_vec();
        let sealed = ring.current.key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(aad.as_bytes()),
            &mut body,
        );
        if sealed.is_err() {
            crate::broken("AES-GCM seals any field shorter than 64 GiB");
        }
        let sealed = [nonce.as_slice(), &body].concat();
        format!("{}:{}", ring.current.id, encoding::b64url(&sealed))
    }

    /// Opens a sealed value of that place.
    ///
    /// # Errors
    /// When the text is not a sealed value, its key is not known, or it was changed or moved.
    pub fn open(&self, aad: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (id, body) = sealed.split_once(':').ok_or(SealError::Malformed)?;
        let ring = self.ring.load();
        let key = ring
            .key(id)
            .ok_or_else(|| SealError::UnknownKey(id.to_owned()))?;
        let body = encoding::from_b64url(body).ok_or(SealError::Malformed)?;
        let (nonce, body) = body
            .split_first_chunk::<NONCE_LEN>()
            .ok_or(SealError::Malformed)?;
        let mut buffer = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let length = key
            .open_in_place(nonce, Aad::from(aad.as_bytes()), &mut buffer)
            .map_err(|_| SealError::NotOurs)?
            .len();
        buffer.truncate(length);
        Ok(buffer)
    }

    /// Whether a value is sealed with another key than the current one, and should be sealed again.
    #[must_use]
    pub fn is_stale(&self, sealed: &str) -> bool {
        sealed.split_once(':').map(|(id, _)| id) != Some(self.ring.load().current.id.as_str())
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealer({})", self.ring.load().current.id)
    }
}

/// The keys that are loaded together.
struct Ring {
    current: Named,
    other: Option<Named>,
}

impl Ring {
    fn new((id, key): (&str, [u8; 32]), other: Option<(&str, [u8; 32])>) -> Self {
        Self {
            current: Named::new(id, key),
            other: other.map(|(id, key)| Named::new(id, key)),
        }
    }

    fn key(&self, id: &str) -> Option<&LessSafeKey> {
        std::iter::once(&self.current)
            .chain(&self.other)
            .find(|named| named.id == id)
            .map(|named| named.key.as_ref())
    }
}

/// Why a sealed value does not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not the shape of a sealed value.
    #[error("this is not a sealed value")]
    Malformed,
    /// Sealed with a key that is not loaded.
    #[error("the value is sealed with the key {0}, which is not loaded")]
    UnknownKey(String),
    /// Changed, moved to another place, or sealed with another key of the same name.
    #[error("the sealed value was changed, moved or sealed with another key")]
    NotOurs,
}

#[derive(Clone)]
struct Named {
    id: String,
    key: Arc<LessSafeKey>,
}

impl Named {
    fn new(id: &str, key: [u8; 32]) -> Self {
        let key = Zeroizing::new(key);
        match UnboundKey::new(&AES_256_GCM, key.as_slice()) {
            Ok(key) => Self {
                id: id.to_owned(),
                key: Arc::new(LessSafeKey::new(key)),
            },
            Err(_) => crate::broken("AES-256 takes any 32 bytes as a key"),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_in_its_own_place_only() {
        let (sealer, random) = (Sealer::new("s1", [1; 32], None), Random::seeded(1));
        let sealed = sealer.seal("people.email.1", b"ada@example.gov", &random);
        let opened = sealer.open("people.email.1", &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"ada@example.gov");
        let moved = sealer.open("people.email.2", &sealed);
        assert_eq!(moved.unwrap_err(), SealError::NotOurs);
        assert_ne!(
            sealed,
            sealer.seal("people.email.1", b"ada@example.gov", &random)
        );
    }

    #[test]
    fn every_flipped_character_is_noticed() {
        let sealer = Sealer::new("s1", [1; 32], None);
        let sealed = sealer.seal("a", b"value", &Random::seeded(1));
        for at in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(sealer.open("a", &changed).is_err(), "character {at}");
        }
        for text in ["", "s1", "s1:", "s1:AAAA", "s1:not base64"] {
            assert_eq!(sealer.open("a", text).unwrap_err(), SealError::Malformed);
        }
    }

    #[test]
    fn a_rotated_key_still_opens_and_shows_as_stale() {
        let old = Sealer::new("s1", [1; 32], None);
        let new = Sealer::new("s2", [2; 32], Some(("s1", [1; 32])));
        let sealed = old.seal("a", b"value", &Random::seeded(1));
        assert_eq!(new.open("a", &sealed).unwrap().as_slice(), b"value");
        assert!(new.is_stale(&sealed) && !old.is_stale(&sealed));
        let newer = new.seal("a", b"value", &Random::seeded(1));
        let refused = old.open("a", &newer).unwrap_err();
        assert_eq!(refused, SealError::UnknownKey("s2".into()));
        // Another key reaches every clone.
        let clone = old.clone();
        old.replace(("s1", [1; 32]), Some(("s2", [2; 32])));
        assert_eq!(clone.open("a", &newer).unwrap().as_slice(), b"value");
        assert!(clone.is_stale(&newer));
    }
}
