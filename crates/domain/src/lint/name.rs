//! Rules for the two names of an app.

use super::{
    Rule,
    Severity::{Error, Info, Warning},
};
use crate::{application::wording, environment::EnvironmentName};

pub(super) static APP_NAME_PRESENT: Rule = Rule {
    id: "name/app-name-present",
    test: Some(Error),
    live: Some(Error),
    sentence: "The app has a name.",
    why: "The app name ties the configuration to the agreement.",
    fix: "Write the name as it is, or will be, in the agreement.",
    bad: "\"app_name\": \"\"",
    good: "\"app_name\": \"Fishing Licence\"",
    from: &["V3"],
    waivable: false,
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
    why: "People see the friendly name on the sign-in page. Without it they cannot tell where they are going.",
    fix: "Write what people call your service.",
    bad: "\"friendly_name\": \"\"",
    good: "\"friendly_name\": \"Fishing Licence Online\"",
    from: &["V2"],
    waivable: false,
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
    why: "Control characters, and characters that turn the direction of text, can make a page say something else.",
    fix: "Type the name again as plain text of at most 100 characters, without spaces at its ends.",
    bad: "\"friendly_name\": \"Fishing \"",
    good: "\"friendly_name\": \"Fishing\"",
    from: &["V28"],
    waivable: false,
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
    why: "The app name is the one in the agreement. Words such as Production or Staging do not belong into it, in whatever case and with whatever hyphens.",
    fix: "Remove the word and write the name as in the agreement.",
    bad: "\"app_name\": \"Fishing Licence - PROD\"",
    good: "\"app_name\": \"Fishing Licence\"",
    from: &["N1", "V3", "L06"],
    waivable: true,
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
    why: "People do not know environments. Words such as Staging confuse them.",
    fix: "Remove the word.",
    bad: "\"friendly_name\": \"Fishing (staging)\"",
    good: "\"friendly_name\": \"Fishing Licence Online\"",
    from: &["N3"],
    waivable: true,
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
    why: "Capitals only are hard to read, and a name that has the word Login in it is taken for the sign-in service.",
    fix: "Write it as a name in a sentence, and name your own service only.",
    bad: "\"friendly_name\": \"FISHING LICENCE LOGIN\"",
    good: "\"friendly_name\": \"Fishing Licence\"",
    from: &["N3"],
    waivable: true,
    check: |subject, hits| {
        let name = &subject.document.friendly_name;
        let letters: Vec<char> = name.chars().filter(|c| c.is_alphabetic()).collect();
        if letters.len() > 8 && letters.iter().all(|c| c.is_uppercase()) {
            hits.at(
                "/friendly_name",
                "The friendly name is in capitals only. Write it as a name.",
            );
        }
        if words(name).any(|word| word == "login") {
            hits.at(
                "/friendly_name",
                "The friendly name has the word login, as if it were the sign-in service. Name your own service only.",
            );
        }
    },
};

pub(super) static MUST_CONTAIN: Rule = Rule {
    id: "name/must-contain",
    test: None,
    live: Some(Error),
    sentence: "The friendly name of a production app has the word that the programme asks for.",
    why: "Some programmes tell production apps from others by their friendly name.",
    fix: "Add the word that the programme asks for.",
    bad: "\"friendly_name\": \"Fishing Licence\"",
    good: "\"friendly_name\": \"Fishing Licence Production\"",
    from: &["V2"],
    waivable: true,
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
    why: "An agreement covers the apps that it lists, and no others.",
    fix: "Spell the app name as in the agreement, or ask for a Mod that lists the app.",
    bad: "\"app_name\": \"Fishing License\"",
    good: "\"app_name\": \"Fishing Licence\"",
    from: &["N2", "L03"],
    waivable: false,
    check: |subject, hits| {
        let Some(listed) = subject.context.listed_apps else {
            return;
        };
        let name = subject.document.app_name.as_str();
        if !listed.iter().any(|other| other == name) {
            let close = wording::nearest(name, listed.iter().map(String::as_str));
            let close =
                close.map_or_else(String::new, |close| format!(" Did you mean \"{close}\"?"));
            let list = listed.join(", ");
            hits.at(
                "/app_name",
                format!("The agreement does not list \"{name}\".{close} It lists: {list}."),
            );
        }
    },
};

pub(super) static MIXED_SCRIPTS: Rule = Rule {
    id: "name/mixed-scripts",
    test: Some(Warning),
    live: Some(Error),
    sentence: "A word of a name is written in one script.",
    why: "A Cyrillic or Greek letter that looks like a Latin one makes another name of it, which nobody can see.",
    fix: "Type the word again with one keyboard.",
    bad: "\"app_name\": \"Fishing Prоd\" (with a Cyrillic о)",
    good: "\"app_name\": \"Fishing Licence\"",
    from: &["N1"],
    waivable: true,
    check: |subject, hits| {
        for (path, name) in names(subject.document) {
            if name.split_whitespace().any(mixes_scripts) {
                hits.at(
                    path,
                    "A word of the name mixes letters of two scripts that look alike. Type it again.",
                );
            }
        }
    },
};

pub(super) static FRIENDLY_LENGTH: Rule = Rule {
    id: "name/friendly-length",
    test: Some(Info),
    live: Some(Warning),
    sentence: "The friendly name has at most 60 characters.",
    why: "It stands in the heading of the sign-in page, on small screens too.",
    fix: "Shorten it to what people call your service.",
    bad: "\"friendly_name\": \"Department of Fisheries Online Portal for Recreational Fishing Licences\"",
    good: "\"friendly_name\": \"Fishing Licence Online\"",
    from: &["N3"],
    waivable: true,
    check: |subject, hits| {
        let length = subject.document.friendly_name.chars().count();
        if length > 60 {
            hits.at(
                "/friendly_name",
                format!("The friendly name has {length} characters. Shorten it to 60."),
            );
        }
    },
};

pub(super) static FRIENDLY_ACRONYM: Rule = Rule {
    id: "name/friendly-acronym",
    test: Some(Info),
    live: Some(Warning),
    sentence: "The friendly name is more than an abbreviation.",
    why: "People do not know agencies and services by their initials.",
    fix: "Write the name out.",
    bad: "\"friendly_name\": \"DOFW\"",
    good: "\"friendly_name\": \"Fishing Licence Online\"",
    from: &["N3"],
    waivable: true,
    check: |subject, hits| {
        let name = subject.document.friendly_name.trim();
        let length = name.chars().count();
        if (2..=8).contains(&length)
            && name
                .chars()
                .all(|c| c.is_uppercase() || matches!(c, '.' | '-' | '&'))
        {
            hits.at(
                "/friendly_name",
                format!("\"{name}\" is an abbreviation only. Write the name out."),
            );
        }
    },
};

pub(super) static RESERVED_WORD: Rule = Rule {
    id: "name/reserved-word",
    test: Some(Warning),
    live: Some(Error),
    sentence: "No name has a word that is the programme's own.",
    why: "People would take the app for the sign-in service itself.",
    fix: "Name your own service only.",
    bad: "\"friendly_name\": \"Login.gov Fishing\"",
    good: "\"friendly_name\": \"Fishing Licence Online\"",
    from: &["N5", "N3"],
    waivable: true,
    check: |subject, hits| {
        let reserved = &subject.context.programme.names.reserved_words;
        for (path, name) in names(subject.document) {
            let plain = super::facts::comparable(name);
            if let Some(word) = reserved
                .iter()
                .find(|word| plain.contains(&super::facts::comparable(word)))
            {
                hits.at(
                    path,
                    format!("The name has \"{word}\", which is the programme's own. Remove it."),
                );
            }
        }
    },
};

pub(super) static FRIENDLY_TAKEN: Rule = Rule {
    id: "name/friendly-taken",
    test: None,
    live: Some(Warning),
    sentence: "No other live app has the same friendly name.",
    why: "People could not tell the two apart in their account and in the mail they get.",
    fix: "Add what makes your service another one, such as the name of your agency.",
    bad: "\"friendly_name\": \"Licences\"",
    good: "\"friendly_name\": \"Fishing Licences of the State of Fishland\"",
    from: &["N4"],
    waivable: true,
    check: |subject, hits| {
        if subject.context.others.friendly_name_taken {
            hits.at(
                "/friendly_name",
                "Another live app has this friendly name. Add what makes yours another one.",
            );
        }
    },
};

fn names(document: &crate::application::AppDocument) -> [(&'static str, &String); 2] {
    [
        ("/app_name", &document.app_name),
        ("/friendly_name", &document.friendly_name),
    ]
}

fn words(name: &str) -> impl Iterator<Item = String> + '_ {
    name.split(|c: char| !c.is_alphanumeric())
        .map(str::to_lowercase)
}

/// Does a word have Latin letters and such of a script that has look-alikes of them?
fn mixes_scripts(word: &str) -> bool {
    let latin = word
        .chars()
        .any(|c| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c));
    latin
        && word.chars().any(
            |c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}' | '\u{531}'..='\u{58f}' | '\u{13a0}'..='\u{13ff}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}'),
        )
}

/// Characters that reorder text or cannot be seen.
const fn turns_text(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{00ad}')
}
