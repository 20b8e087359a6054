//! The API: paths, bodies, problems, versions, tokens.

mod agreements;
mod batch;
mod documents;
mod formats;
pub(crate) mod launches;
mod registration;
mod releases;
mod requests;
mod tokens;
