//! The one secret an operator keeps; every other symmetric key is derived from it.

use std::fmt;

use zeroize::{Zeroize as _, Zeroizing};

use crate::encoding;
use crate::mac::MacKey;
use crate::random::Random;

/// 32 secret bytes.
#[derive(Clone)]
pub struct MasterKey {
    bytes: Zeroizing<[u8; 32]>,
}

impl MasterKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(random: &Random) -> Self {
        Self {
            bytes: Zeroizing::new(random.bytes()),
        }
    }

    /// Reads a key written by [`MasterKey::to_base64`]. Surrounding white space is ignored.
    ///
    /// # Errors
    /// When the text is not base64 or not 32 bytes.
    pub fn from_base64(text: &str) -> Result<Self, MasterKeyError> {
        let decoded = encoding::from_b64(text.trim()).ok_or(MasterKeyError::NotBase64)?;
        let decoded = Zeroizing::new(decoded);
        let bytes: [u8; 32] = decoded
            .as_slice()
            .try_into()
            .map_err(|_| MasterKeyError::WrongLength(decoded.len()))?;
        Ok(Self {
            bytes: Zeroizing::new(bytes),
        })
    }

    /// The key in standard base64, for the file or the environment variable that keeps it.
    #[must_use]
    pub fn to_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(encoding::b64(self.bytes.as_slice()))
    }

    /// A key of one purpose that others are derived from in turn: whoever holds it learns nothing of the rest.
    #[must_use]
    pub fn branch(&self, label: &str) -> Self {
        Self {
            bytes: Zeroizing::new(self.derive(label)),
        }
    }

    /// The key for one purpose, by HKDF-SHA256 (RFC 5869). Different labels give unrelated keys.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        // One output block, so expand is a single HMAC over `info || 1`; a test compares it with the library's HKDF.
        let mut extracted = MacKey::new(*SALT).tag(self.bytes.as_slice());
        let info = [label.as_bytes(), &[1]].concat();
        let derived = MacKey::new(extracted).tag(&info);
        extracted.zeroize();
        derived
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

/// Why a text is not a master key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MasterKeyError {
    /// Not base64.
    #[error("the master key is not standard base64; make one with `openssl rand -base64 32`")]
    NotBase64,
    /// Base64 of another length.
    #[error("the master key has {0} bytes and needs 32; make one with `openssl rand -base64 32`")]
    WrongLength(usize),
}

const SALT: &[u8; 32] = b"durward master key, version 1...";

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use aws_lc_rs::hkdf;

    #[test]
    fn derive_is_hkdf_sha256() {
        let key = MasterKey::generate(&Random::seeded(1));
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT);
        let prk = salt.extract(key.bytes.as_slice());
        let info = [b"token".as_slice()];
        let mut expected = [0; 32];
        let okm = prk.expand(&info, hkdf::HKDF_SHA256).unwrap();
        okm.fill(&mut expected).unwrap();
        assert_eq!(key.derive("token"), expected);
        assert_ne!(key.derive("seal"), expected);
    }

    #[test]
    fn base64_goes_both_ways_and_refuses_other_lengths() {
        let key = MasterKey::generate(&Random::seeded(1));
        let text = format!("{}\n", key.to_base64().as_str());
        let back = MasterKey::from_base64(&text).unwrap();
        assert_eq!(key.derive("x"), back.derive("x"));
        let refused = MasterKey::from_base64("AAAA").unwrap_err();
        assert_eq!(refused, MasterKeyError::WrongLength(3));
        assert!(MasterKey::from_base64("not base64!").is_err());
    }
}
