//! Sign-out that an app asks for. OpenID Connect RP-Initiated Logout 1.0

use std::sync::Arc;

use durward_domain::refusal::{RefusalKind, Refuse, Simulated};
use durward_keyring::jose::PublicKey;

use crate::client::Client;
use crate::hint::IdTokenHint;
use crate::params::{Params, append};

/// A request to sign out.
#[derive(Debug, Clone)]
pub struct LogoutRequest {
    /// Which app asks, if it says so.
    pub client: Option<Arc<Client>>,
    /// Where the browser goes afterwards; without it, to our own page.
    pub target: Option<String>,
    /// The session's public name, by the app's ID token. A session with another name needs the person's own word.
    pub sid: Option<String>,
    /// The subject of the ID token.
    pub sub: Option<String>,
}

impl LogoutRequest {
    /// Judges a request. `find` is the registry; `keys` are this issuer's keys, also retired ones.
    ///
    /// An expired ID token is a good hint: the session may have ended long ago. `logout_hint` and `ui_locales` decide
    /// nothing here: the former names a person, and only the browser's own session can be ended.
    pub fn judge(
        params: &Params,
        issuer: &str,
        keys: &[PublicKey],
        find: impl Fn(&str) -> Option<Arc<Client>>,
    ) -> Result<Self, LogoutRefusal> {
        if params.repeated().is_some() {
            return Err(LogoutRefusal::ParameterRepeated);
        }
        let hint = match params.get("id_token_hint") {
            Some(text) => Some(IdTokenHint::read(text, issuer, keys).ok_or(LogoutRefusal::Hint)?),
            None => None,
        };
        let said = params.get("client_id");
        if let (Some(said), Some(hint)) = (said, &hint)
            && said != hint.client_id
        {
            return Err(LogoutRefusal::OtherClient);
        }
        let client_id = said.or(hint.as_ref().map(|h| h.client_id.as_str()));
        let client = match client_id {
            Some(id) => Some(find(id).ok_or(LogoutRefusal::ClientUnknown)?),
            None => None,
        };
        let target = match (params.get("post_logout_redirect_uri"), &client) {
            (None, _) => None,
            (Some(_), None) => return Err(LogoutRefusal::ClientMissing),
            (Some(uri), Some(client)) if client.accepts_post_logout_redirect(uri) => {
                let state = params.get("state");
                // The app compares it with what it sent: a part of it, or none, would be of no use to it.
                if state.is_some_and(|state| state.len() > LONGEST_STATE) {
                    return Err(LogoutRefusal::StateTooLong);
                }
                let pairs: Vec<_> = state.map(|s| ("state", s)).into_iter().collect();
                Some(append(uri, &pairs))
            }
            (Some(_), Some(_)) => return Err(LogoutRefusal::RedirectUnregistered),
        };
        Ok(Self {
            client,
            target,
            sid: hint.as_ref().and_then(|h| h.sid.clone()),
            sub: hint.and_then(|h| h.sub),
        })
    }
}

/// Why a request to sign out is refused. Always told by a page: a wrong target is never redirected to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutRefusal {
    /// A parameter comes twice.
    #[error("A parameter is given more than once. Give each once.")]
    ParameterRepeated,
    /// A target without an app.
    #[error("post_logout_redirect_uri needs client_id or id_token_hint beside it.")]
    ClientMissing,
    /// No such app.
    #[error("No app is registered under this client_id in this environment.")]
    ClientUnknown,
    /// `client_id` and `id_token_hint` name two apps.
    #[error("client_id and id_token_hint belong to different apps.")]
    OtherClient,
    /// The ID token was not signed by us.
    #[error("id_token_hint is not an ID token of this issuer.")]
    Hint,
    /// The target is not registered.
    #[error(
        "This post_logout_redirect_uri is not registered for the app. Register it exactly as it is sent."
    )]
    RedirectUnregistered,
    /// More than an address should carry.
    #[error("state is longer than {LONGEST_STATE} bytes. Send a shorter one.")]
    StateTooLong,
    /// A fault that the app's team set in a test-class environment.
    #[error("The team of this app has set this answer in the test kit.")]
    Simulated,
}

impl Refuse for LogoutRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::ParameterRepeated => "logout/parameter-repeated",
            Self::ClientMissing => "logout/client-missing",
            Self::ClientUnknown => "logout/client-unknown",
            Self::OtherClient => "logout/other-client",
            Self::Hint => "logout/hint-invalid",
            Self::RedirectUnregistered => "logout/redirect-uri-unregistered",
            Self::StateTooLong => "logout/state-too-long",
            Self::Simulated => Simulated.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Simulated => RefusalKind::Unavailable,
            _ => RefusalKind::Invalid,
        }
    }
}

const LONGEST_STATE: usize = 2048;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_keyring::jose::{Algorithm, SigningKey, jws};
    use serde_json::{Value, json};

    use super::*;
    use crate::client::sample::{self, ID, SIGNED_OUT};

    const ISSUER: &str = "http://localhost:8401";

    fn judge(pairs: &[(&str, &str)], keys: &[PublicKey]) -> Result<LogoutRequest, LogoutRefusal> {
        let pairs = pairs
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()));
        let client = Arc::new(sample::client(|_| ()));
        LogoutRequest::judge(&Params::new(pairs.collect()), ISSUER, keys, |id| {
            (id == ID).then(|| client.clone())
        })
    }

    fn check(pairs: &[(&str, &str)], expected: Result<Option<&str>, &str>) {
        let got = judge(pairs, &[]).map(|r| r.target).map_err(|r| r.code());
        assert_eq!(
            got.as_ref().map(Option::as_deref).map_err(|e| *e),
            expected,
            "{pairs:?}"
        );
    }

    #[test]
    fn requests() {
        check(&[], Ok(None));
        check(&[("client_id", ID)], Ok(None));
        check(
            &[("client_id", ID), ("post_logout_redirect_uri", SIGNED_OUT)],
            Ok(Some(SIGNED_OUT)),
        );
        check(
            &[
                ("client_id", ID),
                ("post_logout_redirect_uri", SIGNED_OUT),
                ("state", "a b"),
            ],
            Ok(Some(&format!("{SIGNED_OUT}?state=a+b"))),
        );
        check(
            &[("post_logout_redirect_uri", SIGNED_OUT)],
            Err("logout/client-missing"),
        );
        check(&[("client_id", "urn:nobody")], Err("logout/client-unknown"));
        check(
            &[
                ("client_id", ID),
                ("post_logout_redirect_uri", "https://evil.example/"),
            ],
            Err("logout/redirect-uri-unregistered"),
        );
        // Redirect URIs for sign-in are not targets for sign-out.
        check(
            &[
                ("client_id", ID),
                ("post_logout_redirect_uri", sample::REDIRECT),
            ],
            Err("logout/redirect-uri-unregistered"),
        );
        check(&[("id_token_hint", "nonsense")], Err("logout/hint-invalid"));
        check(
            &[("state", "a"), ("state", "b")],
            Err("logout/parameter-repeated"),
        );
        let long = "s".repeat(LONGEST_STATE + 1);
        check(
            &[
                ("client_id", ID),
                ("post_logout_redirect_uri", SIGNED_OUT),
                ("state", &long),
            ],
            Err("logout/state-too-long"),
        );
        // A query that was added makes another URI. §3
        check(
            &[
                ("client_id", ID),
                ("post_logout_redirect_uri", &format!("{SIGNED_OUT}?foo=bar")),
            ],
            Err("logout/redirect-uri-unregistered"),
        );
        check(
            &[("logout_hint", "ana@example.com"), ("ui_locales", "fr es")],
            Ok(None),
        );
    }

    #[test]
    fn hints() {
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let other = SigningKey::generate(Algorithm::ES256).unwrap();
        let keys = [other.public().clone(), key.public().clone()];
        let hint = |claims: Value| jws::sign(&key, "JWT", &claims).unwrap();
        let good = hint(json!({"iss": ISSUER, "aud": ID, "sid": "s1", "sub": "u", "exp": 1}));
        let request = judge(&[("id_token_hint", &good)], &keys).unwrap();
        assert_eq!(request.sid.as_deref(), Some("s1"));
        assert_eq!(request.client.unwrap().client_id, ID);
        let code =
            |pairs: &[(&str, &str)], keys: &[PublicKey]| judge(pairs, keys).unwrap_err().code();
        assert_eq!(
            code(&[("id_token_hint", &good)], &keys[..1]),
            "logout/hint-invalid"
        );
        assert_eq!(
            code(
                &[("id_token_hint", &good), ("client_id", "urn:other")],
                &keys
            ),
            "logout/other-client"
        );
        // What the same keys signed for another purpose is no ID token.
        for typ in ["at+jwt", "logout+jwt", ""] {
            let other =
                jws::sign(&key, typ, &json!({"iss": ISSUER, "aud": ID, "sid": "s1"})).unwrap();
            assert_eq!(
                code(&[("id_token_hint", &other)], &keys),
                "logout/hint-invalid"
            );
        }
        let foreign = hint(json!({"iss": "http://localhost:8403", "aud": ID}));
        assert_eq!(
            code(&[("id_token_hint", &foreign)], &keys),
            "logout/hint-invalid"
        );
    }
}
