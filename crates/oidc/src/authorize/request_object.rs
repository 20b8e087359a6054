//! Request objects: the parameters of a request as a signed token of the app. RFC 9101

use std::borrow::Cow;

use durward_keyring::jose::jwe::{self, DecryptionKey, JweError};
use durward_keyring::jose::jws;
use durward_keyring::random::Random;
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::params::Params;
use crate::token::KeySet;
use crate::token::client_auth::{SKEW_SECONDS, verifying_key};

/// A request object that was taken apart; nothing of it is trusted before [`RequestObject::judge`].
pub struct RequestObject {
    token: jws::Unverified,
    claims: Map<String, Value>,
}

impl RequestObject {
    /// Takes the signed object out of an encrypted one (RFC 9101 §6.1); one that is not encrypted stays as it is. `keys`
    /// are our own.
    ///
    /// # Errors
    /// [`ObjectFault::Encrypted`]: one and the same for whatever does not open.
    pub fn decrypt<'t>(
        text: &'t str,
        keys: &[&DecryptionKey],
        random: &Random,
    ) -> Result<Cow<'t, str>, ObjectFault> {
        if !jwe::Unopened::looks_like(text) {
            return Ok(Cow::Borrowed(text));
        }
        let refused = |error: JweError| ObjectFault::Encrypted(error.to_string());
        let token = jwe::Unopened::parse(text, LONGEST_ENCRYPTED).map_err(refused)?;
        let cty = token.header.cty.as_deref();
        // RFC 7519 §5.2: what is inside is a token. Some senders leave that out.
        if cty.is_some_and(|cty| !NESTED.iter().any(|known| cty.eq_ignore_ascii_case(known))) {
            return Err(ObjectFault::Claim("cty"));
        }
        let kid = token.header.kid.as_deref();
        let fitting = keys.iter().filter(|key| {
            key.algorithm() == token.header.alg && kid.is_none_or(|kid| kid == key.kid())
        });
        // A key that is not ours is told like one that does not open.
        let mut outcome = Err(JweError::Decryption);
        for key in fitting {
            outcome = token.open(key, &ENCRYPTION, random);
            if outcome.is_ok() {
                break;
            }
        }
        let opened = outcome.map_err(refused)?;
        let signed = std::str::from_utf8(&opened).map_err(|_| refused(JweError::Decryption))?;
        Ok(Cow::Owned(signed.to_owned()))
    }

    /// Takes it apart.
    ///
    /// # Errors
    /// [`ObjectFault::Unreadable`] for anything that is no signed token, an unsigned one among them.
    pub fn parse(text: &str) -> Result<Self, ObjectFault> {
        let unreadable = |error: jws::JwsError| ObjectFault::Unreadable(error.to_string());
        let token = jws::Unverified::parse(text, LONGEST).map_err(unreadable)?;
        let claims = token.untrusted_claims().map_err(unreadable)?;
        Ok(Self { token, claims })
    }

    /// The key id that it names; nothing of it is proved.
    pub fn key_id(&self) -> Option<&str> {
        self.token.header.kid.as_deref()
    }

    /// Judges it, and answers its parameters: of a request with an object only these count (RFC 9101 §5).
    /// `published` are the keys at the app's `jwks_uri`, where they are known.
    ///
    /// # Errors
    /// [`ObjectFault`].
    pub fn judge(
        &self,
        client: &Client,
        published: Option<&KeySet>,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Params, ObjectFault> {
        if let Some(typ) = &self.token.header.typ
            && !TYPES.iter().any(|known| typ.eq_ignore_ascii_case(known))
        {
            return Err(ObjectFault::Claim("typ"));
        }
        for name in ["request", "request_uri"] {
            if self.claims.contains_key(name) {
                return Err(ObjectFault::Claim(name));
            }
        }
        for name in ["client_id", "iss"] {
            let named = self.claims.get(name).map(Value::as_str);
            // FAPI 2.0 Message Signing §5.3.2 wants iss; RFC 9101 §4 leaves it to the app.
            let must = name == "client_id" || client.fapi2;
            match named {
                Some(Some(id)) if id == client.client_id => {}
                None if !must => {}
                _ => return Err(ObjectFault::Claim(name)),
            }
        }
        self.audience(client, issuer)?;
        self.times(client, now)?;
        verifying_key(client, published, &self.token).ok_or(ObjectFault::Signature)?;
        Ok(Params::new(self.parameters()))
    }

    fn audience(&self, client: &Client, issuer: &str) -> Result<(), ObjectFault> {
        let is_us = |aud: &str| aud.trim_end_matches('/') == issuer.trim_end_matches('/');
        let fits = match self.claims.get("aud") {
            Some(Value::String(aud)) => is_us(aud),
            Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).any(is_us),
            Some(_) => false,
            None => !client.fapi2,
        };
        fits.then_some(()).ok_or(ObjectFault::Claim("aud"))
    }

    fn times(&self, client: &Client, now: Timestamp) -> Result<(), ObjectFault> {
        let now = now.as_second();
        let seconds = |name: &'static str| match self.claims.get(name) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or(ObjectFault::Claim(name)),
        };
        let (exp, nbf) = (seconds("exp")?, seconds("nbf")?);
        if exp.is_some_and(|exp| exp <= now) {
            return Err(ObjectFault::Expired);
        }
        if nbf.is_some_and(|nbf| nbf > now.saturating_add(SKEW_SECONDS)) {
            return Err(ObjectFault::Claim("nbf"));
        }
        // FAPI 2.0 Message Signing §5.3.1: both are there, and the object lives an hour at most.
        let is_short = nbf.is_some_and(|nbf| nbf >= now.saturating_sub(3600))
            && exp.zip(nbf).is_some_and(|(exp, nbf)| exp - nbf <= 3600);
        if client.fapi2 && !is_short {
            return Err(ObjectFault::Claim("nbf"));
        }
        Ok(())
    }

    fn parameters(&self) -> Vec<(String, String)> {
        let own = ["iss", "aud", "exp", "nbf", "iat", "jti"];
        self.claims
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()))
            .filter_map(|(name, value)| {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Null => return None,
                    other => other.to_string(),
                };
                Some((name.clone(), text))
            })
            .collect()
    }
}

/// Why a request object does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ObjectFault {
    /// Not a signed token.
    #[error("it cannot be read: {0}")]
    Unreadable(String),
    /// An encrypted one that does not open.
    #[error("it cannot be decrypted: {0}")]
    Encrypted(String),
    /// A member that must be there, or must not, or says something else.
    #[error("its {0} is missing, not allowed, or not what it must be")]
    Claim(&'static str),
    /// It is too old.
    #[error("it has expired")]
    Expired,
    /// No key fits.
    #[error("no registered key of the app verifies its signature")]
    Signature,
    /// The published keys cannot be read.
    #[error("the keys of the app cannot be read: {0}")]
    Keys(String),
}

const TYPES: [&str; 2] = ["oauth-authz-req+jwt", "JWT"];
const LONGEST: usize = 32 * 1024;
const NESTED: [&str; 3] = [
    "JWT",
    "oauth-authz-req+jwt",
    "application/oauth-authz-req+jwt",
];
/// Base64 of base64, and the header.
const LONGEST_ENCRYPTED: usize = 48 * 1024;

/// How request objects may be encrypted; discovery says the same.
pub const ENCRYPTION: jwe::Allowed<'static> = jwe::Allowed {
    algorithms: &[jwe::KeyManagement::RsaOaep256, jwe::KeyManagement::EcdhEs],
    encryptions: &jwe::ContentEncryption::ALL,
};

#[cfg(test)]
#[path = "request_object_tests.rs"]
mod tests;
