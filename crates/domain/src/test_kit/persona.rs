//! What a test person may be made of: values that look like the real ones and can belong to nobody.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::attribute::Attribute;
use crate::programme::Programme;
use crate::refusal::{RefusalKind, Refuse};

/// What becomes of an attempt to prove the identity of a test person. It is kept with the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proofing {
    /// The identity is verified.
    Verified,
    /// The document cannot be read or is refused.
    DocumentFailed,
    /// The authority that issued the document does not answer.
    DocumentUnavailable,
    /// Name, birth date, address or number do not belong together.
    ResolutionFailed,
    /// The vendor that compares them does not answer.
    ResolutionUnavailable,
    /// The phone number is not the person's.
    PhoneFailed,
    /// The case waits for a fraud review.
    FraudReview,
}

impl Proofing {
    /// Every outcome.
    pub const ALL: [Self; 7] = [
        Self::Verified,
        Self::DocumentFailed,
        Self::DocumentUnavailable,
        Self::ResolutionFailed,
        Self::ResolutionUnavailable,
        Self::PhoneFailed,
        Self::FraudReview,
    ];

    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::DocumentFailed => "document_failed",
            Self::DocumentUnavailable => "document_unavailable",
            Self::ResolutionFailed => "resolution_failed",
            Self::ResolutionUnavailable => "resolution_unavailable",
            Self::PhoneFailed => "phone_failed",
            Self::FraudReview => "fraud_review",
        }
    }

    /// Reads an id.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == text)
    }
}

/// Checks the value of an attribute that a test person is made with.
///
/// # Errors
/// [`ValueRefusal`]: the programme has no such attribute, or the value is not of its form.
pub fn check(
    programme: &Programme,
    attribute: Attribute,
    value: &str,
    today: Date,
) -> Result<(), ValueRefusal> {
    if attribute.scopes(programme).is_empty() {
        return Err(ValueRefusal::NotHere(attribute));
    }
    let (fits, wanted) = match attribute {
        Attribute::Ssn => return ssn(value),
        Attribute::Dob => (
            value.parse::<Date>().is_ok_and(|day| {
                day.to_string() == value && day < today && day.year() >= OLDEST_YEAR
            }),
            "a day in the past such as 1938-10-06",
        ),
        Attribute::Zipcode => (zip(value), "five digits, or nine such as 59010-1234"),
        Attribute::State => (
            value.len() == 2 && value.bytes().all(|b| b.is_ascii_uppercase()),
            "two capital letters such as MT",
        ),
        Attribute::Phone => (
            phone(value),
            "a number with its country such as +12025550100",
        ),
        // The second line of an address may be empty.
        Attribute::Address2 => (
            value.chars().count() <= LONGEST && !value.chars().any(char::is_control),
            "a line of at most 100 characters",
        ),
        _ => (text(value), "a line of 1 to 100 characters"),
    };
    if fits {
        Ok(())
    } else {
        Err(ValueRefusal::Form { attribute, wanted })
    }
}

/// Why a test person cannot have a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueRefusal {
    /// The programme does not know it.
    #[error("This programme has no attribute {0}. Leave it out.")]
    NotHere(Attribute),
    /// Not of its form.
    #[error("The value of {attribute} is not {wanted}.")]
    Form {
        /// The attribute.
        attribute: Attribute,
        /// What it should be.
        wanted: &'static str,
    },
    /// A number that somebody may have.
    #[error(
        "The value of ssn may belong to somebody. Test people have numbers that begin with 900 or 666, such as 900-66-1234."
    )]
    RealSsn,
}

impl Refuse for ValueRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::NotHere(_) => "test-kit/attribute-not-here",
            Self::Form { .. } => "test-kit/attribute-value",
            Self::RealSsn => "test-kit/ssn-real",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// Numbers with these areas are never given out.
fn ssn(value: &str) -> Result<(), ValueRefusal> {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let formed = digits.len() == 9
        && (value == digits
            || value == format!("{}-{}-{}", &digits[..3], &digits[3..5], &digits[5..]));
    if !formed {
        return Err(ValueRefusal::Form {
            attribute: Attribute::Ssn,
            wanted: "nine digits such as 900-66-1234",
        });
    }
    if digits.starts_with("900") || digits.starts_with("666") {
        Ok(())
    } else {
        Err(ValueRefusal::RealSsn)
    }
}

fn zip(value: &str) -> bool {
    let digits =
        |text: &str, count| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match value.split_once('-') {
        None => digits(value, 5),
        Some((first, second)) => digits(first, 5) && digits(second, 4),
    }
}

fn phone(value: &str) -> bool {
    value.strip_prefix('+').is_some_and(|rest| {
        (8..=15).contains(&rest.len()) && rest.bytes().all(|b| b.is_ascii_digit())
    })
}

fn text(value: &str) -> bool {
    !value.trim().is_empty()
        && value.chars().count() <= LONGEST
        && !value.chars().any(char::is_control)
}

const LONGEST: usize = 100;
const OLDEST_YEAR: i16 = 1880;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn code(attribute: &str, value: &str) -> &'static str {
        let us = Programme::named("us").unwrap();
        let attribute = Attribute::parse(attribute).unwrap();
        match super::check(&us, attribute, value, date(2026, 11, 10)) {
            Ok(()) => "good",
            Err(refusal) => refusal.code(),
        }
    }

    #[test]
    fn only_numbers_that_nobody_has() {
        for good in ["900-66-1234", "666123456", "900661234"] {
            assert_eq!(code("ssn", good), "good", "{good}");
        }
        for real in ["123-45-6789", "078-05-1120", "000-00-0000"] {
            assert_eq!(code("ssn", real), "test-kit/ssn-real", "{real}");
        }
        for bad in ["", "900-661-234", "90066123", "nine", "٩00661234"] {
            assert_eq!(code("ssn", bad), "test-kit/attribute-value", "{bad}");
        }
    }

    #[test]
    fn values_have_the_form_of_their_attribute() {
        for (name, good, bad) in [
            ("dob", "1938-10-06", "2026-11-10"),
            ("dob", "2000-02-29", "2000-2-29"),
            ("zipcode", "59010", "5901"),
            ("zipcode", "59010-1234", "59010-12"),
            ("state", "MT", "Montana"),
            ("phone", "+12025550100", "202-555-0100"),
            ("first_name", "Zoë", ""),
            ("city", "Great Falls", "a\u{7}b"),
            ("address2", "", "a\nb"),
        ] {
            assert_eq!(code(name, good), "good", "{name} {good}");
            assert_eq!(code(name, bad), "test-kit/attribute-value", "{name} {bad}");
        }
    }
}
