//! Releases that make an older state current: built from revisions, without the keys that were removed since.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::application::{AppDocument, Key};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_store::apps::{self, RevisionRow};
use durward_store::launches::{self, LaunchRow};
use durward_store::releases::{self, ReleaseRow};
use durward_store::{Conn, Fault as StoreFault, FaultKind};

use super::{ReleaseDenied, ReleaseView, find};
use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::operator::bootstrap;
use crate::operator::build::{self, Wanted, Why};
use crate::partner::apps::document_of;
use crate::partner::launches::Stored;
use crate::partner::steps::{self, By, Current};
use crate::record::Trace;

/// An app with one of its revisions; nothing for an app that is not there.
pub(super) type Revision = (String, Option<String>);

/// Builds a release of these revisions, where `None` takes an app out, and moves the requests that brought the others in
/// the same unit: a release without its requests, or the other way round, is never kept.
pub(super) async fn make(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    (wanted, brought): (&[Revision], &[Revision]),
    why: Why,
    (event, by): (LaunchEvent, By),
) -> Result<build::Built, Fault> {
    let mut list = Vec::with_capacity(wanted.len());
    for (handle, revision) in wanted {
        list.push(match revision {
            None => Wanted::removed(handle),
            Some(id) => {
                let id = id.clone();
                let row = keeper
                    .store
                    .read(move |c| apps::find_revision(c, &id))
                    .await?;
                let row = row.ok_or_else(|| Fault::internal(NOT_KEPT))?;
                without_removed_keys(keeper, environment, row).await?
            }
        });
    }
    let (unit_keeper, brought) = (Arc::clone(keeper), brought.to_vec());
    let more = move |c: &mut Conn, release: &ReleaseRow| {
        follow(c, &unit_keeper, release, &brought, (event, &by))
    };
    build::release(keeper, environment, list, why, more).await
}

/// Moves the requests that brought these revisions.
fn follow(
    c: &mut Conn,
    keeper: &Keeper,
    release: &ReleaseRow,
    revisions: &[Revision],
    (event, by): (LaunchEvent, &By),
) -> Result<(), StoreFault> {
    for (handle, revision) in revisions {
        let Some(revision) = revision else { continue };
        for mut row in launches::of_app(c, handle)? {
            let same = row.environment == release.environment && row.revision_id == *revision;
            if !same || row.submitted_us.is_none() {
                continue;
            }
            let unread = || StoreFault::new(FaultKind::Corrupt, "a stored request cannot be read");
            let (state, stored) = (
                LaunchState::parse(&row.state).ok_or_else(unread)?,
                Stored::read(&row).map_err(|_| unread())?,
            );
            let Some(state) = state.after(event) else {
                continue;
            };
            if event == LaunchEvent::Deploy {
                row.release_id = Some(release.release_id.clone());
            }
            let next = Current { row, stored, state };
            if !steps::write_in(c, keeper, &next, &[(event, by.clone())])? {
                return Err(StoreFault::new(
                    FaultKind::Busy,
                    "a request changed while its release was built",
                ));
            }
        }
    }
    Ok(())
}

/// Makes the release of a roll-back, for the reason that was given or else this one.
pub(super) async fn roll_back(
    keeper: &Arc<Keeper>,
    member: &Member,
    environment: EnvironmentName,
    revisions: (&[Revision], &[Revision]),
    (given, otherwise): (&str, String),
    trace: &Trace,
) -> Result<ReleaseView, Failure<ReleaseDenied>> {
    let reason = match given.trim() {
        "" => otherwise,
        given => given.chars().take(500).collect(),
    };
    let by = By::member(member, &reason, trace);
    let why = Why {
        kind: "rollback",
        reason,
        actor: member.actor(),
    };
    let built = make(
        keeper,
        environment,
        revisions,
        why,
        (LaunchEvent::RollBack, by),
    )
    .await?;
    find(keeper, member, &built.release_id).await
}

/// Takes back what the release of a request brought, before the request was live: its canary sign-in failed. The
/// request is deployed and rolled back in the unit that keeps the new release.
pub(crate) async fn take_back(
    keeper: &Arc<Keeper>,
    (row, stored): (LaunchRow, Stored),
    before: Option<String>,
    (why, steps): (Why, Vec<(LaunchEvent, By)>),
) -> Result<build::Built, Fault> {
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))?;
    let wanted = match before {
        None => Wanted::removed(&row.handle),
        Some(id) => {
            let found = keeper
                .store
                .read(move |c| apps::find_revision(c, &id))
                .await?;
            let found = found.ok_or_else(|| Fault::internal(NOT_KEPT))?;
            without_removed_keys(keeper, environment, found).await?
        }
    };
    let next = Current {
        row,
        stored,
        state: LaunchState::RolledBack,
    };
    let unit_keeper = Arc::clone(keeper);
    let more = move |c: &mut Conn, _: &ReleaseRow| -> Result<(), StoreFault> {
        if steps::write_in(c, &unit_keeper, &next, &steps)? {
            return Ok(());
        }
        Err(StoreFault::new(FaultKind::Busy, CHANGED))
    };
    build::release(keeper, environment, vec![wanted], why, more).await
}

/// An older revision, without the keys that the app no longer has: a key that was removed never comes back this way.
/// When none of its keys is left, the app keeps those of today.
async fn without_removed_keys(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    row: RevisionRow,
) -> Result<Wanted, Fault> {
    let mut document = document_of(&row.document)?;
    let handle = row.handle.clone();
    let live = keeper
        .store
        .read(move |c| {
            let live = releases::app_in(c, environment.as_str(), &handle)?;
            match live {
                Some((revision, _)) => apps::find_revision(c, &revision),
                None => Ok(None),
            }
        })
        .await?;
    let Some(live) = live.filter(|live| live.revision_id != row.revision_id) else {
        return Ok(Wanted::set(&row, document));
    };
    let live = document_of(&live.document)?;
    if bootstrap::is_own(keeper, environment, &row.handle) || !drop_removed(&mut document, &live) {
        return Ok(Wanted::set(&row, document));
    }
    let kept = revision_of(keeper, &row, &document).await?;
    Ok(Wanted::set(&kept, document))
}

/// Leaves only the keys that the app has today; `false` when there is nothing to leave out.
fn drop_removed(document: &mut AppDocument, live: &AppDocument) -> bool {
    let name = Key::thumbprint;
    let today: BTreeSet<String> = live.keys.iter().filter_map(name).collect();
    let before = document.keys.len();
    document
        .keys
        .retain(|key| name(key).is_some_and(|name| today.contains(&name)));
    if document.keys.len() == before {
        return false;
    }
    if document.keys.iter().all(Key::is_for_encryption) {
        document.keys.clone_from(&live.keys);
    }
    true
}

/// Keeps what is released as a revision of its own, so that what runs can always be looked up.
async fn revision_of(
    keeper: &Arc<Keeper>,
    of: &RevisionRow,
    document: &AppDocument,
) -> Result<RevisionRow, Fault> {
    let now = keeper.clock.now();
    let row = RevisionRow {
        revision_id: keeper.random.uuid_v7(now).to_string(),
        handle: of.handle.clone(),
        environment: of.environment.clone(),
        number: 0,
        document: document.to_json(),
        digest: document.digest(),
        author: "deployer".to_owned(),
        note: format!("Revision {} without the keys removed since.", of.number),
        created_us: now.as_microsecond(),
    };
    let kept = keeper.store.write(move |c| {
        let mut row = row.clone();
        row.number = apps::next_number(c, &row.handle, &row.environment)?;
        apps::insert_revision(c, &row)?;
        Ok(row)
    });
    Ok(kept.await?)
}

const NOT_KEPT: &str = "a release names a revision that is not kept";
const CHANGED: &str = "a request changed while its release was built";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_keyring::jose::{Algorithm, SigningKey};

    use super::*;

    fn key() -> Key {
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let jwk = serde_json::to_value(key.jwk()).unwrap();
        Key::Jwk(jwk.as_object().unwrap().clone())
    }

    fn check(before: &[&Key], today: &[&Key], after: &[&Key]) {
        let with = |keys: &[&Key]| {
            let mut document = AppDocument::example();
            document.keys = keys.iter().copied().cloned().collect();
            document
        };
        let (mut document, expected) = (with(before), with(after));
        let changed = drop_removed(&mut document, &with(today));
        assert_eq!(document.to_json(), expected.to_json());
        assert_eq!(
            changed,
            before.len() != after.len() || document.keys != with(before).keys
        );
    }

    #[test]
    fn a_removed_key_never_comes_back() {
        let (old, new, third) = (key(), key(), key());
        // A key was added, and that is taken back.
        check(&[&old], &[&old, &new], &[&old]);
        // Rotated: the removed key stays away, and the app is not left without one.
        check(&[&old], &[&new], &[&new]);
        check(&[&old, &new], &[&new, &third], &[&new]);
        check(&[], &[&new], &[]);
    }
}
