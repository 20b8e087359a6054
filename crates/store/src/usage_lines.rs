//! Invoice lines as they were last computed from the ledger, and the warnings that were given.

use crate::{Conn, Fault, params, statements};

statements! {
    LINES_OF = "SELECT month, inputs, document, made_us FROM usage_lines WHERE agreement = $1 ORDER BY month";
    PUT_LINE = "INSERT INTO usage_lines (agreement, month, inputs, document, made_us) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (agreement, month) DO UPDATE SET inputs = excluded.inputs, document = excluded.document, made_us = excluded.made_us";
    WARN = "INSERT INTO usage_warnings (agreement, percent, told_us) VALUES ($1, $2, $3)
        ON CONFLICT (agreement, percent) DO NOTHING RETURNING percent";
    WARNED = "SELECT DISTINCT agreement FROM usage_warnings ORDER BY agreement";
}

/// The lines of one order and month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    /// As `2026-11`.
    pub month: String,
    /// What the lines were computed from; others mean that they must be computed again.
    pub inputs: String,
    /// The lines, as JSON.
    pub document: String,
    /// When they were computed.
    pub made_us: i64,
}

/// The lines of an order, by month.
pub fn of(c: &mut Conn, agreement: &str) -> Result<Vec<LineRow>, Fault> {
    c.query(LINES_OF, &params![agreement])?
        .iter()
        .map(|row| {
            Ok(LineRow {
                month: row.text(0)?,
                inputs: row.text(1)?,
                document: row.text(2)?,
                made_us: row.int(3)?,
            })
        })
        .collect()
}

/// Keeps the lines of an order and month.
pub fn put(c: &mut Conn, agreement: &str, line: &LineRow) -> Result<(), Fault> {
    c.exec(
        PUT_LINE,
        &params![
            agreement,
            &line.month,
            &line.inputs,
            &line.document,
            line.made_us
        ],
    )?;
    Ok(())
}

/// Notes that a warning is given; `false` when it was given before.
pub fn warn(c: &mut Conn, agreement: &str, percent: i64, now_us: i64) -> Result<bool, Fault> {
    let new = c.opt(WARN, &params![agreement, percent, now_us])?;
    Ok(new.is_some())
}

/// The orders that were warned of.
pub fn warned(c: &mut Conn) -> Result<Vec<String>, Fault> {
    c.query(WARNED, &params![])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}
