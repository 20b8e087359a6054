//! The names of key management and content encryption that we speak. `dir`, `RSA1_5`, `RSA-OAEP` (SHA-1), the
//! wrapping by shared keys and passwords are not among them.

use std::fmt;
use std::str::FromStr;

use crate::jose::{Curve, KeyKind};

/// How the key of the content reaches the recipient (RFC 7518 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyManagement {
    /// RSA with OAEP, SHA-256 and MGF1 with SHA-256.
    RsaOaep256,
    /// Agreed on with an ephemeral key; the content is encrypted with what was agreed.
    EcdhEs,
    /// Agreed on with an ephemeral key, which wraps the content's key with AES-128.
    EcdhEsA128Kw,
    /// Agreed on with an ephemeral key, which wraps the content's key with AES-256.
    EcdhEsA256Kw,
}

impl KeyManagement {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::RsaOaep256,
        Self::EcdhEs,
        Self::EcdhEsA128Kw,
        Self::EcdhEsA256Kw,
    ];

    /// The registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }

    /// Whether a key of that kind can receive it.
    #[must_use]
    pub fn fits(self, kind: KeyKind) -> bool {
        match self {
            Self::RsaOaep256 => kind == KeyKind::Rsa,
            Self::EcdhEs | Self::EcdhEsA128Kw | Self::EcdhEsA256Kw => {
                matches!(kind, KeyKind::Ec(Curve::P256 | Curve::P384 | Curve::P521))
            }
        }
    }
}

/// How the content is encrypted and authenticated (RFC 7518 §5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContentEncryption {
    /// AES-128 in GCM.
    A128Gcm,
    /// AES-256 in GCM.
    A256Gcm,
    /// AES-128 in CBC with HMAC-SHA-256.
    A128CbcHs256,
    /// AES-256 in CBC with HMAC-SHA-512.
    A256CbcHs512,
}

impl ContentEncryption {
    /// Every one.
    pub const ALL: [Self; 4] = [
        Self::A128Gcm,
        Self::A256Gcm,
        Self::A128CbcHs256,
        Self::A256CbcHs512,
    ];

    /// The registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256CbcHs512 => "A256CBC-HS512",
        }
    }

    /// The length of its key in bytes.
    pub(super) fn key_len(self) -> usize {
        match self {
            Self::A128Gcm => 16,
            Self::A256Gcm | Self::A128CbcHs256 => 32,
            Self::A256CbcHs512 => 64,
        }
    }
}

/// A name that is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this encryption is not supported; use RSA-OAEP-256 or ECDH-ES, with AES in GCM or CBC-HMAC"
)]
pub struct UnknownEncryption;

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for KeyManagement {
    type Err = UnknownEncryption;

    fn from_str(name: &str) -> Result<Self, UnknownEncryption> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or(UnknownEncryption)
    }
}

impl FromStr for ContentEncryption {
    type Err = UnknownEncryption;

    fn from_str(name: &str) -> Result<Self, UnknownEncryption> {
        let found = Self::ALL.into_iter().find(|known| known.name() == name);
        found.ok_or(UnknownEncryption)
    }
}
