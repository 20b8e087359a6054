//! Who calls: a member by bearer token (RFC 6750), within their budget.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use durward_app::Keeper;
use durward_app::actor::Member;
use durward_app::partner::tokens::member_by_token;
use durward_app::record::Trace;

use crate::portal_router::Portal;
use crate::shared::problem::Problem;
use crate::shared::visit::RequestId;

/// A call by a member.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) keeper: Arc<Keeper>,
    pub(crate) member: Member,
    pub(crate) trace: Trace,
}

impl FromRequestParts<Arc<Portal>> for Call {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Problem> {
        // The gate before the handler asked already, and counted the call.
        if let Some(call) = parts.extensions.get::<Self>() {
            return Ok(call.clone());
        }
        let token =
            token(parts).ok_or_else(|| unauthenticated("Bearer realm=\"portal\"", NO_TOKEN))?;
        if let Err(wait) = portal.budget.spend(token, portal.site.now()) {
            let problem = Problem::new(
                "api/too-many",
                StatusCode::TOO_MANY_REQUESTS,
                "Too many calls with this token. Wait and try again.",
            );
            return Err(problem
                .with_header(header::RETRY_AFTER, HeaderValue::from(wait))
                .as_json());
        }
        let member = member_by_token(&portal.keeper, token)
            .await
            .map_err(|fault| Problem::from(fault).as_json())?;
        let member = member.ok_or_else(|| {
            unauthenticated(
                "Bearer realm=\"portal\", error=\"invalid_token\"",
                BAD_TOKEN,
            )
        })?;
        let id = parts
            .extensions
            .get::<RequestId>()
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default();
        Ok(Self {
            keeper: Arc::clone(&portal.keeper),
            member,
            trace: Trace { request_id: id },
        })
    }
}

fn token(parts: &Parts) -> Option<&str> {
    token_in(&parts.headers)
}

/// The bearer token of a request.
pub(super) fn token_in(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim())
        .filter(|token| !token.is_empty())
}

fn unauthenticated(challenge: &'static str, sentence: &'static str) -> Problem {
    Problem::new("api/unauthenticated", StatusCode::UNAUTHORIZED, sentence)
        .with_header(
            header::WWW_AUTHENTICATE,
            HeaderValue::from_static(challenge),
        )
        .as_json()
}

const NO_TOKEN: &str = "Send a bearer token. Make one in the portal, under Tokens.";
const BAD_TOKEN: &str =
    "The token is unknown, over, or was taken back. Make another in the portal, under Tokens.";
