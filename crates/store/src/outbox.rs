//! Mail and messages: written with the change that causes them, sent after it has been committed.
//! The caller seals what is personal; this module sees text.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::conn::Conn;
use crate::db::micros_after;
use crate::db::value::Row;
use crate::fault::Fault;
use crate::{params, statements};

/// A message to be sent.
pub struct NewMessage<'a> {
    /// A version 7 UUID.
    pub id: Uuid,
    /// `mail`, `sms`, `voice`.
    pub kind: &'a str,
    /// Where to.
    pub recipient: &'a str,
    /// What, in the form that the sender of this kind reads.
    pub content: &'a str,
    /// When it was written; it is due at once.
    pub created: Timestamp,
}

/// A claimed message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// `mail`, `sms`, `voice`.
    pub kind: String,
    /// Where to.
    pub recipient: String,
    /// What.
    pub content: String,
    /// When it was written.
    pub created: Timestamp,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// Adds a message.
pub fn add(c: &mut Conn, message: &NewMessage<'_>) -> Result<(), Fault> {
    let id = message.id.to_string();
    let NewMessage {
        kind,
        recipient,
        content,
        created,
        ..
    } = *message;
    c.exec(ADD, &params![&id, kind, recipient, content, created])?;
    Ok(())
}

/// Claims the message that is due longest, for so long.
pub fn claim(c: &mut Conn, now: Timestamp, hold: Duration) -> Result<Option<Message>, Fault> {
    let until = micros_after(now, hold);
    c.opt(CLAIM, &params![now, until])?
        .as_ref()
        .map(message)
        .transpose()
}

/// The message is on its way. False means that another worker has it by now.
pub fn sent(c: &mut Conn, message: &Message, now: Timestamp) -> Result<bool, Fault> {
    Ok(c.exec(SENT, &params![&message.id, message.attempt, now])? == 1)
}

/// Sending failed and is tried again. The error is a sentence without values of people.
pub fn retry(
    c: &mut Conn,
    message: &Message,
    run_at: Timestamp,
    error: &str,
) -> Result<bool, Fault> {
    Ok(c.exec(RETRY, &params![&message.id, message.attempt, run_at, error])? == 1)
}

/// Sending failed for good.
pub fn give_up(
    c: &mut Conn,
    message: &Message,
    now: Timestamp,
    error: &str,
) -> Result<bool, Fault> {
    Ok(c.exec(GIVE_UP, &params![&message.id, message.attempt, now, error])? == 1)
}

/// How many messages wait to be sent.
pub fn waiting(c: &mut Conn) -> Result<i64, Fault> {
    c.one(WAITING, &params![])?.int(0)
}

/// Removes messages that were sent or given up before then.
pub fn sweep(c: &mut Conn, before: Timestamp) -> Result<u64, Fault> {
    c.exec(SWEEP, &params![before])
}

fn message(row: &Row) -> Result<Message, Fault> {
    Ok(Message {
        id: row.text(0)?,
        kind: row.text(1)?,
        recipient: row.text(2)?,
        content: row.text(3)?,
        created: row.time(4)?,
        attempt: row.int(5)?,
    })
}

statements! {
    ADD = "INSERT INTO outbox (id, kind, recipient, content, created_us, run_at_us, attempts, locked_until_us) \
        VALUES ($1, $2, $3, $4, $5, $5, 0, 0)";
    CLAIM = "UPDATE outbox SET attempts = attempts + 1, locked_until_us = $2 \
        WHERE id = (SELECT id FROM outbox WHERE sent_us IS NULL AND failed_us IS NULL \
        AND run_at_us <= $1 AND locked_until_us <= $1 ORDER BY run_at_us, id LIMIT 1) \
        AND sent_us IS NULL AND failed_us IS NULL AND locked_until_us <= $1 \
        RETURNING id, kind, recipient, content, created_us, attempts";
    SENT = "UPDATE outbox SET sent_us = $3 WHERE id = $1 AND attempts = $2 AND sent_us IS NULL AND failed_us IS NULL";
    RETRY = "UPDATE outbox SET run_at_us = $3, locked_until_us = 0, last_error = $4 \
        WHERE id = $1 AND attempts = $2 AND sent_us IS NULL AND failed_us IS NULL";
    GIVE_UP = "UPDATE outbox SET failed_us = $3, locked_until_us = 0, last_error = $4 \
        WHERE id = $1 AND attempts = $2 AND sent_us IS NULL AND failed_us IS NULL";
    WAITING = "SELECT count(*) FROM outbox WHERE sent_us IS NULL AND failed_us IS NULL";
    SWEEP = "DELETE FROM outbox WHERE sent_us < $1 OR failed_us < $1";
}
