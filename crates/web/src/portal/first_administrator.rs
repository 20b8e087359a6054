//! The page behind the link that makes the first administrator of a service.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::operator::first_administrator as link;

use super::desk::Desk;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;

view! {
    /// Asks before the member becomes an administrator: no link acts when it is opened.
    FirstAdministrator in "portal/first_administrator.html" {
        /// The link's token.
        token: String,
    }
}

/// Shows what the link will do.
pub async fn show(desk: Desk) -> Response {
    let query = desk
        .visit
        .path_and_query()
        .split_once('?')
        .map_or("", |(_, query)| query);
    let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token");
    page::html(&FirstAdministrator {
        page: desk.page("/"),
        token: token
            .map(|(_, token)| token.into_owned())
            .unwrap_or_default(),
    })
}

/// Does it.
pub async fn claim(
    State(portal): State<Arc<Portal>>,
    desk: Desk,
    posted: Posted,
) -> Result<Response, Response> {
    let token = posted.text("token").to_owned();
    let claimed = link::claim(&portal.keeper, &desk.member, &token, &desk.trace()).await;
    match claimed {
        Ok(()) => Ok(Redirect::to("/today").into_response()),
        Err(Failure::Refused(refusal)) => Err(desk.refused(&refusal, "/")),
        Err(failure) => Err(Problem::from(failure).as_page().into_response()),
    }
}
