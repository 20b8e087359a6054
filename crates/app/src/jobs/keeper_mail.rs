//! Sends the portal's notices by mail, after the changes that caused them were committed.

use std::sync::Arc;
use std::time::Duration;

use durward_store::notices;

use super::door_mail::{Delivered, MOST_ATTEMPTS, after};
use crate::citizen::letter::Written;
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::notices::NoticeView;
use crate::partner::tickets;
use crate::ports::mail::Mail;

/// Puts notices into words. The catalogues are with the pages, so that one place holds every text.
pub trait NoticeWording: Send + Sync {
    /// The words of a notice in a language, with the address that it leads to.
    fn write(&self, keeper: &Keeper, language: &str, notice: &NoticeView, url: &str) -> Written;

    /// What stands above a mail that can be answered.
    fn above(&self, language: &str) -> String;
}

/// Sends every notice that is due. What the mail server does not take is tried again, ever more slowly, and given up after
/// a day; it stays on the member's page. Several nodes may do this at once: each notice is claimed.
///
/// # Errors
/// A fault of the database.
pub async fn deliver_due(
    keeper: &Arc<Keeper>,
    wording: &dyn NoticeWording,
) -> Result<Delivered, Fault> {
    let Some(smtp) = &keeper.post else {
        return Ok(Delivered::default());
    };
    let mut done = Delivered::default();
    loop {
        let now = keeper.clock.real_now();
        let claimed = keeper
            .store
            .write(move |c| notices::claim(c, now, HOLD))
            .await?;
        let Some(row) = claimed else {
            return Ok(done);
        };
        let url = keeper.url(&row.link);
        let written = wording.write(keeper, &row.language, &NoticeView::of(&row), &url);
        let answer_to = tickets::reply_address(keeper, &row).await?;
        let text = match answer_to {
            Some(_) => {
                let above = wording.above(&row.language);
                format!("{} {above}\n\n{}", tickets::REPLY_MARK, written.text)
            }
            None => written.text,
        };
        let mail = Mail {
            to: row.address.clone(),
            subject: written.subject,
            text,
            links: vec![url],
            codes: Vec::new(),
            language: row.language.clone(),
            app: None,
        };
        let outcome = smtp.send_for_answer(&mail, answer_to.as_deref()).await;
        let now = keeper.clock.real_now();
        let Err(error) = outcome else {
            done.sent += 1;
            count("sent");
            keeper
                .store
                .write(move |c| notices::sent(c, &row, now))
                .await?;
            continue;
        };
        let error = error.to_string();
        tracing::warn!(notice = %row.notice_id, attempt = row.attempts, error, "a notice was not mailed");
        if row.attempts >= MOST_ATTEMPTS {
            done.failed += 1;
            count("failed");
            keeper
                .store
                .write(move |c| notices::give_up(c, &row, now, &error))
                .await?;
        } else {
            done.postponed += 1;
            count("postponed");
            let again = after(now, row.attempts);
            keeper
                .store
                .write(move |c| notices::retry(c, &row, again, &error))
                .await?;
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("durward_mails_total", "environment" => "portal", "outcome" => outcome)
        .increment(1);
}

/// Longer than a mail server may take to answer.
const HOLD: Duration = Duration::from_secs(300);
