//! Why a rotation was not begun, taken further or cancelled.

use durward_domain::environment::EnvironmentName;
use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;
use crate::failure::Failure;
use crate::partner::apps::AppRefusal;
use crate::partner::keys::KeyDenied;
use crate::partner::launches::LaunchDenied;

/// Why a rotation was not begun, taken further or cancelled.
#[derive(Debug, thiserror::Error)]
pub enum RotationDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The app's configuration says no.
    #[error(transparent)]
    App(#[from] AppRefusal),
    /// The key says no.
    #[error(transparent)]
    Key(#[from] KeyDenied),
    /// The request says no.
    #[error(transparent)]
    Request(#[from] LaunchDenied),
    /// There is none.
    #[error("No key of this app is being rotated here. Begin with the next key.")]
    None,
    /// One at a time.
    #[error("A key of this app is being rotated already. Finish or cancel that rotation first.")]
    Open,
    /// Nothing is live.
    #[error(
        "The app is not live in {0} yet, so there is nothing to rotate. Put the key into the configuration before the launch."
    )]
    NotLive(EnvironmentName),
    /// There is no key to replace.
    #[error(
        "The live configuration holds no such key. Choose one of the keys that it holds; keys that the app publishes at its own address are rotated there."
    )]
    NoOldKey,
    /// One new key, please.
    #[error("Give one new key. A rotation replaces one key by one other.")]
    OneKey,
    /// It is the same key again.
    #[error(
        "This key is in the configuration already, if in another certificate. Make a new key pair: a rotation replaces the key itself."
    )]
    SameKey,
    /// Something else is under way.
    #[error(
        "The saved configuration differs from the live one. Ask for that change or restore what is live, then rotate the key: each request shows one thing."
    )]
    UnsentChanges,
    /// The old key is in use.
    #[error(
        "The old key was used in the last {0} days, or the new one was never used. Switch the app to the new key first, or confirm that the old one can go."
    )]
    StillUsed(i64),
    /// Nothing to do now.
    #[error(
        "There is nothing to do now: the rotation waits for the review, the deployment or the app."
    )]
    Waits,
}

impl Refuse for RotationDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::App(refusal) => refusal.code(),
            Self::Key(denied) => denied.code(),
            Self::Request(denied) => denied.code(),
            Self::None => "rotation/none",
            Self::Open => "rotation/open",
            Self::NotLive(_) => "rotation/not-live",
            Self::NoOldKey => "rotation/no-old-key",
            Self::OneKey => "rotation/one-key",
            Self::SameKey => "rotation/same-key",
            Self::UnsentChanges => "rotation/unsent-changes",
            Self::StillUsed(_) => "rotation/still-used",
            Self::Waits => "rotation/waits",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::App(refusal) => refusal.kind(),
            Self::Key(denied) => denied.kind(),
            Self::Request(denied) => denied.kind(),
            Self::None => RefusalKind::NotFound,
            Self::NoOldKey | Self::OneKey | Self::SameKey => RefusalKind::Invalid,
            Self::Open
            | Self::NotLive(_)
            | Self::UnsentChanges
            | Self::StillUsed(_)
            | Self::Waits => RefusalKind::Conflict,
        }
    }
}

impl From<Denied> for Failure<RotationDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

pub(super) fn of_request(failure: Failure<LaunchDenied>) -> Failure<RotationDenied> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}

pub(super) fn of_key(failure: Failure<KeyDenied>) -> Failure<RotationDenied> {
    match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    }
}
