//! Passkeys and security keys: why an answer of one does not count. Web Authentication Level 3 §7

use durward_domain::refusal::{RefusalKind, Refuse};

use super::method::Method;

/// What an answer proves: whether the authenticator checked its owner decides. Web Authentication Level 3 §6.1
pub const fn method(user_verified: bool) -> Method {
    if user_verified {
        Method::Passkey
    } else {
        Method::SecurityKey
    }
}

/// Why a passkey or a security key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnRefusal {
    /// Nothing came that an authenticator could have said.
    #[error(
        "Your browser sent no answer of a passkey. Try again, with JavaScript turned on, or choose another method."
    )]
    Unanswered,
    /// Not asked for in this browser, asked too long ago, or answered before.
    #[error("This question to your passkey is no longer open. Try again.")]
    Expired,
    /// Answered for another page than ours.
    #[error(
        "This answer was made for another site. Check the address in your browser and begin again from our page."
    )]
    OtherSite,
    /// No credential of this person, or of anybody.
    #[error(
        "We do not know this passkey. Choose another one, or sign in with your email address and password."
    )]
    Unknown,
    /// It stands alone, so it must check who holds it.
    #[error(
        "This passkey did not check that it is you. Sign in with your email address and password, and use it as your second method."
    )]
    NotVerified,
    /// Its counter went backwards.
    #[error(
        "This security key may have been copied, so we do not take it. Use another method, and remove this key from your account."
    )]
    Cloned,
    /// It is in an account already.
    #[error("This passkey or security key was added before. Choose another one.")]
    AlreadyAdded,
    /// Its signature, its key or its flags are not as they must be.
    #[error("The answer of this passkey is not right. Try again, or choose another method.")]
    Invalid,
    /// The address of this environment has no name that a passkey could be bound to.
    #[error("Passkeys do not work at this address. Choose another method.")]
    Unavailable,
}

impl WebauthnRefusal {
    /// Every refusal, for the documentation of codes.
    pub const ALL: [Self; 9] = [
        Self::Unanswered,
        Self::Expired,
        Self::OtherSite,
        Self::Unknown,
        Self::NotVerified,
        Self::Cloned,
        Self::AlreadyAdded,
        Self::Invalid,
        Self::Unavailable,
    ];
}

impl Refuse for WebauthnRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Unanswered => "webauthn/unanswered",
            Self::Expired => "webauthn/expired",
            Self::OtherSite => "webauthn/other-site",
            Self::Unknown => "webauthn/unknown",
            Self::NotVerified => "webauthn/not-verified",
            Self::Cloned => "webauthn/cloned",
            Self::AlreadyAdded => "webauthn/already-added",
            Self::Invalid => "webauthn/invalid",
            Self::Unavailable => "webauthn/unavailable",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unanswered | Self::Expired | Self::OtherSite | Self::Invalid => {
                RefusalKind::Invalid
            }
            Self::Unknown | Self::NotVerified | Self::Cloned => RefusalKind::Unauthenticated,
            Self::AlreadyAdded => RefusalKind::Conflict,
            Self::Unavailable => RefusalKind::Unavailable,
        }
    }
}
