//! Windows: the set of days on which deployments happen.

use jiff::{
    Span,
    civil::{Date, Weekday},
};
use serde::Serialize;

use super::facts::{Freeze, Moved};
use super::holidays::Book;
use super::why::{Step, Why};
use crate::programme::{CalendarRules, HolidayShift};

/// One deployment day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The day.
    pub date: Date,
    /// Why it is a window, in a plain sentence.
    pub reason: String,
    /// The regular day whose deployment moved here because of a holiday, or the window that staff moved here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Date>,
    /// What moved it, in order; empty for a regular day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// The windows whose regular day is in a span, in order. Two may end on the same day.
pub(super) fn regular(
    rules: &CalendarRules,
    book: &Book,
    freezes: &[Freeze],
    (from, to): (Date, Date),
) -> Vec<Window> {
    if from > to {
        return Vec::new();
    }
    from.series(Span::new().days(1))
        .take_while(|date| *date <= to)
        .filter(|date| rules.deploys_on(date.weekday()))
        .filter_map(|date| window_of(rules, book, freezes, date))
        .collect()
}

/// Puts the windows in order, each day once, after what staff moved.
pub(super) fn settled(
    mut found: Vec<Window>,
    moved: &[Moved],
    from: Date,
    to: Date,
) -> Vec<Window> {
    for one in moved {
        let before = found.iter().find(|window| window.date == one.from);
        let mut steps = before
            .map(|window| window.steps.clone())
            .unwrap_or_default();
        steps.push(Step::new(
            one.from,
            &Why::Moved(one.from, one.to, &one.reason),
        ));
        found.retain(|window| window.date != one.from);
        found.push(Window {
            date: one.to,
            reason: joined(&steps),
            moved_from: Some(one.from),
            steps,
        });
    }
    found.retain(|window| (from..=to).contains(&window.date));
    // A regular day stands before one that moved onto it.
    found.sort_by_key(|window| (window.date, window.moved_from.is_some()));
    found.dedup_by_key(|window| window.date);
    found
}

/// Nothing for a day whose deployment finds no place within [`REACH_DAYS`].
fn window_of(
    rules: &CalendarRules,
    book: &Book,
    freezes: &[Freeze],
    regular: Date,
) -> Option<Window> {
    let (date, steps) = shifted(rules, book, freezes, regular)?;
    if date == regular {
        let reason = match steps.first() {
            Some(step) => step.sentence.clone(),
            None => format!("Regular deployment day: every {}.", regular.strftime("%A")),
        };
        return Some(Window {
            date,
            reason,
            moved_from: None,
            steps,
        });
    }
    Some(Window {
        date,
        reason: joined(&steps),
        moved_from: Some(regular),
        steps,
    })
}

fn joined(steps: &[Step]) -> String {
    let sentences: Vec<&str> = steps.iter().map(|step| step.sentence.as_str()).collect();
    sentences.join(" ")
}

/// Where a regular day goes, with one step for each holiday in its way, and for each freeze of the business days after it.
fn shifted(
    rules: &CalendarRules,
    book: &Book,
    freezes: &[Freeze],
    regular: Date,
) -> Option<(Date, Vec<Step>)> {
    let limit = regular.saturating_add(Span::new().days(REACH_DAYS));
    // What moves to a Monday has the freezes of any window; an alternate day is looked for around them.
    let closed = match rules.holiday_shift {
        HolidayShift::NextBusinessDay => freezes,
        HolidayShift::FollowingMonday | HolidayShift::Unchanged => &[],
    };
    let mut steps = Vec::new();
    let mut date = regular;
    loop {
        let first = steps.is_empty();
        let next = if let Some(holiday) = book.on(date) {
            let name = holiday.called();
            let (next, why) = match rules.holiday_shift {
                HolidayShift::Unchanged => {
                    steps.push(Step::new(date, &Why::HolidayKept(date, &name)));
                    break;
                }
                HolidayShift::FollowingMonday if first => {
                    (next_monday(date), Why::HolidayMonday(date, &name))
                }
                _ if first => (next_weekday(date), Why::HolidayNext(date, &name)),
                _ => (next_weekday(date), Why::HolidayToo(date, &name)),
            };
            steps.push(Step::new(date, &why));
            next
        } else if let Some(freeze) = closed
            .iter()
            .find(|freeze| !first && freeze.is_of_all(date))
        {
            let why = Why::Frozen(date, (freeze.from, freeze.to), &freeze.reason);
            steps.push(Step::new(date, &why));
            next_weekday(freeze.to)
        } else {
            break;
        };
        if next <= date || next > limit {
            return None;
        }
        date = next;
    }
    Some((date, steps))
}

fn next_monday(date: Date) -> Date {
    date.nth_weekday(1, Weekday::Monday).unwrap_or(Date::MAX)
}

fn next_weekday(date: Date) -> Date {
    let mut next = date.saturating_add(Span::new().days(1));
    while super::holidays::is_weekend(next) && next < Date::MAX {
        next = next.saturating_add(Span::new().days(1));
    }
    next
}

/// How far holidays can move a deployment: a longer run of them makes it fall away.
pub(super) const REACH_DAYS: i32 = 60;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::sync::Arc;

    use crate::calendar::Calendar;
    use crate::programme::Programme;

    fn windows(programme: &str, from: &str, to: &str) -> Vec<String> {
        let programme = Arc::new(Programme::parse(programme).unwrap());
        Calendar::of(&programme)
            .windows(from.parse().unwrap(), to.parse().unwrap())
            .iter()
            .map(|window| window.date.to_string())
            .collect()
    }

    #[test]
    fn november_2026() {
        assert_eq!(
            windows("extends = \"us\"", "2026-11-01", "2026-11-30"),
            ["2026-11-05", "2026-11-12", "2026-11-19", "2026-11-30"]
        );
    }

    #[test]
    fn other_days_of_the_week() {
        // Fridays as deployment days: 31 December 2027 is New Year's Day observed.
        let fridays = "extends = \"us\"\n[calendar]\nweekdays = [\"friday\"]";
        assert_eq!(
            windows(fridays, "2027-12-28", "2028-01-10"),
            ["2028-01-03", "2028-01-07"]
        );
        // Mondays: Labor Day 2026 moves to the following Monday, which is a window already.
        let mondays = "extends = \"us\"\n[calendar]\nweekdays = [\"monday\"]";
        assert_eq!(
            windows(mondays, "2026-09-01", "2026-09-21"),
            ["2026-09-14", "2026-09-21"]
        );
        let next_day = "extends = \"us\"\n[calendar]\nweekdays = [\"monday\"]\nholiday_shift = \"next-business-day\"";
        assert_eq!(
            windows(next_day, "2026-09-01", "2026-09-14"),
            ["2026-09-08", "2026-09-14"]
        );
        let unchanged =
            "extends = \"us\"\n[calendar]\nweekdays = [\"monday\"]\nholiday_shift = \"unchanged\"";
        assert_eq!(
            windows(unchanged, "2026-09-01", "2026-09-14"),
            ["2026-09-07", "2026-09-14"]
        );
    }

    #[test]
    fn a_monday_that_is_a_holiday_too_moves_on() {
        // Christmas 2028 and New Year 2029 are both Mondays, a week apart.
        let mondays = "extends = \"us\"\n[calendar]\nweekdays = [\"monday\"]";
        assert_eq!(
            windows(mondays, "2028-12-19", "2029-01-08"),
            ["2029-01-02", "2029-01-08"]
        );
        let us = Arc::new(Programme::parse(mondays).unwrap());
        let window = Calendar::of(&us)
            .window_on("2029-01-02".parse().unwrap())
            .unwrap();
        assert_eq!(
            window.reason,
            "Monday 25 December 2028 is a holiday (Christmas Day), so the deployment moves to the following Monday. \
             Monday 1 January 2029 is a holiday too (New Year's Day), so the deployment moves to the next business day."
        );
    }
}
