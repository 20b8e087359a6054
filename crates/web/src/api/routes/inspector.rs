//! Requests that apps sent.

use axum::routing::{get, post};
use durward_domain::permission::Action;

use super::{Parameter, Route, Who};
use crate::api::inspector;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/requests",
        summary: "What an app asked of an environment, newest first; kept for 30 days.",
        who: Who::Member(Action::InspectRequest),
        events: &[],
        query: &[
            Parameter {
                name: "step",
                required: false,
                sentence: "Of this step: authorize, token, userinfo or logout.",
            },
            Parameter {
                name: "outcome",
                required: false,
                sentence: "With this outcome: ok, refused, cancelled or pending.",
            },
            Parameter {
                name: "code",
                required: false,
                sentence: "With this refusal code.",
            },
            Parameter {
                name: "from",
                required: false,
                sentence: "From this time on.",
            },
            Parameter {
                name: "until",
                required: false,
                sentence: "Before this time.",
            },
            Parameter {
                name: "after",
                required: false,
                sentence: "Older than the last page, as its next says.",
            },
            Parameter {
                name: "limit",
                required: false,
                sentence: "At most so many, up to 200.",
            },
        ],
        body: None,
        answer: (200, Some("RequestList")),
        handler: || get(inspector::list),
    },
    Route {
        method: "POST",
        path: "/api/v1/requests/explain",
        summary: "Judge a pasted request by the rules of the door, with no effect. Nothing of it is kept.",
        who: Who::Member(Action::InspectRequest),
        events: &[],
        query: &[],
        body: Some("PastedRequest"),
        answer: (200, Some("ExplainedRequest")),
        handler: || post(inspector::explain),
    },
    Route {
        method: "GET",
        path: "/api/v1/requests/{request_id}",
        summary: "Why a request at the door was answered as it was.",
        who: Who::Member(Action::InspectRequest),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Inspected")),
        handler: || get(inspector::find),
    },
];
