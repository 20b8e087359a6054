//! What a step of a request tells its requester and the team.

use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_domain::permission::Role;
use durward_store::launches::LaunchRow;
use durward_store::{Conn, Fault as StoreFault, apps};

use super::notices::{self, Notice, NoticeKind, To};
use super::steps::By;
use crate::keeper::Keeper;

/// Tells the requester and the admins of the team of a step, in the step's unit.
pub(crate) fn of_request(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    event: LaunchEvent,
    by: &By,
) -> Result<(), StoreFault> {
    let Some(kind) = kind(row, event) else {
        return Ok(());
    };
    let note = if by.note.is_empty() {
        "–".to_owned()
    } else {
        by.note.clone()
    };
    let values = vec![
        ("app", app_name(c, &row.revision_id, &row.handle)?),
        ("environment", row.environment.clone()),
        ("window", row.window_date.clone().unwrap_or_default()),
        ("note", note),
    ];
    notices::post(
        c,
        keeper,
        &Notice {
            to: &[
                To::Member(&row.author),
                To::Team(&row.team, &[Role::PartnerAdmin]),
            ],
            kind,
            link: format!("/launches/{}", row.launch_id),
            values,
        },
    )
}

/// The app's name as in the agreement, as a revision has it.
pub(crate) fn app_name(
    c: &mut Conn,
    revision_id: &str,
    handle: &str,
) -> Result<String, StoreFault> {
    let revision = apps::find_revision(c, revision_id)?;
    let document: Option<serde_json::Value> =
        revision.and_then(|revision| serde_json::from_str(&revision.document).ok());
    let name = document
        .as_ref()
        .and_then(|document| document.get("app_name")?.as_str());
    Ok(name.unwrap_or(handle).to_owned())
}

fn kind(row: &LaunchRow, event: LaunchEvent) -> Option<&'static NoticeKind> {
    // The last approval schedules at once: one mail tells of both.
    let scheduled = row.state == LaunchState::Scheduled.as_str();
    match event {
        LaunchEvent::Submit => Some(&notices::REQUEST_SUBMITTED),
        LaunchEvent::RequestChanges => Some(&notices::REQUEST_CHANGES),
        LaunchEvent::Approve if scheduled => None,
        LaunchEvent::Approve => Some(&notices::REQUEST_APPROVED),
        LaunchEvent::Reject => Some(&notices::REQUEST_REJECTED),
        LaunchEvent::Withdraw => Some(&notices::REQUEST_WITHDRAWN),
        LaunchEvent::Schedule => Some(&notices::REQUEST_SCHEDULED),
        LaunchEvent::Deploy => Some(&notices::REQUEST_DEPLOYED),
        LaunchEvent::Verify => None,
        LaunchEvent::RollBack => Some(&notices::REQUEST_ROLLED_BACK),
    }
}
