//! Apps in other people's formats, and the schema of our own.

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use durward_app::partner::formats::{self, Foreign};
use durward_app::partner::save::Save;
use durward_domain::environment::EnvironmentName;
use durward_domain::formats::{Format, Hints, schema};
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::refusal::Refuse;
use serde::Deserialize;

use super::answers::{Answer, Asked, IfMatch, Sent, answer, ok, seen, tagged, told};
use super::apps::at;
use super::bearer::Call;
use crate::shared::problem::Problem;

/// The JSON Schema of the app document.
pub(super) async fn app_schema() -> Answer {
    let mut response = ok(&schema::app_v1())?;
    let kind = HeaderValue::from_static("application/schema+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    Ok(response)
}

/// A configuration in a format, under the version of its document.
pub(super) async fn export(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    asked: Asked,
    headers: HeaderMap,
) -> Answer {
    let format = match asked.text("format") {
        Some(name) => Format::parse(name).map_err(|unknown| invalid(&unknown))?,
        None => Format::DurwardJson,
    };
    let plain = asked.truth("plain")?;
    let place = (handle.as_str(), at(&environment)?);
    let (exported, version) = formats::export(&call.keeper, &call.member, place, format, plain)
        .await
        .map_err(told)?;
    if seen(&headers, version) {
        return tagged(Ok(StatusCode::NOT_MODIFIED.into_response()), version);
    }
    let file = format!("attachment; filename=\"{}\"", exported.file_name);
    let fields = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, file),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    tagged(Ok((fields, exported.text).into_response()), version)
}

/// A text and where it belongs.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportRequest {
    text: String,
    format: Option<String>,
    handle: Option<String>,
    team: Option<String>,
    environment: Option<String>,
    #[serde(default)]
    dry_run: bool,
}

/// Reads a text in some format and saves the app, or only says what a save would do.
pub(super) async fn import(call: Call, headers: HeaderMap, sent: Sent) -> Answer {
    let body: ImportRequest = sent.json()?;
    let format = body.format.as_deref().map(Format::parse).transpose();
    let handle = body.handle.as_deref().map(AppHandle::parse).transpose();
    let team = body.team.as_deref().map(TeamHandle::parse).transpose();
    let environment = body.environment.as_deref().map(EnvironmentName::parse);
    let foreign = Foreign {
        text: body.text,
        format: format.map_err(|unknown| invalid(&unknown))?,
        hints: Hints {
            handle: handle.map_err(|bad| invalid(&bad))?,
            team: team.map_err(|bad| invalid(&bad))?,
            environment: environment
                .transpose()
                .map_err(|unknown| invalid(&unknown))?,
        },
    };
    let save = match (body.dry_run, IfMatch::of(&headers)) {
        (true, _) => None,
        (false, IfMatch::Version(seen_version)) => Some(Save::Replace { seen_version }),
        (false, IfMatch::Absent | IfMatch::Any) => Some(Save::Put),
    };
    let done = formats::import(&call.keeper, &call.member, &foreign, save, &call.trace)
        .await
        .map_err(told)?;
    match &done.saved {
        None => ok(&done),
        Some(saved) => {
            let status = if saved.created {
                StatusCode::CREATED
            } else {
                StatusCode::OK
            };
            let version = saved.version;
            tagged(answer(status, &done), version)
        }
    }
}

fn invalid(refusal: &(impl Refuse + ?Sized)) -> Problem {
    Problem::refused(refusal)
        .as_json()
        .with_status(StatusCode::UNPROCESSABLE_ENTITY)
}
