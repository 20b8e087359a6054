//! Public keys: from a certificate, a PEM or a JWK, checked once and held parsed.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_lc_rs::signature::ParsedPublicKey;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::algorithm::{Algorithm, KeyKind, Scheme};
use super::facts::{CertificateFacts, KeyFacts};
use super::jwk::Jwk;
use super::material::Material;
use super::pem::{self, Block};

/// A public key that verifies signatures. Clones share the parsed key.
#[derive(Clone)]
pub struct PublicKey {
    inner: Arc<Inner>,
}

impl PublicKey {
    /// Reads a PEM block with a certificate or a public key (SPKI).
    ///
    /// # Errors
    /// A private key has its own error, [`KeyError::Private`]; see [`KeyError`] for the others.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        match pem::read(text)? {
            Block::Certificate(der) => Self::from_certificate_der(&der),
            Block::PublicKey(der) => Self::from_spki_der(&der),
        }
    }

    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// When it is not one certificate or its key is not supported.
    pub fn from_certificate_der(der: &[u8]) -> Result<Self, KeyError> {
        let (rest, certificate) =
            X509Certificate::from_der(der).map_err(|_| KeyError::Certificate)?;
        if !rest.is_empty() {
            return Err(KeyError::Certificate);
        }
        let facts = CertificateFacts::of(&certificate).ok_or(KeyError::Certificate)?;
        let material = Material::from_spki(certificate.public_key())?;
        Self::new(material, None, Some(facts))
    }

    /// Reads a public key (SPKI) in DER.
    ///
    /// # Errors
    /// When it is not one public key or not a supported one.
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        let (rest, spki) =
            SubjectPublicKeyInfo::from_der(der).map_err(|_| KeyError::NotPublicKey)?;
        if !rest.is_empty() {
            return Err(KeyError::NotPublicKey);
        }
        Self::new(Material::from_spki(&spki)?, None, None)
    }

    /// Takes a JSON Web Key. Its `alg`, where given, is the only one the key will verify.
    ///
    /// # Errors
    /// Private members, another use than signatures, unsupported types and members that make no key are refused.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        if jwk.has_private_members() {
            return Err(KeyError::Private);
        }
        let for_signatures = jwk.use_.as_deref().is_none_or(|use_| use_ == "sig");
        let may_verify = jwk
            .key_ops
            .as_ref()
            .is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        if !for_signatures || !may_verify {
            return Err(KeyError::OtherUse);
        }
        let material = Material::from_jwk(jwk)?;
        let only = match &jwk.alg {
            Some(name) => Some(name.parse().map_err(|_| KeyError::Algorithm)?),
            None => None,
        };
        if only.is_some_and(|alg: Algorithm| alg.key_kind() != material.kind()) {
            return Err(KeyError::Algorithm);
        }
        Self::new(material, only, None)
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// When the algorithm is not for this key, the key is too small or the signature is not of this message.
    pub fn verify(
        &self,
        algorithm: Algorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), VerifyError> {
        let fits = algorithm.key_kind() == self.inner.material.kind();
        if !fits || self.inner.only.is_some_and(|only| only != algorithm) {
            return Err(VerifyError::AlgorithmForKey(algorithm));
        }
        let slot = &self.inner.parsed[algorithm.slot()];
        let parsed = match slot.get() {
            Some(parsed) => parsed,
            None => {
                let parsed = self.inner.material.parse(algorithm);
                let parsed = parsed.map_err(|_| VerifyError::AlgorithmForKey(algorithm))?;
                slot.get_or_init(|| parsed)
            }
        };
        parsed
            .verify_sig(message, signature)
            .map_err(|_| VerifyError::Signature)
    }

    /// The key as a JSON Web Key for signatures, its thumbprint as `kid`.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        let mut jwk = self.inner.material.jwk();
        jwk.use_ = Some("sig".to_owned());
        jwk.kid = Some(self.inner.thumbprint.clone());
        jwk.alg = self.algorithm().map(|alg| alg.name().to_owned());
        jwk
    }

    /// The key as a PEM block (SPKI).
    #[must_use]
    pub fn to_pem(&self) -> String {
        pem::write_public_key(&self.inner.spki)
    }

    /// The key as SPKI in DER.
    #[must_use]
    pub fn to_spki_der(&self) -> &[u8] {
        &self.inner.spki
    }

    /// The SHA-256 thumbprint of RFC 7638, base64url.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.inner.thumbprint.clone()
    }

    /// What rules about keys look at.
    #[must_use]
    pub fn facts(&self) -> KeyFacts {
        self.inner.material.facts(self.inner.certificate.clone())
    }

    /// The only algorithm this key verifies, where the key or its `alg` leaves one.
    #[must_use]
    pub fn algorithm(&self) -> Option<Algorithm> {
        self.inner.only.or(match self.inner.material.kind() {
            KeyKind::Rsa => None,
            KeyKind::Ec(curve) => Some(curve.algorithm()),
            KeyKind::Ed25519 => Some(Algorithm::EdDSA),
        })
    }

    /// The public key of a signing key, from the bytes the crypto library gives.
    pub(super) fn of_signing_key(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, KeyError> {
        let material = match algorithm.scheme() {
            Scheme::Rsa(..) => Material::from_rsa_der(bytes)?,
            Scheme::Ec(curve, _) => Material::from_point(curve, bytes)?,
            Scheme::Ed => Material::from_ed25519(bytes)?,
        };
        Self::new(material, Some(algorithm), None)
    }

    fn new(
        material: Material,
        only: Option<Algorithm>,
        certificate: Option<CertificateFacts>,
    ) -> Result<Self, KeyError> {
        let spki = material.spki()?;
        let thumbprint = material.thumbprint();
        Ok(Self {
            inner: Arc::new(Inner {
                material,
                only,
                certificate,
                spki,
                thumbprint,
                parsed: Default::default(),
            }),
        })
    }
}

/// Two keys are equal when the key itself is; certificates and `alg` do not count.
impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.inner.spki == other.inner.spki
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.inner.material.kind();
        write!(f, "PublicKey({kind}, {})", self.inner.thumbprint)
    }
}

/// Why something is not an acceptable public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A private key or a secret.
    #[error(
        "this is a private key: keep it secret, make a new pair since this one was shown, and give us the public key"
    )]
    Private,
    /// No PEM block.
    #[error(
        "this is not a PEM block; it begins with -----BEGIN CERTIFICATE----- or -----BEGIN PUBLIC KEY-----"
    )]
    NotPem,
    /// More than one PEM block.
    #[error(
        "this has several PEM blocks; give one certificate or public key at a time, without its chain"
    )]
    SeveralBlocks,
    /// A PEM block of something else.
    #[error("this PEM block is a {0}; give a CERTIFICATE or a PUBLIC KEY")]
    OtherBlock(String),
    /// More text than a key has.
    #[error("this is too long for a key; give one certificate or public key")]
    TooLong,
    /// A damaged certificate.
    #[error("this certificate cannot be read; export it again as PEM")]
    Certificate,
    /// A damaged public key.
    #[error("this public key cannot be read; export it again")]
    NotPublicKey,
    /// A kind of key we do not support.
    #[error("this kind of key is not supported; use RSA, EC on P-256, P-384 or P-521, or Ed25519")]
    Unsupported,
    /// A JWK member that is missing or wrong.
    #[error("the member {0} of this JSON Web Key is missing or not what it must be")]
    Member(&'static str),
    /// A JWK for something else than signatures.
    #[error(
        "this JSON Web Key is not for signatures; give one with \"use\": \"sig\" or without use and key_ops"
    )]
    OtherUse,
    /// A JWK for something else than encryption.
    #[error(
        "this JSON Web Key is not for encryption; give one with \"use\": \"enc\" and, if it has key_ops, with wrapKey or deriveKey"
    )]
    NotForEncryption,
    /// An RSA key of another size than encryption takes.
    #[error("an RSA key for encryption has 2048 to 8192 bits; make a new pair of that size")]
    EncryptionSize,
    /// An RSA key of the kind that a broken chip library made.
    #[error(
        "this RSA key was made by a chip whose keys can be broken (ROCA, CVE-2017-15361); make a new pair with other tools"
    )]
    Roca,
    /// A JWK whose `alg` we do not support or its key cannot do.
    #[error("the alg of this JSON Web Key is not supported or does not fit its key")]
    Algorithm,
}

impl KeyError {
    /// The stable code of the refusal.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Private => "key/private",
            Self::NotPem => "key/not-pem",
            Self::SeveralBlocks => "key/several-blocks",
            Self::OtherBlock(_) => "key/other-block",
            Self::TooLong => "key/too-long",
            Self::Certificate => "key/certificate-unreadable",
            Self::NotPublicKey => "key/unreadable",
            Self::Unsupported => "key/unsupported",
            Self::Member(_) => "key/jwk-member",
            Self::OtherUse => "key/jwk-use",
            Self::NotForEncryption => "key/jwk-use-not-encryption",
            Self::EncryptionSize => "key/encryption-size",
            Self::Roca => "key/roca",
            Self::Algorithm => "key/jwk-algorithm",
        }
    }
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// The key is of another kind or bound to another algorithm.
    #[error("the key is not for the algorithm {0}")]
    AlgorithmForKey(Algorithm),
    /// Not the signature of this message by this key.
    #[error("the signature does not match")]
    Signature,
}

struct Inner {
    material: Material,
    only: Option<Algorithm>,
    certificate: Option<CertificateFacts>,
    spki: Vec<u8>,
    thumbprint: String,
    // Filled at first use: most keys of most apps are never used with more than one algorithm.
    parsed: [OnceLock<ParsedPublicKey>; 6],
}
