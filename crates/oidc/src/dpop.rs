//! Proofs of possession: an app shows, in a token signed for one request, that it holds the key that its access token
//! is bound to. Who steals the token alone can do nothing with it. RFC 9449

mod fault;
mod nonce;
mod target;

use durward_keyring::compare;
use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, Jwk, PublicKey, jws};
use jiff::Timestamp;
use serde_json::{Map, Value};

pub use fault::ProofFault;
pub use nonce::Nonces;

use crate::client::Client;
use crate::token::client_auth::SKEW_SECONDS;

/// What may sign a proof; discovery says the same. An app of the FAPI 2.0 profile has fewer: [`Client::algorithms`].
pub const ALGORITHMS: &[Algorithm] = &Algorithm::ALL;

/// The `DPoP` headers of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sent<'a> {
    /// None.
    #[default]
    None,
    /// One.
    One(&'a str),
    /// More than one, which never counts. RFC 9449 §4.3
    Several,
}

impl<'a> Sent<'a> {
    /// Of the values of the headers of that name, in the order of the request.
    pub fn of(values: impl IntoIterator<Item = &'a str>) -> Self {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Self::None,
            (Some(value), None) => Self::One(value),
            (Some(_), Some(_)) => Self::Several,
        }
    }

    /// Judges what was sent, if anything was.
    ///
    /// # Errors
    /// [`ProofFault`].
    pub fn judge(self, expected: &Expected<'_>) -> Result<Option<Proof>, ProofFault> {
        match self {
            Self::None => Ok(None),
            Self::One(text) => judge(text, expected).map(Some),
            Self::Several => Err(ProofFault::Several),
        }
    }
}

/// What a proof must say.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    /// The method of the request.
    pub method: &'a str,
    /// The address that is asked, as discovery tells it.
    pub url: &'a str,
    /// The access token that comes with it, at a resource.
    pub access_token: Option<&'a str>,
    /// The nonces of this server.
    pub nonces: &'a Nonces,
    /// The client's time.
    pub now: Timestamp,
}

/// A proof that holds. It counts once: the caller spends [`Proof::name`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The thumbprint of the key that signed it. RFC 7638
    pub key: String,
    /// How it was signed.
    pub algorithm: Algorithm,
    /// What must be unused until now: of the key, the address and the `jti`. RFC 9449 §11.1
    pub name: String,
    /// After this time it need not be remembered.
    pub until: Timestamp,
}

/// Judges a proof by itself. RFC 9449 §4.3, whose list this follows; what it is bound to is judged by [`binding`].
///
/// # Errors
/// [`ProofFault`].
pub fn judge(text: &str, expected: &Expected<'_>) -> Result<Proof, ProofFault> {
    let token = jws::Unverified::parse(text, LONGEST).map_err(|_| ProofFault::Unreadable)?;
    let claims = token
        .untrusted_claims()
        .map_err(|_| ProofFault::Unreadable)?;
    let is_proof = |typ: &str| typ.eq_ignore_ascii_case("dpop+jwt");
    if !token.header.typ.as_deref().is_some_and(is_proof) {
        return Err(ProofFault::Type);
    }
    let key = offered_key(token.header.jwk.as_ref())?;
    let algorithm = token.header.alg;
    if token.verify_payload(&key, ALGORITHMS).is_err() {
        return Err(ProofFault::Signature);
    }
    let jti = text_of(&claims, "jti")?;
    if jti.is_empty() || jti.len() > LONGEST_JTI {
        return Err(ProofFault::Claim("jti"));
    }
    if text_of(&claims, "htm")? != expected.method {
        return Err(ProofFault::Method);
    }
    let url = target::normalized(expected.url).ok_or(ProofFault::Url)?;
    if target::normalized(text_of(&claims, "htu")?).as_ref() != Some(&url) {
        return Err(ProofFault::Url);
    }
    let iat = issued(&claims)?;
    if let Some(token) = expected.access_token {
        let hash = digest::sha256_b64url(token.as_bytes());
        if !compare::equal(text_of(&claims, "ath")?.as_bytes(), hash.as_bytes()) {
            return Err(ProofFault::TokenHash);
        }
    }
    // Last but for the time: only whoever sends a good proof is asked to send another.
    if !expected
        .nonces
        .accepts(claims.get("nonce").and_then(Value::as_str), expected.now)
    {
        return Err(ProofFault::Nonce);
    }
    let age = expected.now.as_second().saturating_sub(iat);
    if !(-SKEW_SECONDS..=OLDEST_SECONDS).contains(&age) {
        return Err(ProofFault::Time { seconds: age });
    }
    let key = key.thumbprint();
    Ok(Proof {
        name: digest::sha256_b64url(format!("{key}\n{url}\n{jti}").as_bytes()),
        key,
        algorithm,
        until: Timestamp::from_second(iat.saturating_add(OLDEST_SECONDS + 1))
            .map_err(|_| ProofFault::Claim("iat"))?,
    })
}

/// The key that an access token is to be bound to, if to any. `bound` is the key that the code or refresh token was
/// bound to before. RFC 9449 §5 and §10
///
/// # Errors
/// [`ProofFault`].
pub fn binding<'a>(
    client: &Client,
    proof: Option<&'a Proof>,
    bound: Option<&str>,
) -> Result<Option<&'a str>, ProofFault> {
    let Some(proof) = proof else {
        return if client.dpop_bound || bound.is_some() {
            Err(ProofFault::Missing)
        } else {
            Ok(None)
        };
    };
    if !client.algorithms().contains(&proof.algorithm) {
        return Err(ProofFault::Algorithm);
    }
    if bound.is_some_and(|bound| bound != proof.key) {
        return Err(ProofFault::OtherKey);
    }
    Ok(Some(&proof.key))
}

/// A thumbprint as `dpop_jkt` has it: SHA-256 in base64url. RFC 9449 §10
pub fn is_thumbprint(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

/// The key of the header, which is what the proof is about. Elsewhere such keys are never looked at.
fn offered_key(jwk: Option<&Value>) -> Result<PublicKey, ProofFault> {
    let jwk = jwk.ok_or(ProofFault::NoKey)?;
    let jwk: Jwk = serde_json::from_value(jwk.clone()).map_err(|_| ProofFault::Key)?;
    if jwk.has_private_members() || jwk.kty == "oct" {
        return Err(ProofFault::PrivateKey);
    }
    PublicKey::from_jwk(&jwk).map_err(|_| ProofFault::Key)
}

fn text_of<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, ProofFault> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .ok_or(ProofFault::Claim(name))
}

/// Seconds since 1970; a fraction is allowed by RFC 7519 and cut off.
fn issued(claims: &Map<String, Value>) -> Result<i64, ProofFault> {
    claims
        .get("iat")
        .and_then(|value| {
            let whole = || format!("{:.0}", value.as_f64()?.floor()).parse().ok();
            value.as_i64().or_else(whole)
        })
        .ok_or(ProofFault::Claim("iat"))
}

/// How old a proof may be, in seconds.
pub const OLDEST_SECONDS: i64 = 300;
const LONGEST: usize = 8 * 1024;
const LONGEST_JTI: usize = 256;

#[cfg(test)]
#[path = "dpop/tests.rs"]
mod tests;
