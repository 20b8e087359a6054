//! `[outbound]`: which private addresses the server may call.

use std::net::SocketAddr;

use durward_app::ports::dns;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Key;

/// Exceptions to the rule that the server calls public addresses only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Address ranges it may call as well.
    pub allow: Vec<IpNet>,
    /// Name servers that are asked for the proof of a domain; those of the system when empty.
    pub name_servers: Vec<SocketAddr>,
}

impl Outbound {
    /// The name servers: those of the configuration, or those of the system.
    pub fn servers(&self) -> Vec<SocketAddr> {
        if self.name_servers.is_empty() {
            system_name_servers()
        } else {
            self.name_servers.clone()
        }
    }
}

/// The name servers of this system.
#[expect(clippy::disallowed_methods, reason = "the system's own configuration")]
pub fn system_name_servers() -> Vec<SocketAddr> {
    std::fs::read_to_string("/etc/resolv.conf")
        .map(|text| dns::servers_of(&text))
        .unwrap_or_default()
}

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "outbound.allow",
        "list of address ranges",
        "[]",
        "Private address ranges that the server may call on behalf of apps (keys, notices), besides public addresses.",
    ),
    Key::new(
        "outbound.name_servers",
        "list of addresses with ports",
        "[]",
        "Name servers (such as \"10.0.0.53:53\") that are asked for the DNS proof of a domain; those of the system when empty.",
    ),
];
