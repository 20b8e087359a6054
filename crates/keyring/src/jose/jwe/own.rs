//! Own private keys for decryption: made, stored as PKCS#8, held parsed.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::agreement::PrivateKey;
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;
use zeroize::Zeroizing;

use super::agreement::{self, Parties, Use};
use super::names::{ContentEncryption, KeyManagement};
use crate::jose::Curve;
use crate::jose::jwk::Jwk;
use crate::jose::material::Material;

/// A private key bound to one way of receiving keys. Clones share the parsed key.
#[derive(Clone)]
pub struct DecryptionKey {
    inner: Arc<Inner>,
}

impl DecryptionKey {
    /// Makes a new key: RSA of 2048 bits, or P-256.
    ///
    /// # Errors
    /// When the crypto library cannot make one.
    pub fn generate(alg: KeyManagement) -> Result<Self, DecryptionKeyError> {
        let failed = |_| DecryptionKeyError::Generate;
        let pkcs8 = match alg {
            KeyManagement::RsaOaep256 => {
                let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).map_err(failed)?;
                let der: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
                Zeroizing::new(der.as_ref().to_vec())
            }
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => {
                let key =
                    PrivateKey::generate(agreement::algorithm(Curve::P256)).map_err(failed)?;
                let der: Pkcs8V1Der<'_> = key.as_der().map_err(failed)?;
                Zeroizing::new(der.as_ref().to_vec())
            }
        };
        Self::from_pkcs8(alg, &pkcs8)
    }

    /// Reads a key in PKCS#8 for that way of receiving keys.
    ///
    /// # Errors
    /// When the bytes are not a key of its kind, or an RSA key of less than 2048 bits.
    pub fn from_pkcs8(alg: KeyManagement, pkcs8: &[u8]) -> Result<Self, DecryptionKeyError> {
        Self::read(alg, pkcs8).ok_or(DecryptionKeyError::Pkcs8(alg))
    }

    /// The key in PKCS#8, to be sealed.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.inner.pkcs8.clone()
    }

    /// How keys reach it.
    #[must_use]
    pub fn algorithm(&self) -> KeyManagement {
        self.inner.alg
    }

    /// The key id: the thumbprint of RFC 7638.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.inner.kid
    }

    /// The public half as a JSON Web Key with `use`, `alg` and `kid`.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        Jwk {
            use_: Some("enc".to_owned()),
            alg: Some(self.inner.alg.name().to_owned()),
            kid: Some(self.inner.kid.clone()),
            ..self.inner.material.jwk()
        }
    }

    /// The curve of the key, where it is on one.
    pub(super) fn curve(&self) -> Option<Curve> {
        match &self.inner.pair {
            Pair::Ec(curve, _) => Some(*curve),
            Pair::Rsa(_) => None,
        }
    }

    /// The content's key out of what travelled with it.
    pub(super) fn receive(
        &self,
        enc: ContentEncryption,
        encrypted_key: &[u8],
        other_point: Option<&[u8]>,
        parties: &Parties<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        match &self.inner.pair {
            Pair::Rsa(key) => {
                let mut buffer = Zeroizing::new(vec![0; key.min_output_size()]);
                let len = key
                    .decrypt(&OAEP_SHA256_MGF1SHA256, encrypted_key, &mut buffer, None)?
                    .len();
                buffer.truncate(len);
                Ok(buffer)
            }
            Pair::Ec(curve, key) => {
                let point = other_point.ok_or(Unspecified)?;
                let agreed = agreement::agree(key, *curve, point, self.inner.alg, enc, parties)?;
                match Use::of(self.inner.alg) {
                    // RFC 7516 §5.2, step 10: nothing travels where the key is agreed on.
                    Use::Direct if encrypted_key.is_empty() => Ok(agreed),
                    Use::Direct => Err(Unspecified),
                    Use::Wrap(cipher, _) => {
                        agreement::unwrap(cipher, &agreed, encrypted_key, enc.key_len())
                    }
                }
            }
        }
    }

    fn read(alg: KeyManagement, pkcs8: &[u8]) -> Option<Self> {
        let (pair, spki) = match alg {
            KeyManagement::RsaOaep256 => {
                let key = PrivateDecryptingKey::from_pkcs8(pkcs8).ok()?;
                let spki: PublicKeyX509Der<'_> = key.public_key().as_der().ok()?;
                let spki = spki.as_ref().to_vec();
                (Pair::Rsa(OaepPrivateDecryptingKey::new(key).ok()?), spki)
            }
            KeyManagement::EcdhEs | KeyManagement::EcdhEsA128Kw | KeyManagement::EcdhEsA256Kw => {
                let (curve, key) = [Curve::P256, Curve::P384, Curve::P521]
                    .into_iter()
                    .find_map(|curve| {
                        let algorithm = agreement::algorithm(curve);
                        let key = PrivateKey::from_private_key_der(algorithm, pkcs8).ok()?;
                        Some((curve, key))
                    })?;
                let public = key.compute_public_key().ok()?;
                let spki: PublicKeyX509Der<'_> = public.as_der().ok()?;
                let spki = spki.as_ref().to_vec();
                (Pair::Ec(curve, key), spki)
            }
        };
        let (_, spki) = SubjectPublicKeyInfo::from_der(&spki).ok()?;
        let material = Material::from_spki(&spki).ok()?;
        if matches!(material, Material::Rsa { .. }) && material.bits() < 2048 {
            return None;
        }
        let kid = material.thumbprint();
        Some(Self {
            inner: Arc::new(Inner {
                alg,
                pair,
                pkcs8: Zeroizing::new(pkcs8.to_vec()),
                material,
                kid,
            }),
        })
    }
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DecryptionKey({}, {})", self.inner.alg, self.inner.kid)
    }
}

/// Why there is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecryptionKeyError {
    /// No key could be made.
    #[error("the crypto library made no key")]
    Generate,
    /// Not a private key for that.
    #[error("this is not a PKCS#8 private key for {0}")]
    Pkcs8(KeyManagement),
}

struct Inner {
    alg: KeyManagement,
    pair: Pair,
    pkcs8: Zeroizing<Vec<u8>>,
    material: Material,
    kid: String,
}

enum Pair {
    Rsa(OaepPrivateDecryptingKey),
    Ec(Curve, PrivateKey),
}
