//! `durward apps plan`: what documents would change, in the words of the portal.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::files::{self, Read};
use super::portal::{Address, Portal, block};
use crate::cli::out::{self, Stop};

#[derive(Args)]
pub(in crate::cli) struct Plan {
    /// A document, or a folder of them.
    #[arg(value_name = "FILE|DIR")]
    path: PathBuf,
    /// Answer as JSON.
    #[arg(long)]
    json: bool,
    /// End with 1 when something would change.
    #[arg(long)]
    exit_code: bool,
    /// Keep the plan in this file, so that apply saves over these versions and no newer ones.
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    address: Address,
}

impl Plan {
    pub(super) fn run(self) -> Result<(), Stop> {
        let documents = files::documents(&self.path)?;
        let portal = self.address.open()?;
        let plans = block(async {
            let mut plans = Vec::with_capacity(documents.len());
            for read in &documents {
                plans.push(one(&portal, read).await?);
            }
            Ok(plans)
        })?;
        let answer = json!({ "plans": plans });
        let pretty = serde_json::to_string_pretty(&answer).unwrap_or_default();
        if let Some(file) = &self.save {
            files::write(file, &format!("{pretty}\n"))?;
        }
        if self.json {
            out::print(&pretty);
        } else {
            let texts: Vec<String> = plans.iter().map(for_people).collect();
            out::print(&texts.join("\n"));
        }
        let errors = plans.iter().any(refuses);
        if errors {
            return Err(Stop::failure(
                "the validator found errors; apply would be refused",
            ));
        }
        if self.exit_code && plans.iter().any(|plan| plan["changes"] == true) {
            return Err(Stop::failure(""));
        }
        Ok(())
    }
}

async fn one(portal: &Portal, read: &Read) -> Result<Value, Stop> {
    let answer = portal.post("/plan", read.document.to_json()).await?;
    if !answer.status.is_success() {
        return Err(Stop::failure(format!(
            "{}: {}",
            read.file.display(),
            answer.problem()
        )));
    }
    let mut plan = answer.json();
    plan["file"] = read.file.display().to_string().into();
    Ok(plan)
}

/// Would the portal refuse the save? In the sandbox every error does.
fn refuses(plan: &Value) -> bool {
    plan["environment"] == "sandbox"
        && items(&plan["findings"]).any(|finding| finding["severity"] == "error")
}

fn for_people(plan: &Value) -> String {
    let mut text = format!(
        "{} in {} ({})\n",
        word(&plan["handle"]),
        word(&plan["environment"]),
        word(&plan["file"])
    );
    match (plan["changes"].as_bool(), plan["saved_version"].as_i64()) {
        (_, None) => text.push_str("  new: there is no such configuration yet\n"),
        (Some(false), Some(version)) => {
            let _ = writeln!(
                text,
                "  no change: this is what is saved (version {version})"
            );
        }
        (_, Some(version)) => {
            let _ = writeln!(text, "  changes what is saved (version {version}):");
        }
    }
    lines(&mut text, &plan["saved_diff"]);
    let live_class = !plan["earliest"].is_null();
    if live_class {
        let first = plan["first_launch"] == true;
        if first {
            text.push_str("  nothing is live yet: a launch makes it so\n");
        } else if items(&plan["diff"]).next().is_some() {
            text.push_str("  differs from what is live:\n");
            lines(&mut text, &plan["diff"]);
        }
        let _ = writeln!(
            text,
            "  change class: {}, approvers: {}\n  earliest deployment: {}",
            word(&plan["class"]),
            plan["approvers"],
            word(&plan["earliest"]["earliest"])
        );
        for step in items(&plan["earliest"]["steps"]) {
            if let Some(reason) = step["reason"]
                .as_str()
                .or_else(|| step["sentence"].as_str())
            {
                let _ = writeln!(text, "    {reason}");
            }
        }
        let rules =
            |value: &Value| -> String { items(value).map(word).collect::<Vec<_>>().join(", ") };
        for (what, rules) in [
            ("opens", rules(&plan["checklist_delta"]["opened"])),
            ("closes", rules(&plan["checklist_delta"]["closed"])),
        ] {
            if !rules.is_empty() {
                let _ = writeln!(text, "  checklist {what}: {rules}");
            }
        }
    } else if plan["changes"] == true {
        let _ = writeln!(
            text,
            "  change class: {}; live as soon as it is saved",
            word(&plan["class"])
        );
    }
    for finding in items(&plan["findings"]) {
        let _ = writeln!(
            text,
            "  {}  {}  {}  {}",
            word(&finding["severity"]),
            word(&finding["rule"]),
            word(&finding["path"]),
            word(&finding["message"])
        );
    }
    text
}

fn lines(text: &mut String, diff: &Value) {
    for line in items(diff) {
        let sign = match word(&line["kind"]) {
            "added" => '+',
            "removed" => '-',
            _ => '~',
        };
        let _ = writeln!(text, "    {sign} {}", word(&line["sentence"]));
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
