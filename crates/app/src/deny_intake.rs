//! How an environment takes a deny list: check the signature and the sequence, end what the denied apps hold, keep the list,
//! then swap the snapshot. Releases are taken beside it and change nothing of it.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::refusal::Refuse as _;
use durward_domain::release::{DenialRefusal, DenyList, SignedDenyList};
use durward_store::{Conn, Fault as StoreFault, denials, grants};
use serde_json::json;

use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault, FaultKind};
use crate::record::Note;
use crate::registry::{RegisteredApp, Registry};
use crate::release_intake::{client_of, refresh};

/// Takes a deny list. Answers the sequence that is in force on this node then; other nodes follow within a second.
///
/// # Errors
/// [`DenialRefusal`] when it is not signed by the pinned key, not for this environment, or not newer than the one in force.
pub async fn install(
    door: &Arc<Door>,
    signed: &SignedDenyList,
) -> Result<u64, Failure<DenialRefusal>> {
    let list = signed.verify(&door.release_key).map_err(Failure::Refused)?;
    let (unit_door, unit_signed) = (Arc::clone(door), signed.clone());
    let taken = door
        .store
        .write(move |c| take(c, &unit_door, &unit_signed, &list))
        .await?;
    taken.map_err(Failure::Refused)?;
    refresh(door).await?;
    Ok(door.registry.load().denials())
}

/// Notes in the environment's own record that it refused a deny list.
///
/// # Errors
/// A fault of the database.
pub async fn note_refusal(door: &Arc<Door>, refusal: &DenialRefusal) -> Result<(), Fault> {
    let (unit_door, code) = (Arc::clone(door), refusal.code());
    door.store
        .write(move |c| {
            let sequence = unit_door.registry.load().denials();
            noted(
                c,
                &unit_door,
                Event::DenialsRefused,
                sequence,
                json!({ "code": code }),
            )
        })
        .await?;
    Ok(())
}

fn take(
    c: &mut Conn,
    door: &Door,
    signed: &SignedDenyList,
    list: &DenyList,
) -> Result<Result<(), DenialRefusal>, StoreFault> {
    let kept = denials::installed(c)?;
    let known = kept.as_ref().map_or(0, |(sequence, _)| *sequence);
    if let Err(refusal) = list.follows(door.name, u64::try_from(known).unwrap_or_default()) {
        return Ok(Err(refusal));
    }
    let now = door.clock.real_now();
    let sequence = i64::try_from(list.sequence).unwrap_or(i64::MAX);
    if !denials::install(c, sequence, signed.as_str(), now.as_microsecond())? {
        return Ok(Err(DenialRefusal::Sequence {
            known: list.sequence,
            found: list.sequence,
        }));
    }
    // A list that cannot be read counts as none: then grants of all denied apps end, which harms nobody.
    let before = kept
        .and_then(|(_, text)| {
            SignedDenyList::from_text(text)
                .verify(&door.release_key)
                .ok()
        })
        .unwrap_or_else(|| DenyList::beginning(door.name));
    for app in &list.apps {
        if before.app(app.handle.as_str(), &app.issuer).is_none() {
            grants::revoke_client_grants(c, &app.issuer, door.clock.now().as_microsecond())?;
        }
    }
    let keys: usize = list
        .keys
        .values()
        .map(std::collections::BTreeSet::len)
        .sum();
    let detail = json!({ "apps": list.apps.len(), "keys": keys });
    noted(c, door, Event::DenialsTaken, list.sequence, detail)?;
    Ok(Ok(()))
}

/// Brings a snapshot up to a list that the database holds: it too serves only what the release key vouches for.
pub(crate) fn apply(door: &Door, registry: &mut Registry, signed: String) -> Result<(), Fault> {
    let damaged = |why: String| Fault::new(FaultKind::Corrupt, format!("the deny list: {why}"));
    let list = SignedDenyList::from_text(signed)
        .verify(&door.release_key)
        .map_err(|refusal| damaged(refusal.to_string()))?;
    if list.environment != door.name {
        return Err(damaged(format!("it is for {}", list.environment)));
    }
    let (mut handles, issuers) = registry.denials.differing(&list);
    for issuer in issuers {
        let handle = registry.app(&issuer).map(|app| &app.client.handle);
        handles.extend(handle.map(ToString::to_string));
    }
    tracing::warn!(environment = %door.name, sequence = list.sequence, apps = list.apps.len(), "deny list in force");
    registry.denials = Arc::new(list);
    for handle in handles {
        let Some(app) = registry.by_handle(&handle).cloned() else {
            continue;
        };
        let client = client_of(
            &app.snapshot,
            app.client.agency,
            &registry.denials,
            &door.programme.policies,
        )
        .map_err(|refusal| damaged(refusal.to_string()))?;
        let Some(client) = client else { continue };
        let again = RegisteredApp {
            client: Arc::new(client),
            snapshot: app.snapshot.clone(),
            revision: app.revision.clone(),
        };
        registry.put(&handle, again);
    }
    Ok(())
}

fn noted(
    c: &mut Conn,
    door: &Door,
    event: Event,
    sequence: u64,
    detail: serde_json::Value,
) -> Result<(), StoreFault> {
    door.recorder.event(
        c,
        Note {
            time: door.clock.real_now(),
            actor: &Actor::System("release intake"),
            event,
            subject: &format!("{}/{sequence}", door.name),
            trace: None,
            detail,
        },
    )
}
