//! `POST /api/openid_connect/par`: an app leaves a request. RFC 9126

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use durward_app::client::{self, PushRefusal};
use durward_app::{Door, Failure};
use durward_oidc::dpop::Sent;

use super::cors;
use super::token::{Refused, refused, unread};
use crate::shared::problem::Problem;

/// An app leaves a request and gets the address to send its browser with.
pub async fn post(State(door): State<Arc<Door>>, request: Request) -> Response {
    cors::readable(&door, request, async |request| {
        match keep(&door, request).await {
            Ok(response) => response,
            Err(problem) => problem.as_json().into_response(),
        }
    })
    .await
}

async fn keep(door: &Arc<Door>, request: Request) -> Result<Response, Problem> {
    if let Some(response) = unread(door, &request) {
        return Ok(response);
    }
    let trace = super::trace(request.extensions());
    let sent = request.headers().clone();
    let headers = super::shown(&sent);
    let sends_proofs = headers.dpop != Sent::None;
    let body = super::authorize::body(request).await?;
    let mut response = match client::push(door, &body, headers, &trace).await {
        Ok(pushed) => {
            let bytes =
                serde_json::to_vec(&pushed).map_err(|error| Problem::fault_chain(&error))?;
            super::fresh_json(StatusCode::CREATED, bytes)
        }
        Err(Failure::Refused(refusal)) => refused(
            door,
            &Refused {
                status: refusal.status(),
                error: refusal.oauth_error(),
                challenge: match &refusal {
                    PushRefusal::Client(refusal) => {
                        refusal.www_authenticate(headers.authorization.is_some())
                    }
                    _ => None,
                },
            },
            &refusal,
            &trace,
        ),
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    super::with_nonce(door, sends_proofs, &mut response);
    Ok(response)
}
