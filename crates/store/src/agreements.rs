//! Agreements as rows: the whole document is JSON, the columns are what lists are made by. GT&C and Orders share the table.

use std::collections::BTreeMap;

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_AGREEMENT = "INSERT INTO agreements (number, agency_id, state, starts, ends, document, version, changed_us, kind, written_by)
        VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9) ON CONFLICT (number) DO NOTHING RETURNING version";
    UPDATE_AGREEMENT = "UPDATE agreements SET state = $3, starts = $4, ends = $5, document = $6, version = version + 1, changed_us = $7, written_by = $8
        WHERE number = $1 AND version = $2 RETURNING version";
    FIND_AGREEMENT = "SELECT number, agency_id, state, starts, ends, document, version, changed_us, kind, written_by FROM agreements WHERE number = $1";
    ORDERS_OF_AGENCY = "SELECT number, agency_id, state, starts, ends, document, version, changed_us, kind, written_by FROM agreements
        WHERE kind = 'order' AND agency_id = $1 ORDER BY number";
    TERMINATED = "SELECT number, MAX(time_us) FROM agreement_events WHERE state = 'terminated' GROUP BY number";
    AGREEMENTS = "SELECT number, agency_id, state, starts, ends, document, version, changed_us, kind, written_by FROM agreements WHERE kind = $1 ORDER BY number";
    AGREEMENTS_IN = "SELECT number, agency_id, state, starts, ends, document, version, changed_us, kind, written_by FROM agreements WHERE state = $1 ORDER BY changed_us, number";
}

/// One agreement: an Order, or General Terms and Conditions.
#[derive(Clone, Debug)]
pub struct AgreementRow {
    /// `GTC-Order-Mod`, or `GTC-Mod`.
    pub number: String,
    /// The partner agency.
    pub agency_id: String,
    /// The state's word.
    pub state: String,
    /// First day of the period of performance.
    pub starts: String,
    /// Last day of it.
    pub ends: String,
    /// All of it, as JSON.
    pub document: String,
    /// Rises with every change.
    pub version: i64,
    /// When it last changed.
    pub changed_us: i64,
    /// `order` or `gtc`.
    pub kind: String,
    /// The member who wrote its words last; empty when the server did.
    pub written_by: String,
}

/// The kind of an Order.
pub const ORDER: &str = "order";
/// The kind of General Terms and Conditions.
pub const GTC: &str = "gtc";

/// Adds an agreement; `false` when the number is taken.
pub fn insert(c: &mut Conn, a: &AgreementRow) -> Result<bool, Fault> {
    let p = params![
        &a.number,
        &a.agency_id,
        &a.state,
        &a.starts,
        &a.ends,
        &a.document,
        a.changed_us,
        &a.kind,
        &a.written_by
    ];
    Ok(c.opt(INSERT_AGREEMENT, &p)?.is_some())
}

/// Replaces an agreement that still has `a.version`; `false` when somebody was first.
pub fn update(c: &mut Conn, a: &AgreementRow) -> Result<bool, Fault> {
    let p = params![
        &a.number,
        a.version,
        &a.state,
        &a.starts,
        &a.ends,
        &a.document,
        a.changed_us,
        &a.written_by
    ];
    Ok(c.opt(UPDATE_AGREEMENT, &p)?.is_some())
}

/// One Order by number.
pub fn find(c: &mut Conn, number: &str) -> Result<Option<AgreementRow>, Fault> {
    Ok(find_either(c, number)?.filter(|row| row.kind == ORDER))
}

/// One Order or GT&C by number.
pub fn find_either(c: &mut Conn, number: &str) -> Result<Option<AgreementRow>, Fault> {
    c.opt(FIND_AGREEMENT, &params![number])?
        .map(|row| agreement(&row))
        .transpose()
}

/// All Orders by number.
pub fn all(c: &mut Conn) -> Result<Vec<AgreementRow>, Fault> {
    of_kind(c, ORDER)
}

/// The Orders of an agency by number.
pub fn of_agency(c: &mut Conn, agency_id: &str) -> Result<Vec<AgreementRow>, Fault> {
    c.query(ORDERS_OF_AGENCY, &params![agency_id])?
        .iter()
        .map(agreement)
        .collect()
}

/// When documents were terminated, by number: the last time each.
pub fn terminated(c: &mut Conn) -> Result<BTreeMap<String, i64>, Fault> {
    c.query(TERMINATED, &params![])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// All Orders or all GT&Cs by number.
pub fn of_kind(c: &mut Conn, kind: &str) -> Result<Vec<AgreementRow>, Fault> {
    c.query(AGREEMENTS, &params![kind])?
        .iter()
        .map(agreement)
        .collect()
}

/// Every agreement in a state, the longest unchanged first.
pub fn in_state(c: &mut Conn, state: &str) -> Result<Vec<AgreementRow>, Fault> {
    c.query(AGREEMENTS_IN, &params![state])?
        .iter()
        .map(agreement)
        .collect()
}

fn agreement(row: &Row) -> Result<AgreementRow, Fault> {
    Ok(AgreementRow {
        number: row.text(0)?,
        agency_id: row.text(1)?,
        state: row.text(2)?,
        starts: row.text(3)?,
        ends: row.text(4)?,
        document: row.text(5)?,
        version: row.int(6)?,
        changed_us: row.int(7)?,
        kind: row.text(8)?,
        written_by: row.text(9)?,
    })
}
