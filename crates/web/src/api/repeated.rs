//! `Idempotency-Key` on every call that changes something.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use durward_app::Failure;
use durward_app::partner::repeated::{self, Begun, RepeatRefusal};
use serde_json::{Map, Value, json};

use super::bearer::Call;
use crate::portal_router::Portal;
use crate::shared::problem::Problem;
use crate::shared::shell::REPLAYED;

/// Answers a call that was sent before as it was answered then.
pub(super) async fn once(
    State(portal): State<Arc<Portal>>,
    request: Request,
    next: Next,
) -> Response {
    if *request.method() == Method::GET || !request.headers().contains_key(&KEY) {
        return next.run(request).await;
    }
    match answered(&portal, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.as_json().into_response(),
    }
}

async fn answered(portal: &Arc<Portal>, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let call = Call::from_request_parts(&mut parts, portal).await?;
    // A header that is no text is no key.
    let key = parts.headers.get(&KEY).and_then(|key| key.to_str().ok());
    let key = key.unwrap_or_default().to_owned();
    let body = to_bytes(body, LARGEST).await.map_err(|_| {
        Problem::new(
            "api/idempotency-body",
            StatusCode::PAYLOAD_TOO_LARGE,
            "This body is too large for an Idempotency-Key. Send it without one.",
        )
    })?;
    let mut sent = format!("{} {}\n", parts.method, parts.uri).into_bytes();
    sent.extend_from_slice(&body);
    let begun = repeated::begin(&call.keeper, &call.member, &key, &sent).await;
    let begun = begun.map_err(|failure| {
        let reused = matches!(failure, Failure::Refused(RepeatRefusal::Other));
        let problem = Problem::from(failure);
        if reused {
            problem.with_status(StatusCode::UNPROCESSABLE_ENTITY)
        } else {
            problem
        }
    })?;
    let ticket = match begun {
        Begun::Again { status, text } => return Ok(again(status, &text)),
        Begun::First(ticket) => ticket,
    };
    let keeper = Arc::clone(&call.keeper);
    parts.extensions.insert(call);
    let request = Request::from_parts(parts, Body::from(body));
    // The call is finished also when its caller hangs up: its answer is what the next one gets.
    let work = tokio::spawn(async move {
        let response = next.run(request).await;
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let kept = text_of(&parts.headers, &body, parts.extensions.get::<Problem>());
        let finished = repeated::finish(&keeper, ticket, parts.status.as_u16(), &kept).await;
        if let Err(fault) = finished {
            tracing::error!(%fault, "an answer could not be kept");
        }
        Response::from_parts(parts, Body::from(body))
    });
    work.await.map_err(Problem::fault)
}

/// The answer as it is kept: headers that callers read, and the body.
fn text_of(headers: &axum::http::HeaderMap, body: &[u8], problem: Option<&Problem>) -> String {
    let mut kept = Map::new();
    for name in SHOWN {
        if let Some(value) = headers.get(&name).and_then(|value| value.to_str().ok()) {
            kept.insert(name.to_string(), value.into());
        }
    }
    if let Some(problem) = problem {
        return json!({ "problem": { "code": problem.code(), "sentence": problem.sentence(), "fields": problem.fields() } }).to_string();
    }
    json!({ "headers": kept, "body": String::from_utf8_lossy(body) }).to_string()
}

fn again(status: u16, text: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kept: Value = serde_json::from_str(text).unwrap_or_default();
    let mut response = match kept.get("problem") {
        Some(problem) => {
            let text = |name: &str| problem[name].as_str().unwrap_or_default().to_owned();
            let mut again = Problem::new(text("code"), status, text("sentence"));
            for (name, value) in problem["fields"].as_object().into_iter().flatten() {
                again = again.with_field(name, value.clone());
            }
            again.as_json().into_response()
        }
        None => {
            let body = kept["body"].as_str().unwrap_or_default().to_owned();
            let mut response = (status, body).into_response();
            response.headers_mut().remove(header::CONTENT_TYPE);
            for (name, value) in kept["headers"].as_object().into_iter().flatten() {
                let name = HeaderName::try_from(name.as_str());
                let value = HeaderValue::from_str(value.as_str().unwrap_or_default());
                if let (Ok(name), Ok(value)) = (name, value) {
                    response.headers_mut().insert(name, value);
                }
            }
            response
        }
    };
    response
        .headers_mut()
        .insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const SHOWN: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::ETAG,
    header::LOCATION,
    header::CACHE_CONTROL,
];
/// The largest body of any call.
const LARGEST: usize = 64 * 1024 * 1024;
