//! One line of the audit record.

use durward_domain::event::Event;
use durward_store::{Conn, Fault as StoreFault};
use jiff::Timestamp;

use crate::actor::Actor;
use crate::door::Door;
use crate::record::{Note, Trace};

#[expect(clippy::too_many_arguments, reason = "one note, with nothing left out")]
pub(super) fn note(
    c: &mut Conn,
    door: &Door,
    actor: &Actor,
    event: Event,
    subject: &str,
    detail: serde_json::Value,
    time: Timestamp,
    trace: &Trace,
) -> Result<(), StoreFault> {
    door.recorder.event(
        c,
        Note {
            time,
            actor,
            event,
            subject,
            trace: Some(trace),
            detail,
        },
    )
}
