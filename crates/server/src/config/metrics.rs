//! `[metrics]`: health and metrics on a listener of their own.

use std::net::{Ipv4Addr, SocketAddr};

use serde::{Deserialize, Serialize};

use super::Key;

/// The listener for operators.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Where it listens.
    pub listen: SocketAddr,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8409)),
        }
    }
}

pub(super) const KEYS: &[Key] = &[Key::new(
    "metrics.listen",
    "address and port",
    "\"127.0.0.1:8409\"",
    "Where `/metrics`, `/healthz` and `/readyz` are answered for operators. The other listeners answer the last two as well.",
)];
