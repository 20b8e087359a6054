//! How a client proves itself at the token endpoint: a signed assertion (RFC 7523), a secret, or nothing but PKCE.

use durward_domain::application::TokenEndpointAuthMethod as Method;
use durward_keyring::jose::{PublicKey, jws};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::client_secret::{HeldSecret, Secret};
use super::{KeySet, TokenError};
use crate::client::Client;
use crate::params::Params;

/// The ways that work; discovery says the same.
pub const AUTH_METHODS: &[&str] = &[
    "private_key_jwt",
    "client_secret_basic",
    "client_secret_post",
    "none",
];
/// Of these, the ways that prove something: introspection asks for one. RFC 7662 §2.1
pub const INTROSPECTION_METHODS: &[&str] = &[
    "private_key_jwt",
    "client_secret_basic",
    "client_secret_post",
];

/// What the form presents.
pub struct Presented {
    client_id: Option<String>,
    assertion: Option<Assertion>,
    secret: Option<Secret>,
}

struct Assertion {
    token: jws::Unverified,
    claims: Map<String, Value>,
}

impl Presented {
    /// Reads the form of any endpoint at which clients prove themselves. `authorization` is the header of that name.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn read(params: &Params, authorization: Option<&str>) -> Result<Self, TokenError> {
        let secret = Secret::read(params, authorization)?;
        let assertion = match (
            params.get("client_assertion_type"),
            params.get("client_assertion"),
        ) {
            (None, None) => None,
            (Some(_), None) => return Err(TokenError::Missing("client_assertion")),
            (None, Some(_)) => return Err(TokenError::Missing("client_assertion_type")),
            (Some(kind), Some(_)) if kind != ASSERTION_TYPE => {
                return Err(TokenError::AssertionType);
            }
            (Some(_), Some(text)) => Some(Assertion::read(text)?),
        };
        if secret.is_some() && assertion.is_some() {
            return Err(TokenError::SeveralMethods);
        }
        let client_id = params.get("client_id").map(str::to_owned);
        if client_id.as_ref().is_some_and(|id| id.len() > LONGEST_ID) {
            return Err(TokenError::Malformed("client_id"));
        }
        let named = secret.as_ref().map(|secret| &secret.client_id);
        if let (Some(sent), Some(named)) = (&client_id, named)
            && sent != named
        {
            return Err(TokenError::Malformed("client_id"));
        }
        Ok(Self {
            client_id: client_id.or_else(|| named.cloned()),
            assertion,
            secret,
        })
    }

    /// Who the client says it is: nothing of it is proved. `None` means that only the code can tell; public
    /// apps in the shape of Login.gov send no `client_id`.
    pub fn claimed_client_id(&self) -> Option<&str> {
        let of_assertion = || self.assertion.as_ref()?.claims.get("iss")?.as_str();
        self.client_id.as_deref().or_else(of_assertion)
    }

    /// The secret that was sent, to be looked for.
    pub fn secret(&self) -> Option<&str> {
        self.secret.as_ref().map(|secret| secret.secret.as_str())
    }

    /// Judges whether this is the client, where a secret was sent. `held` is the one that was found.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn judge_secret(
        &self,
        client: &Client,
        held: Option<&HeldSecret>,
        now: Timestamp,
    ) -> Result<Proved, TokenError> {
        self.is_meant(client)?;
        match &self.secret {
            Some(sent) if sent.method == client.auth_method => {}
            _ => return Err(other_method(client)),
        }
        let held = held
            .filter(|held| held.client_id == client.client_id)
            .filter(|held| held.expires.is_none_or(|expires| now < expires))
            .ok_or(TokenError::SecretWrong)?;
        Ok(Proved {
            key: Some(held.id.clone()),
            spend: None,
        })
    }

    /// Is it an app that may prove itself, and the one that the form names?
    fn is_meant(&self, client: &Client) -> Result<(), TokenError> {
        if !client.active {
            return Err(TokenError::ClientInactive);
        }
        if self
            .client_id
            .as_ref()
            .is_some_and(|id| *id != client.client_id)
        {
            return Err(TokenError::AssertionNotTheClient("client_id"));
        }
        if client.policies.auth_methods.contains(&client.auth_method) {
            Ok(())
        } else {
            Err(TokenError::MethodNotAllowed(client.auth_method.as_str()))
        }
    }

    /// The key id that the assertion names; nothing of it is proved.
    pub fn key_id(&self) -> Option<&str> {
        self.assertion.as_ref()?.token.header.kid.as_deref()
    }

    /// Judges whether this is the client. `published` are the keys at its `jwks_uri`, where they are known. The
    /// caller spends what [`Proved::spend`] names.
    pub fn judge(
        &self,
        client: &Client,
        published: Option<&KeySet>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
    ) -> Result<Proved, TokenError> {
        self.is_meant(client)?;
        if self.secret.is_some() {
            return Err(other_method(client));
        }
        match (client.auth_method, &self.assertion) {
            (Method::None, None) => Ok(Proved {
                key: None,
                spend: None,
            }),
            (Method::PrivateKeyJwt, Some(assertion)) => {
                assertion.judge(client, published, endpoint, now)
            }
            _ => Err(other_method(client)),
        }
    }
}

const fn other_method(client: &Client) -> TokenError {
    TokenError::OtherMethod {
        registered: match client.auth_method {
            Method::None => "PKCE alone",
            other => other.as_str(),
        },
    }
}

/// Names and bounds of the token endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint<'a> {
    /// This issuer.
    pub issuer: &'a str,
    /// The token endpoint's URL.
    pub token_url: &'a str,
    /// The URL of the endpoint that is asked.
    pub url: &'a str,
}

/// How far ahead a client's clock may be, in seconds. FAPI 2.0 Security Profile §5.3.2.1: 10 are accepted, more than 60
/// are not.
pub const SKEW_SECONDS: i64 = 30;

/// A client that proved itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Thumbprint of the key that verified, or what names the secret, for "last use".
    pub key: Option<String>,
    /// What must be unused until now.
    pub spend: Option<SpendJti>,
}

/// The name of an assertion: to be stored once until it expires, together with the client id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendJti {
    /// The name.
    pub jti: String,
    /// After this time it need not be remembered.
    pub until: Timestamp,
}

impl Assertion {
    fn read(text: &str) -> Result<Self, TokenError> {
        let unreadable = |error: jws::JwsError| TokenError::AssertionUnreadable(error.to_string());
        let token = jws::Unverified::parse(text, LONGEST_TOKEN).map_err(unreadable)?;
        let claims = token.untrusted_claims().map_err(unreadable)?;
        Ok(Self { token, claims })
    }

    fn judge(
        &self,
        client: &Client,
        published: Option<&KeySet>,
        endpoint: &Endpoint<'_>,
        now: Timestamp,
    ) -> Result<Proved, TokenError> {
        // The claims are cheap to judge and say more than "wrong signature"; nothing is trusted before the end.
        for claim in ["iss", "sub"] {
            if self.text(claim)? != client.client_id {
                return Err(TokenError::AssertionNotTheClient(claim));
            }
        }
        self.audience(client, endpoint)?;
        let expires = self.times(client, now)?;
        let jti = self.text("jti")?;
        if jti.is_empty() || jti.len() > LONGEST_JTI {
            return Err(TokenError::AssertionClaim("jti"));
        }
        let key =
            verifying_key(client, published, &self.token).ok_or(TokenError::AssertionSignature)?;
        Ok(Proved {
            key: Some(key),
            spend: Some(SpendJti {
                jti: jti.to_owned(),
                until: expires,
            }),
        })
    }

    fn audience(&self, client: &Client, endpoint: &Endpoint<'_>) -> Result<(), TokenError> {
        let bare = |url: &str| url.trim_end_matches('/').to_owned();
        // RFC 9126 §2: at the PAR endpoint its own URL counts too.
        let ours = [endpoint.issuer, endpoint.token_url, endpoint.url].map(bare);
        let fits = match self.claims.get("aud") {
            // FAPI 2.0 Security Profile §5.3.2.1: the issuer, as a string, and nothing else.
            Some(Value::String(aud)) if client.fapi2 => aud == endpoint.issuer,
            Some(Value::String(aud)) => ours.contains(&bare(aud)),
            Some(Value::Array(list)) if !client.fapi2 => list
                .iter()
                .filter_map(Value::as_str)
                .any(|aud| ours.contains(&bare(aud))),
            Some(_) => false,
            None => return Err(TokenError::AssertionClaim("aud")),
        };
        if fits {
            return Ok(());
        }
        let expected = if client.fapi2 {
            endpoint.issuer
        } else {
            endpoint.token_url
        };
        Err(TokenError::AssertionAudience {
            expected: expected.to_owned(),
        })
    }

    fn times(&self, client: &Client, now: Timestamp) -> Result<Timestamp, TokenError> {
        let now = now.as_second();
        let exp = self
            .seconds("exp")?
            .ok_or(TokenError::AssertionClaim("exp"))?;
        if exp <= now {
            return Err(TokenError::AssertionExpired {
                seconds: now.saturating_sub(exp),
            });
        }
        let max = i64::from(client.policies.assertion_seconds);
        if exp.saturating_sub(now) > max.saturating_add(SKEW_SECONDS) {
            return Err(TokenError::AssertionTooLong { max });
        }
        for claim in ["iat", "nbf"] {
            let ahead = self.seconds(claim)?.map_or(0, |at| at.saturating_sub(now));
            if ahead > SKEW_SECONDS {
                return Err(TokenError::AssertionFromTheFuture {
                    claim,
                    seconds: ahead,
                    skew: SKEW_SECONDS,
                });
            }
        }
        Timestamp::from_second(exp).map_err(|_| TokenError::AssertionClaim("exp"))
    }

    fn text(&self, claim: &'static str) -> Result<&str, TokenError> {
        self.claims
            .get(claim)
            .and_then(Value::as_str)
            .ok_or(TokenError::AssertionClaim(claim))
    }

    /// Seconds since 1970; a fraction is allowed by RFC 7519 and cut off.
    fn seconds(&self, claim: &'static str) -> Result<Option<i64>, TokenError> {
        match self.claims.get(claim) {
            None => Ok(None),
            Some(value) => value
                .as_i64()
                .or_else(|| value.as_f64().and_then(whole_seconds))
                .map(Some)
                .ok_or(TokenError::AssertionClaim(claim)),
        }
    }
}

/// The thumbprint of the registered or published key of a client that verifies what it signed.
pub(crate) fn verifying_key(
    client: &Client,
    published: Option<&KeySet>,
    token: &jws::Unverified,
) -> Option<String> {
    let algorithms = client.algorithms();
    let kind = token.header.alg.key_kind();
    let kid = token.header.kid.as_deref();
    let published = published.into_iter().flat_map(|set| set.candidates(kid));
    client
        .keys
        .iter()
        .chain(published)
        .filter(|key| key.facts().kind == kind)
        .filter(|key| {
            client.revoked_keys.is_empty() || !client.revoked_keys.contains(&key.thumbprint())
        })
        .take(MOST_KEYS)
        .find(|key| token.verify_payload(key, algorithms).is_ok())
        .map(PublicKey::thumbprint)
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const LONGEST_TOKEN: usize = 16 * 1024;
const LONGEST_JTI: usize = 256;
const LONGEST_ID: usize = 512;
/// Keys that are tried for one assertion: each costs a verification.
const MOST_KEYS: usize = 10;

fn whole_seconds(value: f64) -> Option<i64> {
    let text = format!("{:.0}", value.floor());
    text.parse().ok()
}

#[cfg(test)]
#[path = "client_auth_tests.rs"]
mod tests;
