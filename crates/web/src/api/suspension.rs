//! Suspending and resuming apps, and revoking keys.

use axum::extract::Path;
use axum::routing::{get, post};
use durward_app::operator::suspension::{self, SuspensionDenied};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use super::answers::{Answer, Sent, Told, ok, parameter, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Route, Who};

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/suspension",
        summary: "Whether nobody can sign in to an app, why, and which of its keys are revoked.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Denials")),
        handler: || get(show),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/suspend",
        summary: "Suspend an app at once; no release and no roll-back brings it back.",
        who: Who::Member(Action::SuspendApp),
        events: &[Event::AppSuspended, Event::DenialsMade],
        query: &[],
        body: Some("Suspend"),
        answer: (200, Some("Denials")),
        handler: || post(suspend),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/resume",
        summary: "Lift the suspension of an app.",
        who: Who::Member(Action::SuspendApp),
        events: &[Event::AppResumed, Event::DenialsMade],
        query: &[],
        body: Some("Resume"),
        answer: (200, Some("Denials")),
        handler: || post(resume),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/keys/revoke",
        summary: "Revoke a key of an app at once and for good.",
        who: Who::Member(Action::RevokeKey),
        events: &[Event::AppKeyRevoked, Event::DenialsMade],
        query: &[],
        body: Some("RevokeKey"),
        answer: (200, Some("Denials")),
        handler: || post(revoke),
    },
];

impl Told for SuspensionDenied {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suspend {
    reason: String,
    #[serde(default)]
    until: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resume {
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RevokeKey {
    thumbprint: String,
    reason: String,
}

async fn show(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let found = suspension::of_app(&call.keeper, &call.member, &handle, at(&environment)?).await;
    ok(&found.map_err(told)?)
}

async fn suspend(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Suspend = sent.json()?;
    let until = match body.until.as_deref() {
        None => None,
        Some(text) => Some(time(&call, text).ok_or_else(|| {
            parameter(
                "until",
                "a day such as 2026-12-01 or a time such as 2026-12-01T14:00:00Z",
            )
        })?),
    };
    let place = (handle.as_str(), at(&environment)?);
    let what = (body.reason.as_str(), until);
    let done = suspension::suspend(&call.keeper, &call.member, place, what, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn resume(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Resume = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let done =
        suspension::resume(&call.keeper, &call.member, place, &body.reason, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn revoke(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: RevokeKey = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let what = (body.thumbprint.as_str(), body.reason.as_str());
    let done = suspension::revoke_key(&call.keeper, &call.member, place, what, &call.trace).await;
    ok(&done.map_err(told)?)
}

fn time(call: &Call, text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    let day: Date = text.parse().ok()?;
    Some(call.keeper.programme.noon(day))
}
