//! Making an account: address, mail, password, authenticator app, done. The account is made at the end, so
//! an abandoned journey leaves nothing behind.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::proof::{Act, LinkVisit, MailSecrets, Mailed};
use super::{Attempt, Attempts, JourneyLimits, JourneyRefusal, Page, Turn};
use crate::email::{self, EmailAddress};

/// Where a browser is on the way to an account.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignUp {
    /// The address is asked for.
    EnterEmail,
    /// A mail was sent to it.
    CheckEmail {
        /// The address.
        #[serde(with = "email::stored")]
        email: EmailAddress,
        /// The mail.
        mailed: Mailed,
    },
    /// The address is confirmed; the password is asked for.
    ChoosePassword {
        /// The address.
        #[serde(with = "email::stored")]
        email: EmailAddress,
    },
    /// The password is chosen; the authenticator app is set up.
    SetUpTotp {
        /// The address.
        #[serde(with = "email::stored")]
        email: EmailAddress,
        /// PHC string of the password.
        password_hash: String,
        /// The secret that the page shows, sealed.
        sealed_totp: String,
        /// Codes tried.
        tried: Attempts,
    },
    /// The account is made.
    Done,
}

/// What happens in the browser.
#[derive(Clone)]
pub enum Event {
    /// An address was entered, first or instead of another.
    Email {
        /// The address.
        email: EmailAddress,
        /// What the mail will hold; `None` if the address has an account, whose owner is told so by mail.
        secrets: Option<MailSecrets>,
    },
    /// Another mail is asked for.
    Resend {
        /// As in `Email`.
        secrets: Option<MailSecrets>,
    },
    /// A code was typed: its keyed hashes.
    Code {
        /// Keyed hashes under every live key.
        candidates: Vec<String>,
    },
    /// The link was followed.
    Link(LinkVisit),
    /// A password that passed the policy was hashed.
    Password {
        /// PHC string.
        password_hash: String,
        /// A new secret for the authenticator app, sealed.
        sealed_totp: String,
    },
    /// A code of the authenticator app was typed.
    TotpAttempt,
    /// It was right.
    TotpRight {
        /// Which attempt.
        attempt: Attempt,
        /// The time step, spent by making the account with it.
        step: u64,
    },
    /// It was wrong.
    TotpWrong {
        /// Which attempt.
        attempt: Attempt,
    },
}

/// What the caller does now.
#[derive(Clone)]
pub enum Effect {
    /// Shows the page of the state.
    Show,
    /// Sends the mail with the code and the link.
    SendConfirmation(EmailAddress),
    /// Sends the mail "you have an account already".
    SendAccountExists(EmailAddress),
    /// Shows the page with the button that confirms the address.
    ShowConfirmButton,
    /// Checks the typed code against the sealed secret and tells the outcome.
    VerifyTotp {
        /// Number of the attempt.
        attempt: Attempt,
        /// The secret.
        sealed_totp: String,
    },
    /// Makes the account.
    CreateAccount(NewAccount),
}

/// What an account begins with.
#[derive(Clone)]
pub struct NewAccount {
    /// The confirmed address.
    pub email: EmailAddress,
    /// PHC string.
    pub password_hash: String,
    /// Secret of the authenticator app, sealed.
    pub sealed_totp: String,
    /// The time step that is spent.
    pub totp_step: u64,
}

impl SignUp {
    /// The first state.
    pub const fn begin() -> Self {
        Self::EnterEmail
    }

    /// The page of this state.
    pub const fn page(&self) -> Page {
        match self {
            Self::EnterEmail => Page::SignUpEmail,
            Self::CheckEmail { .. } => Page::CheckEmail,
            Self::ChoosePassword { .. } => Page::ChoosePassword,
            Self::SetUpTotp { .. } => Page::SetUpTotp,
            Self::Done => Page::Done,
        }
    }

    /// The address of this journey, once entered.
    pub const fn email(&self) -> Option<&EmailAddress> {
        match self {
            Self::CheckEmail { email, .. }
            | Self::ChoosePassword { email }
            | Self::SetUpTotp { email, .. } => Some(email),
            Self::EnterEmail | Self::Done => None,
        }
    }

    /// One step.
    pub fn on(self, event: Event, now: Timestamp, limits: &JourneyLimits) -> Turn<Self, Effect> {
        match (self, event) {
            (Self::EnterEmail, Event::Email { email, secrets }) => {
                send(Self::EnterEmail, None, email, secrets, now, limits)
            }
            (state @ Self::CheckEmail { .. }, Event::Email { email, secrets }) => {
                resend(state, Some(email), secrets, now, limits)
            }
            (state @ Self::CheckEmail { .. }, Event::Resend { secrets }) => {
                resend(state, None, secrets, now, limits)
            }
            (Self::CheckEmail { email, mut mailed }, Event::Code { candidates }) => {
                match mailed.try_code(&candidates, now, limits) {
                    Ok(()) => Turn::go(Self::ChoosePassword { email }, Effect::Show),
                    Err(no) => Turn::no(Self::CheckEmail { email, mailed }, no),
                }
            }
            (Self::CheckEmail { email, mailed }, Event::Link(visit)) => {
                match mailed.try_link(&visit, now, limits) {
                    Ok(()) if visit.act == Act::Confirm => {
                        Turn::go(Self::ChoosePassword { email }, Effect::Show)
                    }
                    Ok(()) => Turn::go(
                        Self::CheckEmail { email, mailed },
                        Effect::ShowConfirmButton,
                    ),
                    Err(no) => Turn::no(Self::CheckEmail { email, mailed }, no),
                }
            }
            (
                Self::ChoosePassword { email },
                Event::Password {
                    password_hash,
                    sealed_totp,
                },
            ) => Turn::go(
                Self::SetUpTotp {
                    email,
                    password_hash,
                    sealed_totp,
                    tried: Attempts::default(),
                },
                Effect::Show,
            ),
            (
                state @ Self::SetUpTotp { .. },
                event @ (Event::TotpAttempt | Event::TotpRight { .. } | Event::TotpWrong { .. }),
            ) => set_up_totp(state, &event, limits),
            (state, _) => Turn::no(state, JourneyRefusal::OutOfStep),
        }
    }
}

fn send(
    stay: SignUp,
    before: Option<&Mailed>,
    email: EmailAddress,
    secrets: Option<MailSecrets>,
    now: Timestamp,
    limits: &JourneyLimits,
) -> Turn<SignUp, Effect> {
    let effect = if secrets.is_some() {
        Effect::SendConfirmation(email.clone())
    } else {
        Effect::SendAccountExists(email.clone())
    };
    match Mailed::send(before, secrets, now, limits) {
        Ok(mailed) => Turn::go(SignUp::CheckEmail { email, mailed }, effect),
        Err(no) => Turn::no(stay, no),
    }
}

/// Another mail, to the same address or to a corrected one; the count of mails goes on.
fn resend(
    state: SignUp,
    corrected: Option<EmailAddress>,
    secrets: Option<MailSecrets>,
    now: Timestamp,
    limits: &JourneyLimits,
) -> Turn<SignUp, Effect> {
    let SignUp::CheckEmail { email, mailed } = &state else {
        return Turn::no(state, JourneyRefusal::OutOfStep);
    };
    let to = corrected.unwrap_or_else(|| email.clone());
    let before = mailed.clone();
    send(state, Some(&before), to, secrets, now, limits)
}

fn set_up_totp(state: SignUp, event: &Event, limits: &JourneyLimits) -> Turn<SignUp, Effect> {
    let SignUp::SetUpTotp {
        email,
        password_hash,
        sealed_totp,
        mut tried,
    } = state
    else {
        return Turn::no(state, JourneyRefusal::OutOfStep);
    };
    let answer = match *event {
        Event::TotpAttempt => match tried.begin(limits.second_factors) {
            Some(attempt) => Ok(Effect::VerifyTotp {
                attempt,
                sealed_totp: sealed_totp.clone(),
            }),
            None => Err(JourneyRefusal::TooManySecondFactors),
        },
        Event::TotpRight { attempt, step } if tried.counted(attempt) => {
            let account = NewAccount {
                email,
                password_hash,
                sealed_totp,
                totp_step: step,
            };
            return Turn::go(SignUp::Done, Effect::CreateAccount(account));
        }
        Event::TotpWrong { attempt } if tried.counted(attempt) => {
            Err(JourneyRefusal::WrongSecondFactor)
        }
        _ => Err(JourneyRefusal::OutOfStep),
    };
    Turn {
        next: SignUp::SetUpTotp {
            email,
            password_hash,
            sealed_totp,
            tried,
        },
        answer,
    }
}

#[cfg(test)]
#[path = "sign_up_tests.rs"]
mod tests;
