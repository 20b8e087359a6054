//! P12: webhooks of the member's teams, and one with its deliveries.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::webhooks::{
    self, AttemptView, DeliveryView, WebhookDenied, WebhookEvent, WebhookView, Wish,
};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;
use serde::Deserialize;

use super::desk::Desk;
use super::parts::Mark;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Route};

/// The pages of webhooks.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/webhooks", || get(list)).may(Action::ManageWebhooks),
    takes("/webhooks", FORM, &[Event::WebhookCreated], || post(create)).may(Action::ManageWebhooks),
    shows("/webhooks/{id}", || get(one)).may(Action::ManageWebhooks),
    takes("/webhooks/{id}", FORM, CHANGES, || post(act)).may(Action::ManageWebhooks),
    shows("/webhooks/{id}/deliveries/{delivery}", || get(delivery)).may(Action::ManageWebhooks),
    takes(
        "/webhooks/{id}/deliveries/{delivery}",
        FORM,
        &[Event::WebhookReplayed],
        || post(replay),
    )
    .may(Action::ManageWebhooks),
];

const CHANGES: &[Event] = &[
    Event::WebhookChanged,
    Event::WebhookSecretRotated,
    Event::WebhookEnabled,
    Event::WebhookDisabled,
    Event::WebhookTested,
    Event::WebhookDeleted,
];

view! {
    /// The webhooks of the member's teams.
    Webhooks in "portal/webhooks.html" {
        /// Oldest first.
        lines: Vec<HookLine>,
        /// The teams to choose from.
        teams: Vec<String>,
        /// What was typed.
        typed: Typed,
    }
}

view! {
    /// One webhook.
    Webhook in "portal/webhook.html" {
        /// It.
        line: HookLine,
        /// The secret, once.
        secret: Option<String>,
        /// Whether an older secret signs too.
        overlaps: bool,
        /// What was typed.
        typed: Typed,
        /// Its deliveries, newest first.
        deliveries: Vec<DeliveryLine>,
        /// Where older ones are.
        older: Option<String>,
    }
}

view! {
    /// One delivery.
    Delivery in "portal/webhook_delivery.html" {
        /// The webhook.
        hook: HookLine,
        /// It.
        line: DeliveryLine,
        /// What is sent.
        payload: String,
        /// Whether it can be delivered once more.
        may_replay: bool,
    }
}

/// One webhook in a list.
pub struct HookLine {
    /// Its id.
    pub id: String,
    /// Where to.
    pub url: String,
    /// What its team says about it.
    pub description: String,
    /// Whose.
    pub team: String,
    /// What it is told.
    pub events: String,
    /// How it stands.
    pub mark: Mark,
    /// What is wrong.
    pub trouble: Option<String>,
    /// Whether it is on.
    pub enabled: bool,
    /// The version.
    pub version: i64,
}

/// What was typed into the form.
#[derive(Default)]
pub struct Typed {
    /// The team.
    pub team: String,
    /// The address.
    pub url: String,
    /// The description.
    pub description: String,
    /// Each type of event, its sentence, and whether it is chosen.
    pub events: Vec<(&'static str, &'static str, bool)>,
}

/// One delivery in a list.
pub struct DeliveryLine {
    /// Its id.
    pub id: String,
    /// The type.
    pub event: String,
    /// The `webhook-id`.
    pub message: String,
    /// How it stands.
    pub mark: Mark,
    /// When.
    pub time: String,
    /// What comes next.
    pub next: Option<String>,
    /// Whether it repeats another.
    pub is_replay: bool,
    /// The tries.
    pub tries: Vec<TryLine>,
}

/// One try.
pub struct TryLine {
    /// When.
    pub time: String,
    /// What came of it.
    pub what: String,
    /// The beginning of the answer.
    pub answer: String,
}

async fn list(desk: Desk) -> Result<Response, Response> {
    let typed = typed(&[], |_| true);
    render_list(&desk, desk.page("/webhooks"), typed).await
}

async fn create(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let wish = wish(&posted);
    match webhooks::create(&desk.keeper, &desk.member, wish, &desk.trace()).await {
        Ok(made) => {
            let page = desk.page("/webhooks");
            render_one(&desk, page, made.webhook, (Some(made.secret), None)).await
        }
        Err(Failure::Refused(refusal)) if field(&refusal).is_some() => {
            let page = desk.page("/webhooks").with_error(
                field(&refusal).unwrap_or("url"),
                desk.words().refusal(&refusal),
            );
            render_list(&desk, page, entered(&posted)).await
        }
        Err(failure) => Err(desk.failed(failure, "/webhooks")),
    }
}

/// Where the list of deliveries begins, and what the page tells.
#[derive(Debug, Default, Deserialize)]
pub struct From {
    before: Option<String>,
    saved: Option<String>,
}

async fn one(
    desk: Desk,
    Path(id): Path<String>,
    Query(from): Query<From>,
) -> Result<Response, Response> {
    let found = webhooks::find(&desk.keeper, &desk.member, &id)
        .await
        .map_err(|failure| desk.failed(failure, "/webhooks"))?;
    let mut page = desk.page("/webhooks");
    if from.saved.is_some() {
        page = page.with_notice(NoticeKind::Success, desk.words().t("webhook-saved"));
    }
    render_one(&desk, page, found, (None, from.before)).await
}

async fn act(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Response> {
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let failed = |failure| desk.failed::<WebhookDenied>(failure, "/webhooks");
    let here = format!("/webhooks/{id}");
    if posted.has("test") {
        let made = webhooks::test(keeper, member, &id, &trace)
            .await
            .map_err(failed)?;
        return Ok(Redirect::to(&format!("{here}/deliveries/{}", made.id)).into_response());
    }
    if posted.has("rotate") {
        let made = webhooks::rotate(keeper, member, &id, &trace)
            .await
            .map_err(failed)?;
        let page = desk.page("/webhooks");
        return render_one(&desk, page, made.webhook, (Some(made.secret), None)).await;
    }
    if posted.has("switch_on") || posted.has("switch_off") {
        let on = posted.has("switch_on");
        webhooks::switch(keeper, member, &id, on, &trace)
            .await
            .map_err(failed)?;
        return Ok(Redirect::to(&here).into_response());
    }
    if posted.has("delete") {
        webhooks::delete(keeper, member, &id, &trace)
            .await
            .map_err(failed)?;
        return Ok(Redirect::to("/webhooks").into_response());
    }
    let mut wish = wish(&posted);
    wish.team = None;
    let seen = posted.text("version").parse().ok();
    match webhooks::change(keeper, member, &id, (wish, seen), &trace).await {
        Ok(_) => Ok(Redirect::to(&format!("{here}?saved=1")).into_response()),
        Err(Failure::Refused(refusal)) if field(&refusal).is_some() => {
            let page = desk.page("/webhooks").with_error(
                field(&refusal).unwrap_or("url"),
                desk.words().refusal(&refusal),
            );
            let found = webhooks::find(keeper, member, &id).await.map_err(failed)?;
            render_one(&desk, page, found, (None, None)).await
        }
        Err(failure) => Err(failed(failure)),
    }
}

async fn delivery(
    desk: Desk,
    Path((id, which)): Path<(String, String)>,
) -> Result<Response, Response> {
    let failed = |failure| desk.failed::<WebhookDenied>(failure, "/webhooks");
    let hook = webhooks::find(&desk.keeper, &desk.member, &id)
        .await
        .map_err(failed)?;
    let found = webhooks::delivery(&desk.keeper, &desk.member, &id, &which)
        .await
        .map_err(failed)?;
    let payload = found.payload.as_ref();
    Ok(page::html(&Delivery {
        page: desk.page("/webhooks"),
        payload: payload
            .and_then(|payload| serde_json::to_string_pretty(payload).ok())
            .unwrap_or_default(),
        may_replay: hook.enabled,
        hook: hook_line(&desk, &hook),
        line: delivery_line(&desk, &found),
    }))
}

async fn replay(
    desk: Desk,
    Path((id, which)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Response> {
    let made = webhooks::replay(&desk.keeper, &desk.member, (&id, &which), &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/webhooks"))?;
    Ok(Redirect::to(&format!("/webhooks/{id}/deliveries/{}", made.id)).into_response())
}

async fn render_list(desk: &Desk, page: Page, typed: Typed) -> Result<Response, Response> {
    let found = webhooks::list(&desk.keeper, &desk.member, None)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let teams = desk.member.teams().into_iter();
    Ok(page::html(&Webhooks {
        page,
        lines: found.iter().map(|one| hook_line(desk, one)).collect(),
        teams: teams
            .filter(|team| desk.may(Action::ManageWebhooks, team))
            .map(str::to_owned)
            .collect(),
        typed,
    }))
}

async fn render_one(
    desk: &Desk,
    page: Page,
    hook: WebhookView,
    (secret, before): (Option<String>, Option<String>),
) -> Result<Response, Response> {
    let found = webhooks::deliveries(
        &desk.keeper,
        &desk.member,
        &hook.id,
        (before.as_deref(), AT_ONCE),
    )
    .await
    .map_err(|failure| desk.failed(failure, "/webhooks"))?;
    let chosen: Vec<&str> = hook.events.iter().map(String::as_str).collect();
    let mut typed = typed(&chosen, |_| false);
    typed.url.clone_from(&hook.url);
    typed.description.clone_from(&hook.description);
    Ok(page::html(&Webhook {
        page,
        line: hook_line(desk, &hook),
        secret,
        overlaps: hook.previous_secret_until.is_some(),
        typed,
        deliveries: found
            .items
            .iter()
            .map(|one| delivery_line(desk, one))
            .collect(),
        older: found
            .next
            .map(|next| format!("/webhooks/{}?before={next}", hook.id)),
    }))
}

/// The field that a refusal is about.
fn field(refusal: &WebhookDenied) -> Option<&'static str> {
    match refusal.code() {
        "webhook/url" => Some("url"),
        "webhook/event" | "webhook/no-event" => Some("events"),
        "webhook/too-many" => Some("url"),
        _ => None,
    }
}

fn wish(posted: &Posted) -> Wish {
    let events: Vec<String> = posted.fields().all("events").map(str::to_owned).collect();
    Wish {
        team: Some(posted.text("team").to_owned()),
        url: Some(posted.text("url").to_owned()),
        description: Some(posted.text("description").to_owned()),
        // All of them: those of later versions too.
        events: Some(
            if events.is_empty() || events.len() == WebhookEvent::ALL.len() {
                vec!["*".to_owned()]
            } else {
                events
            },
        ),
    }
}

fn entered(posted: &Posted) -> Typed {
    let chosen: Vec<&str> = posted.fields().all("events").collect();
    let mut typed = typed(&chosen, |_| false);
    posted.text("team").clone_into(&mut typed.team);
    posted.text("url").clone_into(&mut typed.url);
    posted
        .text("description")
        .clone_into(&mut typed.description);
    typed
}

fn typed(chosen: &[&str], none: impl Fn(&str) -> bool) -> Typed {
    Typed {
        events: WebhookEvent::ALL
            .iter()
            .map(|event| {
                let family = format!("{}.*", event.family());
                let is_chosen = chosen
                    .iter()
                    .any(|one| *one == "*" || *one == event.id() || *one == family);
                let all = chosen.is_empty() && none(event.id());
                (event.id(), event.sentence(), is_chosen || all)
            })
            .collect(),
        ..Typed::default()
    }
}

fn hook_line(desk: &Desk, hook: &WebhookView) -> HookLine {
    let words = desk.words();
    let trouble = match (hook.disabled, hook.failures) {
        (Some(time), _) => Some(words.t2(
            "webhook-off-why",
            "time",
            &desk.moment(time),
            "why",
            hook.disabled_reason.as_deref().unwrap_or_default(),
        )),
        (None, 0) => None,
        (None, failures) => Some(words.t_count(
            "webhook-failing",
            u64::try_from(failures).unwrap_or_default(),
        )),
    };
    let events = hook.events.join(", ");
    HookLine {
        id: hook.id.clone(),
        url: hook.url.clone(),
        description: hook.description.clone(),
        team: hook.team.clone(),
        events: if events == "*" {
            words.t("webhook-all")
        } else {
            events
        },
        mark: if hook.enabled {
            Mark::new("good", words.t("webhook-on"))
        } else {
            Mark::new("stop", words.t("webhook-off"))
        },
        trouble,
        enabled: hook.enabled,
        version: hook.version,
    }
}

fn delivery_line(desk: &Desk, one: &DeliveryView) -> DeliveryLine {
    let words = desk.words();
    let shade = match one.state.as_str() {
        "delivered" => "good",
        "waiting" => "wait",
        "failed" => "stop",
        _ => "",
    };
    DeliveryLine {
        id: one.id.clone(),
        event: one.event.clone(),
        message: one.message_id.clone(),
        mark: Mark::new(shade, words.t(&format!("webhook-state-{}", one.state))),
        time: desk.moment(one.created),
        next: one
            .next_attempt
            .filter(|_| !one.attempts.is_empty())
            .map(|time| words.t1("webhook-next-try", "time", &desk.moment(time))),
        is_replay: one.replay_of.is_some(),
        tries: one
            .attempts
            .iter()
            .map(|attempt| try_line(desk, attempt))
            .collect(),
    }
}

fn try_line(desk: &Desk, attempt: &AttemptView) -> TryLine {
    let (words, ms) = (desk.words(), attempt.duration_ms.to_string());
    let what = match (attempt.status, &attempt.error) {
        (Some(status), _) => words.t2("webhook-answered", "status", &status.to_string(), "ms", &ms),
        (None, error) => words.t2(
            "webhook-no-answer",
            "ms",
            &ms,
            "why",
            error.as_deref().unwrap_or_default(),
        ),
    };
    TryLine {
        time: desk.moment(attempt.time),
        what,
        answer: attempt.response.clone(),
    }
}

const AT_ONCE: usize = 20;

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    fn hook(page: &Page) -> HookLine {
        HookLine {
            id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
            url: "https://hooks.fisheries.gov/durward".to_owned(),
            description: "Pager".to_owned(),
            team: "fisheries-digital".to_owned(),
            events: "launch.approved, key.expiring".to_owned(),
            mark: Mark::new("good", page.t("webhook-on")),
            trouble: Some(page.words.t_count("webhook-failing", 3)),
            enabled: true,
            version: 2,
        }
    }

    fn line(page: &Page) -> DeliveryLine {
        DeliveryLine {
            id: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0e".to_owned(),
            event: "launch.approved".to_owned(),
            message: "msg_019a6f3e2c417d8a9b305e6f7a8b9c0e".to_owned(),
            mark: Mark::new("wait", page.t("webhook-state-waiting")),
            time: "2026-11-10 12:00 EST".to_owned(),
            next: Some(page.t1("webhook-next-try", "time", "2026-11-10 12:05 EST")),
            is_replay: true,
            tries: vec![TryLine {
                time: "2026-11-10 12:00 EST".to_owned(),
                what: page.t2("webhook-answered", "status", "503", "ms", "41"),
                answer: "busy".to_owned(),
            }],
        }
    }

    /// Every page of webhooks.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/webhooks");
        let list = Webhooks {
            lines: vec![hook(&page())],
            teams: vec!["fisheries-digital".to_owned()],
            typed: typed(&["launch.*"], |_| false),
            page: page().with_error("url", "The address is not good."),
        };
        let empty = Webhooks {
            lines: Vec::new(),
            teams: vec!["fisheries-digital".to_owned(), "harbours".to_owned()],
            typed: typed(&[], |_| true),
            page: page(),
        };
        let one = Webhook {
            line: hook(&page()),
            secret: Some("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=".to_owned()),
            overlaps: true,
            typed: typed(&["*"], |_| false),
            deliveries: vec![line(&page())],
            older: Some("/webhooks/1?before=1.2".to_owned()),
            page: page(),
        };
        let delivery = Delivery {
            hook: hook(&page()),
            line: line(&page()),
            payload: "{\n  \"type\": \"launch.approved\"\n}".to_owned(),
            may_replay: true,
            page: page(),
        };
        [
            list.render(),
            empty.render(),
            one.render(),
            delivery.render(),
        ]
        .into_iter()
        .map(Result::unwrap_or_default)
        .collect()
    }
}
