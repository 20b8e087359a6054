//! What is added to the rules of the deployment calendar, and how full its windows are.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_ENTRY = "INSERT INTO calendar_entries (entry_id, kind, team, from_day, to_day, name, reason, environments, places, added_by, added_us, ended_by, ended_us, end_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', NULL, '')";
    END_ENTRY = "UPDATE calendar_entries SET ended_by = $2, ended_us = $3, end_reason = $4
        WHERE entry_id = $1 AND ended_us IS NULL RETURNING entry_id";
    FIND_ENTRY = "SELECT e.entry_id, e.kind, e.team, e.from_day, e.to_day, e.name, e.reason, e.environments, e.places, e.added_by, m.name, e.added_us, e.ended_us, e.end_reason
        FROM calendar_entries e LEFT JOIN members m ON m.member_id = e.added_by WHERE e.entry_id = $1";
    OPEN_ENTRIES = "SELECT e.entry_id, e.kind, e.team, e.from_day, e.to_day, e.name, e.reason, e.environments, e.places, e.added_by, m.name, e.added_us, e.ended_us, e.end_reason
        FROM calendar_entries e LEFT JOIN members m ON m.member_id = e.added_by WHERE e.ended_us IS NULL ORDER BY e.added_us, e.entry_id";
    ENDED_ENTRIES = "SELECT e.entry_id, e.kind, e.team, e.from_day, e.to_day, e.name, e.reason, e.environments, e.places, e.added_by, m.name, e.added_us, e.ended_us, e.end_reason
        FROM calendar_entries e LEFT JOIN members m ON m.member_id = e.added_by WHERE e.ended_us IS NOT NULL ORDER BY e.ended_us DESC, e.entry_id LIMIT $1";
    TAKEN = "SELECT environment, window_date, COUNT(*) FROM launches
        WHERE state IN ('submitted', 'approved', 'scheduled', 'deployed', 'verified') AND window_date IS NOT NULL AND window_date >= $1
        GROUP BY environment, window_date";
    TAKEN_BY_OTHERS = "SELECT COUNT(*) FROM launches
        WHERE state IN ('submitted', 'approved', 'scheduled', 'deployed', 'verified') AND environment = $1 AND window_date = $2 AND launch_id <> $3";
    PLANNED = "SELECT launch_id FROM launches
        WHERE state IN ('submitted', 'approved', 'scheduled') AND release_id IS NULL AND window_date IS NOT NULL
        ORDER BY window_us, submitted_us, launch_id";
    PUT_FEED = "INSERT INTO calendar_feeds (member_id, token_hash, language, made_us) VALUES ($1, $2, $3, $4)
        ON CONFLICT (member_id) DO UPDATE SET token_hash = excluded.token_hash, language = excluded.language, made_us = excluded.made_us";
    END_FEED = "DELETE FROM calendar_feeds WHERE member_id = $1 RETURNING member_id";
    FEED_OF = "SELECT made_us FROM calendar_feeds WHERE member_id = $1";
    FEED_BY_TOKEN = "SELECT member_id, language FROM calendar_feeds WHERE token_hash = $1";
}

/// One thing that is added to the rules. Days are texts such as `2026-11-30`, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Time-ordered UUID.
    pub entry_id: String,
    /// `freeze`, `holiday`, `no-holiday`, `move`, `places` or `peak`.
    pub kind: String,
    /// Whose; empty for the programme.
    pub team: String,
    /// The first day.
    pub from_day: String,
    /// The last day; of a move, where the window goes.
    pub to_day: String,
    /// The name of a holiday.
    pub name: String,
    /// Why.
    pub reason: String,
    /// The environments, with spaces between; empty for all.
    pub environments: String,
    /// How many places.
    pub places: i64,
    /// The member who added it.
    pub added_by: String,
    /// Their name, while they are a member.
    pub added_by_name: Option<String>,
    /// When.
    pub added_us: i64,
    /// When it was ended.
    pub ended_us: Option<i64>,
    /// Why.
    pub end_reason: String,
}

/// Adds an entry.
pub fn insert(c: &mut Conn, e: &EntryRow) -> Result<(), Fault> {
    c.exec(
        INSERT_ENTRY,
        &params![
            &e.entry_id,
            &e.kind,
            &e.team,
            &e.from_day,
            &e.to_day,
            &e.name,
            &e.reason,
            &e.environments,
            e.places,
            &e.added_by,
            e.added_us
        ],
    )?;
    Ok(())
}

/// Ends an entry; false when it was ended before or never was.
pub fn end(
    c: &mut Conn,
    entry_id: &str,
    by: &str,
    now_us: i64,
    reason: &str,
) -> Result<bool, Fault> {
    Ok(c.opt(END_ENTRY, &params![entry_id, by, now_us, reason])?
        .is_some())
}

/// One entry.
pub fn find(c: &mut Conn, entry_id: &str) -> Result<Option<EntryRow>, Fault> {
    c.opt(FIND_ENTRY, &params![entry_id])?
        .as_ref()
        .map(entry)
        .transpose()
}

/// The entries that hold, oldest first.
pub fn open(c: &mut Conn) -> Result<Vec<EntryRow>, Fault> {
    c.query(OPEN_ENTRIES, &params![])?
        .iter()
        .map(entry)
        .collect()
}

/// The entries that were ended, newest first.
pub fn ended(c: &mut Conn, limit: i64) -> Result<Vec<EntryRow>, Fault> {
    c.query(ENDED_ENTRIES, &params![limit])?
        .iter()
        .map(entry)
        .collect()
}

/// How many requests each window holds from a day on: environment, day, number.
pub fn taken(c: &mut Conn, from: &str) -> Result<Vec<(String, String, i64)>, Fault> {
    c.query(TAKEN, &params![from])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)))
        .collect()
}

/// How many other requests a window holds.
pub fn taken_by_others(
    c: &mut Conn,
    environment: &str,
    day: &str,
    launch_id: &str,
) -> Result<i64, Fault> {
    c.one(TAKEN_BY_OTHERS, &params![environment, day, launch_id])?
        .int(0)
}

/// The requests that are planned for a window and not yet built, in the order of their windows.
pub fn planned(c: &mut Conn) -> Result<Vec<String>, Fault> {
    c.query(PLANNED, &params![])?
        .iter()
        .map(|row| row.text(0))
        .collect()
}

/// Gives a member a private feed, in place of an older one.
pub fn put_feed(
    c: &mut Conn,
    member_id: &str,
    token_hash: &str,
    language: &str,
    now_us: i64,
) -> Result<(), Fault> {
    c.exec(PUT_FEED, &params![member_id, token_hash, language, now_us])?;
    Ok(())
}

/// Takes the private feed of a member away; false when there is none.
pub fn end_feed(c: &mut Conn, member_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(END_FEED, &params![member_id])?.is_some())
}

/// When a member's private feed was made.
pub fn feed_of(c: &mut Conn, member_id: &str) -> Result<Option<i64>, Fault> {
    c.opt(FEED_OF, &params![member_id])?
        .map(|row| row.int(0))
        .transpose()
}

/// Whose feed has this address, and its language.
pub fn feed_by_token(c: &mut Conn, token_hash: &str) -> Result<Option<(String, String)>, Fault> {
    c.opt(FEED_BY_TOKEN, &params![token_hash])?
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .transpose()
}

fn entry(row: &Row) -> Result<EntryRow, Fault> {
    Ok(EntryRow {
        entry_id: row.text(0)?,
        kind: row.text(1)?,
        team: row.text(2)?,
        from_day: row.text(3)?,
        to_day: row.text(4)?,
        name: row.text(5)?,
        reason: row.text(6)?,
        environments: row.text(7)?,
        places: row.int(8)?,
        added_by: row.text(9)?,
        added_by_name: row.opt_text(10)?,
        added_us: row.int(11)?,
        ended_us: row.opt_int(12)?,
        end_reason: row.text(13)?,
    })
}
