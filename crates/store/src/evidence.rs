//! Documents that teams keep as evidence for the launches of an app.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_EVIDENCE = "INSERT INTO evidence (evidence_id, handle, environment, document_id, issued, expires, media_type, size, sha256, content, kept_by, kept_us, removed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '')";
    EVIDENCE_OF = "SELECT e.evidence_id, e.handle, e.environment, e.document_id, e.issued, e.expires, e.media_type, e.size, e.sha256, e.kept_by, m.name, e.kept_us
        FROM evidence e JOIN members m ON m.member_id = e.kept_by
        WHERE e.handle = $1 AND e.environment = $2 AND e.removed_us IS NULL ORDER BY e.kept_us DESC LIMIT 100";
    FIND_EVIDENCE = "SELECT e.evidence_id, e.handle, e.environment, e.document_id, e.issued, e.expires, e.media_type, e.size, e.sha256, e.kept_by, m.name, e.kept_us
        FROM evidence e JOIN members m ON m.member_id = e.kept_by WHERE e.evidence_id = $1 AND e.removed_us IS NULL";
    EVIDENCE_CONTENT = "SELECT content FROM evidence WHERE evidence_id = $1 AND removed_us IS NULL";
    REMOVE_EVIDENCE = "UPDATE evidence SET removed_by = $2, removed_us = $3, content = NULL WHERE evidence_id = $1 AND removed_us IS NULL RETURNING evidence_id";
}

/// One document. Without a file its media type is empty.
#[derive(Clone, Debug)]
pub struct EvidenceRow {
    /// Time-ordered UUID.
    pub evidence_id: String,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The document's own number.
    pub document_id: String,
    /// The day from which it holds.
    pub issued: String,
    /// Its last day.
    pub expires: String,
    /// What the file is; empty where none is kept.
    pub media_type: String,
    /// The file's length in bytes.
    pub size: i64,
    /// The file's digest.
    pub sha256: String,
    /// The member who put it there.
    pub kept_by: String,
    /// Their name; not written.
    pub keeper_name: String,
    /// When.
    pub kept_us: i64,
}

/// Keeps a document.
pub fn add(c: &mut Conn, e: &EvidenceRow, content: Option<&[u8]>) -> Result<(), Fault> {
    c.exec(
        ADD_EVIDENCE,
        &params![
            &e.evidence_id,
            &e.handle,
            &e.environment,
            &e.document_id,
            &e.issued,
            &e.expires,
            &e.media_type,
            e.size,
            &e.sha256,
            content,
            &e.kept_by,
            e.kept_us
        ],
    )?;
    Ok(())
}

/// The documents of an app in an environment, newest first.
pub fn of_app(c: &mut Conn, handle: &str, environment: &str) -> Result<Vec<EvidenceRow>, Fault> {
    c.query(EVIDENCE_OF, &params![handle, environment])?
        .iter()
        .map(evidence)
        .collect()
}

/// One document.
pub fn find(c: &mut Conn, evidence_id: &str) -> Result<Option<EvidenceRow>, Fault> {
    c.opt(FIND_EVIDENCE, &params![evidence_id])?
        .map(|row| evidence(&row))
        .transpose()
}

/// The file of a document; nothing where none is kept.
pub fn content(c: &mut Conn, evidence_id: &str) -> Result<Option<Vec<u8>>, Fault> {
    match c.opt(EVIDENCE_CONTENT, &params![evidence_id])? {
        Some(row) => row.opt_blob(0),
        None => Ok(None),
    }
}

/// Removes a document and its file; `false` when it is gone already.
pub fn remove(c: &mut Conn, evidence_id: &str, by: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(REMOVE_EVIDENCE, &params![evidence_id, by, now_us])?
        .is_some())
}

fn evidence(row: &Row) -> Result<EvidenceRow, Fault> {
    Ok(EvidenceRow {
        evidence_id: row.text(0)?,
        handle: row.text(1)?,
        environment: row.text(2)?,
        document_id: row.text(3)?,
        issued: row.text(4)?,
        expires: row.text(5)?,
        media_type: row.text(6)?,
        size: row.int(7)?,
        sha256: row.text(8)?,
        kept_by: row.text(9)?,
        keeper_name: row.text(10)?,
        kept_us: row.int(11)?,
    })
}
