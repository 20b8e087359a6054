//! The tasks behind `cargo xtask`, and the look-ups that its tests share.
#![expect(clippy::print_stdout, reason = "a command-line tool talks to a person")]

pub mod bench;
pub mod docs;
pub mod fuzz;
pub mod ports;
pub mod run;
pub mod setup;
pub mod shelves;
pub mod tools;
