//! The secrets of an app, on the page of its keys: made, shown once, and ended.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use durward_app::failure::Failure;
use durward_app::partner::apps::AppView;
use durward_app::partner::secrets::{self, SecretDenied};
use durward_domain::event::Event;
use durward_domain::refusal::Refuse as _;

use super::app;
use super::desk::{self, Desk};
use super::keys;
use super::views::{AppSecrets, SecretCard};
use crate::api::secrets::MANAGES;
use crate::pages::takes;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::Page;
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// What the page's forms do.
pub const ROUTES: &[Route<Arc<Portal>>] = &[takes(
    "/apps/{handle}/{environment}/secrets",
    FORM,
    &[Event::ClientSecretMade, Event::ClientSecretEnded],
    || post(act),
)
.needs(MANAGES)];

async fn act(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let here = format!("/apps/{handle}/{environment}/keys");
    let (at, trace) = (
        (handle.as_str(), desk::environment(&environment)?),
        desk.trace(),
    );
    let outcome = if posted.has("end") {
        let id = posted.text("end");
        secrets::end(&desk.keeper, &desk.member, at, id, &trace)
            .await
            .map(|()| None)
    } else {
        match days(posted.text("days")) {
            Ok(days) => secrets::make(&desk.keeper, &desk.member, at, days, &trace)
                .await
                .map(|made| Some(made.secret)),
            Err(refusal) => Err(Failure::Refused(refusal)),
        }
    };
    let (page, made) = match outcome {
        Ok(None) => return Ok(Redirect::to(&here).into_response()),
        Ok(made) => (desk.page("/"), made),
        Err(Failure::Refused(refusal)) if refusal.code().starts_with("secret/") => {
            let page = desk
                .page("/")
                .with_error("days", desk.words().refusal(&refusal));
            (page, None)
        }
        Err(failure) => return Err(desk.failed(failure, &here)),
    };
    let app = app::find(&desk, &handle, &environment).await?;
    keys::render(&desk, page, app, made).await
}

/// Left empty, a secret is good until it is ended.
fn days(text: &str) -> Result<Option<u16>, SecretDenied> {
    match text {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| SecretDenied::Days),
    }
}

/// What the page shows of secrets; nothing for an app that has none by its settings.
pub(super) async fn shown(
    desk: &Desk,
    app: &AppView,
    page: &Page,
    made: Option<String>,
) -> Result<Option<AppSecrets>, Response> {
    if !secrets::has_secrets(app) {
        return Ok(None);
    }
    let found = secrets::of_app(&desk.keeper, app)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let moment = |time: Option<jiff::Timestamp>, none: &str| {
        time.map_or_else(|| page.t(none), |time| desk.moment(time))
    };
    let is_here = found.is_some();
    let found = found.unwrap_or_default();
    let is_full = found.len() >= secrets::MOST;
    let cards = found.into_iter().map(|one| SecretCard {
        facts: vec![
            (page.t("secret-made"), desk.moment(one.created)),
            (page.t("secret-made-by"), one.made_by),
            (page.t("key-last-used"), moment(one.used, "secret-unused")),
            (page.t("secret-ends"), moment(one.expires, "secret-no-end")),
        ],
        id: one.id,
    });
    let action = secrets::action(app.summary.environment);
    Ok(Some(AppSecrets {
        cards: cards.collect(),
        made,
        is_here,
        may: is_here && desk.may(action, &app.summary.team),
        is_full,
    }))
}
