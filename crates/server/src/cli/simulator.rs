//! `durward simulator`: the sandbox with one exact configuration, offline, for automated tests.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Args;
use durward_app::Clock;
use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::{self, Finding, LintContext};
use durward_domain::programme::Programme;

use super::out::{self, Stop};
use super::{calendar, lint as documents};
use crate::config::LogFormat;
use crate::roles::process;
use crate::simulator::{self, Options, Ready, SimulatorFault};
use crate::telemetry;

#[derive(Args)]
pub(super) struct Simulator {
    /// The app document, JSON or TOML; `-` reads JSON from standard input.
    #[arg(long, value_name = "FILE")]
    app: PathBuf,
    /// The port on this machine. Without it, or with 0: a free one.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Print one line of JSON when it is ready, instead of sentences.
    #[arg(long)]
    json: bool,
    /// Write the same JSON to this file when it is ready; the file appears whole.
    #[arg(long, value_name = "FILE")]
    ready_file: Option<PathBuf>,
    /// Start in spite of errors that the validator finds.
    #[arg(long)]
    allow_findings: bool,
    /// The automation token; without it, a fresh one at each start.
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// The programme whose rules hold.
    #[arg(long, value_name = "NAME", default_value = "us")]
    programme: String,
    /// Which log lines are written to standard error.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log_level: String,
}

impl Simulator {
    pub(super) fn run(self) -> Result<(), Stop> {
        telemetry::start_logs(LogFormat::Pretty, &self.log_level).map_err(Stop::usage)?;
        if self.token.as_ref().is_some_and(|token| token.len() < 16) {
            return Err(Stop::usage(
                "the token is too short: 16 characters at least",
            ));
        }
        let programme = calendar::programme(&self.programme)?;
        let document = document(&self.app)?;
        self.judge(&document, &programme)?;
        let runtime = process::runtime(0)
            .map_err(|error| Stop::failure(format!("threads cannot be started: {error}")))?;
        let options = Options {
            document,
            programme,
            port: self.port,
            token: self.token,
        };
        let (json, file) = (self.json, self.ready_file);
        let ready = move |ready: &Ready| announce(ready, json, file.as_deref());
        runtime
            .block_on(simulator::run(options, ready))
            .map_err(Stop::from)
    }

    /// The same rules as in the sandbox. Errors refuse the start unless they are allowed; all are told.
    fn judge(&self, document: &AppDocument, programme: &Programme) -> Result<(), Stop> {
        let context = LintContext::alone(programme, Clock::real().now());
        let findings: Vec<Finding> = lint::lint(document, &context);
        let errors: Vec<&Finding> = findings.iter().filter(|found| found.is_error()).collect();
        for error in &errors {
            out::error(&format!("{} {}: {}", error.rule, error.path, error.message));
        }
        if errors.is_empty() || self.allow_findings {
            return Ok(());
        }
        Err(Stop::failure(
            "the sandbox would refuse this document. Repair it, or start with --allow-findings (simulator/findings)",
        ))
    }
}

/// The document, as one of the sandbox: that is what a simulator is.
fn document(file: &Path) -> Result<AppDocument, Stop> {
    let bytes = documents::read(file)?;
    let parsed = if documents::is_toml(file) {
        AppDocument::parse_toml(&String::from_utf8_lossy(&bytes))
    } else {
        AppDocument::parse_json(&bytes)
    };
    let mut document = parsed.map_err(|fault| {
        let found = lint::unreadable(&fault);
        Stop::failure(format!("{} {}: {}", found.rule, found.path, found.message))
    })?;
    document.environment = EnvironmentName::Sandbox;
    Ok(document)
}

fn announce(ready: &Ready, json: bool, file: Option<&Path>) -> io::Result<()> {
    let line = serde_json::to_string(ready)?;
    if let Some(file) = file {
        write_whole(file, &line)?;
    }
    if json {
        out::print(&line);
    } else {
        out::print(&format!(
            "Simulating {}\nIssuer            {}\nTest API          {}\nAutomation token  {}\nStop it with Ctrl-C.",
            ready.client_id, ready.issuer, ready.test_api, ready.automation_token
        ));
    }
    Ok(())
}

/// Whoever waits for the file never sees half of it, and nobody else reads the token.
fn write_whole(file: &Path, line: &str) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut beside = file.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let mut out = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    writeln!(out, "{line}")?;
    out.sync_all()?;
    std::fs::rename(beside, file)
}

impl From<SimulatorFault> for Stop {
    fn from(fault: SimulatorFault) -> Self {
        Self::failure(fault.to_string())
    }
}
