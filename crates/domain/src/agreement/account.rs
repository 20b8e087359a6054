//! Partner accounts: who the programme deals with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a partnership stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// First talks.
    Prospect,
    /// On its way to an agreement and a first launch.
    Onboarding,
    /// Has a live app.
    Active,
    /// Has an agreement, and nothing is live.
    Paused,
    /// Was a partner.
    Former,
}

impl AccountStatus {
    /// All of them, in the order of the way.
    pub const ALL: [Self; 5] = [
        Self::Prospect,
        Self::Onboarding,
        Self::Active,
        Self::Paused,
        Self::Former,
    ];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prospect => "prospect",
            Self::Onboarding => "onboarding",
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Former => "former",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

impl fmt::Display for AccountStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
