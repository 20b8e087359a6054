//! Journeys: the way of one browser through several pages, kept as JSON in a row bound to that browser.
//!
//! The row holds personal data, so it is sealed before it is stored. Each journey is a state machine:
//! `on(event, now)` takes the state and gives a [`Turn`]: the next state, **stored whatever the answer is**, and
//! the answer. So attempts stay counted when they are refused. An attempt is counted by one event
//! (`…Attempt`) before its outcome is told by another (`…Right`, `…Wrong`): a slow password check cannot be
//! raced for more guesses.
//!
//! Nothing here tells a stranger whether an address has an account: both ways have the same states and pages.

pub mod proof;
pub mod sign_in;
pub mod sign_up;
pub mod step_up;

use durward_domain::programme::Programme;
use durward_domain::refusal::{RefusalKind, Refuse};
use serde::{Deserialize, Serialize};

/// What a browser is in the middle of.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "journey", rename_all = "snake_case")]
pub enum Journey {
    /// Making an account.
    SignUp(sign_up::SignUp),
    /// Signing in.
    SignIn(sign_in::SignIn),
    /// Proving again, or more, in a session.
    StepUp(step_up::StepUp),
}

impl Journey {
    /// The page that this journey is at.
    pub fn page(&self) -> Page {
        match self {
            Self::SignUp(s) => s.page(),
            Self::SignIn(s) => s.page(),
            Self::StepUp(s) => s.page(),
        }
    }
}

/// The page that a state is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Make an account: the e-mail address.
    SignUpEmail,
    /// A mail is on its way: type its code or use its link.
    CheckEmail,
    /// Choose a password.
    ChoosePassword,
    /// Set up an authenticator app.
    SetUpTotp,
    /// Sign in: the e-mail address.
    SignInEmail,
    /// Sign in: the password.
    EnterPassword,
    /// Sign in: the code of the authenticator app.
    SecondFactor,
    /// Nothing is left to do.
    Done,
}

/// One step of a journey.
pub struct Turn<S, E> {
    /// The state to store, also when the answer is a refusal.
    pub next: S,
    /// What to do now, or why not.
    pub answer: Result<E, JourneyRefusal>,
}

impl<S, E> Turn<S, E> {
    /// Goes on.
    pub(crate) const fn go(next: S, effect: E) -> Self {
        Self {
            next,
            answer: Ok(effect),
        }
    }

    /// Stays, or goes back, with a refusal.
    pub(crate) const fn no(next: S, refusal: JourneyRefusal) -> Self {
        Self {
            next,
            answer: Err(refusal),
        }
    }
}

/// How often and how long; the same for every journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JourneyLimits {
    /// Codes of one mail that may be tried.
    pub codes_per_mail: u32,
    /// Mails of one journey.
    pub mails: u32,
    /// How long a mailed code and link are valid, in seconds.
    pub mail_seconds: i64,
    /// Passwords that may be tried in one journey.
    pub passwords: u32,
    /// Second-factor codes that may be tried in one journey.
    pub second_factors: u32,
    /// How long the row of a journey lives, in seconds.
    pub journey_seconds: i64,
}

impl JourneyLimits {
    /// The limits under one programme, which says how long a mailed link lives.
    pub fn of(programme: &Programme) -> Self {
        Self {
            mail_seconds: i64::from(programme.lifetimes.email_link_seconds),
            ..LIMITS
        }
    }
}

/// The limits where the programme says nothing else.
pub const LIMITS: JourneyLimits = JourneyLimits {
    codes_per_mail: 5,
    mails: 5,
    mail_seconds: 60 * 60,
    passwords: 10,
    second_factors: 10,
    journey_seconds: 24 * 60 * 60,
};

/// Digits of a mailed code.
pub const CODE_DIGITS: usize = 6;

/// Why a journey does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JourneyRefusal {
    /// The page belongs to another step, for example after "back".
    #[error("This page is no longer the current step. Go on from the page that is shown now.")]
    OutOfStep,
    /// Another code than the mailed one.
    #[error("This code is wrong. Check the mail that came last and type its code again.")]
    WrongCode,
    /// Another link than the mailed one, or an older one.
    #[error(
        "This link is not the newest one. Use the link or the code of the mail that came last."
    )]
    WrongLink,
    /// The code and the link are too old.
    #[error("This code is too old. Ask for a new mail.")]
    MailExpired,
    /// Too many codes of one mail were tried.
    #[error("Too many wrong codes. Ask for a new mail and use its code.")]
    TooManyCodes,
    /// Too many mails were asked for.
    #[error("Too many mails were sent. Wait an hour and begin again.")]
    TooManyMails,
    /// The link was opened in another browser.
    #[error("You began in another browser. Go back to it and type the code of the mail there.")]
    OtherBrowser,
    /// E-mail address and password do not belong together, or there is no such account.
    #[error("The e-mail address or the password is wrong. Try again, or create an account.")]
    WrongPassword,
    /// Too many passwords were tried.
    #[error("Too many attempts. Wait a few minutes and begin again.")]
    TooManyPasswords,
    /// The second factor is wrong.
    #[error(
        "This code is wrong or was used before. Wait for the next code of your authenticator app and enter it."
    )]
    WrongSecondFactor,
    /// Too many second factors were tried.
    #[error("Too many wrong codes. Wait ten minutes and begin again.")]
    TooManySecondFactors,
}

impl JourneyRefusal {
    /// Every refusal, for the documentation of codes.
    pub const ALL: [Self; 11] = [
        Self::OutOfStep,
        Self::WrongCode,
        Self::WrongLink,
        Self::MailExpired,
        Self::TooManyCodes,
        Self::TooManyMails,
        Self::OtherBrowser,
        Self::WrongPassword,
        Self::TooManyPasswords,
        Self::WrongSecondFactor,
        Self::TooManySecondFactors,
    ];
}

impl Refuse for JourneyRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::OutOfStep => "journey/out-of-step",
            Self::WrongCode => "journey/wrong-code",
            Self::WrongLink => "journey/wrong-link",
            Self::MailExpired => "journey/mail-expired",
            Self::TooManyCodes => "journey/too-many-codes",
            Self::TooManyMails => "journey/too-many-mails",
            Self::OtherBrowser => "journey/other-browser",
            Self::WrongPassword => "journey/wrong-password",
            Self::TooManyPasswords => "journey/too-many-passwords",
            Self::WrongSecondFactor => "journey/wrong-second-factor",
            Self::TooManySecondFactors => "journey/too-many-second-factors",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::OutOfStep => RefusalKind::Conflict,
            Self::WrongCode
            | Self::WrongLink
            | Self::OtherBrowser
            | Self::WrongPassword
            | Self::WrongSecondFactor => RefusalKind::Invalid,
            Self::MailExpired => RefusalKind::Gone,
            Self::TooManyCodes
            | Self::TooManyMails
            | Self::TooManyPasswords
            | Self::TooManySecondFactors => RefusalKind::TooMany,
        }
    }
}

/// Attempts at one secret, counted before they are verified.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attempts(u32);

impl Attempts {
    /// Counts one more; its number, or `None` when the limit was reached before.
    pub(crate) fn begin(&mut self, max: u32) -> Option<Attempt> {
        if self.0 >= max {
            return None;
        }
        self.0 += 1;
        Some(Attempt(self.0))
    }

    /// Was this attempt counted here?
    pub(crate) const fn counted(self, attempt: Attempt) -> bool {
        attempt.0 >= 1 && attempt.0 <= self.0
    }

    /// How many are left.
    pub const fn left(self, max: u32) -> u32 {
        max.saturating_sub(self.0)
    }
}

/// The number of an attempt that was counted. The outcome of a check names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt(u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<_> = JourneyRefusal::ALL.iter().map(Refuse::code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), JourneyRefusal::ALL.len());
    }

    #[test]
    fn attempts_end() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.begin(2), Some(Attempt(1)));
        assert_eq!(attempts.left(2), 1);
        assert_eq!(attempts.begin(2), Some(Attempt(2)));
        assert_eq!(attempts.begin(2), None);
        assert!(attempts.counted(Attempt(2)) && !attempts.counted(Attempt(3)));
        assert!(!attempts.counted(Attempt(0)));
    }
}
