//! Emergencies, and the reviews that they owe.

use axum::extract::Path;
use axum::routing::{get, post};
use durward_app::operator::after_review;
use durward_app::partner::requests;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::answers::{Answer, Sent, items, ok, tagged, told};
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::shared::problem::Problem;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/emergency",
        summary: "Ask for a change as an emergency: deployed at once when a second person approves it, reviewed afterwards.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::ChangeSubmitted],
        query: &[],
        body: Some("Resume"),
        answer: (200, Some("Launch")),
        handler: || post(emergency),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/after-review",
        summary: "Say what the review after an emergency found.",
        who: Who::Member(Action::ReviewLaunch),
        events: &[Event::ChangeAfterReviewed],
        query: &[],
        body: Some("Resume"),
        answer: (200, Some("Launch")),
        handler: || post(review),
    },
    Route {
        method: "GET",
        path: "/api/v1/after-reviews",
        summary: "The reviews that are owed after emergencies, the oldest first; of staff.",
        who: Who::Member(Action::ViewConsole),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("OpenReviewList")),
        handler: || get(owed),
    },
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: String,
}

async fn emergency(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let Why { reason } = sent.json()?;
    let done =
        requests::submit_emergency(&call.keeper, &call.member, &id, &reason, &call.trace).await;
    let view = done.map_err(told)?;
    tagged(ok(&view), view.summary.version)
}

async fn review(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let Why { reason } = sent.json()?;
    let done = after_review::finish(&call.keeper, &call.member, &id, &reason, &call.trace).await;
    let view = done.map_err(told)?;
    tagged(ok(&view), view.summary.version)
}

async fn owed(call: Call) -> Answer {
    let list = after_review::open(&call.keeper, &call.member).await;
    items(&list.map_err(|fault| Problem::from(fault).as_json())?)
}
