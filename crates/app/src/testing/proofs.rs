//! Proofs of possession for tests, as an app would make them. RFC 9449

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_keyring::digest;
use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use super::TestDoor;
use crate::failure::Fault;

/// Who holds the key that tokens are bound to.
pub struct Holder(pub SigningKey);

impl Holder {
    /// With a new key.
    ///
    /// # Errors
    /// When no key can be made.
    pub fn new(algorithm: Algorithm) -> Result<Self, Fault> {
        SigningKey::generate(algorithm)
            .map(Self)
            .map_err(|error| Fault::internal(error.to_string()))
    }

    /// The thumbprint of its key.
    pub fn jkt(&self) -> String {
        self.0.public().thumbprint()
    }

    /// A good proof for a form at this address; null leaves a claim out.
    pub fn form(&self, test: &TestDoor, url: &str, changes: &Value) -> String {
        self.made(test, ("POST", url), &json!({}), changes)
    }

    /// A good proof for reading claims with an access token.
    pub fn userinfo(&self, test: &TestDoor, token: &str, changes: &Value) -> String {
        let mut claims = json!({ "ath": digest::sha256_b64url(token.as_bytes()) });
        if let (Some(claims), Some(changes)) = (claims.as_object_mut(), changes.as_object()) {
            claims.extend(changes.clone());
        }
        let url = &test.door.documents.userinfo_url;
        self.made(test, ("GET", url), &json!({}), &claims)
    }

    /// A good proof, with these members of its header and payload changed; null leaves one out.
    pub fn made(
        &self,
        test: &TestDoor,
        (method, url): (&str, &str),
        header: &Value,
        claims: &Value,
    ) -> String {
        let now = test.door.clock.real_now();
        let head = json!({
            "typ": "dpop+jwt", "alg": self.0.algorithm().name(), "jwk": self.0.public().jwk(),
        });
        let body = json!({
            "jti": test.door.random.token(), "htm": method, "htu": url, "iat": now.as_second(),
            "nonce": test.door.nonces.current(now),
        });
        let signed = format!("{}.{}", part(head, header), part(body, claims));
        let signature = self.0.sign(signed.as_bytes()).unwrap_or_default();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn part(mut value: Value, changes: &Value) -> String {
    if let (Some(members), Some(changes)) = (value.as_object_mut(), changes.as_object()) {
        members.extend(changes.clone());
        members.retain(|_, value| !value.is_null());
    }
    URL_SAFE_NO_PAD.encode(value.to_string())
}
