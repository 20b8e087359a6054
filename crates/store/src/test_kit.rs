//! The test kit of a test-class environment: tokens of teams, their test people, faults and clocks.
//! Every function faults only where the database does.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_TOKEN = "INSERT INTO test_tokens (token_hash, token_id, team, name, made_by, created_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    FIND_TOKEN = "SELECT token_id, team, name, made_by, created_us, expires_us, used_us FROM test_tokens WHERE token_hash = $1 AND revoked_us IS NULL";
    TOUCH_TOKEN = "UPDATE test_tokens SET used_us = $2 WHERE token_id = $1";
    TOKENS_OF = "SELECT token_id, team, name, made_by, created_us, expires_us, used_us FROM test_tokens
        WHERE team = $1 AND revoked_us IS NULL AND expires_us > $2 ORDER BY created_us DESC, token_id LIMIT 100";
    TOKENS_ENDING = "SELECT token_id, team, name, made_by, created_us, expires_us, used_us FROM test_tokens
        WHERE revoked_us IS NULL AND expires_us > $1 AND expires_us < $2 AND expires_us - created_us > $3 ORDER BY expires_us, token_id LIMIT $4";
    REVOKE_TOKEN = "UPDATE test_tokens SET revoked_us = $3 WHERE token_id = $1 AND team = $2 AND revoked_us IS NULL RETURNING token_id";
    PURGE_TOKENS = "DELETE FROM test_tokens WHERE expires_us < $1";

    INSERT_PERSONA = "INSERT INTO test_personas (person_id, owner, app, sealed, created_us) VALUES ($1, $2, $3, $4, $5)";
    FIND_PERSONA = "SELECT t.person_id, t.owner, t.app, t.sealed, t.created_us, t.reset_us, p.sealed_data_key
        FROM test_personas t JOIN people p ON p.person_id = t.person_id WHERE t.person_id = $1";
    PERSONAS_OF = "SELECT t.person_id, t.owner, t.app, t.sealed, t.created_us, t.reset_us, p.sealed_data_key
        FROM test_personas t JOIN people p ON p.person_id = t.person_id WHERE t.owner = $1 AND t.person_id > $2 ORDER BY t.person_id LIMIT $3";
    COUNT_PERSONAS = "SELECT COUNT(*) FROM test_personas WHERE owner = $1";
    KEEP_PERSONA = "UPDATE test_personas SET sealed = $2, reset_us = $3 WHERE person_id = $1 RETURNING person_id";
    DELETE_PERSONA = "DELETE FROM test_personas WHERE person_id = $1";
    RESET_PERSON = "UPDATE people SET password_phc = $2, sealed_attributes = $3, verified_us = $4 WHERE person_id = $1 AND status = 'active' RETURNING person_id";
    DELETE_FACTORS = "DELETE FROM authenticators WHERE person_id = $1";

    INSERT_FAULT = "INSERT INTO test_faults (fault_id, client_id, team, content, plays_left, played, until_us, created_us) VALUES ($1, $2, $3, $4, $5, 0, $6, $7)";
    FAULTS_OF = "SELECT fault_id, client_id, team, content, plays_left, played, until_us, created_us FROM test_faults WHERE team = $1 ORDER BY fault_id";
    ALL_FAULTS = "SELECT fault_id, client_id, team, content, plays_left, played, until_us, created_us FROM test_faults
        WHERE until_us > $1 AND plays_left > 0 ORDER BY fault_id";
    COUNT_FAULTS = "SELECT COUNT(*) FROM test_faults WHERE team = $1";
    FIND_FAULT = "SELECT fault_id, client_id, team, content, plays_left, played, until_us, created_us FROM test_faults WHERE fault_id = $1";
    PLAY_FAULT = "UPDATE test_faults SET plays_left = plays_left - 1, played = played + 1
        WHERE fault_id = $1 AND plays_left > 0 AND until_us > $2 RETURNING plays_left";
    DELETE_FAULT = "DELETE FROM test_faults WHERE fault_id = $1 RETURNING fault_id";
    PURGE_FAULTS = "DELETE FROM test_faults WHERE until_us < $1";

    MOVE_CLOCK = "INSERT INTO test_clocks (owner, app, shift_us) VALUES ($1, $2, $3)
        ON CONFLICT (owner, app) DO UPDATE SET shift_us = test_clocks.shift_us + $3 RETURNING shift_us";
    RESET_CLOCK = "DELETE FROM test_clocks WHERE owner = $1 AND ($2 = '' OR app = $2)";
    CLOCKS_OF = "SELECT app, shift_us FROM test_clocks WHERE owner = $1 ORDER BY app";
    AGE_SESSIONS = "UPDATE sessions SET auth_us = auth_us - $3, factor_us = factor_us - $3, created_us = created_us - $3, seen_us = seen_us - $3, expires_us = expires_us - $3
        WHERE ended_us IS NULL AND person_id IN (SELECT person_id FROM test_personas WHERE owner = $1 AND ($2 = '' OR app = $2))";
    AGE_TOKENS = "UPDATE access_tokens SET created_us = created_us - $3, expires_us = expires_us - $3
        WHERE revoked_us IS NULL AND grant_id IN (SELECT g.grant_id FROM grants g JOIN test_personas p ON p.person_id = g.person_id
            WHERE p.owner = $1 AND ($2 = '' OR p.app = $2))";
    AGE_REFRESH_TOKENS = "UPDATE refresh_tokens SET created_us = created_us - $3, expires_us = expires_us - $3
        WHERE spent_us IS NULL AND grant_id IN (SELECT g.grant_id FROM grants g JOIN test_personas p ON p.person_id = g.person_id
            WHERE p.owner = $1 AND ($2 = '' OR p.app = $2))";
    AGE_GRANTS = "UPDATE grants SET auth_us = auth_us - $3, created_us = created_us - $3, expires_us = expires_us - $3
        WHERE revoked_us IS NULL AND person_id IN (SELECT person_id FROM test_personas WHERE owner = $1 AND ($2 = '' OR app = $2))";
    AGE_CONSENTS = "UPDATE consents SET since_us = since_us - $3, given_us = given_us - $3, used_us = used_us - $3
        WHERE person_id IN (SELECT person_id FROM test_personas WHERE owner = $1 AND ($2 = '' OR app = $2))";
    AGE_PEOPLE = "UPDATE people SET verified_us = verified_us - $3
        WHERE verified_us IS NOT NULL AND person_id IN (SELECT person_id FROM test_personas WHERE owner = $1 AND ($2 = '' OR app = $2))";
}

/// A team's automation token.
#[derive(Clone)]
pub struct TestTokenRow {
    /// What names it for revoking; not the token.
    pub token_id: String,
    /// Whose it is.
    pub team: String,
    /// What its maker called it.
    pub name: String,
    /// Who made it.
    pub made_by: String,
    /// When it was made.
    pub created_us: i64,
    /// Until when it is good.
    pub expires_us: i64,
    /// When it was last used.
    pub used_us: Option<i64>,
}

/// Keeps a token under its keyed hash.
pub fn insert_token(c: &mut Conn, hash: &str, token: &TestTokenRow) -> Result<(), Fault> {
    c.exec(
        INSERT_TOKEN,
        &params![
            hash,
            &token.token_id,
            &token.team,
            &token.name,
            &token.made_by,
            token.created_us,
            token.expires_us
        ],
    )?;
    Ok(())
}

/// The token of this hash, unless it was revoked. Whether it is too old is for the caller to judge.
pub fn find_token(c: &mut Conn, hash: &str) -> Result<Option<TestTokenRow>, Fault> {
    c.opt(FIND_TOKEN, &params![hash])?
        .map(|row| token(&row))
        .transpose()
}

/// Notes that a token was used.
pub fn touch_token(c: &mut Conn, token_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(TOUCH_TOKEN, &params![token_id, now_us])?;
    Ok(())
}

/// The live tokens of a team, newest first.
pub fn tokens_of(c: &mut Conn, team: &str, now_us: i64) -> Result<Vec<TestTokenRow>, Fault> {
    c.query(TOKENS_OF, &params![team, now_us])?
        .iter()
        .map(token)
        .collect()
}

/// Tokens that end between two times and live longer than so long.
pub fn tokens_ending(
    c: &mut Conn,
    (from_us, until_us): (i64, i64),
    life_us: i64,
    limit: i64,
) -> Result<Vec<TestTokenRow>, Fault> {
    c.query(TOKENS_ENDING, &params![from_us, until_us, life_us, limit])?
        .iter()
        .map(token)
        .collect()
}

/// Revokes a token of a team; `false` when it had none of this id.
pub fn revoke_token(c: &mut Conn, token_id: &str, team: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(REVOKE_TOKEN, &params![token_id, team, now_us])?
        .is_some())
}

fn token(row: &Row) -> Result<TestTokenRow, Fault> {
    Ok(TestTokenRow {
        token_id: row.text(0)?,
        team: row.text(1)?,
        name: row.text(2)?,
        made_by: row.text(3)?,
        created_us: row.int(4)?,
        expires_us: row.int(5)?,
        used_us: row.opt_int(6)?,
    })
}

/// A test person.
#[derive(Clone)]
pub struct PersonaRow {
    /// The account.
    pub person_id: String,
    /// Who made it: `environment`, or `team:` and a handle.
    pub owner: String,
    /// The app it was made for; empty for none in particular.
    pub app: String,
    /// What it was made with, sealed.
    pub sealed: String,
    /// The data key of the person, as the account keeps it.
    pub sealed_data_key: Option<String>,
    /// When it was made.
    pub created_us: i64,
    /// When it was last put back.
    pub reset_us: Option<i64>,
}

/// Keeps what an account was made with.
pub fn insert_persona(c: &mut Conn, persona: &PersonaRow) -> Result<(), Fault> {
    c.exec(
        INSERT_PERSONA,
        &params![
            &persona.person_id,
            &persona.owner,
            &persona.app,
            &persona.sealed,
            persona.created_us
        ],
    )?;
    Ok(())
}

/// The test person with this id.
pub fn find_persona(c: &mut Conn, person_id: &str) -> Result<Option<PersonaRow>, Fault> {
    c.opt(FIND_PERSONA, &params![person_id])?
        .map(|row| persona(&row))
        .transpose()
}

/// The test people of an owner after this id, at most so many, in the order in which they were made.
pub fn personas_of(
    c: &mut Conn,
    owner: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<PersonaRow>, Fault> {
    c.query(PERSONAS_OF, &params![owner, after, limit])?
        .iter()
        .map(persona)
        .collect()
}

/// How many test people an owner has.
pub fn count_personas(c: &mut Conn, owner: &str) -> Result<i64, Fault> {
    c.one(COUNT_PERSONAS, &params![owner])?.int(0)
}

/// What an account is put back to.
pub struct PersonaReset<'a> {
    /// The password's PHC string.
    pub password_phc: &'a str,
    /// The verified attributes, sealed.
    pub sealed_attributes: Option<&'a str>,
    /// When the identity counts as verified.
    pub verified_us: Option<i64>,
    /// What it is made with now, sealed.
    pub sealed: &'a str,
}

/// Puts an account back, without its second factors; `false` when it is not there any more.
pub fn reset_persona(
    c: &mut Conn,
    person_id: &str,
    to: &PersonaReset<'_>,
    now_us: i64,
) -> Result<bool, Fault> {
    let reset = params![
        person_id,
        to.password_phc,
        to.sealed_attributes,
        to.verified_us
    ];
    if c.opt(RESET_PERSON, &reset)?.is_none() {
        return Ok(false);
    }
    c.exec(DELETE_FACTORS, &params![person_id])?;
    Ok(c.opt(KEEP_PERSONA, &params![person_id, to.sealed, now_us])?
        .is_some())
}

/// Forgets what an account was made with.
pub fn delete_persona(c: &mut Conn, person_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_PERSONA, &params![person_id])?;
    Ok(())
}

fn persona(row: &Row) -> Result<PersonaRow, Fault> {
    Ok(PersonaRow {
        person_id: row.text(0)?,
        owner: row.text(1)?,
        app: row.text(2)?,
        sealed: row.text(3)?,
        sealed_data_key: row.opt_text(6)?,
        created_us: row.int(4)?,
        reset_us: row.opt_int(5)?,
    })
}

/// A fault of an app.
#[derive(Clone)]
pub struct FaultRow {
    /// Time-ordered UUID.
    pub fault_id: String,
    /// The app's client id.
    pub client_id: String,
    /// The app's team.
    pub team: String,
    /// What it is, as JSON.
    pub content: String,
    /// How often it will play yet.
    pub plays_left: i64,
    /// How often it has played.
    pub played: i64,
    /// Until when it plays.
    pub until_us: i64,
    /// When it was set.
    pub created_us: i64,
}

/// Sets a fault.
pub fn insert_fault(c: &mut Conn, fault: &FaultRow) -> Result<(), Fault> {
    c.exec(
        INSERT_FAULT,
        &params![
            &fault.fault_id,
            &fault.client_id,
            &fault.team,
            &fault.content,
            fault.plays_left,
            fault.until_us,
            fault.created_us
        ],
    )?;
    Ok(())
}

/// The faults that a team has set, oldest first, over or not.
pub fn faults_of(c: &mut Conn, team: &str) -> Result<Vec<FaultRow>, Fault> {
    c.query(FAULTS_OF, &params![team])?
        .iter()
        .map(fault)
        .collect()
}

/// Every fault that may still play, oldest first.
pub fn open_faults(c: &mut Conn, now_us: i64) -> Result<Vec<FaultRow>, Fault> {
    c.query(ALL_FAULTS, &params![now_us])?
        .iter()
        .map(fault)
        .collect()
}

/// How many faults a team has set.
pub fn count_faults(c: &mut Conn, team: &str) -> Result<i64, Fault> {
    c.one(COUNT_FAULTS, &params![team])?.int(0)
}

/// One fault.
pub fn find_fault(c: &mut Conn, fault_id: &str) -> Result<Option<FaultRow>, Fault> {
    c.opt(FIND_FAULT, &params![fault_id])?
        .map(|row| fault(&row))
        .transpose()
}

/// Plays a fault once: how often it will play yet, or none when it is over. This statement alone decides.
pub fn play_fault(c: &mut Conn, fault_id: &str, now_us: i64) -> Result<Option<i64>, Fault> {
    c.opt(PLAY_FAULT, &params![fault_id, now_us])?
        .map(|row| row.int(0))
        .transpose()
}

/// Clears a fault; `false` when it was not there.
pub fn delete_fault(c: &mut Conn, fault_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(DELETE_FAULT, &params![fault_id])?.is_some())
}

fn fault(row: &Row) -> Result<FaultRow, Fault> {
    Ok(FaultRow {
        fault_id: row.text(0)?,
        client_id: row.text(1)?,
        team: row.text(2)?,
        content: row.text(3)?,
        plays_left: row.int(4)?,
        played: row.int(5)?,
        until_us: row.int(6)?,
        created_us: row.int(7)?,
    })
}

/// Makes all that the test people of an owner have so much older: sessions, codes, tokens, consents and verifications.
/// With an app, only the people who were made for it. Answers how far they were moved in all.
pub fn age(c: &mut Conn, owner: &str, app: &str, by_us: i64) -> Result<i64, Fault> {
    // Tokens find their people by the grants, whose rows are locked next: the order is the same everywhere.
    for statement in [
        AGE_SESSIONS,
        AGE_TOKENS,
        AGE_REFRESH_TOKENS,
        AGE_GRANTS,
        AGE_CONSENTS,
        AGE_PEOPLE,
    ] {
        c.exec(statement, &params![owner, app, by_us])?;
    }
    c.one(MOVE_CLOCK, &params![owner, app, by_us])?.int(0)
}

/// Forgets how far the people of an owner were moved. What grew older stays so.
pub fn reset_clock(c: &mut Conn, owner: &str, app: &str) -> Result<(), Fault> {
    c.exec(RESET_CLOCK, &params![owner, app])?;
    Ok(())
}

/// How far the people of an owner were moved: all of them under the empty name, those of one app under its name.
pub fn clocks_of(c: &mut Conn, owner: &str) -> Result<Vec<(String, i64)>, Fault> {
    c.query(CLOCKS_OF, &params![owner])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// Deletes tokens and faults that ended before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    Ok(c.exec(PURGE_TOKENS, &params![before_us])? + c.exec(PURGE_FAULTS, &params![before_us])?)
}
