#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use serde_json::{Value, json};

use super::*;

fn hints() -> Hints {
    Hints::of(&AppDocument::example())
}

fn in_production() -> Hints {
    Hints {
        environment: Some(EnvironmentName::Production),
        ..hints()
    }
}

/// An RSA key of the example, as One Login writes keys.
fn rsa() -> String {
    pem::spki(&AppDocument::example().keys[0]).unwrap()
}

/// The fields of the published table, all filled in.
fn client() -> Value {
    json!({
        "BackChannelLogoutUri": "https://licences.service.gov.uk/back-channel",
        "ClientID": "JIS7mbqOcs8auNqL4v33aZqEKBs",
        "Claims": ["https://vocab.account.gov.uk/v1/coreIdentityJWT", "https://vocab.account.gov.uk/v1/returnCode"],
        "ClientName": "Fishing licences", "ClientType": "web", "ConsentRequired": false,
        "Contacts": ["team@licences.service.gov.uk"], "CookieConsentShared": false,
        "IdentityVerificationSupported": true, "IdTokenSigningAlgorithm": "ES256",
        "LandingPageUrl": "https://licences.service.gov.uk/return", "OneLoginService": false,
        "PostLogoutRedirectUrls": ["https://licences.service.gov.uk/out"], "PublicKey": rsa(),
        "IsInternalService": false, "JarValidationRequired": false,
        "RedirectUrls": ["https://licences.service.gov.uk/callback"], "Scopes": ["openid", "email"],
        "SectorIdentifierUri": "https://licences.service.gov.uk", "ServiceType": "MANDATORY",
        "SubjectType": "pairwise", "TestClient": false, "TokenAuthMethod": "private_key_jwt",
    })
}

fn with(mut value: Value, changes: Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        if change == "(gone)" {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = change.clone();
        }
    }
    value
}

fn faults(value: &Value, format: Format, hints: &Hints) -> Vec<String> {
    match import(&value.to_string(), Some(format), hints) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.faults.iter().map(ToString::to_string).collect(),
    }
}

fn check(changes: Value, expected: &str) {
    let found = faults(
        &with(client(), changes.clone()),
        Format::GovUkJson,
        &in_production(),
    );
    let fits = if expected.is_empty() {
        found.is_empty()
    } else {
        found
            .first()
            .is_some_and(|first| first.starts_with(expected))
    };
    assert!(fits, "{changes}: {found:?}");
}

#[test]
fn the_published_client_goes_in_and_out_unchanged() {
    let imported = import(&client().to_string(), None, &in_production()).unwrap();
    assert_eq!(imported.format, Format::GovUkJson);
    let document = &imported.document;
    assert_eq!(
        document.level_of_service,
        crate::level::LevelOfService::IdentityVerified
    );
    assert_eq!(document.friendly_name, "Fishing licences");
    assert_eq!(document.contacts[0].email, "team@licences.service.gov.uk");
    assert!(
        imported.report.kept.contains(&"/LandingPageUrl".to_owned()),
        "{:?}",
        imported.report
    );
    let text = export(document, Format::GovUkJson, false).unwrap().text;
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), client());
    insta::assert_snapshot!(
        "gov_uk_as_durward",
        document
            .to_json_pretty()
            .replace(document.keys[0].fingerprint().as_str(), "")
    );
}

#[test]
fn rules_between_the_fields_of_a_client() {
    check(json!({}), "");
    check(json!({ "Scopes": ["email"] }), "/Scopes: The scope openid");
    check(
        json!({ "Claims": ["https://vocab.account.gov.uk/v1/returnCode"] }),
        "/Claims: A client that verifies",
    );
    check(
        json!({ "TokenAuthMethod": "client_secret_post" }),
        "/TokenAuthMethod: A client that verifies",
    );
    check(
        json!({ "PermitMissingNonce": true }),
        "/PermitMissingNonce: ",
    );
    check(
        json!({ "JwksUrl": "https://a.gov.uk/jwks" }),
        "/JwksUrl: Give PublicKey or JwksUrl",
    );
    check(
        json!({ "PublicKey": "(gone)", "PublicKeySource": "JWKS" }),
        "/JwksUrl: The source JWKS",
    );
    check(json!({ "PublicKeySource": "STATIC" }), "");
    check(
        json!({ "PublicKey": "(gone)", "JwksUrl": "https://a.gov.uk/jwks", "PublicKeySource": "JWKS" }),
        "",
    );
    check(
        json!({ "PublicKey": "(gone)" }),
        "/PublicKey: private_key_jwt and signed",
    );
    check(json!({ "PublicKey": "no key" }), "/PublicKey: ");
    check(
        json!({ "SectorIdentifierUri": "https://a.gov.uk/path" }),
        "/SectorIdentifierUri: ",
    );
    check(
        json!({ "SectorIdentifierUri": "(gone)", "RedirectUrls": ["https://a.gov.uk/", "https://b.gov.uk/"] }),
        "/SectorIdentifierUri: Redirect URLs on several",
    );
    check(json!({ "SectorIdentifierUri": "(gone)" }), "");
    check(
        json!({ "RedirectUrls": ["http://a.gov.uk/cb"] }),
        "/RedirectUrls/0: Outside the sandbox an address begins",
    );
    check(
        json!({ "BackChannelLogoutUri": "https://localhost/x" }),
        "/BackChannelLogoutUri: Outside the sandbox an address names",
    );
    check(
        json!({ "PostLogoutRedirectUrls": ["https://10.0.0.1/x"] }),
        "/PostLogoutRedirectUrls/0: ",
    );
    check(json!({ "RedirectUrls": [] }), "/RedirectUrls: At least one");
    check(
        json!({ "ClientType": "app" }),
        "/ClientType: This field is always",
    );
    check(
        json!({ "SubjectType": "public" }),
        "/SubjectType: This field is always",
    );
    check(
        json!({ "IdTokenSigningAlgorithm": "PS256" }),
        "/IdTokenSigningAlgorithm: \"PS256\" is not one of",
    );
    check(
        json!({ "ClientSecret": "{PROVIDE_SEPARATELY}" }),
        "/ClientSecret: A secret is only for",
    );
    let only = json!({ "IdentityVerificationSupported": false });
    let found = faults(&with(client(), only), Format::GovUkJson, &in_production());
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("/LandingPageUrl") && found[1].starts_with("/Claims"),
        "{found:?}"
    );
    let sandbox = with(
        client(),
        json!({ "RedirectUrls": ["http://localhost:3000/cb"] }),
    );
    assert_eq!(
        faults(&sandbox, Format::GovUkJson, &hints()),
        Vec::<String>::new()
    );
}

#[test]
fn placeholders_are_reported_by_name_all_at_once() {
    let both = json!({ "ClientName": "{CLIENT_NAME}", "Scpes": [] });
    let found = faults(&both, Format::GovUkJson, &hints());
    assert!(
        found.len() == 2 && found[1].ends_with("Did you mean Scopes?"),
        "{found:?}"
    );
    let text = with(
        client(),
        json!({
            "ClientName": "CLIENT_NAME}", "SectorIdentifierUri": "{SECTOR_IDENTIFIER_URL}", "RedirectUrls": ["{REDIRECT_URLS}"],
        }),
    );
    let refused = import(&text.to_string(), None, &hints()).unwrap_err();
    let named: Vec<(&str, &str)> = refused
        .faults
        .iter()
        .map(|fault| (fault.path.as_str(), fault.placeholder.as_deref().unwrap()))
        .collect();
    assert_eq!(
        named,
        [
            ("/ClientName", "{CLIENT_NAME}"),
            ("/RedirectUrls/0", "{REDIRECT_URLS}"),
            ("/SectorIdentifierUri", "{SECTORIDENTIFIER_URI}"),
        ]
    );
}

#[test]
fn unknown_fields_are_errors_with_a_path_and_a_suggestion() {
    check(
        json!({ "RedirectURLs": [] }),
        "/RedirectURLs: The format has no field \"RedirectURLs\". Did you mean RedirectUrls?",
    );
    let found = faults(
        &json!({ "service_provider": { "issuer": "x", "redirect_uri": [] } }),
        Format::LoginGovJson,
        &hints(),
    );
    assert_eq!(
        found,
        [
            "/service_provider/redirect_uri: The format has no field \"redirect_uri\". Did you mean redirect_uris?"
        ]
    );
    let found = faults(
        &json!({ "client_id": "x", "redirectUris": [] }),
        Format::OidcMetadata,
        &hints(),
    );
    assert_eq!(
        found,
        ["/redirectUris: The format has no field \"redirectUris\". Did you mean redirect_uris?"]
    );
    let ours = AppDocument::example()
        .to_json()
        .replace("\"friendly_name\"", "\"freindly_name\"");
    let found = import(&ours, None, &hints()).unwrap_err().to_string();
    assert!(
        found.contains("/freindly_name") && found.contains("did you mean `friendly_name`"),
        "{found}"
    );
    let found = import(&ours.replace("freindly_name", "app_name"), None, &hints())
        .unwrap_err()
        .to_string();
    assert!(found.contains("twice"), "{found}");
}

#[test]
fn secrets_are_refused_and_never_written() {
    check(
        json!({ "ClientSecret": "$argon2id$v=19$m=15360,t=2,p=1$c2FsdA$aGFzaA" }),
        "/ClientSecret: ",
    );
    check(
        json!({ "PublicKey": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----" }),
        "/PublicKey: This is a private key",
    );
    for (value, path) in [
        (
            json!({ "client_id": "x", "client_secret": "s" }),
            "/client_secret: Secrets are never imported",
        ),
        (
            json!({ "client_id": "x", "registration_access_token": "s" }),
            "/registration_access_token: ",
        ),
        (
            json!({ "client_id": "x", "jwks": { "keys": [{ "kty": "EC", "d": "x" }] } }),
            "/jwks/keys/0: This JSON Web Key has private",
        ),
    ] {
        let found = faults(&value, Format::OidcMetadata, &hints());
        assert!(found.len() == 1 && found[0].starts_with(path), "{found:?}");
    }
    // Nor by hand into what is only kept.
    let mut document = AppDocument::example();
    let mut extras = crate::application::Extras::default();
    extras.keep("client_secret", json!("s3cret"));
    extras.keep("policy_uri", json!("https://a.gov/policy"));
    document.extras.insert("oidc".into(), extras);
    let text = export(&document, Format::OidcMetadata, true).unwrap().text;
    assert!(
        text.contains("policy_uri") && !text.contains("s3cret"),
        "{text}"
    );
}

#[test]
fn what_the_format_cannot_say_travels_beside() {
    let document = AppDocument::example();
    let exported = export(&document, Format::LoginGovJson, false).unwrap();
    assert!(
        exported.beside.contains(&"/logo".to_owned()),
        "{:?}",
        exported.beside
    );
    let plain = export(&document, Format::LoginGovJson, true).unwrap();
    assert!(!plain.text.contains("\"durward\""));
    // A change of what both say must be made in both.
    let changed = exported
        .text
        .replace("BEGIN CERTIFICATE", "BEGIN PUBLIC KEY")
        .replace("END CERTIFICATE", "END PUBLIC KEY");
    assert!(import(&changed, None, &Hints::default()).is_ok());
    let mut value: Value = serde_json::from_str(&exported.text).unwrap();
    value["service_provider"]["certs"] = json!([]);
    let found = faults(&value, Format::LoginGovJson, &Hints::default());
    assert!(
        found.len() == 1
            && found[0].starts_with("/service_provider/certs: The member durward says otherwise"),
        "{found:?}"
    );
    // What only the foreign field says is changed freely.
    value = serde_json::from_str(&exported.text).unwrap();
    value["service_provider"]["friendly_name"] = json!("Another");
    let imported = import(&value.to_string(), None, &Hints::default()).unwrap();
    assert_eq!(imported.document.friendly_name, "Another");
}

#[test]
fn an_entry_of_the_yaml_goes_in_and_out() {
    let text = "production:\n  'urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:LICENCE':\n    agency_id: 3\n    agency: 'Fisheries'\n    friendly_name: Fishing\n    ial: 2\n    protocol: oidc\n    pkce: true\n    restrict_to_deploy_env: prod\n    launch_date: 2026-11-30\n    certs:\n      - |\n        -----BEGIN CERTIFICATE-----\n        AAAA\n        -----END CERTIFICATE-----\n    redirect_uris: ['https://a.gov/cb']\n";
    let imported = import(text, None, &hints()).unwrap();
    assert_eq!(imported.format, Format::LoginGovYaml);
    assert!(imported.document.is_native());
    let out = export(&imported.document, Format::LoginGovYaml, false)
        .unwrap()
        .text;
    assert_eq!(yaml::read(&out).unwrap(), yaml::read(text).unwrap());
    insta::assert_snapshot!("login_gov_yaml", out);
    let found = import(&text.replace("Fishing", "<REPLACE_ME>"), None, &hints()).unwrap_err();
    assert_eq!(found.faults[0].placeholder.as_deref(), Some("<REPLACE_ME>"));
}

#[test]
fn yaml_that_grows_or_hides_is_refused() {
    for (text, why) in [
        ("a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]", "Aliases"),
        ("a: {x: 1}\nb:\n  <<: {y: 1}", "Merge keys"),
        ("a: !ruby/object:Gem {}", "Tags"),
        ("a: 1\na: 2", "twice"),
        ("a: 1\n---\nb: 2", "several"),
        ("? [a]\n: b", "plain text"),
    ] {
        let fault = yaml::read(text).unwrap_err();
        assert!(fault.message.contains(why), "{text}: {fault}");
    }
    yaml::read(&"[".repeat(5000)).unwrap_err();
}

const METADATA: &str = r#"<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://sp.agency.gov/saml" validUntil="2027-01-01T00:00:00Z">
  <SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" AuthnRequestsSigned="true" WantAssertionsSigned="1">
    <KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>AAAA
BBBB</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>
    <SingleLogoutService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://sp.agency.gov/slo?a=1&amp;b=2"/>
    <NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</NameIDFormat>
    <AssertionConsumerService index="7" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://sp.agency.gov/acs"/>
    <AttributeConsumingService index="0"><ServiceName xml:lang="en">Fish</ServiceName><RequestedAttribute Name="email"/></AttributeConsumingService>
  </SPSSODescriptor>
  <Organization><OrganizationName xml:lang="en">A &amp; B</OrganizationName></Organization>
  <ContactPerson contactType="technical"><GivenName>Ann</GivenName><SurName>Lee</SurName><EmailAddress>mailto:ann@agency.gov</EmailAddress></ContactPerson>
</EntityDescriptor>"#;

#[test]
fn saml_metadata_goes_in_and_out() {
    let imported = import(METADATA, None, &hints()).unwrap();
    let document = &imported.document;
    let saml = document.saml.as_ref().unwrap();
    assert_eq!(document.issuer, "https://sp.agency.gov/saml");
    assert_eq!(saml.acs_urls, ["https://sp.agency.gov/acs"]);
    assert_eq!(
        saml.logout_url.as_deref(),
        Some("https://sp.agency.gov/slo?a=1&b=2")
    );
    assert_eq!(document.contacts[0].name, "Ann Lee");
    let out = export(document, Format::SamlMetadata, false).unwrap().text;
    assert_eq!(
        xml::read(&out).unwrap().fields,
        xml::read(METADATA).unwrap().fields
    );
    assert_eq!(import(&out, None, &hints()).unwrap().document, *document);
    insta::assert_snapshot!("saml_metadata", out);
}

#[test]
fn saml_metadata_that_is_none_is_refused() {
    for (text, why) in [
        (
            METADATA.replace(
                "<?xml version=\"1.0\"?>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
            ),
            "DOCTYPE",
        ),
        (
            METADATA
                .replace("<NameIDFormat>", "<NameIdFormat>")
                .replace("</NameIDFormat>", "</NameIdFormat>"),
            "Did you mean NameIDFormat?",
        ),
        (
            METADATA.replace("index=\"7\"", "indx=\"7\""),
            "Did you mean index?",
        ),
        (
            METADATA.replace("SPSSODescriptor", "IDPSSODescriptor"),
            "IDPSSODescriptor",
        ),
        (METADATA.replace("HTTP-POST", "HTTP-Artifact"), "HTTP-POST"),
        ("<a/>".to_owned(), "EntityDescriptor"),
        ("<a".to_owned(), "not XML"),
    ] {
        let fault = import(&text, Some(Format::SamlMetadata), &hints())
            .unwrap_err()
            .to_string();
        assert!(fault.contains(why), "{why}: {fault}");
    }
    let signed = METADATA.replace(
        "<SPSSODescriptor",
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><SPSSODescriptor",
    );
    let notes = import(&signed, None, &hints()).unwrap().report.notes;
    assert!(
        notes
            .iter()
            .any(|note| note.message.contains("not checked")),
        "{notes:?}"
    );
}

#[test]
fn registration_metadata_goes_in_and_out() {
    let sent = json!({
        "client_id": "urn:x", "client_name": "Fish", "client_name#fr": "Poisson", "redirect_uris": ["https://a.gov/cb"],
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email", "policy_uri": "https://a.gov/p",
        "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": [AppDocument::example().keys[1]] },
    });
    let mut sent = sent;
    sent["jwks"]["keys"][0] = sent["jwks"]["keys"][0]["jwk"].clone();
    let imported = import(&sent.to_string(), None, &hints()).unwrap();
    assert_eq!(imported.format, Format::OidcMetadata);
    assert_eq!(imported.document.keys.len(), 1);
    let out = export(&imported.document, Format::OidcMetadata, false)
        .unwrap()
        .text;
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), sent);
}

#[test]
fn the_place_comes_from_hints_and_formats_are_told_apart() {
    let found = faults(
        &json!({ "service_provider": { "issuer": "x" } }),
        Format::LoginGovJson,
        &Hints::default(),
    );
    assert_eq!(found.len(), 3, "{found:?}");
    let example = AppDocument::example();
    for format in Format::ALL {
        assert_eq!(Format::parse(format.as_str()), Ok(format));
        if let Ok(exported) = export(&example, format, false) {
            assert_eq!(detect(&exported.text), Some(format));
        }
    }
    assert!(Format::parse("word").is_err());
    let refused = export(&example, Format::SamlMetadata, false).unwrap_err();
    assert_eq!(refused.code(), "format/not-exported");
    let moved = import(&example.to_toml(), None, &in_production())
        .unwrap()
        .document;
    assert_eq!(moved.environment, EnvironmentName::Production);
    assert!(import(&" ".repeat(AppDocument::MAX_BYTES + 1), None, &hints()).is_err());
    assert!(import("what is this", None, &hints()).is_err());
}

/// Reads the schema as a program of someone else would, as far as the schema goes.
fn fits(schema: &Value, root: &Value, value: &Value) -> bool {
    let Some(rules) = schema.as_object() else {
        return schema.as_bool().unwrap();
    };
    rules.iter().all(|(rule, want)| match rule.as_str() {
        "$ref" => fits(
            root.pointer(want.as_str().unwrap().trim_start_matches('#'))
                .unwrap(),
            root,
            value,
        ),
        "type" => {
            let of = |name: &Value| match name.as_str().unwrap() {
                "null" => value.is_null(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "array" => value.is_array(),
                "object" => value.is_object(),
                other => panic!("type {other}"),
            };
            want.as_array()
                .map_or_else(|| of(want), |names| names.iter().any(of))
        }
        "enum" => want.as_array().unwrap().contains(value),
        "const" => want == value,
        "anyOf" => want
            .as_array()
            .unwrap()
            .iter()
            .any(|part| fits(part, root, value)),
        "oneOf" => {
            want.as_array()
                .unwrap()
                .iter()
                .filter(|part| fits(part, root, value))
                .count()
                == 1
        }
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| fits(want, root, item))),
        "required" => value.as_object().is_none_or(|members| {
            want.as_array()
                .unwrap()
                .iter()
                .all(|name| members.contains_key(name.as_str().unwrap()))
        }),
        "properties" => value.as_object().is_none_or(|members| {
            members
                .iter()
                .all(|(name, member)| want.get(name).is_none_or(|part| fits(part, root, member)))
        }),
        "additionalProperties" => value.as_object().is_none_or(|members| {
            members.iter().all(|(name, member)| {
                rules
                    .get("properties")
                    .and_then(|known| known.get(name))
                    .is_some()
                    || fits(want, root, member)
            })
        }),
        "propertyNames" => value
            .as_object()
            .is_none_or(|members| members.keys().all(|name| fits(want, root, &json!(name)))),
        "minLength" => value
            .as_str()
            .is_none_or(|text| text.len() as u64 >= want.as_u64().unwrap()),
        "maxLength" => value
            .as_str()
            .is_none_or(|text| text.len() as u64 <= want.as_u64().unwrap()),
        "pattern" => value.as_str().is_none_or(|text| {
            let inner = text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            inner && !text.starts_with('-') && !text.ends_with('-')
        }),
        "$schema" | "$id" | "$defs" | "title" | "description" | "default" => true,
        other => panic!("the test does not know the rule {other}"),
    })
}

#[test]
fn the_schema_and_the_parser_agree() {
    let schema = schema::app_v1();
    let example = serde_json::to_value(AppDocument::example()).unwrap();
    let change = |pointer: &str, value: Value| {
        let mut changed = example.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = changed.pointer_mut(parent).unwrap();
        match parent.as_array_mut() {
            Some(items) => items[name.parse::<usize>().unwrap()] = value,
            None => parent[name] = value,
        }
        changed
    };
    let mut corpus = vec![example.clone(), json!({}), json!([]), json!(null)];
    corpus.push(json!({ "schema": "durward.app/v1", "handle": "parks", "team": "rangers", "environment": "sandbox" }));
    let odd = [
        json!(null),
        json!(""),
        json!("sandbox"),
        json!(7),
        json!(true),
        json!([]),
        json!({}),
        json!(["email"]),
        json!("support"),
        json!("-x"),
    ];
    let places = [
        "/schema",
        "/handle",
        "/team",
        "/environment",
        "/app_name",
        "/protocol",
        "/level_of_service",
        "/default_aal",
        "/attributes",
        "/attributes/0",
        "/oidc",
        "/saml",
        "/oidc/redirect_uris",
        "/oidc/jwks_uri",
        "/oidc/fapi2",
        "/oidc/token_endpoint_auth_method",
        "/oidc/id_token_signed_response_alg",
        "/oidc/shoe",
        "/keys",
        "/keys/0",
        "/keys/0/pem",
        "/keys/1/jwk",
        "/logo",
        "/logo/media_type",
        "/help_text",
        "/help_text/sign_in",
        "/help_text/sign_in/en",
        "/contacts",
        "/contacts/0/kind",
        "/contacts/0/email",
        "/push_notification_url",
        "/shoe",
        "/extras",
    ];
    for place in places {
        // The reader also takes a list in the place of an object of settings; the schema rightly does not.
        let settings = ["/oidc", "/saml", "/help_text"].contains(&place);
        let values = odd
            .iter()
            .filter(|value| !(settings && **value == json!([])));
        corpus.extend(values.map(|value| change(place, value.clone())));
    }
    for name in example.as_object().unwrap().keys() {
        let mut without = example.clone();
        without.as_object_mut().unwrap().remove(name);
        corpus.push(without);
    }
    let apart: Vec<String> = corpus
        .iter()
        .filter_map(|document| {
            let parsed = AppDocument::parse_json(document.to_string().as_bytes());
            let agree = fits(&schema, &schema, document) == parsed.is_ok();
            let changed = document
                .as_object()?
                .iter()
                .filter(|(name, value)| example.get(*name) != Some(value));
            (!agree).then(|| format!("{:?}", changed.collect::<Vec<_>>()))
        })
        .collect();
    assert_eq!(apart, Vec::<String>::new());
}

#[test]
fn the_schema_is_published_as_it_is() {
    insta::assert_snapshot!(
        "app_v1_schema",
        serde_json::to_string_pretty(&schema::app_v1()).unwrap()
    );
}
