//! P4: the revisions of an app: compared, and restored as new ones.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::partner::apps::AppView;
use durward_app::partner::revisions::{self, Revision};
use durward_domain::diff::{diff, raw};
use serde::Deserialize;

use super::app;
use super::desk::{self, Desk};
use super::entered::Entered;
use super::parts::{Form, Mark};
use super::views::{AppVersion, AppVersions, RevisionLine};
use super::wizard;
use crate::shared::forms::Posted;
use crate::shared::page;

/// Which part of a long list.
#[derive(Debug, Default, Deserialize)]
pub struct Before {
    before: Option<i64>,
}

/// Which two.
#[derive(Debug, Default, Deserialize)]
pub struct Two {
    from: Option<i64>,
    to: Option<i64>,
}

/// The revisions, newest first.
pub async fn list(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(asked): Query<Before>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let name = app.summary.environment;
    let kept = revisions::revisions_before(
        &desk.keeper,
        &desk.member,
        &handle,
        name,
        asked.before,
        PAGE,
    )
    .await
    .map_err(|failure| desk.failed(failure, "/"))?;
    let head = app::head(&desk, &app, "versions").await?;
    let may_edit = app::may_edit(&desk, &app);
    let lines = kept.items.iter().enumerate().map(|(at, revision)| {
        let before = kept.items.get(at + 1);
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
        choices: kept
            .items
            .iter()
            .map(|one| (one.number.to_string(), desk.moment(one.created)))
            .collect(),
        next: kept
            .next
            .as_ref()
            .map(|before| format!("{}/versions?before={before}", head.base)),
        head,
    }))
}

/// One older revision against the newest.
pub async fn show(
    desk: Desk,
    Path((handle, environment, number)): Path<(String, String, i64)>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let numbers = (app.summary.revision, number);
    beside(&desk, &app, numbers, number).await
}

/// Any two revisions; the older one can be saved again.
pub async fn compare(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(two): Query<Two>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let to = two.to.unwrap_or(app.summary.revision);
    let from = two.from.unwrap_or(to - 1);
    beside(&desk, &app, (from, to), from.min(to)).await
}

/// What differs from the first to the second, with a form to save one of them again.
async fn beside(
    desk: &Desk,
    app: &AppView,
    (from, to): (i64, i64),
    older: i64,
) -> Result<Response, Response> {
    let words = desk.words();
    let from = numbered(desk, app, from).await?;
    let to = numbered(desk, app, to).await?;
    let head = app::head(desk, app, "versions").await?;
    let may_restore = older != app.summary.revision && app::may_edit(desk, app);
    let side = |revision: &Revision| {
        let title = words.t1("revision", "number", &revision.number.to_string());
        let what = [
            desk.moment(revision.created),
            revision.author.clone(),
            revision.note.clone(),
        ];
        (
            title,
            what.into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
        )
    };
    let numbers = (from.number.to_string(), to.number.to_string());
    Ok(page::html(&AppVersion {
        page: desk.page("/"),
        heading: words.t2("versions-two", "from", &numbers.0, "to", &numbers.1),
        sides: vec![side(&from), side(&to)],
        lines: diff(&from.document, &to.document),
        raw: raw(&from.document, &to.document),
        restore: may_restore.then(|| format!("{}/versions/{older}", head.base)),
        form: Form::plain(Entered::default()),
        version: app.summary.version.to_string(),
        head,
    }))
}

async fn numbered(desk: &Desk, app: &AppView, number: i64) -> Result<Revision, Response> {
    let (handle, environment) = (&app.summary.handle, app.summary.environment);
    revisions::revision_numbered(&desk.keeper, &desk.member, handle, environment, number)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
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
        posted.text("note"),
        &desk.trace(),
    )
    .await
    .map_err(|failure| desk.failed(failure, &back))?;
    let to = format!("{}&restored={number}", wizard::saved_at(&saved));
    Ok(Redirect::to(&to).into_response())
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

const PAGE: usize = 50;
