//! A signed token taken apart for reading: header and claims, never its signature.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_keyring::digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::clean::{client_id, uri, word};

/// What is kept of an assertion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AssertionEvidence {
    /// The algorithm that its header names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alg: Option<String>,
    /// The key that its header names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kid: Option<String>,
    /// Its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub typ: Option<String>,
    /// How its content is encrypted, where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enc: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    /// Who it is about: the client, never a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// For whom.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aud: Vec<String>,
    /// When it ends, in seconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    /// When it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    /// From when it counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// A digest of its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti_sha256: Option<String>,
}

impl AssertionEvidence {
    /// Of a client assertion. None when it cannot be taken apart.
    pub fn read(text: &str) -> Option<Self> {
        Some(Self::of(&decode(text)?))
    }

    /// Of an ID token, whose subject is a person and is left out.
    pub fn read_id_token(text: &str) -> Option<Self> {
        Some(Self {
            sub: None,
            jti_sha256: None,
            ..Self::read(text)?
        })
    }

    /// Of a request object. Of an encrypted one nothing but the header can be read.
    pub fn read_object(text: &str) -> Option<Self> {
        let read = Self::read_id_token(text);
        read.or_else(|| Some(Self::of(&decode_encrypted(text)?)))
    }

    /// Of a decoded token.
    pub fn of(decoded: &Decoded) -> Self {
        let header = |name: &str| decoded.header.get(name).and_then(Value::as_str);
        let claim = |name: &str| decoded.claims.get(name);
        let seconds = |name: &str| {
            let value = claim(name)?;
            value
                .as_i64()
                .or_else(|| format!("{:.0}", value.as_f64()?.floor()).parse().ok())
        };
        let aud = match claim("aud") {
            Some(Value::String(one)) => vec![uri(one, &[])],
            Some(Value::Array(many)) => many
                .iter()
                .filter_map(Value::as_str)
                .take(10)
                .map(|one| uri(one, &[]))
                .collect(),
            _ => Vec::new(),
        };
        Self {
            alg: header("alg").map(word),
            kid: header("kid").map(word),
            typ: header("typ").map(word),
            enc: header("enc").map(word),
            iss: claim("iss").and_then(Value::as_str).map(client_id),
            sub: claim("sub").and_then(Value::as_str).map(client_id),
            aud,
            exp: seconds("exp"),
            iat: seconds("iat"),
            nbf: seconds("nbf"),
            jti_sha256: claim("jti")
                .and_then(Value::as_str)
                .map(|jti| digest::sha256_b64url(jti.as_bytes())),
        }
    }
}

/// A token's header and claims, with nothing checked.
pub struct Decoded {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
}

/// Takes a compact token apart, also one that no rule would take: an unsigned or wrongly signed one.
pub fn decode(text: &str) -> Option<Decoded> {
    if text.len() > LONGEST_TOKEN {
        return None;
    }
    let mut parts = text.trim().split('.');
    let (header, claims) = (parts.next()?, parts.next()?);
    Some(Decoded {
        header: object(header)?,
        claims: object(claims)?,
    })
}

/// Takes the header off an encrypted token, which has five parts; nothing is decrypted.
pub fn decode_encrypted(text: &str) -> Option<Decoded> {
    let text = text.trim();
    if text.len() > LONGEST_ENCRYPTED || text.split('.').count() != 5 {
        return None;
    }
    Some(Decoded {
        header: object(text.split('.').next()?)?,
        claims: Map::new(),
    })
}

fn object(part: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok()?;
    serde_json::from_slice(&bytes).ok()
}

const LONGEST_TOKEN: usize = 16 * 1024;
const LONGEST_ENCRYPTED: usize = 48 * 1024;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn token(header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.c2lnbmF0dXJl", part(header), part(claims))
    }

    #[test]
    fn an_assertion_is_read_without_signature_and_name() {
        let text = token(
            &json!({"alg": "HS256", "kid": "k1"}),
            &json!({"iss": "urn:a", "sub": "urn:a", "aud": ["https://x.gov/token"], "exp": 10, "iat": 5.5, "jti": "CANARY", "email": "CANARY"}),
        );
        let read = AssertionEvidence::read(&text).unwrap();
        assert_eq!(
            (read.alg.as_deref(), read.iat, read.exp),
            (Some("HS256"), Some(5), Some(10))
        );
        assert_eq!(read.aud, ["https://x.gov/token"]);
        let kept = serde_json::to_string(&read).unwrap();
        assert!(
            !kept.contains("CANARY") && !kept.contains("c2lnbmF0dXJl"),
            "{kept}"
        );
        assert_eq!(AssertionEvidence::read_id_token(&text).unwrap().sub, None);
    }

    #[test]
    fn of_an_encrypted_object_the_header_is_kept_alone() {
        let header = URL_SAFE_NO_PAD
            .encode(json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "k1"}).to_string());
        let text = format!("{header}.Q0FOQVJZ.Q0FOQVJZ.Q0FOQVJZ.Q0FOQVJZ");
        let read = AssertionEvidence::read_object(&text).unwrap();
        assert_eq!(read.enc.as_deref(), Some("A256GCM"));
        assert_eq!(read.kid.as_deref(), Some("k1"));
        let kept = serde_json::to_string(&read).unwrap();
        assert!(!kept.contains("Q0FOQVJZ"), "{kept}");
        assert!(AssertionEvidence::read_object("a.b.c.d.e").is_none());
        assert!(AssertionEvidence::read_object(&format!("{header}.b.c")).is_none());
    }

    #[test]
    fn rubbish_is_none() {
        for text in ["", ".", "a.b.c", "e30", "e30.WzFd.x", &"a".repeat(20_000)] {
            assert!(AssertionEvidence::read(text).is_none(), "{}", text.len());
        }
    }
}
