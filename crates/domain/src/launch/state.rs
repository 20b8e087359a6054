//! The way of a launch or change request, and who may take each step.

use std::{collections::BTreeSet, fmt};

use serde::{Deserialize, Serialize};

use crate::{
    id::MemberId,
    refusal::{RefusalKind, Refuse},
};

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchState {
    /// The partner still writes it.
    Draft,
    /// It is in review.
    Submitted,
    /// The reviewer asked for something else.
    ChangesRequested,
    /// Enough people approved it.
    Approved,
    /// It has a window.
    Scheduled,
    /// Its release is current.
    Deployed,
    /// It was seen to work.
    Verified,
    /// A later release carries the older state again.
    RolledBack,
    /// The partner took it back.
    Withdrawn,
    /// The programme said no.
    Rejected,
    /// A newer request of the same app took its place.
    Superseded,
}

/// What can happen to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaunchEvent {
    /// The partner sends it for review.
    Submit,
    /// The reviewer asks for something else.
    RequestChanges,
    /// A reviewer says yes.
    Approve,
    /// A reviewer says no.
    Reject,
    /// The partner takes it back.
    Withdraw,
    /// The calendar gives it a window, or another one.
    Schedule,
    /// A release that carries it is current.
    Deploy,
    /// It was seen to work.
    Verify,
    /// A release carries the older state.
    RollBack,
    /// A newer request takes its place.
    Supersede,
}

impl LaunchState {
    /// Every state, in the order of a good course.
    pub const ALL: [Self; 11] = [
        Self::Draft,
        Self::Submitted,
        Self::ChangesRequested,
        Self::Approved,
        Self::Scheduled,
        Self::Deployed,
        Self::Verified,
        Self::RolledBack,
        Self::Withdrawn,
        Self::Rejected,
        Self::Superseded,
    ];

    /// The name in documents and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::ChangesRequested => "changes_requested",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Deployed => "deployed",
            Self::Verified => "verified",
            Self::RolledBack => "rolled_back",
            Self::Withdrawn => "withdrawn",
            Self::Rejected => "rejected",
            Self::Superseded => "superseded",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Submitted => "In review",
            Self::ChangesRequested => "Changes requested",
            Self::Approved => "Approved",
            Self::Scheduled => "Scheduled",
            Self::Deployed => "Deployed",
            Self::Verified => "Verified",
            Self::RolledBack => "Rolled back",
            Self::Withdrawn => "Withdrawn",
            Self::Rejected => "Rejected",
            Self::Superseded => "Superseded",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Can nothing more happen?
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Rejected | Self::Superseded)
    }

    /// Does the app run as this request says?
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Deployed | Self::Verified)
    }

    /// The state after an event. `Approve` leads here once enough people approved; [`LaunchProgress::apply`] counts them.
    pub const fn after(self, event: LaunchEvent) -> Option<Self> {
        use LaunchEvent as E;
        Some(match (self, event) {
            (Self::Draft | Self::ChangesRequested, E::Submit) => Self::Submitted,
            (Self::Submitted | Self::Approved | Self::Scheduled, E::RequestChanges) => {
                Self::ChangesRequested
            }
            (Self::Submitted, E::Approve) => Self::Approved,
            (
                Self::Submitted | Self::ChangesRequested | Self::Approved | Self::Scheduled,
                E::Reject,
            ) => Self::Rejected,
            (
                Self::Draft
                | Self::Submitted
                | Self::ChangesRequested
                | Self::Approved
                | Self::Scheduled,
                E::Withdraw,
            ) => Self::Withdrawn,
            (
                Self::Submitted | Self::ChangesRequested | Self::Approved | Self::Scheduled,
                E::Supersede,
            ) => Self::Superseded,
            (Self::Approved | Self::Scheduled, E::Schedule) => Self::Scheduled,
            (Self::Scheduled | Self::RolledBack, E::Deploy) => Self::Deployed,
            (Self::Deployed, E::Verify) => Self::Verified,
            (Self::Deployed | Self::Verified, E::RollBack) => Self::RolledBack,
            _ => return None,
        })
    }
}

impl fmt::Display for LaunchState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl LaunchEvent {
    /// Every event.
    pub const ALL: [Self; 10] = [
        Self::Submit,
        Self::RequestChanges,
        Self::Approve,
        Self::Reject,
        Self::Withdraw,
        Self::Schedule,
        Self::Deploy,
        Self::Verify,
        Self::RollBack,
        Self::Supersede,
    ];

    /// The name in documents and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Submit => "submit",
            Self::RequestChanges => "request_changes",
            Self::Approve => "approve",
            Self::Reject => "reject",
            Self::Withdraw => "withdraw",
            Self::Schedule => "schedule",
            Self::Deploy => "deploy",
            Self::Verify => "verify",
            Self::RollBack => "roll_back",
            Self::Supersede => "supersede",
        }
    }

    /// Is this a decision of a reviewer?
    const fn is_review(self) -> bool {
        matches!(self, Self::Approve | Self::Reject | Self::RequestChanges)
    }
}

/// A request's state with what its next step depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchProgress {
    /// Where it stands.
    pub state: LaunchState,
    /// Who wrote the request or the revision: none of them may approve it.
    pub authors: BTreeSet<MemberId>,
    /// How many people must approve.
    pub approvers_needed: u8,
    /// Who approved what is under review now.
    pub approvals: BTreeSet<MemberId>,
    /// The digest of the document under review.
    pub document_sha256: String,
}

/// One step that someone takes. The server itself has no member id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<'a> {
    /// What happens.
    pub event: LaunchEvent,
    /// Who does it; nothing when the server does it at its time.
    pub actor: Option<MemberId>,
    /// The digest of the document that the actor saw.
    pub document_sha256: &'a str,
    /// Items of the checklist that are open and block; a submission needs none.
    pub open_items: &'a [String],
}

impl LaunchProgress {
    /// A new request.
    pub fn draft(author: MemberId, approvers_needed: u8, document_sha256: String) -> Self {
        Self {
            state: LaunchState::Draft,
            authors: BTreeSet::from([author]),
            approvers_needed: approvers_needed.max(1),
            approvals: BTreeSet::new(),
            document_sha256,
        }
    }

    /// The request after a step, or why it cannot be taken.
    pub fn apply(&self, step: &Step<'_>) -> Result<Self, LaunchRefusal> {
        let Some(state) = self.state.after(step.event) else {
            return Err(LaunchRefusal::NotNow {
                state: self.state,
                event: step.event,
            });
        };
        let mut next = self.clone();
        match step.event {
            LaunchEvent::Submit if !step.open_items.is_empty() => {
                return Err(LaunchRefusal::ChecklistOpen(step.open_items.to_vec()));
            }
            // What was approved before was another document.
            LaunchEvent::Submit => {
                next.approvals.clear();
                next.document_sha256 = step.document_sha256.to_owned();
                next.authors.extend(step.actor);
            }
            event if event.is_review() => self.judge_reviewer(step)?,
            _ => {}
        }
        next.state = state;
        if step.event == LaunchEvent::Approve {
            next.approvals.extend(step.actor);
            if next.approvals.len() < usize::from(next.approvers_needed) {
                next.state = LaunchState::Submitted;
            }
        }
        if step.event == LaunchEvent::RequestChanges {
            next.approvals.clear();
        }
        Ok(next)
    }

    /// How many more people must approve.
    pub fn approvals_missing(&self) -> usize {
        usize::from(self.approvers_needed).saturating_sub(self.approvals.len())
    }

    fn judge_reviewer(&self, step: &Step<'_>) -> Result<(), LaunchRefusal> {
        let Some(reviewer) = step.actor else {
            return Err(LaunchRefusal::NoReviewer);
        };
        if step.event != LaunchEvent::Approve {
            return Ok(());
        }
        if self.authors.contains(&reviewer) {
            return Err(LaunchRefusal::OwnRequest);
        }
        if self.approvals.contains(&reviewer) {
            return Err(LaunchRefusal::ApprovedAlready);
        }
        if step.document_sha256 != self.document_sha256 {
            return Err(LaunchRefusal::StaleReview);
        }
        Ok(())
    }
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaunchRefusal {
    /// Not in this state.
    #[error("The request is \"{}\". This step ({}) is not possible now.", .state.title(), .event.as_str())]
    NotNow {
        /// Where the request stands.
        state: LaunchState,
        /// What was tried.
        event: LaunchEvent,
    },
    /// The checklist has open items.
    #[error("The production checklist has {} open items: {}. Close them, then submit again.", .0.len(), .0.join(", "))]
    ChecklistOpen(Vec<String>),
    /// The author cannot approve.
    #[error("You wrote this request or its configuration. Someone else must approve it.")]
    OwnRequest,
    /// One person counts once.
    #[error("You have approved this request already. A second person must approve it.")]
    ApprovedAlready,
    /// The document changed since the reviewer saw it.
    #[error(
        "The configuration changed since you opened the review. Open it again and look at the difference."
    )]
    StaleReview,
    /// The reviewer belongs to those who ask.
    #[error(
        "You belong to a team of the agency that asks ({0}). A reviewer from outside that agency must decide."
    )]
    ConflictOfInterest(String),
    /// A review without a person.
    #[error("A review is made by a person who is signed in.")]
    NoReviewer,
}

impl Refuse for LaunchRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotNow { .. } => "launch/not-now",
            Self::ChecklistOpen(_) => "launch/checklist-open",
            Self::OwnRequest => "launch/own-request",
            Self::ApprovedAlready => "launch/approved-already",
            Self::StaleReview => "launch/stale-review",
            Self::ConflictOfInterest(_) => "launch/conflict-of-interest",
            Self::NoReviewer => "launch/no-reviewer",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotNow { .. } | Self::ApprovedAlready | Self::StaleReview => {
                RefusalKind::Conflict
            }
            Self::ChecklistOpen(_) => RefusalKind::Invalid,
            Self::OwnRequest | Self::ConflictOfInterest(_) | Self::NoReviewer => {
                RefusalKind::Forbidden
            }
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fmt::Write;

    use uuid::Uuid;

    use super::*;

    fn member(number: u128) -> MemberId {
        MemberId::new(Uuid::from_u128(number))
    }

    fn step(event: LaunchEvent, actor: u128) -> Step<'static> {
        Step {
            event,
            actor: Some(member(actor)),
            document_sha256: "d1",
            open_items: &[],
        }
    }

    fn submitted(approvers: u8) -> LaunchProgress {
        LaunchProgress::draft(member(1), approvers, "d1".into())
            .apply(&step(LaunchEvent::Submit, 1))
            .unwrap()
    }

    #[test]
    fn every_state_with_every_event() {
        let mut table = String::new();
        for state in LaunchState::ALL {
            for event in LaunchEvent::ALL {
                let after = state.after(event).map_or("-", LaunchState::as_str);
                writeln!(
                    table,
                    "{:<17} {:<15} {after}",
                    state.as_str(),
                    event.as_str()
                )
                .unwrap();
            }
            assert_eq!(LaunchState::parse(state.as_str()), Some(state));
        }
        insta::assert_snapshot!("states", table);
    }

    /// A change that two people must approve: every state with every event, by whoever takes the step.
    #[test]
    fn every_step_of_a_change_for_two() {
        let approved_once = submitted(2).apply(&step(LaunchEvent::Approve, 2)).unwrap();
        let standing = LaunchState::ALL.into_iter().map(|state| {
            let progress = LaunchProgress {
                state,
                ..submitted(2)
            };
            (state.as_str(), progress)
        });
        let mut table = format!(
            "{:<17} {:<15} {:<26} {:<26} {:<26} server\n",
            "state", "event", "author", "who approved once", "another reviewer"
        );
        for (name, progress) in standing.chain([("submitted, 1 of 2", approved_once)]) {
            for event in LaunchEvent::ALL {
                let by = |actor: Option<u128>| {
                    let taken = Step {
                        actor: actor.map(member),
                        ..step(event, 1)
                    };
                    match progress.apply(&taken) {
                        Ok(after) => format!("{} ({} of 2)", after.state, after.approvals.len()),
                        Err(LaunchRefusal::NotNow { .. }) => "-".to_owned(),
                        Err(refusal) => refusal.code().to_owned(),
                    }
                };
                let row = [Some(1), Some(2), Some(3)].map(by);
                let [author, once, other] = row;
                writeln!(
                    table,
                    "{name:<17} {:<15} {author:<26} {once:<26} {other:<26} {}",
                    event.as_str(),
                    by(None)
                )
                .unwrap();
            }
        }
        insta::assert_snapshot!("change_for_two", table);
    }

    #[test]
    fn the_author_never_approves() {
        assert_eq!(
            submitted(1).apply(&step(LaunchEvent::Approve, 1)),
            Err(LaunchRefusal::OwnRequest)
        );
        let mut with_editor = submitted(1);
        with_editor.authors.insert(member(7));
        assert_eq!(
            with_editor.apply(&step(LaunchEvent::Approve, 7)),
            Err(LaunchRefusal::OwnRequest)
        );
        let by_nobody = Step {
            actor: None,
            ..step(LaunchEvent::Approve, 1)
        };
        assert_eq!(
            submitted(1).apply(&by_nobody),
            Err(LaunchRefusal::NoReviewer)
        );
    }

    #[test]
    fn one_approver_or_two_different_ones() {
        assert_eq!(
            submitted(1)
                .apply(&step(LaunchEvent::Approve, 2))
                .unwrap()
                .state,
            LaunchState::Approved
        );
        let once = submitted(2).apply(&step(LaunchEvent::Approve, 2)).unwrap();
        assert_eq!(
            (once.state, once.approvals_missing()),
            (LaunchState::Submitted, 1)
        );
        assert_eq!(
            once.apply(&step(LaunchEvent::Approve, 2)),
            Err(LaunchRefusal::ApprovedAlready)
        );
        assert_eq!(
            once.apply(&step(LaunchEvent::Approve, 3)).unwrap().state,
            LaunchState::Approved
        );
    }

    #[test]
    fn changes_requested_forget_the_approvals() {
        let once = submitted(2).apply(&step(LaunchEvent::Approve, 2)).unwrap();
        let back = once.apply(&step(LaunchEvent::RequestChanges, 3)).unwrap();
        assert!(back.approvals.is_empty());
        let again = back
            .apply(&Step {
                document_sha256: "d2",
                ..step(LaunchEvent::Submit, 1)
            })
            .unwrap();
        assert_eq!(
            again.apply(&step(LaunchEvent::Approve, 2)),
            Err(LaunchRefusal::StaleReview)
        );
        assert!(
            again
                .apply(&Step {
                    document_sha256: "d2",
                    ..step(LaunchEvent::Approve, 2)
                })
                .is_ok()
        );
    }

    #[test]
    fn an_open_checklist_stops_the_submission() {
        let open = ["L01".to_owned(), "L09".to_owned()];
        let refused = LaunchProgress::draft(member(1), 1, "d1".into()).apply(&Step {
            open_items: &open,
            ..step(LaunchEvent::Submit, 1)
        });
        let refusal = refused.unwrap_err();
        assert_eq!(refusal.code(), "launch/checklist-open");
        assert_eq!(
            refusal.to_string(),
            "The production checklist has 2 open items: L01, L09. Close them, then submit again."
        );
    }
}
