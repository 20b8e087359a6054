//! Rules for level of service, strength and attributes.

use super::{
    Rule,
    Severity::{Error, Info, Warning},
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
    doc: "Verified attributes such as first_name are for identity-verified apps only.",
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
    doc: "Verified data is released after a strong sign-in only. Set default_aal to aal2, phishing-resistant or piv.",
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
    doc: "People who cannot prove who they are go there. The page tells them how else to reach your service.",
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
    doc: "SAML apps get the attributes of their configuration.",
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
    live: Some(Info),
    sentence: "Sensitive attributes are justified.",
    doc: "Say in the request why the app needs a birth date or a social security number. A reviewer reads it.",
    check: |subject, hits| {
        for (at, attribute) in subject.document.attributes.iter().enumerate() {
            if attribute.is_sensitive() {
                hits.at(format!("/attributes/{at}"), format!("The attribute {attribute} is sensitive. Say in the request why the app needs it."));
            }
        }
    },
};

fn is_verified(subject: &super::Subject<'_>) -> bool {
    subject.document.level_of_service == LevelOfService::IdentityVerified
}
