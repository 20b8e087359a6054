//! What the portal knows of its identity provider, and the calls it makes there.

use std::sync::Arc;

use durward_keyring::jose::{Algorithm, JwkSet, PublicKey, jws};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::SignInRefusal;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;

/// The provider's discovery document and keys.
pub struct Provider {
    pub(super) authorization_endpoint: String,
    pub(super) end_session_endpoint: Option<String>,
    issuer: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    keys: JwkSet,
}

/// What the token endpoint answers.
#[derive(Deserialize)]
pub(super) struct Tokens {
    pub(super) access_token: String,
    pub(super) id_token: String,
}

/// What userinfo tells.
#[derive(Deserialize)]
pub(super) struct UserInfo {
    pub(super) sub: String,
    #[serde(default)]
    pub(super) email: Option<String>,
    #[serde(default)]
    pub(super) email_verified: bool,
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    end_session_endpoint: Option<String>,
}

/// The provider as it was read at the first sign-in.
pub(super) async fn known(keeper: &Keeper) -> Result<Arc<Provider>, Failure<SignInRefusal>> {
    match keeper.sign_in.provider.load_full() {
        Some(provider) => Ok(provider),
        None => read(keeper).await,
    }
}

/// Reads discovery and keys anew: at the first sign-in, and when a token names a key that is not known.
async fn read(keeper: &Keeper) -> Result<Arc<Provider>, Failure<SignInRefusal>> {
    let issuer = keeper.sign_in.issuer.trim_end_matches('/');
    let found: Discovery = fetch(
        keeper,
        &format!("{issuer}/.well-known/openid-configuration"),
        None,
    )
    .await?;
    if found.issuer.trim_end_matches('/') != issuer {
        return Err(refused("its discovery document names another issuer"));
    }
    let keys: JwkSet = fetch(keeper, &found.jwks_uri, None).await?;
    let provider = Arc::new(Provider {
        issuer: found.issuer,
        authorization_endpoint: found.authorization_endpoint,
        token_endpoint: found.token_endpoint,
        userinfo_endpoint: found.userinfo_endpoint,
        end_session_endpoint: found.end_session_endpoint,
        jwks_uri: found.jwks_uri,
        keys,
    });
    keeper.sign_in.provider.store(Some(Arc::clone(&provider)));
    Ok(provider)
}

impl Provider {
    /// Redeems a code (RFC 6749 §4.1.3) with a signed assertion (RFC 7523 §2.2).
    pub(super) async fn redeem(
        &self,
        keeper: &Keeper,
        code: &str,
        verifier: &str,
    ) -> Result<Tokens, Failure<SignInRefusal>> {
        let now = keeper.clock.real_now();
        let client = &keeper.sign_in;
        let claims = json!({
            "iss": client.client_id,
            "sub": client.client_id,
            "aud": self.token_endpoint,
            "jti": keeper.random.token(),
            "iat": now.as_second(),
            "exp": now.as_second() + ASSERTION_SECONDS,
        });
        let assertion = jws::sign(&client.key, "JWT", &claims)
            .map_err(|error| Fault::internal(format!("signing the portal's assertion: {error}")))?;
        let redirect_uri = keeper.url(super::CALLBACK);
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", verifier),
            ("client_id", &client.client_id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
        ];
        let answer = client
            .http
            .post(&self.token_endpoint)
            .form(&form)
            .send()
            .await
            .map_err(|error| unreached(&error))?;
        if !answer.status().is_success() {
            let problem: Value = answer.json().await.unwrap_or_default();
            let word = problem
                .get("error")
                .and_then(Value::as_str)
                .unwrap_or("no reason")
                .to_owned();
            tracing::warn!(error = word, "the portal's own code was not redeemed");
            return Err(Failure::Refused(SignInRefusal::Refused(word)));
        }
        answer
            .json()
            .await
            .map_err(|_| refused("its token answer cannot be read"))
    }

    /// Asks whose access token it is.
    pub(super) async fn userinfo(
        &self,
        keeper: &Keeper,
        access_token: &str,
    ) -> Result<UserInfo, Failure<SignInRefusal>> {
        fetch(keeper, &self.userinfo_endpoint, Some(access_token)).await
    }

    /// The claims of an ID token that this provider made for the portal just now (OpenID Connect Core §3.1.3.7).
    pub(super) async fn verify(
        &self,
        keeper: &Keeper,
        token: &str,
        nonce: &str,
    ) -> Result<Map<String, Value>, Failure<SignInRefusal>> {
        let wrong = |what| Failure::Refused(SignInRefusal::Token(what));
        let unverified = jws::Unverified::parse(token, LONGEST_TOKEN).map_err(|_| wrong("form"))?;
        let kid = unverified
            .header
            .kid
            .clone()
            .ok_or_else(|| wrong("key id"))?;
        let key = match self.key(&kid) {
            Some(key) => key,
            // The provider may have a new key.
            None => read(keeper)
                .await?
                .key(&kid)
                .ok_or_else(|| wrong("unknown key"))?,
        };
        let claims = unverified
            .verify(&key, &[Algorithm::ES256])
            .map_err(|_| wrong("signature"))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let number = |name: &str| claims.get(name).and_then(Value::as_i64);
        let now = keeper.clock.real_now().as_second();
        let ours = &keeper.sign_in.client_id;
        let for_us = match claims.get("aud") {
            Some(Value::String(aud)) => aud == ours,
            Some(Value::Array(list)) => {
                matches!(list.as_slice(), [Value::String(aud)] if aud == ours)
            }
            _ => false,
        };
        if text("iss") != self.issuer {
            return Err(wrong("issuer"));
        }
        if !for_us {
            return Err(wrong("audience"));
        }
        if number("exp").is_none_or(|exp| exp + SKEW_SECONDS <= now)
            || number("iat").is_none_or(|iat| iat > now + SKEW_SECONDS)
        {
            return Err(wrong("time"));
        }
        if text("nonce") != nonce {
            return Err(wrong("nonce"));
        }
        if !STRONG.iter().any(|level| text("aal") == *level) {
            return Err(wrong("strength of sign-in"));
        }
        if text("sub").is_empty() || number("auth_time").is_none() {
            return Err(wrong("subject"));
        }
        Ok(claims)
    }

    fn key(&self, kid: &str) -> Option<PublicKey> {
        PublicKey::from_jwk(self.keys.find(kid)?).ok()
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("issuer", &self.issuer)
            .field("jwks_uri", &self.jwks_uri)
            .finish_non_exhaustive()
    }
}

async fn fetch<T: serde::de::DeserializeOwned>(
    keeper: &Keeper,
    url: &str,
    bearer: Option<&str>,
) -> Result<T, Failure<SignInRefusal>> {
    let mut request = keeper
        .sign_in
        .http
        .get(url)
        .header("accept", "application/json");
    if let Some(token) = bearer {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.map_err(|error| unreached(&error))?;
    if !answer.status().is_success() {
        tracing::warn!(
            url,
            status = answer.status().as_u16(),
            "the portal's identity provider refused"
        );
        return Err(refused("it refused to answer"));
    }
    answer
        .json()
        .await
        .map_err(|_| refused("its answer cannot be read"))
}

fn unreached(error: &reqwest::Error) -> Failure<SignInRefusal> {
    tracing::warn!(%error, "the portal's identity provider cannot be reached");
    refused("it cannot be reached")
}

fn refused(why: &'static str) -> Failure<SignInRefusal> {
    Failure::Refused(SignInRefusal::Provider(why))
}

/// What the provider answers for a second factor and stronger.
const STRONG: [&str; 3] = [
    "http://idmanagement.gov/ns/assurance/aal/2",
    "http://idmanagement.gov/ns/assurance/aal/2?phishing_resistant=true",
    "http://idmanagement.gov/ns/assurance/aal/2?hspd12=true",
];
const ASSERTION_SECONDS: i64 = 60;
const SKEW_SECONDS: i64 = 30;
const LONGEST_TOKEN: usize = 16 * 1024;
