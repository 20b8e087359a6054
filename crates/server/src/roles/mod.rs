//! What a process plays: the portal and environments, each with a database of its own.

pub mod databases;
pub mod process;

pub use databases::{Place, of_config, of_folder};
