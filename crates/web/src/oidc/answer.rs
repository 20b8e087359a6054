//! The answer to an app as the browser carries it: a redirect, or a form that posts itself.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_keyring::digest;
use durward_oidc::authorize::ClientAnswer;
use durward_oidc::params::Params;

use crate::account::origin;
use crate::shared::i18n::{Language, Words};
use crate::shared::problem::Problem;

/// A page with one form. Where no script runs, its button is pressed.
#[derive(Template)]
#[template(path = "citizen/form_post.html")]
struct FormPost<'a> {
    words: Words,
    action: &'a str,
    pairs: &'a [(&'static str, String)],
    script: &'static str,
}

/// What posts the form; the policy of the page allows this text alone.
const SCRIPT: &str = "document.forms[0].submit()";

/// Sends the answer on. OAuth 2.0 Form Post Response Mode §2
pub(crate) fn to_app(answer: &ClientAnswer, language: Language) -> Response {
    match answer.location() {
        Some(location) => super::redirect(&location),
        None => posted(answer, language),
    }
}

/// The language of a page without a visit: the app's wish, or the browser's.
pub(super) fn language(params: Option<&Params>, headers: &HeaderMap) -> Language {
    let accepts = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    params
        .and_then(super::authorize::language)
        .unwrap_or_else(|| Language::negotiate(None, None, accepts))
}

fn posted(answer: &ClientAnswer, language: Language) -> Response {
    let page = FormPost {
        words: Words::of(language),
        action: answer.redirect_uri(),
        pairs: answer.pairs(),
        script: SCRIPT,
    };
    let html = match page.render() {
        Ok(html) => html,
        Err(error) => return Problem::fault_chain(&error).as_page().into_response(),
    };
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; base-uri 'none'; frame-ancestors 'none'; form-action {}",
        STANDARD.encode(digest::sha256(SCRIPT.as_bytes())),
        origin(answer.redirect_uri()).unwrap_or_else(|| "'none'".to_owned()),
    );
    let Ok(policy) = HeaderValue::from_str(&policy) else {
        return Problem::fault("a policy that cannot stand in a header")
            .as_page()
            .into_response();
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
    ];
    (headers, Html(html)).into_response()
}
