//! The portal's pages and API by the real router in process, a module for each area.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod agreements;
mod api;
mod calendar;
mod final_configuration;
mod launches;
mod manners;
mod notices;
mod partnership;
mod people;
mod permissions;
mod probes;
mod rotation;
mod secrets;
mod sign_in;
mod support;
mod suspension;
mod teams;
mod test_kit;
mod tickets;
mod today;
mod usage;
mod validator;
