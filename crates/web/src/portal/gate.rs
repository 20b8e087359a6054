//! The gate before every page and call: the row of the route names what a role must allow, and here it is asked.
//!
//! It knows the route, not the thing: the use case asks again, for the team that the thing belongs to.

use std::sync::Arc;

use axum::extract::{FromRequestParts as _, OptionalFromRequestParts, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use durward_app::actor::{Denied, Member};

use super::desk::Desk;
use super::session::Signed;
use crate::api::bearer::Call;
use crate::portal_router::Portal;
use crate::shared::problem::Problem;
use crate::shared::route::Needs;

/// What one row asks for.
#[derive(Clone)]
pub struct Gate {
    /// The portal.
    pub portal: Arc<Portal>,
    /// The permission.
    pub needs: Needs,
    /// The row's path.
    pub path: &'static str,
}

impl Gate {
    fn check(&self, member: &Member, address: &str) -> Result<(), Denied> {
        let now = self.portal.keeper.clock.real_now();
        self.needs.check(member, self.path, address, now)
    }
}

/// Before a page. Somebody unknown passes: the page sends them to sign in. A second factor that is too old is the page's
/// own affair: it knows where to come back to.
pub async fn page(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let portal = &gate.portal;
    let found =
        <Signed as OptionalFromRequestParts<Arc<Portal>>>::from_request_parts(&mut parts, portal);
    let signed = match found.await {
        Ok(signed) => signed,
        Err(problem) => return problem.into_response(),
    };
    if let Some(signed) = signed {
        match gate.check(&signed.session.member, parts.uri.path()) {
            Ok(()) | Err(Denied::StepUp) => {}
            Err(denied) => {
                let asked = parts.uri.path_and_query().map_or("/", |path| path.as_str());
                let back = if parts.method == Method::GET {
                    asked
                } else {
                    "/"
                };
                let desk = Desk {
                    keeper: Arc::clone(&portal.keeper),
                    member: signed.session.member,
                    visit: signed.visit,
                    unread: 0,
                };
                return desk.refused(&denied, back);
            }
        }
        parts.extensions.insert(signed.session);
    }
    next.run(Request::from_parts(parts, body)).await
}

/// Before a call of the API.
pub async fn call(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let call = match Call::from_request_parts(&mut parts, &gate.portal).await {
        Ok(call) => call,
        Err(problem) => return problem.into_response(),
    };
    if let Err(denied) = gate.check(&call.member, parts.uri.path()) {
        return Problem::refused(&denied).as_json().into_response();
    }
    parts.extensions.insert(call);
    next.run(Request::from_parts(parts, body)).await
}
