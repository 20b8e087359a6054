//! Why a ticket was not opened, shown, answered or moved.

use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;

/// Why a ticket was not opened, shown, answered or moved.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefusal {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// None that the member may see.
    #[error("There is no such support ticket that you may see. Check its address.")]
    NotFound,
    /// No team to ask for.
    #[error(
        "Say which of your teams asks. Who belongs to no team yet asks a partner admin for an invitation."
    )]
    Team,
    /// Not an app of the team.
    #[error("There is no such app of your team. Leave it out, or choose one of your own apps.")]
    App,
    /// No subject, or too long.
    #[error("Write in one line of 3 to 150 characters what it is about.")]
    Subject,
    /// No text, or too long.
    #[error("Write plain text of at most 10,000 characters.")]
    Text,
    /// Not a request id.
    #[error(
        "This is not a request id. Copy it from the error page or the answer, or leave it out."
    )]
    RequestId,
    /// Nothing is said in it any more.
    #[error("The ticket is closed. Open a new one, and name this one in it.")]
    Closed,
    /// Not from where it stands, or not by this side.
    #[error("The ticket cannot move to this state from where it stands. Load it again.")]
    State,
    /// Too long a conversation.
    #[error("The ticket has 500 entries. Open a new one, and name this one in it.")]
    Full,
    /// Too many tickets.
    #[error("You opened many tickets within the hour. Answer in one of them, or wait.")]
    TooMany,
}

impl Refuse for TicketRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "ticket/not-found",
            Self::Team => "ticket/team",
            Self::App => "ticket/app",
            Self::Subject => "ticket/subject",
            Self::Text => "ticket/text",
            Self::RequestId => "ticket/request-id",
            Self::Closed => "ticket/closed",
            Self::State => "ticket/state",
            Self::Full => "ticket/full",
            Self::TooMany => "ticket/too-many",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Team | Self::App | Self::Subject | Self::Text | Self::RequestId => {
                RefusalKind::Invalid
            }
            Self::Closed | Self::State | Self::Full => RefusalKind::Conflict,
            Self::TooMany => RefusalKind::TooMany,
        }
    }
}
