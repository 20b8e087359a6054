//! Support for people: an account is found by an exact address or the id of a request, suspended, reinstated, signed out.

use axum::extract::Path;
use axum::routing::post;
use durward_app::operator::people::{self, Measure, Named, PeopleDenied};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::answers::{Answer, Sent, Told, ok, parameter, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::account::mail::MailWords;

/// The calls. An address is never in a path or a query: those are logged.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/api/v1/people/find",
        summary: "Find the account of a person by an exact address or the id of a request; there is no list.",
        who: Who::Member(Action::FindPerson),
        events: &[Event::PersonLookedUp],
        query: &[],
        body: Some("FindPerson"),
        answer: (200, Some("PersonStanding")),
        handler: || post(find),
    },
    Route {
        method: "POST",
        path: "/api/v1/people/{environment}/{id}/suspend",
        summary: "Suspend the account of a person: it is signed out everywhere, apps are told, and nobody signs in with it.",
        who: Who::Member(Action::SuspendPerson),
        events: &[Event::PersonSuspended],
        query: &[],
        body: Some("PersonMeasure"),
        answer: (200, Some("PersonStanding")),
        handler: || post(suspend),
    },
    Route {
        method: "POST",
        path: "/api/v1/people/{environment}/{id}/reinstate",
        summary: "Reinstate the account of a person.",
        who: Who::Member(Action::SuspendPerson),
        events: &[Event::PersonReinstated],
        query: &[],
        body: Some("PersonMeasure"),
        answer: (200, Some("PersonStanding")),
        handler: || post(reinstate),
    },
    Route {
        method: "POST",
        path: "/api/v1/people/{environment}/{id}/end-sessions",
        summary: "End every session of a person, with what apps got from them.",
        who: Who::Member(Action::SuspendPerson),
        events: &[Event::PersonSessionsEnded],
        query: &[],
        body: Some("PersonMeasure"),
        answer: (200, Some("PersonStanding")),
        handler: || post(end_sessions),
    },
];

impl Told for PeopleDenied {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FindPerson {
    environment: String,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    request_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonMeasure {
    reason: String,
}

type Place = Path<(String, String)>;

async fn find(call: Call, sent: Sent) -> Answer {
    let body: FindPerson = sent.json()?;
    let named = match (body.email, body.request_id) {
        (Some(email), None) => Named::Email(email),
        (None, Some(id)) => Named::Request(id),
        _ => return Err(parameter("email", "an address, or request_id instead")),
    };
    let environment = at(&body.environment)?;
    let found = people::find(&call.keeper, &call.member, environment, named, &call.trace).await;
    ok(&found.map_err(told)?)
}

async fn suspend(call: Call, place: Place, sent: Sent) -> Answer {
    take(call, place, sent, Measure::Suspend).await
}

async fn reinstate(call: Call, place: Place, sent: Sent) -> Answer {
    take(call, place, sent, Measure::Reinstate).await
}

async fn end_sessions(call: Call, place: Place, sent: Sent) -> Answer {
    take(call, place, sent, Measure::EndSessions).await
}

async fn take(call: Call, Path((environment, id)): Place, sent: Sent, measure: Measure) -> Answer {
    let body: PersonMeasure = sent.json()?;
    let place = (at(&environment)?, id.as_str());
    let what = (measure, body.reason.as_str());
    let (keeper, member) = (&call.keeper, &call.member);
    let done = people::take(keeper, member, place, what, &MailWords, &call.trace).await;
    ok(&done.map_err(told)?)
}
