//! Connected services: what each receives, and how a person changes or ends it.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::response::Response;
use durward_app::Door;
use durward_app::citizen::services;
use durward_app::citizen::session::SignedIn;
use durward_domain::level::LevelOfService;
use jiff::Timestamp;

use super::common::{self, No};
use super::own;
use super::views::{ConnectedService, ConnectedServices, Disconnect, SharedEmail};
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/account/connected_services`.
pub(super) async fn show(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
) -> Result<Response, Problem> {
    let Some(who) = common::current(&door, &visit).await? else {
        return Ok(to_sign_in());
    };
    let services = services::services(&door, &who).await.map_err(fault)?;
    let mut page = Page::of(&visit).signed_in(own::address_of(&door, &who).await?);
    let done = match query.as_deref() {
        Some(EMAIL_CHANGED) => Some(page.t("services-email-changed")),
        Some(DISCONNECTED) => Some(page.t("services-disconnected")),
        _ => None,
    };
    if let Some(done) = done {
        page = page.with_notice(NoticeKind::Success, done);
    }
    let services = services
        .iter()
        .map(|service| shown(&door, &page, service))
        .collect();
    Ok(page::html(&ConnectedServices { page, services }))
}

fn shown(door: &Door, page: &Page, service: &services::ConnectedService) -> ConnectedService {
    let client = service.app.as_ref().map(|app| &app.client);
    let at = |at: Timestamp| {
        let local = at.to_zoned(door.programme.time_zone().clone());
        local.strftime("%Y-%m-%d %H:%M %Z").to_string()
    };
    let level = |level| match level {
        LevelOfService::AuthOnly => page.t("services-level-auth-only"),
        LevelOfService::IdentityVerified => page.t("services-level-identity-verified"),
    };
    ConnectedService {
        id: service.id.clone(),
        name: service.name().to_owned(),
        logo: client
            .and_then(|client| client.logo.as_ref())
            .map(|logo| format!("/logos/{}", logo.sha256)),
        link: client.and_then(|client| client.return_to_app_url.clone()),
        since: door.programme.date_of(service.since).to_string(),
        last: service.last.map(|(when, _)| at(when)),
        level: service.last.map(|(_, reached)| level(reached)),
        offline: service.offline,
        attributes: own::lines(page, &service.attributes),
        has_choice: !service.emails.is_empty(),
    }
}

/// GET `/account/connected_services/{service}/selected_email`.
pub(super) async fn show_email(
    State(door): State<Arc<Door>>,
    Path(service): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let Some(who) = common::current(&door, &visit).await? else {
        return Ok(to_sign_in());
    };
    email_page(&door, &visit, &who, &service, None).await
}

/// POST the same: this address from now on.
pub(super) async fn post_email(
    State(door): State<Arc<Door>>,
    Path(service): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let Some(who) = common::current(&door, visit).await? else {
        return Ok(to_sign_in());
    };
    let email = posted.text("shared_email");
    let outcome = services::share_email(&door, &who, &service, email, &visit.trace()).await;
    let Err(failure) = outcome else {
        return Ok(to_list(EMAIL_CHANGED));
    };
    match common::no(&door, visit, failure).await? {
        No::InPlace(sentence) => email_page(&door, visit, &who, &service, Some(sentence)).await,
        No::Answer(response) => Ok(response),
    }
}

async fn email_page(
    door: &Arc<Door>,
    visit: &Visit,
    who: &SignedIn,
    service: &str,
    error: Option<String>,
) -> Result<Response, Problem> {
    let service = match services::service(door, who, service).await {
        Ok(service) => service,
        Err(failure) => return Ok(common::refused(failure)),
    };
    if service.emails.is_empty() {
        return Ok(to_list(""));
    }
    let mut page = Page::of(visit).signed_in(own::address_of(door, who).await?);
    if let Some(error) = error {
        page = page.with_error("shared_email", error);
    }
    Ok(page::html(&SharedEmail {
        page,
        service: service.name().to_owned(),
        emails: own::email_choices(&service.emails, &service.email),
    }))
}

/// GET `/account/connected_services/{service}/disconnect`: asks first.
pub(super) async fn show_disconnect(
    State(door): State<Arc<Door>>,
    Path(service): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let Some(who) = common::current(&door, &visit).await? else {
        return Ok(to_sign_in());
    };
    let service = match services::service(&door, &who, &service).await {
        Ok(service) => service,
        Err(failure) => return Ok(common::refused(failure)),
    };
    let page = Page::of(&visit).signed_in(own::address_of(&door, &who).await?);
    Ok(page::html(&Disconnect {
        page,
        service: service.name().to_owned(),
    }))
}

/// POST the same: yes.
pub(super) async fn post_disconnect(
    State(door): State<Arc<Door>>,
    Path(service): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let Some(who) = common::current(&door, visit).await? else {
        return Ok(to_sign_in());
    };
    match services::disconnect(&door, &who, &service, &visit.trace()).await {
        Ok(()) => Ok(to_list(DISCONNECTED)),
        Err(failure) => Ok(common::refused(failure)),
    }
}

fn to_sign_in() -> Response {
    common::see_other(common::SIGN_IN, Vec::new())
}

fn to_list(done: &str) -> Response {
    let separator = if done.is_empty() { "" } else { "?" };
    let path = format!("{}{separator}{done}", common::SERVICES);
    common::see_other(&path, Vec::new())
}

fn fault(fault: durward_app::Fault) -> Problem {
    Problem::from(fault).as_page()
}

const EMAIL_CHANGED: &str = "email_changed";
const DISCONNECTED: &str = "disconnected";
