//! Rules for help text.

use url::{Host, Url};

use super::{
    Rule,
    Severity::{Error, Info, Warning},
    host, markup, presets,
    subject::Subject,
};
pub(super) static LANGUAGE: Rule = Rule {
    id: "help-text/language",
    test: Some(Error),
    live: Some(Error),
    sentence: "Help text is in languages that the pages have.",
    why: "Nobody sees a text in a language that the pages do not have.",
    fix: "Use the language codes of the programme, such as en, es, fr and zh-Hans.",
    bad: "\"sign_in\": { \"de\": \"…\" }",
    good: "\"sign_in\": { \"es\": \"…\" }",
    from: &["H3"],
    waivable: false,
    check: |subject, hits| {
        each(subject, |path, language, _| {
            if !subject
                .context
                .programme
                .languages
                .iter()
                .any(|known| same_language(known, language))
            {
                let list = subject.context.programme.languages.join(", ");
                hits.at(
                    path,
                    format!("The pages do not have the language \"{language}\". Use {list}."),
                );
            }
        });
    },
};

pub(super) static MARKUP: Rule = Rule {
    id: "help-text/markup",
    test: Some(Error),
    live: Some(Error),
    sentence: "Help text has simple HTML only.",
    why: "Help text stands on the page where people type their password. Allowed are p, br, ol, ul, li, a, strong, em and b, with href and target on links; links are https on an approved domain.",
    fix: "Remove what the finding names.",
    bad: "<a href=\"javascript:…\">Help</a>",
    good: "<a href=\"https://agency.gov/licence-card\">Find your licence card</a>",
    from: &["H1", "H7", "V27"],
    waivable: false,
    check: |subject, hits| {
        let programme = subject.context.programme;
        let may_link = |href: &str| match Url::parse(href) {
            Ok(url) => match url.host() {
                Some(Host::Domain(name)) => {
                    url.scheme() == "https"
                        && url.username().is_empty()
                        && url.password().is_none()
                        && host::is_within(
                            name,
                            programme
                                .domains
                                .production_hosts
                                .iter()
                                .map(String::as_str),
                            subject.context.dedicated_domains,
                        )
                }
                _ => false,
            },
            Err(_) => false,
        };
        each(subject, |path, _, text| {
            if let Some(message) = markup::judge(text, may_link) {
                hits.at(path, message);
            }
        });
    },
};

pub(super) static LENGTH: Rule = Rule {
    id: "help-text/length",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Help text has at most 280 characters.",
    why: "People came to sign in. They do not read long texts there.",
    fix: "Shorten it to 280 characters, and link to a page of your own for more.",
    bad: "a page of instructions",
    good: "Use the e-mail address that is on your licence card.",
    from: &["H2"],
    waivable: true,
    check: |subject, hits| {
        each(subject, |path, _, text| {
            let length = markup::plain(text).chars().count();
            if length > 280 {
                hits.at(
                    path,
                    format!("The help text has {length} characters. Shorten it to 280."),
                );
            }
        });
    },
};

pub(super) static TRANSLATIONS: Rule = Rule {
    id: "help-text/translations",
    test: None,
    live: Some(Warning),
    sentence: "Help text is in every language of the pages.",
    why: "People who read another language would see none.",
    fix: "Translate it into every language of the pages.",
    bad: "\"sign_in\": { \"en\": \"…\" }",
    good: "\"sign_in\": { \"en\": \"…\", \"es\": \"…\", \"fr\": \"…\", \"zh-Hans\": \"…\" }",
    from: &["H3"],
    waivable: true,
    check: |subject, hits| {
        for (page, texts) in subject.document.help_text.pages() {
            if texts.values().all(|text| text.trim().is_empty()) {
                continue;
            }
            let has = |known: &str| {
                texts.iter().any(|(language, text)| {
                    same_language(known, language) && !text.trim().is_empty()
                })
            };
            let missing: Vec<&str> = subject
                .context
                .programme
                .languages
                .iter()
                .map(String::as_str)
                .filter(|known| !has(known))
                .collect();
            if !missing.is_empty() {
                hits.at(
                    format!("/help_text/{page}"),
                    format!("The help text is missing in: {}.", missing.join(", ")),
                );
            }
        }
    },
};

pub(super) static PRESET: Rule = Rule {
    id: "help-text/preset",
    test: None,
    live: Some(Info),
    sentence: "Help text is one of the texts that the programme offers.",
    why: "Those texts are written, translated and reviewed already. Changing one for another is a standard change.",
    fix: "Choose one of the offered texts, or let a reviewer read your own.",
    bad: "Sign in with your angler number.",
    good: "Sign in with your Department of Fish e-mail address.",
    from: &["V27"],
    waivable: true,
    check: |subject, hits| {
        own(subject, |path, _, _, _| {
            hits.at(
                path,
                "This text is your own. A reviewer reads it before it goes live.",
            );
        });
    },
};

pub(super) static LINK_TEXT: Rule = Rule {
    id: "help-text/link-text",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Links say where they lead.",
    why: "A list of links that all say \"here\" helps nobody who hears the page read out. WCAG 2.4.4.",
    fix: "Write the name of the page that the link leads to.",
    bad: "<a href=\"https://agency.gov/card\">Click here</a>",
    good: "<a href=\"https://agency.gov/card\">Find your licence card</a>",
    from: &["H4"],
    waivable: true,
    check: |subject, hits| {
        each(subject, |path, _, text| {
            for link in markup::links(text) {
                let plain = plain_words(&link);
                if EMPTY_LINKS.contains(&plain.as_str()) {
                    hits.at(
                        &path,
                        format!(
                            "The link \"{}\" does not say where it leads. Name the page.",
                            link.trim()
                        ),
                    );
                }
            }
        });
    },
};

pub(super) static LEGAL: Rule = Rule {
    id: "help-text/legal-words",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Help text has no legal terms.",
    why: "People skip what sounds like a contract, and miss what would help them.",
    fix: "Say it in plain words, and put conditions on a page of your own.",
    bad: "Pursuant to 18 U.S.C. you accept all liability.",
    good: "Only licence holders may sign in.",
    from: &["H5"],
    waivable: true,
    check: |subject, hits| {
        each(subject, |path, _, text| {
            if let Some(word) = found(text, &LEGAL_WORDS) {
                hits.at(
                    path,
                    format!("\"{word}\" is a legal term. Say it in plain words."),
                );
            }
        });
    },
};

pub(super) static GENERIC: Rule = Rule {
    id: "help-text/generic",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Help text says what is special about the app.",
    why: "The page itself already says how to sign in.",
    fix: "Remove it, or say which address or card people need for your service.",
    bad: "Sign in here and enter your password.",
    good: "Use the e-mail address that is on your licence card.",
    from: &["H6"],
    waivable: true,
    check: |subject, hits| {
        own(subject, |path, _, _, text| {
            if let Some(words) = found(text, &GENERIC_WORDS) {
                hits.at(
                    path,
                    format!("\"{words}\" is what the page says already. Remove it."),
                );
            }
        });
    },
};

pub(super) static HELP_DESK: Rule = Rule {
    id: "help-text/help-desk",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "Help text does not name the telephone number of the sign-in service's help desk.",
    why: "That number is for people who come from the service's own pages, and it changes.",
    fix: "Name the help desk of your own agency.",
    bad: "Call (844) 875-6446.",
    good: "Call the licence office: (202) 555-0101.",
    from: &["H8"],
    waivable: true,
    check: |subject, hits| {
        let phones = &subject.context.programme.names.help_desk_phones;
        each(subject, |path, _, text| {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let named = phones.iter().any(|phone| {
                let wanted: String = phone.chars().filter(char::is_ascii_digit).collect();
                !wanted.is_empty() && digits.contains(&wanted)
            });
            if named {
                hits.at(
                    path,
                    "This is the telephone number of the sign-in service. Name your own help desk.",
                );
            }
        });
    },
};

pub(super) static OLD_PASSWORD: Rule = Rule {
    id: "help-text/old-password",
    test: Some(Warning),
    live: Some(Warning),
    sentence: "What help text says about older passwords is an offered text.",
    why: "People type the password of another system into this page when the words are unclear.",
    fix: "Choose the offered text “First time here”, which was tried with people.",
    bad: "Your old FishNet password still works.",
    good: "the offered text first_time",
    from: &["H9"],
    waivable: true,
    check: |subject, hits| {
        own(subject, |path, _, _, text| {
            if found(text, &["password"]).is_some() && found(text, &OLD).is_some() {
                hits.at(path, "The text speaks of the password of another system. Choose the offered text “First time here”.");
            }
        });
    },
};

fn each(subject: &Subject<'_>, mut visit: impl FnMut(String, &str, &str)) {
    for (page, texts) in subject.document.help_text.pages() {
        for (language, text) in texts {
            let token = language.replace('~', "~0").replace('/', "~1");
            visit(format!("/help_text/{page}/{token}"), language, text);
        }
    }
}

/// `zh` stands for `zh-Hans`.
fn same_language(known: &str, given: &str) -> bool {
    known == given || known.split('-').next() == Some(given)
}

/// Visits the texts that are no presets.
fn own(subject: &Subject<'_>, mut visit: impl FnMut(String, &str, &str, &str)) {
    for (page, texts) in subject.document.help_text.pages() {
        for (language, text) in texts {
            if presets::preset_of(page, language, text).is_none() {
                let token = super::read::escape(language);
                visit(format!("/help_text/{page}/{token}"), page, language, text);
            }
        }
    }
}

/// The first of some words or phrases that stands in a text as a whole word.
fn found<'a>(text: &str, phrases: &[&'a str]) -> Option<&'a str> {
    let text = format!(" {} ", plain_words(&markup::plain(text)));
    phrases
        .iter()
        .copied()
        .find(|phrase| text.contains(&format!(" {phrase} ")))
}

/// Words in lower case with one space between them.
fn plain_words(text: &str) -> String {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

const EMPTY_LINKS: [&str; 18] = [
    "",
    "click here",
    "here",
    "learn more",
    "more",
    "read more",
    "link",
    "this link",
    "this page",
    "haga clic aquí",
    "aquí",
    "más información",
    "cliquez ici",
    "ici",
    "en savoir plus",
    "点击这里",
    "这里",
    "了解更多",
];
const LEGAL_WORDS: [&str; 14] = [
    "pursuant",
    "liability",
    "liable",
    "terms",
    "terms of service",
    "hereby",
    "herein",
    "thereof",
    "indemnify",
    "warranty",
    "notwithstanding",
    "prosecuted",
    "statute",
    "jurisdiction",
];
const GENERIC_WORDS: [&str; 9] = [
    "sign in here",
    "sign in below",
    "log in here",
    "login here",
    "enter your password",
    "enter your email",
    "enter your e mail",
    "enter your username",
    "click sign in",
];
const OLD: [&str; 6] = ["old", "previous", "former", "existing", "legacy", "current"];
