//! The semantic difference of two configurations.
