//! A small mail server for `demo`: it takes every message on loopback, keeps the last ones in memory and sends nothing on.

mod message;
pub(crate) mod session;

use std::collections::VecDeque;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use durward_app::ports::mailbox::{CaughtMail, Mailbox};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use self::session::{Incoming, Take};
use crate::mail_in::MailIn;

pub use message::Message;

/// The catcher. Clones share the messages.
#[derive(Clone, Debug)]
pub struct Catcher {
    kept: Arc<RwLock<VecDeque<Message>>>,
    arrived: watch::Sender<u64>,
    mailbox: Mailbox,
    answers: Arc<OnceLock<MailIn>>,
    address: SocketAddr,
}

impl Catcher {
    /// Starts on a free port of 127.0.0.1, inside the running tokio runtime. `now` stamps each message.
    ///
    /// # Errors
    /// When no port can be taken.
    pub async fn start(
        now: impl Fn() -> jiff::Timestamp + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let catcher = Self {
            kept: Arc::default(),
            arrived: watch::Sender::new(0),
            mailbox: Mailbox::default(),
            answers: Arc::default(),
            address: listener.local_addr()?,
        };
        tokio::spawn(accept(listener, catcher.clone(), Arc::new(now)));
        Ok(catcher)
    }

    /// Where it listens, as a URL for the mailer.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The kept messages, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.kept
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }

    /// Changes its number with each message: wait on it for new mail.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.arrived.subscribe()
    }

    /// What the demonstration's inbox page shows.
    pub fn mailbox(&self) -> Mailbox {
        self.mailbox.clone()
    }

    /// From now on, mail to reply addresses goes to the tickets of this portal too.
    pub fn answers_go_to(&self, answers: MailIn) {
        // A second portal is not there: the first one stays.
        drop(self.answers.set(answers));
    }

    fn keep(&self, message: Message) {
        self.mailbox.keep(CaughtMail {
            from: message.from.clone(),
            to: message.to.clone(),
            answer_to: message.answer_to.clone(),
            subject: message.subject.clone(),
            text: message.text.clone(),
            links: message.links(),
            time: message.time,
        });
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST_MESSAGES {
            kept.pop_front();
        }
        kept.push_back(message);
        drop(kept);
        self.arrived.send_modify(|number| *number += 1);
    }
}

async fn accept(
    listener: TcpListener,
    catcher: Catcher,
    now: Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>,
) {
    let places = Arc::new(Semaphore::new(MOST_SESSIONS));
    while let Ok(place) = Arc::clone(&places).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let (catcher, now) = (catcher.clone(), Arc::clone(&now));
        tokio::spawn(async move {
            if let Err(error) = session::run(stream, &Keeping { catcher, now }).await {
                tracing::debug!(%error, "a mail session ended early");
            }
            drop(place);
        });
    }
}

struct Keeping {
    catcher: Catcher,
    now: Arc<dyn Fn() -> jiff::Timestamp + Send + Sync>,
}

impl Take for Keeping {
    async fn take(&self, mail: Incoming) -> &'static str {
        let read = Message::read(&mail.from, &mail.to, &mail.raw, (self.now)());
        self.catcher.keep(read);
        match self.catcher.answers.get() {
            Some(answers) if MailIn::is_for(&mail) => answers.take(mail).await,
            _ => "250 Kept",
        }
    }
}

const MOST_MESSAGES: usize = 500;
const MOST_SESSIONS: usize = 64;
