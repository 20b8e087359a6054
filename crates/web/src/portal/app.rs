//! P4 and P5: an app in one environment: its head, its settings and its keys.

use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::actor::Belongs;
use durward_app::failure::Failure;
use durward_app::partner::apps::{self, AppRefusal, AppView};
use durward_app::partner::checklist::tried;
use durward_app::partner::save::delete_app;
use durward_domain::application::AppDocument;
use durward_domain::diff::diff;
use durward_domain::environment::EnvironmentName;
use durward_domain::level::{FederationAssurance, Lack, LevelOfService};
use durward_domain::permission::Action;
use serde::Deserialize;

use super::desk::{self, Desk};
use super::entered::Entered;
use super::form;
use super::parts::{self, FindingLine, Group, Mark, Pair, Place, Tab};
use super::policies::PolicyLine;
use super::support;
use super::suspension;
use super::views::{App, AppHead};
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page};
use crate::shared::problem::Problem;

/// What a save tells its page.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    saved: Option<u32>,
    ms: Option<u64>,
    restored: Option<u32>,
    /// The fields that a change of protocol or level cleared, with commas between.
    #[serde(default)]
    cleared: String,
}

/// P4: the settings.
pub async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let words = desk.words();
    let head = head(&desk, &app, "").await?;
    let entered = Entered::of(&app.document);
    let promote = (head.is_sandbox
        && head.places.len() == 1
        && desk.may(Action::CreateProductionConfiguration, &app.summary.team))
    .then(|| format!("/apps/{handle}/production/new"));
    let verified = app.document.level_of_service == LevelOfService::IdentityVerified;
    let has_staging = head
        .places
        .iter()
        .any(|place| place.href.ends_with("/staging"));
    let staging = (head.is_sandbox
        && verified
        && !has_staging
        && desk.may(Action::CreateProductionConfiguration, &app.summary.team))
    .then(|| format!("/apps/{handle}/staging/new"));
    let next = if head.is_sandbox && head.places.len() == 1 && may_edit(&desk, &app) {
        let tried = tried(&desk.keeper, &handle).await;
        Some(tried.map_err(|fault| Problem::from(fault).as_page().into_response())?)
    } else {
        None
    };
    let page = noticed(&desk, desk.page("/"), &after, &environment);
    Ok(page::html(&App {
        page,
        waiting: app
            .live
            .as_ref()
            .map(|live| diff(live, &app.document))
            .unwrap_or_default(),
        findings: FindingLine::all(words, &app.findings),
        may_edit: may_edit(&desk, &app),
        promote,
        staging,
        next,
        groups: Group::all(words, &entered, |_| String::new())
            .into_iter()
            .chain([federation(&desk, &app.document)])
            .collect(),
        policies: PolicyLine::all(words, &app.document, &desk.keeper.programme.policies),
        revision: app.summary.revision.to_string(),
        author: app.author.clone(),
        version: app.summary.version.to_string(),
        may_delete: may_delete(&desk, &app),
        suspension: app.summary.live_revision.is_some()
            || desk.may_for_programme(Action::SuspendApp),
        ask: desk
            .may(Action::OpenTicket, &app.summary.team)
            .then(|| support::about_app(&app.summary.handle)),
        retire: (!head.is_sandbox
            && app.summary.live_revision.is_some()
            && desk.may(Action::RequestLaunch, &app.summary.team))
        .then(|| format!("{}/retire", head.base)),
        transfer: desk
            .may(Action::TransferApp, &app.summary.team)
            .then(|| format!("/transfer/{}", app.summary.handle)),
        head,
    }))
}

/// How well answers about people are protected on their way to the app.
fn federation(desk: &Desk, document: &AppDocument) -> Group {
    let words = desk.words();
    let told = FederationAssurance::of(document, &desk.keeper.programme.policies);
    let pair = |id, label, values| Pair {
        id,
        label: words.t(label),
        values,
        is_picture: false,
        is_code: false,
    };
    let lacks = told.lacks.iter().map(|lack| {
        words.t(match lack {
            Lack::Agreement => "fal-lacks-agreement",
            Lack::InjectionProtection => "fal-lacks-injection-protection",
            Lack::HolderOfKey => "fal-lacks-holder-of-key",
        })
    });
    Group {
        title: words.t("fal-title"),
        href: String::new(),
        pairs: vec![
            pair(
                "federation_assurance_level",
                "fal-level",
                vec![told.level.title().to_owned()],
            ),
            pair("federation_assurance_lacks", "fal-next", lacks.collect()),
        ],
    }
}

/// The document as programs read it.
pub async fn document(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let name = format!(
        "attachment; filename=\"{}-{}.json\"",
        app.summary.handle, app.summary.environment
    );
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, app.document.to_json_pretty()).into_response())
}

/// Deletes a configuration.
pub async fn delete(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let name = desk::environment(&environment)?;
    let back = format!("/apps/{handle}/{environment}");
    let version = posted.text("version").parse().ok();
    delete_app(
        &desk.keeper,
        &desk.member,
        &handle,
        name,
        version,
        &desk.trace(),
    )
    .await
    .map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to("/").into_response())
}

/// One configuration that the member may see.
pub(super) async fn find(
    desk: &Desk,
    handle: &str,
    environment: &str,
) -> Result<AppView, Response> {
    let environment = desk::environment(environment)?;
    apps::app(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

/// The head of an app's pages; `tab` is the end of the address of the one that is shown.
pub(super) async fn head(desk: &Desk, app: &AppView, tab: &str) -> Result<AppHead, Response> {
    let words = desk.words();
    let (handle, environment) = (&app.summary.handle, app.summary.environment);
    let base = format!("/apps/{handle}/{environment}");
    let live_class = environment.class().is_live();
    let mut tabs = vec![
        ("tab-settings", ""),
        ("tab-keys", "keys"),
        ("tab-test", "test"),
        ("tab-requests", "requests"),
        ("tab-versions", "versions"),
        ("tab-findings", "findings"),
    ];
    tabs.push(("tab-checklist", "checklist"));
    if desk.may(Action::RequestLaunch, &app.summary.team) {
        tabs.push(("tab-launch", "launch"));
    }
    Ok(AppHead {
        name: app.summary.app_name.clone(),
        friendly_name: app.summary.friendly_name.clone(),
        handle: handle.clone(),
        team: app.summary.team.clone(),
        environment: parts::environment_name(words, environment),
        is_sandbox: !live_class,
        mark: Mark::of_app(words, app.summary.revision, app.summary.live_revision),
        denial: suspension::warned(desk, handle, environment).await?,
        places: places(desk, app).await?,
        tabs: tabs
            .into_iter()
            .map(|(key, end)| Tab {
                text: words.t(key),
                href: if end.is_empty() {
                    base.clone()
                } else {
                    format!("{base}/{end}")
                },
                current: end == tab,
            })
            .collect(),
        base,
    })
}

/// The app in each environment that has it.
async fn places(desk: &Desk, app: &AppView) -> Result<Vec<Place>, Response> {
    let mut places = Vec::new();
    for link in &desk.keeper.environments {
        let current = link.name == app.summary.environment;
        let summary = if current {
            app.summary.clone()
        } else {
            match apps::app(&desk.keeper, &desk.member, &app.summary.handle, link.name).await {
                Ok(other) => other.summary,
                Err(Failure::Refused(AppRefusal::NotFound { .. })) => continue,
                Err(failure) => return Err(desk.failed(failure, "/")),
            }
        };
        places.push(Place {
            environment: parts::environment_name(desk.words(), link.name),
            href: format!("/apps/{}/{}", summary.handle, link.name),
            mark: Mark::of_app(desk.words(), summary.revision, summary.live_revision),
            current,
        });
    }
    Ok(places)
}

/// Whether the member may change it.
pub(super) fn may_edit(desk: &Desk, app: &AppView) -> bool {
    let action = if app.summary.environment == EnvironmentName::Sandbox {
        Action::EditSandboxApp
    } else {
        Action::EditProductionConfiguration
    };
    desk.may(action, &app.summary.team)
}

fn may_delete(desk: &Desk, app: &AppView) -> bool {
    if app.summary.environment == EnvironmentName::Sandbox {
        let belongs = Belongs::ToAuthor {
            team: &app.summary.team,
            author: &app.created_by,
        };
        return desk.member.reaches(Action::DeleteSandboxApp, belongs);
    }
    app.summary.live_revision.is_none()
        && desk.may(Action::DeleteProductionConfiguration, &app.summary.team)
}

/// Tells what a save did: how fast it was live, what it restored, what it cleared.
fn noticed(desk: &Desk, page: Page, after: &After, environment: &str) -> Page {
    let words = desk.words();
    let Some(number) = after.saved.map(|number| number.to_string()) else {
        return page;
    };
    let is_sandbox = environment == EnvironmentName::Sandbox.as_str();
    let (kind, mut text) = match (after.ms, after.restored) {
        (Some(ms), _) => (
            NoticeKind::Success,
            words.t1("saved-live", "ms", &ms.to_string()),
        ),
        (None, _) if is_sandbox => (
            NoticeKind::Warning,
            words.t1("saved-waiting", "number", &number),
        ),
        (None, Some(restored)) => (
            NoticeKind::Success,
            words.t2("restored", "number", &number, "old", &restored.to_string()),
        ),
        (None, None) => (NoticeKind::Success, words.t1("saved", "number", &number)),
    };
    let cleared: Vec<String> = after
        .cleared
        .split(',')
        .map(|name| form::label(words, name))
        .filter(|label| !label.is_empty())
        .collect();
    if !cleared.is_empty() {
        text = format!(
            "{text} {}",
            words.t1("cleared", "fields", &cleared.join(", "))
        );
    }
    page.with_notice(kind, text)
}
