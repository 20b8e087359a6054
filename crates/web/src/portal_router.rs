//! The portal's routes: the API, signing in, and the pages.

use std::sync::Arc;

use axum::Router;
use durward_app::Keeper;

use crate::api;
use crate::api::budget::TokenBudget;
use crate::portal::sign_in;
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
pub fn router(portal: &Arc<Portal>, pages: Router<Arc<Portal>>) -> Router {
    let routes = Router::new()
        .merge(sign_in::routes())
        .merge(pages)
        .merge(api::routes())
        .with_state(Arc::clone(portal));
    shell::wrap(&portal.site, routes)
}
