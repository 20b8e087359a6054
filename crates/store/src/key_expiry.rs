//! Which days before its end a key was told of: one row is one telling, whoever asks and however often.

use crate::{Conn, Fault, params, statements};

statements! {
    TELL = "INSERT INTO key_expiry_told (handle, environment, fingerprint, threshold, told_us) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (handle, environment, fingerprint, threshold) DO NOTHING RETURNING threshold";
    LIVE_DOCUMENTS = "SELECT a.handle, a.environment, p.team, r.document FROM release_apps a
        JOIN apps p ON p.handle = a.handle JOIN revisions r ON r.revision_id = a.revision_id
        WHERE a.environment = $1 AND a.handle > $2 ORDER BY a.handle LIMIT $3";
}

/// An app as an environment's releases hold it.
pub struct LiveRow {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The app's team.
    pub team: String,
    /// The live document.
    pub document: String,
}

/// Takes the telling of a key's end; `false` when it was told before.
pub fn tell(
    c: &mut Conn,
    (handle, environment): (&str, &str),
    fingerprint: &str,
    threshold: i64,
    now_us: i64,
) -> Result<bool, Fault> {
    let told = c.opt(
        TELL,
        &params![handle, environment, fingerprint, threshold, now_us],
    )?;
    Ok(told.is_some())
}

/// Live apps of an environment after a handle.
pub fn live(
    c: &mut Conn,
    environment: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<LiveRow>, Fault> {
    c.query(LIVE_DOCUMENTS, &params![environment, after, limit])?
        .iter()
        .map(|row| {
            Ok(LiveRow {
                handle: row.text(0)?,
                environment: row.text(1)?,
                team: row.text(2)?,
                document: row.text(3)?,
            })
        })
        .collect()
}
