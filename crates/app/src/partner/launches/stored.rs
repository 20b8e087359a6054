//! What a request's row keeps as JSON beside its columns.

use std::collections::BTreeSet;

use durward_domain::change::ChangeClass;
use durward_domain::diff::DiffLine;
use durward_domain::id::MemberId;
use durward_domain::launch::checklist::ChecklistItem;
use durward_domain::launch::{LaunchBody, LaunchProgress, LaunchState};
use durward_store::launches::LaunchRow;
use serde::{Deserialize, Serialize};

use super::corrupt;
use crate::failure::Fault;
use crate::partner::requests::Way;

/// What a request's row keeps as JSON beside its columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Stored {
    pub(crate) body: LaunchBody,
    pub(crate) authors: BTreeSet<MemberId>,
    pub(crate) approvers_needed: u8,
    pub(crate) approvals: BTreeSet<MemberId>,
    pub(crate) document_sha256: String,
    pub(crate) class: ChangeClass,
    /// The checklist and the differences as they were at the submission.
    pub(crate) checklist: Vec<ChecklistItem>,
    pub(crate) diff: Vec<DiffLine>,
    /// How weighty each difference is.
    pub(crate) line_classes: Vec<ChangeClass>,
    /// The revision that was live at the submission.
    pub(crate) live_revision: Option<String>,
    /// The request that took its place.
    pub(crate) superseded_by: Option<String>,
    /// How it comes to its deployment.
    #[serde(default)]
    pub(crate) way: Way,
}

impl Stored {
    pub(crate) fn read(row: &LaunchRow) -> Result<Self, Fault> {
        serde_json::from_str(&row.request).map_err(|error| corrupt(&error.to_string()))
    }

    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn progress(&self, state: LaunchState) -> LaunchProgress {
        LaunchProgress {
            state,
            authors: self.authors.clone(),
            approvers_needed: self.approvers_needed,
            approvals: self.approvals.clone(),
            document_sha256: self.document_sha256.clone(),
        }
    }

    pub(crate) fn take(&mut self, progress: &LaunchProgress) {
        self.authors.clone_from(&progress.authors);
        self.approvals.clone_from(&progress.approvals);
        self.document_sha256.clone_from(&progress.document_sha256);
    }
}
