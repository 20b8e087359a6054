//! Rotating a key: add the next one, wait until the app uses it, remove the old one. Where a rotation stands is read from
//! what is live, from its two requests and from the uses of both keys; nothing else remembers it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::launch::LaunchState;

/// Where a rotation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationStage {
    /// The request that adds the new key is yet to be written.
    Preparing,
    /// The request that adds it is written and not sent.
    AdditionDraft,
    /// It is in review.
    AdditionReview,
    /// The reviewer asks for something else.
    AdditionSentBack,
    /// It is approved and waits for its deployment.
    AdditionWaits,
    /// It came to an end without the new key being live.
    AdditionStopped,
    /// Both keys are live; the app does not use the new one yet.
    WaitsForUse,
    /// The app uses the new key, and used the old one a short time ago.
    BothUsed,
    /// The app uses the new key alone: the old one can go.
    Ready,
    /// The request that removes the old key is written and not sent.
    RemovalDraft,
    /// It is in review.
    RemovalReview,
    /// The reviewer asks for something else.
    RemovalSentBack,
    /// It is approved and waits for its deployment.
    RemovalWaits,
    /// The new key is live and the old one is not.
    Done,
    /// It was ended before.
    Cancelled,
}

/// What a rotation's stage is read from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RotationFacts {
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// Whether it came to its good end: what happens to the keys later is another story.
    pub done: bool,
    /// Whether the new key is live.
    pub new_live: bool,
    /// Whether the old key is live.
    pub old_live: bool,
    /// The request that adds the new key.
    pub addition: Option<LaunchState>,
    /// The request that removes the old key.
    pub removal: Option<LaunchState>,
    /// When the app last used the new key.
    pub new_used: Option<Timestamp>,
    /// When the app last used the old key.
    pub old_used: Option<Timestamp>,
}

impl RotationFacts {
    /// Where the rotation stands.
    pub fn stage(&self, now: Timestamp) -> RotationStage {
        use RotationStage as S;
        if self.cancelled {
            return S::Cancelled;
        }
        if self.done || (self.new_live && !self.old_live) {
            return S::Done;
        }
        if !self.new_live {
            return match self.addition {
                None => S::Preparing,
                Some(LaunchState::Draft) => S::AdditionDraft,
                Some(LaunchState::Submitted) => S::AdditionReview,
                Some(LaunchState::ChangesRequested) => S::AdditionSentBack,
                Some(LaunchState::Approved | LaunchState::Scheduled) => S::AdditionWaits,
                Some(_) => S::AdditionStopped,
            };
        }
        match self.removal {
            Some(LaunchState::Draft) => S::RemovalDraft,
            Some(LaunchState::Submitted) => S::RemovalReview,
            Some(LaunchState::ChangesRequested) => S::RemovalSentBack,
            Some(LaunchState::Approved | LaunchState::Scheduled) => S::RemovalWaits,
            _ if self.new_used.is_none() => S::WaitsForUse,
            _ if self.old_is_quiet(now) => S::Ready,
            _ => S::BothUsed,
        }
    }

    /// Whether the old key was not used for as long as it takes to be sure.
    pub fn old_is_quiet(&self, now: Timestamp) -> bool {
        self.old_used
            .is_none_or(|used| now.duration_since(used) > QUIET)
    }
}

/// What a member can do with a rotation at a stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationStep {
    /// Write and send the request that adds the new key.
    Add,
    /// Write and send the request that removes the old key.
    Remove,
    /// The same, after saying that its use is known.
    RemoveConfirmed,
    /// Wait for somebody else, or for the app.
    Wait,
    /// Nothing: it has ended.
    Nothing,
}

impl RotationStage {
    /// Every stage, in the order of a good course.
    pub const ALL: [Self; 15] = [
        Self::Preparing,
        Self::AdditionDraft,
        Self::AdditionReview,
        Self::AdditionSentBack,
        Self::AdditionWaits,
        Self::AdditionStopped,
        Self::WaitsForUse,
        Self::BothUsed,
        Self::Ready,
        Self::RemovalDraft,
        Self::RemovalReview,
        Self::RemovalSentBack,
        Self::RemovalWaits,
        Self::Done,
        Self::Cancelled,
    ];

    /// The name in documents and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::AdditionDraft => "addition_draft",
            Self::AdditionReview => "addition_review",
            Self::AdditionSentBack => "addition_sent_back",
            Self::AdditionWaits => "addition_waits",
            Self::AdditionStopped => "addition_stopped",
            Self::WaitsForUse => "waits_for_use",
            Self::BothUsed => "both_used",
            Self::Ready => "ready",
            Self::RemovalDraft => "removal_draft",
            Self::RemovalReview => "removal_review",
            Self::RemovalSentBack => "removal_sent_back",
            Self::RemovalWaits => "removal_waits",
            Self::Done => "done",
            Self::Cancelled => "cancelled",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == text)
    }

    /// What can be done now.
    pub const fn step(self) -> RotationStep {
        match self {
            Self::Preparing
            | Self::AdditionDraft
            | Self::AdditionSentBack
            | Self::AdditionStopped => RotationStep::Add,
            Self::WaitsForUse | Self::BothUsed => RotationStep::RemoveConfirmed,
            Self::Ready | Self::RemovalDraft | Self::RemovalSentBack => RotationStep::Remove,
            Self::AdditionReview
            | Self::AdditionWaits
            | Self::RemovalReview
            | Self::RemovalWaits => RotationStep::Wait,
            Self::Done | Self::Cancelled => RotationStep::Nothing,
        }
    }

    /// Whether it has ended.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled)
    }
}

/// A key that was not used for so many days is not needed any more, once another one took over.
pub const QUIET_DAYS: i64 = 7;

/// The same as a span.
pub const QUIET: SignedDuration = SignedDuration::from_hours(QUIET_DAYS * 24);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn ago(days: i64) -> Timestamp {
        now() - SignedDuration::from_hours(days * 24)
    }

    fn now() -> Timestamp {
        "2026-11-10T17:00:00Z".parse().unwrap()
    }

    /// Every state of its two requests with what is live, and what can be done at each stage.
    #[test]
    fn every_stage_and_its_step() {
        let states = || std::iter::once(None).chain(LaunchState::ALL.into_iter().map(Some));
        let word = |state: Option<LaunchState>| state.map_or("none", LaunchState::as_str);
        let mut table = String::new();
        for addition in states() {
            let facts = RotationFacts {
                old_live: true,
                addition,
                ..RotationFacts::default()
            };
            let stage = facts.stage(now());
            writeln!(
                table,
                "old live, addition {} = {}",
                word(addition),
                stage.as_str()
            )
            .unwrap();
        }
        for removal in states() {
            let facts = RotationFacts {
                old_live: true,
                new_live: true,
                addition: Some(LaunchState::Deployed),
                removal,
                ..RotationFacts::default()
            };
            let stage = facts.stage(now());
            writeln!(
                table,
                "both live, removal {} = {}",
                word(removal),
                stage.as_str()
            )
            .unwrap();
        }
        for stage in RotationStage::ALL {
            assert_eq!(RotationStage::parse(stage.as_str()), Some(stage));
            assert_eq!(stage.is_over(), stage.step() == RotationStep::Nothing);
            writeln!(table, "{} -> {:?}", stage.as_str(), stage.step()).unwrap();
        }
        insta::assert_snapshot!("rotation", table);
    }

    fn used(new: Option<i64>, old: Option<i64>, expected: RotationStage) {
        let facts = RotationFacts {
            new_live: true,
            old_live: true,
            new_used: new.map(ago),
            old_used: old.map(ago),
            ..RotationFacts::default()
        };
        assert_eq!(facts.stage(now()), expected);
    }

    #[test]
    fn the_old_key_goes_once_the_new_one_is_used_alone() {
        used(None, None, RotationStage::WaitsForUse);
        used(None, Some(20), RotationStage::WaitsForUse);
        used(Some(1), Some(1), RotationStage::BothUsed);
        used(Some(1), Some(7), RotationStage::BothUsed);
        used(Some(1), Some(8), RotationStage::Ready);
        used(Some(1), None, RotationStage::Ready);
    }

    #[test]
    fn what_is_live_counts_more_than_what_was_asked() {
        let gone = RotationFacts {
            new_live: true,
            removal: Some(LaunchState::Submitted),
            ..RotationFacts::default()
        };
        assert_eq!(gone.stage(now()), RotationStage::Done);
        let rolled_back = RotationFacts {
            old_live: true,
            addition: Some(LaunchState::Deployed),
            ..RotationFacts::default()
        };
        assert_eq!(rolled_back.stage(now()), RotationStage::AdditionStopped);
        let cancelled = RotationFacts {
            cancelled: true,
            ..gone
        };
        assert_eq!(cancelled.stage(now()), RotationStage::Cancelled);
    }
}
