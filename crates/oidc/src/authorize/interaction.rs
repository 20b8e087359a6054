//! What comes next for a valid request: a page, an error, or the code.

use std::collections::BTreeSet;

use durward_domain::level::{Aal, Achieved, DefaultAal, LevelAsk, LevelOfService};
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::{SignedDuration, Timestamp};

use super::{AuthorizeRequest, Prompt};
use crate::oauth::OAuthError;

/// What is known of the browser's session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionFacts {
    /// When the person proved who they are.
    pub auth_time: Timestamp,
    /// What the sign-in achieved.
    pub achieved: Achieved,
    /// When the person's identity was verified.
    pub verified: Option<Timestamp>,
    /// How the request's words about who is meant fit the person.
    pub person: Meant,
    /// When this request came in.
    pub requested: Timestamp,
    /// The person confirmed for this request, or this session, that they go to this app as themselves. A
    /// session in which they used the app before counts.
    pub account_confirmed: bool,
    /// The consent page is needed.
    pub consent_needed: bool,
    /// The person pressed the consent button for this very request.
    pub consented_now: bool,
}

/// Does a request mean the person who is signed in?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// Yes, or it means nobody in particular.
    Yes,
    /// Its `id_token_hint` means somebody else. OpenID Connect Core §3.1.2.1
    HintedOther,
    /// Its claim `sub` allows only somebody else. OpenID Connect Core §5.5.1
    OnlyOther,
}

impl Meant {
    /// Judges by what the app's agency calls the person; none if it does not know them.
    pub fn judge(request: &AuthorizeRequest, subject: Option<&str>) -> Self {
        let is_among = |only: &BTreeSet<String>| subject.is_some_and(|s| only.contains(s));
        if request
            .subjects
            .as_ref()
            .is_some_and(|only| !is_among(only))
        {
            return Self::OnlyOther;
        }
        match &request.hinted {
            Some(hinted) if subject != Some(hinted) => Self::HintedOther,
            _ => Self::Yes,
        }
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The sign-in pages.
    SignIn,
    /// The pages that make an account.
    SignUp,
    /// Password and second factor again, by the person of the session.
    Reauthenticate,
    /// A stronger factor, up to this strength.
    StepUp(Aal),
    /// The page "go on as …".
    SelectAccount,
    /// The consent page.
    Consent,
    /// A code is made.
    Issue,
    /// An error goes to the app.
    Refuse(InteractionRefusal),
}

/// Decides. Steps before `Issue` are asked again after each page.
pub fn next(
    request: &AuthorizeRequest,
    ask: &LevelAsk,
    default: DefaultAal,
    session: Option<&SessionFacts>,
    now: Timestamp,
) -> Next {
    let silent = request.prompts.has(Prompt::None);
    let show = |page: Next, refusal: InteractionRefusal| {
        if silent { Next::Refuse(refusal) } else { page }
    };
    let Some(session) = session else {
        if request.prompts.has(Prompt::Create) {
            return Next::SignUp;
        }
        return show(Next::SignIn, InteractionRefusal::LoginRequired);
    };
    let fresh_now = session.auth_time >= session.requested;
    match session.person {
        Meant::Yes => {}
        // Whoever was asked to sign in as the other did not.
        Meant::OnlyOther => return Next::Refuse(InteractionRefusal::OtherPerson),
        Meant::HintedOther if fresh_now || silent => {
            return Next::Refuse(InteractionRefusal::OtherPerson);
        }
        Meant::HintedOther => return Next::Reauthenticate,
    }
    if request.prompts.has(Prompt::Login) && !fresh_now {
        return Next::Reauthenticate;
    }
    if let Some(max_age) = request.max_age {
        let age = now.duration_since(session.auth_time);
        // A sign-in made for this request is fresh enough even for max_age=0.
        if age > SignedDuration::from_secs(i64::from(max_age)) && !fresh_now {
            return show(Next::Reauthenticate, InteractionRefusal::LoginRequired);
        }
    }
    let aal = ask.aal(default);
    if session.achieved.aal < aal {
        return show(Next::StepUp(aal), InteractionRefusal::InteractionRequired);
    }
    if !ask.satisfied_by(session.achieved, default) {
        return Next::Refuse(InteractionRefusal::IdentityNotVerified);
    }
    if is_verification_old(request, ask, session, now) {
        return Next::Refuse(InteractionRefusal::VerificationOld);
    }
    if request.prompts.has(Prompt::SelectAccount) && !session.account_confirmed && !fresh_now {
        return Next::SelectAccount;
    }
    let asked_again = request.prompts.has(Prompt::Consent) && !session.consented_now;
    if session.consent_needed || asked_again {
        return show(Next::Consent, InteractionRefusal::ConsentRequired);
    }
    Next::Issue
}

/// `verified_within` says something of requests for a verified identity alone.
fn is_verification_old(
    request: &AuthorizeRequest,
    ask: &LevelAsk,
    session: &SessionFacts,
    now: Timestamp,
) -> bool {
    let wanted = ask.level() == LevelOfService::IdentityVerified;
    match (request.verified_within, session.verified) {
        (Some(days), Some(verified)) if wanted => {
            now.duration_since(verified) > SignedDuration::from_hours(24 * i64::from(days))
        }
        _ => false,
    }
}

/// An error that comes after the request itself was valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InteractionRefusal {
    /// `prompt=none`, and nobody is signed in or not freshly enough.
    #[error(
        "Nobody is signed in, and the request forbids to ask. Send it again without prompt=none."
    )]
    LoginRequired,
    /// `prompt=none`, and a page is needed.
    #[error("A page must be shown, and the request forbids it. Send it again without prompt=none.")]
    InteractionRequired,
    /// `prompt=none`, and the person has not consented.
    #[error(
        "The person has not agreed yet, and the request forbids to ask. Send it again without prompt=none."
    )]
    ConsentRequired,
    /// The person's identity is not verified as the request asks.
    #[error("The identity of this person is not verified at the level that the request asks for.")]
    IdentityNotVerified,
    /// The person's identity was verified longer ago than `verified_within` allows.
    #[error(
        "The identity of this person was verified longer ago than verified_within allows, and it cannot be verified again here."
    )]
    VerificationOld,
    /// Somebody else than the request means.
    #[error(
        "The request means another person than the one who is signed in. Send it without id_token_hint and sub, or let that person sign in."
    )]
    OtherPerson,
    /// The person pressed "cancel".
    #[error("The person went back without signing in.")]
    Cancelled,
}

impl InteractionRefusal {
    /// The error code for the app.
    pub const fn error(self) -> OAuthError {
        match self {
            Self::LoginRequired | Self::OtherPerson => OAuthError::LoginRequired,
            Self::InteractionRequired => OAuthError::InteractionRequired,
            Self::ConsentRequired => OAuthError::ConsentRequired,
            Self::IdentityNotVerified | Self::VerificationOld => {
                OAuthError::UnmetAuthenticationRequirements
            }
            Self::Cancelled => OAuthError::AccessDenied,
        }
    }
}

impl Refuse for InteractionRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::LoginRequired => "authorize/login-required",
            Self::InteractionRequired => "authorize/interaction-required",
            Self::ConsentRequired => "authorize/consent-required",
            Self::IdentityNotVerified => "authorize/identity-not-verified",
            Self::VerificationOld => "authorize/verification-old",
            Self::OtherPerson => "authorize/other-person",
            Self::Cancelled => "authorize/cancelled",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Forbidden
    }
}

#[cfg(test)]
#[path = "interaction_tests.rs"]
mod tests;
