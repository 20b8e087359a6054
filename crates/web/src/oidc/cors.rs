//! Calls from pages of other origins: allowed where an app is registered, for what carries no cookie.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::Door;

/// Lets the page that asks read the answer, if an app has registered its origin.
pub(super) fn allow(door: &Door, headers: &HeaderMap, response: &mut Response) {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return;
    };
    let out = response.headers_mut();
    out.append(header::VARY, HeaderValue::from_static("Origin"));
    if is_registered(door, origin) {
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let exposed = HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce, X-Request-Id");
        out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// The browser asks beforehand.
pub async fn preflight(State(door): State<Arc<Door>>, request: Request) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let registered = request
        .headers()
        .get(header::ORIGIN)
        .is_some_and(|origin| is_registered(&door, origin));
    allow(&door, request.headers(), &mut response);
    if registered {
        let out = response.headers_mut();
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, dpop",
            ),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            out.insert(name, HeaderValue::from_static(value));
        }
    }
    response
}

fn is_registered(door: &Door, origin: &HeaderValue) -> bool {
    origin
        .to_str()
        .is_ok_and(|origin| door.registry.load().has_origin(origin))
}
