//! Keys that two parties agree on: ECDH with an ephemeral key and the Concat KDF (RFC 7518 §4.6), and AES key wrap.

use aws_lc_rs::agreement::{self, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::kdf::{self, SskdfDigestAlgorithmId};
use aws_lc_rs::key_wrap::{self, AesKek, KeyWrap as _};
use zeroize::Zeroizing;

use super::names::{ContentEncryption, KeyManagement};
use crate::jose::Curve;

/// What both parties put into the derivation beside their keys.
pub(super) struct Parties<'a> {
    pub(super) producer: &'a [u8],
    pub(super) consumer: &'a [u8],
}

/// What the agreed secret is used for.
pub(super) enum Use {
    /// It is the key of the content.
    Direct,
    /// It wraps the key of the content.
    Wrap(&'static key_wrap::AesBlockCipher, usize),
}

impl Use {
    pub(super) fn of(alg: KeyManagement) -> Self {
        match alg {
            KeyManagement::EcdhEsA128Kw => Self::Wrap(&key_wrap::AES_128, 16),
            KeyManagement::EcdhEsA256Kw => Self::Wrap(&key_wrap::AES_256, 32),
            KeyManagement::EcdhEs | KeyManagement::RsaOaep256 => Self::Direct,
        }
    }
}

/// The key that both sides come to. The library refuses points that are not on the curve.
pub(super) fn agree(
    own: &PrivateKey,
    curve: Curve,
    other_point: &[u8],
    alg: KeyManagement,
    enc: ContentEncryption,
    parties: &Parties<'_>,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let (name, len) = match Use::of(alg) {
        Use::Direct => (enc.name(), enc.key_len()),
        Use::Wrap(_, len) => (alg.name(), len),
    };
    let other = UnparsedPublicKey::new(algorithm(curve), other_point);
    agreement::agree(own, other, Unspecified, |secret| {
        derive(secret, name, parties, len)
    })
}

/// The agreement of a curve.
pub(super) fn algorithm(curve: Curve) -> &'static agreement::Algorithm {
    match curve {
        Curve::P256 => &agreement::ECDH_P256,
        Curve::P384 => &agreement::ECDH_P384,
        Curve::P521 => &agreement::ECDH_P521,
    }
}

pub(super) fn wrap(
    cipher: &'static key_wrap::AesBlockCipher,
    wrapping: &[u8],
    key: &[u8],
) -> Result<Vec<u8>, Unspecified> {
    let mut wrapped = vec![0; key.len() + BLOCK];
    let len = AesKek::new(cipher, wrapping)?
        .wrap(key, &mut wrapped)?
        .len();
    wrapped.truncate(len);
    Ok(wrapped)
}

pub(super) fn unwrap(
    cipher: &'static key_wrap::AesBlockCipher,
    wrapping: &[u8],
    wrapped: &[u8],
    key_len: usize,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    if wrapped.len() != key_len + BLOCK {
        return Err(Unspecified);
    }
    let mut key = Zeroizing::new(vec![0; wrapped.len()]);
    let len = AesKek::new(cipher, wrapping)?
        .unwrap(wrapped, &mut key)?
        .len();
    key.truncate(len);
    Ok(key)
}

/// RFC 7518 §4.6.2.
fn derive(
    secret: &[u8],
    name: &str,
    parties: &Parties<'_>,
    len: usize,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let mut info = Vec::new();
    for part in [name.as_bytes(), parties.producer, parties.consumer] {
        let part_len = u32::try_from(part.len()).map_err(|_| Unspecified)?;
        info.extend_from_slice(&part_len.to_be_bytes());
        info.extend_from_slice(part);
    }
    let bits = u32::try_from(len * 8).map_err(|_| Unspecified)?;
    info.extend_from_slice(&bits.to_be_bytes());
    let digest =
        kdf::get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).ok_or(Unspecified)?;
    let mut key = Zeroizing::new(vec![0; len]);
    kdf::sskdf_digest(digest, secret, &info, &mut key)?;
    Ok(key)
}

/// What wrapping adds (RFC 3394 §2.2.1).
const BLOCK: usize = 8;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoding;

    /// RFC 7518, appendix C: Bob decrypts what Alice's ephemeral key was used for.
    #[test]
    fn the_published_example_of_an_agreement() {
        let decoded = |text| encoding::from_b64url(text).unwrap();
        let bob = PrivateKey::from_private_key(
            &agreement::ECDH_P256,
            &decoded("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"),
        )
        .unwrap();
        let mut alice = vec![4];
        alice.extend(decoded("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"));
        alice.extend(decoded("SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"));
        let parties = Parties {
            producer: b"Alice",
            consumer: b"Bob",
        };
        let (alg, enc) = (KeyManagement::EcdhEs, ContentEncryption::A128Gcm);
        let key = agree(&bob, Curve::P256, &alice, alg, enc, &parties).unwrap();
        assert_eq!(encoding::b64url(&key), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn a_wrapped_key_comes_back_and_only_whole() {
        let wrapped = wrap(&key_wrap::AES_256, &[1; 32], &[2; 16]).unwrap();
        let key = unwrap(&key_wrap::AES_256, &[1; 32], &wrapped, 16).unwrap();
        assert_eq!(key.as_slice(), [2; 16]);
        assert!(unwrap(&key_wrap::AES_256, &[1; 32], &wrapped, 32).is_err());
        assert!(unwrap(&key_wrap::AES_256, &[3; 32], &wrapped, 16).is_err());
        for cut in 0..wrapped.len() {
            assert!(unwrap(&key_wrap::AES_256, &[1; 32], &wrapped[..cut], 16).is_err());
        }
    }
}
