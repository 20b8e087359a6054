//! Small values by name, each with a version that rises at every change, so that nodes can poll it.

use crate::db::conn::Conn;
use crate::fault::Fault;
use crate::{params, statements};

/// A value and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The value.
    pub content: String,
    /// Rises by one at every change, from 1.
    pub version: i64,
}

/// Finds a value.
pub fn find(c: &mut Conn, name: &str) -> Result<Option<Setting>, Fault> {
    c.opt(FIND, &params![name])?
        .map(|row| {
            Ok(Setting {
                content: row.text(0)?,
                version: row.int(1)?,
            })
        })
        .transpose()
}

/// Puts a value and answers its new version.
pub fn put(c: &mut Conn, name: &str, content: &str) -> Result<i64, Fault> {
    c.one(PUT, &params![name, content])?.int(0)
}

/// Puts a value where none is yet. False means that one was there.
pub fn put_new(c: &mut Conn, name: &str, content: &str) -> Result<bool, Fault> {
    Ok(c.opt(PUT_NEW, &params![name, content])?.is_some())
}

/// Puts a value if its version is still the one that was read. False means that it has moved on.
pub fn replace(c: &mut Conn, name: &str, content: &str, version: i64) -> Result<bool, Fault> {
    Ok(c.opt(REPLACE, &params![name, content, version])?.is_some())
}

statements! {
    FIND = "SELECT content, version FROM settings WHERE name = $1";
    PUT = "INSERT INTO settings (name, content, version) VALUES ($1, $2, 1) \
        ON CONFLICT (name) DO UPDATE SET content = $2, version = settings.version + 1 RETURNING version";
    PUT_NEW = "INSERT INTO settings (name, content, version) VALUES ($1, $2, 1) \
        ON CONFLICT (name) DO NOTHING RETURNING name";
    REPLACE = "UPDATE settings SET content = $2, version = version + 1 WHERE name = $1 AND version = $3 \
        RETURNING name";
}
