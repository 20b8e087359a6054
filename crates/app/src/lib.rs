//! One function per thing a person, a client, a partner or an operator can do.
//!
//! Folders are split by who asks: `citizen`, `client`, `partner`, `operator`; `jobs` runs by itself and `ports` are the
//! edges to the outside (mail). [`Door`] is one environment, [`Keeper`] is the portal.

pub mod actor;
pub mod automation;
pub mod canary;
pub mod citizen;
pub mod client;
pub mod clock;
pub mod demonstration;
pub mod deny_intake;
pub mod door;
pub mod failure;
pub mod jobs;
pub mod keeper;
pub mod key_life;
pub mod operator;
pub mod partner;
pub mod passwords;
pub mod picture;
pub mod ports;
pub mod record;
pub mod registry;
pub mod release_intake;
pub mod ring;
pub mod sealing;
pub mod secrets;
pub mod signing_keys;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(any(test, feature = "testing"))]
pub mod testing_portal;
pub mod walk;

pub use clock::Clock;
pub use door::Door;
pub use failure::{Failure, Fault, FaultKind};
pub use keeper::Keeper;
