//! The discovery document and the public keys: bytes that were made beforehand.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::Door;
use durward_app::client::documents::{self, Document};

use super::cors;
use crate::shared::problem::Problem;

pub use super::cors::preflight;

/// `GET /.well-known/openid-configuration`
pub async fn discovery(State(door): State<Arc<Door>>, request: Request) -> Response {
    send(&door, request.headers(), documents::discovery(&door))
}

/// `GET /api/openid_connect/certs`
pub async fn certs(State(door): State<Arc<Door>>, request: Request) -> Response {
    send(&door, request.headers(), documents::jwks(&door))
}

/// A document with its tag, for whoever has it already.
pub(crate) fn send(door: &Door, headers: &HeaderMap, document: Document) -> Response {
    let Ok(etag) = HeaderValue::from_str(&document.etag) else {
        return Problem::fault("an entity tag cannot stand in a header").into_response();
    };
    let known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .any(|tag| matches!(tag.trim().trim_start_matches("W/"), tag if tag == "*" || *tag == *document.etag));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let kind = HeaderValue::from_static("application/json");
        (
            [(header::CONTENT_TYPE, kind)],
            Bytes::from_owner(document.bytes),
        )
            .into_response()
    };
    let out = response.headers_mut();
    out.insert(header::ETAG, etag);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(SHORTLY));
    cors::allow(door, headers, &mut response);
    response
}

/// Short enough that a new key is known everywhere before it signs.
const SHORTLY: &str = "public, max-age=300";
