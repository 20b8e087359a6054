//! People, e-mail addresses, authenticators, sessions, journeys, consent; the only home of personal-data types.
//!
//! This crate only decides: no I/O, no clock, no randomness of its own. What it knows of a person leaves it
//! for a protocol only as [`consent::ReleasedClaims`].

pub mod addresses;
pub mod authenticator;
pub mod browser;
pub mod consent;
pub mod email;
pub mod journey;
pub mod limit;
pub mod person;
pub mod session;
