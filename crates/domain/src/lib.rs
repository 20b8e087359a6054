//! Agreements, teams, apps, environments, checklist, launches, changes, calendar, lint, levels, permissions: the keeper's rules.
//!
//! This crate only decides: no I/O, no clock, no randomness of its own.

pub mod agreement;
pub mod application;
pub mod attribute;
pub mod billing;
pub mod calendar;
pub mod change;
pub mod diff;
pub mod environment;
pub mod event;
pub mod formats;
pub mod id;
pub mod launch;
pub mod level;
pub mod lint;
pub mod money;
pub mod partnership;
pub mod permission;
pub mod price;
pub mod probe;
pub mod programme;
pub mod refusal;
pub mod release;
pub mod team;
pub mod test_kit;
pub mod ticket;
pub mod token_scope;
