//! Settings of the two protocols.

use serde::{Deserialize, Serialize};

use super::OwnPolicies;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// What the app may ask the token endpoint for.
    pub grant_types: Vec<GrantType>,
    /// The signature of ID tokens.
    pub id_token_signed_response_alg: SigningAlgorithm,
    /// How the key of an encrypted ID token is told; without it, ID tokens are not encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_alg: Option<KeyManagement>,
    /// How an encrypted ID token is encrypted; without it, with [`ContentEncryption::default`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token_encrypted_response_enc: Option<ContentEncryption>,
    /// The signature of userinfo answers; without it, they are plain JSON.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<SigningAlgorithm>,
    /// How the key of an encrypted userinfo answer is told; without it, they are not encrypted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_alg: Option<KeyManagement>,
    /// How an encrypted userinfo answer is encrypted; without it, with [`ContentEncryption::default`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userinfo_encrypted_response_enc: Option<ContentEncryption>,
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
    /// Policies that the app has instead of its programme's.
    #[serde(skip_serializing_if = "OwnPolicies::is_empty")]
    pub policies: OwnPolicies,
}

impl Default for OidcSettings {
    fn default() -> Self {
        Self {
            token_endpoint_auth_method: TokenEndpointAuthMethod::default(),
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            backchannel_logout_uri: None,
            grant_types: vec![GrantType::AuthorizationCode],
            id_token_signed_response_alg: SigningAlgorithm::default(),
            id_token_encrypted_response_alg: None,
            id_token_encrypted_response_enc: None,
            userinfo_signed_response_alg: None,
            userinfo_encrypted_response_alg: None,
            userinfo_encrypted_response_enc: None,
            access_token_format: AccessTokenFormat::default(),
            require_par: false,
            require_signed_request_object: false,
            dpop_bound_access_tokens: false,
            fapi2: false,
            jwks_uri: None,
            policies: OwnPolicies::default(),
        }
    }
}

/// What an app may ask the token endpoint for.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// Tokens for a person who signed in. RFC 6749 §4.1
    #[default]
    AuthorizationCode,
    /// New tokens without the person. RFC 6749 §6
    RefreshToken,
    /// A token for the app itself. RFC 6749 §4.4
    ClientCredentials,
}

impl GrantType {
    /// Every value; discovery says the same.
    pub const ALL: [Self; 3] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
        }
    }
}

/// How the key of an encrypted token is told to its reader. RFC 7518 §4.1
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub enum KeyManagement {
    /// Encrypted for an RSA key.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// Agreed with an elliptic curve key.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
}

impl KeyManagement {
    /// Every value; discovery says the same.
    pub const ALL: [Self; 2] = [Self::RsaOaep256, Self::EcdhEs];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
        }
    }
}

/// How a token is encrypted. RFC 7518 §5.1
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode with HMAC SHA-256: the default of OpenID Connect Registration 1.0 §2.
    #[default]
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-128 in GCM mode.
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-256 in GCM mode.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

impl ContentEncryption {
    /// Every value; discovery says the same.
    pub const ALL: [Self; 3] = [Self::A128CbcHs256, Self::A128Gcm, Self::A256Gcm];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }
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
