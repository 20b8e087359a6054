//! What belongs to an agreement: the texts that were put before its signers, its history, files, overrides, and what was
//! told of its end.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    KEEP_TEXT = "INSERT INTO agreement_texts (number, sha256, content, made_us) VALUES ($1, $2, $3, $4) ON CONFLICT (number, sha256) DO NOTHING";
    FIND_TEXT = "SELECT content FROM agreement_texts WHERE number = $1 AND sha256 = $2";
    ADD_EVENT = "INSERT INTO agreement_events (event_id, number, time_us, actor, word, state, reason) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    EVENTS = "SELECT e.event_id, e.number, e.time_us, COALESCE(m.name, e.actor), e.word, e.state, e.reason
        FROM agreement_events e LEFT JOIN members m ON m.member_id = e.actor WHERE e.number = $1 ORDER BY e.event_id LIMIT 500";
    ADD_FILE = "INSERT INTO agreement_files (file_id, number, purpose, name, media_type, sha256, size, kept_by, kept_us, content)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    FILES = "SELECT f.file_id, f.number, f.purpose, f.name, f.media_type, f.sha256, f.size, COALESCE(m.name, f.kept_by), f.kept_us
        FROM agreement_files f LEFT JOIN members m ON m.member_id = f.kept_by WHERE f.number = $1 ORDER BY f.file_id LIMIT 500";
    FILE_CONTENT = "SELECT media_type, name, content FROM agreement_files WHERE number = $1 AND file_id = $2";
    ADD_OVERRIDE = "INSERT INTO agreement_overrides (override_id, number, version, change, reason, asked_by, asked_us, decided_by, decided_us, outcome)
        VALUES ($1, $2, $3, $4, $5, $6, $7, '', NULL, '')";
    FIND_OVERRIDE = "SELECT override_id, number, version, change, reason, asked_by, asked_by, asked_us, decided_by, decided_us, outcome
        FROM agreement_overrides WHERE override_id = $1";
    OVERRIDES = "SELECT o.override_id, o.number, o.version, o.change, o.reason, o.asked_by, COALESCE(a.name, o.asked_by), o.asked_us, COALESCE(d.name, o.decided_by), o.decided_us, o.outcome
        FROM agreement_overrides o LEFT JOIN members a ON a.member_id = o.asked_by LEFT JOIN members d ON d.member_id = o.decided_by
        WHERE o.number = $1 ORDER BY o.override_id LIMIT 500";
    DECIDE_OVERRIDE = "UPDATE agreement_overrides SET decided_by = $2, decided_us = $3, outcome = $4
        WHERE override_id = $1 AND decided_us IS NULL RETURNING override_id";
    TELL_END = "INSERT INTO agreement_told (number, days, told_us) VALUES ($1, $2, $3) ON CONFLICT (number, days) DO NOTHING RETURNING days";
}

/// Keeps the text that is put before the signers.
pub fn keep_text(
    c: &mut Conn,
    number: &str,
    (sha256, content): (&str, &str),
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(KEEP_TEXT, &params![number, sha256, content, now_us])?;
    Ok(())
}

/// A text that was put before the signers.
pub fn text(c: &mut Conn, number: &str, sha256: &str) -> Result<Option<String>, Fault> {
    c.opt(FIND_TEXT, &params![number, sha256])?
        .map(|row| row.text(0))
        .transpose()
}

/// One entry of a history.
#[derive(Clone, Debug)]
pub struct EventRow {
    /// Time-ordered UUID.
    pub event_id: String,
    /// The agreement.
    pub number: String,
    /// When, by the keeper's clock.
    pub time_us: i64,
    /// The member's id when it is written, the name when it is read; the part of the server that did it.
    pub actor: String,
    /// What happened.
    pub word: String,
    /// The state afterwards.
    pub state: String,
    /// Why; empty where nobody said.
    pub reason: String,
}

/// Adds to the history.
pub fn add_event(c: &mut Conn, e: &EventRow) -> Result<(), Fault> {
    c.exec(
        ADD_EVENT,
        &params![
            &e.event_id,
            &e.number,
            e.time_us,
            &e.actor,
            &e.word,
            &e.state,
            &e.reason
        ],
    )?;
    Ok(())
}

/// The history, oldest first.
pub fn events(c: &mut Conn, number: &str) -> Result<Vec<EventRow>, Fault> {
    let event = |row: &Row| {
        Ok(EventRow {
            event_id: row.text(0)?,
            number: row.text(1)?,
            time_us: row.int(2)?,
            actor: row.text(3)?,
            word: row.text(4)?,
            state: row.text(5)?,
            reason: row.text(6)?,
        })
    };
    c.query(EVENTS, &params![number])?
        .iter()
        .map(event)
        .collect()
}

/// A file without its content.
#[derive(Clone, Debug)]
pub struct FileRow {
    /// Time-ordered UUID.
    pub file_id: String,
    /// The agreement.
    pub number: String,
    /// What it is for.
    pub purpose: String,
    /// Its name, with the extension of its content.
    pub name: String,
    /// What its content is.
    pub media_type: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Its length in bytes.
    pub size: i64,
    /// The member's id when it is written, the name when it is read.
    pub kept_by: String,
    /// When.
    pub kept_us: i64,
}

/// Keeps a file.
pub fn add_file(c: &mut Conn, f: &FileRow, content: &[u8]) -> Result<(), Fault> {
    c.exec(
        ADD_FILE,
        &params![
            &f.file_id,
            &f.number,
            &f.purpose,
            &f.name,
            &f.media_type,
            &f.sha256,
            f.size,
            &f.kept_by,
            f.kept_us,
            content
        ],
    )?;
    Ok(())
}

/// The files of an agreement, oldest first.
pub fn files(c: &mut Conn, number: &str) -> Result<Vec<FileRow>, Fault> {
    let file = |row: &Row| {
        Ok(FileRow {
            file_id: row.text(0)?,
            number: row.text(1)?,
            purpose: row.text(2)?,
            name: row.text(3)?,
            media_type: row.text(4)?,
            sha256: row.text(5)?,
            size: row.int(6)?,
            kept_by: row.text(7)?,
            kept_us: row.int(8)?,
        })
    };
    c.query(FILES, &params![number])?.iter().map(file).collect()
}

/// Media type, name and content of a file.
pub fn file(
    c: &mut Conn,
    number: &str,
    file_id: &str,
) -> Result<Option<(String, String, Vec<u8>)>, Fault> {
    c.opt(FILE_CONTENT, &params![number, file_id])?
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.blob(2)?)))
        .transpose()
}

/// Something that the way of an agreement does not allow.
#[derive(Clone, Debug)]
pub struct OverrideRow {
    /// Time-ordered UUID.
    pub override_id: String,
    /// The agreement.
    pub number: String,
    /// The version that it was asked for.
    pub version: i64,
    /// What is to change, as JSON.
    pub change: String,
    /// Why.
    pub reason: String,
    /// The member who asked.
    pub asked_by: String,
    /// Their name; not written.
    pub asker: String,
    /// When.
    pub asked_us: i64,
    /// Who decided; empty while it is open.
    pub decided_by: String,
    /// When; nothing while it is open.
    pub decided_us: Option<i64>,
    /// `confirmed` or `refused`; empty while it is open.
    pub outcome: String,
}

/// Asks for an override.
pub fn add_override(c: &mut Conn, o: &OverrideRow) -> Result<(), Fault> {
    c.exec(
        ADD_OVERRIDE,
        &params![
            &o.override_id,
            &o.number,
            o.version,
            &o.change,
            &o.reason,
            &o.asked_by,
            o.asked_us
        ],
    )?;
    Ok(())
}

/// One override.
pub fn find_override(c: &mut Conn, id: &str) -> Result<Option<OverrideRow>, Fault> {
    c.opt(FIND_OVERRIDE, &params![id])?
        .map(|row| override_row(&row))
        .transpose()
}

/// The overrides of an agreement, oldest first.
pub fn overrides(c: &mut Conn, number: &str) -> Result<Vec<OverrideRow>, Fault> {
    c.query(OVERRIDES, &params![number])?
        .iter()
        .map(override_row)
        .collect()
}

/// Decides an override once; `false` when somebody did.
pub fn decide_override(
    c: &mut Conn,
    id: &str,
    (by, outcome): (&str, &str),
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(DECIDE_OVERRIDE, &params![id, by, now_us, outcome])?
        .is_some())
}

/// Notes that the end was told of at so many days; `false` when it was before.
pub fn tell_end(c: &mut Conn, number: &str, days: i64, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(TELL_END, &params![number, days, now_us])?.is_some())
}

fn override_row(row: &Row) -> Result<OverrideRow, Fault> {
    Ok(OverrideRow {
        override_id: row.text(0)?,
        number: row.text(1)?,
        version: row.int(2)?,
        change: row.text(3)?,
        reason: row.text(4)?,
        asked_by: row.text(5)?,
        asker: row.text(6)?,
        asked_us: row.int(7)?,
        decided_by: row.text(8)?,
        decided_us: row.opt_int(9)?,
        outcome: row.text(10)?,
    })
}
