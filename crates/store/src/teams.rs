//! Running teams: agencies, names, deletion, invitations, who signed in when, and which identifiers hang on an agency.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_AGENCY = "INSERT INTO agencies (agency_id, name, abbreviation) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING agency_id";
    RENAME_AGENCY = "UPDATE agencies SET name = $2 WHERE agency_id = $1 AND NOT EXISTS (SELECT 1 FROM agencies o WHERE o.name = $2 AND o.agency_id <> $1) RETURNING agency_id";
    NOTES = "SELECT handle, description, created_us FROM teams WHERE deleted_us IS NULL ORDER BY handle";
    DESCRIBE = "UPDATE teams SET name = $2, description = $3 WHERE handle = $1 AND deleted_us IS NULL RETURNING handle";
    SET_AGENCY = "UPDATE teams SET agency_id = $3 WHERE handle = $1 AND agency_id = $2 AND deleted_us IS NULL RETURNING handle";
    DELETE = "UPDATE teams SET deleted_us = $2 WHERE handle = $1 AND deleted_us IS NULL AND NOT EXISTS (
        SELECT 1 FROM apps a JOIN configurations c ON c.handle = a.handle WHERE a.team = $1 AND c.deleted_us IS NULL) RETURNING handle";
    APP_COUNT = "SELECT COUNT(DISTINCT c.handle) FROM apps a JOIN configurations c ON c.handle = a.handle WHERE a.team = $1 AND c.deleted_us IS NULL";
    APPS = "SELECT DISTINCT c.handle FROM apps a JOIN configurations c ON c.handle = a.handle WHERE a.team = $1 AND c.deleted_us IS NULL ORDER BY c.handle";
    MOVE_APP = "UPDATE apps SET team = $3 WHERE handle = $1 AND team = $2 RETURNING handle";
    LAST_SIGN_INS = "SELECT member_id, signed_in_us FROM members WHERE signed_in_us IS NOT NULL";
    EVERYBODY = "SELECT member_id, email, name FROM members ORDER BY email";
    INVITE = "INSERT INTO invitations (invitation_id, team, email, sandbox_role, production_role, invited_by, created_us, expires_us, ended_us, ended_how, language)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, '', $9)";
    FIND_INVITATION = "SELECT invitation_id, team, email, sandbox_role, production_role, invited_by, created_us, expires_us, ended_how FROM invitations WHERE invitation_id = $1";
    OPEN_OF_TEAM = "SELECT invitation_id, team, email, sandbox_role, production_role, invited_by, created_us, expires_us, ended_how FROM invitations
        WHERE team = $1 AND ended_us IS NULL AND expires_us > $2 ORDER BY email";
    OPEN_FOR = "SELECT invitation_id, team, email, sandbox_role, production_role, invited_by, created_us, expires_us, ended_how FROM invitations
        WHERE email = $1 AND ended_us IS NULL AND expires_us > $2 ORDER BY created_us";
    END_INVITATION = "UPDATE invitations SET ended_us = $2, ended_how = $3 WHERE invitation_id = $1 AND ended_us IS NULL AND expires_us > $2 RETURNING invitation_id";
    END_TEAM = "UPDATE invitations SET ended_us = $2, ended_how = 'team deleted' WHERE team = $1 AND ended_us IS NULL";
    // In an environment's own database: whom an app knows by a name that hangs on its agency.
    SUBJECTS_OF_APP = "SELECT COUNT(*) FROM subjects s JOIN consents k ON k.person_id = s.person_id WHERE s.agency = $1 AND k.client_id = $2";
}

/// Adds an agency; `false` when its name or letters are taken.
pub fn add_agency(c: &mut Conn, id: &str, name: &str, letters: &str) -> Result<bool, Fault> {
    Ok(c.opt(ADD_AGENCY, &params![id, name, letters])?.is_some())
}

/// Renames an agency; `false` when there is none, or the name is taken.
pub fn rename_agency(c: &mut Conn, id: &str, name: &str) -> Result<bool, Fault> {
    Ok(c.opt(RENAME_AGENCY, &params![id, name])?.is_some())
}

/// What a team says of itself, and since when it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamNote {
    /// The team.
    pub handle: String,
    /// Its own words.
    pub description: String,
    /// When it was created.
    pub created_us: i64,
}

/// The notes of all teams, by handle.
pub fn notes(c: &mut Conn) -> Result<Vec<TeamNote>, Fault> {
    let rows = c.query(NOTES, &params![])?;
    rows.iter()
        .map(|row| {
            Ok(TeamNote {
                handle: row.text(0)?,
                description: row.text(1)?,
                created_us: row.int(2)?,
            })
        })
        .collect()
}

/// Gives a team another name and description; `false` when there is none.
pub fn describe(c: &mut Conn, handle: &str, name: &str, text: &str) -> Result<bool, Fault> {
    Ok(c.opt(DESCRIBE, &params![handle, name, text])?.is_some())
}

/// Moves a team from one agency to another; `false` when it is not there any more.
pub fn set_agency(c: &mut Conn, handle: &str, from: &str, to: &str) -> Result<bool, Fault> {
    Ok(c.opt(SET_AGENCY, &params![handle, from, to])?.is_some())
}

/// Deletes a team that has no configuration; `false` when it has one, or is gone. Its handle is never used again.
pub fn delete(c: &mut Conn, handle: &str, now_us: i64) -> Result<bool, Fault> {
    if c.opt(DELETE, &params![handle, now_us])?.is_none() {
        return Ok(false);
    }
    c.exec(END_TEAM, &params![handle, now_us])?;
    Ok(true)
}

/// How many apps a team has.
pub fn app_count(c: &mut Conn, handle: &str) -> Result<i64, Fault> {
    c.one(APP_COUNT, &params![handle])?.int(0)
}

/// The apps of a team that have a configuration, by handle.
pub fn apps(c: &mut Conn, handle: &str) -> Result<Vec<String>, Fault> {
    c.query(APPS, &params![handle])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Moves an app from one team to another; `false` when it is not the first one's any more.
pub fn move_app(c: &mut Conn, handle: &str, from: &str, to: &str) -> Result<bool, Fault> {
    Ok(c.opt(MOVE_APP, &params![handle, from, to])?.is_some())
}

/// When each member signed in last, who ever did.
pub fn last_sign_ins(c: &mut Conn) -> Result<Vec<(String, i64)>, Fault> {
    let rows = c.query(LAST_SIGN_INS, &params![])?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// Every member as (id, address, name), by address.
pub fn everybody(c: &mut Conn) -> Result<Vec<(String, String, String)>, Fault> {
    let rows = c.query(EVERYBODY, &params![])?;
    rows.iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?)))
        .collect()
}

/// One invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// A random id: what the mailed link names.
    pub invitation_id: String,
    /// To which team.
    pub team: String,
    /// For which address.
    pub email: String,
    /// The role in the sandbox; empty for none.
    pub sandbox_role: String,
    /// The role in production; empty for none.
    pub production_role: String,
    /// The member who invited.
    pub invited_by: String,
    /// When.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: i64,
    /// `accepted`, `declined`, `withdrawn` and the like; empty while it is open.
    pub ended_how: String,
}

/// Keeps an invitation.
pub fn invite(c: &mut Conn, row: &InvitationRow, language: &str) -> Result<(), Fault> {
    c.exec(
        INVITE,
        &params![
            &row.invitation_id,
            &row.team,
            &row.email,
            &row.sandbox_role,
            &row.production_role,
            &row.invited_by,
            row.created_us,
            row.expires_us,
            language
        ],
    )?;
    Ok(())
}

/// One invitation, also one that is over.
pub fn find_invitation(c: &mut Conn, id: &str) -> Result<Option<InvitationRow>, Fault> {
    c.opt(FIND_INVITATION, &params![id])?
        .map(|row| invitation(&row))
        .transpose()
}

/// The open invitations to a team.
pub fn open_invitations(
    c: &mut Conn,
    team: &str,
    now_us: i64,
) -> Result<Vec<InvitationRow>, Fault> {
    c.query(OPEN_OF_TEAM, &params![team, now_us])?
        .iter()
        .map(invitation)
        .collect()
}

/// The open invitations for an address.
pub fn invitations_for(
    c: &mut Conn,
    email: &str,
    now_us: i64,
) -> Result<Vec<InvitationRow>, Fault> {
    c.query(OPEN_FOR, &params![email, now_us])?
        .iter()
        .map(invitation)
        .collect()
}

/// Ends an invitation; `false` when it was over before. Of two who try at once one is too late.
pub fn end_invitation(c: &mut Conn, id: &str, now_us: i64, how: &str) -> Result<bool, Fault> {
    Ok(c.opt(END_INVITATION, &params![id, now_us, how])?.is_some())
}

fn invitation(row: &Row) -> Result<InvitationRow, Fault> {
    Ok(InvitationRow {
        invitation_id: row.text(0)?,
        team: row.text(1)?,
        email: row.text(2)?,
        sandbox_role: row.text(3)?,
        production_role: row.text(4)?,
        invited_by: row.text(5)?,
        created_us: row.int(6)?,
        expires_us: row.int(7)?,
        ended_how: row.text(8)?,
    })
}

/// How many people an app of an agency knows by an identifier of that agency. Of an environment's own database.
pub fn subjects_of_app(c: &mut Conn, agency: &str, client_id: &str) -> Result<i64, Fault> {
    c.one(SUBJECTS_OF_APP, &params![agency, client_id])?.int(0)
}
