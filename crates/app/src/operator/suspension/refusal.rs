//! Why an app was not suspended or resumed, or a key not revoked.

use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;
use crate::failure::Failure;

/// Why an app was not suspended or resumed, or a key not revoked.
#[derive(Debug, thiserror::Error)]
pub enum SuspensionDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none that the member may see.
    #[error("There is no such app in this environment that you may see. Check the short name.")]
    NotFound,
    /// It is suspended already.
    #[error("The app is suspended already. Resume it first to give another reason.")]
    Already,
    /// It is not suspended.
    #[error("The app is not suspended, so there is nothing to resume.")]
    NotSuspended,
    /// No reason.
    #[error("Give a reason. The team of the app and the audit record see it.")]
    NoReason,
    /// It would end before it began.
    #[error("The suspension would end in the past. Give a later time, or none.")]
    Past,
    /// One of the server's own apps.
    #[error(
        "This is one of the server's own apps: the portal, through which its people sign in, or the canary. It cannot be suspended, and its keys are not revoked here."
    )]
    OwnApp,
    /// No key of the app.
    #[error("No key of the app has this thumbprint. Copy it from the app's page of keys.")]
    KeyUnknown,
    /// It is revoked already.
    #[error("This key is revoked already.")]
    KeyAlready,
}

impl Refuse for SuspensionDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "suspension/not-found",
            Self::Already => "suspension/already",
            Self::NotSuspended => "suspension/not-suspended",
            Self::NoReason => "suspension/no-reason",
            Self::Past => "suspension/until-past",
            Self::OwnApp => "suspension/own-app",
            Self::KeyUnknown => "key/unknown-thumbprint",
            Self::KeyAlready => "key/revoked-already",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Already | Self::NotSuspended | Self::KeyAlready => RefusalKind::Conflict,
            Self::OwnApp => RefusalKind::Forbidden,
            Self::NoReason | Self::Past | Self::KeyUnknown => RefusalKind::Invalid,
        }
    }
}

impl From<Denied> for Failure<SuspensionDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}
