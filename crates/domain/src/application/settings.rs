//! Settings of the two protocols.

use serde::{Deserialize, Serialize};

/// The protocol that an app speaks.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// OpenID Connect.
    #[default]
    Oidc,
    /// SAML 2.0.
    Saml,
}

impl Protocol {
    /// The name that people know.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Oidc => "OpenID Connect",
            Self::Saml => "SAML 2.0",
        }
    }
}

/// Settings of an OpenID Connect app.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OidcSettings {
    /// How the app proves itself at the token endpoint.
    pub token_endpoint_auth_method: TokenEndpointAuthMethod,
    /// Where people may be sent after sign-in.
    pub redirect_uris: Vec<String>,
    /// Where people may be sent after sign-out.
    pub post_logout_redirect_uris: Vec<String>,
    /// Where the app hears that a session ended.
    pub backchannel_logout_uri: Option<String>,
    /// The signature of ID tokens.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// The form of access tokens.
    pub access_token_format: AccessTokenFormat,
    /// Must authorization requests be pushed first?
    pub require_par: bool,
    /// Must authorization requests be signed?
    pub require_signed_request_object: bool,
    /// Are access tokens bound to a key of the app?
    pub dpop_bound_access_tokens: bool,
    /// Does the app follow the FAPI 2.0 security profile?
    pub fapi2: bool,
    /// Where the app publishes its keys.
    pub jwks_uri: Option<String>,
}

/// How an app proves itself at the token endpoint.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum TokenEndpointAuthMethod {
    /// A signed assertion. RFC 7523.
    #[default]
    PrivateKeyJwt,
    /// A secret in the Authorization header.
    ClientSecretBasic,
    /// A secret in the body.
    ClientSecretPost,
    /// A client certificate. RFC 8705.
    TlsClientAuth,
    /// Nothing but PKCE: a public client.
    None,
}

impl TokenEndpointAuthMethod {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::TlsClientAuth => "tls_client_auth",
            Self::None => "none",
        }
    }
}

/// The signature algorithm of ID tokens.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum SigningAlgorithm {
    /// RSA with SHA-256.
    #[default]
    RS256,
    /// RSA-PSS with SHA-256.
    PS256,
    /// ECDSA on P-256.
    ES256,
    /// Ed25519.
    EdDSA,
}

impl SigningAlgorithm {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::PS256 => "PS256",
            Self::ES256 => "ES256",
            Self::EdDSA => "EdDSA",
        }
    }
}

/// The form of access tokens.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum AccessTokenFormat {
    /// A random string that means nothing to its holder.
    #[default]
    Opaque,
    /// A signed token. RFC 9068.
    Jwt,
}

impl AccessTokenFormat {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opaque => "opaque",
            Self::Jwt => "jwt",
        }
    }
}

/// Settings of a SAML app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SamlSettings {
    /// Where assertions are posted.
    pub acs_urls: Vec<String>,
    /// The assertion consumer logout service.
    pub logout_url: Option<String>,
    /// How assertions are encrypted.
    pub encryption: Encryption,
    /// Is the response signed beside the assertion?
    pub sign_response: bool,
    /// What names a person.
    pub name_id_format: NameIdFormat,
    /// Must requests be signed?
    pub require_signed_requests: bool,
}

impl Default for SamlSettings {
    fn default() -> Self {
        Self {
            acs_urls: Vec::new(),
            logout_url: None,
            encryption: Encryption::default(),
            sign_response: true,
            name_id_format: NameIdFormat::default(),
            // An app that cannot sign says so; the safe choice is the default.
            require_signed_requests: true,
        }
    }
}

/// How assertions are encrypted.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum Encryption {
    /// AES-256 in GCM mode.
    #[default]
    #[serde(rename = "aes256-gcm")]
    Aes256Gcm,
    /// AES-256 in CBC mode.
    #[serde(rename = "aes256-cbc")]
    Aes256Cbc,
    /// AES-128 in GCM mode.
    #[serde(rename = "aes128-gcm")]
    Aes128Gcm,
    /// AES-128 in CBC mode.
    #[serde(rename = "aes128-cbc")]
    Aes128Cbc,
    /// Not encrypted.
    #[serde(rename = "none")]
    None,
}

impl Encryption {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aes256Gcm => "aes256-gcm",
            Self::Aes256Cbc => "aes256-cbc",
            Self::Aes128Gcm => "aes128-gcm",
            Self::Aes128Cbc => "aes128-cbc",
            Self::None => "none",
        }
    }
}

/// What names a person in an assertion.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum NameIdFormat {
    /// An identifier that means nothing elsewhere.
    #[default]
    Persistent,
    /// The e-mail address.
    Email,
}

impl NameIdFormat {
    /// The name in documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Persistent => "persistent",
            Self::Email => "email",
        }
    }
}
