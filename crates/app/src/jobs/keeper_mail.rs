//! Sends the portal's notices by mail, after the changes that caused them were committed.

use std::sync::Arc;
use std::time::Duration;

use durward_store::notices::{self, NoticeRow};

use super::door_mail::{Delivered, MOST_ATTEMPTS, after};
use crate::citizen::letter::Written;
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::notices::{self as told, NoticeKind, NoticeView};
use crate::partner::tickets;
use crate::ports::mail::{Mail, NoticeHead};

/// Puts notices into words. The catalogues are with the pages, so that one place holds every text.
pub trait NoticeWording: Send + Sync {
    /// The words of a notice in a language, with the addresses that it leads to.
    fn write(&self, keeper: &Keeper, language: &str, notice: &NoticeView, ways: &Ways) -> Written;

    /// The words of the mail of a day.
    fn digest(&self, keeper: &Keeper, language: &str, digest: &Digest) -> Written;

    /// What stands above a mail that can be answered.
    fn above(&self, language: &str) -> String;
}

/// Where the mail of a notice leads.
#[derive(Clone, Debug)]
pub struct Ways {
    /// To what it is about.
    pub url: String,
    /// To less mail of its kind; a mail to an address outside the portal has none.
    pub less: Option<String>,
    /// Whether its kind keeps accounts and apps safe.
    pub secures: bool,
}

/// What the mail of a day holds.
#[derive(Clone, Debug)]
pub struct Digest {
    /// The day in the programme's time zone.
    pub day: String,
    /// The notices, oldest first, each with the address that it leads to.
    pub notices: Vec<(NoticeView, String)>,
    /// How many more stand on the page.
    pub more: u64,
    /// The kinds in it, each with the address for less of it.
    pub kinds: Vec<(&'static NoticeKind, String)>,
    /// Where all notices are.
    pub all: String,
    /// Where the reader chooses.
    pub choices: String,
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
        let ways = ways(keeper, &row);
        let written = wording.write(keeper, &row.language, &NoticeView::of(&row), &ways);
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
            links: std::iter::once(ways.url).chain(ways.less.clone()).collect(),
            codes: Vec::new(),
            language: row.language.clone(),
            app: None,
        };
        let head = NoticeHead {
            id: Some(row.notice_id.clone()),
            answer_to,
            less: ways.less.filter(|_| !ways.secures),
        };
        let outcome = smtp.send_notice(&mail, &head).await;
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

fn ways(keeper: &Keeper, row: &NoticeRow) -> Ways {
    let kind = NoticeKind::find(&row.kind);
    let member = row.member_id.as_deref().zip(kind);
    Ways {
        url: keeper.url(&row.link),
        less: member.map(|(member, kind)| told::stop_link(keeper, member, Some(kind))),
        secures: kind.is_some_and(|kind| kind.secures),
    }
}

pub(super) fn count(outcome: &'static str) {
    metrics::counter!("durward_mails_total", "environment" => "portal", "outcome" => outcome)
        .increment(1);
}

/// Longer than a mail server may take to answer.
pub(super) const HOLD: Duration = Duration::from_secs(300);
