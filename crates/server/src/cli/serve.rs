//! `durward serve`: the portal and environments of a configuration, until a signal.

use std::path::PathBuf;

use clap::Args;

use super::out::Stop;
use crate::config;
use crate::roles::process;
use crate::roles::serve::{self, ServeFault};
use crate::telemetry;

#[derive(Args)]
pub(super) struct Serve {
    /// The configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Stop> {
        let config = config::load(&self.config)?;
        telemetry::start_logs(config.server.log, &config.server.log_level)
            .map_err(Stop::configuration)?;
        let runtime = process::runtime(config.server.workers)
            .map_err(|error| Stop::failure(format!("threads cannot be started: {error}")))?;
        runtime.block_on(serve::run(config)).map_err(Stop::from)
    }
}

impl From<ServeFault> for Stop {
    fn from(fault: ServeFault) -> Self {
        if fault.is_configuration() {
            Self::configuration(fault.to_string())
        } else {
            Self::failure(fault.to_string())
        }
    }
}
