//! level.
