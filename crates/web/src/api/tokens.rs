//! Tokens: listed and taken back. They are made in a session, where a second factor was just given.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{delete, get};
use durward_app::partner::tokens::{self, Whose};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use super::answers::{Answer, items, told};
use super::bearer::Call;
use super::routes::{Route, Who};

/// The calls.
pub(super) const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/tokens",
        summary: "One's own live tokens, without the tokens themselves.",
        who: Who::AnyMember,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("TokenList")),
        handler: || get(own),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/tokens/{id}",
        summary: "Take a token of one's own back.",
        who: Who::AnyMember,
        events: &[Event::MemberTokenRevoked],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(revoke_own),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{team}/tokens",
        summary: "The live tokens that members made for a team.",
        who: Who::Member(Action::ManageTeam),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("TokenList")),
        handler: || get(of_team),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/teams/{team}/tokens/{id}",
        summary: "Take a token of a team back.",
        who: Who::Member(Action::ManageTeam),
        events: &[Event::MemberTokenRevoked],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(revoke_of_team),
    },
];

async fn own(call: Call) -> Answer {
    let found = tokens::list(&call.keeper, &call.member, Whose::Own).await;
    items(&found.map_err(told)?)
}

async fn of_team(call: Call, Path(team): Path<String>) -> Answer {
    let found = tokens::list(&call.keeper, &call.member, Whose::OfTeam(&team)).await;
    items(&found.map_err(told)?)
}

async fn revoke_own(call: Call, Path(id): Path<String>) -> Answer {
    revoke(&call, Whose::Own, &id).await
}

async fn revoke_of_team(call: Call, Path((team, id)): Path<(String, String)>) -> Answer {
    revoke(&call, Whose::OfTeam(&team), &id).await
}

async fn revoke(call: &Call, whose: Whose<'_>, id: &str) -> Answer {
    tokens::revoke(&call.keeper, &call.member, whose, id, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
