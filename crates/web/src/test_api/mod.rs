//! The test API of test-class environments: people, sessions, inbox and clock for other people's automated tests.

mod answers;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use durward_accounts::email::EmailAddress;
use durward_app::Door;
use durward_app::automation::{
    self, Automation, AutomationRefusal, ClockMove, PersonWanted, SessionWanted,
};
use durward_app::citizen::inbox;
use durward_app::record::Trace;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::shared::forms::Fields;
use crate::shared::problem::Problem;
use crate::shared::visit::{RequestId, Visit};

/// `POST /test/api/people`
pub async fn make_person(
    State(door): State<Arc<Door>>,
    id: RequestId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let authority = admit(&door, &headers)?;
    let wanted: PersonWanted = read(&body)?;
    let made = automation::make_person(&door, &authority, wanted, &trace(&id)).await;
    let made = made.map_err(Problem::from).map_err(Problem::as_json)?;
    answers::json(StatusCode::CREATED, &made)
}

/// `DELETE /test/api/people/{id}`
pub async fn delete_person(
    State(door): State<Arc<Door>>,
    id: RequestId,
    Path(person): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let authority = admit(&door, &headers)?;
    let deleted = automation::delete_person(&door, &authority, &person, &trace(&id)).await;
    deleted.map_err(Problem::from).map_err(Problem::as_json)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /test/api/sessions`
pub async fn open_session(
    State(door): State<Arc<Door>>,
    visit: Visit,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let authority = admit(&door, &headers)?;
    let wanted: SessionWanted = read(&body)?;
    let trace = Trace {
        request_id: visit.request_id().to_owned(),
    };
    let made = automation::open_session(&door, &authority, wanted, &trace).await;
    let made = made.map_err(Problem::from).map_err(Problem::as_json)?;
    let cookie = format!("{}={}", visit.site().cookies().session(), made.token);
    answers::json(
        StatusCode::CREATED,
        &json!({ "cookie": cookie, "expires": made.expires }),
    )
}

/// `GET /test/api/inbox?to=ADDRESS&after=TIME&wait=SECONDS`
pub async fn read_inbox(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    admit(&door, &headers)?;
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let to =
        EmailAddress::parse(fields.text("to")).map_err(|no| Problem::refused(&no).as_json())?;
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
    let items = inbox::wait_for(&door, &to, after, wait).await?;
    answers::json(StatusCode::OK, &answers::inbox(&items))
}

/// `POST /test/api/clock` with `{"advance": "PT15M"}`, or `{"reset": true}` for real time again.
///
/// What is the environment's own follows this clock: codes, access tokens, sessions, mails, links, consents, limits.
/// What real apps and authenticators make or read keeps real time: authenticator codes, client assertions, ID tokens.
/// A reset does not change what was made meanwhile: it keeps the times it got, and so lasts longer.
pub async fn move_clock(
    State(door): State<Arc<Door>>,
    id: RequestId,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let authority = admit(&door, &headers)?;
    let wanted: ClockWanted = read(&body)?;
    let to = match (wanted.advance, wanted.reset) {
        (Some(advance), false) => duration(&advance)
            .map(ClockMove::Advance)
            .ok_or_else(|| malformed("advance is not a duration such as PT15M or P1D."))?,
        (None, true) => ClockMove::Reset,
        _ => {
            return Err(malformed(
                "Send advance with a duration such as PT15M, or reset as true, and not both.",
            ));
        }
    };
    let now = automation::move_clock(&door, &authority, to, &trace(&id)).await;
    let now = now.map_err(Problem::from).map_err(Problem::as_json)?;
    answers::json(StatusCode::OK, &json!({ "now": now }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockWanted {
    advance: Option<String>,
    #[serde(default)]
    reset: bool,
}

fn duration(text: &str) -> Option<SignedDuration> {
    let span: Span = text.parse().ok()?;
    span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()
}

fn admit(door: &Door, headers: &HeaderMap) -> Result<Automation, Problem> {
    let authorization = headers
        .get(axum::http::header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    automation::admit(door, authorization).map_err(|refusal| {
        let problem = Problem::refused(&refusal).as_json();
        match refusal {
            AutomationRefusal::Token => problem.with_header(
                axum::http::header::WWW_AUTHENTICATE,
                axum::http::HeaderValue::from_static("Bearer realm=\"automation\""),
            ),
            _ => problem,
        }
    })
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
