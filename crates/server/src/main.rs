//! The `durward` binary.
fn main() {}
