//! The two laws of every format, for made-up apps and made-up foreign texts.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::application::{
    AccessTokenFormat, Contact, ContactKind, Encryption, HelpText, Key, Logo, MediaType,
    NameIdFormat, OidcSettings, Protocol, SamlSettings, SigningAlgorithm, TokenEndpointAuthMethod,
};
use crate::attribute::Attribute;
use crate::level::{DefaultAal, LevelOfService};

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("Fishing & <Hunting> \"Licence\"".to_owned()),
        Just("Pêche – 钓鱼 \u{1f41f}".to_owned()),
        Just("yes".to_owned()),
        Just("~ # : - 012 null".to_owned()),
        Just("two\nlines\n".to_owned()),
        "[ -~]{0,20}".prop_filter("no placeholder", |text| secret::placeholder(text).is_none()),
    ]
}

fn url() -> impl Strategy<Value = String> {
    "https://[a-c]{1,3}\\.gov/[a-z]{0,4}(\\?a=b&c=d)?"
}

fn urls() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(url(), 0..3)
}

fn keys() -> impl Strategy<Value = Vec<Key>> {
    let pool = AppDocument::example().keys;
    let spki = match pool[0].read() {
        Ok(key) => Key::Pem(key.to_pem()),
        Err(_) => pool[0].clone(),
    };
    prop::collection::vec(
        prop::sample::select(vec![
            pool[0].clone(),
            pool[1].clone(),
            spki,
            Key::Pem("odd".into()),
        ]),
        0..3,
    )
}

fn oidc() -> impl Strategy<Value = OidcSettings> {
    use TokenEndpointAuthMethod as M;
    let method = prop::sample::select(vec![
        M::PrivateKeyJwt,
        M::ClientSecretPost,
        M::ClientSecretBasic,
        M::TlsClientAuth,
        M::None,
    ]);
    let alg = prop::sample::select(vec![
        SigningAlgorithm::RS256,
        SigningAlgorithm::ES256,
        SigningAlgorithm::EdDSA,
    ]);
    (
        method,
        alg,
        urls(),
        urls(),
        prop::option::of(url()),
        prop::option::of(url()),
        any::<[bool; 5]>(),
    )
        .prop_map(
            |(method, alg, redirects, post, back, jwks, flags)| OidcSettings {
                token_endpoint_auth_method: method,
                redirect_uris: redirects,
                post_logout_redirect_uris: post,
                backchannel_logout_uri: back,
                id_token_signed_response_alg: alg,
                access_token_format: if flags[0] {
                    AccessTokenFormat::Jwt
                } else {
                    AccessTokenFormat::Opaque
                },
                require_par: flags[1],
                require_signed_request_object: flags[2],
                dpop_bound_access_tokens: flags[3],
                fapi2: flags[4],
                jwks_uri: jwks,
                ..OidcSettings::default()
            },
        )
}

fn saml() -> impl Strategy<Value = SamlSettings> {
    let encryption = prop::sample::select(vec![
        Encryption::Aes256Gcm,
        Encryption::Aes128Cbc,
        Encryption::None,
    ]);
    (
        urls(),
        prop::option::of(url()),
        encryption,
        any::<[bool; 3]>(),
    )
        .prop_map(|(acs, logout, encryption, flags)| SamlSettings {
            acs_urls: acs,
            logout_url: logout,
            encryption,
            sign_response: flags[0],
            name_id_format: if flags[1] {
                NameIdFormat::Email
            } else {
                NameIdFormat::Persistent
            },
            require_signed_requests: flags[2],
        })
}

fn contacts() -> impl Strategy<Value = Vec<Contact>> {
    let kind = prop::sample::select(vec![
        ContactKind::Technical,
        ContactKind::Billing,
        ContactKind::Security,
    ]);
    let email = prop_oneof![Just(String::new()), Just("a@b.gov".to_owned())];
    let contact = (kind, words(), email, words()).prop_map(|(kind, name, email, phone)| Contact {
        kind,
        name,
        email,
        phone,
    });
    prop::collection::vec(contact, 0..3)
}

fn documents() -> impl Strategy<Value = AppDocument> {
    let aal = prop::sample::select(DefaultAal::ALL.to_vec());
    let attributes = prop::sample::subsequence(Attribute::ALL.to_vec(), 0..6);
    let names = (words(), words(), words(), "[a-z:.]{0,12}");
    let places = (
        prop::option::of(url()),
        prop::option::of(url()),
        prop::option::of(url()),
    );
    let help = prop::collection::btree_map("(en|es|fr|zh)", words(), 0..3);
    let flags = any::<[bool; 4]>();
    let rest = (keys(), contacts(), help, places, flags);
    (
        names,
        aal,
        attributes,
        prop::option::of(oidc()),
        prop::option::of(saml()),
        rest,
    )
        .prop_map(
            |(names, aal, attributes, oidc, saml, (keys, contacts, help, places, flags))| {
                AppDocument {
                    app_name: names.0,
                    friendly_name: names.1,
                    description: names.2,
                    issuer: names.3,
                    protocol: if flags[0] {
                        Protocol::Saml
                    } else {
                        Protocol::Oidc
                    },
                    level_of_service: if flags[1] {
                        LevelOfService::IdentityVerified
                    } else {
                        LevelOfService::AuthOnly
                    },
                    default_aal: aal,
                    attributes,
                    oidc,
                    saml,
                    keys,
                    logo: flags[2].then(|| Logo::new(MediaType::Png, b"png")),
                    help_text: HelpText {
                        sign_in: help,
                        ..HelpText::default()
                    },
                    push_notification_url: places.0,
                    failure_to_proof_url: places.1,
                    return_to_app_url: places.2,
                    contacts,
                    ..AppDocument::example()
                }
            },
        )
}

/// Reading what was written gives the same document.
fn reads_back(document: &AppDocument, format: Format) -> Result<bool, TestCaseError> {
    // What the format cannot say at all is refused with its reasons, never cut down.
    let Ok(exported) = export(document, format, false) else {
        return Ok(false);
    };
    let hints = Hints::of(document);
    let imported = import(&exported.text, Some(format), &hints)
        .map_err(|fault| TestCaseError::fail(format!("{format}: {fault}\n{}", exported.text)))?;
    prop_assert_eq!(
        &imported.document,
        document,
        "{}\n{}",
        format,
        exported.text
    );
    let again = export(&imported.document, format, false).map(|again| again.text);
    prop_assert_eq!(again.as_deref(), Ok(exported.text.as_str()));
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(document in documents()) {
        for format in Format::ALL {
            reads_back(&document, format)?;
        }
    }

    #[test]
    fn no_text_makes_a_reader_fall(text in "\\PC{0,80}") {
        for format in Format::ALL {
            let _ = import(&text, Some(format), &Hints::of(&AppDocument::example()));
        }
        let _ = import(&text, None, &Hints::default());
    }

    #[test]
    fn a_login_gov_object_is_given_back(
        mut fields in login_gov_fields(),
        wrapped in any::<bool>(),
    ) {
        fields.insert("issuer".into(), "urn:gov:x".into());
        let text = if wrapped { json!({ "service_provider": fields }) } else { Value::Object(fields) };
        given_back(&text, Format::LoginGovJson)?;
    }

    #[test]
    fn a_gov_uk_client_is_given_back(mut fields in gov_uk_fields()) {
        fields.insert("ClientName".into(), "Licences".into());
        fields.insert("Scopes".into(), json!(["openid", "offline_access", "email"]));
        fields.insert("RedirectUrls".into(), json!(["https://a.gov.uk/cb"]));
        fields.insert("JwksUrl".into(), json!("https://a.gov.uk/jwks"));
        given_back(&Value::Object(fields), Format::GovUkJson)?;
    }
}

/// Writing what was read gives the same foreign content.
fn given_back(sent: &Value, format: Format) -> Result<(), TestCaseError> {
    let hints = Hints::of(&AppDocument::example());
    let imported = import(&sent.to_string(), Some(format), &hints)
        .map_err(|fault| TestCaseError::fail(format!("{sent}: {fault}")))?;
    let exported = export(&imported.document, format, false)
        .map_err(|fault| TestCaseError::fail(format!("{sent}: {fault}")))?;
    let back: Value = serde_json::from_str(&exported.text)
        .map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(&back, sent);
    let by_toml = AppDocument::parse_toml(&imported.document.to_toml());
    prop_assert_eq!(by_toml.as_ref().ok(), Some(&imported.document));
    Ok(())
}

fn some_of(
    pool: Vec<(&'static str, Vec<Value>)>,
) -> impl Strategy<Value = serde_json::Map<String, Value>> {
    let one = pool
        .into_iter()
        .map(|(name, mut values)| {
            values.push(Value::Null);
            prop::option::of(prop::sample::select(values))
                .prop_map(move |value| value.map(|value| (name.to_owned(), value)))
        })
        .collect::<Vec<_>>();
    one.prop_map(|fields| fields.into_iter().flatten().collect())
}

fn login_gov_fields() -> impl Strategy<Value = serde_json::Map<String, Value>> {
    some_of(vec![
        ("friendly_name", vec![json!("Fish"), json!("")]),
        ("app_name", vec![json!("Fish")]),
        ("ial", vec![json!(1), json!(2), json!("2")]),
        ("default_aal", vec![json!(0), json!(2), json!(3)]),
        (
            "attribute_bundle",
            vec![
                json!([]),
                json!(["email", "ssn"]),
                json!(["email", "email"]),
            ],
        ),
        (
            "certs",
            vec![
                json!([]),
                json!(["-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"]),
            ],
        ),
        ("acs_url", vec![json!("https://a.gov/acs")]),
        (
            "assertion_consumer_logout_service_url",
            vec![json!("https://a.gov/slo")],
        ),
        (
            "block_encryption",
            vec![json!("none"), json!("aes256-cbc"), json!("aes256-gcm")],
        ),
        (
            "signed_response_message_requested",
            vec![json!(true), json!(0)],
        ),
        (
            "email_nameid_format_allowed",
            vec![json!(true), json!(false)],
        ),
        (
            "protocol",
            vec![
                json!("oidc"),
                json!("saml"),
                json!("openid_connect_private_key_jwt"),
            ],
        ),
        ("pkce", vec![json!(true), json!(false)]),
        (
            "redirect_uris",
            vec![json!(["https://a.gov/cb"]), json!([])],
        ),
        ("return_to_sp_url", vec![json!("https://a.gov/")]),
        (
            "failure_to_proof_url",
            vec![json!("https://a.gov/f"), json!("")],
        ),
        ("post_idv_follow_up_url", vec![json!("https://a.gov/p")]),
        ("sp_initiated_login_url", vec![json!("https://a.gov/l")]),
        (
            "help_text",
            vec![
                json!({}),
                json!({"sign_in": {"en": "a", "es": null}}),
                json!({"sign_in": {}, "sign_up": {"zh": ""}}),
            ],
        ),
        ("agency_id", vec![json!(12), json!(u64::MAX)]),
        ("active", vec![json!(true)]),
        ("signature", vec![json!("abc")]),
        ("updated_at", vec![json!("2026-01-01T00:00:00Z")]),
        ("allow_prompt_login", vec![json!(false)]),
    ])
}

fn gov_uk_fields() -> impl Strategy<Value = serde_json::Map<String, Value>> {
    some_of(vec![
        (
            "ClientID",
            vec![json!("JIS7mbqOcs8auNqL4v33aZqEKBs"), json!("")],
        ),
        ("BackChannelLogoutUri", vec![json!("https://a.gov.uk/b")]),
        ("Channel", vec![json!("WEB")]),
        ("Claims", vec![json!([])]),
        ("ClientLoCs", vec![json!(["P0"])]),
        ("ClientType", vec![json!("web")]),
        ("ConsentRequired", vec![json!(false), json!(0)]),
        (
            "Contacts",
            vec![json!([]), json!(["b@a.gov.uk", "a@a.gov.uk"])],
        ),
        ("CookieConsentShared", vec![json!(false)]),
        (
            "IdentityVerificationSupported",
            vec![json!(false), json!(0)],
        ),
        (
            "IdTokenSigningAlgorithm",
            vec![json!("ES256"), json!("RS256"), json!("RSA256")],
        ),
        ("IsActive", vec![json!(true)]),
        ("JarValidationRequired", vec![json!(true), json!(false)]),
        ("PKCEEnforced", vec![json!(true)]),
        (
            "PostLogoutRedirectUrls",
            vec![json!([]), json!(["https://a.gov.uk/o"])],
        ),
        ("PublicKeySource", vec![json!("JWKS")]),
        ("SectorIdentifierUri", vec![json!("https://a.gov.uk")]),
        ("ServiceType", vec![json!("MANDATORY")]),
        ("SubjectType", vec![json!("pairwise")]),
        ("TestClient", vec![json!(false)]),
        (
            "TokenAuthMethod",
            vec![json!("private_key_jwt"), json!("client_secret_post")],
        ),
        ("RateLimit", vec![json!(2000)]),
    ])
}
