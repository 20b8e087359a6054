//! What runs by itself.

pub mod upkeep;
