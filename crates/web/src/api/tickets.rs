//! Technical support tickets.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::{get, post};
use durward_app::partner::tickets::{self, NewTicket, TicketFilter, TicketRefusal, Via};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::ticket::TicketState;
use serde::Deserialize;

use super::answers::{Answer, Asked, Sent, Told, answer, ok, parameter, told};
use super::bearer::Call;
use super::routes::{Parameter, Route, Who};
use crate::shared::problem::Problem;

/// The calls of support.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/tickets",
        summary: "The support tickets of one's teams, newest change first; staff see all.",
        who: Who::Member(Action::ViewTicket),
        events: &[],
        query: &[
            Parameter {
                name: "state",
                required: false,
                sentence: "Only those in this state.",
            },
            Parameter {
                name: "after",
                required: false,
                sentence: "What the last page gave as next.",
            },
            Parameter {
                name: "limit",
                required: false,
                sentence: "At most so many, up to 100.",
            },
        ],
        body: None,
        answer: (200, Some("TicketList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/tickets",
        summary: "Open a support ticket.",
        who: Who::Member(Action::OpenTicket),
        events: &[Event::TicketOpened],
        query: &[],
        body: Some("NewTicket"),
        answer: (201, Some("Conversation")),
        handler: || post(open),
    },
    Route {
        method: "GET",
        path: "/api/v1/tickets/{id}",
        summary: "One support ticket with its conversation.",
        who: Who::Member(Action::ViewTicket),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Conversation")),
        handler: || get(find),
    },
    Route {
        method: "POST",
        path: "/api/v1/tickets/{id}/answers",
        summary: "Answer a support ticket.",
        who: Who::Member(Action::AnswerTicket),
        events: &[Event::TicketAnswered],
        query: &[],
        body: Some("NewAnswer"),
        answer: (201, Some("Conversation")),
        handler: || post(say),
    },
    Route {
        method: "POST",
        path: "/api/v1/tickets/{id}/state",
        summary: "Move a support ticket to another state.",
        who: Who::Member(Action::AnswerTicket),
        events: &[Event::TicketMoved],
        query: &[],
        body: Some("NewTicketState"),
        answer: (200, Some("Conversation")),
        handler: || post(move_to),
    },
];

impl Told for TicketRefusal {}

async fn list(call: Call, asked: Asked) -> Answer {
    let state = asked.text("state").map(|text| {
        TicketState::parse(text).ok_or_else(|| {
            parameter(
                "state",
                "open, waiting_for_partner, waiting_for_support, solved or closed",
            )
        })
    });
    let filter = TicketFilter {
        state: state.transpose()?,
        before: asked.text("after").map(str::to_owned),
        most: asked.number("limit")?.unwrap_or(PAGE),
    };
    let page = tickets::list(&call.keeper, &call.member, &filter).await;
    ok(&page.map_err(|fault| Problem::from(fault).as_json())?)
}

async fn open(call: Call, sent: Sent) -> Answer {
    let new: NewTicket = sent.json()?;
    let opened = tickets::open(&call.keeper, &call.member, &new, Via::Api, &call.trace).await;
    answer(StatusCode::CREATED, &opened.map_err(told)?)
}

async fn find(call: Call, Path(id): Path<String>) -> Answer {
    ok(&tickets::find(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAnswer {
    text: String,
}

async fn say(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let new: NewAnswer = sent.json()?;
    let (keeper, member) = (&call.keeper, &call.member);
    let said = tickets::answer(keeper, member, &id, &new.text, Via::Api, &call.trace).await;
    answer(StatusCode::CREATED, &said.map_err(told)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTicketState {
    state: TicketState,
}

async fn move_to(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let new: NewTicketState = sent.json()?;
    let to = (new.state, Via::Api);
    let moved = tickets::move_to(&call.keeper, &call.member, &id, to, &call.trace).await;
    ok(&moved.map_err(told)?)
}

const PAGE: usize = 50;
