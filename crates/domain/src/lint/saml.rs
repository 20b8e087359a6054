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
    why: "Assertions are posted to the assertion consumer service. Without one nobody can come back from the sign-in.",
    fix: "Add at least one URL.",
    bad: "\"acs_urls\": []",
    good: "\"acs_urls\": [\"https://app.agency.gov/saml/acs\"]",
    from: &["S1", "V12"],
    waivable: false,
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
    why: "The certificate checks the app's requests and encrypts assertions for it.",
    fix: "Add a certificate.",
    bad: "\"keys\": []",
    good: "\"keys\": [{ \"pem\": \"-----BEGIN CERTIFICATE-----…\" }]",
    from: &["V16", "L10"],
    waivable: false,
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
    why: "Signing out must reach every app where real people sign in.",
    fix: "Add the assertion consumer logout service URL.",
    bad: "\"logout_url\": null",
    good: "\"logout_url\": \"https://app.agency.gov/saml/logout\"",
    from: &["V12", "L11"],
    waivable: true,
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
    why: "Assertions carry personal data through the browser.",
    fix: "Use aes256-gcm.",
    bad: "\"encryption\": \"none\"",
    good: "\"encryption\": \"aes256-gcm\"",
    from: &["S2", "V13", "L12"],
    waivable: true,
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
    why: "CBC mode does not notice when somebody changes what was encrypted.",
    fix: "Use aes256-gcm where your software can.",
    bad: "\"encryption\": \"aes256-cbc\"",
    good: "\"encryption\": \"aes256-gcm\"",
    from: &["S3"],
    waivable: true,
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
    why: "People who leave the sign-in have nowhere to go.",
    fix: "Add the page of your service where they should go.",
    bad: "\"return_to_app_url\": null",
    good: "\"return_to_app_url\": \"https://app.agency.gov/\"",
    from: &["V12"],
    waivable: true,
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
