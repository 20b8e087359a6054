//! A complete document, used by documentation and tests.

use std::collections::BTreeMap;

use super::{
    AppDocument, Contact, ContactKind, HelpText, Key, Logo, MediaType, OidcSettings, Protocol,
    Schema,
};
use crate::{
    attribute::Attribute,
    environment::EnvironmentName,
    id::{AppHandle, TeamHandle},
    level::{DefaultAal, LevelOfService},
};

impl AppDocument {
    /// The document that the documentation shows: an app of a fictional agency, in the sandbox.
    pub fn example() -> Self {
        Self {
            schema: Schema::V1,
            handle: AppHandle::written("fishing-licence"),
            team: TeamHandle::written("fisheries-digital"),
            environment: EnvironmentName::Sandbox,
            app_name: "Fishing Licence".into(),
            friendly_name: "Fishing Licence Online".into(),
            description: String::new(),
            issuer: "urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE".into(),
            protocol: Protocol::Oidc,
            level_of_service: LevelOfService::AuthOnly,
            default_aal: DefaultAal::Aal1,
            attributes: vec![Attribute::Email],
            attribute_justifications: BTreeMap::new(),
            oidc: Some(OidcSettings {
                redirect_uris: vec!["http://localhost:8404/callback".into()],
                post_logout_redirect_uris: vec!["http://localhost:8404/signed-out".into()],
                ..OidcSettings::default()
            }),
            saml: None,
            keys: vec![
                Key::Pem(include_str!("example.pem").into()),
                Key::Jwk(example_jwk()),
            ],
            logo: Some(Logo::new(MediaType::Svg, include_bytes!("example.svg"))),
            help_text: HelpText {
                sign_in: BTreeMap::from([(
                    "en".into(),
                    "Use the e-mail address that is on your <strong>licence card</strong>.".into(),
                )]),
                ..HelpText::default()
            },
            push_notification_url: None,
            failure_to_proof_url: None,
            return_to_app_url: None,
            contacts: vec![Contact {
                kind: ContactKind::Technical,
                name: "Robin Quill".into(),
                email: "robin.quill@fisheries.gov".into(),
                phone: "+1 202 555 0101".into(),
            }],
            extras: BTreeMap::new(),
        }
    }
}

fn example_jwk() -> serde_json::Map<String, serde_json::Value> {
    [
        ("alg", "ES256"),
        ("crv", "P-256"),
        ("kty", "EC"),
        ("use", "sig"),
        ("x", "2pajBuVxEDoIiQsAwAeLFs43TETKLrufDHMM18RzPAE"),
        ("y", "TLMgRNlAImHFrR0HC7MxqrfkgPFpUonNS0MNfqoJI2s"),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect()
}
