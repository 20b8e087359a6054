//! The app document `durward.app/v1`: one app in one environment, as people, pages, programs and git write it.

mod example;
mod extras;
mod fault;
mod keys;
mod logo;
mod policies;
pub mod redirects;
mod settings;
mod snapshot;
pub(crate) mod wording;
mod words;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use extras::{Extras, Spelling};
pub use fault::DocumentFault;
pub use keys::Key;
pub use logo::{Logo, LogoReference, MediaType};
pub use policies::{BOUNDS, Bounds, LONGEST_FAPI_CODE_SECONDS, OwnPolicies, Policies, PromptValue};
pub use settings::{
    AccessTokenFormat, ContentEncryption, Encryption, GrantType, KeyManagement, NameIdFormat,
    OidcSettings, Protocol, SamlSettings, SigningAlgorithm, TokenEndpointAuthMethod,
};
pub use snapshot::SnapshotDocument;
pub(crate) use words::is_email;
pub use words::{Contact, ContactKind, HelpText, is_address};

use crate::{
    attribute::Attribute,
    environment::EnvironmentName,
    id::{AppHandle, TeamHandle},
    level::{DefaultAal, LevelOfService},
};

/// One app in one environment. An absent field means its default; an unknown field is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppDocument {
    /// The format; always `durward.app/v1`.
    pub schema: Schema,
    /// The app's short name, the same in every environment.
    pub handle: AppHandle,
    /// The team that owns the app.
    pub team: TeamHandle,
    /// The environment that this configuration is for.
    pub environment: EnvironmentName,
    /// The name as in the agreement, without environment words.
    #[serde(default)]
    pub app_name: String,
    /// The name that people see when they sign in.
    #[serde(default)]
    pub friendly_name: String,
    /// A note for the team.
    #[serde(default)]
    pub description: String,
    /// The client id or entity id; fixed once made.
    #[serde(default)]
    pub issuer: String,
    /// How the app speaks with the identity provider.
    #[serde(default)]
    pub protocol: Protocol,
    /// Whether the app may ask for verified identities.
    #[serde(default)]
    pub level_of_service: LevelOfService,
    /// The strength of sign-in when a request names none.
    #[serde(default)]
    pub default_aal: DefaultAal,
    /// What the app may learn about a person.
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Why the app needs an attribute, for the reviewer. Absent means that nothing was said; documents of before this field
    /// keep their digest.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attribute_justifications: BTreeMap<Attribute, String>,
    /// Settings of an OpenID Connect app.
    #[serde(default)]
    pub oidc: Option<OidcSettings>,
    /// Settings of a SAML app.
    #[serde(default)]
    pub saml: Option<SamlSettings>,
    /// Public keys and certificates of the app.
    #[serde(default)]
    pub keys: Vec<Key>,
    /// The picture that people see when they sign in.
    #[serde(default)]
    pub logo: Option<Logo>,
    /// The agency's own words on the sign-in pages.
    #[serde(default)]
    pub help_text: HelpText,
    /// Where security events are sent.
    #[serde(default)]
    pub push_notification_url: Option<String>,
    /// Where a person goes who could not prove who they are.
    #[serde(default)]
    pub failure_to_proof_url: Option<String>,
    /// Where a person goes who leaves the sign-in.
    #[serde(default)]
    pub return_to_app_url: Option<String>,
    /// People to write to about this app.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Fields of other formats that have no place here, by format, so that an export gives them back. Absent means none;
    /// documents of before this field keep their digest.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub extras: BTreeMap<String, Extras>,
}

impl AppDocument {
    /// The most bytes that a document may have.
    pub const MAX_BYTES: usize = 512 * 1024;

    /// Reads a JSON document.
    pub fn parse_json(bytes: &[u8]) -> Result<Self, DocumentFault> {
        fault::within_limit(bytes.len())?;
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let document = serde_path_to_error::deserialize(&mut reader).map_err(fault::json)?;
        reader.end().map_err(DocumentFault::whole)?;
        Ok(document)
    }

    /// Reads a TOML document.
    pub fn parse_toml(text: &str) -> Result<Self, DocumentFault> {
        fault::within_limit(text.len())?;
        let reader = toml::Deserializer::parse(text).map_err(DocumentFault::whole)?;
        serde_path_to_error::deserialize(reader).map_err(fault::toml)
    }

    /// Takes a JSON value that was parsed already, such as a part of a larger body.
    pub fn from_value(value: serde_json::Value) -> Result<Self, DocumentFault> {
        serde_path_to_error::deserialize(value).map_err(fault::json)
    }

    /// The canonical JSON text: every field, always in the same order, without spaces.
    pub fn to_json(&self) -> String {
        canonical(self)
    }

    /// The same with line breaks, for people.
    pub fn to_json_pretty(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The document as TOML. Fields without a value are left out.
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_default()
    }

    /// Is this an OpenID Connect app that runs on people's own devices and can keep no secret?
    /// Such an app uses PKCE instead of a key and may use private-use schemes and loopback addresses. RFC 8252.
    pub fn is_native(&self) -> bool {
        self.protocol == Protocol::Oidc
            && self.oidc.as_ref().is_some_and(|oidc| {
                oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::None
            })
    }

    /// The registered redirect URIs of an OpenID Connect app.
    pub fn redirect_uris(&self) -> &[String] {
        match (&self.protocol, &self.oidc) {
            (Protocol::Oidc, Some(oidc)) => &oidc.redirect_uris,
            _ => &[],
        }
    }

    /// Is this redirect URI of a request registered for the app?
    pub fn accepts_redirect(&self, requested: &str) -> bool {
        redirects::registered(self.redirect_uris(), requested, self.is_native())
    }

    /// Is this post-logout redirect URI of a request registered for the app?
    pub fn accepts_post_logout_redirect(&self, requested: &str) -> bool {
        match (&self.protocol, &self.oidc) {
            (Protocol::Oidc, Some(oidc)) => {
                redirects::registered(&oidc.post_logout_redirect_uris, requested, self.is_native())
            }
            _ => false,
        }
    }
}

/// The name of the format.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Schema {
    /// The first version.
    #[default]
    #[serde(rename = "durward.app/v1")]
    V1,
}

impl Schema {
    /// The name of the first version.
    pub(crate) const NAME: &str = "durward.app/v1";
}

/// Serialises without spaces. The types have string keys only, so that writing cannot fail.
pub(crate) fn canonical(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const LEAST: &str =
        r#"{"schema":"durward.app/v1","handle":"parks","team":"rangers","environment":"sandbox"}"#;

    fn fault(text: &str) -> (String, String) {
        let fault = AppDocument::parse_json(text.as_bytes()).unwrap_err();
        (fault.pointer, fault.message)
    }

    #[test]
    fn absent_means_the_default() {
        let document = AppDocument::parse_json(LEAST.as_bytes()).unwrap();
        assert_eq!(document.protocol, Protocol::Oidc);
        assert_eq!(document.level_of_service, LevelOfService::AuthOnly);
        assert_eq!(document.oidc, None);
        let with_oidc = LEAST.replace('}', r#","oidc":{}}"#);
        let oidc = AppDocument::parse_json(with_oidc.as_bytes())
            .unwrap()
            .oidc
            .unwrap();
        assert_eq!(oidc, OidcSettings::default());
        assert_eq!(oidc.id_token_signed_response_alg, SigningAlgorithm::RS256);
    }

    #[test]
    fn every_field_reads_back_in_json_and_toml() {
        let document = AppDocument::example();
        let json = document.to_json();
        assert_eq!(AppDocument::parse_json(json.as_bytes()).unwrap(), document);
        assert_eq!(
            AppDocument::parse_toml(&document.to_toml()).unwrap(),
            document
        );
        assert!(
            json.starts_with(r#"{"schema":"durward.app/v1","handle":"fishing-licence","team":"#)
        );
    }

    #[test]
    fn an_unknown_field_is_an_error_with_its_path() {
        let (pointer, message) = fault(&LEAST.replace('}', r#","colour":"red"}"#));
        assert_eq!(pointer, "/colour");
        assert!(message.contains("unknown field `colour`"), "{message}");
        let (pointer, _) = fault(&LEAST.replace('}', r#","oidc":{"redirect_uri":[]}}"#));
        assert_eq!(pointer, "/oidc/redirect_uri");
        let (pointer, _) = fault(&LEAST.replace('}', r#","keys":[{"pem":"x"},{"pfx":"x"}]}"#));
        assert_eq!(pointer, "/keys/1");
        let (pointer, _) = fault(&LEAST.replace('}', r#","a/b~c":1}"#));
        assert_eq!(pointer, "/a~1b~0c");
    }

    #[test]
    fn a_wrong_value_is_an_error_with_its_path() {
        let (pointer, _) = fault(&LEAST.replace('}', r#","oidc":{"redirect_uris":["a",7]}}"#));
        assert_eq!(pointer, "/oidc/redirect_uris/1");
        let (pointer, message) = fault(&LEAST.replace("sandbox", "moon"));
        assert_eq!(pointer, "/environment");
        assert!(message.contains("moon"), "{message}");
        let (pointer, _) = fault(&LEAST.replace("app/v1", "app/v9"));
        assert_eq!(pointer, "/schema");
        let (pointer, _) = fault(&LEAST.replace('}', r#","attributes":["email","shoe_size"]}"#));
        assert_eq!(pointer, "/attributes/1");
    }

    #[test]
    fn what_is_no_document_at_all_is_an_error_of_the_whole() {
        for text in ["", "{", "[]", "null", "7", "\u{feff}{}"] {
            assert_eq!(fault(text).0, "", "{text}");
        }
        assert_eq!(fault(&format!("{LEAST} x")).0, "");
        assert_eq!(fault(&format!("{LEAST}{LEAST}")).0, "");
        let (pointer, message) = fault(r#"{"schema":"durward.app/v1"}"#);
        assert_eq!(pointer, "");
        assert!(message.contains("handle"), "{message}");
        let huge = " ".repeat(AppDocument::MAX_BYTES + 1);
        assert!(fault(&huge).1.contains("524288"));
        let deep = format!("{}{}", "[".repeat(4000), "]".repeat(4000));
        fault(&LEAST.replace('}', &format!(r#","keys":{deep}}}"#)));
    }

    #[test]
    fn toml_faults_have_paths_too() {
        let text = "schema = \"durward.app/v1\"\nhandle = \"parks\"\nteam = \"rangers\"\nenvironment = \"sandbox\"\n[oidc]\nredirect_uris = [1]\n";
        assert_eq!(
            AppDocument::parse_toml(text).unwrap_err().pointer,
            "/oidc/redirect_uris/0"
        );
        let text = text.replace("redirect_uris = [1]", "nope = 1");
        assert_eq!(
            AppDocument::parse_toml(&text).unwrap_err().pointer,
            "/oidc/nope"
        );
        assert_eq!(AppDocument::parse_toml("a = = b").unwrap_err().pointer, "");
    }
}
