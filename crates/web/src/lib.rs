//! Routes, pages, portal, console and JSON API.

pub mod account;
pub mod door_router;
pub mod oidc;
pub mod shared;
pub mod test_api;
