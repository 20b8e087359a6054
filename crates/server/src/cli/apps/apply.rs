//! `durward apps apply`: saves documents, each over the version that was seen.

use std::path::PathBuf;

use clap::Args;
use durward_domain::application::AppDocument;
use reqwest::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::files;
use super::portal::{Address, Answered, Portal, block, place};
use crate::cli::out::{self, Stop};

#[derive(Args)]
pub(in crate::cli) struct Apply {
    /// A document, or a folder of them.
    #[arg(value_name = "FILE|DIR")]
    path: PathBuf,
    /// A plan that `plan --save` kept. What was saved since by somebody else is then never overwritten.
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    address: Address,
}

/// What became of one document.
#[derive(Serialize)]
pub(super) struct Applied {
    handle: String,
    environment: String,
    /// `created`, `saved` or `unchanged`.
    outcome: &'static str,
    version: Option<i64>,
    #[serde(skip)]
    pub(super) sentence: String,
}

impl Apply {
    pub(super) fn run(self) -> Result<(), Stop> {
        let documents = files::documents(&self.path)?;
        let planned = match &self.plan {
            Some(file) => Some(planned(&files::text(file)?)?),
            None => None,
        };
        let portal = self.address.open()?;
        let mut done = Vec::new();
        for read in &documents {
            let seen = match &planned {
                None => None,
                Some(plans) => Some(seen(plans, &read.document)?),
            };
            match block(one(&portal, &read.document, seen.as_ref())) {
                Ok(applied) => {
                    if !self.json {
                        out::print(&applied.sentence);
                    }
                    done.push(applied);
                }
                Err(stop) => {
                    if self.json {
                        print(&done);
                    }
                    return Err(Stop::failure(format!(
                        "{}: {}\n{} of {} documents were applied before; nothing of this one was saved",
                        read.file.display(),
                        stop.sentence,
                        done.len(),
                        documents.len()
                    )));
                }
            }
        }
        if self.json {
            print(&done);
        }
        Ok(())
    }
}

fn print(done: &[Applied]) {
    let answer = json!({ "applied": done });
    out::print(&serde_json::to_string_pretty(&answer).unwrap_or_default());
}

/// What a plan saw: nothing, or a version.
pub(super) enum Seen {
    Nothing,
    Version(i64),
}

/// Saves one document, unless it is saved already.
pub(super) async fn one(
    portal: &Portal,
    document: &AppDocument,
    seen: Option<&Seen>,
) -> Result<Applied, Stop> {
    let path = place(document);
    let found = portal.get(&path).await?;
    let found = match found.status {
        StatusCode::NOT_FOUND => None,
        _ => Some(found.good()?),
    };
    let Some(found) = found else {
        if let Some(Seen::Version(_)) = seen {
            return Err(Stop::failure(
                "the configuration was deleted since the plan was made. Plan again",
            ));
        }
        let answer = portal.post("/apps", document.to_json()).await?.good()?;
        return Ok(said(document, &answer, "created"));
    };
    // Compared as documents: spelling and order of the file do not count.
    let same = AppDocument::parse_json(found.text.as_bytes()).is_ok_and(|saved| saved == *document);
    if same {
        return Ok(said(document, &found, "unchanged"));
    }
    let tag = match seen {
        None => found.tag.unwrap_or_default(),
        Some(Seen::Version(version)) => format!("\"v{version}\""),
        Some(Seen::Nothing) => {
            return Err(Stop::failure(
                "somebody made the configuration since the plan was made. Plan again",
            ));
        }
    };
    let answer = portal.put(&path, document.to_json(), &tag).await?;
    if answer.status == StatusCode::PRECONDITION_FAILED {
        return Err(Stop::failure(format!(
            "somebody saved a newer version of {} in {}. Nothing was overwritten. Export it, take over the change, and plan again",
            document.handle, document.environment
        )));
    }
    Ok(said(document, &answer.good()?, "saved"))
}

fn said(document: &AppDocument, answer: &Answered, outcome: &'static str) -> Applied {
    let saved = answer.json();
    let tag = answer.tag.as_deref().unwrap_or_default();
    let version: Option<i64> = tag.trim_matches('"').trim_start_matches('v').parse().ok();
    let version_said = version
        .map(|version| format!(" (version {version})"))
        .unwrap_or_default();
    let app = format!("{} in {}", document.handle, document.environment);
    let sentence = match (outcome, saved["live"]["ms"].as_u64()) {
        ("unchanged", _) => format!("{app}: no change{version_said}"),
        (_, Some(ms)) => format!("{app}: {outcome}{version_said}, live after {ms} ms"),
        (_, None) if document.environment.class().is_live() => {
            format!("{app}: {outcome}{version_said}; a launch or change request makes it live")
        }
        _ => format!("{app}: {outcome}{version_said}"),
    };
    Applied {
        handle: document.handle.to_string(),
        environment: document.environment.to_string(),
        outcome,
        version,
        sentence,
    }
}

fn planned(text: &str) -> Result<Vec<Value>, Stop> {
    let plan: Value = serde_json::from_str(text).unwrap_or_default();
    match plan["plans"].as_array() {
        Some(plans) => Ok(plans.clone()),
        None => Err(Stop::failure(
            "the file of --plan is no plan. Make it with plan --save",
        )),
    }
}

fn seen(plans: &[Value], document: &AppDocument) -> Result<Seen, Stop> {
    let plan = plans.iter().find(|plan| {
        plan["handle"] == document.handle.as_str()
            && plan["environment"] == document.environment.as_str()
    });
    match plan {
        None => Err(Stop::failure(format!(
            "the plan does not speak of {} in {}. Plan again",
            document.handle, document.environment
        ))),
        Some(plan) => Ok(plan["saved_version"]
            .as_i64()
            .map_or(Seen::Nothing, Seen::Version)),
    }
}
