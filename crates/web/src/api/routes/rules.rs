//! Rules of the validator and their waivers.

use axum::routing::{delete, get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::{Route, Who};
use crate::api::validator;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/rules",
        summary: "Every rule of the validator.",
        who: Who::Anyone,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("RuleList")),
        handler: || get(validator::rules),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/waivers",
        summary: "The waivers of a configuration, newest first.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("WaiverList")),
        handler: || get(validator::waivers),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/waivers",
        summary: "Waive a rule for an app until a day; of reviewers, never for an own app.",
        who: Who::Member(Action::WaiveRule),
        events: &[Event::RuleWaived],
        query: &[],
        body: Some("NewWaiver"),
        answer: (201, Some("Waiver")),
        handler: || post(validator::give),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/waivers/{id}",
        summary: "End a waiver before its day.",
        who: Who::Member(Action::WaiveRule),
        events: &[Event::RuleWaiverEnded],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(validator::end),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/check",
        summary: "What the last nightly check of a live app found.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("LastCheck")),
        handler: || get(validator::check),
    },
    Route {
        method: "GET",
        path: "/api/v1/findings",
        summary: "The live apps in which the nightly check found something; of staff.",
        who: Who::Member(Action::ViewConsole),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("LiveFindings")),
        handler: || get(validator::live),
    },
];
