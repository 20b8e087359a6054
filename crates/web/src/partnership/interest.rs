//! The interest form: sent by anyone, or entered by an account manager.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::partnerships::{self, InterestRefusal};
use durward_domain::partnership::Typed;
use serde::Deserialize;

use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::Form;
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::limits::ClientAddress;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

view! {
    /// The interest form.
    InterestPage in "partnership/interest.html" {
        /// What was typed.
        form: Form,
        /// Whether an account manager enters it.
        by_staff: bool,
    }
}

view! {
    /// What the sender is told.
    InterestSent in "partnership/interest_sent.html" {
        /// What people call it by.
        reference: String,
    }
}

/// What the page of thanks prints.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    reference: String,
}

/// `/partnership/interest`
pub async fn show(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
) -> Response {
    let page = super::frame(&portal, &visit, signed.as_ref(), PATH);
    form(page, Entered::default(), false)
}

/// Takes the form.
pub async fn send(
    State(portal): State<Arc<Portal>>,
    address: ClientAddress,
    signed: Option<Signed>,
    posted: Posted,
) -> Result<Response, Response> {
    let visit = &posted.visit;
    if !posted.text(TRAP).is_empty() {
        // Programs fill every field. They are thanked like anyone, with a reference that leads nowhere.
        tracing::info!("an interest form whose trap was filled was dropped");
        let reference = format!("P-{}", portal.keeper.random.crockford(8));
        return Ok(thanks(&reference));
    }
    let from = (network(address), visit.language().tag());
    let trace = visit.trace();
    let taken =
        partnerships::receive(&portal.keeper, &typed(&posted), (&from.0, from.1), &trace).await;
    match taken {
        Ok(received) => Ok(thanks(&received.reference)),
        Err(Failure::Refused(InterestRefusal::Wrong(wrong))) => {
            let page = super::frame(&portal, visit, signed.as_ref(), PATH);
            Ok(again(page, visit.words(), &wrong, &posted, false))
        }
        Err(failure) => Err(Problem::from(failure).as_page().into_response()),
    }
}

/// `/partnership/interest/sent`
pub async fn sent(
    State(portal): State<Arc<Portal>>,
    Query(told): Query<Told>,
    visit: Visit,
    signed: Option<Signed>,
) -> Result<Response, Problem> {
    let sound = told.reference.strip_prefix("P-").is_some_and(|rest| {
        rest.len() == 8 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if !sound {
        return Err(Problem::not_found());
    }
    let mut page = super::frame(&portal, &visit, signed.as_ref(), PATH);
    page.open_to_search = false;
    Ok(page::html(&InterestSent {
        page,
        reference: told.reference,
    }))
}

/// `/partnerships/new`
pub async fn new(desk: Desk) -> Response {
    form(desk.page("/partnerships"), Entered::default(), true)
}

/// Takes the form of an account manager.
pub async fn enter(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    match partnerships::enter(
        keeper,
        member,
        &typed(&posted),
        desk.visit.language().tag(),
        &trace,
    )
    .await
    {
        Ok(entered) => Ok(Redirect::to(&format!("/partnerships/{}", entered.id)).into_response()),
        Err(Failure::Refused(InterestRefusal::Wrong(wrong))) => {
            let page = desk.page("/partnerships");
            Ok(again(page, desk.words(), &wrong, &posted, true))
        }
        Err(failure) => Err(desk.failed(failure, "/partnerships/new")),
    }
}

fn thanks(reference: &str) -> Response {
    Redirect::to(&format!("{PATH}/sent?reference={reference}")).into_response()
}

fn form(page: Page, entered: Entered, by_staff: bool) -> Response {
    page::html(&InterestPage {
        page,
        form: Form::plain(entered),
        by_staff,
    })
}

/// The form with what was typed and what is wrong with it.
fn again(
    mut page: Page,
    words: Words,
    wrong: &[durward_domain::partnership::Fault],
    posted: &Posted,
    by_staff: bool,
) -> Response {
    for fault in wrong {
        page = page.with_error(fault.field(), words.refusal(fault));
    }
    let mut entered = Entered::default();
    for name in FIELDS {
        entered.set(name, posted.text(name));
    }
    form(page, entered, by_staff)
}

fn typed(posted: &Posted) -> Typed {
    let text = |name| posted.text(name).to_owned();
    Typed {
        name: text("name"),
        title: text("title"),
        email: text("email"),
        agency: text("agency"),
        agency_kind: text("agency_kind"),
        federally_funded: text("federally_funded"),
        programme: text("programme"),
        launch_date: text("launch_date"),
        estimated_users: text("estimated_users"),
        estimated_auths: text("estimated_auths"),
        proofing: text("proofing"),
        estimated_idv_users: text("estimated_idv_users"),
        comments: text("comments"),
    }
}

/// A neighbourhood shares a budget: whoever holds a /64 of IPv6 holds all of it.
fn network(ClientAddress(address): ClientAddress) -> String {
    crate::shared::limits::network(address).to_string()
}

const PATH: &str = "/partnership/interest";
/// Hidden from people; programs fill it.
const TRAP: &str = "website";
const FIELDS: [&str; 13] = [
    "name",
    "title",
    "email",
    "agency",
    "agency_kind",
    "federally_funded",
    "programme",
    "launch_date",
    "estimated_users",
    "estimated_auths",
    "proofing",
    "estimated_idv_users",
    "comments",
];
