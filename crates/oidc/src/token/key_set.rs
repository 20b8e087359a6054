//! The keys an app publishes at its `jwks_uri`.

use std::collections::BTreeSet;

use durward_keyring::jose::jwe::EncryptionKey;
use durward_keyring::jose::{JwkSet, KeyError, PublicKey};

/// A sound set of public keys (RFC 7517 §5), each under its key id.
#[derive(Debug, Clone, Default)]
pub struct KeySet {
    keys: Vec<(String, PublicKey)>,
    encryption: Vec<EncryptionKey>,
}

impl KeySet {
    /// Reads a set. Keys of unknown types and for other uses are passed over, and those for encryption that we cannot
    /// use; what makes the set unsafe or ambiguous refuses it whole.
    ///
    /// # Errors
    /// [`KeySetFault`].
    pub fn parse(bytes: &[u8]) -> Result<Self, KeySetFault> {
        let text = std::str::from_utf8(bytes).map_err(|_| KeySetFault::Unreadable)?;
        let set = JwkSet::parse(text).map_err(|_| KeySetFault::Unreadable)?;
        if set.keys.len() > MOST_KEYS {
            return Err(KeySetFault::TooMany { most: MOST_KEYS });
        }
        let mut ids = BTreeSet::new();
        let mut keys = Vec::new();
        let mut encryption = Vec::new();
        for (at, jwk) in set.keys.iter().enumerate() {
            // A symmetric key is as secret as a private one.
            if jwk.has_private_members() || jwk.kty == "oct" {
                return Err(KeySetFault::Private { at: at + 1 });
            }
            let id = jwk.kid.clone().filter(|id| !id.is_empty());
            if let Some(id) = &id
                && !ids.insert(id.clone())
            {
                return Err(KeySetFault::SameId { kid: shown(id) });
            }
            match (PublicKey::from_jwk(jwk), id) {
                (Ok(key), Some(id)) => keys.push((id, key)),
                (Ok(_), None) => return Err(KeySetFault::NoId { at: at + 1 }),
                (Err(KeyError::OtherUse), _) => encryption.extend(EncryptionKey::from_jwk(jwk)),
                // A type that this build does not know is passed over; a known one must be right.
                (Err(_), _) if !KNOWN_TYPES.contains(&jwk.kty.as_str()) => {}
                (Err(fault), _) => {
                    return Err(KeySetFault::Key {
                        at: at + 1,
                        what: fault.to_string(),
                    });
                }
            }
        }
        if keys.is_empty() && encryption.is_empty() {
            return Err(KeySetFault::Empty);
        }
        Ok(Self { keys, encryption })
    }

    /// The keys that may have signed a token with this key id; all of them when it has none.
    pub fn candidates<'a>(&'a self, kid: Option<&'a str>) -> impl Iterator<Item = &'a PublicKey> {
        self.keys
            .iter()
            .filter(move |(id, _)| kid.is_none_or(|kid| kid == id))
            .map(|(_, key)| key)
    }

    /// The keys that content can be encrypted for.
    #[must_use]
    pub fn encryption(&self) -> &[EncryptionKey] {
        &self.encryption
    }

    /// Whether a key of this id is in the set.
    #[must_use]
    pub fn has(&self, kid: &str) -> bool {
        self.keys.iter().any(|(id, _)| id == kid)
    }

    /// How many keys can verify signatures.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether the set has keys for encryption alone: one without any is refused when it is read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

/// Why a set of keys is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetFault {
    /// Not a set.
    #[error(
        "the answer is not a JSON Web Key Set: one JSON object with a list \u{201c}keys\u{201d}"
    )]
    Unreadable,
    /// Too many keys.
    #[error("the set has more than {most} keys")]
    TooMany {
        /// The bound.
        most: usize,
    },
    /// A secret is published.
    #[error(
        "key {at} of the set holds private or secret members; take it down at once and make a new key pair"
    )]
    Private {
        /// Which key, from one.
        at: usize,
    },
    /// A key id twice.
    #[error("the key id {kid} is in the set more than once; give each key its own")]
    SameId {
        /// The id.
        kid: String,
    },
    /// No key id.
    #[error("key {at} of the set has no \u{201c}kid\u{201d}; give each key its own")]
    NoId {
        /// Which key, from one.
        at: usize,
    },
    /// A key that is none.
    #[error("key {at} of the set cannot be used: {what}")]
    Key {
        /// Which key, from one.
        at: usize,
        /// What is wrong.
        what: String,
    },
    /// Nothing to verify with or to encrypt for.
    #[error("the set has no key that can be used")]
    Empty,
}

const MOST_KEYS: usize = 50;
const KNOWN_TYPES: [&str; 3] = ["RSA", "EC", "OKP"];

fn shown(id: &str) -> String {
    id.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_keyring::jose::jwe::{DecryptionKey, KeyManagement};
    use durward_keyring::jose::{Algorithm, Jwk, SigningKey};
    use serde_json::{Value, json};

    use super::*;

    fn key(kid: &str) -> Value {
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let mut jwk = key.public().jwk();
        jwk.kid = Some(kid.to_owned()).filter(|kid| !kid.is_empty());
        serde_json::to_value::<Jwk>(jwk).unwrap()
    }

    fn read(keys: &[Value]) -> Result<KeySet, KeySetFault> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    fn with(mut key: Value, name: &str, value: &str) -> Value {
        key[name] = value.into();
        key
    }

    #[test]
    fn a_sound_set_is_read_and_foreign_keys_are_passed_over() {
        let set = read(&[
            key("a"),
            key("b"),
            json!({"kty": "AKP", "kid": "c", "alg": "ML-DSA-44"}),
            with(key("d"), "use", "enc"),
        ])
        .unwrap();
        assert_eq!(set.len(), 2);
        assert!(set.has("a") && !set.has("d"));
        assert_eq!(set.candidates(Some("a")).count(), 1);
        assert_eq!(set.candidates(Some("z")).count(), 0);
        assert_eq!(set.candidates(None).count(), 2);
    }

    /// RFC 7517 §4.2: one set for both uses, each key for its own.
    #[test]
    fn keys_for_encryption_are_kept_apart() {
        let enc = DecryptionKey::generate(KeyManagement::EcdhEs).unwrap();
        let enc = serde_json::to_value(enc.jwk()).unwrap();
        let set = read(&[key("a"), enc.clone(), with(enc.clone(), "kid", "other")]).unwrap();
        assert_eq!((set.len(), set.encryption().len()), (1, 2));
        assert!(!set.has("other"));
        let alone = read(std::slice::from_ref(&enc)).unwrap();
        assert_eq!((alone.len(), alone.encryption().len()), (0, 1));
        let unsupported = with(enc, "alg", "RSA1_5");
        assert_eq!(
            read(std::slice::from_ref(&unsupported)).unwrap_err(),
            KeySetFault::Empty
        );
        assert!(
            read(&[key("a"), unsupported])
                .unwrap()
                .encryption()
                .is_empty()
        );
    }

    #[test]
    fn unsafe_and_ambiguous_sets_are_refused() {
        let wrong = |keys: &[Value]| read(keys).unwrap_err();
        assert_eq!(wrong(&[]), KeySetFault::Empty);
        assert_eq!(
            wrong(&[key("a"), with(key("b"), "d", "AAAA")]),
            KeySetFault::Private { at: 2 }
        );
        assert_eq!(
            wrong(&[json!({"kty": "oct", "kid": "a", "k": "AAAA"})]),
            KeySetFault::Private { at: 1 }
        );
        assert_eq!(
            wrong(&[key("a"), key("a")]),
            KeySetFault::SameId { kid: "a".into() }
        );
        assert_eq!(wrong(&[key("")]), KeySetFault::NoId { at: 1 });
        assert!(matches!(
            wrong(&[with(key("a"), "x", "AAAA")]),
            KeySetFault::Key { at: 1, .. }
        ));
        let many: Vec<Value> = (0..51).map(|at| key(&at.to_string())).collect();
        assert_eq!(wrong(&many), KeySetFault::TooMany { most: 50 });
        for text in [
            "",
            "[]",
            "{}",
            "{\"keys\":{}}",
            "<html>",
            "{\"keys\":[],\"keys\":[]}",
        ] {
            let found = KeySet::parse(text.as_bytes()).unwrap_err();
            assert_eq!(found, KeySetFault::Unreadable, "{text}");
        }
    }
}
