//! What needs the member, the next window and where apps stand, as the first pages show it.

use axum::routing::get;
use durward_app::partner::today;

use super::answers::{Answer, ok};
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::shared::problem::Problem;

/// The call of the first page.
pub(super) static ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/api/v1/today",
    summary: "What needs the member, the next window and what ships in it, where apps stand, how long requests took, and the last releases.",
    who: Who::AnyMember,
    events: &[],
    query: &[],
    body: None,
    answer: (200, Some("Today")),
    handler: || get(show),
}];

async fn show(call: Call) -> Answer {
    let found = today::today(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    ok(&found)
}
