//! Apps and their documents.

use axum::routing::{delete, get, post, put};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{CREATE, DELETE, EDIT, Parameter, Route, Who};
use crate::api::{apps, openapi, registration};

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/openapi.json",
        summary: "This description.",
        who: Who::Anyone,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Any")),
        handler: || get(openapi::document),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps",
        summary: "The configurations of one's teams; staff see all.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[
            Parameter {
                name: "after",
                required: false,
                sentence: "Begin after this handle.",
            },
            Parameter {
                name: "limit",
                required: false,
                sentence: "At most so many, up to 500.",
            },
            Parameter {
                name: "q",
                required: false,
                sentence: "Only those whose handle, names or issuer hold this.",
            },
        ],
        body: None,
        answer: (200, Some("AppList")),
        handler: || get(apps::list),
    },
    Route {
        method: "POST",
        path: "/api/v1/register",
        summary: "Register an app of the token's team in the sandbox by client metadata (RFC 7591). It is live when this answers.",
        who: Who::Member(Action::CreateSandboxApp),
        events: &[
            Event::AppCreated,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("Any"),
        answer: (201, Some("Any")),
        handler: || post(registration::register),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps",
        summary: "Save a new configuration. In the sandbox it is live when this answers.",
        who: Who::MemberBy(CREATE),
        events: &[
            Event::AppCreated,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("AppDocument"),
        answer: (201, Some("Saved")),
        handler: || post(apps::create),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}",
        summary: "The document of a configuration, with its version as ETag.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("AppDocument")),
        handler: || get(apps::find),
    },
    Route {
        method: "PUT",
        path: "/api/v1/apps/{handle}/{environment}",
        summary: "Save a configuration again; with If-Match only over the version that was seen.",
        who: Who::MemberBy(EDIT),
        events: &[
            Event::AppCreated,
            Event::AppRevisionSaved,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("AppDocument"),
        answer: (200, Some("Saved")),
        handler: || put(apps::put),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/apps/{handle}/{environment}",
        summary: "Delete a configuration. In the sandbox it is gone at once.",
        who: Who::MemberBy(DELETE),
        events: &[
            Event::AppDeleted,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(apps::delete),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/status",
        summary: "What is saved, what is live, and what the validator finds.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("AppStatus")),
        handler: || get(apps::status),
    },
];
