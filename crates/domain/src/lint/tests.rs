//! Each rule, and the defects of other portals that this one must not have.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use super::*;
use crate::{
    application::{
        Encryption, GrantType, Key, Logo, MediaType, OidcSettings, OwnPolicies, Protocol,
        SamlSettings, SigningAlgorithm, TokenEndpointAuthMethod as Method,
    },
    attribute::Attribute,
    environment::EnvironmentName,
    level::{DefaultAal, LevelOfService},
};

const NOW: &str = "2026-11-10T12:00:00Z";

fn production() -> AppDocument {
    let mut document = AppDocument::example();
    document.environment = EnvironmentName::Production;
    let oidc = document.oidc.as_mut().unwrap();
    oidc.redirect_uris = vec!["https://fishing.fisheries.gov/callback".into()];
    oidc.post_logout_redirect_uris = vec!["https://fishing.fisheries.gov/".into()];
    for language in ["es", "fr", "zh"] {
        document
            .help_text
            .sign_in
            .insert(language.into(), "x".into());
    }
    document
}

/// Every finding but the note that a help text is the team's own, which the example has.
fn judge(document: &AppDocument, programme: &str) -> Vec<Finding> {
    let mut findings = judge_all(document, programme);
    findings.retain(|finding| finding.rule != "help-text/preset");
    findings
}

fn judge_all(document: &AppDocument, programme: &str) -> Vec<Finding> {
    let programme = Programme::named(programme).unwrap();
    let domains = ["fishing-licence.com".to_owned()];
    let sandbox_keys =
        BTreeSet::from([Key::Pem(include_str!("samples/soon.pem").into()).fingerprint()]);
    let listed = [
        "Fishing Licence".to_owned(),
        "Driving Test Production".to_owned(),
    ];
    let others = others();
    lint(
        document,
        &LintContext {
            programme: &programme,
            dedicated_domains: &domains,
            today: "2026-11-10".parse().unwrap(),
            now: NOW.parse().unwrap(),
            sandbox_keys: &sandbox_keys,
            listed_apps: Some(&listed),
            others: &others,
        },
    )
}

fn others() -> Others {
    Others {
        sandbox_hosts: BTreeSet::from(["test.fisheries.gov".to_owned()]),
        shared_keys: BTreeSet::from([
            Key::Pem(include_str!("samples/long.pem").into()).fingerprint()
        ]),
        ..Others::default()
    }
}

fn said(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| {
            format!(
                "{} {} {}",
                finding.severity.as_str(),
                finding.rule,
                finding.path
            )
        })
        .collect()
}

fn live(change: impl FnOnce(&mut AppDocument), expected: &[&str]) {
    let mut document = production();
    change(&mut document);
    let findings = judge(&document, "us");
    assert_eq!(said(&findings), expected, "{findings:#?}");
}

fn sandbox(change: impl FnOnce(&mut AppDocument), expected: &[&str]) {
    let mut document = AppDocument::example();
    change(&mut document);
    let findings = judge(&document, "us");
    assert_eq!(said(&findings), expected, "{findings:#?}");
}

fn redirect(uri: &str) -> impl FnOnce(&mut AppDocument) {
    move |document| document.oidc.as_mut().unwrap().redirect_uris = vec![uri.to_owned()]
}

fn native(uri: &str) -> impl FnOnce(&mut AppDocument) {
    move |document| {
        document.keys.clear();
        let oidc = document.oidc.as_mut().unwrap();
        oidc.token_endpoint_auth_method = Method::None;
        oidc.redirect_uris = vec![uri.to_owned()];
    }
}

#[test]
fn good_documents_have_no_findings() {
    live(|_| {}, &[]);
    sandbox(|_| {}, &[]);
}

#[test]
fn rule_ids_are_unique_and_rules_are_sentences() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        assert!(
            rule.id.contains('/')
                && rule.sentence.ends_with('.')
                && rule.why.trim_end_matches(')').ends_with('.')
                && rule.fix.ends_with('.'),
            "{}",
            rule.id
        );
        assert!(
            rule.bad != rule.good && !rule.good.is_empty(),
            "{}",
            rule.id
        );
        assert!(rule.live.or(rule.test).is_some(), "{}", rule.id);
        assert_eq!(Rule::named(rule.id).map(|found| found.id), Some(rule.id));
    }
}

#[test]
fn a_finding_has_the_shape_of_the_contract() {
    let mut document = production();
    redirect("http://localhost:8404/cb")(&mut document);
    let findings = judge(&document, "us");
    let json = serde_json::to_value(&findings[0]).unwrap();
    assert_eq!(json["rule"], "uri/https");
    assert_eq!(json["severity"], "error");
    assert_eq!(json["path"], "/oidc/redirect_uris/0");
    assert_eq!(
        json["message"],
        "The address must begin with https:// here."
    );
}

#[test]
fn a_text_that_is_no_document_is_a_finding() {
    let programme = Programme::named("us").unwrap();
    let context = LintContext::alone(&programme, NOW.parse().unwrap());
    let unknown = AppDocument::example()
        .to_json()
        .replace("\"description\"", "\"colour\"");
    for (text, found) in [
        ("{", "document/unreadable "),
        (unknown.as_str(), "document/unknown-field /colour"),
    ] {
        let findings = lint_bytes(text.as_bytes(), &context);
        assert_eq!(said(&findings), [format!("error {found}")]);
    }
    assert_eq!(
        lint_bytes(AppDocument::example().to_json().as_bytes(), &context),
        []
    );
}

#[test]
fn names() {
    live(
        |d| d.app_name.clear(),
        &[
            "error name/app-name-present /app_name",
            "error name/listed /app_name",
        ],
    );
    live(
        |d| d.friendly_name = " ".into(),
        &["error name/friendly-name-present /friendly_name"],
    );
    live(
        |d| d.friendly_name = "Fishing\u{202e}gov".into(),
        &["error name/characters /friendly_name"],
    );
    live(
        |d| d.friendly_name = "Fishing ".into(),
        &["error name/characters /friendly_name"],
    );
    live(
        |d| d.app_name = "Driving Test Production".into(),
        &["error name/environment-word /app_name"],
    );
    live(
        |d| d.app_name = "Boats".into(),
        &["error name/listed /app_name"],
    );
    live(
        |d| d.friendly_name = "Fishing Staging".into(),
        &["warning name/friendly-environment-word /friendly_name"],
    );
    live(
        |d| d.friendly_name = "FISHING LICENCE".into(),
        &["warning name/friendly-style /friendly_name"],
    );
    sandbox(
        |d| d.app_name = "Fishing Staging".into(),
        &["warning name/environment-word /app_name"],
    );
}

#[test]
fn the_profile_of_2021_wants_production_in_the_friendly_name() {
    let mut document = production();
    assert_eq!(
        said(&judge(&document, "us-2021")),
        ["error name/must-contain /friendly_name"]
    );
    document.friendly_name = "Fishing Licence Production".into();
    assert_eq!(said(&judge(&document, "us-2021")), [] as [&str; 0]);
    document.environment = EnvironmentName::Staging;
    document.friendly_name = "Fishing Licence".into();
    assert_eq!(said(&judge(&document, "us-2021")), [] as [&str; 0]);
}

#[test]
fn issuers() {
    live(|d| d.issuer.clear(), &["error issuer/present /issuer"]);
    live(
        |d| d.issuer = "urn:gov:a b".into(),
        &["error issuer/form /issuer"],
    );
    live(
        |d| d.issuer = "fishing".into(),
        &["warning issuer/shape /issuer"],
    );
    live(
        |d| d.issuer = "urn:gov:test:fish".into(),
        &[
            "warning issuer/recommended /issuer",
            "warning issuer/environment-word /issuer",
        ],
    );
    sandbox(
        |d| d.issuer = "https://fish.gov/".into(),
        &["info issuer/trailing-slash /issuer"],
    );
}

#[test]
fn local_hosts_in_every_spelling_are_refused_where_real_people_sign_in() {
    for host in [
        "localhost",
        "localhost:3000",
        "app.localhost",
        "127.0.0.1",
        "127.1",
        "0x7f.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "10.0.0.1",
        "192.168.1.5",
        "172.20.1.1",
        "169.254.169.254",
        "[fe80::1]",
        "[fd12::1]",
        "printer.local",
        "intranet",
    ] {
        live(
            redirect(&format!("https://{host}/cb")),
            &["error uri/local-host /oidc/redirect_uris/0"],
        );
        sandbox(redirect(&format!("http://{host}/cb")), &[]);
    }
    live(
        redirect("https://LOCALHOST:3000/cb"),
        &[
            "error uri/local-host /oidc/redirect_uris/0",
            "warning uri/letter-case /oidc/redirect_uris/0",
        ],
    );
    live(redirect("https://mylocalhost.agency.gov/cb"), &[]);
    live(
        native("http://127.0.0.1/cb"),
        &[
            "error uri/https /oidc/redirect_uris/0",
            "error uri/local-host /oidc/redirect_uris/0",
        ],
    );
}

#[test]
fn only_https_on_approved_domains_where_real_people_sign_in() {
    live(
        redirect("http://agency.gov/cb"),
        &["error uri/https /oidc/redirect_uris/0"],
    );
    for host in [
        "agency.com",
        "agency.gov.evil.com",
        "evilgov",
        "gov",
        "8.8.8.8",
        "notfishing-licence.com",
    ] {
        let found = if host == "gov" || host == "evilgov" {
            "error uri/local-host /oidc/redirect_uris/0"
        } else {
            "error uri/approved-domain /oidc/redirect_uris/0"
        };
        live(redirect(&format!("https://{host}/cb")), &[found]);
    }
    for host in [
        "agency.mil",
        "fishing-licence.com",
        "www.fishing-licence.com",
        "agency.gov:8443",
    ] {
        live(redirect(&format!("https://{host}/cb")), &[]);
    }
    live(
        redirect("https://AGENCY.GOV:8443/cb"),
        &["warning uri/letter-case /oidc/redirect_uris/0"],
    );
    live(
        |d| d.push_notification_url = Some("https://push.example.com/x".into()),
        &["error uri/approved-domain /push_notification_url"],
    );
    live(
        |d| d.oidc.as_mut().unwrap().jwks_uri = Some("http://a.gov/jwks".into()),
        &["error uri/https /oidc/jwks_uri"],
    );
    sandbox(redirect("https://anything.example.com/cb"), &[]);
}

#[test]
fn malformed_addresses_are_refused_everywhere() {
    for (uri, rule) in [
        ("", "uri/form"),
        ("callback", "uri/form"),
        ("//agency.gov/cb", "uri/form"),
        ("https:/agency.gov/cb", "uri/form"),
        ("https:agency.gov", "uri/form"),
        ("https:///cb", "uri/form"),
        ("https://", "uri/form"),
        ("https://agency.gov:99999/cb", "uri/form"),
        ("https://agency.gov/a b", "uri/form"),
        (" https://agency.gov/cb", "uri/form"),
        ("https://agency.gov/cb\n", "uri/form"),
        ("java\nscript:alert(1)", "uri/form"),
        ("https://ägency.gov/cb", "uri/form"),
        ("https://agency.gov./cb", "uri/form"),
        ("https://%6cocalhost/cb", "uri/form"),
        ("https://a..gov/cb", "uri/form"),
        ("https://agency.gov/*", "uri/wildcard"),
        ("https://user@agency.gov/cb", "uri/user-info"),
        ("https://@agency.gov/cb", "uri/user-info"),
        ("https://agency.gov:x@agency.gov/cb", "uri/user-info"),
        ("https://agency.gov/cb#top", "uri/fragment"),
        ("https://agency.gov\\cb", "uri/backslash"),
        ("javascript:alert(1)", "uri/dangerous-scheme"),
        (
            "JavaScript://agency.gov/%0aalert(1)",
            "uri/dangerous-scheme",
        ),
        ("data:text/html,x", "uri/dangerous-scheme"),
        ("vbscript:x", "uri/dangerous-scheme"),
        ("file:///etc/passwd", "uri/dangerous-scheme"),
        ("mailto:a@agency.gov", "uri/dangerous-scheme"),
        ("httpsx://agency.gov/cb", "uri/private-scheme"),
        ("gov.agency.app:/cb", "uri/private-scheme"),
    ] {
        let expected = format!("error {rule} /oidc/redirect_uris/0");
        live(redirect(uri), &[&expected]);
        sandbox(redirect(uri), &[&expected]);
    }
    live(
        redirect("https://*.agency.gov/cb"),
        &["error uri/wildcard /oidc/redirect_uris/0"],
    );
}

#[test]
fn own_schemes_are_for_native_apps_and_are_domains_backwards() {
    for uri in ["httpsx://agency.gov/cb", "fishing:/cb", "myapp://cb"] {
        live(
            native(uri),
            &["error uri/private-scheme /oidc/redirect_uris/0"],
        );
        sandbox(
            native(uri),
            &["error uri/private-scheme /oidc/redirect_uris/0"],
        );
    }
    live(native("gov.agency.app:/cb"), &[]);
    live(native("com.fishing-licence.app:/cb"), &[]);
    live(
        native("com.evil.app:/cb"),
        &["error uri/approved-domain /oidc/redirect_uris/0"],
    );
    sandbox(native("com.evil.app:/cb"), &[]);
    live(
        native("javascript:x"),
        &["error uri/dangerous-scheme /oidc/redirect_uris/0"],
    );
    live(
        |d| d.push_notification_url = Some("gov.agency.app:/x".into()),
        &["error uri/private-scheme /push_notification_url"],
    );
}

#[test]
fn oidc_settings() {
    live(
        |d| d.oidc = None,
        &["error oidc/redirect-present /oidc/redirect_uris"],
    );
    live(
        |d| d.oidc.as_mut().unwrap().redirect_uris.clear(),
        &["error oidc/redirect-present /oidc/redirect_uris"],
    );
    live(
        |d| {
            let uris = &mut d.oidc.as_mut().unwrap().redirect_uris;
            uris.push(uris[0].clone());
        },
        &["warning uri/twice /oidc/redirect_uris/1"],
    );
    sandbox(
        |d| d.oidc.as_mut().unwrap().redirect_uris[0] = "https://App.gov/cb".into(),
        &["warning uri/letter-case /oidc/redirect_uris/0"],
    );
    sandbox(|d| d.keys.clear(), &["error key/present /keys"]);
    sandbox(
        |d| {
            d.keys.clear();
            d.oidc.as_mut().unwrap().jwks_uri = Some("https://a.gov/jwks".into());
        },
        &[],
    );
    sandbox(
        |d| d.saml = Some(SamlSettings::default()),
        &["warning protocol/other-settings /saml"],
    );
    sandbox(
        |d| d.oidc.as_mut().unwrap().fapi2 = true,
        &["warning oidc/fapi2-id-token /oidc/id_token_signed_response_alg"],
    );
    sandbox(
        |d| {
            let oidc = d.oidc.as_mut().unwrap();
            oidc.fapi2 = true;
            oidc.id_token_signed_response_alg = SigningAlgorithm::EdDSA;
            oidc.userinfo_signed_response_alg = Some(SigningAlgorithm::RS256);
        },
        &["warning oidc/fapi2-id-token /oidc/userinfo_signed_response_alg"],
    );
    sandbox(
        |d| {
            let oidc = d.oidc.as_mut().unwrap();
            oidc.fapi2 = true;
            oidc.token_endpoint_auth_method = Method::ClientSecretBasic;
            oidc.id_token_signed_response_alg = SigningAlgorithm::ES256;
        },
        &["error oidc/fapi2 /oidc/token_endpoint_auth_method"],
    );
}

#[test]
fn encryption() {
    use crate::application::{ContentEncryption, KeyManagement};
    use durward_keyring::jose::jwe::{self, DecryptionKey};
    let key = |alg| {
        let key = DecryptionKey::generate(alg).unwrap();
        let jwk = serde_json::to_value(key.jwk()).unwrap();
        Key::Jwk(jwk.as_object().unwrap().clone())
    };
    let ec = key(jwe::KeyManagement::EcdhEs);
    let asks = |d: &mut AppDocument| {
        let oidc = d.oidc.as_mut().unwrap();
        oidc.id_token_encrypted_response_alg = Some(KeyManagement::EcdhEs);
        oidc.userinfo_encrypted_response_alg = Some(KeyManagement::EcdhEs);
    };
    let both = [
        "error key/encryption /oidc/id_token_encrypted_response_alg",
        "error key/encryption /oidc/userinfo_encrypted_response_alg",
    ];
    sandbox(asks, &both);
    let with = |key: &Key| {
        let key = key.clone();
        move |d: &mut AppDocument| {
            asks(d);
            d.keys.push(key);
        }
    };
    sandbox(with(&ec), &[]);
    sandbox(with(&key(jwe::KeyManagement::RsaOaep256)), &both);
    sandbox(
        |d| {
            asks(d);
            d.oidc.as_mut().unwrap().jwks_uri = Some("https://a.gov/jwks".into());
        },
        &[],
    );
    // A key for encryption proves nothing, and is no third key for signatures.
    let only = ec.clone();
    sandbox(move |d| d.keys = vec![only], &["error key/present /keys"]);
    sandbox(
        |d| {
            d.oidc.as_mut().unwrap().userinfo_encrypted_response_enc =
                Some(ContentEncryption::A256Gcm)
        },
        &["error oidc/encryption-alone /oidc/userinfo_encrypted_response_enc"],
    );
}

#[test]
fn saml_settings() {
    let saml = |d: &mut AppDocument| {
        d.protocol = Protocol::Saml;
        d.oidc = None;
        d.return_to_app_url = Some("https://fisheries.gov/".into());
        d.saml = Some(SamlSettings {
            acs_urls: vec!["https://fisheries.gov/acs".into()],
            logout_url: Some("https://fisheries.gov/slo".into()),
            ..SamlSettings::default()
        });
    };
    live(saml, &[]);
    sandbox(
        |d| {
            saml(d);
            d.level_of_service = LevelOfService::IdentityVerified;
            d.default_aal = DefaultAal::Aal2;
            d.failure_to_proof_url = Some("https://fisheries.gov/help".into());
            d.attributes.clear();
        },
        &["error level/saml-attributes /attributes"],
    );
    live(
        |d| {
            saml(d);
            d.saml = None;
        },
        &["error saml/acs-present /saml/acs_urls"],
    );
    live(
        |d| {
            saml(d);
            d.saml.as_mut().unwrap().acs_urls = vec!["http://fisheries.gov/acs".into()];
        },
        &["error uri/https /saml/acs_urls/0"],
    );
    live(
        |d| {
            saml(d);
            d.saml.as_mut().unwrap().logout_url = None;
        },
        &["error saml/logout-present /saml/logout_url"],
    );
    live(
        |d| {
            saml(d);
            d.saml.as_mut().unwrap().encryption = Encryption::None;
        },
        &["error saml/encrypted /saml/encryption"],
    );
    live(
        |d| {
            saml(d);
            d.saml.as_mut().unwrap().encryption = Encryption::Aes256Cbc;
        },
        &["warning saml/cbc /saml/encryption"],
    );
    live(
        |d| {
            saml(d);
            d.keys.clear();
        },
        &["error saml/certificate-present /keys"],
    );
    live(
        |d| {
            saml(d);
            d.return_to_app_url = None;
        },
        &["warning saml/return-present /return_to_app_url"],
    );
    live(
        |d| {
            saml(d);
            d.oidc = Some(OidcSettings::default());
        },
        &["warning protocol/other-settings /oidc"],
    );
    sandbox(
        |d| {
            saml(d);
            d.saml.as_mut().unwrap().encryption = Encryption::None;
            d.saml.as_mut().unwrap().logout_url = None;
        },
        &[],
    );
}

#[test]
fn keys() {
    let with = |pem: &'static str| move |d: &mut AppDocument| d.keys[0] = Key::Pem(pem.to_owned());
    let private = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----\n";
    for (pem, live_rule, test_rule) in [
        (private, "error key/private", "error key/private"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n",
            "error key/private",
            "error key/private",
        ),
        ("hello", "error key/unreadable", "error key/unreadable"),
        (
            include_str!("samples/weak.pem"),
            "error key/weak",
            "error key/weak",
        ),
        (
            include_str!("samples/expired.pem"),
            "error key/expired",
            "warning key/expired",
        ),
        (
            include_str!("samples/long.pem"),
            "warning key/long-validity",
            "warning key/long-validity",
        ),
        (
            include_str!("samples/serial.pem"),
            "warning key/serial",
            "warning key/serial",
        ),
    ] {
        let judged = |rule: &str, document: &mut AppDocument| {
            with(pem)(document);
            let found = said(&judge(document, "us"));
            assert_eq!(found[0], format!("{rule} /keys/0"), "{found:?}");
        };
        judged(live_rule, &mut production());
        judged(test_rule, &mut AppDocument::example());
    }
    live(
        with(include_str!("samples/soon.pem")),
        &[
            "warning key/expires-soon /keys/0",
            "warning key/sandbox-key /keys/0",
        ],
    );
    live(
        with(include_str!("samples/sha1.pem")),
        &[
            "error key/sha1 /keys/0",
            "warning key/not-yet-valid /keys/0",
        ],
    );
    live(
        |d| {
            let key = d.keys[0].clone();
            d.keys[1] = key;
        },
        &["warning key/twice /keys/1"],
    );
    live(
        |d| {
            let key = d.keys[0].clone();
            d.keys.push(key);
        },
        &["warning key/twice /keys/2", "warning key/many /keys"],
    );
    let jwk = |member: &str| {
        Key::Jwk(serde_json::from_str(&format!(r#"{{"kty":"EC","crv":"P-256","x":"2pajBuVxEDoIiQsAwAeLFs43TETKLrufDHMM18RzPAE","y":"TLMgRNlAImHFrR0HC7MxqrfkgPFpUonNS0MNfqoJI2s","{member}":"AAAA"}}"#)).unwrap())
    };
    sandbox(|d| d.keys = vec![jwk("d")], &["error key/private /keys/0"]);
    sandbox(|d| d.keys = vec![jwk("kid")], &[]);
}

#[test]
fn levels_and_attributes() {
    sandbox(
        |d| d.attributes = vec![Attribute::Email, Attribute::Ssn],
        &["error level/attributes /attributes/1"],
    );
    let verified = |d: &mut AppDocument| {
        d.level_of_service = LevelOfService::IdentityVerified;
        d.default_aal = DefaultAal::Aal2;
        d.failure_to_proof_url = Some("https://fisheries.gov/help".into());
    };
    live(verified, &[]);
    live(
        |d| {
            verified(d);
            d.default_aal = DefaultAal::Aal1;
        },
        &["error level/strength /default_aal"],
    );
    live(
        |d| {
            verified(d);
            d.failure_to_proof_url = None;
        },
        &["error level/failure-to-proof-url /failure_to_proof_url"],
    );
    sandbox(
        |d| {
            verified(d);
            d.failure_to_proof_url = None;
        },
        &["warning level/failure-to-proof-url /failure_to_proof_url"],
    );
    live(
        |d| {
            verified(d);
            d.attributes.push(Attribute::Ssn);
        },
        &["warning level/sensitive-attribute /attributes/1"],
    );
    live(
        |d| {
            verified(d);
            d.attributes.push(Attribute::Ssn);
            d.attribute_justifications
                .insert(Attribute::Ssn, "Required by law.".into());
        },
        &[],
    );
}

#[test]
fn logos() {
    let with = |media_type, bytes: &'static [u8]| {
        move |d: &mut AppDocument| d.logo = Some(Logo::new(media_type, bytes))
    };
    live(|d| d.logo = None, &["error logo/present /logo"]);
    sandbox(|d| d.logo = None, &[]);
    sandbox(
        |d| d.logo.as_mut().unwrap().base64 = "?".into(),
        &["error logo/type /logo/base64"],
    );
    sandbox(with(MediaType::Png, b"<svg/>"), &["error logo/type /logo"]);
    sandbox(with(MediaType::Png, b"GIF89a"), &["error logo/type /logo"]);
    sandbox(
        with(MediaType::Png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        &["error logo/png-form /logo"],
    );
    sandbox(
        |d| {
            d.logo = Some(Logo::new(
                MediaType::Png,
                &[b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), vec![0; 50_000]].concat(),
            ))
        },
        &["error logo/size /logo"],
    );
    let svg = |inner: &str| {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\">{inner}</svg>")
    };
    for (text, rules) in [
        (
            svg("<script>alert(1)</script>"),
            &["error logo/svg-active /logo"][..],
        ),
        (svg("<rect onload='x'/>"), &["error logo/svg-active /logo"]),
        (svg("<foreignObject/>"), &["error logo/svg-active /logo"]),
        (
            svg("<image href='https://evil.test/x.png'/>"),
            &["error logo/svg-external /logo"],
        ),
        (
            svg("").replace("viewBox", "data-x"),
            &["error logo/svg-view-box /logo"],
        ),
        (
            format!("<!DOCTYPE svg [<!ENTITY a 'b'>]>{}", svg("&a;")),
            &["error logo/svg-form /logo"],
        ),
        (
            svg("<rect onend='x'/><animate attributeName='x'/>"),
            &[
                "error logo/svg-active /logo",
                "error logo/svg-allowed /logo",
            ],
        ),
        (svg("<blink/>"), &["error logo/svg-allowed /logo"]),
        (
            svg("<rect zoomAndPan='x'/>"),
            &["error logo/svg-allowed /logo"],
        ),
        (
            svg("<g id='a'><use href='#b'/></g><g id='b'/><use href='#a'/>"),
            &["error logo/svg-allowed /logo"],
        ),
    ] {
        sandbox(
            |d| d.logo = Some(Logo::new(MediaType::Svg, text.as_bytes())),
            rules,
        );
    }
}

#[test]
fn what_mail_cannot_draw_is_told_and_refused() {
    let svg = |inner: &str| {
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 171 40\">{inner}</svg>")
    };
    let block = "<path d='M0 0h1v1z'/>".repeat(150);
    let copies = format!("<g id='a'>{block}</g>{}", "<use href='#a'/>".repeat(200));
    // Eight times as many at each step: thousands of millions, in three kilobytes.
    let steps = |step: &dyn Fn(usize) -> String| (1..10).map(step).collect::<String>();
    let in_each_other = steps(&|n| {
        let inside = format!("<rect width='9' height='9' mask='url(#m{})'/>", n - 1);
        format!("<mask id='m{n}'>{}</mask>", inside.repeat(8))
    });
    let by_use = steps(&|n| {
        let inside = format!("<use href='#g{n}'/>").repeat(8);
        format!(
            "<g id='g{n}' clip-path='url(#c{})'><rect/></g><clipPath id='c{n}'>{inside}</clipPath>",
            n - 1
        )
    });
    let by_style = in_each_other
        .replace("mask='url", "style='MASK:url")
        .replace(")'/>", ");'/>");
    let by_sheet = "<style>rect{clip-path:url(#c)}</style><clipPath id='c'><rect/></clipPath>";
    let masked = format!(
        "<mask id='m'>{block}</mask>{}",
        "<g mask='url(#m)'><path d='M0 0'/></g>".repeat(200)
    );
    for inner in [
        &in_each_other,
        &by_use,
        &by_style,
        by_sheet,
        &masked,
        "<text>Fishing</text>",
        "<pattern id='p' width='1' height='1'/>",
        "<marker id='m'/>",
        "<filter id='f'/>",
        "<path d='M0 0h9' stroke-dasharray='0.0001'/>",
        "<style>path{stroke-dasharray:0.0001}</style>",
        &copies,
    ] {
        let text = svg(inner);
        let begin = inner.get(..90).unwrap_or(inner);
        assert!(drawn_in_mail(text.as_bytes()).is_err(), "{begin}");
        sandbox(
            |d| d.logo = Some(Logo::new(MediaType::Svg, text.as_bytes())),
            &["info logo/svg-mail /logo"],
        );
    }
    let refused = [
        svg("<script>alert(1)</script>"),
        svg("<image href='file:///etc/passwd'/>"),
        svg("<style>@import 'https://evil.test/a.css'</style>"),
        format!("<!DOCTYPE svg [<!ENTITY a 'b'>]>{}", svg("&a;")),
        svg("").replace("0 0 171 40", "0 0 0 0"),
        svg(&" ".repeat(50_000)),
        "\u{0}".to_owned(),
    ];
    for text in &refused {
        assert!(drawn_in_mail(text.as_bytes()).is_err(), "{text}");
    }
    assert!(drawn_in_mail(b"\xff\xfe").is_err());
    for inner in [
        "<path d='M0 0h9v9z'/>",
        // As drawing programs write it.
        "<defs><rect id='a' width='9' height='9'/></defs><clipPath id='b'><use xlink:href='#a'/></clipPath><g clip-path='url(#b)'><path d='M0 0h9v9z'/></g>",
        "<style>.st0{fill:#005ea2}</style><path class='st0' d='M0 0h9v9z'/>",
        "<linearGradient id='g'><stop stop-color='#000'/></linearGradient><mask id='m'><rect width='9' height='9' fill='url(#g)'/></mask><g mask='url(#m)'><path d='M0 0h9v9z'/></g>",
    ] {
        let text = svg(inner).replace("<svg", "<svg xmlns:xlink=\"http://www.w3.org/1999/xlink\"");
        assert_eq!(drawn_in_mail(text.as_bytes()).err(), None, "{inner}");
    }
}

#[test]
fn an_app_proves_itself_as_its_policies_allow() {
    use crate::application::TokenEndpointAuthMethod::ClientSecretBasic;
    sandbox(
        |d| d.oidc.as_mut().unwrap().token_endpoint_auth_method = ClientSecretBasic,
        &["error oidc/auth-method /oidc/token_endpoint_auth_method"],
    );
    sandbox(
        |d| {
            let oidc = d.oidc.as_mut().unwrap();
            oidc.token_endpoint_auth_method = ClientSecretBasic;
            oidc.policies.auth_methods = Some(vec![ClientSecretBasic]);
        },
        &[],
    );
}

#[test]
fn policies_of_an_app() {
    let own = |change: fn(&mut OwnPolicies)| {
        move |d: &mut AppDocument| change(&mut d.oidc.as_mut().unwrap().policies)
    };
    sandbox(
        own(|p| {
            p.min_state_length = Some(0);
            p.require_nonce = Some(false);
            p.code_seconds = Some(120);
        }),
        &[],
    );
    sandbox(
        own(|p| {
            p.min_nonce_length = Some(201);
            p.code_seconds = Some(9);
            p.refresh_token_seconds = Some(31_536_001);
        }),
        &[
            "error oidc/policy-range /oidc/policies/min_nonce_length",
            "error oidc/policy-range /oidc/policies/code_seconds",
            "error oidc/policy-range /oidc/policies/refresh_token_seconds",
        ],
    );
    live(
        own(|p| {
            p.min_state_length = Some(8);
            p.require_pkce = Some(true);
            p.code_seconds = Some(60);
        }),
        &["warning oidc/policy-weaker /oidc/policies/min_state_length"],
    );
    live(
        |d| {
            let oidc = d.oidc.as_mut().unwrap();
            oidc.token_endpoint_auth_method = Method::ClientSecretBasic;
            oidc.policies.auth_methods = Some(vec![Method::ClientSecretBasic]);
        },
        &["warning oidc/policy-weaker /oidc/policies/auth_methods"],
    );
    let grants = |list: &'static [GrantType]| {
        move |d: &mut AppDocument| d.oidc.as_mut().unwrap().grant_types = list.to_vec()
    };
    let wrong = &["error oidc/grant-types /oidc/grant_types"];
    sandbox(grants(&[]), wrong);
    sandbox(grants(&[GrantType::RefreshToken]), wrong);
    sandbox(
        grants(&[GrantType::AuthorizationCode, GrantType::RefreshToken]),
        &[],
    );
    sandbox(grants(&[GrantType::ClientCredentials]), &[]);
    sandbox(
        |d| {
            let oidc = d.oidc.as_mut().unwrap();
            oidc.token_endpoint_auth_method = Method::None;
            oidc.grant_types = vec![GrantType::AuthorizationCode, GrantType::ClientCredentials];
        },
        wrong,
    );
}

#[test]
fn every_rule_is_named_by_a_test() {
    let reading = include_str!("read.rs");
    let tests = [
        include_str!("tests.rs"),
        reading.split_once("mod tests").unwrap().1,
    ];
    let untested: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !tests.iter().any(|text| text.contains(id)))
        .collect();
    assert!(untested.is_empty(), "{untested:?}");
}

#[test]
fn help_text_and_contacts() {
    let sign_in = |language: &str, text: &str| {
        let (language, text) = (language.to_owned(), text.to_owned());
        move |d: &mut AppDocument| {
            d.help_text.sign_in.insert(language, text);
        }
    };
    live(
        sign_in("de", "Hallo"),
        &["error help-text/language /help_text/sign_in/de"],
    );
    live(
        sign_in("en", "<script>x</script>"),
        &["error help-text/markup /help_text/sign_in/en"],
    );
    live(
        sign_in(
            "en",
            "<a href='https://fisheries.gov/help'>Licence help</a>",
        ),
        &[],
    );
    live(
        sign_in("en", "<a href='https://evil.com/'>Help</a>"),
        &["error help-text/markup /help_text/sign_in/en"],
    );
    live(
        sign_in("en", &"x".repeat(281)),
        &["warning help-text/length /help_text/sign_in/en"],
    );
    live(
        |d| {
            d.help_text.sign_in.remove("fr");
        },
        &["warning help-text/translations /help_text/sign_in"],
    );
    live(
        |d| d.contacts[0].email = "robin".into(),
        &["error contacts/address /contacts/0/email"],
    );
    live(
        |d| d.contacts.clear(),
        &["warning contacts/present /contacts"],
    );
}

/// A PNG of one colour with a margin of nothing around it.
fn png(width: u32, height: u32, colour: [u8; 4], margin: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().unwrap();
    let inside = |at: u32, whole: u32| at >= margin && at < whole - margin;
    let pixels: Vec<u8> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .flat_map(|(x, y)| {
            if inside(x, width) && inside(y, height) {
                colour
            } else {
                [0; 4]
            }
        })
        .collect();
    writer.write_image_data(&pixels).unwrap();
    writer.finish().unwrap();
    bytes
}

#[test]
fn png_logos_are_looked_at() {
    let blue = [0, 94, 162, 255];
    let logo = |bytes: Vec<u8>| {
        move |d: &mut AppDocument| d.logo = Some(Logo::new(MediaType::Png, &bytes))
    };
    live(logo(png(342, 80, blue, 2)), &[]);
    let mut behind = png(342, 80, blue, 2);
    behind.extend(b"PK");
    live(logo(behind), &["error logo/png-form /logo"]);
    let mut cut = png(342, 80, blue, 2);
    cut.truncate(cut.len() / 2);
    live(logo(cut), &["error logo/png-form /logo"]);
    live(
        logo(png(3000, 700, blue, 1)),
        &["error logo/png-form /logo"],
    );
    live(
        logo(png(400, 100, blue, 2)),
        &["warning logo/png-large /logo"],
    );
    live(logo(png(300, 20, blue, 1)), &["warning logo/aspect /logo"]);
    live(logo(png(100, 40, blue, 0)), &["warning logo/opaque /logo"]);
    live(
        logo(png(100, 40, [250, 250, 250, 255], 1)),
        &["warning logo/contrast /logo"],
    );
    live(
        logo(png(100, 40, blue, 10)),
        &["warning logo/padding /logo"],
    );
    // A header that promises more than any memory holds.
    let mut bomb = png(10, 10, blue, 1);
    bomb[16..24].copy_from_slice(&[0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff]);
    live(logo(bomb), &["error logo/png-form /logo"]);
}

#[test]
fn names_that_hide_something() {
    live(
        |d| d.friendly_name = "Fishing Login".into(),
        &["warning name/friendly-style /friendly_name"],
    );
    live(
        |d| d.friendly_name = "Log\u{456}n for Anglers".into(),
        &["error name/mixed-scripts /friendly_name"],
    );
    live(
        |d| d.friendly_name = "DOFW".into(),
        &["warning name/friendly-acronym /friendly_name"],
    );
    live(
        |d| d.friendly_name = "Fishing ".repeat(9).trim().into(),
        &["warning name/friendly-length /friendly_name"],
    );
    live(
        |d| d.friendly_name = "Login Gov Fishing".into(),
        &[
            "error name/reserved-word /friendly_name",
            "warning name/friendly-style /friendly_name",
        ],
    );
    let mut document = production();
    document.app_name = "Fishing Lisence".into();
    let findings = judge(&document, "us");
    assert!(
        findings[0]
            .message
            .contains("Did you mean \"Fishing Licence\"?"),
        "{findings:#?}"
    );
}

#[test]
fn what_other_configurations_have_in_common() {
    let programme = Programme::named("us").unwrap();
    let others = Others {
        issuer_taken: true,
        friendly_name_taken: true,
        agreement_covers_identity: Some(false),
        ..others()
    };
    let mut document = production();
    redirect("https://test.fisheries.gov/cb")(&mut document);
    document.level_of_service = LevelOfService::IdentityVerified;
    document.default_aal = DefaultAal::Aal2;
    document.failure_to_proof_url = Some("https://fisheries.gov/help".into());
    document.help_text.sign_in.clear();
    let found = lint(
        &document,
        &LintContext {
            others: &others,
            ..LintContext::alone(&programme, NOW.parse().unwrap())
        },
    );
    assert_eq!(
        said(&found),
        [
            "error issuer/taken /issuer",
            "error level/covered /level_of_service",
            "warning name/friendly-taken /friendly_name",
            "warning uri/sandbox-host /oidc/redirect_uris/0",
        ]
    );
    let all = facts(&document);
    let of = |kind: FactKind| {
        all.iter()
            .filter(|fact| fact.kind == kind)
            .map(|fact| fact.value.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(of(FactKind::Name), ["fishinglicenceonline"]);
    assert_eq!(of(FactKind::Key).len(), 2);
    assert_eq!(
        of(FactKind::Host),
        [
            "fisheries.gov",
            "fishing.fisheries.gov",
            "test.fisheries.gov"
        ]
    );
}

#[test]
fn addresses_that_belong_together() {
    live(
        |d| {
            d.oidc
                .as_mut()
                .unwrap()
                .redirect_uris
                .push("https://b.fisheries.gov/cb".into())
        },
        &["warning uri/many-hosts /oidc/redirect_uris/1"],
    );
    sandbox(
        redirect("http://dev.fisheries.gov/cb"),
        &["warning uri/plain-http /oidc/redirect_uris/0"],
    );
    live(
        |d| d.push_notification_url = Some("https://fisheries.gov:8443/x".into()),
        &["error push/port /push_notification_url"],
    );
    live(
        |d| d.push_notification_url = Some("https://fisheries.gov:443/x".into()),
        &[],
    );
    sandbox(
        |d| d.push_notification_url = Some("http://localhost:9000/x".into()),
        &[],
    );
    live(
        |d| d.issuer = "https://fishing.gov".into(),
        &["warning issuer/recommended /issuer"],
    );
    live(
        |d| d.issuer = "urn:gov:gsa:openidconnect.profiles:sp:sso:FISH".into(),
        &["warning issuer/recommended /issuer"],
    );
}

#[test]
fn keys_that_are_too_small_or_belong_to_others() {
    let jwk = |text: &str| Key::Jwk(serde_json::from_str(text).unwrap());
    sandbox(
        |d| d.keys = vec![jwk(r#"{"kty":"EC","crv":"P-224","x":"AA","y":"AA"}"#)],
        &["error key/weak /keys/0"],
    );
    let one = r#"{"kty":"EC","crv":"P-256","kid":"1","x":"2pajBuVxEDoIiQsAwAeLFs43TETKLrufDHMM18RzPAE","y":"TLMgRNlAImHFrR0HC7MxqrfkgPFpUonNS0MNfqoJI2s"}"#;
    sandbox(
        |d| d.keys = vec![jwk(one), jwk(one)],
        &["error key/kid-unique /keys/1", "warning key/twice /keys/1"],
    );
    live(
        |d| d.keys[0] = Key::Pem(include_str!("samples/long.pem").into()),
        &[
            "warning key/long-validity /keys/0",
            "warning key/shared /keys/0",
        ],
    );
    sandbox(
        |d| d.keys = vec![jwk(r#"{"keys":[]}"#)],
        &["error key/unreadable /keys/0"],
    );
    let private = "see -----BEGIN  RSA\nPRIVATE KEY-----";
    sandbox(
        |d| d.description = private.into(),
        &["error key/private /description"],
    );
}

#[test]
fn help_text_in_plain_words() {
    for (text, rule) in [
        (
            "<a href='https://fisheries.gov/x'>Click here</a>",
            "help-text/link-text",
        ),
        ("Pursuant to the law.", "help-text/legal-words"),
        ("Enter your password.", "help-text/generic"),
        ("Call +1 844 875 6446.", "help-text/help-desk"),
        ("Your old password works.", "help-text/old-password"),
    ] {
        let mut document = production();
        document.help_text.sign_in.insert("en".into(), text.into());
        let found = said(&judge(&document, "us"));
        let expected = format!("warning {rule} /help_text/sign_in/en");
        assert!(found.contains(&expected), "{text}: {found:?}");
    }
    let mut document = production();
    let own = |document: &AppDocument| {
        let found = judge_all(document, "us");
        found
            .iter()
            .filter(|finding| finding.rule == "help-text/preset")
            .count()
    };
    assert_eq!(own(&document), 4);
    document.help_text.sign_in.clear();
    let text = "Sign in with your Department of Fish e-mail address.";
    document.help_text.sign_in.insert("en".into(), text.into());
    assert_eq!(own(&document), 0);
}

#[test]
fn control_characters_are_found_everywhere() {
    sandbox(
        |d| d.description = "a\0".into(),
        &["error document/control-characters /description"],
    );
    sandbox(
        |d| d.contacts[0].phone = "\u{7}1".into(),
        &["error document/control-characters /contacts/0/phone"],
    );
}

#[test]
fn a_waived_finding_stays_and_stops_nothing() {
    let mut document = production();
    redirect("https://agency.example.com/cb")(&mut document);
    document.keys[0] = Key::Pem("-----BEGIN PRIVATE KEY-----".into());
    let mut findings = judge(&document, "us");
    waive(&mut findings, |_| {
        Some(Waived {
            owner: "robin.quill@fisheries.gov".into(),
            reason: "The domain moves in January.".into(),
            until: "2027-01-31".parse().unwrap(),
            by: "rev@gsa.gov".into(),
        })
    });
    let of = |rule: &str| {
        findings
            .iter()
            .find(|finding| finding.rule == rule)
            .unwrap()
    };
    assert!(!of("uri/approved-domain").is_error());
    assert!(of("key/private").is_error() && of("key/private").waived.is_none());
}
