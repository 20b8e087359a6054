//! The JSON API of the portal: every call is a row of [`routes::rows`].

mod agreements;
mod answers;
mod apps;
mod batch;
pub(crate) mod bearer;
pub(crate) mod budget;
mod calendar;
mod changes;
mod configuration;
mod demo;
mod environments;
pub(crate) mod evidence;
mod final_configuration;
mod formats;
mod inspector;
mod launches;
mod notices;
mod openapi;
mod partnerships;
mod people;
mod probes;
mod registration;
mod releases;
mod repeated;
mod rotation;
pub mod routes;
pub(crate) mod secrets;
mod suspension;
pub(crate) mod teams;
mod tickets;
mod today;
mod tokens;
mod usage;
mod validator;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;

use crate::portal::gate::{self, Gate};
use crate::portal_router::Portal;
use crate::shared::problem::Problem;
use crate::shared::route;

/// The routes of the API. What is not there is a problem in JSON, whatever the caller accepts.
pub fn routes(portal: &Arc<Portal>) -> Router<Arc<Portal>> {
    let mut paths: Vec<(&str, MethodRouter<Arc<Portal>>)> = Vec::new();
    for route in routes::rows() {
        let row = route.row();
        // No body at all still may be sent as an empty one.
        let mut handler = (row.handler)();
        if let Some(needs) = row.caller.needs() {
            let gate = Gate {
                portal: Arc::clone(portal),
                needs,
                path: row.path,
            };
            handler = handler.layer(from_fn_with_state(gate, gate::call));
        }
        if route.who.needs_token() {
            let portal = Arc::clone(portal);
            handler = handler.layer(from_fn_with_state(portal, repeated::once));
        }
        let handler = handler.layer(DefaultBodyLimit::max(row.body.max(route::FORM)));
        match paths.iter_mut().find(|(path, _)| *path == row.path) {
            Some((_, methods)) => *methods = std::mem::take(methods).merge(handler),
            None => paths.push((row.path, handler)),
        }
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(path, methods.fallback(wrong_method));
    }
    router
        .route("/api/{*rest}", nothing())
        .route("/api", nothing())
        .route("/api/", nothing())
}

fn nothing() -> MethodRouter<Arc<Portal>> {
    axum::routing::any(async || Problem::not_found().as_json())
}

async fn wrong_method(path: axum::extract::MatchedPath) -> Problem {
    let methods: Vec<&str> = routes::rows()
        .filter(|route| route.path == path.as_str())
        .map(|route| route.method)
        .collect();
    let problem = Problem::new(
        "web/method-not-allowed",
        axum::http::StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take this method. See the Allow header.",
    )
    .as_json();
    match axum::http::HeaderValue::from_str(&methods.join(", ")) {
        Ok(allow) => problem.with_header(axum::http::header::ALLOW, allow),
        Err(_) => problem,
    }
}
