//! Proving again, or more, in an open session: for a sensitive act, `max_age`, `prompt=login`, or a stronger level.

use serde::{Deserialize, Serialize};

use super::{Attempt, Attempts, JourneyLimits, JourneyRefusal, Page, Turn};
use crate::authenticator::method::{Method, Methods};
use crate::person::PersonId;

/// Where a browser is on the way to a fresh proof.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum StepUp {
    /// The password is asked for.
    EnterPassword {
        /// Whose session.
        person: PersonId,
        /// Passwords tried.
        tried: Attempts,
    },
    /// The code of the authenticator app is asked for.
    SecondFactor {
        /// Whose session.
        person: PersonId,
        /// What was proved in this journey.
        proved: Methods,
        /// Codes tried.
        tried: Attempts,
    },
    /// The session is renewed.
    Done,
}

/// How much is proved again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Password and second factor, as in a new sign-in.
    Everything,
    /// The second factor alone: before a sensitive act.
    SecondFactor,
}

/// What happens in the browser.
#[derive(Clone)]
pub enum Event {
    /// A password was typed.
    PasswordAttempt,
    /// It was right.
    PasswordRight {
        /// Which attempt.
        attempt: Attempt,
    },
    /// It was wrong.
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
}

/// What the caller does now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Shows the page of the state.
    Show,
    /// Checks the password, outside of any database unit, and tells the outcome.
    VerifyPassword {
        /// Number of the attempt.
        attempt: Attempt,
        /// Whose password.
        person: PersonId,
    },
    /// Checks the code and tells the outcome.
    VerifyTotp {
        /// Number of the attempt.
        attempt: Attempt,
        /// Whose app.
        person: PersonId,
    },
    /// Gives the session a new id, a new time of authentication and these methods.
    RenewSession {
        /// Whose.
        person: PersonId,
        /// What was proved.
        proved: Methods,
    },
}

impl StepUp {
    /// The first state.
    pub fn begin(person: PersonId, extent: Extent) -> Self {
        match extent {
            Extent::Everything => Self::EnterPassword {
                person,
                tried: Attempts::default(),
            },
            Extent::SecondFactor => Self::SecondFactor {
                person,
                proved: Methods::default(),
                tried: Attempts::default(),
            },
        }
    }

    /// The page of this state.
    pub const fn page(&self) -> Page {
        match self {
            Self::EnterPassword { .. } => Page::EnterPassword,
            Self::SecondFactor { .. } => Page::SecondFactor,
            Self::Done => Page::Done,
        }
    }

    /// Whose session; `None` when done.
    pub const fn person(&self) -> Option<PersonId> {
        match self {
            Self::EnterPassword { person, .. } | Self::SecondFactor { person, .. } => Some(*person),
            Self::Done => None,
        }
    }

    /// One step.
    pub fn on(self, event: Event, limits: &JourneyLimits) -> Turn<Self, Effect> {
        match self {
            Self::EnterPassword { person, tried } => enter_password(person, tried, &event, limits),
            Self::SecondFactor {
                person,
                proved,
                tried,
            } => second_factor(person, proved, tried, &event, limits),
            Self::Done => Turn::no(Self::Done, JourneyRefusal::OutOfStep),
        }
    }
}

fn enter_password(
    person: PersonId,
    mut tried: Attempts,
    event: &Event,
    limits: &JourneyLimits,
) -> Turn<StepUp, Effect> {
    let answer = match event {
        Event::PasswordAttempt => match tried.begin(limits.passwords) {
            Some(attempt) => Ok(Effect::VerifyPassword { attempt, person }),
            None => Err(JourneyRefusal::TooManyPasswords),
        },
        Event::PasswordRight { attempt } if tried.counted(*attempt) => {
            let next = StepUp::SecondFactor {
                person,
                proved: Methods::default().with(Method::Password),
                tried: Attempts::default(),
            };
            return Turn::go(next, Effect::Show);
        }
        Event::PasswordWrong { attempt } if tried.counted(*attempt) => {
            Err(JourneyRefusal::WrongPassword)
        }
        _ => Err(JourneyRefusal::OutOfStep),
    };
    Turn {
        next: StepUp::EnterPassword { person, tried },
        answer,
    }
}

fn second_factor(
    person: PersonId,
    proved: Methods,
    mut tried: Attempts,
    event: &Event,
    limits: &JourneyLimits,
) -> Turn<StepUp, Effect> {
    let answer = match event {
        Event::TotpAttempt => match tried.begin(limits.second_factors) {
            Some(attempt) => Ok(Effect::VerifyTotp { attempt, person }),
            None => Err(JourneyRefusal::TooManySecondFactors),
        },
        Event::TotpRight { attempt } if tried.counted(*attempt) => {
            let proved = proved.with(Method::Totp);
            return Turn::go(StepUp::Done, Effect::RenewSession { person, proved });
        }
        Event::TotpWrong { attempt } if tried.counted(*attempt) => {
            Err(JourneyRefusal::WrongSecondFactor)
        }
        _ => Err(JourneyRefusal::OutOfStep),
    };
    Turn {
        next: StepUp::SecondFactor {
            person,
            proved,
            tried,
        },
        answer,
    }
}

#[cfg(test)]
#[path = "step_up_tests.rs"]
mod tests;
