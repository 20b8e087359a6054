//! Mail: SMTP where real people are, the database's inbox in test-class environments.

use std::sync::Arc;

use lettre::message::Mailbox;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::{Deserialize, Serialize};

use crate::failure::{Fault, FaultKind};

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
}

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

    /// Hands one message to the server.
    ///
    /// # Errors
    /// `Unavailable` when the server did not take it: the outbox tries again.
    pub async fn send(&self, mail: &Mail) -> Result<(), Fault> {
        self.send_for_answer(mail, None).await
    }

    /// The same with the address to answer to.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_for_answer(&self, mail: &Mail, answer_to: Option<&str>) -> Result<(), Fault> {
        // The address is not put into the error: it would end in the log.
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|_| Fault::internal("a stored mail address cannot be read"))?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            // RFC 3834: nobody's out-of-office note answers it.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        if let Some(answer_to) = answer_to {
            let answer_to: Mailbox = answer_to
                .parse()
                .map_err(|_| Fault::internal("the reply address cannot be read"))?;
            message = message.reply_to(answer_to);
        }
        let message = message
            .body(mail.text.clone())
            .map_err(|error| Fault::internal(format!("writing a mail: {error}")))?;
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
