//! Rate limits and lock-outs. An attempt is counted in one statement before it is verified, so
//! that many at once cannot slip past a limit.

use std::time::Duration;

use jiff::Timestamp;

use crate::db::conn::Conn;
use crate::db::micros_after;
use crate::db::value::Row;
use crate::fault::Fault;
use crate::{params, statements};

/// How often something happened in its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// How often, this time included.
    pub hits: i64,
    /// When the window began.
    pub since: Timestamp,
    /// When the window ends and counting begins anew.
    pub until: Timestamp,
}

/// Counts one attempt. A window begins with the first attempt after the last window's end.
pub fn hit(c: &mut Conn, name: &str, window: Duration, now: Timestamp) -> Result<Count, Fault> {
    let until = micros_after(now, window);
    count(&c.one(HIT, &params![name, now, until])?)
}

/// The count of a window that has not ended.
pub fn find(c: &mut Conn, name: &str, now: Timestamp) -> Result<Option<Count>, Fault> {
    c.opt(FIND, &params![name, now])?
        .as_ref()
        .map(count)
        .transpose()
}

/// Makes a window last at least until then: a lock-out. Only lengthens.
pub fn extend(c: &mut Conn, name: &str, until: Timestamp) -> Result<(), Fault> {
    c.exec(EXTEND, &params![name, until])?;
    Ok(())
}

/// Begins anew, as after a success.
pub fn clear(c: &mut Conn, name: &str) -> Result<(), Fault> {
    c.exec(CLEAR, &params![name])?;
    Ok(())
}

/// Removes windows that have ended.
pub fn sweep(c: &mut Conn, now: Timestamp) -> Result<u64, Fault> {
    c.exec(SWEEP, &params![now])
}

fn count(row: &Row) -> Result<Count, Fault> {
    Ok(Count {
        hits: row.int(0)?,
        since: row.time(1)?,
        until: row.time(2)?,
    })
}

statements! {
    HIT = "INSERT INTO counters (name, window_us, hits, until_us) VALUES ($1, $2, 1, $3) \
        ON CONFLICT (name) DO UPDATE SET \
        hits = CASE WHEN counters.until_us <= $2 THEN 1 ELSE counters.hits + 1 END, \
        window_us = CASE WHEN counters.until_us <= $2 THEN $2 ELSE counters.window_us END, \
        until_us = CASE WHEN counters.until_us <= $2 THEN $3 ELSE counters.until_us END \
        RETURNING hits, window_us, until_us";
    FIND = "SELECT hits, window_us, until_us FROM counters WHERE name = $1 AND until_us > $2";
    EXTEND = "UPDATE counters SET until_us = $2 WHERE name = $1 AND until_us < $2";
    CLEAR = "DELETE FROM counters WHERE name = $1";
    SWEEP = "DELETE FROM counters WHERE until_us <= $1";
}
