//! The pages of the help.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use durward_oidc::authorize::CHECKS;

use super::attributes::{self, Row};
use super::errors::{self, Entry};
use super::guides::{self, Guide, Rendered};
use crate::portal::desk;
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::problem::Problem;
use crate::shared::visit::Visit;

view! {
    /// The index.
    HelpIndex in "help/index.html" {
        /// Address and title of each guide.
        guides: Vec<(String, &'static str)>,
    }
}

view! {
    /// A guide.
    HelpGuide in "help/guide.html" {
        /// What it says.
        guide: Rendered,
    }
}

view! {
    /// The table of attributes.
    HelpAttributes in "help/attributes.html" {
        /// Its rows.
        rows: Vec<Row>,
    }
}

view! {
    /// The dictionary of refusals.
    HelpErrors in "help/errors.html" {
        /// Its entries.
        entries: &'static [Entry],
    }
}

view! {
    /// One refusal.
    HelpError in "help/error.html" {
        /// The refusal.
        entry: Entry,
        /// Where it comes from, for a rule of the authorization endpoint.
        clause: Option<&'static str>,
        /// The place of the rule in the order, in words.
        place: String,
        /// Others of the same area.
        near: Vec<Entry>,
    }
}

/// `/help`
pub async fn index(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
) -> Response {
    let page = frame(&portal, &visit, signed.as_ref());
    let language = visit.language();
    let guides = guides::ALL
        .iter()
        .map(|guide| (format!("/help/{}", guide.id), guide.title(language)))
        .collect();
    page::html(&HelpIndex { page, guides })
}

/// `/help/{guide}`
///
/// # Errors
/// There is no such guide.
pub async fn guide(
    State(portal): State<Arc<Portal>>,
    Path(id): Path<String>,
    visit: Visit,
    signed: Option<Signed>,
) -> Result<Response, Problem> {
    let guide = Guide::find(&id).ok_or_else(Problem::not_found)?;
    let values = guides::values(&portal.keeper, visit.words());
    let guide = guides::render(guide.text(visit.language()), &values);
    Ok(page::html(&HelpGuide {
        page: frame(&portal, &visit, signed.as_ref()),
        guide,
    }))
}

/// `/help/attributes`
pub async fn attributes(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
) -> Response {
    page::html(&HelpAttributes {
        page: frame(&portal, &visit, signed.as_ref()),
        rows: attributes::rows(&portal.keeper.programme),
    })
}

/// `/help/errors`
pub async fn errors(
    State(portal): State<Arc<Portal>>,
    visit: Visit,
    signed: Option<Signed>,
) -> Response {
    page::html(&HelpErrors {
        page: frame(&portal, &visit, signed.as_ref()),
        entries: errors::entries(),
    })
}

/// `/help/errors/{area}/{code}`
///
/// # Errors
/// There is no such refusal.
pub async fn error(
    State(portal): State<Arc<Portal>>,
    Path((area, code)): Path<(String, String)>,
    visit: Visit,
    signed: Option<Signed>,
) -> Result<Response, Problem> {
    let entry = errors::find(&format!("{area}/{code}")).ok_or_else(Problem::not_found)?;
    let rule = errors::rule(entry.code);
    let near = errors::entries()
        .iter()
        .filter(|other| **other != entry && other.code.split('/').next() == Some(&*area))
        .copied()
        .collect();
    Ok(page::html(&HelpError {
        page: frame(&portal, &visit, signed.as_ref()),
        entry,
        clause: rule.map(|(_, check)| check.clause),
        place: rule.map_or_else(String::new, |(at, _)| place(visit.words(), at)),
        near,
    }))
}

/// "Rule 3 of 41 of the authorization endpoint."
pub(super) fn place(words: Words, at: usize) -> String {
    let count = CHECKS.len().to_string();
    words.t2("help-error-place", "at", &at.to_string(), "count", &count)
}

fn frame(portal: &Portal, visit: &Visit, signed: Option<&Signed>) -> Page {
    desk::frame(&portal.keeper, visit, signed.map(Signed::member), "/help")
}
