//! `GET /logos/{digest}`: logos by their digest, in a sandbox: they are other people's pictures.
//! `GET /logos/{digest}/mail`: the same as mail shows it, as PNG.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use durward_app::Door;
use durward_app::client::documents;

use crate::shared::problem::Problem;

/// One logo.
pub async fn get(
    State(door): State<Arc<Door>>,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let logo = documents::logo(&door, &digest).await?;
    let logo = logo.ok_or_else(Problem::not_found)?;
    let kind = HeaderValue::from_str(&logo.media_type)
        .map_err(|_| Problem::fault("the media type of a logo cannot stand in a header"))?;
    Ok(picture(kind, logo.bytes))
}

/// One logo as mail shows it.
pub async fn as_in_mail(
    State(door): State<Arc<Door>>,
    Path(digest): Path<String>,
) -> Result<Response, Problem> {
    let drawn = durward_app::picture::of_logo(&door, &digest).await?;
    let drawn = drawn.ok_or_else(Problem::not_found)?;
    Ok(picture(PNG, drawn.png.clone()))
}

fn picture(kind: HeaderValue, bytes: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOREVER)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(SANDBOX),
        ),
    ];
    (headers, bytes).into_response()
}

const PNG: HeaderValue = HeaderValue::from_static("image/png");
/// The name is the digest of the bytes, so a copy never grows stale.
const FOREVER: &str = "public, max-age=31536000, immutable";
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
