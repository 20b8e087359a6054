//! Answers to support tickets by mail, handed over by the operator's mail server or by the catcher of `demo`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use durward_app::Keeper;
use durward_app::failure::Failure;
use durward_app::partner::tickets;
use durward_domain::refusal::{RefusalKind, Refuse};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::catcher::session::{self, Incoming, Take};

/// Takes answers for the tickets of a portal.
#[derive(Clone)]
pub struct MailIn {
    keeper: Arc<Keeper>,
}

impl MailIn {
    /// For the tickets of this portal.
    pub fn new(keeper: Arc<Keeper>) -> Self {
        Self { keeper }
    }

    /// Answers mail servers until the runtime ends.
    pub async fn answer(self, listener: TcpListener) {
        let places = Arc::new(Semaphore::new(MOST_SESSIONS));
        while let Ok(place) = Arc::clone(&places).acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else {
                // The process is out of handles: some come back.
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let taker = self.clone();
            tokio::spawn(async move {
                if let Err(error) = session::run(stream, &taker).await {
                    tracing::debug!(%error, "a mail session ended early");
                }
                drop(place);
            });
        }
    }

    /// Whether a message goes to a reply address.
    pub(crate) fn is_for(mail: &Incoming) -> bool {
        mail.to.iter().any(|to| tickets::is_reply_address(to))
    }
}

impl Take for MailIn {
    /// The mail goes into the conversation of each of its reply addresses; one that takes it is enough.
    async fn take(&self, mail: Incoming) -> &'static str {
        let mut answer = "550 5.1.1 No such address";
        for to in mail.to.iter().take(MOST_RECIPIENTS) {
            match tickets::receive(&self.keeper, (&mail.from, to), &mail.raw).await {
                Ok(()) => return "250 2.0.0 Taken",
                Err(Failure::Refused(refusal)) => {
                    answer = match refusal.kind() {
                        RefusalKind::TooMany => "451 4.7.1 Too many mails, try later",
                        RefusalKind::NotFound => answer,
                        RefusalKind::TooLarge => "552 5.3.4 Message too large",
                        _ => "550 5.7.1 Not taken, answer on the ticket's page",
                    };
                }
                Err(Failure::Fault(fault)) => {
                    tracing::error!(%fault, "a mail to support could not be taken");
                    answer = "451 4.3.0 Try later";
                }
            }
        }
        answer
    }
}

impl fmt::Debug for MailIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MailIn(..)")
    }
}

const PAUSE: Duration = Duration::from_millis(200);
const MOST_SESSIONS: usize = 32;
const MOST_RECIPIENTS: usize = 10;
