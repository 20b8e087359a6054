//! Delivers webhooks, after the changes that they tell of were committed. At least once, at most one of an endpoint at a
//! time; what fails is tried again for about a day.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::permission::Role;
use durward_store::webhooks::{self, AttemptRow, DeliveryRow, WebhookRow};
use durward_store::{Conn, Fault as StoreFault};
use serde_json::json;

use super::delivery::{self, Tried};
use crate::actor::Actor;
use crate::failure::Fault;
use crate::keeper::{Happened, Keeper};
use crate::partner::notices::{self, Notice, To};
use crate::partner::webhooks::{host, opened, signature};
use crate::ports::outbound::{Content, Limits, Longer};

/// Delivers everything that is due; answers how many were tried.
///
/// # Errors
/// A fault of the database.
pub async fn deliver_due(keeper: &Arc<Keeper>) -> Result<u32, Fault> {
    delivery::drain(
        || async {
            let now = keeper.clock.real_now();
            let until_us = delivery::held_until(now);
            let claim = keeper
                .store
                .write(move |c| webhooks::claim(c, now, until_us));
            Ok(claim.await?)
        },
        |due| attempt(Arc::clone(keeper), due),
    )
    .await
}

async fn attempt(keeper: Arc<Keeper>, due: DeliveryRow) -> Result<(), Fault> {
    let (hook, message) = (due.webhook_id.clone(), due.message_id.clone());
    let found = keeper
        .store
        .read(move |c| {
            Ok((
                webhooks::find(c, &hook)?,
                webhooks::payload_of(c, &message)?,
            ))
        })
        .await?;
    let (Some(endpoint), Some(payload)) = found else {
        // Deleted meanwhile.
        let now_us = keeper.clock.real_now().as_microsecond();
        keeper
            .store
            .write(move |c| webhooks::done(c, &due, "missed", now_us))
            .await?;
        return Ok(());
    };
    let outcome = call(&keeper, &endpoint, &due, payload).await?;
    let unit_keeper = Arc::clone(&keeper);
    keeper
        .store
        .write(move |c| keep(c, &unit_keeper, &endpoint, &due, &outcome))
        .await?;
    Ok(())
}

async fn call(
    keeper: &Keeper,
    endpoint: &WebhookRow,
    due: &DeliveryRow,
    payload: String,
) -> Result<Tried, Fault> {
    let now = keeper.clock.real_now();
    let mut keys = vec![opened(
        keeper,
        &endpoint.webhook_id,
        &endpoint.sealed_secret,
    )?];
    let overlaps = endpoint
        .previous_until_us
        .is_some_and(|until| until > now.as_microsecond());
    if let Some(previous) = endpoint.sealed_previous.as_deref().filter(|_| overlaps) {
        keys.push(opened(keeper, &endpoint.webhook_id, previous)?);
    }
    let timestamp = now.as_second();
    let signed = signature::of(&keys, &due.message_id, timestamp, &payload);
    let timestamp = timestamp.to_string();
    let headers = [
        ("webhook-id", due.message_id.as_str()),
        ("webhook-timestamp", timestamp.as_str()),
        ("webhook-signature", signed.as_str()),
        ("user-agent", "Durward-Webhooks/1"),
    ];
    let content = Content {
        media_type: "application/json",
        headers: &headers,
        body: payload.into_bytes(),
    };
    Ok(delivery::post(&keeper.outbound, &endpoint.url, content, LIMITS).await)
}

/// Keeps what a try came to, and decides what follows.
fn keep(
    c: &mut Conn,
    keeper: &Keeper,
    endpoint: &WebhookRow,
    due: &DeliveryRow,
    outcome: &Tried,
) -> Result<(), StoreFault> {
    let now = keeper.clock.real_now();
    let now_us = now.as_microsecond();
    webhooks::add_attempt(
        c,
        &AttemptRow {
            delivery_id: due.delivery_id.clone(),
            number: due.attempts,
            time_us: now_us,
            duration_ms: i64::try_from(outcome.took.as_millis()).unwrap_or(i64::MAX),
            status: outcome.status.map(i64::from),
            error: outcome.error.clone(),
            answer: outcome.answer.clone(),
        },
    )?;
    let Some(error) = &outcome.error else {
        count("delivered");
        webhooks::worked(c, &endpoint.webhook_id)?;
        webhooks::done(c, due, "delivered", now_us)?;
        return Ok(());
    };
    count("failed");
    match delivery::next(now, due.attempts, &PAUSES) {
        Some(again) => webhooks::again(c, due, again.as_microsecond())?,
        None => webhooks::done(c, due, "failed", now_us)?,
    };
    let failures = webhooks::failed_again(c, &endpoint.webhook_id)?;
    if failures >= MOST_FAILURES
        && webhooks::disable(c, &endpoint.webhook_id, now_us, error)?.is_some()
    {
        tell(c, keeper, endpoint, failures, error)?;
    }
    Ok(())
}

fn tell(
    c: &mut Conn,
    keeper: &Keeper,
    endpoint: &WebhookRow,
    failures: i64,
    error: &str,
) -> Result<(), StoreFault> {
    let host = host(&endpoint.url);
    keeper.record(
        c,
        &Happened {
            actor: &Actor::System("webhooks"),
            event: Event::WebhookDisabled,
            subject: &endpoint.webhook_id,
            trace: None,
            detail: json!({ "team": endpoint.team, "host": host, "failures": failures }),
        },
    )?;
    notices::post(
        c,
        keeper,
        &Notice {
            to: &[To::Team(&endpoint.team, &[Role::PartnerAdmin])],
            kind: &notices::WEBHOOK_DISABLED,
            link: format!("/webhooks/{}", endpoint.webhook_id),
            values: vec![
                ("url", host),
                ("failures", failures.to_string()),
                ("why", format!("{error}.")),
            ],
        },
    )
}

fn count(outcome: &'static str) {
    metrics::counter!("durward_webhook_attempts_total", "outcome" => outcome).increment(1);
}

const LIMITS: Limits = Limits::new(std::time::Duration::from_secs(10), 8 * 1024, Longer::Cut);
/// Tries in a row, of any deliveries, after which an endpoint is switched off.
pub const MOST_FAILURES: i64 = 20;
/// Seconds between the tries of one delivery: together a little less than a day.
pub const PAUSES: [i64; 10] = [5, 30, 120, 600, 1800, 3600, 7200, 14_400, 28_800, 28_800];
