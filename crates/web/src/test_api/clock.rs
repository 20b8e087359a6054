//! `/test/api/clock`: `{"advance": "PT15M"}`, or `{"reset": true}` for real time again.
//!
//! What is the environment's own follows a clock: codes, access tokens, sessions, consents. What real apps and
//! authenticators make or read keeps real time: authenticator codes, client assertions, ID tokens.
//! A reset does not change what was made or grew older meanwhile.

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use durward_app::automation::{ClockMove, clock};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Admitted, answers, duration, failed, malformed, read, trace};
use crate::shared::problem::Problem;
use crate::shared::visit::RequestId;

/// Where the clocks stand.
pub(super) async fn show(Admitted { door, authority }: Admitted) -> Result<Response, Problem> {
    let clocks = clock::clocks(&door, &authority)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let clocks: Vec<Value> = clocks
        .into_iter()
        .map(|(app, ahead)| {
            let app = Some(app).filter(|app| !app.is_empty());
            json!({ "app": app, "ahead_seconds": ahead.as_secs() })
        })
        .collect();
    let environment = door.clock.shift_us() / 1_000_000;
    answers::json(
        StatusCode::OK,
        &json!({ "environment_now": door.clock.now(), "environment_ahead_seconds": environment, "people": clocks }),
    )
}

/// Moves one.
pub(super) async fn advance(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    body: Bytes,
) -> Result<Response, Problem> {
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
    let moved = clock::move_clock(&door, &authority, to, wanted.app.as_deref(), &trace(&id))
        .await
        .map_err(failed)?;
    answers::json(
        StatusCode::OK,
        &json!({ "now": moved.now, "ahead_seconds": moved.ahead.as_secs() }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockWanted {
    advance: Option<String>,
    #[serde(default)]
    reset: bool,
    app: Option<String>,
}
