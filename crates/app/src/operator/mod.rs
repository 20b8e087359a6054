//! What the programme's staff do: review, releases, agreements, the demonstration's clock, and the first things of an installation.

pub mod accounts;
pub mod after_review;
pub mod agreements;
pub mod audit;
pub mod bootstrap;
pub mod build;
pub mod clock;
pub mod drift;
pub mod final_configuration;
pub mod first_administrator;
pub mod people;
pub mod pull;
pub mod releases;
pub mod review;
pub mod staff;
pub mod suspension;
pub mod usage;
pub mod usage_intake;
