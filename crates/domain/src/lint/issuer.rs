//! Rules for the issuer: the client id or entity id.

use super::{
    Rule,
    Severity::{Error, Info, Warning},
};

pub(super) static PRESENT: Rule = Rule {
    id: "issuer/present",
    test: Some(Error),
    live: Some(Error),
    sentence: "The app has an issuer.",
    doc: "The issuer is the client id or entity id of the app. It is fixed once made.",
    check: |subject, hits| {
        if subject.document.issuer.is_empty() {
            hits.at("/issuer", "The issuer is missing. Write a unique string such as urn:gov:gsa:openidconnect.profiles:sp:sso:AGENCY:APP.");
        }
    },
};

pub(super) static FORM: Rule = Rule {
    id: "issuer/form",
    test: Some(Error),
    live: Some(Error),
    sentence: "The issuer is a string without spaces.",
    doc: "Use printable ASCII characters without spaces, at most 255 of them.",
    check: |subject, hits| {
        let issuer = &subject.document.issuer;
        if issuer.len() > 255 || issuer.bytes().any(|b| !b.is_ascii_graphic()) {
            hits.at("/issuer", "The issuer must be a unique string of at most 255 printable characters with no spaces.");
        }
    },
};

pub(super) static SHAPE: Rule = Rule {
    id: "issuer/shape",
    test: Some(Info),
    live: Some(Warning),
    sentence: "The issuer looks like a URN or a URL.",
    doc: "A URN that names the agency and the app cannot be mistaken for another app's.",
    check: |subject, hits| {
        let issuer = &subject.document.issuer;
        if !issuer.is_empty()
            && !["urn:", "https://", "http://"]
                .iter()
                .any(|start| issuer.starts_with(start))
        {
            hits.at("/issuer", "The issuer is neither a URN nor a URL. Recommended: urn:gov:gsa:openidconnect.profiles:sp:sso:AGENCY:APP.");
        }
    },
};

pub(super) static ENVIRONMENT_WORD: Rule = Rule {
    id: "issuer/environment-word",
    test: None,
    live: Some(Warning),
    sentence: "The issuer has no test words where real people sign in.",
    doc: "The issuer cannot be changed later.",
    check: |subject, hits| {
        let issuer = subject.document.issuer.to_ascii_lowercase();
        let found = issuer
            .split(|c: char| !c.is_ascii_alphanumeric())
            .find(|word| matches!(*word, "test" | "dev" | "sandbox" | "staging"));
        if let Some(word) = found {
            hits.at(
                "/issuer",
                format!("The issuer has the word \"{word}\", and it cannot be changed later."),
            );
        }
    },
};

pub(super) static TRAILING_SLASH: Rule = Rule {
    id: "issuer/trailing-slash",
    test: Some(Info),
    live: Some(Info),
    sentence: "The issuer does not end with a slash.",
    doc: "Issuers are compared exactly; a slash at the end is easily forgotten.",
    check: |subject, hits| {
        if subject.document.issuer.ends_with('/') {
            hits.at(
                "/issuer",
                "The issuer ends with a slash, which is easily forgotten in requests.",
            );
        }
    },
};
