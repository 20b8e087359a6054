//! The edges to the outside world.

pub mod dns;
pub mod mail;
pub mod mailbox;
pub mod outbound;
