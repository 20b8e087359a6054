//! What the portal sees of a partnership elsewhere: teams, apps, agreements and launches tell that a task is done.

use std::collections::BTreeSet;

use durward_domain::environment::EnvironmentName;
use durward_domain::partnership::Task;
use durward_store::partnerships::PartnershipRow;
use durward_store::{Conn, Fault, agreements, apps, estimates, launches, members, roles};
use durward_store::{request_records, teams};
use serde_json::Value;

use crate::client::trail;

/// The tasks that are done by what the portal sees now.
pub(crate) fn seen(c: &mut Conn, row: &PartnershipRow) -> Result<BTreeSet<Task>, Fault> {
    let mut done = BTreeSet::new();
    let saved = estimates::of_partnership(c, &row.partnership_id)?;
    if !saved.is_empty() {
        done.insert(Task::Estimated);
    }
    if saved.iter().any(|one| one.accepted_us.is_some()) {
        done.insert(Task::EstimateAccepted);
    }
    let Some(team) = row.team.as_deref() else {
        return Ok(done);
    };
    if !roles::of_team(c, team)?.is_empty() {
        done.insert(Task::Joined);
    }
    let apps = apps_of(c, team)?;
    if apps.iter().any(|app| app.in_sandbox) {
        done.insert(Task::SandboxApp);
    }
    if apps.iter().any(|app| app.tried) {
        done.insert(Task::SandboxSignIn);
    }
    agreement(c, row, team, &apps, &mut done)?;
    launch(c, row, team, &mut done)?;
    Ok(done)
}

struct App {
    names: Vec<String>,
    in_sandbox: bool,
    tried: bool,
}

fn apps_of(c: &mut Conn, team: &str) -> Result<Vec<App>, Fault> {
    let mut found = Vec::new();
    for handle in teams::apps(c, team)?.into_iter().take(MOST_APPS) {
        let sandbox = EnvironmentName::Sandbox.as_str();
        let uses = request_records::uses_of(c, sandbox, &handle, trail::OUTCOME)?;
        let mut app = App {
            names: Vec::new(),
            in_sandbox: false,
            tried: uses.iter().any(|one| one.value.ends_with(REDEEMED)),
        };
        for environment in EnvironmentName::ALL {
            let place = (handle.clone(), environment.as_str().to_owned());
            if let Some(row) = apps::listed(c, place)? {
                app.in_sandbox |= environment == EnvironmentName::Sandbox;
                app.names.extend(name_of(&row.document));
            }
        }
        found.push(app);
    }
    Ok(found)
}

/// The agreement that counts is one of the team's agency that lists an app of the team, or was written since.
fn agreement(
    c: &mut Conn,
    row: &PartnershipRow,
    team: &str,
    apps: &[App],
    done: &mut BTreeSet<Task>,
) -> Result<(), Fault> {
    let Some(team) = members::find_team(c, team)? else {
        return Ok(());
    };
    let lists_one = |document: &str| {
        let names = apps.iter().flat_map(|app| &app.names);
        names.into_iter().any(|name| lists(document, name))
    };
    let furthest = agreements::all(c)?
        .iter()
        .filter(|one| one.agency_id == team.agency_id)
        .filter(|one| one.changed_us >= row.created_us || lists_one(&one.document))
        .filter_map(|one| STATES.iter().position(|(state, _)| *state == one.state))
        .max();
    let reached = furthest.map_or(0, |at| at + 1);
    done.extend(STATES.iter().take(reached).filter_map(|(_, task)| *task));
    Ok(())
}

fn launch(
    c: &mut Conn,
    row: &PartnershipRow,
    team: &str,
    done: &mut BTreeSet<Task>,
) -> Result<(), Fault> {
    let launches = launches::of_team(c, team, MOST_LAUNCHES)?;
    let production = EnvironmentName::Production.as_str();
    for one in launches.iter().filter(|one| {
        one.kind == "launch" && one.environment == production && one.created_us >= row.created_us
    }) {
        let tasks: &[Task] = match one.state.as_str() {
            "submitted" | "changes_requested" => &[Task::LaunchRequested],
            "approved" | "scheduled" => &[Task::LaunchRequested, Task::LaunchScheduled],
            "deployed" | "verified" => &[Task::LaunchRequested, Task::LaunchScheduled, Task::Live],
            _ => &[],
        };
        done.extend(tasks);
    }
    Ok(())
}

fn name_of(document: &str) -> Option<String> {
    let document: Value = serde_json::from_str(document).ok()?;
    document.get("app_name")?.as_str().map(str::to_lowercase)
}

/// Whether an agreement names an app, whatever the level.
fn lists(document: &str, name: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(document) else {
        return false;
    };
    let apps = document.get("apps").and_then(Value::as_array);
    let named = |app: &Value| {
        app.get("name")
            .and_then(Value::as_str)
            .map(str::to_lowercase)
    };
    apps.is_some_and(|apps| apps.iter().any(|app| named(app).as_deref() == Some(name)))
}

/// The states of an agreement in the order of its way, each with the task that is done when it is reached.
const STATES: &[(&str, Option<Task>)] = &[
    ("intake", None),
    ("drafting", Some(Task::AgreementInformation)),
    ("counsel_review", None),
    ("out_for_partner_signature", Some(Task::AgreementWritten)),
    ("partner_signed", Some(Task::AgreementPartnerSigned)),
    ("provider_signature", None),
    ("executed", Some(Task::AgreementExecuted)),
    ("mod", None),
];
/// How a count of redeemed codes ends.
const REDEEMED: &str = " token ok";
const MOST_APPS: usize = 200;
const MOST_LAUNCHES: i64 = 200;
