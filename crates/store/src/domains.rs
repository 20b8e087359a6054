//! The domains that teams prove to be their own.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    PUT = "INSERT INTO domain_proofs (team, domain, token, added_by, added_us, finding) VALUES ($1, $2, $3, $4, $5, '')
        ON CONFLICT (team, domain) DO NOTHING RETURNING team";
    FIND = "SELECT team, domain, token, added_by, added_us, checked_us, finding, proved_us, approved_by, approved_us
        FROM domain_proofs WHERE team = $1 AND domain = $2";
    OF_TEAM = "SELECT team, domain, token, added_by, added_us, checked_us, finding, proved_us, approved_by, approved_us
        FROM domain_proofs WHERE team = $1 ORDER BY domain";
    WAITING = "SELECT team, domain, token, added_by, added_us, checked_us, finding, proved_us, approved_by, approved_us
        FROM domain_proofs WHERE approved_us IS NULL AND proved_us IS NOT NULL ORDER BY proved_us LIMIT 200";
    CHECKED = "UPDATE domain_proofs SET checked_us = $3, finding = $4, proved_us = $5 WHERE team = $1 AND domain = $2";
    APPROVED = "UPDATE domain_proofs SET approved_by = $3, approved_us = $4
        WHERE team = $1 AND domain = $2 AND proved_us IS NOT NULL AND approved_us IS NULL RETURNING team";
    REMOVE = "DELETE FROM domain_proofs WHERE team = $1 AND domain = $2 RETURNING team";
    SET_TEAM = "UPDATE teams SET domains = $2 WHERE handle = $1 AND domains = $3";
}

/// A domain of a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainRow {
    /// The team.
    pub team: String,
    /// The domain, in lower case.
    pub domain: String,
    /// What its DNS must show.
    pub token: String,
    /// Who named it.
    pub added_by: String,
    /// When.
    pub added_us: i64,
    /// When the DNS was asked last.
    pub checked_us: Option<i64>,
    /// What the DNS said, when that was no proof.
    pub finding: String,
    /// Since when it is proved.
    pub proved_us: Option<i64>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// When.
    pub approved_us: Option<i64>,
}

/// Names a domain; false when the team named it before.
pub fn put(
    c: &mut Conn,
    (team, domain): (&str, &str),
    token: &str,
    by: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(PUT, &params![team, domain, token, by, now_us])?
        .is_some())
}

/// One domain of a team.
pub fn find(c: &mut Conn, team: &str, domain: &str) -> Result<Option<DomainRow>, Fault> {
    c.opt(FIND, &params![team, domain])?
        .as_ref()
        .map(row)
        .transpose()
}

/// The domains of a team.
pub fn of_team(c: &mut Conn, team: &str) -> Result<Vec<DomainRow>, Fault> {
    c.query(OF_TEAM, &params![team])?.iter().map(row).collect()
}

/// Proved domains that nobody has approved, the oldest first.
pub fn waiting(c: &mut Conn) -> Result<Vec<DomainRow>, Fault> {
    c.query(WAITING, &params![])?.iter().map(row).collect()
}

/// Keeps what the DNS said.
pub fn checked(
    c: &mut Conn,
    (team, domain): (&str, &str),
    now_us: i64,
    finding: &str,
    proved_us: Option<i64>,
) -> Result<(), Fault> {
    c.exec(CHECKED, &params![team, domain, now_us, finding, proved_us])?;
    Ok(())
}

/// Approves a proved domain and adds it to the team's own; false when it is not proved, or approved already.
pub fn approve(
    c: &mut Conn,
    (team, domain): (&str, &str),
    by: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    if c.opt(APPROVED, &params![team, domain, by, now_us])?
        .is_none()
    {
        return Ok(false);
    }
    set(c, team, domain, true)?;
    Ok(true)
}

/// Takes a domain from a team; false when it had none of that name.
pub fn remove(c: &mut Conn, team: &str, domain: &str) -> Result<bool, Fault> {
    if c.opt(REMOVE, &params![team, domain])?.is_none() {
        return Ok(false);
    }
    set(c, team, domain, false)?;
    Ok(true)
}

/// Puts a domain into the team's list or takes it out.
fn set(c: &mut Conn, team: &str, domain: &str, held: bool) -> Result<(), Fault> {
    let before = crate::members::find_team(c, team)?
        .map(|team| team.domains)
        .unwrap_or_default();
    let others = before.split_whitespace().filter(|one| *one != domain);
    let after: Vec<&str> = others.chain(held.then_some(domain)).collect();
    c.exec(SET_TEAM, &params![team, &after.join(" "), &before])?;
    Ok(())
}

fn row(row: &Row) -> Result<DomainRow, Fault> {
    Ok(DomainRow {
        team: row.text(0)?,
        domain: row.text(1)?,
        token: row.text(2)?,
        added_by: row.text(3)?,
        added_us: row.int(4)?,
        checked_us: row.opt_int(5)?,
        finding: row.text(6)?,
        proved_us: row.opt_int(7)?,
        approved_by: row.opt_text(8)?,
        approved_us: row.opt_int(9)?,
    })
}
