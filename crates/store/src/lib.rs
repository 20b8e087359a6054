//! Everything durable, on SQLite and PostgreSQL.
//!
//! A caller opens a [`Store`] and hands it units: synchronous closures over a [`Conn`] that run on
//! a database thread. A unit that answers `Ok` is committed before its answer is given, also when
//! that answer is a refusal; a unit that answers a [`Fault`] is undone.
//!
//! The table modules hold the SQL, each statement declared with [`statements!`] and registered in
//! `statements.rs`, so that one test prepares all of them on both engines.

pub mod after_reviews;
pub mod agreement_papers;
pub mod agreements;
pub mod apps;
pub mod audit;
pub mod authenticators;
pub mod backchannel_logouts;
pub mod browsers;
pub mod calendar;
pub mod client_requests;
pub mod client_secrets;
pub mod client_tokens;
pub mod comments;
pub mod consents;
pub mod counters;
mod db;
pub mod denials;
pub mod deployments;
pub mod domains;
pub mod email_claims;
pub mod estimates;
pub mod evidence;
mod fault;
pub mod final_configurations;
pub mod grants;
pub mod installed;
pub mod jobs;
pub mod key_expiry;
pub mod keys;
pub mod launches;
pub mod leases;
pub mod members;
pub mod migrate;
pub mod notice_digests;
pub mod notices;
pub mod outbox;
pub mod partner_accounts;
pub mod partnerships;
pub mod people;
pub mod probes;
pub mod proof_ids;
pub mod pushed_requests;
pub mod refresh_tokens;
pub mod releases;
pub mod repeated_calls;
pub mod request_records;
pub mod review_tellings;
pub mod roles;
pub mod rotations;
pub mod sealing;
pub mod sessions;
pub mod settings;
pub mod site;
#[cfg(any(test, feature = "testing"))]
mod statements;
pub mod teams;
pub mod test_kit;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tickets;
pub mod today;
pub mod token_tellings;
pub mod usage;
pub mod usage_ledger;
pub mod usage_lines;
pub mod webhooks;

pub mod validator;

pub use db::conn::Conn;
pub use db::statement::Statement;
pub use db::value::{Param, Row, Value};
pub use db::{Config, Durability, Store};
pub use fault::{Context, Fault, FaultKind};
