//! Agencies, teams, members and their roles; portal sign-ins, sessions and API tokens.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    PUT_AGENCY = "INSERT INTO agencies (agency_id, name, abbreviation) VALUES ($1, $2, $3) ON CONFLICT (agency_id) DO NOTHING";
    AGENCIES = "SELECT agency_id, name, abbreviation FROM agencies ORDER BY name";
    PUT_TEAM = "INSERT INTO teams (handle, name, agency_id, domains, created_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (handle) DO NOTHING RETURNING handle";
    FIND_TEAM = "SELECT handle, name, agency_id, domains FROM teams WHERE handle = $1 AND deleted_us IS NULL";
    TEAMS = "SELECT handle, name, agency_id, domains FROM teams WHERE deleted_us IS NULL ORDER BY handle";
    PUT_MEMBER = "INSERT INTO members (member_id, email, name, created_us) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING RETURNING member_id";
    FIND_MEMBER = "SELECT member_id, email, name, subject FROM members WHERE member_id = $1";
    FIND_BY_SUBJECT = "SELECT member_id, email, name, subject FROM members WHERE subject = $1";
    FIND_BY_EMAIL = "SELECT member_id, email, name, subject FROM members WHERE email = $1";
    BIND_SUBJECT = "UPDATE members SET subject = $2 WHERE member_id = $1 AND subject IS NULL RETURNING member_id";
    MEMBERS_OF_TEAM = "SELECT DISTINCT m.member_id, m.email, m.name, m.subject FROM role_grants r JOIN members m ON m.member_id = r.member_id
        WHERE r.team = $1 ORDER BY m.email";
    SIGNED_IN = "UPDATE members SET signed_in_us = $2 WHERE member_id = $1";
    PUT_FLOW = "INSERT INTO portal_flows (state_hash, sealed, expires_us) VALUES ($1, $2, $3)";
    TAKE_FLOW = "DELETE FROM portal_flows WHERE state_hash = $1 AND expires_us > $2 RETURNING sealed";
    PURGE_FLOWS = "DELETE FROM portal_flows WHERE expires_us < $1";
    INSERT_SESSION = "INSERT INTO portal_sessions (session_hash, member_id, aal, auth_us, created_us, seen_us, expires_us, sealed_id_token)
        VALUES ($1, $2, $3, $4, $5, $5, $6, $7)";
    FIND_SESSION = "SELECT session_hash, member_id, aal, auth_us, created_us, seen_us, expires_us, sealed_id_token
        FROM portal_sessions WHERE session_hash = $1 AND ended_us IS NULL";
    TOUCH_SESSION = "UPDATE portal_sessions SET seen_us = $2 WHERE session_hash = $1 AND ended_us IS NULL AND seen_us < $2";
    END_SESSION = "UPDATE portal_sessions SET ended_us = $2 WHERE session_hash = $1 AND ended_us IS NULL RETURNING session_hash";
    PURGE_SESSIONS = "DELETE FROM portal_sessions WHERE expires_us < $1";
    INSERT_TOKEN = "INSERT INTO api_tokens (token_hash, member_id, name, elevated_until_us, created_us, expires_us, aal, team, scopes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND_TOKEN = "SELECT token_hash, member_id, name, elevated_until_us, created_us, expires_us, used_us, revoked_us, aal, team, scopes FROM api_tokens WHERE token_hash = $1";
    TOKENS_OF = "SELECT token_hash, member_id, name, elevated_until_us, created_us, expires_us, used_us, revoked_us, aal, team, scopes FROM api_tokens
        WHERE member_id = $1 AND revoked_us IS NULL AND expires_us > $2 ORDER BY created_us DESC";
    TOKENS_OF_TEAM = "SELECT token_hash, member_id, name, elevated_until_us, created_us, expires_us, used_us, revoked_us, aal, team, scopes FROM api_tokens
        WHERE team = $1 AND revoked_us IS NULL AND expires_us > $2 ORDER BY created_us DESC";
    // A token that is used all day is written once a minute.
    TOKEN_USED = "UPDATE api_tokens SET used_us = $2 WHERE token_hash = $1 AND (used_us IS NULL OR used_us < $3)";
    REVOKE_TOKEN_OF_TEAM = "UPDATE api_tokens SET revoked_us = $3 WHERE token_hash = $1 AND team = $2 AND revoked_us IS NULL RETURNING member_id";
    REVOKE_TOKEN = "UPDATE api_tokens SET revoked_us = $3 WHERE token_hash = $1 AND member_id = $2 AND revoked_us IS NULL RETURNING token_hash";
}

/// One agency.
pub struct AgencyRow {
    /// Its id.
    pub agency_id: String,
    /// Its full name.
    pub name: String,
    /// Its abbreviation.
    pub abbreviation: String,
}

/// Adds an agency that is not there yet.
pub fn put_agency(c: &mut Conn, agency: &AgencyRow) -> Result<(), Fault> {
    c.exec(
        PUT_AGENCY,
        &params![&agency.agency_id, &agency.name, &agency.abbreviation],
    )?;
    Ok(())
}

/// All agencies by name.
pub fn agencies(c: &mut Conn) -> Result<Vec<AgencyRow>, Fault> {
    let rows = c.query(AGENCIES, &params![])?;
    rows.iter()
        .map(|row| {
            Ok(AgencyRow {
                agency_id: row.text(0)?,
                name: row.text(1)?,
                abbreviation: row.text(2)?,
            })
        })
        .collect()
}

/// One team.
#[derive(Clone)]
pub struct TeamRow {
    /// Its handle.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Its agency.
    pub agency_id: String,
    /// Its dedicated domains, space separated.
    pub domains: String,
}

/// Adds a team; `false` when its handle is taken.
pub fn put_team(c: &mut Conn, team: &TeamRow, now_us: i64) -> Result<bool, Fault> {
    let row = c.opt(
        PUT_TEAM,
        &params![
            &team.handle,
            &team.name,
            &team.agency_id,
            &team.domains,
            now_us
        ],
    )?;
    Ok(row.is_some())
}

/// One team by its handle.
pub fn find_team(c: &mut Conn, handle: &str) -> Result<Option<TeamRow>, Fault> {
    c.opt(FIND_TEAM, &params![handle])?
        .map(|row| team(&row))
        .transpose()
}

/// All teams by handle.
pub fn teams(c: &mut Conn) -> Result<Vec<TeamRow>, Fault> {
    c.query(TEAMS, &params![])?.iter().map(team).collect()
}

fn team(row: &Row) -> Result<TeamRow, Fault> {
    Ok(TeamRow {
        handle: row.text(0)?,
        name: row.text(1)?,
        agency_id: row.text(2)?,
        domains: row.text(3)?,
    })
}

/// One member of the portal.
#[derive(Clone)]
pub struct MemberRow {
    /// Time-ordered UUID.
    pub member_id: String,
    /// The work address, lower case.
    pub email: String,
    /// The name shown to colleagues.
    pub name: String,
    /// The subject that the portal's identity provider knows them by, from the first sign-in on.
    pub subject: Option<String>,
}

/// Adds a member; `false` when the address is taken.
pub fn put_member(c: &mut Conn, m: &MemberRow, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(
        PUT_MEMBER,
        &params![&m.member_id, &m.email, &m.name, now_us],
    )?
    .is_some())
}

/// A member by id.
pub fn find_member(c: &mut Conn, member_id: &str) -> Result<Option<MemberRow>, Fault> {
    c.opt(FIND_MEMBER, &params![member_id])?
        .map(|row| member(&row))
        .transpose()
}

/// A member by the subject bound at the first sign-in.
pub fn find_by_subject(c: &mut Conn, subject: &str) -> Result<Option<MemberRow>, Fault> {
    c.opt(FIND_BY_SUBJECT, &params![subject])?
        .map(|row| member(&row))
        .transpose()
}

/// A member by address.
pub fn find_by_email(c: &mut Conn, email: &str) -> Result<Option<MemberRow>, Fault> {
    c.opt(FIND_BY_EMAIL, &params![email])?
        .map(|row| member(&row))
        .transpose()
}

/// Binds a member to a subject; `false` when one was bound before.
pub fn bind_subject(c: &mut Conn, member_id: &str, subject: &str) -> Result<bool, Fault> {
    Ok(c.opt(BIND_SUBJECT, &params![member_id, subject])?.is_some())
}

fn member(row: &Row) -> Result<MemberRow, Fault> {
    Ok(MemberRow {
        member_id: row.text(0)?,
        email: row.text(1)?,
        name: row.text(2)?,
        subject: row.opt_text(3)?,
    })
}

/// The members of a team, or of the programme's staff when it is empty, by address.
pub fn members_of_team(c: &mut Conn, team: &str) -> Result<Vec<MemberRow>, Fault> {
    c.query(MEMBERS_OF_TEAM, &params![team])?
        .iter()
        .map(member)
        .collect()
}

/// Notes that a member signed in.
pub fn signed_in(c: &mut Conn, member_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(SIGNED_IN, &params![member_id, now_us])?;
    Ok(())
}

/// Keeps what the portal needs to finish a sign-in, until the browser comes back.
pub fn put_flow(
    c: &mut Conn,
    state_hash: &str,
    sealed: &str,
    expires_us: i64,
) -> Result<(), Fault> {
    c.exec(PUT_FLOW, &params![state_hash, sealed, expires_us])?;
    Ok(())
}

/// Takes a sign-in that is under way; only once.
pub fn take_flow(c: &mut Conn, state_hash: &str, now_us: i64) -> Result<Option<String>, Fault> {
    c.opt(TAKE_FLOW, &params![state_hash, now_us])?
        .map(|row| row.text(0))
        .transpose()
}

/// One portal session.
#[derive(Clone)]
pub struct PortalSessionRow {
    /// Keyed hash of the cookie.
    pub session_hash: String,
    /// Whose.
    pub member_id: String,
    /// The level its sign-in achieved.
    pub aal: String,
    /// When the member last proved who they are.
    pub auth_us: i64,
    /// When it began.
    pub created_us: i64,
    /// When it was last used.
    pub seen_us: i64,
    /// When it ends at the latest.
    pub expires_us: i64,
    /// The ID token, sealed: the hint for signing out.
    pub sealed_id_token: String,
}

/// Starts a portal session.
pub fn insert_session(c: &mut Conn, s: &PortalSessionRow) -> Result<(), Fault> {
    c.exec(
        INSERT_SESSION,
        &params![
            &s.session_hash,
            &s.member_id,
            &s.aal,
            s.auth_us,
            s.created_us,
            s.expires_us,
            &s.sealed_id_token
        ],
    )?;
    Ok(())
}

/// A portal session that was not ended.
pub fn find_session(c: &mut Conn, session_hash: &str) -> Result<Option<PortalSessionRow>, Fault> {
    c.opt(FIND_SESSION, &params![session_hash])?
        .map(|row| {
            Ok(PortalSessionRow {
                session_hash: row.text(0)?,
                member_id: row.text(1)?,
                aal: row.text(2)?,
                auth_us: row.int(3)?,
                created_us: row.int(4)?,
                seen_us: row.int(5)?,
                expires_us: row.int(6)?,
                sealed_id_token: row.text(7)?,
            })
        })
        .transpose()
}

/// Notes that a portal session was used.
pub fn touch_session(c: &mut Conn, session_hash: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(TOUCH_SESSION, &params![session_hash, now_us])?;
    Ok(())
}

/// Ends a portal session; `false` when it had ended before.
pub fn end_session(c: &mut Conn, session_hash: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(END_SESSION, &params![session_hash, now_us])?
        .is_some())
}

/// One API token.
#[derive(Clone)]
pub struct ApiTokenRow {
    /// Keyed hash.
    pub token_hash: String,
    /// Whose.
    pub member_id: String,
    /// What its owner called it.
    pub name: String,
    /// Until when it may approve, deploy and the like.
    pub elevated_until_us: i64,
    /// When it was made.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: i64,
    /// When it was last used.
    pub used_us: Option<i64>,
    /// When it was taken back.
    pub revoked_us: Option<i64>,
    /// The strength of the sign-in that made it.
    pub aal: String,
    /// The only team that it reaches; empty for all of its owner's.
    pub team: String,
    /// The scopes that it is limited to, with spaces between; empty for all that its owner may.
    pub scopes: String,
}

/// Keeps an API token's hash.
pub fn insert_token(c: &mut Conn, t: &ApiTokenRow) -> Result<(), Fault> {
    c.exec(
        INSERT_TOKEN,
        &params![
            &t.token_hash,
            &t.member_id,
            &t.name,
            t.elevated_until_us,
            t.created_us,
            t.expires_us,
            &t.aal,
            &t.team,
            &t.scopes
        ],
    )?;
    Ok(())
}

/// An API token by its hash.
pub fn find_token(c: &mut Conn, token_hash: &str) -> Result<Option<ApiTokenRow>, Fault> {
    c.opt(FIND_TOKEN, &params![token_hash])?
        .map(|row| token(&row))
        .transpose()
}

/// The live API tokens of a member, newest first.
pub fn tokens_of(c: &mut Conn, member_id: &str, now_us: i64) -> Result<Vec<ApiTokenRow>, Fault> {
    c.query(TOKENS_OF, &params![member_id, now_us])?
        .iter()
        .map(token)
        .collect()
}

/// The live API tokens of a team, newest first.
pub fn tokens_of_team(c: &mut Conn, team: &str, now_us: i64) -> Result<Vec<ApiTokenRow>, Fault> {
    c.query(TOKENS_OF_TEAM, &params![team, now_us])?
        .iter()
        .map(token)
        .collect()
}

/// Notes that a token was used, unless that was noted after `since_us`.
pub fn token_used(c: &mut Conn, token_hash: &str, now_us: i64, since_us: i64) -> Result<(), Fault> {
    c.exec(TOKEN_USED, &params![token_hash, now_us, since_us])?;
    Ok(())
}

/// Takes a token of a team back and tells whose it was.
pub fn revoke_token_of_team(
    c: &mut Conn,
    token_hash: &str,
    team: &str,
    now_us: i64,
) -> Result<Option<String>, Fault> {
    c.opt(REVOKE_TOKEN_OF_TEAM, &params![token_hash, team, now_us])?
        .map(|row| row.text(0))
        .transpose()
}

/// Takes an API token back; `false` when it is not this member's or was taken back before.
pub fn revoke_token(
    c: &mut Conn,
    token_hash: &str,
    member_id: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(
        c.opt(REVOKE_TOKEN, &params![token_hash, member_id, now_us])?
            .is_some(),
    )
}

fn token(row: &Row) -> Result<ApiTokenRow, Fault> {
    Ok(ApiTokenRow {
        token_hash: row.text(0)?,
        member_id: row.text(1)?,
        name: row.text(2)?,
        elevated_until_us: row.int(3)?,
        created_us: row.int(4)?,
        expires_us: row.int(5)?,
        used_us: row.opt_int(6)?,
        revoked_us: row.opt_int(7)?,
        aal: row.text(8)?,
        team: row.text(9)?,
        scopes: row.text(10)?,
    })
}

/// Deletes what expired before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    Ok(c.exec(PURGE_FLOWS, &params![before_us])? + c.exec(PURGE_SESSIONS, &params![before_us])?)
}
