//! O3: the deployment calendar as months and as a table, and why a date is what it is.

use std::collections::BTreeMap;

use axum::extract::Query;
use axum::response::Response;
use durward_app::partner::launches::{self, LaunchSummary};
use durward_domain::calendar::{Explained, NoticeKind, Window};
use durward_domain::launch::LaunchState;
use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use super::views::{CalendarPage, CalendarRow, Day, Month};
use crate::portal::desk::Desk;
use crate::portal::parts::{MONTHS, Mark, WEEKDAYS};
use crate::shared::page;
use crate::shared::problem::Problem;

/// Which months, and which question.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    submitted: String,
    push_url: Option<String>,
}

/// O3.
pub async fn show(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let words = desk.words();
    let today = desk.keeper.today();
    let first = asked.from.parse::<Date>().unwrap_or(today).first_of_month();
    let last = first
        .saturating_add(Span::new().months(SHOWN - 1))
        .last_of_month();
    let mut frame = desk.page("/calendar");
    let submitted = if asked.submitted.trim().is_empty() {
        Some(today)
    } else {
        asked.submitted.trim().parse().ok()
    };
    if submitted.is_none() {
        frame = frame.with_error("submitted", words.t("date-wrong"));
    }
    let kind = if asked.push_url.is_some() {
        NoticeKind::PushUrl
    } else {
        NoticeKind::New
    };
    let explained = submitted.map(|day| desk.keeper.calendar.earliest(day, kind));
    let requests = launches::list(&desk.keeper, &desk.member, None).await?;
    let marks = Marks::of(&desk, (first, last), explained.as_ref(), requests);
    let months = (0..SHOWN)
        .map(|at| month(&desk, first.saturating_add(Span::new().months(at)), &marks))
        .collect();
    let rules = &desk.keeper.programme.notice;
    let before = first.saturating_sub(Span::new().months(SHOWN));
    Ok(page::html(&CalendarPage {
        page: frame,
        rule: words.t2(
            "calendar-rule",
            "days",
            &rules.new.to_string(),
            "push",
            &rules.push_url.to_string(),
        ),
        submitted: submitted.map_or(asked.submitted.clone(), |day| day.to_string()),
        push_url: asked.push_url.is_some(),
        earliest: explained
            .as_ref()
            .map(|explained| explained.earliest.to_string()),
        earliest_words: explained
            .as_ref()
            .map(|explained| desk.day(explained.earliest))
            .unwrap_or_default(),
        reasons: explained
            .map(|explained| explained.steps)
            .unwrap_or_default(),
        weekdays: WEEKDAYS
            .iter()
            .map(|key| (words.t(&format!("{key}-short")), words.t(key)))
            .collect(),
        months,
        before: Some(format!("/calendar?from={before}")),
        after: format!(
            "/calendar?from={}",
            first.saturating_add(Span::new().months(SHOWN))
        ),
        rows: marks.rows(&desk),
    }))
}

/// What is known about the days of the months that are shown.
struct Marks {
    today: Date,
    windows: BTreeMap<Date, Window>,
    holidays: BTreeMap<Date, String>,
    requests: BTreeMap<Date, Vec<LaunchSummary>>,
    /// The days of notice: from the submission to the earliest window.
    notice: Option<(Date, Date)>,
}

impl Marks {
    fn of(
        desk: &Desk,
        (first, last): (Date, Date),
        explained: Option<&Explained>,
        requests: Vec<LaunchSummary>,
    ) -> Self {
        let calendar = &desk.keeper.calendar;
        let mut by_day: BTreeMap<Date, Vec<LaunchSummary>> = BTreeMap::new();
        for launch in requests {
            if let Some(day) = launch.window.filter(|_| is_placed(launch.state)) {
                by_day.entry(day).or_default().push(launch);
            }
        }
        let holidays =
            (first.year()..=last.year().saturating_add(1)).flat_map(|year| calendar.holidays(year));
        Self {
            today: desk.keeper.today(),
            windows: calendar
                .windows(first, last)
                .into_iter()
                .map(|window| (window.date, window))
                .collect(),
            holidays: holidays
                .filter(|holiday| (first..=last).contains(&holiday.observed))
                .map(|holiday| (holiday.observed, holiday.name.to_owned()))
                .collect(),
            requests: by_day,
            notice: explained
                .and_then(|explained| Some((explained.steps.first()?.date, explained.earliest))),
        }
    }

    fn day(&self, desk: &Desk, date: Date) -> Day {
        let words = desk.words();
        let is_mine =
            self.requests.contains_key(&date) || self.notice.is_some_and(|(_, end)| end == date);
        let (class, key) = match (
            self.windows.contains_key(&date),
            self.holidays.contains_key(&date),
        ) {
            (true, _) if is_mine => ("dw-day--mine", "legend-mine"),
            (true, _) => ("dw-day--window", "legend-window"),
            (_, true) => ("dw-day--holiday", "legend-holiday"),
            _ if self
                .notice
                .is_some_and(|(start, end)| start <= date && date < end) =>
            {
                ("dw-day--notice", "legend-notice")
            }
            _ => ("", ""),
        };
        let today = if date == self.today {
            " dw-day--today"
        } else {
            ""
        };
        let mut said: Vec<String> = Vec::new();
        if !key.is_empty() && key != "legend-notice" {
            said.push(words.t(key));
        }
        if date == self.today {
            said.push(words.t("legend-today"));
        }
        Day {
            number: date.day().to_string(),
            class: format!("{class}{today}").trim().to_owned(),
            words: said.join(", "),
        }
    }

    fn rows(&self, desk: &Desk) -> Vec<CalendarRow> {
        let words = desk.words();
        let mut rows: BTreeMap<(Date, u8), CalendarRow> = BTreeMap::new();
        for (date, name) in &self.holidays {
            let mark = Mark::new("stop", words.t("legend-holiday"));
            rows.insert((*date, 0), row(desk, *date, "holiday", mark, name.clone()));
        }
        for (date, window) in &self.windows {
            let (kind, mark) = match window.moved_from {
                Some(_) => ("moved", Mark::new("wait", words.t("window-moved"))),
                None => ("window", Mark::new("news", words.t("legend-window"))),
            };
            let mut line = row(desk, *date, kind, mark, window.reason.clone());
            for launch in self.requests.get(date).into_iter().flatten() {
                line.links
                    .push((format!("/launches/{}", launch.id), launch.app_name.clone()));
            }
            rows.insert((*date, 1), line);
        }
        rows.into_values().collect()
    }
}

fn row(desk: &Desk, date: Date, kind: &'static str, mark: Mark, reason: String) -> CalendarRow {
    CalendarRow {
        kind,
        date: date.to_string(),
        words: desk.day(date),
        mark,
        reason,
        links: Vec::new(),
    }
}

fn month(desk: &Desk, first: Date, marks: &Marks) -> Month {
    let words = desk.words();
    let name = words.t(MONTHS[usize::from(first.month().unsigned_abs() - 1) % 12]);
    let mut days: Vec<Day> = Vec::new();
    for _ in 0..first.weekday().to_monday_zero_offset() {
        days.push(Day::default());
    }
    for at in 0..first.days_in_month() {
        days.push(marks.day(desk, first.saturating_add(Span::new().days(at))));
    }
    let mut weeks = Vec::new();
    let mut rest = days.into_iter().peekable();
    while rest.peek().is_some() {
        let mut week: Vec<Day> = rest.by_ref().take(7).collect();
        week.resize_with(7, Day::default);
        weeks.push(week);
    }
    Month {
        title: words.t2(
            "month-title",
            "month",
            &name,
            "year",
            &first.year().to_string(),
        ),
        weeks,
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

const SHOWN: i32 = 3;
