//! The words of mails, from the same catalogues as the pages.

use durward_app::Door;
use durward_app::citizen::letter::{Message, Wording, Written};

use crate::shared::i18n::{Language, Words};

/// Mails in the reader's language.
pub struct MailWords;

impl Wording for MailWords {
    fn write(
        &self,
        door: &Door,
        language: &str,
        message: &Message<'_>,
        app: Option<&str>,
    ) -> Written {
        let words = Words::of(Language::parse(language).unwrap_or_default());
        written(words, &door.programme.title, message, app)
    }
}

/// The words of a message. Who is on the way to an app reads its name.
pub(crate) fn written(
    words: Words,
    title: &str,
    message: &Message<'_>,
    app: Option<&str>,
) -> Written {
    let mut written = match message {
        Message::ConfirmEmail {
            code,
            link,
            minutes,
        } => Written {
            subject: words.t1("mail-confirm-subject", "title", title),
            text: words.t_args(
                "mail-confirm-text",
                &[
                    ("title", title),
                    ("code", code),
                    ("link", link),
                    ("minutes", &minutes.to_string()),
                ],
            ),
        },
        Message::AccountExists { link } => Written {
            subject: words.t1("mail-exists-subject", "title", title),
            text: words.t2("mail-exists-text", "title", title, "link", link),
        },
        Message::ConfirmAddress {
            code,
            link,
            minutes,
        } => Written {
            subject: words.t1("mail-address-subject", "title", title),
            text: words.t_args(
                "mail-address-text",
                &[
                    ("code", code),
                    ("link", link),
                    ("minutes", &minutes.to_string()),
                ],
            ),
        },
        Message::AddressInUse { link } => Written {
            subject: words.t("mail-address-in-use-subject"),
            text: words.t2("mail-address-in-use-text", "title", title, "link", link),
        },
        Message::AddressAdded { email, link } => Written {
            subject: words.t("mail-address-added-subject"),
            text: words.t_args(
                "mail-address-added-text",
                &[("email", email), ("title", title), ("link", link)],
            ),
        },
        Message::AddressRemoved { email, link } => Written {
            subject: words.t("mail-address-removed-subject"),
            text: words.t_args(
                "mail-address-removed-text",
                &[("email", email), ("title", title), ("link", link)],
            ),
        },
        Message::AccountSuspended => Written {
            subject: words.t1("mail-suspended-subject", "title", title),
            text: words.t1("mail-suspended-text", "title", title),
        },
        Message::AccountReinstated { link } => Written {
            subject: words.t1("mail-reinstated-subject", "title", title),
            text: words.t1("mail-reinstated-text", "link", link),
        },
        Message::SignedOutEverywhere { link } => Written {
            subject: words.t1("mail-signed-out-subject", "title", title),
            text: words.t1("mail-signed-out-text", "link", link),
        },
        Message::AccountCreated { link } => Written {
            subject: words.t1("mail-created-subject", "title", title),
            text: words.t1("mail-created-text", "link", link),
        },
    };
    if let Some(name) = app {
        let way = words.t1("mail-on-the-way", "app", name);
        written.text = format!("{way}\n\n{}", written.text);
    }
    written
}
