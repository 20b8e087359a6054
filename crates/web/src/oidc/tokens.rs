//! `POST /api/openid_connect/introspect` and `…/revoke`: what an app asks of its tokens.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use durward_app::client;
use durward_app::{Door, Failure};
use durward_oidc::token::TokenError;

use super::cors;
use super::token::{Refused, refused, unread};
use crate::shared::problem::Problem;

/// Is this token good? RFC 7662
pub async fn introspect(State(door): State<Arc<Door>>, request: Request) -> Response {
    asked(&door, request, Question::Introspect).await
}

/// End this token. RFC 7009
pub async fn revoke(State(door): State<Arc<Door>>, request: Request) -> Response {
    cors::readable(&door, request, async |request| {
        asked(&door, request, Question::Revoke).await
    })
    .await
}

#[derive(Clone, Copy)]
enum Question {
    Introspect,
    Revoke,
}

async fn asked(door: &Arc<Door>, request: Request, question: Question) -> Response {
    match answer(door, request, question).await {
        Ok(response) => response,
        Err(problem) => problem.as_json().into_response(),
    }
}

async fn answer(
    door: &Arc<Door>,
    request: Request,
    question: Question,
) -> Result<Response, Problem> {
    if let Some(response) = unread(door, &request) {
        return Ok(response);
    }
    let trace = super::trace(request.extensions());
    let authorization = super::authorization(request.headers()).map(str::to_owned);
    let body = super::authorize::body(request).await?;
    let authorization = authorization.as_deref();
    let outcome = match question {
        Question::Introspect => client::introspect(door, &body, authorization, &trace)
            .await
            .map(|told| serde_json::to_vec(&told)),
        Question::Revoke => client::revoke(door, &body, authorization, &trace)
            .await
            .map(|()| Ok(Vec::new())),
    };
    match outcome {
        Ok(bytes) => {
            let bytes = bytes.map_err(|error| Problem::fault_chain(&error))?;
            Ok(super::fresh_json(StatusCode::OK, bytes))
        }
        Err(Failure::Refused(refusal)) => {
            let refusal: TokenError = refusal;
            let told = Refused {
                status: refusal.status(),
                error: refusal.oauth_error(),
                challenge: refusal.www_authenticate(authorization.is_some()),
            };
            Ok(refused(door, &told, &refusal, &trace))
        }
        Err(Failure::Fault(fault)) => Err(fault.into()),
    }
}
