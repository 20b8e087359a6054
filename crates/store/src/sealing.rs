//! The generations of sealing and fingerprint keys, and the rows that are under one of them.
//! Every function faults only where the database does.

use crate::{Conn, Fault, Statement, params, statements};

statements! {
    GENERATIONS = "SELECT generation, state, rows_total, changed_us FROM sealing_keys ORDER BY generation";
    INSERT_GENERATION = "INSERT INTO sealing_keys (generation, state, rows_total, created_us, changed_us) VALUES ($1, $2, 0, $3, $3)
        ON CONFLICT (generation) DO NOTHING RETURNING generation";
    MOVE_GENERATION = "UPDATE sealing_keys SET state = $3, rows_total = $4, changed_us = $5 WHERE generation = $1 AND state = $2 RETURNING generation";

    DATA_KEYS = "SELECT person_id, sealed_data_key FROM people WHERE person_id > $1 AND sealed_data_key LIKE $2 ORDER BY person_id LIMIT $3";
    PUT_DATA_KEY = "UPDATE people SET sealed_data_key = $3 WHERE person_id = $1 AND sealed_data_key = $2";
    DATA_KEYS_LEFT = "SELECT COUNT(*) FROM people WHERE sealed_data_key NOT LIKE $1";
    SIGNING_KEYS = "SELECT kid, sealed_key FROM signing_keys WHERE kid > $1 AND sealed_key LIKE $2 ORDER BY kid LIMIT $3";
    PUT_SIGNING_KEY = "UPDATE signing_keys SET sealed_key = $3 WHERE kid = $1 AND sealed_key = $2";
    SIGNING_KEYS_LEFT = "SELECT COUNT(*) FROM signing_keys WHERE sealed_key NOT LIKE $1";
    INBOX = "SELECT message_id, sealed FROM inbox WHERE message_id > $1 AND sealed LIKE $2 ORDER BY message_id LIMIT $3";
    PUT_INBOX = "UPDATE inbox SET sealed = $3, to_digest = $4 WHERE message_id = $1 AND sealed = $2";
    INBOX_LEFT = "SELECT COUNT(*) FROM inbox WHERE sealed NOT LIKE $1";
    OUTBOX = "SELECT id, content FROM outbox WHERE id > $1 AND content LIKE $2 AND sent_us IS NULL AND failed_us IS NULL ORDER BY id LIMIT $3";
    PUT_OUTBOX = "UPDATE outbox SET content = $3, recipient = $4 WHERE id = $1 AND content = $2";
    OUTBOX_LEFT = "SELECT COUNT(*) FROM outbox WHERE content NOT LIKE $1 AND sent_us IS NULL AND failed_us IS NULL";

    EMAILS = "SELECT e.email_digest, e.sealed_email, e.person_id, p.sealed_data_key FROM person_emails e JOIN people p ON p.person_id = e.person_id
        WHERE e.email_digest > $1 AND e.email_digest LIKE $2 ORDER BY e.email_digest LIMIT $3";
    PUT_EMAIL = "UPDATE person_emails SET email_digest = $3, sealed_email = $4 WHERE email_digest = $1 AND sealed_email = $2";
    REDIRECT_INBOX = "UPDATE inbox SET to_digest = $2 WHERE to_digest = $1";
    EMAILS_LEFT = "SELECT COUNT(*) FROM person_emails WHERE email_digest NOT LIKE $1";
    LOOKUPS = "SELECT a.authenticator_id, COALESCE(a.sealed_lookup, ''), a.person_id, p.sealed_data_key FROM authenticators a JOIN people p ON p.person_id = a.person_id
        WHERE a.authenticator_id > $1 AND a.lookup_digest LIKE $2 ORDER BY a.authenticator_id LIMIT $3";
    PUT_LOOKUP = "UPDATE authenticators SET lookup_digest = $2 WHERE authenticator_id = $1";
    LOOKUPS_LEFT = "SELECT COUNT(*) FROM authenticators WHERE lookup_digest NOT LIKE $1";

    JOURNEYS_LEFT = "SELECT COUNT(*) FROM flows WHERE expires_us > $2 AND (request NOT LIKE $1 OR sealed_journey NOT LIKE $1 OR sealed_scratch NOT LIKE $1)";
    CONFIRMATIONS_LEFT = "SELECT COUNT(*) FROM confirmations WHERE expires_us > $2 AND sealed_email NOT LIKE $1";
    PUSHED_LEFT = "SELECT COUNT(*) FROM pushed_requests WHERE expires_us > $2 AND sealed NOT LIKE $1";
}

/// One generation of the keys of this database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerationRow {
    /// From 1.
    pub generation: i64,
    /// `next`, `current`, `retiring` or `retired`.
    pub state: String,
    /// How many rows were under the one before, when this one became current.
    pub rows_total: i64,
    /// When its state last changed.
    pub changed_us: i64,
}

/// The generations, oldest first; none before the first rotation.
pub fn generations(c: &mut Conn) -> Result<Vec<GenerationRow>, Fault> {
    c.query(GENERATIONS, &params![])?
        .iter()
        .map(|row| {
            Ok(GenerationRow {
                generation: row.int(0)?,
                state: row.text(1)?,
                rows_total: row.int(2)?,
                changed_us: row.int(3)?,
            })
        })
        .collect()
}

/// Adds a generation; `false` when there is one of this number.
pub fn insert_generation(
    c: &mut Conn,
    generation: i64,
    state: &str,
    now_us: i64,
) -> Result<bool, Fault> {
    let row = c.opt(INSERT_GENERATION, &params![generation, state, now_us])?;
    Ok(row.is_some())
}

/// Moves a generation from one state to another; `false` when it is not in the first.
pub fn move_generation(
    c: &mut Conn,
    generation: i64,
    (from, to): (&str, &str),
    rows_total: i64,
    now_us: i64,
) -> Result<bool, Fault> {
    let moved = params![generation, from, to, rows_total, now_us];
    Ok(c.opt(MOVE_GENERATION, &moved)?.is_some())
}

/// Rows that are sealed under the key of the database itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// The data keys of people.
    DataKeys,
    /// The keys of the identity provider.
    SigningKeys,
    /// Kept mail of a test-class environment.
    Inbox,
    /// Mail that waits to be sent.
    Outbox,
}

/// A sealed row.
pub struct SealedRow {
    /// Its id.
    pub id: String,
    /// What it holds.
    pub sealed: String,
}

impl Sealed {
    /// Those under this key after an id, in the order of the ids.
    pub fn under(
        self,
        c: &mut Conn,
        key: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<SealedRow>, Fault> {
        let find = match self {
            Self::DataKeys => DATA_KEYS,
            Self::SigningKeys => SIGNING_KEYS,
            Self::Inbox => INBOX,
            Self::Outbox => OUTBOX,
        };
        c.query(find, &params![after, &under(key), limit])?
            .iter()
            .map(|row| {
                Ok(SealedRow {
                    id: row.text(0)?,
                    sealed: row.text(1)?,
                })
            })
            .collect()
    }

    /// Puts a row under another key, unless it was changed meanwhile; mail gets the digest of its recipient along.
    pub fn put(
        self,
        c: &mut Conn,
        before: &SealedRow,
        sealed: &str,
        recipient: &str,
    ) -> Result<(), Fault> {
        let (id, old) = (&before.id, &before.sealed);
        match self {
            Self::DataKeys => c.exec(PUT_DATA_KEY, &params![id, old, sealed])?,
            Self::SigningKeys => c.exec(PUT_SIGNING_KEY, &params![id, old, sealed])?,
            Self::Inbox => c.exec(PUT_INBOX, &params![id, old, sealed, recipient])?,
            Self::Outbox => c.exec(PUT_OUTBOX, &params![id, old, sealed, recipient])?,
        };
        Ok(())
    }
}

/// Rows that are found by a keyed fingerprint of something that is sealed under a person's data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fingerprinted {
    /// The addresses of people; the id is the fingerprint.
    Emails,
    /// Credentials and certificates.
    Authenticators,
}

/// A row with a fingerprint.
pub struct FingerprintedRow {
    /// Its id.
    pub id: String,
    /// What the fingerprint is of, sealed under the data key.
    pub sealed: String,
    /// Whose it is.
    pub person_id: String,
    /// The data key, sealed.
    pub sealed_data_key: Option<String>,
}

impl Fingerprinted {
    /// Those under this key after an id, in the order of the ids.
    pub fn under(
        self,
        c: &mut Conn,
        key: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<FingerprintedRow>, Fault> {
        let find = match self {
            Self::Emails => EMAILS,
            Self::Authenticators => LOOKUPS,
        };
        c.query(find, &params![after, &under(key), limit])?
            .iter()
            .map(|row| {
                Ok(FingerprintedRow {
                    id: row.text(0)?,
                    sealed: row.text(1)?,
                    person_id: row.text(2)?,
                    sealed_data_key: row.opt_text(3)?,
                })
            })
            .collect()
    }

    /// Gives a row another fingerprint, with the text sealed for its new place. The mail of a test-class environment
    /// stays that of its recipient.
    pub fn put(
        self,
        c: &mut Conn,
        before: &FingerprintedRow,
        digest: &str,
        sealed: &str,
    ) -> Result<(), Fault> {
        match self {
            Self::Emails => {
                let moved = params![&before.id, &before.sealed, digest, sealed];
                if c.exec(PUT_EMAIL, &moved)? > 0 {
                    c.exec(REDIRECT_INBOX, &params![&before.id, digest])?;
                }
            }
            Self::Authenticators => {
                c.exec(PUT_LOOKUP, &params![&before.id, digest])?;
            }
        }
        Ok(())
    }
}

/// How many rows of each table are under another key than this one. What soon expires is not sealed again, and counts
/// while it is good.
pub fn left(c: &mut Conn, key: &str, now_us: i64) -> Result<Vec<(&'static str, i64)>, Fault> {
    const KEPT: [(&str, Statement); 6] = [
        ("people", DATA_KEYS_LEFT),
        ("person_emails", EMAILS_LEFT),
        ("authenticators", LOOKUPS_LEFT),
        ("signing_keys", SIGNING_KEYS_LEFT),
        ("inbox", INBOX_LEFT),
        ("outbox", OUTBOX_LEFT),
    ];
    const EXPIRING: [(&str, Statement); 3] = [
        ("flows", JOURNEYS_LEFT),
        ("confirmations", CONFIRMATIONS_LEFT),
        ("pushed_requests", PUSHED_LEFT),
    ];
    let key = under(key);
    let mut left = Vec::new();
    for (table, count) in KEPT {
        left.push((table, c.one(count, &params![&key])?.int(0)?));
    }
    for (table, count) in EXPIRING {
        left.push((table, c.one(count, &params![&key, now_us])?.int(0)?));
    }
    left.retain(|(_, rows)| *rows > 0);
    Ok(left)
}

fn under(key: &str) -> String {
    format!("{key}:%")
}
