//! The e-mail addresses of an account.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use durward_app::Door;
use durward_app::citizen::emails;
use durward_app::citizen::session::SignedIn;

use super::common::{self, No};
use super::mail::MailWords;
use super::own;
use super::views::{ConfirmAddress, EmailRow, Emails, OpenAddressLink, WaitingEmail};
use crate::shared::forms::{Fields, Posted};
use crate::shared::page::{self, NoticeKind, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/account/emails`.
pub(super) async fn show(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Problem> {
    let who = match own::sensitive(&door, &visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let mut page = Page::of(&visit);
    let done = match query
        .as_deref()
        .and_then(|query| query.strip_prefix("done="))
    {
        Some("added") => Some(page.t("emails-added")),
        Some("removed") => Some(page.t("emails-removed")),
        Some("primary") => Some(page.t("emails-made-primary")),
        _ => None,
    };
    if let Some(done) = done {
        page = page.with_notice(NoticeKind::Success, done);
    }
    list(&door, &who, page, String::new()).await
}

/// POST `/account/emails`: asks for an address.
pub(super) async fn post(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let who = match own::sensitive(&door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let typed = posted.text("email");
    match emails::ask(&door, &MailWords, &who, typed, &visit.trace()).await {
        Ok(claim) => Ok(common::see_other(&code_page(&claim, ""), Vec::new())),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                let page = Page::of(visit).with_error("email", message);
                list(&door, &who, page, typed.to_owned()).await
            }
        },
    }
}

/// POST `/account/emails/change`: removes an address, or makes it the primary one.
pub(super) async fn post_change(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let who = match own::sensitive(&door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (address, trace) = (posted.text("address"), visit.trace());
    let done = if posted.has("primary") {
        emails::make_primary(&door, &who, address, &trace)
            .await
            .map(|()| "primary")
    } else {
        emails::remove(&door, &MailWords, &who, address, &trace)
            .await
            .map(|()| "removed")
    };
    match done {
        Ok(done) => {
            let to = format!("{}?done={done}", emails::PAGE);
            Ok(common::see_other(&to, Vec::new()))
        }
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                let page = Page::of(visit).with_notice(NoticeKind::Warning, message);
                list(&door, &who, page, String::new()).await
            }
        },
    }
}

async fn list(
    door: &Arc<Door>,
    who: &SignedIn,
    page: Page,
    typed: String,
) -> Result<Response, Problem> {
    let own = emails::own(door, who).await.map_err(own::fault)?;
    let text = |email: &durward_accounts::email::EmailAddress| email.reveal().to_owned();
    let first = own.confirmed.first().map(text).unwrap_or_default();
    let is_only = own.confirmed.len() == 1;
    let confirmed = own.confirmed.iter().enumerate();
    Ok(page::html(&Emails {
        page: page.signed_in(first),
        rows: confirmed
            .map(|(place, email)| EmailRow {
                place: place + 1,
                email: text(email),
                is_primary: place == 0,
                is_only,
            })
            .collect(),
        waiting: own
            .awaited
            .iter()
            .enumerate()
            .map(|(place, one)| WaitingEmail {
                place: place + 1,
                email: text(&one.email),
                code_page: code_page(&one.claim_id, ""),
            })
            .collect(),
        email: typed,
    }))
}

/// GET `/account/emails/confirm?claim=`: the code of the mail.
pub(super) async fn show_code(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Problem> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let mut page = Page::of(&visit);
    if fields.has("again") {
        let text = page.t("resent");
        page = page.with_notice(NoticeKind::Success, text);
    }
    code(&door, &visit, page, fields.text("claim")).await
}

/// POST `/account/emails/confirm`: the code, or the wish for another mail.
pub(super) async fn post_code(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let who = match own::sensitive(&door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (claim, trace) = (posted.text("claim"), visit.trace());
    let outcome = if posted.has("resend") {
        emails::ask_again(&door, &MailWords, &who, claim, &trace)
            .await
            .map(|claim| code_page(&claim, "&again=1"))
    } else {
        let typed = posted.text("code");
        emails::type_code(&door, &MailWords, &who, claim, typed, &trace)
            .await
            .map(|()| format!("{}?done=added", emails::PAGE))
    };
    match outcome {
        Ok(to) => Ok(common::see_other(&to, Vec::new())),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                let page = Page::of(visit).with_error("code", message);
                code(&door, visit, page, claim).await
            }
        },
    }
}

/// The page of an address that waits; the list when it does not wait any more, as after its link was used elsewhere.
async fn code(
    door: &Arc<Door>,
    visit: &Visit,
    page: Page,
    claim: &str,
) -> Result<Response, Problem> {
    let who = match own::sensitive(door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let own = emails::own(door, &who).await.map_err(own::fault)?;
    let Some(one) = own.awaited.iter().find(|one| one.claim_id == claim) else {
        return Ok(common::see_other(emails::PAGE, Vec::new()));
    };
    let first = own.confirmed.first().map(|email| email.reveal().to_owned());
    Ok(page::html(&ConfirmAddress {
        page: page.signed_in(first.unwrap_or_default()),
        email: one.email.reveal().to_owned(),
        claim: claim.to_owned(),
    }))
}

/// GET `/account/emails/link?token=`: a page with a button. Nothing happens yet, for mail scanners look too.
pub(super) async fn show_link(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Problem> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let token = fields.text("token");
    match emails::look_at_link(&door, &visit.browser(), token).await {
        Ok(view) => Ok(page::html(&OpenAddressLink {
            page: Page::of(&visit),
            is_here: view.is_here,
            is_done: false,
            email: view.email.reveal().to_owned(),
            confirmation: token.to_owned(),
        })),
        Err(failure) => Err(Problem::from(failure).as_page()),
    }
}

/// POST `/account/emails/link`: the button. It signs nobody in.
pub(super) async fn post_link(
    State(door): State<Arc<Door>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let token = posted.text("confirmation");
    let confirmed =
        emails::confirm_link(&door, &MailWords, &visit.browser(), token, &visit.trace()).await;
    match confirmed {
        Ok(true) => {
            let to = format!("{}?done=added", emails::PAGE);
            Ok(common::see_other(&to, Vec::new()))
        }
        Ok(false) => Ok(page::html(&OpenAddressLink {
            page: Page::of(visit),
            is_here: false,
            is_done: true,
            email: String::new(),
            confirmation: String::new(),
        })),
        Err(failure) => Err(Problem::from(failure).as_page()),
    }
}

fn code_page(claim: &str, more: &str) -> String {
    format!("{}/confirm?claim={claim}{more}", emails::PAGE)
}
