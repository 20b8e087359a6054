//! What is denied: apps and keys as the portal keeps them, the signed lists, and the list that an environment took.
//! Every function faults only where the database does.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_LIST = "INSERT INTO deny_lists (environment, sequence, signed, created_us) VALUES ($1, $2, $3, $4)
        ON CONFLICT (environment, sequence) DO NOTHING RETURNING sequence";
    LAST_LIST = "SELECT sequence, signed FROM deny_lists WHERE environment = $1 ORDER BY sequence DESC LIMIT 1";
    INSERT_APP = "INSERT INTO denied_apps (denial_id, environment, handle, issuer, kind, page, reason, actor, since_us, until_us, ended_us, ended_by, ended_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, NULL, '', '')";
    END_APP = "UPDATE denied_apps SET ended_us = $2, ended_by = $3, ended_reason = $4 WHERE denial_id = $1 AND ended_us IS NULL RETURNING denial_id";
    DENIED_IN = "SELECT denial_id, environment, handle, issuer, kind, page, reason, actor, since_us, until_us, ended_us, ended_by, ended_reason
        FROM denied_apps WHERE environment = $1 AND ended_us IS NULL ORDER BY handle, denial_id";
    DENIALS_OF = "SELECT denial_id, environment, handle, issuer, kind, page, reason, actor, since_us, until_us, ended_us, ended_by, ended_reason
        FROM denied_apps WHERE environment = $1 AND handle = $2 ORDER BY denial_id DESC";
    INSERT_KEY = "INSERT INTO revoked_keys (environment, handle, thumbprint, reason, actor, revoked_us) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (environment, handle, thumbprint) DO NOTHING RETURNING thumbprint";
    KEYS_IN = "SELECT handle, thumbprint, reason, actor, revoked_us FROM revoked_keys WHERE environment = $1 ORDER BY handle, thumbprint";
    KEYS_OF = "SELECT handle, thumbprint, reason, actor, revoked_us FROM revoked_keys WHERE environment = $1 AND handle = $2 ORDER BY thumbprint";
    PUT_REPORT = "INSERT INTO denial_reports (environment, sequence, seen_us) VALUES ($1, $2, $3)
        ON CONFLICT (environment) DO UPDATE SET sequence = excluded.sequence, seen_us = excluded.seen_us";
    FIND_REPORT = "SELECT sequence FROM denial_reports WHERE environment = $1";
    INSTALL = "INSERT INTO installed_denials (sequence, signed, installed_us) VALUES ($1, $2, $3)
        ON CONFLICT (sequence) DO NOTHING RETURNING sequence";
    INSTALLED = "SELECT sequence, signed FROM installed_denials ORDER BY sequence DESC LIMIT 1";
}

/// One time that nobody could sign in to an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeniedRow {
    /// Time-ordered UUID.
    pub denial_id: String,
    /// Where.
    pub environment: String,
    /// The app.
    pub handle: String,
    /// Its client id.
    pub issuer: String,
    /// `suspended` or `retired`.
    pub kind: String,
    /// What its page tells, as JSON.
    pub page: String,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub actor: String,
    /// Since when.
    pub since_us: i64,
    /// When it ends by itself.
    pub until_us: Option<i64>,
    /// When it ended.
    pub ended_us: Option<i64>,
    /// Who ended it.
    pub ended_by: String,
    /// Why it ended.
    pub ended_reason: String,
}

/// A key that proves nothing any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedKeyRow {
    /// The app.
    pub handle: String,
    /// The key's thumbprint.
    pub thumbprint: String,
    /// Why.
    pub reason: String,
    /// Who revoked it.
    pub actor: String,
    /// When.
    pub revoked_us: i64,
}

/// Keeps a signed list; `false` when its place in the sequence is taken: somebody was first, make it again.
pub fn insert_list(
    c: &mut Conn,
    environment: &str,
    sequence: i64,
    signed: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    let p = params![environment, sequence, signed, now_us];
    Ok(c.opt(INSERT_LIST, &p)?.is_some())
}

/// The newest list of an environment, as (sequence, signed).
pub fn last_list(c: &mut Conn, environment: &str) -> Result<Option<(i64, String)>, Fault> {
    c.opt(LAST_LIST, &params![environment])?
        .map(|row| Ok((row.int(0)?, row.text(1)?)))
        .transpose()
}

/// Keeps that an app is denied.
pub fn insert_app(c: &mut Conn, d: &DeniedRow) -> Result<(), Fault> {
    let p = params![
        &d.denial_id,
        &d.environment,
        &d.handle,
        &d.issuer,
        &d.kind,
        &d.page,
        &d.reason,
        &d.actor,
        d.since_us,
        d.until_us
    ];
    c.exec(INSERT_APP, &p)?;
    Ok(())
}

/// Ends it; `false` when it had ended.
pub fn end_app(
    c: &mut Conn,
    denial_id: &str,
    now_us: i64,
    (by, reason): (&str, &str),
) -> Result<bool, Fault> {
    Ok(c.opt(END_APP, &params![denial_id, now_us, by, reason])?
        .is_some())
}

/// Every app that is denied in an environment now.
pub fn denied_in(c: &mut Conn, environment: &str) -> Result<Vec<DeniedRow>, Fault> {
    let rows = c.query(DENIED_IN, &params![environment])?;
    rows.iter().map(denied).collect()
}

/// Every time that an app was denied in an environment, newest first.
pub fn denials_of(c: &mut Conn, environment: &str, handle: &str) -> Result<Vec<DeniedRow>, Fault> {
    let rows = c.query(DENIALS_OF, &params![environment, handle])?;
    rows.iter().map(denied).collect()
}

/// Why an app is denied now, if it is.
pub fn find_denied(
    c: &mut Conn,
    environment: &str,
    handle: &str,
) -> Result<Option<DeniedRow>, Fault> {
    let all = denials_of(c, environment, handle)?;
    Ok(all.into_iter().find(|row| row.ended_us.is_none()))
}

/// Revokes a key; `false` when it was revoked before.
pub fn insert_key(c: &mut Conn, environment: &str, key: &RevokedKeyRow) -> Result<bool, Fault> {
    let p = params![
        environment,
        &key.handle,
        &key.thumbprint,
        &key.reason,
        &key.actor,
        key.revoked_us
    ];
    Ok(c.opt(INSERT_KEY, &p)?.is_some())
}

/// Every revoked key of an environment; of one app, when it is named.
pub fn revoked_keys(
    c: &mut Conn,
    environment: &str,
    handle: Option<&str>,
) -> Result<Vec<RevokedKeyRow>, Fault> {
    let rows = match handle {
        None => c.query(KEYS_IN, &params![environment])?,
        Some(handle) => c.query(KEYS_OF, &params![environment, handle])?,
    };
    rows.iter()
        .map(|row| {
            Ok(RevokedKeyRow {
                handle: row.text(0)?,
                thumbprint: row.text(1)?,
                reason: row.text(2)?,
                actor: row.text(3)?,
                revoked_us: row.int(4)?,
            })
        })
        .collect()
}

/// Keeps which list an environment that runs elsewhere holds.
pub fn put_report(
    c: &mut Conn,
    environment: &str,
    sequence: i64,
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(PUT_REPORT, &params![environment, sequence, now_us])?;
    Ok(())
}

/// Which list an environment that runs elsewhere last said that it holds.
pub fn find_report(c: &mut Conn, environment: &str) -> Result<Option<i64>, Fault> {
    c.opt(FIND_REPORT, &params![environment])?
        .map(|row| row.int(0))
        .transpose()
}

/// In an environment: keeps a list that it took; `false` when it has one of this sequence.
pub fn install(c: &mut Conn, sequence: i64, signed: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(INSTALL, &params![sequence, signed, now_us])?
        .is_some())
}

/// In an environment: the newest list that it took, as (sequence, signed).
pub fn installed(c: &mut Conn) -> Result<Option<(i64, String)>, Fault> {
    c.opt(INSTALLED, &params![])?
        .map(|row| Ok((row.int(0)?, row.text(1)?)))
        .transpose()
}

fn denied(row: &Row) -> Result<DeniedRow, Fault> {
    Ok(DeniedRow {
        denial_id: row.text(0)?,
        environment: row.text(1)?,
        handle: row.text(2)?,
        issuer: row.text(3)?,
        kind: row.text(4)?,
        page: row.text(5)?,
        reason: row.text(6)?,
        actor: row.text(7)?,
        since_us: row.int(8)?,
        until_us: row.opt_int(9)?,
        ended_us: row.opt_int(10)?,
        ended_by: row.text(11)?,
        ended_reason: row.text(12)?,
    })
}
