//! The calendar: which days are windows, and the earliest one for a request. Every date explains itself.

mod facts;
mod holidays;
pub mod ics;
mod plan;
mod why;
mod windows;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{Span, Timestamp, civil::Date};

pub use facts::{Facts, Freeze, Moved, Peak};
pub use holidays::Holiday;
pub use plan::{Ask, Explained, NoWindow};
pub use why::{CODES, Step, Value, Why};
pub use windows::Window;

use crate::programme::{DeploymentRules, Programme};
use holidays::Book;
use windows::REACH_DAYS;

/// The calendar of one programme, with what staff and partners added to its rules.
#[derive(Debug, Clone)]
pub struct Calendar {
    programme: Arc<Programme>,
    facts: Arc<Facts>,
}

impl Calendar {
    /// The calendar of a programme, with nothing added.
    pub fn of(programme: &Arc<Programme>) -> Self {
        Self {
            programme: Arc::clone(programme),
            facts: Arc::default(),
        }
    }

    /// The same rules with these facts instead.
    #[must_use]
    pub fn with(&self, facts: Facts) -> Self {
        Self {
            programme: Arc::clone(&self.programme),
            facts: Arc::new(facts),
        }
    }

    /// What is added to the rules.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The rules that are in force on a day. A request keeps the notice of the day of its submission; whether a day is a
    /// window says its own day.
    pub fn rules_on(&self, day: Date) -> &DeploymentRules {
        self.programme.deployment_rules(day)
    }

    /// The holidays of a year, by their own date. An observed day can fall into the year before.
    pub fn holidays(&self, year: i16) -> Vec<Holiday> {
        let (first, last) = year_of(year);
        let mut found: Vec<Holiday> = self
            .holidays_between(
                first.saturating_sub(Span::new().days(7)),
                last.saturating_add(Span::new().days(7)),
            )
            .into_iter()
            .filter(|holiday| holiday.date.year() == year)
            .collect();
        found.sort_by_key(|holiday| holiday.date);
        found
    }

    /// The holidays that are observed in a span of days.
    pub fn holidays_between(&self, from: Date, to: Date) -> Vec<Holiday> {
        self.periods(from, to)
            .into_iter()
            .flat_map(|(rules, first, last)| self.book(rules, first, last).between(first, last))
            .collect()
    }

    /// The holiday that is observed on a day, if there is one.
    pub fn holiday_on(&self, date: Date) -> Option<Holiday> {
        self.holidays_between(date, date).into_iter().next()
    }

    /// The windows of a span of days, both ends included, by the rules of each day.
    pub fn windows(&self, from: Date, to: Date) -> Vec<Window> {
        if from > to {
            return Vec::new();
        }
        let reach = from.saturating_sub(Span::new().days(REACH_DAYS));
        let found = self
            .periods(reach, to)
            .into_iter()
            .flat_map(|(rules, first, last)| {
                let book = self.book(rules, first, last);
                windows::regular(&rules.calendar, &book, &self.facts.freezes, (first, last))
            })
            .collect();
        windows::settled(found, &self.facts.moved, from, to)
    }

    /// The windows in which anything can be deployed: those without a freeze of every environment.
    pub fn open_windows(&self, from: Date, to: Date) -> Vec<Window> {
        let mut found = self.windows(from, to);
        found.retain(|window| !self.is_closed(window.date));
        found
    }

    /// Is nothing deployed anywhere on that day, because of a freeze?
    pub fn is_closed(&self, day: Date) -> bool {
        let mut freezes = self.facts.freezes.iter();
        freezes.any(|freeze| freeze.is_of_all(day))
    }

    /// The window of a day, if it is one.
    pub fn window_on(&self, date: Date) -> Option<Window> {
        self.windows(date, date).into_iter().next()
    }

    /// The first window on or after a day, whatever stops one or the other request there.
    pub fn window_from(&self, date: Date) -> Option<Window> {
        let to = date.saturating_add(Span::new().days(REACH_DAYS));
        self.windows(date, to).into_iter().next()
    }

    /// How many requests a window takes; nothing where there is no limit.
    pub fn places_of(&self, window: Date) -> Option<u16> {
        let own = self.facts.places.get(&window).copied();
        own.or(self.rules_on(window).calendar.places)
    }

    /// Is it a day from Monday to Friday that is no holiday?
    pub fn is_working(&self, day: Date) -> bool {
        self.book(self.rules_on(day), day, day).is_working(day)
    }

    /// When the window of a day opens.
    pub fn opens_at(&self, window: Date) -> Timestamp {
        let rules = &self.rules_on(window).calendar;
        self.programme.instant(window, rules.opens)
    }

    /// When the window of a day closes.
    pub fn closes_at(&self, window: Date) -> Timestamp {
        let rules = &self.rules_on(window).calendar;
        self.programme.instant(window, rules.closes)
    }

    /// The day of an instant, in the programme's time zone.
    pub fn date_of(&self, at: Timestamp) -> Date {
        self.programme.date_of(at)
    }

    fn book(&self, rules: &DeploymentRules, from: Date, to: Date) -> Book {
        let reach = to.saturating_add(Span::new().days(REACH_DAYS));
        Book::of(&rules.calendar, &self.facts, from, reach)
    }

    /// The days after one from which other rules hold.
    fn changes_of_rules_after(&self, day: Date) -> impl Iterator<Item = Date> + '_ {
        let all = self.programme.all_deployment_rules().iter();
        all.filter_map(|rules| rules.from)
            .filter(move |from| *from > day)
    }

    /// The parts of a span, each with the rules that are in force in it.
    fn periods(&self, from: Date, to: Date) -> Vec<(&DeploymentRules, Date, Date)> {
        let all = self.programme.all_deployment_rules();
        let mut found = Vec::new();
        for (at, rules) in all.iter().enumerate() {
            let first = rules.from.map_or(from, |begin| begin.max(from));
            let until = all.get(at + 1).and_then(|next| next.from);
            let last = until.map_or(to, |next| next.yesterday().unwrap_or(next).min(to));
            if first <= last {
                found.push((rules, first, last));
            }
        }
        found
    }
}

fn year_of(year: i16) -> (Date, Date) {
    let first = Date::new(year, 1, 1).unwrap_or(Date::MIN);
    (first, first.last_of_year())
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

    const fn code(self) -> &'static str {
        match self {
            Self::New => "notice-new",
            Self::Change => "notice-change",
            Self::PushUrl => "notice-push",
        }
    }

    const fn working_code(self) -> &'static str {
        match self {
            Self::New => "working-new",
            Self::Change => "working-change",
            Self::PushUrl => "working-push",
        }
    }
}

/// A day as a person says it: "Thursday 26 November 2026".
pub fn say(date: Date) -> String {
    date.strftime("%A %-d %B %Y").to_string()
}
