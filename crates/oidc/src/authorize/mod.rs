//! The authorization endpoint: parameters in; a valid request, a plain page, or a redirect with an error out.

pub mod checks;
pub mod interaction;
mod request;

use std::sync::Arc;

use durward_domain::environment::EnvironmentClass;
use durward_domain::level::Aal;
use durward_domain::programme::Programme;
use durward_domain::refusal::{RefusalKind, Refuse};

pub use checks::{CHECKS, Check, Stage};
pub use request::{AuthorizeRequest, Prompt, Prompts};

use crate::client::Client;
use crate::oauth::{OAuthError, description};
use crate::params::{Params, append};

/// What a request is judged against.
pub struct Door<'a> {
    /// The rules of the installation.
    pub programme: &'a Programme,
    /// This issuer, without a trailing slash.
    pub issuer: &'a str,
    /// Test or live.
    pub class: EnvironmentClass,
    /// The strongest sign-in that this environment can give.
    pub strongest: Aal,
}

/// What becomes of the parameters.
#[derive(Debug)]
pub enum Outcome {
    /// Every check passed.
    Valid {
        /// Who asks.
        client: Arc<Client>,
        /// What.
        request: Box<AuthorizeRequest>,
    },
    /// Client or redirect URI are not proved: a plain page, and never a redirect. RFC 6749 §4.1.2.1
    Page(AuthorizeRefusal),
    /// The app is told.
    Redirect {
        /// Where the browser goes, the error in its query.
        to: String,
        /// The error.
        refusal: AuthorizeRefusal,
        /// Who asked.
        client: Arc<Client>,
    },
}

/// Judges a request. `client` is what the registry knows under `client_id`.
pub fn judge(params: &Params, client: Option<Arc<Client>>, door: &Door<'_>) -> Outcome {
    let attempt = checks::Attempt {
        params,
        client: client.as_deref(),
        door,
    };
    for check in CHECKS {
        let Err(detail) = (check.judge)(&attempt) else {
            continue;
        };
        let refusal = AuthorizeRefusal { check, detail };
        return match (check.stage, client, params.get("redirect_uri")) {
            (Stage::Redirect, Some(client), Some(redirect_uri)) => Outcome::Redirect {
                to: error_redirect(
                    redirect_uri,
                    door.issuer,
                    checks::echoed_state(params),
                    refusal.check.error,
                    &refusal.to_string(),
                ),
                refusal,
                client,
            },
            _ => Outcome::Page(refusal),
        };
    }
    match client
        .as_deref()
        .and_then(|c| AuthorizeRequest::read(params, c, door))
    {
        Some(request) => match client {
            Some(client) => Outcome::Valid {
                client,
                request: Box::new(request),
            },
            None => Outcome::Page(AuthorizeRefusal::first()),
        },
        None => Outcome::Page(AuthorizeRefusal::first()),
    }
}

/// How one rule judged a request.
pub struct Walked {
    /// The rule.
    pub check: &'static Check,
    /// What it said.
    pub verdict: Verdict,
}

/// What a rule said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The request passes.
    Passed,
    /// It does not; with what exactly, where the rule can say.
    Failed(Option<String>),
    /// Not looked at: the app is not known.
    NotReached,
}

/// Judges a request by every rule, in order, with no effect. The first that does not pass is the one that decides.
pub fn walk(params: &Params, client: Option<&Client>, door: &Door<'_>) -> Vec<Walked> {
    let attempt = checks::Attempt {
        params,
        client,
        door,
    };
    let mut stopped = false;
    CHECKS
        .iter()
        .map(|check| {
            let verdict = if stopped {
                Verdict::NotReached
            } else {
                (check.judge)(&attempt).map_or_else(Verdict::Failed, |()| Verdict::Passed)
            };
            // Nothing more can be said of an app that nobody knows.
            let failed = matches!(verdict, Verdict::Failed(_));
            stopped |= failed && check.stage == Stage::Page && client.is_none();
            Walked { check, verdict }
        })
        .collect()
}

/// Where the browser goes with an error. RFC 6749 §4.1.2.1, RFC 9207
pub fn error_redirect(
    redirect_uri: &str,
    issuer: &str,
    state: Option<&str>,
    error: OAuthError,
    sentence: &str,
) -> String {
    let sentence = description(sentence);
    let mut pairs = vec![
        ("error", error.as_str()),
        ("error_description", sentence.as_str()),
    ];
    pairs.extend(state.map(|state| ("state", state)));
    pairs.push(("iss", issuer));
    append(redirect_uri, &pairs)
}

/// Where the browser goes with a code. RFC 6749 §4.1.2, RFC 9207
pub fn success_redirect(request: &AuthorizeRequest, issuer: &str, code: &str) -> String {
    append(
        &request.redirect_uri,
        &[("code", code), ("state", &request.state), ("iss", issuer)],
    )
}

/// A check that did not pass.
#[derive(Clone)]
pub struct AuthorizeRefusal {
    /// Which.
    pub check: &'static Check,
    /// What exactly, where the check can say; never a secret or personal value.
    pub detail: Option<String>,
}

impl AuthorizeRefusal {
    /// The error code of OAuth.
    pub const fn error(&self) -> OAuthError {
        self.check.error
    }

    fn first() -> Self {
        Self {
            check: &CHECKS[0],
            detail: None,
        }
    }
}

impl std::fmt::Display for AuthorizeRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.check.sentence)?;
        match &self.detail {
            Some(detail) => write!(f, " ({detail})"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for AuthorizeRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuthorizeRefusal({})", self.check.id)
    }
}

impl Refuse for AuthorizeRefusal {
    fn code(&self) -> &'static str {
        self.check.id
    }

    fn kind(&self) -> RefusalKind {
        match self.check.error {
            OAuthError::UnauthorizedClient | OAuthError::AccessDenied => RefusalKind::Forbidden,
            _ => RefusalKind::Invalid,
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
