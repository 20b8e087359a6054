//! `POST /api/openid_connect/token`: a form in, JSON out.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::client;
use durward_app::record::Trace;
use durward_app::{Door, Failure};
use durward_domain::refusal::Refuse;
use durward_oidc::dpop::Sent;
use durward_oidc::oauth::{OAuthError, description, error_uri};
use durward_oidc::params::Params;
use durward_oidc::token::TokenError;
use serde_json::json;

use super::{authorize, cors};
use crate::shared::problem::Problem;

/// An app redeems a code.
pub async fn post(State(door): State<Arc<Door>>, request: Request) -> Response {
    cors::readable(&door, request, async |request| {
        match redeem(&door, request).await {
            Ok(response) => response,
            Err(problem) => problem.as_json().into_response(),
        }
    })
    .await
}

async fn redeem(door: &Arc<Door>, request: Request) -> Result<Response, Problem> {
    if let Some(response) = unread(door, &request) {
        return Ok(response);
    }
    let trace = super::trace(request.extensions());
    let sent = request.headers().clone();
    let headers = super::shown(&sent);
    let mut sends_proofs = headers.dpop != Sent::None;
    let body = authorize::body(request).await?;
    let mut response = match client::grant_tokens(door, &body, headers, &trace).await {
        Ok(answer) => {
            let bytes =
                serde_json::to_vec(&answer).map_err(|error| Problem::fault_chain(&error))?;
            super::fresh_json(StatusCode::OK, bytes)
        }
        Err(Failure::Refused(refusal)) => {
            sends_proofs |= matches!(refusal, TokenError::Proof(_));
            let told = Refused {
                status: refusal.status(),
                error: refusal.oauth_error(),
                challenge: refusal.www_authenticate(headers.authorization.is_some()),
            };
            refused(door, &told, &refusal, &trace)
        }
        Err(Failure::Fault(fault)) => return Err(fault.into()),
    };
    super::with_nonce(door, sends_proofs, &mut response);
    Ok(response)
}

/// How a refusal stands on the wire.
pub(super) struct Refused {
    /// The HTTP status.
    pub(super) status: u16,
    /// The error code.
    pub(super) error: OAuthError,
    /// The `WWW-Authenticate` header, where due.
    pub(super) challenge: Option<&'static str>,
}

/// The answer to a body that is no form, or to an address that names what belongs into it.
pub(super) fn unread(door: &Door, request: &Request) -> Option<Response> {
    let refusal = match in_address(request) {
        Some(name) => TokenError::InAddress(name),
        None if super::is_form(request.headers()) => return None,
        None => TokenError::NoForm,
    };
    let told = Refused {
        status: refusal.status(),
        error: refusal.oauth_error(),
        challenge: None,
    };
    let trace = super::trace(request.extensions());
    Some(refused(door, &told, &refusal, &trace))
}

/// RFC 6749 §2.3.1: what proves a client never stands in the address.
fn in_address(request: &Request) -> Option<&'static str> {
    let query = Params::parse(request.uri().query()?.as_bytes()).ok()?;
    SECRET_NAMES
        .into_iter()
        .find(|name| query.get(name).is_some())
}

const SECRET_NAMES: [&str; 6] = [
    "client_secret",
    "client_assertion",
    "code",
    "code_verifier",
    "refresh_token",
    "token",
];

/// A refusal as RFC 6749 §5.2 wants it.
pub(super) fn refused(
    door: &Door,
    told: &Refused,
    refusal: &impl Refuse,
    trace: &Trace,
) -> Response {
    tracing::info!(
        request_id = trace.request_id,
        code = refusal.code(),
        "refused"
    );
    let status = StatusCode::from_u16(told.status).unwrap_or(StatusCode::BAD_REQUEST);
    let body = json!({
        "error": told.error.as_str(),
        "error_description": description(&refusal.to_string()),
        "error_uri": error_uri(&door.portal_url, refusal.code()),
        "code": refusal.code(),
        "request_id": trace.request_id,
    });
    let mut response = super::fresh_json(status, body.to_string());
    if let Some(challenge) = told.challenge {
        let challenge = HeaderValue::from_static(challenge);
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
