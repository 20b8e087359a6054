//! Windows: the set of days on which deployments happen.

use jiff::{
    Span,
    civil::{Date, Weekday},
};
use serde::Serialize;

use super::{Holiday, Step, holidays, say};
use crate::programme::{CalendarRules, HolidayShift};

/// One deployment day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Window {
    /// The day.
    pub date: Date,
    /// Why it is a window, in a plain sentence.
    pub reason: String,
    /// The regular day whose deployment moved here because of a holiday.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_from: Option<Date>,
}

/// The windows of a span of days, in order, each day once.
pub(super) fn between(rules: &CalendarRules, from: Date, to: Date) -> Vec<Window> {
    if from > to {
        return Vec::new();
    }
    let first = from.saturating_sub(Span::new().days(LONGEST_SHIFT_DAYS));
    let mut found: Vec<Window> = first
        .series(Span::new().days(1))
        .take_while(|date| *date <= to)
        .filter(|date| rules.deploys_on(date.weekday()))
        .map(|date| window_of(rules, date))
        .filter(|window| (from..=to).contains(&window.date))
        .collect();
    // A regular day stands before one that moved onto it.
    found.sort_by_key(|window| (window.date, window.moved_from.is_some()));
    found.dedup_by_key(|window| window.date);
    found
}

/// The steps from the day on which the notice has ended to its window.
pub(super) fn explain(
    rules: &CalendarRules,
    ripe: Date,
    window: Option<Window>,
) -> (Date, Vec<Step>) {
    let Some(window) = window else {
        let sentence = "There is no deployment day in the weeks that follow.".to_owned();
        return (
            ripe,
            vec![Step {
                date: ripe,
                sentence,
            }],
        );
    };
    let regular = window.moved_from.unwrap_or(window.date);
    let mut steps = Vec::new();
    let sentence = if regular < ripe {
        format!("The deployment of {} is still to come.", say(regular))
    } else {
        format!("The next regular deployment day is {}.", say(regular))
    };
    steps.push(Step {
        date: regular,
        sentence,
    });
    steps.extend(shifted(rules, regular).1);
    let sentence = format!("The earliest deployment is on {}.", say(window.date));
    steps.push(Step {
        date: window.date,
        sentence,
    });
    (window.date, steps)
}

fn window_of(rules: &CalendarRules, regular: Date) -> Window {
    let (date, steps) = shifted(rules, regular);
    if steps.is_empty() {
        let reason = format!("Regular deployment day: every {}.", regular.strftime("%A"));
        return Window {
            date,
            reason,
            moved_from: None,
        };
    }
    let sentences: Vec<String> = steps.into_iter().map(|step| step.sentence).collect();
    Window {
        date,
        reason: sentences.join(" "),
        moved_from: Some(regular),
    }
}

/// Where a regular day goes, with one step for each holiday in its way.
fn shifted(rules: &CalendarRules, regular: Date) -> (Date, Vec<Step>) {
    let mut steps = Vec::new();
    let mut date = regular;
    while let Some(holiday) = holidays::observed_on(rules.holidays, date) {
        let first = steps.is_empty();
        let (next, place) = match rules.holiday_shift {
            HolidayShift::FollowingMonday if first => (next_monday(date), "the following Monday"),
            _ => (next_weekday(date), "the next business day"),
        };
        let too = if first { "" } else { " too" };
        let sentence = format!(
            "{} is a holiday{too} ({}), so the deployment moves to {place}.",
            say(date),
            name(&holiday)
        );
        steps.push(Step { date, sentence });
        if next <= date {
            break; // the end of the calendar
        }
        date = next;
    }
    (date, steps)
}

fn name(holiday: &Holiday) -> String {
    if holiday.date == holiday.observed {
        holiday.name.to_owned()
    } else {
        format!("{}, observed", holiday.name)
    }
}

fn next_monday(date: Date) -> Date {
    date.nth_weekday(1, Weekday::Monday).unwrap_or(Date::MAX)
}

fn next_weekday(date: Date) -> Date {
    let mut next = date.saturating_add(Span::new().days(1));
    while matches!(next.weekday(), Weekday::Saturday | Weekday::Sunday) && next < Date::MAX {
        next = next.saturating_add(Span::new().days(1));
    }
    next
}

/// More than any run of holidays and weekends that a regular day jumps over.
const LONGEST_SHIFT_DAYS: i32 = 14;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::programme::Programme;

    fn windows(programme: &str, from: &str, to: &str) -> Vec<String> {
        let programme = Programme::parse(programme).unwrap();
        between(
            &programme.calendar,
            from.parse().unwrap(),
            to.parse().unwrap(),
        )
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
    }

    #[test]
    fn a_monday_that_is_a_holiday_too_moves_on() {
        // Christmas 2028 and New Year 2029 are both Mondays, a week apart.
        let mondays = "extends = \"us\"\n[calendar]\nweekdays = [\"monday\"]";
        assert_eq!(
            windows(mondays, "2028-12-19", "2029-01-08"),
            ["2029-01-02", "2029-01-08"]
        );
        let us = Programme::parse(mondays).unwrap();
        let window = &between(
            &us.calendar,
            "2029-01-02".parse().unwrap(),
            "2029-01-02".parse().unwrap(),
        )[0];
        assert_eq!(
            window.reason,
            "Monday 25 December 2028 is a holiday (Christmas Day), so the deployment moves to the following Monday. \
             Monday 1 January 2029 is a holiday too (New Year's Day), so the deployment moves to the next business day."
        );
    }
}
