//! O5: the environments side by side, and where what is saved differs from what is served.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect, Response};
use durward_app::Fault;
use durward_app::operator::drift::{self, AppDrift, DriftKind, Standing};
use durward_app::operator::suspension;
use durward_app::partner::apps::{self, AppSummary};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::releases::canary_words;
use super::views::{Difference, DriftCell, DriftRow, EnvironmentCard, Environments};
use crate::portal::desk::Desk;
use crate::portal::overview::{self, DriftLine};
use crate::portal::parts::{self, Mark};
use crate::shared::forms::Posted;
use crate::shared::page;
use crate::shared::problem::Problem;

/// Which part of the list of apps.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    #[serde(default)]
    after: String,
}

/// O5.
pub async fn show(desk: Desk, Query(asked): Query<After>) -> Result<Response, Response> {
    let fault = |fault| Problem::from(fault).into_response();
    let found = apps::apps(&desk.keeper, &desk.member, &asked.after, PAGE)
        .await
        .map_err(fault)?;
    let counts = apps::live_counts(&desk.keeper, &desk.member)
        .await
        .map_err(fault)?;
    let mut production = Vec::new();
    let (mut environments, mut differences, mut repairs) = (Vec::new(), Vec::new(), Vec::new());
    for link in &desk.keeper.environments {
        let standing = drift::standing(&desk.keeper, &desk.member, link.name)
            .await
            .map_err(|failure| desk.failed(failure, "/"))?;
        let name = parts::environment_name(desk.words(), link.name);
        let repairable = standing.drift.iter().any(|one| one.repairable);
        if repairable && desk.may_for_programme(Action::DeployRelease) {
            repairs.push((link.name.as_str(), name.clone()));
        }
        if link.name == EnvironmentName::Production {
            production.clone_from(&standing.drift);
        }
        for one in &standing.drift {
            differences.push(difference(&desk, one, (link.name.as_str(), &name)));
        }
        let live = counts.get(&link.name).copied().unwrap_or_default();
        let denied = denied(&desk, link.name).await.map_err(fault)?;
        environments.push(card(&desk, &standing, (name, live, &link.issuer), &denied));
    }
    let words = desk.words();
    let deployed = found
        .items
        .iter()
        .filter(|app| app.environment == EnvironmentName::Production);
    let lines: Vec<DriftLine> = deployed
        .filter_map(|app| {
            let differs = |kinds: &[DriftKind]| {
                production
                    .iter()
                    .any(|one| one.app == app.handle && kinds.contains(&one.kind))
            };
            Some(DriftLine {
                name: app.app_name.clone(),
                handle: app.handle.clone(),
                revision: app.revision,
                live: app.live_revision?,
                differs: differs(&[DriftKind::NotServed, DriftKind::Altered, DriftKind::Agency]),
                covered: !differs(&[DriftKind::Agreement]),
            })
        })
        .collect();
    let more = differences.len().saturating_sub(MOST_DIFFERENCES);
    differences.truncate(MOST_DIFFERENCES);
    Ok(page::html(&Environments {
        page: desk.page("/environments"),
        more_differences: (more > 0)
            .then(|| words.t_count("difference-more", u64::try_from(more).unwrap_or_default())),
        picture: overview::drift(words, &lines),
        environments,
        drift: matrix(&desk, found.items),
        differences,
        repairs,
        next: found.next.map(|after| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            format!(
                "/environments?{}",
                query.append_pair("after", &after).finish()
            )
        }),
    }))
}

/// Builds the release that repairs an environment.
pub async fn repair(
    desk: Desk,
    Path(environment): Path<String>,
    _: Posted,
) -> Result<Response, Response> {
    let environment = EnvironmentName::parse(&environment)
        .map_err(|_| Problem::not_found().as_page().into_response())?;
    let made = drift::repair(&desk.keeper, &desk.member, environment, "")
        .await
        .map_err(|failure| desk.failed(failure, "/environments"))?;
    Ok(Redirect::to(&format!("/releases/{}", made.summary.id)).into_response())
}

/// The apps that nobody can sign in to, as far as the member may see them.
async fn denied(desk: &Desk, environment: EnvironmentName) -> Result<Vec<String>, Fault> {
    let all = suspension::denied_in(&desk.keeper, environment).await?;
    Ok(all
        .into_iter()
        .filter(|one| desk.may(Action::ViewApp, &one.team))
        .map(|one| one.app)
        .collect())
}

fn card(
    desk: &Desk,
    standing: &Standing,
    (name, live, issuer): (String, u64, &str),
    denied: &[String],
) -> EnvironmentCard {
    let words = desk.words();
    let mut more = Vec::new();
    if standing.elsewhere {
        let seen = standing.seen.map(|seen| desk.moment(seen));
        let seen = seen.unwrap_or_else(|| words.t("not-known"));
        more.push((words.t("environment-elsewhere"), seen));
    }
    if let Some(code) = &standing.refused {
        more.push((words.t("environment-refuses"), code.clone()));
    }
    if !denied.is_empty() {
        let mut names = denied.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>();
        let rest = u64::try_from(denied.len().saturating_sub(MOST_NAMED)).unwrap_or_default();
        names.extend((rest > 0).then(|| words.t_count("environment-more-apps", rest)));
        more.push((words.t("environment-denied"), names.join(", ")));
    }
    if let Some(run) = &standing.canary {
        more.push((words.t("release-canary"), canary_words(words, run)));
    }
    EnvironmentCard {
        id: standing.environment.as_str(),
        name,
        mark: mark(desk, standing),
        served: standing
            .served
            .map_or_else(|| words.t("not-known"), |number| number.to_string()),
        newest: standing.newest.to_string(),
        apps: live.to_string(),
        issuer: issuer.to_owned(),
        more,
    }
}

fn difference(desk: &Desk, one: &AppDrift, (id, name): (&str, &str)) -> Difference {
    let words = desk.words();
    let repair = if one.repairable {
        "difference-by-release"
    } else {
        "difference-by-hand"
    };
    Difference {
        href: format!("/apps/{}/{id}", one.app),
        app: one.app.clone(),
        environment: name.to_owned(),
        words: words.t(&format!("difference-{}", one.kind.as_str())),
        repair: words.t(repair),
    }
}

fn mark(desk: &Desk, standing: &Standing) -> Mark {
    let words = desk.words();
    match standing.served {
        Some(served) if served >= standing.newest => {
            Mark::new("good", words.t("environment-current"))
        }
        Some(_) => Mark::new("wait", words.t("environment-behind")),
        None => Mark::new("", words.t("not-known")),
    }
}

/// One row for each app, one cell for each environment.
fn matrix(desk: &Desk, found: Vec<AppSummary>) -> Vec<DriftRow> {
    let count = desk.keeper.environments.len();
    let mut rows: Vec<DriftRow> = Vec::new();
    for app in found {
        let Some(at) = desk
            .keeper
            .environments
            .iter()
            .position(|link| link.name == app.environment)
        else {
            continue;
        };
        if rows.last().is_none_or(|row| row.handle != app.handle) {
            let cells = (0..count)
                .map(|_| DriftCell {
                    words: "–".to_owned(),
                    href: None,
                    mark: None,
                })
                .collect();
            rows.push(DriftRow {
                name: app.app_name.clone(),
                handle: app.handle.clone(),
                cells,
            });
        }
        if let Some(cell) = rows.last_mut().and_then(|row| row.cells.get_mut(at)) {
            *cell = cell_of(desk, &app);
        }
    }
    rows
}

fn cell_of(desk: &Desk, app: &AppSummary) -> DriftCell {
    let words = desk.words();
    let number = app.revision.to_string();
    DriftCell {
        words: words.t1("revision", "number", &number),
        href: Some(format!("/apps/{}/{}", app.handle, app.environment)),
        mark: Some(match app.live_revision {
            Some(live) if live != app.revision => Mark::new(
                "wait",
                words.t1("drift-serves", "number", &live.to_string()),
            ),
            live => Mark::of_app(words, app.revision, live),
        }),
    }
}

const PAGE: usize = 60;
/// Differences that are listed; the rest are counted.
const MOST_DIFFERENCES: usize = 50;
/// Apps that a card names.
const MOST_NAMED: usize = 10;
