//! Keyed fingerprints: HMAC-SHA256.

use std::fmt;

use aws_lc_rs::hmac;

/// A key that tags messages, so that a change by anyone without the key shows.
#[derive(Clone)]
pub struct MacKey {
    key: hmac::Key,
}

impl MacKey {
    /// Makes a key of 32 secret bytes.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
        }
    }

    /// The tag of a message.
    #[must_use]
    pub fn tag(&self, message: &[u8]) -> [u8; 32] {
        match hmac::sign(&self.key, message).as_ref().try_into() {
            Ok(tag) => tag,
            Err(_) => crate::broken("an HMAC-SHA256 tag has 32 bytes"),
        }
    }

    /// Whether the tag belongs to the message; compared in constant time.
    #[must_use]
    pub fn verify(&self, message: &[u8], tag: &[u8]) -> bool {
        hmac::verify(&self.key, message, tag).is_ok()
    }
}

impl fmt::Debug for MacKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MacKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_belongs_to_one_message_and_one_key() {
        let key = MacKey::new([1; 32]);
        let tag = key.tag(b"agreement");
        assert!(key.verify(b"agreement", &tag));
        assert!(!key.verify(b"agreements", &tag));
        assert!(!key.verify(b"agreement", &tag[..31]));
        assert!(!MacKey::new([2; 32]).verify(b"agreement", &tag));
    }
}
