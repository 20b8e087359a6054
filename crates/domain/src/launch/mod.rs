//! Launches and changes: the checklist, the request, and its way to a deployment.

mod answer;
pub mod checklist;
mod evidence;
mod request;
mod shape;
mod state;

pub use answer::{Answer, answer, late_since, working_days_after};
pub use evidence::{Ato, BadFile, FileKind, LARGEST_FILE, Trial};
pub use request::{Estimates, LaunchBody};
pub use shape::differences;
pub use state::{LaunchEvent, LaunchProgress, LaunchRefusal, LaunchState, Step};
