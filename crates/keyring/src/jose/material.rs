//! The numbers a public key is made of, and what can be said of them.

use aws_lc_rs::encoding::{AsDer as _, PublicKeyX509Der};
use aws_lc_rs::rsa;
use aws_lc_rs::signature::{ED25519, ParsedPublicKey, RsaPublicKeyComponents};
use x509_parser::prelude::FromDer as _;
use x509_parser::public_key::RSAPublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::algorithm::{Algorithm, Curve, KeyKind, Scheme};
use super::facts::{self, CertificateFacts, KeyFacts};
use super::jwk::Jwk;
use super::public::KeyError;
use super::roca;
use crate::{digest, encoding};

/// The numbers of a key; those of RSA without leading zeros.
pub(super) enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    Ec { curve: Curve, point: Vec<u8> },
    Ed25519(Vec<u8>),
}

impl Material {
    pub(super) fn from_spki(spki: &SubjectPublicKeyInfo<'_>) -> Result<Self, KeyError> {
        let bytes = spki.subject_public_key.data.as_ref();
        if spki.subject_public_key.unused_bits != 0 {
            return Err(KeyError::NotPublicKey);
        }
        match spki.algorithm.algorithm.to_id_string().as_str() {
            "1.2.840.113549.1.1.1" => Self::from_rsa_der(bytes),
            "1.2.840.10045.2.1" => {
                let parameters = spki.algorithm.parameters.as_ref();
                let curve = parameters
                    .and_then(|any| any.as_oid().ok())
                    .and_then(|oid| match oid.to_id_string().as_str() {
                        "1.2.840.10045.3.1.7" => Some(Curve::P256),
                        "1.3.132.0.34" => Some(Curve::P384),
                        "1.3.132.0.35" => Some(Curve::P521),
                        _ => None,
                    });
                Self::from_point(curve.ok_or(KeyError::Unsupported)?, bytes)
            }
            "1.3.101.112" => Self::from_ed25519(bytes),
            _ => Err(KeyError::Unsupported),
        }
    }

    pub(super) fn from_jwk(jwk: &Jwk) -> Result<Self, KeyError> {
        match jwk.kty.as_str() {
            "RSA" => Ok(Self::rsa(&member("n", &jwk.n)?, &member("e", &jwk.e)?)),
            "EC" => {
                let name = jwk.crv.as_deref().ok_or(KeyError::Member("crv"))?;
                let curve: Curve = name.parse().map_err(|()| KeyError::Unsupported)?;
                let mut point = vec![4];
                for (name, value) in [("x", &jwk.x), ("y", &jwk.y)] {
                    let coordinate = member(name, value)?;
                    // RFC 7518 §6.2.1.2: the full size of the curve's coordinate, leading zeros kept.
                    if coordinate.len() != curve.coordinate_len() {
                        return Err(KeyError::Member(name));
                    }
                    point.extend_from_slice(&coordinate);
                }
                Self::from_point(curve, &point)
            }
            "OKP" if jwk.crv.as_deref() == Some("Ed25519") => {
                Self::from_ed25519(&member("x", &jwk.x)?)
            }
            _ => Err(KeyError::Unsupported),
        }
    }

    pub(super) fn from_rsa_der(der: &[u8]) -> Result<Self, KeyError> {
        match RSAPublicKey::from_der(der) {
            Ok(([], key)) => Ok(Self::rsa(key.modulus, key.exponent)),
            _ => Err(KeyError::NotPublicKey),
        }
    }

    fn rsa(n: &[u8], e: &[u8]) -> Self {
        Self::Rsa {
            n: facts::without_leading_zeros(n).to_vec(),
            e: facts::without_leading_zeros(e).to_vec(),
        }
    }

    /// Only uncompressed points, as JWK and nearly every certificate has them.
    pub(super) fn from_point(curve: Curve, point: &[u8]) -> Result<Self, KeyError> {
        let uncompressed = point.first() == Some(&4);
        if !uncompressed || point.len() != 1 + 2 * curve.coordinate_len() {
            return Err(KeyError::Unsupported);
        }
        let point = point.to_vec();
        Ok(Self::Ec { curve, point })
    }

    pub(super) fn from_ed25519(bytes: &[u8]) -> Result<Self, KeyError> {
        match bytes.len() {
            32 => Ok(Self::Ed25519(bytes.to_vec())),
            _ => Err(KeyError::NotPublicKey),
        }
    }

    pub(super) fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa { .. } => KeyKind::Rsa,
            Self::Ec { curve, .. } => KeyKind::Ec(*curve),
            Self::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    pub(super) fn bits(&self) -> u32 {
        match self {
            Self::Rsa { n, .. } => facts::bit_length(n),
            Self::Ec { curve, .. } => curve.bits(),
            Self::Ed25519(_) => 256,
        }
    }

    pub(super) fn facts(&self, certificate: Option<CertificateFacts>) -> KeyFacts {
        KeyFacts {
            kind: self.kind(),
            bits: self.bits(),
            exponent: self.exponent(),
            certificate,
        }
    }

    fn exponent(&self) -> Option<u64> {
        let Self::Rsa { e, .. } = self else {
            return None;
        };
        let fits = e.len() <= 8;
        let value = e
            .iter()
            .fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
        Some(if fits { value } else { u64::MAX })
    }

    pub(super) fn any_algorithm(&self) -> Algorithm {
        match self.kind() {
            KeyKind::Rsa => Algorithm::RS256,
            KeyKind::Ec(curve) => curve.algorithm(),
            KeyKind::Ed25519 => Algorithm::EdDSA,
        }
    }

    pub(super) fn parse(&self, algorithm: Algorithm) -> Result<ParsedPublicKey, KeyError> {
        let parsed = match (self, algorithm.scheme()) {
            (Self::Rsa { n, e }, Scheme::Rsa(parameters, _)) => {
                RsaPublicKeyComponents { n, e }.to_parsed_public_key(parameters)
            }
            (Self::Ec { curve, point }, Scheme::Ec(wanted, _)) if *curve == wanted => {
                ParsedPublicKey::new(curve.verification(), point)
            }
            (Self::Ed25519(bytes), Scheme::Ed) => ParsedPublicKey::new(&ED25519, bytes),
            _ => return Err(KeyError::Algorithm),
        };
        parsed.map_err(|_| KeyError::NotPublicKey)
    }

    /// The key as SPKI in DER. Checks it on the way: a point that is not on its curve is refused at the door.
    pub(super) fn spki(&self) -> Result<Vec<u8>, KeyError> {
        let parsed = self.parse(self.any_algorithm())?;
        let spki: PublicKeyX509Der<'_> = parsed.as_der().map_err(|_| KeyError::NotPublicKey)?;
        let spki = spki.as_ref().to_vec();
        if let Self::Rsa { n, .. } = self {
            // The library checks modulus and exponent only when it reads DER, not when it is given numbers.
            rsa::PublicKey::from_der(&spki).map_err(|_| KeyError::NotPublicKey)?;
            if roca::has_its_mark(n) {
                return Err(KeyError::Roca);
            }
        }
        Ok(spki)
    }

    pub(super) fn jwk(&self) -> Jwk {
        let text = |bytes: &[u8]| Some(encoding::b64url(bytes));
        match self {
            Self::Rsa { n, e } => Jwk {
                kty: "RSA".to_owned(),
                n: text(n),
                e: text(e),
                ..Jwk::default()
            },
            Self::Ec { curve, point } => {
                let (x, y) = point[1..].split_at(curve.coordinate_len());
                Jwk {
                    kty: "EC".to_owned(),
                    crv: Some(curve.name().to_owned()),
                    x: text(x),
                    y: text(y),
                    ..Jwk::default()
                }
            }
            Self::Ed25519(bytes) => Jwk {
                kty: "OKP".to_owned(),
                crv: Some("Ed25519".to_owned()),
                x: text(bytes),
                ..Jwk::default()
            },
        }
    }

    /// RFC 7638 §3: the required members only, in the order of their names, no white space.
    pub(super) fn thumbprint(&self) -> String {
        let jwk = self.jwk();
        let members = [
            ("crv", &jwk.crv),
            ("e", &jwk.e),
            ("kty", &Some(jwk.kty)),
            ("n", &jwk.n),
            ("x", &jwk.x),
            ("y", &jwk.y),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some(format!("\"{name}\":\"{}\"", value.as_ref()?)))
        .collect::<Vec<_>>();
        digest::sha256_b64url(format!("{{{}}}", members.join(",")).as_bytes())
    }
}

fn member(name: &'static str, value: &Option<String>) -> Result<Vec<u8>, KeyError> {
    value
        .as_deref()
        .and_then(encoding::from_b64url)
        .filter(|bytes| !bytes.is_empty() && bytes.len() <= MOST_MEMBER)
        .ok_or(KeyError::Member(name))
}

/// 16384-bit RSA, the most the crypto library takes.
const MOST_MEMBER: usize = 2048;
