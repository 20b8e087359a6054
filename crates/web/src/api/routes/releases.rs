//! Releases.

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{AFTER, LIMIT, Parameter, Route, Who};
use crate::api::releases;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/releases",
        summary: "The releases of an environment, newest first.",
        who: Who::Member(Action::ViewRelease),
        events: &[],
        query: &[
            AFTER,
            LIMIT,
            Parameter {
                name: "environment",
                required: false,
                sentence: "Which environment; absent: production.",
            },
        ],
        body: None,
        answer: (200, Some("ReleaseList")),
        handler: || get(releases::list),
    },
    Route {
        method: "GET",
        path: "/api/v1/releases/{id}",
        summary: "One release with what it changed.",
        who: Who::Member(Action::ViewRelease),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Release")),
        handler: || get(releases::find),
    },
    Route {
        method: "POST",
        path: "/api/v1/releases/{id}/deploy",
        summary: "Make the state of a release's apps current again, as a new release.",
        who: Who::Member(Action::DeployRelease),
        events: &[
            Event::ReleaseBuilt,
            Event::ReleaseDeployed,
            Event::LaunchDeployed,
            Event::ChangeDeployed,
        ],
        query: &[],
        body: None,
        answer: (200, Some("Release")),
        handler: || post(releases::deploy),
    },
    Route {
        method: "POST",
        path: "/api/v1/releases/{id}/rollback",
        summary: "Take back what a release changed, of one app or all, as a new release.",
        who: Who::Member(Action::RollBack),
        events: &[
            Event::ReleaseRolledBack,
            Event::ReleaseDeployed,
            Event::LaunchRolledBack,
            Event::ChangeRolledBack,
        ],
        query: &[],
        body: Some("RollBack"),
        answer: (200, Some("Release")),
        handler: || post(releases::rollback),
    },
];
