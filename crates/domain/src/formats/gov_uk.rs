//! A client of GOV.UK One Login: the JSON that its teams fill in, with the older and the newer fields.

use serde_json::{Map, Value, json};

use super::engine::Spec;
use super::reader::Reader;
use super::{gov_uk_rules, nearest, pem};
use crate::application::{
    AppDocument, Contact, ContactKind, Key, OidcSettings, Protocol, SigningAlgorithm,
    TokenEndpointAuthMethod,
};
use crate::attribute::Attribute;
use crate::level::LevelOfService;

pub(super) const SPEC: Spec = Spec {
    known: KNOWN,
    secrets: &[],
    sets: &["Scopes", "Claims", "ClientLoCs", "Contacts"],
    placeholders: true,
    protocol: Some(Protocol::Oidc),
    read,
    write,
    rules: gov_uk_rules::check,
};

fn read(from: &mut Reader, document: &mut AppDocument) {
    document.issuer = from.text("ClientID", "/issuer").unwrap_or_default();
    if document.issuer.is_empty() {
        from.note("ClientID", "The programme fills in the client id.");
    }
    document.friendly_name = from
        .text("ClientName", "/friendly_name")
        .unwrap_or_default();
    if document.friendly_name.is_empty() {
        from.fault("ClientName", "A client needs its name.");
    }
    document.app_name.clone_from(&document.friendly_name);
    for (name, only) in fixed() {
        from.fixed(name, &only);
    }
    if from.flag("IdentityVerificationSupported", "/level_of_service") == Some(true) {
        document.level_of_service = LevelOfService::IdentityVerified;
    }
    let mut oidc = OidcSettings {
        redirect_uris: from
            .list("RedirectUrls", "/oidc/redirect_uris")
            .unwrap_or_default(),
        post_logout_redirect_uris: post_logout(from),
        backchannel_logout_uri: from.text("BackChannelLogoutUri", "/oidc/backchannel_logout_uri"),
        jwks_uri: from.text("JwksUrl", "/oidc/jwks_uri"),
        id_token_signed_response_alg: from
            .word(
                "IdTokenSigningAlgorithm",
                "/oidc/id_token_signed_response_alg",
                ALGORITHMS,
            )
            .unwrap_or(SigningAlgorithm::ES256),
        token_endpoint_auth_method: from
            .word(
                "TokenAuthMethod",
                "/oidc/token_endpoint_auth_method",
                METHODS,
            )
            .unwrap_or_default(),
        ..OidcSettings::default()
    };
    if from
        .peek("IdTokenSigningAlgorithm")
        .is_some_and(|name| name == "RSA256")
    {
        from.respell("IdTokenSigningAlgorithm", "RSA256 was read as RS256.");
    }
    oidc.require_signed_request_object = from
        .flag(
            "JarValidationRequired",
            "/oidc/require_signed_request_object",
        )
        .unwrap_or_default();
    document.oidc = Some(oidc);
    scopes(from, document);
    claims(from, document);
    keys(from, document);
    secret(from);
    for (index, email) in from
        .list("Contacts", "/contacts")
        .unwrap_or_default()
        .into_iter()
        .enumerate()
    {
        if !crate::application::is_email(&email) {
            from.fault(
                "Contacts",
                format!("Contact {} is not an e-mail address.", index + 1),
            );
        }
        document.contacts.push(Contact {
            kind: ContactKind::Technical,
            name: String::new(),
            email,
            phone: String::new(),
        });
    }
    levels(from, document);
}

/// The published table once misspelt the name.
fn post_logout(from: &mut Reader) -> Vec<String> {
    const TO: &str = "/oidc/post_logout_redirect_uris";
    let older = from.list(MISSPELT, TO);
    let usual = from.list("PostLogoutRedirectUrls", TO);
    match (older, usual) {
        (Some(older), Some(usual)) if older != usual => {
            from.fault(MISSPELT, "PostLogoutRedirectUrls says otherwise.");
            usual
        }
        (Some(older), None) => {
            from.respell(MISSPELT, "This was read as PostLogoutRedirectUrls.");
            older
        }
        (Some(_), Some(usual)) => {
            from.respell(MISSPELT, "PostLogoutRedirectUrls says the same.");
            usual
        }
        (None, usual) => usual.unwrap_or_default(),
    }
}

fn scopes(from: &mut Reader, document: &mut AppDocument) {
    let Some(scopes) = from.list("Scopes", "/attributes") else {
        return;
    };
    for scope in &scopes {
        match scope.as_str() {
            "openid" => {}
            "email" => document.attributes.push(Attribute::Email),
            "phone" => document.attributes.push(Attribute::Phone),
            other if OTHER_SCOPES.contains(&other) => {
                from.respell(
                    "Scopes",
                    format!("The scope {other} has no attribute; it is kept."),
                );
            }
            other => {
                let known = OTHER_SCOPES
                    .iter()
                    .copied()
                    .chain(["openid", "email", "phone"]);
                let fault = super::FormatFault::at(
                    from.place("Scopes"),
                    format!(
                        "There is no scope \"{}\".",
                        other.chars().take(60).collect::<String>()
                    ),
                )
                .suggest(nearest(other, known));
                from.faults.push(fault);
            }
        }
    }
}

fn claims(from: &mut Reader, document: &mut AppDocument) {
    for claim in from.list("Claims", "/attributes").unwrap_or_default() {
        let name = claim.strip_prefix(VOCABULARY).unwrap_or_default();
        match name {
            "coreIdentityJWT" => document.attributes.extend(CORE),
            "address" => document.attributes.extend(ADDRESS),
            other if OTHER_CLAIMS.contains(&other) => {
                from.respell(
                    "Claims",
                    format!("The claim {other} has no attribute; it is kept."),
                );
            }
            _ => {
                let known = OTHER_CLAIMS
                    .iter()
                    .copied()
                    .chain(["coreIdentityJWT", "address"]);
                let last = claim.rsplit('/').next().unwrap_or_default();
                let suggestion = nearest(last, known).map(|name| format!("{VOCABULARY}{name}"));
                let fault = super::FormatFault::at(
                    from.place("Claims"),
                    format!(
                        "There is no claim \"{}\".",
                        claim.chars().take(80).collect::<String>()
                    ),
                )
                .suggest(suggestion);
                from.faults.push(fault);
            }
        }
    }
}

fn keys(from: &mut Reader, document: &mut AppDocument) {
    if let Some(text) = from.text("PublicKey", "/keys/0") {
        let read = if text.contains("-----BEGIN") {
            Some(text.clone())
        } else {
            pem::armoured(&text, "PUBLIC KEY")
        };
        match read.map(Key::Pem).map(|key| (key.read(), key)) {
            Some((Ok(_), key)) => {
                if pem::spki(&key).as_deref() != Some(text.as_str()) {
                    from.respell(
                        "PublicKey",
                        "The key was read without its armour and line breaks.",
                    );
                }
                document.keys.push(key);
            }
            Some((Err(reason), _)) => from.fault("PublicKey", reason),
            None => from.fault(
                "PublicKey",
                "This is not a public key in Base64 without the PEM armour.",
            ),
        }
    }
    let jwks = document
        .oidc
        .as_ref()
        .is_some_and(|oidc| oidc.jwks_uri.is_some());
    let source = from.word("PublicKeySource", "", &[("STATIC", false), ("JWKS", true)]);
    if source.is_some_and(|source| source != jwks) && document.keys.is_empty() && !jwks {
        from.respell("PublicKeySource", "No key is given yet.");
    }
}

/// Only the words that say that the secret goes another way.
fn secret(from: &mut Reader) {
    let Some(text) = from.text("ClientSecret", "") else {
        return;
    };
    if text == SEPARATELY {
        return;
    }
    from.fault(
        "ClientSecret",
        format!("Secrets are never imported, not even as a hash. Write {SEPARATELY}; Durward makes a secret of its own."),
    );
}

fn levels(from: &mut Reader, document: &AppDocument) {
    let Some(levels) = from.list("ClientLoCs", "/level_of_service") else {
        return;
    };
    let usual = levels_of(document);
    if levels
        .iter()
        .any(|level| !["P0", "P1", "P2", "P3"].contains(&level.as_str()))
    {
        from.fault("ClientLoCs", "The levels are P0, P1, P2 and P3.");
    } else if levels.len() != usual.len()
        || !usual.iter().all(|level| levels.iter().any(|l| l == level))
    {
        from.respell(
            "ClientLoCs",
            "These levels are not the usual ones; they are kept.",
        );
    }
}

fn levels_of(document: &AppDocument) -> Vec<&'static str> {
    match document.level_of_service {
        LevelOfService::IdentityVerified => vec!["P2", "P0"],
        LevelOfService::AuthOnly => vec!["P0"],
    }
}

fn write(document: &AppDocument) -> Map<String, Value> {
    let oidc = document.oidc.clone().unwrap_or_default();
    let identity = document.level_of_service == LevelOfService::IdentityVerified;
    let mut fields: Map<String, Value> = fixed()
        .into_iter()
        .map(|(name, only)| (name.to_owned(), only))
        .collect();
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value.as_str() != Some("") {
            fields.insert(name.to_owned(), value);
        }
    };
    let has = |some: &[Attribute]| {
        document
            .attributes
            .iter()
            .any(|attribute| some.contains(attribute))
    };
    let mut scopes = vec!["openid"];
    scopes.extend(has(&[Attribute::Email]).then_some("email"));
    scopes.extend(has(&[Attribute::Phone]).then_some("phone"));
    let mut claims = Vec::new();
    if identity {
        claims.push(format!("{VOCABULARY}coreIdentityJWT"));
        claims.extend(has(&ADDRESS).then(|| format!("{VOCABULARY}address")));
    }
    put("ClientID", json!(document.issuer));
    put("ClientName", json!(document.friendly_name));
    put("IdentityVerificationSupported", json!(identity));
    put("ClientLoCs", json!(levels_of(document)));
    put("Scopes", json!(scopes));
    put("Claims", json!(claims));
    put("RedirectUrls", json!(oidc.redirect_uris));
    put(
        "PostLogoutRedirectUrls",
        json!(oidc.post_logout_redirect_uris),
    );
    put("BackChannelLogoutUri", json!(oidc.backchannel_logout_uri));
    put(
        "JarValidationRequired",
        json!(oidc.require_signed_request_object),
    );
    let word = |words: &[(&str, SigningAlgorithm)]| {
        let found = words
            .iter()
            .find(|(_, known)| *known == oidc.id_token_signed_response_alg);
        json!(found.map(|(name, _)| *name))
    };
    put("IdTokenSigningAlgorithm", word(ALGORITHMS));
    let method = METHODS
        .iter()
        .find(|(_, known)| *known == oidc.token_endpoint_auth_method);
    put("TokenAuthMethod", json!(method.map(|(name, _)| *name)));
    if oidc.token_endpoint_auth_method == TokenEndpointAuthMethod::ClientSecretPost {
        put("ClientSecret", json!(SEPARATELY));
    }
    let key = document.keys.first().and_then(pem::spki);
    if oidc.jwks_uri.is_some() {
        put("PublicKeySource", json!("JWKS"));
        put("JwksUrl", json!(oidc.jwks_uri));
    } else if key.is_some() {
        put("PublicKeySource", json!("STATIC"));
        put("PublicKey", json!(key));
    }
    let contacts: Vec<&str> = document
        .contacts
        .iter()
        .filter(|contact| {
            contact.kind == ContactKind::Technical && crate::application::is_email(&contact.email)
        })
        .map(|contact| contact.email.as_str())
        .collect();
    put("Contacts", json!(contacts));
    fields
}

/// Fields that have one value only.
pub(super) fn fixed() -> [(&'static str, Value); 8] {
    [
        ("ClientType", json!("web")),
        ("ConsentRequired", json!(false)),
        ("CookieConsentShared", json!(false)),
        ("IsInternalService", json!(false)),
        ("OneLoginService", json!(false)),
        ("ServiceType", json!("MANDATORY")),
        ("SubjectType", json!("pairwise")),
        ("TestClient", json!(false)),
    ]
}

const MISSPELT: &str = "PostLogoutRedirectUrIs";

/// What stands in the place of a secret that goes another way.
pub(super) const SEPARATELY: &str = "{PROVIDE_SEPARATELY}";

pub(super) const VOCABULARY: &str = "https://vocab.account.gov.uk/v1/";

const CORE: [Attribute; 3] = [Attribute::FirstName, Attribute::LastName, Attribute::Dob];

const ADDRESS: [Attribute; 5] = [
    Attribute::Address1,
    Attribute::Address2,
    Attribute::City,
    Attribute::State,
    Attribute::Zipcode,
];

const OTHER_CLAIMS: &[&str] = &[
    "passport",
    "drivingPermit",
    "returnCode",
    "inheritedIdentityJWT",
];

const OTHER_SCOPES: &[&str] = &[
    "offline_access",
    "am",
    "govuk-account",
    "doc-checking-app",
    "wallet-subject-id",
];

const ALGORITHMS: &[(&str, SigningAlgorithm)] = &[
    ("ES256", SigningAlgorithm::ES256),
    ("RS256", SigningAlgorithm::RS256),
    ("RSA256", SigningAlgorithm::RS256),
];

const METHODS: &[(&str, TokenEndpointAuthMethod)] = &[
    ("private_key_jwt", TokenEndpointAuthMethod::PrivateKeyJwt),
    (
        "client_secret_post",
        TokenEndpointAuthMethod::ClientSecretPost,
    ),
];

const KNOWN: &[&str] = &[
    "BackChannelLogoutUri",
    "Channel",
    "Claims",
    "ClientID",
    "ClientLoCs",
    "ClientName",
    "ClientSecret",
    "ClientType",
    "ConsentRequired",
    "Contacts",
    "CookieConsentShared",
    "IdTokenSigningAlgorithm",
    "IdentityVerificationSupported",
    "IsActive",
    "IsDeprecated",
    "IsInternalService",
    "JarValidationRequired",
    "JwksUrl",
    "LandingPageUrl",
    "MaxAgeEnabled",
    "OneLoginService",
    "PKCEEnforced",
    "PermitMissingNonce",
    "PostLogoutRedirectUrIs",
    "PostLogoutRedirectUrls",
    "PublicKey",
    "PublicKeySource",
    "RateLimit",
    "RedirectUrls",
    "Scopes",
    "SectorIdentifierUri",
    "ServiceType",
    "SmokeTest",
    "SubjectType",
    "TestClient",
    "TestClientEmailAllowlist",
    "TokenAuthMethod",
    "rateLimit",
];
