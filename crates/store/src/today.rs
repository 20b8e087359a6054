//! What the first pages ask: how many requests stand where, the oldest of them, the newest live ones, and keys that end.
//! Each question reads as many rows as it answers, however many apps there are.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    COUNT_IN = "SELECT count(*) FROM launches WHERE state = $1";
    IDS_IN = "SELECT launch_id FROM launches WHERE state = $1 ORDER BY COALESCE(submitted_us, created_us), launch_id LIMIT $2";
    COUNT_IN_OF_TEAM = "SELECT count(*) FROM apps a JOIN launches l ON l.handle = a.handle WHERE a.team = $1 AND l.state = $2";
    IDS_IN_OF_TEAM = "SELECT l.launch_id FROM apps a JOIN launches l ON l.handle = a.handle WHERE a.team = $1 AND l.state = $2
        ORDER BY COALESCE(l.submitted_us, l.created_us), l.launch_id LIMIT $3";
    LIVE_IDS = "SELECT launch_id FROM launches WHERE state = $1 AND window_us IS NOT NULL ORDER BY window_us DESC LIMIT $2";
    LIVE_IDS_OF_TEAM = "SELECT l.launch_id FROM apps a JOIN launches l ON l.handle = a.handle WHERE a.team = $1 AND l.state = $2
        AND l.window_us IS NOT NULL ORDER BY l.window_us DESC LIMIT $3";
    COUNT_SENT_BEFORE = "SELECT count(*) FROM launches WHERE state = 'submitted' AND submitted_us < $1";
    SENT_BEFORE = "SELECT launch_id FROM launches WHERE state = 'submitted' AND submitted_us < $1 ORDER BY submitted_us, launch_id LIMIT $2";
    COUNT_BAD = "SELECT count(*) FROM lint_results WHERE errors > 0";
    FORGET_KEY_ENDS = "DELETE FROM key_ends WHERE seen_us < $1";
    PUT_KEY_END = "INSERT INTO key_ends (handle, environment, fingerprint, team, app_name, ends_us, seen_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (handle, environment, fingerprint) DO UPDATE SET team = excluded.team, app_name = excluded.app_name,
        ends_us = excluded.ends_us, seen_us = excluded.seen_us";
    COUNT_KEY_ENDS = "SELECT count(*) FROM key_ends WHERE ends_us < $1";
    KEY_ENDS = "SELECT handle, environment, fingerprint, team, app_name, ends_us FROM key_ends WHERE ends_us < $1 ORDER BY ends_us, handle LIMIT $2";
    KEY_ENDS_AFTER = "SELECT handle, environment, fingerprint, team, app_name, ends_us FROM key_ends
        WHERE ends_us > $1 OR (ends_us = $1 AND handle || '/' || environment || '/' || fingerprint > $2)
        ORDER BY ends_us, handle || '/' || environment || '/' || fingerprint LIMIT $3";
    COUNT_KEY_ENDS_OF_TEAM = "SELECT count(*) FROM key_ends WHERE team = $1 AND ends_us < $2";
    KEY_ENDS_OF_TEAM = "SELECT handle, environment, fingerprint, team, app_name, ends_us FROM key_ends WHERE team = $1 AND ends_us < $2
        ORDER BY ends_us, handle LIMIT $3";
}

/// Whose.
#[derive(Clone, Debug)]
pub enum Of {
    /// Everybody's.
    All,
    /// Of these teams.
    Teams(Vec<String>),
}

/// How many requests are in a state, and the ids of the oldest.
pub fn in_state(
    c: &mut Conn,
    of: &Of,
    state: &str,
    limit: i64,
) -> Result<(i64, Vec<String>), Fault> {
    let Of::Teams(teams) = of else {
        let count = c.one(COUNT_IN, &params![state])?.int(0)?;
        return Ok((count, ids(&c.query(IDS_IN, &params![state, limit])?)?));
    };
    let (mut count, mut found) = (0, Vec::new());
    for team in teams {
        count += c.one(COUNT_IN_OF_TEAM, &params![team, state])?.int(0)?;
        found.extend(ids(&c.query(IDS_IN_OF_TEAM, &params![team, state, limit])?)?);
    }
    Ok((count, found))
}

/// The ids of the requests in a live state whose windows were the last.
pub fn newest_live(c: &mut Conn, of: &Of, state: &str, limit: i64) -> Result<Vec<String>, Fault> {
    let Of::Teams(teams) = of else {
        return ids(&c.query(LIVE_IDS, &params![state, limit])?);
    };
    let mut found = Vec::new();
    for team in teams {
        found.extend(ids(
            &c.query(LIVE_IDS_OF_TEAM, &params![team, state, limit])?
        )?);
    }
    Ok(found)
}

/// How many requests in review were sent before then, and the ids of the oldest.
pub fn sent_before(c: &mut Conn, before_us: i64, limit: i64) -> Result<(i64, Vec<String>), Fault> {
    let count = c.one(COUNT_SENT_BEFORE, &params![before_us])?.int(0)?;
    let rows = c.query(SENT_BEFORE, &params![before_us, limit])?;
    Ok((count, ids(&rows)?))
}

/// How many live apps the nightly check found errors in.
pub fn count_bad(c: &mut Conn) -> Result<i64, Fault> {
    c.one(COUNT_BAD, &params![])?.int(0)
}

/// A certificate of a live app that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEndRow {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// SHA-256 of the certificate.
    pub fingerprint: String,
    /// The app's team.
    pub team: String,
    /// The app's name as in the agreement.
    pub app_name: String,
    /// When it ends.
    pub ends_us: i64,
}

/// Keeps these and forgets all others.
pub fn keep_key_ends(c: &mut Conn, rows: &[KeyEndRow], now_us: i64) -> Result<(), Fault> {
    for row in rows {
        c.exec(
            PUT_KEY_END,
            &params![
                &row.handle,
                &row.environment,
                &row.fingerprint,
                &row.team,
                &row.app_name,
                row.ends_us,
                now_us
            ],
        )?;
    }
    c.exec(FORGET_KEY_ENDS, &params![now_us])?;
    Ok(())
}

/// How many certificates end before then, and the next of them.
pub fn key_ends(
    c: &mut Conn,
    of: &Of,
    before_us: i64,
    limit: i64,
) -> Result<(i64, Vec<KeyEndRow>), Fault> {
    let Of::Teams(teams) = of else {
        let count = c.one(COUNT_KEY_ENDS, &params![before_us])?.int(0)?;
        let rows = c.query(KEY_ENDS, &params![before_us, limit])?;
        return Ok((count, rows.iter().map(key_end).collect::<Result<_, _>>()?));
    };
    let (mut count, mut found) = (0, Vec::new());
    for team in teams {
        count += c
            .one(COUNT_KEY_ENDS_OF_TEAM, &params![team, before_us])?
            .int(0)?;
        let rows = c.query(KEY_ENDS_OF_TEAM, &params![team, before_us, limit])?;
        for row in &rows {
            found.push(key_end(row)?);
        }
    }
    found.sort_by_key(|row| row.ends_us);
    Ok((count, found))
}

/// Certificates after a place, the next to end first. The place is the time and, among those of one time, the name.
pub fn key_ends_after(
    c: &mut Conn,
    (ends_us, name): (i64, &str),
    limit: i64,
) -> Result<Vec<KeyEndRow>, Fault> {
    c.query(KEY_ENDS_AFTER, &params![ends_us, name, limit])?
        .iter()
        .map(key_end)
        .collect()
}

fn ids(rows: &[Row]) -> Result<Vec<String>, Fault> {
    rows.iter().map(|row| row.text(0)).collect()
}

fn key_end(row: &Row) -> Result<KeyEndRow, Fault> {
    Ok(KeyEndRow {
        handle: row.text(0)?,
        environment: row.text(1)?,
        fingerprint: row.text(2)?,
        team: row.text(3)?,
        app_name: row.text(4)?,
        ends_us: row.int(5)?,
    })
}
