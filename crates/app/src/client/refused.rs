//! What is kept of requests that were refused: evidence, but never more than a stranger could fill the record with.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse;
use durward_store::{Conn, Fault as StoreFault, counters};
use jiff::Timestamp;
use serde_json::json;

use crate::actor::Actor;
use crate::door::Door;
use crate::failure::Fault;
use crate::record::{Note, Trace};

/// One refused request of an app, or of somebody who said to be it.
#[derive(Clone)]
pub(super) struct Refused {
    /// What was refused.
    pub(super) event: Event,
    /// Who asked: the app where it proved itself, a visitor otherwise.
    pub(super) actor: Actor,
    /// The client id that was named; it is registered, or nothing is kept.
    pub(super) client_id: String,
    /// The refusal's code.
    pub(super) code: &'static str,
}

impl Refused {
    /// Refused to somebody who has proved nothing.
    pub(super) fn to_visitor(event: Event, client_id: &str, refusal: &impl Refuse) -> Self {
        Self {
            event,
            actor: Actor::Visitor,
            client_id: client_id.to_owned(),
            code: refusal.code(),
        }
    }

    /// Records it in a unit of its own.
    pub(super) async fn record(self, door: &Arc<Door>, trace: &Trace) -> Result<(), Fault> {
        let (unit_door, trace, now) = (Arc::clone(door), trace.clone(), door.clock.now());
        Ok(door
            .store
            .write(move |c| self.record_in(c, &unit_door, &trace, now))
            .await?)
    }

    /// Records it in the caller's unit. After [`EACH_MINUTE`] of one kind for one app the rest of the minute is one
    /// entry that says so: rows of the record stay for ever, and anybody may send a bad request.
    pub(super) fn record_in(
        &self,
        c: &mut Conn,
        door: &Door,
        trace: &Trace,
        now: Timestamp,
    ) -> Result<(), StoreFault> {
        let name = format!("refused:{}:{}", self.event.id(), self.client_id);
        let hits = counters::hit(c, &name, MINUTE, now)?.hits;
        let detail = match hits {
            ..=EACH_MINUTE => json!({ "code": self.code }),
            hits if hits == EACH_MINUTE + 1 => {
                json!({ "code": self.code, "more": "not recorded for a minute" })
            }
            _ => return Ok(()),
        };
        door.recorder.event(
            c,
            Note {
                time: now,
                actor: &self.actor,
                event: self.event,
                subject: &self.client_id,
                trace: Some(trace),
                detail,
            },
        )
    }
}

const MINUTE: Duration = Duration::from_secs(60);
const EACH_MINUTE: i64 = 120;
