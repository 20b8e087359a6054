//! Public keys in a document.

use durward_keyring::{
    digest,
    jose::{Jwk, PublicKey},
};
use serde::{Deserialize, Serialize};

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
    /// The key itself, or the reason (fit for a person) why it cannot be used.
    pub fn read(&self) -> Result<PublicKey, String> {
        match self {
            Self::Pem(pem) => PublicKey::from_pem(pem).map_err(|error| error.to_string()),
            Self::Jwk(members) => {
                let jwk: Jwk =
                    serde_json::from_value(serde_json::Value::Object(members.clone()))
                        .map_err(|error| format!("The JSON Web Key cannot be read: {error}."))?;
                PublicKey::from_jwk(&jwk).map_err(|error| error.to_string())
            }
        }
    }

    /// What tells this key from another: its thumbprint, or a digest of its text while it cannot be read.
    pub fn fingerprint(&self) -> String {
        match (self.read(), self) {
            (Ok(key), _) => key.thumbprint(),
            (Err(_), Self::Pem(pem)) => digest::sha256_b64url(pem.trim().as_bytes()),
            (Err(_), Self::Jwk(_)) => digest::sha256_b64url(super::canonical(self).as_bytes()),
        }
    }
}
