//! What the `durward` binary is made of: configuration, command line, listeners, telemetry, secrets, and the two
//! companions of `demo` (a mail catcher and a sample relying party).

pub mod catcher;
pub mod cli;
pub mod config;
pub mod demo;
pub mod listen;
pub mod mail_in;
pub mod roles;
pub mod sample;
pub mod secrets;
pub mod simulator;
pub mod telemetry;
