//! Public keys of recipients: what an app registers so that we can encrypt for it.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::agreement::PrivateKey;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use zeroize::Zeroizing;

use super::agreement::{self, Parties, Use};
use super::names::{ContentEncryption, KeyManagement};
use crate::jose::jwk::Jwk;
use crate::jose::material::Material;
use crate::jose::public::KeyError;
use crate::jose::{Curve, KeyFacts};
use crate::random::Random;

/// A public key that content can be encrypted for. Clones share the parsed key.
#[derive(Clone)]
pub struct EncryptionKey {
    inner: Arc<Inner>,
}

impl EncryptionKey {
    /// Takes a JSON Web Key that is for encryption. Its `alg`, where given, is the only one it is used with.
    ///
    /// # Errors
    /// Private members, a key without `"use": "enc"`, RSA of less than 2048 or more than 8192 bits, unsupported types
    /// and members that make no key are refused.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk.has_private_members() {
            return Err(KeyError::Private);
        }
        let operations = ["wrapKey", "encrypt", "deriveKey", "deriveBits"];
        let may_encrypt = jwk
            .key_ops
            .as_ref()
            .is_none_or(|ops| ops.iter().any(|op| operations.contains(&op.as_str())));
        if jwk.use_.as_deref() != Some("enc") || !may_encrypt {
            return Err(KeyError::NotForEncryption);
        }
        let material = Material::from_jwk(jwk)?;
        let only: Option<KeyManagement> = match &jwk.alg {
            Some(name) => Some(name.parse().map_err(|_| KeyError::Algorithm)?),
            None => None,
        };
        if only.is_some_and(|alg| !alg.fits(material.kind())) {
            return Err(KeyError::Algorithm);
        }
        let spki = material.spki()?;
        let target = match &material {
            Material::Rsa { .. } => {
                if !(2048..=8192).contains(&material.bits()) {
                    return Err(KeyError::EncryptionSize);
                }
                let key =
                    PublicEncryptingKey::from_der(&spki).map_err(|_| KeyError::NotPublicKey)?;
                Target::Rsa(OaepPublicEncryptingKey::new(key).map_err(|_| KeyError::NotPublicKey)?)
            }
            Material::Ec { curve, point } => Target::Ec(*curve, point.clone()),
            Material::Ed25519(_) => return Err(KeyError::Unsupported),
        };
        Ok(Self {
            inner: Arc::new(Inner {
                target,
                only,
                thumbprint: material.thumbprint(),
                material,
                kid: jwk.kid.clone(),
            }),
        })
    }

    /// Whether content can be encrypted for this key that way.
    #[must_use]
    pub fn fits(&self, alg: KeyManagement) -> bool {
        alg.fits(self.inner.material.kind()) && self.inner.only.is_none_or(|only| only == alg)
    }

    /// The id that its owner gave it.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.inner.kid.as_deref()
    }

    /// What rules about keys look at.
    #[must_use]
    pub fn facts(&self) -> KeyFacts {
        self.inner.material.facts(None)
    }

    /// The SHA-256 thumbprint of RFC 7638, base64url.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.inner.thumbprint
    }

    /// A key for the content and how it travels.
    pub(super) fn deliver(
        &self,
        alg: KeyManagement,
        enc: ContentEncryption,
        random: &Random,
    ) -> Result<Delivery, Unspecified> {
        match &self.inner.target {
            Target::Rsa(key) => {
                let content_key = fresh(enc, random);
                let mut wrapped = vec![0; key.ciphertext_size()];
                let len = key
                    .encrypt(&OAEP_SHA256_MGF1SHA256, &content_key, &mut wrapped, None)?
                    .len();
                wrapped.truncate(len);
                Ok(Delivery {
                    content_key,
                    encrypted_key: wrapped,
                    ephemeral: None,
                })
            }
            Target::Ec(curve, point) => {
                let own = PrivateKey::generate(agreement::algorithm(*curve))?;
                let public = own.compute_public_key()?;
                let parties = Parties {
                    producer: b"",
                    consumer: b"",
                };
                let agreed = agreement::agree(&own, *curve, point, alg, enc, &parties)?;
                let (content_key, encrypted_key) = match Use::of(alg) {
                    Use::Direct => (agreed, Vec::new()),
                    Use::Wrap(cipher, _) => {
                        let content_key = fresh(enc, random);
                        let wrapped = agreement::wrap(cipher, &agreed, &content_key)?;
                        (content_key, wrapped)
                    }
                };
                let material =
                    Material::from_point(*curve, public.as_ref()).map_err(|_| Unspecified)?;
                Ok(Delivery {
                    content_key,
                    encrypted_key,
                    ephemeral: Some(material.jwk()),
                })
            }
        }
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "EncryptionKey({}, {})",
            self.inner.material.kind(),
            self.inner.thumbprint
        )
    }
}

/// A key for one content and what the recipient needs to have it too.
pub(super) struct Delivery {
    pub(super) content_key: Zeroizing<Vec<u8>>,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) ephemeral: Option<Jwk>,
}

/// A random key of the length that the encryption needs.
pub(super) fn fresh(enc: ContentEncryption, random: &Random) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; enc.key_len()]);
    random.fill(&mut key);
    key
}

struct Inner {
    target: Target,
    only: Option<KeyManagement>,
    material: Material,
    thumbprint: String,
    kid: Option<String>,
}

enum Target {
    Rsa(OaepPublicEncryptingKey),
    Ec(Curve, Vec<u8>),
}
