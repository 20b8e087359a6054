//! `id_token_hint`: an ID token of this issuer that comes back, to say which person or session is meant.

use durward_keyring::jose::{Algorithm, PublicKey, jws};
use serde_json::Value;

/// What an ID token says that this issuer signed. It may have expired: the sign-in that it tells of was real.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdTokenHint {
    /// The app that it was made for.
    pub client_id: String,
    /// The session.
    pub sid: Option<String>,
    /// The person, as the app's agency calls them.
    pub sub: Option<String>,
}

impl IdTokenHint {
    /// Reads it; none if it is no ID token of this issuer. `keys` are this issuer's, also retired ones.
    pub fn read(text: &str, issuer: &str, keys: &[PublicKey]) -> Option<Self> {
        let token = jws::Unverified::parse(text, LONGEST).ok()?;
        // The same keys sign other tokens, which other parties hold. RFC 8725 §3.11
        if token.header.typ.as_deref() != Some("JWT") {
            return None;
        }
        let claims = keys
            .iter()
            .find_map(|key| token.verify(key, &Algorithm::ALL).ok())?;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        if text("iss").as_deref() != Some(issuer) {
            return None;
        }
        Some(Self {
            client_id: text("aud")?,
            sid: text("sid"),
            sub: text("sub"),
        })
    }
}

const LONGEST: usize = 16 * 1024;
