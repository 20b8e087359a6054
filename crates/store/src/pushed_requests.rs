//! Authorization requests that apps pushed (RFC 9126). Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    PUT_PUSHED = "INSERT INTO pushed_requests (uri_hash, client_id, sealed, expires_us) VALUES ($1, $2, $3, $4)";
    FIND_PUSHED = "SELECT sealed FROM pushed_requests WHERE uri_hash = $1 AND client_id = $2 AND expires_us > $3";
    TAKE_PUSHED = "DELETE FROM pushed_requests WHERE uri_hash = $1 AND client_id = $2 RETURNING uri_hash";
    PURGE_PUSHED = "DELETE FROM pushed_requests WHERE expires_us < $1";
}

/// Keeps a request under the keyed hash of its `request_uri`.
pub fn put(
    c: &mut Conn,
    uri_hash: &str,
    client_id: &str,
    sealed: &str,
    expires_us: i64,
) -> Result<(), Fault> {
    c.exec(
        PUT_PUSHED,
        &params![uri_hash, client_id, sealed, expires_us],
    )?;
    Ok(())
}

/// A request of this client that is young enough to begin with.
pub fn find(
    c: &mut Conn,
    uri_hash: &str,
    client_id: &str,
    now_us: i64,
) -> Result<Option<String>, Fault> {
    c.opt(FIND_PUSHED, &params![uri_hash, client_id, now_us])?
        .map(|row| row.text(0))
        .transpose()
}

/// Uses a request of this client up, however old; `false` when somebody did before.
pub fn take(c: &mut Conn, uri_hash: &str, client_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(TAKE_PUSHED, &params![uri_hash, client_id])?.is_some())
}

/// Deletes what nobody used in time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_PUSHED, &params![before_us])
}
