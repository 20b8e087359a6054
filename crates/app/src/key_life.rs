//! The life of an environment's keys: published ahead of their use, used, still published, gone.
//!
//! A key signs only after everybody could read it, and is taken down only after what it signed has ended.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_keyring::jose::SigningKey;
use durward_keyring::jose::jwe::DecryptionKey;
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_store::keys::{self, KeyRow};
use durward_store::{Conn, Fault as StoreFault, Store};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::actor::Actor;
use crate::door::{Door, REQUEST_KEYS, SIGNING, SIGNING_KEYS, request_encryption};
use crate::failure::{Failure, Fault};
use crate::record::{Note, Recorder};
use crate::ring::{KeyRing, KeyState};
use crate::signing_keys;

/// A key after its state was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMoved {
    /// Its id.
    pub kid: String,
    /// What it is used with.
    pub algorithm: String,
    /// Its new state.
    pub state: &'static str,
    /// The key that it took the place of.
    pub replaced: Option<String>,
}

/// Makes a key and publishes it, not yet used.
///
/// # Errors
/// [`KeyLifeRefusal`], or a fault.
pub async fn stage(
    (store, recorder): (&Store, &Recorder),
    sealing: (&Sealer, &Random),
    algorithm: &str,
    now: Timestamp,
) -> Result<KeyMoved, Failure<KeyLifeRefusal>> {
    let signing = SIGNING.into_iter().find(|known| known.name() == algorithm);
    let mut decryption = request_encryption().iter();
    let row = match (signing, decryption.find(|known| known.name() == algorithm)) {
        (Some(alg), _) => signing_keys::next::<SigningKey>(alg, SIGNING_KEYS, sealing, now).await?,
        (None, Some(alg)) => {
            signing_keys::next::<DecryptionKey>(*alg, REQUEST_KEYS, sealing, now).await?
        }
        (None, None) => return Err(Failure::Refused(KeyLifeRefusal::Algorithm)),
    };
    let recorder = recorder.clone();
    let staged = store
        .write(move |c| {
            let known = keys::keys_for(c, &row.purpose)?;
            let waits = |one: &&KeyRow| one.algorithm == row.algorithm && is(one, KeyState::Next);
            if let Some(waiting) = known.iter().find(waits) {
                let kid = waiting.kid.clone();
                return Ok(Err(KeyLifeRefusal::Staged { kid }));
            }
            keys::insert(c, &row)?;
            let moved = moved(&row, KeyState::Next.as_str(), None);
            recorder.event(
                c,
                note(Event::KeyStaged, &moved, &detail(&row, &moved), now),
            )?;
            Ok(Ok(moved))
        })
        .await?;
    staged.map_err(Failure::Refused)
}

/// Uses a published key from now on; the one that was used until now stays published. Before everybody could read it
/// only `at_once`.
///
/// # Errors
/// [`KeyLifeRefusal`], or a fault.
pub async fn promote(
    (store, recorder): (&Store, &Recorder),
    (kid, at_once): (&str, bool),
    now: Timestamp,
) -> Result<KeyMoved, Failure<KeyLifeRefusal>> {
    let (recorder, kid) = (recorder.clone(), kid.to_owned());
    let promoted = store
        .write(move |c| {
            let (row, all) = match found(c, &kid, KeyState::Next)? {
                Ok(found) => found,
                Err(refusal) => return Ok(Err(refusal)),
            };
            if let Some(refusal) = too_early(&row, READ_BY_ALL, at_once, now) {
                return Ok(Err(refusal));
            }
            let serves =
                |one: &&KeyRow| one.algorithm == row.algorithm && is(one, KeyState::Current);
            let mut replaced = None;
            for before in all.iter().filter(serves) {
                let states = (KeyState::Current.as_str(), KeyState::Retiring.as_str());
                keys::move_key(c, &before.kid, states, now.as_microsecond())?;
                replaced = Some(before.kid.clone());
            }
            let states = (KeyState::Next.as_str(), KeyState::Current.as_str());
            if !keys::move_key(c, &kid, states, now.as_microsecond())? {
                return Ok(Err(KeyLifeRefusal::Unknown));
            }
            let moved = moved(&row, states.1, replaced);
            recorder.event(
                c,
                note(Event::KeyPromoted, &moved, &detail(&row, &moved), now),
            )?;
            Ok(Ok(moved))
        })
        .await?;
    promoted.map_err(Failure::Refused)
}

/// Takes a key down that is not used any more: what it signed verifies no longer. Before that has ended only `at_once`.
///
/// # Errors
/// [`KeyLifeRefusal`], or a fault.
pub async fn retire(
    (store, recorder): (&Store, &Recorder),
    (kid, at_once): (&str, bool),
    now: Timestamp,
) -> Result<KeyMoved, Failure<KeyLifeRefusal>> {
    let (recorder, kid) = (recorder.clone(), kid.to_owned());
    let retired = store
        .write(move |c| {
            let (row, _) = match found(c, &kid, KeyState::Retiring)? {
                Ok(found) => found,
                Err(refusal) => return Ok(Err(refusal)),
            };
            if let Some(refusal) = too_early(&row, ENDED, at_once, now) {
                return Ok(Err(refusal));
            }
            let states = (KeyState::Retiring.as_str(), RETIRED);
            if !keys::move_key(c, &kid, states, now.as_microsecond())? {
                return Ok(Err(KeyLifeRefusal::Unknown));
            }
            let moved = moved(&row, RETIRED, None);
            recorder.event(
                c,
                note(Event::KeyRetired, &moved, &detail(&row, &moved), now),
            )?;
            Ok(Ok(moved))
        })
        .await?;
    retired.map_err(Failure::Refused)
}

/// Takes up keys that were staged, promoted or retired, by another process too. Answers whether anything had changed.
///
/// # Errors
/// A fault of the database, or keys that the master key does not open.
pub async fn follow(door: &Door) -> Result<bool, Fault> {
    let stored =
        door.store
            .read(|c| {
                let mut states = Vec::new();
                for purpose in [SIGNING_KEYS, REQUEST_KEYS] {
                    states.extend(keys::keys_for(c, purpose)?.into_iter().filter_map(|row| {
                        KeyState::parse(&row.state).map(|state| (row.kid, state))
                    }));
                }
                Ok(states)
            })
            .await?;
    if stored == door.keys.load().states() {
        return Ok(false);
    }
    let signing = signing_keys::find(&door.store, &door.sealer, SIGNING_KEYS).await?;
    let decryption = signing_keys::find(&door.store, &door.sealer, REQUEST_KEYS).await?;
    door.keys.store(Arc::new(KeyRing::new(signing, decryption)));
    tracing::info!(environment = %door.name, "the keys were read again");
    metrics::counter!("durward_keys_read_total", "environment" => door.name.as_str()).increment(1);
    Ok(true)
}

/// Why a key is not staged, promoted or retired.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyLifeRefusal {
    /// Not one of ours.
    #[error(
        "There are no keys of this algorithm. Name one of RS256, PS256, ES256 and EdDSA for signatures, RSA-OAEP-256 and ECDH-ES for encryption."
    )]
    Algorithm,
    /// One waits already.
    #[error("The key {kid} is published already and waits for its use. Promote it first.")]
    Staged {
        /// The waiting key.
        kid: String,
    },
    /// No such key.
    #[error(
        "No key of this environment has this id. durward keys list shows all of them; name the whole id."
    )]
    Unknown,
    /// Not where it would have to be.
    #[error(
        "The key is {state}. A key is promoted when it is next, and retired when it is retiring."
    )]
    State {
        /// Where it is.
        state: String,
    },
    /// Too early.
    #[error(
        "This is too early: wait until {until}, so that nobody misses the key. When a key was stolen, do it at once with --now."
    )]
    TooEarly {
        /// When it may be done.
        until: Timestamp,
    },
}

impl Refuse for KeyLifeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Algorithm => "keys/algorithm",
            Self::Staged { .. } => "keys/staged-already",
            Self::Unknown => "keys/unknown",
            Self::State { .. } => "keys/state",
            Self::TooEarly { .. } => "keys/too-early",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Algorithm => RefusalKind::Invalid,
            Self::Unknown => RefusalKind::NotFound,
            Self::Staged { .. } | Self::State { .. } | Self::TooEarly { .. } => {
                RefusalKind::Conflict
            }
        }
    }
}

/// A key that is where it must be, with all keys of its purpose.
fn found(
    c: &mut Conn,
    kid: &str,
    wanted: KeyState,
) -> Result<Result<(KeyRow, Vec<KeyRow>), KeyLifeRefusal>, StoreFault> {
    for purpose in [SIGNING_KEYS, REQUEST_KEYS] {
        let mut all = keys::keys_for(c, purpose)?;
        if let Some(at) = all.iter().position(|row| row.kid == kid) {
            let row = all.swap_remove(at);
            if !is(&row, wanted) {
                return Ok(Err(KeyLifeRefusal::State { state: row.state }));
            }
            return Ok(Ok((row, all)));
        }
    }
    Ok(Err(KeyLifeRefusal::Unknown))
}

fn is(row: &KeyRow, state: KeyState) -> bool {
    row.state == state.as_str()
}

fn too_early(
    row: &KeyRow,
    wait: SignedDuration,
    at_once: bool,
    now: Timestamp,
) -> Option<KeyLifeRefusal> {
    let since = Timestamp::from_microsecond(row.changed_us).unwrap_or(Timestamp::MIN);
    let until = since.saturating_add(wait).unwrap_or(Timestamp::MAX);
    (now < until && !at_once).then_some(KeyLifeRefusal::TooEarly { until })
}

fn moved(row: &KeyRow, state: &'static str, replaced: Option<String>) -> KeyMoved {
    KeyMoved {
        kid: row.kid.clone(),
        algorithm: row.algorithm.clone(),
        state,
        replaced,
    }
}

fn detail(row: &KeyRow, moved: &KeyMoved) -> serde_json::Value {
    json!({ "purpose": row.purpose, "algorithm": row.algorithm, "replaced": moved.replaced })
}

fn note<'a>(
    event: Event,
    moved: &'a KeyMoved,
    detail: &serde_json::Value,
    now: Timestamp,
) -> Note<'a> {
    Note {
        time: now,
        actor: &OPERATOR,
        event,
        subject: &moved.kid,
        trace: None,
        detail: detail.clone(),
    }
}

const OPERATOR: Actor = Actor::System("durward keys");
const RETIRED: &str = "retired";
/// The key set may be kept for five minutes by whoever reads it; twice that, for those that keep it longer.
const READ_BY_ALL: SignedDuration = SignedDuration::from_mins(10);
/// ID tokens and what they are shown for have ended a day after the last was signed.
const ENDED: SignedDuration = SignedDuration::from_hours(24);

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
mod tests {
    use durward_keyring::jose::{Algorithm, JwkSet, jws};

    use super::*;
    use crate::testing::TestDoor;

    async fn doors() -> Vec<TestDoor> {
        let mut doors = vec![TestDoor::sandbox().await.unwrap()];
        doors.extend(TestDoor::postgres().await.unwrap());
        doors
    }

    fn base(door: &Door) -> (&Store, &Recorder) {
        (&door.store, &door.recorder)
    }

    async fn staged(door: &Door, algorithm: &str) -> Result<KeyMoved, Failure<KeyLifeRefusal>> {
        let sealing = (&door.sealer, &door.random);
        stage(base(door), sealing, algorithm, door.clock.real_now()).await
    }

    fn refusal(outcome: Result<KeyMoved, Failure<KeyLifeRefusal>>) -> &'static str {
        match outcome {
            Err(Failure::Refused(refusal)) => refusal.code(),
            other => panic!("{other:?}"),
        }
    }

    fn hours(now: Timestamp, hours: i64) -> Timestamp {
        now.saturating_add(SignedDuration::from_hours(hours))
            .unwrap()
    }

    /// Whoever reads the published set verifies the token.
    fn verifies(door: &Door, token: &str) -> bool {
        let bytes = door.keys.load().jwks().bytes;
        let set = JwkSet::parse(std::str::from_utf8(&bytes).unwrap()).unwrap();
        let token = jws::Unverified::parse(token, 9_999).unwrap();
        let keys = set.public_keys();
        keys.iter()
            .any(|key| token.verify(key, &[Algorithm::ES256]).is_ok())
    }

    fn signed(door: &Door) -> (String, String) {
        let ring = door.keys.load();
        let key = ring.current(Algorithm::ES256).unwrap();
        let token = jws::sign(key, "JWT", &json!({"sub": "a"})).unwrap();
        (token, key.kid().to_owned())
    }

    #[tokio::test]
    async fn a_key_is_published_before_it_signs_and_until_what_it_signed_has_ended() {
        for test in doors().await {
            let door = &test.door;
            let begin = door.clock.real_now();
            let (before, old) = signed(door);
            let next = staged(door, "ES256").await.unwrap();
            assert!(follow(door).await.unwrap() && !follow(door).await.unwrap());
            let published = || String::from_utf8(door.keys.load().jwks().bytes.to_vec()).unwrap();
            assert!(published().contains(&next.kid));
            assert_eq!(signed(door).1, old);

            let early = promote(base(door), (&next.kid, false), begin).await;
            assert_eq!(refusal(early), "keys/too-early");
            let later = hours(begin, 1);
            let promoted = promote(base(door), (&next.kid, false), later)
                .await
                .unwrap();
            assert_eq!(promoted.replaced.as_deref(), Some(old.as_str()));
            assert!(follow(door).await.unwrap());
            assert_eq!(signed(door).1, next.kid);
            assert!(verifies(door, &before) && published().contains(&old));

            let early = retire(base(door), (&old, false), hours(later, 23)).await;
            assert_eq!(refusal(early), "keys/too-early");
            let retired = retire(base(door), (&old, false), hours(later, 24))
                .await
                .unwrap();
            assert_eq!(retired.state, "retired");
            assert!(follow(door).await.unwrap());
            assert!(!verifies(door, &before) && !published().contains(&old));
            assert!(verifies(door, &signed(door).0));
        }
    }

    #[tokio::test]
    async fn a_stolen_key_is_replaced_at_once() {
        let test = TestDoor::sandbox().await.unwrap();
        let door = &test.door;
        let now = door.clock.real_now();
        let (token, old) = signed(door);
        let next = staged(door, "ES256").await.unwrap();
        promote(base(door), (&next.kid, true), now).await.unwrap();
        retire(base(door), (&old, true), now).await.unwrap();
        follow(door).await.unwrap();
        assert!(!verifies(door, &token));
        assert!(door.keys.load().public(&old).is_none());
    }

    #[tokio::test]
    async fn keys_for_encryption_live_alike() {
        let test = TestDoor::sandbox().await.unwrap();
        let door = &test.door;
        let now = door.clock.real_now();
        let count = || door.keys.load().decryption().len();
        let next = staged(door, "ECDH-ES").await.unwrap();
        follow(door).await.unwrap();
        assert_eq!(count(), 3);
        let promoted = promote(base(door), (&next.kid, true), now).await.unwrap();
        let old = promoted.replaced.unwrap();
        follow(door).await.unwrap();
        assert_eq!(count(), 3);
        retire(base(door), (&old, true), now).await.unwrap();
        follow(door).await.unwrap();
        assert_eq!(count(), 2);
    }

    #[tokio::test]
    async fn nothing_else_is_moved() {
        let test = TestDoor::sandbox().await.unwrap();
        let door = &test.door;
        let now = door.clock.real_now();
        let current = signed(door).1;
        let next = staged(door, "ES256").await.unwrap();
        for (kid, code) in [
            ("nonsense", "keys/unknown"),
            ("", "keys/unknown"),
            (current.as_str(), "keys/state"),
        ] {
            let moved = promote(base(door), (kid, true), now).await;
            assert_eq!(refusal(moved), code, "{kid}");
            let moved = retire(base(door), (kid, true), now).await;
            assert_eq!(refusal(moved), code, "{kid}");
        }
        let retired = retire(base(door), (&next.kid, true), now).await;
        assert_eq!(refusal(retired), "keys/state");
        for (algorithm, code) in [
            ("ES256", "keys/staged-already"),
            ("HS256", "keys/algorithm"),
            ("none", "keys/algorithm"),
            ("RSA1_5", "keys/algorithm"),
        ] {
            let again = staged(door, algorithm).await;
            assert_eq!(refusal(again), code, "{algorithm}");
        }
        promote(base(door), (&next.kid, true), now).await.unwrap();
        let again = promote(base(door), (&next.kid, true), now).await;
        assert_eq!(refusal(again), "keys/state");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn of_ten_who_stage_one_wins() {
        for test in doors().await {
            let test = Arc::new(test);
            let racers: Vec<_> = (0..10)
                .map(|_| {
                    let test = Arc::clone(&test);
                    tokio::spawn(async move { staged(&test.door, "ES256").await.is_ok() })
                })
                .collect();
            let mut won = 0;
            for racer in racers {
                won += usize::from(racer.await.unwrap());
            }
            assert_eq!(won, 1);
        }
    }
}
