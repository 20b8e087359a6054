//! Signing in: address, password, second factor, done. An address without an account goes through the same pages.

use serde::{Deserialize, Serialize};

use super::{Attempt, Attempts, JourneyLimits, JourneyRefusal, Page, Turn};
use crate::authenticator::method::{Method, Methods};
use crate::email::{self, EmailAddress};
use crate::person::PersonId;

/// Where a browser is on the way to a session.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignIn {
    /// The address is asked for.
    EnterEmail,
    /// The password is asked for.
    EnterPassword {
        /// The address.
        #[serde(with = "email::stored")]
        email: EmailAddress,
        /// Whose it is; `None` if nobody's, which the pages do not show.
        person: Option<PersonId>,
        /// Passwords tried.
        tried: Attempts,
    },
    /// The code of the authenticator app is asked for.
    SecondFactor {
        /// The address.
        #[serde(with = "email::stored")]
        email: EmailAddress,
        /// Who proved the password.
        person: PersonId,
        /// Codes tried.
        tried: Attempts,
    },
    /// The account has no second factor yet: an authenticator app is set up before anything is opened.
    SetUpTotp {
        /// The address.
        #[serde(with = "email::stored")]
        email: EmailAddress,
        /// Who proved the password.
        person: PersonId,
        /// The secret that the page shows, sealed.
        sealed_totp: String,
        /// Codes tried.
        tried: Attempts,
    },
    /// A session is open.
    Done,
}

/// What happens in the browser.
#[derive(Clone)]
pub enum Event {
    /// An address was entered.
    Email {
        /// The address.
        email: EmailAddress,
        /// Whose it is.
        person: Option<PersonId>,
    },
    /// A password was typed.
    PasswordAttempt,
    /// It was right.
    PasswordRight {
        /// Which attempt.
        attempt: Attempt,
    },
    /// It was right, and the account has no second factor.
    PasswordRightAlone {
        /// Which attempt.
        attempt: Attempt,
        /// A new secret for an authenticator app, sealed.
        sealed_totp: String,
    },
    /// It was wrong, or there is no such account.
    PasswordWrong {
        /// Which attempt.
        attempt: Attempt,
    },
    /// A code of the authenticator app was typed.
    TotpAttempt,
    /// It was right, and its time step is spent.
    TotpRight {
        /// Which attempt.
        attempt: Attempt,
    },
    /// It was wrong.
    TotpWrong {
        /// Which attempt.
        attempt: Attempt,
    },
    /// The person wants another address.
    StartOver,
}

/// What the caller does now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Shows the page of the state.
    Show,
    /// Checks the password, outside of any database unit, and tells the outcome. Without a person a made-up
    /// hash is checked, so that the answer takes as long.
    VerifyPassword {
        /// Number of the attempt.
        attempt: Attempt,
        /// Whose password.
        person: Option<PersonId>,
    },
    /// Checks the code and tells the outcome.
    VerifyTotp {
        /// Number of the attempt.
        attempt: Attempt,
        /// Whose app.
        person: PersonId,
    },
    /// Checks the code against the sealed secret of the app that is set up, and tells the outcome.
    VerifyNewTotp {
        /// Number of the attempt.
        attempt: Attempt,
        /// The secret.
        sealed_totp: String,
    },
    /// Adds the app that was set up to the account, and opens a session with a new id.
    AddTotp {
        /// Whose.
        person: PersonId,
        /// What was proved.
        methods: Methods,
    },
    /// Opens a session with a new id.
    OpenSession {
        /// Whose.
        person: PersonId,
        /// What was proved.
        methods: Methods,
    },
}

impl SignIn {
    /// The first state.
    pub const fn begin() -> Self {
        Self::EnterEmail
    }

    /// The page of this state.
    pub const fn page(&self) -> Page {
        match self {
            Self::EnterEmail => Page::SignInEmail,
            Self::EnterPassword { .. } => Page::EnterPassword,
            Self::SecondFactor { .. } => Page::SecondFactor,
            Self::SetUpTotp { .. } => Page::SetUpTotp,
            Self::Done => Page::Done,
        }
    }

    /// The address of this journey, once entered.
    pub const fn email(&self) -> Option<&EmailAddress> {
        match self {
            Self::EnterPassword { email, .. }
            | Self::SecondFactor { email, .. }
            | Self::SetUpTotp { email, .. } => Some(email),
            Self::EnterEmail | Self::Done => None,
        }
    }

    /// One step.
    pub fn on(self, event: Event, limits: &JourneyLimits) -> Turn<Self, Effect> {
        match (self, event) {
            // A second address keeps no count: the limits per account and per network do that.
            (Self::EnterEmail | Self::EnterPassword { .. }, Event::Email { email, person }) => {
                let next = Self::EnterPassword {
                    email,
                    person,
                    tried: Attempts::default(),
                };
                Turn::go(next, Effect::Show)
            }
            (
                Self::EnterEmail
                | Self::EnterPassword { .. }
                | Self::SecondFactor { .. }
                | Self::SetUpTotp { .. },
                Event::StartOver,
            ) => Turn::go(Self::EnterEmail, Effect::Show),
            (
                Self::EnterPassword {
                    email,
                    person,
                    tried,
                },
                event,
            ) => enter_password(email, person, tried, &event, limits),
            (
                Self::SecondFactor {
                    email,
                    person,
                    tried,
                },
                event,
            ) => second_factor(email, person, tried, &event, limits),
            (state @ Self::SetUpTotp { .. }, event) => set_up_totp(state, &event, limits),
            (state, _) => Turn::no(state, JourneyRefusal::OutOfStep),
        }
    }
}

fn enter_password(
    email: EmailAddress,
    person: Option<PersonId>,
    mut tried: Attempts,
    event: &Event,
    limits: &JourneyLimits,
) -> Turn<SignIn, Effect> {
    let answer = match (event, person) {
        (Event::PasswordAttempt, _) => match tried.begin(limits.passwords) {
            Some(attempt) => Ok(Effect::VerifyPassword { attempt, person }),
            None => Err(JourneyRefusal::TooManyPasswords),
        },
        (Event::PasswordRight { attempt }, Some(person)) if tried.counted(*attempt) => {
            let next = SignIn::SecondFactor {
                email,
                person,
                tried: Attempts::default(),
            };
            return Turn::go(next, Effect::Show);
        }
        (
            Event::PasswordRightAlone {
                attempt,
                sealed_totp,
            },
            Some(person),
        ) if tried.counted(*attempt) => {
            let next = SignIn::SetUpTotp {
                email,
                person,
                sealed_totp: sealed_totp.clone(),
                tried: Attempts::default(),
            };
            return Turn::go(next, Effect::Show);
        }
        // Right without a person would be the made-up hash.
        (
            Event::PasswordRight { attempt }
            | Event::PasswordRightAlone { attempt, .. }
            | Event::PasswordWrong { attempt },
            _,
        ) if tried.counted(*attempt) => Err(JourneyRefusal::WrongPassword),
        _ => Err(JourneyRefusal::OutOfStep),
    };
    Turn {
        next: SignIn::EnterPassword {
            email,
            person,
            tried,
        },
        answer,
    }
}

fn second_factor(
    email: EmailAddress,
    person: PersonId,
    mut tried: Attempts,
    event: &Event,
    limits: &JourneyLimits,
) -> Turn<SignIn, Effect> {
    let answer = match event {
        Event::TotpAttempt => match tried.begin(limits.second_factors) {
            Some(attempt) => Ok(Effect::VerifyTotp { attempt, person }),
            None => Err(JourneyRefusal::TooManySecondFactors),
        },
        Event::TotpRight { attempt } if tried.counted(*attempt) => {
            let methods = [Method::Password, Method::Totp].into_iter().collect();
            return Turn::go(SignIn::Done, Effect::OpenSession { person, methods });
        }
        Event::TotpWrong { attempt } if tried.counted(*attempt) => {
            Err(JourneyRefusal::WrongSecondFactor)
        }
        _ => Err(JourneyRefusal::OutOfStep),
    };
    Turn {
        next: SignIn::SecondFactor {
            email,
            person,
            tried,
        },
        answer,
    }
}

fn set_up_totp(state: SignIn, event: &Event, limits: &JourneyLimits) -> Turn<SignIn, Effect> {
    let SignIn::SetUpTotp {
        email,
        person,
        sealed_totp,
        mut tried,
    } = state
    else {
        return Turn::no(state, JourneyRefusal::OutOfStep);
    };
    let answer = match event {
        Event::TotpAttempt => match tried.begin(limits.second_factors) {
            Some(attempt) => Ok(Effect::VerifyNewTotp {
                attempt,
                sealed_totp: sealed_totp.clone(),
            }),
            None => Err(JourneyRefusal::TooManySecondFactors),
        },
        Event::TotpRight { attempt } if tried.counted(*attempt) => {
            let methods = [Method::Password, Method::Totp].into_iter().collect();
            return Turn::go(SignIn::Done, Effect::AddTotp { person, methods });
        }
        Event::TotpWrong { attempt } if tried.counted(*attempt) => {
            Err(JourneyRefusal::WrongSecondFactor)
        }
        _ => Err(JourneyRefusal::OutOfStep),
    };
    Turn {
        next: SignIn::SetUpTotp {
            email,
            person,
            sealed_totp,
            tried,
        },
        answer,
    }
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
