//! Webhooks of teams: endpoints, what happened, deliveries and their attempts.
//! Secrets come sealed; this module sees text.

use jiff::Timestamp;

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_WEBHOOK = "INSERT INTO webhooks (webhook_id, team, url, description, events, sealed_secret, failures, version, created_by, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, 0, 1, $7, $8)";
    FIND_WEBHOOK = "SELECT webhook_id, team, url, description, events, sealed_secret, sealed_previous, previous_until_us, failures, disabled_us, disabled_why, version, created_by, created_us
        FROM webhooks WHERE webhook_id = $1 AND deleted_us IS NULL";
    WEBHOOKS_OF_TEAM = "SELECT webhook_id, team, url, description, events, sealed_secret, sealed_previous, previous_until_us, failures, disabled_us, disabled_why, version, created_by, created_us
        FROM webhooks WHERE team = $1 AND deleted_us IS NULL ORDER BY created_us, webhook_id";
    CHANGE_WEBHOOK = "UPDATE webhooks SET url = $3, description = $4, events = $5, version = version + 1
        WHERE webhook_id = $1 AND version = $2 AND deleted_us IS NULL RETURNING version";
    ROTATE_WEBHOOK = "UPDATE webhooks SET sealed_previous = sealed_secret, sealed_secret = $3, previous_until_us = $4, version = version + 1
        WHERE webhook_id = $1 AND version = $2 AND deleted_us IS NULL RETURNING version";
    ENABLE_WEBHOOK = "UPDATE webhooks SET disabled_us = NULL, disabled_why = NULL, failures = 0, version = version + 1
        WHERE webhook_id = $1 AND deleted_us IS NULL AND disabled_us IS NOT NULL RETURNING version";
    DISABLE_WEBHOOK = "UPDATE webhooks SET disabled_us = $2, disabled_why = $3, version = version + 1
        WHERE webhook_id = $1 AND deleted_us IS NULL AND disabled_us IS NULL RETURNING version";
    DELETE_WEBHOOK = "UPDATE webhooks SET deleted_us = $2, sealed_secret = '', sealed_previous = NULL, version = version + 1
        WHERE webhook_id = $1 AND deleted_us IS NULL RETURNING version";
    FAILED_AGAIN = "UPDATE webhooks SET failures = failures + 1 WHERE webhook_id = $1 RETURNING failures";
    WORKED = "UPDATE webhooks SET failures = 0 WHERE webhook_id = $1 AND failures > 0";
    ADD_HOOK_MESSAGE = "INSERT INTO webhook_messages (message_id, team, event, payload, created_us) VALUES ($1, $2, $3, $4, $5)";
    ADD_DELIVERY = "INSERT INTO webhook_deliveries (delivery_id, webhook_id, message_id, event, replay_of, state, attempts, run_at_us, locked_until_us, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, $7)";
    CLAIM_DELIVERY = "UPDATE webhook_deliveries SET attempts = attempts + 1, locked_until_us = $2
        WHERE delivery_id = (SELECT d.delivery_id FROM webhook_deliveries d
            WHERE d.state = 'waiting' AND d.run_at_us <= $1 AND d.locked_until_us <= $1
            AND NOT EXISTS (SELECT 1 FROM webhook_deliveries o WHERE o.webhook_id = d.webhook_id AND o.state = 'waiting' AND o.locked_until_us > $1)
            ORDER BY d.run_at_us, d.delivery_id LIMIT 1)
        AND state = 'waiting' AND locked_until_us <= $1
        RETURNING delivery_id, webhook_id, message_id, event, replay_of, state, attempts, run_at_us, created_us, done_us";
    DELIVERY_DONE = "UPDATE webhook_deliveries SET state = $3, done_us = $4, locked_until_us = 0
        WHERE delivery_id = $1 AND attempts = $2 AND state = 'waiting'";
    DELIVERY_AGAIN = "UPDATE webhook_deliveries SET run_at_us = $3, locked_until_us = 0
        WHERE delivery_id = $1 AND attempts = $2 AND state = 'waiting'";
    MISS_DELIVERIES = "UPDATE webhook_deliveries SET state = 'missed', done_us = $2, locked_until_us = 0 WHERE webhook_id = $1 AND state = 'waiting'";
    FIND_DELIVERY = "SELECT delivery_id, webhook_id, message_id, event, replay_of, state, attempts, run_at_us, created_us, done_us
        FROM webhook_deliveries WHERE delivery_id = $1";
    DELIVERIES_OF = "SELECT delivery_id, webhook_id, message_id, event, replay_of, state, attempts, run_at_us, created_us, done_us
        FROM webhook_deliveries WHERE webhook_id = $1 AND (created_us < $2 OR (created_us = $2 AND delivery_id < $3))
        ORDER BY created_us DESC, delivery_id DESC LIMIT $4";
    PAYLOAD_OF = "SELECT payload, created_us FROM webhook_messages WHERE message_id = $1";
    ADD_ATTEMPT = "INSERT INTO webhook_attempts (delivery_id, number, time_us, duration_ms, status, error, answer) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (delivery_id, number) DO NOTHING";
    ATTEMPTS_OF = "SELECT delivery_id, number, time_us, duration_ms, status, error, answer FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number";
    PURGE_ATTEMPTS = "DELETE FROM webhook_attempts WHERE delivery_id IN (SELECT delivery_id FROM webhook_deliveries WHERE created_us < $1)";
    PURGE_DELIVERIES = "DELETE FROM webhook_deliveries WHERE created_us < $1";
    PURGE_HOOK_MESSAGES = "DELETE FROM webhook_messages WHERE created_us < $1
        AND NOT EXISTS (SELECT 1 FROM webhook_deliveries d WHERE d.message_id = webhook_messages.message_id)";
}

/// One endpoint.
#[derive(Clone)]
pub struct WebhookRow {
    /// Time-ordered UUID.
    pub webhook_id: String,
    /// Whose.
    pub team: String,
    /// Where to.
    pub url: String,
    /// What its team says about it.
    pub description: String,
    /// Event types, separated by spaces, or a star.
    pub events: String,
    /// The secret, sealed.
    pub sealed_secret: String,
    /// The secret before, sealed.
    pub sealed_previous: Option<String>,
    /// Until when the secret before signs too.
    pub previous_until_us: Option<i64>,
    /// Tries that failed in a row.
    pub failures: i64,
    /// When it was switched off.
    pub disabled_us: Option<i64>,
    /// Why it was switched off.
    pub disabled_why: Option<String>,
    /// Rises with every change: the ETag.
    pub version: i64,
    /// The member who made it.
    pub created_by: String,
    /// When it was made.
    pub created_us: i64,
}

/// What happened.
pub struct MessageRow {
    /// Time-ordered UUID.
    pub message_id: String,
    /// Whose.
    pub team: String,
    /// Its type.
    pub event: String,
    /// The body that is sent.
    pub payload: String,
    /// When.
    pub created_us: i64,
}

/// One delivery to one endpoint.
#[derive(Clone)]
pub struct DeliveryRow {
    /// Time-ordered UUID.
    pub delivery_id: String,
    /// Where to.
    pub webhook_id: String,
    /// What.
    pub message_id: String,
    /// Its type.
    pub event: String,
    /// The delivery that this one repeats.
    pub replay_of: Option<String>,
    /// `waiting`, `delivered`, `failed`, `missed`.
    pub state: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next.
    pub run_at_us: i64,
    /// When it was written.
    pub created_us: i64,
    /// When it was delivered or given up.
    pub done_us: Option<i64>,
}

/// One try.
#[derive(Clone)]
pub struct AttemptRow {
    /// Of which delivery.
    pub delivery_id: String,
    /// From 1.
    pub number: i64,
    /// When.
    pub time_us: i64,
    /// How long it took.
    pub duration_ms: i64,
    /// The status that was answered.
    pub status: Option<i64>,
    /// Why there was no answer, or none that counts.
    pub error: Option<String>,
    /// The beginning of the answer.
    pub answer: String,
}

/// Adds an endpoint.
pub fn insert(c: &mut Conn, w: &WebhookRow) -> Result<(), Fault> {
    c.exec(
        INSERT_WEBHOOK,
        &params![
            &w.webhook_id,
            &w.team,
            &w.url,
            &w.description,
            &w.events,
            &w.sealed_secret,
            &w.created_by,
            w.created_us
        ],
    )?;
    Ok(())
}

/// An endpoint that was not deleted.
pub fn find(c: &mut Conn, webhook_id: &str) -> Result<Option<WebhookRow>, Fault> {
    c.opt(FIND_WEBHOOK, &params![webhook_id])?
        .as_ref()
        .map(webhook)
        .transpose()
}

/// The endpoints of a team, oldest first.
pub fn of_team(c: &mut Conn, team: &str) -> Result<Vec<WebhookRow>, Fault> {
    c.query(WEBHOOKS_OF_TEAM, &params![team])?
        .iter()
        .map(webhook)
        .collect()
}

/// Changes address, description and events; nothing when it changed meanwhile.
pub fn change(c: &mut Conn, w: &WebhookRow) -> Result<Option<i64>, Fault> {
    version(c.opt(
        CHANGE_WEBHOOK,
        &params![&w.webhook_id, w.version, &w.url, &w.description, &w.events],
    )?)
}

/// Gives it a new secret; the one before signs beside it until then.
pub fn rotate(
    c: &mut Conn,
    w: &WebhookRow,
    sealed_secret: &str,
    until_us: i64,
) -> Result<Option<i64>, Fault> {
    version(c.opt(
        ROTATE_WEBHOOK,
        &params![&w.webhook_id, w.version, sealed_secret, until_us],
    )?)
}

/// Switches it on again; nothing when it was on.
pub fn enable(c: &mut Conn, webhook_id: &str) -> Result<Option<i64>, Fault> {
    version(c.opt(ENABLE_WEBHOOK, &params![webhook_id])?)
}

/// Switches it off, and gives up what waits; nothing when it was off.
pub fn disable(
    c: &mut Conn,
    webhook_id: &str,
    now_us: i64,
    why: &str,
) -> Result<Option<i64>, Fault> {
    let done = version(c.opt(DISABLE_WEBHOOK, &params![webhook_id, now_us, why])?)?;
    if done.is_some() {
        c.exec(MISS_DELIVERIES, &params![webhook_id, now_us])?;
    }
    Ok(done)
}

/// Deletes it with its secrets, and gives up what waits; nothing when it was gone.
pub fn delete(c: &mut Conn, webhook_id: &str, now_us: i64) -> Result<Option<i64>, Fault> {
    let done = version(c.opt(DELETE_WEBHOOK, &params![webhook_id, now_us])?)?;
    if done.is_some() {
        c.exec(MISS_DELIVERIES, &params![webhook_id, now_us])?;
    }
    Ok(done)
}

/// A try failed: how many did in a row.
pub fn failed_again(c: &mut Conn, webhook_id: &str) -> Result<i64, Fault> {
    c.one(FAILED_AGAIN, &params![webhook_id])?.int(0)
}

/// A try worked.
pub fn worked(c: &mut Conn, webhook_id: &str) -> Result<(), Fault> {
    c.exec(WORKED, &params![webhook_id])?;
    Ok(())
}

/// Keeps what happened.
pub fn add_message(c: &mut Conn, m: &MessageRow) -> Result<(), Fault> {
    c.exec(
        ADD_HOOK_MESSAGE,
        &params![&m.message_id, &m.team, &m.event, &m.payload, m.created_us],
    )?;
    Ok(())
}

/// Adds a delivery; it is due at once when its state is `waiting`.
pub fn add_delivery(c: &mut Conn, d: &DeliveryRow) -> Result<(), Fault> {
    let replay = d.replay_of.as_deref();
    c.exec(
        ADD_DELIVERY,
        &params![
            &d.delivery_id,
            &d.webhook_id,
            &d.message_id,
            &d.event,
            replay,
            &d.state,
            d.created_us
        ],
    )?;
    Ok(())
}

/// Claims the delivery that is due longest; at most one of an endpoint at a time.
pub fn claim(c: &mut Conn, now: Timestamp, until_us: i64) -> Result<Option<DeliveryRow>, Fault> {
    c.opt(CLAIM_DELIVERY, &params![now, until_us])?
        .as_ref()
        .map(delivery)
        .transpose()
}

/// A claimed delivery is done with: `delivered`, `failed` or `missed`. False when another worker has it by now.
pub fn done(c: &mut Conn, d: &DeliveryRow, state: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.exec(
        DELIVERY_DONE,
        &params![&d.delivery_id, d.attempts, state, now_us],
    )? == 1)
}

/// A claimed delivery is tried again then.
pub fn again(c: &mut Conn, d: &DeliveryRow, at_us: i64) -> Result<bool, Fault> {
    Ok(c.exec(DELIVERY_AGAIN, &params![&d.delivery_id, d.attempts, at_us])? == 1)
}

/// One delivery.
pub fn find_delivery(c: &mut Conn, id: &str) -> Result<Option<DeliveryRow>, Fault> {
    c.opt(FIND_DELIVERY, &params![id])?
        .as_ref()
        .map(delivery)
        .transpose()
}

/// The deliveries of an endpoint before this one, newest first.
pub fn deliveries_of(
    c: &mut Conn,
    webhook_id: &str,
    (before_us, before_id): (i64, &str),
    limit: i64,
) -> Result<Vec<DeliveryRow>, Fault> {
    c.query(
        DELIVERIES_OF,
        &params![webhook_id, before_us, before_id, limit],
    )?
    .iter()
    .map(delivery)
    .collect()
}

/// The body of what happened.
pub fn payload_of(c: &mut Conn, message_id: &str) -> Result<Option<String>, Fault> {
    c.opt(PAYLOAD_OF, &params![message_id])?
        .map(|row| row.text(0))
        .transpose()
}

/// Notes a try.
pub fn add_attempt(c: &mut Conn, a: &AttemptRow) -> Result<(), Fault> {
    let error = a.error.as_deref();
    c.exec(
        ADD_ATTEMPT,
        &params![
            &a.delivery_id,
            a.number,
            a.time_us,
            a.duration_ms,
            a.status,
            error,
            &a.answer
        ],
    )?;
    Ok(())
}

/// The tries of a delivery, in order.
pub fn attempts_of(c: &mut Conn, delivery_id: &str) -> Result<Vec<AttemptRow>, Fault> {
    c.query(ATTEMPTS_OF, &params![delivery_id])?
        .iter()
        .map(|row| {
            Ok(AttemptRow {
                delivery_id: row.text(0)?,
                number: row.int(1)?,
                time_us: row.int(2)?,
                duration_ms: row.int(3)?,
                status: row.opt_int(4)?,
                error: row.opt_text(5)?,
                answer: row.text(6)?,
            })
        })
        .collect()
}

/// Forgets deliveries that were written before then, and what they were of.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    let attempts = c.exec(PURGE_ATTEMPTS, &params![before_us])?;
    let deliveries = c.exec(PURGE_DELIVERIES, &params![before_us])?;
    Ok(attempts + deliveries + c.exec(PURGE_HOOK_MESSAGES, &params![before_us])?)
}

fn version(row: Option<Row>) -> Result<Option<i64>, Fault> {
    row.map(|row| row.int(0)).transpose()
}

fn webhook(row: &Row) -> Result<WebhookRow, Fault> {
    Ok(WebhookRow {
        webhook_id: row.text(0)?,
        team: row.text(1)?,
        url: row.text(2)?,
        description: row.text(3)?,
        events: row.text(4)?,
        sealed_secret: row.text(5)?,
        sealed_previous: row.opt_text(6)?,
        previous_until_us: row.opt_int(7)?,
        failures: row.int(8)?,
        disabled_us: row.opt_int(9)?,
        disabled_why: row.opt_text(10)?,
        version: row.int(11)?,
        created_by: row.text(12)?,
        created_us: row.int(13)?,
    })
}

fn delivery(row: &Row) -> Result<DeliveryRow, Fault> {
    Ok(DeliveryRow {
        delivery_id: row.text(0)?,
        webhook_id: row.text(1)?,
        message_id: row.text(2)?,
        event: row.text(3)?,
        replay_of: row.opt_text(4)?,
        state: row.text(5)?,
        attempts: row.int(6)?,
        run_at_us: row.int(7)?,
        created_us: row.int(8)?,
        done_us: row.opt_int(9)?,
    })
}
