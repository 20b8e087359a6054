//! What a document would change, before anything is saved.

use durward_domain::application::AppDocument;
use durward_domain::calendar::Explained;
use durward_domain::change::ChangeClass;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::launch::LaunchBody;
use durward_domain::launch::checklist::ChecklistItem;
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
    if !member.reaches(Action::ViewApp, Belongs::ToTeam(document.team.as_str())) {
        return Err(Denied::Role {
            what: Action::ViewApp.sentence(),
        }
        .into());
    }
    not_anothers(keeper, member, &document).await?;
    let saved = match app(
        keeper,
        member,
        document.handle.as_str(),
        document.environment,
    )
    .await
    {
        Ok(view) => Some(view.document),
        Err(Failure::Refused(AppRefusal::NotFound { .. })) => None,
        Err(failure) => return Err(failure),
    };
    let body = LaunchBody {
        app: document.handle.clone(),
        environment: document.environment,
        agreement: None,
        desired_date: None,
        estimates: Default::default(),
        audience: None,
        application_url: None,
        contacts: Vec::new(),
        attestations: Default::default(),
        note: None,
    };
    let assessment = assess(keeper, member, &document, &body).await?;
    let live_class = document.environment.class().is_live();
    Ok(Plan {
        saved_diff: saved
            .map(|saved| diff(&saved, &document))
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
        checklist: if live_class {
            assessment
                .items
                .into_iter()
                .filter(|item| item.state != durward_domain::launch::checklist::ItemState::Closed)
                .collect()
        } else {
            Vec::new()
        },
        earliest: live_class.then_some(assessment.earliest),
    })
}
