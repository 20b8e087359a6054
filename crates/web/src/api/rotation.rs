//! Rotations of keys.

use axum::extract::Path;
use axum::routing::{get, post};
use durward_app::partner::rotation::{self, RotationDenied, Start};
use durward_domain::permission::Action;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Sent, Told, ok, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::portal::rotation::{EDITS, STEPS};

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/rotation",
        summary: "The open rotation of a key of an app, or else its last one: where it stands and what can be done now.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Rotation")),
        handler: || get(show),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/rotation",
        summary: "Begin to rotate a key: the new one is added beside the old one, and asked for where a review is needed.",
        who: Who::MemberBy(EDITS),
        events: STEPS,
        query: &[],
        body: Some("RotationStart"),
        answer: (200, Some("Rotation")),
        handler: || post(start),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/rotation/advance",
        summary: "Take the next step of a rotation: send what waits, or remove the old key.",
        who: Who::MemberBy(EDITS),
        events: STEPS,
        query: &[],
        body: Some("RotationAdvance"),
        answer: (200, Some("Rotation")),
        handler: || post(advance),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/rotation/cancel",
        summary: "End a rotation before its end; what is live stays as it is.",
        who: Who::MemberBy(EDITS),
        events: STEPS,
        query: &[],
        body: Some("RotationCancel"),
        answer: (200, Some("Rotation")),
        handler: || post(cancel),
    },
];

impl Told for RotationDenied {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Request(denied) => denied.fields(),
            Self::App(refusal) => refusal.fields(),
            Self::StillUsed(days) => vec![("quiet_days", json!(days))],
            _ => Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    key: Value,
    #[serde(default)]
    old_key: Option<String>,
    #[serde(default)]
    attested_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(default)]
    confirm: bool,
    #[serde(default)]
    attested_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    #[serde(default)]
    reason: String,
}

async fn show(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let place = at(&environment)?;
    let found = rotation::find(&call.keeper, &call.member, &handle, place).await;
    let found = found.map_err(told)?;
    ok(&found.ok_or_else(|| told(durward_app::Failure::Refused(RotationDenied::None)))?)
}

async fn start(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Begin = sent.json()?;
    let key = match body.key {
        Value::String(pem) => pem,
        jwk => jwk.to_string(),
    };
    let given = Start {
        key: key.as_bytes(),
        old: body.old_key.as_deref(),
        attested_by: &body.attested_by,
    };
    let place = (handle.as_str(), at(&environment)?);
    let done = rotation::start(&call.keeper, &call.member, place, given, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn advance(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Advance = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let how = (body.confirm, body.attested_by.as_str());
    let done = rotation::advance(&call.keeper, &call.member, place, how, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn cancel(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Cancel = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let done = rotation::cancel(&call.keeper, &call.member, place, &body.reason, &call.trace).await;
    ok(&done.map_err(told)?)
}
