//! Agreement numbers: GTC-Order-Mod, such as `LGABCFY210001-0001-0000`. Their shape is the programme's
//! [`super::NumberPattern`]; here is what every shape has.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::refusal::{RefusalKind, Refuse};

/// The number of an Order in a Mod, in its canonical form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementNumber {
    gtc: String,
    order: String,
    modification: String,
}

impl AgreementNumber {
    pub(super) const fn new(gtc: String, order: String, modification: String) -> Self {
        Self {
            gtc,
            order,
            modification,
        }
    }

    /// Reads a canonical number, as it was kept. What people type goes through [`super::NumberPattern::parse`].
    pub fn parse(text: &str) -> Result<Self, BadNumber> {
        let parts: Vec<&str> = text.split('-').collect();
        match parts[..] {
            [gtc, order, modification] if plain(gtc) && digits(order) && digits(modification) => {
                Ok(Self::new(
                    gtc.to_owned(),
                    order.to_owned(),
                    modification.to_owned(),
                ))
            }
            _ => Err(not_kept(text, EXAMPLE)),
        }
    }

    /// The number of the General Terms and Conditions (form 7600A).
    pub fn gtc(&self) -> &str {
        &self.gtc
    }

    /// The Order (form 7600B).
    pub fn order(&self) -> u32 {
        self.order.parse().unwrap_or_default()
    }

    /// The Mod of the Order; 0 is the first text.
    pub fn modification(&self) -> u32 {
        self.modification.parse().unwrap_or_default()
    }

    pub(super) fn order_digits(&self) -> &str {
        &self.order
    }

    pub(super) fn modification_digits(&self) -> &str {
        &self.modification
    }

    /// What invoices are written for: the Order without its Mod.
    pub fn billing_key(&self) -> String {
        format!("{}-{}", self.gtc, self.order)
    }

    /// The number of the next Mod of this Order, if its digits hold it.
    pub fn next_modification(&self) -> Option<Self> {
        Some(Self {
            modification: next(&self.modification)?,
            ..self.clone()
        })
    }
}

/// The number of General Terms and Conditions in a Mod: `LGABCFY210001-0000`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GtcNumber {
    gtc: String,
    modification: String,
}

impl GtcNumber {
    pub(super) const fn new(gtc: String, modification: String) -> Self {
        Self { gtc, modification }
    }

    /// Reads a canonical number, as it was kept.
    pub fn parse(text: &str) -> Result<Self, BadNumber> {
        match text.split_once('-') {
            Some((gtc, modification)) if plain(gtc) && digits(modification) => {
                Ok(Self::new(gtc.to_owned(), modification.to_owned()))
            }
            _ => Err(not_kept(text, GTC_EXAMPLE)),
        }
    }

    /// The number without its Mod: what Orders name.
    pub fn gtc(&self) -> &str {
        &self.gtc
    }

    /// The Mod; 0 is the first text.
    pub fn modification(&self) -> u32 {
        self.modification.parse().unwrap_or_default()
    }

    pub(super) fn modification_digits(&self) -> &str {
        &self.modification
    }

    /// The number of the next Mod, if its digits hold it.
    pub fn next_modification(&self) -> Option<Self> {
        Some(Self {
            modification: next(&self.modification)?,
            ..self.clone()
        })
    }
}

impl fmt::Display for AgreementNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.gtc, self.order, self.modification)
    }
}

impl fmt::Display for GtcNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.gtc, self.modification)
    }
}

impl FromStr for AgreementNumber {
    type Err = BadNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for AgreementNumber {
    type Error = BadNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl TryFrom<String> for GtcNumber {
    type Error = BadNumber;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<AgreementNumber> for String {
    fn from(number: AgreementNumber) -> Self {
        number.to_string()
    }
}

impl From<GtcNumber> for String {
    fn from(number: GtcNumber) -> Self {
        number.to_string()
    }
}

/// The parts of a number as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberParts {
    /// The whole number in its canonical form.
    pub number: String,
    /// General Terms and Conditions.
    pub gtc: String,
    /// Order.
    pub order: String,
    /// Mod.
    #[serde(rename = "mod")]
    pub modification: String,
    /// The letters of the agency.
    pub agency: String,
    /// The fiscal year.
    pub fiscal_year: u16,
    /// The serial number within the year.
    pub serial: String,
}

/// Why a number is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadNumber {
    /// Nothing was given.
    #[error("Give the agreement number. It looks like {example}.")]
    Empty {
        /// A number of the right shape.
        example: String,
    },
    /// Not GTC-Order-Mod.
    #[error(
        "\"{text}\" does not have three parts. Write GTC, Order and Mod with hyphens between them, such as {example}."
    )]
    NotThreeParts {
        /// The text, cut short.
        text: String,
        /// A number of the right shape.
        example: String,
    },
    /// The GTC part is wrong.
    #[error("\"{text}\" is not a GTC number. It has {shape}. Write it in capitals like {example}.")]
    Gtc {
        /// The part, cut short.
        text: String,
        /// The pattern in words.
        shape: String,
        /// A GTC number of the right shape.
        example: String,
    },
    /// The Order part is wrong.
    #[error(
        "\"{text}\" is not an Order number. The second part has digits only, such as {example}."
    )]
    Order {
        /// The part, cut short.
        text: String,
        /// An Order number of the right width.
        example: String,
    },
    /// The Mod part is wrong.
    #[error("\"{text}\" is not a Mod number. The third part has digits only, such as {example}.")]
    Modification {
        /// The part, cut short.
        text: String,
        /// A Mod number of the right width.
        example: String,
    },
}

impl Refuse for BadNumber {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty { .. } => "agreement/number-missing",
            Self::NotThreeParts { .. } => "agreement/number-not-three-parts",
            Self::Gtc { .. } => "agreement/number-gtc",
            Self::Order { .. } => "agreement/number-order",
            Self::Modification { .. } => "agreement/number-mod",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

const EXAMPLE: &str = "LGABCFY210001-0001-0000";
const GTC_EXAMPLE: &str = "LGABCFY210001-0000";

fn not_kept(text: &str, example: &str) -> BadNumber {
    BadNumber::NotThreeParts {
        text: cut(text),
        example: example.to_owned(),
    }
}

fn plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn digits(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

fn next(digits: &str) -> Option<String> {
    let (number, width) = (digits.parse::<u32>().ok()? + 1, digits.len());
    let next = format!("{number:0width$}");
    (next.len() == width).then_some(next)
}

pub(super) fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn kept_numbers_read_back() {
        let number = AgreementNumber::parse("LGABCFY210001-0012-0003").unwrap();
        assert_eq!(
            (number.gtc(), number.order(), number.modification()),
            ("LGABCFY210001", 12, 3)
        );
        assert_eq!(number.billing_key(), "LGABCFY210001-0012");
        assert_eq!(
            number.next_modification().unwrap().to_string(),
            "LGABCFY210001-0012-0004"
        );
        let last = AgreementNumber::parse("LGABCFY210001-0001-9999").unwrap();
        assert_eq!(last.next_modification(), None);
        let gtc = GtcNumber::parse("LGABCFY210001-0009").unwrap();
        assert_eq!(
            gtc.next_modification().unwrap().to_string(),
            "LGABCFY210001-0010"
        );
        for wrong in [
            "",
            "LGABC",
            "LGABC-1-2-3",
            "lgabc-0001-0000",
            "LGABC--0000",
            "LGABC-0001-x",
        ] {
            assert!(AgreementNumber::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "LGABC", "LGABC-0001-0000", "-0000"] {
            assert!(GtcNumber::parse(wrong).is_err(), "{wrong}");
        }
    }
}
