//! P4: the revisions of an app: compared, and restored as new ones.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::partner::apps::AppView;
use durward_app::partner::revisions::{self, Revision};
use durward_domain::diff::diff;

use super::app;
use super::desk::{self, Desk};
use super::parts::Mark;
use super::views::{AppVersion, AppVersions, RevisionLine};
use super::wizard;
use crate::shared::forms::Posted;
use crate::shared::page;
use crate::shared::problem::Problem;

/// The revisions, newest first.
pub async fn list(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let kept = kept(&desk, &app).await?;
    let head = app::head(&desk, &app, "versions").await?;
    let may_edit = app::may_edit(&desk, &app);
    let lines = kept.iter().enumerate().map(|(at, revision)| {
        let before = kept.get(at + 1);
        let is_newest = revision.number == app.summary.revision;
        RevisionLine {
            number: revision.number.to_string(),
            time: desk.moment(revision.created),
            author: revision.author.clone(),
            note: revision.note.clone(),
            marks: marks(&desk, &app, revision),
            changes: before
                .map(|before| diff(&before.document, &revision.document))
                .unwrap_or_default(),
            compare: (!is_newest).then(|| format!("{}/versions/{}", head.base, revision.number)),
            may_restore: may_edit && !is_newest,
        }
    });
    Ok(page::html(&AppVersions {
        page: desk.page("/"),
        revisions: lines.collect(),
        head,
    }))
}

/// One older revision against the newest.
pub async fn show(
    desk: Desk,
    Path((handle, environment, number)): Path<(String, String, i64)>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let kept = kept(&desk, &app).await?;
    let older = kept
        .iter()
        .find(|revision| revision.number == number)
        .ok_or_else(|| Problem::not_found().as_page().into_response())?;
    let (new, old) = (app.summary.revision.to_string(), number.to_string());
    Ok(page::html(&AppVersion {
        page: desk.page("/"),
        heading: desk
            .words()
            .t2("versions-between", "new", &new, "old", &old),
        lines: diff(&app.document, &older.document),
        may_restore: number != app.summary.revision && app::may_edit(&desk, &app),
        version: app.summary.version.to_string(),
        head: app::head(&desk, &app, "versions").await?,
    }))
}

/// Saves an older revision again.
pub async fn restore(
    desk: Desk,
    Path((handle, environment, number)): Path<(String, String, i64)>,
    posted: Posted,
) -> Result<Response, Response> {
    let name = desk::environment(&environment)?;
    let back = format!("/apps/{handle}/{environment}/versions/{number}");
    let seen = posted.text("version").parse().unwrap_or(0);
    let saved = revisions::restore(
        &desk.keeper,
        &desk.member,
        &handle,
        name,
        (number, seen),
        &desk.trace(),
    )
    .await
    .map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to(&wizard::saved_at(&saved)).into_response())
}

async fn kept(desk: &Desk, app: &AppView) -> Result<Vec<Revision>, Response> {
    let (handle, environment) = (&app.summary.handle, app.summary.environment);
    revisions::revisions(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

fn marks(desk: &Desk, app: &AppView, revision: &Revision) -> Vec<Mark> {
    let mut marks = Vec::new();
    if revision.number == app.summary.revision {
        marks.push(Mark::new("news", desk.words().t("revision-newest")));
    }
    if Some(revision.number) == app.summary.live_revision {
        marks.push(Mark::new("good", desk.words().t("app-live")));
    }
    marks
}
