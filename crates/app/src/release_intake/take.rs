//! Keeping a release in the environment's database, when it is the next one.

use std::collections::{BTreeMap, BTreeSet};

use durward_domain::event::Event;
use durward_domain::id::AgencyId;
use durward_domain::release::{Change, Head, Manifest, ReleaseRefusal, SignedManifest, Tree, leaf};
use durward_store::installed::{self, InstalledApp, InstalledRelease};
use durward_store::{Conn, Fault as StoreFault, FaultKind as StoreFaultKind};
use serde_json::json;

use super::{Arrival, IntakeRefusal};
use crate::actor::Actor;
use crate::door::Door;
use crate::record::Note;

pub(super) fn take(
    c: &mut Conn,
    door: &Door,
    signed: &SignedManifest,
    manifest: &Manifest,
    arrivals: &[Arrival],
) -> Result<Result<(), IntakeRefusal>, StoreFault> {
    let now = door.clock.real_now();
    let head = match head(c, door)? {
        Ok(head) => head,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if let Err(refusal) = head.accepts(manifest) {
        return Ok(Err(refusal.into()));
    }
    if let Some(refusal) = shared_client_id(c, manifest)? {
        return Ok(Err(refusal));
    }
    let sequence = i64::try_from(manifest.sequence).unwrap_or(i64::MAX);
    let release = InstalledRelease {
        sequence,
        signed: signed.as_str().to_owned(),
        digest: manifest.hash(),
        root: manifest.root.clone(),
    };
    if !installed::insert_release(c, &release, now.as_microsecond())? {
        return Ok(Err(ReleaseRefusal::Parent.into()));
    }
    for change in &manifest.changes {
        match change {
            Change::Removed { handle } => installed::remove_app(c, handle.as_str(), sequence)?,
            Change::Set {
                handle,
                issuer,
                revision,
                agency,
                document_sha256,
            } => {
                let arrival = arrivals
                    .iter()
                    .find(|arrival| arrival.snapshot.document.handle == *handle);
                let Some(arrival) = arrival else {
                    // A refusal would keep what was written so far.
                    return Err(StoreFault::new(
                        StoreFaultKind::Internal,
                        "a release lost a document on its way into the database",
                    ));
                };
                if let Some((digest, media_type, base64)) = &arrival.logo {
                    installed::put_logo(c, digest, media_type, base64)?;
                }
                installed::put_app(
                    c,
                    &InstalledApp {
                        handle: handle.to_string(),
                        issuer: issuer.clone(),
                        agency: agency.to_string(),
                        revision: revision.to_string(),
                        document: arrival.snapshot.to_json(),
                        digest: document_sha256.clone(),
                        sequence,
                    },
                )?;
            }
        }
    }
    door.recorder.event(
        c,
        Note {
            time: now,
            actor: &Actor::System("release intake"),
            event: Event::ReleaseDeployed,
            subject: &format!("{}/{}", door.name, manifest.sequence),
            trace: None,
            detail: json!({ "hash": release.digest, "root": release.root, "changes": manifest.changes.len() }),
        },
    )?;
    Ok(Ok(()))
}

/// Two apps with one client id after this release: the second would get the codes and the consents of the first.
fn shared_client_id(
    c: &mut Conn,
    manifest: &Manifest,
) -> Result<Option<IntakeRefusal>, StoreFault> {
    let changed: BTreeSet<&str> = manifest
        .changes
        .iter()
        .map(|change| change.handle().as_str())
        .collect();
    let mut owners: BTreeMap<&str, String> = BTreeMap::new();
    for change in &manifest.changes {
        let Change::Set { handle, issuer, .. } = change else {
            continue;
        };
        let installed = installed::handles_of_issuer(c, issuer)?;
        let other = installed
            .into_iter()
            .find(|other| !changed.contains(other.as_str()));
        let first = other.or_else(|| owners.insert(issuer, handle.to_string()));
        if let Some(first) = first {
            return Ok(Some(IntakeRefusal::SharedClientId {
                client_id: issuer.clone(),
                first,
                second: handle.to_string(),
            }));
        }
    }
    Ok(None)
}

/// Where the environment's database stands, checked against the signature of its last release. What this node serves
/// was proved when it was loaded; only a node that is behind reads all apps.
fn head(c: &mut Conn, door: &Door) -> Result<Result<Head, ReleaseRefusal>, StoreFault> {
    let Some(last) = installed::last_release(c)? else {
        return Ok(Ok(Head::beginning(door.name)));
    };
    let served = door.registry.load();
    let is_served = u64::try_from(last.sequence) == Ok(served.sequence);
    let tree = if is_served && last.digest == served.digest {
        served.tree.clone()
    } else {
        let digests = installed::digests(c)?;
        Tree::of(digests.iter().filter_map(|(handle, digest, agency)| {
            Some((
                handle.as_str(),
                leaf(digest, AgencyId::parse(agency).ok()?)?,
            ))
        }))
    };
    let manifest = SignedManifest::from_text(last.signed).verify(&door.release_key);
    Ok(manifest.and_then(|manifest| Head::resume(&manifest, tree)))
}
