//! Why a person does not get on: one value for all their pages, so that each says it in the same words.

use durward_accounts::addresses::AddressRefusal;
use durward_accounts::authenticator::name::MethodRefusal;
use durward_accounts::authenticator::password::BadPassword;
use durward_accounts::authenticator::totp::BadTotp;
use durward_accounts::authenticator::webauthn::WebauthnRefusal;
use durward_accounts::email::BadEmail;
use durward_accounts::journey::JourneyRefusal;
use durward_accounts::limit::TooManyAttempts;
use durward_accounts::person::PersonRefusal;
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::Timestamp;

/// A "no" to a person at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CitizenRefusal {
    /// The address cannot be read.
    #[error(transparent)]
    Email(#[from] BadEmail),
    /// The account's addresses stay as they are.
    #[error(transparent)]
    Addresses(#[from] AddressRefusal),
    /// The password cannot be chosen.
    #[error(transparent)]
    Password(#[from] BadPassword),
    /// The code is not one that an authenticator app shows.
    #[error(transparent)]
    Totp(#[from] BadTotp),
    /// The passkey or security key is not taken.
    #[error(transparent)]
    Webauthn(#[from] WebauthnRefusal),
    /// One of the person's methods stays as it is.
    #[error(transparent)]
    Method(#[from] MethodRefusal),
    /// The journey does not go on.
    #[error(transparent)]
    Journey(#[from] JourneyRefusal),
    /// The account may not be used.
    #[error(transparent)]
    Person(#[from] PersonRefusal),
    /// A limit is reached.
    #[error("{}", .wait)]
    Locked {
        /// How long to wait.
        wait: TooManyAttempts,
        /// Until when.
        until: Timestamp,
    },
    /// Somebody made an account with this address while this one was being made.
    #[error("There is an account with this e-mail address by now. Sign in with it.")]
    AddressTaken,
    /// The address is not one of the account's, or not any more.
    #[error("This address is not one of your account. Choose one of those that are listed.")]
    AddressNotYours,
    /// The person does not share anything with this service, or not any more.
    #[error(
        "You are not connected to this service. Your connected services are listed in your account."
    )]
    NotConnected,
}

impl Refuse for CitizenRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Email(no) => no.code(),
            Self::Addresses(no) => no.code(),
            Self::Password(no) => no.code(),
            Self::Totp(no) => no.code(),
            Self::Webauthn(no) => no.code(),
            Self::Method(no) => no.code(),
            Self::Journey(no) => no.code(),
            Self::Person(no) => no.code(),
            Self::Locked { wait, .. } => wait.code(),
            Self::AddressTaken => "sign-up/address-taken",
            Self::AddressNotYours => "consent/address-unknown",
            Self::NotConnected => "consent/not-connected",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Email(no) => no.kind(),
            Self::Addresses(no) => no.kind(),
            Self::Password(no) => no.kind(),
            Self::Totp(no) => no.kind(),
            Self::Webauthn(no) => no.kind(),
            Self::Method(no) => no.kind(),
            Self::Journey(no) => no.kind(),
            Self::Person(no) => no.kind(),
            Self::Locked { wait, .. } => wait.kind(),
            Self::AddressTaken => RefusalKind::Conflict,
            Self::AddressNotYours => RefusalKind::Invalid,
            Self::NotConnected => RefusalKind::NotFound,
        }
    }
}
