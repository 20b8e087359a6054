//! The releases an environment took, the apps they add up to, their logos, and the test-class inbox.

use crate::{Conn, Fault, params, statements};

statements! {
    INSERT_RELEASE = "INSERT INTO installed_releases (sequence, signed, digest, root, installed_us) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (sequence) DO NOTHING RETURNING sequence";
    LAST_RELEASE = "SELECT sequence, signed, digest, root FROM installed_releases ORDER BY sequence DESC LIMIT 1";
    PUT_APP = "INSERT INTO installed_apps (handle, issuer, agency, revision, document, digest, sequence) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (handle) DO UPDATE SET issuer = excluded.issuer, agency = excluded.agency, revision = excluded.revision,
            document = excluded.document, digest = excluded.digest, sequence = excluded.sequence";
    REMOVE_APP = "UPDATE installed_apps SET document = '', digest = '', sequence = $2 WHERE handle = $1";
    APPS_SINCE = "SELECT handle, issuer, agency, revision, document, digest, sequence FROM installed_apps WHERE sequence > $1 ORDER BY sequence, handle";
    DIGESTS = "SELECT handle, digest, agency FROM installed_apps WHERE document <> '' ORDER BY handle";
    HANDLES_OF_ISSUER = "SELECT handle FROM installed_apps WHERE issuer = $1 AND document <> '' ORDER BY handle";
    PUT_LOGO = "INSERT INTO logos (digest, media_type, base64) VALUES ($1, $2, $3) ON CONFLICT (digest) DO NOTHING";
    FIND_LOGO = "SELECT media_type, base64 FROM logos WHERE digest = $1";
    INSERT_MESSAGE = "INSERT INTO inbox (message_id, to_digest, sealed, time_us) VALUES ($1, $2, $3, $4)";
    MESSAGES_TO = "SELECT message_id, sealed, time_us FROM inbox WHERE to_digest = $1 AND time_us > $2 ORDER BY time_us, message_id LIMIT 200";
    LATEST_MESSAGES = "SELECT message_id, sealed, time_us FROM inbox ORDER BY time_us DESC, message_id DESC LIMIT 100";
    MESSAGES_TO_PERSONAS = "SELECT i.message_id, i.sealed, i.time_us FROM inbox i JOIN person_emails e ON e.email_digest = i.to_digest
        JOIN test_personas p ON p.person_id = e.person_id
        WHERE p.owner = $1 AND i.time_us > $2 AND i.time_us >= p.created_us ORDER BY i.time_us, i.message_id LIMIT 200";
    PURGE_MESSAGES = "DELETE FROM inbox WHERE time_us < $1";
}

/// A release as an environment keeps it.
pub struct InstalledRelease {
    /// Its place in the environment's sequence.
    pub sequence: i64,
    /// The signed manifest.
    pub signed: String,
    /// The manifest's digest: the parent of the next.
    pub digest: String,
    /// The Merkle root of the state after it.
    pub root: String,
}

/// Notes that a release was taken; `false` when this sequence was taken before.
pub fn insert_release(
    c: &mut Conn,
    release: &InstalledRelease,
    now_us: i64,
) -> Result<bool, Fault> {
    let row = c.opt(
        INSERT_RELEASE,
        &params![
            release.sequence,
            &release.signed,
            &release.digest,
            &release.root,
            now_us
        ],
    )?;
    Ok(row.is_some())
}

/// The newest release taken.
pub fn last_release(c: &mut Conn) -> Result<Option<InstalledRelease>, Fault> {
    c.opt(LAST_RELEASE, &params![])?
        .map(|row| {
            Ok(InstalledRelease {
                sequence: row.int(0)?,
                signed: row.text(1)?,
                digest: row.text(2)?,
                root: row.text(3)?,
            })
        })
        .transpose()
}

/// An app as the current release has it; an empty document is one that was removed.
pub struct InstalledApp {
    /// The app's handle.
    pub handle: String,
    /// Its client id.
    pub issuer: String,
    /// The agency whose pairwise subjects it sees.
    pub agency: String,
    /// The revision.
    pub revision: String,
    /// The document without the logo's bytes, as canonical JSON.
    pub document: String,
    /// The digest that the release's root is made of.
    pub digest: String,
    /// The release that brought it.
    pub sequence: i64,
}

/// Puts an app in, in place of what had its handle.
pub fn put_app(c: &mut Conn, app: &InstalledApp) -> Result<(), Fault> {
    c.exec(
        PUT_APP,
        &params![
            &app.handle,
            &app.issuer,
            &app.agency,
            &app.revision,
            &app.document,
            &app.digest,
            app.sequence
        ],
    )?;
    Ok(())
}

/// Takes an app out; its row stays empty so that other nodes see the removal.
pub fn remove_app(c: &mut Conn, handle: &str, sequence: i64) -> Result<(), Fault> {
    c.exec(REMOVE_APP, &params![handle, sequence])?;
    Ok(())
}

/// The apps that changed after this sequence; all of them for 0.
pub fn apps_since(c: &mut Conn, sequence: i64) -> Result<Vec<InstalledApp>, Fault> {
    let rows = c.query(APPS_SINCE, &params![sequence])?;
    rows.iter()
        .map(|row| {
            Ok(InstalledApp {
                handle: row.text(0)?,
                issuer: row.text(1)?,
                agency: row.text(2)?,
                revision: row.text(3)?,
                document: row.text(4)?,
                digest: row.text(5)?,
                sequence: row.int(6)?,
            })
        })
        .collect()
}

/// Every app that is there, as (handle, digest, agency).
pub fn digests(c: &mut Conn) -> Result<Vec<(String, String, String)>, Fault> {
    c.query(DIGESTS, &params![])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.text(2)?)))
        .collect()
}

/// The apps that have this client id; more than one only while a release is checked.
pub fn handles_of_issuer(c: &mut Conn, issuer: &str) -> Result<Vec<String>, Fault> {
    c.query(HANDLES_OF_ISSUER, &params![issuer])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Keeps a logo under its digest.
pub fn put_logo(c: &mut Conn, digest: &str, media_type: &str, base64: &str) -> Result<(), Fault> {
    c.exec(PUT_LOGO, &params![digest, media_type, base64])?;
    Ok(())
}

/// A logo as (media type, base64).
pub fn find_logo(c: &mut Conn, digest: &str) -> Result<Option<(String, String)>, Fault> {
    c.opt(FIND_LOGO, &params![digest])?
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .transpose()
}

/// A kept message.
pub struct MessageRow {
    /// Time-ordered UUID.
    pub message_id: String,
    /// The message, as sealed JSON.
    pub sealed: String,
    /// When it was sent.
    pub time_us: i64,
}

/// Keeps a message of a test-class environment.
pub fn insert_message(
    c: &mut Conn,
    message_id: &str,
    to_digest: &str,
    sealed: &str,
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(
        INSERT_MESSAGE,
        &params![message_id, to_digest, sealed, now_us],
    )?;
    Ok(())
}

/// Messages to one address after a time, oldest first.
pub fn messages_to(c: &mut Conn, to_digest: &str, after_us: i64) -> Result<Vec<MessageRow>, Fault> {
    c.query(MESSAGES_TO, &params![to_digest, after_us])?
        .iter()
        .map(message)
        .collect()
}

/// Messages after a time to the test people of an owner, since each was made, oldest first.
pub fn messages_to_personas(
    c: &mut Conn,
    owner: &str,
    after_us: i64,
) -> Result<Vec<MessageRow>, Fault> {
    c.query(MESSAGES_TO_PERSONAS, &params![owner, after_us])?
        .iter()
        .map(message)
        .collect()
}

/// The newest messages, newest first.
pub fn latest_messages(c: &mut Conn) -> Result<Vec<MessageRow>, Fault> {
    c.query(LATEST_MESSAGES, &params![])?
        .iter()
        .map(message)
        .collect()
}

/// Deletes messages older than this.
pub fn purge_messages(c: &mut Conn, before_us: i64) -> Result<u64, Fault> {
    c.exec(PURGE_MESSAGES, &params![before_us])
}

fn message(row: &crate::Row) -> Result<MessageRow, Fault> {
    Ok(MessageRow {
        message_id: row.text(0)?,
        sealed: row.text(1)?,
        time_us: row.int(2)?,
    })
}
