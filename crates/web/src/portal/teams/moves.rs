//! Moving a team to another agency, and an app to another team: chosen, looked at, done.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::partner::teams::{self, SubjectsChange, transfer};
use durward_domain::environment::EnvironmentName;
use serde::Deserialize;

use super::views::MovePage;
use super::{done, problem};
use crate::portal::desk::Desk;
use crate::portal::parts;
use crate::shared::forms::Posted;
use crate::shared::page;

/// What was chosen.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Chosen {
    target: String,
}

/// A team and the agencies that it could go to.
pub(super) async fn agency(
    desk: Desk,
    Path(handle): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Response> {
    let words = desk.words();
    let back = format!("/teams/{handle}");
    let team = teams::team(&desk.keeper, &desk.member, &handle)
        .await
        .map_err(|failure| desk.failed(failure, "/team"))?;
    let agencies = teams::agencies(&desk.keeper).await.map_err(problem)?;
    let targets: Vec<(String, String)> = agencies
        .into_iter()
        .filter(|agency| agency.id != team.agency_id)
        .map(|agency| (agency.id, agency.name))
        .collect();
    let changes = if chosen.target.is_empty() {
        None
    } else {
        let at = (handle.as_str(), chosen.target.as_str());
        let found = teams::agency_change(&desk.keeper, &desk.member, at).await;
        Some(found.map_err(|failure| desk.failed(failure, &back))?)
    };
    Ok(page::html(&MovePage {
        page: desk.page("/team"),
        data_page: "portal-team-agency",
        title: words.t1("agency-change-title", "team", &team.name),
        what: words.t1("agency-change-what", "agency", &team.agency),
        action: format!("/teams/{handle}/agency"),
        label: words.t("f-agency"),
        button: words.t("agency-change-button"),
        back,
        ..shown(&desk, chosen.target, targets, changes)
    }))
}

/// Moves it.
pub(super) async fn change_agency(
    desk: Desk,
    Path(handle): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let target = posted.text("target");
    let back = format!("/teams/{handle}/agency?target={target}");
    let at = (handle.as_str(), target);
    let confirmed = posted.text("confirm").parse().ok();
    teams::change_agency(&desk.keeper, &desk.member, at, confirmed, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    Ok(done(&handle, "renamed"))
}

/// An app and the teams that it could go to.
pub(super) async fn transfer(
    desk: Desk,
    Path(handle): Path<String>,
    Query(chosen): Query<Chosen>,
) -> Result<Response, Response> {
    let words = desk.words();
    let from = transfer::team_of(&desk.keeper, &desk.member, &handle)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let all = teams::list(&desk.keeper, &desk.member)
        .await
        .map_err(problem)?;
    let targets: Vec<(String, String)> = all
        .into_iter()
        .filter(|team| team.handle != from)
        .map(|team| (team.handle, format!("{} ({})", team.name, team.agency)))
        .collect();
    let changes = if chosen.target.is_empty() {
        None
    } else {
        let at = (handle.as_str(), chosen.target.as_str());
        let plan = transfer::plan(&desk.keeper, &desk.member, at).await;
        let back = format!("/transfer/{handle}");
        Some(
            plan.map_err(|failure| desk.failed(failure, &back))?
                .subjects,
        )
    };
    Ok(page::html(&MovePage {
        page: desk.page("/"),
        data_page: "portal-transfer",
        title: words.t1("transfer-title", "app", &handle),
        what: words.t("transfer-what"),
        action: format!("/transfer/{handle}"),
        label: words.t("partners-team"),
        button: words.t("transfer-button"),
        back: "/".to_owned(),
        ..shown(&desk, chosen.target, targets, changes)
    }))
}

/// Moves it.
pub(super) async fn move_app(
    desk: Desk,
    Path(handle): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let target = posted.text("target");
    let back = format!("/transfer/{handle}?target={target}");
    let at = (handle.as_str(), target);
    let confirmed = posted.text("confirm").parse().ok();
    let moved = transfer::transfer(&desk.keeper, &desk.member, at, confirmed, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    let first = moved
        .environments
        .first()
        .copied()
        .unwrap_or(EnvironmentName::Sandbox);
    Ok(Redirect::to(&format!("/apps/{handle}/{first}")).into_response())
}

fn shown(
    desk: &Desk,
    target: String,
    targets: Vec<(String, String)>,
    changes: Option<Vec<SubjectsChange>>,
) -> MovePage {
    let words = desk.words();
    let total = changes
        .iter()
        .flatten()
        .filter_map(|one| one.subjects)
        .sum();
    let name = targets.iter().find(|(value, _)| *value == target);
    let rows = changes.map(|changes| {
        let row = |one: &SubjectsChange| {
            (
                parts::environment_name(words, one.environment),
                one.apps.to_string(),
                one.subjects
                    .map_or_else(|| words.t("not-known"), |count| count.to_string()),
            )
        };
        changes.iter().map(row).collect()
    });
    MovePage {
        page: desk.page("/"),
        data_page: "",
        title: String::new(),
        what: String::new(),
        back: String::new(),
        action: String::new(),
        label: String::new(),
        button: String::new(),
        target_name: name.map(|(_, name)| name.clone()).unwrap_or_default(),
        target,
        targets,
        changes: rows,
        total,
    }
}
