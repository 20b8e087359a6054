//! Rules for level of service, strength and attributes.

use super::{
    Rule,
    Severity::{Error, Warning},
};
use crate::{
    application::Protocol,
    level::{DefaultAal, LevelOfService},
};

pub(super) static ATTRIBUTES: Rule = Rule {
    id: "level/attributes",
    test: Some(Error),
    live: Some(Error),
    sentence: "Attributes fit the level of service.",
    why: "Verified attributes such as first_name are released for identity-verified apps only.",
    fix: "Remove the attribute, or ask for the level of service identity-verified.",
    bad: "\"level_of_service\": \"auth-only\", \"attributes\": [\"ssn\"]",
    good: "\"level_of_service\": \"auth-only\", \"attributes\": [\"email\"]",
    from: &["A1", "V20", "V21"],
    waivable: false,
    check: |subject, hits| {
        for (at, attribute) in subject.document.attributes.iter().enumerate() {
            if !attribute.allowed_at(subject.document.level_of_service) {
                hits.at(
                    format!("/attributes/{at}"),
                    format!(
                        "The attribute {attribute} needs the level of service identity-verified."
                    ),
                );
            }
        }
    },
};

pub(super) static STRENGTH: Rule = Rule {
    id: "level/strength",
    test: Some(Error),
    live: Some(Error),
    sentence: "An identity-verified app asks for AAL2 or more.",
    why: "Verified data is released after a strong sign-in only.",
    fix: "Set default_aal to aal2, phishing-resistant or piv.",
    bad: "\"level_of_service\": \"identity-verified\", \"default_aal\": \"aal1\"",
    good: "\"level_of_service\": \"identity-verified\", \"default_aal\": \"aal2\"",
    from: &["A2", "V30"],
    waivable: false,
    check: |subject, hits| {
        if is_verified(subject) && subject.document.default_aal == DefaultAal::Aal1 {
            hits.at(
                "/default_aal",
                "An identity-verified app needs aal2 or more. Set default_aal to aal2.",
            );
        }
    },
};

pub(super) static FAILURE_TO_PROOF: Rule = Rule {
    id: "level/failure-to-proof-url",
    test: Some(Warning),
    live: Some(Error),
    sentence: "An identity-verified app has a failure-to-proof URL.",
    why: "Some people cannot prove who they are online. They must be told how else to reach your service.",
    fix: "Add a page that tells them.",
    bad: "\"failure_to_proof_url\": null",
    good: "\"failure_to_proof_url\": \"https://app.agency.gov/other-ways\"",
    from: &["V18", "L13"],
    waivable: true,
    check: |subject, hits| {
        if is_verified(subject) && subject.document.failure_to_proof_url.is_none() {
            hits.at("/failure_to_proof_url", "The failure-to-proof URL is missing. Add a page that tells people how else to reach your service.");
        }
    },
};

pub(super) static SAML_BUNDLE: Rule = Rule {
    id: "level/saml-attributes",
    test: Some(Error),
    live: Some(Error),
    sentence: "An identity-verified SAML app names its attributes.",
    why: "SAML apps get the attributes of their configuration, so that an empty list releases nothing.",
    fix: "Name the attributes that the app needs.",
    bad: "\"attributes\": []",
    good: "\"attributes\": [\"email\", \"first_name\"]",
    from: &["V19"],
    waivable: true,
    check: |subject, hits| {
        if is_verified(subject)
            && subject.speaks(Protocol::Saml)
            && subject.document.attributes.is_empty()
        {
            hits.at(
                "/attributes",
                "The attribute list is empty. Name the attributes that the app needs.",
            );
        }
    },
};

pub(super) static SENSITIVE: Rule = Rule {
    id: "level/sensitive-attribute",
    test: None,
    live: Some(Warning),
    sentence: "Sensitive attributes are justified.",
    why: "A birth date or a social security number in the wrong hands harms people for years.",
    fix: "Say in attribute_justifications why the app needs it, or do not ask for it. A reviewer reads it.",
    bad: "\"attributes\": [\"ssn\"]",
    good: "\"attributes\": [\"ssn\"], \"attribute_justifications\": { \"ssn\": \"Required by 42 U.S.C. 405(c).\" }",
    from: &["A4"],
    waivable: true,
    check: |subject, hits| {
        for (at, attribute) in subject.document.attributes.iter().enumerate() {
            let said = subject.document.attribute_justifications.get(attribute);
            if attribute.is_sensitive() && said.is_none_or(|said| said.trim().is_empty()) {
                hits.at(
                    format!("/attributes/{at}"),
                    format!("The attribute {attribute} is sensitive. Say in attribute_justifications why the app needs it."),
                );
            }
        }
    },
};

pub(super) static COVERED: Rule = Rule {
    id: "level/covered",
    test: None,
    live: Some(Error),
    sentence: "The agreement covers the level of service.",
    why: "Identity verification is paid for by agreement.",
    fix: "Ask for a Mod that covers identity verification, or lower the level.",
    bad: "\"level_of_service\": \"identity-verified\" under an agreement for authentication only",
    good: "\"level_of_service\": \"auth-only\"",
    from: &["A3", "L04"],
    waivable: false,
    check: |subject, hits| {
        if is_verified(subject) && subject.context.others.agreement_covers_identity == Some(false) {
            hits.at(
                "/level_of_service",
                "The agreement does not cover identity verification. Ask for a Mod, or lower the level.",
            );
        }
    },
};

fn is_verified(subject: &super::Subject<'_>) -> bool {
    subject.document.level_of_service == LevelOfService::IdentityVerified
}
