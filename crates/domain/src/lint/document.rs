//! Rules for the document as a text. All but the last are found by its reader.

use super::{Hits, Rule, Severity::Error, subject::Subject};

pub(super) static UNREADABLE: Rule = Rule {
    id: super::UNREADABLE,
    test: Some(Error),
    live: Some(Error),
    sentence: "The document is a JSON or TOML text of at most 512 kB.",
    why: "What cannot be read cannot be judged.",
    fix: "Repair the text where the finding says, for example a comma or a quotation mark that is missing.",
    bad: "{ \"handle\": \"fishing-licence\", }",
    good: "{ \"handle\": \"fishing-licence\" }",
    from: &[],
    waivable: false,
    check: found_by_the_reader,
};

pub(super) static UNKNOWN_FIELD: Rule = Rule {
    id: "document/unknown-field",
    test: Some(Error),
    live: Some(Error),
    sentence: "Every field is one that the format has.",
    why: "A field that nobody reads looks like a setting that holds.",
    fix: "Spell the field as the finding suggests, put it where it belongs, or remove it.",
    bad: "\"oidc\": { \"redirect_uri\": \"https://app.agency.gov/callback\" }",
    good: "\"oidc\": { \"redirect_uris\": [\"https://app.agency.gov/callback\"] }",
    from: &[],
    waivable: false,
    check: found_by_the_reader,
};

pub(super) static WRONG_VALUE: Rule = Rule {
    id: "document/wrong-value",
    test: Some(Error),
    live: Some(Error),
    sentence: "Every value is of the kind that its field takes.",
    why: "A number where a text belongs, or a word that the field does not know, has no meaning.",
    fix: "Use one of the values that the finding lists.",
    bad: "\"default_aal\": 2",
    good: "\"default_aal\": \"aal2\"",
    from: &["V5"],
    waivable: false,
    check: found_by_the_reader,
};

pub(super) static MISSING_FIELD: Rule = Rule {
    id: "document/missing-field",
    test: Some(Error),
    live: Some(Error),
    sentence: "The fields that every document needs are there.",
    why: "Without schema, handle, team and environment nobody knows what the document describes.",
    fix: "Add the field.",
    bad: "{ \"schema\": \"durward.app/v1\", \"handle\": \"fishing-licence\" }",
    good: "{ \"schema\": \"durward.app/v1\", \"handle\": \"fishing-licence\", \"team\": \"fisheries-digital\", \"environment\": \"sandbox\" }",
    from: &["V4"],
    waivable: false,
    check: found_by_the_reader,
};

pub(super) static CONTROL_CHARACTERS: Rule = Rule {
    id: "document/control-characters",
    test: Some(Error),
    live: Some(Error),
    sentence: "No text has control characters.",
    why: "They cannot be seen, and other programs end a text at some of them.",
    fix: "Type the text again.",
    bad: "\"description\": \"For anglers\\u0000\"",
    good: "\"description\": \"For anglers\"",
    from: &[],
    waivable: false,
    check: |subject, hits| {
        let document = subject.document;
        judge(hits, "/description", &document.description);
        for (page, texts) in document.help_text.pages() {
            for (language, text) in texts {
                let token = super::read::escape(language);
                judge(hits, &format!("/help_text/{page}/{token}"), text);
                judge(hits, &format!("/help_text/{page}/{token}"), language);
            }
        }
        for (attribute, text) in &document.attribute_justifications {
            judge(
                hits,
                &format!("/attribute_justifications/{attribute}"),
                text,
            );
        }
        for (at, contact) in document.contacts.iter().enumerate() {
            for (field, text) in [
                ("name", &contact.name),
                ("email", &contact.email),
                ("phone", &contact.phone),
            ] {
                judge(hits, &format!("/contacts/{at}/{field}"), text);
            }
        }
    },
};

fn judge(hits: &mut Hits, path: &str, text: &str) {
    if text
        .chars()
        .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        hits.at(path, "The text has control characters. Type it again.");
    }
}

fn found_by_the_reader(_: &Subject<'_>, _: &mut Hits) {}
