//! Work for later: written with the change that causes it, claimed by one worker at a time.
//!
//! A claim counts an attempt and holds the job until its lock ends; a worker that dies leaves it to
//! the next. Finishing names the attempt, so a worker that was too slow cannot finish for another.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::conn::Conn;
use crate::db::micros_after;
use crate::db::value::Row;
use crate::fault::Fault;
use crate::{params, statements};

/// A job to be added.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// A version 7 UUID.
    pub id: Uuid,
    /// Which work.
    pub kind: &'a str,
    /// While a job of this kind with this key is pending, no other is added.
    pub dedup: Option<&'a str>,
    /// What the work needs, a JSON text.
    pub payload: &'a str,
    /// Not before.
    pub run_at: Timestamp,
}

/// A claimed job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// Which work.
    pub kind: String,
    /// Its key.
    pub dedup: Option<String>,
    /// What the work needs, a JSON text.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
}

/// Adds a job. False means that one with its key is pending already.
pub fn add(c: &mut Conn, job: &NewJob<'_>) -> Result<bool, Fault> {
    let id = job.id.to_string();
    let added = c.opt(
        ADD,
        &params![&id, job.kind, job.dedup, job.payload, job.run_at],
    )?;
    Ok(added.is_some())
}

/// Claims the job that is due longest, for so long.
pub fn claim(c: &mut Conn, now: Timestamp, hold: Duration) -> Result<Option<Job>, Fault> {
    let until = micros_after(now, hold);
    c.opt(CLAIM, &params![now, until])?
        .as_ref()
        .map(job)
        .transpose()
}

/// The job is done and goes. False means that another worker has it by now.
pub fn done(c: &mut Conn, job: &Job) -> Result<bool, Fault> {
    Ok(c.exec(DONE, &params![&job.id, job.attempt])? == 1)
}

/// The job failed and is tried again. The error is a sentence without values of people.
pub fn retry(c: &mut Conn, job: &Job, run_at: Timestamp, error: &str) -> Result<bool, Fault> {
    Ok(c.exec(RETRY, &params![&job.id, job.attempt, run_at, error])? == 1)
}

/// The job failed for good and is kept for people to see.
pub fn give_up(c: &mut Conn, job: &Job, now: Timestamp, error: &str) -> Result<bool, Fault> {
    Ok(c.exec(GIVE_UP, &params![&job.id, job.attempt, now, error])? == 1)
}

/// How many jobs are pending, and how many have failed for good.
pub fn tally(c: &mut Conn) -> Result<(i64, i64), Fault> {
    let row = c.one(TALLY, &params![])?;
    Ok((row.int(0)?, row.int(1)?))
}

/// When the next job is due, if one is pending.
pub fn next_due(c: &mut Conn) -> Result<Option<Timestamp>, Fault> {
    c.opt(NEXT_DUE, &params![])?
        .map(|row| row.time(0))
        .transpose()
}

fn job(row: &Row) -> Result<Job, Fault> {
    Ok(Job {
        id: row.text(0)?,
        kind: row.text(1)?,
        dedup: row.opt_text(2)?,
        payload: row.text(3)?,
        attempt: row.int(4)?,
    })
}

statements! {
    ADD = "INSERT INTO jobs (id, kind, dedup, payload, run_at_us, attempts, locked_until_us) \
        VALUES ($1, $2, $3, $4, $5, 0, 0) ON CONFLICT DO NOTHING RETURNING id";
    CLAIM = "UPDATE jobs SET attempts = attempts + 1, locked_until_us = $2 \
        WHERE id = (SELECT id FROM jobs WHERE failed_us IS NULL AND run_at_us <= $1 AND locked_until_us <= $1 \
        ORDER BY run_at_us, id LIMIT 1) AND failed_us IS NULL AND locked_until_us <= $1 \
        RETURNING id, kind, dedup, payload, attempts";
    DONE = "DELETE FROM jobs WHERE id = $1 AND attempts = $2 AND failed_us IS NULL";
    RETRY = "UPDATE jobs SET run_at_us = $3, locked_until_us = 0, last_error = $4 \
        WHERE id = $1 AND attempts = $2 AND failed_us IS NULL";
    GIVE_UP = "UPDATE jobs SET failed_us = $3, locked_until_us = 0, last_error = $4 \
        WHERE id = $1 AND attempts = $2 AND failed_us IS NULL";
    TALLY = "SELECT count(CASE WHEN failed_us IS NULL THEN 1 END), count(failed_us) FROM jobs";
    NEXT_DUE = "SELECT run_at_us FROM jobs WHERE failed_us IS NULL ORDER BY run_at_us, id LIMIT 1";
}
