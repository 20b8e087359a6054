//! Mail: SMTP where real people are, the database's inbox in test-class environments.

use std::sync::Arc;

use lettre::message::Mailbox;
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
        })
    }

    /// Hands one message to the server.
    ///
    /// # Errors
    /// `Unavailable` when the server did not take it: the outbox tries again.
    pub async fn send(&self, mail: &Mail) -> Result<(), Fault> {
        // The address is not put into the error: it would end in the log.
        let to: Mailbox = mail
            .to
            .parse()
            .map_err(|_| Fault::internal("a stored mail address cannot be read"))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
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
