//! Rules for the people to write to.

use super::{
    Rule,
    Severity::{Error, Warning},
};
use crate::application::ContactKind;

pub(super) static ADDRESS: Rule = Rule {
    id: "contacts/address",
    test: Some(Error),
    live: Some(Error),
    sentence: "Contacts have addresses that can be written to.",
    why: "Nobody can be told that sign-in fails.",
    fix: "Write an e-mail address such as name@agency.gov.",
    bad: "\"email\": \"robin\"",
    good: "\"email\": \"robin.quill@fisheries.gov\"",
    from: &["L15", "V32"],
    waivable: true,
    check: |subject, hits| {
        for (at, contact) in subject.document.contacts.iter().enumerate() {
            let email = contact.email.trim();
            if !email.is_empty() && !crate::application::is_email(email) {
                hits.at(
                    format!("/contacts/{at}/email"),
                    "This is not an e-mail address.",
                );
            }
        }
    },
};

pub(super) static PRESENT: Rule = Rule {
    id: "contacts/present",
    test: None,
    live: Some(Warning),
    sentence: "The app has a technical contact.",
    why: "Someone must be reachable when sign-in fails. A launch request may name contacts too.",
    fix: "Add a technical contact with a name and an e-mail address or telephone number.",
    bad: "\"contacts\": []",
    good: "\"contacts\": [{ \"kind\": \"technical\", \"name\": \"…\", \"email\": \"…\" }]",
    from: &["L15"],
    waivable: true,
    check: |subject, hits| {
        if !subject
            .document
            .contacts
            .iter()
            .any(|contact| contact.kind == ContactKind::Technical && contact.is_reachable())
        {
            hits.at("/contacts", "No technical contact with a name and an e-mail address or telephone number is given. Add one.");
        }
    },
};
