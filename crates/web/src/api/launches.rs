//! Launch and change requests.

use std::sync::Arc;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use durward_app::operator::{releases, review};
use durward_app::partner::launches::{self, LaunchView, RequestKind};
use durward_app::partner::requests;
use durward_domain::launch::LaunchBody;
use serde::Deserialize;

use super::answers::{Answer, Asked, IfMatch, Sent, answer, ok, page, tagged, told};
use super::bearer::Call;
use crate::shared::problem::Problem;

/// What goes with a step.
#[derive(Default, Deserialize)]
struct StepBody {
    #[serde(default)]
    note: Option<String>,
    #[serde(default)]
    reason: Option<String>,
    /// What the reviewer looked at.
    #[serde(default)]
    document_sha256: Option<String>,
}

impl StepBody {
    fn words(&self) -> &str {
        self.note
            .as_deref()
            .or(self.reason.as_deref())
            .unwrap_or_default()
    }
}

pub(super) async fn list_launches(call: Call, asked: Asked) -> Answer {
    list(call, asked, RequestKind::Launch).await
}

pub(super) async fn list_changes(call: Call, asked: Asked) -> Answer {
    list(call, asked, RequestKind::Change).await
}

async fn list(call: Call, asked: Asked, kind: RequestKind) -> Answer {
    let mut found = launches::list(&call.keeper, &call.member, asked.text("app"))
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let state = asked.text("state");
    found.retain(|launch| {
        launch.kind == kind && state.is_none_or(|state| launch.state.as_str() == state)
    });
    page(&asked, &found, |launch| launch.id.clone())
}

pub(super) async fn create_launch(call: Call, sent: Sent) -> Answer {
    create(call, sent, RequestKind::Launch).await
}

pub(super) async fn create_change(call: Call, sent: Sent) -> Answer {
    create(call, sent, RequestKind::Change).await
}

async fn create(call: Call, sent: Sent, kind: RequestKind) -> Answer {
    let body: LaunchBody = sent.json()?;
    let view = requests::create(&call.keeper, &call.member, kind, body, &call.trace)
        .await
        .map_err(told)?;
    let mut response = tagged(answer(StatusCode::CREATED, &view), view.summary.version)?;
    let address = format!(
        "/api/v1/{}s/{}",
        kind.as_str().replace("launch", "launche"),
        view.summary.id
    );
    if let Ok(address) = HeaderValue::from_str(&address) {
        response.headers_mut().insert(header::LOCATION, address);
    }
    Ok(response)
}

pub(super) async fn find(call: Call, Path(id): Path<String>) -> Answer {
    told_view(
        &launches::find(&call.keeper, &call.member, &id)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn update(
    call: Call,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let seen = IfMatch::of(&headers).version();
    let view = requests::update(
        &call.keeper,
        &call.member,
        &id,
        sent.json()?,
        seen,
        &call.trace,
    )
    .await;
    told_view(&view.map_err(told)?)
}

pub(super) async fn submit(
    call: Call,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let body: StepBody = sent.json()?;
    let as_seen = (body.words(), IfMatch::of(&headers).version());
    let (keeper, member) = (&call.keeper, &call.member);
    let view = requests::probe_and_submit(keeper, member, &id, as_seen, &call.trace).await;
    told_view(&view.map_err(told)?)
}

pub(super) async fn withdraw(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: StepBody = sent.json()?;
    told_view(
        &requests::withdraw(&call.keeper, &call.member, &id, body.words(), &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn approve(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: StepBody = sent.json()?;
    let seen = body.document_sha256.as_deref();
    told_view(
        &review::approve(
            &call.keeper,
            &call.member,
            &id,
            (body.words(), seen),
            &call.trace,
        )
        .await
        .map_err(told)?,
    )
}

pub(super) async fn request_changes(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: StepBody = sent.json()?;
    told_view(
        &review::request_changes(&call.keeper, &call.member, &id, body.words(), &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn reject(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: StepBody = sent.json()?;
    told_view(
        &review::reject(&call.keeper, &call.member, &id, body.words(), &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn verify(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: StepBody = sent.json()?;
    told_view(
        &review::verify(&call.keeper, &call.member, &id, body.words(), &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn deploy(call: Call, Path(id): Path<String>) -> Answer {
    told_view(
        &releases::deploy_launch(&call.keeper, &call.member, &id, &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn rollback(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: StepBody = sent.json()?;
    let keeper = Arc::clone(&call.keeper);
    told_view(
        &releases::rollback_launch(&keeper, &call.member, &id, body.words(), &call.trace)
            .await
            .map_err(told)?,
    )
}

fn told_view(view: &LaunchView) -> Answer {
    tagged(ok(view), view.summary.version)
}
