//! Partnerships: what an agency told, what is done, what was said. A row changes only from the version that was judged.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_PARTNERSHIP = "INSERT INTO partnerships (partnership_id, reference, standing, agency, interest, contact, language, team, manager, fit, reason, version, from_us, created_us, changed_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1, $12, $13, $13)";
    CHANGE_PARTNERSHIP = "UPDATE partnerships SET standing = $3, team = $4, manager = $5, fit = $6, reason = $7, from_us = $8, changed_us = $9, version = version + 1
        WHERE partnership_id = $1 AND version = $2 RETURNING version";
    FIND_PARTNERSHIP = "SELECT p.partnership_id, p.reference, p.standing, p.agency, p.interest, p.contact, p.language, p.team, p.manager, m.name, p.fit, p.reason, p.version, p.from_us, p.created_us, p.changed_us
        FROM partnerships p LEFT JOIN members m ON m.member_id = p.manager WHERE p.partnership_id = $1";
    PARTNERSHIPS = "SELECT p.partnership_id, p.reference, p.standing, p.agency, p.interest, p.contact, p.language, p.team, p.manager, m.name, p.fit, p.reason, p.version, p.from_us, p.created_us, p.changed_us
        FROM partnerships p LEFT JOIN members m ON m.member_id = p.manager
        WHERE p.created_us < $1 OR (p.created_us = $1 AND p.partnership_id < $2) ORDER BY p.created_us DESC, p.partnership_id DESC LIMIT $3";
    PARTNERSHIPS_BY_STANDING = "SELECT p.partnership_id, p.reference, p.standing, p.agency, p.interest, p.contact, p.language, p.team, p.manager, m.name, p.fit, p.reason, p.version, p.from_us, p.created_us, p.changed_us
        FROM partnerships p LEFT JOIN members m ON m.member_id = p.manager
        WHERE p.standing = $4 AND (p.created_us < $1 OR (p.created_us = $1 AND p.partnership_id < $2)) ORDER BY p.created_us DESC, p.partnership_id DESC LIMIT $3";
    PARTNERSHIPS_OF_TEAM = "SELECT p.partnership_id, p.reference, p.standing, p.agency, p.interest, p.contact, p.language, p.team, p.manager, m.name, p.fit, p.reason, p.version, p.from_us, p.created_us, p.changed_us
        FROM partnerships p LEFT JOIN members m ON m.member_id = p.manager WHERE p.team = $1 ORDER BY p.created_us DESC, p.partnership_id DESC LIMIT 20";
    PARTNERSHIPS_OF_CONTACT = "SELECT p.partnership_id, p.reference, p.standing, p.agency, p.interest, p.contact, p.language, p.team, p.manager, m.name, p.fit, p.reason, p.version, p.from_us, p.created_us, p.changed_us
        FROM partnerships p LEFT JOIN members m ON m.member_id = p.manager
        WHERE p.contact = $1 AND p.team IS NULL AND p.standing IN ('open', 'paused') ORDER BY p.created_us DESC, p.partnership_id DESC LIMIT 5";
    DO_TASK = "INSERT INTO partnership_tasks (partnership_id, task, done_us, done_by) VALUES ($1, $2, $3, $4)
        ON CONFLICT (partnership_id, task) DO NOTHING RETURNING task";
    TASKS_OF = "SELECT task, done_us FROM partnership_tasks WHERE partnership_id = $1";
    SAY = "INSERT INTO partnership_entries (entry_id, partnership_id, author, kind, text, shared, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ENTRIES_OF = "SELECT e.entry_id, e.partnership_id, e.author, m.name, e.kind, e.text, e.shared, e.created_us
        FROM partnership_entries e LEFT JOIN members m ON m.member_id = e.author WHERE e.partnership_id = $1 ORDER BY e.created_us, e.entry_id LIMIT 500";
}

/// One partnership.
#[derive(Clone, Debug)]
pub struct PartnershipRow {
    /// Time-ordered UUID.
    pub partnership_id: String,
    /// What people call it by.
    pub reference: String,
    /// Whether it is pursued.
    pub standing: String,
    /// The agency, as it was told.
    pub agency: String,
    /// The interest form, as JSON.
    pub interest: String,
    /// The address in it, in small letters.
    pub contact: String,
    /// The language of whoever sent it.
    pub language: String,
    /// The agency's team.
    pub team: Option<String>,
    /// The account manager.
    pub manager: Option<String>,
    /// Their name; not written.
    pub manager_name: Option<String>,
    /// `yes`, `no`, or nothing yet.
    pub fit: String,
    /// Why it rests, was lost or does not fit.
    pub reason: String,
    /// Rises with every change.
    pub version: i64,
    /// When its clock began.
    pub from_us: i64,
    /// When the form came.
    pub created_us: i64,
    /// When it was last changed.
    pub changed_us: i64,
}

/// Something that was said or decided.
#[derive(Clone, Debug)]
pub struct EntryRow {
    /// Time-ordered UUID.
    pub entry_id: String,
    /// The partnership.
    pub partnership_id: String,
    /// The member; empty where it was the portal or a visitor.
    pub author: String,
    /// Their name; not written.
    pub name: Option<String>,
    /// What kind.
    pub kind: String,
    /// The words.
    pub text: String,
    /// Whether the partner sees it.
    pub shared: bool,
    /// When.
    pub created_us: i64,
}

/// Which partnerships are wanted, newest first.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// In this standing; in any when it is empty.
    pub standing: &'a str,
    /// Begun before this time, and at that time only those with a smaller id.
    pub before: (i64, &'a str),
    /// At most so many.
    pub limit: i64,
}

/// Adds a partnership.
pub fn add(c: &mut Conn, p: &PartnershipRow) -> Result<(), Fault> {
    c.exec(
        ADD_PARTNERSHIP,
        &params![
            &p.partnership_id,
            &p.reference,
            &p.standing,
            &p.agency,
            &p.interest,
            &p.contact,
            &p.language,
            p.team.as_deref(),
            p.manager.as_deref(),
            &p.fit,
            &p.reason,
            p.from_us,
            p.created_us
        ],
    )?;
    Ok(())
}

/// Changes a partnership that still has `p.version`; `false` when somebody was first.
pub fn change(c: &mut Conn, p: &PartnershipRow) -> Result<bool, Fault> {
    let row = c.opt(
        CHANGE_PARTNERSHIP,
        &params![
            &p.partnership_id,
            p.version,
            &p.standing,
            p.team.as_deref(),
            p.manager.as_deref(),
            &p.fit,
            &p.reason,
            p.from_us,
            p.changed_us
        ],
    )?;
    Ok(row.is_some())
}

/// One partnership.
pub fn find(c: &mut Conn, id: &str) -> Result<Option<PartnershipRow>, Fault> {
    c.opt(FIND_PARTNERSHIP, &params![id])?
        .map(|row| partnership(&row))
        .transpose()
}

/// Partnerships, newest first.
pub fn list(c: &mut Conn, wanted: &Wanted<'_>) -> Result<Vec<PartnershipRow>, Fault> {
    let (us, id) = wanted.before;
    let rows = if wanted.standing.is_empty() {
        c.query(PARTNERSHIPS, &params![us, id, wanted.limit])?
    } else {
        c.query(
            PARTNERSHIPS_BY_STANDING,
            &params![us, id, wanted.limit, wanted.standing],
        )?
    };
    rows.iter().map(partnership).collect()
}

/// The partnerships of a team, newest first.
pub fn of_team(c: &mut Conn, team: &str) -> Result<Vec<PartnershipRow>, Fault> {
    c.query(PARTNERSHIPS_OF_TEAM, &params![team])?
        .iter()
        .map(partnership)
        .collect()
}

/// The partnerships without a team that this address was given for and that are not over, newest first.
pub fn of_contact(c: &mut Conn, address: &str) -> Result<Vec<PartnershipRow>, Fault> {
    c.query(PARTNERSHIPS_OF_CONTACT, &params![address])?
        .iter()
        .map(partnership)
        .collect()
}

/// Notes that a task is done; `false` when it was before.
pub fn do_task(
    c: &mut Conn,
    id: &str,
    (task, by): (&str, &str),
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(DO_TASK, &params![id, task, now_us, by])?.is_some())
}

/// What is done, with its time.
pub fn tasks(c: &mut Conn, id: &str) -> Result<Vec<(String, i64)>, Fault> {
    c.query(TASKS_OF, &params![id])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.int(1)?)))
        .collect()
}

/// Adds an entry.
pub fn say(c: &mut Conn, e: &EntryRow) -> Result<(), Fault> {
    c.exec(
        SAY,
        &params![
            &e.entry_id,
            &e.partnership_id,
            &e.author,
            &e.kind,
            &e.text,
            e.shared,
            e.created_us
        ],
    )?;
    Ok(())
}

/// The entries in order.
pub fn entries(c: &mut Conn, id: &str) -> Result<Vec<EntryRow>, Fault> {
    c.query(ENTRIES_OF, &params![id])?
        .iter()
        .map(|row| {
            Ok(EntryRow {
                entry_id: row.text(0)?,
                partnership_id: row.text(1)?,
                author: row.text(2)?,
                name: row.opt_text(3)?,
                kind: row.text(4)?,
                text: row.text(5)?,
                shared: row.bool(6)?,
                created_us: row.int(7)?,
            })
        })
        .collect()
}

fn partnership(row: &Row) -> Result<PartnershipRow, Fault> {
    Ok(PartnershipRow {
        partnership_id: row.text(0)?,
        reference: row.text(1)?,
        standing: row.text(2)?,
        agency: row.text(3)?,
        interest: row.text(4)?,
        contact: row.text(5)?,
        language: row.text(6)?,
        team: row.opt_text(7)?,
        manager: row.opt_text(8)?,
        manager_name: row.opt_text(9)?,
        fit: row.text(10)?,
        reason: row.text(11)?,
        version: row.int(12)?,
        from_us: row.int(13)?,
        created_us: row.int(14)?,
        changed_us: row.int(15)?,
    })
}
