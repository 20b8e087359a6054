//! What a step of a request or a save tells the team: members by notice, programs by webhook.

use std::collections::BTreeSet;

use durward_domain::application::Key;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_domain::permission::Role;
use durward_store::apps::RevisionRow;
use durward_store::launches::LaunchRow;
use durward_store::{Conn, Fault as StoreFault, apps};
use serde_json::json;

use super::launches::{kind_of, reviewers};
use super::notices::{self, Notice, NoticeKind, To};
use super::steps::{By, audited};
use super::webhooks::{self, WebhookEvent};
use crate::actor::Member;
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// Tells the requester and the admins of the team of a step, in the step's unit.
pub(crate) fn of_request(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    event: LaunchEvent,
    by: &By,
) -> Result<(), StoreFault> {
    hooks(c, keeper, row, event, by)?;
    if event == LaunchEvent::Submit {
        reviewers::told_of_submission(c, keeper, row)?;
    }
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

/// Tells the team's programs of a save, and of keys that came and went.
pub(crate) fn of_save(
    c: &mut Conn,
    keeper: &Keeper,
    (member, trace): (&Member, &Trace),
    (team, row): (&str, &RevisionRow),
    before: Option<&str>,
) -> Result<(), StoreFault> {
    let data = json!({
        "app": row.handle, "environment": row.environment, "revision": row.number, "digest": row.digest, "note": row.note,
    });
    webhooks::emit(c, keeper, team, WebhookEvent::AppSaved, &data)?;
    let (old, new) = (before.map(keys).unwrap_or_default(), keys(&row.document));
    let live_class =
        EnvironmentName::parse(&row.environment).is_ok_and(|name| name.class().is_live());
    let changes = new
        .difference(&old)
        .map(|key| (key, true))
        .chain(old.difference(&new).map(|key| (key, false)));
    for (fingerprint, added) in changes {
        let (hook, event, kind) = if added {
            (
                WebhookEvent::KeyAdded,
                Event::AppKeyAdded,
                &notices::KEY_ADDED,
            )
        } else {
            (
                WebhookEvent::KeyRemoved,
                Event::AppKeyRemoved,
                &notices::KEY_REMOVED,
            )
        };
        let detail = json!({ "app": row.handle, "environment": row.environment, "revision": row.number, "fingerprint": fingerprint });
        webhooks::emit(c, keeper, team, hook, &detail)?;
        keeper.record(
            c,
            &Happened {
                actor: &member.actor(),
                event,
                subject: &format!("{}/{}", row.handle, row.environment),
                trace: Some(trace),
                detail: json!({ "revision": row.number, "fingerprint": fingerprint }),
            },
        )?;
        // The first keys of a configuration are no news to those who make it.
        if live_class && before.is_some() {
            let values = vec![
                ("app", app_name(c, &row.revision_id, &row.handle)?),
                ("environment", row.environment.clone()),
                ("fingerprint", fingerprint.clone()),
                ("who", member.name.clone()),
            ];
            notices::post(
                c,
                keeper,
                &Notice {
                    to: &[To::Team(team, &[Role::PartnerAdmin])],
                    kind,
                    link: format!("/apps/{}/{}/keys", row.handle, row.environment),
                    values,
                },
            )?;
        }
    }
    Ok(())
}

/// A sandbox revision is live.
pub(crate) fn of_release(
    c: &mut Conn,
    keeper: &Keeper,
    team: &str,
    row: &RevisionRow,
    release: &str,
) -> Result<(), StoreFault> {
    let data = json!({
        "app": row.handle, "environment": row.environment, "revision": row.number, "release": release,
    });
    webhooks::emit(c, keeper, team, WebhookEvent::AppDeployed, &data)
}

fn keys(document: &str) -> BTreeSet<String> {
    let document: Option<Keys> = serde_json::from_str(document).ok();
    let keys = document.map(|document| document.keys).unwrap_or_default();
    keys.iter().map(Key::fingerprint).collect()
}

#[derive(serde::Deserialize)]
struct Keys {
    #[serde(default)]
    keys: Vec<Key>,
}

fn hooks(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    event: LaunchEvent,
    by: &By,
) -> Result<(), StoreFault> {
    let Some(hook) = WebhookEvent::parse(audited(kind_of(row), event).id()) else {
        return Ok(());
    };
    let data = json!({
        "id": row.launch_id, "kind": row.kind, "app": row.handle, "environment": row.environment, "state": row.state,
        "window": row.window_date, "agreement": row.agreement, "note": by.note, "release": row.release_id,
    });
    webhooks::emit(c, keeper, &row.team, hook, &data)?;
    if event == LaunchEvent::Deploy {
        let data = json!({
            "app": row.handle, "environment": row.environment, "request": row.launch_id, "release": row.release_id,
        });
        webhooks::emit(c, keeper, &row.team, WebhookEvent::AppDeployed, &data)?;
    }
    Ok(())
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
        // What goes live without a window has notices of its own.
        LaunchEvent::Submit | LaunchEvent::Approve | LaunchEvent::Schedule
            if row.window_date.is_none() =>
        {
            None
        }
        LaunchEvent::Submit => Some(&notices::REQUEST_SUBMITTED),
        LaunchEvent::RequestChanges => Some(&notices::REQUEST_CHANGES),
        LaunchEvent::Approve if scheduled => None,
        LaunchEvent::Approve => Some(&notices::REQUEST_APPROVED),
        LaunchEvent::Reject => Some(&notices::REQUEST_REJECTED),
        LaunchEvent::Withdraw => Some(&notices::REQUEST_WITHDRAWN),
        LaunchEvent::Schedule => Some(&notices::REQUEST_SCHEDULED),
        LaunchEvent::Deploy => Some(&notices::REQUEST_DEPLOYED),
        LaunchEvent::Supersede => Some(&notices::REQUEST_SUPERSEDED),
        LaunchEvent::Verify => None,
        LaunchEvent::RollBack => Some(&notices::REQUEST_ROLLED_BACK),
    }
}
