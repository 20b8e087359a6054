//! Proofs of possession that were seen (RFC 9449). Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    SPEND_PROOF = "INSERT INTO proof_ids (proof_digest, expires_us) VALUES ($1, $2) ON CONFLICT (proof_digest) DO NOTHING RETURNING proof_digest";
    PURGE_PROOFS = "DELETE FROM proof_ids WHERE expires_us < $1";
}

/// Accepts a proof once; `false` when it was seen before.
pub fn spend(c: &mut Conn, proof_digest: &str, expires_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(SPEND_PROOF, &params![proof_digest, expires_us])?
        .is_some())
}

/// Deletes those that are too old to count.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_PROOFS, &params![before_us])
}
