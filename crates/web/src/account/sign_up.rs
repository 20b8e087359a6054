//! Making an account: address, mail, password, authenticator app.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use durward_accounts::authenticator::password::SHORTEST;
use durward_app::Door;
use durward_app::citizen::flow::Step;
use durward_app::citizen::sign_up::{self, Confirmed};

use super::common::{self, Frame, Help, No};
use super::mail::MailWords;
use super::views::{
    ConfirmLink, FactorChoice, LinkElsewhere, SignUpCheckEmail, SignUpEmail, SignUpPassword,
    TotpSetup, qr_address,
};
use crate::shared::SHOW_PASSWORD;
use crate::shared::forms::{Fields, Posted};
use crate::shared::page::{self, NoticeKind, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/sign_up/enter_email`.
pub(super) async fn show_email(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let Frame { page, app } = common::frame(&door, &visit, Help::SignUp).await?;
    Ok(page::html(&SignUpEmail {
        page,
        app,
        email: String::new(),
    }))
}

/// POST `/sign_up/enter_email`: the same answer whether or not the address has an account.
pub(super) async fn post_email(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let (browser, trace) = (visit.browser(), visit.trace());
    let typed = posted.text("email");
    match sign_up::begin(&door, &MailWords, &browser, typed, &trace).await {
        Ok(begun) => {
            let flow = begun
                .set_flow
                .and_then(|token| visit.site().cookies().set_flow(&token));
            Ok(common::see_other(common::VERIFY_EMAIL, vec![flow]))
        }
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                let Frame { page, app } = common::frame(&door, visit, Help::SignUp).await?;
                Ok(page::html(&SignUpEmail {
                    page: page.with_error("email", message),
                    app,
                    email: typed.to_owned(),
                }))
            }
        },
    }
}

/// GET `/sign_up/verify_email`: goes on by itself when the link was confirmed on another device.
pub(super) async fn show_code(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Problem> {
    let Step::CheckEmail { email } = common::step(&door, &visit).await? else {
        return common::to_step(&door, &visit).await;
    };
    let went_on = sign_up::proceed_if_confirmed(&door, &visit.browser(), &visit.trace())
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    if went_on {
        return Ok(common::see_other(common::CREATE_PASSWORD, Vec::new()));
    }
    let mut page = Page::of(&visit);
    if query.as_deref() == Some(AGAIN) {
        let text = page.t("resent");
        page = page.with_notice(NoticeKind::Success, text);
    }
    Ok(page::html(&SignUpCheckEmail {
        page,
        email: email.reveal().to_owned(),
    }))
}

/// POST `/sign_up/verify_email`: the code, or the wish for another mail.
pub(super) async fn post_code(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let (browser, trace) = (visit.browser(), visit.trace());
    let outcome = if posted.has("resend") {
        sign_up::resend(&door, &MailWords, &browser, &trace)
            .await
            .map(|_| format!("{}?{AGAIN}", common::VERIFY_EMAIL))
    } else {
        sign_up::type_code(&door, &browser, posted.text("code"), &trace)
            .await
            .map(|()| common::CREATE_PASSWORD.to_owned())
    };
    match outcome {
        Ok(to) => Ok(common::see_other(&to, Vec::new())),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                let Step::CheckEmail { email } = common::step(&door, visit).await? else {
                    return common::to_step(&door, visit).await;
                };
                Ok(page::html(&SignUpCheckEmail {
                    page: Page::of(visit).with_error("code", message),
                    email: email.reveal().to_owned(),
                }))
            }
        },
    }
}

/// GET `/sign_up/email/confirm?token=`: a page with a button. Nothing happens yet, for mail scanners look too.
pub(super) async fn show_link(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Problem> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let token = fields.text("token");
    match sign_up::look_at_link(&door, &visit.browser(), token).await {
        Ok(view) => Ok(page::html(&ConfirmLink {
            page: Page::of(&visit),
            is_here: view.is_here,
            email: view.email.reveal().to_owned(),
            confirmation: token.to_owned(),
        })),
        Err(failure) => Err(Problem::from(failure).as_page()),
    }
}

/// POST `/sign_up/email/confirm`: the button. Only the browser that asked goes on.
pub(super) async fn post_link(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let token = posted.text("confirmation");
    match sign_up::confirm_link(&door, &visit.browser(), token, &visit.trace()).await {
        Ok(Confirmed::Here) => Ok(common::see_other(common::CREATE_PASSWORD, Vec::new())),
        Ok(Confirmed::Elsewhere) => Ok(page::html(&LinkElsewhere {
            page: Page::of(visit),
        })),
        Err(failure) => Err(Problem::from(failure).as_page()),
    }
}

/// GET `/sign_up/create_password`.
pub(super) async fn show_password(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    password_page(&door, &visit, None).await
}

/// POST `/sign_up/create_password`.
pub(super) async fn post_password(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let service = common::frame(&door, visit, Help::None)
        .await?
        .app
        .map(|app| app.friendly_name);
    let services: Vec<&str> = service.as_deref().into_iter().collect();
    let typed = posted.exact("password");
    match sign_up::choose_password(&door, &visit.browser(), typed, &services).await {
        Ok(()) => Ok(common::see_other(common::FACTORS, Vec::new())),
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
    let Step::ChoosePassword { email } = common::step(door, visit).await? else {
        return common::to_step(door, visit).await;
    };
    let mut page = Page::of(visit).with_script(SHOW_PASSWORD);
    if let Some(message) = error {
        page = page.with_error("password", message);
    }
    Ok(page::html(&SignUpPassword {
        page,
        email: email.reveal().to_owned(),
        minimum: SHORTEST as u64,
    }))
}

/// GET `/authentication_methods_setup`.
pub(super) async fn show_factors(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    match common::step(&door, &visit).await? {
        Step::SetUpTotp { .. } => Ok(page::html(&FactorChoice {
            page: Page::of(&visit),
        })),
        _ => common::to_step(&door, &visit).await,
    }
}

/// POST `/authentication_methods_setup`: the choice is the page that sets the method up.
pub(super) async fn post_factors(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let Step::SetUpTotp { .. } = common::step(&door, visit).await? else {
        return common::to_step(&door, visit).await;
    };
    if posted.text("factor") == "totp" {
        return Ok(common::see_other(common::AUTHENTICATOR_SETUP, Vec::new()));
    }
    let page = Page::of(visit);
    let message = page.t("factor-needed");
    Ok(page::html(&FactorChoice {
        page: page.with_error("factor", message),
    }))
}

/// GET `/authenticator_setup`.
pub(super) async fn show_authenticator(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    authenticator_page(&door, &visit, None).await
}

/// POST `/authenticator_setup`: the first code makes the account and signs the person in.
pub(super) async fn post_authenticator(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let browser = visit.browser();
    let typed = posted.text("code");
    match sign_up::finish(&door, &MailWords, &browser, typed, &visit.trace()).await {
        Ok(session) => common::opened(&door, visit, session.token).await,
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => authenticator_page(&door, visit, Some(message)).await,
        },
    }
}

async fn authenticator_page(
    door: &Arc<Door>,
    visit: &Visit,
    error: Option<String>,
) -> Result<Response, Problem> {
    let Step::SetUpTotp { email, secret } = common::step(door, visit).await? else {
        return common::to_step(door, visit).await;
    };
    let Frame { mut page, .. } = common::frame(door, visit, Help::None).await?;
    if let Some(message) = error {
        page = page.with_error("code", message);
    }
    let qr = qr_address(&secret.uri(email.reveal(), &page.title))
        .ok_or_else(|| Problem::fault("a key that does not fit into a QR code").as_page())?;
    Ok(page::html(&TotpSetup {
        page,
        qr,
        key: secret.grouped(),
    }))
}

const AGAIN: &str = "again=1";
