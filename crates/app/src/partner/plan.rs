//! What a document would change, before anything is saved.

use std::collections::BTreeSet;

use durward_domain::application::AppDocument;
use durward_domain::calendar::Explained;
use durward_domain::change::ChangeClass;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchBody;
use durward_domain::launch::checklist::{ChecklistItem, ItemState};
use durward_domain::lint::{Finding, Syntax};
use durward_domain::permission::Action;
use serde::Serialize;

use super::apps::{AppRefusal, app, not_anothers};
use super::checklist::assess;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::Failure;
use crate::keeper::Keeper;

/// What a document would change.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// Whether saving it would make a new revision.
    pub changes: bool,
    /// The version that is saved now, as in its ETag; nothing when there is none yet.
    pub saved_version: Option<i64>,
    /// What differs from the newest revision.
    pub saved_diff: Vec<DiffLine>,
    /// What differs from what is live; everything is new where nothing is.
    pub diff: Vec<DiffLine>,
    /// Whether nothing is live yet.
    pub first_launch: bool,
    /// How weighty it is.
    pub class: ChangeClass,
    /// How many people must approve.
    pub approvers: u8,
    /// What the validator finds.
    pub findings: Vec<Finding>,
    /// The items of the checklist that are not met; empty in the sandbox.
    pub checklist: Vec<ChecklistItem>,
    /// What the save would open and close on the checklist.
    pub checklist_delta: ChecklistDelta,
    /// The earliest window; nothing in the sandbox, where a save is live at once.
    pub earliest: Option<Explained>,
}

/// Says what a document would change, without saving it.
///
/// # Errors
/// [`AppRefusal`] when it is no document or of a team that the member does not see.
pub async fn plan(
    keeper: &Keeper,
    member: &Member,
    bytes: &[u8],
) -> Result<Plan, Failure<AppRefusal>> {
    let document = AppDocument::parse_json(bytes)
        .map_err(|fault| Failure::Refused(AppRefusal::faulty(fault, bytes, Syntax::Json)))?;
    plan_document(keeper, member, &document).await
}

/// The same for a document that was read already.
///
/// # Errors
/// As [`plan`].
pub async fn plan_document(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
) -> Result<Plan, Failure<AppRefusal>> {
    if !member.reaches(Action::ViewApp, Belongs::ToTeam(document.team.as_str())) {
        return Err(Denied::Role {
            what: Action::ViewApp.sentence(),
        }
        .into());
    }
    not_anothers(keeper, member, document).await?;
    let saved = match app(
        keeper,
        member,
        document.handle.as_str(),
        document.environment,
    )
    .await
    {
        Ok(view) => Some((view.document, view.summary.version)),
        Err(Failure::Refused(AppRefusal::NotFound { .. })) => None,
        Err(failure) => return Err(failure),
    };
    let body = LaunchBody::new(document.handle.clone(), document.environment);
    let assessment = assess(keeper, member, document, &body).await?;
    let live_class = document.environment.class().is_live();
    let before = match &saved {
        Some((saved, _)) if live_class && saved != document => {
            Some(assess(keeper, member, saved, &body).await?.items)
        }
        Some(_) if live_class => Some(assessment.items.clone()),
        _ => None,
    };
    Ok(Plan {
        handle: document.handle.to_string(),
        environment: document.environment,
        changes: saved.as_ref().is_none_or(|(saved, _)| saved != document),
        saved_version: saved.as_ref().map(|(_, version)| *version),
        saved_diff: saved
            .map(|(saved, _)| diff(&saved, document))
            .unwrap_or_default(),
        diff: assessment
            .judged
            .lines
            .into_iter()
            .map(|(line, _)| line)
            .collect(),
        first_launch: assessment.live.is_none(),
        class: assessment.judged.class,
        approvers: assessment.judged.approvers,
        findings: assessment.findings,
        checklist_delta: if live_class {
            ChecklistDelta::between(before.as_deref().unwrap_or_default(), &assessment.items)
        } else {
            ChecklistDelta::default()
        },
        checklist: if live_class {
            assessment
                .items
                .into_iter()
                .filter(|item| item.state != ItemState::Closed)
                .collect()
        } else {
            Vec::new()
        },
        earliest: assessment.earliest.filter(|_| live_class),
    })
}

/// What a save does to the checklist, against what is saved now. Against nothing, every open item is opened.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ChecklistDelta {
    /// Rules that are open then and were not.
    pub opened: Vec<String>,
    /// Rules that were open and are not then.
    pub closed: Vec<String>,
}

impl ChecklistDelta {
    fn between(before: &[ChecklistItem], after: &[ChecklistItem]) -> Self {
        let open = |items: &[ChecklistItem]| -> BTreeSet<String> {
            items
                .iter()
                .filter(|item| item.state == ItemState::Open)
                .map(|item| item.rule.clone())
                .collect()
        };
        let (before, after) = (open(before), open(after));
        Self {
            opened: after.difference(&before).cloned().collect(),
            closed: before.difference(&after).cloned().collect(),
        }
    }
}
