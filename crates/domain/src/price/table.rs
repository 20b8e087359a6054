//! A price table: rates of units, each with tiers, a minimum and a cap.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::money::{Cents, NumberStyle};

/// The prices of one model, from a day on. A later table of the same model replaces it from its own day on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceTable {
    /// The number of the price model, as an order names it.
    pub model: u32,
    /// The first day on which these prices hold.
    pub from: Date,
    /// Whether minimums are due in months before anybody signed in; else they are due from the first month with use on.
    #[serde(default)]
    pub minimum_before_use: bool,
    /// What is charged.
    #[serde(rename = "rate")]
    pub rates: Vec<Rate>,
}

/// What one unit costs in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// What is counted.
    pub unit: Unit,
    /// Prices by quantity. Each holds for the units within its bounds only.
    pub tiers: Vec<Tier>,
    /// The least for a month.
    #[serde(default, deserialize_with = "amount")]
    pub minimum: Option<Cents>,
    /// The most for a month.
    #[serde(default, deserialize_with = "amount")]
    pub cap: Option<Cents>,
}

/// The price of the units up to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The last unit with this price; none for the highest tier.
    #[serde(default)]
    pub up_to: Option<u32>,
    /// The price of one unit.
    pub price: UnitPrice,
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// A person who signed in at least once in the month.
    ActiveUserMonth,
    /// A billable sign-in.
    Auth,
    /// A person whose identity was verified for this partner.
    NewProofing,
    /// A person who came verified, for the first time.
    ExistingProofing,
}

impl Unit {
    /// Every unit, in the order of an invoice.
    pub const ALL: [Self; 4] = [
        Self::ActiveUserMonth,
        Self::Auth,
        Self::NewProofing,
        Self::ExistingProofing,
    ];

    /// The name in data and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ActiveUserMonth => "active_user_month",
            Self::Auth => "auth",
            Self::NewProofing => "new_proofing",
            Self::ExistingProofing => "existing_proofing",
        }
    }
}

/// The price of one unit: hundredths of a cent, written as an amount with up to four decimals, such as `0.0375`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnitPrice(u32);

impl UnitPrice {
    /// How many of its parts make a cent.
    pub const PARTS_OF_A_CENT: u64 = 100;

    /// The highest price of a unit: 1,000.
    const MOST: u32 = 10_000_000;

    /// The number of hundredths of a cent.
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// A price from its hundredths of a cent, at most the highest price.
    pub const fn from_parts(parts: u32) -> Self {
        Self(if parts > Self::MOST {
            Self::MOST
        } else {
            parts
        })
    }

    /// As people of a language read it: two decimals, or four where needed.
    pub fn print(self, style: NumberStyle) -> String {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        let whole = style.whole(u64::from(whole));
        let point = style.point();
        if rest.is_multiple_of(100) {
            format!("{whole}{point}{:02}", rest / 100)
        } else {
            format!("{whole}{point}{rest:04}")
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) || fraction.len() > 4 {
            return None;
        }
        let parts = whole
            .parse::<u32>()
            .ok()?
            .checked_mul(10_000)?
            .checked_add(format!("{fraction:0<4}").parse().ok()?)?;
        (parts <= Self::MOST).then_some(Self(parts))
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:04}", self.0 / 10_000, self.0 % 10_000)
    }
}

impl Serialize for UnitPrice {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnitPrice {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| {
            D::Error::custom(format!(
                "\"{text}\" is not a price: write it like \"0.0375\", at most 1000"
            ))
        })
    }
}

/// A price table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPrices {
    /// Two tables of one model begin on the same day.
    #[error("price model {0} has two tables from {1}")]
    Twice(u32, Date),
    /// One unit has two rates.
    #[error("price model {0} has more than one rate for {unit}", unit = .1.as_str())]
    UnitTwice(u32, Unit),
    /// The bounds of the tiers do not rise, or the last has a bound.
    #[error("in price model {0} the tiers of {unit} must rise, and only the last has no up_to", unit = .1.as_str())]
    Tiers(u32, Unit),
    /// The minimum is negative or above the cap.
    #[error("in price model {0} the minimum of {unit} must lie between 0 and its cap", unit = .1.as_str())]
    Limits(u32, Unit),
}

impl PriceTable {
    /// Are these tables usable together?
    pub(crate) fn judge_all(tables: &[Self]) -> Result<(), BadPrices> {
        for (at, table) in tables.iter().enumerate() {
            let same = |other: &Self| (other.model, other.from) == (table.model, table.from);
            if tables.iter().skip(at + 1).any(same) {
                return Err(BadPrices::Twice(table.model, table.from));
            }
            table.judge()?;
        }
        Ok(())
    }

    fn judge(&self) -> Result<(), BadPrices> {
        for (at, rate) in self.rates.iter().enumerate() {
            if self
                .rates
                .iter()
                .skip(at + 1)
                .any(|other| other.unit == rate.unit)
            {
                return Err(BadPrices::UnitTwice(self.model, rate.unit));
            }
            let bounds: Vec<u32> = rate.tiers.iter().filter_map(|tier| tier.up_to).collect();
            let rising = bounds.first().is_none_or(|first| *first > 0)
                && bounds.is_sorted_by(|below, above| below < above);
            let open = rate.tiers.last().is_some_and(|tier| tier.up_to.is_none());
            if !rising || !open || bounds.len() + 1 != rate.tiers.len() {
                return Err(BadPrices::Tiers(self.model, rate.unit));
            }
            let minimum = rate.minimum.unwrap_or(Cents::ZERO);
            if minimum.is_negative() || rate.cap.is_some_and(|cap| cap < minimum) {
                return Err(BadPrices::Limits(self.model, rate.unit));
            }
        }
        Ok(())
    }
}

fn amount<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Cents>, D::Error> {
    let text = String::deserialize(from)?;
    Cents::parse(&text, NumberStyle::ENGLISH)
        .map(Some)
        .map_err(D::Error::custom)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::programme::Programme;

    #[test]
    fn prices_are_read_exactly() {
        let read = |text: &str| UnitPrice::parse(text).map(UnitPrice::parts);
        assert_eq!(read("0.0375"), Some(375));
        assert_eq!(read("3"), Some(30_000));
        assert_eq!(read("1000"), Some(10_000_000));
        for bad in [
            "",
            ".5",
            "1.",
            "0.00001",
            "-1",
            "1,5",
            "1000.0001",
            "99999999",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
        let price = UnitPrice::parse("1.0375").unwrap();
        assert_eq!(price.to_string(), "1.0375");
        assert_eq!(price.print(NumberStyle::of("fr")), "1,0375");
        assert_eq!(
            UnitPrice::from_parts(500).print(NumberStyle::ENGLISH),
            "0.05"
        );
    }

    #[test]
    fn tables_that_make_no_sense_are_refused() {
        let refused = |rate: &str| {
            let text = format!(
                "extends = \"us\"\n[[price]]\nmodel = 7\nfrom = \"2026-10-01\"\n[[price.rate]]\nunit = \"auth\"\n{rate}"
            );
            Programme::parse(&text).unwrap_err().to_string()
        };
        assert!(refused("tiers = []").contains("must rise"));
        assert!(refused("tiers = [{ up_to = 5, price = \"1\" }]").contains("must rise"));
        assert!(
            refused("tiers = [{ up_to = 5, price = \"1\" }, { up_to = 5, price = \"1\" }, { price = \"1\" }]")
                .contains("must rise")
        );
        assert!(
            refused("tiers = [{ price = \"1\" }]\nminimum = \"5.00\"\ncap = \"4.99\"")
                .contains("between 0 and its cap")
        );
        assert!(refused("tiers = [{ price = \"0.00001\" }]").contains("is not a price"));
        assert!(
            refused("tiers = [{ price = \"1\" }]\n[[price.rate]]\nunit = \"auth\"\ntiers = [{ price = \"1\" }]")
                .contains("more than one rate")
        );
    }

    #[test]
    fn the_latest_table_of_a_model_counts() {
        let us = Programme::named("us").unwrap();
        let day = jiff::civil::date(2026, 11, 23);
        assert_eq!(us.price_table(2, day).unwrap().model, 2);
        assert!(us.price_table(3, jiff::civil::date(2021, 1, 1)).is_none());
        assert!(us.price_table(99, day).is_none());
        let models: Vec<u32> = us
            .price_tables(day)
            .iter()
            .map(|table| table.model)
            .collect();
        assert_eq!(models, [3, 2]);
    }
}
