//! OpenID Connect on the wire: parameters in, redirects and JSON out.

pub(crate) mod answer;
pub mod authorize;
mod cors;
pub mod documents;
pub mod logos;
pub mod logout;
pub mod push;
pub mod token;
pub mod tokens;
pub mod userinfo;

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::Door;
use durward_app::citizen::session::Browser;
use durward_app::client::{Headers, dpop_nonce};
use durward_app::record::Trace;
use durward_oidc::dpop::Sent;

use crate::shared::problem::Problem;
use crate::shared::site::Site;
use crate::shared::visit::RequestId;

/// What a request of a browser is known by, without the cost of a page.
fn browser(site: &Site, headers: &HeaderMap) -> Browser {
    Browser {
        session: site.cookies().session_in(headers).map(str::to_owned),
        flow: site.cookies().flow_in(headers).map(str::to_owned),
        ..Browser::default()
    }
}

fn site(extensions: &axum::http::Extensions) -> Result<Arc<Site>, Problem> {
    extensions
        .get::<Arc<Site>>()
        .cloned()
        .ok_or_else(|| Problem::fault("a route of the door stands outside the shell"))
}

fn trace(extensions: &axum::http::Extensions) -> Trace {
    let id = extensions.get::<RequestId>();
    Trace {
        request_id: id.map(|id| id.as_str().to_owned()).unwrap_or_default(),
    }
}

/// Sends the browser on. The address may hold a code, so nobody keeps it.
pub(crate) fn redirect(to: &str) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return Problem::fault("an address to redirect to cannot stand in a header")
            .into_response();
    };
    let headers = [
        (header::LOCATION, location),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (StatusCode::SEE_OTHER, headers).into_response()
}

/// JSON that nobody keeps.
fn fresh_json(status: StatusCode, bytes: impl Into<Bytes>) -> Response {
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, bytes.into()).into_response()
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| {
            kind.trim()
                .eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

/// The headers by which an app shows who it is and what it holds.
fn shown(headers: &HeaderMap) -> Headers<'_> {
    // A header that is no text is a malformed one.
    let values = headers.get_all("dpop").iter();
    Headers {
        authorization: authorization(headers),
        dpop: Sent::of(values.map(|value| value.to_str().unwrap_or(""))),
    }
}

/// Gives the nonce for the next proof to an app that sends proofs, or must. RFC 9449 §8.2
fn with_nonce(door: &Door, sends: bool, response: &mut Response) {
    if sends && let Ok(nonce) = HeaderValue::from_str(&dpop_nonce(door)) {
        response.headers_mut().insert("dpop-nonce", nonce);
    }
}

fn authorization(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(header::AUTHORIZATION)
        // A header that is no text is a malformed one.
        .map(|value| value.to_str().unwrap_or(""))
}
