//! `[[environment]]`: one identity provider.

use std::net::SocketAddr;

use durward_domain::environment::EnvironmentName;
use serde::{Deserialize, Serialize};

use super::{Database, Key, Secret};

/// One identity provider with its own issuer, keys, people and database. Its class follows from its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// Which one.
    pub name: EnvironmentName,
    /// Where it listens; `None` beside the portal of one that another process plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Its issuer and address as browsers see it, without a slash at the end.
    pub issuer: String,
    /// The public release key that it accepts, in a process without the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_key: Option<String>,
    /// What it shows the portal when it asks for releases over HTTPS; the same at both ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pull_token: Option<Secret>,
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
    Key::new(
        "environment.*.listen",
        "address and port",
        "not set",
        "Where it listens. Without it, in the process with the portal: another process plays this environment and pulls its releases with `pull_token`.",
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
    Key::secret(
        "environment.*.pull_token",
        "text of at least 32 characters",
        "not set",
        "For an environment that runs apart from the portal, in another process or data centre: what it shows at `portal.public_url` when it asks for releases. The same at both ends.",
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
