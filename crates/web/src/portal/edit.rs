//! P3: the same fields on one page, to change what was saved.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::{self, AppRefusal, AppView};
use durward_app::partner::drafts::{self, DraftInput};
use durward_app::partner::save::{Input, Save, save_app};
use durward_domain::application::AppDocument;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;

use super::app;
use super::desk::{self, Desk};
use super::entered::{Cleared, Entered};
use super::fields::{self, Step};
use super::form::{self, Wrong};
use super::launch;
use super::views::Edit;
use super::wizard;
use crate::shared::forms::Posted;
use crate::shared::page;

/// The form with what is saved.
pub async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    if !app::may_edit(&desk, &app) {
        return Err(desk.not_allowed(Action::EditSandboxApp));
    }
    let entered = Entered::changing(&app.document, app.summary.version);
    let shown = Shown::of(app.summary.version);
    render(&desk, &app, entered, shown).await
}

/// Saves what was typed, or shows it again with what is wrong.
pub async fn save(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let here = format!("/apps/{handle}/{environment}/edit");
    let before = Entered::changing(&app.document, app.summary.version);
    let mut entered = before.clone();
    let picture = entered.take(&posted, &STEPS);
    wizard::keep_fixed(&mut entered, &before);
    let filled = form::fill_presets(&desk, &mut entered, &posted).await?;
    let cleared = entered.clear_stale(&before);
    let seen = posted
        .text("version")
        .parse()
        .unwrap_or(app.summary.version);
    entered.set("version", &seen.to_string());
    let mut shown = Shown {
        cleared,
        ..Shown::of(seen)
    };
    if posted.has("later") {
        return keep_as_draft(&desk, entered).await;
    }
    shown.extra = wizard::list_named(posted.text("add"));
    let only_shapes =
        shown.extra.is_some() || posted.has("remove") || filled && posted.has("apply_presets");
    if only_shapes && picture.is_ok() {
        entered.forget_private_keys();
        shown.keeps_uploads = true;
        return render(&desk, &app, entered, shown).await;
    }
    if let Err(refusal) = picture {
        shown.wrong = vec![Wrong::at("logo", desk.words().t(refusal.key()))];
        return render(&desk, &app, entered, shown).await;
    }
    let document = entered.document(Some(&app.document));
    let refused = match document.clone() {
        Err(fault) => AppRefusal::Unreadable(fault),
        Ok(document) => {
            let input = Input::Document(Box::new(document));
            let save = Save::Replace { seen_version: seen };
            let (keeper, member) = (&desk.keeper, &desk.member);
            let note = posted.text("note");
            match save_app(keeper, member, input, save, note, &desk.trace()).await {
                Ok(saved) => {
                    let to = with_cleared(wizard::saved_at(&saved), &shown.cleared);
                    return Ok(Redirect::to(&to).into_response());
                }
                Err(Failure::Refused(AppRefusal::Denied(denied))) => {
                    return Err(desk.refused(&denied, &here));
                }
                Err(Failure::Refused(refusal)) => refusal,
                Err(failure) => return Err(desk.failed(failure, &here)),
            }
        }
    };
    shown.wrong = form::refused(&refused, document.as_ref().ok(), &desk);
    if matches!(refused, AppRefusal::Stale) {
        shown.overtaken_by(&app, document.ok().as_ref());
    }
    entered.forget_private_keys();
    render(&desk, &app, entered, shown).await
}

/// Keeps what was typed as a draft of the team, to go on later.
async fn keep_as_draft(desk: &Desk, mut entered: Entered) -> Result<Response, Response> {
    entered.forget_private_keys();
    let input = DraftInput {
        seen: None,
        name: "",
        team: entered.text("team"),
        entered: &entered.to_json(),
    };
    drafts::draft_save(&desk.keeper, &desk.member, input, Some(&desk.trace()))
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    Ok(Redirect::to("/?draft=kept").into_response())
}

fn with_cleared(to: String, cleared: &[Cleared]) -> String {
    if cleared.is_empty() {
        return to;
    }
    let names: Vec<&str> = cleared.iter().map(|one| one.name).collect();
    format!("{to}&cleared={}", names.join(","))
}

async fn find(desk: &Desk, handle: &str, environment: &str) -> Result<AppView, Response> {
    let environment = desk::environment(environment)?;
    apps::app(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

/// What the page shows besides its fields.
struct Shown {
    version: i64,
    wrong: Vec<Wrong>,
    cleared: Vec<Cleared>,
    extra: Option<&'static str>,
    keeps_uploads: bool,
    /// The revision that came between, and what saving now would change in it.
    overtaken: Option<(String, Vec<DiffLine>)>,
}

impl Shown {
    fn of(version: i64) -> Self {
        Self {
            version,
            wrong: Vec::new(),
            cleared: Vec::new(),
            extra: None,
            keeps_uploads: false,
            overtaken: None,
        }
    }

    /// Somebody saved meanwhile: shows both, and lets a second press save what was typed.
    fn overtaken_by(&mut self, app: &AppView, mine: Option<&AppDocument>) {
        self.version = app.summary.version;
        let lines = mine
            .map(|mine| diff(&app.document, mine))
            .unwrap_or_default();
        self.overtaken = Some((app.summary.revision.to_string(), lines));
    }
}

async fn render(
    desk: &Desk,
    app: &AppView,
    entered: Entered,
    shown: Shown,
) -> Result<Response, Response> {
    let page = form::with_wrong(desk.page("/"), &shown.wrong);
    let page = form::with_cleared(page, &shown.cleared);
    let status = match (&shown.overtaken, shown.wrong.is_empty()) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::OK,
        (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let place = wizard::place(desk, &entered);
    let mut form = form::form(desk, entered, &shown.wrong, shown.extra).await?;
    form.keeps_uploads = shown.keeps_uploads || !shown.wrong.is_empty();
    for (pointer, text) in launch::said_of(desk, app).await? {
        if let Some(field) = fields::at(&pointer) {
            form.warnings.push((field.name, text));
        }
    }
    let view = Edit {
        page,
        name: app.summary.app_name.clone(),
        place,
        back: format!("/apps/{}/{}", app.summary.handle, app.summary.environment),
        is_sandbox: app.summary.environment == EnvironmentName::Sandbox,
        version: shown.version.to_string(),
        overtaken: shown.overtaken,
        steps: STEPS.to_vec(),
        form,
    };
    Ok(page::html_with(status, &view))
}

const STEPS: [Step; 8] = [
    Step::Settings,
    Step::Protocol,
    Step::Authentication,
    Step::Issuer,
    Step::LogoAndKeys,
    Step::Redirects,
    Step::HelpText,
    Step::Contacts,
];
