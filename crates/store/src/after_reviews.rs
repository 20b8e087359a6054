//! Reviews that are owed after an emergency. Every function faults only where the database does.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    OWE = "INSERT INTO after_reviews (launch_id, created_us, due_us, done_us, done_by, finding) VALUES ($1, $2, $3, NULL, '', '')
        ON CONFLICT (launch_id) DO NOTHING";
    OPEN_REVIEWS = "SELECT launch_id, created_us, due_us, done_us, done_by, finding FROM after_reviews WHERE done_us IS NULL ORDER BY launch_id";
    FIND_REVIEW = "SELECT launch_id, created_us, due_us, done_us, done_by, finding FROM after_reviews WHERE launch_id = $1";
    FINISH = "UPDATE after_reviews SET done_us = $2, done_by = $3, finding = $4 WHERE launch_id = $1 AND done_us IS NULL RETURNING launch_id";
}

/// A review that is or was owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AfterReviewRow {
    /// The request that went live as an emergency.
    pub launch_id: String,
    /// Since when it is owed.
    pub created_us: i64,
    /// By when.
    pub due_us: i64,
    /// When it was done.
    pub done_us: Option<i64>,
    /// Who did it.
    pub done_by: String,
    /// What it found.
    pub finding: String,
}

/// Notes that a review is owed; once for each request.
pub fn owe(c: &mut Conn, launch_id: &str, now_us: i64, due_us: i64) -> Result<(), Fault> {
    c.exec(OWE, &params![launch_id, now_us, due_us])?;
    Ok(())
}

/// Every review that is owed, the oldest first.
pub fn open(c: &mut Conn) -> Result<Vec<AfterReviewRow>, Fault> {
    c.query(OPEN_REVIEWS, &params![])?
        .iter()
        .map(read)
        .collect()
}

/// The review of one request.
pub fn find(c: &mut Conn, launch_id: &str) -> Result<Option<AfterReviewRow>, Fault> {
    c.opt(FIND_REVIEW, &params![launch_id])?
        .map(|row| read(&row))
        .transpose()
}

/// Notes that it was done; `false` when it was before, or none is owed.
pub fn finish(
    c: &mut Conn,
    launch_id: &str,
    now_us: i64,
    (by, finding): (&str, &str),
) -> Result<bool, Fault> {
    Ok(c.opt(FINISH, &params![launch_id, now_us, by, finding])?
        .is_some())
}

fn read(row: &Row) -> Result<AfterReviewRow, Fault> {
    Ok(AfterReviewRow {
        launch_id: row.text(0)?,
        created_us: row.int(1)?,
        due_us: row.int(2)?,
        done_us: row.opt_int(3)?,
        done_by: row.text(4)?,
        finding: row.text(5)?,
    })
}
