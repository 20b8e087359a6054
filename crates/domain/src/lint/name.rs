//! Rules for the two names of an app.

use super::{
    Rule,
    Severity::{Error, Warning},
};
use crate::environment::EnvironmentName;

pub(super) static APP_NAME_PRESENT: Rule = Rule {
    id: "name/app-name-present",
    test: Some(Error),
    live: Some(Error),
    sentence: "The app has a name.",
    doc: "Write the name as it is, or will be, in the agreement.",
    check: |subject, hits| {
        if subject.document.app_name.trim().is_empty() {
            hits.at(
                "/app_name",
                "The app name is missing. Write it as it is in the agreement.",
            );
        }
    },
};

pub(super) static FRIENDLY_NAME_PRESENT: Rule = Rule {
    id: "name/friendly-name-present",
    test: Some(Error),
    live: Some(Error),
    sentence: "The app has a name that people see.",
    doc: "People see the friendly name on the sign-in page. Write what they call your service.",
    check: |subject, hits| {
        if subject.document.friendly_name.trim().is_empty() {
            hits.at(
                "/friendly_name",
                "The friendly name is missing. Write what people call your service.",
            );
        }
    },
};

pub(super) static CHARACTERS: Rule = Rule {
    id: "name/characters",
    test: Some(Error),
    live: Some(Error),
    sentence: "Names are plain text of at most 100 characters.",
    doc: "Control characters and characters that turn the direction of text can make a page say something else. Spaces at the ends are refused too.",
    check: |subject, hits| {
        let document = subject.document;
        for (path, name) in [
            ("/app_name", &document.app_name),
            ("/friendly_name", &document.friendly_name),
        ] {
            if name.chars().any(|c| c.is_control() || turns_text(c)) {
                hits.at(path, "The name has invisible characters. Type it again.");
            } else if name.chars().count() > 100 {
                hits.at(path, "The name has more than 100 characters. Shorten it.");
            } else if !name.trim().is_empty() && name.trim() != name {
                hits.at(path, "The name begins or ends with a space. Remove it.");
            }
        }
    },
};

pub(super) static ENVIRONMENT_WORD: Rule = Rule {
    id: "name/environment-word",
    test: Some(Warning),
    live: Some(Error),
    sentence: "The app name has no environment words.",
    doc: "The app name is the one in the agreement. Words such as Production or Staging do not belong into it.",
    check: |subject, hits| {
        if let Some(word) = subject
            .context
            .programme
            .environment_word_in(&subject.document.app_name)
        {
            hits.at("/app_name", format!("The app name has the environment word \"{word}\". Remove it and write the name as in the agreement."));
        }
    },
};

pub(super) static FRIENDLY_ENVIRONMENT_WORD: Rule = Rule {
    id: "name/friendly-environment-word",
    test: None,
    live: Some(Warning),
    sentence: "The friendly name has no environment words.",
    doc: "People do not know environments. Words such as Staging confuse them.",
    check: |subject, hits| {
        let programme = subject.context.programme;
        // Where the programme itself asks for such a word, it cannot be held against the app.
        if programme.names.production_friendly_name_contains.is_some() {
            return;
        }
        if let Some(word) = programme.environment_word_in(&subject.document.friendly_name) {
            hits.at(
                "/friendly_name",
                format!("People see the word \"{word}\". Remove it."),
            );
        }
    },
};

pub(super) static FRIENDLY_STYLE: Rule = Rule {
    id: "name/friendly-style",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "The friendly name reads well.",
    doc: "Do not write it in capitals only, and do not name the sign-in service in it.",
    check: |subject, hits| {
        let name = &subject.document.friendly_name;
        let letters: Vec<char> = name.chars().filter(|c| c.is_alphabetic()).collect();
        if letters.len() > 8 && letters.iter().all(|c| c.is_uppercase()) {
            hits.at(
                "/friendly_name",
                "The friendly name is in capitals only. Write it as a name.",
            );
        }
        if name.to_lowercase().contains("login.gov") {
            hits.at(
                "/friendly_name",
                "The friendly name mentions the sign-in service. Name your own service only.",
            );
        }
    },
};

pub(super) static MUST_CONTAIN: Rule = Rule {
    id: "name/must-contain",
    test: None,
    live: Some(Error),
    sentence: "The friendly name of a production app has the word that the programme asks for.",
    doc: "Some programmes tell production apps from others by their friendly name.",
    check: |subject, hits| {
        let Some(word) = &subject
            .context
            .programme
            .names
            .production_friendly_name_contains
        else {
            return;
        };
        let document = subject.document;
        if document.environment == EnvironmentName::Production
            && !document.friendly_name.contains(word.as_str())
        {
            hits.at("/friendly_name", format!("The friendly name of a production app must contain \"{word}\" in this programme."));
        }
    },
};

pub(super) static LISTED: Rule = Rule {
    id: "name/listed",
    test: None,
    live: Some(Error),
    sentence: "The agreement lists the app by its app name.",
    doc: "The app name must be spelt as in the agreement, which lists the apps it covers.",
    check: |subject, hits| {
        let Some(listed) = subject.context.listed_apps else {
            return;
        };
        let name = subject.document.app_name.as_str();
        if !listed.iter().any(|other| other == name) {
            let list = listed.join(", ");
            hits.at(
                "/app_name",
                format!("The agreement does not list \"{name}\". It lists: {list}."),
            );
        }
    },
};

/// Characters that reorder text or cannot be seen.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{00ad}')
}
