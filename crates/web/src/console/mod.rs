//! Pages of the programme's staff, and those that partners share with them.

pub mod agreements;
pub mod audit;
pub mod calendar;
pub mod demo;
pub mod environments;
pub mod partners;
pub mod people;
pub mod releases;
pub mod today;
pub mod tokens;
pub mod usage;
pub mod views;

#[cfg(test)]
pub(crate) mod samples;
