//! Why a release was not deployed or rolled back.

use durward_domain::calendar::say;
use durward_domain::launch::LaunchState;
use durward_domain::refusal::{RefusalKind, Refuse};
use jiff::civil::Date;

use crate::actor::Denied;
use crate::failure::Failure;

/// Why a release was not deployed or rolled back.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none that the member may see.
    #[error("There is no such release or request that you may see. Check its number.")]
    NotFound,
    /// Too early.
    #[error("Its window is not open yet. The server deploys it on {}.", say(*.0))]
    WindowClosed(Date),
    /// Nothing to do.
    #[error("The environment already has what this release brought.")]
    InEffect,
    /// A later release changed it.
    #[error("A later release changed \"{0}\". Roll back that one first.")]
    Superseded(String),
    /// The app is not in it.
    #[error("The release did not change this app. Name one of its apps.")]
    NotInRelease,
    /// It changed several apps and none was named.
    #[error("The release changed several apps. Name the one to roll back as `app`: {0}.")]
    NameTheApp(String),
    /// The request was not rolled back.
    #[error("The request is \"{}\". Only what was rolled back can be deployed again.", .0.title())]
    NotRolledBack(LaunchState),
    /// It took something back.
    #[error(
        "This release took something back. Deploy the release that it took back again, or roll that one back."
    )]
    TookBack,
    /// The configuration is gone.
    #[error("The configuration of \"{0}\" was deleted since. Its team must save it anew.")]
    Deleted(String),
    /// The app has ended.
    #[error("\"{0}\" is retired for good. Nothing brings it back.")]
    Retired(String),
    /// The agreement does not hold.
    #[error("{0}")]
    Agreement(String),
    /// Nothing differs that a release could repair.
    #[error("There is no drift that a new release could repair.")]
    NoDrift,
    /// The portal's own app.
    #[error(
        "This is one of the server's own apps: the portal, through which its people sign in, or the canary. It is in every release and cannot be taken out."
    )]
    Portal,
}

impl Refuse for ReleaseDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "release/not-found",
            Self::WindowClosed(_) => "release/window-closed",
            Self::InEffect => "release/in-effect",
            Self::Superseded(_) => "release/superseded",
            Self::NotInRelease => "release/app-not-in-it",
            Self::NameTheApp(_) => "release/name-the-app",
            Self::NotRolledBack(_) => "release/not-rolled-back",
            Self::TookBack => "release/took-back",
            Self::Deleted(_) => "release/configuration-deleted",
            Self::Retired(_) => "release/app-retired",
            Self::Agreement(_) => "release/agreement",
            Self::NoDrift => "release/no-drift",
            Self::Portal => "release/portal-app",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::NotInRelease | Self::NameTheApp(_) => RefusalKind::Invalid,
            Self::Portal => RefusalKind::Forbidden,
            _ => RefusalKind::Conflict,
        }
    }
}

impl From<Denied> for Failure<ReleaseDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}
