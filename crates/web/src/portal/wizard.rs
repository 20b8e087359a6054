//! P3: the wizard. Every step is kept in a draft that the team shares.

mod check;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::{self, AppRefusal};
use durward_app::partner::drafts::{self, Draft, DraftInput};
use durward_app::partner::save::Saved;
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::desk::{self, Desk};
use super::entered::{Entered, Origin};
use super::fields::{self, Kind, Step};
use super::form::{self, Wrong};
use super::parts;
use super::views::{Conflict, StepLink, Wizard};
use crate::shared::forms::Posted;
use crate::shared::page;

/// What a step was asked to show besides.
#[derive(Debug, Default, Deserialize)]
pub struct Besides {
    /// The list that has one more empty line.
    #[serde(default)]
    add: String,
}

/// The first step of a new app.
pub async fn new(desk: Desk) -> Result<Response, Response> {
    let mut entered = Entered::new();
    let team = desk
        .member
        .teams()
        .into_iter()
        .find(|team| desk.may(Action::CreateSandboxApp, team));
    match team {
        Some(team) => entered.set("team", team),
        None if desk.may_for_programme(Action::CreateSandboxApp) => {}
        None => return Err(desk.not_allowed(Action::CreateSandboxApp)),
    }
    show(&desk, None, entered, Step::Settings, Shown::default()).await
}

/// Keeps the first step of a new app as a draft.
pub async fn create(desk: Desk, posted: Posted) -> Result<Response, Response> {
    take_step(&desk, None, Entered::new(), Step::Settings, &posted).await
}

/// The first step of another environment's configuration, which starts from the sandbox.
pub async fn new_configuration(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let entered = starting(&desk, &handle, &environment).await?;
    show(&desk, None, entered, Step::Settings, Shown::default()).await
}

/// Keeps the first step of another environment's configuration as a draft.
pub async fn create_configuration(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let entered = starting(&desk, &handle, &environment).await?;
    take_step(&desk, None, entered, Step::Settings, &posted).await
}

/// One step of a draft.
pub async fn step(
    desk: Desk,
    Path((id, step)): Path<(String, String)>,
    Query(besides): Query<Besides>,
) -> Result<Response, Response> {
    let (draft, entered, step) = open(&desk, &id, &step).await?;
    let shown = Shown {
        extra: list_named(&besides.add),
        ..Shown::default()
    };
    show(&desk, Some(&draft), entered, step, shown).await
}

/// Keeps one step, or saves at the last one.
pub async fn post_step(
    desk: Desk,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (draft, entered, step) = open(&desk, &id, &step).await?;
    if posted.has("discard") {
        drafts::draft_delete(&desk.keeper, &desk.member, &id, &desk.trace())
            .await
            .map_err(|failure| desk.failed(failure, "/"))?;
        return Ok(Redirect::to("/?draft=gone").into_response());
    }
    if step == Step::Check && !posted.has("later") {
        return check::save(&desk, draft, entered, &posted).await;
    }
    take_step(&desk, Some(draft), entered, step, &posted).await
}

/// A draft that the member may change, as it was kept.
pub(super) async fn open(
    desk: &Desk,
    id: &str,
    step: &str,
) -> Result<(Draft, Entered, Step), Response> {
    let draft = drafts::draft_find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let entered = Entered::from_json(&draft.entered);
    Ok((draft, entered, Step::parse(step).unwrap_or(Step::Settings)))
}

async fn starting(desk: &Desk, handle: &str, environment: &str) -> Result<Entered, Response> {
    let environment = desk::environment(environment)?;
    let view = apps::app(&desk.keeper, &desk.member, handle, EnvironmentName::Sandbox)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    if !desk.may(Action::CreateProductionConfiguration, &view.summary.team) {
        return Err(desk.not_allowed(Action::CreateProductionConfiguration));
    }
    Ok(Entered::starting_from(&view.document, environment))
}

/// Keeps what was typed, then goes on, or shows the step again with what is wrong in it.
async fn take_step(
    desk: &Desk,
    draft: Option<Draft>,
    before: Entered,
    step: Step,
    posted: &Posted,
) -> Result<Response, Response> {
    let mut entered = before.clone();
    let picture = entered.take(posted, &[step]);
    keep_fixed(&mut entered, &before);
    let filled = step == Step::HelpText && form::fill_presets(desk, &mut entered, posted).await?;
    let cleared = entered.clear_stale(&before);
    entered.keep_cleared(&cleared);
    let mut wrong = form::wrong_in(desk, &entered, step).await?;
    entered.forget_private_keys();
    let id = match keep(desk, draft.as_ref(), &entered, posted).await? {
        Ok(id) => id,
        Err(()) => {
            let draft = draft.as_ref().map_or("", |draft| &draft.id);
            return conflict(desk, draft, &before, entered, step).await;
        }
    };
    if posted.has("later") {
        return Ok(Redirect::to("/?draft=kept").into_response());
    }
    let here = format!("/drafts/{id}/{}", step.as_str());
    if posted.has("remove") || filled && posted.has("apply_presets") {
        return Ok(Redirect::to(&here).into_response());
    }
    if let Some(list) = list_named(posted.text("add")) {
        return Ok(Redirect::to(&format!("{here}?add={list}")).into_response());
    }
    if let Err(refusal) = picture {
        wrong.insert(0, Wrong::at("logo", desk.words().t(refusal.key())));
    }
    if !wrong.is_empty() {
        let (draft, _, _) = open(desk, &id, step.as_str()).await?;
        let shown = Shown {
            wrong,
            ..Shown::default()
        };
        return show(desk, Some(&draft), entered, step, shown).await;
    }
    let next = step.next().unwrap_or(Step::Check);
    Ok(Redirect::to(&format!("/drafts/{id}/{}", next.as_str())).into_response())
}

/// Of an app that there is already, short name, team and environment stay; of a configuration, the issuer too.
pub(super) fn keep_fixed(entered: &mut Entered, before: &Entered) {
    let fixed: &[&str] = match before.origin() {
        Origin::New => &[],
        Origin::Copy => &["handle", "team", "environment"],
        Origin::Change => &["handle", "team", "environment", "issuer"],
    };
    for name in fixed {
        entered.set(name, before.text(name));
    }
}

/// Keeps the draft; `Err(())` when somebody else saved it since this page was shown.
async fn keep(
    desk: &Desk,
    draft: Option<&Draft>,
    entered: &Entered,
    posted: &Posted,
) -> Result<Result<String, ()>, Response> {
    let kept_name = draft.map_or("", |draft| draft.name.as_str());
    let input = DraftInput {
        seen: draft.map(|draft| (draft.id.as_str(), seen_version(draft, posted))),
        name: posted.fields().find("draft_name").unwrap_or(kept_name),
        team: entered.text("team"),
        entered: &entered.to_json(),
    };
    match drafts::draft_save(&desk.keeper, &desk.member, input, Some(&desk.trace())).await {
        Ok(kept) => Ok(Ok(kept.id)),
        Err(Failure::Refused(AppRefusal::DraftStale(_))) => Ok(Err(())),
        Err(failure) => Err(desk.failed(failure, "/")),
    }
}

/// The version that the page showed; a program that sends none means the newest.
fn seen_version(draft: &Draft, posted: &Posted) -> i64 {
    posted
        .text("draft_version")
        .parse()
        .unwrap_or(draft.version)
}

/// Both versions beside each other: what was typed stays in the form, and a second press saves it.
async fn conflict(
    desk: &Desk,
    id: &str,
    before: &Entered,
    entered: Entered,
    step: Step,
) -> Result<Response, Response> {
    let (draft, theirs, _) = open(desk, id, step.as_str()).await?;
    // Only the fields of this step were typed; everything else is theirs.
    let mut mine = theirs.clone();
    for field in fields::FIELDS.iter().filter(|field| field.step == step) {
        mine.set(field.name, entered.text(field.name));
    }
    keep_fixed(&mut mine, before);
    let shown = Shown {
        conflict: Some(Conflict {
            who: draft.editor.clone(),
            when: desk.moment(draft.changed),
            lines: form::versus(desk.words(), &mine, &theirs, step),
        }),
        ..Shown::default()
    };
    show(desk, Some(&draft), mine, step, shown).await
}

/// What a step shows besides its fields.
#[derive(Default)]
pub(super) struct Shown {
    wrong: Vec<Wrong>,
    extra: Option<&'static str>,
    conflict: Option<Conflict>,
}

impl Shown {
    /// With what is wrong.
    pub(super) fn wrong(wrong: Vec<Wrong>) -> Self {
        Self {
            wrong,
            ..Self::default()
        }
    }
}

async fn show(
    desk: &Desk,
    draft: Option<&Draft>,
    entered: Entered,
    step: Step,
    shown: Shown,
) -> Result<Response, Response> {
    let here = if entered.origin() == Origin::New {
        "/apps/new"
    } else {
        "/"
    };
    let page = form::with_wrong(desk.page(here), &shown.wrong);
    if step == Step::Check
        && let Some(draft) = draft
    {
        return check::show(desk, page, draft, entered, shown.conflict).await;
    }
    let page = form::with_cleared(page, &entered.last_cleared());
    let words = desk.words();
    let back = draft
        .zip(step.before())
        .map(|(draft, step)| format!("/drafts/{}/{}", draft.id, step.as_str()));
    let status = match (&shown.conflict, shown.wrong.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let view = Wizard {
        step,
        step_number: step.number().to_string(),
        steps_in_all: Step::ALL.len().to_string(),
        place: place(desk, &entered),
        from: (draft.is_none() && entered.origin() == Origin::Copy)
            .then(|| words.t("environment-sandbox")),
        action: draft
            .map(|draft| format!("/drafts/{}/{}", draft.id, step.as_str()))
            .unwrap_or_default(),
        back,
        draft: draft.map(|draft| parts::DraftPlace::of(draft, desk.moment(draft.changed))),
        steps: step_links(desk, draft, step),
        form: form::form(desk, entered, &shown.wrong, shown.extra).await?,
        conflict: shown.conflict,
        page,
    };
    Ok(page::html_with(status, &view))
}

/// Where an app is shown after a save, with how fast it was live.
pub(super) fn saved_at(saved: &Saved) -> String {
    let live = saved
        .live
        .as_ref()
        .map(|live| format!("&ms={}", live.ms))
        .unwrap_or_default();
    format!(
        "/apps/{}/{}?saved={}{live}",
        saved.handle, saved.environment, saved.revision
    )
}

/// The app and the environment in a few words.
pub(super) fn place(desk: &Desk, entered: &Entered) -> String {
    let environment = parts::environment_name(desk.words(), entered.environment());
    match entered.text("app_name") {
        "" => environment,
        name => format!("{name} · {environment}"),
    }
}

/// A list that can have one more line.
pub(super) fn list_named(name: &str) -> Option<&'static str> {
    fields::named(name)
        .filter(|field| field.kind == Kind::List)
        .map(|field| field.name)
}

fn step_links(desk: &Desk, draft: Option<&Draft>, current: Step) -> Vec<StepLink> {
    let links = Step::ALL.into_iter().map(|step| StepLink {
        title: desk.words().t(step.title()),
        href: draft
            .map(|draft| format!("/drafts/{}/{}", draft.id, step.as_str()))
            .unwrap_or_default(),
        current: step == current,
    });
    links.collect()
}
