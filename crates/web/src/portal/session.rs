//! Who is signed in to the portal.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::Method;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::actor::Member;
use durward_app::partner::sign_in::{PortalSession, member_by_session};
use durward_app::record::Trace;

use crate::portal_router::Portal;
use crate::shared::page::Page;
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// A signed-in member on a page. An extractor: without a session the browser is sent to sign in and comes back.
///
/// As `Option<Signed>` it is nothing for somebody unknown.
pub struct Signed {
    /// The session.
    pub session: PortalSession,
    /// The visit.
    pub visit: Visit,
}

impl Signed {
    /// Who.
    pub fn member(&self) -> &Member {
        &self.session.member
    }

    /// The frame of a page for this member. Its forms may end at the sign-in service: signing out and stepping up do.
    pub fn page(&self, portal: &Portal) -> Page {
        let issuer = url::Url::parse(&portal.keeper.sign_in.issuer).ok();
        let mut page = Page::of(&self.visit)
            .signed_in(&self.session.member.name)
            .with_form_origins(issuer.map(|url| url.origin().ascii_serialization()));
        page.sign_out = "/sign-out";
        page
    }

    /// What connects everything that this request does.
    pub fn trace(&self) -> Trace {
        trace(&self.visit)
    }
}

impl Deref for Signed {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.session.member
    }
}

/// What connects everything that one visit does.
pub fn trace(visit: &Visit) -> Trace {
    Trace {
        request_id: visit.request_id().to_owned(),
    }
}

/// Sends the browser to sign in and back to this path.
pub fn to_sign_in(return_to: &str) -> Response {
    Redirect::to(&format!("/sign-in?{}", query(&[("return_to", return_to)]))).into_response()
}

/// Sends the browser to prove again who it is, for what needs a fresh second factor, and back to this path.
pub fn to_step_up(return_to: &str) -> Response {
    Redirect::to(&format!(
        "/sign-in?{}",
        query(&[("step_up", "1"), ("return_to", return_to)])
    ))
    .into_response()
}

impl FromRequestParts<Arc<Portal>> for Signed {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, portal: &Arc<Portal>) -> Result<Self, Response> {
        let found =
            <Self as OptionalFromRequestParts<Arc<Portal>>>::from_request_parts(parts, portal)
                .await;
        match found.map_err(IntoResponse::into_response)? {
            Some(signed) => Ok(signed),
            // What was posted cannot be repeated by a redirect.
            None if parts.method == Method::GET => Err(to_sign_in(
                parts.uri.path_and_query().map_or("/", |path| path.as_str()),
            )),
            None => Err(to_sign_in("/")),
        }
    }
}

impl OptionalFromRequestParts<Arc<Portal>> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(
        parts: &mut Parts,
        portal: &Arc<Portal>,
    ) -> Result<Option<Self>, Problem> {
        let visit = Visit::from_request_parts(parts, portal).await?;
        // The gate before the page asked already.
        if let Some(session) = parts.extensions.get::<PortalSession>() {
            let session = session.clone();
            return Ok(Some(Self { session, visit }));
        }
        let Some(cookie) = visit.session() else {
            return Ok(None);
        };
        let session = member_by_session(&portal.keeper, cookie).await?;
        Ok(session.map(|session| Self { session, visit }))
    }
}

fn query(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}
