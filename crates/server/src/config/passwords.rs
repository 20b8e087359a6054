//! `[passwords]`: what passwords are checked against.

use std::path::{Path, PathBuf};

use durward_accounts::authenticator::breached::Breached;
use serde::{Deserialize, Serialize};

use super::Key;

/// What passwords are checked against when they are chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Passwords {
    /// The filter of stolen passwords, as `durward passwords build-breached` makes it.
    pub breached_file: Option<PathBuf>,
}

impl Passwords {
    /// Reads the filter of stolen passwords, if one is named.
    ///
    /// # Errors
    /// When the file cannot be read or is not such a filter; the sentence names it.
    pub fn breached(&self) -> Result<Option<Breached>, String> {
        self.breached_file.as_deref().map(read).transpose()
    }
}

#[expect(clippy::disallowed_methods, reason = "a file that the operator names")]
fn read(file: &Path) -> Result<Breached, String> {
    let named = |why: String| format!("{}: {why}", file.display());
    let bytes = std::fs::read(file).map_err(|error| named(error.to_string()))?;
    Breached::from_bytes(&bytes).map_err(|bad| named(bad.to_string()))
}

pub(super) const KEYS: &[Key] = &[Key::new(
    "passwords.breached_file",
    "path",
    "none",
    "A list of stolen passwords, as `durward passwords build-breached` makes it: none of them can be chosen. It is held in memory, two bytes and a little for each.",
)];
