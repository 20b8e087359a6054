//! The inbox of a test-class environment: a page for people, JSON for automated tests.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use durward_accounts::email::EmailAddress;
use durward_app::Door;
use durward_app::automation::Kit;
use durward_app::citizen::inbox::{self, Received};
use durward_app::picture::{self, Picture};
use jiff::Timestamp;

use super::views::{MailLogo, TestInbox, TestMessage};
use crate::shared::forms::Fields;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;
use crate::test_api;

/// GET `/test/inbox?to=&after=&wait=`.
pub(super) async fn show(
    State(door): State<Arc<Door>>,
    RawQuery(query): RawQuery,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let is_page = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if is_page {
        let fields = Fields::parse(query.unwrap_or_default().as_bytes());
        return page(&door, &visit, fields.text("to")).await;
    }
    test_api::read_inbox(State(door), RawQuery(query), headers).await
}

/// Open in `demo` alone, where all people and all mail are made up.
async fn page(door: &Arc<Door>, visit: &Visit, to: &str) -> Result<Response, Problem> {
    if !door.kit.as_ref().is_some_and(Kit::is_demonstration) {
        return Err(Problem::not_found().as_page());
    }
    let fault = |fault| Problem::from(fault).as_page();
    let mut mails = match EmailAddress::parse(to) {
        Ok(address) => {
            let mut mails = inbox::wait_for(door, &address, Timestamp::UNIX_EPOCH, Duration::ZERO)
                .await
                .map_err(fault)?;
            mails.reverse();
            mails
        }
        Err(_) if to.is_empty() => inbox::latest(door).await.map_err(fault)?,
        Err(_) => Vec::new(),
    };
    mails.truncate(MOST_SHOWN);
    let mut messages = Vec::with_capacity(mails.len());
    for received in mails {
        let digest = received
            .mail
            .app
            .as_ref()
            .and_then(|app| app.logo.as_deref());
        let picture = match digest {
            Some(digest) => picture::of_logo(door, digest).await.map_err(fault)?,
            None => None,
        };
        messages.push(shown(received, picture.as_deref()));
    }
    Ok(page::html(&TestInbox {
        page: Page::of(visit),
        to: to.to_owned(),
        count: messages.len() as u64,
        messages,
    }))
}

fn shown(received: Received, picture: Option<&Picture>) -> TestMessage {
    let app = received.mail.app.zip(picture);
    let logo = app.and_then(|(app, picture)| {
        Some(MailLogo {
            name: app.name,
            source: format!("/logos/{}/mail", app.logo?),
            width: picture.width,
            height: picture.height,
        })
    });
    TestMessage {
        logo,
        to: received.mail.to,
        subject: received.mail.subject,
        time: received.time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        text: received.mail.text,
        links: received.mail.links,
        codes: received.mail.codes,
    }
}

const MOST_SHOWN: usize = 50;
