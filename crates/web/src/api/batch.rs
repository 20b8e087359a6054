//! Many documents in one call: all of them are saved, or none.

use std::collections::BTreeMap;

use axum::routing::post;
use durward_app::failure::Failure;
use durward_app::partner::save::{self, BatchRefusal, Save, UnreadableDocument};
use durward_domain::application::AppDocument;
use durward_domain::event::Event;
use durward_domain::refusal::Refuse;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Sent, Told, items, told};
use super::bearer::Call;
use super::routes::{EDIT, Route, Who};

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
    /// The versions that the caller saw, by `handle/environment`; nothing where there was no configuration.
    #[serde(default)]
    seen: BTreeMap<String, Option<i64>>,
}

async fn save_all(call: Call, sent: Sent) -> Answer {
    let mut batch: Batch = sent.json()?;
    let mut documents = Vec::with_capacity(batch.documents.len());
    let mut unreadable = Vec::new();
    for (index, document) in batch.documents.iter().enumerate() {
        match AppDocument::parse_json(document.to_string().as_bytes()) {
            Ok(document) => {
                let place = format!("{}/{}", document.handle, document.environment);
                let save = match batch.seen.remove(&place) {
                    None => Save::Put,
                    Some(None) => Save::Create,
                    Some(Some(seen_version)) => Save::Replace { seen_version },
                };
                documents.push(save::Sent { document, save });
            }
            Err(fault) => unreadable.push(UnreadableDocument {
                index,
                code: fault.code(),
                detail: fault.to_string(),
                path: fault.pointer,
            }),
        }
    }
    if !unreadable.is_empty() {
        return Err(told(Failure::Refused(BatchRefusal::Unreadable(unreadable))));
    }
    if let Some(place) = batch.seen.into_keys().next() {
        return Err(told(Failure::Refused(BatchRefusal::Seen(place))));
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
            Self::Unreadable(unreadable) => vec![("items", json!(unreadable))],
            Self::Count | Self::Seen(_) => Vec::new(),
        }
    }
}
