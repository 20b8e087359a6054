//! `[[environment]]`: one identity provider.

use std::net::SocketAddr;

use durward_domain::environment::EnvironmentName;
use serde::{Deserialize, Serialize};

use super::{Database, Key};

/// One identity provider with its own issuer, keys, people and database. Its class follows from its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Which one.
    pub name: EnvironmentName,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Its issuer and address as browsers see it, without a slash at the end.
    pub issuer: String,
    /// The public release key that it accepts, in a process without the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_key: Option<String>,
    /// Its own database.
    #[serde(default)]
    pub database: Database,
}

pub(super) const KEYS: &[Key] = &[
    Key::required(
        "environment.*.name",
        "`sandbox`, `staging` or `production`",
        "Which environment. The sandbox is of test class, the others are of live class.",
    ),
    Key::required(
        "environment.*.listen",
        "address and port",
        "Where it listens.",
    ),
    Key::required(
        "environment.*.issuer",
        "URL",
        "Its issuer and its address as browsers see it, without a slash at the end. `https`, except on loopback. Never change it: partners' apps are bound to it.",
    ),
    Key::new(
        "environment.*.release_key",
        "PEM",
        "the portal's own, in a process with the portal",
        "The public key that signs this environment's releases, as `durward keys release` prints it. A release by any other key is refused.",
    ),
    Key::new(
        "environment.*.database.sqlite",
        "path",
        "\"NAME.sqlite3\"",
        "The embedded database, relative to the data folder.",
    ),
    Key::secret(
        "environment.*.database.postgres",
        "URL",
        "not set",
        "A PostgreSQL database instead. Each environment has its own.",
    ),
    Key::new(
        "environment.*.database.durability",
        "`full` or `normal`",
        "\"full\"",
        "As for the portal.",
    ),
    Key::new(
        "environment.*.database.threads",
        "number",
        "4",
        "Connections, each on its own thread.",
    ),
];
