//! Calls from pages of other origins: allowed where an app is registered, for what carries no cookie.
//!
//! Never a star and never credentials: a page reads an answer only if its own origin is one of an app's, and only to
//! what it sent itself. WHATWG Fetch §3.2

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::Door;

/// Answers, and lets the page that asks read the answer, if an app has registered its origin.
pub(super) async fn readable<W: Future<Output = Response>>(
    door: &Door,
    request: Request,
    answer: impl FnOnce(Request) -> W,
) -> Response {
    let asks = Asks::of(door, request.headers());
    let mut response = answer(request).await;
    asks.allow(&mut response);
    response
}

/// Lets the page that asks read the answer, if an app has registered its origin.
pub(super) fn allow(door: &Door, headers: &HeaderMap, response: &mut Response) {
    Asks::of(door, headers).allow(response);
}

/// The browser asks beforehand.
pub async fn preflight(State(door): State<Arc<Door>>, request: Request) -> Response {
    let asks = Asks::of(&door, request.headers());
    let mut response = StatusCode::NO_CONTENT.into_response();
    asks.allow(&mut response);
    if asks.0.is_some() {
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

/// The origin of the page that asks, if it is registered.
struct Asks(Option<HeaderValue>);

impl Asks {
    fn of(door: &Door, headers: &HeaderMap) -> Self {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (Some(origin), None) = (origins.next(), origins.next()) else {
            return Self(None);
        };
        let registered = origin
            .to_str()
            .is_ok_and(|origin| door.registry.load().has_origin(origin));
        Self(registered.then(|| origin.clone()))
    }

    fn allow(&self, response: &mut Response) {
        let out = response.headers_mut();
        // Also where nobody asked: a cache must not give this answer to a page that does.
        out.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = &self.0 {
            out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            let exposed = HeaderValue::from_static("DPoP-Nonce, WWW-Authenticate, X-Request-Id");
            out.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
    }
}
