//! The mail of a day: one for each member who wants notices together. Which notices are in it is fixed when it is made.

use std::time::Duration;

use jiff::Timestamp;

use crate::db::micros_after;
use crate::notices::{NoticeRow, notice};
use crate::{Conn, Fault, Row, params, statements};

statements! {
    WAITING_MEMBERS = "SELECT DISTINCT n.member_id FROM notices n WHERE n.delivery = 'digest' AND n.digest_day IS NULL AND n.sent_us IS NULL
        AND NOT EXISTS (SELECT 1 FROM notice_digests d WHERE d.member_id = n.member_id AND d.on_day = $1) LIMIT $2";
    ADD_DIGEST = "INSERT INTO notice_digests (member_id, on_day, address, language, created_us, run_at_us, attempts, locked_until_us)
        VALUES ($1, $2, $3, $4, $5, $5, 0, 0) ON CONFLICT (member_id, on_day) DO NOTHING RETURNING member_id";
    TAKE_NOTICES = "UPDATE notices SET digest_day = $2 WHERE member_id = $1 AND delivery = 'digest' AND digest_day IS NULL AND sent_us IS NULL";
    CLAIM_DIGEST = "UPDATE notice_digests SET attempts = attempts + 1, locked_until_us = $2
        WHERE (member_id, on_day) IN (SELECT member_id, on_day FROM notice_digests WHERE sent_us IS NULL AND failed_us IS NULL
            AND run_at_us <= $1 AND locked_until_us <= $1 ORDER BY run_at_us LIMIT 1)
        AND sent_us IS NULL AND failed_us IS NULL AND locked_until_us <= $1
        RETURNING member_id, on_day, address, language, attempts";
    NOTICES_OF_DIGEST = "SELECT notice_id, member_id, address, language, kind, link, detail, created_us, read_us, sent_us, attempts FROM notices
        WHERE member_id = $1 AND digest_day = $2 ORDER BY created_us, notice_id LIMIT $3";
    COUNT_OF_DIGEST = "SELECT count(*) FROM notices WHERE member_id = $1 AND digest_day = $2";
    DIGEST_SENT = "UPDATE notice_digests SET sent_us = $4 WHERE member_id = $1 AND on_day = $2 AND attempts = $3 AND sent_us IS NULL AND failed_us IS NULL";
    DIGEST_RETRY = "UPDATE notice_digests SET run_at_us = $4, locked_until_us = 0, last_error = $5
        WHERE member_id = $1 AND on_day = $2 AND attempts = $3 AND sent_us IS NULL AND failed_us IS NULL";
    DIGEST_GIVEN_UP = "UPDATE notice_digests SET failed_us = $4, locked_until_us = 0, last_error = $5
        WHERE member_id = $1 AND on_day = $2 AND attempts = $3 AND sent_us IS NULL AND failed_us IS NULL";
    NOTICES_TOLD = "UPDATE notices SET sent_us = $3 WHERE member_id = $1 AND digest_day = $2 AND sent_us IS NULL";
    PURGE_DIGESTS = "DELETE FROM notice_digests WHERE created_us < $1 AND (sent_us IS NOT NULL OR failed_us IS NOT NULL)";
}

/// The mail of a day to a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRow {
    /// The member.
    pub member_id: String,
    /// The day in the programme's time zone.
    pub on_day: String,
    /// Where the mail goes.
    pub address: String,
    /// The language's tag.
    pub language: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// Members whose notices wait for the mail of this day, which they have not had yet; some of them.
pub fn waiting(c: &mut Conn, on_day: &str, limit: i64) -> Result<Vec<String>, Fault> {
    c.query(WAITING_MEMBERS, &params![on_day, limit])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Makes the mail of a day with everything that waits for it. False: the member has one for that day.
pub fn make(c: &mut Conn, d: &DigestRow, now_us: i64) -> Result<bool, Fault> {
    let p = params![&d.member_id, &d.on_day, &d.address, &d.language, now_us];
    if c.opt(ADD_DIGEST, &p)?.is_none() {
        return Ok(false);
    }
    c.exec(TAKE_NOTICES, &params![&d.member_id, &d.on_day])?;
    Ok(true)
}

/// Claims the mail that is due longest, for so long.
pub fn claim(c: &mut Conn, now: Timestamp, hold: Duration) -> Result<Option<DigestRow>, Fault> {
    let until = micros_after(now, hold);
    c.opt(CLAIM_DIGEST, &params![now, until])?
        .as_ref()
        .map(digest)
        .transpose()
}

/// What is in it, oldest first, and how many there are in all.
pub fn notices_of(c: &mut Conn, d: &DigestRow, limit: i64) -> Result<(Vec<NoticeRow>, i64), Fault> {
    let rows = c.query(NOTICES_OF_DIGEST, &params![&d.member_id, &d.on_day, limit])?;
    let rows = rows.iter().map(notice).collect::<Result<_, _>>()?;
    let count = c.one(COUNT_OF_DIGEST, &params![&d.member_id, &d.on_day])?;
    Ok((rows, count.int(0)?))
}

/// The mail is on its way. False means that another worker has it by now.
pub fn sent(c: &mut Conn, d: &DigestRow, now: Timestamp) -> Result<bool, Fault> {
    let p = params![&d.member_id, &d.on_day, d.attempts, now];
    if c.exec(DIGEST_SENT, &p)? != 1 {
        return Ok(false);
    }
    c.exec(NOTICES_TOLD, &params![&d.member_id, &d.on_day, now])?;
    Ok(true)
}

/// Sending failed and is tried again. The error is a sentence without values of people.
pub fn retry(c: &mut Conn, d: &DigestRow, at: Timestamp, error: &str) -> Result<bool, Fault> {
    let p = params![&d.member_id, &d.on_day, d.attempts, at, error];
    Ok(c.exec(DIGEST_RETRY, &p)? == 1)
}

/// Sending failed for good; the notices stay on their page.
pub fn give_up(c: &mut Conn, d: &DigestRow, now: Timestamp, error: &str) -> Result<bool, Fault> {
    let p = params![&d.member_id, &d.on_day, d.attempts, now, error];
    if c.exec(DIGEST_GIVEN_UP, &p)? != 1 {
        return Ok(false);
    }
    c.exec(NOTICES_TOLD, &params![&d.member_id, &d.on_day, now])?;
    Ok(true)
}

/// Removes the mails of days before then that are done with.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_DIGESTS, &params![before_us])
}

fn digest(row: &Row) -> Result<DigestRow, Fault> {
    Ok(DigestRow {
        member_id: row.text(0)?,
        on_day: row.text(1)?,
        address: row.text(2)?,
        language: row.text(3)?,
        attempts: row.int(4)?,
    })
}
