//! Client metadata of OpenID Connect registration, with the names of RFC 7591 and its companions.

use serde_json::{Map, Value, json};

use super::engine::Spec;
use super::reader::Reader;
use crate::application::{
    AppDocument, Contact, ContactKind, ContentEncryption, GrantType, Key, KeyManagement,
    OidcSettings, Protocol, SigningAlgorithm, TokenEndpointAuthMethod,
};
use crate::attribute::Attribute;

pub(super) const SPEC: Spec = Spec {
    known: KNOWN,
    secrets: &["client_secret", "registration_access_token"],
    sets: &[],
    placeholders: true,
    protocol: Some(Protocol::Oidc),
    read,
    write,
    rules: |_, _| Vec::new(),
};

fn read(from: &mut Reader, document: &mut AppDocument) {
    document.issuer = from.text("client_id", "/issuer").unwrap_or_default();
    document.friendly_name = from
        .text("client_name", "/friendly_name")
        .unwrap_or_default();
    document.app_name.clone_from(&document.friendly_name);
    let mut oidc = OidcSettings {
        redirect_uris: from
            .list("redirect_uris", "/oidc/redirect_uris")
            .unwrap_or_default(),
        post_logout_redirect_uris: from
            .list(
                "post_logout_redirect_uris",
                "/oidc/post_logout_redirect_uris",
            )
            .unwrap_or_default(),
        backchannel_logout_uri: from.text("backchannel_logout_uri", "/oidc/backchannel_logout_uri"),
        jwks_uri: from.text("jwks_uri", "/oidc/jwks_uri"),
        ..OidcSettings::default()
    };
    // RFC 7591 §2: a client that says nothing uses client_secret_basic.
    oidc.token_endpoint_auth_method = same_word(from, "token_endpoint_auth_method", METHODS)
        .unwrap_or(TokenEndpointAuthMethod::ClientSecretBasic);
    oidc.id_token_signed_response_alg =
        same_word(from, "id_token_signed_response_alg", ALGORITHMS).unwrap_or_default();
    if let Some(names) = from.list("grant_types", "/oidc/grant_types") {
        oidc.grant_types = GrantType::ALL
            .into_iter()
            .filter(|one| names.iter().any(|name| name == one.as_str()))
            .collect();
        let read: Vec<_> = oidc.grant_types.iter().map(|one| one.as_str()).collect();
        if read != names {
            from.respell(
                "grant_types",
                "Durward knows the grants authorization_code, refresh_token and client_credentials; the list is kept as it came.",
            );
        }
    }
    oidc.id_token_encrypted_response_alg =
        same_word(from, "id_token_encrypted_response_alg", KEY_MANAGEMENT);
    oidc.id_token_encrypted_response_enc =
        same_word(from, "id_token_encrypted_response_enc", ENCRYPTION);
    oidc.userinfo_signed_response_alg = same_word(from, "userinfo_signed_response_alg", ALGORITHMS);
    oidc.userinfo_encrypted_response_alg =
        same_word(from, "userinfo_encrypted_response_alg", KEY_MANAGEMENT);
    oidc.userinfo_encrypted_response_enc =
        same_word(from, "userinfo_encrypted_response_enc", ENCRYPTION);
    oidc.require_par = from
        .flag("require_pushed_authorization_requests", "/oidc/require_par")
        .unwrap_or_default();
    oidc.require_signed_request_object = from
        .flag(
            "require_signed_request_object",
            "/oidc/require_signed_request_object",
        )
        .unwrap_or_default();
    oidc.dpop_bound_access_tokens = from
        .flag("dpop_bound_access_tokens", "/oidc/dpop_bound_access_tokens")
        .unwrap_or_default();
    let public = oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::None;
    document.oidc = Some(oidc);
    only(
        from,
        "response_types",
        &["code"],
        "Durward's apps use the response type code; others are kept and mean nothing.",
    );
    if let Some(kind) = from.text("application_type", "")
        && kind != application_type(public)
    {
        from.respell(
            "application_type",
            "Durward tells a native app by token_endpoint_auth_method none; this value is kept.",
        );
    }
    if let Some(subject) = from.text("subject_type", "")
        && subject != "pairwise"
    {
        from.respell("subject_type", "Durward gives every agency subject identifiers of its own (pairwise); this value is kept.");
    }
    scope(from, document);
    keys(from, document);
    for email in from.list("contacts", "/contacts").unwrap_or_default() {
        document.contacts.push(Contact {
            kind: ContactKind::Technical,
            name: String::new(),
            email,
            phone: String::new(),
        });
    }
    if let (Some(_), Some(_)) = (from.peek("jwks"), from.peek("jwks_uri")) {
        from.fault("jwks", "Give jwks or jwks_uri, not both.");
    }
}

/// A word of a table, where both formats call the field alike.
fn same_word<T: Copy>(from: &mut Reader, name: &str, words: &[(&str, T)]) -> Option<T> {
    from.word(name, &format!("/oidc/{name}"), words)
}

fn only(from: &mut Reader, name: &str, usual: &[&str], note: &str) {
    if let Some(list) = from.list(name, "")
        && list != usual
    {
        from.respell(name, note);
    }
}

fn scope(from: &mut Reader, document: &mut AppDocument) {
    let Some(scope) = from.text("scope", "/attributes") else {
        return;
    };
    for name in scope.split_ascii_whitespace() {
        if let Some((_, attributes)) = SCOPES.iter().find(|(known, _)| *known == name) {
            for attribute in *attributes {
                if !document.attributes.contains(attribute) {
                    document.attributes.push(*attribute);
                }
            }
        } else if name != "openid" {
            from.note(
                "scope",
                format!(
                    "The scope {} releases no attribute here.",
                    name.chars().take(60).collect::<String>()
                ),
            );
        }
    }
    if scope_of(document) != scope {
        from.respell(
            "scope",
            "Scopes were read as attributes; the list is kept as it came.",
        );
    }
}

fn scope_of(document: &AppDocument) -> String {
    let mut scopes = vec!["openid"];
    for (name, attributes) in SCOPES {
        if *name != "profile"
            && attributes
                .iter()
                .all(|attribute| document.attributes.contains(attribute))
        {
            scopes.push(name);
        }
    }
    scopes.join(" ")
}

fn keys(from: &mut Reader, document: &mut AppDocument) {
    let Some(value) = from.take("jwks", "/keys") else {
        return;
    };
    let keys = value.get("keys").and_then(Value::as_array);
    let single = value.as_object().is_some_and(|set| set.len() == 1);
    let (Some(keys), true) = (keys, single) else {
        return from.fault(
            "jwks",
            "This must be an object with a list keys and nothing else.",
        );
    };
    for key in keys {
        match key {
            Value::Object(members) => document.keys.push(Key::Jwk(members.clone())),
            _ => from.fault("jwks", "A key is not an object."),
        }
    }
}

fn write(document: &AppDocument) -> Map<String, Value> {
    let oidc = document.oidc.clone().unwrap_or_default();
    let mut fields = Map::new();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value.as_str() != Some("") {
            fields.insert(name.to_owned(), value);
        }
    };
    put("client_id", json!(document.issuer));
    put("client_name", json!(document.friendly_name));
    put("redirect_uris", json!(oidc.redirect_uris));
    put(
        "post_logout_redirect_uris",
        json!(oidc.post_logout_redirect_uris),
    );
    put("backchannel_logout_uri", json!(oidc.backchannel_logout_uri));
    put(
        "token_endpoint_auth_method",
        json!(oidc.token_endpoint_auth_method.as_str()),
    );
    put(
        "id_token_signed_response_alg",
        json!(oidc.id_token_signed_response_alg.as_str()),
    );
    put(
        "require_pushed_authorization_requests",
        json!(oidc.require_par),
    );
    put(
        "require_signed_request_object",
        json!(oidc.require_signed_request_object),
    );
    put(
        "dpop_bound_access_tokens",
        json!(oidc.dpop_bound_access_tokens),
    );
    put("grant_types", json!(oidc.grant_types));
    put(
        "id_token_encrypted_response_alg",
        json!(oidc.id_token_encrypted_response_alg),
    );
    put(
        "id_token_encrypted_response_enc",
        json!(oidc.id_token_encrypted_response_enc),
    );
    put(
        "userinfo_signed_response_alg",
        json!(oidc.userinfo_signed_response_alg),
    );
    put(
        "userinfo_encrypted_response_alg",
        json!(oidc.userinfo_encrypted_response_alg),
    );
    put(
        "userinfo_encrypted_response_enc",
        json!(oidc.userinfo_encrypted_response_enc),
    );
    put("response_types", json!(["code"]));
    let public = oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::None;
    put("application_type", json!(application_type(public)));
    put("subject_type", json!("pairwise"));
    put("scope", json!(scope_of(document)));
    put("jwks_uri", json!(oidc.jwks_uri));
    // RFC 7591 §2: never both.
    if oidc.jwks_uri.is_none() && !document.keys.is_empty() {
        let keys: Vec<Value> = document.keys.iter().filter_map(jwk).collect();
        put("jwks", json!({ "keys": keys }));
    }
    let contacts: Vec<&str> = document
        .contacts
        .iter()
        .filter(|contact| contact.kind == ContactKind::Technical && !contact.email.is_empty())
        .map(|contact| contact.email.as_str())
        .collect();
    put("contacts", json!(contacts));
    fields
}

/// A certificate is written as its key; the certificate itself travels beside.
fn jwk(key: &Key) -> Option<Value> {
    match key {
        Key::Jwk(members) => Some(Value::Object(members.clone())),
        Key::Pem(_) => serde_json::to_value(key.read().ok()?.jwk()).ok(),
    }
}

const fn application_type(public: bool) -> &'static str {
    if public { "native" } else { "web" }
}

const METHODS: &[(&str, TokenEndpointAuthMethod)] = &[
    ("private_key_jwt", TokenEndpointAuthMethod::PrivateKeyJwt),
    (
        "client_secret_basic",
        TokenEndpointAuthMethod::ClientSecretBasic,
    ),
    (
        "client_secret_post",
        TokenEndpointAuthMethod::ClientSecretPost,
    ),
    ("tls_client_auth", TokenEndpointAuthMethod::TlsClientAuth),
    ("none", TokenEndpointAuthMethod::None),
];

const KEY_MANAGEMENT: &[(&str, KeyManagement)] = &[
    ("RSA-OAEP-256", KeyManagement::RsaOaep256),
    ("ECDH-ES", KeyManagement::EcdhEs),
];

const ENCRYPTION: &[(&str, ContentEncryption)] = &[
    ("A128CBC-HS256", ContentEncryption::A128CbcHs256),
    ("A128GCM", ContentEncryption::A128Gcm),
    ("A256GCM", ContentEncryption::A256Gcm),
];

const ALGORITHMS: &[(&str, SigningAlgorithm)] = &[
    ("RS256", SigningAlgorithm::RS256),
    ("PS256", SigningAlgorithm::PS256),
    ("ES256", SigningAlgorithm::ES256),
    ("EdDSA", SigningAlgorithm::EdDSA),
];

/// What a scope says about attributes. `profile` is read and never written: its parts are.
const SCOPES: &[(&str, &[Attribute])] = &[
    ("email", &[Attribute::Email]),
    ("all_emails", &[Attribute::AllEmails]),
    ("locale", &[Attribute::Locale]),
    ("phone", &[Attribute::Phone]),
    (
        "profile",
        &[
            Attribute::FirstName,
            Attribute::LastName,
            Attribute::Dob,
            Attribute::VerifiedAt,
        ],
    ),
    ("profile:name", &[Attribute::FirstName, Attribute::LastName]),
    ("profile:birthdate", &[Attribute::Dob]),
    ("profile:verified_at", &[Attribute::VerifiedAt]),
    (
        "address",
        &[
            Attribute::Address1,
            Attribute::Address2,
            Attribute::City,
            Attribute::State,
            Attribute::Zipcode,
        ],
    ),
    ("social_security_number", &[Attribute::Ssn]),
    ("x509:subject", &[Attribute::X509Subject]),
    ("x509:issuer", &[Attribute::X509Issuer]),
    ("x509:presented", &[Attribute::X509Presented]),
];

const KNOWN: &[&str] = &[
    "application_type",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "authorization_signed_response_alg",
    "backchannel_logout_session_required",
    "backchannel_logout_uri",
    "client_id",
    "client_id_issued_at",
    "client_name",
    "client_secret",
    "client_secret_expires_at",
    "client_uri",
    "contacts",
    "default_acr_values",
    "default_max_age",
    "dpop_bound_access_tokens",
    "frontchannel_logout_session_required",
    "frontchannel_logout_uri",
    "grant_types",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "id_token_signed_response_alg",
    "initiate_login_uri",
    "jwks",
    "jwks_uri",
    "logo_uri",
    "policy_uri",
    "post_logout_redirect_uris",
    "redirect_uris",
    "registration_access_token",
    "registration_client_uri",
    "request_object_encryption_alg",
    "request_object_encryption_enc",
    "request_object_signing_alg",
    "request_uris",
    "require_auth_time",
    "require_pushed_authorization_requests",
    "require_signed_request_object",
    "response_types",
    "scope",
    "sector_identifier_uri",
    "software_id",
    "software_statement",
    "software_version",
    "subject_type",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_email",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_uri",
    "tls_client_auth_subject_dn",
    "tls_client_certificate_bound_access_tokens",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "tos_uri",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "userinfo_signed_response_alg",
];
