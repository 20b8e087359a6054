//! Help for partners: guides, the attribute table, the dictionary of refusals. Anyone may read it.

pub mod attributes;
pub mod errors;
pub mod guides;
pub mod pages;
#[cfg(test)]
pub(crate) mod samples;

use std::sync::Arc;

use axum::routing::get;

use crate::pages::shows;
use crate::portal_router::Portal;
use crate::shared::route::{Caller, Route};

/// Every page of the help.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    Route {
        caller: Caller::Anyone,
        ..shows("/help", || get(pages::index))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/help/attributes", || get(pages::attributes))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/help/errors", || get(pages::errors))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/help/errors/{area}/{code}", || get(pages::error))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/help/{guide}", || get(pages::guide))
    },
];
