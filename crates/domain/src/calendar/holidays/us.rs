//! The federal holidays of the United States (5 U.S.C. 6103).

use jiff::{
    Span,
    civil::{Date, Weekday},
};

use super::{FOREVER, Holiday, Rule, When, rule};

/// The holidays of a year. Inauguration Day is one for those who work in or near Washington, D.C.
pub(super) fn of_year(year: i16, capital: bool) -> Vec<Holiday> {
    let mut found: Vec<Holiday> = super::dates(RULES, year)
        .map(|(name, date)| Holiday::observed_on(name, date, observed(date)))
        .collect();
    if capital
        && year >= 1965
        && year.rem_euclid(4) == 1
        && let Ok(date) = Date::new(year, 1, 20)
    {
        // 6103(c): a Sunday's is kept on the next day; a Saturday's has no day in lieu.
        let sunday = date.weekday() == Weekday::Sunday;
        let kept = if sunday {
            date.saturating_add(Span::new().days(1))
        } else {
            date
        };
        found.push(Holiday::observed_on("Inauguration Day", date, kept));
    }
    found
}

/// 5 U.S.C. 6103(b) and Executive Order 11582 §3; applied to earlier years too, where practice varied.
fn observed(date: Date) -> Date {
    match date.weekday() {
        Weekday::Saturday => date.saturating_sub(Span::new().days(1)),
        Weekday::Sunday => date.saturating_add(Span::new().days(1)),
        _ => date,
    }
}

/// Each holiday from the year in which it was one. The Monday rules begin in 1971 (Public Law 90-363).
const RULES: &[Rule] = &[
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
    use super::super::*;

    /// Computed by another program for 2024 to 2035: year, first word of the name, date, observed.
    const TABLE: &str = include_str!("../../../tests/us_federal_holidays.csv");

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
        let names = |year| -> Vec<String> {
            of_year(HolidayList::UsFederal, year)
                .iter()
                .map(|holiday| holiday.name.clone())
                .collect()
        };
        assert!(!names(2020).contains(&"Juneteenth National Independence Day".to_owned()));
        assert!(names(2021).contains(&"Juneteenth National Independence Day".to_owned()));
        assert!(!names(1985).contains(&"Birthday of Martin Luther King, Jr.".to_owned()));
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

    fn observed_on(day: &str) -> Option<Holiday> {
        let day: Date = day.parse().unwrap();
        (day.year()..=day.year() + 1)
            .flat_map(|year| of_year(HolidayList::UsFederal, year))
            .find(|holiday| holiday.observed == day)
    }

    #[test]
    fn inauguration_day_is_one_only_near_the_capital() {
        let days = |list, year: i16| -> Vec<String> {
            of_year(list, year)
                .into_iter()
                .filter(|holiday| holiday.name == "Inauguration Day")
                .map(|holiday| holiday.observed.to_string())
                .collect()
        };
        let capital = HolidayList::UsFederalCapital;
        assert_eq!(days(capital, 2021), ["2021-01-20"]);
        // A Sunday's is kept on Monday (2013); a Saturday's has no day in lieu (2029).
        assert_eq!(days(capital, 2013), ["2013-01-21"]);
        assert_eq!(days(capital, 2029), ["2029-01-20"]);
        assert!(days(capital, 2026).is_empty());
        assert!(days(HolidayList::UsFederal, 2021).is_empty());
    }

    #[test]
    fn new_year_may_be_observed_in_the_year_before() {
        let found = observed_on("2027-12-31").unwrap();
        assert_eq!(
            (found.name.as_str(), found.date.to_string().as_str()),
            ("New Year's Day", "2028-01-01")
        );
        assert_eq!(observed_on("2028-01-01"), None);
    }
}
