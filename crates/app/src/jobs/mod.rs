//! What runs by itself.

pub mod door_mail;
pub mod upkeep;
