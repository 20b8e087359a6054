//! A request by its id, from anywhere.

use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::portal::desk::Desk;
use crate::shared::page::{self, view};

view! {
    /// Where an id is typed.
    FindRequest in "portal/requests.html" {
        /// What was typed.
        id: String,
    }
}

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
pub struct Sought {
    #[serde(default)]
    id: String,
}

/// The form, or the request.
pub async fn find(desk: Desk, Query(sought): Query<Sought>) -> Result<Response, Response> {
    let id = sought.id.trim();
    let whole = !id.is_empty()
        && id.len() <= 100
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if whole {
        return Ok(Redirect::to(&format!("/requests/{id}")).into_response());
    }
    let mut page = desk.page("/requests");
    if !id.is_empty() {
        page = page.with_error("id", desk.words().t("inspect-find-wrong"));
    }
    Ok(page::html(&FindRequest {
        page,
        id: id.chars().take(100).collect(),
    }))
}
