//! People, their addresses and authenticators, as rows. Addresses are found by keyed digest and read by unsealing.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_PERSON = "INSERT INTO people (person_id, status, password_phc, language, persona_of, sealed_data_key, sealed_attributes, verified_us, created_us, verified_for)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    INSERT_EMAIL = "INSERT INTO person_emails (email_digest, person_id, sealed_email, confirmed_us)
        VALUES ($1, $2, $3, $4) ON CONFLICT (email_digest) DO NOTHING RETURNING person_id";
    FIND_BY_EMAIL = "SELECT p.person_id, p.status, p.password_phc, p.language, p.persona_of, p.sealed_data_key, p.sealed_attributes, p.verified_us, p.verified_for
        FROM person_emails e JOIN people p ON p.person_id = e.person_id WHERE e.email_digest = $1";
    FIND_PERSON = "SELECT person_id, status, password_phc, language, persona_of, sealed_data_key, sealed_attributes, verified_us, verified_for
        FROM people WHERE person_id = $1";
    EMAILS_OF = "SELECT email_digest, sealed_email FROM person_emails WHERE person_id = $1
        ORDER BY COALESCE(primary_us, 0) DESC, confirmed_us, email_digest";
    INSERT_AUTHENTICATOR = "INSERT INTO authenticators (authenticator_id, person_id, kind, sealed_name, sealed_secret, lookup_digest, sealed_lookup, last_step, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    AUTHENTICATORS_OF = "SELECT authenticator_id, kind, sealed_name, sealed_secret, lookup_digest, sealed_lookup, last_step, created_us, used_us
        FROM authenticators WHERE person_id = $1 ORDER BY created_us, authenticator_id";
    SPEND_STEP = "UPDATE authenticators SET last_step = $2, used_us = $3
        WHERE authenticator_id = $1 AND last_step < $2 RETURNING authenticator_id";
    MAKE_PRIMARY = "UPDATE person_emails SET primary_us = $3 WHERE email_digest = $1 AND person_id = $2";
    DELETE_EMAIL = "DELETE FROM person_emails WHERE email_digest = $1 AND person_id = $2";
    DELETE_EMAILS = "DELETE FROM person_emails WHERE person_id = $1";
    DELETE_AUTHENTICATORS = "DELETE FROM authenticators WHERE person_id = $1";
    CLOSE_PERSON = "UPDATE people SET status = 'deleted', password_phc = NULL, sealed_data_key = NULL, sealed_attributes = NULL WHERE person_id = $1";
    MOVE_STATUS = "UPDATE people SET status = $3 WHERE person_id = $1 AND status = $2 RETURNING person_id";
    IDS_BY_REQUEST = "SELECT DISTINCT p.person_id FROM audit_entries e JOIN people p ON p.person_id = e.subject WHERE e.request_id = $1 LIMIT 2";
    REMOVE_PERSON = "DELETE FROM people WHERE person_id = $1";
    COUNT_PEOPLE = "SELECT COUNT(*) FROM people WHERE status = 'active'";
}

/// One account. `status` is `active` or `deleted`.
pub struct PersonRow {
    /// Time-ordered UUID.
    pub person_id: String,
    /// `active` or `deleted`.
    pub status: String,
    /// The password's PHC string.
    pub password_phc: Option<String>,
    /// The language of pages and mails.
    pub language: String,
    /// Whose persona this is, in test-class environments.
    pub persona_of: Option<String>,
    /// The key under which everything of the person is sealed, itself sealed; none once the account is deleted.
    pub sealed_data_key: Option<String>,
    /// Verified attributes as sealed JSON.
    pub sealed_attributes: Option<String>,
    /// When the identity was verified.
    pub verified_us: Option<i64>,
    /// The agency whose app asked for that.
    pub verified_for: Option<String>,
}

/// One second factor.
pub struct AuthenticatorRow {
    /// Time-ordered UUID.
    pub authenticator_id: String,
    /// `totp`.
    pub kind: String,
    /// The name its owner gave it, sealed.
    pub sealed_name: String,
    /// The secret, sealed.
    pub sealed_secret: String,
    /// The keyed digest that finds it without its owner, for kinds that are found so.
    pub lookup_digest: Option<String>,
    /// What the digest is of, sealed.
    pub sealed_lookup: Option<String>,
    /// The last time step that was used: a code counts once (RFC 6238 5.2).
    pub last_step: i64,
    /// When it was added.
    pub created_us: i64,
    /// When it was last used.
    pub used_us: Option<i64>,
}

/// Adds an account.
pub fn insert_person(c: &mut Conn, person: &PersonRow, created_us: i64) -> Result<(), Fault> {
    c.exec(
        INSERT_PERSON,
        &params![
            &person.person_id,
            &person.status,
            person.password_phc.as_deref(),
            &person.language,
            person.persona_of.as_deref(),
            person.sealed_data_key.as_deref(),
            person.sealed_attributes.as_deref(),
            person.verified_us,
            created_us,
            person.verified_for.as_deref()
        ],
    )?;
    Ok(())
}

/// Gives an address to an account, unless another has it; `false` then.
pub fn claim_email(
    c: &mut Conn,
    digest: &str,
    person_id: &str,
    sealed_email: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(
        INSERT_EMAIL,
        &params![digest, person_id, sealed_email, now_us],
    )?
    .is_some())
}

/// The account with this address.
pub fn find_by_email(c: &mut Conn, digest: &str) -> Result<Option<PersonRow>, Fault> {
    c.opt(FIND_BY_EMAIL, &params![digest])?
        .map(|row| person(&row))
        .transpose()
}

/// The account with this id.
pub fn find_person(c: &mut Conn, person_id: &str) -> Result<Option<PersonRow>, Fault> {
    c.opt(FIND_PERSON, &params![person_id])?
        .map(|row| person(&row))
        .transpose()
}

fn person(row: &crate::Row) -> Result<PersonRow, Fault> {
    Ok(PersonRow {
        person_id: row.text(0)?,
        status: row.text(1)?,
        password_phc: row.opt_text(2)?,
        language: row.text(3)?,
        persona_of: row.opt_text(4)?,
        sealed_data_key: row.opt_text(5)?,
        sealed_attributes: row.opt_text(6)?,
        verified_us: row.opt_int(7)?,
        verified_for: row.opt_text(8)?,
    })
}

/// The addresses of an account as (digest, sealed address), the primary one first, then oldest first.
pub fn emails_of(c: &mut Conn, person_id: &str) -> Result<Vec<(String, String)>, Fault> {
    c.query(EMAILS_OF, &params![person_id])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// Takes an address from an account.
pub fn release_email(c: &mut Conn, digest: &str, person_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_EMAIL, &params![digest, person_id])?;
    Ok(())
}

/// Makes an address the first of its account.
pub fn make_primary(c: &mut Conn, digest: &str, person_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(MAKE_PRIMARY, &params![digest, person_id, now_us])?;
    Ok(())
}

/// Takes all addresses from an account that is about to get others.
pub fn release_emails(c: &mut Conn, person_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_EMAILS, &params![person_id])?;
    Ok(())
}

/// Adds a second factor.
pub fn insert_authenticator(
    c: &mut Conn,
    person_id: &str,
    factor: &AuthenticatorRow,
) -> Result<(), Fault> {
    c.exec(
        INSERT_AUTHENTICATOR,
        &params![
            &factor.authenticator_id,
            person_id,
            &factor.kind,
            &factor.sealed_name,
            &factor.sealed_secret,
            factor.lookup_digest.as_deref(),
            factor.sealed_lookup.as_deref(),
            factor.last_step,
            factor.created_us
        ],
    )?;
    Ok(())
}

/// The second factors of an account, oldest first.
pub fn authenticators_of(c: &mut Conn, person_id: &str) -> Result<Vec<AuthenticatorRow>, Fault> {
    let rows = c.query(AUTHENTICATORS_OF, &params![person_id])?;
    rows.iter()
        .map(|row| {
            Ok(AuthenticatorRow {
                authenticator_id: row.text(0)?,
                kind: row.text(1)?,
                sealed_name: row.text(2)?,
                sealed_secret: row.text(3)?,
                lookup_digest: row.opt_text(4)?,
                sealed_lookup: row.opt_text(5)?,
                last_step: row.int(6)?,
                created_us: row.int(7)?,
                used_us: row.opt_int(8)?,
            })
        })
        .collect()
}

/// Uses up a time step of a code generator; `false` when it, or a later one, was used before.
pub fn spend_step(
    c: &mut Conn,
    authenticator_id: &str,
    step: i64,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(SPEND_STEP, &params![authenticator_id, step, now_us])?
        .is_some())
}

/// Deletes what an account holds, and the key to whatever is left in copies; its row stays, so that ids and subjects
/// are never used again.
pub fn close_person(c: &mut Conn, person_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_EMAILS, &params![person_id])?;
    c.exec(DELETE_AUTHENTICATORS, &params![person_id])?;
    crate::browsers::forget_all(c, person_id)?;
    crate::email_claims::delete_of(c, person_id)?;
    c.exec(CLOSE_PERSON, &params![person_id])?;
    Ok(())
}

/// Moves an account from one status to another; `false` when it is not in the first.
pub fn move_status(c: &mut Conn, person_id: &str, from: &str, to: &str) -> Result<bool, Fault> {
    Ok(c.opt(MOVE_STATUS, &params![person_id, from, to])?.is_some())
}

/// The accounts that the audit record names for a request: none, one, or the first two.
pub fn ids_by_request(c: &mut Conn, request_id: &str) -> Result<Vec<String>, Fault> {
    c.query(IDS_BY_REQUEST, &params![request_id])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Takes out an account that was just added and did not get its addresses, because another has one by now.
pub fn remove_unclaimed(c: &mut Conn, person_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_EMAILS, &params![person_id])?;
    c.exec(REMOVE_PERSON, &params![person_id])?;
    Ok(())
}

/// How many accounts are active.
pub fn count(c: &mut Conn) -> Result<i64, Fault> {
    c.one(COUNT_PEOPLE, &params![])?.int(0)
}
