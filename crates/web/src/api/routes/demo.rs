//! The demonstration's clock.

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{Route, Who};
use crate::api::demo;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/demo/clock",
        summary: "What the keeper's clock shows.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Clock")),
        handler: || get(demo::clock),
    },
    Route {
        method: "POST",
        path: "/api/v1/demo/clock",
        summary: "Move the keeper's clock; answers when what was due has been done. Only in a demonstration.",
        who: Who::Member(Action::MoveDemoClock),
        events: &[Event::DemoClockMoved],
        query: &[],
        body: Some("ClockMove"),
        answer: (200, Some("Clock")),
        handler: || post(demo::move_clock),
    },
];
