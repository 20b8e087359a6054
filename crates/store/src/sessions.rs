//! Browser sessions of people, and the flows of browsers that are in the middle of something.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_SESSION = "INSERT INTO sessions (session_hash, session_id, person_id, aal, methods, amr, auth_us, factor_us, created_us, seen_us, expires_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    FIND_SESSION = "SELECT session_hash, session_id, person_id, aal, methods, amr, auth_us, factor_us, created_us, seen_us, expires_us
        FROM sessions WHERE session_hash = $1 AND ended_us IS NULL";
    FIND_SESSION_BY_ID = "SELECT session_hash, session_id, person_id, aal, methods, amr, auth_us, factor_us, created_us, seen_us, expires_us
        FROM sessions WHERE session_id = $1 AND ended_us IS NULL";
    TOUCH_SESSION = "UPDATE sessions SET seen_us = $2 WHERE session_hash = $1 AND ended_us IS NULL AND seen_us < $2";
    ROTATE_SESSION = "UPDATE sessions SET session_hash = $2, aal = $3, methods = $4, amr = $5, factor_us = $6, seen_us = $6
        WHERE session_hash = $1 AND ended_us IS NULL RETURNING session_id";
    END_SESSION = "UPDATE sessions SET ended_us = $2 WHERE session_hash = $1 AND ended_us IS NULL RETURNING session_id, person_id";
    COUNT_OPEN = "SELECT COUNT(*) FROM sessions WHERE person_id = $1 AND ended_us IS NULL AND expires_us > $2";
    END_SESSIONS_OF = "UPDATE sessions SET ended_us = $2 WHERE person_id = $1 AND ended_us IS NULL RETURNING session_id";
    END_EXPIRED = "UPDATE sessions SET ended_us = $1 WHERE session_hash IN
        (SELECT session_hash FROM sessions WHERE expires_us <= $1 AND ended_us IS NULL ORDER BY expires_us LIMIT $2) AND ended_us IS NULL RETURNING session_id";
    PURGE_SESSIONS = "DELETE FROM sessions WHERE expires_us < $1";
    PUT_FLOW = "INSERT INTO flows (flow_hash, request, sealed_journey, created_us, expires_us) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (flow_hash) DO UPDATE SET request = excluded.request, sealed_journey = excluded.sealed_journey, expires_us = excluded.expires_us";
    PUT_JOURNEY = "INSERT INTO flows (flow_hash, request, sealed_journey, created_us, expires_us) VALUES ($1, NULL, $2, $3, $4)
        ON CONFLICT (flow_hash) DO UPDATE SET sealed_journey = excluded.sealed_journey,
            expires_us = CASE WHEN excluded.expires_us > flows.expires_us THEN excluded.expires_us ELSE flows.expires_us END";
    PUT_SCRATCH = "UPDATE flows SET sealed_scratch = $2 WHERE flow_hash = $1";
    SPEND_SCRATCH = "UPDATE flows SET sealed_scratch = NULL WHERE flow_hash = $1 AND sealed_scratch = $2 RETURNING flow_hash";
    FIND_SCRATCH = "SELECT sealed_scratch FROM flows WHERE flow_hash = $1 AND expires_us > $2";
    FIND_FLOW = "SELECT request, sealed_journey FROM flows WHERE flow_hash = $1 AND expires_us > $2";
    DELETE_FLOW = "DELETE FROM flows WHERE flow_hash = $1";
    PURGE_FLOWS = "DELETE FROM flows WHERE expires_us < $1";
    INSERT_CONFIRMATION = "INSERT INTO confirmations (link_hash, flow_hash, code_hash, sealed_email, purpose, expires_us)
        VALUES ($1, $2, $3, $4, $5, $6)";
    FIND_CONFIRMATION = "SELECT link_hash, flow_hash, sealed_email, purpose, confirmed_us FROM confirmations
        WHERE link_hash = $1 AND expires_us > $2 AND spent_us IS NULL";
    CONFIRM_LINK = "UPDATE confirmations SET confirmed_us = $2
        WHERE link_hash = $1 AND expires_us > $2 AND spent_us IS NULL AND confirmed_us IS NULL RETURNING flow_hash";
    CONFIRMED_OF_FLOW = "SELECT link_hash FROM confirmations WHERE flow_hash = $1 AND purpose = $2 AND confirmed_us IS NOT NULL
        AND spent_us IS NULL AND expires_us > $3";
    SPEND_CODE = "UPDATE confirmations SET spent_us = $4
        WHERE flow_hash = $1 AND purpose = $2 AND code_hash = $3 AND spent_us IS NULL AND expires_us > $4 RETURNING sealed_email";
    SPEND_LINK = "UPDATE confirmations SET spent_us = $2
        WHERE link_hash = $1 AND confirmed_us IS NOT NULL AND spent_us IS NULL AND expires_us > $2 RETURNING link_hash";
    CANCEL_CONFIRMATIONS = "DELETE FROM confirmations WHERE flow_hash = $1 AND purpose = $2";
    PURGE_CONFIRMATIONS = "DELETE FROM confirmations WHERE expires_us < $1";
}

/// One signed-in browser.
#[derive(Clone)]
pub struct SessionRow {
    /// Keyed hash of the cookie.
    pub session_hash: String,
    /// What tokens call `sid`.
    pub session_id: String,
    /// Whose it is.
    pub person_id: String,
    /// Achieved level of authentication, as its word.
    pub aal: String,
    /// Methods used, by their stored names, space separated.
    pub methods: String,
    /// The same by the names of RFC 8176, space separated.
    pub amr: String,
    /// When the person last proved who they are.
    pub auth_us: i64,
    /// When a second factor was last proved; 0 for never.
    pub factor_us: i64,
    /// When it began.
    pub created_us: i64,
    /// When it was last used.
    pub seen_us: i64,
    /// When it ends at the latest.
    pub expires_us: i64,
}

/// Starts a session.
pub fn insert_session(c: &mut Conn, s: &SessionRow) -> Result<(), Fault> {
    c.exec(
        INSERT_SESSION,
        &params![
            &s.session_hash,
            &s.session_id,
            &s.person_id,
            &s.aal,
            &s.methods,
            &s.amr,
            s.auth_us,
            s.factor_us,
            s.created_us,
            s.seen_us,
            s.expires_us
        ],
    )?;
    Ok(())
}

/// A session that was not ended; whether it is too old is for the caller to judge.
pub fn find_session(c: &mut Conn, session_hash: &str) -> Result<Option<SessionRow>, Fault> {
    c.opt(FIND_SESSION, &params![session_hash])?
        .map(|row| session(&row))
        .transpose()
}

/// The same, by the id that tokens carry.
pub fn find_session_by_id(c: &mut Conn, session_id: &str) -> Result<Option<SessionRow>, Fault> {
    c.opt(FIND_SESSION_BY_ID, &params![session_id])?
        .map(|row| session(&row))
        .transpose()
}

fn session(row: &crate::Row) -> Result<SessionRow, Fault> {
    Ok(SessionRow {
        session_hash: row.text(0)?,
        session_id: row.text(1)?,
        person_id: row.text(2)?,
        aal: row.text(3)?,
        methods: row.text(4)?,
        amr: row.text(5)?,
        auth_us: row.int(6)?,
        factor_us: row.int(7)?,
        created_us: row.int(8)?,
        seen_us: row.int(9)?,
        expires_us: row.int(10)?,
    })
}

/// Notes that a session was used.
pub fn touch_session(c: &mut Conn, session_hash: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(TOUCH_SESSION, &params![session_hash, now_us])?;
    Ok(())
}

/// What a session is after a fresh proof.
pub struct Rotation<'a> {
    /// Keyed hash of its new cookie.
    pub hash: &'a str,
    /// Achieved level of authentication, as its word.
    pub aal: &'a str,
    /// Everything proved so far.
    pub methods: &'a str,
    /// The same by the names of RFC 8176.
    pub amr: &'a str,
    /// When.
    pub now_us: i64,
}

/// Gives a session a new cookie after a fresh proof; its id and what apps got from it stay. `false` when it had ended.
pub fn rotate_session(c: &mut Conn, session_hash: &str, to: &Rotation<'_>) -> Result<bool, Fault> {
    Ok(c.opt(
        ROTATE_SESSION,
        &params![session_hash, to.hash, to.aal, to.methods, to.amr, to.now_us],
    )?
    .is_some())
}

/// A session that has just ended.
pub struct EndedSession {
    /// What tokens call `sid`.
    pub session_id: String,
    /// Whose it was.
    pub person_id: String,
}

/// Ends a session; `None` when it had ended before.
pub fn end_session(
    c: &mut Conn,
    session_hash: &str,
    now_us: i64,
) -> Result<Option<EndedSession>, Fault> {
    c.opt(END_SESSION, &params![session_hash, now_us])?
        .map(|row| {
            Ok(EndedSession {
                session_id: row.text(0)?,
                person_id: row.text(1)?,
            })
        })
        .transpose()
}

/// Ends all sessions of a person; their ids.
pub fn end_sessions_of(c: &mut Conn, person_id: &str, now_us: i64) -> Result<Vec<String>, Fault> {
    ids(&c.query(END_SESSIONS_OF, &params![person_id, now_us])?)
}

/// How many sessions of a person have not ended.
pub fn count_open(c: &mut Conn, person_id: &str, now_us: i64) -> Result<i64, Fault> {
    c.one(COUNT_OPEN, &params![person_id, now_us])?.int(0)
}

/// Ends sessions that have reached their greatest age, some at a time; their ids.
pub fn end_expired(c: &mut Conn, now_us: i64, most: i64) -> Result<Vec<String>, Fault> {
    ids(&c.query(END_EXPIRED, &params![now_us, most])?)
}

fn ids(rows: &[crate::Row]) -> Result<Vec<String>, Fault> {
    rows.iter().map(|row| row.text(0)).collect()
}

/// What a browser is in the middle of.
pub struct FlowRow {
    /// The stored authorization request, as JSON.
    pub request: Option<String>,
    /// The journey, as sealed JSON.
    pub sealed_journey: Option<String>,
}

/// Writes a flow, in place of what it was.
pub fn put_flow(
    c: &mut Conn,
    flow_hash: &str,
    flow: &FlowRow,
    now_us: i64,
    expires_us: i64,
) -> Result<(), Fault> {
    c.exec(
        PUT_FLOW,
        &params![
            flow_hash,
            flow.request.as_deref(),
            flow.sealed_journey.as_deref(),
            now_us,
            expires_us
        ],
    )?;
    Ok(())
}

/// Writes the journey of a flow and leaves its request as it is. The flow lives at least until then.
pub fn put_journey(
    c: &mut Conn,
    flow_hash: &str,
    sealed_journey: Option<&str>,
    now_us: i64,
    expires_us: i64,
) -> Result<(), Fault> {
    c.exec(
        PUT_JOURNEY,
        &params![flow_hash, sealed_journey, now_us, expires_us],
    )?;
    Ok(())
}

/// A flow that has not expired.
pub fn find_flow(c: &mut Conn, flow_hash: &str, now_us: i64) -> Result<Option<FlowRow>, Fault> {
    c.opt(FIND_FLOW, &params![flow_hash, now_us])?
        .map(|row| {
            Ok(FlowRow {
                request: row.opt_text(0)?,
                sealed_journey: row.opt_text(1)?,
            })
        })
        .transpose()
}

/// Keeps what a set-up or a challenge needs on its next page, instead of what was kept before.
pub fn put_scratch(c: &mut Conn, flow_hash: &str, sealed: Option<&str>) -> Result<(), Fault> {
    c.exec(PUT_SCRATCH, &params![flow_hash, sealed])?;
    Ok(())
}

/// Takes away what it kept, as it was found; `false` when it is not that any more.
pub fn spend_scratch(c: &mut Conn, flow_hash: &str, sealed: &str) -> Result<bool, Fault> {
    Ok(c.opt(SPEND_SCRATCH, &params![flow_hash, sealed])?.is_some())
}

/// What it kept.
pub fn find_scratch(c: &mut Conn, flow_hash: &str, now_us: i64) -> Result<Option<String>, Fault> {
    match c.opt(FIND_SCRATCH, &params![flow_hash, now_us])? {
        Some(row) => row.opt_text(0),
        None => Ok(None),
    }
}

/// Forgets a flow.
pub fn delete_flow(c: &mut Conn, flow_hash: &str) -> Result<(), Fault> {
    c.exec(DELETE_FLOW, &params![flow_hash])?;
    Ok(())
}

/// A confirmation about to be mailed.
pub struct NewConfirmation<'a> {
    /// Keyed hash of the link's token.
    pub link_hash: &'a str,
    /// The flow that asked.
    pub flow_hash: &'a str,
    /// Keyed hash of the code.
    pub code_hash: &'a str,
    /// The address, sealed.
    pub sealed_email: &'a str,
    /// What it confirms, such as `sign_up`.
    pub purpose: &'a str,
    /// Until when.
    pub expires_us: i64,
}

/// A confirmation as the opened link finds it.
pub struct ConfirmationRow {
    /// The flow that asked.
    pub flow_hash: String,
    /// The address, sealed.
    pub sealed_email: String,
    /// What it confirms.
    pub purpose: String,
    /// When the link's button was pressed.
    pub confirmed_us: Option<i64>,
}

/// Keeps a confirmation, in place of earlier ones of the same flow and purpose.
pub fn replace_confirmation(c: &mut Conn, new: &NewConfirmation<'_>) -> Result<(), Fault> {
    c.exec(CANCEL_CONFIRMATIONS, &params![new.flow_hash, new.purpose])?;
    c.exec(
        INSERT_CONFIRMATION,
        &params![
            new.link_hash,
            new.flow_hash,
            new.code_hash,
            new.sealed_email,
            new.purpose,
            new.expires_us
        ],
    )?;
    Ok(())
}

/// The open confirmation of a link.
pub fn find_confirmation(
    c: &mut Conn,
    link_hash: &str,
    now_us: i64,
) -> Result<Option<ConfirmationRow>, Fault> {
    c.opt(FIND_CONFIRMATION, &params![link_hash, now_us])?
        .map(|row| {
            Ok(ConfirmationRow {
                flow_hash: row.text(1)?,
                sealed_email: row.text(2)?,
                purpose: row.text(3)?,
                confirmed_us: row.opt_int(4)?,
            })
        })
        .transpose()
}

/// Confirms by the link; `false` when it was confirmed, spent or expired before.
pub fn confirm_link(c: &mut Conn, link_hash: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(CONFIRM_LINK, &params![link_hash, now_us])?.is_some())
}

/// Spends the confirmation that the asking browser typed the code of; the sealed address.
pub fn spend_code(
    c: &mut Conn,
    flow_hash: &str,
    purpose: &str,
    code_hash: &str,
    now_us: i64,
) -> Result<Option<String>, Fault> {
    c.opt(SPEND_CODE, &params![flow_hash, purpose, code_hash, now_us])?
        .map(|row| row.text(0))
        .transpose()
}

/// Forgets the confirmations of a flow: what they were for is done.
pub fn cancel_confirmations(c: &mut Conn, flow_hash: &str, purpose: &str) -> Result<(), Fault> {
    c.exec(CANCEL_CONFIRMATIONS, &params![flow_hash, purpose])?;
    Ok(())
}

/// Spends the confirmation of this flow whose link was confirmed elsewhere; the keyed hash of the link.
pub fn spend_confirmed(
    c: &mut Conn,
    flow_hash: &str,
    purpose: &str,
    now_us: i64,
) -> Result<Option<String>, Fault> {
    let Some(row) = c.opt(CONFIRMED_OF_FLOW, &params![flow_hash, purpose, now_us])? else {
        return Ok(None);
    };
    let link_hash = row.text(0)?;
    let spent = c.opt(SPEND_LINK, &params![&link_hash, now_us])?;
    Ok(spent.map(|_| link_hash))
}

/// Deletes what expired before this time.
pub fn purge(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    Ok(c.exec(PURGE_SESSIONS, &params![before_us])?
        + c.exec(PURGE_FLOWS, &params![before_us])?
        + c.exec(PURGE_CONFIRMATIONS, &params![before_us])?)
}
