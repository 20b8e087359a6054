//! The life of the keys that seal what is stored, and of those that find it: everything moves to a new generation while
//! the service goes on, and nothing is under the old one when it is retired.
//!
//! A generation is first read by every node, then used by all, and only then is what is stored moved to it.

mod resealing;
#[cfg(test)]
mod tests;

use durward_domain::event::Event;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::master::MasterKey;
use durward_keyring::seal::Sealer;
use durward_keyring::token::TokenHasher;
use durward_store::sealing::{self, GenerationRow};
use durward_store::{Conn, Fault as StoreFault, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::{Note, Recorder};

pub use resealing::turn;

/// All generations of one database's keys.
#[derive(Clone)]
pub struct Generations {
    root: MasterKey,
}

impl Generations {
    pub(crate) fn of(master: &MasterKey, owner: &str) -> Self {
        Self {
            root: master.branch(&format!("durward/{owner}/sealing")),
        }
    }

    pub(crate) fn first(&self) -> (Sealer, TokenHasher) {
        let (seal, fingerprint) = self.keys(1);
        let id = key_id(1);
        (
            Sealer::new(&id, seal, None),
            TokenHasher::new((&id, fingerprint), None),
        )
    }

    /// Uses the generations that the database names; `false` when these are used already.
    pub(crate) fn take_up(
        &self,
        rows: &[GenerationRow],
        (sealer, fingerprints): (&Sealer, &TokenHasher),
    ) -> bool {
        let InUse { current, other } = InUse::of(rows);
        let ids = (key_id(current), other.map(key_id));
        if sealer.key_ids() == ids {
            return false;
        }
        let (seal, fingerprint) = self.keys(current);
        let other = ids.1.as_deref().zip(other.map(|other| self.keys(other)));
        // The fingerprints first: what is sealed with a new key is found by its new fingerprint.
        fingerprints.replace(
            (&ids.0, fingerprint),
            other.map(|(id, (_, fingerprint))| (id, fingerprint)),
        );
        sealer.replace((&ids.0, seal), other.map(|(id, (seal, _))| (id, seal)));
        true
    }

    fn keys(&self, generation: i64) -> ([u8; 32], [u8; 32]) {
        let key = |purpose: &str| self.root.derive(&format!("{purpose}/{generation}"));
        (key("seal"), key("fingerprint"))
    }
}

/// Which generations are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct InUse {
    current: i64,
    /// The next, or the one before.
    other: Option<i64>,
}

impl InUse {
    fn of(rows: &[GenerationRow]) -> Self {
        let find = |wanted: &[&str]| {
            let mut rows = rows.iter().rev();
            let row = rows.find(|row| wanted.contains(&row.state.as_str()));
            row.map(|row| row.generation)
        };
        Self {
            current: find(&[CURRENT]).unwrap_or(1),
            other: find(&[NEXT, RETIRING]),
        }
    }
}

/// How far a rotation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The key that is used, such as `k2`.
    pub current: String,
    /// What goes on.
    pub step: Step,
    /// The tables with rows under another key than the current one, and how many.
    pub left: Vec<(&'static str, i64)>,
}

/// What goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Idle,
    /// Every node takes up the next key, so that all can read what will be under it.
    Announced {
        /// The next key.
        next: String,
    },
    /// What is stored moves to the current key.
    Resealing {
        /// The key that will be retired.
        old: String,
        /// How many rows were under it in the beginning.
        total: i64,
    },
}

impl Progress {
    /// How many rows are under another key than the current one.
    pub fn rows_left(&self) -> i64 {
        self.left.iter().map(|(_, rows)| rows).sum()
    }

    /// How many rows may be so, because a rotation goes on.
    pub fn is_overdue(&self) -> bool {
        !matches!(self.step, Step::Resealing { .. }) && self.rows_left() > 0
    }
}

/// Begins a rotation. The nodes that serve the environment do the rest, one step after the other.
///
/// # Errors
/// [`SealingRefusal`], or a fault.
pub async fn begin(
    (store, recorder): (&Store, &Recorder),
    now: Timestamp,
) -> Result<(), Failure<SealingRefusal>> {
    let recorder = recorder.clone();
    let begun = store
        .write(move |c| {
            let in_use = InUse::of(&sealing::generations(c)?);
            if in_use.other.is_some() {
                return Ok(Err(SealingRefusal::Running));
            }
            let (current, now_us) = (in_use.current, now.as_microsecond());
            sealing::insert_generation(c, current, CURRENT, now_us)?;
            if !sealing::insert_generation(c, current + 1, NEXT, now_us)? {
                return Ok(Err(SealingRefusal::Running));
            }
            note(c, &recorder, "begun", current + 1, now)?;
            Ok(Ok(()))
        })
        .await?;
    begun.map_err(Failure::Refused)
}

/// How far the rotation is, and what is left.
///
/// # Errors
/// A fault of the database.
pub fn progress(c: &mut Conn, now: Timestamp) -> Result<Progress, StoreFault> {
    let rows = sealing::generations(c)?;
    let in_use = InUse::of(&rows);
    let current = key_id(in_use.current);
    let other = rows.iter().find(|row| Some(row.generation) == in_use.other);
    let total = rows
        .iter()
        .find(|row| row.generation == in_use.current)
        .map_or(0, |row| row.rows_total);
    let step = match other {
        None => Step::Idle,
        Some(row) if row.state == NEXT => Step::Announced {
            next: key_id(row.generation),
        },
        Some(row) => Step::Resealing {
            old: key_id(row.generation),
            total,
        },
    };
    Ok(Progress {
        left: sealing::left(c, &current, now.as_microsecond())?,
        current,
        step,
    })
}

/// Takes up the generations that the database names. Answers whether anything had changed.
///
/// # Errors
/// A fault of the database.
pub async fn follow(door: &Door) -> Result<bool, Fault> {
    let rows = door.store.read(sealing::generations).await?;
    let changed = door
        .generations
        .take_up(&rows, (&door.sealer, &door.fingerprints));
    if changed {
        tracing::info!(environment = %door.name, keys = ?door.sealer, "the sealing keys were taken up");
    }
    Ok(changed)
}

/// Why no rotation is begun.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealingRefusal {
    /// One goes on.
    #[error(
        "The sealing keys of this environment are being rotated. Wait until that has ended: durward keys sealing shows how far it is."
    )]
    Running,
}

impl Refuse for SealingRefusal {
    fn code(&self) -> &'static str {
        "keys/rotating"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

fn note(
    c: &mut Conn,
    recorder: &Recorder,
    step: &str,
    generation: i64,
    now: Timestamp,
) -> Result<(), StoreFault> {
    recorder.event(
        c,
        Note {
            time: now,
            actor: &Actor::System("sealing keys"),
            event: Event::SealingRotated,
            subject: &key_id(generation),
            trace: None,
            detail: json!({ "step": step }),
        },
    )
}

fn key_id(generation: i64) -> String {
    format!("k{generation}")
}

const NEXT: &str = "next";
const CURRENT: &str = "current";
const RETIRING: &str = "retiring";
const RETIRED: &str = "retired";
/// Every node looks for new keys within two seconds; this leaves room for one that was held up.
const SETTLE: SignedDuration = SignedDuration::from_secs(20);
