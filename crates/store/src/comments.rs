//! Comments on the fields of a launch or change request.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_COMMENT = "INSERT INTO launch_comments (comment_id, launch_id, path, author, side, words, written_us, told_us, closed_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')";
    COMMENTS_OF = "SELECT c.comment_id, c.launch_id, c.path, c.author, m.name, c.side, c.words, c.written_us, c.told_us, c.closed_us
        FROM launch_comments c JOIN members m ON m.member_id = c.author WHERE c.launch_id = $1 ORDER BY c.written_us, c.comment_id LIMIT 500";
    TELL_COMMENTS = "UPDATE launch_comments SET told_us = $2 WHERE launch_id = $1 AND told_us IS NULL";
    CLOSE_COMMENT = "UPDATE launch_comments SET closed_by = $3, closed_us = $4 WHERE comment_id = $1 AND launch_id = $2 AND closed_us IS NULL RETURNING comment_id";
}

/// One comment.
#[derive(Clone, Debug)]
pub struct CommentRow {
    /// Time-ordered UUID.
    pub comment_id: String,
    /// The request.
    pub launch_id: String,
    /// The field, as a JSON Pointer into the document or the request; empty for the whole.
    pub path: String,
    /// The member who wrote it.
    pub author: String,
    /// Their name; not written.
    pub author_name: String,
    /// `staff` or `team`.
    pub side: String,
    /// What was written.
    pub words: String,
    /// When it was written.
    pub written_us: i64,
    /// Since when the other side sees it.
    pub told_us: Option<i64>,
    /// When it was settled.
    pub closed_us: Option<i64>,
}

/// Writes a comment.
pub fn add(c: &mut Conn, row: &CommentRow) -> Result<(), Fault> {
    c.exec(
        ADD_COMMENT,
        &params![
            &row.comment_id,
            &row.launch_id,
            &row.path,
            &row.author,
            &row.side,
            &row.words,
            row.written_us,
            row.told_us
        ],
    )?;
    Ok(())
}

/// The comments of a request, oldest first.
pub fn of_launch(c: &mut Conn, launch_id: &str) -> Result<Vec<CommentRow>, Fault> {
    c.query(COMMENTS_OF, &params![launch_id])?
        .iter()
        .map(comment)
        .collect()
}

/// Shows the other side what it has not seen. Answers how many that were.
pub fn tell(c: &mut Conn, launch_id: &str, now_us: i64) -> Result<u64, Fault> {
    c.exec(TELL_COMMENTS, &params![launch_id, now_us])
}

/// Settles a comment; `false` when it is settled or not of this request.
pub fn close(
    c: &mut Conn,
    (comment_id, launch_id): (&str, &str),
    by: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(
        c.opt(CLOSE_COMMENT, &params![comment_id, launch_id, by, now_us])?
            .is_some(),
    )
}

fn comment(row: &Row) -> Result<CommentRow, Fault> {
    Ok(CommentRow {
        comment_id: row.text(0)?,
        launch_id: row.text(1)?,
        path: row.text(2)?,
        author: row.text(3)?,
        author_name: row.text(4)?,
        side: row.text(5)?,
        words: row.text(6)?,
        written_us: row.int(7)?,
        told_us: row.opt_int(8)?,
        closed_us: row.opt_int(9)?,
    })
}
