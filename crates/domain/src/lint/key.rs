//! Rules for keys and certificates. They are judged by real time.

use durward_keyring::jose::{CertificateFacts, KeyKind};

use super::{
    Hits, Rule,
    Severity::{Error, Info, Warning},
    subject::{JudgedKey, Subject},
};

pub(super) static PRIVATE: Rule = Rule {
    id: "key/private",
    test: Some(Error),
    live: Some(Error),
    sentence: "No private key is uploaded.",
    doc: "Only public keys and certificates belong into a configuration. A private key that was sent to anyone must be replaced.",
    check: |subject, hits| {
        each(subject, hits, |key| {
            key.private.then(|| "This is a private key. Upload the public key or certificate instead, and make a new pair: this one is known now.".to_owned())
        });
    },
};

pub(super) static UNREADABLE: Rule = Rule {
    id: "key/unreadable",
    test: Some(Error),
    live: Some(Error),
    sentence: "Every key can be read.",
    doc: "A key is a PEM certificate, a PEM public key, or a JSON Web Key: RSA, EC (P-256, P-384, P-521) or Ed25519.",
    check: |subject, hits| {
        each(subject, hits, |key| match &key.facts {
            Err(reason) if !key.private => Some(format!("The key cannot be used. {reason}")),
            _ => None,
        });
    },
};

pub(super) static WEAK: Rule = Rule {
    id: "key/weak",
    test: Some(Error),
    live: Some(Error),
    sentence: "RSA keys have at least 2048 bits and a safe exponent.",
    doc: "Make a new key with at least 2048 bits, or an EC key on P-256.",
    check: |subject, hits| {
        each(subject, hits, |key| {
            let facts = key.facts.as_ref().ok()?;
            if facts.kind != KeyKind::Rsa {
                return (facts.bits < 250).then(|| {
                    format!(
                        "The key has {} bits. Make a new one on P-256 at least.",
                        facts.bits
                    )
                });
            }
            if facts.bits < 2048 {
                return Some(format!(
                    "The RSA key has {} bits. Make a new one with at least 2048.",
                    facts.bits
                ));
            }
            facts
                .exponent
                .is_some_and(|e| e < 65_537)
                .then(|| "The exponent of the RSA key is below 65537. Make a new key.".to_owned())
        });
    },
};

pub(super) static SHA1: Rule = Rule {
    id: "key/sha1",
    test: Some(Error),
    live: Some(Error),
    sentence: "No certificate is signed with SHA-1.",
    doc: "SHA-1 is broken. Make a new certificate signed with SHA-256.",
    check: |subject, hits| {
        certificates(subject, hits, |facts| {
            facts.signature_sha1.then(|| {
                "The certificate is signed with SHA-1. Make a new one with SHA-256.".to_owned()
            })
        })
    },
};

pub(super) static EXPIRED: Rule = Rule {
    id: "key/expired",
    test: Some(Warning),
    live: Some(Error),
    sentence: "No certificate has expired.",
    doc: "Add a new certificate beside the old one, switch your app, then remove the old one.",
    check: |subject, hits| {
        let now = subject.context.now;
        certificates(subject, hits, |facts| {
            facts.expired_at(now).then(|| {
                format!(
                    "The certificate expired at {}. Replace it.",
                    facts.not_after
                )
            })
        });
    },
};

pub(super) static EXPIRES_SOON: Rule = Rule {
    id: "key/expires-soon",
    test: Some(Info),
    live: Some(Warning),
    sentence: "Certificates are replaced 60 days before they expire.",
    doc: "A change needs notice and a deployment day. Begin early.",
    check: |subject, hits| {
        let now = subject.context.now;
        certificates(subject, hits, |facts| {
            let days = facts.not_after.duration_since(now).as_hours() / 24;
            (!facts.expired_at(now) && days < 60)
                .then(|| format!("The certificate expires in {days} days. Add its successor now."))
        });
    },
};

pub(super) static NOT_YET_VALID: Rule = Rule {
    id: "key/not-yet-valid",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Certificates are valid already.",
    doc: "A certificate that begins later cannot be used before.",
    check: |subject, hits| {
        let now = subject.context.now;
        certificates(subject, hits, |facts| {
            facts
                .not_yet_valid_at(now)
                .then(|| format!("The certificate is valid from {} on.", facts.not_before))
        });
    },
};

pub(super) static LONG_VALIDITY: Rule = Rule {
    id: "key/long-validity",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Certificates are valid for at most three years.",
    doc: "NIST SP 800-57 part 1 advises one to three years for such keys.",
    check: |subject, hits| {
        certificates(subject, hits, |facts| {
            let days = facts.validity_days();
            (days > THREE_YEARS_DAYS).then(|| {
                format!(
                    "The certificate is valid for {days} days. Make one for three years at most."
                )
            })
        });
    },
};

pub(super) static SERIAL: Rule = Rule {
    id: "key/serial",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Certificates have a positive serial number of at least 64 bits.",
    doc: "Make the certificate with a random serial number of 16 hexadecimal characters or more.",
    check: |subject, hits| {
        certificates(subject, hits, |facts| {
            // A random 64-bit number may begin with zeroes; a byte of them is tolerated.
            (!facts.serial_positive || facts.serial_bits < 56).then(|| format!("The serial number {} is not positive or too short. Use at least 16 hexadecimal characters.", facts.serial_hex))
        });
    },
};

pub(super) static SANDBOX_KEY: Rule = Rule {
    id: "key/sandbox-key",
    test: None,
    live: Some(Warning),
    sentence: "Keys are not shared with the sandbox.",
    doc: "Sandbox keys lie on developers' machines. Make an own pair for each environment.",
    check: |subject, hits| {
        each(subject, hits, |key| {
            subject.context.sandbox_keys.contains(&key.fingerprint).then(|| "A sandbox configuration uses the same key. Make an own pair for this environment.".to_owned())
        });
    },
};

pub(super) static TWICE: Rule = Rule {
    id: "key/twice",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "No key is listed twice.",
    doc: "Remove the second one. A certificate and its bare key count as one.",
    check: |subject, hits| {
        for (at, key) in subject.keys.iter().enumerate() {
            if subject
                .keys
                .iter()
                .take(at)
                .any(|other| other.fingerprint == key.fingerprint)
            {
                hits.at(&key.path, "This key is listed already. Remove one of them.");
            }
        }
    },
};

pub(super) static MANY: Rule = Rule {
    id: "key/many",
    test: None,
    live: Some(Warning),
    sentence: "An app has at most two keys.",
    doc: "Two keys are needed while they are changed. More are forgotten ones.",
    check: |subject, hits| {
        if subject.keys.len() > 2 {
            hits.at(
                "/keys",
                format!(
                    "The app has {} keys. Remove those that it no longer uses.",
                    subject.keys.len()
                ),
            );
        }
    },
};

/// Three years and a leap day.
const THREE_YEARS_DAYS: i64 = 3 * 365 + 1;

fn each(subject: &Subject<'_>, hits: &mut Hits, check: impl Fn(&JudgedKey) -> Option<String>) {
    for key in &subject.keys {
        if let Some(message) = check(key) {
            hits.at(&key.path, message);
        }
    }
}

fn certificates(
    subject: &Subject<'_>,
    hits: &mut Hits,
    check: impl Fn(&CertificateFacts) -> Option<String>,
) {
    each(subject, hits, |key| {
        check(key.facts.as_ref().ok()?.certificate.as_ref()?)
    });
}
