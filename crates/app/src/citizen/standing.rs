//! What the programme's staff does to an account: suspended, reinstated, signed out everywhere.

use std::sync::Arc;

use durward_accounts::person::PersonStatus;
use durward_domain::event::Event;
use durward_store::{Conn, Fault as StoreFault, grants, people as rows, sessions};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use super::letter::{Letter, Message, Wording};
use super::session::Closing;
use super::vault::Vault;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::Fault;
use crate::record::{Note, Trace};

/// What staff sees of an account: nothing that is told about its person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The account's id, as the audit record names it.
    pub id: String,
    /// `active` or `suspended`.
    pub status: String,
    /// How many sessions are open.
    pub open_sessions: i64,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Nobody signs in with the account until it is reinstated.
    Suspend,
    /// The account may be used again.
    Reinstate,
    /// Every session ends, with what apps got from it.
    EndSessions,
}

impl Measure {
    const fn event(self) -> Event {
        match self {
            Self::Suspend => Event::PersonSuspended,
            Self::Reinstate => Event::PersonReinstated,
            Self::EndSessions => Event::PersonSessionsEnded,
        }
    }

    /// The status that it takes, and the one that it leaves.
    const fn statuses(self) -> (PersonStatus, PersonStatus) {
        match self {
            Self::Suspend => (PersonStatus::Active, PersonStatus::Suspended),
            Self::Reinstate => (PersonStatus::Suspended, PersonStatus::Active),
            Self::EndSessions => (PersonStatus::Active, PersonStatus::Active),
        }
    }
}

/// The account with one of these fingerprints of an address.
pub(crate) fn by_email(
    c: &mut Conn,
    digests: &[String],
    now: Timestamp,
) -> Result<Option<Standing>, StoreFault> {
    let found = super::people::find(c, digests)?;
    found.map(|row| standing(c, row, now)).transpose()
}

/// The one account that a request was about, by the audit record; none when it was about several.
pub(crate) fn by_request(
    c: &mut Conn,
    request_id: &str,
    now: Timestamp,
) -> Result<Option<Standing>, StoreFault> {
    let mut found = rows::ids_by_request(c, request_id)?;
    match (found.pop(), found.is_empty()) {
        (Some(id), true) => by_id(c, &id, now),
        _ => Ok(None),
    }
}

/// The account with this id.
pub(crate) fn by_id(
    c: &mut Conn,
    id: &str,
    now: Timestamp,
) -> Result<Option<Standing>, StoreFault> {
    let found = rows::find_person(c, id)?;
    let here = found.filter(|row| row.status != PersonStatus::Deleted.as_str());
    here.map(|row| standing(c, row, now)).transpose()
}

fn standing(c: &mut Conn, row: rows::PersonRow, now: Timestamp) -> Result<Standing, StoreFault> {
    let open = sessions::count_open(c, &row.person_id, now.as_microsecond())?;
    Ok(Standing {
        id: row.person_id,
        status: row.status,
        open_sessions: open,
    })
}

/// Does it, tells the person by mail to every address, and records it. `None` when the account is not where the
/// measure would take it from.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn take(
    door: &Arc<Door>,
    wording: &dyn Wording,
    (id, measure): (&str, Measure),
    (reason, by): (&str, &Actor),
    trace: &Trace,
) -> Result<Option<Standing>, Fault> {
    let now = door.clock.now();
    let (inner, person) = (Arc::clone(door), id.to_owned());
    let found = door
        .store
        .read(move |c| match rows::find_person(c, &person)? {
            Some(row) if row.sealed_data_key.is_some() => {
                let emails = Vault::open(&inner, &row)?.emails(c, &person)?;
                Ok(Some((row.language, emails)))
            }
            _ => Ok(None),
        })
        .await?;
    let Some((language, emails)) = found else {
        return Ok(None);
    };
    let link = door.url("/");
    let message = match measure {
        Measure::Suspend => Message::AccountSuspended,
        Measure::Reinstate => Message::AccountReinstated { link: &link },
        Measure::EndSessions => Message::SignedOutEverywhere { link: &link },
    };
    let letters = emails
        .iter()
        .map(|to| Letter::compose(door, wording, to, (&language, None), &message, now))
        .collect::<Result<Vec<_>, Fault>>()?;
    let (inner, person, reason) = (Arc::clone(door), id.to_owned(), reason.to_owned());
    let (by, trace, closing) = (by.clone(), trace.clone(), Closing::of(door, trace));
    let done = door
        .store
        .write(move |c| {
            let (from, to) = measure.statuses();
            if !rows::move_status(c, &person, from.as_str(), to.as_str())? {
                return Ok(None);
            }
            if measure != Measure::Reinstate {
                grants::revoke_grants_of(c, &person, now.as_microsecond())?;
                closing.all_of(c, &person)?;
            }
            for letter in &letters {
                letter.post(c)?;
            }
            inner.recorder.event(
                c,
                Note {
                    time: now,
                    actor: &by,
                    event: measure.event(),
                    subject: &person,
                    trace: Some(&trace),
                    detail: json!({ "reason": reason }),
                },
            )?;
            by_id(c, &person, now)
        })
        .await?;
    if done.is_some() {
        door.sessions_ended.notify_one();
        let (environment, event) = (door.name.as_str(), measure.event().id());
        metrics::counter!("durward_measures_total", "environment" => environment, "event" => event)
            .increment(1);
    }
    Ok(done)
}
