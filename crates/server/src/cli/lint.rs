//! `durward apps lint`: judges app documents without a server, for people, programs and continuous integration.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use durward_app::Clock;
use durward_domain::application::AppDocument;
use durward_domain::lint::{self, Finding, LintContext, Syntax, sarif};
use serde_json::json;

use super::calendar;
use super::out::{self, Stop};

#[derive(Args)]
pub(super) struct Lint {
    /// The documents, JSON or TOML; `-` reads JSON from standard input.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// How to answer: for people, as JSON like the API, or as SARIF 2.1.0 for code review.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// The same as --format json.
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The programme whose rules hold.
    #[arg(long, value_name = "NAME", default_value = "us")]
    programme: String,
    /// A domain that your team registered and proved, such as fishing-licence.com.
    #[arg(long, value_name = "DOMAIN")]
    domain: Vec<String>,
    /// The address of the portal, for links to the pages that explain the rules.
    #[arg(long, value_name = "URL")]
    portal: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Sarif,
}

struct Judged {
    name: String,
    findings: Vec<Finding>,
}

impl Lint {
    pub(super) fn run(self) -> Result<(), Stop> {
        let programme = calendar::programme(&self.programme)?;
        let context = LintContext {
            dedicated_domains: &self.domain,
            ..LintContext::alone(&programme, Clock::real().now())
        };
        let mut all = Vec::with_capacity(self.files.len());
        for file in &self.files {
            let syntax = if is_toml(file) {
                Syntax::Toml
            } else {
                Syntax::Json
            };
            all.push(Judged {
                name: file.display().to_string(),
                findings: lint::read(&read(file)?, syntax).judge(&context),
            });
        }
        let portal = self.portal.as_deref().map(|url| url.trim_end_matches('/'));
        let format = if self.json { Format::Json } else { self.format };
        out::print(&match format {
            Format::Text => for_people(&all),
            Format::Json => for_programs(&all, portal),
            Format::Sarif => for_review(&all, portal),
        });
        if all
            .iter()
            .any(|one| one.findings.iter().any(Finding::is_error))
        {
            return Err(Stop::failure(""));
        }
        Ok(())
    }
}

fn for_programs(all: &[Judged], portal: Option<&str>) -> String {
    let several = all.len() > 1;
    let findings: Vec<serde_json::Value> = all
        .iter()
        .flat_map(|one| one.findings.iter().map(move |finding| (one, finding)))
        .map(|(one, finding)| {
            let mut value = json!(finding);
            if let Some(fields) = value.as_object_mut() {
                if several {
                    fields.insert("file".into(), one.name.clone().into());
                }
                if let Some(portal) = portal {
                    fields.insert("help".into(), format!("{portal}{}", finding.help()).into());
                }
            }
            value
        })
        .collect();
    pretty(&json!({ "findings": findings }))
}

fn for_review(all: &[Judged], portal: Option<&str>) -> String {
    let files: Vec<sarif::Judged<'_>> = all
        .iter()
        .map(|one| sarif::Judged {
            uri: as_uri(&one.name),
            findings: &one.findings,
        })
        .collect();
    pretty(&sarif::log(&files, env!("CARGO_PKG_VERSION"), portal))
}

fn for_people(all: &[Judged]) -> String {
    let mut text = String::new();
    for one in all {
        if all.len() > 1 {
            let _ = writeln!(text, "{}", one.name);
        }
        if one.findings.is_empty() {
            text.push_str("Nothing found.\n");
            continue;
        }
        for finding in &one.findings {
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
        let errors = one.findings.iter().filter(|one| one.is_error()).count();
        let _ = writeln!(
            text,
            "{} found, {errors} of them errors.",
            one.findings.len()
        );
    }
    text
}

/// A path as a relative URI reference: what cannot stand in one is escaped.
fn as_uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                uri.push(char::from(byte));
            }
            other => {
                let _ = write!(uri, "%{other:02X}");
            }
        }
    }
    if path == "-" {
        "stdin.json".into()
    } else {
        uri
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

pub(super) fn is_toml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case("toml"))
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, Stop> {
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
