//! Many documents in one call: all of them are saved, or none.

use axum::routing::post;
use durward_app::partner::save::{self, BatchRefusal};
use durward_domain::application::AppDocument;
use durward_domain::event::Event;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Sent, Told, items, told};
use super::bearer::Call;
use super::routes::{EDIT, Route, Who};
use crate::shared::problem::Problem;

/// The calls.
pub(super) const ROUTES: &[Route] = &[Route {
    method: "POST",
    path: "/api/v1/apps/batch",
    summary: "Save up to 1000 documents, all of them or none. Those of the sandbox go live in one release.",
    who: Who::MemberBy(EDIT),
    events: &[
        Event::AppCreated,
        Event::AppRevisionSaved,
        Event::ReleaseBuilt,
        Event::ReleaseDeployed,
    ],
    query: &[],
    body: Some("Batch"),
    answer: (200, Some("BatchSaved")),
    handler: || post(save_all),
}];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    documents: Vec<Value>,
    #[serde(default)]
    note: String,
}

async fn save_all(call: Call, sent: Sent) -> Answer {
    let batch: Batch = sent.json()?;
    let mut documents = Vec::with_capacity(batch.documents.len());
    let mut unreadable = Vec::new();
    for (index, document) in batch.documents.iter().enumerate() {
        match AppDocument::parse_json(document.to_string().as_bytes()) {
            Ok(document) => documents.push(document),
            Err(fault) => unreadable.push(json!({ "index": index, "code": "document/unreadable", "detail": fault.to_string(), "path": fault.pointer })),
        }
    }
    if !unreadable.is_empty() {
        let refusal = BatchRefusal::Documents(Vec::new());
        return Err(Problem::refused(&refusal)
            .with_field("items", unreadable)
            .as_json());
    }
    let saved = save::save_all(
        &call.keeper,
        &call.member,
        documents,
        &batch.note,
        &call.trace,
    );
    items(&saved.await.map_err(told)?)
}

impl Told for BatchRefusal {
    fn fields(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Documents(refused) => vec![("items", json!(refused))],
            Self::Count => Vec::new(),
        }
    }
}
