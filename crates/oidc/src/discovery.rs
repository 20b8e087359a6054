//! The discovery document, complete and true: built from the same lists that the rules use.

use durward_domain::application::{ContentEncryption, KeyManagement};
use durward_domain::level::Aal;
use durward_domain::level::StrengthAsk;
use durward_domain::programme::Programme;
use durward_keyring::jose::Algorithm;
use serde_json::{Map, Value, json};

use crate::authorize::checks::{CHALLENGE_METHODS, RESPONSE_TYPES};
use crate::authorize::{Prompt, ResponseMode, request_object};
use crate::dpop;
use crate::token::GRANT_TYPES;
use crate::token::client_auth::{AUTH_METHODS, INTROSPECTION_METHODS};

/// An address of the door, below the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name in the document.
    pub name: &'static str,
    /// Its path.
    pub path: &'static str,
}

/// The addresses of a programme in the shape of Login.gov.
pub const ENDPOINTS: [Endpoint; 8] = [
    AUTHORIZE,
    PUSH,
    TOKEN,
    INTROSPECTION,
    REVOCATION,
    USERINFO,
    CERTS,
    LOGOUT,
];

/// Where a browser begins.
pub const AUTHORIZE: Endpoint = endpoint("authorization_endpoint", "/openid_connect/authorize");
/// Where an app leaves a request before its browser comes. RFC 9126
pub const PUSH: Endpoint = endpoint(
    "pushed_authorization_request_endpoint",
    "/api/openid_connect/par",
);
/// Where a code is redeemed.
pub const TOKEN: Endpoint = endpoint("token_endpoint", "/api/openid_connect/token");
/// Where an app asks whether a token is good. RFC 7662
pub const INTROSPECTION: Endpoint =
    endpoint("introspection_endpoint", "/api/openid_connect/introspect");
/// Where an app ends a token. RFC 7009
pub const REVOCATION: Endpoint = endpoint("revocation_endpoint", "/api/openid_connect/revoke");
/// Where claims are read.
pub const USERINFO: Endpoint = endpoint("userinfo_endpoint", "/api/openid_connect/userinfo");
/// Where our keys are.
pub const CERTS: Endpoint = endpoint("jwks_uri", "/api/openid_connect/certs");
/// Where a browser signs out.
pub const LOGOUT: Endpoint = endpoint("end_session_endpoint", "/openid_connect/logout");
/// Where this document is.
pub const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
/// Where clients of plain OAuth look for the same document. RFC 8414 §3
pub const METADATA_PATH: &str = "/.well-known/oauth-authorization-server";

/// What one environment can do.
#[derive(Debug, Clone)]
pub struct Offers<'a> {
    /// The issuer, without a trailing slash.
    pub issuer: &'a str,
    /// The algorithms for which it has signing keys, the default first.
    pub id_token_algorithms: &'a [Algorithm],
    /// The strongest sign-in that it can give.
    pub strongest: Aal,
    /// Where programs register apps, where they may.
    pub registration: Option<&'a str>,
    /// Pages for people who build apps.
    pub documentation: Option<&'a str>,
}

/// An address as a whole URL.
pub fn url(issuer: &str, endpoint: Endpoint) -> String {
    format!("{}{}", issuer.trim_end_matches('/'), endpoint.path)
}

/// The document.
pub fn document(programme: &Programme, offers: &Offers<'_>) -> Value {
    let names =
        |algorithms: &[Algorithm]| -> Vec<_> { algorithms.iter().map(|a| a.name()).collect() };
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| {
        document.insert(name.to_owned(), value);
    };
    put("issuer", json!(offers.issuer));
    for endpoint in ENDPOINTS {
        put(endpoint.name, json!(url(offers.issuer, endpoint)));
    }
    put("response_types_supported", json!(RESPONSE_TYPES));
    put(
        "response_modes_supported",
        json!(ResponseMode::ALL.map(ResponseMode::as_str)),
    );
    let grants: Vec<_> = GRANT_TYPES.iter().map(|grant| grant.as_str()).collect();
    put("grant_types_supported", json!(grants));
    put("subject_types_supported", json!(["pairwise"]));
    put("scopes_supported", json!(scopes(programme)));
    put("claims_supported", json!(claims(programme)));
    put("claim_types_supported", json!(["normal"]));
    put(
        "acr_values_supported",
        json!(acr_values(programme, offers.strongest)),
    );
    put(
        "id_token_signing_alg_values_supported",
        json!(names(offers.id_token_algorithms)),
    );
    put(
        "userinfo_signing_alg_values_supported",
        json!(names(offers.id_token_algorithms)),
    );
    for answer in ["id_token", "userinfo"] {
        put(
            &format!("{answer}_encryption_alg_values_supported"),
            json!(KeyManagement::ALL.map(KeyManagement::as_str)),
        );
        put(
            &format!("{answer}_encryption_enc_values_supported"),
            json!(ContentEncryption::ALL.map(ContentEncryption::as_str)),
        );
    }
    // RFC 8414 §2: each endpoint at which apps prove themselves.
    for (endpoint, methods) in [
        ("token", AUTH_METHODS),
        ("revocation", AUTH_METHODS),
        ("introspection", INTROSPECTION_METHODS),
    ] {
        put(
            &format!("{endpoint}_endpoint_auth_methods_supported"),
            json!(methods),
        );
        put(
            &format!("{endpoint}_endpoint_auth_signing_alg_values_supported"),
            json!(names(&Algorithm::ALL)),
        );
    }
    put("code_challenge_methods_supported", json!(CHALLENGE_METHODS));
    put(
        "prompt_values_supported",
        json!(Prompt::ALL.map(Prompt::as_str)),
    );
    put("ui_locales_supported", json!(programme.languages));
    put(
        "authorization_response_iss_parameter_supported",
        json!(true),
    );
    // Back-Channel Logout 1.0 §2.1. Each logout token names the session.
    put("backchannel_logout_supported", json!(true));
    put("backchannel_logout_session_supported", json!(true));
    put("claims_parameter_supported", json!(true));
    put("request_parameter_supported", json!(true));
    put(
        "request_object_signing_alg_values_supported",
        json!(names(&Algorithm::ALL)),
    );
    put(
        "dpop_signing_alg_values_supported",
        json!(names(dpop::ALGORITHMS)),
    );
    put(
        "request_object_encryption_alg_values_supported",
        json!(
            request_object::ENCRYPTION
                .algorithms
                .iter()
                .map(|alg| alg.name())
                .collect::<Vec<_>>()
        ),
    );
    put(
        "request_object_encryption_enc_values_supported",
        json!(
            request_object::ENCRYPTION
                .encryptions
                .iter()
                .map(|enc| enc.name())
                .collect::<Vec<_>>()
        ),
    );
    // One of ours only; the document must say so because left out means true.
    put("request_uri_parameter_supported", json!(false));
    put("require_pushed_authorization_requests", json!(false));
    // RFC 8414 §2; only where apps are tried out.
    if let Some(registration) = offers.registration {
        put("registration_endpoint", json!(registration));
    }
    if let Some(documentation) = offers.documentation {
        put("service_documentation", json!(documentation));
    }
    Value::Object(document)
}

/// The levels that can be asked with success here.
fn acr_values(programme: &Programme, strongest: Aal) -> Vec<&str> {
    let reachable = |ask: StrengthAsk| match ask {
        StrengthAsk::Default => true,
        other => other.or(durward_domain::level::DefaultAal::Aal1) <= strongest,
    };
    programme
        .acr
        .iter()
        // Password classes of SAML are accepted, but are no values of OpenID Connect.
        .filter(|row| row.generation != durward_domain::level::Generation::Saml)
        .filter(|row| row.strength.is_none_or(reachable))
        .map(|row| row.value.as_str())
        .collect()
}

fn scopes(programme: &Programme) -> Vec<&str> {
    programme.scope.iter().map(|s| s.name.as_str()).collect()
}

fn claims(programme: &Programme) -> Vec<&str> {
    let mut claims = vec!["sub", "iss", "auth_time", "acr", "ial", "aal", "amr", "sid"];
    for claim in programme.scope.iter().flat_map(|s| &s.claims) {
        if !claims.contains(&claim.as_str()) {
            claims.push(claim);
        }
    }
    claims
}

const fn endpoint(name: &'static str, path: &'static str) -> Endpoint {
    Endpoint { name, path }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn us() -> Value {
        let offers = Offers {
            issuer: "http://localhost:8401",
            id_token_algorithms: &[Algorithm::RS256, Algorithm::ES256],
            strongest: Aal::Aal2,
            registration: None,
            documentation: None,
        };
        document(&Programme::named("us").unwrap(), &offers)
    }

    #[test]
    fn addresses() {
        let document = us();
        assert_eq!(document["issuer"], "http://localhost:8401");
        assert_eq!(
            document["token_endpoint"],
            "http://localhost:8401/api/openid_connect/token"
        );
        assert_eq!(
            document["jwks_uri"],
            "http://localhost:8401/api/openid_connect/certs"
        );
    }

    #[test]
    fn what_cannot_be_reached_is_not_offered() {
        let text = us()["acr_values_supported"].to_string();
        assert!(text.contains("urn:acr.login.gov:auth-only"));
        assert!(text.contains("assurance/aal/2\""));
        assert!(!text.contains("phishing_resistant") && !text.contains("hspd12"));
        assert!(!text.contains("aal/3") && !text.contains("oasis"));
    }

    #[test]
    fn names_in_alphabetical_order() {
        let names: Vec<_> = us().as_object().unwrap().keys().cloned().collect();
        assert_eq!(
            names,
            [
                "acr_values_supported",
                "authorization_endpoint",
                "authorization_response_iss_parameter_supported",
                "backchannel_logout_session_supported",
                "backchannel_logout_supported",
                "claim_types_supported",
                "claims_parameter_supported",
                "claims_supported",
                "code_challenge_methods_supported",
                "dpop_signing_alg_values_supported",
                "end_session_endpoint",
                "grant_types_supported",
                "id_token_encryption_alg_values_supported",
                "id_token_encryption_enc_values_supported",
                "id_token_signing_alg_values_supported",
                "introspection_endpoint",
                "introspection_endpoint_auth_methods_supported",
                "introspection_endpoint_auth_signing_alg_values_supported",
                "issuer",
                "jwks_uri",
                "prompt_values_supported",
                "pushed_authorization_request_endpoint",
                "request_object_encryption_alg_values_supported",
                "request_object_encryption_enc_values_supported",
                "request_object_signing_alg_values_supported",
                "request_parameter_supported",
                "request_uri_parameter_supported",
                "require_pushed_authorization_requests",
                "response_modes_supported",
                "response_types_supported",
                "revocation_endpoint",
                "revocation_endpoint_auth_methods_supported",
                "revocation_endpoint_auth_signing_alg_values_supported",
                "scopes_supported",
                "subject_types_supported",
                "token_endpoint",
                "token_endpoint_auth_methods_supported",
                "token_endpoint_auth_signing_alg_values_supported",
                "ui_locales_supported",
                "userinfo_encryption_alg_values_supported",
                "userinfo_encryption_enc_values_supported",
                "userinfo_endpoint",
                "userinfo_signing_alg_values_supported",
            ]
        );
    }
}
