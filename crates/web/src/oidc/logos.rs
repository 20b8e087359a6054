//! `GET /logos/{digest}`: logos by their digest, in a sandbox: they are other people's pictures.

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
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, HeaderValue::from_static(FOREVER)),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(SANDBOX),
        ),
    ];
    Ok((headers, logo.bytes).into_response())
}

/// The name is the digest of the bytes, so a copy never grows stale.
const FOREVER: &str = "public, max-age=31536000, immutable";
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
