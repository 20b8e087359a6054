//! The authorization endpoint: parameters in; a valid request, a plain page, or a redirect with an error out.

mod answer;
mod asked;
mod carried;
pub mod checks;
pub mod interaction;
mod level;
mod request;
pub mod request_object;
mod rules;

use std::sync::Arc;

use durward_domain::environment::EnvironmentClass;
use durward_domain::level::Aal;
use durward_domain::programme::Programme;
use durward_domain::refusal::{RefusalKind, Refuse};

pub use answer::{ClientAnswer, ResponseMode, Target};
pub use asked::AskedClaims;
pub use carried::{Carried, HintRead, REQUEST_URI_PREFIX};
pub use checks::{CHECKS, Check, Stage, markdown};
pub use request::{AuthorizeRequest, Prompt, Prompts};

use self::rules::Attempt;
use crate::client::Client;
use crate::oauth::OAuthError;
use crate::params::Params;

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
        /// What the browser carries there.
        to: ClientAnswer,
        /// The error.
        refusal: AuthorizeRefusal,
        /// Who asked.
        client: Arc<Client>,
    },
}

/// Judges a request. `client` is what the registry knows under `client_id`.
pub fn judge(
    params: &Params,
    carried: &Carried,
    client: Option<Arc<Client>>,
    door: &Door<'_>,
) -> Outcome {
    let attempt = Attempt::new(params, carried, client.as_deref(), door);
    for check in CHECKS {
        let Err(detail) = (check.judge)(&attempt) else {
            continue;
        };
        let refusal = AuthorizeRefusal { check, detail };
        let proved = check.stage == Stage::Redirect
            || check.stage == Stage::RedirectIfProved && rules::is_target_proved(&attempt);
        return match (client, params.get("redirect_uri")) {
            (Some(client), Some(redirect_uri)) if proved => Outcome::Redirect {
                to: ClientAnswer::error(
                    Target {
                        redirect_uri,
                        mode: ResponseMode::read(params.get("response_mode")),
                        state: rules::echoed_state(params),
                        issuer: door.issuer,
                    },
                    refusal.check.error,
                    &refusal.to_string(),
                ),
                refusal,
                client,
            },
            _ => Outcome::Page(refusal),
        };
    }
    match (AuthorizeRequest::read(&attempt), client) {
        (Some(request), Some(client)) => Outcome::Valid {
            client,
            request: Box::new(request),
        },
        _ => Outcome::Page(AuthorizeRefusal::first()),
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
    let attempt = Attempt::new(params, &Carried::PLAIN, client, door);
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
            stopped |= failed && check.stage != Stage::Redirect && client.is_none();
            Walked { check, verdict }
        })
        .collect()
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
