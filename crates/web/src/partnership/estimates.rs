//! Saved estimates: those of the member's teams, one of them, saving and accepting.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::estimates::{self, EstimateRefusal, EstimateView, NewEstimate, Place};
use durward_domain::refusal::Refuse as _;
use serde::Deserialize;

use super::estimator;
use super::shown::{Shown, money};
use crate::portal::desk::Desk;
use crate::portal::session::Signed;
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;

view! {
    /// The estimates that the member may see.
    Estimates in "partnership/estimates.html" {
        /// The estimates.
        lines: Vec<SavedLine>,
        /// Where older ones are.
        older: Option<String>,
    }
}

view! {
    /// One estimate.
    EstimatePage in "partnership/estimate.html" {
        /// The estimate.
        line: SavedLine,
        /// What it says.
        shown: Shown,
        /// Whether the member may accept it.
        may_accept: bool,
        /// The estimator with its plan.
        again: String,
    }
}

/// One saved estimate in a list.
pub struct SavedLine {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Who saved it and when.
    pub saved: String,
    /// Who accepted it and when; nothing while nobody did.
    pub accepted: Option<String>,
    /// Its sum.
    pub total: String,
    /// Its fiscal years with their sums.
    pub years: Vec<(String, String)>,
    /// The team's short name; empty while there is none.
    pub team: String,
}

impl SavedLine {
    /// An estimate in a language.
    pub fn of(
        words: Words,
        view: &EstimateView,
        moment: impl Fn(jiff::Timestamp) -> String,
    ) -> Self {
        let estimate = &view.estimate;
        let said = |key, who: &str, time| words.t2(key, "who", who, "time", &moment(time));
        let by = view.accepted_by.as_deref().unwrap_or_default();
        Self {
            id: view.id.clone(),
            name: view.name.clone(),
            saved: said("estimate-saved-by", &view.author, view.created),
            accepted: view
                .accepted
                .map(|time| said("estimate-accepted-by", by, time)),
            total: money(words, estimate.total, &estimate.currency),
            years: estimate
                .years
                .iter()
                .map(|year| {
                    let number = year.year.get().to_string();
                    let name = words.t1("estimate-fiscal-year", "year", &number);
                    (name, money(words, year.total, &estimate.currency))
                })
                .collect(),
            team: view.team.clone().unwrap_or_default(),
        }
    }
}

/// Which part of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    after: Option<String>,
}

/// `/estimates`
pub async fn list(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let words = desk.words();
    let part = (asked.after.as_deref(), AT_ONCE);
    let found = estimates::all(&desk.keeper, &desk.member, part).await?;
    Ok(page::html(&Estimates {
        page: desk.page("/estimates"),
        lines: found
            .items
            .iter()
            .map(|view| SavedLine::of(words, view, |time| desk.moment(time)))
            .collect(),
        older: found.next.map(|next| format!("/estimates?after={next}")),
    }))
}

/// `/estimates/{id}`
pub async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let view = estimates::find(&desk.keeper, &desk.member, &id)
        .await
        .map_err(|failure| desk.failed(failure, "/estimates"))?;
    let words = desk.words();
    Ok(page::html(&EstimatePage {
        page: desk.page("/estimates"),
        line: SavedLine::of(words, &view, |time| desk.moment(time)),
        shown: Shown::of(words, &view.estimate),
        may_accept: view.may_accept,
        again: estimator::address(&view.estimate.plan),
    }))
}

/// Saves what the estimator showed.
pub async fn save(
    State(portal): State<Arc<Portal>>,
    signed: Signed,
    desk: Desk,
    posted: Posted,
) -> Result<Response, Response> {
    let fields = posted.fields();
    let words = desk.words();
    let mut page = super::frame(&portal, &desk.visit, Some(&signed), "/partnership/estimate");
    let wrong = match estimator::read(words, fields) {
        Ok(plan) => {
            let new = NewEstimate {
                name: posted.text("name").to_owned(),
                plan,
            };
            let place = place(posted.text("place"));
            let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
            match estimates::save(keeper, member, &place, &new, &trace).await {
                Ok(saved) => {
                    return Ok(Redirect::to(&format!("/estimates/{}", saved.id)).into_response());
                }
                Err(Failure::Refused(no)) if estimator::is_plan(no.code()) => {
                    vec![(estimator::saved_field(&no), words.refusal(&no))]
                }
                Err(failure) => return Err(desk.failed(failure, "/partnership/estimate")),
            }
        }
        Err(wrong) => wrong
            .into_iter()
            .map(|(name, key)| (name, words.t(key)))
            .collect(),
    };
    for (name, text) in wrong {
        page = page.with_error(name, text);
    }
    estimator::answer(&portal, (page, &desk.visit), Some(&signed), fields).await
}

/// Accepts an estimate.
pub async fn accept(
    desk: Desk,
    Path(id): Path<String>,
    _posted: Posted,
) -> Result<Response, Response> {
    let back = format!("/estimates/{id}");
    let done: Result<EstimateView, Failure<EstimateRefusal>> =
        estimates::accept(&desk.keeper, &desk.member, &id, &desk.trace()).await;
    done.map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to(&back).into_response())
}

fn place(text: &str) -> Place {
    match text.split_once(':') {
        Some(("partnership", id)) => Place::Partnership(id.to_owned()),
        None if text == OWN => Place::Own,
        Some((_, team)) => Place::Team(team.to_owned()),
        None => Place::Team(text.to_owned()),
    }
}

/// The place of what its author keeps until they have a team.
pub(super) const OWN: &str = "own";
const AT_ONCE: usize = 50;
