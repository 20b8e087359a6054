//! Partner accounts: who the programme deals with, under which requesting agency.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    // Either name may be taken: the conflict is told, not raised.
    ADD_ACCOUNT = "INSERT INTO partner_accounts (account_id, name, requesting_agency, agency_id, status, became, description, version, changed_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8) ON CONFLICT DO NOTHING RETURNING version";
    CHANGE_ACCOUNT = "UPDATE partner_accounts SET name = $3, status = $4, became = $5, description = $6, version = version + 1, changed_us = $7
        WHERE account_id = $1 AND version = $2 AND NOT EXISTS (SELECT 1 FROM partner_accounts x WHERE x.name = $3 AND x.account_id <> $1) RETURNING version";
    FIND_ACCOUNT = "SELECT account_id, name, requesting_agency, agency_id, status, became, description, version, changed_us FROM partner_accounts WHERE account_id = $1";
    ACCOUNTS = "SELECT account_id, name, requesting_agency, agency_id, status, became, description, version, changed_us FROM partner_accounts ORDER BY name";
}

/// One partner account.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// UUID.
    pub account_id: String,
    /// Its name.
    pub name: String,
    /// Agency and office, such as `DHS-CBP`.
    pub requesting_agency: String,
    /// The agency.
    pub agency_id: String,
    /// Where the partnership stands.
    pub status: String,
    /// The day it became a partner; empty before.
    pub became: String,
    /// What it is.
    pub description: String,
    /// Rises with every change.
    pub version: i64,
    /// When it last changed.
    pub changed_us: i64,
}

/// Adds an account; `false` when its name or its requesting agency is taken.
pub fn add(c: &mut Conn, a: &AccountRow) -> Result<bool, Fault> {
    let p = params![
        &a.account_id,
        &a.name,
        &a.requesting_agency,
        &a.agency_id,
        &a.status,
        &a.became,
        &a.description,
        a.changed_us
    ];
    Ok(c.opt(ADD_ACCOUNT, &p)?.is_some())
}

/// Changes an account that still has `a.version`; `false` when it has not, or its name is taken.
pub fn change(c: &mut Conn, a: &AccountRow) -> Result<bool, Fault> {
    let p = params![
        &a.account_id,
        a.version,
        &a.name,
        &a.status,
        &a.became,
        &a.description,
        a.changed_us
    ];
    Ok(c.opt(CHANGE_ACCOUNT, &p)?.is_some())
}

/// One account.
pub fn find(c: &mut Conn, id: &str) -> Result<Option<AccountRow>, Fault> {
    c.opt(FIND_ACCOUNT, &params![id])?
        .map(|row| account(&row))
        .transpose()
}

/// All accounts by name.
pub fn all(c: &mut Conn) -> Result<Vec<AccountRow>, Fault> {
    c.query(ACCOUNTS, &params![])?.iter().map(account).collect()
}

fn account(row: &Row) -> Result<AccountRow, Fault> {
    Ok(AccountRow {
        account_id: row.text(0)?,
        name: row.text(1)?,
        requesting_agency: row.text(2)?,
        agency_id: row.text(3)?,
        status: row.text(4)?,
        became: row.text(5)?,
        description: row.text(6)?,
        version: row.int(7)?,
        changed_us: row.int(8)?,
    })
}
