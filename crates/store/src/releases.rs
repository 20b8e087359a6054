//! Releases: immutable, signed, in a rising sequence per environment.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    INSERT_RELEASE = "INSERT INTO releases (release_id, environment, sequence, digest, root, signed, kind, reason, author, created_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (environment, sequence) DO NOTHING RETURNING release_id";
    INSERT_CHANGE = "INSERT INTO release_changes (release_id, handle, revision_id, before_revision_id) VALUES ($1, $2, $3, $4)";
    PUT_APP = "INSERT INTO release_apps (environment, handle, revision_id, digest, agency) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (environment, handle) DO UPDATE SET revision_id = excluded.revision_id, digest = excluded.digest, agency = excluded.agency";
    REMOVE_APP = "DELETE FROM release_apps WHERE environment = $1 AND handle = $2";
    APPS_OF = "SELECT handle, revision_id, digest, agency FROM release_apps WHERE environment = $1 ORDER BY handle";
    APP_IN = "SELECT revision_id, digest FROM release_apps WHERE environment = $1 AND handle = $2";
    APPS_OF_AGENCY = "SELECT r.handle, v.document FROM release_apps r JOIN apps a ON a.handle = r.handle JOIN teams t ON t.handle = a.team
        JOIN revisions v ON v.revision_id = r.revision_id WHERE r.environment = $1 AND t.agency_id = $2 ORDER BY r.handle";
    COUNT_OF = "SELECT COUNT(*) FROM release_apps WHERE environment = $1";
    COUNT_OF_TEAM = "SELECT COUNT(*) FROM apps a JOIN release_apps r ON r.environment = $1 AND r.handle = a.handle WHERE a.team = $2";
    LAST_RELEASE = "SELECT release_id, environment, sequence, digest, root, signed, kind, reason, author, created_us, deployed_us
        FROM releases WHERE environment = $1 ORDER BY sequence DESC LIMIT 1";
    FIND_RELEASE = "SELECT release_id, environment, sequence, digest, root, signed, kind, reason, author, created_us, deployed_us
        FROM releases WHERE release_id = $1";
    RELEASES_OF = "SELECT release_id, environment, sequence, digest, root, signed, kind, reason, author, created_us, deployed_us
        FROM releases WHERE environment = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3";
    RELEASES_AFTER = "SELECT release_id, environment, sequence, digest, root, signed, kind, reason, author, created_us, deployed_us
        FROM releases WHERE environment = $1 AND sequence > $2 ORDER BY sequence LIMIT 100";
    NEXT_RELEASE = "SELECT release_id, environment, sequence, digest, root, signed, kind, reason, author, created_us, deployed_us
        FROM releases WHERE environment = $1 AND sequence > $2 ORDER BY sequence LIMIT 1";
    CHANGES_OF = "SELECT handle, revision_id, before_revision_id FROM release_changes WHERE release_id = $1 ORDER BY handle";
    CHANGES_AFTER = "SELECT c.handle, c.revision_id, c.before_revision_id FROM release_changes c JOIN releases r ON r.release_id = c.release_id
        WHERE r.environment = $1 AND r.sequence > $2 ORDER BY r.sequence, c.handle";
    CHANGES_BETWEEN = "SELECT c.handle, c.revision_id, c.before_revision_id, r.sequence FROM release_changes c JOIN releases r ON r.release_id = c.release_id
        WHERE r.environment = $1 AND r.sequence > $2 AND r.sequence <= $3 ORDER BY r.sequence, c.handle";
    MARK_DEPLOYED = "UPDATE releases SET deployed_us = $2 WHERE release_id = $1 AND deployed_us IS NULL";
}

/// One release.
#[derive(Clone)]
pub struct ReleaseRow {
    /// Time-ordered UUID.
    pub release_id: String,
    /// The environment it is for.
    pub environment: String,
    /// Its place in the sequence.
    pub sequence: i64,
    /// The manifest's digest.
    pub digest: String,
    /// The Merkle root of the state after it.
    pub root: String,
    /// The signed manifest.
    pub signed: String,
    /// `save`, `window`, `rollback`, `redeploy`, `repair`, `removal` or `bootstrap`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Who caused it.
    pub author: String,
    /// When it was built.
    pub created_us: i64,
    /// When the environment took it.
    pub deployed_us: Option<i64>,
}

/// One app of a release; no revision means that the app was taken out.
#[derive(Clone)]
pub struct ReleaseChangeRow {
    /// The app.
    pub handle: String,
    /// The revision it brings.
    pub revision_id: Option<String>,
    /// The revision that was there before.
    pub before_revision_id: Option<String>,
}

/// Adds a release; `false` when its sequence is taken: somebody was first, build it again.
pub fn insert(c: &mut Conn, r: &ReleaseRow) -> Result<bool, Fault> {
    let p = params![
        &r.release_id,
        &r.environment,
        r.sequence,
        &r.digest,
        &r.root,
        &r.signed,
        &r.kind,
        &r.reason,
        &r.author,
        r.created_us
    ];
    Ok(c.opt(INSERT_RELEASE, &p)?.is_some())
}

/// Notes one change of a release and brings the environment's sum up to date.
pub fn apply_change(
    c: &mut Conn,
    release: &ReleaseRow,
    change: &ReleaseChangeRow,
    (digest, agency): (&str, &str),
) -> Result<(), Fault> {
    c.exec(
        INSERT_CHANGE,
        &params![
            &release.release_id,
            &change.handle,
            change.revision_id.as_deref(),
            change.before_revision_id.as_deref()
        ],
    )?;
    match &change.revision_id {
        Some(revision) => c.exec(
            PUT_APP,
            &params![
                &release.environment,
                &change.handle,
                revision,
                digest,
                agency
            ],
        )?,
        None => c.exec(REMOVE_APP, &params![&release.environment, &change.handle])?,
    };
    Ok(())
}

/// One app of an environment's sum.
#[derive(Clone, Debug)]
pub struct ReleasedApp {
    /// The app.
    pub handle: String,
    /// Its revision.
    pub revision_id: String,
    /// The digest of its document.
    pub digest: String,
    /// The agency that the release named.
    pub agency: String,
}

/// The sum of an environment's releases.
pub fn apps_of(c: &mut Conn, environment: &str) -> Result<Vec<ReleasedApp>, Fault> {
    let rows = c.query(APPS_OF, &params![environment])?;
    rows.iter()
        .map(|row| {
            Ok(ReleasedApp {
                handle: row.text(0)?,
                revision_id: row.text(1)?,
                digest: row.text(2)?,
                agency: row.text(3)?,
            })
        })
        .collect()
}

/// The apps of an agency's teams in an environment's sum, each as (short name, document).
pub fn of_agency(
    c: &mut Conn,
    environment: &str,
    agency_id: &str,
) -> Result<Vec<(String, String)>, Fault> {
    c.query(APPS_OF_AGENCY, &params![environment, agency_id])?
        .iter()
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .collect()
}

/// How many apps an environment's releases hold; of one team, when it is named.
pub fn count_of(c: &mut Conn, environment: &str, team: Option<&str>) -> Result<i64, Fault> {
    let row = match team {
        None => c.one(COUNT_OF, &params![environment])?,
        Some(team) => c.one(COUNT_OF_TEAM, &params![environment, team])?,
    };
    row.int(0)
}

/// The revision and digest of one app in an environment's sum.
pub fn app_in(
    c: &mut Conn,
    environment: &str,
    handle: &str,
) -> Result<Option<(String, String)>, Fault> {
    c.opt(APP_IN, &params![environment, handle])?
        .map(|row| Ok((row.text(0)?, row.text(1)?)))
        .transpose()
}

/// The newest release of an environment.
pub fn last(c: &mut Conn, environment: &str) -> Result<Option<ReleaseRow>, Fault> {
    c.opt(LAST_RELEASE, &params![environment])?
        .map(|row| release(&row))
        .transpose()
}

/// One release.
pub fn find(c: &mut Conn, release_id: &str) -> Result<Option<ReleaseRow>, Fault> {
    c.opt(FIND_RELEASE, &params![release_id])?
        .map(|row| release(&row))
        .transpose()
}

/// The newest releases of an environment, newest first.
pub fn newest(c: &mut Conn, environment: &str, limit: i64) -> Result<Vec<ReleaseRow>, Fault> {
    before(c, environment, i64::MAX, limit)
}

/// The releases of an environment before a sequence, newest first.
pub fn before(
    c: &mut Conn,
    environment: &str,
    sequence: i64,
    limit: i64,
) -> Result<Vec<ReleaseRow>, Fault> {
    c.query(RELEASES_OF, &params![environment, sequence, limit])?
        .iter()
        .map(release)
        .collect()
}

/// The releases after a sequence, in order; at most 100.
pub fn after(c: &mut Conn, environment: &str, sequence: i64) -> Result<Vec<ReleaseRow>, Fault> {
    c.query(RELEASES_AFTER, &params![environment, sequence])?
        .iter()
        .map(release)
        .collect()
}

/// The release after a sequence.
pub fn next(c: &mut Conn, environment: &str, sequence: i64) -> Result<Option<ReleaseRow>, Fault> {
    c.opt(NEXT_RELEASE, &params![environment, sequence])?
        .map(|row| release(&row))
        .transpose()
}

/// What a release changed.
pub fn changes_of(c: &mut Conn, release_id: &str) -> Result<Vec<ReleaseChangeRow>, Fault> {
    c.query(CHANGES_OF, &params![release_id])?
        .iter()
        .map(change)
        .collect()
}

/// What releases after a sequence changed, oldest first.
pub fn changes_after(
    c: &mut Conn,
    environment: &str,
    sequence: i64,
) -> Result<Vec<ReleaseChangeRow>, Fault> {
    c.query(CHANGES_AFTER, &params![environment, sequence])?
        .iter()
        .map(change)
        .collect()
}

/// What releases after a sequence and up to another changed, each with its release, oldest first.
pub fn changes_between(
    c: &mut Conn,
    environment: &str,
    (after, sequence): (i64, i64),
) -> Result<Vec<(i64, ReleaseChangeRow)>, Fault> {
    c.query(CHANGES_BETWEEN, &params![environment, after, sequence])?
        .iter()
        .map(|row| Ok((row.int(3)?, change(row)?)))
        .collect()
}

/// Notes that an environment took a release.
pub fn mark_deployed(c: &mut Conn, release_id: &str, now_us: i64) -> Result<(), Fault> {
    c.exec(MARK_DEPLOYED, &params![release_id, now_us])?;
    Ok(())
}

fn change(row: &Row) -> Result<ReleaseChangeRow, Fault> {
    Ok(ReleaseChangeRow {
        handle: row.text(0)?,
        revision_id: row.opt_text(1)?,
        before_revision_id: row.opt_text(2)?,
    })
}

fn release(row: &Row) -> Result<ReleaseRow, Fault> {
    Ok(ReleaseRow {
        release_id: row.text(0)?,
        environment: row.text(1)?,
        sequence: row.int(2)?,
        digest: row.text(3)?,
        root: row.text(4)?,
        signed: row.text(5)?,
        kind: row.text(6)?,
        reason: row.text(7)?,
        author: row.text(8)?,
        created_us: row.int(9)?,
        deployed_us: row.opt_int(10)?,
    })
}
