//! The bank holidays of the United Kingdom (Banking and Financial Dealings Act 1971, and the common-law days).
//!
//! Days that a proclamation adds or moves are data of the programme.

use jiff::{
    Span,
    civil::{Date, Weekday},
};

use super::{FOREVER, Holiday, Rule, When, dates, is_weekend, rule};

/// A part of the kingdom with bank holidays of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nation {
    EnglandAndWales,
    Scotland,
    NorthernIreland,
}

/// The bank holidays of a year. One that falls on a weekend is kept on the next working day that is free.
pub(super) fn of_year(year: i16, nation: Nation) -> Vec<Holiday> {
    let rules = match nation {
        Nation::EnglandAndWales => ENGLAND_AND_WALES,
        Nation::Scotland => SCOTLAND,
        Nation::NorthernIreland => NORTHERN_IRELAND,
    };
    let mut days: Vec<(&str, Date)> = dates(rules, year).collect();
    days.sort_by_key(|(_, date)| *date);
    let mut taken: Vec<Date> = days
        .iter()
        .map(|(_, date)| *date)
        .filter(|date| !is_weekend(*date))
        .collect();
    let mut found = Vec::with_capacity(days.len());
    for (name, date) in days {
        let mut observed = date;
        if is_weekend(date) {
            while is_weekend(observed) || taken.contains(&observed) {
                observed = observed.saturating_add(Span::new().days(1));
            }
            taken.push(observed);
        }
        found.push(Holiday::observed_on(name, date, observed));
    }
    found
}

const ENGLAND_AND_WALES: &[Rule] = &[
    rule("New Year's Day", 1974, FOREVER, When::Fixed(1, 1)),
    rule("Good Friday", 1971, FOREVER, When::Easter(-2)),
    rule("Easter Monday", 1971, FOREVER, When::Easter(1)),
    rule("Early May bank holiday", 1978, FOREVER, MAY_DAY),
    rule("Spring bank holiday", 1971, FOREVER, SPRING),
    rule("Summer bank holiday", 1971, FOREVER, LATE_SUMMER),
    rule("Christmas Day", 1971, FOREVER, When::Fixed(12, 25)),
    rule("Boxing Day", 1971, FOREVER, When::Fixed(12, 26)),
];

const SCOTLAND: &[Rule] = &[
    rule("New Year's Day", 1971, FOREVER, When::Fixed(1, 1)),
    rule("2nd January", 1973, FOREVER, When::Fixed(1, 2)),
    rule("Good Friday", 1971, FOREVER, When::Easter(-2)),
    rule("Early May bank holiday", 1978, FOREVER, MAY_DAY),
    rule("Spring bank holiday", 1971, FOREVER, SPRING),
    rule(
        "Summer bank holiday",
        1971,
        FOREVER,
        When::Nth(8, 1, Weekday::Monday),
    ),
    rule("St Andrew's Day", 2007, FOREVER, When::Fixed(11, 30)),
    rule("Christmas Day", 1971, FOREVER, When::Fixed(12, 25)),
    rule("Boxing Day", 1974, FOREVER, When::Fixed(12, 26)),
];

const NORTHERN_IRELAND: &[Rule] = &[
    rule("New Year's Day", 1974, FOREVER, When::Fixed(1, 1)),
    rule("St Patrick's Day", 1971, FOREVER, When::Fixed(3, 17)),
    rule("Good Friday", 1971, FOREVER, When::Easter(-2)),
    rule("Easter Monday", 1971, FOREVER, When::Easter(1)),
    rule("Early May bank holiday", 1978, FOREVER, MAY_DAY),
    rule("Spring bank holiday", 1971, FOREVER, SPRING),
    rule(
        "Battle of the Boyne (Orangemen's Day)",
        1971,
        FOREVER,
        When::Fixed(7, 12),
    ),
    rule("Summer bank holiday", 1971, FOREVER, LATE_SUMMER),
    rule("Christmas Day", 1971, FOREVER, When::Fixed(12, 25)),
    rule("Boxing Day", 1971, FOREVER, When::Fixed(12, 26)),
];

const MAY_DAY: When = When::Nth(5, 1, Weekday::Monday);
const SPRING: When = When::Nth(5, -1, Weekday::Monday);
const LATE_SUMMER: When = When::Nth(8, -1, Weekday::Monday);

#[cfg(test)]
mod tests {
    use super::*;

    fn days(year: i16, nation: Nation) -> Vec<String> {
        let mut days: Vec<String> = of_year(year, nation)
            .iter()
            .map(|holiday| holiday.observed.strftime("%m-%d").to_string())
            .collect();
        days.sort();
        days
    }

    #[test]
    fn england_and_wales() {
        use Nation::EnglandAndWales as E;
        // Christmas on Saturday, Boxing Day on Sunday.
        assert_eq!(
            days(2021, E),
            [
                "01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"
            ]
        );
        // New Year's Day on Saturday; Christmas on Sunday, Boxing Day on Monday.
        assert_eq!(
            days(2022, E),
            [
                "01-03", "04-15", "04-18", "05-02", "05-30", "08-29", "12-26", "12-27"
            ]
        );
        // Boxing Day on Saturday.
        assert_eq!(
            days(2026, E),
            [
                "01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"
            ]
        );
    }

    #[test]
    fn scotland() {
        use Nation::Scotland as S;
        assert_eq!(
            days(2022, S),
            [
                "01-03", "01-04", "04-15", "05-02", "05-30", "08-01", "11-30", "12-26", "12-27"
            ]
        );
        assert_eq!(
            days(2023, S),
            [
                "01-02", "01-03", "04-07", "05-01", "05-29", "08-07", "11-30", "12-25", "12-26"
            ]
        );
        assert_eq!(
            days(2024, S),
            [
                "01-01", "01-02", "03-29", "05-06", "05-27", "08-05", "12-02", "12-25", "12-26"
            ]
        );
    }

    #[test]
    fn northern_ireland() {
        use Nation::NorthernIreland as N;
        // St Patrick's Day and the Battle of the Boyne fall on a Sunday and a Saturday.
        assert_eq!(
            days(2024, N),
            [
                "01-01", "03-18", "03-29", "04-01", "05-06", "05-27", "07-12", "08-26", "12-25",
                "12-26"
            ]
        );
        assert_eq!(
            days(2025, N),
            [
                "01-01", "03-17", "04-18", "04-21", "05-05", "05-26", "07-14", "08-25", "12-25",
                "12-26"
            ]
        );
    }
}
