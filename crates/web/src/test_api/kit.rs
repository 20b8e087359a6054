//! `/test/kit/{handle}/…`: discovery and keys as one app sees them, so that the keys of one app can fail or rotate
//! without any other app noticing.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use durward_app::Door;
use durward_app::automation::keys::{self, KeysView};
use durward_domain::refusal::Simulated;

use super::failed;
use crate::oidc::documents;
use crate::shared::problem::Problem;
use crate::shared::visit::RequestId;

/// The environment's discovery document with the app's own address of the keys.
pub(super) async fn discovery(
    State(door): State<Arc<Door>>,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let document = keys::discovery(&door, &handle).await.map_err(failed)?;
    Ok(documents::send(&door, &headers, document))
}

/// The keys, or the fault that the app's team has set.
pub(super) async fn certs(
    State(door): State<Arc<Door>>,
    id: RequestId,
    Path(handle): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    let headers = request.headers().clone();
    let view = keys::certs(&door, &handle, &super::trace(&id))
        .await
        .map_err(failed)?;
    Ok(match view {
        KeysView::Keys(document) => documents::send(&door, &headers, document),
        KeysView::Error(status) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            Problem::refused(&Simulated)
                .with_status(status)
                .as_json()
                .into_response()
        }
    })
}
