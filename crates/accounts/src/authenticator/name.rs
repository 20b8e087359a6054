//! The names that people give to what they sign in with, and what may be done with each.

use durward_domain::refusal::{RefusalKind, Refuse};
use unicode_normalization::UnicodeNormalization as _;

/// A name as typed, without blanks at its ends; empty for none.
#[derive(Clone, PartialEq, Eq)]
pub struct MethodName(String);

impl MethodName {
    /// Reads what was typed.
    ///
    /// # Errors
    /// When it is too long.
    pub fn typed(text: &str) -> Result<Self, MethodRefusal> {
        let plain: String = text.nfc().filter(|letter| !letter.is_control()).collect();
        let plain = plain.trim();
        if plain.chars().count() > LONGEST {
            return Err(MethodRefusal::NameTooLong);
        }
        Ok(Self(plain.to_owned()))
    }

    /// The name itself, which is a person's own text.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether somebody would take the two for one.
    pub fn is_like(&self, other: &str) -> bool {
        !self.0.is_empty() && self.0.to_lowercase() == other.to_lowercase()
    }
}

/// Why one of a person's methods stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MethodRefusal {
    /// Without it nobody could sign in.
    #[error("This is your only method. Add another one before you remove it.")]
    Last,
    /// Not one of this account, or not any more.
    #[error("This method is not in your account. Look at your account again.")]
    Unknown,
    /// Another of the account is called so.
    #[error("Another of your methods has this name. Choose another name.")]
    NameTaken,
    /// More letters than a line holds.
    #[error("The name is too long. Use at most 80 characters.")]
    NameTooLong,
}

impl MethodRefusal {
    /// Every refusal, for the documentation of codes.
    pub const ALL: [Self; 4] = [
        Self::Last,
        Self::Unknown,
        Self::NameTaken,
        Self::NameTooLong,
    ];
}

impl Refuse for MethodRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::Last => "method/last",
            Self::Unknown => "method/unknown",
            Self::NameTaken => "method/name-taken",
            Self::NameTooLong => "method/name-long",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Last | Self::NameTaken => RefusalKind::Conflict,
            Self::Unknown => RefusalKind::NotFound,
            Self::NameTooLong => RefusalKind::Invalid,
        }
    }
}

const LONGEST: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_short_line() {
        let check = |typed: &str, kept: Option<&str>| {
            let name = MethodName::typed(typed).ok();
            assert_eq!(name.as_ref().map(MethodName::reveal), kept, "{typed:?}");
        };
        check("  My phone ", Some("My phone"));
        check("two\nlines\u{7}", Some("twolines"));
        check("", Some(""));
        check(&"é".repeat(80), Some(&"é".repeat(80)));
        check(&"e\u{301}".repeat(80), Some(&"é".repeat(80)));
        check(&"a".repeat(81), None);
    }

    #[test]
    fn two_names_may_not_look_the_same_and_none_is_no_name() {
        let name = |text| MethodName::typed(text).ok();
        assert!(name("My Phone").is_some_and(|name| name.is_like("my phone")));
        assert!(name("").is_some_and(|name| !name.is_like("")));
    }
}
