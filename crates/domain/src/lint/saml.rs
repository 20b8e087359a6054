//! Rules for SAML apps.

use super::{
    Rule,
    Severity::{Error, Warning},
    subject::Subject,
};
use crate::application::{Encryption, Protocol, SamlSettings};

pub(super) static ACS_PRESENT: Rule = Rule {
    id: "saml/acs-present",
    test: Some(Error),
    live: Some(Error),
    sentence: "A SAML app has an assertion consumer service URL.",
    doc: "Assertions are posted there. Without one, nobody can come back from the sign-in.",
    check: |subject, hits| {
        if subject.speaks(Protocol::Saml)
            && settings(subject).is_none_or(|saml| saml.acs_urls.is_empty())
        {
            hits.at(
                "/saml/acs_urls",
                "No assertion consumer service URL is registered. Add at least one.",
            );
        }
    },
};

pub(super) static KEY_PRESENT: Rule = Rule {
    id: "saml/certificate-present",
    test: Some(Error),
    live: Some(Error),
    sentence: "A SAML app has a certificate.",
    doc: "It checks the app's requests and encrypts assertions for it.",
    check: |subject, hits| {
        if subject.speaks(Protocol::Saml) && subject.document.keys.is_empty() {
            hits.at("/keys", "A certificate is required for SAML. Add one.");
        }
    },
};

pub(super) static LOGOUT_PRESENT: Rule = Rule {
    id: "saml/logout-present",
    test: None,
    live: Some(Error),
    sentence: "A SAML app has an assertion consumer logout service URL.",
    doc: "Signing out must reach every app where real people sign in.",
    check: |subject, hits| {
        if settings(subject).is_some_and(|saml| saml.logout_url.is_none()) {
            hits.at(
                "/saml/logout_url",
                "The assertion consumer logout service URL is missing. Add it.",
            );
        }
    },
};

pub(super) static ENCRYPTED: Rule = Rule {
    id: "saml/encrypted",
    test: None,
    live: Some(Error),
    sentence: "SAML assertions are encrypted.",
    doc: "Assertions carry personal data through the browser. Use aes256-gcm.",
    check: |subject, hits| {
        if settings(subject).is_some_and(|saml| saml.encryption == Encryption::None) {
            hits.at(
                "/saml/encryption",
                "Assertions are not encrypted. Use aes256-gcm.",
            );
        }
    },
};

pub(super) static CBC: Rule = Rule {
    id: "saml/cbc",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "SAML assertions are encrypted in GCM mode.",
    doc: "CBC mode does not notice changes. Use aes256-gcm where your software can.",
    check: |subject, hits| {
        if settings(subject).is_some_and(|saml| {
            matches!(
                saml.encryption,
                Encryption::Aes128Cbc | Encryption::Aes256Cbc
            )
        }) {
            hits.at(
                "/saml/encryption",
                "CBC mode does not notice changes. Use aes256-gcm if your software can.",
            );
        }
    },
};

pub(super) static RETURN_PRESENT: Rule = Rule {
    id: "saml/return-present",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "A SAML app has a return URL.",
    doc: "People who leave the sign-in are sent there.",
    check: |subject, hits| {
        if subject.speaks(Protocol::Saml) && subject.document.return_to_app_url.is_none() {
            hits.at(
                "/return_to_app_url",
                "The return URL is missing. Add the page where people go who leave the sign-in.",
            );
        }
    },
};

fn settings<'a>(subject: &Subject<'a>) -> Option<&'a SamlSettings> {
    subject
        .document
        .saml
        .as_ref()
        .filter(|_| subject.speaks(Protocol::Saml))
}
