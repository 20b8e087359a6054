//! Tokens of the API that end soon, and who was told of which. Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    TELL_TOKEN = "INSERT INTO token_tellings (token, told_us) VALUES ($1, $2) ON CONFLICT (token) DO NOTHING RETURNING token";
    ENDING = "SELECT t.token_hash, t.member_id, t.name, t.expires_us FROM api_tokens t
        WHERE t.revoked_us IS NULL AND t.expires_us > $1 AND t.expires_us < $2 AND t.expires_us - t.created_us > $3
        AND NOT EXISTS (SELECT 1 FROM token_tellings told WHERE told.token = t.token_hash)
        ORDER BY t.expires_us, t.token_hash LIMIT $4";
}

/// A token of the API that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingRow {
    /// Its keyed hash.
    pub token_hash: String,
    /// Whose it is.
    pub member_id: String,
    /// What its owner calls it.
    pub name: String,
    /// When it ends.
    pub expires_us: i64,
}

/// Notes that the end of a token is told; `false` when it was before.
pub fn tell(c: &mut Conn, token: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(TELL_TOKEN, &params![token, now_us])?.is_some())
}

/// Tokens that end between two times, that live longer than so long, and of which nobody was told.
pub fn ending(
    c: &mut Conn,
    (from_us, until_us): (i64, i64),
    life_us: i64,
    limit: i64,
) -> Result<Vec<EndingRow>, Fault> {
    c.query(ENDING, &params![from_us, until_us, life_us, limit])?
        .iter()
        .map(|row| {
            Ok(EndingRow {
                token_hash: row.text(0)?,
                member_id: row.text(1)?,
                name: row.text(2)?,
                expires_us: row.int(3)?,
            })
        })
        .collect()
}
