//! Grants (one authorization each), access tokens and seen client assertions.
//! Every function faults only where the database does.

use crate::consents::{self, ConsentRow};
use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_GRANT = "INSERT INTO grants (grant_id, code_hash, client_id, redirect_uri, code_challenge, person_id, session_id, subject, scope, nonce, acr, achieved, auth_us, created_us, expires_us, offline)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    FIND_BY_CODE = "SELECT g.grant_id, g.client_id, g.redirect_uri, g.code_challenge, g.person_id, g.session_id, g.subject, g.scope, g.nonce, g.acr, g.achieved, g.auth_us, g.created_us, g.expires_us, g.spent_us, g.revoked_us, g.offline, s.session_id
        FROM grants g LEFT JOIN sessions s ON s.session_id = g.session_id AND s.ended_us IS NULL WHERE g.code_hash = $1";
    USED_IN_SESSION = "SELECT 1 FROM grants WHERE session_id = $1 AND client_id = $2 AND revoked_us IS NULL LIMIT 1";
    SPEND_CODE = "UPDATE grants SET spent_us = $2 WHERE code_hash = $1 AND spent_us IS NULL AND revoked_us IS NULL RETURNING grant_id";
    REVOKE_GRANT = "UPDATE grants SET revoked_us = $2 WHERE grant_id = $1 AND revoked_us IS NULL";
    REVOKE_GRANT_TOKENS = "UPDATE access_tokens SET revoked_us = $2 WHERE grant_id = $1 AND revoked_us IS NULL";
    REVOKE_SESSION_TOKENS = "UPDATE access_tokens SET revoked_us = $2 WHERE revoked_us IS NULL AND grant_id IN (SELECT grant_id FROM grants WHERE session_id = $1 AND NOT offline)";
    REVOKE_SESSION_GRANTS = "UPDATE grants SET revoked_us = $2 WHERE session_id = $1 AND revoked_us IS NULL AND NOT offline";
    REVOKE_CLIENT_TOKENS = "UPDATE access_tokens SET revoked_us = $2 WHERE revoked_us IS NULL AND grant_id IN (SELECT grant_id FROM grants WHERE client_id = $1)";
    REVOKE_CLIENT_GRANTS = "UPDATE grants SET revoked_us = $2 WHERE client_id = $1 AND revoked_us IS NULL";
    REVOKE_PERSON_TOKENS = "UPDATE access_tokens SET revoked_us = $2 WHERE revoked_us IS NULL AND grant_id IN (SELECT grant_id FROM grants WHERE person_id = $1)";
    REVOKE_PERSON_GRANTS = "UPDATE grants SET revoked_us = $2 WHERE person_id = $1 AND revoked_us IS NULL";
    INSERT_TOKEN = "INSERT INTO access_tokens (token_hash, grant_id, scope, created_us, expires_us, jkt) VALUES ($1, $2, $3, $4, $5, $6)";
    REVOKE_TOKEN = "UPDATE access_tokens SET revoked_us = $3 WHERE token_hash = $1 AND revoked_us IS NULL
            AND grant_id IN (SELECT grant_id FROM grants WHERE client_id = $2) RETURNING token_hash";
    FIND_TOKEN = "SELECT g.client_id, g.person_id, g.subject, COALESCE(t.scope, g.scope), g.acr, g.achieved, g.revoked_us, t.expires_us, t.revoked_us,
            p.status, p.language, p.sealed_attributes, p.verified_us, k.attributes, k.given_us, k.revoked_us, t.created_us, t.jkt, k.offline, p.sealed_data_key, k.since_us, k.email_digest
        FROM access_tokens t JOIN grants g ON g.grant_id = t.grant_id JOIN people p ON p.person_id = g.person_id
            LEFT JOIN sessions s ON s.session_id = g.session_id AND s.ended_us IS NULL
            LEFT JOIN consents k ON k.person_id = g.person_id AND k.client_id = g.client_id
        WHERE t.token_hash = $1 AND (g.offline OR s.session_id IS NOT NULL)";
    SPEND_ASSERTION = "INSERT INTO assertion_ids (client_id, jti_digest, expires_us) VALUES ($1, $2, $3)
        ON CONFLICT (client_id, jti_digest) DO NOTHING RETURNING jti_digest";
    PURGE_TOKENS = "DELETE FROM access_tokens WHERE expires_us < $1";
    PURGE_GRANTS = "DELETE FROM grants WHERE expires_us < $1 AND NOT EXISTS (SELECT 1 FROM access_tokens t WHERE t.grant_id = grants.grant_id)
            AND NOT EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.grant_id = grants.grant_id)";
    PURGE_ASSERTIONS = "DELETE FROM assertion_ids WHERE expires_us < $1";
}

/// One authorization and what it is bound to.
#[derive(Clone)]
pub struct GrantRow {
    /// Time-ordered UUID.
    pub grant_id: String,
    /// The client it was made for.
    pub client_id: String,
    /// The redirect URI it was sent to.
    pub redirect_uri: String,
    /// The PKCE challenge (S256).
    pub code_challenge: Option<String>,
    /// Whose authorization.
    pub person_id: String,
    /// In which session (`sid`).
    pub session_id: String,
    /// The pairwise subject.
    pub subject: String,
    /// Granted scopes, space separated.
    pub scope: String,
    /// The request's nonce.
    pub nonce: Option<String>,
    /// What the ID token answers as `acr`.
    pub acr: String,
    /// The achieved levels and methods, as JSON.
    pub achieved: String,
    /// When the person signed in.
    pub auth_us: i64,
    /// When it was made.
    pub created_us: i64,
    /// Until when the code can be redeemed.
    pub expires_us: i64,
    /// When the code was redeemed.
    pub spent_us: Option<i64>,
    /// When the whole grant was taken back.
    pub revoked_us: Option<i64>,
    /// Whether it outlives the session.
    pub offline: bool,
}

/// Keeps an authorization under the keyed hash of its code.
pub fn insert_grant(c: &mut Conn, code_hash: &str, g: &GrantRow) -> Result<(), Fault> {
    c.exec(
        INSERT_GRANT,
        &params![
            &g.grant_id,
            code_hash,
            &g.client_id,
            &g.redirect_uri,
            g.code_challenge.as_deref(),
            &g.person_id,
            &g.session_id,
            &g.subject,
            &g.scope,
            g.nonce.as_deref(),
            &g.acr,
            &g.achieved,
            g.auth_us,
            g.created_us,
            g.expires_us,
            g.offline
        ],
    )?;
    Ok(())
}

/// What a code stands for.
pub struct CodeRow {
    /// The authorization.
    pub grant: GrantRow,
    /// Whether the session in which it was made is still open.
    pub session_open: bool,
}

/// The authorization of a code, redeemed or not.
pub fn find_by_code(c: &mut Conn, code_hash: &str) -> Result<Option<CodeRow>, Fault> {
    c.opt(FIND_BY_CODE, &params![code_hash])?
        .map(|row| {
            Ok(CodeRow {
                grant: grant(&row)?,
                session_open: row.opt_text(17)?.is_some(),
            })
        })
        .transpose()
}

/// Whether the person used this client before in this session.
pub fn used_in_session(c: &mut Conn, session_id: &str, client_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(USED_IN_SESSION, &params![session_id, client_id])?
        .is_some())
}

/// Redeems a code; `false` when another request was first. This statement alone decides (RFC 6749 4.1.2).
pub fn spend_code(c: &mut Conn, code_hash: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(SPEND_CODE, &params![code_hash, now_us])?.is_some())
}

/// Takes an authorization back, with every token made from it.
pub fn revoke_grant(c: &mut Conn, grant_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(REVOKE_GRANT, &params![grant_id, now_us])?;
    c.exec(REVOKE_GRANT_TOKENS, &params![grant_id, now_us])?;
    Ok(())
}

/// Takes back all authorizations of a session but those that outlive it, with their tokens.
pub fn revoke_session_grants(c: &mut Conn, session_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(REVOKE_SESSION_TOKENS, &params![session_id, now_us])?;
    c.exec(REVOKE_SESSION_GRANTS, &params![session_id, now_us])?;
    Ok(())
}

/// Takes back all authorizations of a client, with their tokens, and its own.
pub fn revoke_client_grants(c: &mut Conn, client_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(REVOKE_CLIENT_TOKENS, &params![client_id, now_us])?;
    c.exec(REVOKE_CLIENT_GRANTS, &params![client_id, now_us])?;
    crate::client_tokens::revoke_of(c, client_id, now_us)
}

/// Takes back everything that apps got from a person: consents, authorizations and tokens.
pub fn revoke_everything_of(c: &mut Conn, person_id: &str, now_us: i64) -> Result<(), Fault> {
    revoke_grants_of(c, person_id, now_us)?;
    consents::revoke_consents_of(c, person_id, now_us)?;
    Ok(())
}

/// Takes back what apps hold of a person: authorizations and tokens. What the person agreed to stays.
pub fn revoke_grants_of(c: &mut Conn, person_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(REVOKE_PERSON_TOKENS, &params![person_id, now_us])?;
    c.exec(REVOKE_PERSON_GRANTS, &params![person_id, now_us])?;
    Ok(())
}

pub(crate) fn grant(row: &crate::Row) -> Result<GrantRow, Fault> {
    Ok(GrantRow {
        grant_id: row.text(0)?,
        client_id: row.text(1)?,
        redirect_uri: row.text(2)?,
        code_challenge: row.opt_text(3)?,
        person_id: row.text(4)?,
        session_id: row.text(5)?,
        subject: row.text(6)?,
        scope: row.text(7)?,
        nonce: row.opt_text(8)?,
        acr: row.text(9)?,
        achieved: row.text(10)?,
        auth_us: row.int(11)?,
        created_us: row.int(12)?,
        expires_us: row.int(13)?,
        spent_us: row.opt_int(14)?,
        revoked_us: row.opt_int(15)?,
        offline: row.bool(16)?,
    })
}

/// Keeps an access token's keyed hash, with the thumbprint of the key that it is bound to. `scope` is narrower than the
/// authorization's, where it is given.
pub fn insert_token(
    c: &mut Conn,
    token_hash: &str,
    (grant_id, scope): (&str, Option<&str>),
    now_us: i64,
    expires_us: i64,
    jkt: Option<&str>,
) -> Result<(), Fault> {
    c.exec(
        INSERT_TOKEN,
        &params![token_hash, grant_id, scope, now_us, expires_us, jkt],
    )?;
    Ok(())
}

/// Ends an access token of a client; `false` when it is not one of this client that is good.
pub fn revoke_token(
    c: &mut Conn,
    token_hash: &str,
    client_id: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(
        c.opt(REVOKE_TOKEN, &params![token_hash, client_id, now_us])?
            .is_some(),
    )
}

/// An access token with all that decides what it tells: one row for one userinfo request.
pub struct TokenRow {
    /// The client it was made for.
    pub client_id: String,
    /// Whose authorization.
    pub person_id: String,
    /// The pairwise subject.
    pub subject: String,
    /// Granted scopes, space separated.
    pub scope: String,
    /// What the ID token answered as `acr`.
    pub acr: String,
    /// The achieved levels and methods, as JSON.
    pub achieved: String,
    /// When it was made.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: i64,
    /// The thumbprint of the key that it is bound to.
    pub jkt: Option<String>,
    /// Whether the token or its authorization was taken back.
    pub revoked: bool,
    /// `active` or what else the account is.
    pub status: String,
    /// The person's language.
    pub language: String,
    /// The key of everything that is sealed for the person, itself sealed.
    pub sealed_data_key: Option<String>,
    /// Verified attributes as sealed JSON.
    pub sealed_attributes: Option<String>,
    /// When the identity was verified.
    pub verified_us: Option<i64>,
    /// What the person agreed to share with the client.
    pub consent: Option<ConsentRow>,
}

/// An access token by its keyed hash; none when it ended with the session it came from.
pub fn find_token(c: &mut Conn, token_hash: &str) -> Result<Option<TokenRow>, Fault> {
    let Some(row) = c.opt(FIND_TOKEN, &params![token_hash])? else {
        return Ok(None);
    };
    let client_id = row.text(0)?;
    let consent = match row.opt_text(13)? {
        Some(attributes) => Some(ConsentRow {
            client_id: client_id.clone(),
            attributes,
            since_us: row.int(20)?,
            given_us: row.int(14)?,
            revoked_us: row.opt_int(15)?,
            offline: row.bool(18)?,
            email_digest: row.opt_text(21)?,
        }),
        None => None,
    };
    Ok(Some(TokenRow {
        client_id,
        person_id: row.text(1)?,
        subject: row.text(2)?,
        scope: row.text(3)?,
        acr: row.text(4)?,
        achieved: row.text(5)?,
        revoked: row.opt_int(6)?.is_some() || row.opt_int(8)?.is_some(),
        expires_us: row.int(7)?,
        created_us: row.int(16)?,
        jkt: row.opt_text(17)?,
        status: row.text(9)?,
        language: row.text(10)?,
        sealed_attributes: row.opt_text(11)?,
        sealed_data_key: row.opt_text(19)?,
        verified_us: row.opt_int(12)?,
        consent,
    }))
}

/// Accepts a client assertion's `jti` once; `false` when it was seen before (RFC 7523 3).
pub fn spend_assertion(
    c: &mut Conn,
    client_id: &str,
    jti_digest: &str,
    expires_us: i64,
) -> Result<bool, Fault> {
    Ok(
        c.opt(SPEND_ASSERTION, &params![client_id, jti_digest, expires_us])?
            .is_some(),
    )
}

/// Deletes what expired before this time, and the client assertions that did before theirs.
pub fn purge(c: &mut Conn, before_us: i64, assertions_us: i64) -> Result<u64, Fault> {
    Ok(c.exec(PURGE_TOKENS, &params![before_us])?
        + crate::refresh_tokens::purge(c, before_us)?
        + crate::client_tokens::purge(c, before_us)?
        + c.exec(PURGE_GRANTS, &params![before_us])?
        + c.exec(PURGE_ASSERTIONS, &params![assertions_us])?)
}
