//! Consent, the account page, and signing out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use durward_accounts::consent::ShownAttribute;
use durward_accounts::email::EmailAddress;
use durward_app::Door;
use durward_app::citizen::session::SignedIn;
use durward_app::citizen::{account, session};
use durward_app::client::{self, Agreement, Next};
use durward_domain::attribute::Attribute;
use jiff::Timestamp;

use super::common::{self, Help, No};
use super::methods;
use super::views::{Account, Connected, Consent, EmailChoice, LogoutConfirm, Shared, SignedOut};
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/sign_up/completed`: what the service would receive, with the values.
pub(super) async fn show_consent(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    consent_page(&door, &visit, None).await
}

async fn consent_page(
    door: &Arc<Door>,
    visit: &Visit,
    error: Option<String>,
) -> Result<Response, Problem> {
    let browser = visit.browser();
    let Some(view) = client::consent_view(door, &browser).await.map_err(fault)? else {
        return common::go_on(door, visit, &browser, Vec::new()).await;
    };
    let common::Frame {
        mut page,
        app: Some(app),
    } = common::frame(door, visit, Help::None).await?
    else {
        return common::go_on(door, visit, &browser, Vec::new()).await;
    };
    if let Some(who) = common::current(door, visit).await? {
        page = page.signed_in(address_of(door, &who).await?);
    }
    if let Some(error) = error {
        page = page.with_error("shared_email", error);
    }
    let emails = email_choices(&view.emails, &view.email);
    let attributes = view
        .attributes
        .iter()
        .filter(|line| emails.is_empty() || line.attribute != Attribute::Email);
    let attributes = lines(&page, attributes);
    Ok(page::html(&Consent {
        attributes,
        emails,
        offline: view.offline,
        request: view.request,
        page,
        app,
    }))
}

/// POST `/sign_up/completed`: yes, or back to the service without.
pub(super) async fn post_consent(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let (browser, trace) = (visit.browser(), visit.trace());
    if posted.has("cancel") {
        let back = client::cancel(&door, &browser, &trace)
            .await
            .map_err(fault)?;
        let next = back.map_or(Next::Account, Next::ToClient);
        return Ok(common::to_next(next, visit.language(), Vec::new()));
    }
    let agreed = Agreement {
        request: posted.exact("request"),
        email: Some(posted.text("shared_email")).filter(|email| !email.is_empty()),
    };
    match client::give_consent(&door, &browser, agreed, &trace).await {
        Ok(next) => Ok(common::to_next(next, visit.language(), Vec::new())),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::InPlace(sentence) => consent_page(&door, visit, Some(sentence)).await,
            No::Answer(response) => Ok(response),
        },
    }
}

/// Attributes as a page shows them, a line for each value.
pub(super) fn lines<'a>(
    page: &Page,
    attributes: impl IntoIterator<Item = &'a ShownAttribute>,
) -> Vec<Shared> {
    let line = |line: &'a ShownAttribute| {
        let id = line.attribute.as_str();
        let shown = |value: &String| Shared::of(page, id, value.clone());
        if line.values.is_empty() {
            // Agreed to all the same, for when it becomes known: so it is shown.
            return vec![shown(&"\u{2014}".to_owned())];
        }
        line.values.iter().map(shown).collect::<Vec<_>>()
    };
    attributes.into_iter().flat_map(line).collect()
}

/// The addresses of which a person chooses, with the one that is chosen now.
pub(super) fn email_choices(emails: &[EmailAddress], chosen: &EmailAddress) -> Vec<EmailChoice> {
    let choice = |(place, email): (usize, &EmailAddress)| EmailChoice {
        place: place + 1,
        email: email.reveal().to_owned(),
        is_chosen: email == chosen,
    };
    emails.iter().enumerate().map(choice).collect()
}

/// GET `/account`.
pub(super) async fn show_account(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let Some(who) = common::current(&door, &visit).await? else {
        return Ok(common::see_other(common::SIGN_IN, Vec::new()));
    };
    let overview = account::overview(&door, &who).await.map_err(fault)?;
    let day = |at: Timestamp| door.programme.date_of(at).to_string();
    let emails: Vec<String> = overview
        .emails
        .iter()
        .map(|email| email.reveal().to_owned())
        .collect();
    let page = Page::of(&visit).signed_in(emails.first().cloned().unwrap_or_default());
    let methods = methods::list(&door, &page, &who).await?;
    let services = overview
        .services
        .into_iter()
        .map(|service| Connected {
            name: service.name().to_owned(),
            since: day(service.since),
        })
        .collect();
    Ok(page::html(&Account {
        page,
        emails,
        methods,
        services,
    }))
}

/// GET `/logout`: asks first; whoever is signed out sees that.
pub(super) async fn show_sign_out(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let page = Page::of(&visit);
    if common::current(&door, &visit).await?.is_some() {
        return Ok(page::html(&LogoutConfirm {
            page,
            service: None,
            hidden: Vec::new(),
        }));
    }
    Ok(page::html(&SignedOut {
        page,
        service: None,
    }))
}

/// POST `/logout` and `/sign_out`.
pub(super) async fn post_sign_out(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    session::end(&door, &visit.browser(), &visit.trace())
        .await
        .map_err(fault)?;
    let cookies = visit.site().cookies();
    Ok(common::see_other(
        common::SIGNED_OUT,
        vec![cookies.clear_session(), cookies.clear_flow()],
    ))
}

/// Who may see and change what keeps the account safe: somebody who proved a second factor not long ago. Others are led
/// to where they can.
pub(super) async fn sensitive(
    door: &Arc<Door>,
    visit: &Visit,
) -> Result<Result<SignedIn, Response>, Problem> {
    Ok(match common::current(door, visit).await? {
        None => Err(common::see_other(common::SIGN_IN, Vec::new())),
        Some(who) if session::is_stepped_up(door, &who) => Ok(who),
        Some(_) => Err(common::see_other(
            common::second_factor(door, visit).await?,
            Vec::new(),
        )),
    })
}

/// The frame of an account's page.
pub(super) async fn frame(
    door: &Arc<Door>,
    visit: &Visit,
    who: &SignedIn,
) -> Result<Page, Problem> {
    Ok(Page::of(visit).signed_in(address_of(door, who).await?))
}

/// The address that the header shows.
pub(super) async fn address_of(door: &Arc<Door>, who: &SignedIn) -> Result<String, Problem> {
    let overview = account::overview(door, who).await.map_err(fault)?;
    Ok(overview
        .emails
        .first()
        .map(|email| email.reveal().to_owned())
        .unwrap_or_default())
}

pub(super) fn fault(fault: durward_app::Fault) -> Problem {
    Problem::from(fault).as_page()
}
