//! Why something about a webhook is refused.

use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;

/// Why something about a webhook is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookDenied {
    /// None that the member may see.
    #[error("There is no such webhook or delivery. Look at the list of your team's webhooks.")]
    NotFound,
    /// The address may not be called.
    #[error("This address cannot be called: {0}. Give an https address that anyone can reach.")]
    Url(String),
    /// No such type.
    #[error("There is no event called \"{0}\". The guide lists all of them; * stands for all.")]
    Event(String),
    /// Nothing chosen.
    #[error("Choose at least one event.")]
    NoEvent,
    /// The bound of a team.
    #[error("A team has at most 20 webhooks. Delete one first.")]
    TooMany,
    /// A webhook stays with its team.
    #[error("A webhook stays with its team. Make a new one for the other team.")]
    TeamFixed,
    /// No team is named, and there is not exactly one.
    #[error("Name the team that the webhook is for.")]
    NoTeam,
    /// Changed meanwhile.
    #[error("Somebody else changed this webhook. Look at it again, then repeat your change.")]
    Stale,
    /// Switched off.
    #[error("This webhook is switched off. Switch it on first.")]
    Disabled,
    /// The member's roles.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl Refuse for WebhookDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "webhook/not-found",
            Self::Url(_) => "webhook/url",
            Self::Event(_) => "webhook/event",
            Self::NoEvent => "webhook/no-event",
            Self::TooMany => "webhook/too-many",
            Self::TeamFixed => "webhook/team-fixed",
            Self::NoTeam => "webhook/no-team",
            Self::Stale => "webhook/stale",
            Self::Disabled => "webhook/disabled",
            Self::Denied(denied) => denied.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotFound => RefusalKind::NotFound,
            Self::Url(_) | Self::Event(_) | Self::NoEvent | Self::NoTeam | Self::TeamFixed => {
                RefusalKind::Invalid
            }
            Self::TooMany | Self::Stale | Self::Disabled => RefusalKind::Conflict,
            Self::Denied(denied) => denied.kind(),
        }
    }
}
