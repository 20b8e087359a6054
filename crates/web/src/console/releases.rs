//! O4: releases: what each changed, and going back.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::operator::drift::Canary;
use durward_app::operator::releases::{self, ReleaseChange, ReleaseSummary, ReleaseView};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::views::{ChangeCard, Release, ReleaseLine, Releases};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{self, Form, Mark, Tab};
use crate::portal::views::Reason;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page;
use crate::shared::problem::Problem;

/// Which environment.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    environment: String,
}

/// The releases of an environment.
pub async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let words = desk.words();
    let chosen = EnvironmentName::parse(&asked.environment).unwrap_or(EnvironmentName::Production);
    let found = releases::list(&desk.keeper, &desk.member, chosen).await?;
    Ok(page::html(&Releases {
        page: desk.page("/releases"),
        tabs: desk
            .keeper
            .environments
            .iter()
            .map(|link| Tab {
                text: parts::environment_name(words, link.name),
                href: format!("/releases?environment={}", link.name),
                current: link.name == chosen,
            })
            .collect(),
        releases: found
            .into_iter()
            .map(|release| line(&desk, release))
            .collect(),
    }))
}

/// One release.
pub async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let found = releases::find(&desk.keeper, &desk.member, &id)
        .await
        .map_err(|failure| desk.failed(failure, "/releases"))?;
    Ok(page::html(&view(&desk, found)))
}

/// Makes it current again.
pub async fn deploy(desk: Desk, Path(id): Path<String>, _: Posted) -> Result<Response, Response> {
    let back = format!("/releases/{id}");
    match releases::deploy(&desk.keeper, &desk.member, &id, &desk.trace()).await {
        Ok(made) => Ok(Redirect::to(&format!("/releases/{}", made.summary.id)).into_response()),
        Err(failure) => Err(desk.failed(failure, &back)),
    }
}

/// Asks why, then rolls one app of a release back.
pub async fn rollback(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let words = desk.words();
    let back = format!("/releases/{id}");
    let (app, reason) = (posted.text("app").to_owned(), posted.text("reason"));
    if reason.is_empty() {
        return Ok(page::html(&Reason {
            page: desk.page("/releases"),
            title: words.t1("release-roll-back", "app", &app),
            what: words.t("release-roll-back-what"),
            action: format!("{back}/rollback"),
            hidden: vec![("app", app.clone())],
            form: Form::plain(Entered::default()),
            button: words.t1("release-roll-back", "app", &app),
            back,
        }));
    }
    match releases::rollback(
        &desk.keeper,
        &desk.member,
        &id,
        (Some(&app), reason),
        &desk.trace(),
    )
    .await
    {
        Ok(made) => Ok(Redirect::to(&format!("/releases/{}", made.summary.id)).into_response()),
        Err(failure) => Err(desk.failed(failure, &back)),
    }
}

/// Asks why, then rolls the whole environment back to a release.
pub async fn rollback_all(
    desk: Desk,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let words = desk.words();
    let (back, reason) = (format!("/releases/{id}"), posted.text("reason"));
    if reason.is_empty() {
        return Ok(page::html(&Reason {
            page: desk.page("/releases"),
            title: words.t("whole-button"),
            what: words.t("whole-what"),
            action: format!("{back}/rollback-all"),
            hidden: Vec::new(),
            form: Form::plain(Entered::default()),
            button: words.t("whole-button"),
            back,
        }));
    }
    let found = releases::find(&desk.keeper, &desk.member, &id)
        .await
        .map_err(|failure| desk.failed(failure, &back))?;
    let made = releases::rollback_environment(
        &desk.keeper,
        &desk.member,
        found.summary.environment,
        (found.summary.sequence, reason),
        &desk.trace(),
    )
    .await
    .map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to(&format!("/releases/{}", made.summary.id)).into_response())
}

fn view(desk: &Desk, found: ReleaseView) -> Release {
    let words = desk.words();
    let ReleaseView {
        summary,
        changes,
        launches,
        canary,
        ..
    } = found;
    let mut facts = vec![
        (words.t("release-sequence"), summary.sequence.to_string()),
        (words.t("release-digest"), summary.digest.clone()),
        (words.t("release-root"), summary.root.clone()),
        (words.t("release-kind"), kind(desk, &summary.kind)),
        (words.t("release-author"), summary.author.clone()),
    ];
    if let Some(deployed) = summary.deployed {
        facts.push((words.t("release-deployed"), desk.moment(deployed)));
    }
    if !launches.is_empty() {
        facts.push((words.t("release-requests"), launches.join(", ")));
    }
    if let Some(run) = &canary {
        facts.push((words.t("release-canary"), canary_words(words, run)));
    }
    let can_go_back = desk.may_for_programme(Action::RollBack);
    Release {
        page: desk.page("/releases"),
        title: words.t1("release-number", "number", &summary.sequence.to_string()),
        environment: parts::environment_name(words, summary.environment),
        time: desk.moment(summary.created),
        mark: mark(desk, &summary),
        reason: summary.reason.clone(),
        may_go_back: can_go_back && !summary.current,
        back: format!("/releases?environment={}", summary.environment),
        may_deploy: !changes.is_empty()
            && changes.iter().any(|change| !change.in_effect)
            && desk.may_for_programme(Action::DeployRelease),
        changes: changes
            .into_iter()
            .map(|change| card(desk, summary.environment, change, can_go_back))
            .collect(),
        facts,
        id: summary.id,
    }
}

fn card(
    desk: &Desk,
    environment: EnvironmentName,
    change: ReleaseChange,
    can_go_back: bool,
) -> ChangeCard {
    let words = desk.words();
    let said = match (change.before, change.after) {
        (None, Some(new)) => words.t1("change-added", "new", &new.to_string()),
        (Some(old), Some(new)) => words.t2(
            "change-set",
            "old",
            &old.to_string(),
            "new",
            &new.to_string(),
        ),
        _ => words.t("change-removed"),
    };
    ChangeCard {
        href: format!("/apps/{}/{environment}", change.app),
        words: said,
        denied: change.denied.then(|| words.t("release-denied")),
        diff: change.diff,
        may_roll_back: can_go_back && change.in_effect && change.after.is_some(),
        handle: change.app,
    }
}

pub(super) fn line(desk: &Desk, release: ReleaseSummary) -> ReleaseLine {
    ReleaseLine {
        mark: mark(desk, &release),
        sequence: release.sequence.to_string(),
        time: desk.moment(release.created),
        reason: release.reason,
        apps: release.apps.join(", "),
        author: release.author,
        id: release.id,
    }
}

fn mark(desk: &Desk, release: &ReleaseSummary) -> Mark {
    let words = desk.words();
    match (release.current, release.deployed.is_some()) {
        (true, true) => Mark::new("good", words.t("release-current")),
        (_, false) => Mark::new("wait", words.t("release-waiting")),
        (false, true) => Mark::new("", kind(desk, &release.kind)),
    }
}

/// How a canary sign-in ended.
pub(super) fn canary_words(words: Words, run: &Canary) -> String {
    let number = run.sequence.to_string();
    if run.passed {
        words.t1("canary-passed", "number", &number)
    } else {
        words.t2("canary-failed", "number", &number, "step", &run.step)
    }
}

fn kind(desk: &Desk, kind: &str) -> String {
    desk.words()
        .find(&format!("release-kind-{kind}"))
        .unwrap_or_else(|| kind.to_owned())
}
