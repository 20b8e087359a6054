//! What a process plays: the portal and environments, each with a database of its own.

pub mod databases;
pub mod heads;
pub mod jobs;
pub mod open;
pub mod process;
pub mod routers;
pub mod serve;
pub mod work;

pub use databases::{Place, of_config, of_folder};
