//! A manifest under the release key of its environment.

use durward_keyring::jose::{Algorithm, PublicKey, SigningKey, jws};
use serde::{Serialize, de::DeserializeOwned};

use super::{Manifest, ReleaseRefusal};

/// A manifest as a compact JWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedManifest(String);

impl SignedManifest {
    /// The JOSE type, so that no other token of the same key passes for a release.
    pub const TYPE: &'static str = "durward-release+jwt";

    /// Signs a manifest with the environment's release key.
    pub fn sign(manifest: &Manifest, key: &SigningKey) -> Result<Self, ReleaseRefusal> {
        sign(manifest, Self::TYPE, key)
            .map(Self)
            .ok_or(ReleaseRefusal::Signature)
    }

    /// A signed manifest as it was stored or fetched; [`Self::verify`] judges it.
    pub const fn from_text(text: String) -> Self {
        Self(text)
    }

    /// The compact JWS.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The manifest as it stands, for who made or kept it. Who receives one calls [`Self::verify`].
    pub fn unverified(&self) -> Result<Manifest, ReleaseRefusal> {
        let unverified =
            jws::Unverified::parse(&self.0, MAX_BYTES).map_err(|_| ReleaseRefusal::Unreadable)?;
        let claims = unverified
            .untrusted_claims()
            .map_err(|_| ReleaseRefusal::Unreadable)?;
        serde_json::from_value(claims.into()).map_err(|_| ReleaseRefusal::Unreadable)
    }

    /// The manifest, when the pinned release key signed it.
    pub fn verify(&self, key: &PublicKey) -> Result<Manifest, ReleaseRefusal> {
        verify(&self.0, Self::TYPE, key).map_err(|fault| match fault {
            Unproved::Unreadable => ReleaseRefusal::Unreadable,
            Unproved::Signature => ReleaseRefusal::Signature,
        })
    }
}

/// Why a signed text proves nothing.
pub(super) enum Unproved {
    /// It is no signed text, or holds something else.
    Unreadable,
    /// Another key signed it, or it was signed as something else.
    Signature,
}

/// Signs something as a type of its own; `None` when the key cannot sign.
pub(super) fn sign(what: &impl Serialize, typ: &str, key: &SigningKey) -> Option<String> {
    jws::sign(key, typ, what).ok()
}

/// Reads what the key signed as this type.
pub(super) fn verify<T: DeserializeOwned>(
    text: &str,
    typ: &str,
    key: &PublicKey,
) -> Result<T, Unproved> {
    let unverified = jws::Unverified::parse(text, MAX_BYTES).map_err(|_| Unproved::Unreadable)?;
    if unverified.header.typ.as_deref() != Some(typ) {
        return Err(Unproved::Signature);
    }
    let claims = unverified
        .verify(key, &[Algorithm::ES256])
        .map_err(|_| Unproved::Signature)?;
    serde_json::from_value(claims.into()).map_err(|_| Unproved::Unreadable)
}

/// Room for a first release of some hundred thousand apps.
const MAX_BYTES: usize = 256 * 1024 * 1024;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{environment::EnvironmentName, release::Head};

    #[test]
    fn only_the_release_key_signs_a_release() {
        let key = SigningKey::generate(Algorithm::ES256).unwrap();
        let other = SigningKey::generate(Algorithm::ES256).unwrap();
        let manifest = Head::beginning(EnvironmentName::Production)
            .next(Vec::new(), Timestamp::UNIX_EPOCH)
            .unwrap();
        let signed = SignedManifest::sign(&manifest, &key).unwrap();
        let verified = signed.verify(key.public()).unwrap();
        assert_eq!(verified, manifest);
        assert_eq!(verified.hash(), manifest.hash());
        assert_eq!(
            signed.verify(other.public()),
            Err(ReleaseRefusal::Signature)
        );
        let token = jws::sign(&key, "JWT", &manifest).unwrap();
        assert_eq!(
            SignedManifest::from_text(token).verify(key.public()),
            Err(ReleaseRefusal::Signature)
        );
        let text = signed.as_str();
        let mut bytes = text.as_bytes().to_vec();
        let middle = text.find('.').unwrap() + 20;
        bytes[middle] = if bytes[middle] == b'A' { b'B' } else { b'A' };
        let tampered = SignedManifest::from_text(String::from_utf8(bytes).unwrap());
        assert!(tampered.verify(key.public()).is_err());
    }
}
