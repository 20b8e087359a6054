//! Secrets by which apps prove themselves, as keyed hashes. Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_SECRET = "INSERT INTO client_secrets (secret_hash, secret_id, handle, client_id, made_by, created_us, expires_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND_SECRET = "SELECT secret_id, handle, client_id, made_by, created_us, expires_us, used_us FROM client_secrets
        WHERE secret_hash = $1 AND ended_us IS NULL";
    SECRETS_OF = "SELECT secret_id, handle, client_id, made_by, created_us, expires_us, used_us FROM client_secrets
        WHERE client_id = $1 AND handle = $2 AND ended_us IS NULL AND (expires_us IS NULL OR expires_us > $3) ORDER BY created_us, secret_id";
    TOUCH_SECRET = "UPDATE client_secrets SET used_us = $2 WHERE secret_id = $1 AND (used_us IS NULL OR used_us < $2)";
    END_SECRET = "UPDATE client_secrets SET ended_us = $4
        WHERE secret_id = $1 AND client_id = $2 AND handle = $3 AND ended_us IS NULL RETURNING secret_id";
}

/// One secret.
#[derive(Clone)]
pub struct SecretRow {
    /// What names it; not the secret.
    pub secret_id: String,
    /// The app.
    pub handle: String,
    /// The app's client id when the secret was made.
    pub client_id: String,
    /// The member who made it.
    pub made_by: String,
    /// When.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: Option<i64>,
    /// When it was last used.
    pub used_us: Option<i64>,
}

/// Keeps a secret's keyed hash.
pub fn insert(c: &mut Conn, hash: &str, s: &SecretRow) -> Result<(), Fault> {
    c.exec(
        INSERT_SECRET,
        &params![
            hash,
            &s.secret_id,
            &s.handle,
            &s.client_id,
            &s.made_by,
            s.created_us,
            s.expires_us
        ],
    )?;
    Ok(())
}

/// A secret that was not ended, by its keyed hash.
pub fn find(c: &mut Conn, hash: &str) -> Result<Option<SecretRow>, Fault> {
    c.opt(FIND_SECRET, &params![hash])?
        .map(|row| secret(&row))
        .transpose()
}

/// The secrets of an app that are good, the oldest first.
pub fn of_app(
    c: &mut Conn,
    client_id: &str,
    handle: &str,
    now_us: i64,
) -> Result<Vec<SecretRow>, Fault> {
    c.query(SECRETS_OF, &params![client_id, handle, now_us])?
        .iter()
        .map(secret)
        .collect()
}

/// Notes that a secret was used.
pub fn touch(c: &mut Conn, secret_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(TOUCH_SECRET, &params![secret_id, now_us])?;
    Ok(())
}

/// Ends a secret of an app; `false` when it has none of this name.
pub fn end(
    c: &mut Conn,
    secret_id: &str,
    (client_id, handle): (&str, &str),
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(
        c.opt(END_SECRET, &params![secret_id, client_id, handle, now_us])?
            .is_some(),
    )
}

fn secret(row: &crate::Row) -> Result<SecretRow, Fault> {
    Ok(SecretRow {
        secret_id: row.text(0)?,
        handle: row.text(1)?,
        client_id: row.text(2)?,
        made_by: row.text(3)?,
        created_us: row.int(4)?,
        expires_us: row.opt_int(5)?,
        used_us: row.opt_int(6)?,
    })
}
