//! Calls that were sent with an `Idempotency-Key`, and the answers that they got.

use crate::{Conn, Fault, params, statements};

statements! {
    BEGIN = "INSERT INTO repeated_calls (call_hash, request_hash, begun_us) VALUES ($1, $2, $3) ON CONFLICT (call_hash) DO NOTHING RETURNING call_hash";
    FIND = "SELECT request_hash, begun_us, status, sealed FROM repeated_calls WHERE call_hash = $1";
    ANSWER = "UPDATE repeated_calls SET status = $2, sealed = $3 WHERE call_hash = $1";
    FORGET = "DELETE FROM repeated_calls WHERE call_hash = $1";
    PURGE = "DELETE FROM repeated_calls WHERE begun_us < $1";
}

/// A call that was begun before.
pub struct RepeatedCall {
    /// The hash of what was sent with it.
    pub request_hash: String,
    /// When it was begun.
    pub begun_us: i64,
    /// The answer, once there is one: status and sealed text.
    pub answer: Option<(i64, String)>,
}

/// Begins a call; `false` when it was begun before.
pub fn begin(c: &mut Conn, call: &str, request: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(BEGIN, &params![call, request, now_us])?.is_some())
}

/// A call that was begun before.
pub fn find(c: &mut Conn, call: &str) -> Result<Option<RepeatedCall>, Fault> {
    c.opt(FIND, &params![call])?
        .map(|row| {
            let (status, sealed) = (row.opt_int(2)?, row.opt_text(3)?);
            Ok(RepeatedCall {
                request_hash: row.text(0)?,
                begun_us: row.int(1)?,
                answer: status.zip(sealed),
            })
        })
        .transpose()
}

/// Keeps the answer.
pub fn answer(c: &mut Conn, call: &str, status: i64, sealed: &str) -> Result<(), Fault> {
    c.exec(ANSWER, &params![call, status, sealed])?;
    Ok(())
}

/// Lets the call be begun again.
pub fn forget(c: &mut Conn, call: &str) -> Result<(), Fault> {
    c.exec(FORGET, &params![call])?;
    Ok(())
}

/// Deletes calls begun before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE, &params![before_us])
}
