//! The pages of partners and staff, by address.

use std::sync::Arc;

use axum::routing::{get, post};
use axum::{Extension, Router};
use durward_app::demonstration::Demonstration;

use crate::console::{agreements, audit, calendar, demo, environments, releases, today, tokens};
use crate::portal::{app, edit, home, kit, launch, request, versions, wizard};
use crate::portal_router::Portal;

/// Every page of the portal. In a demonstration its own pages too, and the way to its sample relying party.
pub fn routes(demonstration: Option<Arc<Demonstration>>) -> Router<Arc<Portal>> {
    let mut routes = partners().merge(staff());
    if demonstration.is_some() {
        routes = routes
            .route("/demo/inbox", get(demo::inbox))
            .route("/demo/clock", post(demo::move_clock));
    }
    routes.layer(Extension(demonstration))
}

fn partners() -> Router<Arc<Portal>> {
    Router::new()
        .route("/", get(home::home))
        .route("/team", get(home::team))
        .route("/apps/new", get(wizard::new).post(wizard::create))
        .route("/drafts/{id}/{step}", get(wizard::step).post(wizard::post_step))
        .route("/apps/{handle}/{environment}", get(app::show))
        .route("/apps/{handle}/{environment}/new", get(wizard::new_configuration).post(wizard::create_configuration))
        .route("/apps/{handle}/{environment}/edit", get(edit::show).post(edit::save))
        .route("/apps/{handle}/{environment}/delete", post(app::delete))
        .route("/apps/{handle}/{environment}/document.json", get(app::document))
        .route("/apps/{handle}/{environment}/keys", get(app::keys))
        .route("/apps/{handle}/{environment}/test", get(kit::show))
        .route("/apps/{handle}/{environment}/versions", get(versions::list))
        .route("/apps/{handle}/{environment}/versions/{number}", get(versions::show).post(versions::restore))
        .route("/apps/{handle}/{environment}/checklist", get(request::checklist))
        .route("/apps/{handle}/{environment}/launch", get(request::show).post(request::send))
        .route("/launches/{id}", get(launch::show).post(launch::act))
        .route("/tokens", get(tokens::list).post(tokens::mint))
        .route("/tokens/{id}/revoke", post(tokens::revoke))
        .route("/agreements", get(agreements::list))
        .route("/agreements/{number}", get(agreements::show))
        .route("/calendar", get(calendar::show))
}

fn staff() -> Router<Arc<Portal>> {
    Router::new()
        .route("/today", get(today::today))
        .route("/reviews", get(today::reviews))
        .route("/releases", get(releases::list))
        .route("/releases/{id}", get(releases::show))
        .route("/releases/{id}/deploy", post(releases::deploy))
        .route("/releases/{id}/rollback", post(releases::rollback))
        .route("/environments", get(environments::show))
        .route("/audit", get(audit::show).post(audit::verify))
}
