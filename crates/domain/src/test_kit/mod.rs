//! The words of the test kit: faults that a team sets for its app, and what its test people are made of.
//!
//! Test-class environments only: see [`crate::environment::TestClass`].

pub mod fault;
pub mod persona;

pub use fault::{Fault, FaultKind, FaultRefusal, FaultWanted, Stage};
pub use persona::{Proofing, ValueRefusal};
