//! The test API of test-class environments: test people, sessions, mail, clock and faults for automated tests.

mod answers;
mod clock;
mod faults;
mod kit;
mod openapi;
mod people;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, RawQuery, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post};
use durward_app::automation::{self, Automation, AutomationRefusal, SessionWanted, mail};
use durward_app::record::Trace;
use durward_app::{Door, Failure};
use durward_domain::event::Event;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::shared::forms::Fields;
use crate::shared::problem::Problem;
use crate::shared::route::{Caller, FORM, Forgery, Mounted, NONE, Rate, Route};
use crate::shared::visit::{RequestId, Visit};

/// Every call, as rows of the door's table. They are mounted where there is a test kit, and nowhere else.
pub const ROUTES: &[Route<Arc<Door>>] = &[
    reads("/test/api/people", || get(people::list)),
    writes("POST", "/test/api/people", FORM, MADE, || {
        post(people::make)
    }),
    reads("/test/api/people/{id}", || get(people::show)),
    writes(
        "DELETE",
        "/test/api/people/{id}",
        NONE,
        &[Event::TestPersonDeleted],
        || delete(people::forget),
    ),
    writes(
        "POST",
        "/test/api/people/{id}/reset",
        NONE,
        &[Event::TestPersonReset],
        || post(people::reset),
    ),
    writes(
        "POST",
        "/test/api/sessions",
        FORM,
        &[Event::TestSessionMade],
        || post(open_session),
    ),
    reads("/test/api/inbox", || get(read_inbox)),
    reads("/test/api/clock", || get(clock::show)),
    writes(
        "POST",
        "/test/api/clock",
        FORM,
        &[Event::TestClockMoved],
        || post(clock::advance),
    ),
    reads("/test/api/faults", || get(faults::list)),
    writes(
        "POST",
        "/test/api/faults",
        FORM,
        &[Event::TestFaultSet],
        || post(faults::set),
    ),
    writes(
        "DELETE",
        "/test/api/faults",
        NONE,
        &[Event::TestFaultCleared],
        || delete(faults::clear_all),
    ),
    writes(
        "DELETE",
        "/test/api/faults/{id}",
        NONE,
        &[Event::TestFaultCleared],
        || delete(faults::clear),
    ),
    anyone("/test/api/openapi.json", || get(openapi::document)),
    anyone(
        "/test/kit/{handle}/.well-known/openid-configuration",
        || get(kit::discovery),
    ),
    Route {
        forgery: Forgery::NoCookie,
        events: &[Event::TestFaultPlayed],
        ..anyone("/test/kit/{handle}/certs", || get(kit::certs))
    },
];

/// `POST /test/api/sessions`
async fn open_session(
    Admitted { door, authority }: Admitted,
    visit: Visit,
    body: Bytes,
) -> Result<Response, Problem> {
    let wanted: SessionWanted = read(&body)?;
    let trace = Trace {
        request_id: visit.request_id().to_owned(),
    };
    let made = automation::open_session(&door, &authority, wanted, &trace)
        .await
        .map_err(failed)?;
    let cookie = format!("{}={}", visit.site().cookies().session(), made.token);
    answers::json(
        StatusCode::CREATED,
        &json!({ "cookie": cookie, "expires": made.expires }),
    )
}

/// `GET /test/api/inbox?to=ADDRESS&kind=KIND&after=TIME&wait=SECONDS`
pub async fn read_inbox(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let authority = admit(&door, &headers).await?;
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let to = Some(fields.text("to")).filter(|to| !to.is_empty());
    let kind = match fields.text("kind") {
        "" => None,
        kind if KINDS.contains(&kind) => Some(kind),
        _ => return Err(malformed("kind is not mail, sms or voice.")),
    };
    let after = match fields.text("after") {
        "" => Timestamp::MIN,
        text => text
            .parse()
            .map_err(|_| malformed("after is not a time such as 2026-11-10T12:00:00Z."))?,
    };
    let wait = match fields.text("wait") {
        "" => 0,
        text => text
            .parse::<u32>()
            .map_err(|_| malformed("wait is not a number of seconds."))?,
    };
    let wait = Duration::from_secs(wait.into());
    let items = mail::read(&door, &authority, to, after, wait)
        .await
        .map_err(failed)?;
    answers::json(StatusCode::OK, &answers::inbox(&items, kind))
}

fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

/// The environment, and what the automation token of a request may do in it.
struct Admitted {
    door: Arc<Door>,
    authority: Automation,
}

impl FromRequestParts<Arc<Door>> for Admitted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<Door>) -> Result<Self, Problem> {
        let authority = admit(door, &parts.headers).await?;
        let door = Arc::clone(door);
        Ok(Self { door, authority })
    }
}

async fn admit(door: &Arc<Door>, headers: &HeaderMap) -> Result<Automation, Problem> {
    let authorization = headers
        .get(axum::http::header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    automation::admit(door, authorization)
        .await
        .map_err(|failure| match failure {
            Failure::Refused(refusal @ AutomationRefusal::Token) => {
                Problem::refused(&refusal).as_json().with_header(
                    axum::http::header::WWW_AUTHENTICATE,
                    axum::http::HeaderValue::from_static("Bearer realm=\"automation\""),
                )
            }
            failure => failed(failure),
        })
}

fn failed(failure: Failure<AutomationRefusal>) -> Problem {
    Problem::from(failure).as_json()
}

/// Reads a JSON body; an empty one asks for nothing in particular.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = if body.trim_ascii().is_empty() {
        b"{}"
    } else {
        body
    };
    serde_json::from_slice(body)
        .map_err(|error| malformed(&format!("The body cannot be read: {error}.")))
}

fn malformed(sentence: &str) -> Problem {
    Problem::new("automation/malformed", StatusCode::BAD_REQUEST, sentence).as_json()
}

fn trace(id: &RequestId) -> Trace {
    Trace {
        request_id: id.as_str().to_owned(),
    }
}

const fn anyone(path: &'static str, handler: fn() -> MethodRouter<Arc<Door>>) -> Route<Arc<Door>> {
    Route {
        method: "GET",
        path,
        caller: Caller::Anyone,
        forgery: Forgery::ReadOnly,
        rate: Rate::Open,
        body: NONE,
        events: &[],
        mounted: Mounted::TestClass,
        handler,
    }
}

const fn reads(path: &'static str, handler: fn() -> MethodRouter<Arc<Door>>) -> Route<Arc<Door>> {
    Route {
        caller: Caller::Automation,
        forgery: Forgery::NoCookie,
        ..anyone(path, handler)
    }
}

const fn writes(
    method: &'static str,
    path: &'static str,
    body: usize,
    events: &'static [Event],
    handler: fn() -> MethodRouter<Arc<Door>>,
) -> Route<Arc<Door>> {
    Route {
        method,
        body,
        events,
        ..reads(path, handler)
    }
}

const MADE: &[Event] = &[Event::PersonCreated, Event::TestPersonMade];
/// What a message can be.
const KINDS: [&str; 3] = ["mail", "sms", "voice"];
