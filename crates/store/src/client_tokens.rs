//! Access tokens of apps themselves, without a person. Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_CLIENT_TOKEN = "INSERT INTO client_tokens (token_hash, client_id, created_us, expires_us, jkt) VALUES ($1, $2, $3, $4, $5)";
    FIND_CLIENT_TOKEN = "SELECT client_id, created_us, expires_us, jkt FROM client_tokens WHERE token_hash = $1 AND revoked_us IS NULL";
    REVOKE_CLIENT_TOKEN = "UPDATE client_tokens SET revoked_us = $3 WHERE token_hash = $1 AND client_id = $2 AND revoked_us IS NULL RETURNING token_hash";
    REVOKE_TOKENS_OF_CLIENT = "UPDATE client_tokens SET revoked_us = $2 WHERE client_id = $1 AND revoked_us IS NULL";
    PURGE_CLIENT_TOKENS = "DELETE FROM client_tokens WHERE expires_us < $1";
}

/// A token of an app itself.
pub struct ClientTokenRow {
    /// The app.
    pub client_id: String,
    /// When it was made.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: i64,
    /// The thumbprint of the key that it is bound to.
    pub jkt: Option<String>,
}

/// Keeps a token under its name.
pub fn insert(c: &mut Conn, token_hash: &str, token: &ClientTokenRow) -> Result<(), Fault> {
    c.exec(
        INSERT_CLIENT_TOKEN,
        &params![
            token_hash,
            &token.client_id,
            token.created_us,
            token.expires_us,
            token.jkt.as_deref()
        ],
    )?;
    Ok(())
}

/// A token that was not taken back.
pub fn find(c: &mut Conn, token_hash: &str) -> Result<Option<ClientTokenRow>, Fault> {
    c.opt(FIND_CLIENT_TOKEN, &params![token_hash])?
        .map(|row| {
            Ok(ClientTokenRow {
                client_id: row.text(0)?,
                created_us: row.int(1)?,
                expires_us: row.int(2)?,
                jkt: row.opt_text(3)?,
            })
        })
        .transpose()
}

/// Ends a token of an app; `false` when it is not one of this app that is good.
pub fn revoke(c: &mut Conn, token_hash: &str, client_id: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(
        c.opt(REVOKE_CLIENT_TOKEN, &params![token_hash, client_id, now_us])?
            .is_some(),
    )
}

/// Ends all tokens of an app.
pub fn revoke_of(c: &mut Conn, client_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(REVOKE_TOKENS_OF_CLIENT, &params![client_id, now_us])?;
    Ok(())
}

/// Deletes what expired before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_CLIENT_TOKENS, &params![before_us])
}
