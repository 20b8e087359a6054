//! Notices of the portal to its members: shown on their page and mailed once, after the change that caused them.

use std::time::Duration;

use jiff::Timestamp;

use crate::db::micros_after;
use crate::{Conn, Fault, Row, params, statements};

statements! {
    SPEAKS = "INSERT INTO member_languages (member_id, language) VALUES ($1, $2)
        ON CONFLICT (member_id) DO UPDATE SET language = excluded.language";
    LANGUAGE_OF = "SELECT language FROM member_languages WHERE member_id = $1";
    ADD_NOTICE = "INSERT INTO notices (notice_id, member_id, address, language, kind, link, detail, created_us, run_at_us, attempts, locked_until_us, delivery)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0, $10)";
    NOTICES_OF = "SELECT notice_id, member_id, address, language, kind, link, detail, created_us, read_us, sent_us, attempts FROM notices
        WHERE member_id = $1 AND (created_us < $2 OR (created_us = $2 AND notice_id < $3)) ORDER BY created_us DESC, notice_id DESC LIMIT $4";
    UNREAD_NOTICES = "SELECT count(*) FROM notices WHERE member_id = $1 AND read_us IS NULL";
    READ_NOTICES = "UPDATE notices SET read_us = $2 WHERE member_id = $1 AND read_us IS NULL";
    CLAIM_NOTICE = "UPDATE notices SET attempts = attempts + 1, locked_until_us = $2
        WHERE notice_id = (SELECT notice_id FROM notices WHERE sent_us IS NULL AND failed_us IS NULL
            AND run_at_us <= $1 AND locked_until_us <= $1 ORDER BY run_at_us, notice_id LIMIT 1)
        AND sent_us IS NULL AND failed_us IS NULL AND locked_until_us <= $1
        RETURNING notice_id, member_id, address, language, kind, link, detail, created_us, read_us, sent_us, attempts";
    NOTICE_SENT = "UPDATE notices SET sent_us = $3 WHERE notice_id = $1 AND attempts = $2 AND sent_us IS NULL AND failed_us IS NULL";
    NOTICE_RETRY = "UPDATE notices SET run_at_us = $3, locked_until_us = 0, last_error = $4
        WHERE notice_id = $1 AND attempts = $2 AND sent_us IS NULL AND failed_us IS NULL";
    NOTICE_GIVEN_UP = "UPDATE notices SET failed_us = $3, locked_until_us = 0, last_error = $4
        WHERE notice_id = $1 AND attempts = $2 AND sent_us IS NULL AND failed_us IS NULL";
    SETTLE_NOTICES = "UPDATE notices SET sent_us = $1 WHERE sent_us IS NULL AND failed_us IS NULL";
    PURGE_NOTICES = "DELETE FROM notices WHERE created_us < $1 AND (sent_us IS NOT NULL OR failed_us IS NOT NULL OR delivery = 'portal')";
    CHOOSE = "INSERT INTO notice_choices (member_id, kind, delivery, changed_us) VALUES ($1, $2, $3, $4)
        ON CONFLICT (member_id, kind) DO UPDATE SET delivery = excluded.delivery, changed_us = excluded.changed_us";
    CHOICE_OF = "SELECT delivery FROM notice_choices WHERE member_id = $1 AND kind = $2";
    CHOICES_OF = "SELECT kind, delivery FROM notice_choices WHERE member_id = $1";
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// Time-ordered UUID.
    pub notice_id: String,
    /// The member, unless it is for an address outside the portal.
    pub member_id: Option<String>,
    /// Where the mail goes.
    pub address: String,
    /// The language's tag.
    pub language: String,
    /// Which words.
    pub kind: String,
    /// The path in the portal that it is about.
    pub link: String,
    /// The values in the words, as a JSON object of texts.
    pub detail: String,
    /// When it was written.
    pub created_us: i64,
    /// When its member saw it.
    pub read_us: Option<i64>,
    /// When it was mailed.
    pub sent_us: Option<i64>,
    /// How often the mail was tried.
    pub attempts: i64,
}

/// How a notice reaches its reader besides the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a mail of its own.
    AtOnce,
    /// In the mail of a day.
    Digest,
    /// Not by mail.
    Portal,
}

impl Way {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AtOnce => "at-once",
            Self::Digest => "digest",
            Self::Portal => "portal",
        }
    }
}

/// Notes the language that a member uses.
pub fn speaks(c: &mut Conn, member_id: &str, language: &str) -> Result<(), Fault> {
    c.exec(SPEAKS, &params![member_id, language])?;
    Ok(())
}

/// The language that a member last used.
pub fn language_of(c: &mut Conn, member_id: &str) -> Result<Option<String>, Fault> {
    c.opt(LANGUAGE_OF, &params![member_id])?
        .map(|row| row.text(0))
        .transpose()
}

/// Adds a notice. Its own mail is due at once, or never.
pub fn add(c: &mut Conn, n: &NoticeRow, way: Way) -> Result<(), Fault> {
    let member = n.member_id.as_deref();
    let due = match way {
        Way::AtOnce => n.created_us,
        Way::Digest | Way::Portal => i64::MAX,
    };
    c.exec(
        ADD_NOTICE,
        &params![
            &n.notice_id,
            member,
            &n.address,
            &n.language,
            &n.kind,
            &n.link,
            &n.detail,
            n.created_us,
            due,
            way.as_str()
        ],
    )?;
    Ok(())
}

/// Notes how a kind of notice reaches a member.
pub fn choose(
    c: &mut Conn,
    member_id: &str,
    (kind, delivery): (&str, &str),
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(CHOOSE, &params![member_id, kind, delivery, now_us])?;
    Ok(())
}

/// What a member chose for a kind.
pub fn choice_of(c: &mut Conn, member_id: &str, kind: &str) -> Result<Option<String>, Fault> {
    c.opt(CHOICE_OF, &params![member_id, kind])?
        .map(|row| row.text(0))
        .transpose()
}

/// Everything that a member chose: kinds and how they come.
pub fn choices_of(c: &mut Conn, member_id: &str) -> Result<Vec<(String, String)>, Fault> {
    let rows = c.query(CHOICES_OF, &params![member_id])?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// The notices of a member before this one, newest first.
pub fn of_member(
    c: &mut Conn,
    member_id: &str,
    (before_us, before_id): (i64, &str),
    limit: i64,
) -> Result<Vec<NoticeRow>, Fault> {
    c.query(NOTICES_OF, &params![member_id, before_us, before_id, limit])?
        .iter()
        .map(notice)
        .collect()
}

/// How many notices a member has not seen.
pub fn unread(c: &mut Conn, member_id: &str) -> Result<i64, Fault> {
    c.one(UNREAD_NOTICES, &params![member_id])?.int(0)
}

/// The member saw them all; how many were new.
pub fn read_all(c: &mut Conn, member_id: &str, now_us: i64) -> Result<u64, Fault> {
    c.exec(READ_NOTICES, &params![member_id, now_us])
}

/// Claims the notice whose mail is due longest, for so long.
pub fn claim(c: &mut Conn, now: Timestamp, hold: Duration) -> Result<Option<NoticeRow>, Fault> {
    let until = micros_after(now, hold);
    c.opt(CLAIM_NOTICE, &params![now, until])?
        .as_ref()
        .map(notice)
        .transpose()
}

/// The mail is on its way. False means that another worker has it by now.
pub fn sent(c: &mut Conn, n: &NoticeRow, now: Timestamp) -> Result<bool, Fault> {
    Ok(c.exec(NOTICE_SENT, &params![&n.notice_id, n.attempts, now])? == 1)
}

/// Sending failed and is tried again. The error is a sentence without values of people.
pub fn retry(c: &mut Conn, n: &NoticeRow, at: Timestamp, error: &str) -> Result<bool, Fault> {
    Ok(c.exec(NOTICE_RETRY, &params![&n.notice_id, n.attempts, at, error])? == 1)
}

/// Sending failed for good; the notice stays on its page.
pub fn give_up(c: &mut Conn, n: &NoticeRow, now: Timestamp, error: &str) -> Result<bool, Fault> {
    Ok(c.exec(
        NOTICE_GIVEN_UP,
        &params![&n.notice_id, n.attempts, now, error],
    )? == 1)
}

/// Counts everything that waits as mailed.
pub fn settle(c: &mut Conn, now_us: i64) -> Result<u64, Fault> {
    c.exec(SETTLE_NOTICES, &params![now_us])
}

/// Removes notices that were written before then and whose mail is done with.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_NOTICES, &params![before_us])
}

pub(crate) fn notice(row: &Row) -> Result<NoticeRow, Fault> {
    Ok(NoticeRow {
        notice_id: row.text(0)?,
        member_id: row.opt_text(1)?,
        address: row.text(2)?,
        language: row.text(3)?,
        kind: row.text(4)?,
        link: row.text(5)?,
        detail: row.text(6)?,
        created_us: row.int(7)?,
        read_us: row.opt_int(8)?,
        sent_us: row.opt_int(9)?,
        attempts: row.int(10)?,
    })
}
