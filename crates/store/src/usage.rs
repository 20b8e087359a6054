//! What an environment writes down of each billable hand-off: its own feed, which the portal reads by sequence.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_ROW = "INSERT INTO usage_rows (event, at_us, agency, handle, issuer, app_name, level, acr, person, verified_us, proofed_here)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (event) DO NOTHING RETURNING event";
    WAITING = "SELECT event FROM usage_rows WHERE seq IS NULL ORDER BY at_us, event LIMIT $1";
    NEXT_SEQ = "INSERT INTO client_feed (name, last_seq) VALUES ('usage', $1)
        ON CONFLICT (name) DO UPDATE SET last_seq = client_feed.last_seq + $1 RETURNING last_seq";
    LAST_SEQ = "SELECT last_seq FROM client_feed WHERE name = 'usage'";
    NUMBER = "UPDATE usage_rows SET seq = $2 WHERE event = $1 AND seq IS NULL";
    AFTER = "SELECT seq, event, at_us, agency, handle, issuer, app_name, level, acr, person, verified_us, proofed_here
        FROM usage_rows WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3";
    DELETE_OLD = "DELETE FROM usage_rows WHERE at_us < $1 AND seq IS NOT NULL";
}

/// One hand-off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// Rises within its environment; 0 before it is numbered.
    pub seq: i64,
    /// Digest of session, app and level.
    pub event: String,
    /// When.
    pub at_us: i64,
    /// The agency of the app.
    pub agency: String,
    /// The app.
    pub handle: String,
    /// Its client id.
    pub issuer: String,
    /// Its name as an agreement lists it.
    pub app_name: String,
    /// `auth` or `verified`.
    pub level: String,
    /// What was answered as `acr`.
    pub acr: String,
    /// Digest of the pairwise subject.
    pub person: String,
    /// When the identity was verified.
    pub verified_us: Option<i64>,
    /// Whether an app of this agency asked for the proofing.
    pub proofed_here: bool,
}

/// What a reader gets of the feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsageFeed {
    /// Up to where this reads.
    pub until: i64,
    /// The hand-offs, in order.
    pub rows: Vec<UsageRow>,
}

/// Writes a hand-off down; `false` when there is one of this session, app and level. The unique key alone decides.
pub fn add(c: &mut Conn, row: &UsageRow) -> Result<bool, Fault> {
    let added = c.opt(
        ADD_ROW,
        &params![
            &row.event,
            row.at_us,
            &row.agency,
            &row.handle,
            &row.issuer,
            &row.app_name,
            &row.level,
            &row.acr,
            &row.person,
            row.verified_us,
            row.proofed_here
        ],
    )?;
    Ok(added.is_some())
}

/// Gives the next numbers to hand-offs that have none, oldest first, at most so many. They are in the order of the
/// commits of this function, so a reader never passes one over. Answers how many.
pub fn number(c: &mut Conn, most: i64) -> Result<usize, Fault> {
    let waiting = c.query(WAITING, &params![most])?;
    if waiting.is_empty() {
        return Ok(0);
    }
    let count = i64::try_from(waiting.len()).unwrap_or(i64::MAX);
    let mut seq = c.one(NEXT_SEQ, &params![count])?.int(0)? - count;
    for row in &waiting {
        seq += 1;
        c.exec(NUMBER, &params![&row.text(0)?, seq])?;
    }
    Ok(waiting.len())
}

/// Whether a hand-off waits for its number.
pub fn is_waiting(c: &mut Conn) -> Result<bool, Fault> {
    Ok(!c.query(WAITING, &params![1_i64])?.is_empty())
}

/// What came after a sequence, at most so many hand-offs.
pub fn after(c: &mut Conn, seq: i64, most: i64) -> Result<UsageFeed, Fault> {
    let last = c
        .opt(LAST_SEQ, &params![])?
        .map_or(Ok(0), |row| row.int(0))?;
    let rows: Vec<UsageRow> = c
        .query(AFTER, &params![seq, last, most])?
        .iter()
        .map(read)
        .collect::<Result<_, _>>()?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count >= most);
    let until = match rows.last() {
        Some(row) if full => row.seq,
        _ => last,
    };
    Ok(UsageFeed { until, rows })
}

/// Deletes numbered hand-offs from before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(DELETE_OLD, &params![before_us])
}

fn read(row: &Row) -> Result<UsageRow, Fault> {
    Ok(UsageRow {
        seq: row.int(0)?,
        event: row.text(1)?,
        at_us: row.int(2)?,
        agency: row.text(3)?,
        handle: row.text(4)?,
        issuer: row.text(5)?,
        app_name: row.text(6)?,
        level: row.text(7)?,
        acr: row.text(8)?,
        person: row.text(9)?,
        verified_us: row.opt_int(10)?,
        proofed_here: row.bool(11)?,
    })
}
