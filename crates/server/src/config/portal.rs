//! `[portal]`: the partner side.

use std::net::SocketAddr;

use durward_domain::environment::EnvironmentName;
use serde::{Deserialize, Serialize};

use super::{Database, Key};

/// The portal and how it signs its own users in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// Where it listens; `None` when another process plays the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listen: Option<SocketAddr>,
    /// Its address as browsers see it, without a slash at the end.
    pub public_url: String,
    /// The live-class environment whose people sign in to it.
    #[serde(default = "default_identity_provider")]
    pub identity_provider: EnvironmentName,
    /// Its own database.
    #[serde(default)]
    pub database: Database,
    /// Where answers to support tickets come in; without it they are given on pages only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_in: Option<MailInPart>,
}

/// Answers by mail: the operator's mail server hands them over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailInPart {
    /// Where it listens for SMTP: loopback or a private address.
    pub listen: SocketAddr,
    /// The host of the addresses to answer to.
    pub domain: String,
}

fn default_identity_provider() -> EnvironmentName {
    EnvironmentName::Production
}

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "portal.listen",
        "address and port",
        "not set",
        "Where the portal listens, such as `127.0.0.1:8400`. Without it this process plays only environments: further nodes beside the one with the portal, on the same PostgreSQL databases. Then every environment needs `release_key`.",
    ),
    Key::required(
        "portal.public_url",
        "URL",
        "The portal's address as browsers see it, without a slash at the end. `https`, except on loopback.",
    ),
    Key::new(
        "portal.identity_provider",
        "environment",
        "\"production\"",
        "The environment whose people sign in to the portal. Never the sandbox: its test API can open a session for anyone.",
    ),
    Key::new(
        "portal.database.sqlite",
        "path",
        "\"portal.sqlite3\"",
        "The embedded database, relative to the data folder.",
    ),
    Key::secret(
        "portal.database.postgres",
        "URL",
        "not set",
        "A PostgreSQL database instead, such as `postgres://durward@db/portal`.",
    ),
    Key::new(
        "portal.database.durability",
        "`full` or `normal`",
        "\"full\"",
        "`full`: nothing acknowledged is lost when the machine stops. `normal`: the last moments may be.",
    ),
    Key::new(
        "portal.database.threads",
        "number",
        "4",
        "Connections, each on its own thread.",
    ),
    Key::new(
        "portal.mail_in.listen",
        "address and port",
        "not set",
        "Where the operator's mail server hands over answers to support tickets by SMTP, such as `127.0.0.1:2525`: loopback or a private address. It must have checked the sender (SPF, DKIM, DMARC).",
    ),
    Key::new(
        "portal.mail_in.domain",
        "host",
        "not set",
        "The host of the addresses to answer to, `support+…@HOST`. The operator's mail server passes all mail to `support+…` of this host to `portal.mail_in.listen`.",
    ),
];
