//! Saved estimates of usage and cost, of a team or of a partnership that has no team yet.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_ESTIMATE = "INSERT INTO estimates (estimate_id, partnership_id, team, name, model, result, total_cents, author, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND_ESTIMATE = "SELECT e.estimate_id, e.partnership_id, e.team, e.name, e.model, e.result, e.total_cents, e.author, m.name, e.created_us, e.accepted_us, a.name
        FROM estimates e JOIN members m ON m.member_id = e.author LEFT JOIN members a ON a.member_id = e.accepted_by WHERE e.estimate_id = $1";
    ESTIMATES_OF_TEAM = "SELECT e.estimate_id, e.partnership_id, e.team, e.name, e.model, e.result, e.total_cents, e.author, m.name, e.created_us, e.accepted_us, a.name
        FROM estimates e JOIN members m ON m.member_id = e.author LEFT JOIN members a ON a.member_id = e.accepted_by
        WHERE e.team = $1 ORDER BY e.created_us DESC, e.estimate_id DESC LIMIT 100";
    ESTIMATES_OF_PARTNERSHIP = "SELECT e.estimate_id, e.partnership_id, e.team, e.name, e.model, e.result, e.total_cents, e.author, m.name, e.created_us, e.accepted_us, a.name
        FROM estimates e JOIN members m ON m.member_id = e.author LEFT JOIN members a ON a.member_id = e.accepted_by
        WHERE e.partnership_id = $1 ORDER BY e.created_us DESC, e.estimate_id DESC LIMIT 100";
    ESTIMATES_OF_AUTHOR = "SELECT e.estimate_id, e.partnership_id, e.team, e.name, e.model, e.result, e.total_cents, e.author, m.name, e.created_us, e.accepted_us, a.name
        FROM estimates e JOIN members m ON m.member_id = e.author LEFT JOIN members a ON a.member_id = e.accepted_by
        WHERE e.author = $1 AND e.team IS NULL ORDER BY e.created_us DESC, e.estimate_id DESC LIMIT 100";
    ALL_ESTIMATES = "SELECT e.estimate_id, e.partnership_id, e.team, e.name, e.model, e.result, e.total_cents, e.author, m.name, e.created_us, e.accepted_us, a.name
        FROM estimates e JOIN members m ON m.member_id = e.author LEFT JOIN members a ON a.member_id = e.accepted_by
        WHERE e.created_us < $1 OR (e.created_us = $1 AND e.estimate_id < $2) ORDER BY e.created_us DESC, e.estimate_id DESC LIMIT $3";
    ACCEPTED_OF_AGENCY = "SELECT e.result FROM estimates e JOIN teams t ON t.handle = e.team
        WHERE t.agency_id = $1 AND e.accepted_us IS NOT NULL ORDER BY e.accepted_us DESC, e.estimate_id DESC LIMIT 1";
    FORGET_OF_TEAM = "UPDATE estimates SET accepted_us = NULL, accepted_by = NULL WHERE team = $1 AND accepted_us IS NOT NULL";
    FORGET_OF_PARTNERSHIP = "UPDATE estimates SET accepted_us = NULL, accepted_by = NULL WHERE partnership_id = $1 AND accepted_us IS NOT NULL";
    ACCEPT_ESTIMATE = "UPDATE estimates SET accepted_us = $2, accepted_by = $3 WHERE estimate_id = $1";
    GIVE_ESTIMATES = "UPDATE estimates SET team = $2 WHERE partnership_id = $1 AND team IS NULL";
    ADOPT_ESTIMATES = "UPDATE estimates SET team = $2 WHERE author = $1 AND team IS NULL AND partnership_id IS NULL";
}

/// One estimate.
#[derive(Clone, Debug)]
pub struct EstimateRow {
    /// Time-ordered UUID.
    pub estimate_id: String,
    /// The partnership that it belongs to.
    pub partnership_id: Option<String>,
    /// The team that it belongs to.
    pub team: Option<String>,
    /// What it is called.
    pub name: String,
    /// The price model.
    pub model: i64,
    /// The estimate with its plan, as JSON.
    pub result: String,
    /// Its sum.
    pub total_cents: i64,
    /// The member who saved it.
    pub author: String,
    /// Their name; not written.
    pub author_name: String,
    /// When it was saved.
    pub created_us: i64,
    /// When it was accepted; not written by [`add`].
    pub accepted_us: Option<i64>,
    /// By whom; not written by [`add`].
    pub accepted_by: Option<String>,
}

/// Adds an estimate.
pub fn add(c: &mut Conn, e: &EstimateRow) -> Result<(), Fault> {
    c.exec(
        ADD_ESTIMATE,
        &params![
            &e.estimate_id,
            e.partnership_id.as_deref(),
            e.team.as_deref(),
            &e.name,
            e.model,
            &e.result,
            e.total_cents,
            &e.author,
            e.created_us
        ],
    )?;
    Ok(())
}

/// One estimate.
pub fn find(c: &mut Conn, id: &str) -> Result<Option<EstimateRow>, Fault> {
    c.opt(FIND_ESTIMATE, &params![id])?
        .map(|row| estimate(&row))
        .transpose()
}

/// The estimates of a team, newest first.
pub fn of_team(c: &mut Conn, team: &str) -> Result<Vec<EstimateRow>, Fault> {
    c.query(ESTIMATES_OF_TEAM, &params![team])?
        .iter()
        .map(estimate)
        .collect()
}

/// The estimates of a partnership, newest first.
pub fn of_partnership(c: &mut Conn, id: &str) -> Result<Vec<EstimateRow>, Fault> {
    c.query(ESTIMATES_OF_PARTNERSHIP, &params![id])?
        .iter()
        .map(estimate)
        .collect()
}

/// The estimates of a member that no team has yet, newest first.
pub fn of_author(c: &mut Conn, member: &str) -> Result<Vec<EstimateRow>, Fault> {
    c.query(ESTIMATES_OF_AUTHOR, &params![member])?
        .iter()
        .map(estimate)
        .collect()
}

/// All estimates, newest first: those saved before this time, and at that time only those with a smaller id.
pub fn all(c: &mut Conn, (us, id): (i64, &str), limit: i64) -> Result<Vec<EstimateRow>, Fault> {
    c.query(ALL_ESTIMATES, &params![us, id, limit])?
        .iter()
        .map(estimate)
        .collect()
}

/// The estimate that a team of this agency accepted last, as JSON.
pub fn accepted_of_agency(c: &mut Conn, agency: &str) -> Result<Option<String>, Fault> {
    c.opt(ACCEPTED_OF_AGENCY, &params![agency])?
        .map(|row| row.text(0))
        .transpose()
}

/// Accepts an estimate: the one that its partnership, or else its team, had accepted before no longer is.
pub fn accept(c: &mut Conn, e: &EstimateRow, by: &str, now_us: i64) -> Result<(), Fault> {
    match (e.partnership_id.as_deref(), e.team.as_deref()) {
        (Some(id), _) => c.exec(FORGET_OF_PARTNERSHIP, &params![id])?,
        (None, Some(team)) => c.exec(FORGET_OF_TEAM, &params![team])?,
        (None, None) => 0,
    };
    c.exec(ACCEPT_ESTIMATE, &params![&e.estimate_id, now_us, by])?;
    Ok(())
}

/// The estimates of a partnership belong to its team from now on.
pub fn give(c: &mut Conn, partnership_id: &str, team: &str) -> Result<(), Fault> {
    c.exec(GIVE_ESTIMATES, &params![partnership_id, team])?;
    Ok(())
}

/// What a member saved for themselves belongs to this team from now on.
pub fn adopt(c: &mut Conn, member: &str, team: &str) -> Result<(), Fault> {
    c.exec(ADOPT_ESTIMATES, &params![member, team])?;
    Ok(())
}

fn estimate(row: &Row) -> Result<EstimateRow, Fault> {
    Ok(EstimateRow {
        estimate_id: row.text(0)?,
        partnership_id: row.opt_text(1)?,
        team: row.opt_text(2)?,
        name: row.text(3)?,
        model: row.int(4)?,
        result: row.text(5)?,
        total_cents: row.int(6)?,
        author: row.text(7)?,
        author_name: row.text(8)?,
        created_us: row.int(9)?,
        accepted_us: row.opt_int(10)?,
        accepted_by: row.opt_text(11)?,
    })
}
