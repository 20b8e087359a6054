//! Sends the mail of a live-class environment, after the changes that caused it were committed.

use std::sync::Arc;
use std::time::Duration;

use durward_store::outbox;
use jiff::{SignedDuration, Timestamp};

use crate::citizen::letter;
use crate::door::Door;
use crate::failure::Fault;
use crate::picture::{self, Picture};
use crate::ports::mail::{Mail, Post};

/// What one round of sending did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Handed to the mail server.
    pub sent: u32,
    /// To be tried again later.
    pub postponed: u32,
    /// Given up.
    pub failed: u32,
}

/// Sends everything that is due. A message that the mail server does not take is tried again, ever more slowly,
/// and given up after a day. Several nodes may do this at once: each message is claimed.
///
/// # Errors
/// A fault of the database.
pub async fn deliver_due(door: &Arc<Door>) -> Result<Delivered, Fault> {
    let Post::Smtp(smtp) = &door.post else {
        return Ok(Delivered::default());
    };
    let mut done = Delivered::default();
    loop {
        let now = door.clock.now();
        let claimed = door
            .store
            .write(move |c| outbox::claim(c, now, HOLD))
            .await?;
        let Some(message) = claimed else {
            return Ok(done);
        };
        let outcome = match letter::open(door, &message.id, &message.content) {
            Some(mail) => {
                let picture = picture_of(door, &mail).await;
                let sent = smtp.send(&mail, picture.as_deref()).await;
                sent.map_err(|fault| fault.to_string())
            }
            None => Err("a queued mail does not open".to_owned()),
        };
        let now = door.clock.now();
        let error = match outcome {
            Ok(()) => {
                done.sent += 1;
                count(door, "sent");
                door.store
                    .write(move |c| outbox::sent(c, &message, now))
                    .await?;
                continue;
            }
            Err(error) => error,
        };
        tracing::warn!(environment = door.name.as_str(), message = %message.id, attempt = message.attempt, error, "a mail was not sent");
        if message.attempt >= MOST_ATTEMPTS {
            done.failed += 1;
            count(door, "failed");
            door.store
                .write(move |c| outbox::give_up(c, &message, now, &error))
                .await?;
        } else {
            done.postponed += 1;
            count(door, "postponed");
            let again = after(now, message.attempt);
            door.store
                .write(move |c| outbox::retry(c, &message, again, &error))
                .await?;
        }
    }
}

/// The picture of the app that a mail names. Whatever is wrong with it, the mail goes out.
async fn picture_of(door: &Door, mail: &Mail) -> Option<Arc<Picture>> {
    let digest = mail.app.as_ref()?.logo.as_deref()?;
    picture::of_logo(door, digest).await.unwrap_or_default()
}

/// 10 s, 20 s, 40 s … and an hour at most.
pub(super) fn after(now: Timestamp, attempt: i64) -> Timestamp {
    let doubled = u32::try_from(attempt.clamp(1, 10) - 1).unwrap_or(0);
    let seconds = (10_i64 << doubled).min(60 * 60);
    now.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX)
}

fn count(door: &Door, outcome: &'static str) {
    let environment = door.name.as_str();
    metrics::counter!("durward_mails_total", "environment" => environment, "outcome" => outcome)
        .increment(1);
}

/// Longer than a mail server may take to answer.
const HOLD: Duration = Duration::from_secs(300);
/// With the pauses above: a little more than a day.
pub(super) const MOST_ATTEMPTS: i64 = 32;
