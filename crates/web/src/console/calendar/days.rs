//! What is known about the days of the calendar, as cells of months and as lines.

use std::collections::BTreeMap;

use durward_app::partner::calendar::{EntryKind, EntryView};
use durward_app::partner::launches::LaunchSummary;
use durward_domain::calendar::{Calendar, Explained, Window};
use durward_domain::launch::LaunchState;
use jiff::Span;
use jiff::civil::Date;

use crate::console::views::{CalendarRow, Day, Month};
use crate::portal::parts::{MONTHS, Mark, day, environment_name};
use crate::portal::reasons;
use crate::shared::i18n::Words;

/// What is known about a span of days.
pub(super) struct Marks {
    today: Date,
    span: (Date, Date),
    calendar: Calendar,
    windows: BTreeMap<Date, Window>,
    holidays: BTreeMap<Date, String>,
    requests: BTreeMap<Date, Vec<LaunchSummary>>,
    /// Freezes, and the busy times that the member may see.
    spans: Vec<EntryView>,
    /// The days of notice: from the submission to the earliest window.
    notice: Option<(Date, Date)>,
}

impl Marks {
    pub(super) fn of(
        calendar: &Calendar,
        today: Date,
        (first, last): (Date, Date),
        explained: Option<&Explained>,
        requests: Vec<LaunchSummary>,
        entries: Vec<EntryView>,
    ) -> Self {
        let mut by_day: BTreeMap<Date, Vec<LaunchSummary>> = BTreeMap::new();
        for launch in requests {
            if let Some(day) = launch.window.filter(|_| is_placed(launch.state)) {
                by_day.entry(day).or_default().push(launch);
            }
        }
        let spans = entries.into_iter().filter(|entry| {
            matches!(entry.kind, EntryKind::Freeze | EntryKind::Peak)
                && entry.from <= last
                && first <= entry.to
        });
        Self {
            today,
            span: (first, last),
            windows: calendar
                .windows(first, last)
                .into_iter()
                .map(|window| (window.date, window))
                .collect(),
            holidays: calendar
                .holidays_between(first, last)
                .into_iter()
                .map(|holiday| (holiday.observed, holiday.name))
                .collect(),
            requests: by_day,
            spans: spans.collect(),
            notice: explained
                .and_then(|explained| Some((explained.steps.first()?.date, explained.earliest))),
            calendar: calendar.clone(),
        }
    }

    pub(super) fn month(&self, words: Words, first: Date) -> Month {
        let name = words.t(MONTHS[usize::from(first.month().unsigned_abs() - 1) % 12]);
        let mut days: Vec<Day> = Vec::new();
        for _ in 0..first.weekday().to_monday_zero_offset() {
            days.push(Day::default());
        }
        for at in 0..first.days_in_month() {
            days.push(self.day(words, first.saturating_add(Span::new().days(at))));
        }
        let mut weeks = Vec::new();
        let mut rest = days.into_iter().peekable();
        while rest.peek().is_some() {
            let mut week: Vec<Day> = rest.by_ref().take(7).collect();
            week.resize_with(7, Day::default);
            weeks.push(week);
        }
        let year = first.year().to_string();
        Month {
            title: words.t2("month-title", "month", &name, "year", &year),
            weeks,
        }
    }

    fn day(&self, words: Words, date: Date) -> Day {
        let is_mine =
            self.requests.contains_key(&date) || self.notice.is_some_and(|(_, end)| end == date);
        let in_notice = self
            .notice
            .is_some_and(|(start, end)| start <= date && date < end);
        let is_window = self.windows.contains_key(&date);
        let (class, key) = match (is_window, self.holidays.contains_key(&date)) {
            _ if self.calendar.is_closed(date) => ("dw-day--closed", "legend-frozen"),
            (true, _) if is_mine => ("dw-day--mine", "legend-mine"),
            (true, _) => ("dw-day--window", "legend-window"),
            (_, true) => ("dw-day--holiday", "legend-holiday"),
            _ if in_notice => ("dw-day--notice", ""),
            _ => ("", ""),
        };
        let mut said: Vec<String> = Vec::new();
        if !key.is_empty() {
            said.push(words.t(key));
        }
        let mut class = class.to_owned();
        if date == self.today {
            class.push_str(" dw-day--today");
            said.push(words.t("legend-today"));
        }
        Day {
            number: date.day().to_string(),
            class: class.trim().to_owned(),
            words: said.join(", "),
        }
    }

    /// What happens in the span, in order, with the lines of agreements that end in it.
    pub(super) fn rows(&self, words: Words, ends: Vec<(Date, CalendarRow)>) -> Vec<CalendarRow> {
        let mut rows: BTreeMap<(Date, u8, usize), CalendarRow> = BTreeMap::new();
        for (date, name) in &self.holidays {
            let mark = Mark::new("stop", words.t("legend-holiday"));
            let line = row(words, *date, "holiday", mark, name.clone());
            rows.insert((*date, 1, 0), line);
        }
        for (at, entry) in self.spans.iter().enumerate() {
            let from = entry.from.max(self.span.0);
            rows.insert((from, 0, at), spanned(words, entry, from));
        }
        for (date, window) in &self.windows {
            let (kind, mark) = match window.moved_from {
                _ if self.calendar.is_closed(*date) => {
                    ("closed", Mark::new("stop", words.t("legend-frozen")))
                }
                Some(_) => ("moved", Mark::new("wait", words.t("window-moved"))),
                None => ("window", Mark::new("news", words.t("legend-window"))),
            };
            let mut text = reasons::window(words, window);
            if let Some(places) = self.calendar.places_of(*date) {
                text.push(' ');
                text.push_str(&self.places(words, *date, places));
            }
            rows.insert((*date, 2, 0), row(words, *date, kind, mark, text));
        }
        for (date, requests) in &self.requests {
            if !(self.span.0..=self.span.1).contains(date) {
                continue;
            }
            let line = rows.entry((*date, 2, 0)).or_insert_with(|| {
                // A day that newer rules or a change of the calendar took away: who was promised it keeps it.
                let mark = Mark::new("news", words.t("legend-promised"));
                row(words, *date, "promised", mark, String::new())
            });
            for launch in requests {
                line.links
                    .push((format!("/launches/{}", launch.id), launch.app_name.clone()));
            }
        }
        for (at, (date, line)) in ends.into_iter().enumerate() {
            rows.insert((date, 3, at), line);
        }
        rows.into_values().collect()
    }

    fn places(&self, words: Words, date: Date, places: u16) -> String {
        let taken: u16 = self
            .calendar
            .facts()
            .taken
            .iter()
            .filter(|((environment, day), _)| {
                *day == date
                    && *environment == durward_domain::environment::EnvironmentName::Production
            })
            .map(|(_, taken)| *taken)
            .sum();
        words.t2(
            "calendar-places",
            "taken",
            &taken.to_string(),
            "places",
            &places.to_string(),
        )
    }
}

fn spanned(words: Words, entry: &EntryView, from: Date) -> CalendarRow {
    let until = day(words, entry.to);
    let key = if entry.kind == EntryKind::Freeze {
        "freeze"
    } else {
        "peak"
    };
    let whose = match &entry.team {
        Some(team) => team.clone(),
        None if entry.environments.is_empty() => words.t("calendar-everywhere"),
        None => {
            let names: Vec<String> = entry
                .environments
                .iter()
                .map(|name| environment_name(words, *name))
                .collect();
            names.join(", ")
        }
    };
    let text = words.t_args(
        "calendar-span-line",
        &[
            ("until", &until),
            ("where", &whose),
            ("reason", &entry.reason),
        ],
    );
    let mark = Mark::new("stop", words.t(&format!("entry-{key}")));
    row(words, from, key, mark, text)
}

pub(super) fn row(
    words: Words,
    date: Date,
    kind: &'static str,
    mark: Mark,
    reason: String,
) -> CalendarRow {
    CalendarRow {
        kind,
        date: date.to_string(),
        words: day(words, date),
        mark,
        reason,
        links: Vec::new(),
    }
}

/// Whether the window of a request counts.
fn is_placed(state: LaunchState) -> bool {
    use LaunchState as S;
    matches!(
        state,
        S::Submitted | S::Approved | S::Scheduled | S::Deployed | S::Verified
    )
}
