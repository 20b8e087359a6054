//! `GET` and `POST /api/openid_connect/userinfo`: an access token in, claims out.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::client::{self, UserinfoAnswer};
use durward_app::record::Trace;
use durward_app::{Door, Failure};
use durward_domain::refusal::Refuse as _;
use durward_oidc::oauth::{description, error_uri};
use durward_oidc::userinfo::{Scheme, UserinfoError};
use serde_json::json;

use super::{authorize, cors};
use crate::shared::problem::Problem;

/// An app reads the claims of a person.
pub async fn answer(State(door): State<Arc<Door>>, request: Request) -> Response {
    let parts = match with_form_token(request).await {
        Ok(parts) => parts,
        Err(problem) => return problem.as_json().into_response(),
    };
    let headers = super::shown(&parts.headers);
    let scheme = Scheme::of(headers.authorization);
    let mut sends_proofs = scheme == Some(Scheme::Dpop);
    let trace = super::trace(&parts.extensions);
    let mut response = match client::userinfo(&door, parts.method.as_str(), headers, &trace).await {
        Ok(UserinfoAnswer::Plain(claims)) => match serde_json::to_vec(&claims) {
            Ok(bytes) => super::fresh_json(StatusCode::OK, bytes),
            Err(error) => Problem::fault_chain(&error).as_json().into_response(),
        },
        Ok(UserinfoAnswer::Token(token)) => {
            let mut response = super::fresh_json(StatusCode::OK, token);
            // OpenID Connect Core §5.3.2
            let jwt = HeaderValue::from_static("application/jwt");
            response.headers_mut().insert(header::CONTENT_TYPE, jwt);
            response
        }
        Err(Failure::Refused(refusal)) => {
            tracing::info!(
                request_id = trace.request_id,
                code = refusal.code(),
                "refused"
            );
            sends_proofs |= matches!(refusal, UserinfoError::Proof(_));
            refused(&door, refusal, scheme, &trace)
        }
        Err(Failure::Fault(fault)) => Problem::from(fault).as_json().into_response(),
    };
    super::with_nonce(&door, sends_proofs, &mut response);
    cors::allow(&door, &parts.headers, &mut response);
    response
}

/// A token in a posted form counts as one in the header; both cannot be read as either. RFC 6750 §2.2
async fn with_form_token(request: Request) -> Result<Parts, Problem> {
    let (mut parts, body) = request.into_parts();
    if parts.method != Method::POST || !super::is_form(&parts.headers) {
        return Ok(parts);
    }
    let form = authorize::read(&authorize::body(Request::new(body)).await?)?;
    let Some(token) = form.get("access_token") else {
        return Ok(parts);
    };
    let is_twice = parts.headers.contains_key(header::AUTHORIZATION);
    let said = HeaderValue::from_str(&format!("Bearer {token}"))
        .ok()
        .filter(|_| !is_twice)
        .unwrap_or(HeaderValue::from_static("Bearer"));
    parts.headers.insert(header::AUTHORIZATION, said);
    Ok(parts)
}

fn refused(door: &Door, refusal: UserinfoError, scheme: Option<Scheme>, trace: &Trace) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::UNAUTHORIZED);
    let mut body = json!({
        "code": refusal.code(),
        "error_description": description(&refusal.to_string()),
        "error_uri": error_uri(&door.portal_url, refusal.code()),
        "request_id": trace.request_id,
    });
    if let Some(error) = refusal.oauth_error() {
        body["error"] = error.as_str().into();
    }
    let mut response = super::fresh_json(status, body.to_string());
    if let Ok(challenge) = HeaderValue::from_str(&refusal.www_authenticate(scheme)) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
