//! The end of an app: its team asks for it like for any other change.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::apps::AppView;
use durward_app::partner::launches::{LaunchDenied, RequestKind, suggested};
use durward_app::partner::requests;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;

use super::app::{find, head};
use super::desk::Desk;
use super::entered::Entered;
use super::parts::Form;
use super::views::AppHead;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The form and what it sends.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/{handle}/{environment}/retire", || get(show)).may(Action::RequestLaunch),
    takes(
        "/apps/{handle}/{environment}/retire",
        FORM,
        &[Event::ChangeCreated, Event::ChangeSubmitted],
        || post(ask),
    )
    .may(Action::RequestLaunch),
];

view! {
    /// The form that asks for the end of an app.
    Retire in "portal/app_retire.html" {
        /// The head.
        head: AppHead,
        /// Whether it can be asked for: something is live, and it has not ended.
        possible: bool,
        /// What was typed.
        form: Form,
    }
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
    let head = head(desk, app, "").await?;
    Ok(page::html(&Retire {
        page,
        possible: app.summary.live_revision.is_some() && !head.is_sandbox,
        head,
        form: Form::plain(entered),
    }))
}

async fn ask(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let here = format!("/apps/{handle}/{environment}/retire");
    let day = posted.text("desired_date");
    let desired_date = match day {
        "" => None,
        day => match day.parse() {
            Ok(day) => Some(day),
            Err(_) => {
                let message = desk.words().t("date-wrong");
                return again(&desk, &app, &posted, ("desired_date", message)).await;
            }
        },
    };
    let mut body = suggested(keeper, member, &app.document)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    body.desired_date = desired_date;
    body.retire = Some(posted.text("reason").to_owned());
    let made = match requests::create(keeper, member, RequestKind::Change, body, &trace).await {
        Ok(made) => made.summary.id,
        Err(Failure::Refused(denied)) if !denied.code().starts_with("permission/") => {
            let field = match denied {
                LaunchDenied::NoReason => "reason",
                _ => "submit",
            };
            let message = desk.words().refusal(&denied);
            return again(&desk, &app, &posted, (field, message)).await;
        }
        Err(failure) => return Err(desk.failed(failure, &here)),
    };
    let there = format!("/launches/{made}");
    // What stops the submission is told on the page of the request, which is written.
    match requests::submit(keeper, member, &made, "", &trace).await {
        Ok(_) | Err(Failure::Refused(_)) => Ok(Redirect::to(&there).into_response()),
        Err(failure) => Err(desk.failed(failure, &there)),
    }
}

async fn again(
    desk: &Desk,
    app: &AppView,
    posted: &Posted,
    (field, message): (&'static str, String),
) -> Result<Response, Response> {
    let mut entered = Entered::default();
    for name in ["reason", "desired_date"] {
        entered.set(name, posted.text(name));
    }
    let page = desk.page("/").with_error(field, message);
    shown(desk, app, page, entered).await
}

#[cfg(test)]
pub(crate) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The form, and the page where nothing can be retired.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/");
        [true, false]
            .map(|possible| Retire {
                head: samples::head(&page(), ""),
                possible,
                form: Form::plain(Entered::default()),
                page: page().with_error("reason", "Give a reason."),
            })
            .iter()
            .map(|page| page.render().unwrap_or_default())
            .collect()
    }
}
