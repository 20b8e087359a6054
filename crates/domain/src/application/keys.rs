//! Public keys in a document.

use durward_keyring::{
    digest,
    jose::{
        Jwk, KeyFacts, PublicKey,
        jwe::{self, EncryptionKey},
    },
};
use serde::{Deserialize, Serialize};

use super::{ContentEncryption, KeyManagement};

/// A public key: a PEM certificate or key, or a JSON Web Key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Key {
    /// A certificate or a public key in PEM.
    Pem(String),
    /// A JSON Web Key.
    Jwk(serde_json::Map<String, serde_json::Value>),
}

impl Key {
    /// The key that proves the app, or the reason (fit for a person) why it cannot. A key for encryption proves nothing.
    pub fn read(&self) -> Result<PublicKey, String> {
        match self {
            Self::Pem(pem) => PublicKey::from_pem(pem).map_err(|error| error.to_string()),
            Self::Jwk(members) => {
                PublicKey::from_jwk(&parsed(members)?).map_err(|error| error.to_string())
            }
        }
    }

    /// The key that we encrypt for the app with, or the reason why we cannot: only a JSON Web Key says that it is for
    /// encryption. RFC 7517 §4.2
    pub fn read_encryption(&self) -> Result<EncryptionKey, String> {
        match self {
            Self::Pem(_) => Err(
                "A key for encryption is given as a JSON Web Key with \"use\": \"enc\".".to_owned(),
            ),
            Self::Jwk(members) => {
                EncryptionKey::from_jwk(&parsed(members)?).map_err(|error| error.to_string())
            }
        }
    }

    /// Does the key say that it is for encryption?
    pub fn is_for_encryption(&self) -> bool {
        match self {
            Self::Pem(_) => false,
            Self::Jwk(members) => members.get("use").and_then(|of| of.as_str()) == Some("enc"),
        }
    }

    /// What can be said of the key, whatever it is for, or the reason why it cannot be used.
    pub fn facts(&self) -> Result<KeyFacts, String> {
        if self.is_for_encryption() {
            self.read_encryption().map(|key| key.facts())
        } else {
            self.read().map(|key| key.facts())
        }
    }

    /// Its thumbprint by RFC 7638, whatever it is for; none while it cannot be read.
    pub fn thumbprint(&self) -> Option<String> {
        if self.is_for_encryption() {
            let key = self.read_encryption().ok()?;
            Some(key.thumbprint().to_owned())
        } else {
            self.read().ok().map(|key| key.thumbprint())
        }
    }

    /// What tells this key from another: its thumbprint, or a digest of its text while it cannot be read.
    pub fn fingerprint(&self) -> String {
        match (self.thumbprint(), self) {
            (Some(thumbprint), _) => thumbprint,
            (None, Self::Pem(pem)) => digest::sha256_b64url(pem.trim().as_bytes()),
            (None, Self::Jwk(_)) => digest::sha256_b64url(super::canonical(self).as_bytes()),
        }
    }
}

impl From<KeyManagement> for jwe::KeyManagement {
    fn from(chosen: KeyManagement) -> Self {
        match chosen {
            KeyManagement::RsaOaep256 => Self::RsaOaep256,
            KeyManagement::EcdhEs => Self::EcdhEs,
        }
    }
}

impl From<ContentEncryption> for jwe::ContentEncryption {
    fn from(chosen: ContentEncryption) -> Self {
        match chosen {
            ContentEncryption::A128CbcHs256 => Self::A128CbcHs256,
            ContentEncryption::A128Gcm => Self::A128Gcm,
            ContentEncryption::A256Gcm => Self::A256Gcm,
        }
    }
}

fn parsed(members: &serde_json::Map<String, serde_json::Value>) -> Result<Jwk, String> {
    serde_json::from_value(serde_json::Value::Object(members.clone()))
        .map_err(|error| format!("The JSON Web Key cannot be read: {error}."))
}
