//! A person with an account in one environment.

use std::fmt;

use durward_domain::refusal::{RefusalKind, Refuse};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One person in one environment. It never leaves the environment: apps see a pairwise subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(Uuid);

impl PersonId {
    /// An id from a UUID that the caller made.
    pub const fn new(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// Reads the hyphenated form.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::try_parse(text).ok().map(Self)
    }

    /// The UUID inside.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// What a person may do with the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonStatus {
    /// May sign in.
    Active,
    /// Stopped by staff; may be reinstated.
    Suspended,
    /// Gone; the row stays so that its ids are never given again.
    Deleted,
}

impl PersonStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Deleted];

    /// The name as stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Deleted => "deleted",
        }
    }

    /// Reads a stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// May this person sign in? Asked only after the password and the second factor are proved,
    /// so that nobody else learns of a suspension.
    pub const fn may_sign_in(self) -> Result<(), PersonRefusal> {
        match self {
            Self::Active => Ok(()),
            Self::Suspended => Err(PersonRefusal::Suspended),
            Self::Deleted => Err(PersonRefusal::Deleted),
        }
    }
}

/// Why a person may not sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonRefusal {
    /// Staff stopped the account.
    #[error("This account is suspended. Contact support and give the request id of this page.")]
    Suspended,
    /// The account was deleted.
    #[error("This account was deleted. Create a new account to go on.")]
    Deleted,
}

impl Refuse for PersonRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Suspended => "person/suspended",
            Self::Deleted => "person/deleted",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Forbidden
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_status_reads_back() {
        for status in PersonStatus::ALL {
            assert_eq!(PersonStatus::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn only_the_active_sign_in() {
        assert!(PersonStatus::Active.may_sign_in().is_ok());
        assert_eq!(
            PersonStatus::Suspended.may_sign_in().map_err(|r| r.code()),
            Err("person/suspended")
        );
        assert!(PersonStatus::Deleted.may_sign_in().is_err());
    }
}
