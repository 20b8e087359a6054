//! What runs by itself.

pub mod door_mail;
pub mod door_follow;
pub mod upkeep;
pub mod keeper_deploy;
