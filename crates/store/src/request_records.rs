//! What the portal knows of the requests at its environments: pulled from their feeds, idempotently by sequence.

use crate::client_requests::{Feed, RequestRow, UseRow, request, used};
use crate::{Conn, Fault, Row, params, statements};

statements! {
    CURSOR = "SELECT seq FROM feed_cursors WHERE environment = $1";
    MAKE_CURSOR = "INSERT INTO feed_cursors (environment, seq) VALUES ($1, 0) ON CONFLICT (environment) DO NOTHING";
    // Another node may have pulled the same part: the first one counts.
    MOVE_CURSOR = "UPDATE feed_cursors SET seq = $3 WHERE environment = $1 AND seq = $2";
    DELETE_ABOVE = "DELETE FROM request_records WHERE environment = $1 AND seq > $2";
    INSERT_RECORD = "INSERT INTO request_records (environment, seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (environment, seq) DO NOTHING";
    PUT_KEY_USE = "INSERT INTO key_uses (environment, handle, key_id, day, uses, last_us) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (environment, handle, key_id, day) DO UPDATE SET uses = excluded.uses, last_us = excluded.last_us";
    PUT_USE = "INSERT INTO request_uses (environment, handle, kind, value, day, uses, last_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (environment, handle, kind, value, day) DO UPDATE SET uses = excluded.uses, last_us = excluded.last_us";
    BY_REQUEST = "SELECT environment, seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail
        FROM request_records WHERE request_id = $1 ORDER BY environment, seq LIMIT 50";
    BY_FLOW = "SELECT environment, seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail
        FROM request_records WHERE flow = $1 AND environment = $2 ORDER BY seq LIMIT 50";
    OF_APP = "SELECT environment, seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail
        FROM request_records WHERE environment = $1 AND handle = $2 AND seq < $3 AND ($4 = '' OR step = $4) AND ($5 = '' OR outcome = $5)
        AND ($6 = '' OR code = $6) AND at_us >= $7 AND at_us < $8 ORDER BY seq DESC LIMIT $9";
    UNMATCHED = "SELECT environment, seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail
        FROM request_records WHERE environment = $1 AND handle = '' AND redirect_host = $2 AND at_us >= $3 ORDER BY seq DESC LIMIT $4";
    UNMATCHED_LATEST = "SELECT environment, seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail
        FROM request_records WHERE environment = $1 AND handle = '' AND seq < $2 ORDER BY seq DESC LIMIT $3";
    KEY_USES = "SELECT handle, 'key', key_id, day, uses, last_us FROM key_uses WHERE environment = $1 AND handle = $2 AND day >= $3 ORDER BY day DESC, key_id";
    USES = "SELECT handle, kind, value, day, uses, last_us FROM request_uses WHERE environment = $1 AND handle = $2 AND kind = $3 ORDER BY last_us DESC LIMIT 1000";
    APPS_OF_TEAM = "SELECT handle FROM apps WHERE team = $1 ORDER BY handle";
    DELETE_OLD = "DELETE FROM request_records WHERE at_us < $1";
    DELETE_OLD_USES = "DELETE FROM request_uses WHERE day < $1";
    DELETE_OLD_KEY_USES = "DELETE FROM key_uses WHERE day < $1";
    ACTIVE_SINCE = "SELECT DISTINCT environment, handle FROM request_records WHERE at_us >= $1";
    DELETE_BEYOND = "DELETE FROM request_records WHERE environment = $1 AND handle = $2 AND seq <=
        (SELECT seq FROM request_records WHERE environment = $1 AND handle = $2 ORDER BY seq DESC LIMIT 1 OFFSET $3)";
}

/// A request with the environment that it was sent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    /// The environment.
    pub environment: String,
    /// The request.
    pub request: RequestRow,
}

/// Which requests of an app are wanted. Empty texts mean any.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Before this sequence; 0 for the newest.
    pub before: i64,
    /// Of this step.
    pub step: String,
    /// With this outcome.
    pub outcome: String,
    /// With this refusal code.
    pub code: String,
    /// From this time on.
    pub from_us: i64,
    /// Before this time; 0 for no end.
    pub until_us: i64,
    /// How many at most.
    pub most: i64,
}

/// How far the feed of an environment was pulled.
pub fn cursor(c: &mut Conn, environment: &str) -> Result<i64, Fault> {
    c.opt(CURSOR, &params![environment])?
        .map_or(Ok(0), |row| row.int(0))
}

/// Takes in a part of a feed that was read after `from`. False when another node was faster; then nothing is changed.
pub fn take(c: &mut Conn, environment: &str, from: i64, feed: &Feed) -> Result<bool, Fault> {
    c.exec(MAKE_CURSOR, &params![environment])?;
    if c.exec(MOVE_CURSOR, &params![environment, from, feed.until])? == 0 {
        return Ok(false);
    }
    if feed.until < from {
        // The environment was restored from a backup: it gives out these numbers again.
        c.exec(DELETE_ABOVE, &params![environment, feed.until])?;
    }
    for r in &feed.requests {
        c.exec(
            INSERT_RECORD,
            &params![
                environment,
                r.seq,
                r.at_us,
                &r.request_id,
                &r.flow,
                &r.step,
                &r.outcome,
                &r.code,
                r.status,
                &r.client_id,
                &r.handle,
                &r.revision_id,
                &r.redirect_host,
                &r.key_id,
                &r.detail
            ],
        )?;
    }
    for u in &feed.uses {
        if u.kind == KEY {
            c.exec(
                PUT_KEY_USE,
                &params![environment, &u.handle, &u.value, &u.day, u.uses, u.last_us],
            )?;
        } else {
            c.exec(
                PUT_USE,
                &params![
                    environment,
                    &u.handle,
                    &u.kind,
                    &u.value,
                    &u.day,
                    u.uses,
                    u.last_us
                ],
            )?;
        }
    }
    Ok(true)
}

/// The requests with this id.
pub fn by_request(c: &mut Conn, request_id: &str) -> Result<Vec<RecordRow>, Fault> {
    records(&c.query(BY_REQUEST, &params![request_id])?)
}

/// The requests of one sign-in, oldest first.
pub fn by_flow(c: &mut Conn, environment: &str, flow: &str) -> Result<Vec<RecordRow>, Fault> {
    records(&c.query(BY_FLOW, &params![flow, environment])?)
}

/// Requests of an app, newest first.
pub fn of_app(
    c: &mut Conn,
    environment: &str,
    handle: &str,
    wanted: &Wanted,
) -> Result<Vec<RecordRow>, Fault> {
    let end = |value: i64| if value == 0 { i64::MAX } else { value };
    records(&c.query(
        OF_APP,
        &params![
            environment,
            handle,
            end(wanted.before),
            &wanted.step,
            &wanted.outcome,
            &wanted.code,
            wanted.from_us,
            end(wanted.until_us),
            wanted.most
        ],
    )?)
}

/// Requests of nobody's client id that wanted to go back to a host, newest first.
pub fn unmatched(
    c: &mut Conn,
    environment: &str,
    host: &str,
    from_us: i64,
    most: i64,
) -> Result<Vec<RecordRow>, Fault> {
    records(&c.query(UNMATCHED, &params![environment, host, from_us, most])?)
}

/// The latest requests of nobody's client id.
pub fn unmatched_latest(
    c: &mut Conn,
    environment: &str,
    most: i64,
) -> Result<Vec<RecordRow>, Fault> {
    records(&c.query(UNMATCHED_LATEST, &params![environment, i64::MAX, most])?)
}

/// How often the keys of an app were used on each day since `from_day` (as `2026-11-10`), newest day first; `value` is
/// the key's thumbprint.
pub fn key_uses(
    c: &mut Conn,
    environment: &str,
    handle: &str,
    from_day: &str,
) -> Result<Vec<UseRow>, Fault> {
    uses(&c.query(KEY_USES, &params![environment, handle, from_day])?)
}

/// How often something else of an app was used, the last used first.
pub fn uses_of(
    c: &mut Conn,
    environment: &str,
    handle: &str,
    kind: &str,
) -> Result<Vec<UseRow>, Fault> {
    uses(&c.query(USES, &params![environment, handle, kind])?)
}

/// The apps whose requests a team may see.
pub fn apps_of_team(c: &mut Conn, team: &str) -> Result<Vec<String>, Fault> {
    c.query(APPS_OF_TEAM, &params![team])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Deletes as [`crate::client_requests::purge`] does.
pub fn purge(
    c: &mut Conn,
    (before_us, before_day): (i64, &str),
    active_us: i64,
    most: i64,
) -> Result<u64, Fault> {
    let mut deleted = c.exec(DELETE_OLD, &params![before_us])?;
    deleted += c.exec(DELETE_OLD_USES, &params![before_day])?;
    deleted += c.exec(DELETE_OLD_KEY_USES, &params![before_day])?;
    for row in c.query(ACTIVE_SINCE, &params![active_us])? {
        deleted += c.exec(DELETE_BEYOND, &params![&row.text(0)?, &row.text(1)?, most])?;
    }
    Ok(deleted)
}

fn records(rows: &[Row]) -> Result<Vec<RecordRow>, Fault> {
    rows.iter()
        .map(|row| {
            Ok(RecordRow {
                environment: row.text(0)?,
                request: request(row, 1)?,
            })
        })
        .collect()
}

fn uses(rows: &[Row]) -> Result<Vec<UseRow>, Fault> {
    rows.iter().map(|row| used(row, 0)).collect()
}

/// The kind of a use that is rolled up into `key_uses`.
pub const KEY: &str = "key";
