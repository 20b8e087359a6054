//! The mail that a demonstration's live-class environments sent: caught on this machine, shown on its inbox page.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

/// One mail as a person reads it.
#[derive(Clone)]
pub struct CaughtMail {
    /// The sender.
    pub from: String,
    /// Whom it went to.
    pub to: Vec<String>,
    /// Where answers go; nothing where nobody reads them.
    pub answer_to: Option<String>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The links in the text, in order.
    pub links: Vec<String>,
    /// When it arrived, in real time.
    pub time: Timestamp,
}

impl CaughtMail {
    /// The codes in the text: words of six digits, in order.
    pub fn codes(&self) -> Vec<String> {
        self.text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()))
            .map(str::to_owned)
            .collect()
    }

    fn is_for(&self, to: Option<&str>, after: Option<Timestamp>) -> bool {
        let addressed = to.is_none_or(|to| {
            self.to
                .iter()
                .any(|one| one.eq_ignore_ascii_case(to.trim()))
        });
        addressed && after.is_none_or(|after| self.time > after)
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(..)")
    }
}

/// The newest mails, in memory. Clones share them.
#[derive(Clone, Default)]
pub struct Mailbox {
    kept: Arc<RwLock<VecDeque<CaughtMail>>>,
    arrived: watch::Sender<u64>,
}

impl Mailbox {
    /// Keeps one more; the oldest goes when there are many.
    pub fn keep(&self, mail: CaughtMail) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == MOST {
            kept.pop_front();
        }
        kept.push_back(mail);
        drop(kept);
        self.arrived.send_modify(|number| *number += 1);
    }

    /// The mails to an address (or to anyone) after a time, oldest first.
    pub fn find(&self, to: Option<&str>, after: Option<Timestamp>) -> Vec<CaughtMail> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.iter()
            .filter(|mail| mail.is_for(to, after))
            .cloned()
            .collect()
    }

    /// The same, and waits for the first one that long.
    pub async fn wait_for(
        &self,
        to: Option<&str>,
        after: Option<Timestamp>,
        wait: Duration,
    ) -> Vec<CaughtMail> {
        // Subscribed before looking, so that nothing arrives unseen in between.
        let mut arrivals = self.arrived.subscribe();
        let wanted = async {
            loop {
                let found = self.find(to, after);
                if !found.is_empty() || arrivals.changed().await.is_err() {
                    return found;
                }
            }
        };
        tokio::time::timeout(wait.min(LONGEST_WAIT), wanted)
            .await
            .unwrap_or_default()
    }
}

const MOST: usize = 500;
const LONGEST_WAIT: Duration = Duration::from_secs(30);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn mail(to: &str, text: &str, second: i64) -> CaughtMail {
        CaughtMail {
            from: "no-reply@example.gov".to_owned(),
            to: vec![to.to_owned()],
            answer_to: None,
            subject: "Confirm".to_owned(),
            text: text.to_owned(),
            links: Vec::new(),
            time: Timestamp::from_second(second).unwrap(),
        }
    }

    #[test]
    fn the_code_is_a_word_of_six_digits() {
        let text = "Your code: 482913. Call 2025550100. http://localhost:8403/x?token=123456789";
        assert_eq!(mail("a@b.gov", text, 1).codes(), ["482913"]);
    }

    #[tokio::test]
    async fn it_waits_for_the_first_one_after_a_time() {
        let mailbox = Mailbox::default();
        mailbox.keep(mail("a@b.gov", "old", 1));
        let after = Timestamp::from_second(1).unwrap();
        let waiting = {
            let mailbox = mailbox.clone();
            tokio::spawn(async move {
                let wait = Duration::from_secs(5);
                mailbox.wait_for(Some("A@b.gov"), Some(after), wait).await
            })
        };
        tokio::task::yield_now().await;
        mailbox.keep(mail("c@d.gov", "another's", 2));
        mailbox.keep(mail("a@b.gov", "new", 2));
        let found = waiting.await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text, "new");
        assert_eq!(mailbox.find(None, None).len(), 3);
        let none = mailbox
            .wait_for(Some("x@y.gov"), None, Duration::from_millis(1))
            .await;
        assert!(none.is_empty());
    }
}
