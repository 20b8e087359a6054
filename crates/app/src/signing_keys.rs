//! Signing keys at rest: made once per purpose, sealed, loaded parsed.

use std::sync::Arc;

use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_store::Store;
use durward_store::keys::{self, KeyRow};
use jiff::Timestamp;

use crate::failure::Fault;
use crate::ring::{HeldKey, KeyState};

/// The keys of a purpose, made when there are none. Nodes that start together make one set.
///
/// # Errors
/// A fault of the database, or keys that the master key does not open.
pub async fn ensure(
    store: &Store,
    sealer: &Sealer,
    random: &Random,
    purpose: &str,
    algorithms: &[Algorithm],
    now: Timestamp,
) -> Result<Vec<HeldKey>, Fault> {
    let held = load(store, sealer, purpose).await?;
    if !held.is_empty() {
        return Ok(held);
    }
    let rows = make(sealer, random, purpose, algorithms, now).await?;
    let name = purpose.to_owned();
    store
        .write(move |c| {
            // Another node that started at the same moment may have won.
            if keys::claim_first(c, &name, "first start")? {
                for row in &rows {
                    keys::insert(c, row)?;
                }
            }
            Ok(())
        })
        .await?;
    load(store, sealer, purpose).await
}

/// The one key of a purpose that has one algorithm.
///
/// # Errors
/// As [`ensure`].
pub async fn ensure_one(
    store: &Store,
    sealer: &Sealer,
    random: &Random,
    purpose: &str,
    now: Timestamp,
) -> Result<Arc<SigningKey>, Fault> {
    let held = ensure(store, sealer, random, purpose, &[Algorithm::ES256], now).await?;
    held.into_iter()
        .find(|key| key.state == KeyState::Current)
        .map(|key| key.key)
        .ok_or_else(|| Fault::internal(format!("no current key for {purpose}")))
}

/// The keys of a purpose as they are; none are made.
///
/// # Errors
/// A fault of the database, or keys that the master key does not open.
pub async fn find(store: &Store, sealer: &Sealer, purpose: &str) -> Result<Vec<HeldKey>, Fault> {
    load(store, sealer, purpose).await
}

/// The public half of a stored key, whatever its state.
///
/// # Errors
/// A key that the master key does not open.
pub fn public_half(sealer: &Sealer, row: &KeyRow) -> Result<PublicKey, Fault> {
    Ok(open(sealer, row)?.public().clone())
}

async fn load(store: &Store, sealer: &Sealer, purpose: &str) -> Result<Vec<HeldKey>, Fault> {
    let name = purpose.to_owned();
    let rows = store.read(move |c| keys::keys_for(c, &name)).await?;
    rows.iter()
        .filter_map(|row| held(sealer, row).transpose())
        .collect()
}

fn held(sealer: &Sealer, row: &KeyRow) -> Result<Option<HeldKey>, Fault> {
    let Some(state) = KeyState::parse(&row.state) else {
        return Ok(None);
    };
    let key = open(sealer, row)?;
    Ok(Some(HeldKey {
        state,
        algorithm: key.algorithm(),
        key: Arc::new(key),
    }))
}

fn open(sealer: &Sealer, row: &KeyRow) -> Result<SigningKey, Fault> {
    let unreadable = |what: &str| Fault::internal(format!("signing key {}: {what}", row.kid));
    let algorithm: Algorithm = row
        .algorithm
        .parse()
        .map_err(|_| unreadable("unknown algorithm"))?;
    let pkcs8 = sealer
        .open(&sealed_as(&row.kid), &row.sealed_key)
        .map_err(|_| unreadable("the master key of this data folder does not open it"))?;
    SigningKey::from_pkcs8(algorithm, &pkcs8).map_err(|_| unreadable("not a key"))
}

async fn make(
    sealer: &Sealer,
    random: &Random,
    purpose: &str,
    algorithms: &[Algorithm],
    now: Timestamp,
) -> Result<Vec<KeyRow>, Fault> {
    // RSA keys take a while: each is made on a thread of its own.
    let work: Vec<_> = algorithms
        .iter()
        .map(|algorithm| {
            let algorithm = *algorithm;
            tokio::task::spawn_blocking(move || (algorithm, SigningKey::generate(algorithm)))
        })
        .collect();
    let mut rows = Vec::new();
    for made in work {
        let (algorithm, key) = made
            .await
            .map_err(|_| Fault::internal("making a key was interrupted"))?;
        let key =
            key.map_err(|error| Fault::internal(format!("making a {algorithm} key: {error}")))?;
        rows.push(KeyRow {
            kid: key.kid().to_owned(),
            purpose: purpose.to_owned(),
            algorithm: algorithm.name().to_owned(),
            state: KeyState::Current.as_str().to_owned(),
            sealed_key: sealer.seal(&sealed_as(key.kid()), &key.to_pkcs8(), random),
            created_us: now.as_microsecond(),
            changed_us: now.as_microsecond(),
        });
    }
    Ok(rows)
}

fn sealed_as(kid: &str) -> String {
    format!("signing_keys.sealed_key.{kid}")
}
