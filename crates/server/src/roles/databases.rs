//! Which database belongs to whom.

use std::path::{Path, PathBuf};

use durward_domain::environment::EnvironmentName;
use durward_store::{Config as Target, Durability as StoreDurability, Fault, Store, migrate};

use crate::config::{Config, Database, Durability};

/// The name under which the portal's keys and database are kept.
pub const PORTAL: &str = "portal";

/// One database and its owner: `portal` or the name of an environment.
#[derive(Clone)]
pub struct Place {
    /// Whose it is.
    pub owner: String,
    /// Where it is.
    pub target: Target,
}

impl Place {
    /// The file, if it is an embedded database.
    pub fn file(&self) -> Option<&Path> {
        match &self.target {
            Target::Sqlite { path, .. } => Some(path),
            Target::Postgres { .. } => None,
        }
    }

    /// Opens it. Blocks. A database of a demo is made and brought up to date first; others must be so already.
    ///
    /// # Errors
    /// When it cannot be reached, is not up to date, or is newer than this program.
    pub fn open(&self, migrate_first: bool) -> Result<Store, Fault> {
        if migrate_first {
            migrate::migrate(&self.target)?;
        }
        Store::open(&self.target)
    }

    /// What kind it is and where, without secrets.
    pub fn describe(&self) -> String {
        match &self.target {
            Target::Sqlite { path, .. } => format!("{}: SQLite, {}", self.owner, path.display()),
            Target::Postgres { .. } => format!("{}: PostgreSQL", self.owner),
        }
    }
}

/// The databases of a configuration: the portal's first, where this process plays it, then those of the environments.
pub fn of_config(config: &Config) -> Vec<Place> {
    let data = &config.server.data;
    let portal = (PORTAL.to_owned(), &config.portal.database);
    let portal = config.portal.listen.map(|_| portal);
    let environments = config
        .played()
        .map(|each| (each.name.to_string(), &each.database));
    portal
        .into_iter()
        .chain(environments)
        .map(|(owner, database)| Place {
            target: target(data, &owner, database),
            owner,
        })
        .collect()
}

/// The databases of a demo's data folder, the portal's first.
pub fn of_folder(data: &Path) -> Vec<Place> {
    let environments = EnvironmentName::ALL
        .into_iter()
        .map(|name| name.to_string());
    std::iter::once(PORTAL.to_owned())
        .chain(environments)
        .map(|owner| Place {
            target: target(data, &owner, &Database::default()),
            owner,
        })
        .collect()
}

fn target(data: &Path, owner: &str, database: &Database) -> Target {
    if let Some(url) = &database.postgres {
        return Target::Postgres {
            url: url.expose().to_owned(),
            threads: database.threads,
        };
    }
    let file = database
        .sqlite
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{owner}.sqlite3")));
    let durability = match database.durability {
        Durability::Full => StoreDurability::Full,
        Durability::Normal => StoreDurability::Normal,
    };
    Target::Sqlite {
        path: data.join(file),
        durability,
    }
}
