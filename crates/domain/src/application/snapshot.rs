//! The document as releases and nodes keep it: the logo stands as its digest.

use durward_keyring::digest;
use serde::{Deserialize, Serialize};

use super::{AppDocument, DocumentFault, LogoReference, canonical, fault};

/// A document without the bytes of its logo. A node can check its digest without having the logo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SnapshotDocument {
    /// The document; its own `logo` is empty.
    pub document: AppDocument,
    /// The logo, kept elsewhere.
    pub logo: Option<LogoReference>,
}

impl SnapshotDocument {
    /// Reads what [`Self::to_json`] wrote.
    pub fn parse_json(bytes: &[u8]) -> Result<Self, DocumentFault> {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let snapshot: Self = serde_path_to_error::deserialize(&mut reader).map_err(fault::json)?;
        reader.end().map_err(DocumentFault::whole)?;
        if snapshot.document.logo.is_some() {
            return Err(DocumentFault {
                pointer: "/document/logo".into(),
                message: "a snapshot carries no logo".into(),
            });
        }
        Ok(snapshot)
    }

    /// The canonical JSON text.
    pub fn to_json(&self) -> String {
        canonical(self)
    }

    /// SHA-256 of the canonical text.
    pub fn digest_bytes(&self) -> [u8; 32] {
        digest::sha256(self.to_json().as_bytes())
    }

    /// The same in hexadecimal.
    pub fn digest(&self) -> String {
        digest::sha256_hex(self.to_json().as_bytes())
    }
}

impl AppDocument {
    /// The form that releases and nodes keep.
    pub fn snapshot(&self) -> SnapshotDocument {
        let logo = self.logo.as_ref().map(super::Logo::reference);
        let document = Self {
            logo: None,
            ..self.clone()
        };
        SnapshotDocument { document, logo }
    }

    /// SHA-256 in hexadecimal of the canonical snapshot form. It covers the logo by the logo's own digest.
    pub fn digest(&self) -> String {
        self.snapshot().digest()
    }

    /// SHA-256 of the logo's bytes in hexadecimal.
    pub fn logo_digest(&self) -> Option<String> {
        self.logo.as_ref().map(super::Logo::digest)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::application::{Logo, MediaType};

    #[test]
    fn the_digest_covers_every_field_and_the_logo() {
        let document = AppDocument::example();
        let same = AppDocument::parse_json(document.to_json_pretty().as_bytes()).unwrap();
        assert_eq!(same.digest(), document.digest());
        let mut other = document.clone();
        other.description = "x".into();
        assert_ne!(other.digest(), document.digest());
        let mut other = document.clone();
        other.logo = Some(Logo::new(MediaType::Png, b"another"));
        assert_ne!(other.digest(), document.digest());
    }

    #[test]
    fn a_snapshot_reads_back_and_carries_no_logo() {
        let document = AppDocument::example();
        let snapshot = document.snapshot();
        assert_eq!(snapshot.digest(), document.digest());
        assert_eq!(
            snapshot.logo.as_ref().unwrap().sha256,
            document.logo_digest().unwrap()
        );
        let text = snapshot.to_json();
        assert!(!text.contains(&document.logo.as_ref().unwrap().base64));
        assert_eq!(
            SnapshotDocument::parse_json(text.as_bytes()).unwrap(),
            snapshot
        );
        let smuggled = SnapshotDocument {
            document,
            logo: None,
        };
        assert!(SnapshotDocument::parse_json(smuggled.to_json().as_bytes()).is_err());
    }
}
