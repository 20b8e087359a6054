//! The portal's routes: the API, signing in, and the pages.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use durward_app::Keeper;
use tracing::Instrument as _;

use crate::api;
use crate::api::budget::TokenBudget;
use crate::portal::gate::{self, Gate};
use crate::portal::sign_in;
use crate::shared::problem::Problem;
use crate::shared::route::{self, Route};
use crate::shared::shell;
use crate::shared::site::Site;

/// What every route of the portal works with.
pub struct Portal {
    /// The portal itself.
    pub keeper: Arc<Keeper>,
    /// Its address.
    pub site: Arc<Site>,
    pub(crate) budget: TokenBudget,
}

impl Portal {
    /// The portal at its address.
    pub fn new(keeper: Arc<Keeper>, site: Arc<Site>) -> Arc<Self> {
        Arc::new(Self {
            keeper,
            site,
            budget: TokenBudget::default(),
        })
    }
}

/// Where programs may send more than pages.
pub const LARGE: &[(&str, usize)] = &[
    ("/api/v1/apps/batch", api::routes::BATCH),
    ("/api/v1/apps/{handle}/{environment}/evidence", EVIDENCE),
    ("/apps/{handle}/{environment}/evidence", EVIDENCE),
    ("/api/v1/agreements/{number}/files", EVIDENCE),
    ("/agreements/{number}/files", EVIDENCE),
];
/// A document of evidence as a form or in base64 carries it.
pub const EVIDENCE: usize = durward_domain::launch::LARGEST_FILE / 2 * 3;

/// Every route of the portal, in its frame. `pages` are the pages of partners and staff.
pub fn router(
    portal: &Arc<Portal>,
    pages: impl IntoIterator<Item = &'static Route<Arc<Portal>>>,
) -> Router {
    let routes = mount(portal, sign_in::ROUTES)
        .merge(mount(portal, pages))
        .merge(api::routes(portal))
        .with_state(Arc::clone(portal))
        .layer(from_fn(to_the_end));
    shell::wrap(&portal.site, routes)
}

/// The pages, each behind the gate that its row names.
fn mount(
    portal: &Arc<Portal>,
    rows: impl IntoIterator<Item = &'static Route<Arc<Portal>>>,
) -> Router<Arc<Portal>> {
    rows.into_iter().fold(Router::new(), |router, row| {
        let mut handler = (row.handler)();
        if let Some(needs) = row.caller.needs() {
            let gate = Gate {
                portal: Arc::clone(portal),
                needs,
                path: row.path,
            };
            handler = handler.layer(from_fn_with_state(gate, gate::page));
        }
        router.route(row.path, handler.layer(DefaultBodyLimit::max(row.body)))
    })
}

/// Runs a write to its end, also when the caller hangs up or waits no longer: a save and the release that it needs, and
/// the like, are several units.
async fn to_the_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(stopped) => match stopped.try_into_panic() {
            // The frame tells of it as of any other.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(stopped) => Problem::fault(stopped.to_string()).into_response(),
        },
    }
}

/// The table as `docs/generated/routes.md` prints it.
pub fn markdown(pages: impl IntoIterator<Item = &'static Route<Arc<Portal>>>) -> String {
    let calls: Vec<Route<Arc<Portal>>> = api::routes::rows().map(api::routes::Route::row).collect();
    let mut rows: Vec<&Route<Arc<Portal>>> = sign_in::ROUTES.iter().chain(pages).collect();
    rows.extend(&calls);
    route::markdown("Portal", rows)
}
