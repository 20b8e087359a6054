//! Apps, their configurations (one per environment), immutable revisions, and drafts of the wizard.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    PUT_APP = "INSERT INTO apps (handle, team, created_us) VALUES ($1, $2, $3) ON CONFLICT (handle) DO NOTHING";
    TEAM_OF = "SELECT team FROM apps WHERE handle = $1";
    INSERT_CONFIGURATION = "INSERT INTO configurations (handle, environment, issuer, revision_id, version, changed_us, created_by) VALUES ($1, $2, $3, $4, 1, $5, $6)
        ON CONFLICT DO NOTHING RETURNING version";
    REVIVE_CONFIGURATION = "UPDATE configurations SET revision_id = $4, version = version + 1, deleted_us = NULL, changed_us = $5, created_by = $6
        WHERE handle = $1 AND environment = $2 AND issuer = $3 AND deleted_us IS NOT NULL RETURNING version";
    UPDATE_CONFIGURATION = "UPDATE configurations SET revision_id = $4, version = version + 1, changed_us = $5
        WHERE handle = $1 AND environment = $2 AND version = $3 AND deleted_us IS NULL RETURNING version";
    DELETE_CONFIGURATION = "UPDATE configurations SET deleted_us = $4, version = version + 1, changed_us = $4
        WHERE handle = $1 AND environment = $2 AND version = $3 AND deleted_us IS NULL RETURNING version";
    ISSUER_OWNER = "SELECT handle FROM configurations WHERE environment = $1 AND issuer = $2";
    ISSUER_OF = "SELECT issuer FROM configurations WHERE handle = $1 AND environment = $2";
    FIND_CONFIGURATION = "SELECT c.handle, c.environment, a.team, c.issuer, c.version, c.changed_us, r.revision_id, r.number, r.document, r.digest, r.author, c.created_by
        FROM configurations c JOIN apps a ON a.handle = c.handle JOIN revisions r ON r.revision_id = c.revision_id
        WHERE c.handle = $1 AND c.environment = $2 AND c.deleted_us IS NULL";
    // $2 is a pattern for LIKE, in small letters; everything fits "%".
    PLACES = "SELECT c.handle, c.environment, a.team FROM configurations c JOIN apps a ON a.handle = c.handle
            LEFT JOIN app_words w ON w.handle = c.handle AND w.environment = c.environment
        WHERE c.deleted_us IS NULL AND c.handle > $1 AND COALESCE(w.words, c.handle) LIKE $2 ESCAPE '!' ORDER BY c.handle, c.environment LIMIT $3";
    PLACES_OF_TEAM = "SELECT c.handle, c.environment FROM apps a JOIN configurations c ON c.handle = a.handle
            LEFT JOIN app_words w ON w.handle = c.handle AND w.environment = c.environment
        WHERE a.team = $1 AND c.deleted_us IS NULL AND a.handle > $2 AND COALESCE(w.words, c.handle) LIKE $3 ESCAPE '!' ORDER BY a.handle, c.environment LIMIT $4";
    LISTED = "SELECT a.team, c.issuer, c.version, c.changed_us, r.number, r.document, l.number
        FROM configurations c JOIN apps a ON a.handle = c.handle JOIN revisions r ON r.revision_id = c.revision_id
            LEFT JOIN release_apps s ON s.environment = c.environment AND s.handle = c.handle LEFT JOIN revisions l ON l.revision_id = s.revision_id
        WHERE c.handle = $1 AND c.environment = $2 AND c.deleted_us IS NULL";
    PUT_WORDS = "INSERT INTO app_words (handle, environment, words) VALUES ($1, $2, $3)
        ON CONFLICT (handle, environment) DO UPDATE SET words = excluded.words";
    // Configurations that the releases of their environment do not hold as they are now, deleted ones that they still hold too.
    UNRELEASED = "SELECT c.handle, CASE WHEN c.deleted_us IS NULL THEN c.revision_id END
        FROM configurations c LEFT JOIN release_apps a ON a.environment = c.environment AND a.handle = c.handle
        WHERE c.environment = $1 AND ((c.deleted_us IS NULL AND (a.revision_id IS NULL OR a.revision_id <> c.revision_id))
            OR (c.deleted_us IS NOT NULL AND a.revision_id IS NOT NULL)) ORDER BY c.handle";
    NEXT_NUMBER = "SELECT COALESCE(MAX(number), 0) + 1 FROM revisions WHERE handle = $1 AND environment = $2";
    INSERT_REVISION = "INSERT INTO revisions (revision_id, handle, environment, number, document, digest, author, note, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    FIND_REVISION = "SELECT revision_id, handle, environment, number, document, digest, author, note, created_us FROM revisions WHERE revision_id = $1";
    REVISIONS_OF = "SELECT revision_id, handle, environment, number, document, digest, author, note, created_us FROM revisions
        WHERE handle = $1 AND environment = $2 ORDER BY number DESC LIMIT 200";
    REVISIONS_BEFORE = "SELECT revision_id, handle, environment, number, document, digest, author, note, created_us FROM revisions
        WHERE handle = $1 AND environment = $2 AND number < $3 ORDER BY number DESC LIMIT $4";
    REVISION_NUMBERED = "SELECT revision_id, handle, environment, number, document, digest, author, note, created_us FROM revisions
        WHERE handle = $1 AND environment = $2 AND number = $3";
    INSERT_DRAFT = "INSERT INTO drafts (draft_id, team, author, document, changed_us, name, editor, version, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $5) ON CONFLICT (draft_id) DO NOTHING RETURNING version";
    UPDATE_DRAFT = "UPDATE drafts SET team = $2, document = $4, changed_us = $5, name = $6, editor = $7, version = version + 1
        WHERE draft_id = $1 AND version = $3 RETURNING version";
    FIND_DRAFT = "SELECT draft_id, team, author, document, changed_us, name, editor, version, created_us FROM drafts WHERE draft_id = $1";
    DRAFTS_OF_TEAM = "SELECT draft_id, team, author, document, changed_us, name, editor, version, created_us FROM drafts
        WHERE team = $1 ORDER BY changed_us DESC LIMIT 100";
    DELETE_DRAFT = "DELETE FROM drafts WHERE draft_id = $1";
}

/// The current configuration of an app in an environment, with its newest revision.
#[derive(Clone)]
pub struct ConfigurationRow {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The app's team.
    pub team: String,
    /// The client id; never changes.
    pub issuer: String,
    /// Rises with every save: the ETag.
    pub version: i64,
    /// When it was last saved.
    pub changed_us: i64,
    /// The newest revision.
    pub revision_id: String,
    /// Its number.
    pub number: i64,
    /// Its document as canonical JSON.
    pub document: String,
    /// The document's digest.
    pub digest: String,
    /// Who saved it.
    pub author: String,
    /// Who made the configuration.
    pub created_by: String,
}

/// One immutable revision.
#[derive(Clone)]
pub struct RevisionRow {
    /// Time-ordered UUID.
    pub revision_id: String,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// Counts up from 1.
    pub number: i64,
    /// The document as canonical JSON.
    pub document: String,
    /// Its digest.
    pub digest: String,
    /// The member who saved it.
    pub author: String,
    /// Why.
    pub note: String,
    /// When.
    pub created_us: i64,
}

/// Adds an app unless it is there, and tells whose team it is.
pub fn ensure_app(c: &mut Conn, handle: &str, team: &str, now_us: i64) -> Result<String, Fault> {
    c.exec(PUT_APP, &params![handle, team, now_us])?;
    c.one(TEAM_OF, &params![handle])?.text(0)
}

/// The team of an app.
pub fn team_of(c: &mut Conn, handle: &str) -> Result<Option<String>, Fault> {
    c.opt(TEAM_OF, &params![handle])?
        .map(|row| row.text(0))
        .transpose()
}

/// The issuer of a configuration, of a deleted one too.
pub fn issuer_of(c: &mut Conn, handle: &str, environment: &str) -> Result<Option<String>, Fault> {
    c.opt(ISSUER_OF, &params![handle, environment])?
        .map(|row| row.text(0))
        .transpose()
}

/// Adds a configuration; `None` when this app has one there, or another app the issuer.
pub fn insert_configuration(
    c: &mut Conn,
    r: &RevisionRow,
    issuer: &str,
) -> Result<Option<i64>, Fault> {
    let p = params![
        &r.handle,
        &r.environment,
        issuer,
        &r.revision_id,
        r.created_us,
        &r.author
    ];
    if let Some(row) = c.opt(INSERT_CONFIGURATION, &p)? {
        return row.int(0).map(Some);
    }
    c.opt(REVIVE_CONFIGURATION, &p)?
        .map(|row| row.int(0))
        .transpose()
}

/// Makes a revision the newest one, if the configuration still has the version that its editor saw.
pub fn update_configuration(
    c: &mut Conn,
    r: &RevisionRow,
    seen_version: i64,
) -> Result<Option<i64>, Fault> {
    let p = params![
        &r.handle,
        &r.environment,
        seen_version,
        &r.revision_id,
        r.created_us
    ];
    c.opt(UPDATE_CONFIGURATION, &p)?
        .map(|row| row.int(0))
        .transpose()
}

/// Deletes a configuration that still has this version; its revisions stay.
pub fn delete_configuration(
    c: &mut Conn,
    handle: &str,
    environment: &str,
    seen_version: i64,
    now_us: i64,
) -> Result<bool, Fault> {
    Ok(c.opt(
        DELETE_CONFIGURATION,
        &params![handle, environment, seen_version, now_us],
    )?
    .is_some())
}

/// Which app has this issuer in an environment, deleted ones too: an issuer is never used again by another.
pub fn issuer_owner(
    c: &mut Conn,
    environment: &str,
    issuer: &str,
) -> Result<Option<String>, Fault> {
    c.opt(ISSUER_OWNER, &params![environment, issuer])?
        .map(|row| row.text(0))
        .transpose()
}

/// The configuration of an app in an environment.
pub fn find_configuration(
    c: &mut Conn,
    handle: &str,
    environment: &str,
) -> Result<Option<ConfigurationRow>, Fault> {
    c.opt(FIND_CONFIGURATION, &params![handle, environment])?
        .map(|row| configuration(&row))
        .transpose()
}

/// Which configurations a list shows.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Only those after this handle.
    pub after: String,
    /// Only those whose words hold this.
    pub words: String,
    /// At most so many.
    pub limit: i64,
}

impl Wanted {
    fn pattern(&self) -> String {
        let mut pattern = String::from("%");
        for letter in self.words.trim().to_lowercase().chars() {
            if matches!(letter, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(letter);
        }
        if pattern.len() > 1 {
            pattern.push('%');
        }
        pattern
    }
}

/// One configuration's place: its app and its environment.
pub type Place = (String, String);

/// Where configurations are, by handle, each with the team of its app.
pub fn places(c: &mut Conn, wanted: &Wanted) -> Result<Vec<(Place, String)>, Fault> {
    let pattern = wanted.pattern();
    let rows = c.query(PLACES, &params![&wanted.after, &pattern, wanted.limit])?;
    rows.iter()
        .map(|row| Ok((place(row)?, row.text(2)?)))
        .collect()
}

/// Where the configurations of a team's apps are, by handle.
pub fn places_of_team(c: &mut Conn, team: &str, wanted: &Wanted) -> Result<Vec<Place>, Fault> {
    let pattern = wanted.pattern();
    let p = params![team, &wanted.after, &pattern, wanted.limit];
    c.query(PLACES_OF_TEAM, &p)?.iter().map(place).collect()
}

fn place(row: &Row) -> Result<Place, Fault> {
    Ok((row.text(0)?, row.text(1)?))
}

/// What a list shows of a configuration.
pub struct ListedRow {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The app's team.
    pub team: String,
    /// The client id.
    pub issuer: String,
    /// Rises with every save.
    pub version: i64,
    /// When it was last saved.
    pub changed_us: i64,
    /// The newest revision's number.
    pub number: i64,
    /// Its document as canonical JSON.
    pub document: String,
    /// The number of the revision that the environment's releases hold.
    pub live_number: Option<i64>,
}

/// What a list shows of the configuration at a place.
pub fn listed(c: &mut Conn, (handle, environment): Place) -> Result<Option<ListedRow>, Fault> {
    let Some(row) = c.opt(LISTED, &params![&handle, &environment])? else {
        return Ok(None);
    };
    Ok(Some(ListedRow {
        handle,
        environment,
        team: row.text(0)?,
        issuer: row.text(1)?,
        version: row.int(2)?,
        changed_us: row.int(3)?,
        number: row.int(4)?,
        document: row.text(5)?,
        live_number: row.opt_int(6)?,
    }))
}

/// Keeps the words by which a configuration is found.
pub fn put_words(c: &mut Conn, handle: &str, environment: &str, words: &str) -> Result<(), Fault> {
    let words = words.to_lowercase();
    c.exec(PUT_WORDS, &params![handle, environment, &words])?;
    Ok(())
}

fn configuration(row: &Row) -> Result<ConfigurationRow, Fault> {
    Ok(ConfigurationRow {
        handle: row.text(0)?,
        environment: row.text(1)?,
        team: row.text(2)?,
        issuer: row.text(3)?,
        version: row.int(4)?,
        changed_us: row.int(5)?,
        revision_id: row.text(6)?,
        number: row.int(7)?,
        document: row.text(8)?,
        digest: row.text(9)?,
        author: row.text(10)?,
        created_by: row.text(11)?,
    })
}

/// The apps whose newest revision the releases of an environment do not hold, each with it; nothing for a deleted one.
pub fn unreleased(c: &mut Conn, environment: &str) -> Result<Vec<(String, Option<String>)>, Fault> {
    c.query(UNRELEASED, &params![environment])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.opt_text(1)?)))
        .collect()
}

/// The number the next revision of a configuration gets.
pub fn next_number(c: &mut Conn, handle: &str, environment: &str) -> Result<i64, Fault> {
    c.one(NEXT_NUMBER, &params![handle, environment])?.int(0)
}

/// Keeps a revision.
pub fn insert_revision(c: &mut Conn, r: &RevisionRow) -> Result<(), Fault> {
    c.exec(
        INSERT_REVISION,
        &params![
            &r.revision_id,
            &r.handle,
            &r.environment,
            r.number,
            &r.document,
            &r.digest,
            &r.author,
            &r.note,
            r.created_us
        ],
    )?;
    Ok(())
}

/// One revision.
pub fn find_revision(c: &mut Conn, revision_id: &str) -> Result<Option<RevisionRow>, Fault> {
    c.opt(FIND_REVISION, &params![revision_id])?
        .map(|row| revision(&row))
        .transpose()
}

/// The newest revisions of a configuration, newest first.
pub fn revisions_of(
    c: &mut Conn,
    handle: &str,
    environment: &str,
) -> Result<Vec<RevisionRow>, Fault> {
    c.query(REVISIONS_OF, &params![handle, environment])?
        .iter()
        .map(revision)
        .collect()
}

/// The revisions of a configuration below a number, newest first.
pub fn revisions_before(
    c: &mut Conn,
    handle: &str,
    environment: &str,
    below: i64,
    limit: i64,
) -> Result<Vec<RevisionRow>, Fault> {
    c.query(
        REVISIONS_BEFORE,
        &params![handle, environment, below, limit],
    )?
    .iter()
    .map(revision)
    .collect()
}

/// One revision of a configuration by its number.
pub fn revision_numbered(
    c: &mut Conn,
    handle: &str,
    environment: &str,
    number: i64,
) -> Result<Option<RevisionRow>, Fault> {
    c.opt(REVISION_NUMBERED, &params![handle, environment, number])?
        .map(|row| revision(&row))
        .transpose()
}

fn revision(row: &Row) -> Result<RevisionRow, Fault> {
    Ok(RevisionRow {
        revision_id: row.text(0)?,
        handle: row.text(1)?,
        environment: row.text(2)?,
        number: row.int(3)?,
        document: row.text(4)?,
        digest: row.text(5)?,
        author: row.text(6)?,
        note: row.text(7)?,
        created_us: row.int(8)?,
    })
}

/// An unfinished wizard, shared by its team.
#[derive(Clone)]
pub struct DraftRow {
    /// Time-ordered UUID.
    pub draft_id: String,
    /// The team.
    pub team: String,
    /// Who began it.
    pub author: String,
    /// What was entered, as JSON.
    pub document: String,
    /// When it was last saved.
    pub changed_us: i64,
    /// What the team calls it; empty where it has no name of its own.
    pub name: String,
    /// Who saved it last.
    pub editor: String,
    /// Rises with every save.
    pub version: i64,
    /// When it was begun.
    pub created_us: i64,
}

/// Keeps a new draft. Nothing when there is one of this id.
pub fn insert_draft(c: &mut Conn, d: &DraftRow) -> Result<Option<i64>, Fault> {
    c.opt(
        INSERT_DRAFT,
        &params![
            &d.draft_id,
            &d.team,
            &d.author,
            &d.document,
            d.changed_us,
            &d.name,
            &d.editor
        ],
    )?
    .map(|row| row.int(0))
    .transpose()
}

/// Keeps a draft in place of the version that its editor saw. Nothing when another one was saved meanwhile.
pub fn update_draft(c: &mut Conn, d: &DraftRow) -> Result<Option<i64>, Fault> {
    c.opt(
        UPDATE_DRAFT,
        &params![
            &d.draft_id,
            &d.team,
            d.version,
            &d.document,
            d.changed_us,
            &d.name,
            &d.editor
        ],
    )?
    .map(|row| row.int(0))
    .transpose()
}

/// One draft.
pub fn find_draft(c: &mut Conn, draft_id: &str) -> Result<Option<DraftRow>, Fault> {
    c.opt(FIND_DRAFT, &params![draft_id])?
        .map(|row| draft(&row))
        .transpose()
}

/// The drafts of a team, newest first.
pub fn drafts_of_team(c: &mut Conn, team: &str) -> Result<Vec<DraftRow>, Fault> {
    c.query(DRAFTS_OF_TEAM, &params![team])?
        .iter()
        .map(draft)
        .collect()
}

/// Forgets a draft.
pub fn delete_draft(c: &mut Conn, draft_id: &str) -> Result<(), Fault> {
    c.exec(DELETE_DRAFT, &params![draft_id])?;
    Ok(())
}

fn draft(row: &Row) -> Result<DraftRow, Fault> {
    Ok(DraftRow {
        draft_id: row.text(0)?,
        team: row.text(1)?,
        author: row.text(2)?,
        document: row.text(3)?,
        changed_us: row.int(4)?,
        name: row.text(5)?,
        editor: row.text(6)?,
        version: row.int(7)?,
        created_us: row.int(8)?,
    })
}
