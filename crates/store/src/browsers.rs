//! Browsers that accounts know. Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_BROWSER = "INSERT INTO browsers (browser_id, person_id, token_hash, sealed_details, first_us, seen_us)
        VALUES ($1, $2, $3, $4, $5, $5)";
    FIND_BROWSER = "SELECT browser_id, token_hash, sealed_details, first_us, seen_us, told_us
        FROM browsers WHERE token_hash = $1 AND person_id = $2";
    BROWSERS_OF = "SELECT browser_id, token_hash, sealed_details, first_us, seen_us, told_us
        FROM browsers WHERE person_id = $1 ORDER BY seen_us DESC, browser_id";
    SEE_BROWSER = "UPDATE browsers SET sealed_details = $2, seen_us = $3 WHERE browser_id = $1";
    MOVE_BROWSERS = "UPDATE browsers SET token_hash = $2 WHERE token_hash = $1";
    TELL_BROWSER = "UPDATE browsers SET told_us = $2 WHERE browser_id = $1 AND told_us IS NULL RETURNING browser_id";
    FORGET_BROWSER = "DELETE FROM browsers WHERE browser_id = $1 AND person_id = $2 RETURNING browser_id";
    FORGET_BROWSERS_OF = "DELETE FROM browsers WHERE person_id = $1";
    PURGE_BROWSERS = "DELETE FROM browsers WHERE seen_us < $1";
}

/// One browser that an account knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrowserRow {
    /// Time-ordered UUID.
    pub browser_id: String,
    /// Keyed hash of its cookie.
    pub token_hash: String,
    /// Where and what it was last, sealed.
    pub sealed_details: String,
    /// When the person first signed in with it.
    pub first_us: i64,
    /// When the person last did.
    pub seen_us: i64,
    /// When the person was told of it by mail.
    pub told_us: Option<i64>,
}

/// Keeps a browser that is new to an account.
pub fn insert(c: &mut Conn, person_id: &str, browser: &BrowserRow) -> Result<(), Fault> {
    c.exec(
        INSERT_BROWSER,
        &params![
            &browser.browser_id,
            person_id,
            &browser.token_hash,
            &browser.sealed_details,
            browser.first_us
        ],
    )?;
    Ok(())
}

/// The browser with this cookie, as an account knows it.
pub fn find(c: &mut Conn, token_hash: &str, person_id: &str) -> Result<Option<BrowserRow>, Fault> {
    c.opt(FIND_BROWSER, &params![token_hash, person_id])?
        .map(|row| browser(&row))
        .transpose()
}

/// Every browser that an account knows, the last one used first.
pub fn of(c: &mut Conn, person_id: &str) -> Result<Vec<BrowserRow>, Fault> {
    c.query(BROWSERS_OF, &params![person_id])?
        .iter()
        .map(browser)
        .collect()
}

/// Notes that the person signed in with it again, and where it was.
pub fn see(c: &mut Conn, browser_id: &str, sealed_details: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(SEE_BROWSER, &params![browser_id, sealed_details, now_us])?;
    Ok(())
}

/// The cookie of a browser changes, for everybody whose account knows it.
pub fn move_to(c: &mut Conn, token_hash: &str, new_hash: &str) -> Result<(), Fault> {
    c.exec(MOVE_BROWSERS, &params![token_hash, new_hash])?;
    Ok(())
}

/// Notes that its owner is told of it; `false` when that was done before.
pub fn tell(c: &mut Conn, browser_id: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(TELL_BROWSER, &params![browser_id, now_us])?.is_some())
}

/// An account forgets a browser; `false` when it did not know it.
pub fn forget(c: &mut Conn, browser_id: &str, person_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(FORGET_BROWSER, &params![browser_id, person_id])?
        .is_some())
}

/// An account forgets every browser; how many they were.
pub fn forget_all(c: &mut Conn, person_id: &str) -> Result<u64, Fault> {
    c.exec(FORGET_BROWSERS_OF, &params![person_id])
}

/// Deletes those that were not used since this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_BROWSERS, &params![before_us])
}

fn browser(row: &crate::Row) -> Result<BrowserRow, Fault> {
    Ok(BrowserRow {
        browser_id: row.text(0)?,
        token_hash: row.text(1)?,
        sealed_details: row.text(2)?,
        first_us: row.int(3)?,
        seen_us: row.int(4)?,
        told_us: row.opt_int(5)?,
    })
}
