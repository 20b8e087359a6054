//! What search engines read: the public pages are theirs, the portal is not.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::site;
use crate::portal_router::Portal;

/// `/robots.txt`
pub async fn robots(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    let text = format!(
        "User-agent: *\nAllow: /partnership\nAllow: /assets/\nDisallow: /\nSitemap: {}\n",
        portal.keeper.url("/sitemap.xml")
    );
    file("text/plain; charset=utf-8", text)
}

/// `/sitemap.xml`
pub async fn sitemap(State(portal): State<Arc<Portal>>) -> impl IntoResponse {
    let further = ["estimate", "interest"].map(|end| format!("/partnership/{end}"));
    let places: String = site::ALL
        .iter()
        .map(site::Public::path)
        .chain(further)
        .map(|path| format!("<url><loc>{}</loc></url>\n", portal.keeper.url(&path)))
        .collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{places}</urlset>\n"
    );
    file("application/xml; charset=utf-8", text)
}

fn file(kind: &'static str, text: String) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=86400"),
    ];
    (headers, text)
}
