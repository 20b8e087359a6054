//! The sample as an OpenID Connect client: discovery, the request, the code, the ID token, userinfo.

use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, JwkSet, PublicKey, jws};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::Sample;
use super::visits::Begun;

/// What a sign-in brought.
#[derive(Clone)]
pub struct SignedIn {
    /// In which environment.
    pub environment: String,
    /// As which app.
    pub client_id: String,
    /// The claims of the ID token.
    pub id_token: Map<String, Value>,
    /// The answer of userinfo.
    pub userinfo: Map<String, Value>,
}

/// Why a sign-in did not work.
#[derive(Debug, thiserror::Error)]
#[error("{sentence}")]
pub struct ProviderFault {
    /// The provider's code, or one of the sample's own.
    pub code: String,
    /// What happened.
    pub sentence: String,
    /// The id of the provider's answer, by which the portal finds the request.
    pub request_id: Option<String>,
}

impl ProviderFault {
    pub(super) fn new(code: &str, sentence: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            sentence: sentence.into(),
            request_id: None,
        }
    }
}

/// The part of the provider's discovery document that the sample uses.
#[derive(Deserialize)]
pub(super) struct Provider {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    jwks_uri: String,
    pub(super) end_session_endpoint: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    id_token: String,
}

impl Sample {
    /// Reads the discovery document of an environment and checks that it speaks for itself.
    pub(super) async fn discover(&self, environment: &str) -> Result<Provider, ProviderFault> {
        let issuer = self.issuer(environment)?;
        let address = format!("{issuer}/.well-known/openid-configuration");
        let provider: Provider = read(self.http.get(&address).send().await)
            .await
            .and_then(|answer| decode("discovery", answer))?;
        if provider.issuer != issuer {
            return Err(ProviderFault::new(
                "sample/issuer",
                format!("The discovery document of {issuer} names another issuer."),
            ));
        }
        Ok(provider)
    }

    fn issuer(&self, environment: &str) -> Result<&str, ProviderFault> {
        let known = self
            .settings
            .environments
            .iter()
            .find(|(name, _)| name == environment);
        known.map(|(_, issuer)| issuer.as_str()).ok_or_else(|| {
            ProviderFault::new(
                "sample/environment",
                "This sample does not know that environment.",
            )
        })
    }

    pub(super) fn callback(&self) -> String {
        format!("{}/callback", self.settings.base_url)
    }

    /// The address to send the browser to.
    pub(super) fn request(
        &self,
        provider: &Provider,
        begun: &Begun,
        level: &str,
        scope: &str,
    ) -> Result<String, ProviderFault> {
        let challenge = digest::sha256_b64url(begun.verifier.as_bytes());
        let parameters = [
            ("response_type", "code"),
            ("client_id", &begun.client_id),
            ("redirect_uri", &begun.redirect_uri),
            ("scope", scope),
            ("acr_values", level),
            ("state", &begun.state),
            ("nonce", &begun.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        address(&provider.authorization_endpoint, &parameters)
    }

    /// Redeems the code, checks the ID token and reads userinfo.
    pub(super) async fn redeem(
        &self,
        begun: &Begun,
        code: &str,
    ) -> Result<SignedIn, ProviderFault> {
        let provider = self.discover(&begun.environment).await?;
        let assertion = self.assertion(&begun.client_id, &provider.token_endpoint)?;
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &begun.redirect_uri),
            ("code_verifier", &begun.verifier),
            ("client_id", &begun.client_id),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
        ];
        let answer = read(
            self.http
                .post(&provider.token_endpoint)
                .form(&form)
                .send()
                .await,
        )
        .await?;
        let tokens: Tokens = decode("token", answer)?;
        let keys = read(self.http.get(&provider.jwks_uri).send().await).await?;
        let keys: JwkSet = decode("keys", keys)?;
        let id_token = self.judge(&tokens.id_token, &keys, &provider, begun)?;
        let answer = read(
            self.http
                .get(&provider.userinfo_endpoint)
                .bearer_auth(&tokens.access_token)
                .send()
                .await,
        )
        .await?;
        let userinfo: Map<String, Value> = decode("userinfo", answer)?;
        if userinfo.get("sub") != id_token.get("sub") {
            return Err(ProviderFault::new(
                "sample/subject",
                "Userinfo is about another person than the ID token.",
            ));
        }
        Ok(SignedIn {
            environment: begun.environment.clone(),
            client_id: begun.client_id.clone(),
            id_token,
            userinfo,
        })
    }

    /// RFC 7523 §3: who we are, for whom, once, and not for long.
    fn assertion(&self, client_id: &str, token_endpoint: &str) -> Result<String, ProviderFault> {
        let now = (self.settings.now)().as_second();
        let claims = json!({
            "iss": client_id, "sub": client_id, "aud": token_endpoint,
            "jti": self.settings.random.token(), "iat": now, "exp": now + ASSERTION_SECONDS,
        });
        jws::sign(&self.settings.key, "JWT", &claims).map_err(|error| {
            ProviderFault::new("sample/key", format!("The sample could not sign: {error}."))
        })
    }

    /// OpenID Connect Core §3.1.3.7.
    fn judge(
        &self,
        token: &str,
        keys: &JwkSet,
        provider: &Provider,
        begun: &Begun,
    ) -> Result<Map<String, Value>, ProviderFault> {
        let wrong = |what: &str| {
            ProviderFault::new(
                "sample/id-token",
                format!("The ID token is not accepted: {what}."),
            )
        };
        let token = jws::Unverified::parse(token, LONGEST_TOKEN)
            .map_err(|error| wrong(&error.to_string()))?;
        let jwk = match &token.header.kid {
            Some(kid) => keys.find(kid),
            None => keys.keys.first(),
        };
        let jwk = jwk.ok_or_else(|| wrong("its key is not among the provider's keys"))?;
        let key = PublicKey::from_jwk(jwk).map_err(|error| wrong(&error.to_string()))?;
        let claims = token
            .verify(&key, ACCEPTED)
            .map_err(|error| wrong(&error.to_string()))?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
        let audience_fits = match claims.get("aud") {
            Some(Value::String(one)) => *one == begun.client_id,
            Some(Value::Array(several)) => several
                .iter()
                .any(|one| one.as_str() == Some(&begun.client_id)),
            _ => false,
        };
        let expires = claims
            .get("exp")
            .and_then(Value::as_i64)
            .unwrap_or(i64::MIN);
        match () {
            () if text("iss") != provider.issuer => Err(wrong("it is from another issuer")),
            () if !audience_fits => Err(wrong("it is for another app")),
            () if text("nonce") != begun.nonce => Err(wrong("it answers another request")),
            () if expires <= (self.settings.now)().as_second() => Err(wrong("it has expired")),
            () if text("sub").is_empty() => Err(wrong("it names nobody")),
            () => Ok(claims),
        }
    }

    /// The address that ends the session at the provider and comes back here.
    pub(super) fn sign_out(
        &self,
        provider: &Provider,
        client_id: &str,
    ) -> Result<String, ProviderFault> {
        let endpoint = provider.end_session_endpoint.as_deref().ok_or_else(|| {
            ProviderFault::new(
                "sample/no-sign-out",
                "The provider has no sign-out address.",
            )
        })?;
        let back = format!("{}/signed-out", self.settings.base_url);
        let state = self.settings.random.token();
        address(
            endpoint,
            &[
                ("client_id", client_id),
                ("post_logout_redirect_uri", &back),
                ("state", &state),
            ],
        )
    }
}

fn address(endpoint: &str, parameters: &[(&str, &str)]) -> Result<String, ProviderFault> {
    let unusable = |_| {
        ProviderFault::new(
            "sample/discovery",
            "The provider's discovery document has an unusable address.",
        )
    };
    let mut url = Url::parse(endpoint).map_err(unusable)?;
    url.query_pairs_mut().extend_pairs(parameters);
    Ok(url.into())
}

/// The body of a good answer; the code and description of a bad one.
async fn read(answer: Result<reqwest::Response, reqwest::Error>) -> Result<String, ProviderFault> {
    let unreachable = |error: reqwest::Error| {
        ProviderFault::new(
            "sample/unreachable",
            format!("The provider did not answer: {}.", error.without_url()),
        )
    };
    let answer = answer.map_err(unreachable)?;
    let status = answer.status();
    let challenge = answer
        .headers()
        .get("www-authenticate")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let request_id = answer
        .headers()
        .get("x-request-id")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let body = answer.text().await.map_err(unreachable)?;
    if status.is_success() {
        return Ok(body);
    }
    let error: Map<String, Value> = serde_json::from_str(&body).unwrap_or_default();
    let member = |name: &str| {
        error
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let code = Some(member("error"))
        .filter(|code| !code.is_empty())
        .unwrap_or_else(|| format!("HTTP {}", status.as_u16()));
    let sentence = Some(member("error_description"))
        .filter(|text| !text.is_empty())
        .unwrap_or(challenge);
    Err(ProviderFault {
        code,
        sentence,
        request_id,
    })
}

fn decode<T: serde::de::DeserializeOwned>(what: &str, body: String) -> Result<T, ProviderFault> {
    serde_json::from_str(&body).map_err(|error| {
        ProviderFault::new(
            "sample/answer",
            format!("The provider's {what} answer cannot be read: {error}."),
        )
    })
}

const ACCEPTED: &[Algorithm] = &[Algorithm::RS256, Algorithm::PS256, Algorithm::ES256];
const ASSERTION_SECONDS: i64 = 120;
const LONGEST_TOKEN: usize = 16 * 1024;
