//! What every page and every answer shares: the frame around the routes, pages, forms, words, problems.

pub mod assets;
#[rustfmt::skip]
mod assets_table;
pub mod closed;
pub mod cookies;
pub mod csrf;
pub mod file_stream;
pub mod forms;
pub mod i18n;
pub mod limits;
pub mod multipart;
pub mod page;
pub mod pdf;
pub mod picture;
pub mod problem;
pub mod route;
pub mod shell;
pub mod site;
pub mod visit;

pub use assets_table::{FAVICON, MARK, PASSKEY, SHOW_PASSWORD, SPRITE, STYLE};
