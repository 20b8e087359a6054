//! Style sheet, fonts and pictures, embedded in the binary and named by their hash.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::assets_table::{ASSETS, FAVICON};
use super::problem::Problem;

/// The routes of the embedded files: `/assets/{file}` and `/favicon.ico`.
pub fn routes() -> Router {
    Router::new()
        .route("/assets/{file}", get(serve))
        .route("/favicon.ico", get(favicon))
}

/// One embedded file.
pub(super) struct Asset {
    /// The name with its hash.
    pub(super) name: &'static str,
    /// The media type.
    pub(super) media_type: &'static str,
    /// The file itself.
    pub(super) bytes: &'static [u8],
    /// The same, packed with Brotli.
    pub(super) brotli: Option<&'static [u8]>,
    /// The same, packed with gzip.
    pub(super) gzip: Option<&'static [u8]>,
}

async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    answer(&file, &headers, FOREVER)
}

async fn favicon(headers: HeaderMap) -> Response {
    answer(FAVICON.trim_start_matches("/assets/"), &headers, FOR_A_DAY)
}

fn answer(name: &str, headers: &HeaderMap, caching: &'static str) -> Response {
    let Ok(index) = ASSETS.binary_search_by(|asset| asset.name.cmp(name)) else {
        return Problem::not_found().into_response();
    };
    let asset = &ASSETS[index];
    let (bytes, packing) = packed(asset, headers);
    let mut response = (StatusCode::OK, bytes).into_response();
    let out = response.headers_mut();
    out.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(asset.media_type),
    );
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Some(packing) = packing {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static(packing));
    }
    response
}

fn packed(asset: &Asset, headers: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let takes = |name: &str| {
        accepted.split(',').any(|part| {
            let mut words = part.split(';');
            words
                .next()
                .is_some_and(|word| word.trim().eq_ignore_ascii_case(name))
                && !words.any(|word| matches!(word.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
        })
    };
    match (asset.brotli, asset.gzip) {
        (Some(bytes), _) if takes("br") => (bytes, Some("br")),
        (_, Some(bytes)) if takes("gzip") => (bytes, Some("gzip")),
        _ => (asset.bytes, None),
    }
}

/// The name holds the hash of the bytes, so a copy never grows stale.
const FOREVER: &str = "public, max-age=31536000, immutable";
const FOR_A_DAY: &str = "public, max-age=86400";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::{SHOW_PASSWORD, SPRITE, STYLE};

    #[test]
    fn the_table_is_sorted_and_holds_the_named_files() {
        assert!(ASSETS.is_sorted_by(|a, b| a.name < b.name));
        for path in [STYLE, SPRITE, FAVICON, SHOW_PASSWORD] {
            let response = answer(
                path.trim_start_matches("/assets/"),
                &HeaderMap::new(),
                FOREVER,
            );
            assert_eq!(response.status(), StatusCode::OK, "{path}");
        }
    }

    #[test]
    fn a_browser_that_takes_brotli_gets_it() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, br"),
        );
        let name = STYLE.trim_start_matches("/assets/");
        assert_eq!(
            answer(name, &headers, FOREVER).headers()[header::CONTENT_ENCODING],
            "br"
        );
        headers.insert(
            header::ACCEPT_ENCODING,
            HeaderValue::from_static("gzip, br;q=0"),
        );
        assert_eq!(
            answer(name, &headers, FOREVER).headers()[header::CONTENT_ENCODING],
            "gzip"
        );
    }
}
