//! What the rules about keys and certificates look at.

use jiff::Timestamp;
use x509_parser::certificate::X509Certificate;

use super::algorithm::{Curve, KeyKind};
use crate::encoding;

/// The facts of a public key that rules judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFacts {
    /// The kind of the key.
    pub kind: KeyKind,
    /// Bits of the RSA modulus or of the curve's field.
    pub bits: u32,
    /// The RSA public exponent; one too large for 64 bits shows as the largest number.
    pub exponent: Option<u64>,
    /// The certificate the key came in.
    pub certificate: Option<CertificateFacts>,
}

impl KeyFacts {
    /// The curve of an EC key.
    #[must_use]
    pub fn curve(&self) -> Option<Curve> {
        match self.kind {
            KeyKind::Ec(curve) => Some(curve),
            KeyKind::Rsa | KeyKind::Ed25519 => None,
        }
    }

    /// Whether the key came in a certificate that has expired.
    #[must_use]
    pub fn expired_at(&self, at: Timestamp) -> bool {
        self.certificate
            .as_ref()
            .is_some_and(|certificate| certificate.expired_at(at))
    }
}

/// The facts of a certificate that rules judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFacts {
    /// First moment of validity.
    pub not_before: Timestamp,
    /// Last moment of validity.
    pub not_after: Timestamp,
    /// The serial number in lower-case hexadecimal, as encoded, without a sign byte.
    pub serial_hex: String,
    /// Bits of the serial number.
    pub serial_bits: u32,
    /// Whether the serial number is greater than zero (RFC 5280 §4.1.2.2).
    pub serial_positive: bool,
    /// Whether the certificate is signed with SHA-1 or something older.
    pub signature_sha1: bool,
    /// The subject's name.
    pub subject: String,
    /// The issuer's name.
    pub issuer: String,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub fingerprint: String,
}

impl CertificateFacts {
    pub(super) fn of(certificate: &X509Certificate<'_>) -> Option<Self> {
        let validity = certificate.validity();
        let raw = certificate.raw_serial();
        let negative = raw.first().is_some_and(|byte| byte & 0x80 != 0);
        let magnitude = without_leading_zeros(raw);
        Some(Self {
            not_before: Timestamp::from_second(validity.not_before.timestamp()).ok()?,
            not_after: Timestamp::from_second(validity.not_after.timestamp()).ok()?,
            serial_hex: encoding::hex(if magnitude.is_empty() {
                &[0]
            } else {
                magnitude
            }),
            serial_bits: bit_length(magnitude),
            serial_positive: !negative && !magnitude.is_empty(),
            signature_sha1: OLD_SIGNATURES.contains(
                &certificate
                    .signature_algorithm
                    .algorithm
                    .to_id_string()
                    .as_str(),
            ),
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            fingerprint: crate::digest::sha256_hex(certificate.as_raw()),
        })
    }

    /// Whether the certificate has expired.
    #[must_use]
    pub fn expired_at(&self, at: Timestamp) -> bool {
        at > self.not_after
    }

    /// Whether the certificate is valid only later.
    #[must_use]
    pub fn not_yet_valid_at(&self, at: Timestamp) -> bool {
        at < self.not_before
    }

    /// Whole days from first to last moment of validity; negative when they are the wrong way round.
    #[must_use]
    pub fn validity_days(&self) -> i64 {
        (self.not_after.as_second() - self.not_before.as_second()) / 86_400
    }
}

pub(super) fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// The length in bits of a big-endian number without leading zero bytes.
pub(super) fn bit_length(magnitude: &[u8]) -> u32 {
    let Some(first) = magnitude.first() else {
        return 0;
    };
    let bits = magnitude.len().saturating_mul(8);
    u32::try_from(bits).unwrap_or(u32::MAX) - first.leading_zeros()
}

/// Signatures with SHA-1, MD5 and MD2.
const OLD_SIGNATURES: &[&str] = &[
    "1.2.840.113549.1.1.2",
    "1.2.840.113549.1.1.4",
    "1.2.840.113549.1.1.5",
    "1.2.840.10045.4.1",
    "1.2.840.10040.4.3",
    "1.3.14.3.2.29",
];
