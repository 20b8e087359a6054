//! Secrets of apps.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{delete, get, post};
use durward_app::partner::secrets::{self, SecretDenied};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::answers::{Answer, Sent, Told, answer, items, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::shared::route::Needs;

/// Who may make and end them.
pub(crate) const MANAGES: Needs = Needs::ByEnvironment {
    sandbox: Action::EditSandboxApp,
    live: Action::ManageSecrets,
};

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/secrets",
        summary: "The secrets of an app in an environment: who made each, when it was used, and when it ends; never the secret.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("ClientSecretList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/secrets",
        summary: "Make a secret for an app in an environment. It is told this once; an app has at most two.",
        who: Who::MemberBy(MANAGES),
        events: &[Event::ClientSecretMade],
        query: &[],
        body: Some("ClientSecretWish"),
        answer: (201, Some("ClientSecretMade")),
        handler: || post(make),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/apps/{handle}/{environment}/secrets/{id}",
        summary: "End a secret of an app at once.",
        who: Who::MemberBy(MANAGES),
        events: &[Event::ClientSecretEnded],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(end),
    },
];

impl Told for SecretDenied {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[serde(default)]
    days: Option<u16>,
}

async fn list(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let place = (handle.as_str(), at(&environment)?);
    let found = secrets::list(&call.keeper, &call.member, place).await;
    items(&found.map_err(told)?)
}

async fn make(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let wish: Wish = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let made = secrets::make(&call.keeper, &call.member, place, wish.days, &call.trace).await;
    answer(StatusCode::CREATED, &made.map_err(told)?)
}

async fn end(
    call: Call,
    Path((handle, environment, id)): Path<(String, String, String)>,
) -> Answer {
    let place = (handle.as_str(), at(&environment)?);
    secrets::end(&call.keeper, &call.member, place, &id, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
