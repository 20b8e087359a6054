//! The sample's pages.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::{Map, Value};

/// Choose an environment and an app.
#[derive(Template)]
#[template(path = "sample/start.html")]
pub(super) struct Start {
    pub(super) environments: Vec<Choice>,
    pub(super) client_id: String,
    pub(super) levels: Vec<Choice>,
    pub(super) scope: String,
    pub(super) redirect_uri: String,
    pub(super) base_url: String,
}

/// One option of a select.
pub(super) struct Choice {
    pub(super) value: String,
    pub(super) label: String,
    pub(super) selected: bool,
}

/// The claims of a sign-in.
#[derive(Template)]
#[template(path = "sample/signed_in.html")]
pub(super) struct SignedInPage {
    pub(super) environment: String,
    pub(super) client_id: String,
    pub(super) name: String,
    pub(super) id_token: Vec<(String, String)>,
    pub(super) userinfo: Vec<(String, String)>,
}

/// What to paste into the portal.
#[derive(Template)]
#[template(path = "sample/public_key.html")]
pub(super) struct PublicKeyPage {
    pub(super) callback: String,
    pub(super) signed_out: String,
    pub(super) pem: String,
    pub(super) jwk: String,
}

/// The session has ended.
#[derive(Template)]
#[template(path = "sample/signed_out.html")]
pub(super) struct SignedOut;

/// A sign-in did not work.
#[derive(Template)]
#[template(path = "sample/error.html")]
pub(super) struct ErrorPage {
    pub(super) code: String,
    pub(super) sentence: String,
    pub(super) request_id: Option<String>,
}

/// Renders a page.
pub(super) fn page(status: StatusCode, template: &impl Template, form_action: &str) -> Response {
    let Ok(html) = template.render() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    // The form of the first page is answered by a redirect to an environment, so those are allowed as its target.
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' {form_action}"
    );
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy.as_str()),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, Html(html)).into_response()
}

/// Claims as rows: text as it is, everything else as JSON.
pub(super) fn rows(claims: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    };
    claims
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect()
}
