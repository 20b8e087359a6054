//! Months and fiscal years: when a year of money begins is programme data.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// How the programme counts its money.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FiscalRules {
    /// The month in which a fiscal year begins, 1 to 12. The year is named for the calendar year in which it ends.
    pub first_month: i8,
    /// The currency, by its ISO 4217 code.
    pub currency: String,
}

impl FiscalRules {
    /// The fiscal year of a month.
    pub fn year_of(&self, month: Month) -> FiscalYear {
        let later = self.first_month > 1 && month.month >= self.first_month;
        FiscalYear(month.year + i16::from(later))
    }

    /// The first month of a fiscal year.
    pub fn first_month_of(&self, year: FiscalYear) -> Month {
        Month {
            year: year.0 - i16::from(self.first_month > 1),
            month: self.first_month,
        }
    }
}

/// A fiscal year, named for the calendar year in which it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(i16);

impl FiscalYear {
    /// The number, such as 2027.
    pub const fn get(self) -> i16 {
        self.0
    }
}

/// A calendar month, written `2026-10`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

impl Month {
    /// The first and last month that can be named. Day arithmetic within them never overflows.
    const YEARS: std::ops::RangeInclusive<i16> = 1900..=9000;

    /// A month of a year, if there is one.
    pub fn new(year: i16, month: i8) -> Option<Self> {
        (Self::YEARS.contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year().clamp(*Self::YEARS.start(), *Self::YEARS.end()),
            month: day.month(),
        }
    }

    /// The year.
    pub const fn year(self) -> i16 {
        self.year
    }

    /// The month of the year, 1 to 12.
    pub const fn month(self) -> i8 {
        self.month
    }

    /// The first day.
    pub fn first_day(self) -> Date {
        jiff::civil::date(self.year, self.month, 1)
    }

    /// The last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    /// The month after it.
    pub const fn next(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year + 1,
                month: 1,
            }
        } else {
            Self {
                month: self.month + 1,
                ..self
            }
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// Not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a month: write it like 2026-10")]
pub struct BadMonth;

impl FromStr for Month {
    type Err = BadMonth;

    fn from_str(text: &str) -> Result<Self, BadMonth> {
        match text.split_once('-') {
            Some((year, month)) if year.len() == 4 && month.len() == 2 => {
                let number = |part: &str| {
                    part.bytes()
                        .all(|byte| byte.is_ascii_digit())
                        .then(|| part.parse::<i16>().ok())
                        .flatten()
                };
                let year = number(year).ok_or(BadMonth)?;
                let month = number(month).and_then(|month| i8::try_from(month).ok());
                Self::new(year, month.ok_or(BadMonth)?).ok_or(BadMonth)
            }
            _ => Err(BadMonth),
        }
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn year(first_month: i8, month: &str) -> i16 {
        let rules = FiscalRules {
            first_month,
            currency: "USD".to_owned(),
        };
        let year = rules.year_of(month.parse().unwrap());
        assert_eq!(rules.year_of(rules.first_month_of(year)), year);
        year.get()
    }

    #[test]
    fn a_fiscal_year_is_named_for_its_end() {
        assert_eq!(year(10, "2026-09"), 2026);
        assert_eq!(year(10, "2026-10"), 2027);
        assert_eq!(year(10, "2027-09"), 2027);
        assert_eq!(year(1, "2026-12"), 2026);
        assert_eq!(year(4, "2026-04"), 2027);
    }

    #[test]
    fn months_are_read_strictly() {
        assert_eq!(
            "2026-12".parse::<Month>().unwrap().next().to_string(),
            "2027-01"
        );
        for bad in [
            "2026-13", "2026-00", "26-01", "2026-1", "2026/01", "", "+026-01", "9999-01",
        ] {
            assert!(bad.parse::<Month>().is_err(), "{bad}");
        }
        let leap = "2028-02".parse::<Month>().unwrap();
        assert_eq!(leap.last_day().to_string(), "2028-02-29");
    }
}
