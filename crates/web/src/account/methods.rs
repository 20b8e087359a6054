//! What a person signs in with: the list of the account page, one method with its name, and removing it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use durward_app::Door;
use durward_app::citizen::methods::{self, Held, HeldKind};
use durward_app::citizen::session::SignedIn;

use super::common::{self, No};
use super::own;
use super::views::{Method, MethodPage, MethodRemove};
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

/// GET `/account/methods/{id}`: its facts and its name.
pub(super) async fn show(
    State(door): State<Arc<Door>>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let who = match own::sensitive(&door, &visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    method_page(&door, &visit, &who, &id, None).await
}

/// POST `/account/methods/{id}`: another name.
pub(super) async fn post(
    State(door): State<Arc<Door>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let who = match own::sensitive(&door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let typed = posted.text("name");
    match methods::rename(&door, &who, &id, typed, &visit.trace()).await {
        Ok(()) => Ok(common::see_other(common::ACCOUNT, Vec::new())),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => {
                method_page(&door, visit, &who, &id, Some((typed, message))).await
            }
        },
    }
}

/// GET `/account/methods/{id}/remove`: asks first.
pub(super) async fn show_remove(
    State(door): State<Arc<Door>>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, Problem> {
    let who = match own::sensitive(&door, &visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let Some((page, method)) = found(&door, &visit, &who, &id).await? else {
        return Ok(common::see_other(common::ACCOUNT, Vec::new()));
    };
    if method.last {
        return Ok(common::see_other(&path(&id), Vec::new()));
    }
    Ok(page::html(&MethodRemove { page, method }))
}

/// POST `/account/methods/{id}/remove`.
pub(super) async fn post_remove(
    State(door): State<Arc<Door>>,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    let visit = &posted.visit;
    let who = match own::sensitive(&door, visit).await? {
        Ok(who) => who,
        Err(elsewhere) => return Ok(elsewhere),
    };
    match methods::remove(&door, &who, &id, &visit.trace()).await {
        Ok(()) => Ok(common::see_other(common::ACCOUNT, Vec::new())),
        Err(failure) => match common::no(&door, visit, failure).await? {
            No::Answer(response) => Ok(response),
            No::InPlace(message) => method_page(&door, visit, &who, &id, Some(("", message))).await,
        },
    }
}

async fn method_page(
    door: &Arc<Door>,
    visit: &Visit,
    who: &SignedIn,
    id: &str,
    wrong: Option<(&str, String)>,
) -> Result<Response, Problem> {
    let Some((mut page, method)) = found(door, visit, who, id).await? else {
        return Ok(common::see_other(common::ACCOUNT, Vec::new()));
    };
    let mut typed = method.own_name.clone();
    if let Some((text, message)) = wrong {
        text.clone_into(&mut typed);
        page = page.with_error("name", message);
    }
    Ok(page::html(&MethodPage {
        page,
        method,
        typed,
    }))
}

async fn found(
    door: &Arc<Door>,
    visit: &Visit,
    who: &SignedIn,
    id: &str,
) -> Result<Option<(Page, Method)>, Problem> {
    let page = own::frame(door, visit, who).await?;
    let mine = list(door, &page, who).await?;
    let method = mine.into_iter().find(|method| method.id == id);
    Ok(method.map(|method| (page, method)))
}

/// The methods as pages show them.
pub(super) async fn list(
    door: &Arc<Door>,
    page: &Page,
    who: &SignedIn,
) -> Result<Vec<Method>, Problem> {
    let held = methods::list(door, who)
        .await
        .map_err(|fault| Problem::from(fault).as_page())?;
    let last = held.len() == 1;
    let shown = |one: Held| {
        let kind = page.t(word(one.kind));
        Method {
            id: one.id,
            name: one.name.clone().unwrap_or_else(|| kind.clone()),
            own_name: one.name.unwrap_or_default(),
            kind,
            added: door.programme.date_of(one.added).to_string(),
            used: one.used.map(|at| door.programme.date_of(at).to_string()),
            last,
        }
    };
    Ok(held.into_iter().map(shown).collect())
}

const fn word(kind: HeldKind) -> &'static str {
    match kind {
        HeldKind::Passkey => "method-passkey",
        HeldKind::SecurityKey => "method-security-key",
        HeldKind::Card => "method-card",
        HeldKind::App => "factor-totp",
        HeldKind::Phone => "method-phone",
        HeldKind::BackupCodes => "method-backup-codes",
    }
}

fn path(id: &str) -> String {
    format!("/account/methods/{id}")
}
