//! `GET` and `POST /openid_connect/authorize`

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_app::Door;
use durward_app::client::{self, AuthorizeOutcome, Next, PageRefusal};
use durward_domain::release::DeniedApp;
use durward_oidc::params::{BadParams, Params};

use super::answer;
use crate::shared::i18n::Language;
use crate::shared::problem::Problem;
use crate::shared::site::Site;

/// An app sends a person here.
pub async fn get(State(door): State<Arc<Door>>, request: Request) -> Result<Response, Problem> {
    let site = super::site(request.extensions())?;
    let trace = super::trace(request.extensions());
    let browser = super::browser(&site, request.headers());
    let params = read(request.uri().query().unwrap_or_default().as_bytes())?;
    let outcome = client::authorize(&door, &params, &browser, &trace)
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    let language = answer::language(Some(&params), request.headers());
    Ok(answer(&site, &params, language, outcome))
}

/// An app posts the request. A post from another site carries no cookie of ours: the browser comes back by GET.
pub async fn post(State(door): State<Arc<Door>>, request: Request) -> Result<Response, Problem> {
    let site = super::site(request.extensions())?;
    let trace = super::trace(request.extensions());
    if !super::is_form(request.headers()) {
        return Err(not_a_form().as_page());
    }
    let headers = request.headers().clone();
    let body = body(request).await?;
    let params = read(&body)?;
    let outcome = client::authorize_posted(&door, &params, &trace)
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    let language = answer::language(Some(&params), &headers);
    Ok(answer(&site, &params, language, outcome))
}

/// A posted request comes back, with the browser's cookies.
pub async fn resume(State(door): State<Arc<Door>>, request: Request) -> Result<Response, Problem> {
    let site = super::site(request.extensions())?;
    let trace = super::trace(request.extensions());
    let browser = super::browser(&site, request.headers());
    let next = client::resume(&door, &browser, &trace)
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    Ok(go(next, answer::language(None, request.headers())))
}

/// Where a browser goes after a step.
pub fn go(next: Next, language: Language) -> Response {
    match next {
        Next::ToClient(to) => answer::to_app(&to, language),
        Next::Page(path) => super::redirect(path),
        Next::Account => super::redirect("/account"),
        Next::Refused(refusal) => page(&refusal).into_response(),
    }
}

fn answer(site: &Site, params: &Params, speaks: Language, outcome: AuthorizeOutcome) -> Response {
    match outcome {
        AuthorizeOutcome::ToClient(to) => answer::to_app(&to, speaks),
        AuthorizeOutcome::Refused(refusal) => page(&refusal).into_response(),
        AuthorizeOutcome::ToPage { path, set_flow } => {
            let mut response = match language(params) {
                Some(language) => super::redirect(&format!("{path}?locale={}", language.tag())),
                None => super::redirect(path),
            };
            let cookie = set_flow.and_then(|token| site.cookies().set_flow(&token));
            if let Some(cookie) = cookie {
                response.headers_mut().append(header::SET_COOKIE, cookie);
            }
            response
        }
    }
}

/// Never a redirect: it is not proved where to. RFC 6749 §4.1.2.1
fn page(refusal: &PageRefusal) -> Problem {
    let problem = Problem::refused(refusal).as_page();
    if let Some(app) = &refusal.denied {
        return problem.with_denied(DeniedApp::clone(app));
    }
    match &refusal.service {
        Some(name) => problem.with_service(name.clone(), None),
        None => problem,
    }
}

/// The language that the app asks for, if we have it.
pub(super) fn language(params: &Params) -> Option<Language> {
    let wished = [params.get("locale"), params.get("ui_locales")];
    wished
        .into_iter()
        .flatten()
        .flat_map(str::split_ascii_whitespace)
        .find_map(Language::parse)
}

pub(super) fn read(raw: &[u8]) -> Result<Params, Problem> {
    Params::parse(raw).map_err(|bad| {
        let status = match bad {
            BadParams::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            BadParams::Unreadable => StatusCode::BAD_REQUEST,
        };
        Problem::new("authorize/unreadable", status, bad.to_string()).as_page()
    })
}

pub(super) async fn body(request: Request) -> Result<Bytes, Problem> {
    axum::body::to_bytes(request.into_body(), Params::MAX_BYTES + 1)
        .await
        .map_err(|_| {
            Problem::new(
                "limits/body-too-large",
                StatusCode::PAYLOAD_TOO_LARGE,
                "What was sent is too large. Send less.",
            )
        })
}

pub(super) fn not_a_form() -> Problem {
    Problem::new(
        "form/media-type",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "Send this as a form, with the media type application/x-www-form-urlencoded.",
    )
    .with_header(
        header::ACCEPT,
        HeaderValue::from_static("application/x-www-form-urlencoded"),
    )
}
