//! Other formats, the validator and plans.

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{CREATE, Parameter, Route, Who};
use crate::api::{apps, formats};

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/export",
        summary: "A configuration in a format. What the format cannot say travels in a member named durward.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[
            Parameter {
                name: "format",
                required: false,
                sentence: "durward-json (the default), durward-toml, login-gov-json, login-gov-yaml, gov-uk-json, saml-metadata or oidc-metadata.",
            },
            Parameter {
                name: "plain",
                required: false,
                sentence: "true leaves the member durward out.",
            },
        ],
        body: None,
        answer: (200, Some("Any")),
        handler: || get(formats::export),
    },
    Route {
        method: "POST",
        path: "/api/v1/import",
        summary: "Read an app in a format and save it; with dry_run only say what a save would do. If-Match as for PUT.",
        who: Who::MemberBy(CREATE),
        events: &[
            Event::AppCreated,
            Event::AppRevisionSaved,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("ImportRequest"),
        answer: (200, Some("Import")),
        handler: || post(formats::import),
    },
    Route {
        method: "GET",
        path: "/api/v1/schema/app/v1",
        summary: "The JSON Schema of the app document.",
        who: Who::Anyone,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Any")),
        handler: || get(formats::app_schema),
    },
    Route {
        method: "POST",
        path: "/api/v1/lint",
        summary: "What the validator finds in a document. Never refuses a bad one.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: Some("AppDocument"),
        answer: (200, Some("Findings")),
        handler: || post(apps::lint),
    },
    Route {
        method: "POST",
        path: "/api/v1/plan",
        summary: "What a document would change: differences, class, open items, earliest window.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: Some("AppDocument"),
        answer: (200, Some("Plan")),
        handler: || post(apps::plan),
    },
];
