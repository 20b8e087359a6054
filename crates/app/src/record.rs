//! One way to write the audit record, inside the unit of the change it tells of.

use durward_domain::event::Event;
use durward_keyring::mac::MacKey;
use durward_keyring::random::Random;
use durward_store::audit::{self, Entry};
use durward_store::{Conn, Fault};
use jiff::Timestamp;

use crate::actor::Actor;

/// What connects everything that one request did.
#[derive(Clone, Debug)]
pub struct Trace {
    /// As the answer's `X-Request-Id` and error pages print it.
    pub request_id: String,
}

/// Writes audit entries of one database.
#[derive(Clone)]
pub struct Recorder {
    key: MacKey,
    random: Random,
}

impl Recorder {
    /// A recorder with the database's audit key.
    pub fn new(key: MacKey, random: Random) -> Self {
        Self { key, random }
    }

    /// The audit key, for the sealer and for verification.
    pub fn key(&self) -> &MacKey {
        &self.key
    }

    /// Records that something happened. `detail` must hold no secret and no personal data.
    pub fn event(&self, c: &mut Conn, note: Note<'_>) -> Result<(), Fault> {
        audit::append(
            c,
            &self.key,
            &Entry {
                id: self.random.uuid_v7(note.time),
                time: note.time,
                actor: audit::Actor {
                    kind: note.actor.kind().into(),
                    id: note.actor.id().into(),
                },
                event: note.event.id().into(),
                subject: Some(note.subject.into()),
                request_id: note.trace.map(|trace| trace.request_id.clone()),
                detail: note.detail.to_string(),
            },
        )
    }
}

/// One thing that happened.
pub struct Note<'a> {
    /// When.
    pub time: Timestamp,
    /// Who did it.
    pub actor: &'a Actor,
    /// What, from the catalogue.
    pub event: Event,
    /// To what: a handle, an id, a client id.
    pub subject: &'a str,
    /// By which request; `None` for jobs.
    pub trace: Option<&'a Trace>,
    /// More about it.
    pub detail: serde_json::Value,
}
