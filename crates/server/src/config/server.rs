//! `[server]`: the process itself.

use std::path::PathBuf;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use super::{Key, Secret};

/// The process: data folder, logs, limits, shutdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The folder of keys and embedded databases.
    pub data: PathBuf,
    /// The master key, when it is not kept in the data folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_key: Option<Secret>,
    /// Whether an older schema is brought up to date at start.
    pub migrate_on_start: bool,
    /// How log lines look.
    pub log: LogFormat,
    /// Which log lines are written.
    pub log_level: String,
    /// Threads that serve requests; 0 means one per core.
    pub workers: usize,
    /// Threads that hash passwords; 0 means one per core.
    pub password_threads: usize,
    /// Open connections per listener.
    pub max_connections: usize,
    /// How long a client may take to send its request head.
    pub header_timeout_seconds: u64,
    /// How long running requests may go on after a stop signal.
    pub shutdown_grace_seconds: u64,
    /// The proxies that end TLS in front of this server.
    pub behind_proxy: Vec<IpNet>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object per line.
    Json,
    /// For a terminal.
    Pretty,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            data: PathBuf::from("/var/lib/durward"),
            master_key: None,
            migrate_on_start: false,
            log: LogFormat::Json,
            log_level: "info".to_owned(),
            workers: 0,
            password_threads: 0,
            max_connections: 10_000,
            header_timeout_seconds: 10,
            shutdown_grace_seconds: 20,
            behind_proxy: Vec::new(),
        }
    }
}

pub(super) const KEYS: &[Key] = &[
    Key::new(
        "server.data",
        "path",
        "\"/var/lib/durward\"",
        "The folder of the master key and of embedded databases. Created with mode 0700. One running server at a time.",
    ),
    Key::secret(
        "server.master_key",
        "32 bytes in base64",
        "`master.key` in the data folder, made at first start",
        "The key from which all others are derived. Set it here when the data folder does not outlive the machine.",
    ),
    Key::new(
        "server.migrate_on_start",
        "`true` or `false`",
        "false",
        "Whether `serve` makes missing databases and brings older ones up to date. Otherwise it refuses them, and `durward migrate` does it.",
    ),
    Key::new(
        "server.log",
        "`json` or `pretty`",
        "\"json\"",
        "How log lines look.",
    ),
    Key::new(
        "server.log_level",
        "filter",
        "\"info\"",
        "Which log lines are written, such as `info` or `info,durward_app=debug`.",
    ),
    Key::new(
        "server.workers",
        "number",
        "0",
        "Threads that serve requests. 0 means one per core.",
    ),
    Key::new(
        "server.password_threads",
        "number",
        "0",
        "Threads that hash passwords, each with 19 MiB of memory. 0 means one per core.",
    ),
    Key::new(
        "server.max_connections",
        "number",
        "10000",
        "Open connections per listener. Further ones wait.",
    ),
    Key::new(
        "server.header_timeout_seconds",
        "number",
        "10",
        "How long a client may take to send the head of its request.",
    ),
    Key::new(
        "server.shutdown_grace_seconds",
        "number",
        "20",
        "How long running requests may go on after SIGTERM.",
    ),
    Key::new(
        "server.behind_proxy",
        "list of address ranges",
        "[]",
        "The proxies that end TLS in front of this server, such as `[\"10.0.0.0/8\"]`. Needed to listen on any address but loopback. Only these may set `X-Forwarded-For`.",
    ),
];
