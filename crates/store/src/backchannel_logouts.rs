//! Which apps are still to hear that a session ended. Every function faults only where the database does.

use jiff::Timestamp;

use crate::{Conn, Fault, Row, params, statements};

statements! {
    // An app knows of the session once it redeemed a code of it, whatever became of its tokens since.
    APPS_OF_SESSION = "SELECT DISTINCT client_id, subject FROM grants WHERE session_id = $1 AND spent_us IS NOT NULL";
    ADD_LOGOUT = "INSERT INTO backchannel_logouts (logout_id, session_id, client_id, subject, request_id, state, holder, attempts, run_at_us, locked_until_us, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, 0, $8) ON CONFLICT (logout_id) DO NOTHING";
    RELEASE_HELD = "UPDATE backchannel_logouts SET state = 'waiting', request_id = $2, run_at_us = $3 WHERE holder = $1 AND state = 'held'";
    HOLD_ON = "UPDATE backchannel_logouts SET holder = $2 WHERE holder = $1 AND state = 'held'";
    ANY_DUE = "SELECT 1 FROM backchannel_logouts WHERE state = 'waiting' AND run_at_us <= $1 AND locked_until_us <= $1 LIMIT 1";
    CLAIM_LOGOUT = "UPDATE backchannel_logouts SET attempts = attempts + 1, locked_until_us = $2
        WHERE logout_id = (SELECT l.logout_id FROM backchannel_logouts l
            WHERE l.state = 'waiting' AND l.run_at_us <= $1 AND l.locked_until_us <= $1
            AND (SELECT count(*) FROM backchannel_logouts o WHERE o.client_id = l.client_id AND o.state = 'waiting' AND o.locked_until_us > $1) < $3
            ORDER BY l.run_at_us, l.logout_id LIMIT 1)
        AND state = 'waiting' AND locked_until_us <= $1
        RETURNING logout_id, session_id, client_id, subject, request_id, attempts";
    LOGOUT_DONE = "UPDATE backchannel_logouts SET state = $3, done_us = $4, locked_until_us = 0 WHERE logout_id = $1 AND attempts = $2 AND state = 'waiting'";
    LOGOUT_AGAIN = "UPDATE backchannel_logouts SET run_at_us = $3, locked_until_us = 0 WHERE logout_id = $1 AND attempts = $2 AND state = 'waiting'";
    PURGE_LOGOUTS = "DELETE FROM backchannel_logouts WHERE created_us < $1";
}

/// One app to tell of one session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogoutRow {
    /// Names the pair of session and app.
    pub logout_id: String,
    /// Which session ended (`sid`).
    pub session_id: String,
    /// Which app is told.
    pub client_id: String,
    /// The pairwise subject of the person there.
    pub subject: String,
    /// The request that ended the session.
    pub request_id: String,
    /// How often it was tried, this time included.
    pub attempts: i64,
}

/// When and by what a session ended.
#[derive(Clone, Copy)]
pub struct Ended<'a> {
    /// Which (`sid`).
    pub session_id: &'a str,
    /// The request that ended it.
    pub request_id: &'a str,
    /// When.
    pub now_us: i64,
}

/// The apps that redeemed a code of a session, with the subject that they know.
pub fn apps_of(c: &mut Conn, session_id: &str) -> Result<Vec<(String, String)>, Fault> {
    c.query(APPS_OF_SESSION, &params![session_id])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// An app is to be told: at once, or when the session of `holder` ends.
pub fn add(
    c: &mut Conn,
    ended: &Ended<'_>,
    (client_id, subject): (&str, &str),
    holder: Option<&str>,
) -> Result<(), Fault> {
    let id = format!("{} {client_id}", ended.session_id);
    c.exec(
        ADD_LOGOUT,
        &params![
            &id,
            ended.session_id,
            client_id,
            subject,
            ended.request_id,
            holder.map_or("waiting", |_| "held"),
            holder,
            ended.now_us
        ],
    )?;
    Ok(())
}

/// What waited for this session to end is due.
pub fn release(c: &mut Conn, ended: &Ended<'_>) -> Result<(), Fault> {
    c.exec(
        RELEASE_HELD,
        &params![ended.session_id, ended.request_id, ended.now_us],
    )?;
    Ok(())
}

/// What waited for one session to end waits for another.
pub fn hold_on(c: &mut Conn, session_id: &str, holder: &str) -> Result<(), Fault> {
    c.exec(HOLD_ON, &params![session_id, holder])?;
    Ok(())
}

/// Whether somebody is to be told now.
pub fn any_due(c: &mut Conn, now: Timestamp) -> Result<bool, Fault> {
    Ok(c.opt(ANY_DUE, &params![now])?.is_some())
}

/// Claims what is due longest; of one app at most so many at a time.
pub fn claim(
    c: &mut Conn,
    now: Timestamp,
    until_us: i64,
    of_one_app: i64,
) -> Result<Option<LogoutRow>, Fault> {
    c.opt(CLAIM_LOGOUT, &params![now, until_us, of_one_app])?
        .as_ref()
        .map(logout)
        .transpose()
}

/// A claimed one is done with: `told`, `failed` or `dropped`. False when another worker has it by now.
pub fn done(c: &mut Conn, row: &LogoutRow, state: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.exec(
        LOGOUT_DONE,
        &params![&row.logout_id, row.attempts, state, now_us],
    )? == 1)
}

/// A claimed one is tried again then.
pub fn again(c: &mut Conn, row: &LogoutRow, at_us: i64) -> Result<bool, Fault> {
    Ok(c.exec(LOGOUT_AGAIN, &params![&row.logout_id, row.attempts, at_us])? == 1)
}

/// Forgets what was written before then.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_LOGOUTS, &params![before_us])
}

fn logout(row: &Row) -> Result<LogoutRow, Fault> {
    Ok(LogoutRow {
        logout_id: row.text(0)?,
        session_id: row.text(1)?,
        client_id: row.text(2)?,
        subject: row.text(3)?,
        request_id: row.text(4)?,
        attempts: row.int(5)?,
    })
}
