//! What the pages of people share: the service that asks, the way on, and how a "no" is shown.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use durward_accounts::journey::JourneyRefusal;
use durward_app::Door;
use durward_app::citizen::browsers;
use durward_app::citizen::factor::webauthn::{self, Due};
use durward_app::citizen::flow::{self, Step};
use durward_app::citizen::refusal::CitizenRefusal;
use durward_app::citizen::session::{self, Browser, SignedIn};
use durward_app::client::{self, Next, PendingRequest};
use durward_app::failure::Failure;
use durward_domain::application::HelpText;
use jiff::Timestamp;
use url::Url;

use super::views::{AppCard, Locked};
use crate::oidc::answer;
use crate::shared::i18n::Language;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// A page's frame with the service that waits.
pub(super) struct Frame {
    pub(super) page: Page,
    pub(super) app: Option<AppCard>,
}

/// Which of the service's help texts a page shows.
#[derive(Clone, Copy)]
pub(super) enum Help {
    SignIn,
    SignUp,
    None,
}

/// The frame of a page on the way to a service, if one waits. Its forms may end, by a redirect, at the service.
pub(super) async fn frame(door: &Arc<Door>, visit: &Visit, help: Help) -> Result<Frame, Problem> {
    let pending = client::request_in(door, &visit.browser())
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    let mut page = Page::of(visit);
    let Some(pending) = pending else {
        return Ok(Frame { page, app: None });
    };
    // Browsers hold every redirect after a form to this list, and an app may pass people on between its own addresses.
    let mut origins: Vec<String> = origin(&pending.request.redirect_uri).into_iter().collect();
    for more in pending
        .client
        .client
        .redirect_uris()
        .iter()
        .filter_map(|uri| origin(uri))
    {
        if !origins.contains(&more) {
            origins.push(more);
        }
    }
    page = page.with_form_origins(origins);
    Ok(Frame {
        app: Some(card(visit, &pending, help)),
        page,
    })
}

/// The service as people see it.
pub(super) fn card(visit: &Visit, pending: &PendingRequest, help: Help) -> AppCard {
    let client = &pending.client.client;
    AppCard {
        friendly_name: client.friendly_name.clone(),
        logo: client
            .logo
            .as_ref()
            .map(|logo| format!("/logos/{}", logo.sha256)),
        help_text: help_text(&client.help_text, visit.language().tag(), help),
        return_url: client.return_to_app_url.clone(),
    }
}

fn help_text(texts: &HelpText, language: &str, help: Help) -> Option<String> {
    let texts = match help {
        Help::SignIn => &texts.sign_in,
        Help::SignUp => &texts.sign_up,
        Help::None => return None,
    };
    let short = language.split('-').next().unwrap_or(language);
    [language, short, "en"]
        .into_iter()
        .find_map(|tag| texts.get(tag))
        .filter(|text| !text.trim().is_empty())
        .cloned()
}

/// What `form-action` must allow for a redirect to this address: its origin, or its scheme for a native app.
pub(crate) fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    let origin = url.origin();
    Some(if origin.is_tuple() {
        origin.ascii_serialization()
    } else {
        format!("{}:", url.scheme())
    })
}

/// Goes on after a step: to the service, to the page of the next step, or to the account.
pub(super) async fn go_on(
    door: &Arc<Door>,
    visit: &Visit,
    browser: &Browser,
    cookies: Vec<Option<HeaderValue>>,
) -> Result<Response, Problem> {
    let next = client::resume(door, browser, &visit.trace())
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    Ok(to_next(next, visit.language(), cookies))
}

/// Goes on in a session that was just opened or made stronger: with its cookie, in a browser that its account knows
/// from now on.
pub(super) async fn opened(
    door: &Arc<Door>,
    visit: &Visit,
    token: String,
) -> Result<Response, Problem> {
    let mut browser = visit.browser();
    browsers::remember(door, &browser, &token)
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    let names = visit.site().cookies();
    let cookies = vec![
        names.set_session(&token),
        names.set_known_browser(&browsers::token(&token)),
    ];
    browser.session = Some(token);
    go_on(door, visit, &browser, cookies).await
}

/// The answer that leads to what is next.
pub(super) fn to_next(
    next: Next,
    language: Language,
    cookies: Vec<Option<HeaderValue>>,
) -> Response {
    match next {
        Next::ToClient(back) => {
            let mut response = answer::to_app(&back, language);
            set_cookies(&mut response, cookies);
            response
        }
        Next::Page(path) => see_other(path, cookies),
        Next::Account => see_other(ACCOUNT, cookies),
        Next::Refused(refusal) => {
            let mut problem = Problem::refused(&refusal).as_page();
            if let Some(service) = &refusal.service {
                problem = problem.with_service(service.clone(), None);
            }
            let mut response = problem.into_response();
            set_cookies(&mut response, cookies);
            response
        }
    }
}

/// A redirect that a browser follows with GET, setting cookies.
pub(super) fn see_other(to: &str, cookies: Vec<Option<HeaderValue>>) -> Response {
    let Ok(location) = HeaderValue::from_str(to) else {
        return Problem::fault("an address that cannot stand in a header")
            .as_page()
            .into_response();
    };
    let mut response = (
        StatusCode::SEE_OTHER,
        [
            (header::LOCATION, location),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
    )
        .into_response();
    set_cookies(&mut response, cookies);
    response
}

fn set_cookies(response: &mut Response, cookies: Vec<Option<HeaderValue>>) {
    for cookie in cookies.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

/// Who is signed in in this browser.
pub(super) async fn current(door: &Arc<Door>, visit: &Visit) -> Result<Option<SignedIn>, Problem> {
    session::current(door, &visit.browser())
        .await
        .map_err(|fault| Problem::from(fault).as_page())
}

/// To the page of the step that this browser is at.
pub(super) async fn to_step(door: &Arc<Door>, visit: &Visit) -> Result<Response, Problem> {
    let step = step(door, visit).await?;
    Ok(see_other(path_of(&step), Vec::new()))
}

/// The step that this browser is at.
pub(super) async fn step(door: &Arc<Door>, visit: &Visit) -> Result<Step, Problem> {
    flow::step(door, &visit.browser())
        .await
        .map_err(|fault| Problem::from(fault).as_page())
}

/// What the person in this browser could prove a second factor with.
pub(super) async fn due(door: &Arc<Door>, visit: &Visit) -> Result<Due, Problem> {
    webauthn::is_due(door, &visit.browser())
        .await
        .map_err(|fault| Problem::from(fault).as_page())
}

/// The page of the second factor that somebody is offered first.
pub(super) async fn second_factor(
    door: &Arc<Door>,
    visit: &Visit,
) -> Result<&'static str, Problem> {
    let has_key = due(door, visit).await?.has_key;
    Ok(if has_key { WEBAUTHN } else { SECOND_FACTOR })
}

fn path_of(step: &Step) -> &'static str {
    match step {
        Step::Nothing => SIGN_IN,
        Step::CheckEmail { .. } => VERIFY_EMAIL,
        Step::ChoosePassword { .. } => CREATE_PASSWORD,
        Step::SetUpTotp { .. } => AUTHENTICATOR_SETUP,
        Step::EnterPassword { .. } => PASSWORD,
        Step::SecondFactor => SECOND_FACTOR,
    }
}

/// How a "no" is shown.
pub(super) enum No {
    /// Beside the field, on the same page.
    InPlace(String),
    /// As another answer.
    Answer(Response),
}

/// Sorts a failure: what the person can mend stays on the page, the rest has an answer of its own.
pub(super) async fn no(
    door: &Arc<Door>,
    visit: &Visit,
    failure: Failure<CitizenRefusal>,
) -> Result<No, Problem> {
    let refusal = match failure {
        Failure::Refused(refusal) => refusal,
        Failure::Fault(fault) => return Err(Problem::from(fault).as_page()),
    };
    Ok(match refusal {
        CitizenRefusal::Locked { until, wait } => {
            No::Answer(locked(door, visit, until, wait.retry_after_seconds))
        }
        // "Back" and double clicks end here: the page of the step that is due says what to do.
        CitizenRefusal::Journey(JourneyRefusal::OutOfStep) => {
            No::Answer(to_step(door, visit).await?)
        }
        CitizenRefusal::Person(_)
        | CitizenRefusal::AddressTaken
        | CitizenRefusal::NotConnected
        | CitizenRefusal::Journey(JourneyRefusal::WrongLink) => {
            No::Answer(Problem::refused(&refusal).as_page().into_response())
        }
        refusal => No::InPlace(visit.words().refusal(&refusal)),
    })
}

/// A "no" where the page has nothing to mend.
pub(super) fn refused(failure: Failure<CitizenRefusal>) -> Response {
    let problem = match failure {
        Failure::Refused(refusal) => Problem::refused(&refusal),
        Failure::Fault(fault) => Problem::from(fault),
    };
    problem.as_page().into_response()
}

fn locked(door: &Door, visit: &Visit, until: Timestamp, seconds: u64) -> Response {
    let local = until.to_zoned(door.programme.time_zone().clone());
    let view = Locked {
        page: Page::of(visit),
        until: local.strftime("%Y-%m-%d %H:%M %Z").to_string(),
        minutes: seconds.div_ceil(60).to_string(),
    };
    let mut response = page::html_with(StatusCode::TOO_MANY_REQUESTS, &view);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

pub(super) const SIGN_IN: &str = "/";
pub(super) const PASSWORD: &str = "/sign_in/password";
pub(super) const SECOND_FACTOR: &str = "/login/two_factor/authenticator";
pub(super) const WEBAUTHN: &str = "/login/two_factor/webauthn";
pub(super) const WEBAUTHN_SETUP: &str = "/webauthn_setup";
pub(super) const VERIFY_EMAIL: &str = "/sign_up/verify_email";
pub(super) const CREATE_PASSWORD: &str = "/sign_up/create_password";
pub(super) const FACTORS: &str = "/authentication_methods_setup";
pub(super) const AUTHENTICATOR_SETUP: &str = "/authenticator_setup";
pub(super) const ACCOUNT: &str = "/account";
pub(super) const SERVICES: &str = "/account/connected_services";
pub(super) const SIGNED_OUT: &str = "/logout";
