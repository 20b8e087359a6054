//! P5: rotating a key in one flow: where it stands, and the one thing to do next.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::apps::AppView;
use durward_app::partner::rotation::{self, RotationDenied, RotationView, Start};
use durward_domain::change::{RotationStage, RotationStep};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;

use super::app::{self, find, head};
use super::desk::{self, Desk};
use super::entered::Entered;
use super::parts::{Form, Mark};
use super::views::AppHead;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page, view};
use crate::shared::route::{Needs, Route};

/// The page and its buttons.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/{handle}/{environment}/rotation", || get(show)).may(Action::ViewApp),
    takes(
        "/apps/{handle}/{environment}/rotation",
        UPLOAD,
        STEPS,
        || post(act),
    )
    .needs(EDITS),
];

const UPLOAD: usize = 256 * 1024;
/// Who may rotate a key.
pub(crate) const EDITS: Needs = Needs::ByEnvironment {
    sandbox: Action::EditSandboxApp,
    live: Action::EditProductionConfiguration,
};
/// What the steps of a rotation record.
pub(crate) const STEPS: &[Event] = &[
    Event::RotationStarted,
    Event::RotationEnded,
    Event::RotationCancelled,
    Event::AppRevisionSaved,
    Event::AppKeyAdded,
    Event::AppKeyRemoved,
    Event::ChangeCreated,
    Event::ChangeSubmitted,
    Event::ChangeWithdrawn,
    Event::ReleaseBuilt,
    Event::ReleaseDeployed,
];

view! {
    /// Where a rotation stands, or the form that begins one.
    Rotation in "portal/app_rotation.html" {
        /// The head.
        head: AppHead,
        /// The three steps of the open rotation; empty without one.
        steps: Vec<StepLine>,
        /// What is to be done or waited for now.
        now: String,
        /// Its keys and days, label and value.
        facts: Vec<(String, String)>,
        /// The button that takes the next step.
        next: Option<String>,
        /// Whether that must be confirmed: why.
        confirm: Option<String>,
        /// The last rotation, in a sentence.
        last: Option<String>,
        /// The keys that can be replaced; empty while a rotation is open, or when nothing is live.
        keys: Vec<String>,
        /// Whether the member may act.
        may_edit: bool,
        /// Whether a name is asked for, because a request is written.
        attests: bool,
        /// What was typed.
        form: Form,
    }
}

/// One of the three steps.
pub struct StepLine {
    /// What it is.
    pub text: String,
    /// Whether it is done, now, or later.
    pub mark: Mark,
    /// Its request.
    pub request: Option<String>,
}

async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let page = desk.page("/");
    shown(&desk, &app, page, Entered::default()).await
}

async fn shown(
    desk: &Desk,
    app: &AppView,
    page: Page,
    entered: Entered,
) -> Result<Response, Response> {
    let words = desk.words();
    let (handle, environment) = (&app.summary.handle, app.summary.environment);
    let found = rotation::find(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let (open, last) = match found {
        Some(view) if view.stage.is_over() => (None, Some(view)),
        found => (found, None),
    };
    let keys = match &open {
        Some(_) => Vec::new(),
        None => {
            let live = app.live.iter().flat_map(|live| &live.keys);
            live.map(durward_domain::application::Key::fingerprint)
                .collect()
        }
    };
    let step = open.as_ref().map(|view| view.step);
    Ok(page::html(&Rotation {
        page,
        head: head(desk, app, "keys").await?,
        steps: open.iter().flat_map(|view| lines(desk, view)).collect(),
        now: open.as_ref().map_or_else(String::new, |view| {
            let days = view.quiet_days.to_string();
            words.t1(&stage_key(view.stage), "days", &days)
        }),
        facts: open.iter().flat_map(|view| facts(desk, view)).collect(),
        next: step.and_then(next_key).map(|key| words.t(key)),
        confirm: open
            .as_ref()
            .filter(|view| view.step == RotationStep::RemoveConfirmed)
            .map(|_| words.t("rotation-confirm")),
        last: last.map(|view| {
            let ended = view.ended.map(|time| desk.moment(time));
            let when = ended.unwrap_or_default();
            let key = format!("rotation-last-{}", view.stage.as_str());
            words.t2(&key, "when", &when, "who", &view.by)
        }),
        keys,
        may_edit: app::may_edit(desk, app),
        attests: environment.class().is_live(),
        form: Form::plain(entered),
    }))
}

async fn act(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let place = (handle.as_str(), desk::environment(&environment)?);
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let name = posted.text("attested_by");
    let (done, field) = if posted.has("cancel") {
        let reason = posted.text("reason");
        let done = rotation::cancel(keeper, member, place, reason, &trace).await;
        (done, "cancel")
    } else if posted.has("advance") {
        let how = (posted.has("confirm"), name);
        let done = rotation::advance(keeper, member, place, how, &trace).await;
        (done, "advance")
    } else {
        let key = match posted.file("key_file") {
            Some(file) => file.bytes.clone(),
            None => posted.text("key").as_bytes().to_vec(),
        };
        let given = Start {
            key: &key,
            old: Some(posted.text("old")).filter(|old| !old.is_empty()),
            attested_by: name,
        };
        let done = rotation::start(keeper, member, place, given, &trace).await;
        (done, "key")
    };
    answered(&desk, place, &posted, (done, field)).await
}

async fn answered(
    desk: &Desk,
    (handle, environment): (&str, EnvironmentName),
    posted: &Posted,
    (done, field): (Result<RotationView, Failure<RotationDenied>>, &'static str),
) -> Result<Response, Response> {
    let here = format!("/apps/{handle}/{environment}/rotation");
    let refusal = match done {
        Ok(_) => return Ok(Redirect::to(&here).into_response()),
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(desk.failed(failure, &here)),
    };
    if refusal.code().starts_with("permission/") {
        return Err(desk.refused(&refusal, &here));
    }
    let app = find(desk, handle, environment.as_str()).await?;
    let mut sentence = desk.words().refusal(&refusal);
    if let RotationDenied::Key(durward_app::partner::keys::KeyDenied::App(refusal))
    | RotationDenied::App(refusal) = &refusal
    {
        let more: Vec<String> = refusal
            .findings()
            .iter()
            .map(|finding| finding.message.clone())
            .collect();
        sentence = format!("{sentence} {}", more.join(" "));
    }
    // What was begun stands: its next button takes it further.
    let field = match &refusal {
        RotationDenied::Request(_) if field == "key" => "advance",
        _ => field,
    };
    let page = desk.page("/").with_error(field, sentence);
    let mut entered = Entered::default();
    for name in ["key", "old", "attested_by", "reason"] {
        entered.set(name, posted.text(name));
    }
    shown(desk, &app, page, entered).await
}

fn stage_key(stage: RotationStage) -> String {
    format!("rotation-stage-{}", stage.as_str().replace('_', "-"))
}

const fn next_key(step: RotationStep) -> Option<&'static str> {
    match step {
        RotationStep::Add => Some("rotation-do-add"),
        RotationStep::Remove | RotationStep::RemoveConfirmed => Some("rotation-do-remove"),
        RotationStep::Wait | RotationStep::Nothing => None,
    }
}

fn lines(desk: &Desk, view: &RotationView) -> Vec<StepLine> {
    use RotationStage as S;
    let at = match view.stage {
        S::Preparing
        | S::AdditionDraft
        | S::AdditionReview
        | S::AdditionSentBack
        | S::AdditionWaits
        | S::AdditionStopped => 0,
        S::WaitsForUse | S::BothUsed => 1,
        _ => 2,
    };
    let requests = [view.addition.as_ref(), None, view.removal.as_ref()];
    let keys = [
        "rotation-step-add",
        "rotation-step-use",
        "rotation-step-remove",
    ];
    keys.into_iter()
        .zip(requests)
        .enumerate()
        .map(|(number, (key, request))| StepLine {
            text: desk.words().t(key),
            mark: match number.cmp(&at) {
                std::cmp::Ordering::Less => Mark::new("good", desk.words().t("rotation-is-done")),
                std::cmp::Ordering::Equal => Mark::new("wait", desk.words().t("rotation-is-now")),
                std::cmp::Ordering::Greater => Mark::new("", desk.words().t("rotation-is-later")),
            },
            request: request.map(|id| format!("/launches/{id}")),
        })
        .collect()
}

fn facts(desk: &Desk, view: &RotationView) -> Vec<(String, String)> {
    let words = desk.words();
    let used = |time: Option<jiff::Timestamp>, never: &str| {
        time.map_or_else(|| words.t(never), |time| desk.moment(time))
    };
    let mut list = vec![
        (words.t("rotation-old"), view.old_key.clone()),
        (
            words.t("rotation-old-used"),
            used(view.old_used, "key-never"),
        ),
        (words.t("rotation-new"), view.new_key.clone()),
        (
            words.t("rotation-new-used"),
            used(view.new_used, "rotation-not-yet"),
        ),
    ];
    if let (Some(from), true) = (view.quiet_from, view.new_used.is_some()) {
        list.push((words.t("rotation-quiet-from"), desk.moment(from)));
    }
    let begun = words.t2(
        "rotation-begun-by",
        "who",
        &view.by,
        "when",
        &desk.moment(view.begun),
    );
    list.push((words.t("rotation-begun"), begun));
    list
}

#[cfg(test)]
pub(crate) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The page with an open rotation at each stage, and without one.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/");
        let words = page().words;
        let open = |stage: RotationStage| Rotation {
            head: samples::head(&page(), "keys"),
            steps: vec![StepLine {
                text: words.t("rotation-step-add"),
                mark: Mark::new("wait", words.t("rotation-is-now")),
                request: Some("/launches/019a6f3e".to_owned()),
            }],
            now: words.t1(&stage_key(stage), "days", "7"),
            facts: vec![(words.t("rotation-old"), "Dk2…".to_owned())],
            next: next_key(stage.step()).map(|key| words.t(key)),
            confirm: (stage.step() == RotationStep::RemoveConfirmed)
                .then(|| words.t("rotation-confirm")),
            last: None,
            keys: Vec::new(),
            may_edit: true,
            attests: true,
            form: Form::plain(Entered::default()),
            page: page().with_error("advance", "The checklist is open."),
        };
        let begin = Rotation {
            steps: Vec::new(),
            now: String::new(),
            facts: Vec::new(),
            next: None,
            confirm: None,
            last: Some(words.t2("rotation-last-done", "when", "2026-11-20", "who", "Robin")),
            keys: vec!["Dk2…".to_owned(), "Ab1…".to_owned()],
            page: page().with_error("key", "Give one new key."),
            ..open(RotationStage::Ready)
        };
        RotationStage::ALL
            .into_iter()
            .filter(|stage| !stage.is_over())
            .map(|stage| open(stage).render())
            .chain([begin.render()])
            .map(Result::unwrap_or_default)
            .collect()
    }
}
