//! Why the token endpoint, and those beside it, give nothing.

use durward_domain::refusal::{RefusalKind, Refuse, Simulated};

use crate::dpop::ProofFault;
use crate::oauth::OAuthError;
use crate::params::BadParams;

/// Why no token is given. RFC 6749 §5.2
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The body cannot be read.
    #[error("{0}")]
    Form(BadParams),
    /// The body is no form.
    #[error("Send the parameters as application/x-www-form-urlencoded.")]
    NoForm,
    /// A parameter comes twice.
    #[error("The parameter {0} is given more than once. Give each once.")]
    ParameterRepeated(String),
    /// A parameter is missing.
    #[error("The parameter {0} is missing.")]
    Missing(&'static str),
    /// A parameter is too long or of the wrong form.
    #[error("The parameter {0} is not what it must be.")]
    Malformed(&'static str),
    /// Another grant type.
    #[error(
        "This grant_type is not supported. Send one of grant_types_supported of the discovery document."
    )]
    GrantType,
    /// A grant type that the app is not registered for.
    #[error(
        "The app is not registered for grant_type={0}. Add it to grant_types of the app, or send another."
    )]
    GrantNotRegistered(&'static str),
    /// No app of this client id.
    #[error(
        "No app is registered under this client_id in this environment. Check its spelling and the environment."
    )]
    ClientUnknown,
    /// A suspended app.
    #[error(
        "This app is suspended or retired in this environment. No token is given for it. The app's page in the portal says why."
    )]
    ClientInactive,
    /// Another scheme than Basic.
    #[error(
        "The Authorization header is used for client_secret_basic only. Send Basic, or prove the app in the body."
    )]
    BasicUnsupported,
    /// Basic credentials that cannot be read.
    #[error(
        "The Authorization header cannot be read. Send Basic and, in base64, the form-encoded client_id, a colon and the form-encoded secret."
    )]
    BasicUnreadable,
    /// No such secret of this app, or it ended.
    #[error(
        "The secret is not one of this app in this environment, or it ended. Make a new one on the keys page of the app."
    )]
    SecretWrong,
    /// Too many wrong secrets.
    #[error(
        "Too many wrong secrets were sent for this app. Wait a minute. A right one is still taken."
    )]
    TooManySecrets,
    /// The app's own method is not allowed.
    #[error(
        "The app is registered to prove itself by {0}, which its policies do not allow. Register another way, or have auth_methods of the app reviewed."
    )]
    MethodNotAllowed(&'static str),
    /// What proves a client stands in the address.
    #[error(
        "The address names {0}. Send it in the body only: addresses are written down in many places."
    )]
    InAddress(&'static str),
    /// Two ways at once.
    #[error("The client proves itself in more than one way. Use one.")]
    SeveralMethods,
    /// Another way than registered.
    #[error("The app is registered to prove itself by {registered}, and the request does not.")]
    OtherMethod {
        /// The registered way.
        registered: &'static str,
    },
    /// A public app asks what only a proved one may.
    #[error(
        "A public app proves nothing, so it is not told of tokens. Register a key for the app."
    )]
    PublicClient,
    /// Another assertion type.
    #[error("client_assertion_type is not urn:ietf:params:oauth:client-assertion-type:jwt-bearer.")]
    AssertionType,
    /// Not a signed token.
    #[error("client_assertion cannot be read: {0}.")]
    AssertionUnreadable(String),
    /// No key fits.
    #[error(
        "No registered key of the app verifies the signature of client_assertion. Register the public key that belongs to the private key that signs."
    )]
    AssertionSignature,
    /// The published keys lack it.
    #[error(
        "The key {kid} that signs client_assertion is not among the keys at {uri}. Publish it there before it signs; the address is read again when a key id is unknown, a few times a minute at most."
    )]
    KeyUnpublished {
        /// The key id of the assertion.
        kid: String,
        /// The app's `jwks_uri`.
        uri: String,
    },
    /// The published keys cannot be read.
    #[error("The keys of the app at {uri} cannot be read: {why}")]
    KeysUnavailable {
        /// The app's `jwks_uri`.
        uri: String,
        /// What is wrong, as a sentence.
        why: String,
    },
    /// A claim is missing.
    #[error("client_assertion has no {0} claim, or it is not of the right type.")]
    AssertionClaim(&'static str),
    /// `iss` or `sub`.
    #[error("In client_assertion, {0} is not the client_id.")]
    AssertionNotTheClient(&'static str),
    /// `aud`.
    #[error("The audience of client_assertion is not this token endpoint. Set aud to {expected}.")]
    AssertionAudience {
        /// What it must be.
        expected: String,
    },
    /// `exp` is over.
    #[error(
        "client_assertion expired {seconds} seconds ago. Make a new one for each request, and check the clock."
    )]
    AssertionExpired {
        /// How long ago.
        seconds: i64,
    },
    /// `exp` is too far ahead.
    #[error("client_assertion is valid for too long. Set exp at most {max} seconds ahead.")]
    AssertionTooLong {
        /// The bound.
        max: i64,
    },
    /// `iat` or `nbf` is in the future.
    #[error(
        "In client_assertion, {claim} is {seconds} seconds in the future; {skew} are tolerated. Check the clock."
    )]
    AssertionFromTheFuture {
        /// Which claim.
        claim: &'static str,
        /// How far.
        seconds: i64,
        /// The tolerance.
        skew: i64,
    },
    /// The `jti` was used before.
    #[error(
        "This client_assertion was used before. Make a new one, with a new jti, for each request."
    )]
    AssertionReplayed,
    /// No such code, or that of another app.
    #[error(
        "The code is not valid. A code is valid once, for a short time, for the app that got it."
    )]
    CodeUnknown,
    /// The code was used before.
    #[error("The code was used before. The tokens that were issued for it are revoked.")]
    CodeSpent,
    /// The code is too old.
    #[error("The code is too old. Redeem it at once, or send the person through sign-in again.")]
    CodeExpired,
    /// The redirect URI is another one.
    #[error("redirect_uri is not the one of the authorization request.")]
    RedirectUri,
    /// The verifier is missing.
    #[error("The authorization request had a code_challenge. Send its code_verifier.")]
    VerifierMissing,
    /// The verifier is wrong.
    #[error("code_verifier does not belong to the code_challenge of the authorization request.")]
    VerifierWrong,
    /// A verifier without a challenge.
    #[error("The authorization request had no code_challenge, so code_verifier must not be sent.")]
    VerifierUnexpected,
    /// The session of the person is over.
    #[error(
        "The session of the person ended before the code was redeemed. Send the person through sign-in again."
    )]
    SessionEnded,
    /// The proof of possession does not count, or is missing.
    #[error(transparent)]
    Proof(#[from] ProofFault),
    /// Its answers are to be encrypted, and there is no key for it.
    #[error(
        "The ID token of this app is to be encrypted, and no key of the app with \"use\": \"enc\" fits. Register one, or publish one at its jwks_uri."
    )]
    EncryptionKey,
    /// No such refresh token, or that of another app.
    #[error(
        "The refresh token is not valid. Use the newest one that was given, or send the person through sign-in again."
    )]
    RefreshUnknown,
    /// The refresh token was used before.
    #[error(
        "The refresh token was used before. All tokens of this sign-in are revoked. Send the person through sign-in again."
    )]
    RefreshReplayed,
    /// The refresh token was not used for too long.
    #[error("The refresh token was not used for too long. Send the person through sign-in again.")]
    RefreshExpired,
    /// What it rests on is over: the session, the account, or the person's consent.
    #[error(
        "What the person agreed to has ended: they signed out, took it back, or were not asked for a year. Send the person through sign-in again."
    )]
    AuthorizationEnded,
    /// More than was granted.
    #[error(
        "The scope {0} was not granted with this refresh token. Ask for what was granted, or less."
    )]
    ScopeWider(String),
    /// A scope for the app itself.
    #[error(
        "A token for the app itself has no scopes: they all tell of a person. Leave scope out."
    )]
    NoOwnScope,
    /// A public app asks for itself.
    #[error(
        "A public app proves nothing, so it gets no token for itself. Register a key for the app."
    )]
    OwnTokenOfPublic,
    /// A fault that the app's team set in a test-class environment.
    #[error("The team of this app has set this answer in the test kit.")]
    Simulated {
        /// The HTTP status.
        status: u16,
        /// The error code.
        error: OAuthError,
    },
}

impl TokenError {
    /// The error code on the wire.
    pub const fn oauth_error(&self) -> OAuthError {
        match self {
            Self::Form(_)
            | Self::NoForm
            | Self::ParameterRepeated(_)
            | Self::Missing(_)
            | Self::Malformed(_)
            | Self::EncryptionKey => OAuthError::InvalidRequest,
            // RFC 6749 §5.2: more than one mechanism is an invalid request.
            Self::SeveralMethods | Self::InAddress(_) => OAuthError::InvalidRequest,
            Self::GrantType => OAuthError::UnsupportedGrantType,
            Self::GrantNotRegistered(_) | Self::OwnTokenOfPublic => OAuthError::UnauthorizedClient,
            Self::CodeUnknown
            | Self::CodeSpent
            | Self::CodeExpired
            | Self::RedirectUri
            | Self::VerifierMissing
            | Self::VerifierWrong
            | Self::VerifierUnexpected
            | Self::SessionEnded
            | Self::RefreshUnknown
            | Self::RefreshReplayed
            | Self::RefreshExpired
            | Self::AuthorizationEnded => OAuthError::InvalidGrant,
            Self::ScopeWider(_) | Self::NoOwnScope => OAuthError::InvalidScope,
            Self::Proof(fault) => fault.oauth_error(),
            Self::Simulated { error, .. } => *error,
            _ => OAuthError::InvalidClient,
        }
    }

    /// The HTTP status.
    pub const fn status(&self) -> u16 {
        match (self, self.oauth_error()) {
            (Self::Form(BadParams::TooLong), _) => 413,
            (Self::NoForm, _) => 415,
            (Self::Simulated { status, .. }, _) => *status,
            (Self::TooManySecrets, _) => 429,
            (_, OAuthError::InvalidClient) => 401,
            _ => 400,
        }
    }

    /// The `WWW-Authenticate` header: due when the client tried the Authorization header. RFC 6749 §5.2
    pub const fn www_authenticate(&self, tried_header: bool) -> Option<&'static str> {
        match self.status() {
            401 if tried_header => Some("Basic realm=\"token\""),
            _ => None,
        }
    }

    /// Are the tokens that were issued before to be revoked? RFC 6749 §4.1.2, RFC 9700 §4.14
    pub const fn revokes_issued_tokens(&self) -> bool {
        matches!(self, Self::CodeSpent | Self::RefreshReplayed)
    }
}

impl Refuse for TokenError {
    fn code(&self) -> &'static str {
        match self {
            Self::Form(_) => "token/form-unreadable",
            Self::NoForm => "token/media-type",
            Self::ParameterRepeated(_) => "token/parameter-repeated",
            Self::Missing(_) => "token/parameter-missing",
            Self::Malformed(_) => "token/parameter-malformed",
            Self::GrantType => "token/grant-type-unsupported",
            Self::GrantNotRegistered(_) => "token/grant-type-not-registered",
            Self::ClientUnknown => "token/client-unknown",
            Self::ClientInactive => "token/client-inactive",
            Self::BasicUnsupported => "token/authorization-header-unsupported",
            Self::BasicUnreadable => "token/basic-unreadable",
            Self::SecretWrong => "token/secret-wrong",
            Self::TooManySecrets => "token/too-many-secrets",
            Self::MethodNotAllowed(_) => "token/auth-method-not-allowed",
            Self::InAddress(_) => "token/in-address",
            Self::SeveralMethods => "token/several-auth-methods",
            Self::OtherMethod { .. } => "token/other-auth-method",
            Self::PublicClient => "token/public-client",
            Self::AssertionType => "token/assertion-type",
            Self::AssertionUnreadable(_) => "token/assertion-unreadable",
            Self::AssertionSignature => "token/assertion-signature",
            Self::KeyUnpublished { .. } => "token/key-unpublished",
            Self::KeysUnavailable { .. } => "token/keys-unavailable",
            Self::AssertionClaim(_) => "token/assertion-claim",
            Self::AssertionNotTheClient(_) => "token/assertion-not-the-client",
            Self::AssertionAudience { .. } => "token/assertion-audience",
            Self::AssertionExpired { .. } => "token/assertion-expired",
            Self::AssertionTooLong { .. } => "token/assertion-too-long",
            Self::AssertionFromTheFuture { .. } => "token/assertion-from-the-future",
            Self::AssertionReplayed => "token/assertion-replayed",
            Self::CodeUnknown => "token/code-unknown",
            Self::CodeSpent => "token/code-spent",
            Self::CodeExpired => "token/code-expired",
            Self::RedirectUri => "token/redirect-uri",
            Self::VerifierMissing => "token/verifier-missing",
            Self::VerifierWrong => "token/verifier-wrong",
            Self::VerifierUnexpected => "token/verifier-unexpected",
            Self::SessionEnded => "token/session-ended",
            Self::Proof(fault) => fault.code(),
            Self::EncryptionKey => "token/encryption-key",
            Self::RefreshUnknown => "token/refresh-token-unknown",
            Self::RefreshReplayed => "token/refresh-token-replayed",
            Self::RefreshExpired => "token/refresh-token-expired",
            Self::AuthorizationEnded => "token/authorization-ended",
            Self::ScopeWider(_) => "token/scope-wider",
            Self::NoOwnScope => "token/own-scope",
            Self::OwnTokenOfPublic => "token/own-token-of-public-app",
            Self::Simulated { .. } => Simulated.code(),
        }
    }

    fn kind(&self) -> RefusalKind {
        match (self, self.oauth_error()) {
            (Self::Form(BadParams::TooLong), _) => RefusalKind::TooLarge,
            (Self::TooManySecrets, _) => RefusalKind::TooMany,
            (_, OAuthError::InvalidClient) => RefusalKind::Unauthenticated,
            _ => RefusalKind::Invalid,
        }
    }
}
