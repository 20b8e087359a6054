//! Mail: SMTP where real people are, the database's inbox in test-class environments.

use std::sync::Arc;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::failure::{Fault, FaultKind};
use crate::picture::Picture;

mod html;

pub use html::html;

/// One message to one address. Sealed at rest, since it holds an address and often a code.
#[derive(Clone, Serialize, Deserialize)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject line.
    pub subject: String,
    /// The whole text, in the reader's language.
    pub text: String,
    /// Links in the text, the one to act on first.
    pub links: Vec<String>,
    /// Codes in the text, the one to type first.
    pub codes: Vec<String>,
    /// The language of the text.
    #[serde(default)]
    pub language: String,
    /// The app that the reader is on the way to.
    #[serde(default)]
    pub app: Option<MailApp>,
}

/// The app that a mail names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailApp {
    /// Its friendly name, which the text names too.
    pub name: String,
    /// The digest of its logo.
    pub logo: Option<String>,
}

/// What the head of a notice's mail says besides.
#[derive(Clone, Debug, Default)]
pub struct NoticeHead {
    /// What it is known by: the same in every try, so that a mail that came twice is shown once.
    pub id: Option<String>,
    /// The address to answer to.
    pub answer_to: Option<String>,
    /// The link that ends mails of its kind by one click.
    pub less: Option<String>,
}

/// The form that a mail program's own button sends (RFC 8058).
pub const ONE_CLICK: &str = "List-Unsubscribe=One-Click";

/// Where mail goes.
#[derive(Clone)]
pub enum Post {
    /// Test class: kept for the inbox page and its API, never sent.
    Inbox,
    /// Live class: sent by SMTP.
    Smtp(Smtp),
}

/// An SMTP server and the sender's address.
#[derive(Clone)]
pub struct Smtp {
    transport: Arc<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
    reply_host: Option<String>,
}

impl Smtp {
    /// Takes an address such as `smtp://127.0.0.1:2525` or `smtps://user:password@mail.agency.gov:465`.
    ///
    /// # Errors
    /// When the address of the server or of the sender cannot be read.
    pub fn new(url: &str, from: &str) -> Result<Self, Fault> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|error| Fault::internal(format!("reading the SMTP address: {error}")))?
            .build();
        let from = from
            .parse()
            .map_err(|error| Fault::internal(format!("reading the sender address: {error}")))?;
        Ok(Self {
            transport: Arc::new(transport),
            from,
            reply_host: None,
        })
    }

    /// The same, where answers to mails come in at addresses of this host.
    #[must_use]
    pub fn with_replies(mut self, host: Option<String>) -> Self {
        self.reply_host = host;
        self
    }

    /// The host of the addresses at which answers come in.
    pub fn reply_host(&self) -> Option<&str> {
        self.reply_host.as_deref()
    }

    /// Hands one message to the server. Where there is a picture of its app, the mail has an HTML part that shows it.
    ///
    /// # Errors
    /// `Unavailable` when the server did not take it: the outbox tries again.
    pub async fn send(&self, mail: &Mail, picture: Option<&Picture>) -> Result<(), Fault> {
        self.hand_over(mail, &NoticeHead::default(), picture).await
    }

    /// Hands one notice to the server.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_notice(&self, mail: &Mail, head: &NoticeHead) -> Result<(), Fault> {
        self.hand_over(mail, head, None).await
    }

    async fn hand_over(
        &self,
        mail: &Mail,
        of: &NoticeHead,
        picture: Option<&Picture>,
    ) -> Result<(), Fault> {
        // The address is not put into the error: it would end in the log.
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|_| Fault::internal("a stored mail address cannot be read"))?;
        let mut head = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            // RFC 3834: nobody's out-of-office note answers it.
            .raw_header(header("Auto-Submitted", "auto-generated".to_owned()));
        if let Some(id) = &of.id {
            head = head.message_id(Some(format!("<{id}@{}>", self.from.email.domain())));
        }
        if let Some(link) = &of.less {
            // RFC 8058: a mail program's own button sends this form to the link.
            head = head
                .raw_header(header("List-Unsubscribe", format!("<{link}>")))
                .raw_header(header("List-Unsubscribe-Post", ONE_CLICK.to_owned()));
        }
        if let Some(answer_to) = &of.answer_to {
            let answer_to: Mailbox = answer_to
                .parse()
                .map_err(|_| Fault::internal("the reply address cannot be read"))?;
            head = head.reply_to(answer_to);
        }
        let written = match mail.app.as_ref().zip(picture) {
            None => head.body(mail.text.clone()),
            Some((app, picture)) => head.multipart(parts(mail, app, picture)?),
        };
        let message =
            written.map_err(|error| Fault::internal(format!("writing a mail: {error}")))?;
        let sent = self.transport.send(message).await;
        sent.map(|_| ()).map_err(|error| {
            let permanent = if error.is_permanent() {
                "refused"
            } else {
                "not reached"
            };
            Fault::new(
                FaultKind::Unavailable,
                format!("the mail server {permanent} a message"),
            )
        })
    }
}

fn header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value)
}

/// The text, and the same as HTML with the logo inside the mail.
fn parts(mail: &Mail, app: &MailApp, picture: &Picture) -> Result<MultiPart, Fault> {
    let png = ContentType::parse("image/png")
        .map_err(|error| Fault::internal(format!("the type of a logo: {error}")))?;
    let page = html(mail, app, Some((picture, html::LOGO)));
    let logo = Attachment::new_inline("logo".to_owned()).body(picture.png.clone(), png);
    let related = MultiPart::related()
        .singlepart(SinglePart::html(page))
        .singlepart(logo);
    Ok(MultiPart::alternative()
        .singlepart(SinglePart::plain(mail.text.clone()))
        .multipart(related))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_mail_with_a_logo_carries_it_and_the_text_comes_first() {
        let mail = Mail {
            to: "ana@example.com".into(),
            subject: "Confirm".into(),
            text: "Your code: 482913".into(),
            links: Vec::new(),
            codes: vec!["482913".into()],
            language: "en".into(),
            app: None,
        };
        let app = MailApp {
            name: "Tides".into(),
            logo: None,
        };
        let picture = Picture {
            png: b"\x89PNG".to_vec(),
            width: 171,
            height: 40,
        };
        let raw = parts(&mail, &app, &picture).unwrap().formatted();
        let raw = String::from_utf8(raw).unwrap();
        let places: Vec<usize> = [
            "multipart/alternative",
            "text/plain",
            "multipart/related",
            "text/html",
            "cid:logo",
            "Content-ID: <logo>",
        ]
        .into_iter()
        .map(|part| raw.find(part).unwrap())
        .collect();
        assert!(places.is_sorted_by(|one, next| one < next), "{raw}");
        assert!(raw.contains("Content-Disposition: inline") && raw.contains("image/png"));
        assert!(!raw.contains("http"), "nothing is fetched");
    }

    #[test]
    fn mails_that_were_queued_before_they_named_apps_are_read() {
        let old = r#"{"to":"a@b.gov","subject":"s","text":"t","links":[],"codes":[]}"#;
        let mail: Mail = serde_json::from_str(old).unwrap();
        assert_eq!((mail.language.as_str(), mail.app), ("", None));
    }
}
