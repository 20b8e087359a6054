//! Releases as the portal's database has them.

use durward_app::secrets::Secrets;
use durward_domain::environment::EnvironmentName;
use durward_domain::release::{Head, SignedManifest};
use durward_keyring::jose::{Algorithm, PublicKey, SigningKey};
use durward_keyring::random::Random;
use durward_store::releases::ReleaseRow;
use durward_store::{Conn, Fault, Store, apps, keys, releases};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::cli::out::Stop;
use crate::cli::place::{Found, Where};
use crate::roles::databases::PORTAL;

/// The newest releases of an environment.
pub(super) fn list(
    place: &Where,
    environment: EnvironmentName,
    limit: i64,
) -> Result<Vec<Value>, Stop> {
    let name = environment.to_string();
    let store = place.find()?.portal()?;
    let rows = store.read_blocking(move |c| releases::newest(c, &name, limit))?;
    Ok(rows.iter().map(told).collect())
}

/// One release with what it changed.
pub(super) fn show(place: &Where, id: &str) -> Result<Value, Stop> {
    let store = place.find()?.portal()?;
    let wanted = id.to_owned();
    let row = store.read_blocking(move |c| releases::find(c, &wanted))?;
    let row = row.ok_or_else(|| Stop::failure(format!("there is no release {id}")))?;
    let mut found = told(&row);
    let changes = store.read_blocking(move |c| {
        let mut list = Vec::new();
        for change in releases::changes_of(c, &row.release_id)? {
            let before = number(c, change.before_revision_id.as_deref())?;
            let after = number(c, change.revision_id.as_deref())?;
            list.push(json!({ "app": change.handle, "before": before, "after": after }));
        }
        Ok(list)
    })?;
    found["changes"] = changes.into();
    Ok(found)
}

/// The number of a revision, as the portal tells it.
fn number(c: &mut Conn, revision: Option<&str>) -> Result<Option<i64>, Fault> {
    match revision {
        Some(id) => Ok(apps::find_revision(c, id)?.map(|row| row.number)),
        None => Ok(None),
    }
}

/// Checks every release of an environment; answers how many releases and apps there are.
pub(super) fn verify(place: &Where, environment: EnvironmentName) -> Result<(u64, usize), Stop> {
    let found = place.find()?;
    let store = found.portal()?;
    let keys = release_keys(&found, &store, environment)?;
    let mut head = Head::beginning(environment);
    let mut after = 0;
    loop {
        let name = environment.to_string();
        let rows = store.read_blocking(move |c| releases::after(c, &name, after))?;
        let Some(last) = rows.last() else { break };
        after = last.sequence;
        for row in &rows {
            head = follow(&head, &row.signed, (&row.digest, &row.root), &keys)
                .map_err(|why| broken(row.sequence, &row.release_id, &why))?;
        }
    }
    Ok((head.sequence(), head.tree().len()))
}

/// What is said of a release that is not what was signed.
pub(super) fn broken(sequence: i64, id: &str, why: &str) -> Stop {
    Stop::failure(format!(
        "release {sequence} ({id}) is not right: {why} (release/broken)"
    ))
}

/// Where an environment stands after a release, when it was signed by one of these keys and follows on what was there.
pub(super) fn follow(
    head: &Head,
    signed: &str,
    (digest, root): (&str, &str),
    keys: &[PublicKey],
) -> Result<Head, String> {
    let signed = SignedManifest::from_text(signed.to_owned());
    let manifest = keys
        .iter()
        .find_map(|key| signed.verify(key).ok())
        .ok_or("no release key of this environment signed it")?;
    if manifest.hash() != digest || manifest.root != root {
        return Err("its row is about another manifest than the signed one".to_owned());
    }
    head.accepts(&manifest)
        .map_err(|refusal| refusal.to_string())
}

/// The release keys are sealed in the portal's database; only their public halves are used here.
fn release_keys(
    found: &Found,
    store: &Store,
    environment: EnvironmentName,
) -> Result<Vec<PublicKey>, Stop> {
    let sealer = Secrets::derive(&found.master_key()?, PORTAL, &Random::system()).sealer;
    let rows =
        store.read_blocking(move |c| keys::keys_for(c, &format!("release:{environment}")))?;
    let mut public = Vec::new();
    for row in rows {
        let unreadable = || {
            Stop::failure(format!(
                "the release key {} cannot be opened with this master key",
                row.kid
            ))
        };
        let pkcs8 = sealer
            .open(
                &format!("signing_keys.sealed_key.{}", row.kid),
                &row.sealed_key,
            )
            .map_err(|_| unreadable())?;
        let algorithm: Algorithm = row.algorithm.parse().map_err(|_| unreadable())?;
        public.push(
            SigningKey::from_pkcs8(algorithm, &pkcs8)
                .map_err(|_| unreadable())?
                .public()
                .clone(),
        );
    }
    Ok(public)
}

fn told(row: &ReleaseRow) -> Value {
    let time = |us: i64| {
        Timestamp::from_microsecond(us)
            .ok()
            .map(|at| at.to_string())
    };
    json!({
        "id": row.release_id, "environment": row.environment, "sequence": row.sequence, "kind": row.kind,
        "reason": row.reason, "author": row.author, "created": time(row.created_us),
        "deployed": row.deployed_us.and_then(time), "digest": row.digest, "root": row.root, "signed": row.signed,
    })
}
