//! Refresh tokens: each stands for an authorization, which ends with all of them.
//! Every function faults only where the database does.

use crate::grants::{GrantRow, grant};
use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_REFRESH_TOKEN = "INSERT INTO refresh_tokens (token_hash, grant_id, created_us, expires_us, jkt) VALUES ($1, $2, $3, $4, $5)";
    FIND_REFRESH_TOKEN = "SELECT g.grant_id, g.client_id, g.redirect_uri, g.code_challenge, g.person_id, g.session_id, g.subject, g.scope, g.nonce, g.acr, g.achieved, g.auth_us, g.created_us, g.expires_us, g.spent_us, g.revoked_us, g.offline,
            r.created_us, r.expires_us, r.spent_us, r.jkt
        FROM refresh_tokens r JOIN grants g ON g.grant_id = r.grant_id WHERE r.token_hash = $1";
    SPEND_REFRESH_TOKEN = "UPDATE refresh_tokens SET spent_us = $2 WHERE token_hash = $1 AND spent_us IS NULL RETURNING grant_id";
    PROLONG_REFRESH_TOKEN = "UPDATE refresh_tokens SET expires_us = $2 WHERE token_hash = $1 AND spent_us IS NULL AND expires_us < $2";
    PURGE_REFRESH_TOKENS = "DELETE FROM refresh_tokens WHERE expires_us < $1";
}

/// What a refresh token stands for.
pub struct RefreshRow {
    /// The authorization.
    pub grant: GrantRow,
    /// When it was made.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: i64,
    /// When it was used.
    pub spent_us: Option<i64>,
    /// The thumbprint of the key that it is bound to.
    pub jkt: Option<String>,
}

/// Keeps a refresh token's keyed hash, with the thumbprint of the key that it is bound to.
pub fn insert(
    c: &mut Conn,
    token_hash: &str,
    grant_id: &str,
    (now_us, expires_us): (i64, i64),
    jkt: Option<&str>,
) -> Result<(), Fault> {
    c.exec(
        INSERT_REFRESH_TOKEN,
        &params![token_hash, grant_id, now_us, expires_us, jkt],
    )?;
    Ok(())
}

/// A refresh token by its keyed hash, used or not.
pub fn find(c: &mut Conn, token_hash: &str) -> Result<Option<RefreshRow>, Fault> {
    c.opt(FIND_REFRESH_TOKEN, &params![token_hash])?
        .map(|row| {
            Ok(RefreshRow {
                grant: grant(&row)?,
                created_us: row.int(17)?,
                expires_us: row.int(18)?,
                spent_us: row.opt_int(19)?,
                jkt: row.opt_text(20)?,
            })
        })
        .transpose()
}

/// Uses it up; `false` when another request was first. This statement alone decides.
pub fn spend(c: &mut Conn, token_hash: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(SPEND_REFRESH_TOKEN, &params![token_hash, now_us])?
        .is_some())
}

/// Lets one that is not used up last longer.
pub fn prolong(c: &mut Conn, token_hash: &str, expires_us: i64) -> Result<(), Fault> {
    c.exec(PROLONG_REFRESH_TOKEN, &params![token_hash, expires_us])?;
    Ok(())
}

/// Deletes what expired before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_REFRESH_TOKENS, &params![before_us])
}
