//! The deny list of an environment: apps that are suspended or retired there, and keys that are revoked.
//!
//! It stands beside the releases, is signed by the same key and has a rising sequence of its own. A list is always whole, so
//! that an environment may miss some of them. No release and no roll-back touches it.

use std::collections::{BTreeMap, BTreeSet};

use durward_keyring::jose::{PublicKey, SigningKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::signed;
use crate::{
    environment::EnvironmentName,
    id::AppHandle,
    refusal::{RefusalKind, Refuse},
};

/// Everything that is denied in one environment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenyList {
    /// The format; always `durward.denials/v1`.
    pub format: DenyFormat,
    /// The environment it is for.
    pub environment: EnvironmentName,
    /// Higher than that of every list before.
    pub sequence: u64,
    /// Apps that nobody can sign in to, in the order of their handles.
    pub apps: Vec<DeniedApp>,
    /// Keys that prove nothing any more, by app.
    pub keys: BTreeMap<AppHandle, BTreeSet<String>>,
    /// When it was made.
    pub created: Timestamp,
}

/// The name of the format.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum DenyFormat {
    /// The first version.
    #[default]
    #[serde(rename = "durward.denials/v1")]
    V1,
}

/// An app that nobody can sign in to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeniedApp {
    /// The app.
    pub handle: AppHandle,
    /// Its issuer: also another app under this client id is denied.
    pub issuer: String,
    /// For now or for good.
    pub kind: DenialKind,
    /// Since when.
    pub since: Timestamp,
    /// What the page for people tells.
    pub page: DenialPage,
}

/// What people who come from a denied app read beside the standing words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenialPage {
    /// The name of the app that people know.
    pub name: String,
    /// The app's own page, where they can go back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The mail address of the app's help desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_email: Option<String>,
    /// The telephone of the app's help desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help_phone: Option<String>,
}

/// Why nobody can sign in to an app.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DenialKind {
    /// Stopped at once; it may come back.
    Suspended,
    /// Its service has ended.
    Retired,
}

impl DenialKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Suspended, Self::Retired];

    /// The word in documents and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }

    /// Reads [`Self::as_str`].
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl DenyList {
    /// The list of an environment before anything was denied.
    pub const fn beginning(environment: EnvironmentName) -> Self {
        Self {
            format: DenyFormat::V1,
            environment,
            sequence: 0,
            apps: Vec::new(),
            keys: BTreeMap::new(),
            created: Timestamp::UNIX_EPOCH,
        }
    }

    /// Why nobody can sign in to this app, if so: by its handle, or by its client id under another handle.
    pub fn app(&self, handle: &str, issuer: &str) -> Option<&DeniedApp> {
        self.apps
            .iter()
            .find(|app| app.handle.as_str() == handle || app.issuer == issuer)
    }

    /// The denied app of this client id, whether or not a release still has it.
    pub fn of_issuer(&self, issuer: &str) -> Option<&DeniedApp> {
        self.apps.iter().find(|app| app.issuer == issuer)
    }

    /// The thumbprints of an app's revoked keys.
    pub fn keys_of(&self, handle: &str) -> BTreeSet<String> {
        let found = self.keys.iter().find(|(app, _)| app.as_str() == handle);
        found.map(|(_, keys)| keys.clone()).unwrap_or_default()
    }

    /// The handles and client ids for which this list and another say different things.
    pub fn differing(&self, other: &Self) -> (BTreeSet<String>, BTreeSet<String>) {
        let (mut handles, mut issuers) = (BTreeSet::new(), BTreeSet::new());
        for (one, beside) in [(self, other), (other, self)] {
            for app in one.apps.iter().filter(|app| !beside.apps.contains(app)) {
                handles.insert(app.handle.to_string());
                issuers.insert(app.issuer.clone());
            }
            for (handle, keys) in &one.keys {
                if beside.keys.get(handle) != Some(keys) {
                    handles.insert(handle.to_string());
                }
            }
        }
        (handles, issuers)
    }

    /// May this list take the place of the one with `known` as its sequence, in this environment?
    ///
    /// # Errors
    /// [`DenialRefusal`].
    pub fn follows(&self, environment: EnvironmentName, known: u64) -> Result<(), DenialRefusal> {
        if self.environment != environment {
            return Err(DenialRefusal::Environment {
                here: environment,
                there: self.environment,
            });
        }
        if self.sequence <= known {
            return Err(DenialRefusal::Sequence {
                known,
                found: self.sequence,
            });
        }
        Ok(())
    }
}

/// A deny list as a compact JWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDenyList(String);

impl SignedDenyList {
    /// The JOSE type, so that no release passes for a deny list and no deny list for a release.
    pub const TYPE: &'static str = "durward-denials+jwt";

    /// Signs a list with the environment's release key.
    ///
    /// # Errors
    /// [`DenialRefusal::Signature`] when the key cannot sign.
    pub fn sign(list: &DenyList, key: &SigningKey) -> Result<Self, DenialRefusal> {
        signed::sign(list, Self::TYPE, key)
            .map(Self)
            .ok_or(DenialRefusal::Signature)
    }

    /// A signed list as it was stored or fetched; [`Self::verify`] judges it.
    pub const fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The compact JWS.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The list, when the pinned release key signed it.
    ///
    /// # Errors
    /// [`DenialRefusal::Signature`] or [`DenialRefusal::Unreadable`].
    pub fn verify(&self, key: &PublicKey) -> Result<DenyList, DenialRefusal> {
        signed::verify(&self.0, Self::TYPE, key).map_err(|fault| match fault {
            signed::Unproved::Unreadable => DenialRefusal::Unreadable,
            signed::Unproved::Signature => DenialRefusal::Signature,
        })
    }
}

/// Why a deny list is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DenialRefusal {
    /// Made for another environment.
    #[error("The deny list is for {there}. This is {here}.")]
    Environment {
        /// The environment that was asked.
        here: EnvironmentName,
        /// The environment that the list names.
        there: EnvironmentName,
    },
    /// Old or repeated.
    #[error(
        "The deny list has sequence {found}, and {known} is in force here. An older list never comes back."
    )]
    Sequence {
        /// The sequence in force.
        known: u64,
        /// The sequence that the list names.
        found: u64,
    },
    /// Not a list.
    #[error("The deny list cannot be read.")]
    Unreadable,
    /// The signature is missing, wrong, or by another key.
    #[error("The deny list is not signed by the release key of this environment.")]
    Signature,
}

impl Refuse for DenialRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Environment { .. } => "denial/other-environment",
            Self::Sequence { .. } => "denial/sequence",
            Self::Unreadable => "denial/unreadable",
            Self::Signature => "denial/signature",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Sequence { .. } => RefusalKind::Conflict,
            _ => RefusalKind::Invalid,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use durward_keyring::jose::{Algorithm, jws};

    use super::*;
    use crate::release::SignedManifest;

    fn list(sequence: u64, apps: &[&str], keys: &[(&str, &str)]) -> DenyList {
        let app = |handle: &&str| DeniedApp {
            handle: AppHandle::parse(handle).unwrap(),
            issuer: format!("urn:{handle}"),
            kind: DenialKind::Suspended,
            since: Timestamp::UNIX_EPOCH,
            page: DenialPage::default(),
        };
        let mut revoked: BTreeMap<AppHandle, BTreeSet<String>> = BTreeMap::new();
        for (handle, key) in keys {
            let handle = AppHandle::parse(handle).unwrap();
            revoked.entry(handle).or_default().insert((*key).to_owned());
        }
        DenyList {
            sequence,
            apps: apps.iter().map(app).collect(),
            keys: revoked,
            ..DenyList::beginning(EnvironmentName::Production)
        }
    }

    #[test]
    fn only_a_newer_list_of_this_environment_follows() {
        let check = |sequence, environment, known, code: Option<&str>| {
            let refused = list(sequence, &[], &[]).follows(environment, known);
            assert_eq!(refused.err().map(|refused| refused.code()), code);
        };
        check(1, EnvironmentName::Production, 0, None);
        check(9, EnvironmentName::Production, 3, None);
        check(3, EnvironmentName::Production, 3, Some("denial/sequence"));
        check(2, EnvironmentName::Production, 3, Some("denial/sequence"));
        check(
            9,
            EnvironmentName::Sandbox,
            3,
            Some("denial/other-environment"),
        );
    }

    #[test]
    fn an_app_is_denied_by_its_handle_and_by_its_client_id() {
        let list = list(1, &["parks"], &[("tolls", "k1")]);
        assert!(list.app("parks", "urn:other").is_some());
        assert!(list.app("parks-again", "urn:parks").is_some());
        assert!(list.app("tolls", "urn:tolls").is_none());
        assert_eq!(list.keys_of("tolls").len(), 1);
        assert_eq!(list.keys_of("parks").len(), 0);
    }

    #[test]
    fn what_differs_is_named_whichever_list_says_it() {
        let (old, new) = (
            list(1, &["parks"], &[("tolls", "k1")]),
            list(2, &["harbours"], &[("tolls", "k1"), ("tolls", "k2")]),
        );
        let (handles, issuers) = old.differing(&new);
        assert_eq!(Vec::from_iter(handles), ["harbours", "parks", "tolls"]);
        assert_eq!(Vec::from_iter(issuers), ["urn:harbours", "urn:parks"]);
        assert_eq!(old.differing(&old), Default::default());
    }

    #[test]
    fn only_the_release_key_signs_a_list_and_no_release_passes_for_one() {
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let other = SigningKey::generate(Algorithm::ES256).unwrap();
        let list = list(4, &["parks"], &[("tolls", "k1")]);
        let signed = SignedDenyList::sign(&list, &key).unwrap();
        assert_eq!(signed.verify(key.public()).unwrap(), list);
        assert_eq!(signed.verify(other.public()), Err(DenialRefusal::Signature));
        let as_release = jws::sign(&key, SignedManifest::TYPE, &list).unwrap();
        assert_eq!(
            SignedDenyList::from_text(as_release).verify(key.public()),
            Err(DenialRefusal::Signature)
        );
        let as_list = SignedManifest::from_text(signed.as_str().to_owned());
        assert!(as_list.verify(key.public()).is_err());
    }
}
