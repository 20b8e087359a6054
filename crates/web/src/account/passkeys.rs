//! Passkeys and security keys: adding one, proving who one is with one, and signing in with nothing else.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use durward_app::Door;
use durward_app::citizen::factor::webauthn;
use durward_app::citizen::refusal::CitizenRefusal;
use durward_app::citizen::sign_up::Begun;
use durward_app::failure::Failure;

use super::common::{self, Frame, Help, No};
use super::views::{PasskeySetup, PasskeyUse};
use super::{own, sign_in};
use crate::shared::PASSKEY;
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/webauthn_setup`.
pub(super) async fn show_setup(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    setup_page(&door, &visit, "", None).await
}

/// POST `/webauthn_setup`: the new key.
pub(super) async fn post_setup(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let (name, answer) = (posted.text("name"), posted.exact("credential"));
    match webauthn::add(&door, &visit.browser(), (name, answer), &visit.trace()).await {
        Ok(token) => common::opened(&door, visit, token).await,
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => setup_page(&door, visit, name, Some(message)).await,
        },
    }
}

async fn setup_page(
    door: &Arc<Door>,
    visit: &Visit,
    name: &str,
    error: Option<String>,
) -> Result<Response, Problem> {
    let who = match own::sensitive(door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (options, begun) = match webauthn::question_for_new(door, &visit.browser()).await {
        Ok(question) => question,
        Err(failure) => return stopped(door, visit, failure).await,
    };
    let mut page = own::frame(door, visit, &who).await?.with_script(PASSKEY);
    if let Some(message) = error {
        page = page.with_error("submit", message);
    }
    Ok(page::html(&PasskeySetup {
        page: with_flow(page, visit, begun),
        options,
        typed: name.to_owned(),
    }))
}

/// GET `/login/two_factor/webauthn`: at the end of a sign-in, or in a session that must become stronger.
pub(super) async fn show_use(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    use_page(&door, &visit, None).await
}

/// POST `/login/two_factor/webauthn`.
pub(super) async fn post_use(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let answer = posted.exact("credential");
    match webauthn::prove(&door, &visit.browser(), answer, &visit.trace()).await {
        Ok(token) => common::opened(&door, visit, token).await,
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => use_page(&door, visit, Some(message)).await,
        },
    }
}

async fn use_page(
    door: &Arc<Door>,
    visit: &Visit,
    error: Option<String>,
) -> Result<Response, Problem> {
    let due = common::due(door, visit).await?;
    if !due.has_key && common::current(door, visit).await?.is_some() {
        // An app asks for what resists phishing: it is added now.
        return Ok(common::see_other(common::WEBAUTHN_SETUP, Vec::new()));
    }
    let (options, begun) = match webauthn::question(door, &visit.browser()).await {
        Ok(question) => question,
        Err(failure) => return stopped(door, visit, failure).await,
    };
    let Frame { mut page, app } = common::frame(door, visit, Help::SignIn).await?;
    page = with_flow(page.with_script(PASSKEY), visit, begun);
    if let Some(message) = error {
        page = page.with_error("submit", message);
    }
    Ok(page::html(&PasskeyUse {
        page,
        app,
        options,
        other: due.has_other,
    }))
}

/// POST `/sign_in/passkey/options`: what the script asks the browser for, as JSON.
pub(super) async fn options(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let (options, begun) = match webauthn::question_for_anyone(&door, &visit.browser()).await {
        Ok(question) => question,
        Err(Failure::Refused(no)) => return Err(Problem::refused(&no)),
        Err(Failure::Fault(fault)) => return Err(Problem::from(fault)),
    };
    let json = (
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        options,
    );
    let mut response = json.into_response();
    if let Some(cookie) = flow_cookie(visit, &begun) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// POST `/sign_in/passkey`: a key with nothing else.
pub(super) async fn post_sign_in(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let answer = posted.exact("credential");
    match webauthn::sign_in(&door, &visit.browser(), answer, &visit.trace()).await {
        Ok(token) => common::opened(&door, visit, token).await,
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                sign_in::email_page(&door, visit, "", Some(("passkey", message))).await
            }
        },
    }
}

/// A page that cannot be shown: the refusal says where to go on.
async fn stopped(
    door: &Arc<Door>,
    visit: &Visit,
    failure: Failure<CitizenRefusal>,
) -> Result<Response, Problem> {
    let refusal = match &failure {
        Failure::Refused(refusal) => Some(*refusal),
        Failure::Fault(_) => None,
    };
    match (common::no(door, visit, failure).await?, refusal) {
        (No::InPlace(_), Some(refusal)) => Ok(Problem::refused(&refusal).as_page().into_response()),
        (No::InPlace(_), None) => common::to_step(door, visit).await,
        (No::Answer(response), _) => Ok(response),
    }
}

fn with_flow(page: Page, visit: &Visit, begun: Begun) -> Page {
    let cookie = flow_cookie(visit, &begun);
    page.with_cookie(cookie)
}

fn flow_cookie(visit: &Visit, begun: &Begun) -> Option<HeaderValue> {
    let token = begun.set_flow.as_deref()?;
    visit.site().cookies().set_flow(token)
}
