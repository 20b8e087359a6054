//! Other people's ways to write one app down, and ours: what each is called, how it is read and how it is written.
//!
//! Two laws hold for every format. Reading what was written gives the same document: what a foreign format cannot say
//! travels in a member named `durward`. Writing what was read gives the same foreign content: fields that Durward has no
//! place for are kept in the document under `extras`. A field that the format does not know is an error with its path.

mod detect;
mod engine;
mod fault;
mod gov_uk;
mod gov_uk_rules;
mod json;
mod login_gov;
mod oidc;
mod overlay;
mod pem;
mod reader;
mod saml;
pub mod schema;
mod secret;
mod suggest;
mod xml;
mod yaml;

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use crate::application::AppDocument;
use crate::environment::EnvironmentName;
use crate::id::{AppHandle, TeamHandle};
use crate::refusal::{RefusalKind, Refuse};

pub use detect::detect;
pub use fault::{FormatFault, NotExported, NotImported};
pub(crate) use suggest::nearest;

/// A way to write one app down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// The app document as JSON.
    DurwardJson,
    /// The app document as TOML.
    DurwardToml,
    /// A service provider as Login.gov's portal sends it.
    LoginGovJson,
    /// An entry of Login.gov's `service_providers.yml`.
    LoginGovYaml,
    /// A client as GOV.UK One Login's configuration names it.
    GovUkJson,
    /// Metadata of a SAML service provider.
    SamlMetadata,
    /// Client metadata of OpenID Connect registration. RFC 7591.
    OidcMetadata,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 7] = [
        Self::DurwardJson,
        Self::DurwardToml,
        Self::LoginGovJson,
        Self::LoginGovYaml,
        Self::GovUkJson,
        Self::SamlMetadata,
        Self::OidcMetadata,
    ];

    /// The name in addresses and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DurwardJson => "durward-json",
            Self::DurwardToml => "durward-toml",
            Self::LoginGovJson => "login-gov-json",
            Self::LoginGovYaml => "login-gov-yaml",
            Self::GovUkJson => "gov-uk-json",
            Self::SamlMetadata => "saml-metadata",
            Self::OidcMetadata => "oidc-metadata",
        }
    }

    /// The name that people know. Proper names, the same in every language.
    pub const fn title(self) -> &'static str {
        match self {
            Self::DurwardJson => "Durward JSON",
            Self::DurwardToml => "Durward TOML",
            Self::LoginGovJson => "Login.gov portal JSON",
            Self::LoginGovYaml => "Login.gov YAML",
            Self::GovUkJson => "GOV.UK One Login JSON",
            Self::SamlMetadata => "SAML metadata",
            Self::OidcMetadata => "OpenID Connect client metadata",
        }
    }

    /// The type of its text on the wire.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::DurwardJson | Self::LoginGovJson | Self::GovUkJson | Self::OidcMetadata => {
                "application/json"
            }
            Self::DurwardToml => "application/toml",
            Self::LoginGovYaml => "application/yaml",
            Self::SamlMetadata => "application/samlmetadata+xml",
        }
    }

    /// How the name of a file of it ends.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::DurwardJson => "json",
            Self::DurwardToml => "toml",
            Self::LoginGovJson => "login-gov.json",
            Self::LoginGovYaml => "yml",
            Self::GovUkJson => "gov-uk.json",
            Self::SamlMetadata => "xml",
            Self::OidcMetadata => "oidc.json",
        }
    }

    /// Reads a name. Short names stand for the usual one.
    pub fn parse(text: &str) -> Result<Self, UnknownFormat> {
        let name = text.trim().to_ascii_lowercase().replace('_', "-");
        let usual = match name.as_str() {
            "durward" | "json" => Some(Self::DurwardJson),
            "toml" => Some(Self::DurwardToml),
            "login-gov" | "login.gov" => Some(Self::LoginGovJson),
            "yaml" | "yml" => Some(Self::LoginGovYaml),
            "gov-uk" | "gov.uk" | "govuk" | "govuk-json" | "one-login" => Some(Self::GovUkJson),
            "saml" | "xml" => Some(Self::SamlMetadata),
            "oidc" | "dcr" | "rfc7591" => Some(Self::OidcMetadata),
            _ => None,
        };
        usual
            .or_else(|| Self::ALL.into_iter().find(|format| format.as_str() == name))
            .ok_or_else(|| UnknownFormat(text.chars().take(40).collect()))
    }

    /// Under which name the document keeps fields of it that have no place; both of Login.gov's share theirs.
    pub(crate) const fn family(self) -> &'static str {
        match self {
            Self::DurwardJson | Self::DurwardToml => "durward",
            Self::LoginGovJson | Self::LoginGovYaml => "login-gov",
            Self::GovUkJson => "gov-uk",
            Self::SamlMetadata => "saml",
            Self::OidcMetadata => "oidc",
        }
    }

    const fn is_ours(self) -> bool {
        matches!(self, Self::DurwardJson | Self::DurwardToml)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Format {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// No format has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no format called \"{0}\". Use durward-json, durward-toml, login-gov-json, login-gov-yaml, gov-uk-json, saml-metadata or oidc-metadata."
)]
pub struct UnknownFormat(pub String);

impl Refuse for UnknownFormat {
    fn code(&self) -> &'static str {
        "format/unknown"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// What a foreign text does not say and the caller must. What is given here counts before what the text says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hints {
    /// The app's short name.
    pub handle: Option<AppHandle>,
    /// The team that will own it.
    pub team: Option<TeamHandle>,
    /// The environment that the configuration is for.
    pub environment: Option<EnvironmentName>,
}

impl Hints {
    /// The place of a document.
    pub fn of(document: &AppDocument) -> Self {
        Self {
            handle: Some(document.handle.clone()),
            team: Some(document.team.clone()),
            environment: Some(document.environment),
        }
    }
}

/// A text that was read.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// What it was read as.
    pub format: Format,
    /// The app.
    pub document: AppDocument,
    /// What became of every field.
    pub report: Report,
}

/// What became of every field of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Fields that became fields of the document.
    pub mapped: Vec<Mapped>,
    /// Fields that Durward has no place for. They are kept under `extras` and written back by an export.
    pub kept: Vec<String>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

/// A field and what it became.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mapped {
    /// Its place in the text.
    pub from: String,
    /// Its place in the document.
    pub to: String,
}

/// Something to know about one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// Its place in the text; empty for the whole.
    pub path: String,
    /// What to know.
    pub message: String,
}

/// A document that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The format.
    pub format: Format,
    /// The text.
    pub text: String,
    /// A name for a file of it.
    pub file_name: String,
    /// Fields of the document that the foreign fields do not say: they travel in `durward`, or are left out of a plain text.
    pub beside: Vec<String>,
}

/// Reads a text. Without a format it is guessed from the text.
///
/// # Errors
/// [`NotImported`] names every fault at once.
pub fn import(text: &str, format: Option<Format>, hints: &Hints) -> Result<Imported, NotImported> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.len() > AppDocument::MAX_BYTES {
        return Err(NotImported::whole(
            format,
            format!(
                "The text has {} bytes, at most {} are allowed.",
                text.len(),
                AppDocument::MAX_BYTES
            ),
        ));
    }
    let Some(format) = format.or_else(|| detect(text)) else {
        return Err(NotImported::whole(
            None,
            "The format cannot be told from the text. Name it.",
        ));
    };
    engine::import(text, format, hints).map_err(|faults| NotImported {
        format: Some(format),
        faults,
    })
}

/// Writes a document. Secrets are in no document, so that none can be written.
///
/// `plain` leaves out the member `durward`: other people's programs may not know it. Then [`Exported::beside`] is lost.
///
/// # Errors
/// [`NotExported`] when the app cannot be said in the format.
pub fn export(
    document: &AppDocument,
    format: Format,
    plain: bool,
) -> Result<Exported, NotExported> {
    let (text, beside) = match format {
        Format::DurwardJson => (format!("{}\n", document.to_json_pretty()), Vec::new()),
        Format::DurwardToml => (document.to_toml(), Vec::new()),
        _ => engine::export(document, format, plain)?,
    };
    Ok(Exported {
        format,
        text,
        file_name: format!(
            "{}.{}.{}",
            document.handle,
            document.environment,
            format.extension()
        ),
        beside,
    })
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
