//! The JSON of the test API.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::citizen::inbox::Received;
use serde::Serialize;
use serde_json::{Value, json};

use crate::shared::problem::Problem;

/// JSON that nobody keeps.
pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Result<Response, Problem> {
    let bytes = serde_json::to_vec(value).map_err(|error| Problem::fault_chain(&error))?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((status, headers, bytes).into_response())
}

/// The inbox, oldest first; with a kind, of that kind alone. Nothing in this build sends text messages or calls.
pub(crate) fn inbox(items: &[Received], kind: Option<&str>) -> Value {
    let items: Vec<_> = items
        .iter()
        .filter(|_| kind.is_none_or(|kind| kind == "mail"))
        .map(|item| {
            json!({
                "kind": "mail",
                "to": item.mail.to,
                "subject": item.mail.subject,
                "text": item.mail.text,
                "links": item.mail.links,
                "codes": item.mail.codes,
                "time": item.time,
            })
        })
        .collect();
    json!({ "items": items })
}
