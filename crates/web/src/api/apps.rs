//! Apps: the document as it is, under its own address.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use durward_app::partner::save::{self, Input, Save, Saved};
use durward_app::partner::{apps, lint as validator, plan as planner, revisions as history};
use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::level::FederationAssurance;
use durward_domain::lint::{Syntax, sarif};
use serde_json::json;

use super::answers::{Answer, Asked, IfMatch, Sent, answer, items, ok, seen, tagged, told};
use super::bearer::Call;
use crate::shared::problem::Problem;

pub(super) async fn list(call: Call, asked: Asked) -> Answer {
    let limit = asked.number("limit")?.unwrap_or(PAGE);
    let listing = apps::Listing {
        after: asked.text("after").unwrap_or_default(),
        words: asked.text("q").unwrap_or_default(),
        limit,
    };
    let page = apps::list(&call.keeper, &call.member, listing).await;
    ok(&page.map_err(|fault| Problem::from(fault).as_json())?)
}

pub(super) async fn create(call: Call, sent: Sent) -> Answer {
    let input = input(&sent)?;
    let saved = save::save_app(
        &call.keeper,
        &call.member,
        input,
        Save::Create,
        "",
        &call.trace,
    )
    .await
    .map_err(told)?;
    told_saved(&saved)
}

pub(super) async fn find(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let view = apps::app(&call.keeper, &call.member, &handle, at(&environment)?)
        .await
        .map_err(told)?;
    let version = view.summary.version;
    if seen(&headers, version) {
        return tagged(Ok(StatusCode::NOT_MODIFIED.into_response()), version);
    }
    tagged(ok(&view.document), version)
}

pub(super) async fn status(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
) -> Answer {
    let view = apps::app(&call.keeper, &call.member, &handle, at(&environment)?)
        .await
        .map_err(told)?;
    let body = json!({ "app": view.summary, "revision_id": view.revision_id, "author": view.author, "findings": view.findings, "federation_assurance": FederationAssurance::of(&view.document, &call.keeper.programme.policies) });
    tagged(ok(&body), view.summary.version)
}

pub(super) async fn put(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let environment = at(&environment)?;
    let input = input(&sent)?;
    let input = save::for_address(input, &handle, environment).map_err(told)?;
    let save = match IfMatch::of(&headers) {
        IfMatch::Absent => Save::Put,
        IfMatch::Any => Save::Replace {
            seen_version: apps::app(&call.keeper, &call.member, &handle, environment)
                .await
                .map_err(told)?
                .summary
                .version,
        },
        IfMatch::Version(seen_version) => Save::Replace { seen_version },
    };
    let saved = save::save_app(&call.keeper, &call.member, input, save, "", &call.trace)
        .await
        .map_err(told)?;
    told_saved(&saved)
}

pub(super) async fn delete(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let seen = IfMatch::of(&headers).version();
    save::delete_app(
        &call.keeper,
        &call.member,
        &handle,
        at(&environment)?,
        seen,
        &call.trace,
    )
    .await
    .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn revisions(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
) -> Answer {
    items(
        &history::revisions(&call.keeper, &call.member, &handle, at(&environment)?)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn restore(
    call: Call,
    Path((handle, environment, number)): Path<(String, String, i64)>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let why: Why = sent.json()?;
    let environment = at(&environment)?;
    let seen = match IfMatch::of(&headers).version() {
        Some(version) => version,
        None => {
            apps::app(&call.keeper, &call.member, &handle, environment)
                .await
                .map_err(told)?
                .summary
                .version
        }
    };
    let saved = history::restore(
        &call.keeper,
        &call.member,
        &handle,
        environment,
        (number, seen),
        &why.note,
        &call.trace,
    )
    .await
    .map_err(told)?;
    told_saved(&saved)
}

/// Why an older revision is saved again.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Why {
    note: String,
}

/// Never refuses a bad document: that is what it is for.
pub(super) async fn lint(call: Call, headers: HeaderMap, sent: Sent) -> Answer {
    let syntax = if sent.is_toml() {
        Syntax::Toml
    } else {
        Syntax::Json
    };
    let findings = validator::lint(&call.keeper, &call.member, &sent.bytes, syntax)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let base = call.keeper.url("");
    let base = base.trim_end_matches('/');
    if wants_sarif(&headers) {
        let files = [sarif::Judged {
            uri: "app.json".to_owned(),
            findings: &findings,
        }];
        let log = sarif::log(&files, env!("CARGO_PKG_VERSION"), Some(base));
        return typed(&log, "application/sarif+json");
    }
    let findings: Vec<serde_json::Value> = findings
        .iter()
        .map(|finding| {
            let mut value = json!(finding);
            if let Some(fields) = value.as_object_mut() {
                fields.insert("help".into(), format!("{base}{}", finding.help()).into());
            }
            value
        })
        .collect();
    ok(&json!({ "findings": findings }))
}

fn wants_sarif(headers: &HeaderMap) -> bool {
    headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("sarif"))
}

fn typed(value: &serde_json::Value, media_type: &'static str) -> Answer {
    let mut response = ok(value)?;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

pub(super) async fn plan(call: Call, sent: Sent) -> Answer {
    let json = match input(&sent)? {
        Input::Json(bytes) => bytes,
        Input::Document(document) => document.to_json().into_bytes(),
    };
    ok(&planner::plan(&call.keeper, &call.member, &json)
        .await
        .map_err(told)?)
}

fn told_saved(saved: &Saved) -> Answer {
    let status = if saved.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    let mut response = tagged(answer(status, saved), saved.version)?;
    let address = format!("/api/v1/apps/{}/{}", saved.handle, saved.environment);
    if let (true, Ok(address)) = (saved.created, HeaderValue::from_str(&address)) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

/// The document of a body, as JSON or TOML.
fn input(sent: &Sent) -> Result<Input, Problem> {
    match toml(sent) {
        Some(Ok(document)) => Ok(Input::Document(Box::new(document))),
        Some(Err(fault)) => Err(told(durward_app::Failure::Refused(
            apps::AppRefusal::faulty(fault, &sent.bytes, Syntax::Toml),
        ))),
        None => {
            sent.must_be_json()?;
            Ok(Input::Json(sent.bytes.to_vec()))
        }
    }
}

fn toml(sent: &Sent) -> Option<Result<AppDocument, durward_domain::application::DocumentFault>> {
    sent.is_toml()
        .then(|| AppDocument::parse_toml(&String::from_utf8_lossy(&sent.bytes)))
}

/// The environment of an address.
pub(super) fn at(environment: &str) -> Result<EnvironmentName, Problem> {
    EnvironmentName::parse(environment).map_err(|unknown| Problem::refused(&unknown).as_json())
}

const PAGE: usize = 200;
