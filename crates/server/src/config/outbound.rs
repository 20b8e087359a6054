//! `[outbound]`: which private addresses the server may call.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::Key;

/// Exceptions to the rule that the server calls public addresses only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbound {
    /// Address ranges it may call as well.
    pub allow: Vec<IpNet>,
}

pub(super) const KEYS: &[Key] = &[Key::new(
    "outbound.allow",
    "list of address ranges",
    "[]",
    "Private address ranges that the server may call on behalf of apps (keys, notices), besides public addresses.",
)];
