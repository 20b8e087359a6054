//! Serving what the environment's database holds, once the release key vouches for it.

use std::sync::Arc;

use durward_domain::application::SnapshotDocument;
use durward_domain::id::AgencyId;
use durward_domain::release::{Head, Manifest, SignedManifest, Tree, leaf};
use durward_keyring::digest;
use durward_store::installed::{self, InstalledApp, InstalledRelease};

use super::client_of;
use crate::deny_intake;
use crate::door::Door;
use crate::failure::{Fault, FaultKind};
use crate::registry::{RegisteredApp, Registry};

/// The tree with the apps that are new. What the database holds serves nobody unless the release key vouches for it:
/// each text has the digest that stands beside it, and all digests give the root of the signed manifest.
fn proved_tree(before: &Tree, manifest: &Manifest, apps: &[InstalledApp]) -> Result<Tree, Fault> {
    let damaged = |why: String| Fault::new(FaultKind::Corrupt, why);
    let mut changes = Vec::with_capacity(apps.len());
    for app in apps {
        if app.document.is_empty() {
            changes.push((app.handle.as_str(), None));
            continue;
        }
        let digest = digest::sha256_hex(app.document.as_bytes());
        if app.digest != digest {
            return Err(damaged(format!(
                "installed app {}: its document was changed",
                app.handle
            )));
        }
        let agency = AgencyId::parse(&app.agency)
            .map_err(|bad| damaged(format!("installed app {}: {bad}", app.handle)))?;
        changes.push((app.handle.as_str(), leaf(&digest, agency)));
    }
    let tree = before.with(changes);
    Head::resume(manifest, tree)
        .map(|head| head.tree().clone())
        .map_err(|refusal| damaged(format!("the installed apps: {refusal}")))
}

/// Brings this node's snapshot up to what the environment's database holds. Cheap when nothing is new.
///
/// # Errors
/// A fault of the database, or a stored app that cannot be read.
pub async fn refresh(door: &Arc<Door>) -> Result<(), Fault> {
    // One at a time, or an older snapshot could replace a newer one.
    let _turn = door.refreshing.lock().await;
    let current = door.registry.load();
    let served = i64::try_from(current.sequence).unwrap_or(i64::MAX);
    let denied = i64::try_from(current.denials()).unwrap_or(i64::MAX);
    let (news, denials) = door
        .store
        .read(move |c| {
            // Both in one read: what is denied now is never behind the release that it stands beside.
            let denials =
                durward_store::denials::installed(c)?.filter(|(sequence, _)| *sequence != denied);
            let news = match installed::last_release(c)? {
                Some(last) if last.sequence != served => {
                    Some((last, installed::apps_since(c, served)?))
                }
                _ => None,
            };
            Ok((news, denials))
        })
        .await?;
    if news.is_none() && denials.is_none() {
        return Ok(());
    }
    let mut registry = Registry::clone(&current);
    if let Some((_, signed)) = denials {
        deny_intake::apply(door, &mut registry, signed)?;
    }
    if let Some((last, apps)) = news {
        add_release(door, &mut registry, last, apps)?;
    }
    door.registry.store(Arc::new(registry));
    Ok(())
}

/// Brings a snapshot up to a release.
fn add_release(
    door: &Door,
    registry: &mut Registry,
    last: InstalledRelease,
    apps: Vec<InstalledApp>,
) -> Result<(), Fault> {
    let manifest = SignedManifest::from_text(last.signed)
        .verify(&door.release_key)
        .map_err(|refusal| {
            Fault::new(
                FaultKind::Corrupt,
                format!("the installed release: {refusal}"),
            )
        })?;
    registry.tree = proved_tree(&registry.tree, &manifest, &apps)?;
    registry.sequence = manifest.sequence;
    registry.digest = last.digest;
    for app in apps {
        if app.document.is_empty() {
            registry.remove(&app.handle);
            continue;
        }
        let unreadable = |why: String| {
            Fault::new(
                FaultKind::Corrupt,
                format!("installed app {}: {why}", app.handle),
            )
        };
        let snapshot = SnapshotDocument::parse_json(app.document.as_bytes())
            .map_err(|fault| unreadable(fault.to_string()))?;
        let agency = AgencyId::parse(&app.agency).map_err(|error| unreadable(error.to_string()))?;
        let client = client_of(
            &snapshot,
            agency,
            &registry.denials,
            &door.programme.policies,
        )
        .map_err(|refusal| unreadable(refusal.to_string()))?;
        match client {
            Some(client) => {
                registry.put(
                    &app.handle,
                    RegisteredApp {
                        client: Arc::new(client),
                        snapshot,
                        revision: app.revision.clone(),
                    },
                );
            }
            None => registry.remove(&app.handle),
        }
    }
    tracing::info!(environment = %door.name, sequence = registry.sequence, apps = registry.len(), "release served");
    metrics::gauge!("durward_release_sequence", "environment" => door.name.as_str())
        .set(registry.sequence as f64);
    Ok(())
}
