//! The keys of one environment, held parsed, with the key set it publishes: those that sign, and those that apps
//! encrypt their requests for.

use std::sync::Arc;

use durward_keyring::jose::jwe::DecryptionKey;
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};

use crate::client::documents::Document;
use crate::signing_keys::StoredKey;

/// Where a signing key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not yet signing.
    Next,
    /// Published and signing.
    Current,
    /// Published, no longer signing.
    Retiring,
}

impl KeyState {
    /// The word kept in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Current => "current",
            Self::Retiring => "retiring",
        }
    }

    /// Reads the word kept in the database; `None` for retired keys and unknown words.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "next" => Some(Self::Next),
            "current" => Some(Self::Current),
            "retiring" => Some(Self::Retiring),
            _ => None,
        }
    }
}

/// One key of the ring.
pub struct HeldKey<K: StoredKey = SigningKey> {
    /// Where it is in its life.
    pub state: KeyState,
    /// What it is used with.
    pub algorithm: K::Algorithm,
    /// The parsed key.
    pub key: Arc<K>,
}

/// All published keys; the JWKS document is made once, when the ring is.
pub struct KeyRing {
    keys: Vec<HeldKey>,
    decryption: Vec<HeldKey<DecryptionKey>>,
    jwks: Document,
}

impl KeyRing {
    /// Makes the ring and its JWKS document (RFC 7517).
    pub fn new(keys: Vec<HeldKey>, decryption: Vec<HeldKey<DecryptionKey>>) -> Self {
        let signing = keys.iter().map(|held| held.key.jwk());
        let encryption = decryption.iter().map(|held| held.key.jwk());
        let published: Vec<_> = signing.chain(encryption).collect();
        let jwks = serde_json::json!({ "keys": published }).to_string();
        let jwks = Document::new(jwks.into_bytes());
        Self {
            keys,
            decryption,
            jwks,
        }
    }

    /// The key that signs with this algorithm now.
    pub fn current(&self, algorithm: Algorithm) -> Option<&Arc<SigningKey>> {
        self.keys
            .iter()
            .find(|held| held.state == KeyState::Current && held.algorithm == algorithm)
            .map(|held| &held.key)
    }

    /// A published key by its id: what an `id_token_hint` is checked with.
    pub fn public(&self, kid: &str) -> Option<(Algorithm, &PublicKey)> {
        self.keys
            .iter()
            .find(|held| held.key.kid() == kid)
            .map(|held| (held.algorithm, held.key.public()))
    }

    /// What a token that comes back is checked with, retired keys among them.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.keys
            .iter()
            .map(|held| held.key.public().clone())
            .collect()
    }

    /// The keys that open what was encrypted for us: all that are published.
    pub fn decryption(&self) -> Vec<&DecryptionKey> {
        self.decryption.iter().map(|held| &*held.key).collect()
    }

    /// Each key with its state, in the order of the database.
    pub fn states(&self) -> Vec<(String, KeyState)> {
        let signing = self.keys.iter();
        let signing = signing.map(|held| (held.key.kid().to_owned(), held.state));
        let decryption = self.decryption.iter();
        let decryption = decryption.map(|held| (held.key.kid().to_owned(), held.state));
        signing.chain(decryption).collect()
    }

    /// All signing keys, for listings.
    pub fn keys(&self) -> &[HeldKey] {
        &self.keys
    }

    /// The JWKS document.
    pub fn jwks(&self) -> Document {
        self.jwks.clone()
    }
}
