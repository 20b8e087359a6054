//! `durward migrate`: brings the databases up to date.

use std::path::PathBuf;

use clap::Args;
use durward_store::migrate;

use super::out::{self, Stop};
use crate::config;
use crate::roles;
use crate::secrets::DataFolder;

#[derive(Args)]
pub(super) struct Migrate {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only say what would be done.
    #[arg(long)]
    plan: bool,
}

impl Migrate {
    pub(super) fn run(self) -> Result<(), Stop> {
        let config = config::load(&self.config)?;
        let places = roles::of_config(&config);
        let embedded = places.iter().any(|place| place.file().is_some());
        // Held until the end: no server may run on an embedded database that is being changed.
        let _folder = (embedded && !self.plan)
            .then(|| DataFolder::take(&config.server.data))
            .transpose()?;
        for place in &places {
            let fault = |fault| Stop::failure(format!("{}: {fault}", place.describe()));
            let pending = if self.plan {
                migrate::plan(&place.target).map_err(fault)?.pending
            } else {
                migrate::migrate(&place.target).map_err(fault)?
            };
            let outcome = match (pending.is_empty(), self.plan) {
                (true, _) => "up to date".to_owned(),
                (false, true) => format!("to apply: {}", pending.join(", ")),
                (false, false) => format!("applied: {}", pending.join(", ")),
            };
            out::print(&format!("{}: {outcome}", place.describe()));
        }
        Ok(())
    }
}
