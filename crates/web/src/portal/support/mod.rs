//! Technical support: the list of tickets, a new one, and one with its conversation.

#[cfg(test)]
pub(in crate::portal) mod samples;

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::members;
use durward_app::partner::tickets::{
    self, Message, NewTicket, Ticket, TicketFilter, TicketRefusal, Via,
};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse;
use durward_domain::ticket::{TicketCategory, TicketState};
use jiff::Timestamp;
use serde::Deserialize;

use super::desk::Desk;
use super::parts::{self, Mark};
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::Route;

/// The pages of support.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/support", || get(list)).may(Action::ViewTicket),
    shows("/support/new", || get(new)).may(Action::OpenTicket),
    takes("/support/new", TEXT, &[Event::TicketOpened], || post(open)).may(Action::OpenTicket),
    shows("/support/{id}", || get(show)).may(Action::ViewTicket),
    takes(
        "/support/{id}",
        TEXT,
        &[Event::TicketAnswered, Event::TicketMoved],
        || post(act),
    )
    .may(Action::AnswerTicket),
];

view! {
    /// Tickets, newest change first.
    Tickets in "portal/tickets.html" {
        /// The tickets.
        lines: Vec<TicketLine>,
        /// The filters by state: id, words and whether it is chosen.
        states: Vec<(&'static str, String, bool)>,
        /// Where older ones are.
        older: Option<String>,
        /// Whether the member may open one.
        may_open: bool,
        /// Whether the tickets of every team are listed.
        all: bool,
    }
}

view! {
    /// A new ticket.
    NewTicketPage in "portal/ticket_new.html" {
        /// The member's teams: handle and name.
        teams: Vec<(String, String)>,
        /// The categories: id, words and whether it is chosen.
        categories: Vec<(&'static str, String, bool)>,
        /// What was typed.
        typed: Typed,
    }
}

view! {
    /// One ticket.
    TicketPage in "portal/ticket.html" {
        /// The ticket.
        ticket: TicketLine,
        /// Who opened it and when.
        opened: String,
        /// The conversation.
        messages: Vec<MessageLine>,
        /// Whether the member may answer.
        may_answer: bool,
        /// The states to move to: id and words.
        next: Vec<(&'static str, String)>,
        /// What was typed.
        typed: String,
    }
}

/// One ticket in a list.
pub struct TicketLine {
    /// Its id.
    pub id: String,
    /// What it is about in a line.
    pub subject: String,
    /// The team.
    pub team: String,
    /// What it is about.
    pub category: String,
    /// The app; empty where it is about none.
    pub app: String,
    /// The request; empty where it is about none.
    pub request_id: String,
    /// The state's id.
    pub state: &'static str,
    /// Where it stands.
    pub mark: Mark,
    /// How long ago something was last said.
    pub age: String,
}

/// One entry of a conversation.
pub struct MessageLine {
    /// Who, for which side and how.
    pub who: String,
    /// When.
    pub time: String,
    /// The side's id.
    pub side: &'static str,
    /// What was said; empty for a change of state.
    pub text: String,
    /// The change of state in words.
    pub moved: Option<String>,
}

/// What was typed into the form of a new ticket.
#[derive(Debug, Default, Deserialize)]
pub struct Typed {
    /// The team.
    #[serde(default)]
    pub team: String,
    /// The app.
    #[serde(default)]
    pub app: String,
    /// The request.
    #[serde(default, rename = "request")]
    pub request_id: String,
    /// What it is about.
    #[serde(default)]
    pub category: String,
    /// What it is about in a line.
    #[serde(default)]
    pub subject: String,
    /// The question.
    #[serde(default)]
    pub text: String,
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    state: Option<String>,
    before: Option<String>,
}

/// Where support is asked about an app.
pub(in crate::portal) fn about_app(handle: &str) -> String {
    format!("/support/new?app={handle}")
}

/// Where support is asked about a request, and the app that sent it where one is known.
pub(in crate::portal) fn about_request(handle: Option<&str>, request_id: &str) -> String {
    let app = handle.map(|handle| format!("&app={handle}"));
    format!(
        "/support/new?category=sign_in&request={request_id}{}",
        app.unwrap_or_default()
    )
}

async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Response> {
    let words = desk.words();
    let chosen = asked.state.as_deref().and_then(TicketState::parse);
    let filter = TicketFilter {
        state: chosen,
        before: asked.before,
        most: AT_ONCE,
    };
    let found = tickets::list(&desk.keeper, &desk.member, &filter)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let now = desk.keeper.clock.real_now();
    let state = chosen.map_or("", TicketState::as_str);
    let states = states(words, chosen);
    Ok(page::html(&Tickets {
        page: desk.page("/support"),
        lines: found
            .items
            .iter()
            .map(|ticket| line(words, ticket, now))
            .collect(),
        states,
        older: found
            .next
            .map(|next| format!("/support?state={state}&before={next}")),
        may_open: desk.member.reaches_somewhere(Action::OpenTicket),
        all: desk.may_for_programme(Action::ViewTicket),
    }))
}

async fn new(desk: Desk, Query(typed): Query<Typed>) -> Result<Response, Response> {
    let page = desk.page("/support");
    form(&desk, page, typed).await
}

async fn open(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let typed = Typed {
        team: posted.text("team").to_owned(),
        app: posted.text("app").to_owned(),
        request_id: posted.text("request").to_owned(),
        category: posted.text("category").to_owned(),
        subject: posted.text("subject").to_owned(),
        text: posted.text("text").to_owned(),
    };
    let new = NewTicket {
        team: Some(typed.team.clone()).filter(|_| typed.app.is_empty()),
        category: TicketCategory::parse(&typed.category).unwrap_or(TicketCategory::Other),
        subject: typed.subject.clone(),
        text: typed.text.clone(),
        app: Some(typed.app.clone()),
        request_id: Some(typed.request_id.clone()),
    };
    let faults = tickets::faults(&new);
    if !faults.is_empty() {
        let page = faults.iter().fold(desk.page("/support"), |page, fault| {
            wrong(page, fault, desk.words())
        });
        return form(&desk, page, typed).await;
    }
    match tickets::open(&desk.keeper, &desk.member, &new, Via::Portal, &desk.trace()).await {
        Ok(opened) => Ok(Redirect::to(&format!("/support/{}", opened.ticket.id)).into_response()),
        Err(Failure::Refused(no)) if field(no.code()).is_some() => {
            let page = wrong(desk.page("/support"), &no, desk.words());
            form(&desk, page, typed).await
        }
        Err(failure) => Err(desk.failed(failure, "/support/new")),
    }
}

async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let page = desk.page("/support");
    conversation(&desk, page, &id, String::new()).await
}

async fn act(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Response> {
    let back = format!("/support/{id}");
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let moves = posted.has("move");
    let done = match TicketState::parse(posted.text("state")) {
        Some(state) if moves => {
            tickets::move_to(keeper, member, &id, (state, Via::Portal), &trace).await
        }
        _ => {
            tickets::answer(
                keeper,
                member,
                &id,
                posted.text("text"),
                Via::Portal,
                &trace,
            )
            .await
        }
    };
    match done {
        Ok(_) => Ok(Redirect::to(&back).into_response()),
        Err(Failure::Refused(no)) if no.code() == "ticket/text" => {
            let page = desk
                .page("/support")
                .with_error("text", desk.words().refusal(&no));
            conversation(&desk, page, &id, posted.text("text").to_owned()).await
        }
        Err(failure) => Err(desk.failed(failure, &back)),
    }
}

async fn form(desk: &Desk, page: Page, typed: Typed) -> Result<Response, Response> {
    let own = desk.member.teams();
    let teams = members::teams(&desk.keeper, &desk.member)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?
        .into_iter()
        .filter(|(handle, _)| own.contains(&handle.as_str()))
        .collect();
    Ok(page::html(&NewTicketPage {
        teams,
        categories: categories(page.words, &typed.category),
        page,
        typed,
    }))
}

async fn conversation(
    desk: &Desk,
    page: Page,
    id: &str,
    typed: String,
) -> Result<Response, Response> {
    let found = tickets::find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/support"))?;
    let words = desk.words();
    let now = desk.keeper.clock.real_now();
    let zone = desk.keeper.programme.time_zone();
    Ok(page::html(&TicketPage {
        page,
        opened: words.t2(
            "ticket-opened-by",
            "who",
            &found.ticket.opened_by,
            "time",
            &parts::moment(zone, found.ticket.opened),
        ),
        ticket: line(words, &found.ticket, now),
        messages: found
            .messages
            .iter()
            .map(|one| message(words, one, parts::moment(zone, one.created)))
            .collect(),
        may_answer: found.may_answer,
        next: found
            .next
            .into_iter()
            .map(|state| (state.as_str(), state_words(words, state)))
            .collect(),
        typed,
    }))
}

fn line(words: Words, ticket: &Ticket, now: Timestamp) -> TicketLine {
    TicketLine {
        id: ticket.id.clone(),
        subject: ticket.subject.clone(),
        team: ticket.team.clone(),
        category: words.t(&key("ticket-about", ticket.category.as_str())),
        app: ticket.app.clone().unwrap_or_default(),
        request_id: ticket.request_id.clone().unwrap_or_default(),
        state: ticket.state.as_str(),
        mark: Mark::new(shade(ticket.state), state_words(words, ticket.state)),
        age: age(words, now.duration_since(ticket.changed).as_secs()),
    }
}

fn message(words: Words, one: &Message, time: String) -> MessageLine {
    let side = words.t(&key("ticket-side", one.side.as_str()));
    let who = words.t2("ticket-who", "who", &one.author, "side", &side);
    MessageLine {
        who: if one.via == "mail" {
            format!("{who} · {}", words.t("ticket-by-mail"))
        } else {
            who
        },
        time,
        side: one.side.as_str(),
        text: one.text.clone(),
        moved: one
            .moved_to
            .map(|state| words.t1("ticket-moved-to", "state", &state_words(words, state))),
    }
}

fn states(words: Words, chosen: Option<TicketState>) -> Vec<(&'static str, String, bool)> {
    let mut list = vec![("", words.t("tickets-all"), chosen.is_none())];
    list.extend(TicketState::ALL.iter().map(|state| {
        (
            state.as_str(),
            state_words(words, *state),
            chosen == Some(*state),
        )
    }));
    list
}

fn categories(words: Words, chosen: &str) -> Vec<(&'static str, String, bool)> {
    TicketCategory::ALL
        .iter()
        .map(|one| {
            let id = one.as_str();
            (id, words.t(&key("ticket-about", id)), chosen == id)
        })
        .collect()
}

fn state_words(words: Words, state: TicketState) -> String {
    words.t(&key("ticket-is", state.as_str()))
}

fn key(begin: &str, id: &str) -> String {
    format!("{begin}-{}", id.replace('_', "-"))
}

const fn shade(state: TicketState) -> &'static str {
    match state {
        TicketState::Open => "news",
        TicketState::WaitingForPartner | TicketState::WaitingForSupport => "wait",
        TicketState::Solved => "good",
        TicketState::Closed => "",
    }
}

fn age(words: Words, seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or_default();
    match seconds {
        0..60 => words.t("probe-age-now"),
        60..3600 => words.t_count("probe-age-minutes", seconds / 60),
        3600..86_400 => words.t_count("probe-age-hours", seconds / 3600),
        _ => words.t_count("probe-age-days", seconds / 86_400),
    }
}

/// The page with a refusal beside the field that it is about.
fn wrong(page: Page, refusal: &TicketRefusal, words: Words) -> Page {
    match field(refusal.code()) {
        Some(field) => page.with_error(field, words.refusal(refusal)),
        None => page,
    }
}

fn field(code: &str) -> Option<&'static str> {
    match code {
        "ticket/team" => Some("team"),
        "ticket/app" => Some("app"),
        "ticket/subject" => Some("subject"),
        "ticket/text" => Some("text"),
        "ticket/request-id" => Some("request"),
        _ => None,
    }
}

/// A text of 10,000 characters as a form sends it.
const TEXT: usize = 128 * 1024;
const AT_ONCE: usize = 30;
