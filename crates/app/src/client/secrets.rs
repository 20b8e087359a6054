//! Secrets of apps: made here, shown once, kept as keyed hashes in the environment that they belong to.

use std::sync::Arc;
use std::time::Duration;

use durward_domain::event::Event;
use durward_oidc::client::Client;
use durward_oidc::token::{HeldSecret, Presented, TokenError, client_auth::Proved};
use durward_store::client_secrets::{self, SecretRow};
use durward_store::{Conn, Fault as StoreFault, counters};
use jiff::Timestamp;
use serde_json::json;

use super::standing::at;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Trace};

/// Judges the secret that a form came with. Whoever sends many wrong ones is told to wait; a right one is never kept out.
pub(super) async fn judge(
    door: &Arc<Door>,
    presented: &Presented,
    client: &Client,
    real_now: Timestamp,
) -> Result<Proved, Failure<TokenError>> {
    let hashes = door
        .hasher
        .candidates(presented.secret().unwrap_or_default());
    let found = door
        .store
        .read(move |c| {
            for hash in &hashes {
                if let Some(row) = client_secrets::find(c, hash)? {
                    return Ok(Some(row));
                }
            }
            Ok(None)
        })
        .await?
        .filter(|row| row.handle == client.handle.to_string());
    let held = found.as_ref().map(|row| HeldSecret {
        id: row.secret_id.clone(),
        client_id: row.client_id.clone(),
        expires: row.expires_us.map(at),
    });
    let judged = presented.judge_secret(client, held.as_ref(), real_now);
    match (&judged, found) {
        (Ok(_), Some(row)) => used(door, row, real_now).await?,
        (Err(TokenError::SecretWrong), _) => {
            let name = format!("secret:{}", client.client_id);
            let now = door.clock.now();
            let count = door
                .store
                .write(move |c| counters::hit(c, &name, MINUTE, now))
                .await?;
            if count.hits > MOST_WRONG {
                return Err(Failure::Refused(TokenError::TooManySecrets));
            }
        }
        _ => {}
    }
    judged.map_err(Failure::Refused)
}

/// A use is noted once a minute.
async fn used(door: &Door, row: SecretRow, now: Timestamp) -> Result<(), Fault> {
    let now_us = now.as_microsecond();
    if row.used_us.is_some_and(|used| now_us - used < MINUTE_US) {
        return Ok(());
    }
    door.store
        .write(move |c| client_secrets::touch(c, &row.secret_id, now_us))
        .await?;
    Ok(())
}

/// For which app a secret is made, by whom, and for how long.
pub(crate) struct Wanted {
    pub(crate) handle: String,
    pub(crate) client_id: String,
    pub(crate) made_by: String,
    pub(crate) days: Option<u16>,
}

/// Makes a secret: the only time that it is seen. None when the app has as many as it may.
pub(crate) async fn make(
    door: &Arc<Door>,
    wanted: Wanted,
    actor: &Actor,
    trace: &Trace,
) -> Result<Option<(String, SecretRow)>, Fault> {
    let now = door.clock.real_now();
    let secret = door.random.token();
    let life_us = |days: u16| i64::from(days) * DAY_US;
    let row = SecretRow {
        secret_id: door.random.uuid_v7(now).to_string(),
        handle: wanted.handle,
        client_id: wanted.client_id,
        made_by: wanted.made_by,
        created_us: now.as_microsecond(),
        expires_us: wanted
            .days
            .map(|days| now.as_microsecond().saturating_add(life_us(days))),
        used_us: None,
    };
    let hash = door.hasher.hash(&secret);
    let (unit_door, kept) = (Arc::clone(door), row.clone());
    let (actor, trace) = (actor.clone(), trace.clone());
    let made = door
        .store
        .write(move |c| {
            // Whoever makes another at the same time waits for this row.
            counters::hit(c, &format!("secrets-of:{}", kept.client_id), MINUTE, now)?;
            let there = client_secrets::of_app(c, &kept.client_id, &kept.handle, kept.created_us)?;
            if there.len() >= MOST {
                return Ok(false);
            }
            client_secrets::insert(c, &hash, &kept)?;
            let of = (Event::ClientSecretMade, kept.client_id.as_str());
            note(c, &unit_door, (&actor, &trace, now), of, &kept.secret_id)?;
            Ok(true)
        })
        .await?;
    Ok(made.then_some((secret, row)))
}

/// The secrets of an app that are good, the oldest first.
pub(crate) async fn of_app(
    door: &Door,
    client_id: &str,
    handle: &str,
) -> Result<Vec<SecretRow>, Fault> {
    let now_us = door.clock.real_now().as_microsecond();
    let (client_id, handle) = (client_id.to_owned(), handle.to_owned());
    Ok(door
        .store
        .read(move |c| client_secrets::of_app(c, &client_id, &handle, now_us))
        .await?)
}

/// Ends a secret of an app at once; `false` when it has none of this name.
pub(crate) async fn end(
    door: &Arc<Door>,
    id: &str,
    (client_id, handle): (&str, &str),
    actor: &Actor,
    trace: &Trace,
) -> Result<bool, Fault> {
    let (id, client_id, handle) = (id.to_owned(), client_id.to_owned(), handle.to_owned());
    let (unit_door, actor, trace) = (Arc::clone(door), actor.clone(), trace.clone());
    let now = door.clock.real_now();
    Ok(door
        .store
        .write(move |c| {
            let app = (client_id.as_str(), handle.as_str());
            if !client_secrets::end(c, &id, app, now.as_microsecond())? {
                return Ok(false);
            }
            let of = (Event::ClientSecretEnded, client_id.as_str());
            note(c, &unit_door, (&actor, &trace, now), of, &id)?;
            Ok(true)
        })
        .await?)
}

fn note(
    c: &mut Conn,
    door: &Door,
    (actor, trace, time): (&Actor, &Trace, Timestamp),
    (event, subject): (Event, &str),
    id: &str,
) -> Result<(), StoreFault> {
    door.recorder.event(
        c,
        Note {
            time,
            actor,
            event,
            subject,
            trace: Some(trace),
            detail: json!({ "secret": id }),
        },
    )
}

/// One in use, and the next one.
pub const MOST: usize = 2;
const MOST_WRONG: i64 = 30;
const MINUTE: Duration = Duration::from_secs(60);
const MINUTE_US: i64 = 60_000_000;
const DAY_US: i64 = 86_400_000_000;
