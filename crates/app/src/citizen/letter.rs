//! Mail to people: composed before a unit, kept or queued inside it, with the change that causes it.

use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_domain::environment::EnvironmentClass;
use durward_store::outbox::NewMessage;
use durward_store::{Conn, installed, outbox};
use jiff::Timestamp;
use uuid::Uuid;

use super::people;
use crate::citizen::session::Browser;
use crate::client;
use crate::door::Door;
use crate::failure::Fault;
use crate::ports::mail::{Mail, MailApp};

/// What a mail tells.
pub enum Message<'a> {
    /// Confirm the address: a code to type and a link.
    ConfirmEmail {
        /// The code.
        code: &'a str,
        /// The link.
        link: &'a str,
        /// How long they are good for.
        minutes: u64,
    },
    /// Somebody wants to make an account with an address that has one.
    AccountExists {
        /// Where to sign in.
        link: &'a str,
    },
    /// Confirm a further address: a code to type and a link.
    ConfirmAddress {
        /// The code.
        code: &'a str,
        /// The link.
        link: &'a str,
        /// How long they are good for.
        minutes: u64,
    },
    /// Somebody wants to add an address that belongs to an account.
    AddressInUse {
        /// Where to sign in.
        link: &'a str,
    },
    /// The account has one more address.
    AddressAdded {
        /// The address.
        email: &'a str,
        /// Where the account's addresses are.
        link: &'a str,
    },
    /// The account has one address less.
    AddressRemoved {
        /// The address.
        email: &'a str,
        /// Where the account's addresses are.
        link: &'a str,
    },
    /// Staff suspended the account.
    AccountSuspended,
    /// Staff reinstated the account.
    AccountReinstated {
        /// Where to sign in.
        link: &'a str,
    },
    /// Staff ended every session.
    SignedOutEverywhere {
        /// Where to sign in.
        link: &'a str,
    },
    /// The account was made.
    AccountCreated {
        /// Where the account is.
        link: &'a str,
    },
}

/// A mail's words.
pub struct Written {
    /// The subject line.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Puts messages into words. The catalogues are with the pages, so that one place holds every text.
pub trait Wording: Send + Sync {
    /// The words of a message in a language, for somebody on the way to an app of this name.
    fn write(
        &self,
        door: &Door,
        language: &str,
        message: &Message<'_>,
        app: Option<&str>,
    ) -> Written;
}

/// A composed mail, sealed, ready for the unit.
#[derive(Clone)]
pub struct Letter {
    id: Uuid,
    to_digest: String,
    sealed: String,
    is_live: bool,
    time: Timestamp,
}

impl Letter {
    /// Composes a mail.
    ///
    /// # Errors
    /// When it cannot be written down.
    pub fn compose(
        door: &Door,
        wording: &dyn Wording,
        to: &EmailAddress,
        (language, app): (&str, Option<MailApp>),
        message: &Message<'_>,
        now: Timestamp,
    ) -> Result<Self, Fault> {
        let name = app.as_ref().map(|app| app.name.as_str());
        let Written { subject, text } = wording.write(door, language, message, name);
        let (links, codes) = match message {
            Message::ConfirmEmail { code, link, .. }
            | Message::ConfirmAddress { code, link, .. } => (vec![*link], vec![*code]),
            Message::AccountSuspended => (Vec::new(), Vec::new()),
            Message::AccountExists { link }
            | Message::AccountReinstated { link }
            | Message::SignedOutEverywhere { link }
            | Message::AccountCreated { link }
            | Message::AddressInUse { link }
            | Message::AddressAdded { link, .. }
            | Message::AddressRemoved { link, .. } => (vec![*link], Vec::new()),
        };
        let owned = |list: Vec<&str>| list.into_iter().map(str::to_owned).collect();
        let mail = Mail {
            to: to.reveal().to_owned(),
            subject,
            text,
            links: owned(links),
            codes: owned(codes),
            language: language.to_owned(),
            app,
        };
        let plain = serde_json::to_vec(&mail)
            .map_err(|_| Fault::internal("a mail cannot be written down"))?;
        let id = door.random.uuid_v7(now);
        let is_live = door.class() == EnvironmentClass::Live;
        let aad = aad(is_live, &id.to_string());
        Ok(Self {
            id,
            to_digest: people::digest(door, to),
            sealed: door.sealer.seal(&aad, &plain, &door.random),
            is_live,
            time: now,
        })
    }

    /// The same mail to every address of an account.
    ///
    /// # Errors
    /// When one cannot be written down.
    pub fn to_all(
        door: &Door,
        wording: &dyn Wording,
        to: &[EmailAddress],
        language: &str,
        message: &Message<'_>,
        now: Timestamp,
    ) -> Result<Vec<Self>, Fault> {
        let compose = |to| Self::compose(door, wording, to, (language, None), message, now);
        to.iter().map(compose).collect()
    }

    /// Posts several, in the unit of their cause.
    ///
    /// # Errors
    /// When the database fails.
    pub fn post_all(letters: &[Self], c: &mut Conn) -> Result<(), durward_store::Fault> {
        letters.iter().try_for_each(|letter| letter.post(c))
    }

    /// Keeps it for the inbox (test class) or queues it for sending (live class), in the unit of its cause.
    ///
    /// # Errors
    /// When the database fails.
    pub fn post(&self, c: &mut Conn) -> Result<(), durward_store::Fault> {
        if self.is_live {
            let message = NewMessage {
                id: self.id,
                kind: "mail",
                recipient: &self.to_digest,
                content: &self.sealed,
                created: self.time,
            };
            return outbox::add(c, &message);
        }
        let id = self.id.to_string();
        installed::insert_message(
            c,
            &id,
            &self.to_digest,
            &self.sealed,
            self.time.as_microsecond(),
        )
    }
}

/// The app whose request waits in the browser, as a mail names it.
///
/// # Errors
/// A fault of the database.
pub(crate) async fn on_the_way_to(
    door: &Arc<Door>,
    browser: &Browser,
) -> Result<Option<MailApp>, Fault> {
    let pending = client::request_in(door, browser).await?;
    Ok(pending.map(|pending| {
        let app = &pending.client.client;
        // One line, whatever was registered.
        let words: Vec<&str> = app.friendly_name.split_whitespace().collect();
        MailApp {
            name: words.join(" "),
            logo: app.logo.as_ref().map(|logo| logo.sha256.clone()),
        }
    }))
}

/// Opens a stored mail: `id` is its row.
pub(crate) fn open(door: &Door, id: &str, sealed: &str) -> Option<Mail> {
    let plain = door.sealer.open(&place(door, id), sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// Whom a stored mail is for.
pub(crate) fn recipient(door: &Door, id: &str, sealed: &str) -> Option<EmailAddress> {
    EmailAddress::parse(&open(door, id, sealed)?.to).ok()
}

/// What a stored mail is bound to.
pub(crate) fn place(door: &Door, id: &str) -> String {
    aad(door.class() == EnvironmentClass::Live, id)
}

fn aad(is_live: bool, id: &str) -> String {
    let column = if is_live {
        "outbox.content"
    } else {
        "inbox.sealed"
    };
    format!("{column}.{id}")
}
