//! Routes, pages, portal, console and JSON API.
