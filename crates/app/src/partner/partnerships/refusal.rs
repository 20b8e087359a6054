//! Why a step of a partnership was not taken.

use durward_domain::partnership::MoveRefused;
use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;
use crate::partner::teams::TeamRefusal;

/// Why a step of a partnership was not taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PartnershipRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none that the member may see.
    #[error("There is no such partnership that you may see. Check its address.")]
    NotFound,
    /// The standing does not allow it.
    #[error(transparent)]
    Standing(#[from] MoveRefused),
    /// Agency, team or invitation were refused.
    #[error(transparent)]
    Team(#[from] TeamRefusal),
    /// No reason.
    #[error("Give a reason of 3 to 2,000 characters: the partner reads it.")]
    Reason,
    /// No words.
    #[error("Write a note of 1 to 5,000 characters.")]
    Note,
    /// Nobody who may.
    #[error(
        "There is no account manager with this address. Give the address of a member who is one."
    )]
    Manager,
    /// A task that nobody marks.
    #[error("This task is done when the portal sees it, so it cannot be marked. Do it, and it is.")]
    Task,
    /// It has a team.
    #[error("This partnership has a team already.")]
    HasTeam,
    /// The fit is not decided.
    #[error("Decide first whether the service is a good fit.")]
    NoFit,
    /// It is not pursued.
    #[error("This partnership rests or is over. Resume it first.")]
    NotOpen,
    /// Somebody was first.
    #[error("The partnership changed since you loaded it. Load it again and repeat your step.")]
    Stale,
}

impl Refuse for PartnershipRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "partnership/not-found",
            Self::Standing(refused) => refused.code(),
            Self::Team(refused) => refused.code(),
            Self::Reason => "partnership/reason",
            Self::Note => "partnership/note",
            Self::Manager => "partnership/manager",
            Self::Task => "partnership/task",
            Self::HasTeam => "partnership/has-team",
            Self::NoFit => "partnership/no-fit",
            Self::NotOpen => "partnership/not-open",
            Self::Stale => "partnership/stale",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::Standing(refused) => refused.kind(),
            Self::Team(refused) => refused.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Reason | Self::Note | Self::Manager | Self::Task => RefusalKind::Invalid,
            Self::HasTeam | Self::NoFit | Self::NotOpen | Self::Stale => RefusalKind::Conflict,
        }
    }
}
