//! How a programme numbers its agreements, as data: `LG{agency:2-8}[FY]{year}{serial:4}-{order:4}-{mod:4}`.

use std::fmt;

use serde::{Deserialize, de};

use super::number::{AgreementNumber, BadNumber, GtcNumber, NumberParts, cut};

/// The shape of agreement numbers.
///
/// Capital letters and digits stand for themselves; `[FY]` may be left out by whoever types the number and is always
/// printed. `{agency:2-8}` is the letters of the agency, `{year}` two digits of the fiscal year, `{serial:4}` a number
/// within the year. Order and Mod follow with hyphens before them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPattern {
    gtc: Vec<Piece>,
    order: usize,
    modification: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Optional(String),
    Agency { least: usize, most: usize },
    Year,
    Serial(usize),
}

/// What a document's number names: a GT&C in a Mod, or an Order in a Mod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaperNumber {
    /// `GTC-Mod`.
    Gtc(GtcNumber),
    /// `GTC-Order-Mod`.
    Order(AgreementNumber),
}

impl fmt::Display for PaperNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gtc(number) => number.fmt(f),
            Self::Order(number) => number.fmt(f),
        }
    }
}

impl NumberPattern {
    /// Reads a pattern.
    pub fn read(text: &str) -> Result<Self, BadPattern> {
        let mut parts = text.rsplitn(3, '-');
        let (modification, order, gtc) = match (parts.next(), parts.next(), parts.next()) {
            (Some(modification), Some(order), Some(gtc)) => (modification, order, gtc),
            _ => return Err(BadPattern("it must end with -{order:4}-{mod:4}")),
        };
        let gtc = pieces(gtc)?;
        let count = |wanted: fn(&Piece) -> bool| gtc.iter().filter(|piece| wanted(piece)).count();
        let once = count(|piece| matches!(piece, Piece::Agency { .. })) == 1
            && count(|piece| matches!(piece, Piece::Year)) == 1
            && count(|piece| matches!(piece, Piece::Serial(_))) == 1;
        if !once {
            return Err(BadPattern(
                "{agency}, {year} and {serial} must each be there once",
            ));
        }
        Ok(Self {
            gtc,
            order: width(order, "order")?,
            modification: width(modification, "mod")?,
        })
    }

    /// Reads the number of an Order as people type it, and gives it its one canonical form.
    pub fn parse(&self, text: &str) -> Result<AgreementNumber, BadNumber> {
        match self.parse_paper(text)? {
            PaperNumber::Order(number) => Ok(number),
            PaperNumber::Gtc(_) => Err(self.not_three_parts(text.trim())),
        }
    }

    /// Reads the number of either document.
    pub fn parse_paper(&self, text: &str) -> Result<PaperNumber, BadNumber> {
        let text = text.trim();
        let parts: Vec<&str> = text.split('-').collect();
        match parts[..] {
            _ if text.is_empty() => Err(BadNumber::Empty {
                example: self.example(),
            }),
            [gtc, modification] => Ok(PaperNumber::Gtc(GtcNumber::new(
                self.parse_gtc(gtc)?,
                self.digits_of_mod(modification)?,
            ))),
            [gtc, order, modification] => {
                let gtc = self.parse_gtc(gtc)?;
                let order = digits(order, self.order).ok_or_else(|| BadNumber::Order {
                    text: cut(order),
                    example: padded(1, self.order),
                })?;
                let modification = self.digits_of_mod(modification)?;
                Ok(PaperNumber::Order(AgreementNumber::new(
                    gtc,
                    order,
                    modification,
                )))
            }
            _ => Err(self.not_three_parts(text)),
        }
    }

    /// Reads the GT&C alone and gives it its canonical form.
    pub fn parse_gtc(&self, text: &str) -> Result<String, BadNumber> {
        self.take_apart(text.trim())
            .map(|parts| self.gtc(&parts))
            .ok_or_else(|| BadNumber::Gtc {
                text: cut(text),
                shape: self.shape(),
                example: self.gtc(&Parts::example()),
            })
    }

    /// The parts of a number, for answers and pages. A number that another pattern made has its three parts only.
    pub fn parts(&self, number: &AgreementNumber) -> NumberParts {
        self.parts_with(
            number.gtc(),
            (number.order_digits(), number.modification_digits()),
            number.to_string(),
        )
    }

    /// The parts of a GT&C's number; it has no Order.
    pub fn parts_of_gtc(&self, number: &GtcNumber) -> NumberParts {
        self.parts_with(
            number.gtc(),
            ("", number.modification_digits()),
            number.to_string(),
        )
    }

    fn parts_with(
        &self,
        gtc: &str,
        (order, modification): (&str, &str),
        number: String,
    ) -> NumberParts {
        let found = self.take_apart(gtc);
        NumberParts {
            number,
            gtc: gtc.to_owned(),
            order: order.to_owned(),
            modification: modification.to_owned(),
            agency: found
                .as_ref()
                .map(|parts| parts.agency.clone())
                .unwrap_or_default(),
            fiscal_year: found.as_ref().map_or(0, |parts| 2000 + parts.year),
            serial: found.map(|parts| parts.serial).unwrap_or_default(),
        }
    }

    /// The first GT&C number of an agency in a fiscal year that is not taken.
    pub fn next_gtc(&self, agency: &str, fiscal_year: i16, taken: &[&str]) -> Option<String> {
        let width = self.gtc.iter().find_map(|piece| match piece {
            Piece::Serial(width) => Some(*width),
            _ => None,
        })?;
        let year = u16::try_from(fiscal_year.rem_euclid(100)).ok()?;
        let highest = taken
            .iter()
            .filter_map(|gtc| self.take_apart(gtc))
            .filter(|parts| parts.year == year && parts.agency == agency)
            .filter_map(|parts| parts.serial.parse::<u32>().ok())
            .max()
            .unwrap_or(0);
        let parts = Parts {
            agency: agency.to_owned(),
            year,
            serial: padded(highest + 1, width),
        };
        self.parse_gtc(&self.gtc(&parts)).ok()
    }

    /// The first Order number under a GT&C that is not taken.
    pub fn next_order(&self, gtc: &str, taken: &[AgreementNumber]) -> Option<AgreementNumber> {
        let orders = taken.iter().filter(|number| number.gtc() == gtc);
        let next = orders.map(AgreementNumber::order).max().unwrap_or(0) + 1;
        let (order, modification) = (padded(next, self.order), padded(0, self.modification));
        (order.len() == self.order)
            .then(|| AgreementNumber::new(gtc.to_owned(), order, modification))
    }

    /// The first text of a GT&C.
    pub fn first_mod(&self, gtc: &str) -> GtcNumber {
        GtcNumber::new(gtc.to_owned(), padded(0, self.modification))
    }

    /// A number of this shape.
    pub fn example(&self) -> String {
        format!(
            "{}-{}-{}",
            self.gtc(&Parts::example()),
            padded(1, self.order),
            padded(0, self.modification)
        )
    }

    fn not_three_parts(&self, text: &str) -> BadNumber {
        BadNumber::NotThreeParts {
            text: cut(text),
            example: self.example(),
        }
    }

    fn digits_of_mod(&self, text: &str) -> Result<String, BadNumber> {
        digits(text, self.modification).ok_or_else(|| BadNumber::Modification {
            text: cut(text),
            example: padded(0, self.modification),
        })
    }

    /// The GT&C part in words, for refusals.
    fn shape(&self) -> String {
        let words = self.gtc.iter().map(|piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Optional(text) => format!("{text} (which may be left out)"),
            Piece::Agency { least, most } => {
                format!("{least} to {most} letters or digits for the agency")
            }
            Piece::Year => "two digits for the fiscal year".to_owned(),
            Piece::Serial(width) => format!("{width} digits for the serial number"),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// The canonical GT&C number.
    fn gtc(&self, parts: &Parts) -> String {
        let mut text = String::new();
        for piece in &self.gtc {
            match piece {
                Piece::Text(fixed) | Piece::Optional(fixed) => text.push_str(fixed),
                Piece::Agency { .. } => text.push_str(&parts.agency),
                Piece::Year => text.push_str(&padded(parts.year.into(), 2)),
                Piece::Serial(_) => text.push_str(&parts.serial),
            }
        }
        text
    }

    fn take_apart(&self, text: &str) -> Option<Parts> {
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let mut parts = Parts::default();
        (plain && text.len() <= LONGEST && fits(&self.gtc, text, &mut parts)).then_some(parts)
    }
}

#[derive(Debug, Clone, Default)]
struct Parts {
    agency: String,
    year: u16,
    serial: String,
}

impl Parts {
    fn example() -> Self {
        Self {
            agency: "ABC".to_owned(),
            year: 21,
            serial: "0001".to_owned(),
        }
    }
}

/// Does the text have this shape? The agency is as short as it can be, and what may be left out is there if it can be.
fn fits(pieces: &[Piece], text: &str, parts: &mut Parts) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    match piece {
        Piece::Text(fixed) => text
            .strip_prefix(fixed.as_str())
            .is_some_and(|after| fits(rest, after, parts)),
        Piece::Optional(fixed) => {
            text.strip_prefix(fixed.as_str())
                .is_some_and(|after| fits(rest, after, parts))
                || fits(rest, text, parts)
        }
        Piece::Agency { least, most } => (*least..=*most).any(|length| {
            let Some((agency, after)) = text.split_at_checked(length) else {
                return false;
            };
            let lettered = agency.bytes().any(|b| b.is_ascii_uppercase());
            // Otherwise "LGFY210001" would be of an agency FY.
            let eats = matches!(rest.first(), Some(Piece::Optional(fixed)) if agency.ends_with(fixed.as_str()));
            let found = lettered && !eats && fits(rest, after, parts);
            if found {
                agency.clone_into(&mut parts.agency);
            }
            found
        }),
        Piece::Year => number(text, 2).is_some_and(|(digits, after)| {
            parts.year = digits.parse().unwrap_or_default();
            fits(rest, after, parts)
        }),
        Piece::Serial(width) => number(text, *width).is_some_and(|(digits, after)| {
            digits.clone_into(&mut parts.serial);
            fits(rest, after, parts)
        }),
    }
}

fn number(text: &str, width: usize) -> Option<(&str, &str)> {
    let (head, after) = text.split_at_checked(width)?;
    head.bytes()
        .all(|b| b.is_ascii_digit())
        .then_some((head, after))
}

fn digits(text: &str, width: usize) -> Option<String> {
    number(text, width)
        .filter(|(_, after)| after.is_empty())
        .map(|(digits, _)| digits.to_owned())
}

fn padded(number: u32, width: usize) -> String {
    format!("{number:0width$}")
}

fn pieces(text: &str) -> Result<Vec<Piece>, BadPattern> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = if let Some(inner) = rest.strip_prefix('{') {
            let (inner, after) = inner
                .split_once('}')
                .ok_or(BadPattern("a { is not closed"))?;
            (field(inner)?, after)
        } else if let Some(inner) = rest.strip_prefix('[') {
            let (inner, after) = inner
                .split_once(']')
                .ok_or(BadPattern("a [ is not closed"))?;
            (Piece::Optional(fixed(inner)?), after)
        } else {
            let end = rest.find(['{', '[']).unwrap_or(rest.len());
            let (head, after) = rest.split_at(end);
            (Piece::Text(fixed(head)?), after)
        };
        pieces.push(piece);
        rest = after;
    }
    Ok(pieces)
}

fn field(inner: &str) -> Result<Piece, BadPattern> {
    match inner.split_once(':').unwrap_or((inner, "")) {
        ("agency", range) => {
            let (least, most) = range.split_once('-').unwrap_or(("2", "8"));
            let (least, most) = (small(least)?, small(most)?);
            if least > most {
                return Err(BadPattern(
                    "the agency is at least as long as it is at most",
                ));
            }
            Ok(Piece::Agency { least, most })
        }
        ("year", "" | "2") => Ok(Piece::Year),
        ("serial", digits) => Ok(Piece::Serial(small(digits)?)),
        _ => Err(BadPattern(
            "it knows {agency:2-8}, {year}, {serial:4}, {order:4} and {mod:4}",
        )),
    }
}

fn fixed(text: &str) -> Result<String, BadPattern> {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    (plain && !text.is_empty())
        .then(|| text.to_owned())
        .ok_or(BadPattern(
            "what stands for itself is capital letters and digits",
        ))
}

fn width(text: &str, name: &str) -> Result<usize, BadPattern> {
    let inner = text
        .strip_prefix('{')
        .and_then(|text| text.strip_suffix('}'));
    match inner.and_then(|inner| inner.split_once(':')) {
        Some((found, digits)) if found == name => small(digits),
        _ => Err(BadPattern("it must end with -{order:4}-{mod:4}")),
    }
}

fn small(text: &str) -> Result<usize, BadPattern> {
    text.parse()
        .ok()
        .filter(|number| (1..=9).contains(number))
        .ok_or(BadPattern("widths are from 1 to 9"))
}

impl<'de> Deserialize<'de> for NumberPattern {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(de::Error::custom)
    }
}

/// A pattern that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the pattern of agreement numbers is wrong: {0}")]
pub struct BadPattern(&'static str);

const LONGEST: usize = 60;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::refusal::Refuse;

    fn us() -> NumberPattern {
        NumberPattern::read("LG{agency:2-8}[FY]{year}{serial:4}-{order:4}-{mod:4}").unwrap()
    }

    fn bad(text: &str, code: &str) {
        assert_eq!(us().parse(text).unwrap_err().code(), code, "{text}");
    }

    #[test]
    fn the_number_of_the_requirements() {
        let number = us().parse(" LGABCFY210001-0001-0000 ").unwrap();
        assert_eq!(
            serde_json::to_value(us().parts(&number)).unwrap(),
            serde_json::json!({
                "number": "LGABCFY210001-0001-0000", "gtc": "LGABCFY210001", "order": "0001", "mod": "0000",
                "agency": "ABC", "fiscal_year": 2021, "serial": "0001"
            })
        );
        assert_eq!(us().example(), "LGABCFY210001-0001-0000");
    }

    #[test]
    fn with_and_without_fy_is_one_number() {
        for (text, agency, year, canonical) in [
            (
                "LGTTSFY190003-0001-0000",
                "TTS",
                2019,
                "LGTTSFY190003-0001-0000",
            ),
            (
                "LGTTS190003-0001-0000",
                "TTS",
                2019,
                "LGTTSFY190003-0001-0000",
            ),
            (
                "LGABC210001-0012-0003",
                "ABC",
                2021,
                "LGABCFY210001-0012-0003",
            ),
            (
                "LGDHS2CBPFY240101-9999-9999",
                "DHS2CBP",
                2024,
                "LGDHS2CBPFY240101-9999-9999",
            ),
        ] {
            let number = us().parse(text).unwrap();
            let parts = us().parts(&number);
            assert_eq!(
                (
                    parts.agency.as_str(),
                    parts.fiscal_year,
                    parts.number.as_str()
                ),
                (agency, year, canonical)
            );
        }
        assert_eq!(
            us().parse_paper("LGABC210001-0002").unwrap().to_string(),
            "LGABCFY210001-0002"
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
        for gtc in [
            "lgabcfy210001",
            "XXABCFY210001",
            "LGFY210001",
            "LGABCFY21001",
            "LGABCDEFGHIFY210001",
            "LG",
            "LGÄBCFY210001",
            "LG12FY210001",
        ] {
            bad(&format!("{gtc}-0001-0000"), "agreement/number-gtc");
        }
        bad("LGABCFY210001-1-0000", "agreement/number-order");
        bad("LGABCFY210001-000A-0000", "agreement/number-order");
        bad("LGABCFY210001-+001-0000", "agreement/number-order");
        bad("LGABCFY210001-0001-", "agreement/number-mod");
        bad("LGABCFY210001-0001-٠٠٠٠", "agreement/number-mod");
    }

    #[test]
    fn next_numbers() {
        let taken = [
            "LGABCFY270001",
            "LGABCFY270004",
            "LGDMVFY270009",
            "LGABCFY260007",
        ];
        assert_eq!(us().next_gtc("ABC", 2027, &taken).unwrap(), "LGABCFY270005");
        assert_eq!(us().next_gtc("DOH", 2027, &taken).unwrap(), "LGDOHFY270001");
        assert_eq!(us().next_gtc("A", 2027, &taken), None);
        let order = |text: &str| us().parse(text).unwrap();
        let orders = [
            order("LGABCFY270001-0003-0001"),
            order("LGABCFY270004-0009-0000"),
        ];
        let next = |gtc: &str| {
            us().next_order(gtc, &orders)
                .map(|number| number.to_string())
        };
        assert_eq!(next("LGABCFY270001").unwrap(), "LGABCFY270001-0004-0000");
        assert_eq!(next("LGNEWFY270001").unwrap(), "LGNEWFY270001-0001-0000");
        let last = [order("LGABCFY270001-9999-0000")];
        assert_eq!(us().next_order("LGABCFY270001", &last), None);
    }

    #[test]
    fn another_programme_has_another_pattern() {
        let other =
            NumberPattern::read("ID{year}{agency:3-3}{serial:3}-{order:2}-{mod:2}").unwrap();
        let number = other.parse("ID26HMR007-01-00").unwrap();
        let parts = other.parts(&number);
        assert_eq!(
            (
                parts.agency.as_str(),
                parts.fiscal_year,
                parts.serial.as_str()
            ),
            ("HMR", 2026, "007")
        );
        assert_eq!(
            number.next_modification().unwrap().to_string(),
            "ID26HMR007-01-01"
        );
        for wrong in [
            "",
            "LG{agency}",
            "LG{agency}{year}{serial:4}-{mod:4}-{order:4}",
            "{agency:9-2}{year}{serial:4}-{order:4}-{mod:4}",
            "{agency}{year}-{order:4}-{mod:4}",
            "lg{agency}{year}{serial:4}-{order:4}-{mod:4}",
            "{agency}{year}{serial:99}-{order:4}-{mod:4}",
            "{agency{year}{serial:4}-{order:4}-{mod:4}",
            "[{agency}{year}{serial:4}-{order:4}-{mod:4}",
        ] {
            assert!(NumberPattern::read(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(agency in "[A-Z]{2,8}", fy in any::<bool>(), year in 0..100, serial in 0..10_000, order in 0..10_000, modification in 0..10_000) {
            prop_assume!(!agency.ends_with("FY"));
            let text = |fy: &str| format!("LG{agency}{fy}{year:02}{serial:04}-{order:04}-{modification:04}");
            let number = us().parse(&text(if fy { "FY" } else { "" })).unwrap();
            prop_assert_eq!(number.to_string(), text("FY"));
            prop_assert_eq!(us().parts(&number).agency, agency);
            prop_assert_eq!(us().parse(&number.to_string()).unwrap(), number);
        }

        #[test]
        fn nothing_panics(text in ".*") {
            let _ = us().parse(&text);
            let _ = NumberPattern::read(&text);
        }
    }
}
