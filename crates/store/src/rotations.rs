//! Rotations of keys. Every function faults only where the database does.

use crate::{Conn, Fault, Row, params, statements};

statements! {
    BEGIN_ROTATION = "INSERT INTO key_rotations (rotation_id, handle, environment, team, old_thumbprint, new_thumbprint, new_key, author, created_us, addition_id, removal_id, stage, ended_us)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (handle, environment) WHERE ended_us IS NULL DO NOTHING RETURNING rotation_id";
    NEWEST_ROTATION = "SELECT rotation_id, handle, environment, team, old_thumbprint, new_thumbprint, new_key, author, created_us, addition_id, removal_id, stage, ended_us
        FROM key_rotations WHERE handle = $1 AND environment = $2 ORDER BY created_us DESC, rotation_id DESC LIMIT 1";
    OPEN_ROTATIONS = "SELECT rotation_id, handle, environment, team, old_thumbprint, new_thumbprint, new_key, author, created_us, addition_id, removal_id, stage, ended_us
        FROM key_rotations WHERE ended_us IS NULL ORDER BY rotation_id";
    SET_ADDITION = "UPDATE key_rotations SET addition_id = $2 WHERE rotation_id = $1 AND ended_us IS NULL RETURNING rotation_id";
    SET_REMOVAL = "UPDATE key_rotations SET removal_id = $2 WHERE rotation_id = $1 AND ended_us IS NULL RETURNING rotation_id";
    SET_STAGE = "UPDATE key_rotations SET stage = $3 WHERE rotation_id = $1 AND stage = $2 AND ended_us IS NULL RETURNING rotation_id";
    END_ROTATION = "UPDATE key_rotations SET stage = $2, ended_us = $3 WHERE rotation_id = $1 AND ended_us IS NULL RETURNING rotation_id";
    FORGET_ROTATION = "DELETE FROM key_rotations WHERE rotation_id = $1 AND addition_id IS NULL AND ended_us IS NULL";
}

/// A rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RotationRow {
    /// Its id.
    pub rotation_id: String,
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: String,
    /// The app's team at its begin.
    pub team: String,
    /// The thumbprint of the key that goes.
    pub old_thumbprint: String,
    /// The thumbprint of the key that comes.
    pub new_thumbprint: String,
    /// The key that comes, as documents hold it.
    pub new_key: String,
    /// Who began it.
    pub author: String,
    /// When.
    pub created_us: i64,
    /// The request that adds the new key.
    pub addition_id: Option<String>,
    /// The request that removes the old key.
    pub removal_id: Option<String>,
    /// The stage that was told last.
    pub stage: String,
    /// When it ended.
    pub ended_us: Option<i64>,
}

/// Begins a rotation; `false` when the app has an open one.
pub fn begin(c: &mut Conn, row: &RotationRow) -> Result<bool, Fault> {
    let values = params![
        row.rotation_id.as_str(),
        row.handle.as_str(),
        row.environment.as_str(),
        row.team.as_str(),
        row.old_thumbprint.as_str(),
        row.new_thumbprint.as_str(),
        row.new_key.as_str(),
        row.author.as_str(),
        row.created_us,
        row.addition_id.as_deref(),
        row.removal_id.as_deref(),
        row.stage.as_str(),
        row.ended_us
    ];
    Ok(c.opt(BEGIN_ROTATION, &values)?.is_some())
}

/// The open rotation of an app, or else its last one.
pub fn newest(c: &mut Conn, handle: &str, environment: &str) -> Result<Option<RotationRow>, Fault> {
    c.opt(NEWEST_ROTATION, &params![handle, environment])?
        .map(|row| read(&row))
        .transpose()
}

/// Every open rotation.
pub fn open(c: &mut Conn) -> Result<Vec<RotationRow>, Fault> {
    c.query(OPEN_ROTATIONS, &params![])?
        .iter()
        .map(read)
        .collect()
}

/// Notes the request that adds the new key; `false` when the rotation has ended.
pub fn set_addition(c: &mut Conn, id: &str, launch_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(SET_ADDITION, &params![id, launch_id])?.is_some())
}

/// Notes the request that removes the old key; `false` when the rotation has ended.
pub fn set_removal(c: &mut Conn, id: &str, launch_id: &str) -> Result<bool, Fault> {
    Ok(c.opt(SET_REMOVAL, &params![id, launch_id])?.is_some())
}

/// Notes what is told now; `false` when somebody else told it.
pub fn set_stage(c: &mut Conn, id: &str, (old, new): (&str, &str)) -> Result<bool, Fault> {
    Ok(c.opt(SET_STAGE, &params![id, old, new])?.is_some())
}

/// Ends a rotation; `false` when it has ended before.
pub fn end(c: &mut Conn, id: &str, stage: &str, now_us: i64) -> Result<bool, Fault> {
    Ok(c.opt(END_ROTATION, &params![id, stage, now_us])?.is_some())
}

/// Forgets a rotation whose key was refused before anything was asked.
pub fn forget(c: &mut Conn, id: &str) -> Result<(), Fault> {
    c.exec(FORGET_ROTATION, &params![id])?;
    Ok(())
}

fn read(row: &Row) -> Result<RotationRow, Fault> {
    Ok(RotationRow {
        rotation_id: row.text(0)?,
        handle: row.text(1)?,
        environment: row.text(2)?,
        team: row.text(3)?,
        old_thumbprint: row.text(4)?,
        new_thumbprint: row.text(5)?,
        new_key: row.text(6)?,
        author: row.text(7)?,
        created_us: row.int(8)?,
        addition_id: row.opt_text(9)?,
        removal_id: row.opt_text(10)?,
        stage: row.text(11)?,
        ended_us: row.opt_int(12)?,
    })
}
