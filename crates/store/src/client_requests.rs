//! What apps asked of an environment: its own feed, which the portal reads by sequence.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    // One row gives out the numbers, so that they rise in the order of the commits: a reader never passes one over.
    NEXT_SEQ = "INSERT INTO client_feed (name, last_seq) VALUES ('requests', $1)
        ON CONFLICT (name) DO UPDATE SET last_seq = client_feed.last_seq + $1 RETURNING last_seq";
    LAST_SEQ = "SELECT last_seq FROM client_feed WHERE name = 'requests'";
    INSERT_REQUEST = "INSERT INTO client_requests (seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)";
    REQUESTS_AFTER = "SELECT seq, at_us, request_id, flow, step, outcome, code, status, client_id, handle, revision_id, redirect_host, key_id, detail
        FROM client_requests WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
    ADD_USE = "INSERT INTO client_uses (handle, kind, value, day, uses, last_us, seq) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (handle, kind, value, day) DO UPDATE SET uses = client_uses.uses + excluded.uses,
        last_us = CASE WHEN excluded.last_us > client_uses.last_us THEN excluded.last_us ELSE client_uses.last_us END, seq = excluded.seq";
    USES_AFTER = "SELECT handle, kind, value, day, uses, last_us, seq FROM client_uses WHERE seq > $1 AND seq <= $2 ORDER BY seq";
    DELETE_OLD = "DELETE FROM client_requests WHERE at_us < $1";
    DELETE_OLD_USES = "DELETE FROM client_uses WHERE day < $1";
    ACTIVE_SINCE = "SELECT DISTINCT handle FROM client_requests WHERE at_us >= $1";
    DELETE_BEYOND = "DELETE FROM client_requests WHERE handle = $1 AND seq <=
        (SELECT seq FROM client_requests WHERE handle = $1 ORDER BY seq DESC LIMIT 1 OFFSET $2)";
    COUNT_OF = "SELECT COUNT(*) FROM client_requests WHERE handle = $1";
}

/// One request of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestRow {
    /// Rises within its environment; 0 before it is written.
    pub seq: i64,
    /// When.
    pub at_us: i64,
    /// As the answer's `X-Request-Id` says it.
    pub request_id: String,
    /// Connects the requests of one sign-in.
    pub flow: Option<String>,
    /// Which endpoint.
    pub step: String,
    /// What became of it.
    pub outcome: String,
    /// The refusal's code.
    pub code: Option<String>,
    /// The HTTP status.
    pub status: i64,
    /// The client id that was sent, or empty.
    pub client_id: String,
    /// The app that is registered under it, or empty.
    pub handle: String,
    /// The revision that was served.
    pub revision_id: Option<String>,
    /// The host of the redirect URI that was sent.
    pub redirect_host: Option<String>,
    /// The thumbprint of the key that verified the client's assertion.
    pub key_id: Option<String>,
    /// More, as JSON.
    pub detail: String,
}

/// How often something of an app was used on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseRow {
    /// The app.
    pub handle: String,
    /// What kind of thing: `key`, `redirect_uri`, `outcome`.
    pub kind: String,
    /// Which.
    pub value: String,
    /// The UTC day, as `2026-11-10`.
    pub day: String,
    /// How often.
    pub uses: i64,
    /// When last.
    pub last_us: i64,
}

/// What a reader gets of the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Feed {
    /// Up to where this reads.
    pub until: i64,
    /// The requests, in order.
    pub requests: Vec<RequestRow>,
    /// The counts that changed, as they stand now.
    pub uses: Vec<UseRow>,
}

/// Writes requests and adds to the counts.
pub fn append(c: &mut Conn, requests: &[RequestRow], uses: &[UseRow]) -> Result<(), Fault> {
    let count = i64::try_from(requests.len() + 1).unwrap_or(i64::MAX);
    let last = c.one(NEXT_SEQ, &params![count])?.int(0)?;
    let mut seq = last - count;
    for r in requests {
        seq += 1;
        c.exec(
            INSERT_REQUEST,
            &params![
                seq,
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
    for u in uses {
        c.exec(
            ADD_USE,
            &params![
                &u.handle, &u.kind, &u.value, &u.day, u.uses, u.last_us, last
            ],
        )?;
    }
    Ok(())
}

/// What came after a sequence, at most so many requests.
pub fn after(c: &mut Conn, seq: i64, most: i64) -> Result<Feed, Fault> {
    let last = last_seq(c)?;
    if last <= seq {
        return Ok(Feed {
            until: last,
            ..Feed::default()
        });
    }
    let rows = c.query(REQUESTS_AFTER, &params![seq, last, most])?;
    let requests: Vec<RequestRow> = rows
        .iter()
        .map(|row| request(row, 0))
        .collect::<Result<_, _>>()?;
    let full = i64::try_from(requests.len()).is_ok_and(|count| count >= most);
    let until = match requests.last() {
        Some(row) if full => row.seq,
        _ => last,
    };
    let uses = c
        .query(USES_AFTER, &params![seq, until])?
        .iter()
        .map(|row| used(row, 0))
        .collect::<Result<_, _>>()?;
    Ok(Feed {
        until,
        requests,
        uses,
    })
}

/// The last sequence that was given out.
pub fn last_seq(c: &mut Conn) -> Result<i64, Fault> {
    c.opt(LAST_SEQ, &[])?.map_or(Ok(0), |row| row.int(0))
}

/// Deletes what is older than `before_us`, counts before `before_day`, and of each app that asked since `active_us` all
/// but the newest `most` requests.
pub fn purge(
    c: &mut Conn,
    (before_us, before_day): (i64, &str),
    active_us: i64,
    most: i64,
) -> Result<u64, Fault> {
    let mut deleted = c.exec(DELETE_OLD, &params![before_us])?;
    deleted += c.exec(DELETE_OLD_USES, &params![before_day])?;
    for row in c.query(ACTIVE_SINCE, &params![active_us])? {
        deleted += c.exec(DELETE_BEYOND, &params![&row.text(0)?, most])?;
    }
    Ok(deleted)
}

/// How many requests of an app are kept.
pub fn count_of(c: &mut Conn, handle: &str) -> Result<i64, Fault> {
    c.one(COUNT_OF, &params![handle])?.int(0)
}

/// Reads the columns of a request, from this one on.
pub(crate) fn request(row: &Row, from: usize) -> Result<RequestRow, Fault> {
    Ok(RequestRow {
        seq: row.int(from)?,
        at_us: row.int(from + 1)?,
        request_id: row.text(from + 2)?,
        flow: row.opt_text(from + 3)?,
        step: row.text(from + 4)?,
        outcome: row.text(from + 5)?,
        code: row.opt_text(from + 6)?,
        status: row.int(from + 7)?,
        client_id: row.text(from + 8)?,
        handle: row.text(from + 9)?,
        revision_id: row.opt_text(from + 10)?,
        redirect_host: row.opt_text(from + 11)?,
        key_id: row.opt_text(from + 12)?,
        detail: row.text(from + 13)?,
    })
}

/// Reads the columns of a count, from this one on.
pub(crate) fn used(row: &Row, from: usize) -> Result<UseRow, Fault> {
    Ok(UseRow {
        handle: row.text(from)?,
        kind: row.text(from + 1)?,
        value: row.text(from + 2)?,
        day: row.text(from + 3)?,
        uses: row.int(from + 4)?,
        last_us: row.int(from + 5)?,
    })
}
