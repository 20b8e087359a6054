//! The difference of two documents in sentences fit for a reviewer.

mod fields;
mod lists;
mod raw;

use serde::{Deserialize, Serialize};

use crate::application::AppDocument;

pub use raw::{RawLine, raw};

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiffLine {
    /// Where, as a JSON Pointer. A line of a list names the list.
    pub path: String,
    /// What happened.
    pub kind: DiffKind,
    /// The difference as a person says it.
    pub sentence: String,
    /// The older value.
    pub before: Option<String>,
    /// The newer value.
    pub after: Option<String>,
}

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DiffKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another one.
    Changed,
}

/// Every difference, in the order of the document. Lists are compared as sets: their order has no meaning.
pub fn diff(before: &AppDocument, after: &AppDocument) -> Vec<DiffLine> {
    let mut lines = Vec::new();
    fields::compare(before, after, &mut lines);
    lists::compare(before, after, &mut lines);
    lines
}

impl DiffLine {
    /// A single value, when it differs. An empty text counts as no value.
    fn value(path: &str, label: &str, before: Option<&str>, after: Option<&str>) -> Option<Self> {
        let before = before.filter(|text| !text.is_empty());
        let after = after.filter(|text| !text.is_empty());
        let (kind, sentence) = match (before, after) {
            (None, Some(new)) => (DiffKind::Added, format!("{label} added: {new}")),
            (Some(old), None) => (DiffKind::Removed, format!("{label} removed: {old}")),
            (Some(old), Some(new)) if old != new => {
                (DiffKind::Changed, format!("{label}: {old} → {new}"))
            }
            _ => return None,
        };
        Some(Self {
            path: path.to_owned(),
            kind,
            sentence,
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(crate) mod samples {
    use crate::{
        application::{
            AppDocument, Contact, ContentEncryption, Key, KeyManagement, Protocol, SamlSettings,
            SigningAlgorithm,
        },
        attribute::Attribute,
        environment::EnvironmentName,
        id::{AppHandle, TeamHandle},
        level::{DefaultAal, LevelOfService},
    };

    /// Two documents that differ in everything.
    pub(crate) fn opposites() -> (AppDocument, AppDocument) {
        let mut before = AppDocument::example();
        before.environment = EnvironmentName::Sandbox;
        before.level_of_service = LevelOfService::AuthOnly;
        let oidc = before.oidc.as_mut().unwrap();
        oidc.redirect_uris = vec!["https://a.gov/cb".into()];
        oidc.post_logout_redirect_uris = vec!["https://a.gov/out".into()];
        oidc.backchannel_logout_uri = Some("https://a.gov/bc".into());
        oidc.jwks_uri = Some("https://a.gov/keys".into());
        oidc.id_token_encrypted_response_alg = Some(KeyManagement::EcdhEs);
        oidc.id_token_encrypted_response_enc = Some(ContentEncryption::A256Gcm);
        oidc.userinfo_signed_response_alg = Some(SigningAlgorithm::ES256);
        oidc.userinfo_encrypted_response_alg = Some(KeyManagement::RsaOaep256);
        oidc.userinfo_encrypted_response_enc = Some(ContentEncryption::A128Gcm);
        oidc.policies.require_nonce = Some(false);
        let mut after = before.clone();
        after.handle = AppHandle::parse("another-app").unwrap();
        after.team = TeamHandle::parse("another-team").unwrap();
        after.environment = EnvironmentName::Production;
        for text in [
            &mut after.app_name,
            &mut after.friendly_name,
            &mut after.description,
            &mut after.issuer,
        ] {
            text.push_str(" other");
        }
        after.protocol = Protocol::Saml;
        after.oidc = None;
        after.saml = Some(SamlSettings {
            acs_urls: vec!["https://a.gov/acs".into()],
            logout_url: Some("https://a.gov/slo".into()),
            ..SamlSettings::default()
        });
        after.level_of_service = LevelOfService::IdentityVerified;
        after.default_aal = DefaultAal::Piv;
        after.attributes.push(Attribute::Locale);
        after
            .attribute_justifications
            .insert(Attribute::Locale, "To greet people".into());
        after.keys.push(Key::Pem("x".into()));
        after.logo = match after.logo {
            Some(_) => None,
            None => AppDocument::example().logo,
        };
        let words = after.help_text.sign_in.entry("en".into()).or_default();
        words.push_str(" other");
        for address in [
            &mut after.push_notification_url,
            &mut after.failure_to_proof_url,
            &mut after.return_to_app_url,
        ] {
            *address = Some("https://other.gov/".into());
        }
        after.contacts.push(Contact {
            kind: crate::application::ContactKind::Security,
            name: "Other".into(),
            email: "other@a.gov".into(),
            phone: String::new(),
        });
        after.extras.insert(
            "other".into(),
            crate::application::Extras {
                fields: serde_json::Map::from_iter([("a".into(), true.into())]),
                ..Default::default()
            },
        );
        (before, after)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{
        application::{Key, Logo, MediaType, Protocol, SamlSettings},
        attribute::Attribute,
        level::{DefaultAal, LevelOfService},
    };

    fn check(change: impl FnOnce(&mut AppDocument), expected: &[&str]) {
        let before = AppDocument::example();
        let mut after = before.clone();
        change(&mut after);
        let sentences: Vec<String> = diff(&before, &after)
            .into_iter()
            .map(|line| line.sentence)
            .collect();
        assert_eq!(sentences, expected);
    }

    #[test]
    fn the_same_document_has_no_differences() {
        check(|_| {}, &[]);
        check(|d| d.keys.reverse(), &[]);
    }

    #[test]
    fn differences_read_as_sentences() {
        check(
            |d| d.level_of_service = LevelOfService::IdentityVerified,
            &["Level of service: Authentication only → Identity verified"],
        );
        check(
            |d| d.default_aal = DefaultAal::Aal2,
            &["Default strength of sign-in: aal1 → aal2"],
        );
        check(
            |d| d.friendly_name = "Fishing".into(),
            &["Friendly name: Fishing Licence Online → Fishing"],
        );
        check(
            |d| {
                d.attribute_justifications
                    .insert(Attribute::Email, "To send the permit".into());
            },
            &["Why email is needed added: To send the permit"],
        );
        check(
            |d| d.attributes.push(Attribute::Phone),
            &["Attribute added: phone"],
        );
        check(
            |d| {
                d.oidc
                    .as_mut()
                    .unwrap()
                    .redirect_uris
                    .push("https://a.gov/cb".into())
            },
            &["Redirect URI added: https://a.gov/cb"],
        );
        check(
            |d| d.oidc.as_mut().unwrap().redirect_uris.clear(),
            &["Redirect URI removed: http://localhost:8404/callback"],
        );
        check(
            |d| d.oidc.as_mut().unwrap().require_par = true,
            &["Pushed requests required: no → yes"],
        );
        check(
            |d| d.push_notification_url = Some("https://a.gov/push".into()),
            &["Push-notification URL added: https://a.gov/push"],
        );
        check(
            |d| d.logo = None,
            &["Logo removed: image/svg+xml, 231 bytes"],
        );
        check(
            |d| {
                d.help_text.sign_in.insert("es".into(), "Hola".into());
            },
            &["Help text (sign in, es) added: Hola"],
        );
        check(
            |d| d.contacts.clear(),
            &[
                "Contact removed: technical, Robin Quill, robin.quill@fisheries.gov, +1 202 555 0101",
            ],
        );
    }

    #[test]
    fn keys_are_named_by_what_they_are() {
        let before = AppDocument::example();
        let mut after = before.clone();
        after.keys = vec![Key::Pem("nonsense".into())];
        let lines = diff(&before, &after);
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].sentence.starts_with("Key added: unreadable key "),
            "{}",
            lines[0].sentence
        );
        assert!(
            lines[1]
                .sentence
                .starts_with("Key removed: RSA, 2048 bits, certificate valid to 2028-12-01, "),
            "{}",
            lines[1].sentence
        );
        assert!(
            lines[2].sentence.starts_with("Key removed: EC P-256"),
            "{}",
            lines[2].sentence
        );
    }

    #[test]
    fn a_new_logo_or_protocol_is_seen() {
        check(
            |d| d.logo = Some(Logo::new(MediaType::Png, b"12345")),
            &["Logo: image/svg+xml, 231 bytes → image/png, 5 bytes"],
        );
        let mut changed = AppDocument::example();
        changed.protocol = Protocol::Saml;
        changed.saml = Some(SamlSettings {
            acs_urls: vec!["https://a.gov/acs".into()],
            ..SamlSettings::default()
        });
        let lines = diff(&AppDocument::example(), &changed);
        assert_eq!(lines[0].sentence, "Protocol: OpenID Connect → SAML 2.0");
        assert!(
            lines
                .iter()
                .any(|line| line.sentence
                    == "Assertion consumer service URL added: https://a.gov/acs")
        );
    }
}
