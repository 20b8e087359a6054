//! An app of the sandbox as its team has it: its document, its key, and the requests that it sends.

use std::time::{SystemTime, UNIX_EPOCH};

use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, SigningKey, jws};
use durward_keyring::random::Random;
use serde_json::{Value, json};

use crate::http::{self, Connection};
use crate::scene::{FORM, TOKEN, form, host, text};

/// An app.
pub(crate) struct App {
    /// The sandbox's host.
    pub(crate) host: String,
    /// The sandbox's issuer.
    pub(crate) issuer: String,
    /// The app's issuer.
    pub(crate) client_id: String,
    /// Its short name.
    pub(crate) handle: String,
    /// Chance.
    pub(crate) random: Random,
    key: SigningKey,
    oidc: Value,
}

impl App {
    /// An app that proves itself with a key of this algorithm, with these further members of `oidc`.
    pub(crate) fn new(
        (issuer, port): (&str, u16),
        algorithm: Algorithm,
        further: Value,
    ) -> Result<Self, String> {
        let random = Random::system();
        let mut oidc = json!({
            "token_endpoint_auth_method": "private_key_jwt", "redirect_uris": [REDIRECT],
            "id_token_signed_response_alg": algorithm.name(),
        });
        if let (Some(oidc), Value::Object(further)) = (oidc.as_object_mut(), further) {
            oidc.extend(further);
        }
        Ok(Self {
            host: host(port),
            issuer: issuer.to_owned(),
            client_id: format!("urn:gov:durward:load:{}", random.crockford(10)),
            handle: format!("load-{}", random.crockford(8).to_ascii_lowercase()),
            key: SigningKey::generate(algorithm).map_err(|error| error.to_string())?,
            random,
            oidc,
        })
    }

    /// What is registered.
    pub(crate) fn document(&self, team: &str) -> Value {
        json!({
            "schema": "durward.app/v1", "handle": self.handle, "team": team, "environment": "sandbox",
            "app_name": format!("App {}", self.handle), "friendly_name": "Load", "issuer": self.client_id,
            "protocol": "oidc", "level_of_service": "auth-only", "default_aal": "aal1", "attributes": ["email"],
            "oidc": self.oidc,
            "keys": [{ "jwk": self.key.jwk() }],
            "contacts": [{ "kind": "technical", "name": "Rowan Field", "email": "rowan.field@example.gov", "phone": "+1 202 555 0100" }],
        })
    }

    /// What an authorization request says, in its address or pushed.
    pub(crate) fn asked(&self, scope: &str) -> String {
        form(&[
            ("client_id", &self.client_id),
            ("redirect_uri", REDIRECT),
            ("response_type", "code"),
            ("scope", scope),
            ("acr_values", "urn:acr.login.gov:auth-only"),
            ("state", STATE),
            ("nonce", STATE),
            (
                "code_challenge",
                &digest::sha256_b64url(VERIFIER.as_bytes()),
            ),
            ("code_challenge_method", "S256"),
        ])
    }

    /// An authorization request of whoever has this cookie.
    pub(crate) fn authorize(&self, query: &str, cookie: &str) -> Vec<u8> {
        let path = format!("{AUTHORIZE}?{query}");
        http::get(&self.host, &path, &[("Cookie", cookie)])
    }

    /// A client assertion.
    pub(crate) fn assertion(&self) -> Result<String, String> {
        let now = now()?;
        let claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": self.issuer,
            "jti": self.random.token(), "iat": now, "exp": now + 300,
        });
        jws::sign(&self.key, "JWT", &claims).map_err(|error| error.to_string())
    }

    /// So many of them.
    pub(crate) fn assertions(&self, count: usize) -> Result<Vec<String>, String> {
        (0..count).map(|_| self.assertion()).collect()
    }

    /// A form for the token endpoint, proved by an assertion.
    pub(crate) fn proved(&self, assertion: &str, pairs: &[(&str, &str)]) -> String {
        let proof = [
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        form(&[pairs, &proof].concat())
    }

    /// The form that redeems a code.
    pub(crate) fn redeeming(&self, assertion: &str, code: &str) -> String {
        let pairs = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        self.proved(assertion, &pairs)
    }

    /// A form for one of the endpoints that apps call.
    pub(crate) fn post(&self, path: &str, body: &str) -> Vec<u8> {
        http::post(&self.host, path, FORM, &[], body)
    }

    /// Redeems a code.
    pub(crate) fn redeem(&self, code: &str) -> Result<Vec<u8>, String> {
        let body = self.redeeming(&self.assertion()?, code);
        Ok(self.post(TOKEN, &body))
    }

    /// One whole flow; what the token endpoint told.
    pub(crate) async fn sign_in(
        &self,
        connection: &mut Connection,
        cookie: &str,
    ) -> Result<Value, String> {
        let request = self.authorize(&self.asked("openid email"), cookie);
        let answer = connection.ask(&request).await?;
        let code = crate::scene::code_of(answer.header("location"))?;
        let answer = connection.ask(&self.redeem(&code)?).await?.json()?;
        text(&answer["access_token"]).map_err(|_| format!("no token: {answer}"))?;
        Ok(answer)
    }
}

/// The time in seconds.
pub(crate) fn now() -> Result<u64, String> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map(|since| since.as_secs())
        .map_err(|error| error.to_string())
}

const AUTHORIZE: &str = "/openid_connect/authorize";
const REDIRECT: &str = "http://localhost:9/callback";
const VERIFIER: &str = "a-verifier-of-the-load-driver-that-is-long-enough";
const STATE: &str = "a-state-of-the-load-driver";
/// The kind of client assertions. RFC 7523 §2.2
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
