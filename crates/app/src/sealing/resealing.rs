//! The job that carries a rotation through: one node at a time moves what is stored to the current keys, in small
//! units, so that everybody else goes on meanwhile.

use std::sync::Arc;
use std::time::Duration;

use durward_store::sealing::{self, Fingerprinted, GenerationRow, Sealed};
use durward_store::{Conn, Fault as StoreFault, leases};
use jiff::Timestamp;

use super::{CURRENT, NEXT, RETIRED, RETIRING, SETTLE, follow, key_id, note};
use crate::citizen::{letter, people, vault};
use crate::door::Door;
use crate::failure::Fault;
use crate::signing_keys;

/// Carries a rotation one step on, if there is one. Several nodes may call this; one holds the lease.
///
/// # Errors
/// A fault of the database.
pub async fn turn(door: &Arc<Door>, holder: &str) -> Result<(), Fault> {
    follow(door).await?;
    let now = door.clock.real_now();
    let rows = door.store.read(sealing::generations).await?;
    let Some(other) = rows
        .iter()
        .find(|row| row.state == NEXT || row.state == RETIRING)
    else {
        return Ok(());
    };
    if !lead(door, holder, now).await? {
        return Ok(());
    }
    if other.state == NEXT {
        return if settled(other, now) {
            promote(door, other.generation, now).await
        } else {
            Ok(())
        };
    }
    let old = key_id(other.generation);
    reseal(door, &old, holder).await?;
    let current = key_id(other.generation + 1);
    let until_us = door.clock.now().as_microsecond();
    let left = door
        .store
        .read(move |c| sealing::left(c, &current, until_us))
        .await?;
    let left = left.iter().map(|(_, rows)| rows).sum::<i64>();
    gauge(door, left);
    // A node that was held up may have written under the old key until now.
    if left == 0 && settled(other, now) {
        retire(door, other.generation, now).await?;
    }
    Ok(())
}

/// Every node reads the next key by now: it becomes the one that is used.
async fn promote(door: &Arc<Door>, next: i64, now: Timestamp) -> Result<(), Fault> {
    let (recorder, until_us) = (door.recorder.clone(), door.clock.now().as_microsecond());
    let now_us = now.as_microsecond();
    let total = door
        .store
        .write(move |c| {
            let left = sealing::left(c, &key_id(next), until_us)?;
            let total = left.iter().map(|(_, rows)| rows).sum::<i64>();
            if sealing::move_generation(c, next - 1, (CURRENT, RETIRING), 0, now_us)?
                && sealing::move_generation(c, next, (NEXT, CURRENT), total, now_us)?
            {
                note(c, &recorder, "used", next, now)?;
            }
            Ok(total)
        })
        .await?;
    gauge(door, total);
    follow(door).await.map(drop)
}

/// Nothing is under the old key any more.
async fn retire(door: &Arc<Door>, old: i64, now: Timestamp) -> Result<(), Fault> {
    let recorder = door.recorder.clone();
    door.store
        .write(move |c| {
            let states = (RETIRING, RETIRED);
            if sealing::move_generation(c, old, states, 0, now.as_microsecond())? {
                note(c, &recorder, "retired", old, now)?;
            }
            Ok(())
        })
        .await?;
    follow(door).await.map(drop)
}

/// Moves everything that is under the old key, table by table.
async fn reseal(door: &Arc<Door>, old: &str, holder: &str) -> Result<(), Fault> {
    for table in TABLES {
        let mut after = String::new();
        loop {
            if !lead(door, holder, door.clock.real_now()).await? {
                return Ok(());
            }
            let (inner, key, from) = (Arc::clone(door), old.to_owned(), after);
            let batch = door
                .store
                .write(move |c| table.batch(c, &inner, &key, &from))
                .await?;
            let environment = door.name.as_str();
            metrics::counter!("durward_rows_resealed_total", "environment" => environment)
                .increment(batch.moved);
            if batch.shut > 0 {
                tracing::error!(
                    environment,
                    ?table,
                    rows = batch.shut,
                    "sealed rows do not open"
                );
            }
            match batch.last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    Ok(())
}

/// What is moved, in this order.
#[derive(Debug, Clone, Copy)]
enum Table {
    Sealed(Sealed),
    Fingerprinted(Fingerprinted),
}

/// What one unit did.
#[derive(Default)]
struct Batch {
    /// The last id; none when there was nothing.
    last: Option<String>,
    moved: u64,
    /// Rows that do not open, which stay as they are.
    shut: u64,
}

impl Table {
    fn batch(self, c: &mut Conn, door: &Door, old: &str, after: &str) -> Result<Batch, StoreFault> {
        let mut batch = Batch::default();
        match self {
            Self::Sealed(table) => {
                for row in table.under(c, old, after, AT_ONCE)? {
                    match sealed_again(door, table, &row) {
                        Some((sealed, recipient)) => {
                            table.put(c, &row, &sealed, &recipient)?;
                            batch.moved += 1;
                        }
                        None => batch.shut += 1,
                    }
                    batch.last = Some(row.id);
                }
            }
            Self::Fingerprinted(table) => {
                for row in table.under(c, old, after, AT_ONCE)? {
                    match found_again(door, table, &row) {
                        Some((digest, sealed)) => {
                            table.put(c, &row, &digest, &sealed)?;
                            batch.moved += 1;
                        }
                        None => batch.shut += 1,
                    }
                    batch.last = Some(row.id);
                }
            }
        }
        Ok(batch)
    }
}

/// A row sealed with the current key; mail with the current digest of its recipient.
fn sealed_again(door: &Door, table: Sealed, row: &sealing::SealedRow) -> Option<(String, String)> {
    let (aad, recipient) = match table {
        Sealed::DataKeys => (vault::key_aad(&row.id), String::new()),
        Sealed::SigningKeys => (signing_keys::sealed_as(&row.id), String::new()),
        Sealed::Inbox | Sealed::Outbox => {
            let to = letter::recipient(door, &row.id, &row.sealed)?;
            (letter::place(door, &row.id), people::digest(door, &to))
        }
    };
    let plain = door.sealer.open(&aad, &row.sealed).ok()?;
    Some((door.sealer.seal(&aad, &plain, &door.random), recipient))
}

/// The current fingerprint of a row, and what it is of for its new place.
fn found_again(
    door: &Door,
    table: Fingerprinted,
    row: &sealing::FingerprintedRow,
) -> Option<(String, String)> {
    let key = row.sealed_data_key.as_deref();
    let vault = vault::Vault::unlock(door, &row.person_id, key).ok()?;
    match table {
        Fingerprinted::Emails => {
            let email = vault.email(&row.id, &row.sealed).ok()?;
            let digest = people::digest(door, &email);
            let sealed = vault.seal_email(&digest, &email);
            Some((digest, sealed))
        }
        Fingerprinted::Authenticators => {
            let lookup = vault.lookup(&row.id, &row.sealed).ok()?;
            Some((vault::fingerprint(door, &lookup), String::new()))
        }
    }
}

async fn lead(door: &Door, holder: &str, now: Timestamp) -> Result<bool, Fault> {
    let holder = holder.to_owned();
    let taken = door
        .store
        .write(move |c| leases::take(c, LEASE, &holder, now, HOLD));
    Ok(taken.await?)
}

fn settled(row: &GenerationRow, now: Timestamp) -> bool {
    let since = Timestamp::from_microsecond(row.changed_us).unwrap_or(Timestamp::MAX);
    since.saturating_add(SETTLE).is_ok_and(|until| now >= until)
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn gauge(door: &Door, left: i64) {
    metrics::gauge!("durward_sealed_rows_left", "environment" => door.name.as_str())
        .set(left as f64);
}

/// Data keys first: everything of a person hangs on them.
const TABLES: [Table; 6] = [
    Table::Sealed(Sealed::DataKeys),
    Table::Sealed(Sealed::SigningKeys),
    Table::Fingerprinted(Fingerprinted::Emails),
    Table::Fingerprinted(Fingerprinted::Authenticators),
    Table::Sealed(Sealed::Inbox),
    Table::Sealed(Sealed::Outbox),
];
/// Few enough that nobody waits for a unit.
const AT_ONCE: i64 = 100;
const LEASE: &str = "sealing";
const HOLD: Duration = Duration::from_secs(30);
