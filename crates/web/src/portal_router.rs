//! The portal's routes: the API, signing in, and the pages.

use std::sync::Arc;

use axum::Router;
use durward_app::Keeper;

use crate::api;
use crate::api::budget::TokenBudget;
use crate::portal::sign_in;
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

/// Every route of the portal, in its frame. `pages` are the pages of partners and staff.
pub fn router(
    portal: &Arc<Portal>,
    pages: impl IntoIterator<Item = &'static Route<Arc<Portal>>>,
) -> Router {
    let routes = route::mount(sign_in::ROUTES, false)
        .merge(route::mount(pages, false))
        .merge(api::routes())
        .with_state(Arc::clone(portal));
    shell::wrap(&portal.site, routes)
}

/// The table as `docs/generated/routes.md` prints it.
pub fn markdown(pages: impl IntoIterator<Item = &'static Route<Arc<Portal>>>) -> String {
    let calls: Vec<Route<Arc<Portal>>> = api::routes::ROUTES
        .iter()
        .map(api::routes::Route::row)
        .collect();
    let mut rows: Vec<&Route<Arc<Portal>>> = sign_in::ROUTES.iter().chain(pages).collect();
    rows.extend(&calls);
    route::markdown("Portal", rows)
}
