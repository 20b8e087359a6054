//! Signed tokens in compact form (RFC 7515), read strictly.

use serde::Serialize;
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::json::{self, JsonError};
use super::public::{PublicKey, VerifyError};
use super::signing::{SigningKey, SigningKeyError};
use crate::encoding;

/// Signs claims. The header has `alg`, `kid` and, unless empty, `typ`.
///
/// # Errors
/// When the claims are not JSON or the key fails.
pub fn sign(key: &SigningKey, typ: &str, claims: &impl Serialize) -> Result<String, SignError> {
    let header = ProtectedHeader {
        alg: key.algorithm().name(),
        kid: key.kid(),
        typ: Some(typ).filter(|typ| !typ.is_empty()),
    };
    let header = serde_json::to_vec(&header).map_err(SignError::Claims)?;
    let claims = serde_json::to_vec(claims).map_err(SignError::Claims)?;
    let mut token = encoding::b64url(&header);
    token.push('.');
    token.push_str(&encoding::b64url(&claims));
    let signature = key.sign(token.as_bytes())?;
    token.push('.');
    token.push_str(&encoding::b64url(&signature));
    Ok(token)
}

/// Why no token was made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The claims cannot be written as JSON.
    #[error("the claims cannot be written as JSON")]
    Claims(#[source] serde_json::Error),
    /// The key made no signature.
    #[error(transparent)]
    Key(#[from] SigningKeyError),
}

/// A token of good form whose signature nobody has checked yet.
#[derive(Debug, Clone)]
pub struct Unverified {
    /// What the header says.
    pub header: Header,
    /// The payload's bytes. Trust them after [`Unverified::verify`] only.
    pub payload: Vec<u8>,
    signed: String,
    signature: Vec<u8>,
}

impl Unverified {
    /// Takes a token apart, without deciding whom it is from.
    ///
    /// # Errors
    /// Tokens longer than `max_len` bytes, other forms, unsupported algorithms (`none` among them), `crit` and headers
    /// that name a member twice are refused.
    pub fn parse(token: &str, max_len: usize) -> Result<Self, JwsError> {
        if token.len() > max_len {
            return Err(JwsError::TooLong);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwsError::Parts);
        };
        let signed = &token[..header.len() + 1 + payload.len()];
        let decode = |part, text| encoding::from_b64url(text).ok_or(JwsError::Encoding(part));
        let signature = decode(Part::Signature, signature)?;
        if signature.is_empty() {
            return Err(JwsError::Unsigned);
        }
        Ok(Self {
            header: Header::parse(&decode(Part::Header, header)?)?,
            payload: decode(Part::Payload, payload)?,
            signed: signed.to_owned(),
            signature,
        })
    }

    /// The claims as they stand, to find out whose key to check with. Trust none of them.
    ///
    /// # Errors
    /// When the payload is not one JSON object or names a member twice.
    pub fn untrusted_claims(&self) -> Result<Map<String, Value>, JwsError> {
        json::parse_object(&self.payload).map_err(|error| JwsError::Json(Part::Payload, error))
    }

    /// Checks the signature with the key and answers the claims.
    ///
    /// # Errors
    /// When the algorithm is not allowed or not for this key, the signature does not match, or the payload is not one
    /// JSON object without repeated members.
    pub fn verify(
        &self,
        key: &PublicKey,
        allowed: &[Algorithm],
    ) -> Result<Map<String, Value>, JwsError> {
        self.verify_payload(key, allowed)?;
        self.untrusted_claims()
    }

    /// Checks the signature with the key and answers the payload, which need not be JSON.
    ///
    /// # Errors
    /// As [`Unverified::verify`], without its last.
    pub fn verify_payload(
        &self,
        key: &PublicKey,
        allowed: &[Algorithm],
    ) -> Result<&[u8], JwsError> {
        let algorithm = self.header.alg;
        if !allowed.contains(&algorithm) {
            return Err(JwsError::NotAllowed(algorithm));
        }
        key.verify(algorithm, self.signed.as_bytes(), &self.signature)?;
        Ok(&self.payload)
    }
}

/// The members of the header that we act on. Keys offered by the header (`jku`, `x5c`, `jwk`) never say whom a token is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The algorithm.
    pub alg: Algorithm,
    /// The id of the key, where named.
    pub kid: Option<String>,
    /// The type of the token, where named.
    pub typ: Option<String>,
    /// A key that comes with the token: what a proof of possession (RFC 9449) is about, and nothing else.
    pub jwk: Option<Value>,
}

impl Header {
    fn parse(bytes: &[u8]) -> Result<Self, JwsError> {
        let json_error = |error| JwsError::Json(Part::Header, error);
        let members = json::parse_object(bytes).map_err(json_error)?;
        // RFC 7515 §4.1.11: extensions that must be understood. We understand none; b64 (RFC 7797) comes only with crit.
        if members.contains_key("crit") || members.contains_key("b64") {
            return Err(JwsError::Critical);
        }
        let text = |name: &'static str| match members.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(JwsError::Member(name)),
        };
        let name = text("alg")?.ok_or(JwsError::Member("alg"))?;
        Ok(Self {
            alg: name
                .parse()
                .map_err(|_| JwsError::Algorithm(name.chars().take(20).collect()))?,
            kid: text("kid")?,
            typ: text("typ")?,
            jwk: members.get("jwk").cloned(),
        })
    }
}

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The first.
    Header,
    /// The second.
    Payload,
    /// The third.
    Signature,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// Why a token is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum JwsError {
    /// Longer than allowed.
    #[error("the token is too long")]
    TooLong,
    /// Not three parts.
    #[error("the token does not have three parts divided by dots")]
    Parts,
    /// A part that is not base64url, or padded.
    #[error("the {0} of the token is not base64url without padding")]
    Encoding(Part),
    /// A part that is not one JSON object, or names a member twice.
    #[error("the {0} of the token is not acceptable JSON: {1}")]
    Json(Part, #[source] JsonError),
    /// A header member that is missing or not text.
    #[error("the member {0} of the token's header is missing or not text")]
    Member(&'static str),
    /// A header with `crit` or `b64`.
    #[error("the token's header asks for an extension; send it without crit and b64")]
    Critical,
    /// An algorithm we do not support, such as `none` or `HS256`.
    #[error("the token's algorithm {0:?} is not supported; sign it with a private key")]
    Algorithm(String),
    /// No signature.
    #[error("the token is not signed")]
    Unsigned,
    /// An algorithm that is not allowed here.
    #[error("the algorithm {0} is not allowed here")]
    NotAllowed(Algorithm),
    /// The signature is not accepted.
    #[error(transparent)]
    Verify(#[from] VerifyError),
}

impl JwsError {
    /// The stable code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLong => "jws/too-long",
            Self::Parts => "jws/parts",
            Self::Encoding(_) => "jws/encoding",
            Self::Json(..) => "jws/json",
            Self::Member(_) => "jws/header-member",
            Self::Critical => "jws/critical",
            Self::Algorithm(_) => "jws/algorithm-unsupported",
            Self::Unsigned => "jws/unsigned",
            Self::NotAllowed(_) => "jws/algorithm-not-allowed",
            Self::Verify(VerifyError::AlgorithmForKey(_)) => "jws/algorithm-for-key",
            Self::Verify(VerifyError::Signature) => "jws/signature",
        }
    }
}

#[derive(Serialize)]
struct ProtectedHeader<'a> {
    alg: &'a str,
    kid: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    typ: Option<&'a str>,
}
