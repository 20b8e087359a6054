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
    why: "The issuer is the client id or entity id of the app. It is fixed once made.",
    fix: "Write a unique string, best a URN that names your agency and the app.",
    bad: "\"issuer\": \"\"",
    good: "\"issuer\": \"urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE\"",
    from: &["V1"],
    waivable: false,
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
    why: "Spaces and unusual letters get lost between programs, and the app is then not recognised.",
    fix: "Use printable ASCII characters without spaces, at most 255 of them.",
    bad: "\"issuer\": \"urn:gov:fish licence\"",
    good: "\"issuer\": \"urn:gov:fish:licence\"",
    from: &["V1"],
    waivable: false,
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
    why: "A URN or URL that names the agency and the app cannot be mistaken for another app's.",
    fix: "Write a URN or an https URL.",
    bad: "\"issuer\": \"fishing\"",
    good: "\"issuer\": \"urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE\"",
    from: &["I3"],
    waivable: true,
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
    why: "The issuer cannot be changed later, and it would say test for ever.",
    fix: "Choose an issuer without such a word before the first launch.",
    bad: "\"issuer\": \"urn:gov:fish:licence:test\"",
    good: "\"issuer\": \"urn:gov:fish:licence\"",
    from: &["I2"],
    waivable: true,
    check: |subject, hits| {
        let issuer = subject.document.issuer.to_ascii_lowercase();
        let found = issuer
            .split(|c: char| !c.is_ascii_alphanumeric())
            .find(|word| {
                matches!(
                    *word,
                    "test" | "dev" | "sandbox" | "staging" | "stage" | "uat"
                )
            });
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
    why: "The slash at the end is easily forgotten in requests, which are then refused.",
    fix: "Leave the slash off.",
    bad: "\"issuer\": \"https://fishing.gov/\"",
    good: "\"issuer\": \"https://fishing.gov\"",
    from: &["I4"],
    waivable: true,
    check: |subject, hits| {
        if subject.document.issuer.ends_with('/') {
            hits.at(
                "/issuer",
                "The issuer ends with a slash, which is easily forgotten in requests.",
            );
        }
    },
};

pub(super) static TAKEN: Rule = Rule {
    id: "issuer/taken",
    test: Some(Error),
    live: Some(Error),
    sentence: "No other app has the issuer in this environment.",
    why: "The issuer says which app asks. An issuer is never used again, also when its app is gone.",
    fix: "Choose an issuer of your own.",
    bad: "the issuer of another app",
    good: "\"issuer\": \"urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE\"",
    from: &["V1", "L20"],
    waivable: false,
    check: |subject, hits| {
        if subject.context.others.issuer_taken {
            hits.at(
                "/issuer",
                "Another app uses this issuer in this environment. Choose one of your own.",
            );
        }
    },
};

pub(super) static RECOMMENDED: Rule = Rule {
    id: "issuer/recommended",
    test: None,
    live: Some(Warning),
    sentence: "The issuer has the form that the programme recommends.",
    why: "An issuer that names the agency and the app tells in every log which app it is.",
    fix: "Use the recommended form for a new app. An issuer that is live cannot be changed; leave that one as it is.",
    bad: "\"issuer\": \"https://fishing.gov\"",
    good: "\"issuer\": \"urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE\"",
    from: &["I1"],
    waivable: true,
    check: |subject, hits| {
        let issuer = &subject.document.issuer;
        let forms = &subject.context.programme.names.recommended_issuers;
        let shaped = ["urn:", "https://", "http://"]
            .iter()
            .any(|start| issuer.starts_with(start));
        let good = forms.iter().any(|form| {
            issuer.strip_prefix(form.as_str()).is_some_and(|rest| {
                let parts: Vec<&str> = rest.split(':').collect();
                parts.len() >= 2 && parts.iter().all(|part| !part.is_empty())
            })
        });
        if shaped && !issuer.contains(char::is_whitespace) && !forms.is_empty() && !good {
            let form = forms.first().map(String::as_str).unwrap_or_default();
            hits.at(
                "/issuer",
                format!("The issuer has another form than the recommended {form}AGENCY:APP."),
            );
        }
    },
};
