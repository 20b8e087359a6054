//! Why a proof of possession does not count.

use durward_domain::refusal::{RefusalKind, Refuse};

use super::OLDEST_SECONDS;
use crate::oauth::OAuthError;
use crate::token::client_auth::SKEW_SECONDS;

/// Why a proof of possession does not count. RFC 9449 §4.3
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// None was sent where one must be.
    #[error("This request needs a DPoP proof. Send one in the DPoP header, signed with your key.")]
    Missing,
    /// More than one header.
    #[error("The request has more than one DPoP header. Send one.")]
    Several,
    /// Not a signed token.
    #[error(
        "The DPoP proof is not a signed token of three parts with an asymmetric algorithm of dpop_signing_alg_values_supported."
    )]
    Unreadable,
    /// `typ`.
    #[error("The typ of the DPoP proof is not dpop+jwt.")]
    Type,
    /// No `jwk`.
    #[error("The header of the DPoP proof has no jwk. Put the public key there.")]
    NoKey,
    /// A private `jwk`.
    #[error(
        "The jwk of the DPoP proof holds private or secret members. Send the public key alone, and make a new pair: this one is known now."
    )]
    PrivateKey,
    /// A `jwk` that is none.
    #[error("The jwk of the DPoP proof is not a public key for signatures.")]
    Key,
    /// An algorithm that the profile of the app does not allow.
    #[error("A FAPI 2.0 app signs its DPoP proofs with PS256, ES256 or EdDSA.")]
    Algorithm,
    /// A claim is missing.
    #[error("The DPoP proof has no {0} claim, or it is not of the right type.")]
    Claim(&'static str),
    /// `htm`.
    #[error("The htm of the DPoP proof is not the method of the request.")]
    Method,
    /// `htu`.
    #[error(
        "The htu of the DPoP proof is not the address of this endpoint in the discovery document."
    )]
    Url,
    /// `iat`.
    #[error(
        "The DPoP proof was made {seconds} seconds ago; 0 to {OLDEST_SECONDS} are good, and {SKEW_SECONDS} ahead are tolerated. Check the clock."
    )]
    Time {
        /// Its age.
        seconds: i64,
    },
    /// `ath`.
    #[error("The ath of the DPoP proof is not the SHA-256 of the access token.")]
    TokenHash,
    /// The signature.
    #[error("The key in the DPoP proof does not verify its signature.")]
    Signature,
    /// `nonce`.
    #[error(
        "The DPoP proof needs a nonce of this server. Make a new proof with the DPoP-Nonce of this answer."
    )]
    Nonce,
    /// It was sent before.
    #[error("This DPoP proof was used before. Make a new one, with a new jti, for each request.")]
    Replayed,
    /// Another key than the one that was bound.
    #[error("The DPoP proof is signed with another key than the one that this was bound to.")]
    OtherKey,
}

impl ProofFault {
    /// The error code on the wire. RFC 9449 §5 and §8
    pub const fn oauth_error(self) -> OAuthError {
        match self {
            Self::Nonce => OAuthError::UseDpopNonce,
            _ => OAuthError::InvalidDpopProof,
        }
    }
}

impl Refuse for ProofFault {
    fn code(&self) -> &'static str {
        match self {
            Self::Missing => "dpop/missing",
            Self::Several => "dpop/several",
            Self::Unreadable => "dpop/unreadable",
            Self::Type => "dpop/type",
            Self::NoKey => "dpop/no-key",
            Self::PrivateKey => "dpop/private-key",
            Self::Key => "dpop/key",
            Self::Algorithm => "dpop/algorithm",
            Self::Claim(_) => "dpop/claim",
            Self::Method => "dpop/method",
            Self::Url => "dpop/url",
            Self::Time { .. } => "dpop/time",
            Self::TokenHash => "dpop/token-hash",
            Self::Signature => "dpop/signature",
            Self::Nonce => "dpop/nonce",
            Self::Replayed => "dpop/replayed",
            Self::OtherKey => "dpop/other-key",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}
