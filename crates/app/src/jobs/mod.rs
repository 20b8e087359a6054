//! What runs by itself.

mod delivery;
pub mod door_follow;
pub mod door_logouts;
pub mod door_mail;
pub mod door_pull;
pub mod keeper_agreements;
pub(crate) mod keeper_base;
pub mod keeper_deploy;
pub mod keeper_digest;
pub mod keeper_feed;
pub mod keeper_keys;
pub mod keeper_lint;
pub mod keeper_mail;
pub mod keeper_probes;
pub mod keeper_reviews;
pub mod keeper_tokens;
pub mod keeper_usage;
pub mod keeper_webhooks;
pub mod upkeep;
