//! The rules of the house that a compiler does not keep. Plain `cargo test` runs them.

mod decisions;
mod graph;
mod prose;
mod sizes;
mod sql;
mod tree;
mod words;
