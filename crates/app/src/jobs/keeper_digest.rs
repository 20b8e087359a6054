//! The mail of a day: one for each member who wants notices together, once the programme's hour has come.
//!
//! Which notices are in it is fixed in the unit that makes it, so that a restart neither repeats nor loses any. The day is
//! the keeper's; what waits while the portal is down goes out with the next mail.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_store::notice_digests::{self as digests, DigestRow};
use durward_store::{members, notices};
use jiff::civil::Date;

use super::door_mail::{Delivered, MOST_ATTEMPTS, after};
use super::keeper_mail::{Digest, HOLD, NoticeWording, count};
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::partner::notices::{NoticeKind, NoticeView, stop_link};
use crate::ports::mail::{Mail, NoticeHead};

/// Makes the mails of today, once the hour has come, and sends every one that is due. Several nodes may do this at once.
///
/// # Errors
/// A fault of the database.
pub async fn run_due(
    keeper: &Arc<Keeper>,
    wording: &dyn NoticeWording,
) -> Result<Delivered, Fault> {
    if keeper.post.is_none() {
        return Ok(Delivered::default());
    }
    make(keeper).await?;
    let mut done = Delivered::default();
    loop {
        let now = keeper.clock.now();
        let claimed = keeper
            .store
            .write(move |c| digests::claim(c, now, HOLD))
            .await?;
        let Some(row) = claimed else {
            return Ok(done);
        };
        let outcome = send(keeper, wording, &row).await?;
        let now = keeper.clock.now();
        let Err(error) = outcome else {
            done.sent += 1;
            count("sent");
            keeper
                .store
                .write(move |c| digests::sent(c, &row, now))
                .await?;
            continue;
        };
        let error = error.to_string();
        tracing::warn!(day = %row.on_day, attempt = row.attempts, error, "the mail of a day was not sent");
        let last = row.attempts >= MOST_ATTEMPTS;
        if last {
            done.failed += 1;
            count("failed");
        } else {
            done.postponed += 1;
            count("postponed");
        }
        keeper
            .store
            .write(move |c| {
                if last {
                    digests::give_up(c, &row, now, &error)
                } else {
                    digests::retry(c, &row, after(now, row.attempts), &error)
                }
            })
            .await?;
    }
}

/// The day whose mail is due: today once its hour has come.
fn due_day(keeper: &Keeper) -> Option<Date> {
    let today = keeper.today();
    let hour = keeper
        .programme
        .instant(today, keeper.programme.notices.digest_at);
    (keeper.clock.now() >= hour).then_some(today)
}

async fn make(keeper: &Keeper) -> Result<(), Fault> {
    let Some(day) = due_day(keeper) else {
        return Ok(());
    };
    loop {
        let (on_day, wanted) = (day.to_string(), day.to_string());
        // Almost always nobody waits, and readers do not stop writers.
        let waiting = keeper
            .store
            .read(move |c| digests::waiting(c, &wanted, AT_ONCE))
            .await?;
        if waiting.is_empty() {
            return Ok(());
        }
        let now_us = keeper.clock.now().as_microsecond();
        keeper
            .store
            .write(move |c| {
                for member_id in &waiting {
                    let Some(member) = members::find_member(c, member_id)? else {
                        continue;
                    };
                    let language = notices::language_of(c, member_id)?;
                    let row = DigestRow {
                        member_id: member.member_id,
                        on_day: on_day.clone(),
                        address: member.email,
                        language: language.unwrap_or_else(|| "en".to_owned()),
                        attempts: 0,
                    };
                    digests::make(c, &row, now_us)?;
                }
                Ok(())
            })
            .await?;
    }
}

async fn send(
    keeper: &Keeper,
    wording: &dyn NoticeWording,
    row: &DigestRow,
) -> Result<Result<(), Fault>, Fault> {
    let Some(smtp) = &keeper.post else {
        return Ok(Err(Fault::internal("no mail server is configured")));
    };
    let of = row.clone();
    let (found, count) = keeper
        .store
        .read(move |c| digests::notices_of(c, &of, MOST))
        .await?;
    let shown = u64::try_from(found.len()).unwrap_or_default();
    let mut seen = BTreeSet::new();
    let kinds = found
        .iter()
        .filter(|notice| seen.insert(notice.kind.as_str()))
        .filter_map(|notice| NoticeKind::find(&notice.kind))
        .map(|kind| (kind, stop_link(keeper, &row.member_id, Some(kind))))
        .collect();
    let digest = Digest {
        day: row.on_day.clone(),
        notices: found
            .iter()
            .map(|notice| (NoticeView::of(notice), keeper.url(&notice.link)))
            .collect(),
        more: u64::try_from(count)
            .unwrap_or_default()
            .saturating_sub(shown),
        kinds,
        all: keeper.url("/notices"),
        choices: keeper.url("/notices/choices"),
    };
    let written = wording.digest(keeper, &row.language, &digest);
    let links = digest.notices.iter().map(|(_, url)| url.clone());
    let mail = Mail {
        to: row.address.clone(),
        subject: written.subject,
        text: written.text,
        links: links
            .chain(digest.kinds.iter().map(|(_, url)| url.clone()))
            .chain([digest.all.clone(), digest.choices.clone()])
            .collect(),
        codes: Vec::new(),
        language: row.language.clone(),
        app: None,
    };
    let head = NoticeHead {
        id: Some(format!("{}.{}", row.on_day, row.member_id)),
        answer_to: None,
        less: Some(stop_link(keeper, &row.member_id, None)),
    };
    Ok(smtp.send_notice(&mail, &head).await)
}

/// Members whose mails are made in one unit.
const AT_ONCE: i64 = 100;
/// Notices that one mail tells of; it says how many more there are.
const MOST: i64 = 100;
