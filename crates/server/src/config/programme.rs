//! `[programme]`: the rules of the installation.

use serde::{Deserialize, Serialize};

use super::Key;

/// Which programme's rules hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProgrammeChoice {
    /// The name of a shipped programme.
    pub name: String,
}

impl Default for ProgrammeChoice {
    fn default() -> Self {
        Self {
            name: "us".to_owned(),
        }
    }
}

pub(super) const KEYS: &[Key] = &[Key::new(
    "programme.name",
    "name",
    "\"us\"",
    "The rules of this installation: `us`, or `us-2021` with seven days of notice.",
)];
