//! How an environment takes a release: check the signature and its place, keep it, then swap the snapshot.

mod serve;
mod take;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use durward_domain::application::{AppDocument, Policies, SnapshotDocument};
use durward_domain::event::Event;
use durward_domain::id::AgencyId;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_domain::release::{Change, DenyList, Manifest, ReleaseRefusal, SignedManifest};
use durward_oidc::client::{Client, ClientFault};
use serde_json::json;

use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Note;
pub use serve::refresh;
use take::take;

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
    let arrivals = arrivals(&manifest, apps, &door.programme.policies).map_err(Failure::Refused)?;
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

fn arrivals(
    manifest: &Manifest,
    apps: &[IncomingApp],
    policies: &Policies,
) -> Result<Vec<Arrival>, IntakeRefusal> {
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
            policies,
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
    policies: &Policies,
) -> Result<Option<Client>, IntakeRefusal> {
    let document = &snapshot.document;
    let handle = document.handle.as_str();
    let active = denials.app(handle, &document.issuer).is_none();
    match Client::from_document(document, snapshot.logo.clone(), agency, policies, active) {
        Ok(client) => Ok(Some(client.without_keys(denials.keys_of(handle)))),
        Err(ClientFault::OtherProtocol) => Ok(None),
        Err(fault @ ClientFault::NoIssuer) => Err(IntakeRefusal::Client {
            handle: snapshot.document.handle.to_string(),
            why: fault.to_string(),
        }),
    }
}
