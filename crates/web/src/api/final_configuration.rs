//! Final configurations that staff make.

use axum::extract::Path;
use axum::routing::{get, post};
use durward_app::operator::final_configuration::{self, FinalDenied, Verdict};
use durward_app::partner::save::Input;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;
use serde_json::Value;

use super::answers::{Answer, Sent, Told, items, ok, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::portal::final_configuration::DECIDES;

/// The calls.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/final",
        summary: "The final configurations that staff made of an app, the newest first, with what each changes.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("FinalList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/final",
        summary: "Write the final configuration of an app; it waits for a second person; of staff.",
        who: Who::Member(Action::ProposeFinalConfiguration),
        events: &[Event::FinalProposed],
        query: &[],
        body: Some("FinalProposal"),
        answer: (200, Some("Final")),
        handler: || post(propose),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/final/decide",
        summary: "Agree to the final configuration that somebody else wrote, or say no; of staff.",
        who: Who::Member(Action::DecideFinalConfiguration),
        events: DECIDES,
        query: &[],
        body: Some("FinalDecision"),
        answer: (200, Some("Final")),
        handler: || post(decide),
    },
];

impl Told for FinalDenied {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::App(refusal) => refusal.fields(),
            _ => Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Proposal {
    document: Value,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    approve: bool,
    #[serde(default)]
    document_sha256: String,
    #[serde(default)]
    note: String,
}

async fn list(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let place = at(&environment)?;
    let found = final_configuration::list(&call.keeper, &call.member, &handle, place).await;
    items(&found.map_err(told)?)
}

async fn propose(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Proposal = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let input = Input::Json(body.document.to_string().into_bytes());
    let what = (input, body.reason.as_str());
    let done =
        final_configuration::propose(&call.keeper, &call.member, place, what, &call.trace).await;
    ok(&done.map_err(told)?)
}

async fn decide(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let body: Decision = sent.json()?;
    let place = (handle.as_str(), at(&environment)?);
    let verdict = if body.approve {
        Verdict::Approve
    } else {
        Verdict::Reject
    };
    let said = (verdict, body.document_sha256.as_str(), body.note.as_str());
    let done =
        final_configuration::decide(&call.keeper, &call.member, place, said, &call.trace).await;
    ok(&done.map_err(told)?)
}
