//! O6 and P9: agreements: lists, one document, and the pages that write, sign and print it.

mod act;
pub mod document;
#[cfg(test)]
pub(crate) mod samples;
mod show;
pub mod views;
mod write;

use std::sync::Arc;

use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::operator::accounts::{self, AccountEntry};
use durward_app::partner::agreements::{self, AgreementView};
use durward_app::partner::teams;
use durward_domain::agreement::{AccountStatus, Standing};
use durward_domain::event::Event;
use durward_domain::permission::Action;

use self::views::{AccountLine, Accounts};
use super::views::{AgreementCard, Agreements};
use crate::pages::{shows, takes};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::portal_router::{EVIDENCE, Portal};
use crate::shared::forms::Posted;
use crate::shared::page;
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Needs, Route};

/// The pages of agreements.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/agreements", || get(list)).may(Action::ViewAgreement),
    shows("/agreements/accounts", || get(list_accounts)).may(Action::ViewAgreement),
    takes(
        "/agreements/accounts",
        FORM,
        &[Event::PartnerAccountSaved],
        || post(save_account),
    )
    .may(Action::ManageAgreement),
    shows("/agreements/new/{kind}", || get(write::new)).may(Action::RequestAgreement),
    takes(
        "/agreements/new/{kind}",
        WORDS,
        &[Event::AgreementCreated],
        || post(write::create),
    )
    .may(Action::RequestAgreement),
    shows("/agreements/{number}", || get(show::show)).may(Action::ViewAgreement),
    shows("/agreements/{number}/document", || get(document::show)).may(Action::ViewAgreement),
    shows("/agreements/{number}/document.pdf", || {
        get(document::as_pdf)
    })
    .may(Action::ViewAgreement),
    shows("/agreements/{number}/document.json", || {
        get(document::as_bytes)
    })
    .may(Action::ViewAgreement),
    shows("/agreements/{number}/edit", || get(write::edit)).needs(WRITES),
    takes(
        "/agreements/{number}/edit",
        WORDS,
        &[Event::AgreementEdited],
        || post(write::save),
    )
    .needs(WRITES),
    takes(
        "/agreements/{number}/step",
        FORM,
        &[Event::AgreementMoved],
        || post(act::step),
    )
    .needs(STEPS),
    takes(
        "/agreements/{number}/sign",
        FORM,
        &[
            Event::AgreementSignedByPartner,
            Event::AgreementSignedByProvider,
        ],
        || post(act::sign),
    )
    .needs(SIGNS),
    takes(
        "/agreements/{number}/files",
        EVIDENCE,
        &[Event::AgreementFileKept],
        || post(act::add_file),
    )
    .may(Action::RequestAgreement),
    shows("/agreements/{number}/files/{id}", || get(act::file)).may(Action::ViewAgreement),
    takes(
        "/agreements/{number}/overrides",
        FORM,
        &[Event::AgreementOverrideAsked],
        || post(act::ask_override),
    )
    .may(Action::OverrideAgreement),
    takes(
        "/agreements/{number}/overrides/{id}",
        FORM,
        &[Event::AgreementOverridden, Event::AgreementOverrideRefused],
        || post(act::decide_override),
    )
    .may(Action::OverrideAgreement),
];

/// The agreements that the member may see.
async fn list(desk: Desk) -> Result<Response, Problem> {
    let orders = agreements::list(&desk.keeper, &desk.member).await?;
    let gtcs = agreements::list_gtcs(&desk.keeper, &desk.member).await?;
    let gtcs = gtcs.into_iter().map(|one| AgreementCard {
        mark: mark(&desk, one.standing, &one.state),
        agency: format!("{} · {}", one.agency, one.partner),
        start: one.starts.to_string(),
        end: one.ends.to_string(),
        apps: one.orders.join(", "),
        number: one.number,
    });
    let orders = orders.into_iter().map(|one| AgreementCard {
        mark: mark(&desk, one.standing, &one.state),
        agency: format!("{} · {}", one.agency, one.partner),
        start: one.starts.to_string(),
        end: one.ends.to_string(),
        apps: one.apps.join(", "),
        number: one.number,
    });
    Ok(page::html(&Agreements {
        page: desk.page("/agreements"),
        gtcs: gtcs.collect(),
        agreements: orders.collect(),
        may_ask: desk.member.reaches_somewhere(Action::RequestAgreement),
    }))
}

async fn list_accounts(desk: Desk) -> Result<Response, Problem> {
    let page = desk.page("/agreements");
    accounts_page(&desk, page, Entered::default()).await
}

async fn save_account(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let fault = |fault| Problem::from(fault).as_page().into_response();
    let id = posted.text("id");
    let status = AccountStatus::parse(posted.text("status")).unwrap_or(AccountStatus::Prospect);
    let before = accounts::list(&desk.keeper, &desk.member)
        .await
        .map_err(fault)?
        .into_iter()
        .find(|one| one.id == id);
    let entry = match before {
        Some(one) => AccountEntry {
            name: one.name,
            requesting_agency: one.requesting_agency,
            agency: String::new(),
            status,
            became_partner: one.became_partner,
            description: one.description,
        },
        None => AccountEntry {
            name: posted.text("name").to_owned(),
            requesting_agency: posted.text("requesting_agency").to_owned(),
            agency: posted.text("agency").to_owned(),
            status,
            became_partner: posted.text("became_partner").parse().ok(),
            description: posted.text("description").to_owned(),
        },
    };
    let which = Some(id).filter(|id| !id.is_empty());
    match accounts::save(&desk.keeper, &desk.member, (which, entry), &desk.trace()).await {
        Ok(_) => Ok(Redirect::to("/agreements/accounts").into_response()),
        Err(durward_app::failure::Failure::Refused(no)) if which.is_none() => {
            let field = match durward_domain::refusal::Refuse::code(&no) {
                "partner-account/requesting-agency" => "requesting_agency",
                _ => "name",
            };
            let page = desk
                .page("/agreements")
                .with_error(field, desk.words().refusal(&no));
            let mut typed = Entered::default();
            for name in ["name", "requesting_agency", "became_partner", "description"] {
                typed.set(name, posted.text(name));
            }
            accounts_page(&desk, page, typed)
                .await
                .map_err(IntoResponse::into_response)
        }
        Err(failure) => Err(desk.failed(failure, "/agreements/accounts")),
    }
}

async fn accounts_page(desk: &Desk, page: page::Page, typed: Entered) -> Result<Response, Problem> {
    let words = desk.words();
    let side = if desk.member.is_staff() {
        "staff"
    } else {
        "partner"
    };
    let said = |status: AccountStatus| words.t(&format!("account-{side}-{status}"));
    let found = accounts::list(&desk.keeper, &desk.member).await?;
    Ok(page::html(&Accounts {
        page,
        lines: found
            .into_iter()
            .map(|one| AccountLine {
                mark: Mark::new(shade(one.status), said(one.status)),
                became: one
                    .became_partner
                    .map(|day| desk.day(day))
                    .unwrap_or_default(),
                status: one.status.as_str(),
                id: one.id,
                name: one.name,
                office: one.requesting_agency,
                agency: one.agency,
                description: one.description,
            })
            .collect(),
        may_write: desk.may_for_programme(Action::ManageAgreement),
        agencies: agencies(desk).await?,
        statuses: AccountStatus::ALL
            .map(|one| (one.as_str(), said(one)))
            .into(),
        form: Form::plain(typed),
    }))
}

/// The agencies to choose from: letters and name.
async fn agencies(desk: &Desk) -> Result<Vec<(String, String)>, Problem> {
    let found = teams::agencies(&desk.keeper).await?;
    Ok(found
        .into_iter()
        .map(|one| (one.abbreviation, one.name))
        .collect())
}

const fn shade(status: AccountStatus) -> &'static str {
    match status {
        AccountStatus::Prospect | AccountStatus::Onboarding => "news",
        AccountStatus::Active => "good",
        AccountStatus::Paused => "wait",
        AccountStatus::Former => "",
    }
}

fn mark_of(desk: &Desk, one: &AgreementView) -> Mark {
    mark(desk, one.standing, &one.state)
}

/// Where it stands on the keeper's day; on its way to both signatures, at which step.
fn mark(desk: &Desk, standing: Standing, state: &str) -> Mark {
    let words = desk.words();
    match standing {
        Standing::Active => Mark::new("good", words.t("standing-active")),
        Standing::PendingStart => Mark::new("news", words.t("standing-pending-start")),
        Standing::Expired => Mark::new("stop", words.t("standing-expired")),
        Standing::Terminated => Mark::new("stop", words.t("standing-terminated")),
        Standing::Replaced => Mark::new("", words.t("standing-replaced")),
        Standing::ClosedOut => Mark::new("", words.t("standing-closed-out")),
        Standing::Unsigned => Mark::new(
            "wait",
            words.t(&format!("agreement-state-{}", state.replace('_', "-"))),
        ),
    }
}

/// A document's fields as a form sends them.
const WORDS: usize = 256 * 1024;
const WRITES: Needs = Needs::AnyOf(&[Action::RequestAgreement, Action::ManageAgreement]);
const SIGNS: Needs = Needs::AnyOf(&[
    Action::SignAgreementForPartner,
    Action::SignAgreementForProvider,
]);
const STEPS: Needs = Needs::AnyOf(&[
    Action::ManageAgreement,
    Action::ReviewAgreement,
    Action::RequestAgreement,
    Action::SignAgreementForPartner,
]);
