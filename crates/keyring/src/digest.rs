//! SHA-256 in the three spellings the product uses.

use aws_lc_rs::digest;

use crate::encoding;

/// The SHA-256 of the bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = digest::digest(&digest::SHA256, bytes);
    match digest.as_ref().try_into() {
        Ok(array) => array,
        Err(_) => crate::broken("a SHA-256 digest has 32 bytes"),
    }
}

/// The SHA-256 of the bytes in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    encoding::hex(&sha256(bytes))
}

/// The SHA-256 of the bytes in base64url without padding, as PKCE and JWK thumbprints spell it.
#[must_use]
pub fn sha256_b64url(bytes: &[u8]) -> String {
    encoding::b64url(&sha256(bytes))
}

/// The SHA-1 of the bytes: for lists that others keep by it, such as those of stolen passwords. It guards nothing.
#[must_use]
pub fn sha1_of_lists(bytes: &[u8]) -> [u8; 20] {
    let digest = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    match digest.as_ref().try_into() {
        Ok(array) => array,
        Err(_) => crate::broken("a SHA-1 digest has 20 bytes"),
    }
}

/// A SHA-256 of bytes that come in parts.
#[derive(Clone)]
pub struct Sha256(digest::Context);

impl Default for Sha256 {
    fn default() -> Self {
        Self(digest::Context::new(&digest::SHA256))
    }
}

impl Sha256 {
    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The SHA-256 of all bytes in lower-case hexadecimal.
    #[must_use]
    pub fn hex(self) -> String {
        encoding::hex(self.0.finish().as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_give_what_the_whole_gives() {
        let mut parts = Sha256::default();
        parts.update(b"a");
        parts.update(b"bc");
        assert_eq!(parts.hex(), sha256_hex(b"abc"));
    }

    #[test]
    fn sha256_of_abc_is_the_published_one() {
        let published = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(sha256_hex(b"abc"), published);
    }

    #[test]
    fn the_pkce_example_of_rfc_7636_appendix_b() {
        let verifier = b"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert_eq!(sha256_b64url(verifier), challenge);
    }
}
