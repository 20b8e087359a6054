//! A program registers an app. RFC 7591

use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use durward_app::Failure;
use durward_app::partner::registration::{self, RegistrationRefusal};
use durward_domain::refusal::Refuse as _;
use durward_oidc::oauth::description;
use serde_json::json;

use super::answers::{Answer, Sent, answer, refused};
use super::bearer::Call;
use crate::shared::problem::Problem;

/// Client metadata in, client information out. §3
pub(super) async fn register(call: Call, sent: Sent) -> Answer {
    sent.must_be_json()?;
    let done = registration::register(&call.keeper, &call.member, &sent.bytes, &call.trace).await;
    match done {
        Ok(metadata) => answer(StatusCode::CREATED, &metadata),
        Err(Failure::Fault(fault)) => Err(Problem::from(fault).as_json()),
        Err(Failure::Refused(RegistrationRefusal::App(refusal))) => Err(refused(&refusal)),
        Err(Failure::Refused(refusal)) => {
            let body = json!({
                "error": refusal.error(),
                "error_description": description(&refusal.to_string()),
                "code": refusal.code(),
                "request_id": call.trace.request_id,
            });
            let headers = [
                (header::CONTENT_TYPE, "application/json"),
                (header::CACHE_CONTROL, "no-store"),
            ];
            Ok((StatusCode::BAD_REQUEST, headers, body.to_string()).into_response())
        }
    }
}
