//! Consent, the account page, and signing out.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use durward_app::Door;
use durward_app::citizen::session::SignedIn;
use durward_app::citizen::{account, session};
use durward_app::client::{self, Next};
use jiff::Timestamp;

use super::common::{self, Help};
use super::views::{Account, Connected, Consent, LogoutConfirm, Method, Shared, SignedOut};
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/sign_up/completed`: what the service would receive, with the values.
pub(super) async fn show_consent(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let browser = visit.browser();
    let Some(view) = client::consent_view(&door, &browser).await.map_err(fault)? else {
        return common::go_on(&door, &visit, &browser, Vec::new()).await;
    };
    let common::Frame {
        mut page,
        app: Some(app),
    } = common::frame(&door, &visit, Help::None).await?
    else {
        return common::go_on(&door, &visit, &browser, Vec::new()).await;
    };
    if let Some(who) = current(&door, &visit).await? {
        page = page.signed_in(address_of(&door, &who).await?);
    }
    let attributes = view
        .attributes
        .iter()
        .flat_map(|line| {
            let id = line.attribute.as_str();
            let shown = |value: &String| Shared::of(&page, id, value.clone());
            if line.values.is_empty() {
                // Agreed to all the same, for when it becomes known: so it is shown.
                return vec![shown(&"\u{2014}".to_owned())];
            }
            line.values.iter().map(shown).collect::<Vec<_>>()
        })
        .collect();
    Ok(page::html(&Consent {
        attributes,
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
    let next = client::give_consent(&door, &browser, posted.exact("request"), &trace)
        .await
        .map_err(fault)?;
    Ok(common::to_next(next, visit.language(), Vec::new()))
}

/// GET `/account`.
pub(super) async fn show_account(
    State(door): State<Arc<Door>>,
    visit: Visit,
) -> Result<Response, Problem> {
    let Some(who) = current(&door, &visit).await? else {
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
    let methods = overview
        .factors
        .into_iter()
        .map(|(_, added)| Method {
            name: page.t("factor-totp"),
            added: day(added),
        })
        .collect();
    let services = overview
        .services
        .into_iter()
        .map(|(name, since)| Connected {
            name,
            since: day(since),
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
    if current(&door, &visit).await?.is_some() {
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

async fn current(door: &Arc<Door>, visit: &Visit) -> Result<Option<SignedIn>, Problem> {
    session::current(door, &visit.browser())
        .await
        .map_err(fault)
}

/// The address that the header shows.
async fn address_of(door: &Arc<Door>, who: &SignedIn) -> Result<String, Problem> {
    let overview = account::overview(door, who).await.map_err(fault)?;
    Ok(overview
        .emails
        .first()
        .map(|email| email.reveal().to_owned())
        .unwrap_or_default())
}

fn fault(fault: durward_app::Fault) -> Problem {
    Problem::from(fault).as_page()
}
