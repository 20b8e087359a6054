//! Routes, pages, portal, console and JSON API.

pub mod account;
pub mod shared;
