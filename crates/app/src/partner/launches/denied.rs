//! Why a request was not written or moved.

use durward_domain::calendar::NoWindow;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::checklist::ChecklistItem;
use durward_domain::launch::{LaunchRefusal, LaunchState};
use durward_domain::refusal::{RefusalKind, Refuse};

use crate::actor::Denied;
use crate::failure::Failure;

/// Why a request was not written or moved.
#[derive(Debug, thiserror::Error)]
pub enum LaunchDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none that the member may see.
    #[error("There is no such request that you may see. Check its number and your teams.")]
    NotFound,
    /// The state machine says no.
    #[error(transparent)]
    Refused(#[from] LaunchRefusal),
    /// The checklist is open.
    #[error("The production checklist has open items: {}. Close them, then submit again.", names(.0))]
    Open(Vec<ChecklistItem>),
    /// There is nothing to ask for.
    #[error("\"{app}\" has no configuration in {environment} yet. Save one first.")]
    NoConfiguration {
        /// The app.
        app: String,
        /// The environment.
        environment: EnvironmentName,
    },
    /// Nothing is reviewed there.
    #[error("A save in the sandbox is live at once. Ask for a launch to staging or production.")]
    NotReviewed,
    /// It is live.
    #[error("\"{0}\" is live there already. Ask for a change instead.")]
    AlreadyLive(String),
    /// It has ended.
    #[error(
        "\"{0}\" is retired there for good. A new service needs an app with another short name and issuer."
    )]
    Retired(String),
    /// It is not live.
    #[error("\"{0}\" is not live there yet. Ask for a launch instead.")]
    NotLiveYet(String),
    /// One at a time.
    #[error(
        "The request {0} for this app is still open. Finish or withdraw it, or let the new one take its place: name it as \"supersedes\"."
    )]
    AnotherOpen(String),
    /// It cannot take the place of that one.
    #[error(
        "There is no open request {0} of this app that was sent for review. Look at the app's requests."
    )]
    NothingToSupersede(String),
    /// Not for this level.
    #[error(
        "Staging is for identity-verified apps. Try \"{0}\" in the sandbox, and ask for a launch to production."
    )]
    StagingLevel(String),
    /// Not without a signature.
    #[error("Staging needs an executed agreement that lists the app. {0}")]
    StagingAgreement(String),
    /// Not without an authority to operate.
    #[error("Staging takes personal data, so its addresses need an authority to operate. {0}")]
    StagingAuthority(String),
    /// Nothing was said.
    #[error("Write a comment of at most 2,000 characters.")]
    Comment,
    /// No such field.
    #[error(
        "The request has no field {0}. Give a JSON Pointer into its document, or under /request into what was asked."
    )]
    NoSuchField(String),
    /// Enough was said.
    #[error("The request has two hundred comments. Say the rest with the decision.")]
    TooManyComments,
    /// Only what is live can have an emergency.
    #[error("Only a change of a live app can be an emergency. A launch waits for its window.")]
    NoEmergency,
    /// No reason.
    #[error("Give a reason. The reviewer and the audit record see it.")]
    NoReason,
    /// It would change nothing.
    #[error("The configuration is live as it is saved. Save a change first.")]
    NothingDiffers,
    /// No review is owed.
    #[error("No review is owed for this request.")]
    NothingOwed,
    /// Who approved an emergency does not look at it again.
    #[error("You approved this emergency. Someone else must review it afterwards.")]
    OwnAfterReview,
    /// Another release changed the app.
    #[error(
        "What is live changed since the request was submitted. {0} Send it back, so that its team submits it again."
    )]
    BaseMoved(String),
    /// Somebody was first.
    #[error("The request changed since you loaded it. Load it again and repeat your step.")]
    Stale,
    /// Only before review.
    #[error("The request is \"{}\" and cannot be changed now. Withdraw it, or ask the reviewer to send it back.", .0.title())]
    NotEditable(LaunchState),
    /// Too late.
    #[error("The release of this request is being deployed. Ask the deployer to roll it back.")]
    BeingDeployed,
    /// The calendar is full of holidays and freezes.
    #[error(transparent)]
    NoWindow(NoWindow),
}

impl Refuse for LaunchDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "launch/not-found",
            Self::Refused(refusal) => refusal.code(),
            // One code, wherever the checklist is told.
            Self::Open(_) => LaunchRefusal::ChecklistOpen(Vec::new()).code(),
            Self::NoConfiguration { .. } => "launch/no-configuration",
            Self::NotReviewed => "launch/not-reviewed",
            Self::AlreadyLive(_) => "launch/already-live",
            Self::NotLiveYet(_) => "change/not-live",
            Self::Retired(_) => "launch/retired",
            Self::AnotherOpen(_) => "launch/another-open",
            Self::NothingToSupersede(_) => "launch/nothing-to-supersede",
            Self::StagingLevel(_) => "launch/staging-level",
            Self::StagingAgreement(_) => "launch/staging-agreement",
            Self::StagingAuthority(_) => "launch/staging-authority",
            Self::Comment => "launch/comment",
            Self::NoSuchField(_) => "launch/no-such-field",
            Self::TooManyComments => "launch/too-many-comments",
            Self::NoEmergency => "change/no-emergency",
            Self::NoReason => "change/no-reason",
            Self::NothingDiffers => "change/nothing-differs",
            Self::NothingOwed => "change/no-review-owed",
            Self::OwnAfterReview => "change/own-after-review",
            Self::BaseMoved(_) => "change/base-moved",
            Self::Stale => "launch/stale",
            Self::NotEditable(_) => "launch/not-editable",
            Self::BeingDeployed => "launch/being-deployed",
            Self::NoWindow(none) => none.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::Refused(refusal) => refusal.kind(),
            Self::NoWindow(none) => none.kind(),
            Self::Open(_)
            | Self::NoConfiguration { .. }
            | Self::NotReviewed
            | Self::StagingLevel(_)
            | Self::StagingAgreement(_)
            | Self::StagingAuthority(_)
            | Self::Comment
            | Self::NoReason
            | Self::NoEmergency
            | Self::NoSuchField(_) => RefusalKind::Invalid,
            _ => RefusalKind::Conflict,
        }
    }
}

impl From<Denied> for Failure<LaunchDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
}

fn names(items: &[ChecklistItem]) -> String {
    items
        .iter()
        .map(|item| format!("{} ({})", item.rule, item.sentence.trim_end_matches('.')))
        .collect::<Vec<_>>()
        .join(", ")
}
