//! Error codes of OAuth and OpenID Connect, as they are written on the wire.

use std::fmt;

/// A registered error code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OAuthError {
    /// RFC 6749.
    InvalidRequest,
    /// RFC 6749.
    InvalidClient,
    /// RFC 6749.
    InvalidGrant,
    /// RFC 6749.
    InvalidScope,
    /// RFC 6749.
    UnauthorizedClient,
    /// RFC 6749.
    UnsupportedGrantType,
    /// RFC 6749.
    UnsupportedResponseType,
    /// RFC 6749.
    AccessDenied,
    /// RFC 6749.
    ServerError,
    /// RFC 6749.
    TemporarilyUnavailable,
    /// OpenID Connect Core §3.1.2.6.
    LoginRequired,
    /// OpenID Connect Core §3.1.2.6.
    InteractionRequired,
    /// OpenID Connect Core §3.1.2.6.
    ConsentRequired,
    /// OpenID Connect Core §3.1.2.6.
    RequestNotSupported,
    /// OpenID Connect Core §3.1.2.6.
    RequestUriNotSupported,
    /// OpenID Connect Unmet Authentication Requirements.
    UnmetAuthenticationRequirements,
    /// RFC 9101.
    InvalidRequestUri,
    /// RFC 9101.
    InvalidRequestObject,
    /// RFC 6750.
    InvalidToken,
    /// RFC 6750.
    InsufficientScope,
    /// RFC 9449.
    InvalidDpopProof,
    /// RFC 9449.
    UseDpopNonce,
}

impl OAuthError {
    /// Every code.
    pub const ALL: [Self; 22] = [
        Self::InvalidRequest,
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::InvalidScope,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
        Self::UnsupportedResponseType,
        Self::AccessDenied,
        Self::ServerError,
        Self::TemporarilyUnavailable,
        Self::LoginRequired,
        Self::InteractionRequired,
        Self::ConsentRequired,
        Self::RequestNotSupported,
        Self::RequestUriNotSupported,
        Self::UnmetAuthenticationRequirements,
        Self::InvalidRequestUri,
        Self::InvalidRequestObject,
        Self::InvalidToken,
        Self::InsufficientScope,
        Self::InvalidDpopProof,
        Self::UseDpopNonce,
    ];

    /// Reads a code.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|error| error.as_str() == text)
    }

    /// The code on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidScope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::InteractionRequired => "interaction_required",
            Self::ConsentRequired => "consent_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
        }
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The page of the portal that explains a code of ours: `error_uri` of RFC 6749 §4.1.2.1 and §5.2.
pub fn error_uri(portal: &str, code: &str) -> String {
    format!("{}/help/errors/{code}", portal.trim_end_matches('/'))
}

/// A sentence in the characters that `error_description` may have. RFC 6749 §4.1.2.1
pub fn description(sentence: &str) -> String {
    sentence
        .chars()
        .map(|c| match c {
            '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => '?',
        })
        .take(600)
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn descriptions_have_only_allowed_characters() {
        assert_eq!(super::description("say \"hé\"\r\n"), "say 'h?'??");
    }
}
