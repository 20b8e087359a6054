//! The command line: one file per command. Exit codes: 0 ok, 1 failure, 2 usage, 78 configuration.

mod apps;
mod audit;
mod backup;
mod calendar;
mod check;
mod config;
mod demo;
mod doctor;
mod keys;
mod lint;
mod migrate;
mod out;
mod passwords;
mod place;
mod release;
mod serve;
mod simulator;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::ConfigFault;
use crate::secrets::FolderFault;
use out::Stop;

/// Runs the command that the arguments name and answers its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let line = match CommandLine::try_parse_from(arguments) {
        Ok(line) => line,
        Err(usage) => {
            // Help and version come this way too, with the code 0.
            drop(usage.print());
            return ExitCode::from(u8::try_from(usage.exit_code()).unwrap_or(2));
        }
    };
    match line.command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(stop) => {
            if !stop.sentence.is_empty() {
                out::error(&stop.sentence);
            }
            ExitCode::from(stop.code)
        }
    }
}

/// Durward: a digital identity service for a government and its agencies.
#[derive(Parser)]
#[command(
    name = "durward",
    version,
    about = "Durward: the identity provider that people sign in with, and the portal that takes an app to production",
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything in one process with a fictional state, on this machine only.
    Demo(demo::Demo),
    /// Run the sandbox with one app, offline, for automated tests.
    Simulator(simulator::Simulator),
    /// Serve the portal and environments of a configuration.
    Serve(serve::Serve),
    /// Bring the databases up to date.
    Migrate(migrate::Migrate),
    /// Say whether a server with this configuration would start.
    Check(check::Check),
    /// Examine the running service from outside.
    Doctor(doctor::Doctor),
    /// Work with app documents, without a server.
    #[command(subcommand)]
    Apps(apps::Apps),
    /// Ask the deployment calendar.
    #[command(subcommand)]
    Calendar(calendar::CalendarCommand),
    /// Look at releases, go on, and go back.
    #[command(subcommand)]
    Release(release::Release),
    /// Look at keys, and replace those of an environment.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Prepare what passwords are checked against.
    #[command(subcommand)]
    Passwords(passwords::Passwords),
    /// Check the audit record.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Copy the embedded databases, also while a server runs.
    Backup(backup::Backup),
    /// Show the configuration or its reference.
    #[command(subcommand)]
    Config(config::ConfigCommand),
}

impl Command {
    fn run(self) -> Result<(), Stop> {
        match self {
            Self::Demo(command) => command.run(),
            Self::Simulator(command) => command.run(),
            Self::Serve(command) => command.run(),
            Self::Migrate(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Doctor(command) => command.run(),
            Self::Apps(command) => command.run(),
            Self::Calendar(command) => command.run(),
            Self::Release(command) => command.run(),
            Self::Keys(command) => command.run(),
            Self::Passwords(command) => command.run(),
            Self::Audit(command) => command.run(),
            Self::Backup(command) => command.run(),
            Self::Config(command) => command.run(),
        }
    }
}

impl From<ConfigFault> for Stop {
    fn from(fault: ConfigFault) -> Self {
        Self::configuration(format!("{fault} ({})", fault.code()))
    }
}

impl From<FolderFault> for Stop {
    fn from(fault: FolderFault) -> Self {
        Self::failure(format!("{fault} ({})", fault.code()))
    }
}

impl From<durward_store::Fault> for Stop {
    fn from(fault: durward_store::Fault) -> Self {
        Self::failure(fault.to_string())
    }
}
