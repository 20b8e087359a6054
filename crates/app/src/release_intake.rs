//! How an environment takes a release: check the signature and its place, keep it, then swap the snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_domain::application::{AppDocument, SnapshotDocument};
use durward_domain::event::Event;
use durward_domain::id::AgencyId;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_domain::release::{
    Change, DenyList, Head, Manifest, ReleaseRefusal, SignedManifest, Tree, leaf,
};
use durward_keyring::digest;
use durward_oidc::client::{Client, ClientFault};
use durward_store::installed::{self, InstalledApp, InstalledRelease};
use durward_store::{Conn, Fault as StoreFault, FaultKind as StoreFaultKind};
use serde_json::json;

use crate::actor::Actor;
use crate::deny_intake;
use crate::door::Door;
use crate::failure::{Failure, Fault, FaultKind};
use crate::record::Note;
use crate::registry::{RegisteredApp, Registry};

/// One app that a release brings, with its whole document.
#[derive(Clone)]
pub struct IncomingApp {
    /// The agency whose pairwise subjects it sees.
    pub agency: AgencyId,
    /// The whole document, logo included.
    pub document: AppDocument,
}

/// Where the environment stands after it took a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Installed {
    /// The sequence it serves now.
    pub sequence: u64,
}

/// Why an environment did not take a release.
#[derive(Debug, thiserror::Error)]
pub enum IntakeRefusal {
    /// The manifest is not the next one of this environment.
    #[error(transparent)]
    Release(#[from] ReleaseRefusal),
    /// The release names an app whose document did not come with it.
    #[error("The release names the app {0}, but the document that came with it is another.")]
    Document(String),
    /// Two apps would have one client id.
    #[error(
        "The apps {first} and {second} would share the client id {client_id}. A client id belongs to one app: change one of them."
    )]
    SharedClientId {
        /// The client id.
        client_id: String,
        /// The app that comes first.
        first: String,
        /// The other.
        second: String,
    },
    /// The document cannot serve as a client.
    #[error("The app {handle} cannot be served: {why}")]
    Client {
        /// The app.
        handle: String,
        /// What is wrong with it.
        why: String,
    },
}

impl Refuse for IntakeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Release(refusal) => refusal.code(),
            Self::Document(_) => "release/document",
            Self::SharedClientId { .. } => "release/client-id-shared",
            Self::Client { .. } => "release/client",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }
}

/// Takes a release. Answers when this node serves it; other nodes follow within a second.
///
/// A release that was taken before is not an error: the answer tells what is served.
///
/// # Errors
/// [`IntakeRefusal`] when it is not signed by the pinned key, not for this environment, or not the next.
pub async fn install(
    door: &Arc<Door>,
    signed: &SignedManifest,
    apps: &[IncomingApp],
) -> Result<Installed, Failure<IntakeRefusal>> {
    let manifest = signed
        .verify(&door.release_key)
        .map_err(|r| Failure::Refused(r.into()))?;
    let arrivals = arrivals(&manifest, apps).map_err(Failure::Refused)?;
    let (unit_door, unit_signed) = (Arc::clone(door), signed.clone());
    let unit_manifest = manifest.clone();
    let unit_arrivals = arrivals.clone();
    let taken = door
        .store
        .write(move |c| take(c, &unit_door, &unit_signed, &unit_manifest, &unit_arrivals))
        .await?;
    match taken {
        Ok(()) => {}
        Err(IntakeRefusal::Release(ReleaseRefusal::Sequence { wanted, found }))
            if found < wanted => {}
        Err(refusal) => return Err(Failure::Refused(refusal)),
    }
    refresh(door).await?;
    Ok(Installed {
        sequence: door.registry.load().sequence,
    })
}

/// Notes in the environment's own record that it refused a release.
///
/// # Errors
/// A fault of the database.
pub async fn note_refusal(
    door: &Arc<Door>,
    sequence: u64,
    code: &'static str,
) -> Result<(), Fault> {
    let unit_door = Arc::clone(door);
    door.store
        .write(move |c| {
            unit_door.recorder.event(
                c,
                Note {
                    time: unit_door.clock.real_now(),
                    actor: &Actor::System("release intake"),
                    event: Event::ReleaseRefused,
                    subject: &format!("{}/{sequence}", unit_door.name),
                    trace: None,
                    detail: json!({ "code": code }),
                },
            )
        })
        .await?;
    Ok(())
}

#[derive(Clone)]
struct Arrival {
    snapshot: SnapshotDocument,
    logo: Option<(String, String, String)>,
}

fn arrivals(manifest: &Manifest, apps: &[IncomingApp]) -> Result<Vec<Arrival>, IntakeRefusal> {
    let mut arrivals = Vec::with_capacity(apps.len());
    for app in apps {
        let snapshot = app.document.snapshot();
        if !manifest.names(&snapshot, app.agency) {
            return Err(IntakeRefusal::Document(app.document.handle.to_string()));
        }
        client_of(
            &snapshot,
            app.agency,
            &DenyList::beginning(manifest.environment),
        )?;
        let logo = app.document.logo.as_ref().map(|logo| {
            (
                logo.digest(),
                logo.media_type.as_str().to_owned(),
                logo.base64.clone(),
            )
        });
        arrivals.push(Arrival { snapshot, logo });
    }
    let named = manifest
        .changes
        .iter()
        .filter(|change| matches!(change, Change::Set { .. }));
    for change in named {
        if !arrivals
            .iter()
            .any(|arrival| arrival.snapshot.document.handle == *change.handle())
        {
            return Err(IntakeRefusal::Document(change.handle().to_string()));
        }
    }
    Ok(arrivals)
}

/// The app as an OpenID Connect client, as far as nothing of it is denied; `None` for an app of another protocol.
pub(crate) fn client_of(
    snapshot: &SnapshotDocument,
    agency: AgencyId,
    denials: &DenyList,
) -> Result<Option<Client>, IntakeRefusal> {
    let document = &snapshot.document;
    let handle = document.handle.as_str();
    let active = denials.app(handle, &document.issuer).is_none();
    match Client::from_document(document, snapshot.logo.clone(), agency, active) {
        Ok(client) => Ok(Some(client.without_keys(denials.keys_of(handle)))),
        Err(ClientFault::OtherProtocol) => Ok(None),
        Err(fault @ ClientFault::NoIssuer) => Err(IntakeRefusal::Client {
            handle: snapshot.document.handle.to_string(),
            why: fault.to_string(),
        }),
    }
}

fn take(
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
        let client = client_of(&snapshot, agency, &registry.denials)
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use durward_domain::environment::EnvironmentName;
    use durward_domain::id::{AppHandle, RevisionId};
    use durward_keyring::Uuid;
    use durward_keyring::jose::{Algorithm, SigningKey};

    use super::*;
    use crate::testing::TestDoor;

    fn incoming(handle: &str, issuer: &str) -> IncomingApp {
        let mut document = AppDocument::example();
        document.handle = AppHandle::parse(handle).unwrap();
        document.issuer = issuer.to_owned();
        IncomingApp {
            agency: AgencyId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap(),
            document,
        }
    }

    fn set(app: &IncomingApp) -> Change {
        Change::set(
            &app.document.snapshot(),
            RevisionId::new(Uuid::from_u128(1)),
            app.agency,
        )
    }

    /// Signs the next release over `head` and sends it to the door; the head after it.
    async fn send(
        held: &TestDoor,
        head: &Head,
        changes: Vec<Change>,
        apps: &[IncomingApp],
    ) -> Result<Head, Failure<IntakeRefusal>> {
        let manifest = head.next(changes, held.door.clock.real_now()).unwrap();
        let signed = SignedManifest::sign(&manifest, &held.release_key).unwrap();
        install(&held.door, &signed, apps).await?;
        Ok(head.accepts(&manifest).unwrap())
    }

    fn code(answer: Result<Head, Failure<IntakeRefusal>>) -> &'static str {
        match answer {
            Ok(_) => "taken",
            Err(Failure::Refused(refusal)) => refusal.code(),
            Err(Failure::Fault(_)) => "fault",
        }
    }

    #[tokio::test]
    async fn a_client_id_belongs_to_one_app() {
        let held = TestDoor::sandbox().await.unwrap();
        let head = Head::beginning(held.door.name);
        let (first, second) = (
            incoming("first-app", "urn:one"),
            incoming("second-app", "urn:one"),
        );
        let head = send(
            &held,
            &head,
            vec![set(&first)],
            std::slice::from_ref(&first),
        )
        .await
        .unwrap();
        let taken_over = send(
            &held,
            &head,
            vec![set(&second)],
            std::slice::from_ref(&second),
        )
        .await;
        assert_eq!(code(taken_over), "release/client-id-shared");
        let removed = Change::Removed {
            handle: first.document.handle.clone(),
        };
        let handed_over = send(&held, &head, vec![set(&second), removed], &[second]).await;
        assert_eq!(code(handed_over), "taken");
        let registry = held.door.registry.load();
        let owner = registry.app("urn:one").unwrap();
        assert_eq!(owner.client.handle.as_str(), "second-app");
        assert_eq!(registry.len(), 1);
    }

    #[tokio::test]
    async fn an_app_that_the_release_key_does_not_vouch_for_is_not_served() {
        let held = TestDoor::sandbox().await.unwrap();
        let app = incoming("first-app", "urn:one");
        let head = Head::beginning(held.door.name);
        send(&held, &head, vec![set(&app)], std::slice::from_ref(&app))
            .await
            .unwrap();
        let mut forged = app.document.clone();
        forged.friendly_name = "Another app".to_owned();
        let forged = forged.snapshot();
        let other_agency = "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d12".to_owned();
        // Once with the old digest beside the new text, once with a digest that fits it, once for another agency.
        for (document, digest, agency) in [
            (
                forged.to_json(),
                app.document.digest(),
                app.agency.to_string(),
            ),
            (forged.to_json(), forged.digest(), app.agency.to_string()),
            (
                app.document.snapshot().to_json(),
                app.document.digest(),
                other_agency,
            ),
        ] {
            let row = InstalledApp {
                handle: "first-app".to_owned(),
                issuer: "urn:one".to_owned(),
                agency,
                revision: "r2".to_owned(),
                document,
                digest,
                sequence: 1,
            };
            held.door
                .store
                .write(move |c| installed::put_app(c, &row))
                .await
                .unwrap();
            let before = Registry::beginning(held.door.name);
            held.door.registry.store(Arc::new(before));
            let fault = refresh(&held.door).await.unwrap_err();
            assert_eq!(fault.kind(), FaultKind::Corrupt);
            assert!(held.door.registry.load().is_empty());
        }
    }

    /// What an attacker who holds the wire, or an older copy of it, may send. Nothing of it is served.
    #[tokio::test]
    async fn a_release_that_was_altered_signed_by_another_replayed_or_meant_for_another_is_refused()
    {
        let held = TestDoor::sandbox().await.unwrap();
        let begin = Head::beginning(held.door.name);
        let app = incoming("first-app", "urn:one");
        let now = held.door.clock.real_now();
        let first = begin.next(vec![set(&app)], now).unwrap();
        let signed =
            |manifest: &Manifest, key: &SigningKey| SignedManifest::sign(manifest, key).unwrap();
        let sent = async |signed: SignedManifest, apps: &[IncomingApp]| {
            code(
                install(&held.door, &signed, apps)
                    .await
                    .map(|_| begin.clone()),
            )
        };
        let one = std::slice::from_ref(&app);

        let other_key = SigningKey::generate(Algorithm::ES256).unwrap();
        assert_eq!(
            sent(signed(&first, &other_key), one).await,
            "release/signature"
        );

        let good = signed(&first, &held.release_key);
        let mut altered = first.clone();
        altered.changes = vec![set(&incoming("first-app", "urn:evil"))];
        let parts: Vec<&str> = good.as_str().split('.').collect();
        let payload = URL_SAFE_NO_PAD.encode(altered.canonical());
        let text = format!("{}.{payload}.{}", parts[0], parts[2]);
        assert_eq!(
            sent(SignedManifest::from_text(text), one).await,
            "release/signature"
        );

        // Signed by the right key, and still not what it says: the root, the document, the agency.
        altered.root.clone_from(&first.root);
        let evil = incoming("first-app", "urn:evil");
        let mut wrong_root = first.clone();
        wrong_root.root = Head::NO_PARENT.to_owned();
        assert_eq!(
            sent(signed(&wrong_root, &held.release_key), one).await,
            "release/root"
        );
        assert_eq!(
            sent(good.clone(), std::slice::from_ref(&evil)).await,
            "release/document"
        );
        let mut elsewhere = app.clone();
        elsewhere.agency = AgencyId::new(Uuid::from_u128(7));
        assert_eq!(sent(good.clone(), &[elsewhere]).await, "release/document");

        let production = Head::beginning(EnvironmentName::Production)
            .next(vec![set(&app)], now)
            .unwrap();
        assert_eq!(
            sent(signed(&production, &held.release_key), one).await,
            "release/other-environment"
        );
        assert!(held.door.registry.load().is_empty());

        // In order they are taken; an older one again changes nothing, a fork is refused.
        assert_eq!(sent(good.clone(), one).await, "taken");
        let head = begin.accepts(&first).unwrap();
        let later = incoming("first-app", "urn:two");
        let second = head.next(vec![set(&later)], now).unwrap();
        assert_eq!(
            sent(
                signed(&second, &held.release_key),
                std::slice::from_ref(&later)
            )
            .await,
            "taken"
        );
        assert_eq!(sent(good, one).await, "taken");
        let registry = held.door.registry.load();
        assert_eq!(registry.sequence, 2);
        assert!(registry.app("urn:two").is_some() && registry.app("urn:one").is_none());
        let skipped = head
            .accepts(&second)
            .unwrap()
            .next(Vec::new(), now)
            .unwrap();
        let fork = Manifest {
            sequence: 3,
            parent: first.hash(),
            ..skipped
        };
        assert_eq!(
            sent(signed(&fork, &held.release_key), &[]).await,
            "release/parent"
        );
    }
}
