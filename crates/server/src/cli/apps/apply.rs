//! `durward apps apply`: saves documents, each over the version that was seen; those of a folder all or none.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use durward_domain::application::AppDocument;
use reqwest::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};

use super::files::{self, Read};
use super::portal::{Address, Answered, Portal, block, finding, place};
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
        let mut wanted = Vec::with_capacity(documents.len());
        for read in &documents {
            let seen = match &planned {
                None => None,
                Some(plans) => Some(seen(plans, &read.document)?),
            };
            wanted.push((read, seen));
        }
        let portal = self.address.open()?;
        let mut done = Vec::new();
        let stopped = block(async {
            if planned.is_none() && wanted.len() > 1 {
                let versions = versions(&portal).await?;
                for (read, seen) in &mut wanted {
                    let version = versions.get(&spot(&read.document));
                    *seen = Some(version.map_or(Seen::Nothing, |version| Seen::Version(*version)));
                }
            }
            for part in parts(&wanted) {
                let applied = match part {
                    [(read, seen)] => one(&portal, &read.document, seen.as_ref())
                        .await
                        .map(|applied| vec![applied])
                        .map_err(|stop| {
                            let file = read.file.display();
                            Stop::failure(format!("{file}: {}", stop.sentence))
                        }),
                    several => together(&portal, several).await,
                };
                match applied {
                    Ok(applied) => {
                        if !self.json {
                            applied.iter().for_each(|one| out::print(&one.sentence));
                        }
                        done.extend(applied);
                    }
                    Err(stop) => return Ok(Some(stop)),
                }
            }
            Ok(None)
        })?;
        if self.json {
            print(&done);
        }
        match stopped {
            None => Ok(()),
            Some(stop) => Err(Stop::failure(format!(
                "{}\n{} of {} documents were applied before; nothing else was saved",
                stop.sentence,
                done.len(),
                documents.len()
            ))),
        }
    }
}

/// A document and what a plan saw of it.
type Wanted<'a> = (&'a Read, Option<Seen>);

/// As many at once as the portal takes in one call.
fn parts<'a, 'b>(mut wanted: &'b [Wanted<'a>]) -> Vec<&'b [Wanted<'a>]> {
    let mut parts = Vec::new();
    while !wanted.is_empty() {
        let (mut count, mut bytes) = (0, 0);
        for (read, _) in wanted.iter().take(MOST) {
            bytes += read.document.to_json().len();
            if count > 0 && bytes > MOST_BYTES {
                break;
            }
            count += 1;
        }
        let (part, rest) = wanted.split_at(count);
        parts.push(part);
        wanted = rest;
    }
    parts
}

/// The version of every configuration that the token may see, by its spot.
async fn versions(portal: &Portal) -> Result<BTreeMap<String, i64>, Stop> {
    let mut versions = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = portal
            .get(&format!("/apps?limit=500&after={after}"))
            .await?;
        let page = page.good()?.json();
        for app in page["items"].as_array().into_iter().flatten() {
            let (handle, environment) = (app["handle"].as_str(), app["environment"].as_str());
            if let (Some(handle), Some(environment), Some(version)) =
                (handle, environment, app["version"].as_i64())
            {
                versions.insert(format!("{handle}/{environment}"), version);
            }
        }
        match page["next"].as_str() {
            Some(next) => next.clone_into(&mut after),
            None => return Ok(versions),
        }
    }
}

/// What a batch calls a configuration.
fn spot(document: &AppDocument) -> String {
    format!("{}/{}", document.handle, document.environment)
}

/// Saves documents in one call: all of them or none.
async fn together(portal: &Portal, wanted: &[Wanted<'_>]) -> Result<Vec<Applied>, Stop> {
    let mut documents = Vec::with_capacity(wanted.len());
    let mut versions = serde_json::Map::new();
    for (read, seen) in wanted {
        let document = &read.document;
        documents.push(serde_json::from_str(&document.to_json()).unwrap_or(Value::Null));
        if let Some(seen) = seen {
            let version = match seen {
                Seen::Nothing => Value::Null,
                Seen::Version(version) => (*version).into(),
            };
            versions.insert(spot(document), version);
        }
    }
    let body = json!({ "documents": documents, "seen": versions });
    let answer = portal.post("/apps/batch", body.to_string()).await?;
    let told = answer.json();
    let items = told["items"].as_array().cloned().unwrap_or_default();
    if !answer.status.is_success() {
        let lines: Vec<String> = items.iter().map(|item| refused(wanted, item)).collect();
        return Err(Stop::failure(if lines.is_empty() {
            answer.problem()
        } else {
            lines.join("\n")
        }));
    }
    Ok(wanted
        .iter()
        .zip(&items)
        .map(|((read, _), item)| {
            let outcome = match (item["created"] == true, item["changed"] == true) {
                (true, _) => "created",
                (false, true) => "saved",
                (false, false) => "unchanged",
            };
            let live = item["live"]["ms"].as_u64();
            said(&read.document, outcome, item["version"].as_i64(), live)
        })
        .collect())
}

/// Why one document of several cannot be saved.
fn refused(wanted: &[Wanted<'_>], item: &Value) -> String {
    let at = item["index"]
        .as_u64()
        .and_then(|at| usize::try_from(at).ok());
    let read = at.and_then(|at| wanted.get(at)).map(|(read, _)| read);
    let file = read.map(|read| read.file.display().to_string());
    let mut text = format!(
        "{}: {} ({})",
        file.unwrap_or_default(),
        match (read, item["code"].as_str()) {
            (Some(read), Some("app/stale")) => newer(&read.document),
            _ => item["detail"].as_str().unwrap_or_default().to_owned(),
        },
        item["code"].as_str().unwrap_or_default(),
    );
    for line in item["findings"].as_array().into_iter().flatten() {
        text.push_str(&finding(line));
    }
    text
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
        return Ok(answered(document, "created", &answer));
    };
    // Compared as documents: spelling and order of the file do not count.
    let same = AppDocument::parse_json(found.text.as_bytes()).is_ok_and(|saved| saved == *document);
    if same {
        return Ok(answered(document, "unchanged", &found));
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
        return Err(Stop::failure(newer(document)));
    }
    Ok(answered(document, "saved", &answer.good()?))
}

fn newer(document: &AppDocument) -> String {
    format!(
        "somebody saved a newer version of {} in {}. Nothing was overwritten. Export it, take over the change, and plan again",
        document.handle, document.environment
    )
}

fn answered(document: &AppDocument, outcome: &'static str, answer: &Answered) -> Applied {
    let tag = answer.tag.as_deref().unwrap_or_default();
    let version = tag.trim_matches('"').trim_start_matches('v').parse().ok();
    let live = answer.json()["live"]["ms"].as_u64();
    said(document, outcome, version, live)
}

fn said(
    document: &AppDocument,
    outcome: &'static str,
    version: Option<i64>,
    live: Option<u64>,
) -> Applied {
    let version_said = version
        .map(|version| format!(" (version {version})"))
        .unwrap_or_default();
    let app = format!("{} in {}", document.handle, document.environment);
    let sentence = match (outcome, live) {
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

/// What the portal takes in one call, with room to spare in bytes.
const MOST: usize = 1000;
const MOST_BYTES: usize = 32 * 1024 * 1024;
