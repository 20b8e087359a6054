//! Routes, pages, portal, console and JSON API.

pub mod account;
pub mod api;
pub mod console;
pub mod demonstration;
pub mod door_router;
#[cfg(test)]
mod generated;
pub mod help;
pub mod oidc;
pub mod pages;
pub mod partnership;
pub mod portal;
pub mod portal_router;
pub mod shared;
pub mod test_api;
