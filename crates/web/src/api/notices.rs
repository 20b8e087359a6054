//! How notices reach the member.

use axum::routing::{get, put};
use durward_app::partner::notices::{self, ChoiceRefusal};
use durward_domain::event::Event;
use serde::Deserialize;
use serde_json::json;

use super::answers::{Answer, Sent, Told, items, told};
use super::bearer::Call;
use super::routes::{Route, Who};
use crate::portal::notice_choices::name_of;
use crate::shared::i18n::{Language, Words};
use crate::shared::problem::Problem;

/// The calls of choices.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/notices/choices",
        summary: "How each kind of notice reaches the member.",
        who: Who::AnyMember,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("NoticeChoiceList")),
        handler: || get(list),
    },
    Route {
        method: "PUT",
        path: "/api/v1/notices/choices",
        summary: "Choose for some kinds; the others stay as they are.",
        who: Who::AnyMember,
        events: &[Event::MemberNoticesChosen],
        query: &[],
        body: Some("NoticeChoices"),
        answer: (200, Some("NoticeChoiceList")),
        handler: || put(choose),
    },
];

impl Told for ChoiceRefusal {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    choices: Vec<One>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    kind: String,
    delivery: String,
}

async fn list(call: Call) -> Answer {
    let chosen = notices::choices(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let words = Words::of(Language::English);
    let list: Vec<_> = chosen
        .iter()
        .map(|one| {
            json!({
                "kind": one.kind.id, "name": name_of(words, one.kind), "delivery": one.delivery, "ways": one.kind.ways(),
                "security": one.kind.secures,
            })
        })
        .collect();
    items(&list)
}

async fn choose(call: Call, sent: Sent) -> Answer {
    let wish: Wish = sent.json()?;
    let wanted: Vec<(String, String)> = wish
        .choices
        .into_iter()
        .map(|one| (one.kind, one.delivery))
        .collect();
    notices::choose(&call.keeper, &call.member, &wanted, &call.trace)
        .await
        .map_err(told)?;
    list(call).await
}
