//! The content: encrypted with a key of its own and authenticated together with the header (RFC 7518 §5).

use aws_lc_rs::aead::{self, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::cipher::{self, DecryptionContext, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::cipher::{PaddedBlockDecryptingKey, PaddedBlockEncryptingKey};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hmac;
use aws_lc_rs::iv::FixedLength;
use zeroize::Zeroizing;

use super::names::ContentEncryption;
use crate::compare;
use crate::random::Random;

/// The last three parts of a token.
pub(super) struct Sealed {
    pub(super) iv: Vec<u8>,
    pub(super) ciphertext: Vec<u8>,
    pub(super) tag: Vec<u8>,
}

/// Encrypts with a fresh initialization vector. The header's text is authenticated as it stands.
pub(super) fn seal(
    enc: ContentEncryption,
    key: &[u8],
    header: &[u8],
    plaintext: &[u8],
    random: &Random,
) -> Result<Sealed, Unspecified> {
    let mut ciphertext = plaintext.to_vec();
    match Scheme::of(enc) {
        Scheme::Gcm(algorithm) => {
            let iv = random.bytes::<{ aead::NONCE_LEN }>();
            let sealing = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
            let nonce = Nonce::assume_unique_for_key(iv);
            let tag =
                sealing.seal_in_place_separate_tag(nonce, Aad::from(header), &mut ciphertext)?;
            Ok(Sealed {
                iv: iv.to_vec(),
                ciphertext,
                tag: tag.as_ref().to_vec(),
            })
        }
        Scheme::CbcHmac(algorithm, mac) => {
            let iv = random.bytes::<16>();
            let (mac_key, cipher_key) = key.split_at(key.len() / 2);
            let cipher_key = UnboundCipherKey::new(algorithm, cipher_key)?;
            PaddedBlockEncryptingKey::cbc_pkcs7(cipher_key)?.less_safe_encrypt(
                &mut ciphertext,
                EncryptionContext::Iv128(FixedLength::from(iv)),
            )?;
            let tag = mac_of(mac, mac_key, header, &iv, &ciphertext);
            Ok(Sealed {
                iv: iv.to_vec(),
                ciphertext,
                tag,
            })
        }
    }
}

/// Decrypts what is authentic. A wrong key, vector, tag or header all fail alike.
pub(super) fn open(
    enc: ContentEncryption,
    key: &[u8],
    header: &[u8],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let mut buffer = Zeroizing::new(sealed.ciphertext.clone());
    let len = match Scheme::of(enc) {
        Scheme::Gcm(algorithm) => {
            // The library takes whatever is last for the tag: a shorter one would borrow from the content.
            if sealed.tag.len() != algorithm.tag_len() {
                return Err(Unspecified);
            }
            buffer.extend_from_slice(&sealed.tag);
            let opening = LessSafeKey::new(UnboundKey::new(algorithm, key)?);
            let nonce = Nonce::try_assume_unique_for_key(&sealed.iv)?;
            opening
                .open_in_place(nonce, Aad::from(header), &mut buffer)?
                .len()
        }
        Scheme::CbcHmac(algorithm, mac) => {
            let iv: [u8; 16] = sealed.iv.as_slice().try_into().map_err(|_| Unspecified)?;
            let (mac_key, cipher_key) = key.split_at(key.len() / 2);
            // Authenticated before it is decrypted: the padding of a forged message is never looked at.
            let tag = mac_of(mac, mac_key, header, &iv, &sealed.ciphertext);
            if !compare::equal(&tag, &sealed.tag) {
                return Err(Unspecified);
            }
            let cipher_key = UnboundCipherKey::new(algorithm, cipher_key)?;
            PaddedBlockDecryptingKey::cbc_pkcs7(cipher_key)?
                .decrypt(&mut buffer, DecryptionContext::Iv128(FixedLength::from(iv)))?
                .len()
        }
    };
    buffer.truncate(len);
    Ok(buffer)
}

enum Scheme {
    Gcm(&'static aead::Algorithm),
    CbcHmac(&'static cipher::Algorithm, hmac::Algorithm),
}

impl Scheme {
    fn of(enc: ContentEncryption) -> Self {
        match enc {
            ContentEncryption::A128Gcm => Self::Gcm(&aead::AES_128_GCM),
            ContentEncryption::A256Gcm => Self::Gcm(&aead::AES_256_GCM),
            ContentEncryption::A128CbcHs256 => Self::CbcHmac(&cipher::AES_128, hmac::HMAC_SHA256),
            ContentEncryption::A256CbcHs512 => Self::CbcHmac(&cipher::AES_256, hmac::HMAC_SHA512),
        }
    }
}

/// RFC 7518 §5.2.2.1: over header, vector, content and the header's length in bits; the first half counts.
fn mac_of(
    algorithm: hmac::Algorithm,
    key: &[u8],
    header: &[u8],
    iv: &[u8],
    ciphertext: &[u8],
) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
    let bits = u64::try_from(header.len())
        .unwrap_or(u64::MAX)
        .saturating_mul(8);
    for part in [header, iv, ciphertext, &bits.to_be_bytes()] {
        context.update(part);
    }
    let tag = context.sign();
    let tag = tag.as_ref();
    tag[..tag.len() / 2].to_vec()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// RFC 7518, appendix B.1.
    #[test]
    fn the_published_example_of_cbc_with_hmac() {
        let key: Vec<u8> = (0..32).collect();
        let plaintext = b"A cipher system must not be required to be secret, and it must be able to fall into the hands of the enemy without inconvenience";
        let header = b"The second principle of Auguste Kerckhoffs";
        let iv = from_hex("1af38c2dc2b96ffdd86694092341bc04");
        let cipher_key = UnboundCipherKey::new(&cipher::AES_128, &key[16..]).unwrap();
        let mut ciphertext = plaintext.to_vec();
        let fixed: [u8; 16] = iv.clone().try_into().unwrap();
        PaddedBlockEncryptingKey::cbc_pkcs7(cipher_key)
            .unwrap()
            .less_safe_encrypt(
                &mut ciphertext,
                EncryptionContext::Iv128(FixedLength::from(fixed)),
            )
            .unwrap();
        assert_eq!(
            ciphertext[..16],
            from_hex("c80edfa32ddf39d5ef00c0b468834279")
        );
        let tag = mac_of(hmac::HMAC_SHA256, &key[..16], header, &iv, &ciphertext);
        assert_eq!(tag, from_hex("652c3fa36b0a7c5b3219fab3a30bc1c4"));
        let sealed = Sealed {
            iv,
            ciphertext,
            tag,
        };
        let opened = open(ContentEncryption::A128CbcHs256, &key, header, &sealed).unwrap();
        assert_eq!(opened.as_slice(), plaintext);
    }

    #[test]
    fn what_is_sealed_opens_and_nothing_else_does() {
        let random = Random::seeded(7);
        for enc in ContentEncryption::ALL {
            let key = vec![9; enc.key_len()];
            let made = seal(enc, &key, b"header", b"content", &random).unwrap();
            assert_eq!(
                open(enc, &key, b"header", &made).unwrap().as_slice(),
                b"content"
            );
            assert!(open(enc, &key, b"Header", &made).is_err());
            for cut in [1, 4, 8, 15, 16] {
                let tag = made.tag[..made.tag.len() - cut].to_vec();
                let short = Sealed {
                    tag,
                    iv: made.iv.clone(),
                    ciphertext: made.ciphertext.clone(),
                };
                assert!(open(enc, &key, b"header", &short).is_err(), "{enc} {cut}");
            }
        }
    }

    fn from_hex(text: &str) -> Vec<u8> {
        text.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    }
}
