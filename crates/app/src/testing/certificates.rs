//! A certificate authority that lives as long as the tests run, and what it signed.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::LazyLock;

use durward_keyring::jose::{Algorithm, SigningKey};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// One root, two certificates for `app.example.gov` and one for `localhost`, with one key.
pub struct Certificates {
    /// The root that signed both.
    pub root: CertificateDer<'static>,
    /// One that is good for a century.
    pub good: CertificateDer<'static>,
    /// One that ended in 2021.
    pub expired: CertificateDer<'static>,
    /// One for `localhost`.
    pub local: CertificateDer<'static>,
    key: Vec<u8>,
}

/// The certificates of this run.
pub static CERTIFICATES: LazyLock<Certificates> = LazyLock::new(|| {
    let authority = SigningKey::generate(Algorithm::EdDSA).unwrap();
    let leaf = SigningKey::generate(Algorithm::EdDSA).unwrap();
    let root = Text {
        subject: ROOT,
        until: FAR,
        extension: basic_constraints(),
    };
    let good = Text {
        subject: "app.example.gov",
        until: FAR,
        extension: alternative_name("app.example.gov"),
    };
    let expired = Text {
        subject: "app.example.gov",
        until: "20210101000000Z",
        extension: alternative_name("app.example.gov"),
    };
    let local = Text {
        subject: "localhost",
        until: FAR,
        extension: alternative_name("localhost"),
    };
    Certificates {
        local: local.signed(&leaf, &authority),
        root: root.signed(&authority, &authority),
        good: good.signed(&leaf, &authority),
        expired: expired.signed(&leaf, &authority),
        key: leaf.to_pkcs8().to_vec(),
    }
});

impl Certificates {
    /// The private key of all but the root.
    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.clone()).into()
    }
}

/// What differs between the certificates.
struct Text {
    subject: &'static str,
    until: &'static str,
    extension: Vec<u8>,
}

impl Text {
    /// The certificate of this key, version 3, by RFC 5280 §4.1. Ed25519, because its signature
    /// stands in a certificate as it is (RFC 8410 §6).
    fn signed(&self, key: &SigningKey, authority: &SigningKey) -> CertificateDer<'static> {
        let to_be_signed = sequence(&[
            &der(0xa0, &[&der(INTEGER, &[&[2]])]),
            &der(INTEGER, &[&[1]]),
            &ed25519(),
            &name(ROOT),
            &sequence(&[&time("20200101000000Z"), &time(self.until)]),
            &name(self.subject),
            key.public().to_spki_der(),
            &der(0xa3, &[&sequence(&[&self.extension])]),
        ]);
        let signature = authority.sign(&to_be_signed).unwrap();
        let signature = der(BIT_STRING, &[&[0], &signature]);
        sequence(&[&to_be_signed, &ed25519(), &signature]).into()
    }
}

fn basic_constraints() -> Vec<u8> {
    let value = sequence(&[&der(BOOLEAN, &[&[0xff]])]);
    sequence(&[
        &der(OBJECT, &[&[0x55, 0x1d, 0x13]]),
        &der(BOOLEAN, &[&[0xff]]),
        &der(OCTETS, &[&value]),
    ])
}

fn alternative_name(host: &str) -> Vec<u8> {
    let value = sequence(&[&der(0x82, &[host.as_bytes()])]);
    sequence(&[
        &der(OBJECT, &[&[0x55, 0x1d, 0x11]]),
        &der(OCTETS, &[&value]),
    ])
}

fn ed25519() -> Vec<u8> {
    sequence(&[&der(OBJECT, &[&[0x2b, 0x65, 0x70]])])
}

fn name(common: &str) -> Vec<u8> {
    let common = sequence(&[
        &der(OBJECT, &[&[0x55, 0x04, 0x03]]),
        &der(0x0c, &[common.as_bytes()]),
    ]);
    sequence(&[&der(0x31, &[&common])])
}

fn time(text: &str) -> Vec<u8> {
    der(0x18, &[text.as_bytes()])
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der(0x30, parts)
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let [high, low] = u16::try_from(content.len()).unwrap().to_be_bytes();
    let head = match (high, low) {
        (0, ..0x80) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [head, content].concat()
}

const ROOT: &str = "Durward test root";
const FAR: &str = "21250101000000Z";
const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
