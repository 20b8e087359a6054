//! The roles of members: in a team for the sandbox or production, or in the programme's staff.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    GIVE = "INSERT INTO role_grants (member_id, team, realm, role, granted_by, granted_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING role";
    TAKE = "DELETE FROM role_grants WHERE member_id = $1 AND team = $2 AND realm = $3 RETURNING role";
    TAKE_STAFF = "DELETE FROM role_grants WHERE member_id = $1 AND team = '' AND role = $2 RETURNING role";
    OF_MEMBER = "SELECT member_id, team, realm, role, granted_by, granted_us FROM role_grants WHERE member_id = $1 ORDER BY team, realm, role";
    OF_TEAM = "SELECT member_id, team, realm, role, granted_by, granted_us FROM role_grants WHERE team = $1 ORDER BY member_id, realm, role";
    OF_ALL = "SELECT member_id, team, realm, role, granted_by, granted_us FROM role_grants ORDER BY team, member_id, realm, role";
    END_TEAM = "DELETE FROM role_grants WHERE team = $1 AND team <> ''";
}

/// One role that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantRow {
    /// To whom.
    pub member_id: String,
    /// In which team; empty for the programme's staff.
    pub team: String,
    /// For which environments: `sandbox`, `production`; empty for staff.
    pub realm: String,
    /// Which role.
    pub role: String,
    /// The member who gave it; empty when the server did.
    pub granted_by: String,
    /// When.
    pub granted_us: i64,
}

/// Gives a role; `false` when the member has it, or another one in this realm of the team.
pub fn give(c: &mut Conn, grant: &GrantRow) -> Result<bool, Fault> {
    Ok(c.opt(
        GIVE,
        &params![
            &grant.member_id,
            &grant.team,
            &grant.realm,
            &grant.role,
            &grant.granted_by,
            grant.granted_us
        ],
    )?
    .is_some())
}

/// Gives a role of a team for both realms, or a staff role when `team` is empty: what the server does by itself.
pub fn give_everywhere(
    c: &mut Conn,
    member_id: &str,
    team: &str,
    role: &str,
    now_us: i64,
) -> Result<(), Fault> {
    let realms: &[&str] = if team.is_empty() {
        &[""]
    } else {
        &["sandbox", "production"]
    };
    for realm in realms {
        let grant = GrantRow {
            member_id: member_id.to_owned(),
            team: team.to_owned(),
            realm: (*realm).to_owned(),
            role: role.to_owned(),
            granted_by: String::new(),
            granted_us: now_us,
        };
        give(c, &grant)?;
    }
    Ok(())
}

/// Takes the role of a member in a realm of a team and answers which it was.
pub fn take(
    c: &mut Conn,
    member_id: &str,
    team: &str,
    realm: &str,
) -> Result<Option<String>, Fault> {
    c.opt(TAKE, &params![member_id, team, realm])?
        .map(|row| row.text(0))
        .transpose()
}

/// Takes a staff role; `false` when the member did not have it.
pub fn take_staff(c: &mut Conn, member_id: &str, role: &str) -> Result<bool, Fault> {
    Ok(c.opt(TAKE_STAFF, &params![member_id, role])?.is_some())
}

/// The roles of a member.
pub fn of_member(c: &mut Conn, member_id: &str) -> Result<Vec<GrantRow>, Fault> {
    c.query(OF_MEMBER, &params![member_id])?
        .iter()
        .map(grant)
        .collect()
}

/// The roles in a team; with an empty one those of the programme's staff.
pub fn of_team(c: &mut Conn, team: &str) -> Result<Vec<GrantRow>, Fault> {
    c.query(OF_TEAM, &params![team])?
        .iter()
        .map(grant)
        .collect()
}

/// Every role of everybody.
pub fn all(c: &mut Conn) -> Result<Vec<GrantRow>, Fault> {
    c.query(OF_ALL, &params![])?.iter().map(grant).collect()
}

/// Takes every role in a team.
pub fn end_team(c: &mut Conn, team: &str) -> Result<u64, Fault> {
    c.exec(END_TEAM, &params![team])
}

fn grant(row: &Row) -> Result<GrantRow, Fault> {
    Ok(GrantRow {
        member_id: row.text(0)?,
        team: row.text(1)?,
        realm: row.text(2)?,
        role: row.text(3)?,
        granted_by: row.text(4)?,
        granted_us: row.int(5)?,
    })
}
