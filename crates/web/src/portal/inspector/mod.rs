//! P6: why a request was answered as it was.

pub mod find;
pub mod list;
mod logouts;
pub mod paste;
#[cfg(test)]
pub(in crate::portal) mod samples;
pub mod show;

use std::sync::Arc;

use axum::routing::{get, post};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_oidc::evidence::{Outcome, Step};

use super::parts::Mark;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::i18n::Words;
use crate::shared::route::{FORM, Route};

/// The pages of the inspector.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/requests", || get(find::find)).may(Action::InspectRequest),
    shows("/requests/{request_id}", || get(show::show)).may(Action::InspectRequest),
    takes(
        "/requests/{request_id}/fix",
        FORM,
        &[Event::DraftSaved],
        || post(show::fix),
    )
    .may(Action::EditDraft),
    shows("/tools/request", || get(paste::form)).may(Action::InspectRequest),
    takes("/tools/request", PASTED, &[], || post(paste::judge)).may(Action::InspectRequest),
    shows("/apps/{handle}/{environment}/requests", || get(list::list)).may(Action::InspectRequest),
];

/// A pasted request, percent-encoded by the form.
const PASTED: usize = 256 * 1024;

/// A step in the reader's language.
fn step(words: Words, step: Step) -> String {
    words.t(&format!("inspect-step-{}", step.as_str()))
}

/// An outcome as a status.
fn mark(words: Words, outcome: Outcome) -> Mark {
    let shade = match outcome {
        Outcome::Ok => "good",
        Outcome::Refused => "stop",
        Outcome::Cancelled => "",
        Outcome::Pending => "wait",
    };
    Mark::new(
        shade,
        words.t(&format!("inspect-outcome-{}", outcome.as_str())),
    )
}

/// One request in a list.
pub struct RequestLine {
    /// Its id.
    pub id: String,
    /// Its page.
    pub href: String,
    /// When.
    pub time: String,
    /// Which endpoint.
    pub step: String,
    /// What became of it.
    pub mark: Mark,
    /// The refusal's code.
    pub code: String,
    /// Where its rule is explained.
    pub help: String,
    /// What else: the client id of an unknown app.
    pub about: String,
}

/// The page of a refusal.
fn help(code: &str) -> String {
    format!("/help/errors/{code}")
}
