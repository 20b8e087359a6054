//! Evidence for launches, and comments on the fields of requests.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_app::partner::comments;
use durward_app::partner::evidence::{self, EvidenceAsk, EvidenceDenied};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::launch::FileKind;
use durward_domain::permission::Action;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::answers::{Answer, Sent, Told, answer, ok, parameter, told};
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::shared::problem::Problem;
use crate::shared::route::Needs;

/// The calls of evidence and comments.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/evidence",
        summary: "The documents that the team keeps as evidence for launches, newest first.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("EvidenceList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/evidence",
        summary: "Keep an authority to operate: its number, its days and, as PDF, PNG or JPEG, the document.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::EvidenceKept],
        query: &[],
        body: Some("NewEvidence"),
        answer: (201, Some("Evidence")),
        handler: || post(keep),
    },
    Route {
        method: "GET",
        path: "/api/v1/evidence/{id}/file",
        summary: "The file of a document of evidence.",
        who: Who::Member(Action::ViewLaunch),
        events: &[],
        query: &[],
        body: None,
        answer: (200, None),
        handler: || get(file),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/evidence/{id}",
        summary: "Remove a document of evidence and its file.",
        who: Who::Member(Action::RequestLaunch),
        events: &[Event::EvidenceRemoved],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(remove),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/comments",
        summary: "Comment on a field of a request. A reviewer's comment is told with the decision.",
        who: Who::MemberBy(SPEAKS),
        events: &[Event::LaunchCommented],
        query: &[],
        body: Some("NewComment"),
        answer: (201, Some("Launch")),
        handler: || post(comment),
    },
    Route {
        method: "POST",
        path: "/api/v1/launches/{id}/comments/{comment}/settle",
        summary: "Settle a comment.",
        who: Who::MemberBy(SPEAKS),
        events: &[Event::LaunchCommented],
        query: &[],
        body: None,
        answer: (200, Some("Launch")),
        handler: || post(settle),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/comments",
        summary: "Comment on a field of a request. A reviewer's comment is told with the decision.",
        who: Who::MemberBy(SPEAKS),
        events: &[Event::LaunchCommented],
        query: &[],
        body: Some("NewComment"),
        answer: (201, Some("Launch")),
        handler: || post(comment),
    },
    Route {
        method: "POST",
        path: "/api/v1/changes/{id}/comments/{comment}/settle",
        summary: "Settle a comment.",
        who: Who::MemberBy(SPEAKS),
        events: &[Event::LaunchCommented],
        query: &[],
        body: None,
        answer: (200, Some("Launch")),
        handler: || post(settle),
    },
];

impl Told for EvidenceDenied {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewEvidence {
    document_id: String,
    issued: Date,
    expires: Date,
    #[serde(default)]
    base64: Option<String>,
}

async fn list(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let environment = environment_of(&environment)?;
    let items = evidence::list(&call.keeper, &call.member, (&handle, environment))
        .await
        .map_err(told)?;
    ok(&json!({ "items": items }))
}

async fn keep(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let environment = environment_of(&environment)?;
    let new: NewEvidence = sent.json()?;
    let content = new.base64.map(|text| STANDARD.decode(text.trim()));
    let content = content
        .transpose()
        .map_err(|_| parameter("base64", "the file in base64, as RFC 4648 says"))?;
    let ask = EvidenceAsk {
        document_id: new.document_id,
        issued: Some(new.issued),
        expires: Some(new.expires),
        content,
    };
    let (keeper, member) = (&call.keeper, &call.member);
    let kept = evidence::keep(keeper, member, (&handle, environment), ask, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::CREATED, &kept)
}

async fn file(call: Call, Path(id): Path<String>) -> Answer {
    let (kind, name, content) = evidence::file(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?;
    Ok(download(kind, &name, content))
}

async fn remove(call: Call, Path(id): Path<String>) -> Answer {
    evidence::remove(&call.keeper, &call.member, &id, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewComment {
    #[serde(default)]
    path: String,
    text: String,
}

async fn comment(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let new: NewComment = sent.json()?;
    let said = (new.path.as_str(), new.text.as_str());
    let view = comments::write(&call.keeper, &call.member, &id, said, &call.trace).await;
    answer(StatusCode::CREATED, &view.map_err(told)?)
}

async fn settle(call: Call, Path((id, comment)): Path<(String, String)>) -> Answer {
    let which = (id.as_str(), comment.as_str());
    let view = comments::settle(&call.keeper, &call.member, which, &call.trace).await;
    ok(&view.map_err(told)?)
}

fn environment_of(text: &str) -> Result<EnvironmentName, Problem> {
    EnvironmentName::parse(text)
        .map_err(|_| parameter("environment", "sandbox, staging or production"))
}

/// A file that a browser keeps and never shows: nothing in it can act in the portal's name.
pub(crate) fn download(kind: FileKind, name: &str, content: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(content));
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(kind.media_type()),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; sandbox"),
    );
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

/// Both sides of a review speak.
const SPEAKS: Needs = Needs::AnyOf(&[Action::RequestLaunch, Action::ReviewLaunch]);
