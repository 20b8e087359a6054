//! What reviewers were told of late answers. Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    TELL_DELAY = "INSERT INTO review_tellings (launch_id, round_us, told_us) VALUES ($1, $2, $3)
        ON CONFLICT (launch_id, round_us) DO NOTHING RETURNING launch_id";
    UNTOLD = "SELECT l.launch_id, l.submitted_us FROM launches l WHERE l.state = 'submitted' AND l.submitted_us < $1
        AND NOT EXISTS (SELECT 1 FROM review_tellings t WHERE t.launch_id = l.launch_id AND t.round_us = l.submitted_us)
        ORDER BY l.submitted_us, l.launch_id LIMIT $2";
}

/// Notes that a request's late answer is told, for the time it was sent; `false` when it was before.
pub fn tell(c: &mut Conn, launch_id: &str, round_us: i64, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(TELL_DELAY, &params![launch_id, round_us, now_us])?
        .is_some())
}

/// Requests in review that were sent before then and of which nobody was told, the oldest first: the id and when it was sent.
pub fn untold(c: &mut Conn, before_us: i64, limit: i64) -> Result<Vec<(String, i64)>, Fault> {
    c.query(UNTOLD, &params![before_us, limit])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}
