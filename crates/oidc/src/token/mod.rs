//! The token endpoint: a form in, a grant to judge out.

pub mod authorization_code;
pub mod client_auth;
mod client_secret;
mod error;
pub mod key_set;
pub mod refresh_token;

use durward_domain::application::GrantType;

use crate::client::Client;
use crate::params::Params;
pub use authorization_code::CodeGrant;
pub use client_auth::Presented;
pub use client_secret::HeldSecret;
pub use error::TokenError;
pub use key_set::{KeySet, KeySetFault};
pub use refresh_token::RefreshGrant;

/// The grants of this endpoint; discovery says the same.
pub const GRANT_TYPES: &[GrantType] = &[
    GrantType::AuthorizationCode,
    GrantType::RefreshToken,
    GrantType::ClientCredentials,
];

/// What a form asks. No `Debug`.
pub enum Grant {
    /// A code is redeemed.
    Code(CodeGrant),
    /// A refresh token is used.
    Refresh(RefreshGrant),
    /// The app asks for itself. RFC 6749 §4.4
    Own,
}

impl Grant {
    fn read(params: &Params) -> Result<Self, TokenError> {
        let asked = params
            .get("grant_type")
            .ok_or(TokenError::Missing("grant_type"))?;
        match GRANT_TYPES.iter().find(|known| known.as_str() == asked) {
            Some(GrantType::AuthorizationCode) => CodeGrant::read(params).map(Self::Code),
            Some(GrantType::RefreshToken) => RefreshGrant::read(params).map(Self::Refresh),
            // No scope says anything about an app alone: none is known, so none is granted.
            Some(GrantType::ClientCredentials) => match params.get("scope") {
                None => Ok(Self::Own),
                Some(_) => Err(TokenError::NoOwnScope),
            },
            _ => Err(TokenError::GrantType),
        }
    }

    /// What the app must be registered for.
    pub const fn kind(&self) -> GrantType {
        match self {
            Self::Code(_) => GrantType::AuthorizationCode,
            Self::Refresh(_) => GrantType::RefreshToken,
            Self::Own => GrantType::ClientCredentials,
        }
    }
}

/// May the app ask for this? RFC 6749 §5.2
///
/// # Errors
/// [`TokenError::GrantNotRegistered`].
pub fn allowed(client: &Client, asked: GrantType) -> Result<(), TokenError> {
    if client.grant_types.contains(&asked) {
        Ok(())
    } else {
        Err(TokenError::GrantNotRegistered(asked.as_str()))
    }
}

/// May the app have a token for itself? RFC 6749 §4.4: only one that proves itself.
///
/// # Errors
/// [`TokenError::OwnTokenOfPublic`].
pub fn own_allowed(client: &Client) -> Result<(), TokenError> {
    if client.is_public() {
        Err(TokenError::OwnTokenOfPublic)
    } else {
        Ok(())
    }
}

/// A form of good shape. No `Debug`: it holds a code and an assertion.
pub struct TokenRequest {
    /// What is asked.
    pub grant: Grant,
    /// How the client says who it is.
    pub client: Presented,
}

impl TokenRequest {
    /// Reads the body. `authorization` is the header of that name.
    pub fn parse(body: &[u8], authorization: Option<&str>) -> Result<Self, TokenError> {
        let params = Params::parse(body).map_err(TokenError::Form)?;
        if let Some(name) = params.repeated() {
            return Err(TokenError::ParameterRepeated(
                name.chars().take(60).collect(),
            ));
        }
        let grant = Grant::read(&params)?;
        let client = Presented::read(&params, authorization)?;
        Ok(Self { grant, client })
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
