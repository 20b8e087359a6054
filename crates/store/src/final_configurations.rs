//! Configurations that staff made for an app. Every function faults only where the database does.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    PROPOSE = "INSERT INTO staff_configurations (proposal_id, handle, environment, base_revision_id, document, digest, reason, author, created_us, state, decided_by, decided_us, note, revision_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'proposed', '', NULL, '', NULL)
        ON CONFLICT (handle, environment) WHERE decided_us IS NULL DO NOTHING RETURNING proposal_id";
    FIND_PROPOSAL = "SELECT proposal_id, handle, environment, base_revision_id, document, digest, reason, author, created_us, state, decided_by, decided_us, note, revision_id
        FROM staff_configurations WHERE proposal_id = $1";
    PROPOSALS_OF = "SELECT proposal_id, handle, environment, base_revision_id, document, digest, reason, author, created_us, state, decided_by, decided_us, note, revision_id
        FROM staff_configurations WHERE handle = $1 AND environment = $2 ORDER BY created_us DESC, proposal_id DESC LIMIT 50";
    DECIDE = "UPDATE staff_configurations SET state = $2, decided_by = $3, decided_us = $4, note = $5, revision_id = $6
        WHERE proposal_id = $1 AND decided_us IS NULL RETURNING proposal_id";
}

/// A configuration that staff made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalRow {
    /// Its id.
    pub proposal_id: String,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The revision that it was written over.
    pub base_revision_id: String,
    /// The document.
    pub document: String,
    /// Its digest.
    pub digest: String,
    /// Why.
    pub reason: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    pub created_us: i64,
    /// `proposed`, `approved` or `rejected`.
    pub state: String,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_us: Option<i64>,
    /// What they said.
    pub note: String,
    /// The revision that it became.
    pub revision_id: Option<String>,
}

/// Keeps a new one; `false` when another one of the app waits for its decision.
pub fn propose(c: &mut Conn, row: &ProposalRow) -> Result<bool, Fault> {
    let values = params![
        &row.proposal_id,
        &row.handle,
        &row.environment,
        &row.base_revision_id,
        &row.document,
        &row.digest,
        &row.reason,
        &row.author,
        row.created_us
    ];
    Ok(c.opt(PROPOSE, &values)?.is_some())
}

/// One of them.
pub fn find(c: &mut Conn, id: &str) -> Result<Option<ProposalRow>, Fault> {
    c.opt(FIND_PROPOSAL, &params![id])?
        .map(|row| read(&row))
        .transpose()
}

/// Those of an app, the newest first.
pub fn of_app(c: &mut Conn, handle: &str, environment: &str) -> Result<Vec<ProposalRow>, Fault> {
    c.query(PROPOSALS_OF, &params![handle, environment])?
        .iter()
        .map(read)
        .collect()
}

/// Notes a decision; `false` when somebody decided before.
pub fn decide(
    c: &mut Conn,
    id: &str,
    state: &str,
    (by, now_us, note): (&str, i64, &str),
    revision: Option<&str>,
) -> Result<bool, Fault> {
    let values = params![id, state, by, now_us, note, revision];
    Ok(c.opt(DECIDE, &values)?.is_some())
}

fn read(row: &Row) -> Result<ProposalRow, Fault> {
    Ok(ProposalRow {
        proposal_id: row.text(0)?,
        handle: row.text(1)?,
        environment: row.text(2)?,
        base_revision_id: row.text(3)?,
        document: row.text(4)?,
        digest: row.text(5)?,
        reason: row.text(6)?,
        author: row.text(7)?,
        created_us: row.int(8)?,
        state: row.text(9)?,
        decided_by: row.text(10)?,
        decided_us: row.opt_int(11)?,
        note: row.text(12)?,
        revision_id: row.opt_text(13)?,
    })
}
