//! Webhooks and their deliveries as members see them; never a secret.

use durward_domain::permission::Action;
use durward_store::webhooks::{self, AttemptRow, DeliveryRow, WebhookRow};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{WebhookDenied, of_member};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};

/// One endpoint.
#[derive(Clone, Debug, Serialize)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// Whose.
    pub team: String,
    /// Where to.
    pub url: String,
    /// What its team says about it.
    pub description: String,
    /// Event types; `*` is all of them.
    pub events: Vec<String>,
    /// Whether it is on.
    pub enabled: bool,
    /// When it was switched off.
    pub disabled: Option<Timestamp>,
    /// Why it was switched off.
    pub disabled_reason: Option<String>,
    /// Tries that failed in a row.
    pub failures: i64,
    /// Until when the secret before signs too.
    pub previous_secret_until: Option<Timestamp>,
    /// When it was made.
    pub created: Timestamp,
    /// Rises with every change: the ETag.
    pub version: i64,
}

/// One delivery.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryView {
    /// Its id.
    pub id: String,
    /// What `webhook-id` carries: the same for every try and replay.
    pub message_id: String,
    /// The type.
    pub event: String,
    /// `waiting`, `delivered`, `failed`, `missed`.
    pub state: String,
    /// The delivery that this one repeats.
    pub replay_of: Option<String>,
    /// When it was written.
    pub created: Timestamp,
    /// When it is tried next.
    pub next_attempt: Option<Timestamp>,
    /// When it was delivered or given up.
    pub done: Option<Timestamp>,
    /// Its tries, in order.
    pub attempts: Vec<AttemptView>,
    /// The body that is sent; only of one delivery, not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Value>,
}

/// One try.
#[derive(Clone, Debug, Serialize)]
pub struct AttemptView {
    /// When.
    pub time: Timestamp,
    /// How long it took.
    pub duration_ms: i64,
    /// The status that was answered.
    pub status: Option<i64>,
    /// Why it failed.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub response: String,
}

/// One page of deliveries, newest first.
#[derive(Clone, Debug, Serialize)]
pub struct DeliveryPage {
    /// The deliveries.
    pub items: Vec<DeliveryView>,
    /// What `before` is for the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The endpoints that the member may manage: of one team, or of all of theirs.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    team: Option<&str>,
) -> Result<Vec<WebhookView>, Fault> {
    let mut teams: Vec<String> = match team {
        Some(team) => vec![team.to_owned()],
        None => member.teams().into_iter().map(str::to_owned).collect(),
    };
    teams.retain(|team| member.reaches(Action::ManageWebhooks, Belongs::ToTeam(team)));
    let rows = keeper
        .store
        .read(move |c| {
            let mut rows = Vec::new();
            for team in &teams {
                rows.extend(webhooks::of_team(c, team)?);
            }
            Ok(rows)
        })
        .await?;
    Ok(rows.iter().map(|row| view(keeper, row)).collect())
}

/// One endpoint.
///
/// # Errors
/// [`WebhookDenied::NotFound`], or a fault.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<WebhookView, Failure<WebhookDenied>> {
    Ok(view(keeper, &of_member(keeper, member, id).await?))
}

/// The deliveries of an endpoint, newest first, after a cursor.
///
/// # Errors
/// [`WebhookDenied::NotFound`], or a fault.
pub async fn deliveries(
    keeper: &Keeper,
    member: &Member,
    id: &str,
    (before, limit): (Option<&str>, usize),
) -> Result<DeliveryPage, Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    let limit = limit.clamp(1, 100);
    let before = before.and_then(cursor).unwrap_or((i64::MAX, String::new()));
    let fetched = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut found = keeper
        .store
        .read(move |c| {
            let rows = webhooks::deliveries_of(c, &row.webhook_id, (before.0, &before.1), fetched)?;
            let mut list = Vec::with_capacity(rows.len());
            for row in rows {
                let attempts = webhooks::attempts_of(c, &row.delivery_id)?;
                list.push((row, attempts));
            }
            Ok(list)
        })
        .await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok(DeliveryPage {
        next: found
            .last()
            .filter(|_| more)
            .map(|(row, _)| format!("{}.{}", row.created_us, row.delivery_id)),
        items: found
            .iter()
            .map(|(row, attempts)| delivered(row, attempts, None))
            .collect(),
    })
}

/// One delivery with its body.
///
/// # Errors
/// [`WebhookDenied::NotFound`], or a fault.
pub async fn delivery(
    keeper: &Keeper,
    member: &Member,
    id: &str,
    which: &str,
) -> Result<DeliveryView, Failure<WebhookDenied>> {
    let row = of_member(keeper, member, id).await?;
    let which = which.to_owned();
    let found = keeper.store.read(move |c| {
        let Some(found) =
            webhooks::find_delivery(c, &which)?.filter(|found| found.webhook_id == row.webhook_id)
        else {
            return Ok(None);
        };
        let attempts = webhooks::attempts_of(c, &which)?;
        let payload = webhooks::payload_of(c, &found.message_id)?;
        Ok(Some((found, attempts, payload)))
    });
    let found = found.await?;
    let (row, attempts, payload) = found.ok_or(Failure::Refused(WebhookDenied::NotFound))?;
    let payload = payload.and_then(|payload| serde_json::from_str(&payload).ok());
    Ok(delivered(&row, &attempts, payload))
}

fn view(keeper: &Keeper, row: &WebhookRow) -> WebhookView {
    let now_us = keeper.clock.real_now().as_microsecond();
    WebhookView {
        id: row.webhook_id.clone(),
        team: row.team.clone(),
        url: row.url.clone(),
        description: row.description.clone(),
        events: row.events.split(' ').map(str::to_owned).collect(),
        enabled: row.disabled_us.is_none(),
        disabled: row.disabled_us.map(time),
        disabled_reason: row.disabled_why.clone(),
        failures: row.failures,
        previous_secret_until: row.previous_until_us.filter(|us| *us > now_us).map(time),
        created: time(row.created_us),
        version: row.version,
    }
}

fn delivered(row: &DeliveryRow, attempts: &[AttemptRow], payload: Option<Value>) -> DeliveryView {
    let attempt = |one: &AttemptRow| AttemptView {
        time: time(one.time_us),
        duration_ms: one.duration_ms,
        status: one.status,
        error: one.error.clone(),
        response: one.answer.clone(),
    };
    DeliveryView {
        id: row.delivery_id.clone(),
        message_id: row.message_id.clone(),
        event: row.event.clone(),
        state: row.state.clone(),
        replay_of: row.replay_of.clone(),
        created: time(row.created_us),
        next_attempt: (row.state == "waiting").then(|| time(row.run_at_us)),
        done: row.done_us.map(time),
        attempts: attempts.iter().map(attempt).collect(),
        payload,
    }
}

fn cursor(text: &str) -> Option<(i64, String)> {
    let (us, id) = text.split_once('.')?;
    Some((us.parse().ok()?, id.to_owned()))
}
