//! Differences of single values.

use std::collections::{BTreeMap, BTreeSet};

use super::DiffLine;
use crate::application::{AppDocument, Logo, OidcSettings, SamlSettings};

/// Compares every single value.
pub(super) fn compare(before: &AppDocument, after: &AppDocument, lines: &mut Vec<DiffLine>) {
    for ((path, label, old), (_, _, new)) in values(before).into_iter().zip(values(after)) {
        lines.extend(DiffLine::value(path, label, old.as_deref(), new.as_deref()));
    }
    policies(before.oidc.as_ref(), after.oidc.as_ref(), lines);
    // Two pictures can look alike in words, so that their digests decide.
    if before.logo_digest() != after.logo_digest()
        || before.logo.as_ref().map(|l| l.media_type) != after.logo.as_ref().map(|l| l.media_type)
    {
        let (old, new) = (
            before.logo.as_ref().map(describe),
            after.logo.as_ref().map(describe),
        );
        let line = DiffLine::value("/logo", "Logo", old.as_deref(), new.as_deref());
        lines.extend(line.or_else(|| {
            Some(DiffLine {
                path: "/logo".into(),
                kind: super::DiffKind::Changed,
                sentence: "Logo: another picture of the same type and size".into(),
                before: before.logo_digest(),
                after: after.logo_digest(),
            })
        }));
    }
}

/// Each policy of the app's own by its name.
fn policies(
    before: Option<&OidcSettings>,
    after: Option<&OidcSettings>,
    lines: &mut Vec<DiffLine>,
) {
    let told = |settings: Option<&OidcSettings>| -> BTreeMap<_, _> {
        settings
            .map(|s| s.policies.told())
            .unwrap_or_default()
            .into_iter()
            .collect()
    };
    let (before, after) = (told(before), told(after));
    let names: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    for name in names {
        lines.extend(DiffLine::value(
            &format!("/oidc/policies/{name}"),
            &format!("Policy {name}"),
            before.get(name).map(String::as_str),
            after.get(name).map(String::as_str),
        ));
    }
}

fn describe(logo: &Logo) -> String {
    let bytes = logo.bytes().map_or(0, |bytes| bytes.len());
    format!("{}, {bytes} bytes", logo.media_type.as_str())
}

type Value = (&'static str, &'static str, Option<String>);

fn values(document: &AppDocument) -> Vec<Value> {
    let text = |text: &str| Some(text.to_owned());
    let mut list = vec![
        ("/handle", "Short name", text(document.handle.as_str())),
        ("/team", "Team", text(document.team.as_str())),
        (
            "/environment",
            "Environment",
            text(document.environment.as_str()),
        ),
        ("/app_name", "App name", text(&document.app_name)),
        (
            "/friendly_name",
            "Friendly name",
            text(&document.friendly_name),
        ),
        ("/description", "Description", text(&document.description)),
        ("/issuer", "Issuer", text(&document.issuer)),
        ("/protocol", "Protocol", text(document.protocol.title())),
        (
            "/level_of_service",
            "Level of service",
            text(document.level_of_service.title()),
        ),
        (
            "/default_aal",
            "Default strength of sign-in",
            text(document.default_aal.as_str()),
        ),
        (
            "/push_notification_url",
            "Push-notification URL",
            document.push_notification_url.clone(),
        ),
        (
            "/failure_to_proof_url",
            "Failure-to-proof URL",
            document.failure_to_proof_url.clone(),
        ),
        (
            "/return_to_app_url",
            "Return URL",
            document.return_to_app_url.clone(),
        ),
    ];
    list.push(("/extras", "Kept fields of other formats", extras(document)));
    list.extend(oidc(document.oidc.as_ref()));
    list.extend(saml(document.saml.as_ref()));
    list
}

/// Which fields are kept, and a digest of all of it: their values mean nothing here.
fn extras(document: &AppDocument) -> Option<String> {
    if document.extras.is_empty() {
        return None;
    }
    let names: Vec<String> = document
        .extras
        .iter()
        .map(|(format, extras)| {
            let fields: Vec<&str> = extras.kept_names().collect();
            format!("{format} ({})", fields.join(", "))
        })
        .collect();
    let whole = serde_json::to_string(&document.extras).unwrap_or_default();
    let digest = durward_keyring::digest::sha256_hex(whole.as_bytes());
    Some(format!(
        "{}, {}",
        names.join(", "),
        digest.get(..8).unwrap_or_default()
    ))
}

fn oidc(settings: Option<&OidcSettings>) -> [Value; 15] {
    let of = |read: fn(&OidcSettings) -> String| settings.map(read);
    let some = |read: fn(&OidcSettings) -> Option<&'static str>| {
        settings.and_then(read).map(str::to_owned)
    };
    [
        (
            "/oidc/token_endpoint_auth_method",
            "Client authentication",
            of(|s| s.token_endpoint_auth_method.as_str().into()),
        ),
        (
            "/oidc/backchannel_logout_uri",
            "Back-channel logout URI",
            settings.and_then(|s| s.backchannel_logout_uri.clone()),
        ),
        (
            "/oidc/id_token_signed_response_alg",
            "ID token signature",
            of(|s| s.id_token_signed_response_alg.as_str().into()),
        ),
        (
            "/oidc/grant_types",
            "Grant types",
            of(|s| {
                let names: Vec<_> = s.grant_types.iter().map(|one| one.as_str()).collect();
                names.join(" ")
            }),
        ),
        (
            "/oidc/id_token_encrypted_response_alg",
            "ID token encryption, key",
            some(|s| Some(s.id_token_encrypted_response_alg?.as_str())),
        ),
        (
            "/oidc/id_token_encrypted_response_enc",
            "ID token encryption, content",
            some(|s| Some(s.id_token_encrypted_response_enc?.as_str())),
        ),
        (
            "/oidc/userinfo_signed_response_alg",
            "Userinfo signature",
            some(|s| Some(s.userinfo_signed_response_alg?.as_str())),
        ),
        (
            "/oidc/userinfo_encrypted_response_alg",
            "Userinfo encryption, key",
            some(|s| Some(s.userinfo_encrypted_response_alg?.as_str())),
        ),
        (
            "/oidc/userinfo_encrypted_response_enc",
            "Userinfo encryption, content",
            some(|s| Some(s.userinfo_encrypted_response_enc?.as_str())),
        ),
        (
            "/oidc/access_token_format",
            "Access token format",
            of(|s| s.access_token_format.as_str().into()),
        ),
        (
            "/oidc/require_par",
            "Pushed requests required",
            of(|s| yes(s.require_par)),
        ),
        (
            "/oidc/require_signed_request_object",
            "Signed requests required",
            of(|s| yes(s.require_signed_request_object)),
        ),
        (
            "/oidc/dpop_bound_access_tokens",
            "Key-bound access tokens",
            of(|s| yes(s.dpop_bound_access_tokens)),
        ),
        ("/oidc/fapi2", "FAPI 2.0 profile", of(|s| yes(s.fapi2))),
        (
            "/oidc/jwks_uri",
            "JWKS address",
            settings.and_then(|s| s.jwks_uri.clone()),
        ),
    ]
}

fn saml(settings: Option<&SamlSettings>) -> [Value; 5] {
    let of = |read: fn(&SamlSettings) -> String| settings.map(read);
    [
        (
            "/saml/logout_url",
            "Logout service URL",
            settings.and_then(|s| s.logout_url.clone()),
        ),
        (
            "/saml/encryption",
            "Assertion encryption",
            of(|s| s.encryption.as_str().into()),
        ),
        (
            "/saml/sign_response",
            "Response signed",
            of(|s| yes(s.sign_response)),
        ),
        (
            "/saml/name_id_format",
            "Name identifier",
            of(|s| s.name_id_format.as_str().into()),
        ),
        (
            "/saml/require_signed_requests",
            "Signed SAML requests required",
            of(|s| yes(s.require_signed_requests)),
        ),
    ]
}

fn yes(value: bool) -> String {
    if value { "yes" } else { "no" }.to_owned()
}
