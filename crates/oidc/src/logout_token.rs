//! The token by which an app hears that a session ended. OpenID Connect Back-Channel Logout 1.0 §2.4

use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::Timestamp;
use serde::Serialize;

use crate::subject::Subject;

/// The claims, in the form that is signed. Never with a nonce: nobody can take it for an ID token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogoutToken<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    iat: i64,
    exp: i64,
    jti: String,
    sid: &'a str,
    events: Events,
}

/// What ended for whom.
#[derive(Debug, Clone)]
pub struct EndedSession<'a> {
    /// This issuer.
    pub issuer: &'a str,
    /// The app that is told.
    pub client_id: &'a str,
    /// The person, as this app's agency calls them.
    pub subject: Subject,
    /// The session's public name, as the ID token had it.
    pub sid: &'a str,
}

impl<'a> LogoutToken<'a> {
    /// The claims of one token. `jti` is chance that the caller drew.
    pub fn new(ended: EndedSession<'a>, jti: String, now: Timestamp) -> Self {
        Self {
            iss: ended.issuer,
            sub: ended.subject.to_string(),
            aud: ended.client_id,
            iat: now.as_second(),
            exp: now.as_second() + SECONDS,
            jti,
            sid: ended.sid,
            events: Events::default(),
        }
    }
}

/// Why an app was not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UntoldRefusal {
    /// It answered something else than 2xx. §2.8
    #[error("The backchannel_logout_uri answered {0}. Answer 200 as soon as the session is ended.")]
    Answered(u16),
    /// It wants its tokens encrypted and has no key for that: nothing is sent in the clear.
    #[error(
        "The app asks for encrypted tokens and has no key for them. Register or publish one with use enc."
    )]
    NoKey,
    /// It was not reached.
    #[error("The backchannel_logout_uri was not reached: {0}")]
    Unreached(String),
}

impl Refuse for UntoldRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Answered(_) => "backchannel/answered",
            Self::NoKey => "backchannel/no-encryption-key",
            Self::Unreached(_) => "backchannel/unreached",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Unavailable
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Events {
    #[serde(rename = "http://schemas.openid.net/event/backchannel-logout")]
    logout: Nothing,
}

/// `{}`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
struct Nothing {}

/// The type in the header. §2.4 and RFC 8725 §3.11
pub const TYPE: &str = "logout+jwt";
/// How long a token is good: each try has its own. §2.4 advises two minutes at most.
const SECONDS: i64 = 120;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn every_claim_and_no_other() {
        let ended = EndedSession {
            issuer: "http://localhost:8401",
            client_id: "urn:app",
            subject: Subject::parse("0192d3a0-7c1e-4b43-8a6e-2f1c9f0e5d11").unwrap(),
            sid: "s1",
        };
        let now = Timestamp::from_second(1_800_000_100).unwrap();
        let token = serde_json::to_value(LogoutToken::new(ended, "j1".to_owned(), now)).unwrap();
        assert_eq!(
            token,
            serde_json::json!({
                "iss": "http://localhost:8401", "sub": "0192d3a0-7c1e-4b43-8a6e-2f1c9f0e5d11", "aud": "urn:app",
                "iat": 1_800_000_100, "exp": 1_800_000_220, "jti": "j1", "sid": "s1",
                "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
            })
        );
    }
}
