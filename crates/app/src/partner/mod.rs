//! What a team does in the portal: apps, requests, agreements, tokens, and signing in.

pub mod agency;
pub mod agreements;
pub mod apps;
pub mod calendar;
pub mod checklist;
pub mod comments;
pub mod domains;
pub mod drafts;
pub mod estimates;
pub mod evidence;
pub mod formats;
pub mod inspector;
pub mod keys;
pub mod launches;
pub mod lint;
pub mod members;
pub mod notices;
pub mod partnerships;
pub mod plan;
pub mod probes;
pub mod registration;
pub mod repeated;
pub mod requests;
pub mod revisions;
pub mod rotation;
pub mod save;
pub mod secrets;
pub mod sign_in;
pub mod site;
pub(crate) mod steps;
pub mod teams;
pub mod test_kit;
pub mod tickets;
pub mod today;
pub mod tokens;
pub(crate) mod told;
pub(crate) mod told_of;
pub mod waivers;
pub mod webhooks;

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests;
#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod validator_tests;
