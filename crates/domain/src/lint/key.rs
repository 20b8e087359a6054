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
    why: "Only public keys and certificates belong into a configuration. A private key that was sent to anyone is known, and whoever knows it can be your app.",
    fix: "Make a new pair, keep its private key to yourself, and give us its public key or certificate.",
    bad: "-----BEGIN PRIVATE KEY-----",
    good: "-----BEGIN CERTIFICATE-----",
    from: &["K1", "V15"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |key| {
            key.private.then(|| "This is a private key. Upload the public key or certificate instead, and make a new pair: this one is known now.".to_owned())
        });
        for (path, text) in texts(subject.document) {
            if super::subject::has_private_key(text) {
                hits.at(path, "There is a private key in this text. Remove it, and make a new pair: this one is known now.");
            }
        }
    },
};

pub(super) static UNREADABLE: Rule = Rule {
    id: "key/unreadable",
    test: Some(Error),
    live: Some(Error),
    sentence: "Every key can be read.",
    why: "A key that cannot be read proves nothing.",
    fix: "Give a PEM certificate, a PEM public key or a JSON Web Key: RSA, EC (P-256, P-384, P-521) or Ed25519. Give a chain or a key set as single keys.",
    bad: "{ \"pem\": \"MIIB…\" }",
    good: "{ \"pem\": \"-----BEGIN CERTIFICATE-----\\nMIIB…\" }",
    from: &["V14", "K10"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |key| match &key.facts {
            Err(reason) if !key.private && !key.small_curve => Some(format!(
                "The key cannot be used: {}.",
                reason.trim_end_matches('.')
            )),
            _ => None,
        });
    },
};

pub(super) static WEAK: Rule = Rule {
    id: "key/weak",
    test: Some(Error),
    live: Some(Error),
    sentence: "RSA keys have at least 2048 bits and a safe exponent, EC keys are on P-256 or more.",
    why: "Short keys and small exponents can be broken.",
    fix: "Make a new RSA key with at least 2048 bits and the exponent 65537, or an EC key on P-256.",
    bad: "openssl genrsa 1024",
    good: "openssl genrsa 3072",
    from: &["K2", "L10"],
    waivable: false,
    check: |subject, hits| {
        each(subject, hits, |key| {
            if key.small_curve && !key.private {
                return Some(
                    "The key is on a curve below P-256. Make a new one on P-256 at least."
                        .to_owned(),
                );
            }
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
    why: "SHA-1 is broken: somebody can make another certificate with the same signature.",
    fix: "Make a new certificate signed with SHA-256.",
    bad: "openssl req -x509 -sha1",
    good: "openssl req -x509 -sha256",
    from: &["K2"],
    waivable: true,
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
    why: "An expired certificate is a forgotten one, and other software refuses it.",
    fix: "Add a new certificate beside the old one, switch your app, then remove the old one.",
    bad: "notAfter = last year",
    good: "notAfter = in two years",
    from: &["K4", "V17", "L10"],
    waivable: true,
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
    why: "A change needs notice and a deployment day. Begin early: you are told from 60 days on.",
    fix: "Add the successor beside the old one now.",
    bad: "notAfter = in 20 days",
    good: "notAfter = in two years",
    from: &["K4", "V17"],
    waivable: true,
    check: |subject, hits| {
        let now = subject.context.now;
        certificates(subject, hits, |facts| {
            let days = facts.not_after.duration_since(now).as_hours() / 24;
            (!facts.expired_at(now) && days < 60)
                .then(|| format!("The certificate expires in {days} days. {}", urgency(days)))
        });
    },
};

pub(super) static NOT_YET_VALID: Rule = Rule {
    id: "key/not-yet-valid",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Certificates are valid already.",
    why: "A certificate that begins later cannot be used before.",
    fix: "Wait, or make one that is valid now.",
    bad: "notBefore = next month",
    good: "notBefore = today",
    from: &[],
    waivable: true,
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
    why: "The longer a key lives, the more places it has been to. NIST SP 800-57 part 1 advises one to three years for such keys.",
    fix: "Make a certificate for three years at most.",
    bad: "openssl req -x509 -days 3650",
    good: "openssl req -x509 -days 730",
    from: &["K3", "V14", "L10"],
    waivable: true,
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
    why: "A short or negative serial number can be guessed, and some software refuses it.",
    fix: "Make the certificate with a random positive serial number of 16 hexadecimal characters or more.",
    bad: "-set_serial 1",
    good: "-set_serial 0x$(openssl rand -hex 16)",
    from: &["K5", "V14"],
    waivable: true,
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
    why: "Sandbox keys lie on developers' machines.",
    fix: "Make an own pair for each environment.",
    bad: "the key of your sandbox configuration",
    good: "a key of its own",
    from: &["K6", "L10"],
    waivable: true,
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
    why: "The second copy is forgotten when the first is removed. A certificate and its bare key count as one.",
    fix: "Remove the second one.",
    bad: "two times the same key",
    good: "each key once",
    from: &[],
    waivable: true,
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
    test: Some(Info),
    live: Some(Warning),
    sentence: "An app has at most two keys of each use.",
    why: "Two keys are needed while they are changed. More are forgotten ones.",
    fix: "Remove those that the app no longer uses.",
    bad: "three keys",
    good: "the old key and the new one",
    from: &["K7"],
    waivable: true,
    check: |subject, hits| {
        for encryption in [false, true] {
            let keys = subject.keys.iter();
            let count = keys.filter(|key| key.encryption == encryption).count();
            if count > 2 {
                let what = if encryption {
                    "keys for encryption"
                } else {
                    "keys"
                };
                hits.at(
                    "/keys",
                    format!("The app has {count} {what}. Remove those that it no longer uses."),
                );
            }
        }
    },
};

pub(super) static SHARED: Rule = Rule {
    id: "key/shared",
    test: Some(Info),
    live: Some(Warning),
    sentence: "No other app uses the same key.",
    why: "Whoever has the key of one app can be the other one too, and it can only be changed in both at once.",
    fix: "Make an own pair for each app.",
    bad: "one key for two apps",
    good: "a key of its own for each app",
    from: &["K6"],
    waivable: true,
    check: |subject, hits| {
        each(subject, hits, |key| {
            subject
                .context
                .others
                .shared_keys
                .contains(&key.fingerprint)
                .then(|| "Another app uses the same key. Make an own pair for each app.".to_owned())
        });
    },
};

pub(super) static KEY_ID: Rule = Rule {
    id: "key/kid-unique",
    test: Some(Error),
    live: Some(Error),
    sentence: "No two JSON Web Keys have the same kid.",
    why: "The kid of a request says which key it was signed with.",
    fix: "Give each key a kid of its own, or leave it out.",
    bad: "two keys with \"kid\": \"1\"",
    good: "\"kid\": \"2026-1\" and \"kid\": \"2026-2\"",
    from: &["K10"],
    waivable: false,
    check: |subject, hits| {
        let kid = |at: usize| match subject.document.keys.get(at) {
            Some(crate::application::Key::Jwk(members)) => {
                members.get("kid").and_then(|kid| kid.as_str())
            }
            _ => None,
        };
        for (at, key) in subject.keys.iter().enumerate() {
            if kid(at).is_some_and(|kid_here| (0..at).any(|before| kid(before) == Some(kid_here))) {
                hits.at(
                    &key.path,
                    "Another key of the app has the same kid. Give each its own.",
                );
            }
        }
    },
};

/// The texts of a document that people fill in.
fn texts(document: &crate::application::AppDocument) -> Vec<(String, &str)> {
    let mut all = vec![("/description".to_owned(), document.description.as_str())];
    for (page, texts) in document.help_text.pages() {
        for (language, text) in texts {
            let token = super::read::escape(language);
            all.push((format!("/help_text/{page}/{token}"), text.as_str()));
        }
    }
    all
}

fn urgency(days: i64) -> &'static str {
    match days {
        ..7 => "Its successor must be live this week: ask for an emergency change.",
        7..30 => "Add its successor now: a change needs notice and a deployment day.",
        _ => "Add its successor in time.",
    }
}

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
