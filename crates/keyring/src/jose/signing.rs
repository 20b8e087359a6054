//! Signing keys: made, stored as PKCS#8, held parsed.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use zeroize::Zeroizing;

use super::algorithm::{Algorithm, Scheme};
use super::jwk::Jwk;
use super::public::PublicKey;

/// A private key bound to one algorithm. Clones share the parsed key.
#[derive(Clone)]
pub struct SigningKey {
    inner: Arc<Inner>,
}

impl SigningKey {
    /// Makes a new key; RSA keys have 2048 bits.
    ///
    /// # Errors
    /// When the crypto library cannot make one.
    pub fn generate(algorithm: Algorithm) -> Result<Self, SigningKeyError> {
        let pair = match algorithm.scheme() {
            Scheme::Rsa(..) => RsaKeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
            Scheme::Ec(_, signing) => EcdsaKeyPair::generate(signing).map(Pair::Ec),
            Scheme::Ed => Ed25519KeyPair::generate().map(Pair::Ed),
        };
        Self::new(algorithm, pair.map_err(|_| SigningKeyError::Generate)?)
    }

    /// Reads a key in PKCS#8 for that algorithm.
    ///
    /// # Errors
    /// When the bytes are not a key that the algorithm can use.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, SigningKeyError> {
        let pair = match algorithm.scheme() {
            Scheme::Rsa(..) => RsaKeyPair::from_pkcs8(pkcs8).map(Pair::Rsa),
            Scheme::Ec(_, signing) => EcdsaKeyPair::from_pkcs8(signing, pkcs8).map(Pair::Ec),
            Scheme::Ed => Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).map(Pair::Ed),
        };
        Self::new(
            algorithm,
            pair.map_err(|_| SigningKeyError::Pkcs8(algorithm))?,
        )
    }

    /// The key in PKCS#8, to be sealed.
    #[must_use]
    pub fn to_pkcs8(&self) -> Zeroizing<Vec<u8>> {
        self.inner.pkcs8.clone()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.inner.public
    }

    /// The algorithm it signs with.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.inner.algorithm
    }

    /// The key id: the thumbprint of RFC 7638.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.inner.kid
    }

    /// The public half as a JSON Web Key with `use`, `alg` and `kid`.
    #[must_use]
    pub fn jwk(&self) -> Jwk {
        self.inner.public.jwk()
    }

    /// Signs a message; the signature has the shape of JWS.
    ///
    /// # Errors
    /// When the crypto library fails, which no valid key should make happen.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningKeyError> {
        // The library ignores the handle and draws its own randomness.
        let random = SystemRandom::new();
        let signature = match (&self.inner.pair, self.inner.algorithm.scheme()) {
            (Pair::Rsa(pair), Scheme::Rsa(_, padding)) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(padding, &random, message, &mut signature)
                    .map(|()| signature)
            }
            (Pair::Ec(pair), _) => pair
                .sign(&random, message)
                .map(|signature| signature.as_ref().to_vec()),
            (Pair::Ed(pair), _) => pair
                .try_sign(message)
                .map(|signature| signature.as_ref().to_vec()),
            (Pair::Rsa(_), _) => return Err(SigningKeyError::Sign),
        };
        signature.map_err(|_| SigningKeyError::Sign)
    }

    fn new(algorithm: Algorithm, pair: Pair) -> Result<Self, SigningKeyError> {
        let refused = |_| SigningKeyError::Pkcs8(algorithm);
        let pkcs8 = pair.to_pkcs8().ok_or(SigningKeyError::Pkcs8(algorithm))?;
        let public = match &pair {
            Pair::Rsa(pair) => PublicKey::of_signing_key(algorithm, pair.public_key().as_ref()),
            Pair::Ec(pair) => PublicKey::of_signing_key(algorithm, pair.public_key().as_ref()),
            Pair::Ed(pair) => PublicKey::of_signing_key(algorithm, pair.public_key().as_ref()),
        }
        .map_err(refused)?;
        let kid = public.thumbprint();
        Ok(Self {
            inner: Arc::new(Inner {
                algorithm,
                pair,
                pkcs8,
                public,
                kid,
            }),
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SigningKey({}, {})",
            self.inner.algorithm, self.inner.kid
        )
    }
}

/// Why there is no signing key or no signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// No key could be made.
    #[error("the crypto library made no key")]
    Generate,
    /// Not a private key for that algorithm.
    #[error("this is not a PKCS#8 private key for {0}")]
    Pkcs8(Algorithm),
    /// No signature could be made.
    #[error("the crypto library made no signature")]
    Sign,
}

struct Inner {
    algorithm: Algorithm,
    pair: Pair,
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
    kid: String,
}

enum Pair {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
    Ed(Ed25519KeyPair),
}

impl Pair {
    fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        match self {
            Self::Rsa(pair) => {
                let der: Pkcs8V1Der<'_> = pair.as_der().ok()?;
                Some(Zeroizing::new(der.as_ref().to_vec()))
            }
            Self::Ec(pair) => {
                let document = pair.to_pkcs8v1().ok()?;
                Some(Zeroizing::new(document.as_ref().to_vec()))
            }
            Self::Ed(pair) => {
                let document = pair.to_pkcs8v1().ok()?;
                Some(Zeroizing::new(document.as_ref().to_vec()))
            }
        }
    }
}
