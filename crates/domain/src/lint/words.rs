//! Rules for help text and contacts.

use url::{Host, Url};

use super::{
    Rule,
    Severity::{Error, Warning},
    host, markup,
    subject::Subject,
};
use crate::application::ContactKind;

pub(super) static LANGUAGE: Rule = Rule {
    id: "help-text/language",
    test: Some(Error),
    live: Some(Error),
    sentence: "Help text is in languages that the pages have.",
    doc: "Use the language codes of the programme, such as en, es, fr and zh-Hans.",
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
    doc: "Allowed are p, br, ol, ul, li, a, strong, em and b, with href and target on links; links are https on an approved domain.",
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
    doc: "People came to sign in. Link to a page of your own for more.",
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
    doc: "People who read another language would see none.",
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

pub(super) static CONTACT_ADDRESS: Rule = Rule {
    id: "contacts/address",
    test: Some(Error),
    live: Some(Error),
    sentence: "Contacts have addresses that can be written to.",
    doc: "Write an e-mail address such as name@agency.gov.",
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

pub(super) static CONTACT_PRESENT: Rule = Rule {
    id: "contacts/present",
    test: None,
    live: Some(Warning),
    sentence: "The app has a technical contact.",
    doc: "Someone must be reachable when sign-in fails. A launch request may name contacts too.",
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
