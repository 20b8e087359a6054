//! A refusal: a decision about the caller, with a stable code and a sentence fit for a person.

use std::fmt;

/// A "no" that a person can understand and a program can match on.
///
/// The sentence comes from `Display` and says what to do about it.
pub trait Refuse: fmt::Display {
    /// The stable code, such as `launch/agreement-unsigned`.
    fn code(&self) -> &'static str;

    /// The family of the refusal, from which the edge chooses a status.
    fn kind(&self) -> RefusalKind;
}

/// The family of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefusalKind {
    /// What was sent is wrong.
    Invalid,
    /// We do not know who asks.
    Unauthenticated,
    /// We know who asks, and the answer is no.
    Forbidden,
    /// There is no such thing, or none that the caller may see.
    NotFound,
    /// The thing is in a state that does not allow it.
    Conflict,
    /// Too many attempts.
    TooMany,
    /// The request is too large.
    TooLarge,
    /// The thing was there and is gone.
    Gone,
    /// Ask again later.
    Unavailable,
}

impl RefusalKind {
    /// The HTTP status that fits this family.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooMany => 429,
            Self::TooLarge => 413,
            Self::Gone => 410,
            Self::Unavailable => 503,
        }
    }

    /// The name of this family, for logs and documents.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invalid => "invalid",
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::TooMany => "too_many",
            Self::TooLarge => "too_large",
            Self::Gone => "gone",
            Self::Unavailable => "unavailable",
        }
    }
}

impl fmt::Display for RefusalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A fault that the team of an app has set in the test kit played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The team of this app has set this answer in the test kit.")]
pub struct Simulated;

impl Refuse for Simulated {
    fn code(&self) -> &'static str {
        "test-kit/fault-played"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Unavailable
    }
}
