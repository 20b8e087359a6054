//! A role's own database: embedded SQLite, or PostgreSQL.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Secret;

/// Where one role keeps what must last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The file of the embedded database, relative to the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<PathBuf>,
    /// The address of a PostgreSQL database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postgres: Option<Secret>,
    /// What an acknowledged write survives.
    pub durability: Durability,
    /// Connections, each on its own thread.
    pub threads: usize,
}

/// What an acknowledged write survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Durability {
    /// The loss of power.
    Full,
    /// The end of the process, but perhaps not the loss of power.
    Normal,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            sqlite: None,
            postgres: None,
            durability: Durability::Full,
            threads: 4,
        }
    }
}
