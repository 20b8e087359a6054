//! Agreement numbers: GTC-Order-Mod, such as `LGABCFY210001-0001-0000`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::refusal::{RefusalKind, Refuse};

/// A number that has the right shape.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgreementNumber {
    gtc: String,
    agency: String,
    year: u16,
    serial: u16,
    order: u16,
    modification: u16,
}

impl AgreementNumber {
    /// Reads `LG` + agency + optional `FY` + two digits of the fiscal year + four digits, then the
    /// Order and the Mod with four digits each. Space around it does not matter; letters are capitals.
    pub fn parse(text: &str) -> Result<Self, BadNumber> {
        let text = text.trim();
        if text.is_empty() {
            return Err(BadNumber::Empty);
        }
        let parts: Vec<&str> = text.split('-').collect();
        let [gtc, order, modification] = parts[..] else {
            return Err(BadNumber::NotThreeParts(cut(text)));
        };
        let (agency, year, serial) = gtc_parts(gtc)?;
        Ok(Self {
            gtc: gtc.to_owned(),
            agency: agency.to_owned(),
            year,
            serial,
            order: four_digits(order).ok_or_else(|| BadNumber::Order(cut(order)))?,
            modification: four_digits(modification)
                .ok_or_else(|| BadNumber::Modification(cut(modification)))?,
        })
    }

    /// The number of the General Terms and Conditions (form 7600A).
    pub fn gtc(&self) -> &str {
        &self.gtc
    }

    /// The letters of the agency.
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// The fiscal year of the General Terms and Conditions.
    pub const fn fiscal_year(&self) -> u16 {
        self.year
    }

    /// The Order (form 7600B).
    pub const fn order(&self) -> u16 {
        self.order
    }

    /// The Mod of the Order; 0 is the first text.
    pub const fn modification(&self) -> u16 {
        self.modification
    }

    /// What invoices are written for: the Order without its Mod.
    pub fn billing_key(&self) -> String {
        format!("{}-{:04}", self.gtc, self.order)
    }

    /// The number of the next Mod of this Order, if four digits hold it.
    pub fn next_modification(&self) -> Option<Self> {
        let modification = self
            .modification
            .checked_add(1)
            .filter(|number| *number <= 9999)?;
        Some(Self {
            modification,
            ..self.clone()
        })
    }

    /// The parts, for answers and pages.
    pub fn parts(&self) -> NumberParts {
        NumberParts {
            number: self.to_string(),
            gtc: self.gtc.clone(),
            order: format!("{:04}", self.order),
            modification: format!("{:04}", self.modification),
            agency: self.agency.clone(),
            fiscal_year: self.year,
            serial: format!("{:04}", self.serial),
        }
    }
}

impl fmt::Display for AgreementNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:04}-{:04}", self.gtc, self.order, self.modification)
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

impl From<AgreementNumber> for String {
    fn from(number: AgreementNumber) -> Self {
        number.to_string()
    }
}

/// The parts of a number as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NumberParts {
    /// The whole number.
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
    #[error("Give the agreement number. It looks like {EXAMPLE}.")]
    Empty,
    /// Not GTC-Order-Mod.
    #[error(
        "\"{0}\" does not have three parts. Write GTC, Order and Mod with hyphens between them, such as {EXAMPLE}."
    )]
    NotThreeParts(String),
    /// The GTC part is wrong.
    #[error("\"{text}\" is not a GTC number: {fault}. Write it like LGABCFY210001.")]
    Gtc {
        /// The part, cut short.
        text: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The Order part is wrong.
    #[error("\"{0}\" is not an Order number. The second part has four digits, such as 0001.")]
    Order(String),
    /// The Mod part is wrong.
    #[error("\"{0}\" is not a Mod number. The third part has four digits, such as 0000.")]
    Modification(String),
}

impl Refuse for BadNumber {
    fn code(&self) -> &'static str {
        match self {
            Self::Empty => "agreement/number-missing",
            Self::NotThreeParts(_) => "agreement/number-not-three-parts",
            Self::Gtc { .. } => "agreement/number-gtc",
            Self::Order(_) => "agreement/number-order",
            Self::Modification(_) => "agreement/number-mod",
        }
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

const EXAMPLE: &str = "LGABCFY210001-0001-0000";
const PREFIX: &str = "LG";

/// Agency, fiscal year and serial, read from the end: the agency may hold digits too.
fn gtc_parts(gtc: &str) -> Result<(&str, u16, u16), BadNumber> {
    let bad = |fault| BadNumber::Gtc {
        text: cut(gtc),
        fault,
    };
    if !gtc
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    {
        return Err(bad("it holds only capital letters and digits"));
    }
    let rest = gtc
        .strip_prefix(PREFIX)
        .ok_or_else(|| bad("it begins with LG"))?;
    let digits = "it ends with two digits for the fiscal year and four for the serial number";
    let split = rest.len().checked_sub(6).ok_or_else(|| bad(digits))?;
    let (head, tail) = rest.split_at(split);
    let serial = four_digits(&tail[2..]).ok_or_else(|| bad(digits))?;
    let year = tail[..2].parse::<u16>().map_err(|_| bad(digits))?;
    let agency = head.strip_suffix("FY").unwrap_or(head);
    if !(2..=8).contains(&agency.len()) || !agency.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(bad(
            "between LG and the year stand two to eight letters for the agency",
        ));
    }
    Ok((agency, 2000 + year, serial))
}

fn four_digits(text: &str) -> Option<u16> {
    let all = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    all.then(|| text.parse().ok()).flatten()
}

fn cut(text: &str) -> String {
    text.chars().take(60).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bad(text: &str, code: &str) {
        assert_eq!(
            AgreementNumber::parse(text).unwrap_err().code(),
            code,
            "{text}"
        );
    }

    #[test]
    fn the_number_of_the_requirements() {
        let number = AgreementNumber::parse(" LGABCFY210001-0001-0000 ").unwrap();
        assert_eq!(
            serde_json::to_value(number.parts()).unwrap(),
            serde_json::json!({
                "number": "LGABCFY210001-0001-0000", "gtc": "LGABCFY210001", "order": "0001", "mod": "0000",
                "agency": "ABC", "fiscal_year": 2021, "serial": "0001"
            })
        );
        assert_eq!(number.billing_key(), "LGABCFY210001-0001");
        assert_eq!(
            number.next_modification().unwrap().to_string(),
            "LGABCFY210001-0001-0001"
        );
    }

    #[test]
    fn with_and_without_fy() {
        for (text, agency, year) in [
            ("LGTTSFY190003-0001-0000", "TTS", 2019),
            ("LGCBPFY190002-0003-0000", "CBP", 2019),
            ("LGABC210001-0012-0003", "ABC", 2021),
            ("LGDHS2CBPFY240101-9999-9999", "DHS2CBP", 2024),
        ] {
            let number = AgreementNumber::parse(text).unwrap();
            assert_eq!(
                (
                    number.agency(),
                    number.fiscal_year(),
                    number.to_string().as_str()
                ),
                (agency, year, text)
            );
        }
        assert_eq!(
            AgreementNumber::parse("LGABCFY210001-0001-9999")
                .unwrap()
                .next_modification(),
            None
        );
    }

    #[test]
    fn each_fault_has_its_code() {
        bad("", "agreement/number-missing");
        bad("   ", "agreement/number-missing");
        bad("LGABCFY210001", "agreement/number-not-three-parts");
        bad("LGABCFY210001-0001", "agreement/number-not-three-parts");
        bad(
            "LGABCFY210001-0001-0000-1",
            "agreement/number-not-three-parts",
        );
        bad("lgabcfy210001-0001-0000", "agreement/number-gtc");
        bad("XXABCFY210001-0001-0000", "agreement/number-gtc");
        bad("LGFY210001-0001-0000", "agreement/number-gtc");
        bad("LGABCFY21001-0001-0000", "agreement/number-gtc");
        bad("LGABCDEFGHIFY210001-0001-0000", "agreement/number-gtc");
        bad("LG-0001-0000", "agreement/number-gtc");
        bad("LGÄBCFY210001-0001-0000", "agreement/number-gtc");
        bad("LGABCFY210001-1-0000", "agreement/number-order");
        bad("LGABCFY210001-000A-0000", "agreement/number-order");
        bad("LGABCFY210001-+001-0000", "agreement/number-order");
        bad("LGABCFY210001-0001-", "agreement/number-mod");
        bad("LGABCFY210001-0001-٠٠٠٠", "agreement/number-mod");
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(agency in "[A-Z]{2,8}", fy in any::<bool>(), year in 0..100, serial in 0..10_000, order in 0..10_000, modification in 0..10_000) {
            prop_assume!(!agency.ends_with("FY"));
            let text = format!("LG{agency}{}{year:02}{serial:04}-{order:04}-{modification:04}", if fy { "FY" } else { "" });
            let number = AgreementNumber::parse(&text).unwrap();
            prop_assert_eq!(number.to_string(), text);
            prop_assert_eq!(number.agency(), agency);
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = AgreementNumber::parse(&text);
        }
    }
}
