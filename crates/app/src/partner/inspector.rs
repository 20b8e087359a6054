//! Why a request at the door was answered as it was, by the request id that its page printed. No personal data.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::audit;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use crate::actor::{Belongs, Member};
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;

/// One request of a client at the door.
#[derive(Clone, Debug, Serialize)]
pub struct Inspected {
    /// As the answer's `X-Request-Id` and the error page print it.
    pub request_id: String,
    /// Where it was sent.
    pub environment: EnvironmentName,
    /// The app that sent it.
    pub app: String,
    /// What happened, oldest first.
    pub steps: Vec<InspectedStep>,
}

/// One thing that happened in a request.
#[derive(Clone, Debug, Serialize)]
pub struct InspectedStep {
    /// When, by the environment's clock.
    pub time: Timestamp,
    /// What, from the catalogue of events.
    pub event: String,
    /// The code of the refusal, when it was one.
    pub code: Option<String>,
}

/// Finds a request of one of the member's apps.
///
/// # Errors
/// [`NotFound`] when no environment here knows it, or it was of an app that the member may not inspect.
pub async fn inspect(
    keeper: &Keeper,
    member: &Member,
    request_id: &str,
) -> Result<Inspected, Failure<NotFound>> {
    let missing = || Failure::Refused(NotFound);
    if request_id.len() > LONGEST_ID {
        return Err(missing());
    }
    for link in &keeper.environments {
        let Some(door) = &link.door else { continue };
        if let Some(found) = in_environment(keeper, member, door, request_id).await? {
            return Ok(found);
        }
    }
    Err(missing())
}

async fn in_environment(
    keeper: &Keeper,
    member: &Member,
    door: &Arc<Door>,
    request_id: &str,
) -> Result<Option<Inspected>, Fault> {
    let wanted = request_id.to_owned();
    let mut entries = door
        .store
        .read(move |c| audit::of_request(c, &wanted))
        .await?;
    // What people did is theirs; only what the client did is shown.
    entries.retain(|entry| {
        CLIENT_EVENTS
            .iter()
            .any(|family| entry.event.starts_with(family))
    });
    let registry = door.registry.load();
    let app = entries
        .iter()
        .find_map(|entry| registry.app(entry.subject.as_deref()?));
    let Some(handle) = app.map(|app| app.snapshot.document.handle.to_string()) else {
        return Ok(None);
    };
    let owner = handle.clone();
    let team = keeper
        .store
        .read(move |c| durward_store::apps::team_of(c, &owner))
        .await?;
    if !team.is_some_and(|team| member.reaches(Action::InspectRequest, Belongs::ToTeam(&team))) {
        return Ok(None);
    }
    let steps = entries
        .into_iter()
        .map(|entry| InspectedStep {
            time: entry.time,
            code: code_of(&entry.detail),
            event: entry.event,
        })
        .collect();
    Ok(Some(Inspected {
        request_id: request_id.to_owned(),
        environment: door.name,
        app: handle,
        steps,
    }))
}

fn code_of(detail: &str) -> Option<String> {
    let detail: Value = serde_json::from_str(detail).ok()?;
    detail.get("code")?.as_str().map(str::to_owned)
}

/// There is no such request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "No environment knows a request of your apps with this id. Copy the id from the error page."
)]
pub struct NotFound;

impl Refuse for NotFound {
    fn code(&self) -> &'static str {
        "inspector/not-found"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }
}

const CLIENT_EVENTS: [&str; 4] = ["authorize.", "code.", "token.", "grant."];
const LONGEST_ID: usize = 100;
