//! The public pages about partnership: every revision of every page and language.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    ADD_REVISION = "INSERT INTO site_revisions (page, language, revision, text, note, author, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (page, language, revision) DO NOTHING RETURNING revision";
    NEWEST_REVISION = "SELECT r.page, r.language, r.revision, r.text, r.note, r.author, m.name, r.created_us
        FROM site_revisions r JOIN members m ON m.member_id = r.author WHERE r.page = $1 AND r.language = $2 ORDER BY r.revision DESC LIMIT 1";
    REVISIONS_OF = "SELECT r.page, r.language, r.revision, r.text, r.note, r.author, m.name, r.created_us
        FROM site_revisions r JOIN members m ON m.member_id = r.author WHERE r.page = $1 AND r.language = $2 ORDER BY r.revision DESC LIMIT 100";
    FIND_REVISION = "SELECT r.page, r.language, r.revision, r.text, r.note, r.author, m.name, r.created_us
        FROM site_revisions r JOIN members m ON m.member_id = r.author WHERE r.page = $1 AND r.language = $2 AND r.revision = $3";
}

/// One revision of a page in a language.
#[derive(Clone, Debug)]
pub struct SiteRow {
    /// The page's id.
    pub page: String,
    /// The language's tag.
    pub language: String,
    /// Its number, from 1.
    pub revision: i64,
    /// The whole text.
    pub text: String,
    /// Why it was written.
    pub note: String,
    /// The member who wrote it.
    pub author: String,
    /// Their name; not written.
    pub author_name: String,
    /// When.
    pub created_us: i64,
}

/// Adds a revision; `false` when there is one of that number.
pub fn add(c: &mut Conn, r: &SiteRow) -> Result<bool, Fault> {
    let row = c.opt(
        ADD_REVISION,
        &params![
            &r.page,
            &r.language,
            r.revision,
            &r.text,
            &r.note,
            &r.author,
            r.created_us
        ],
    )?;
    Ok(row.is_some())
}

/// The revision that is shown.
pub fn newest(c: &mut Conn, page: &str, language: &str) -> Result<Option<SiteRow>, Fault> {
    c.opt(NEWEST_REVISION, &params![page, language])?
        .map(|row| revision(&row))
        .transpose()
}

/// The revisions of a page in a language, newest first.
pub fn list(c: &mut Conn, page: &str, language: &str) -> Result<Vec<SiteRow>, Fault> {
    c.query(REVISIONS_OF, &params![page, language])?
        .iter()
        .map(revision)
        .collect()
}

/// One revision.
pub fn find(
    c: &mut Conn,
    page: &str,
    language: &str,
    number: i64,
) -> Result<Option<SiteRow>, Fault> {
    c.opt(FIND_REVISION, &params![page, language, number])?
        .map(|row| revision(&row))
        .transpose()
}

fn revision(row: &Row) -> Result<SiteRow, Fault> {
    Ok(SiteRow {
        page: row.text(0)?,
        language: row.text(1)?,
        revision: row.int(2)?,
        text: row.text(3)?,
        note: row.text(4)?,
        author: row.text(5)?,
        author_name: row.text(6)?,
        created_us: row.int(7)?,
    })
}
