//! P3: the same fields on one page, to change what was saved.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::{self, AppRefusal, AppView};
use durward_app::partner::save::{Input, Save, save_app};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;

use super::app;
use super::desk::{self, Desk};
use super::entered::{Entered, NoPicture};
use super::fields::Step;
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
    let entered = Entered::of(&app.document);
    render(&desk, &app, entered, app.summary.version, Vec::new()).await
}

/// Saves what was typed, or shows it again with what is wrong.
pub async fn save(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let here = format!("/apps/{handle}/{environment}/edit");
    let mut entered = Entered::of(&app.document);
    let fixed = ["handle", "team", "issuer"].map(|name| (name, entered.text(name).to_owned()));
    let picture = entered.take(&posted, &STEPS);
    for (name, value) in &fixed {
        entered.set(name, value);
    }
    let seen_version = posted
        .text("version")
        .parse()
        .unwrap_or(app.summary.version);
    if picture == Err(NoPicture) {
        let errors = vec![("logo", desk.words().t("logo-no-picture"))];
        return render(&desk, &app, entered, seen_version, errors).await;
    }
    let refused = match entered.document(Some(&app.document)) {
        Err(fault) => AppRefusal::Unreadable(fault),
        Ok(document) => {
            let input = Input::Document(Box::new(document));
            let save = Save::Replace { seen_version };
            match save_app(
                &desk.keeper,
                &desk.member,
                input,
                save,
                posted.text("note"),
                &desk.trace(),
            )
            .await
            {
                Ok(saved) => return Ok(Redirect::to(&wizard::saved_at(&saved)).into_response()),
                Err(Failure::Refused(AppRefusal::Denied(denied))) => {
                    return Err(desk.refused(&denied, &here));
                }
                Err(Failure::Refused(refusal)) => refusal,
                Err(failure) => return Err(desk.failed(failure, &here)),
            }
        }
    };
    let errors = wizard::errors_in(&refused, &desk);
    entered.forget_private_keys();
    render(&desk, &app, entered, seen_version, errors).await
}

async fn find(desk: &Desk, handle: &str, environment: &str) -> Result<AppView, Response> {
    let environment = desk::environment(environment)?;
    apps::app(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

async fn render(
    desk: &Desk,
    app: &AppView,
    entered: Entered,
    version: i64,
    errors: Vec<(&'static str, String)>,
) -> Result<Response, Response> {
    let page = wizard::with_errors(desk.page("/"), &errors);
    let place = wizard::place(desk, &entered);
    let mut form = wizard::form(desk, entered, &errors).await?;
    form.fixed = true;
    form.issuer_fixed = true;
    form.keeps_uploads = !errors.is_empty();
    Ok(page::html(&Edit {
        page,
        name: app.summary.app_name.clone(),
        place,
        back: format!("/apps/{}/{}", app.summary.handle, app.summary.environment),
        is_sandbox: app.summary.environment == EnvironmentName::Sandbox,
        version: version.to_string(),
        steps: STEPS.to_vec(),
        form,
    }))
}

const STEPS: [Step; 7] = [
    Step::Settings,
    Step::Protocol,
    Step::Authentication,
    Step::Issuer,
    Step::LogoAndKeys,
    Step::Redirects,
    Step::HelpText,
];
