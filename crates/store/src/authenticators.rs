//! Second factors one by one: found without their owner, used, named and removed.

use crate::people::AuthenticatorRow;
use crate::{Conn, Fault, params, statements};

statements! {
    FIND_BY_LOOKUP = "SELECT person_id, authenticator_id, kind, sealed_name, sealed_secret, lookup_digest, sealed_lookup, last_step, created_us, used_us
        FROM authenticators WHERE lookup_digest = $1";
    ADVANCE = "UPDATE authenticators SET sealed_secret = $3, last_step = $4, used_us = $5
        WHERE authenticator_id = $1 AND last_step = $2 RETURNING authenticator_id";
    RENAME = "UPDATE authenticators SET sealed_name = $3 WHERE authenticator_id = $1 AND person_id = $2 RETURNING kind";
    REMOVE = "DELETE FROM authenticators WHERE authenticator_id = $1 AND person_id = $2
        AND EXISTS (SELECT 1 FROM authenticators other WHERE other.person_id = $2 AND other.authenticator_id <> $1)
        RETURNING kind";
}

/// The second factor with this lookup digest, and whose it is.
pub fn find_by_lookup(
    c: &mut Conn,
    digest: &str,
) -> Result<Option<(String, AuthenticatorRow)>, Fault> {
    c.opt(FIND_BY_LOOKUP, &params![digest])?
        .map(|row| {
            Ok((
                row.text(0)?,
                AuthenticatorRow {
                    authenticator_id: row.text(1)?,
                    kind: row.text(2)?,
                    sealed_name: row.text(3)?,
                    sealed_secret: row.text(4)?,
                    lookup_digest: row.opt_text(5)?,
                    sealed_lookup: row.opt_text(6)?,
                    last_step: row.int(7)?,
                    created_us: row.int(8)?,
                    used_us: row.opt_int(9)?,
                },
            ))
        })
        .transpose()
}

/// Keeps what a second factor became by being used; `false` when it was used otherwise meanwhile.
pub fn advance(
    c: &mut Conn,
    row: &AuthenticatorRow,
    sealed_secret: &str,
    step: i64,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(
        ADVANCE,
        &params![
            &row.authenticator_id,
            row.last_step,
            sealed_secret,
            step,
            now_us
        ],
    )?
    .is_some())
}

/// Gives one of a person's second factors another name; its kind, or none when they have no such one.
pub fn rename(
    c: &mut Conn,
    authenticator_id: &str,
    person_id: &str,
    sealed_name: &str,
) -> Result<Option<String>, Fault> {
    c.opt(RENAME, &params![authenticator_id, person_id, sealed_name])?
        .map(|row| row.text(0))
        .transpose()
}

/// Removes one of a person's second factors, never the last; its kind, or none when that was so or there is no such one.
pub fn remove(
    c: &mut Conn,
    authenticator_id: &str,
    person_id: &str,
) -> Result<Option<String>, Fault> {
    c.opt(REMOVE, &params![authenticator_id, person_id])?
        .map(|row| row.text(0))
        .transpose()
}
