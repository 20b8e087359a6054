//! The manifest of a release and the rule that lets it follow another.

use durward_keyring::digest::{sha256, sha256_hex};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Tree;
use crate::{
    application::SnapshotDocument,
    environment::EnvironmentName,
    id::{AgencyId, AppHandle, RevisionId},
    refusal::{RefusalKind, Refuse},
};

/// What a release says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The format; always `durward.release/v1`.
    pub format: Format,
    /// The environment it is for.
    pub environment: EnvironmentName,
    /// One more than its parent's; the first release is 1.
    pub sequence: u64,
    /// The parent's hash in hexadecimal; the first release has [`Head::NO_PARENT`].
    pub parent: String,
    /// The Merkle root over all apps after this release, in hexadecimal.
    pub root: String,
    /// What differs from the parent, at most one change for each app, in the order of their handles.
    pub changes: Vec<Change>,
    /// When it was made.
    pub created: Timestamp,
}

/// The name of the format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Format {
    /// The first version.
    #[default]
    #[serde(rename = "durward.release/v1")]
    V1,
}

/// One app's part in a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    /// The app runs with this revision from now on.
    Set {
        /// The app.
        handle: AppHandle,
        /// Its issuer.
        issuer: String,
        /// The revision.
        revision: RevisionId,
        /// The agency whose pairwise subjects it sees.
        agency: AgencyId,
        /// The digest of the revision's snapshot form, in hexadecimal.
        document_sha256: String,
    },
    /// The app is gone from this environment.
    Removed {
        /// The app.
        handle: AppHandle,
    },
}

impl Change {
    /// The change that makes this document run.
    pub fn set(document: &SnapshotDocument, revision: RevisionId, agency: AgencyId) -> Self {
        Self::Set {
            handle: document.document.handle.clone(),
            issuer: document.document.issuer.clone(),
            revision,
            agency,
            document_sha256: document.digest(),
        }
    }

    /// The app.
    pub const fn handle(&self) -> &AppHandle {
        match self {
            Self::Set { handle, .. } | Self::Removed { handle } => handle,
        }
    }

    fn leaf(&self) -> Result<Option<[u8; 32]>, ReleaseRefusal> {
        match self {
            Self::Set {
                document_sha256,
                agency,
                ..
            } => leaf(document_sha256, *agency)
                .map(Some)
                .ok_or(ReleaseRefusal::Unreadable),
            Self::Removed { .. } => Ok(None),
        }
    }
}

/// What the root is made of for one app: the digest of its document (in hexadecimal) and its agency, so that neither
/// can be changed beside a signed release. `None` when the digest is none.
pub fn leaf(document_sha256: &str, agency: AgencyId) -> Option<[u8; 32]> {
    let mut bytes = Vec::with_capacity(1 + 32 + 36);
    bytes.push(3);
    bytes.extend_from_slice(&from_hex(document_sha256)?);
    bytes.extend_from_slice(agency.to_string().as_bytes());
    Some(sha256(&bytes))
}

/// Where an environment stands: its current release and all its apps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    environment: EnvironmentName,
    sequence: u64,
    hash: String,
    tree: Tree,
}

impl Head {
    /// The parent of the first release.
    pub const NO_PARENT: &'static str =
        "0000000000000000000000000000000000000000000000000000000000000000";

    /// An environment before its first release.
    pub fn beginning(environment: EnvironmentName) -> Self {
        Self {
            environment,
            sequence: 0,
            hash: Self::NO_PARENT.to_owned(),
            tree: Tree::default(),
        }
    }

    /// An environment as a store or a node remembers it: the current manifest and the apps after it.
    pub fn resume(current: &Manifest, tree: Tree) -> Result<Self, ReleaseRefusal> {
        if hex(&tree.root()) != current.root {
            return Err(ReleaseRefusal::Root);
        }
        Ok(Self {
            environment: current.environment,
            sequence: current.sequence,
            hash: current.hash(),
            tree,
        })
    }

    /// The environment.
    pub const fn environment(&self) -> EnvironmentName {
        self.environment
    }

    /// The sequence of the current release; 0 before the first.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The hash of the current manifest.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// All apps of the environment.
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Writes the manifest of the next release. The same changes in any order give the same manifest.
    pub fn next(
        &self,
        mut changes: Vec<Change>,
        created: Timestamp,
    ) -> Result<Manifest, ReleaseRefusal> {
        changes.sort_by(|one, other| one.handle().cmp(other.handle()));
        let tree = self.after(&changes)?;
        Ok(Manifest {
            format: Format::V1,
            environment: self.environment,
            sequence: self.sequence + 1,
            parent: self.hash.clone(),
            root: hex(&tree.root()),
            changes,
            created,
        })
    }

    /// May this manifest follow? Then this is where the environment stands after it.
    pub fn accepts(&self, manifest: &Manifest) -> Result<Self, ReleaseRefusal> {
        if manifest.environment != self.environment {
            return Err(ReleaseRefusal::Environment {
                here: self.environment,
                there: manifest.environment,
            });
        }
        if manifest.sequence != self.sequence + 1 {
            return Err(ReleaseRefusal::Sequence {
                wanted: self.sequence + 1,
                found: manifest.sequence,
            });
        }
        if manifest.parent != self.hash {
            return Err(ReleaseRefusal::Parent);
        }
        let tree = self.after(&manifest.changes)?;
        if hex(&tree.root()) != manifest.root {
            return Err(ReleaseRefusal::Root);
        }
        Ok(Self {
            environment: self.environment,
            sequence: manifest.sequence,
            hash: manifest.hash(),
            tree,
        })
    }

    fn after(&self, changes: &[Change]) -> Result<Tree, ReleaseRefusal> {
        let mut seen = std::collections::BTreeSet::new();
        let mut list = Vec::with_capacity(changes.len());
        for change in changes {
            if !seen.insert(change.handle()) {
                return Err(ReleaseRefusal::Twice(change.handle().to_string()));
            }
            list.push((change.handle().as_str(), change.leaf()?));
        }
        Ok(self.tree.with(list))
    }
}

impl Manifest {
    /// The bytes that are hashed: every field, always in the same order.
    pub fn canonical(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// SHA-256 of the canonical bytes in hexadecimal; the next release names it as its parent.
    pub fn hash(&self) -> String {
        sha256_hex(&self.canonical())
    }

    /// Reads a manifest.
    pub fn parse_json(bytes: &[u8]) -> Result<Self, ReleaseRefusal> {
        serde_json::from_slice(bytes).map_err(|_| ReleaseRefusal::Unreadable)
    }

    /// Is this the document, and this the agency, that the release names for its app?
    pub fn names(&self, document: &SnapshotDocument, agency: AgencyId) -> bool {
        let app = &document.document;
        let change = self
            .changes
            .iter()
            .find(|change| *change.handle() == app.handle);
        matches!(change, Some(Change::Set { issuer, agency: named, document_sha256, .. })
            if *issuer == app.issuer && *named == agency && *document_sha256 == document.digest())
    }
}

/// Why a release cannot run here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReleaseRefusal {
    /// Made for another environment.
    #[error("The release is for {there}. This is {here}.")]
    Environment {
        /// The environment that was asked.
        here: EnvironmentName,
        /// The environment that the manifest names.
        there: EnvironmentName,
    },
    /// Old, repeated, or too far ahead.
    #[error("The release has sequence {found}. The next one here is {wanted}.")]
    Sequence {
        /// The only sequence that may follow.
        wanted: u64,
        /// The sequence that the manifest names.
        found: u64,
    },
    /// It follows a release that is not the current one.
    #[error(
        "The release follows another release than the current one. Fetch the releases in order."
    )]
    Parent,
    /// The changes do not give the root that the manifest names.
    #[error(
        "The changes of the release do not give the root that it names. It was damaged or tampered with."
    )]
    Root,
    /// An app twice.
    #[error("The release names the app {0} twice.")]
    Twice(String),
    /// Not a manifest.
    #[error("The release manifest cannot be read.")]
    Unreadable,
    /// The signature is missing, wrong, or by another key.
    #[error("The release is not signed by the release key of this environment.")]
    Signature,
}

impl Refuse for ReleaseRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Environment { .. } => "release/other-environment",
            Self::Sequence { .. } => "release/sequence",
            Self::Parent => "release/parent",
            Self::Root => "release/root",
            Self::Twice(_) => "release/app-twice",
            Self::Unreadable => "release/unreadable",
            Self::Signature => "release/signature",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Sequence { .. } | Self::Parent => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::application::AppDocument;

    fn revision(number: u128) -> RevisionId {
        RevisionId::new(Uuid::from_u128(number))
    }

    fn change(handle: &str, number: u128) -> Change {
        let mut document = AppDocument::example();
        document.handle = AppHandle::parse(handle).unwrap();
        document.description = number.to_string();
        Change::set(&document.snapshot(), revision(number), agency(1))
    }

    fn agency(number: u128) -> AgencyId {
        AgencyId::new(Uuid::from_u128(number))
    }

    fn production() -> Head {
        Head::beginning(EnvironmentName::Production)
    }

    #[test]
    fn a_chain_of_releases_is_accepted_in_order() {
        let first = production()
            .next(
                vec![change("parks", 1), change("tolls", 2)],
                Timestamp::UNIX_EPOCH,
            )
            .unwrap();
        let one = production().accepts(&first).unwrap();
        let second = one
            .next(
                vec![
                    change("parks", 3),
                    Change::Removed {
                        handle: AppHandle::parse("tolls").unwrap(),
                    },
                ],
                Timestamp::UNIX_EPOCH,
            )
            .unwrap();
        let two = one.accepts(&second).unwrap();
        assert_eq!((two.sequence(), two.tree().len()), (2, 1));
        assert_eq!(two.hash(), second.hash());
        // A roll-back is a new release that carries the older revision.
        let third = two
            .next(vec![change("parks", 1)], Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(third.sequence, 3);
        assert_eq!(Head::resume(&second, two.tree().clone()).unwrap(), two);
        assert_eq!(
            Head::resume(&second, one.tree().clone()),
            Err(ReleaseRefusal::Root)
        );
    }

    /// Where an environment stands, and what becomes of each release that it is offered there.
    #[test]
    fn every_standing_with_every_offer() {
        let at = Timestamp::UNIX_EPOCH;
        let follow = |head: &Head, number| {
            let manifest = head.next(vec![change("parks", number)], at).unwrap();
            (head.accepts(&manifest).unwrap(), manifest)
        };
        let (one, first) = follow(&production(), 1);
        let (two, second) = follow(&one, 2);
        let (_, third) = follow(&two, 3);
        let (other, other_first) = follow(&production(), 4);
        let (_, other_second) = follow(&other, 5);
        let (_, foreign) = follow(&Head::beginning(EnvironmentName::Sandbox), 1);
        let damaged = |manifest: &Manifest| Manifest {
            root: first.parent.clone(),
            ..manifest.clone()
        };
        let offers = [
            ("the first", first.clone()),
            ("the second", second.clone()),
            ("the third", third.clone()),
            ("another first", other_first),
            ("the second of the other first", other_second),
            ("the first of the sandbox", foreign),
            ("the first with another root", damaged(&first)),
            ("the second with another root", damaged(&second)),
            ("the third with another root", damaged(&third)),
        ];
        let mut table = String::new();
        for (standing, head) in [
            ("before any", production()),
            ("at the first", one),
            ("at the second", two),
        ] {
            for (offer, manifest) in &offers {
                let outcome = match head.accepts(manifest) {
                    Ok(after) => format!("at release {}", after.sequence()),
                    Err(refusal) => refusal.code().to_owned(),
                };
                table.push_str(&format!("{standing:<14} {offer:<30} {outcome}\n"));
            }
        }
        insta::assert_snapshot!("releases", table);
    }

    #[test]
    fn a_sandbox_manifest_never_runs_in_production() {
        let sandbox = Head::beginning(EnvironmentName::Sandbox)
            .next(vec![change("parks", 1)], Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(
            production().accepts(&sandbox).unwrap_err().code(),
            "release/other-environment"
        );
    }

    #[test]
    fn a_stale_or_skipped_sequence_is_refused() {
        let first = production()
            .next(vec![change("parks", 1)], Timestamp::UNIX_EPOCH)
            .unwrap();
        let one = production().accepts(&first).unwrap();
        assert_eq!(
            one.accepts(&first).unwrap_err(),
            ReleaseRefusal::Sequence {
                wanted: 2,
                found: 1
            }
        );
        let second = one
            .next(vec![change("parks", 2)], Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(
            production().accepts(&second).unwrap_err().code(),
            "release/sequence"
        );
        let fork = production()
            .next(vec![change("parks", 9)], Timestamp::UNIX_EPOCH)
            .unwrap();
        assert_eq!(
            production().accepts(&fork).unwrap().accepts(&second),
            Err(ReleaseRefusal::Parent)
        );
    }

    #[test]
    fn a_tampered_manifest_is_refused() {
        let good = production()
            .next(vec![change("parks", 1)], Timestamp::UNIX_EPOCH)
            .unwrap();
        let mut other = good.clone();
        other.changes = vec![change("parks", 2)];
        assert_eq!(production().accepts(&other), Err(ReleaseRefusal::Root));
        let mut twice = good.clone();
        twice.changes.push(change("parks", 1));
        assert_eq!(
            production().accepts(&twice).unwrap_err().code(),
            "release/app-twice"
        );
        let text = String::from_utf8(good.canonical()).unwrap();
        assert_eq!(Manifest::parse_json(text.as_bytes()).unwrap(), good);
        assert!(Manifest::parse_json(text.replace("release/v1", "release/v2").as_bytes()).is_err());
        assert!(
            Manifest::parse_json(text.replace("\"root\"", "\"extra\":1,\"root\"").as_bytes())
                .is_err()
        );
    }

    #[test]
    fn a_manifest_names_its_documents() {
        let document = AppDocument::example().snapshot();
        let manifest = production()
            .next(
                vec![Change::set(&document, revision(1), agency(1))],
                Timestamp::UNIX_EPOCH,
            )
            .unwrap();
        assert!(manifest.names(&document, agency(1)));
        assert!(!manifest.names(&document, agency(2)));
        let mut other = document;
        other.document.friendly_name = "Evil".into();
        assert!(!manifest.names(&other, agency(1)));
    }

    #[test]
    fn the_same_inputs_give_the_same_manifest() {
        let made = |changes| production().next(changes, Timestamp::UNIX_EPOCH).unwrap();
        let one = made(vec![change("parks", 1), change("tolls", 2)]);
        let two = made(vec![change("tolls", 2), change("parks", 1)]);
        assert_eq!(one.hash(), two.hash());
        // The bytes themselves are part of the format: a build of next year gives the same hash.
        let empty = made(Vec::new());
        assert_eq!(
            empty.hash(),
            "956952476f6b8ff0299feb7f2824e3f5b3b63c3128419a8b49d583c8a3b70592"
        );
    }

    #[test]
    fn the_root_vouches_for_the_agency() {
        let document = AppDocument::example().snapshot();
        let good = production()
            .next(
                vec![Change::set(&document, revision(1), agency(1))],
                Timestamp::UNIX_EPOCH,
            )
            .unwrap();
        let mut other = good.clone();
        other.changes = vec![Change::set(&document, revision(1), agency(2))];
        assert_eq!(production().accepts(&other), Err(ReleaseRefusal::Root));
    }
}
