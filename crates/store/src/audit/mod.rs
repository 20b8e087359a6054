//! The audit record: entries carry a keyed MAC and commit with the change they tell of; one sealer
//! at a time chains them in batches and signs the end of each batch.
//!
//! Nodes do not queue on one row, since appending touches no shared row. Who owns the database but
//! not the key can neither change an entry nor recompute the chain. What the database alone cannot
//! show is a roll-back of everything to an earlier head; for that [`verify`] takes a head that was
//! exported ([`Head::line`]) and kept elsewhere.

mod seal;
mod verify;

use durward_keyring::mac::MacKey;
use jiff::Timestamp;
use uuid::Uuid;

use crate::db::conn::Conn;
use crate::db::value::Row;
use crate::fault::{Context as _, Fault, FaultKind};
use crate::{params, statements};

pub use seal::{Head, Sealed, last_head, seal_batch};
pub use verify::{Broken, Flaw, Report, verify};

#[cfg(any(test, feature = "testing"))]
pub(crate) const STATEMENTS: [&[crate::Statement]; 3] = [ALL, seal::ALL, verify::ALL];

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// A version 7 UUID.
    pub id: Uuid,
    /// When, to the microsecond.
    pub time: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What, an id of the event catalogue.
    pub event: String,
    /// To whom or what it was done.
    pub subject: Option<String>,
    /// The request that did it, as printed on error pages.
    pub request_id: Option<String>,
    /// More about it, a JSON text without secrets or personal data.
    pub detail: String,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// `member`, `person`, `client`, `system` …
    pub kind: String,
    /// The id of that kind, or empty where there is none.
    pub id: String,
}

/// Records an entry in the unit of the change it tells of.
pub fn append(c: &mut Conn, key: &MacKey, entry: &Entry) -> Result<(), Fault> {
    let id = entry.id.to_string();
    let mac = key.tag(&Fields::of(entry, &id).message());
    c.exec(
        ADD_ENTRY,
        &params![
            &id,
            entry.time,
            &entry.actor.kind,
            &entry.actor.id,
            &entry.event,
            &entry.subject,
            &entry.request_id,
            &entry.detail,
            &mac
        ],
    )?;
    c.exec(ADD_UNSEALED, &params![&id, entry.time])?;
    Ok(())
}

/// The latest entries, newest first; `before` is the last entry of the page shown so far.
pub fn list(c: &mut Conn, before: Option<&Entry>, limit: u32) -> Result<Vec<Entry>, Fault> {
    let time = before.map_or(i64::MAX, |entry| entry.time.as_microsecond());
    let id = before.map_or_else(String::new, |entry| entry.id.to_string());
    read(c.query(LIST, &params![time, &id, limit])?)
}

/// What happened to a subject, newest first.
pub fn about(c: &mut Conn, subject: &str, limit: u32) -> Result<Vec<Entry>, Fault> {
    read(c.query(ABOUT, &params![subject, limit])?)
}

/// What a request did, oldest first.
pub fn of_request(c: &mut Conn, request_id: &str) -> Result<Vec<Entry>, Fault> {
    read(c.query(OF_REQUEST, &params![request_id])?)
}

fn read(rows: Vec<Row>) -> Result<Vec<Entry>, Fault> {
    rows.iter()
        .map(entry)
        .collect::<Result<_, _>>()
        .context("reading audit entries")
}

fn entry(row: &Row) -> Result<Entry, Fault> {
    Ok(Entry {
        id: row
            .text(0)?
            .parse()
            .map_err(|_| Fault::new(FaultKind::Corrupt, "an audit id is not a UUID"))?,
        time: row.time(1)?,
        actor: Actor {
            kind: row.text(2)?,
            id: row.text(3)?,
        },
        event: row.text(4)?,
        subject: row.opt_text(5)?,
        request_id: row.opt_text(6)?,
        detail: row.text(7)?,
    })
}

/// What the MAC of an entry covers, as the database holds it.
struct Fields<'a> {
    id: &'a str,
    time_us: i64,
    actor_kind: &'a str,
    actor_id: &'a str,
    event: &'a str,
    subject: Option<&'a str>,
    request_id: Option<&'a str>,
    detail: &'a str,
}

impl<'a> Fields<'a> {
    fn of(entry: &'a Entry, id: &'a str) -> Self {
        Self {
            id,
            time_us: entry.time.as_microsecond(),
            actor_kind: &entry.actor.kind,
            actor_id: &entry.actor.id,
            event: &entry.event,
            subject: entry.subject.as_deref(),
            request_id: entry.request_id.as_deref(),
            detail: &entry.detail,
        }
    }

    fn message(&self) -> Vec<u8> {
        let mut message = Message::new("durward/audit-entry/1");
        message.text(self.id);
        message.number(self.time_us);
        message.text(self.actor_kind);
        message.text(self.actor_id);
        message.text(self.event);
        message.optional(self.subject);
        message.optional(self.request_id);
        message.text(self.detail);
        message.0
    }
}

/// Bytes with every part's length before it, so that no two lists of parts look alike.
struct Message(Vec<u8>);

impl Message {
    fn new(purpose: &str) -> Self {
        let mut message = Self(Vec::with_capacity(256));
        message.text(purpose);
        message
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0
            .extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.0.push(text.is_some().into());
        self.text(text.unwrap_or_default());
    }
}

statements! {
    ADD_ENTRY = "INSERT INTO audit_entries (id, time_us, actor_kind, actor_id, event, subject, request_id, detail, mac) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    ADD_UNSEALED = "INSERT INTO audit_unsealed (entry_id, time_us) VALUES ($1, $2)";
    LIST = "SELECT id, time_us, actor_kind, actor_id, event, subject, request_id, detail FROM audit_entries \
        WHERE time_us < $1 OR (time_us = $1 AND id < $2) ORDER BY time_us DESC, id DESC LIMIT $3";
    ABOUT = "SELECT id, time_us, actor_kind, actor_id, event, subject, request_id, detail FROM audit_entries \
        WHERE subject = $1 ORDER BY time_us DESC, id DESC LIMIT $2";
    OF_REQUEST = "SELECT id, time_us, actor_kind, actor_id, event, subject, request_id, detail FROM audit_entries \
        WHERE request_id = $1 ORDER BY time_us, id";
}
