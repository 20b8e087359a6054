//! Environments: identity providers with their own issuer, keys, people and database.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::refusal::{RefusalKind, Refuse};

/// Which environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentName {
    /// Where apps are tried; each save is effective at once.
    Sandbox,
    /// Live class for rehearsals: reviewed and deployed like production.
    Staging,
    /// Where the public signs in.
    Production,
}

impl EnvironmentName {
    /// Every environment, from the first to try to the last.
    pub const ALL: [Self; 3] = [Self::Sandbox, Self::Staging, Self::Production];

    /// The name in lower case, as in URLs, files and databases.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }

    /// The name as in a heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sandbox => "Sandbox",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }

    /// Reads a lower-case name.
    pub fn parse(text: &str) -> Result<Self, UnknownEnvironment> {
        Self::ALL
            .into_iter()
            .find(|name| name.as_str() == text)
            .ok_or_else(|| UnknownEnvironment(text.chars().take(40).collect()))
    }

    /// The proof that this environment is of test class: what the test kit asks for before it exists.
    pub const fn test_class(self) -> Option<TestClass> {
        match self.class() {
            EnvironmentClass::Test => Some(TestClass { environment: self }),
            EnvironmentClass::Live => None,
        }
    }

    /// Test class or live class.
    pub const fn class(self) -> EnvironmentClass {
        match self {
            Self::Sandbox => EnvironmentClass::Test,
            Self::Staging | Self::Production => EnvironmentClass::Live,
        }
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EnvironmentName {
    type Err = UnknownEnvironment;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// What kind of people an environment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EnvironmentClass {
    /// Made-up people; changes are effective at once; the test API is mounted.
    Test,
    /// Real people; changes are reviewed and deployed in a release.
    Live,
}

impl EnvironmentClass {
    /// The name in lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Live => "live",
        }
    }

    /// Is a change reviewed before it is effective?
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Live)
    }
}

impl fmt::Display for EnvironmentClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A shown proof that an environment is of test class. Only [`EnvironmentName::test_class`] gives one, and to no
/// environment of live class, so whatever needs one cannot be made there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestClass {
    environment: EnvironmentName,
}

impl TestClass {
    /// Which environment it was shown for.
    pub const fn environment(self) -> EnvironmentName {
        self.environment
    }
}

/// No environment has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is no environment called \"{0}\". Use sandbox, staging or production.")]
pub struct UnknownEnvironment(pub String);

impl Refuse for UnknownEnvironment {
    fn code(&self) -> &'static str {
        "environment/unknown"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for name in EnvironmentName::ALL {
            assert_eq!(EnvironmentName::parse(name.as_str()), Ok(name));
        }
        assert!(EnvironmentName::parse("Sandbox").is_err());
    }

    #[test]
    fn only_the_sandbox_is_for_tests() {
        assert_eq!(EnvironmentName::Sandbox.class(), EnvironmentClass::Test);
        assert!(EnvironmentName::Staging.class().is_live());
        assert!(EnvironmentName::Production.class().is_live());
    }
}
