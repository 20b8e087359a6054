//! Typed identifiers: handles that people choose, and ids that the system makes.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};
use uuid::Uuid;

use crate::refusal::{RefusalKind, Refuse};

uuid_id!(
    /// One team.
    TeamId
);
uuid_id!(
    /// One app of a team, in all environments.
    AppId
);
uuid_id!(
    /// One immutable revision of a configuration.
    RevisionId
);
uuid_id!(
    /// One launch request.
    LaunchId
);
uuid_id!(
    /// One release of an environment.
    ReleaseId
);
uuid_id!(
    /// One agreement.
    AgreementId
);
uuid_id!(
    /// One member of the portal: a partner or a staff member.
    MemberId
);
uuid_id!(
    /// One HTTP request, as printed on error pages.
    RequestId
);
uuid_id!(
    /// One audit event.
    EventId
);
uuid_id!(
    /// One agency.
    AgencyId
);

handle!(
    /// The short name of a team: lower-case letters, digits and hyphens, 2 to 64 characters.
    TeamHandle,
    "team"
);
handle!(
    /// The short name of an app: lower-case letters, digits and hyphens, 2 to 64 characters.
    AppHandle,
    "app"
);

/// Text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadId {
    /// Not a UUID.
    #[error(
        "\"{text}\" is not an id of a {what}. Ids look like 0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11."
    )]
    NotUuid {
        /// The kind of id.
        what: &'static str,
        /// The text, cut short.
        text: String,
    },
    /// Not a handle.
    #[error(
        "\"{text}\" is not a short name of {what}s. Use 2 to 64 lower-case letters, digits and hyphens; begin and end with a letter or digit."
    )]
    NotHandle {
        /// The kind of handle.
        what: &'static str,
        /// The text, cut short.
        text: String,
    },
}

impl Refuse for BadId {
    fn code(&self) -> &'static str {
        match self {
            Self::NotUuid { .. } => "id/not-an-id",
            Self::NotHandle { .. } => "id/not-a-short-name",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

fn is_handle(text: &str) -> bool {
    (2..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn cut(text: &str) -> String {
    text.chars().take(80).collect()
}

/// Declares an id over a UUID.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// An id from a UUID that the caller made.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// Reads the hyphenated form.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId::NotUuid {
                    what: stringify!($name).trim_end_matches("Id"),
                    text: cut(text),
                })
            }

            /// The UUID inside.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }
    };
}
use uuid_id;

/// Declares a handle: a short name that people choose.
macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Reads a short name.
            pub fn parse(text: &str) -> Result<Self, BadId> {
                if is_handle(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(BadId::NotHandle {
                        what: $what,
                        text: cut(text),
                    })
                }
            }

            /// A short name that this program itself wrote.
            pub(crate) fn written(text: &'static str) -> Self {
                debug_assert!(is_handle(text), "{text}");
                Self(text.to_owned())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: de::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::parse(&text).map_err(de::Error::custom)
            }
        }
    };
}
use handle;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn handles() {
        for good in ["a1", "benefits", "motor-vehicles", &"a".repeat(64)] {
            assert_eq!(AppHandle::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "a",
            "-ab",
            "ab-",
            "Ab",
            "a_b",
            "a b",
            &"a".repeat(65),
            "é1",
        ] {
            assert_eq!(
                AppHandle::parse(bad).unwrap_err().code(),
                "id/not-a-short-name"
            );
        }
    }

    #[test]
    fn ids_read_back_through_json() {
        let id = LaunchId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap();
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11\"");
        assert_eq!(serde_json::from_str::<LaunchId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<TeamHandle>("\"No Good\"").is_err());
    }
}
