//! What people agreed to share with clients, and what agencies call them.
//! Every function faults only where the database does.

use crate::{Conn, Fault, params, statements};

statements! {
    PUT_CONSENT = "INSERT INTO consents (person_id, client_id, attributes, since_us, given_us, revoked_us) VALUES ($1, $2, $3, $4, $4, NULL)
        ON CONFLICT (person_id, client_id) DO UPDATE SET attributes = excluded.attributes, given_us = excluded.given_us, revoked_us = NULL, offline = FALSE,
            since_us = CASE WHEN consents.revoked_us IS NULL THEN consents.since_us ELSE excluded.given_us END";
    CHOOSE_EMAIL = "UPDATE consents SET email_digest = (SELECT e.email_digest FROM person_emails e WHERE e.person_id = $1 AND e.email_digest = $3)
        WHERE person_id = $1 AND client_id = $2 AND revoked_us IS NULL RETURNING email_digest";
    AGREE_OFFLINE = "UPDATE consents SET offline = TRUE WHERE person_id = $1 AND client_id = $2";
    FIND_CONSENT = "SELECT client_id, attributes, since_us, given_us, revoked_us, offline, email_digest FROM consents WHERE person_id = $1 AND client_id = $2";
    USED = "UPDATE consents SET used_us = $3, used_level = $4
        WHERE person_id = $1 AND client_id = $2 AND (used_us IS NULL OR used_us + 60000000 < $3 OR used_level IS NULL OR used_level <> $4)";
    SERVICES_OF = "SELECT client_id, attributes, since_us, given_us, revoked_us, offline, email_digest, used_us, used_level FROM consents WHERE person_id = $1 AND revoked_us IS NULL ORDER BY since_us DESC, client_id";
    REVOKE_CONSENT = "UPDATE consents SET revoked_us = $3, email_digest = NULL WHERE person_id = $1 AND client_id = $2 AND revoked_us IS NULL RETURNING client_id";
    REVOKE_CONSENTED_TOKENS = "UPDATE access_tokens SET revoked_us = $3 WHERE revoked_us IS NULL AND grant_id IN
        (SELECT grant_id FROM grants WHERE person_id = $1 AND client_id = $2)";
    REVOKE_CONSENTED_GRANTS = "UPDATE grants SET revoked_us = $3 WHERE person_id = $1 AND client_id = $2 AND revoked_us IS NULL";
    INSERT_SUBJECT = "INSERT INTO subjects (person_id, agency, subject) VALUES ($1, $2, $3) ON CONFLICT (person_id, agency) DO NOTHING";
    FIND_SUBJECT = "SELECT subject FROM subjects WHERE person_id = $1 AND agency = $2";
    REVOKE_PERSON_CONSENTS = "UPDATE consents SET revoked_us = $2, email_digest = NULL WHERE person_id = $1 AND revoked_us IS NULL";
}

/// What a person agreed to share with one client.
pub struct ConsentRow {
    /// With whom.
    pub client_id: String,
    /// The attributes' names, space separated.
    pub attributes: String,
    /// Since when without a break.
    pub since_us: i64,
    /// When it was last agreed to.
    pub given_us: i64,
    /// When it was taken back.
    pub revoked_us: Option<i64>,
    /// May the client stay connected when the person is away?
    pub offline: bool,
    /// The digest of the address that the person chose for the client; none is the oldest one.
    pub email_digest: Option<String>,
}

/// Keeps a consent, in place of an earlier one for the same client.
pub fn put_consent(
    c: &mut Conn,
    person_id: &str,
    client_id: &str,
    attributes: &str,
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(
        PUT_CONSENT,
        &params![person_id, client_id, attributes, now_us],
    )?;
    Ok(())
}

/// The person lets the client stay connected when they are away: part of the consent that is in force.
pub fn agree_offline(c: &mut Conn, person_id: &str, client_id: &str) -> Result<(), Fault> {
    c.exec(AGREE_OFFLINE, &params![person_id, client_id])?;
    Ok(())
}

/// The client receives this address, given by the digest under which it is kept; `false` when it is not the person's, and
/// then the client receives the oldest one.
pub fn choose_email(
    c: &mut Conn,
    person_id: &str,
    client_id: &str,
    email_digest: &str,
) -> Result<bool, Fault> {
    let kept = c.opt(CHOOSE_EMAIL, &params![person_id, client_id, email_digest])?;
    Ok(match kept {
        Some(row) => row.opt_text(0)?.is_some(),
        None => false,
    })
}

/// The consent for one client, revoked or not.
pub fn find_consent(
    c: &mut Conn,
    person_id: &str,
    client_id: &str,
) -> Result<Option<ConsentRow>, Fault> {
    c.opt(FIND_CONSENT, &params![person_id, client_id])?
        .map(|row| consent(&row))
        .transpose()
}

/// A consent in force and when its client used it.
pub struct ServiceRow {
    /// The consent.
    pub consent: ConsentRow,
    /// The last sign-in, to the minute, and its level.
    pub used: Option<(i64, String)>,
}

/// The person has signed in to the client, at this level.
pub fn used(
    c: &mut Conn,
    person_id: &str,
    client_id: &str,
    level: &str,
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(USED, &params![person_id, client_id, now_us, level])?;
    Ok(())
}

/// The consents in force, newest first.
pub fn services_of(c: &mut Conn, person_id: &str) -> Result<Vec<ServiceRow>, Fault> {
    c.query(SERVICES_OF, &params![person_id])?
        .iter()
        .map(|row| {
            Ok(ServiceRow {
                consent: consent(row)?,
                used: row.opt_int(7)?.zip(row.opt_text(8)?),
            })
        })
        .collect()
}

/// Takes a consent back, with all that the client got from it; `false` when there was none in force.
pub fn revoke_consent(
    c: &mut Conn,
    person_id: &str,
    client_id: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    let found = c.opt(REVOKE_CONSENT, &params![person_id, client_id, now_us])?;
    for statement in [REVOKE_CONSENTED_TOKENS, REVOKE_CONSENTED_GRANTS] {
        c.exec(statement, &params![person_id, client_id, now_us])?;
    }
    Ok(found.is_some())
}

fn consent(row: &crate::Row) -> Result<ConsentRow, Fault> {
    Ok(ConsentRow {
        client_id: row.text(0)?,
        attributes: row.text(1)?,
        since_us: row.int(2)?,
        given_us: row.int(3)?,
        revoked_us: row.opt_int(4)?,
        offline: row.bool(5)?,
        email_digest: row.opt_text(6)?,
    })
}

/// The subject of a person at an agency, if an app of it has one.
pub fn find_subject(c: &mut Conn, person_id: &str, agency: &str) -> Result<Option<String>, Fault> {
    c.opt(FIND_SUBJECT, &params![person_id, agency])?
        .map(|row| row.text(0))
        .transpose()
}

/// The subject of a person at an agency: the one there is, or `fresh` when there was none.
pub fn subject_for(
    c: &mut Conn,
    person_id: &str,
    agency: &str,
    fresh: &str,
) -> Result<String, Fault> {
    if let Some(subject) = find_subject(c, person_id, agency)? {
        return Ok(subject);
    }
    c.exec(INSERT_SUBJECT, &params![person_id, agency, fresh])?;
    c.one(FIND_SUBJECT, &params![person_id, agency])?.text(0)
}

/// Takes back all consents of a person.
pub(crate) fn revoke_consents_of(c: &mut Conn, person_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(REVOKE_PERSON_CONSENTS, &params![person_id, now_us])?;
    Ok(())
}
