//! Why a final configuration was not written or decided on.

use durward_domain::launch::LaunchRefusal;
use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;
use crate::failure::Failure;
use crate::partner::apps::AppRefusal;

/// Why a final configuration was not written or decided on.
#[derive(Debug, thiserror::Error)]
pub enum FinalDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The configuration says no.
    #[error(transparent)]
    App(#[from] AppRefusal),
    /// The author, or somebody of the agency.
    #[error(transparent)]
    Review(#[from] LaunchRefusal),
    /// There is none.
    #[error("There is no such final configuration that you may see. Look at the page of the app.")]
    NotFound,
    /// Not here.
    #[error(
        "In the sandbox the team alone decides. A final configuration is made for staging or production."
    )]
    Sandbox,
    /// Nothing to agree to.
    #[error("The document is the same as the saved configuration. Change something first.")]
    NothingDiffers,
    /// One at a time.
    #[error(
        "Another final configuration of this app waits for a second person. That one must be decided first."
    )]
    Waits,
    /// It was decided.
    #[error("This final configuration is decided already.")]
    Decided,
    /// The team saved meanwhile.
    #[error(
        "The team saved another revision since this was written. Say no to it, and write it anew over the newest revision."
    )]
    BaseMoved,
    /// No reason.
    #[error("Give a reason. The team and the audit record see it.")]
    NoReason,
}

impl Refuse for FinalDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::App(refusal) => refusal.code(),
            Self::Review(refusal) => refusal.code(),
            Self::NotFound => "final/not-found",
            Self::Sandbox => "final/sandbox",
            Self::NothingDiffers => "final/nothing-differs",
            Self::Waits => "final/waits",
            Self::Decided => "final/decided",
            Self::BaseMoved => "final/base-moved",
            Self::NoReason => "final/no-reason",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::App(refusal) => refusal.kind(),
            Self::Review(refusal) => refusal.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Sandbox | Self::NothingDiffers | Self::NoReason => RefusalKind::Invalid,
            Self::Waits | Self::Decided | Self::BaseMoved => RefusalKind::Conflict,
        }
    }
}

impl From<Denied> for Failure<FinalDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}
