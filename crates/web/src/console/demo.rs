//! The demonstration's own pages: addresses, sign-ins, the keeper's clock, the mail it caught.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::demonstration::{DemoSignIn, Demonstration};
use durward_app::failure::Failure;
use durward_app::operator::clock::{self, Move};
use durward_domain::level::LevelOfService;
use durward_domain::refusal::Refuse;
use jiff::Span;
use serde::Deserialize;

use super::views::{Demo, DemoPerson, Inbox, Message, People};
use crate::portal::desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{self, Form};
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// The demonstration for people; programs read the same address as JSON.
pub fn show(
    portal: &Portal,
    shown: &Demonstration,
    visit: &Visit,
    signed: Option<&Signed>,
) -> Response {
    let frame = desk::frame(&portal.keeper, visit, signed.map(Signed::member), "/demo");
    render(portal, shown, visit, frame, Entered::default())
}

/// Moves the keeper's clock and does what is due.
pub async fn move_clock(
    State(portal): State<Arc<Portal>>,
    shown: Option<Extension<Arc<Demonstration>>>,
    signed: Option<Signed>,
    posted: Posted,
) -> Result<Response, Response> {
    let Some(Extension(shown)) = shown else {
        return Err(Problem::not_found().as_page().into_response());
    };
    let wanted = if posted.has("next_window") {
        posted.text("next_window")
    } else {
        posted.text("to")
    };
    let to = Move::To(wanted.to_owned());
    match clock::move_from_demo_page(&portal.keeper, &to, &posted.visit.trace()).await {
        Ok(moved) => {
            Ok(Redirect::to(&format!("/demo?launched={}", moved.launched)).into_response())
        }
        Err(Failure::Refused(refusal)) => {
            let words = posted.visit.words();
            let member = signed.as_ref().map(Signed::member);
            let frame = desk::frame(&portal.keeper, &posted.visit, member, "/demo")
                .with_error("to", words.refusal(&refusal as &dyn Refuse));
            let mut entered = Entered::default();
            entered.set("to", wanted);
            Ok(render(&portal, &shown, &posted.visit, frame, entered))
        }
        Err(failure) => Err(Problem::from(failure).as_page().into_response()),
    }
}

/// Which mail.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    to: String,
}

/// The mail that the live-class environments sent, newest first.
pub async fn inbox(
    State(portal): State<Arc<Portal>>,
    shown: Option<Extension<Arc<Demonstration>>>,
    visit: Visit,
    signed: Option<Signed>,
    Query(asked): Query<Asked>,
) -> Result<Response, Response> {
    let Some(Extension(shown)) = shown else {
        return Err(Problem::not_found().as_page().into_response());
    };
    let to = asked.to.trim();
    let zone = portal.keeper.programme.time_zone();
    let found = shown
        .mailbox
        .find(Some(to).filter(|to| !to.is_empty()), None);
    let messages = found.into_iter().rev().take(MOST).map(|mail| Message {
        codes: mail.codes(),
        from: mail.from,
        to: mail.to.join(", "),
        answer_to: mail.answer_to.unwrap_or_default(),
        subject: mail.subject,
        time: parts::moment(zone, mail.time),
        text: mail.text,
        links: mail.links,
    });
    let messages: Vec<Message> = messages.collect();
    Ok(page::html(&Inbox {
        page: desk::frame(
            &portal.keeper,
            &visit,
            signed.as_ref().map(Signed::member),
            "/demo/inbox",
        ),
        to: to.to_owned(),
        smtp: shown.smtp.clone(),
        count: u64::try_from(messages.len()).unwrap_or_default(),
        messages,
    }))
}

fn render(
    portal: &Portal,
    shown: &Demonstration,
    visit: &Visit,
    frame: Page,
    entered: Entered,
) -> Response {
    let words = visit.words();
    let keeper = &portal.keeper;
    let zone = keeper.programme.time_zone();
    let now = keeper.clock.now();
    let tomorrow = keeper.today().saturating_add(Span::new().days(1));
    let mut addresses = vec![(words.t("demo-portal"), shown.portal.clone())];
    for environment in &shown.environments {
        addresses.push((
            parts::environment_name(words, environment.name),
            environment.issuer.clone(),
        ));
    }
    addresses.push((words.t("demo-sample"), shown.sample_app.clone()));
    let person = |role: String, with: &DemoSignIn| DemoPerson {
        role,
        email: with.email.clone(),
        password: with.password.clone(),
        totp_secret: with.totp.grouped(),
        code: with.totp.code(keeper.clock.real_now()),
    };
    let role = |role: &str| words.t(&format!("role-{}", role.replace('_', "-")));
    let staff = shown.staff.iter().map(|one| {
        person(
            format!("{} ({})", one.name, role(one.role.as_str())),
            &one.sign_in,
        )
    });
    let partners = shown.partners.iter().map(|one| {
        let team = one.team.as_deref().unwrap_or_default();
        person(
            format!("{} ({}, {team})", one.name, role(one.role.as_str())),
            &one.sign_in,
        )
    });
    let people = shown.people.iter().map(|one| {
        let level = match one.level {
            LevelOfService::AuthOnly => words.t("level-auth-only"),
            LevelOfService::IdentityVerified => words.t("level-identity-verified"),
        };
        person(level, &one.sign_in)
    });
    let frame = match launched(visit) {
        Some(count) => frame.with_notice(NoticeKind::Success, words.t_count("demo-moved", count)),
        None => frame,
    };
    page::html(&Demo {
        page: frame,
        now: now.to_string(),
        now_words: format!(
            "{}, {}",
            parts::day(words, keeper.today()),
            parts::moment(zone, now)
        ),
        may_move_clock: true,
        form: Form::plain(entered),
        next_window: keeper
            .calendar
            .window_from(tomorrow)
            .map(|window| window.date.to_string())
            .unwrap_or_default(),
        addresses,
        groups: vec![
            People {
                title: words.t("demo-partners"),
                people: partners.collect(),
            },
            People {
                title: words.t("demo-staff"),
                people: staff.collect(),
            },
            People {
                title: words.t("demo-people"),
                people: people.collect(),
            },
        ],
    })
}

/// How many requests went live by the move that led here.
fn launched(visit: &Visit) -> Option<u64> {
    visit
        .path_and_query()
        .split_once("launched=")?
        .1
        .split('&')
        .next()?
        .parse()
        .ok()
}

const MOST: usize = 100;
