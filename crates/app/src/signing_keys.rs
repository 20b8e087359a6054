//! Keys at rest, those that sign and those that decrypt: made once per purpose, sealed, loaded parsed.

use std::fmt::Display;
use std::str::FromStr;
use std::sync::Arc;

use durward_keyring::jose::jwe::{DecryptionKey, KeyManagement};
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};
use durward_keyring::random::Random;
use durward_keyring::seal::Sealer;
use durward_store::Store;
use durward_store::keys::{self, KeyRow};
use jiff::Timestamp;

use crate::failure::Fault;
use crate::ring::{HeldKey, KeyState};

/// A private key that is kept.
pub trait StoredKey: Sized + Send + Sync + 'static {
    /// What it is used with.
    type Algorithm: Copy + Display + FromStr + PartialEq + Send + 'static;

    /// Makes a new one; takes a while.
    fn make(algorithm: Self::Algorithm) -> Option<Self>;
    /// Reads it from PKCS#8.
    fn read(algorithm: Self::Algorithm, pkcs8: &[u8]) -> Option<Self>;
    /// Its PKCS#8, sealed under a name.
    fn sealed(&self, sealer: &Sealer, name: &str, random: &Random) -> String;
    /// Its thumbprint.
    fn kid(&self) -> &str;
}

impl StoredKey for SigningKey {
    type Algorithm = Algorithm;

    fn make(algorithm: Algorithm) -> Option<Self> {
        Self::generate(algorithm).ok()
    }

    fn read(algorithm: Algorithm, pkcs8: &[u8]) -> Option<Self> {
        Self::from_pkcs8(algorithm, pkcs8).ok()
    }

    fn sealed(&self, sealer: &Sealer, name: &str, random: &Random) -> String {
        sealer.seal(name, &self.to_pkcs8(), random)
    }

    fn kid(&self) -> &str {
        self.kid()
    }
}

impl StoredKey for DecryptionKey {
    type Algorithm = KeyManagement;

    fn make(algorithm: KeyManagement) -> Option<Self> {
        Self::generate(algorithm).ok()
    }

    fn read(algorithm: KeyManagement, pkcs8: &[u8]) -> Option<Self> {
        Self::from_pkcs8(algorithm, pkcs8).ok()
    }

    fn sealed(&self, sealer: &Sealer, name: &str, random: &Random) -> String {
        sealer.seal(name, &self.to_pkcs8(), random)
    }

    fn kid(&self) -> &str {
        self.kid()
    }
}

/// The keys of a purpose, made when there are none. Nodes that start together make one set.
///
/// # Errors
/// A fault of the database, or keys that the master key does not open.
pub async fn ensure<K: StoredKey>(
    store: &Store,
    sealer: &Sealer,
    random: &Random,
    purpose: &str,
    algorithms: &[K::Algorithm],
    now: Timestamp,
) -> Result<Vec<HeldKey<K>>, Fault> {
    let held = load(store, sealer, purpose).await?;
    if !held.is_empty() {
        return Ok(held);
    }
    let mut rows = Vec::new();
    for algorithm in algorithms {
        let made = made::<K>(*algorithm).await?;
        let state = KeyState::Current;
        rows.push(row_of(
            &made,
            (*algorithm, state),
            purpose,
            (sealer, random),
            now,
        ));
    }
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
    let held =
        ensure::<SigningKey>(store, sealer, random, purpose, &[Algorithm::ES256], now).await?;
    held.into_iter()
        .find(|key| key.state == KeyState::Current)
        .map(|key| key.key)
        .ok_or_else(|| Fault::internal(format!("no current key for {purpose}")))
}

/// The keys of a purpose as they are; none are made.
///
/// # Errors
/// A fault of the database, or keys that the master key does not open.
pub async fn find<K: StoredKey>(
    store: &Store,
    sealer: &Sealer,
    purpose: &str,
) -> Result<Vec<HeldKey<K>>, Fault> {
    load(store, sealer, purpose).await
}

/// A new key as it is kept until it is promoted.
pub(crate) async fn next<K: StoredKey>(
    algorithm: K::Algorithm,
    purpose: &str,
    sealing: (&Sealer, &Random),
    now: Timestamp,
) -> Result<KeyRow, Fault> {
    let made = made::<K>(algorithm).await?;
    Ok(row_of(
        &made,
        (algorithm, KeyState::Next),
        purpose,
        sealing,
        now,
    ))
}

/// The public half of a stored key, whatever its state.
///
/// # Errors
/// A key that the master key does not open.
pub fn public_half(sealer: &Sealer, row: &KeyRow) -> Result<PublicKey, Fault> {
    Ok(open::<SigningKey>(sealer, row)?.1.public().clone())
}

async fn load<K: StoredKey>(
    store: &Store,
    sealer: &Sealer,
    purpose: &str,
) -> Result<Vec<HeldKey<K>>, Fault> {
    let name = purpose.to_owned();
    let rows = store.read(move |c| keys::keys_for(c, &name)).await?;
    rows.iter()
        .filter_map(|row| held(sealer, row).transpose())
        .collect()
}

fn held<K: StoredKey>(sealer: &Sealer, row: &KeyRow) -> Result<Option<HeldKey<K>>, Fault> {
    let Some(state) = KeyState::parse(&row.state) else {
        return Ok(None);
    };
    let (algorithm, key) = open(sealer, row)?;
    Ok(Some(HeldKey {
        state,
        algorithm,
        key: Arc::new(key),
    }))
}

fn open<K: StoredKey>(sealer: &Sealer, row: &KeyRow) -> Result<(K::Algorithm, K), Fault> {
    let unreadable = |what: &str| Fault::internal(format!("key {}: {what}", row.kid));
    let algorithm: K::Algorithm = row
        .algorithm
        .parse()
        .map_err(|_| unreadable("unknown algorithm"))?;
    let pkcs8 = sealer
        .open(&sealed_as(&row.kid), &row.sealed_key)
        .map_err(|_| unreadable("the master key of this data folder does not open it"))?;
    let key = K::read(algorithm, &pkcs8).ok_or_else(|| unreadable("not a key"))?;
    Ok((algorithm, key))
}

/// RSA keys take a while: each is made on a thread of its own.
async fn made<K: StoredKey>(algorithm: K::Algorithm) -> Result<K, Fault> {
    tokio::task::spawn_blocking(move || K::make(algorithm))
        .await
        .map_err(|_| Fault::internal("making a key was interrupted"))?
        .ok_or_else(|| Fault::internal(format!("no {algorithm} key was made")))
}

fn row_of<K: StoredKey>(
    key: &K,
    (algorithm, state): (K::Algorithm, KeyState),
    purpose: &str,
    (sealer, random): (&Sealer, &Random),
    now: Timestamp,
) -> KeyRow {
    KeyRow {
        kid: key.kid().to_owned(),
        purpose: purpose.to_owned(),
        algorithm: algorithm.to_string(),
        state: state.as_str().to_owned(),
        sealed_key: key.sealed(sealer, &sealed_as(key.kid()), random),
        created_us: now.as_microsecond(),
        changed_us: now.as_microsecond(),
    }
}

pub(crate) fn sealed_as(kid: &str) -> String {
    format!("signing_keys.sealed_key.{kid}")
}
