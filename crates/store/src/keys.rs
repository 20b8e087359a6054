//! Signing keys, sealed: of the identity provider in an environment's database, of releases in the portal's.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_KEY = "INSERT INTO signing_keys (kid, purpose, algorithm, state, sealed_key, created_us, changed_us)
        VALUES ($1, $2, $3, $4, $5, $6, $6)";
    KEYS_FOR = "SELECT kid, purpose, algorithm, state, sealed_key, created_us, changed_us
        FROM signing_keys WHERE purpose = $1 ORDER BY created_us, kid";
    MOVE_KEY = "UPDATE signing_keys SET state = $3, changed_us = $4 WHERE kid = $1 AND state = $2";
    CLAIM_PURPOSE = "INSERT INTO settings (name, content, version) VALUES ($1, $2, 1) ON CONFLICT (name) DO NOTHING RETURNING name";
}

/// One signing key.
pub struct KeyRow {
    /// Its thumbprint (RFC 7638).
    pub kid: String,
    /// What it signs: `id_token`, `release:sandbox`, `portal_client` ….
    pub purpose: String,
    /// The JOSE algorithm.
    pub algorithm: String,
    /// `next`, `current`, `retiring` or `retired`.
    pub state: String,
    /// PKCS#8, sealed.
    pub sealed_key: String,
    /// When it was made.
    pub created_us: i64,
    /// When its state last changed.
    pub changed_us: i64,
}

/// Keeps a key.
pub fn insert(c: &mut Conn, key: &KeyRow) -> Result<(), Fault> {
    c.exec(
        INSERT_KEY,
        &params![
            &key.kid,
            &key.purpose,
            &key.algorithm,
            &key.state,
            &key.sealed_key,
            key.created_us
        ],
    )?;
    Ok(())
}

/// All keys of a purpose, oldest first.
pub fn keys_for(c: &mut Conn, purpose: &str) -> Result<Vec<KeyRow>, Fault> {
    let rows = c.query(KEYS_FOR, &params![purpose])?;
    rows.iter()
        .map(|row| {
            Ok(KeyRow {
                kid: row.text(0)?,
                purpose: row.text(1)?,
                algorithm: row.text(2)?,
                state: row.text(3)?,
                sealed_key: row.text(4)?,
                created_us: row.int(5)?,
                changed_us: row.int(6)?,
            })
        })
        .collect()
}

/// Moves a key from one state to another; `false` when it is not in the first.
pub fn move_key(
    c: &mut Conn,
    kid: &str,
    (from, to): (&str, &str),
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.exec(MOVE_KEY, &params![kid, from, to, now_us])? > 0)
}

/// Wins the right to make the first keys of a purpose: two nodes that start together make one set.
pub fn claim_first(c: &mut Conn, purpose: &str, by: &str) -> Result<bool, Fault> {
    Ok(
        c.opt(CLAIM_PURPOSE, &params![&format!("keys:{purpose}"), by])?
            .is_some(),
    )
}
