//! The rules that a configuration must keep.
