//! Faults: what an app's team can make go wrong for it, as a closed list.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};

use crate::refusal::{RefusalKind, Refuse};

/// At which step of a sign-in a fault plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stage {
    /// The authorization endpoint.
    Authorize,
    /// The token endpoint waits.
    TokenDelay,
    /// The token endpoint refuses.
    Token,
    /// The ID token is not as it should be.
    IdToken,
    /// The app's own view of the keys waits.
    KeysDelay,
    /// The app's own view of the keys fails.
    Keys,
    /// Userinfo waits.
    UserinfoDelay,
    /// Userinfo fails.
    Userinfo,
    /// Signing out fails.
    Logout,
}

macro_rules! kinds {
    ($($name:ident $id:literal $stage:ident $takes:ident $sentence:literal)+) => {
        /// One kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum FaultKind {
            $(#[doc = $sentence] $name,)+
        }

        impl FaultKind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The id that the API uses.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $id,)+
                }
            }

            /// Where it plays.
            pub const fn stage(self) -> Stage {
                match self {
                    $(Self::$name => Stage::$stage,)+
                }
            }

            /// What the app sees, in a sentence.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$name => $sentence,)+
                }
            }

            const fn takes(self) -> Takes {
                match self {
                    $(Self::$name => Takes::$takes,)+
                }
            }
        }
    };
}

kinds! {
    AuthorizeError "authorize_error" Authorize AuthorizeError "Authorize sends the browser back with an OAuth error instead of a code."
    TokenSlow "token_slow" TokenDelay Delay "The token endpoint waits before it answers."
    TokenError "token_error" Token TokenError "The token endpoint answers with an error; the code is not used up."
    IdTokenExpired "id_token_expired" IdToken Nothing "The ID token expired a day ago."
    IdTokenNotYetValid "id_token_not_yet_valid" IdToken Nothing "The ID token begins to be valid tomorrow."
    IdTokenSignature "id_token_signature" IdToken Nothing "The signature of the ID token is wrong."
    IdTokenUnsigned "id_token_unsigned" IdToken Nothing "The ID token says alg none and has no signature."
    IdTokenNonce "id_token_nonce" IdToken Nothing "The nonce of the ID token is another one."
    IdTokenAudience "id_token_audience" IdToken Nothing "The audience of the ID token is another app."
    IdTokenIssuer "id_token_issuer" IdToken Nothing "The issuer of the ID token is another one."
    IdTokenSubject "id_token_subject" IdToken Nothing "The subject of the ID token is not the one that userinfo tells."
    IdTokenAccessTokenHash "id_token_at_hash" IdToken Nothing "at_hash belongs to another access token."
    KeyRotated "key_rotated" IdToken Nothing "The ID token is signed by a new key, which the app's own key address announces."
    KeyUnknown "key_unknown" IdToken Nothing "The ID token is signed by a key that no key address announces."
    KeysSlow "keys_slow" KeysDelay Delay "The app's own key address waits before it answers."
    KeysError "keys_error" Keys Status "The app's own key address answers with an error."
    UserinfoSlow "userinfo_slow" UserinfoDelay Delay "Userinfo waits before it answers."
    UserinfoError "userinfo_error" Userinfo Status "Userinfo answers with an error."
    LogoutError "logout_error" Logout Nothing "Signing out ends on an error page of ours."
}

impl FaultKind {
    /// Reads an id.
    ///
    /// # Errors
    /// No such kind.
    pub fn parse(text: &str) -> Result<Self, FaultRefusal> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| FaultRefusal::Kind(text.chars().take(60).collect()))
    }

    /// Does it take milliseconds?
    pub const fn takes_delay(self) -> bool {
        matches!(self.takes(), Takes::Delay)
    }

    /// The OAuth errors that it can answer with; none where it takes no error.
    pub const fn errors(self) -> &'static [&'static str] {
        match self.takes() {
            Takes::AuthorizeError => AUTHORIZE_ERRORS,
            Takes::TokenError => TOKEN_ERRORS,
            _ => &[],
        }
    }

    /// Does it take an HTTP status?
    pub const fn takes_status(self) -> bool {
        matches!(self.takes(), Takes::Status | Takes::TokenError)
    }
}

impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fault as it is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct FaultWanted {
    /// The kind's id.
    pub fault: String,
    /// For a delay: how long.
    #[serde(default)]
    pub milliseconds: Option<u32>,
    /// For an error: the HTTP status.
    #[serde(default)]
    pub status: Option<u16>,
    /// For an error of OAuth: its code.
    #[serde(default)]
    pub error: Option<String>,
}

/// A fault with all that it needs, checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The kind.
    #[serde(rename = "fault")]
    pub kind: FaultKind,
    /// For a delay: how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u32>,
    /// For an error: the HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// For an error of OAuth: its code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Fault {
    /// Checks what was asked for. What a kind does not take is refused; what it needs and was left out is filled in.
    ///
    /// # Errors
    /// [`FaultRefusal`].
    pub fn parse(wanted: &FaultWanted) -> Result<Self, FaultRefusal> {
        let kind = FaultKind::parse(wanted.fault.trim())?;
        let mut fault = Self {
            kind,
            milliseconds: None,
            status: None,
            error: None,
        };
        if wanted.milliseconds.is_some() && !kind.takes_delay() {
            return Err(FaultRefusal::NotTaken(kind, "milliseconds"));
        }
        if wanted.status.is_some() && !kind.takes_status() {
            return Err(FaultRefusal::NotTaken(kind, "status"));
        }
        if wanted.error.is_some() && kind.errors().is_empty() {
            return Err(FaultRefusal::NotTaken(kind, "error"));
        }
        match kind.takes() {
            Takes::Nothing => {}
            Takes::Delay => {
                let wanted = wanted.milliseconds.unwrap_or(USUAL_DELAY);
                if !(1..=LONGEST_DELAY).contains(&wanted) {
                    return Err(FaultRefusal::Delay);
                }
                fault.milliseconds = Some(wanted);
            }
            Takes::Status => fault.status = Some(status(wanted.status, 503)?),
            Takes::AuthorizeError => {
                fault.error = Some(error(kind, wanted.error.as_deref(), "access_denied")?);
            }
            Takes::TokenError => {
                let named = error(kind, wanted.error.as_deref(), "server_error")?;
                let usual = match named.as_str() {
                    "server_error" => 500,
                    "temporarily_unavailable" => 503,
                    "invalid_client" => 401,
                    _ => 400,
                };
                fault.status = Some(status(wanted.status, usual)?);
                fault.error = Some(named);
            }
        }
        Ok(fault)
    }

    /// What it plays with beside its kind, such as `503 server_error`.
    pub fn values(&self) -> String {
        let mut text = String::new();
        if let Some(milliseconds) = self.milliseconds {
            let _ = write!(text, "{milliseconds} ms ");
        }
        if let Some(status) = self.status {
            let _ = write!(text, "{status} ");
        }
        if let Some(error) = &self.error {
            text.push_str(error);
        }
        text.trim_end().to_owned()
    }
}

/// Why a fault cannot be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultRefusal {
    /// No such kind.
    #[error("There is no fault called \"{0}\". The list is in the guide of the test kit.")]
    Kind(String),
    /// A value that the kind does not take.
    #[error("The fault {0} does not take {1}. Leave it out.")]
    NotTaken(FaultKind, &'static str),
    /// Too long.
    #[error("milliseconds is not between 1 and {LONGEST_DELAY}.")]
    Delay,
    /// Not an error's status.
    #[error("status is not between 400 and 599.")]
    Status,
    /// Not one of its errors.
    #[error("The fault {kind} cannot answer with that error. Use one of: {known}.", known = kind.errors().join(", "))]
    Error {
        /// The fault.
        kind: FaultKind,
    },
}

impl Refuse for FaultRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Kind(_) => "test-kit/fault-unknown",
            Self::NotTaken(..) => "test-kit/fault-value-not-taken",
            Self::Delay => "test-kit/fault-delay",
            Self::Status => "test-kit/fault-status",
            Self::Error { .. } => "test-kit/fault-error",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

enum Takes {
    Nothing,
    Delay,
    Status,
    AuthorizeError,
    TokenError,
}

fn status(wanted: Option<u16>, usual: u16) -> Result<u16, FaultRefusal> {
    let status = wanted.unwrap_or(usual);
    if (400..=599).contains(&status) {
        Ok(status)
    } else {
        Err(FaultRefusal::Status)
    }
}

fn error(kind: FaultKind, wanted: Option<&str>, usual: &str) -> Result<String, FaultRefusal> {
    let wanted = wanted.unwrap_or(usual);
    if kind.errors().contains(&wanted) {
        Ok(wanted.to_owned())
    } else {
        Err(FaultRefusal::Error { kind })
    }
}

/// Shorter than any client waits for ever, longer than most do.
const LONGEST_DELAY: u32 = 60_000;
const USUAL_DELAY: u32 = 5_000;
const AUTHORIZE_ERRORS: &[&str] = &[
    "access_denied",
    "temporarily_unavailable",
    "server_error",
    "login_required",
    "interaction_required",
    "consent_required",
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_response_type",
    "request_not_supported",
    "request_uri_not_supported",
    "unmet_authentication_requirements",
];
const TOKEN_ERRORS: &[&str] = &[
    "server_error",
    "temporarily_unavailable",
    "invalid_grant",
    "invalid_client",
    "invalid_request",
    "unauthorized_client",
    "unsupported_grant_type",
    "invalid_scope",
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn check(wanted: &str, expected: Result<&str, &str>) {
        let wanted: FaultWanted = serde_json::from_str(wanted).unwrap();
        let found = Fault::parse(&wanted);
        let found = found.as_ref().map(Fault::values).map_err(Refuse::code);
        assert_eq!(found, expected.map(str::to_owned), "{wanted:?}");
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        check(r#"{"fault":"token_slow"}"#, Ok("5000 ms"));
        check(r#"{"fault":"token_error"}"#, Ok("500 server_error"));
        check(
            r#"{"fault":"token_error","error":"invalid_grant"}"#,
            Ok("400 invalid_grant"),
        );
        check(r#"{"fault":"authorize_error"}"#, Ok("access_denied"));
        check(r#"{"fault":"keys_error","status":404}"#, Ok("404"));
        check(r#"{"fault":"id_token_nonce"}"#, Ok(""));
    }

    #[test]
    fn what_cannot_be_played_is_refused() {
        check(r#"{"fault":"fire"}"#, Err("test-kit/fault-unknown"));
        check(
            r#"{"fault":"token_slow","milliseconds":60001}"#,
            Err("test-kit/fault-delay"),
        );
        check(
            r#"{"fault":"token_slow","milliseconds":0}"#,
            Err("test-kit/fault-delay"),
        );
        check(
            r#"{"fault":"userinfo_error","status":200}"#,
            Err("test-kit/fault-status"),
        );
        check(
            r#"{"fault":"authorize_error","error":"invalid_grant"}"#,
            Err("test-kit/fault-error"),
        );
        check(
            r#"{"fault":"id_token_nonce","status":400}"#,
            Err("test-kit/fault-value-not-taken"),
        );
    }

    #[test]
    fn every_kind_reads_back_as_it_is_kept() {
        for kind in FaultKind::ALL {
            assert_eq!(FaultKind::parse(kind.as_str()), Ok(*kind));
            assert!(kind.sentence().ends_with('.'), "{kind}");
            let fault = Fault::parse(&FaultWanted {
                fault: kind.to_string(),
                ..FaultWanted::default()
            })
            .unwrap();
            let kept = serde_json::to_string(&fault).unwrap();
            assert_eq!(serde_json::from_str::<Fault>(&kept).unwrap(), fault);
        }
    }
}
