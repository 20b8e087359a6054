//! Signing in: address, password, second factor.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use durward_app::Door;
use durward_app::citizen::factor::webauthn;
use durward_app::citizen::flow::Step;
use durward_app::citizen::{session, sign_in};
use durward_app::client::{self, Next};

use super::common::{self, Frame, Help, No};
use super::views::{SecondFactor, SignIn, SignInPassword};
use crate::shared::forms::Posted;
use crate::shared::limits::ClientAddress;
use crate::shared::page;
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;
use crate::shared::{PASSKEY, SHOW_PASSWORD};

/// GET `/`: the address. Whoever is signed in already goes on, unless the service wants a fresh sign-in.
pub(super) async fn show_email(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    if visit.session().is_some() {
        let next = client::resume(&door, &visit.browser(), &visit.trace())
            .await
            .map_err(|fault| Problem::from(fault).as_page())?;
        if !matches!(next, Next::Page(common::SIGN_IN)) {
            return Ok(common::to_next(next, visit.language(), Vec::new()));
        }
    }
    email_page(&door, &visit, "", None).await
}

/// The page that asks for the address; whoever has a passkey needs none.
pub(super) async fn email_page(
    door: &Arc<Door>,
    visit: &Visit,
    typed: &str,
    error: Option<(&'static str, String)>,
) -> Result<Response, Problem> {
    let Frame { mut page, app } = common::frame(door, visit, Help::SignIn).await?;
    let passkeys = webauthn::work_here(door);
    if passkeys {
        page = page.with_script(PASSKEY).with_questions();
    }
    if let Some((field, message)) = error {
        page = page.with_error(field, message);
    }
    Ok(page::html(&SignIn {
        page,
        app,
        email: typed.to_owned(),
        passkeys,
    }))
}

/// POST `/`.
pub(super) async fn post_email(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let typed = posted.text("email");
    match sign_in::begin(&door, &visit.browser(), typed).await {
        Ok(begun) => {
            let flow = begun
                .set_flow
                .and_then(|token| visit.site().cookies().set_flow(&token));
            Ok(common::see_other(common::PASSWORD, vec![flow]))
        }
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => email_page(&door, visit, typed, Some(("email", message))).await,
        },
    }
}

/// GET `/sign_in/password`.
pub(super) async fn show_password(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    password_page(&door, &visit, None).await
}

/// POST `/sign_in/password`.
pub(super) async fn post_password(
    State(door): State<Arc<Door>>,
    ClientAddress(address): ClientAddress,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let (browser, trace) = (visit.browser(), visit.trace());
    let typed = posted.exact("password");
    match sign_in::try_password(&door, &browser, typed, known(address), &trace).await {
        Ok(()) => Ok(common::see_other(
            common::second_factor(&door, visit).await?,
            Vec::new(),
        )),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => password_page(&door, visit, Some(message)).await,
        },
    }
}

async fn password_page(
    door: &Arc<Door>,
    visit: &Visit,
    error: Option<String>,
) -> Result<Response, Problem> {
    let Step::EnterPassword { email } = common::step(door, visit).await? else {
        return common::to_step(door, visit).await;
    };
    let Frame { mut page, app } = common::frame(door, visit, Help::SignIn).await?;
    page = page.with_script(SHOW_PASSWORD);
    if let Some(message) = error {
        page = page.with_error("password", message);
    }
    Ok(page::html(&SignInPassword {
        page,
        app,
        email: email.reveal().to_owned(),
    }))
}

/// GET `/login/two_factor/authenticator`: at the end of a sign-in, or in a session that must become stronger.
pub(super) async fn show_second_factor(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    second_factor_page(&door, &visit, None).await
}

/// POST `/login/two_factor/authenticator`.
pub(super) async fn post_second_factor(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let browser = visit.browser();
    let typed = posted.text("code");
    match sign_in::try_totp(&door, &browser, typed, &visit.trace()).await {
        Ok(token) => common::opened(&door, visit, token).await,
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => second_factor_page(&door, visit, Some(message)).await,
        },
    }
}

async fn second_factor_page(
    door: &Arc<Door>,
    visit: &Visit,
    error: Option<String>,
) -> Result<Response, Problem> {
    let is_due = matches!(common::step(door, visit).await?, Step::SecondFactor)
        || session::current(door, &visit.browser())
            .await
            .map_err(|fault| Problem::from(fault).as_page())?
            .is_some();
    if !is_due {
        return common::to_step(door, visit).await;
    }
    if !common::due(door, visit).await?.has_other {
        return Ok(common::see_other(common::WEBAUTHN, Vec::new()));
    }
    let Frame { mut page, app } = common::frame(door, visit, Help::SignIn).await?;
    if let Some(message) = error {
        page = page.with_error("code", message);
    }
    Ok(page::html(&SecondFactor { page, app }))
}

/// The address of the network, where the server knows one.
fn known(address: IpAddr) -> Option<IpAddr> {
    (!address.is_unspecified()).then_some(address)
}
