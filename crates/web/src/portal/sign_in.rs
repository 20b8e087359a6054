//! Signing in to the portal and out of it.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::Failure;
use durward_app::partner::notices;
use durward_app::partner::sign_in::{self, Callback, SignInRefusal};
use durward_domain::event::Event;
use serde::Deserialize;

use super::session::{Signed, trace};
use super::teams::NotInvited;
use crate::portal_router::Portal;
use crate::shared::cookies;
use crate::shared::forms::Posted;
use crate::shared::page::{Page, html_with};
use crate::shared::problem::Problem;
use crate::shared::route::{Caller, FORM, Forgery, Mounted, NONE, Rate, Route};
use crate::shared::visit::Visit;

/// `/sign-in`, what comes back to it, and `/sign-out`.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    Route {
        method: "GET",
        path: "/sign-in",
        caller: Caller::Anyone,
        forgery: Forgery::ByDesign,
        rate: Rate::Open,
        body: NONE,
        events: &[],
        mounted: Mounted::Always,
        handler: || get(start),
    },
    Route {
        method: "GET",
        path: sign_in::CALLBACK,
        caller: Caller::Anyone,
        forgery: Forgery::ByDesign,
        rate: Rate::Open,
        body: NONE,
        events: &[
            Event::MemberSignedIn,
            Event::MemberSteppedUp,
            Event::MemberAdded,
            Event::MemberSignInRefused,
        ],
        mounted: Mounted::Always,
        handler: || get(callback),
    },
    Route {
        method: "GET",
        path: NOT_INVITED,
        caller: Caller::Anyone,
        forgery: Forgery::ReadOnly,
        rate: Rate::Open,
        body: NONE,
        events: &[],
        mounted: Mounted::Always,
        handler: || get(not_invited),
    },
    Route {
        method: "POST",
        path: "/sign-out",
        caller: Caller::Member,
        forgery: Forgery::FormToken,
        rate: Rate::Forms,
        body: FORM,
        events: &[Event::MemberSignedOut],
        mounted: Mounted::Always,
        handler: || post(sign_out),
    },
];

#[derive(Deserialize)]
struct Wish {
    #[serde(default)]
    return_to: String,
    #[serde(default)]
    step_up: Option<String>,
}

async fn start(
    State(portal): State<Arc<Portal>>,
    Query(wish): Query<Wish>,
    signed: Option<Signed>,
) -> Result<Response, Problem> {
    let step_up = signed
        .as_ref()
        .filter(|_| wish.step_up.is_some())
        .map(Signed::member);
    let started = sign_in::start(&portal.keeper, step_up, &wish.return_to)
        .await
        .map_err(page)?;
    let mut response = Redirect::to(&started.url).into_response();
    set(
        &mut response,
        portal
            .site
            .cookies()
            .set(&flow_cookie(&portal), &started.flow, Some(FLOW_SECONDS)),
    );
    Ok(response)
}

async fn callback(
    State(portal): State<Arc<Portal>>,
    Query(callback): Query<Callback>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let name = flow_cookie(&portal);
    let flow = cookies::find(&headers, &name);
    let signed = sign_in::finish(
        &portal.keeper,
        &callback,
        flow,
        visit.session(),
        &trace(&visit),
    )
    .await;
    let signed = match signed {
        Err(Failure::Refused(SignInRefusal::NotAMember)) => {
            // An address of its own: the code of the answer stays out of the page's links.
            let mut response = Redirect::to(NOT_INVITED).into_response();
            set(&mut response, portal.site.cookies().set(&name, "", Some(0)));
            return Ok(response);
        }
        outcome => outcome.map_err(page)?,
    };
    if let Some(begun) = sign_in::member_by_session(&portal.keeper, &signed.session).await? {
        let language = visit.language().tag();
        notices::speaks(&portal.keeper, &begun.member.id, language).await?;
    }
    let mut response = Redirect::to(&signed.return_to).into_response();
    set(&mut response, portal.site.cookies().set(&name, "", Some(0)));
    set(
        &mut response,
        portal.site.cookies().set_session(&signed.session),
    );
    Ok(response)
}

async fn sign_out(State(portal): State<Arc<Portal>>, posted: Posted) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let out = sign_in::sign_out(&portal.keeper, visit.session(), &trace(visit)).await?;
    let mut response = Redirect::to(&out.url).into_response();
    set(&mut response, portal.site.cookies().clear_session());
    Ok(response)
}

/// Signed in at the provider, but nobody's member here: says who gets in, and how.
async fn not_invited(State(portal): State<Arc<Portal>>, visit: Visit) -> Response {
    let keeper = &portal.keeper;
    let view = NotInvited {
        page: Page::of(&visit),
        domains: keeper.programme.domains.email.join(", "),
        account: format!("{}/", keeper.sign_in.issuer),
    };
    html_with(StatusCode::FORBIDDEN, &view)
}

fn page(failure: durward_app::Failure<sign_in::SignInRefusal>) -> Problem {
    Problem::from(failure).as_page()
}

fn set(response: &mut Response, cookie: Option<HeaderValue>) {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn flow_cookie(portal: &Portal) -> String {
    format!("{}_flow", portal.site.cookies().session())
}

const NOT_INVITED: &str = "/sign-in/not-invited";
const FLOW_SECONDS: u32 = 24 * 3600;
