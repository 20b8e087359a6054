//! JSON Web Keys as they travel (RFC 7517). Only public members are ever kept.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::json::{self, JsonError};
use super::public::PublicKey;

/// A public JSON Web Key. Whether the members make a key is decided by [`PublicKey::from_jwk`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Jwk {
    /// Key type: `RSA`, `EC` or `OKP`.
    pub kty: String,
    /// Intended use: `sig` or `enc`.
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    pub use_: Option<String>,
    /// Operations the key is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_ops: Option<Vec<String>>,
    /// The one algorithm the key is meant for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// Key id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Curve, of `EC` and `OKP` keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crv: Option<String>,
    /// Coordinate of `EC` keys, public key of `OKP` keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub x: Option<String>,
    /// Second coordinate of `EC` keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub y: Option<String>,
    /// Modulus of `RSA` keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<String>,
    /// Exponent of `RSA` keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub e: Option<String>,
    #[serde(flatten, skip_serializing)]
    pub(super) private: Private,
}

impl Jwk {
    /// Reads a key strictly: a member named twice is refused.
    ///
    /// # Errors
    /// When the text is not one JSON object or a member has the wrong type.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        json::parse_as(text.as_bytes())
    }

    /// Whether private or secret members came with the key. Their values are not kept.
    #[must_use]
    pub fn has_private_members(&self) -> bool {
        self.private != Private::default()
    }
}

/// A set of public JSON Web Keys.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct JwkSet {
    /// The keys, of known and unknown types.
    pub keys: Vec<Jwk>,
}

impl JwkSet {
    /// Reads a set strictly: a member named twice is refused.
    ///
    /// # Errors
    /// When the text is not one JSON object with `keys` or a member has the wrong type.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        json::parse_as(text.as_bytes())
    }

    /// The keys that can verify signatures. Others are passed over, as RFC 7517 §5 asks.
    #[must_use]
    pub fn public_keys(&self) -> Vec<PublicKey> {
        self.keys
            .iter()
            .filter_map(|jwk| PublicKey::from_jwk(jwk).ok())
            .collect()
    }

    /// The first key of that id.
    #[must_use]
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys.iter().find(|jwk| jwk.kid.as_deref() == Some(kid))
    }
}

/// RFC 7518 §6.2.2, §6.3.2, §6.4.1: noted as present, never kept.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub(super) struct Private {
    d: Option<IgnoredAny>,
    p: Option<IgnoredAny>,
    q: Option<IgnoredAny>,
    dp: Option<IgnoredAny>,
    dq: Option<IgnoredAny>,
    qi: Option<IgnoredAny>,
    oth: Option<IgnoredAny>,
    k: Option<IgnoredAny>,
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn private_members_are_noticed_and_not_kept() {
        let jwk = Jwk::parse(r#"{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"secret"}"#).unwrap();
        assert!(jwk.has_private_members());
        assert!(!serde_json::to_string(&jwk).unwrap().contains('d'));
        assert!(!format!("{jwk:?}").contains("secret"));
        let jwk = Jwk::parse(r#"{"kty":"EC","x5c":["a"],"ext":true}"#).unwrap();
        assert!(!jwk.has_private_members());
    }

    #[test]
    fn a_member_named_twice_is_refused() {
        assert!(Jwk::parse(r#"{"kty":"EC","kty":"RSA"}"#).is_err());
        assert!(Jwk::parse(r#"{"kty":"EC","z":1,"z":1}"#).is_err());
        assert!(Jwk::parse(r#"["kty"]"#).is_err());
    }
}
