//! Launches and changes: the checklist, the request, and its way to a deployment.

pub mod checklist;
mod request;
mod state;

pub use request::{Estimates, LaunchBody};
pub use state::{LaunchEvent, LaunchProgress, LaunchRefusal, LaunchState, Step};
