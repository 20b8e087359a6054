//! The configuration: one TOML file, one section per file, secrets by file or environment.

mod database;
mod environment;
mod load;
mod mail;
mod metrics;
mod outbound;
mod passwords;
mod portal;
mod programme;
mod reference;
mod rules;
mod secret;
mod server;

use serde::{Deserialize, Serialize};

pub use database::{Database, Durability};
pub use environment::Environment;
pub use load::{ConfigFault, load, read};
pub use mail::Mail;
pub use metrics::Metrics;
pub use outbound::{Outbound, system_name_servers};
pub use passwords::Passwords;
pub use portal::Portal;
pub use programme::ProgrammeChoice;
pub use reference::{Key, keys, markdown};
pub use secret::Secret;
pub use server::{LogFormat, Server};

/// Everything an operator can set. Unknown keys are refused with their path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The process itself.
    #[serde(default)]
    pub server: Server,
    /// The rules of the installation.
    #[serde(default)]
    pub programme: ProgrammeChoice,
    /// The partner side.
    pub portal: Portal,
    /// The identity providers.
    pub environment: Vec<Environment>,
    /// Where mail goes.
    pub mail: Mail,
    /// Health and metrics.
    #[serde(default)]
    pub metrics: Metrics,
    /// Which private addresses the server may call.
    #[serde(default)]
    pub outbound: Outbound,
    /// What passwords are checked against.
    #[serde(default)]
    pub passwords: Passwords,
}

impl Config {
    /// The environments that this process plays.
    pub fn played(&self) -> impl Iterator<Item = &Environment> {
        let here = |each: &&Environment| each.listen.is_some();
        self.environment.iter().filter(here)
    }

    /// The environments that another process plays and that pull their releases from the portal of this one.
    pub fn elsewhere(&self) -> impl Iterator<Item = &Environment> {
        let there = |each: &&Environment| each.listen.is_none();
        self.environment.iter().filter(there)
    }

    /// The configuration as TOML with every default filled in and every secret left out.
    pub fn redacted(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }
}
