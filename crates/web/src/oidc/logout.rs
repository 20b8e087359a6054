//! `GET` and `POST /openid_connect/logout`

use std::sync::Arc;

use axum::extract::{FromRequest as _, FromRequestParts as _, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use durward_app::client::{self, EndSession};
use durward_app::{Door, Failure};
use durward_oidc::logout::LogoutRefusal;
use durward_oidc::params::{Params, append};

use super::authorize;
use crate::account::views::{LogoutConfirm, SignedOut};
use crate::shared::forms::{Posted, TOKEN_FIELD};
use crate::shared::page::{Page, html};
use crate::shared::problem::{Problem, Service};
use crate::shared::visit::Visit;

/// An app sends a person here to sign out.
pub async fn get(State(door): State<Arc<Door>>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let visit = Visit::from_request_parts(&mut parts, &()).await?;
    let site = super::site(&parts.extensions)?;
    let trace = super::trace(&parts.extensions);
    let browser = super::browser(&site, &parts.headers);
    let params = read(parts.uri.query().unwrap_or_default().as_bytes())?;
    let outcome = client::end_session(&door, &params, &browser, &trace).await;
    answer(&asked(visit, &params), &params, outcome)
}

/// The person's own word, or an app's request as a form. The latter carries no cookie of ours from another site:
/// the browser comes back by GET.
pub async fn post(State(door): State<Arc<Door>>, request: Request) -> Result<Response, Problem> {
    if !super::is_form(request.headers()) {
        return Err(authorize::not_a_form().as_page());
    }
    let (parts, body) = request.into_parts();
    let site = super::site(&parts.extensions)?;
    let trace = super::trace(&parts.extensions);
    let browser = super::browser(&site, &parts.headers);
    let bytes = authorize::body(Request::new(body))
        .await
        .map_err(Problem::as_page)?;
    let sent = read(&bytes)?;
    let params = Params::new(wanted(&sent));
    if sent.get(TOKEN_FIELD).is_none() {
        let pairs: Vec<_> = params
            .pairs()
            .iter()
            .map(|(n, v)| (n.as_str(), v.as_str()))
            .collect();
        return Ok(super::redirect(&append(PATH, &pairs)));
    }
    let again = Request::from_parts(parts, axum::body::Body::from(bytes));
    let posted = Posted::from_request(again, &()).await?;
    if posted.has("stay") {
        return Ok(super::redirect("/account"));
    }
    let outcome = client::confirm_end_session(&door, &params, &browser, &trace).await;
    answer(&asked(posted.visit, &params), &params, outcome)
}

/// The visit in the language that the app asks for.
fn asked(visit: Visit, params: &Params) -> Visit {
    match authorize::language(params) {
        Some(language) => visit.asked_in(language),
        None => visit,
    }
}

fn answer(
    visit: &Visit,
    params: &Params,
    outcome: Result<EndSession, Failure<LogoutRefusal>>,
) -> Result<Response, Problem> {
    let outcome = outcome.map_err(|failure| Problem::from(failure).as_page())?;
    let mut response = match outcome {
        EndSession::Confirm { service, target } => {
            let view = LogoutConfirm {
                page: Page::of(visit).with_form_origins(origin(target)),
                service,
                hidden: wanted(params),
            };
            return Ok(html(&view));
        }
        EndSession::ToClient(to) => super::redirect(&to),
        EndSession::SignedOut { service } => html(&SignedOut {
            page: Page::of(visit),
            service: service.map(|(name, link)| Service { name, link }),
        })
        .into_response(),
    };
    if let Some(cookie) = visit.site().cookies().clear_session() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// What the confirmation sends on; nothing else of the request is repeated on a page.
fn wanted(params: &Params) -> Vec<(String, String)> {
    params
        .pairs()
        .iter()
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .cloned()
        .collect()
}

fn origin(target: Option<String>) -> Option<String> {
    let url = url::Url::parse(&target?).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

fn read(raw: &[u8]) -> Result<Params, Problem> {
    Params::parse(raw).map_err(|bad| {
        Problem::new(
            "logout/unreadable",
            axum::http::StatusCode::BAD_REQUEST,
            bad.to_string(),
        )
        .as_page()
    })
}

const KEPT: [&str; 7] = [
    "client_id",
    "id_token_hint",
    "locale",
    "logout_hint",
    "post_logout_redirect_uri",
    "state",
    "ui_locales",
];
const PATH: &str = durward_oidc::discovery::LOGOUT.path;
