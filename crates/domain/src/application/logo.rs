//! The logo of an app.

use base64::{Engine, engine::general_purpose::STANDARD};
use durward_keyring::digest;
use serde::{Deserialize, Serialize};

/// A picture inside the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Logo {
    /// Its type.
    pub media_type: MediaType,
    /// Its bytes in Base64.
    pub base64: String,
}

impl Logo {
    /// A logo of these bytes.
    pub fn new(media_type: MediaType, bytes: &[u8]) -> Self {
        Self {
            media_type,
            base64: STANDARD.encode(bytes),
        }
    }

    /// The bytes, or nothing when the text is not Base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        STANDARD.decode(self.base64.trim()).ok()
    }

    /// SHA-256 of the bytes in hexadecimal (of the text, when that is not Base64).
    pub fn digest(&self) -> String {
        match self.bytes() {
            Some(bytes) => digest::sha256_hex(&bytes),
            None => digest::sha256_hex(self.base64.as_bytes()),
        }
    }

    /// What stands for the logo where its bytes are kept elsewhere.
    pub fn reference(&self) -> LogoReference {
        LogoReference {
            media_type: self.media_type,
            sha256: self.digest(),
        }
    }
}

/// The type of a logo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum MediaType {
    /// PNG.
    #[serde(rename = "image/png")]
    Png,
    /// SVG.
    #[serde(rename = "image/svg+xml")]
    Svg,
}

impl MediaType {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// A logo whose bytes are kept elsewhere under their digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogoReference {
    /// Its type.
    pub media_type: MediaType,
    /// SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
}
