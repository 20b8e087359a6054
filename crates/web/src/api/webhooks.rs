//! Webhooks of teams, their deliveries, and the member's notices.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse as _;
use axum::routing::{delete, get, patch, post};
use durward_app::partner::notices;
use durward_app::partner::webhooks::{self, WebhookDenied, WebhookEvent, Wish};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde_json::json;

use super::answers::{Answer, Asked, IfMatch, Sent, Told, answer, items, ok, tagged, told};
use super::bearer::Call;
use super::routes::{Parameter, Route, Who};
use crate::portal::notices as words;
use crate::shared::i18n::{Language, Words};
use crate::shared::problem::Problem;

const MANAGES: Who = Who::Member(Action::ManageWebhooks);
const PAGE: &[Parameter] = &[
    Parameter {
        name: "before",
        required: false,
        sentence: "What `next` of the page before was.",
    },
    Parameter {
        name: "limit",
        required: false,
        sentence: "How many at most: 1 to 100, 30 without it.",
    },
];

/// The calls of webhooks and notices.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/webhooks",
        summary: "The webhooks of the member's teams.",
        who: MANAGES,
        events: &[],
        query: &[Parameter {
            name: "team",
            required: false,
            sentence: "Only of this team.",
        }],
        body: None,
        answer: (200, Some("WebhookList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/webhooks",
        summary: "Make a webhook; the answer shows its secret once.",
        who: MANAGES,
        events: &[Event::WebhookCreated],
        query: &[],
        body: Some("WebhookWish"),
        answer: (201, Some("WebhookWithSecret")),
        handler: || post(create),
    },
    Route {
        method: "GET",
        path: "/api/v1/webhooks/events",
        summary: "Every type of event.",
        who: MANAGES,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("WebhookEventList")),
        handler: || get(events),
    },
    Route {
        method: "GET",
        path: "/api/v1/webhooks/{id}",
        summary: "One webhook.",
        who: MANAGES,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("Webhook")),
        handler: || get(find),
    },
    Route {
        method: "PATCH",
        path: "/api/v1/webhooks/{id}",
        summary: "Change address, description or events.",
        who: MANAGES,
        events: &[Event::WebhookChanged],
        query: &[],
        body: Some("WebhookWish"),
        answer: (200, Some("Webhook")),
        handler: || patch(change),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/webhooks/{id}",
        summary: "Delete a webhook with its secrets.",
        who: MANAGES,
        events: &[Event::WebhookDeleted],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(remove),
    },
    Route {
        method: "POST",
        path: "/api/v1/webhooks/{id}/rotate",
        summary: "Give it a new secret, shown once; the one before signs too for 24 hours.",
        who: MANAGES,
        events: &[Event::WebhookSecretRotated],
        query: &[],
        body: None,
        answer: (200, Some("WebhookWithSecret")),
        handler: || post(rotate),
    },
    Route {
        method: "POST",
        path: "/api/v1/webhooks/{id}/enable",
        summary: "Switch it on again.",
        who: MANAGES,
        events: &[Event::WebhookEnabled],
        query: &[],
        body: None,
        answer: (200, Some("Webhook")),
        handler: || post(enable),
    },
    Route {
        method: "POST",
        path: "/api/v1/webhooks/{id}/disable",
        summary: "Switch it off.",
        who: MANAGES,
        events: &[Event::WebhookDisabled],
        query: &[],
        body: None,
        answer: (200, Some("Webhook")),
        handler: || post(disable),
    },
    Route {
        method: "POST",
        path: "/api/v1/webhooks/{id}/test",
        summary: "Send a webhook.test event to it.",
        who: MANAGES,
        events: &[Event::WebhookTested],
        query: &[],
        body: None,
        answer: (202, Some("WebhookDelivery")),
        handler: || post(test),
    },
    Route {
        method: "GET",
        path: "/api/v1/webhooks/{id}/deliveries",
        summary: "Its deliveries of the last 30 days, newest first.",
        who: MANAGES,
        events: &[],
        query: PAGE,
        body: None,
        answer: (200, Some("WebhookDeliveryList")),
        handler: || get(deliveries),
    },
    Route {
        method: "GET",
        path: "/api/v1/webhooks/{id}/deliveries/{delivery}",
        summary: "One delivery with its body and every try.",
        who: MANAGES,
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("WebhookDelivery")),
        handler: || get(one_delivery),
    },
    Route {
        method: "POST",
        path: "/api/v1/webhooks/{id}/deliveries/{delivery}/replay",
        summary: "Deliver it once more, under the same webhook-id.",
        who: MANAGES,
        events: &[Event::WebhookReplayed],
        query: &[],
        body: None,
        answer: (202, Some("WebhookDelivery")),
        handler: || post(replay),
    },
    Route {
        method: "GET",
        path: "/api/v1/notices",
        summary: "The member's own notices, newest first, in English.",
        who: Who::AnyMember,
        events: &[],
        query: PAGE,
        body: None,
        answer: (200, Some("NoticeList")),
        handler: || get(own_notices),
    },
];

impl Told for WebhookDenied {}

async fn list(call: Call, asked: Asked) -> Answer {
    let list = webhooks::list(&call.keeper, &call.member, asked.text("team")).await;
    items(&list.map_err(|fault| Problem::from(fault).as_json())?)
}

async fn events(_: Call) -> Answer {
    let list: Vec<_> = WebhookEvent::ALL
        .iter()
        .map(|event| json!({ "type": event.id(), "sentence": event.sentence() }))
        .collect();
    items(&list)
}

async fn create(call: Call, sent: Sent) -> Answer {
    let wish: Wish = sent.json()?;
    let made = webhooks::create(&call.keeper, &call.member, wish, &call.trace)
        .await
        .map_err(told)?;
    tagged(answer(StatusCode::CREATED, &made), made.webhook.version)
}

async fn find(call: Call, Path(id): Path<String>) -> Answer {
    let found = webhooks::find(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?;
    tagged(ok(&found), found.version)
}

async fn change(call: Call, Path(id): Path<String>, headers: HeaderMap, sent: Sent) -> Answer {
    let wish: Wish = sent.json()?;
    let seen = IfMatch::of(&headers).version();
    let changed = webhooks::change(&call.keeper, &call.member, &id, (wish, seen), &call.trace)
        .await
        .map_err(told)?;
    tagged(ok(&changed), changed.version)
}

async fn remove(call: Call, Path(id): Path<String>) -> Answer {
    webhooks::delete(&call.keeper, &call.member, &id, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn rotate(call: Call, Path(id): Path<String>) -> Answer {
    let made = webhooks::rotate(&call.keeper, &call.member, &id, &call.trace)
        .await
        .map_err(told)?;
    tagged(ok(&made), made.webhook.version)
}

async fn enable(call: Call, Path(id): Path<String>) -> Answer {
    switch(&call, &id, true).await
}

async fn disable(call: Call, Path(id): Path<String>) -> Answer {
    switch(&call, &id, false).await
}

async fn switch(call: &Call, id: &str, on: bool) -> Answer {
    let changed = webhooks::switch(&call.keeper, &call.member, id, on, &call.trace)
        .await
        .map_err(told)?;
    tagged(ok(&changed), changed.version)
}

async fn test(call: Call, Path(id): Path<String>) -> Answer {
    let made = webhooks::test(&call.keeper, &call.member, &id, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::ACCEPTED, &made)
}

async fn deliveries(call: Call, Path(id): Path<String>, asked: Asked) -> Answer {
    let page = (asked.text("before"), asked.number("limit")?.unwrap_or(30));
    ok(&webhooks::deliveries(&call.keeper, &call.member, &id, page)
        .await
        .map_err(told)?)
}

async fn one_delivery(call: Call, Path((id, delivery)): Path<(String, String)>) -> Answer {
    ok(
        &webhooks::delivery(&call.keeper, &call.member, &id, &delivery)
            .await
            .map_err(told)?,
    )
}

async fn replay(call: Call, Path((id, delivery)): Path<(String, String)>) -> Answer {
    let made = webhooks::replay(&call.keeper, &call.member, (&id, &delivery), &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::ACCEPTED, &made)
}

async fn own_notices(call: Call, asked: Asked) -> Answer {
    let limit = asked.number("limit")?.unwrap_or(30);
    let page = notices::list(&call.keeper, &call.member, asked.text("before"), limit)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let title = call.keeper.programme.title.as_str();
    let english = Words::of(Language::English);
    let list: Vec<_> = page
        .items
        .iter()
        .map(|one| {
            json!({
                "id": one.id, "kind": one.kind, "url": call.keeper.url(&one.link), "new": one.is_new, "time": one.created,
                "subject": words::part(english, one, "subject", title), "text": words::part(english, one, "text", title),
            })
        })
        .collect();
    let mut body = json!({ "items": list });
    if let (Some(next), Some(fields)) = (page.next, body.as_object_mut()) {
        fields.insert("next".to_owned(), next.into());
    }
    ok(&body)
}
