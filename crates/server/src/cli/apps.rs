//! `durward apps`: app documents on the command line.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use durward_app::Clock;
use durward_domain::application::AppDocument;
use durward_domain::lint::{self, Finding, LintContext};

use super::calendar;
use super::out::{self, Stop};

#[derive(Subcommand)]
pub(super) enum Apps {
    /// Judge a document by every rule, without a server. Ends with 1 when an error is found.
    Lint(Lint),
}

#[derive(Args)]
pub(super) struct Lint {
    /// The document, JSON or TOML; `-` reads JSON from standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The programme whose rules hold.
    #[arg(long, value_name = "NAME", default_value = "us")]
    programme: String,
    /// Answer as JSON, like the API.
    #[arg(long)]
    json: bool,
}

impl Apps {
    pub(super) fn run(self) -> Result<(), Stop> {
        match self {
            Self::Lint(lint) => lint.run(),
        }
    }
}

impl Lint {
    fn run(self) -> Result<(), Stop> {
        let programme = calendar::programme(&self.programme)?;
        let now = Clock::real().now();
        let context = LintContext {
            programme: &programme,
            dedicated_domains: &[],
            today: programme.date_of(now),
            now,
            sandbox_keys: &BTreeSet::new(),
            listed_apps: None,
        };
        let findings = findings(&read(&self.file)?, is_toml(&self.file), &context);
        if self.json {
            let answer = serde_json::json!({ "findings": findings });
            out::print(&serde_json::to_string_pretty(&answer).unwrap_or_default());
        } else {
            out::print(&for_people(&findings));
        }
        if findings.iter().any(Finding::is_error) {
            return Err(Stop::failure(""));
        }
        Ok(())
    }
}

fn findings(bytes: &[u8], toml: bool, context: &LintContext<'_>) -> Vec<Finding> {
    if !toml {
        return lint::lint_bytes(bytes, context);
    }
    match AppDocument::parse_toml(&String::from_utf8_lossy(bytes)) {
        Ok(document) => lint::lint(&document, context),
        Err(fault) => vec![lint::unreadable(&fault)],
    }
}

fn for_people(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "Nothing found.".to_owned();
    }
    let mut text = String::new();
    for finding in findings {
        let place = if finding.path.is_empty() {
            "the document"
        } else {
            &finding.path
        };
        let _ = writeln!(
            text,
            "{:7}  {}  {}\n         {}",
            finding.severity.as_str(),
            finding.rule,
            place,
            finding.message
        );
    }
    let errors = findings.iter().filter(|finding| finding.is_error()).count();
    let _ = write!(text, "{} found, {errors} of them errors.", findings.len());
    text
}

fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    let unreadable = |error: std::io::Error| {
        Stop::failure(format!("{} cannot be read: {error}", path.display()))
    };
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .take(AppDocument::MAX_BYTES as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        return Ok(bytes);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "the command line reads the file that it is given"
    )]
    std::fs::read(path).map_err(unreadable)
}
