//! `/test/api/faults`: what goes wrong for an app, and for how long.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use durward_app::automation::faults::{self, FaultAsked};
use durward_domain::test_kit::FaultWanted;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::{Admitted, answers, duration, failed, malformed, read, trace};
use crate::shared::forms::Fields;
use crate::shared::problem::Problem;
use crate::shared::visit::RequestId;

/// Sets one.
pub(super) async fn set(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    body: Bytes,
) -> Result<Response, Problem> {
    let wanted: Wanted = read(&body)?;
    let lasting = wanted
        .lasting
        .map(|text| {
            duration(&text).ok_or_else(|| malformed("for is not a duration such as PT10M."))
        })
        .transpose()?;
    let asked = FaultAsked {
        app: wanted.app,
        fault: FaultWanted {
            fault: wanted.fault,
            milliseconds: wanted.milliseconds,
            status: wanted.status,
            error: wanted.error,
        },
        count: wanted.count,
        lasting,
        until: wanted.until,
    };
    let set = faults::set(&door, &authority, asked, &trace(&id))
        .await
        .map_err(failed)?;
    answers::json(StatusCode::CREATED, &set)
}

/// Those that are set.
pub(super) async fn list(
    Admitted { door, authority }: Admitted,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let app = app(query);
    let items = faults::list(&door, &authority, app.as_deref())
        .await
        .map_err(failed)?;
    answers::json(StatusCode::OK, &json!({ "items": items }))
}

/// Clears all of them, or those of one app.
pub(super) async fn clear_all(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let app = app(query);
    let cleared = faults::clear_all(&door, &authority, app.as_deref(), &trace(&id))
        .await
        .map_err(failed)?;
    answers::json(StatusCode::OK, &json!({ "cleared": cleared }))
}

/// Clears one.
pub(super) async fn clear(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    Path(fault): Path<String>,
) -> Result<Response, Problem> {
    faults::clear(&door, &authority, &fault, &trace(&id))
        .await
        .map_err(failed)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn app(query: Option<String>) -> Option<String> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    Some(fields.text("app").to_owned()).filter(|app| !app.is_empty())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    app: String,
    fault: String,
    milliseconds: Option<u32>,
    status: Option<u16>,
    error: Option<String>,
    count: Option<i64>,
    #[serde(rename = "for")]
    lasting: Option<String>,
    until: Option<Timestamp>,
}
