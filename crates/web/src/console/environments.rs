//! O5: the environments side by side, and where what is saved differs from what is served.

use axum::response::Response;
use durward_app::operator::releases;
use durward_app::partner::apps::{self, AppSummary};

use super::views::{DriftCell, DriftRow, EnvironmentCard, Environments};
use crate::portal::desk::Desk;
use crate::portal::parts::{self, Mark};
use crate::shared::page;
use crate::shared::problem::Problem;

/// O5.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let found = apps::apps(&desk.keeper, &desk.member, "", MOST)
        .await?
        .items;
    let mut environments = Vec::new();
    for link in &desk.keeper.environments {
        let newest = releases::list(&desk.keeper, &desk.member, link.name)
            .await?
            .into_iter()
            .next()
            .map(|release| release.sequence);
        let served = link.door.as_ref().map(|door| door.registry.load().sequence);
        let live = found
            .iter()
            .filter(|app| app.environment == link.name && app.live_revision.is_some())
            .count();
        environments.push(EnvironmentCard {
            id: link.name.as_str(),
            name: parts::environment_name(desk.words(), link.name),
            mark: mark(&desk, served, newest),
            served: served.map_or_else(|| desk.words().t("not-known"), |number| number.to_string()),
            newest: newest.unwrap_or_default().to_string(),
            apps: live.to_string(),
            issuer: link.issuer.clone(),
        });
    }
    Ok(page::html(&Environments {
        page: desk.page("/environments"),
        environments,
        drift: drift(&desk, found),
    }))
}

fn mark(desk: &Desk, served: Option<u64>, newest: Option<i64>) -> Mark {
    let words = desk.words();
    match served {
        Some(served) if i64::try_from(served).unwrap_or(i64::MAX) >= newest.unwrap_or_default() => {
            Mark::new("good", words.t("environment-current"))
        }
        Some(_) => Mark::new("wait", words.t("environment-behind")),
        None => Mark::new("", words.t("not-known")),
    }
}

/// One row for each app, one cell for each environment.
fn drift(desk: &Desk, found: Vec<AppSummary>) -> Vec<DriftRow> {
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

const MOST: usize = 500;
