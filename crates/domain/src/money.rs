//! Money: whole cents, never a float.

use std::{fmt, iter::Sum};

use serde::{Deserialize, Serialize};

use crate::refusal::{RefusalKind, Refuse};

/// An amount in whole cents of the programme's currency. In JSON it is the number of cents.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Cents(i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount from its cents.
    pub const fn new(cents: i64) -> Self {
        Self(cents)
    }

    /// The number of cents.
    pub const fn get(self) -> i64 {
        self.0
    }

    /// Is it less than nothing?
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum, if it can be written.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Self(sum)),
            None => None,
        }
    }

    /// The difference, if it can be written.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Self(rest)),
            None => None,
        }
    }

    /// This many times the amount, if it can be written.
    pub const fn checked_mul(self, times: i64) -> Option<Self> {
        match self.0.checked_mul(times) {
            Some(product) => Some(Self(product)),
            None => None,
        }
    }

    /// `part` of `whole` equal shares, rounded half away from zero. Nothing if there is no share or the result is too large.
    pub fn share(self, part: u64, whole: u64) -> Option<Self> {
        divided(i128::from(self.0) * i128::from(part), whole).map(Self)
    }

    /// Reads what a person typed, with or without thousands marks: `1,234.56`, `1234.5`, `1234`.
    pub fn parse(text: &str, style: NumberStyle) -> Result<Self, BadAmount> {
        let bad = || BadAmount {
            sample: Self(123_456).print(style),
        };
        let text = text.trim();
        let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match text.split_once(style.point) {
            Some((whole, fraction)) => (whole, fraction),
            None => (text, "0"),
        };
        let whole = plain_digits(whole, style).ok_or_else(bad)?;
        let fraction = match fraction.as_bytes() {
            [tens @ b'0'..=b'9'] => i64::from(tens - b'0') * 10,
            [tens @ b'0'..=b'9', ones @ b'0'..=b'9'] => {
                i64::from(tens - b'0') * 10 + i64::from(ones - b'0')
            }
            _ => return Err(bad()),
        };
        let cents = whole
            .parse::<i64>()
            .ok()
            .and_then(|whole| whole.checked_mul(100)?.checked_add(fraction))
            .ok_or_else(bad)?;
        Ok(Self(if negative { -cents } else { cents }))
    }

    /// With its currency, as people of a language read it: `$1,234.56`, `1.234,56 $`. Pages, mails and documents say every
    /// amount so.
    pub fn say(self, style: NumberStyle, currency: &str) -> String {
        style.with_currency(&self.print(style), currency)
    }

    /// As people of a language read it: `1,234.56`, `1.234,56`.
    pub fn print(self, style: NumberStyle) -> String {
        let all = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "\u{2212}" } else { "" };
        format!(
            "{sign}{}{}{:02}",
            style.whole(all / 100),
            style.point,
            all % 100
        )
    }
}

/// As files and programs read it: `1234.56`.
impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let all = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", all / 100, all % 100)
    }
}

/// The sum of many; it stays at the largest amount that can be written.
impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        Self(all.fold(0, |sum, one| sum.saturating_add(one.0)))
    }
}

/// How a language writes numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberStyle {
    point: char,
    group: char,
    /// Whether the sign of a currency stands before the amount.
    sign_first: bool,
}

impl NumberStyle {
    /// English and Chinese: `1,234.56`.
    pub const ENGLISH: Self = Self {
        point: '.',
        group: ',',
        sign_first: true,
    };

    /// The style of a language tag.
    pub fn of(language: &str) -> Self {
        match language.split('-').next().unwrap_or_default() {
            "es" => Self {
                point: ',',
                group: '.',
                sign_first: false,
            },
            "fr" => Self {
                point: ',',
                group: '\u{202f}',
                sign_first: false,
            },
            _ => Self::ENGLISH,
        }
    }

    /// The decimal mark.
    pub const fn point(self) -> char {
        self.point
    }

    /// A printed amount with its currency: the sign where the language has it, the code of a currency without one after it.
    pub fn with_currency(self, amount: &str, currency: &str) -> String {
        let sign = match currency {
            "USD" => "$",
            "GBP" => "£",
            "EUR" => "€",
            other => return format!("{amount}\u{a0}{other}"),
        };
        if !self.sign_first {
            return format!("{amount}\u{a0}{sign}");
        }
        match amount.strip_prefix('\u{2212}') {
            Some(amount) => format!("\u{2212}{sign}{amount}"),
            None => format!("{sign}{amount}"),
        }
    }

    /// A whole number with marks between its thousands.
    pub fn whole(self, number: u64) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() * 2);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                text.push(self.group);
            }
            text.push(digit);
        }
        text
    }

    /// Reads a whole number that a person typed, with or without marks between its thousands.
    pub fn parse_whole(self, text: &str) -> Option<u64> {
        plain_digits(text.trim(), self)?.parse().ok()
    }
}

/// Not an amount of money.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This is not an amount. Write it like {sample}, with at most two decimals.")]
pub struct BadAmount {
    sample: String,
}

impl Refuse for BadAmount {
    fn code(&self) -> &'static str {
        "money/bad-amount"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
}

/// `number / by`, rounded half away from zero, if it fits.
pub(crate) fn divided(number: i128, by: u64) -> Option<i64> {
    let by = i128::from(by);
    if by == 0 {
        return None;
    }
    let half = if number < 0 { -by } else { by };
    i64::try_from(number.checked_mul(2)?.checked_add(half)? / (by * 2)).ok()
}

/// The digits of a whole number; its thousands are either all marked or not at all.
fn plain_digits(text: &str, style: NumberStyle) -> Option<String> {
    let groups: Vec<&str> = text
        .split([style.group, ' ', '\u{a0}', '\u{202f}'])
        .collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let marked = match groups.as_slice() {
        [_] => true,
        [first, rest @ ..] => first.len() <= 3 && rest.iter().all(|part| part.len() == 3),
        [] => false,
    };
    (marked && groups.iter().all(digits)).then(|| groups.concat())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_language_prints_its_own_marks() {
        let amount = Cents::new(123_456_789);
        let print = |language: &str| amount.print(NumberStyle::of(language));
        assert_eq!(print("en"), "1,234,567.89");
        assert_eq!(print("es"), "1.234.567,89");
        assert_eq!(print("fr"), "1\u{202f}234\u{202f}567,89");
        assert_eq!(print("zh-Hans"), "1,234,567.89");
        assert_eq!(Cents::new(-5).print(NumberStyle::ENGLISH), "\u{2212}0.05");
        assert_eq!(Cents::new(-5).to_string(), "-0.05");
    }

    #[test]
    fn a_currency_stands_where_the_language_has_it() {
        let say =
            |cents, language, currency| Cents::new(cents).say(NumberStyle::of(language), currency);
        assert_eq!(say(123_456, "en", "USD"), "$1,234.56");
        assert_eq!(say(-5, "zh-Hans", "GBP"), "\u{2212}£0.05");
        assert_eq!(say(123_456, "es", "USD"), "1.234,56\u{a0}$");
        assert_eq!(say(123_456, "fr", "EUR"), "1\u{202f}234,56\u{a0}€");
        assert_eq!(say(123_456, "en", "CHF"), "1,234.56\u{a0}CHF");
    }

    #[test]
    fn amounts_are_read_strictly() {
        let read = |text: &str, language: &str| {
            Cents::parse(text, NumberStyle::of(language))
                .ok()
                .map(Cents::get)
        };
        assert_eq!(read(" 1,234.5 ", "en"), Some(123_450));
        assert_eq!(read("1234", "en"), Some(123_400));
        assert_eq!(read("1 234,56", "fr"), Some(123_456));
        assert_eq!(read("1.234,56", "es"), Some(123_456));
        assert_eq!(read("-0.05", "en"), Some(-5));
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1,23",
            "1,2345",
            "12,34,567",
            "1.234",
            "1e3",
            "0x1",
            "$1",
            "１",
            "--1",
            "999999999999999999999",
        ] {
            assert_eq!(read(bad, "en"), None, "{bad}");
        }
        assert_eq!(read("1.23", "es"), None);
    }

    #[test]
    fn arithmetic_never_wraps() {
        let most = Cents::new(i64::MAX);
        assert_eq!(most.checked_add(Cents::new(1)), None);
        assert_eq!(Cents::new(i64::MIN).checked_sub(Cents::new(1)), None);
        assert_eq!(most.checked_mul(2), None);
        assert_eq!([most, most].into_iter().sum::<Cents>(), most);
        assert_eq!(Cents::new(100).share(1, 3), Some(Cents::new(33)));
        assert_eq!(Cents::new(5).share(1, 2), Some(Cents::new(3)));
        assert_eq!(Cents::new(-5).share(1, 2), Some(Cents::new(-3)));
        assert_eq!(Cents::new(5).share(1, 0), None);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back(cents in -i64::MAX / 2..i64::MAX / 2, language in "en|es|fr|zh-Hans") {
            let style = NumberStyle::of(&language);
            prop_assert_eq!(Cents::parse(&Cents::new(cents).print(style), style).unwrap(), Cents::new(cents));
        }
    }
}
