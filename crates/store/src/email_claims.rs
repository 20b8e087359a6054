//! Addresses that wait for their owner to confirm them. Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_CLAIM = "INSERT INTO email_claims (claim_id, person_id, sealed_email, link_hash, code_hash, created_us, expires_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CLAIMS_OF = "SELECT claim_id, person_id, sealed_email, link_hash, code_hash, created_us, expires_us
        FROM email_claims WHERE person_id = $1 AND expires_us > $2 ORDER BY created_us, claim_id";
    FIND_CLAIM_BY_LINK = "SELECT claim_id, person_id, sealed_email, link_hash, code_hash, created_us, expires_us
        FROM email_claims WHERE link_hash = $1 AND expires_us > $2";
    SPEND_CLAIM = "DELETE FROM email_claims WHERE claim_id = $1 AND person_id = $2 RETURNING claim_id";
    DELETE_CLAIMS_OF = "DELETE FROM email_claims WHERE person_id = $1";
    PURGE_CLAIMS = "DELETE FROM email_claims WHERE expires_us < $1";
}

/// One address that waits.
#[derive(Debug, Clone)]
pub struct ClaimRow {
    /// Time-ordered UUID.
    pub claim_id: String,
    /// Whose account it is for.
    pub person_id: String,
    /// The address, sealed.
    pub sealed_email: String,
    /// Keyed hash of what the mailed link carries.
    pub link_hash: String,
    /// Keyed hash of the mailed code.
    pub code_hash: String,
    /// When it was asked for.
    pub created_us: i64,
    /// Until when it can be confirmed.
    pub expires_us: i64,
}

/// Keeps an address that waits.
pub fn insert(c: &mut Conn, claim: &ClaimRow) -> Result<(), Fault> {
    c.exec(
        INSERT_CLAIM,
        &params![
            &claim.claim_id,
            &claim.person_id,
            &claim.sealed_email,
            &claim.link_hash,
            &claim.code_hash,
            claim.created_us,
            claim.expires_us
        ],
    )?;
    Ok(())
}

/// The addresses that wait for an account, oldest first.
pub fn of(c: &mut Conn, person_id: &str, now_us: i64) -> Result<Vec<ClaimRow>, Fault> {
    c.query(CLAIMS_OF, &params![person_id, now_us])?
        .iter()
        .map(claim)
        .collect()
}

/// The address that a mailed link confirms.
pub fn find_by_link(c: &mut Conn, link_hash: &str, now_us: i64) -> Result<Option<ClaimRow>, Fault> {
    c.opt(FIND_CLAIM_BY_LINK, &params![link_hash, now_us])?
        .map(|row| claim(&row))
        .transpose()
}

/// Takes a claim away, to confirm it or to forget it; `false` when somebody did before.
pub fn spend(c: &mut Conn, claim_id: &str, person_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(SPEND_CLAIM, &params![claim_id, person_id])?.is_some())
}

/// Takes away everything that waits for an account.
pub fn delete_of(c: &mut Conn, person_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_CLAIMS_OF, &params![person_id])?;
    Ok(())
}

/// Deletes what expired before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_CLAIMS, &params![before_us])
}

fn claim(row: &crate::Row) -> Result<ClaimRow, Fault> {
    Ok(ClaimRow {
        claim_id: row.text(0)?,
        person_id: row.text(1)?,
        sealed_email: row.text(2)?,
        link_hash: row.text(3)?,
        code_hash: row.text(4)?,
        created_us: row.int(5)?,
        expires_us: row.int(6)?,
    })
}
