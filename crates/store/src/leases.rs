//! Leases: which node does a task that only one may do at a time.

use std::time::Duration;

use jiff::Timestamp;

use crate::db::conn::Conn;
use crate::db::micros_after;
use crate::fault::Fault;
use crate::{params, statements};

/// Takes or renews a lease. False means that another holder has it.
pub fn take(
    c: &mut Conn,
    name: &str,
    holder: &str,
    now: Timestamp,
    length: Duration,
) -> Result<bool, Fault> {
    let until = micros_after(now, length);
    Ok(c.opt(TAKE, &params![name, holder, until, now])?.is_some())
}

/// Gives a lease back early.
pub fn release(c: &mut Conn, name: &str, holder: &str) -> Result<(), Fault> {
    c.exec(RELEASE, &params![name, holder])?;
    Ok(())
}

statements! {
    TAKE = "INSERT INTO leases (name, holder, until_us) VALUES ($1, $2, $3) \
        ON CONFLICT (name) DO UPDATE SET holder = $2, until_us = $3 \
        WHERE leases.holder = $2 OR leases.until_us <= $4 RETURNING name";
    RELEASE = "DELETE FROM leases WHERE name = $1 AND holder = $2";
}
