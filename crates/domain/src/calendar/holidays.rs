//! Holidays computed for any year, with the day on which each is observed.

use jiff::{
    Span,
    civil::{Date, Weekday},
};
use serde::Serialize;

use crate::programme::HolidayList;

/// One holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// The name in the law.
    pub name: &'static str,
    /// Its own date.
    pub date: Date,
    /// The day off: a Saturday's is the Friday before, a Sunday's the Monday after.
    pub observed: Date,
}

/// The holidays whose own date is in a year.
pub(super) fn of_year(list: HolidayList, year: i16) -> Vec<Holiday> {
    let mut found: Vec<Holiday> = rules(list)
        .iter()
        .filter(|rule| (rule.from..=rule.to).contains(&year))
        .filter_map(|rule| {
            let date = rule.when.in_year(year)?;
            Some(Holiday {
                name: rule.name,
                date,
                observed: observed(date),
            })
        })
        .collect();
    found.sort_by_key(|holiday| holiday.date);
    found
}

/// The holiday that is observed on a day. New Year's Day may be observed in the year before.
pub(super) fn observed_on(list: HolidayList, date: Date) -> Option<Holiday> {
    [date.year(), date.year().saturating_add(1)]
        .into_iter()
        .flat_map(|year| of_year(list, year))
        .find(|holiday| holiday.observed == date)
}

struct Rule {
    name: &'static str,
    from: i16,
    to: i16,
    when: When,
}

enum When {
    /// The same date each year.
    Fixed(i8, i8),
    /// The n-th such day of a month; -1 is the last.
    Nth(i8, i8, Weekday),
}

impl When {
    fn in_year(&self, year: i16) -> Option<Date> {
        match *self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(month, nth, weekday) => Date::new(year, month, 1)
                .ok()?
                .nth_weekday_of_month(nth, weekday)
                .ok(),
        }
    }
}

/// 5 U.S.C. 6103(b) and Executive Order 11582 §3; applied to earlier years too, where practice varied.
fn observed(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => date.saturating_sub(Span::new().days(1)),
        Weekday::Sunday => date.saturating_add(Span::new().days(1)),
        _ => date,
    }
}

const fn rules(list: HolidayList) -> &'static [Rule] {
    match list {
        HolidayList::UsFederal => US_FEDERAL,
    }
}

const FOREVER: i16 = i16::MAX;

const fn rule(name: &'static str, from: i16, to: i16, when: When) -> Rule {
    Rule {
        name,
        from,
        to,
        when,
    }
}

/// Each holiday from the year in which it was one. The Monday rules begin in 1971 (Public Law 90-363).
const US_FEDERAL: &[Rule] = &[
    rule("New Year's Day", 1871, FOREVER, When::Fixed(1, 1)),
    rule(
        "Birthday of Martin Luther King, Jr.",
        1986,
        FOREVER,
        When::Nth(1, 3, Weekday::Monday),
    ),
    rule("Washington's Birthday", 1880, 1970, When::Fixed(2, 22)),
    rule(
        "Washington's Birthday",
        1971,
        FOREVER,
        When::Nth(2, 3, Weekday::Monday),
    ),
    rule("Memorial Day", 1888, 1970, When::Fixed(5, 30)),
    rule(
        "Memorial Day",
        1971,
        FOREVER,
        When::Nth(5, -1, Weekday::Monday),
    ),
    rule(
        "Juneteenth National Independence Day",
        2021,
        FOREVER,
        When::Fixed(6, 19),
    ),
    rule("Independence Day", 1870, FOREVER, When::Fixed(7, 4)),
    rule("Labor Day", 1894, FOREVER, When::Nth(9, 1, Weekday::Monday)),
    rule(
        "Columbus Day",
        1971,
        FOREVER,
        When::Nth(10, 2, Weekday::Monday),
    ),
    rule("Armistice Day", 1938, 1953, When::Fixed(11, 11)),
    rule("Veterans Day", 1954, 1970, When::Fixed(11, 11)),
    rule(
        "Veterans Day",
        1971,
        1977,
        When::Nth(10, 4, Weekday::Monday),
    ),
    rule("Veterans Day", 1978, FOREVER, When::Fixed(11, 11)),
    rule(
        "Thanksgiving Day",
        1870,
        1938,
        When::Nth(11, -1, Weekday::Thursday),
    ),
    rule(
        "Thanksgiving Day",
        1939,
        1941,
        When::Nth(11, -2, Weekday::Thursday),
    ),
    rule(
        "Thanksgiving Day",
        1942,
        FOREVER,
        When::Nth(11, 4, Weekday::Thursday),
    ),
    rule("Christmas Day", 1870, FOREVER, When::Fixed(12, 25)),
];

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// Computed by another program for 2024 to 2035: year, first word of the name, date, observed.
    const TABLE: &str = include_str!("../../tests/us_federal_holidays.csv");

    #[test]
    fn the_table_of_twelve_years() {
        let mut rows = 0;
        for line in TABLE.lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            let year: i16 = fields[0].parse().unwrap();
            let date: Date = fields[2].parse().unwrap();
            let found = of_year(HolidayList::UsFederal, year)
                .into_iter()
                .find(|holiday| holiday.date == date);
            let found = found.unwrap_or_else(|| unreachable!("{line}"));
            assert!(
                found.name.contains(fields[1].trim_end_matches(" Jr.")),
                "{line}: {}",
                found.name
            );
            assert_eq!(found.observed.to_string(), fields[3], "{line}");
            rows += 1;
        }
        assert_eq!(rows, 132);
        for year in 2024..=2035 {
            assert_eq!(of_year(HolidayList::UsFederal, year).len(), 11, "{year}");
        }
    }

    #[test]
    fn each_holiday_from_its_year() {
        let names = |year| -> Vec<&str> {
            of_year(HolidayList::UsFederal, year)
                .iter()
                .map(|holiday| holiday.name)
                .collect()
        };
        assert!(!names(2020).contains(&"Juneteenth National Independence Day"));
        assert!(names(2021).contains(&"Juneteenth National Independence Day"));
        assert!(!names(1985).contains(&"Birthday of Martin Luther King, Jr."));
        assert!(names(1800).is_empty());
        let veterans = |year| {
            of_year(HolidayList::UsFederal, year)
                .into_iter()
                .find(|holiday| holiday.name == "Veterans Day")
                .unwrap()
                .date
                .to_string()
        };
        assert_eq!(
            (veterans(1975), veterans(1978)),
            ("1975-10-27".to_owned(), "1978-11-11".to_owned())
        );
    }

    #[test]
    fn new_year_may_be_observed_in_the_year_before() {
        let found = observed_on(HolidayList::UsFederal, "2027-12-31".parse().unwrap()).unwrap();
        assert_eq!(
            (found.name, found.date.to_string().as_str()),
            ("New Year's Day", "2028-01-01")
        );
        assert_eq!(
            observed_on(HolidayList::UsFederal, "2028-01-01".parse().unwrap()),
            None
        );
    }
}
