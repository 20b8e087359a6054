//! Holidays computed for any year, with the day on which each is observed.

mod uk;
mod us;

use std::collections::BTreeMap;

use jiff::{
    Span,
    civil::{Date, Weekday},
};
use serde::Serialize;

use super::facts::Facts;
use crate::programme::{CalendarRules, HolidayList, OneOff};

/// One holiday.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holiday {
    /// The name in the law.
    pub name: String,
    /// Its own date.
    pub date: Date,
    /// The day off, which differs from the date when that falls on a weekend.
    pub observed: Date,
}

impl Holiday {
    fn observed_on(name: &str, date: Date, observed: Date) -> Self {
        Self {
            name: name.to_owned(),
            date,
            observed,
        }
    }

    /// The name, and that it is a day in lieu.
    pub(super) fn called(&self) -> String {
        if self.date == self.observed {
            self.name.clone()
        } else {
            format!("{}, observed", self.name)
        }
    }
}

/// The holidays that a list computes for a year: those whose own date is in it.
pub(super) fn of_year(list: HolidayList, year: i16) -> Vec<Holiday> {
    let mut found = match list {
        HolidayList::UsFederal => us::of_year(year, false),
        HolidayList::UsFederalCapital => us::of_year(year, true),
        HolidayList::UkEnglandAndWales => uk::of_year(year, uk::Nation::EnglandAndWales),
        HolidayList::UkScotland => uk::of_year(year, uk::Nation::Scotland),
        HolidayList::UkNorthernIreland => uk::of_year(year, uk::Nation::NorthernIreland),
    };
    found.sort_by_key(|holiday| holiday.date);
    found
}

/// The holidays of a span of years by the day on which each is observed: computed, the programme's own, the staff's.
#[derive(Debug)]
pub(super) struct Book(BTreeMap<Date, Holiday>);

impl Book {
    pub(super) fn of(rules: &CalendarRules, facts: &Facts, from: Date, to: Date) -> Self {
        // New Year's Day may be observed in the year before.
        let years = from.year().saturating_sub(1)..=to.year().saturating_add(1);
        let mut days: BTreeMap<Date, Holiday> = BTreeMap::new();
        for holiday in years.flat_map(|year| of_year(rules.holidays, year)) {
            days.entry(holiday.observed).or_insert(holiday);
        }
        for one in &rules.one_off {
            if let Some(instead) = one.instead_of {
                days.remove(&instead);
            }
        }
        for day in &facts.removed_holidays {
            days.remove(day);
        }
        for OneOff { date, name, .. } in rules.one_off.iter().chain(&facts.added_holidays) {
            days.entry(*date)
                .or_insert_with(|| Holiday::observed_on(name, *date, *date));
        }
        Self(days)
    }

    pub(super) fn on(&self, date: Date) -> Option<&Holiday> {
        self.0.get(&date)
    }

    pub(super) fn between(&self, from: Date, to: Date) -> Vec<Holiday> {
        if from > to {
            return Vec::new();
        }
        self.0
            .range(from..=to)
            .map(|(_, holiday)| holiday.clone())
            .collect()
    }

    /// Is it a day from Monday to Friday that is no holiday?
    pub(super) fn is_working(&self, date: Date) -> bool {
        !is_weekend(date) && !self.0.contains_key(&date)
    }
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
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
    /// So many days after Easter Sunday.
    Easter(i32),
}

impl When {
    fn in_year(&self, year: i16) -> Option<Date> {
        match *self {
            Self::Fixed(month, day) => Date::new(year, month, day).ok(),
            Self::Nth(month, nth, weekday) => Date::new(year, month, 1)
                .ok()?
                .nth_weekday_of_month(nth, weekday)
                .ok(),
            Self::Easter(days) => easter(year)?.checked_add(Span::new().days(days)).ok(),
        }
    }
}

/// What rules give for a year.
fn dates(rules: &'static [Rule], year: i16) -> impl Iterator<Item = (&'static str, Date)> {
    rules
        .iter()
        .filter(move |rule| (rule.from..=rule.to).contains(&year))
        .filter_map(move |rule| Some((rule.name, rule.when.in_year(year)?)))
}

/// Easter Sunday in the Gregorian calendar (the anonymous algorithm of *Nature*, 1876).
fn easter(year: i16) -> Option<Date> {
    let year = i32::from(year);
    let golden = year.rem_euclid(19);
    let (century, rest) = (year.div_euclid(100), year.rem_euclid(100));
    let correction = (century + 8) / 25;
    let epact =
        (19 * golden + century - century / 4 - (century - correction + 1) / 3 + 15).rem_euclid(30);
    let sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * sunday) / 451;
    let days = epact + sunday - 7 * late + 114;
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(days / 31).ok()?,
        i8::try_from(days % 31 + 1).ok()?,
    )
    .ok()
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn easter_sundays() {
        for (year, day) in [
            (1961, "1961-04-02"),
            (2000, "2000-04-23"),
            (2008, "2008-03-23"),
            (2021, "2021-04-04"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2027, "2027-03-28"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).unwrap().to_string(), day);
        }
    }
}
