//! `durward config`: what is in force, and the reference of every key.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::out::{self, Stop};
use crate::config;

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Print the configuration in force, with defaults filled in and secrets left out.
    Show(Show),
    /// Print the reference of every key (Markdown).
    Schema,
}

#[derive(Args)]
pub(super) struct Show {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl ConfigCommand {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::Show(show) => out::print(&config::load(&show.config)?.redacted()),
            Self::Schema => out::print(&config::markdown()),
        }
        Ok(())
    }
}
