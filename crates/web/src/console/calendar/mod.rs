//! O3: the deployment calendar by months and as a table, why a date is what it is, what staff and teams add to it, and
//! its feeds.

mod days;
mod endings;
mod entries;
mod feed;
#[cfg(test)]
pub(super) mod samples;

use std::sync::Arc;

use axum::extract::Query;
use axum::response::Response;
use axum::routing::{get, post};
use durward_app::partner::{agreements, calendar, launches};
use durward_domain::calendar::{Ask, Calendar, Explained, NoWindow, NoticeKind};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::programme::Counting;
use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use super::views::CalendarPage;
use crate::pages::{shows, takes};
use crate::portal::desk::Desk;
use crate::portal::parts::{Tab, WEEKDAYS};
use crate::portal::reasons::reasons;
use crate::portal_router::Portal;
use crate::shared::i18n::Words;
use crate::shared::page;
use crate::shared::problem::Problem;
use crate::shared::route::{Caller, FORM, Needs, Route};
use days::Marks;

pub use entries::{CalendarEntries, EntryForm};
pub use feed::Subscribe;

/// The pages of the calendar.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/calendar", || get(show)),
    shows("/calendar/month", || get(month)),
    shows("/calendar/year", || get(year)),
    shows("/calendar/changes", || get(entries::list)),
    shows("/calendar/changes/new", || get(entries::new)).needs(CHANGES),
    takes("/calendar/changes", FORM, CHANGED, || post(entries::add)).needs(CHANGES),
    takes("/calendar/changes/{id}/end", FORM, ENDED, || {
        post(entries::end)
    })
    .needs(CHANGES),
    shows("/calendar/subscribe", || get(feed::show)),
    takes(
        "/calendar/subscribe",
        FORM,
        &[Event::CalendarFeedMade, Event::CalendarFeedEnded],
        || post(feed::act),
    ),
    Route {
        caller: Caller::Anyone,
        ..shows("/calendar.ics", || get(feed::public))
    },
    Route {
        caller: Caller::Anyone,
        ..shows("/calendar/feeds/{token}", || get(feed::private))
    },
];

const CHANGES: Needs = Needs::AnyOf(&[Action::ManageCalendar, Action::NamePeak]);
const CHANGED: &[Event] = &[Event::CalendarChanged, Event::CalendarRequestMoved];
const ENDED: &[Event] = &[Event::CalendarEntryEnded, Event::CalendarRequestMoved];

/// Which months, and which question.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    from: String,
    submitted: String,
    push_url: Option<String>,
    month: String,
    year: String,
}

/// O3: three months.
async fn show(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let today = desk.keeper.today();
    let first = asked.from.parse::<Date>().unwrap_or(today).first_of_month();
    let move_by = |months| {
        let first = first.saturating_add(Span::new().months(months));
        format!("/calendar?from={first}")
    };
    let shown = Shown {
        here: "/calendar",
        first,
        months: SHOWN,
        before: move_by(-SHOWN),
        after: move_by(SHOWN),
    };
    page_of(&desk, &asked, shown).await
}

/// O3: one month, day by day.
async fn month(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let today = desk.keeper.today();
    let first = format!("{}-01", asked.month);
    let first = first.parse::<Date>().unwrap_or(today).first_of_month();
    let move_by = |months| {
        let first = first.saturating_add(Span::new().months(months));
        format!("/calendar/month?month={}", first.strftime("%Y-%m"))
    };
    let shown = Shown {
        here: "/calendar/month",
        first,
        months: 1,
        before: move_by(-1),
        after: move_by(1),
    };
    page_of(&desk, &asked, shown).await
}

/// O3: a year.
async fn year(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Problem> {
    let this = desk.keeper.today().year();
    let year = asked.year.parse::<i16>().unwrap_or(this);
    let year = year.clamp(this.saturating_sub(30), this.saturating_add(30));
    let shown = Shown {
        here: "/calendar/year",
        first: Date::new(year, 1, 1).unwrap_or(Date::MIN),
        months: 12,
        before: format!("/calendar/year?year={}", year - 1),
        after: format!("/calendar/year?year={}", year + 1),
    };
    page_of(&desk, &asked, shown).await
}

/// Which part of the calendar a page shows.
struct Shown {
    here: &'static str,
    first: Date,
    months: i32,
    before: String,
    after: String,
}

async fn page_of(desk: &Desk, asked: &Asked, shown: Shown) -> Result<Response, Problem> {
    let words = desk.words();
    let today = desk.keeper.today();
    let last = shown
        .first
        .saturating_add(Span::new().months(shown.months - 1))
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
    let calendar = calendar::current(&desk.keeper).await?;
    let explained = submitted.map(|day| explain(desk, &calendar, day, asked.push_url.is_some()));
    let requests = launches::list(&desk.keeper, &desk.member, None).await?;
    let (entries, _) = calendar::list(&desk.keeper, &desk.member).await?;
    let endings = agreements::endings(&desk.keeper, &desk.member, shown.first, last).await?;
    let found = explained.as_ref().and_then(|found| found.as_ref().ok());
    let earliest = found.map(|found| found.earliest);
    let marks = Marks::of(
        &calendar,
        today,
        (shown.first, last),
        found,
        requests,
        entries,
    );
    let ends = endings::rows(words, &endings, (shown.first, last));
    let steps = match &explained {
        Some(Ok(found)) => found.steps.as_slice(),
        Some(Err(none)) => none.steps.as_slice(),
        None => &[],
    };
    Ok(page::html(&CalendarPage {
        page: frame,
        tabs: tabs(words, shown.here),
        is_month: shown.months == 1,
        rule: rule(words, &calendar, today),
        submitted: submitted.map_or_else(|| asked.submitted.clone(), |day| day.to_string()),
        push_url: asked.push_url.is_some(),
        earliest: earliest.map(|day| day.to_string()),
        earliest_words: earliest.map(|day| desk.day(day)).unwrap_or_default(),
        reasons: reasons(words, steps),
        weekdays: WEEKDAYS
            .iter()
            .map(|key| (words.t(&format!("{key}-short")), words.t(key)))
            .collect(),
        months: (0..shown.months)
            .map(|at| {
                let first = shown.first.saturating_add(Span::new().months(at));
                marks.month(words, first)
            })
            .collect(),
        before: Some(shown.before),
        after: shown.after,
        rows: marks.rows(words, ends),
    }))
}

/// When a request of that day would be live; for a member of one team with that team's busy times.
fn explain(
    desk: &Desk,
    calendar: &Calendar,
    submitted: Date,
    push_url: bool,
) -> Result<Explained, NoWindow> {
    let kind = if push_url {
        NoticeKind::PushUrl
    } else {
        NoticeKind::New
    };
    let teams = desk.member.teams();
    let ask = Ask::new(submitted, kind);
    calendar.earliest(&Ask {
        team: match teams.as_slice() {
            [team] => Some(team),
            _ => None,
        },
        ..ask
    })
}

/// The notice that is needed, in a sentence.
pub(crate) fn rule(words: Words, calendar: &Calendar, today: Date) -> String {
    let notice = calendar.rules_on(today).notice;
    let key = match notice.counting {
        Counting::CalendarDays => "calendar-rule",
        Counting::WorkingDays => "calendar-rule-working",
    };
    words.t2(
        key,
        "days",
        &notice.new.to_string(),
        "push",
        &notice.days(NoticeKind::PushUrl).to_string(),
    )
}

/// The ways to look at the calendar.
fn tabs(words: Words, here: &str) -> Vec<Tab> {
    [
        ("calendar-quarter", "/calendar"),
        ("calendar-month", "/calendar/month"),
        ("calendar-year", "/calendar/year"),
        ("calendar-changes", "/calendar/changes"),
        ("calendar-subscribe", "/calendar/subscribe"),
    ]
    .into_iter()
    .map(|(key, href)| Tab {
        text: words.t(key),
        href: href.to_owned(),
        current: here == href,
    })
    .collect()
}

const SHOWN: i32 = 3;
