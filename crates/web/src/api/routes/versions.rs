//! Revisions and drafts of apps.

use axum::routing::{delete, get, post, put};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{EDIT, Parameter, Route, Who};
use crate::api::{apps, configuration};

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/revisions",
        summary: "The revisions of a configuration, newest first.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("RevisionList")),
        handler: || get(apps::revisions),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/compare",
        summary: "What differs between two revisions, in sentences and line by line.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[
            Parameter {
                name: "from",
                required: false,
                sentence: "The number of the first revision; by default the one before the second.",
            },
            Parameter {
                name: "to",
                required: false,
                sentence: "The number of the second revision; by default the newest.",
            },
        ],
        body: None,
        answer: (200, Some("Compared")),
        handler: || get(configuration::compare),
    },
    Route {
        method: "GET",
        path: "/api/v1/drafts",
        summary: "The drafts of your teams, newest first.",
        who: Who::Member(Action::EditDraft),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("DraftList")),
        handler: || get(configuration::drafts),
    },
    Route {
        method: "POST",
        path: "/api/v1/drafts",
        summary: "Begin a draft, which the team shares.",
        who: Who::Member(Action::EditDraft),
        events: &[Event::DraftSaved],
        query: &[],
        body: Some("DraftInput"),
        answer: (201, Some("DraftKept")),
        handler: || post(configuration::begin),
    },
    Route {
        method: "GET",
        path: "/api/v1/drafts/{id}",
        summary: "One draft.",
        who: Who::Member(Action::EditDraft),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Draft")),
        handler: || get(configuration::draft),
    },
    Route {
        method: "PUT",
        path: "/api/v1/drafts/{id}",
        summary: "Save a draft; with If-Match only over the version that was seen.",
        who: Who::Member(Action::EditDraft),
        events: &[Event::DraftSaved],
        query: &[],
        body: Some("DraftInput"),
        answer: (200, Some("DraftKept")),
        handler: || put(configuration::put),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/drafts/{id}",
        summary: "Throw a draft away.",
        who: Who::Member(Action::EditDraft),
        events: &[Event::DraftDeleted],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(configuration::forget),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/revisions/{number}/restore",
        summary: "Save an older revision again, as a new one.",
        who: Who::MemberBy(EDIT),
        events: &[
            Event::AppRevisionSaved,
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
        ],
        query: &[],
        body: Some("Why"),
        answer: (200, Some("Saved")),
        handler: || post(apps::restore),
    },
];
