//! The calendar: which days are windows, and the earliest one for a request. Every date explains itself.

mod holidays;
mod windows;

use std::sync::Arc;

use jiff::{Timestamp, civil::Date};
use serde::Serialize;

pub use holidays::Holiday;
pub use windows::Window;

use crate::programme::Programme;

/// The calendar of one programme.
#[derive(Debug, Clone)]
pub struct Calendar {
    programme: Arc<Programme>,
}

impl Calendar {
    /// The calendar of a programme.
    pub fn of(programme: &Arc<Programme>) -> Self {
        Self {
            programme: Arc::clone(programme),
        }
    }

    /// The holidays of a year, by their own date. An observed day can fall into the year before.
    pub fn holidays(&self, year: i16) -> Vec<Holiday> {
        holidays::of_year(self.programme.calendar.holidays, year)
    }

    /// The holiday that is observed on a day, if there is one.
    pub fn holiday_on(&self, date: Date) -> Option<Holiday> {
        holidays::observed_on(self.programme.calendar.holidays, date)
    }

    /// The windows of a span of days, both ends included.
    pub fn windows(&self, from: Date, to: Date) -> Vec<Window> {
        windows::between(&self.programme.calendar, from, to)
    }

    /// The window of a day, if it is one.
    pub fn window_on(&self, date: Date) -> Option<Window> {
        self.windows(date, date).into_iter().next()
    }

    /// The first window on or after a day.
    pub fn window_from(&self, date: Date) -> Option<Window> {
        let to = date.saturating_add(jiff::Span::new().days(WINDOW_SEARCH_DAYS));
        self.windows(date, to).into_iter().next()
    }

    /// The earliest window for a complete request, with each step of the reasoning.
    pub fn earliest(&self, submitted: Date, kind: NoticeKind) -> Explained {
        let days = self.programme.notice.days(kind);
        let ripe = submitted.saturating_add(jiff::Span::new().days(days));
        let mut steps = vec![
            Step {
                date: submitted,
                sentence: format!("The complete request is submitted on {}.", say(submitted)),
            },
            Step {
                date: ripe,
                sentence: format!(
                    "{} needs {days} days of notice, which end on {}.",
                    kind.subject(),
                    say(ripe)
                ),
            },
        ];
        let (earliest, more) =
            windows::explain(&self.programme.calendar, ripe, self.window_from(ripe));
        steps.extend(more);
        Explained { earliest, steps }
    }

    /// When the window of a day opens.
    pub fn opens_at(&self, window: Date) -> Timestamp {
        self.programme
            .instant(window, self.programme.calendar.opens)
    }

    /// When the window of a day closes.
    pub fn closes_at(&self, window: Date) -> Timestamp {
        self.programme
            .instant(window, self.programme.calendar.closes)
    }

    /// The day of an instant, in the programme's time zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.programme.date_of(at)
    }
}

/// What a request is for, as far as notice goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NoticeKind {
    /// A new app.
    New,
    /// A change.
    Change,
    /// A new app or a change whose push-notification URL is new or changes its domain.
    PushUrl,
}

impl NoticeKind {
    const fn subject(self) -> &'static str {
        match self {
            Self::New => "A new app",
            Self::Change => "A change",
            Self::PushUrl => "A new domain for the push-notification URL",
        }
    }
}

/// A date with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// The earliest window.
    pub earliest: Date,
    /// The reasons, in order.
    pub steps: Vec<Step>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The day that it is about.
    pub date: Date,
    /// A plain sentence.
    pub sentence: String,
}

/// A day as a person says it: "Thursday 26 November 2026".
pub fn say(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}

/// More than any run of holidays and weekends between two windows of a weekly calendar.
const WINDOW_SEARCH_DAYS: i32 = 35;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn us() -> Calendar {
        Calendar::of(&Programme::named("us").unwrap())
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Submitted on this day, with this notice, it is deployed on that day.
    fn check(submitted: &str, notice: u16, expected: &str) {
        let text = format!(
            "extends = \"us\"\n[notice]\nnew = {notice}\nchange = {notice}\npush_url = {notice}"
        );
        let calendar = Calendar::of(&Arc::new(Programme::parse(&text).unwrap()));
        let explained = calendar.earliest(day(submitted), NoticeKind::New);
        assert_eq!(
            explained.earliest,
            day(expected),
            "{submitted} + {notice}: {:#?}",
            explained.steps
        );
        assert_eq!(explained.steps.last().unwrap().date, day(expected));
    }

    #[test]
    fn a_thursday_after_the_notice() {
        check("2026-11-02", 14, "2026-11-19");
        check("2026-11-05", 14, "2026-11-19");
        check("2026-11-06", 14, "2026-11-30");
        check("2026-12-01", 7, "2026-12-10");
        check("2026-12-01", 21, "2026-12-24");
    }

    #[test]
    fn a_holiday_thursday_moves_to_monday() {
        check("2026-11-10", 14, "2026-11-30");
        check("2026-11-12", 14, "2026-11-30");
        check("2025-12-11", 14, "2025-12-29");
        check("2025-12-18", 14, "2026-01-05");
        check("2025-06-05", 14, "2025-06-23");
        check("2021-10-28", 14, "2021-11-15");
        check("2024-06-20", 14, "2024-07-08");
    }

    #[test]
    fn ripe_after_the_holiday_takes_the_moved_monday() {
        check("2026-11-13", 14, "2026-11-30");
        check("2026-11-16", 14, "2026-11-30");
        check("2026-11-17", 14, "2026-12-03");
    }

    #[test]
    fn an_observed_day_moves_the_window_and_its_own_date_does_not() {
        // 4 July 2026 is a Saturday, observed on Friday: Thursday 2 July stays.
        check("2026-06-18", 14, "2026-07-02");
        // New Year 2028 is observed on Friday 31 December 2027: Thursday 30 December stays.
        check("2027-12-16", 14, "2027-12-30");
    }

    #[test]
    fn all_thursday_holidays_of_five_years() {
        let moved: Vec<String> = us()
            .windows(day("2024-01-01"), day("2029-12-31"))
            .iter()
            .filter(|window| window.moved_from.is_some())
            .map(|window| window.moved_from.unwrap().to_string())
            .collect();
        assert_eq!(
            moved,
            [
                "2024-07-04",
                "2024-11-28",
                "2025-06-19",
                "2025-11-27",
                "2025-12-25",
                "2026-01-01",
                "2026-11-26",
                "2027-11-11",
                "2027-11-25",
                "2028-11-23",
                "2029-11-22"
            ]
        );
    }

    #[test]
    fn the_explanation_of_thanksgiving() {
        let explained = us().earliest(day("2026-11-10"), NoticeKind::New);
        let json = serde_json::to_value(&explained).unwrap();
        assert_eq!(json["earliest"], "2026-11-30");
        assert_eq!(json.as_object().unwrap().len(), 2);
        let sentences: Vec<&str> = explained
            .steps
            .iter()
            .map(|step| step.sentence.as_str())
            .collect();
        assert_eq!(
            sentences,
            [
                "The complete request is submitted on Tuesday 10 November 2026.",
                "A new app needs 14 days of notice, which end on Tuesday 24 November 2026.",
                "The next regular deployment day is Thursday 26 November 2026.",
                "Thursday 26 November 2026 is a holiday (Thanksgiving Day), so the deployment moves to the following Monday.",
                "The earliest deployment is on Monday 30 November 2026."
            ]
        );
    }

    #[test]
    fn the_explanation_of_a_day_after_the_holiday() {
        let explained = us().earliest(day("2026-11-13"), NoticeKind::Change);
        let sentences: Vec<&str> = explained
            .steps
            .iter()
            .map(|step| step.sentence.as_str())
            .collect();
        assert_eq!(
            sentences,
            [
                "The complete request is submitted on Friday 13 November 2026.",
                "A change needs 14 days of notice, which end on Friday 27 November 2026.",
                "The deployment of Thursday 26 November 2026 is still to come.",
                "Thursday 26 November 2026 is a holiday (Thanksgiving Day), so the deployment moves to the following Monday.",
                "The earliest deployment is on Monday 30 November 2026."
            ]
        );
    }

    #[test]
    fn notice_by_kind_and_programme() {
        let earliest = |programme: &str, kind| {
            Calendar::of(&Programme::named(programme).unwrap())
                .earliest(day("2026-11-10"), kind)
                .earliest
        };
        assert_eq!(earliest("us", NoticeKind::Change), day("2026-11-30"));
        assert_eq!(earliest("us", NoticeKind::PushUrl), day("2026-12-03"));
        assert_eq!(earliest("us-2021", NoticeKind::New), day("2026-11-19"));
        assert_eq!(earliest("us-2021", NoticeKind::PushUrl), day("2026-11-19"));
    }

    #[test]
    fn windows_open_and_close_in_the_programmes_zone() {
        let opens = |date: &str| us().opens_at(day(date)).to_string();
        assert_eq!(opens("2026-11-30"), "2026-11-30T14:00:00Z");
        assert_eq!(opens("2026-07-02"), "2026-07-02T13:00:00Z");
        assert_eq!(
            us().closes_at(day("2026-11-30")).to_string(),
            "2026-11-30T22:00:00Z"
        );
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        let _ = us().earliest(Date::MAX, NoticeKind::New);
        let _ = us().earliest(Date::MIN, NoticeKind::New);
        let _ = us().opens_at(Date::MAX);
        assert!(
            us().windows(day("2026-02-01"), day("2026-01-01"))
                .is_empty()
        );
    }

    proptest! {
        #[test]
        fn earliest_is_the_first_window_that_is_ripe(year in 1990_i16..2100, of_year in 1_i16..=365, kind in 0..3) {
            let kind = [NoticeKind::New, NoticeKind::Change, NoticeKind::PushUrl][kind as usize];
            let submitted = Date::constant(year, 1, 1).saturating_add(jiff::Span::new().days(of_year - 1));
            let calendar = us();
            let earliest = calendar.earliest(submitted, kind).earliest;
            let notice = Programme::named("us").unwrap().notice.days(kind);
            let ripe = submitted.saturating_add(jiff::Span::new().days(notice));
            prop_assert!(earliest >= ripe);
            prop_assert!(calendar.window_on(earliest).is_some());
            prop_assert!(calendar.holiday_on(earliest).is_none());
            let before = earliest.yesterday().unwrap();
            prop_assert!(calendar.windows(ripe, before).is_empty());
        }
    }
}
