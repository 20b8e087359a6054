//! Levels: what an app is registered for, what a request asks, what a sign-in achieved, what is answered.

mod ask;
mod federation;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use ask::{AcrValue, Generation, IdentityAsk, LevelAnswer, LevelAsk, StrengthAsk};
pub use federation::{Fal, FederationAssurance, Lack};

use crate::refusal::{RefusalKind, Refuse};

/// What an app is registered for.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum LevelOfService {
    /// The person signs in; nothing about them is verified.
    #[default]
    AuthOnly,
    /// The person's identity is verified.
    IdentityVerified,
}

impl LevelOfService {
    /// Every level, the lower first.
    pub const ALL: [Self; 2] = [Self::AuthOnly, Self::IdentityVerified];

    /// The name in the app document.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthOnly => "auth-only",
            Self::IdentityVerified => "identity-verified",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::AuthOnly => "Authentication only",
            Self::IdentityVerified => "Identity verified",
        }
    }
}

/// How strong a sign-in must be if the request does not say.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultAal {
    /// Two factors; a remembered browser may stand in for the second.
    #[default]
    Aal1,
    /// Two factors each time.
    Aal2,
    /// Two factors, one of them bound to this site.
    PhishingResistant,
    /// A government card.
    Piv,
}

impl DefaultAal {
    /// Every value, the weakest first.
    pub const ALL: [Self; 4] = [Self::Aal1, Self::Aal2, Self::PhishingResistant, Self::Piv];

    /// The name in the app document.
    pub const fn as_str(self) -> &'static str {
        self.aal().as_str()
    }

    /// The strength that it stands for.
    pub const fn aal(self) -> Aal {
        match self {
            Self::Aal1 => Aal::Aal1,
            Self::Aal2 => Aal::Aal2,
            Self::PhishingResistant => Aal::PhishingResistant,
            Self::Piv => Aal::Piv,
        }
    }
}

/// The strength of a sign-in, in rising order: each one satisfies those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Aal {
    /// Two factors, the second perhaps by a remembered browser.
    Aal1,
    /// Two factors in this session.
    Aal2,
    /// Two factors, one of them bound to this site.
    PhishingResistant,
    /// A government card.
    Piv,
}

impl Aal {
    /// Every strength, the weakest first.
    pub const ALL: [Self; 4] = [Self::Aal1, Self::Aal2, Self::PhishingResistant, Self::Piv];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::PhishingResistant => "phishing-resistant",
            Self::Piv => "piv",
        }
    }
}

/// What is known about a person, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Identity {
    /// Nothing is verified.
    AuthOnly,
    /// The identity is verified.
    Verified,
    /// The identity is verified with a facial match.
    FacialMatch,
}

macro_rules! names {
    ($name:ident, $what:literal) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = LevelRefusal;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .into_iter()
                    .find(|known| known.as_str() == text)
                    .ok_or_else(|| LevelRefusal::UnknownName {
                        what: $what,
                        text: text.chars().take(80).collect(),
                    })
            }
        }

        impl $name {
            /// Reads the name.
            pub fn parse(text: &str) -> Result<Self, LevelRefusal> {
                text.parse()
            }
        }
    };
}

names!(LevelOfService, "level of service");
names!(DefaultAal, "default AAL");
names!(Aal, "AAL");
names!(Identity, "identity level");

impl Identity {
    /// Every level, the lowest first.
    pub const ALL: [Self; 3] = [Self::AuthOnly, Self::Verified, Self::FacialMatch];

    /// The name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthOnly => "auth-only",
            Self::Verified => "verified",
            Self::FacialMatch => "facial-match",
        }
    }
}

/// What a sign-in achieved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Achieved {
    /// What is known about the person.
    pub identity: Identity,
    /// How strong the sign-in was.
    pub aal: Aal,
}

/// Why a level is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LevelRefusal {
    /// The vocabulary has no such value.
    #[error(
        "\"{0}\" is not a known level. Use a value of acr_values_supported in the discovery document."
    )]
    UnknownValue(String),
    /// The app is not registered for this level.
    #[error(
        "This app is registered for authentication only, and \"{0}\" asks for a verified identity. Ask for a lower level, or change the app's level of service."
    )]
    AboveRegistration(String),
    /// Not a name of this kind of level.
    #[error("\"{text}\" is not a known {what}.")]
    UnknownName {
        /// The kind of level.
        what: &'static str,
        /// The text, cut short.
        text: String,
    },
}

impl Refuse for LevelRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::UnknownValue(_) => "level/unknown-value",
            Self::AboveRegistration(_) => "level/above-registration",
            Self::UnknownName { .. } => "level/unknown-name",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        for level in LevelOfService::ALL {
            assert_eq!(LevelOfService::parse(level.as_str()), Ok(level));
            assert_eq!(
                serde_json::to_string(&level).unwrap(),
                format!("\"{level}\"")
            );
        }
        for aal in DefaultAal::ALL {
            assert_eq!(DefaultAal::parse(aal.as_str()), Ok(aal));
            assert_eq!(serde_json::to_string(&aal).unwrap(), format!("\"{aal}\""));
        }
        assert_eq!(
            DefaultAal::parse("aal9").unwrap_err().code(),
            "level/unknown-name"
        );
    }
}
