//! `durward demo`: everything in one process, with a fictional state, on this machine only.

use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use super::out::Stop;
use crate::config::LogFormat;
use crate::demo::{self, DemoFault};
use crate::roles::process;
use crate::telemetry;

#[derive(Args)]
pub(super) struct Demo {
    /// The data folder. Made at first start; a later start goes on with it.
    #[arg(long, value_name = "DIR", default_value = "data/demo")]
    data: PathBuf,
    /// The programme, such as us, us-2021, us-today or gov-uk. Fixed at first start.
    #[arg(long, value_name = "NAME")]
    programme: Option<String>,
    /// The keeper's day, such as 2026-11-10. Without it: the day that was kept, or today.
    #[arg(long, value_name = "DATE")]
    at: Option<Date>,
    /// The portal's port. The environments follow it, then the sample app; metrics are nine above.
    #[arg(long, value_name = "PORT", default_value_t = 8400, value_parser = clap::value_parser!(u16).range(1..=65526))]
    port: u16,
    /// Which log lines are written to standard error.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log_level: String,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Stop> {
        telemetry::start_logs(LogFormat::Pretty, &self.log_level).map_err(Stop::usage)?;
        let runtime = process::runtime(0)
            .map_err(|error| Stop::failure(format!("threads cannot be started: {error}")))?;
        let options = demo::Options {
            data: self.data,
            programme: self.programme,
            at: self.at,
            port: self.port,
        };
        runtime.block_on(demo::run(options)).map_err(Stop::from)
    }
}

impl From<DemoFault> for Stop {
    fn from(fault: DemoFault) -> Self {
        if fault.is_usage() {
            Self::usage(fault.to_string())
        } else {
            Self::failure(fault.to_string())
        }
    }
}
