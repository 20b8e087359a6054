//! Agreements that end, in the words of the calendar.

use durward_app::partner::agreements::Ending;
use durward_domain::agreement::PaperKind;
use durward_domain::calendar::ics::{Entry, When};
use jiff::civil::Date;

use super::days::row;
use crate::console::views::CalendarRow;
use crate::portal::parts::{Mark, day};
use crate::shared::i18n::Words;

/// The lines of a span of days: the end itself, and the day on which apps are suspended.
pub(super) fn rows(
    words: Words,
    endings: &[Ending],
    (first, last): (Date, Date),
) -> Vec<(Date, CalendarRow)> {
    let mut rows = Vec::new();
    for one in endings {
        let mut add = |date: Date, kind: &'static str, mark: Mark, text: String| {
            if (first..=last).contains(&date) {
                let mut line = row(words, date, kind, mark, text);
                line.links.push((address(one), one.number.clone()));
                rows.push((date, line));
            }
        };
        let mark = Mark::new("wait", words.t("calendar-agreement-ends"));
        add(one.ends, "agreement", mark, said(words, one));
        if let Some(suspends) = one.suspends {
            let mark = Mark::new("stop", words.t("calendar-apps-suspended"));
            add(suspends, "suspended", mark, one.apps.join(", "));
        }
    }
    rows
}

/// The same as entries of a calendar file.
pub(super) fn entries(
    words: Words,
    endings: &[Ending],
    (base_url, host): (&str, &str),
) -> Vec<Entry> {
    let mut list = Vec::new();
    for one in endings {
        let url = format!("{base_url}{}", address(one));
        list.push(Entry {
            uid: format!("agreement-{}@{host}", one.number),
            when: When::Days(one.ends, one.ends),
            summary: format!("{}: {}", words.t("calendar-agreement-ends"), one.number),
            description: said(words, one),
            url: url.clone(),
        });
        list.extend(one.suspends.map(|day| Entry {
            uid: format!("agreement-{}-apps@{host}", one.number),
            when: When::Days(day, day),
            summary: format!("{}: {}", words.t("calendar-apps-suspended"), one.number),
            description: one.apps.join(", "),
            url,
        }));
    }
    list
}

/// What its end does to live apps.
fn said(words: Words, one: &Ending) -> String {
    let apps = one.apps.join(", ");
    match (one.kind, one.suspends) {
        (PaperKind::Gtc, _) => words.t("calendar-gtc-ends-line"),
        _ if one.apps.is_empty() => words.t("calendar-agreement-covered"),
        (_, Some(on)) => words.t2(
            "calendar-agreement-suspends",
            "on",
            &day(words, on),
            "apps",
            &apps,
        ),
        (_, None) => words.t1("calendar-agreement-stays", "apps", &apps),
    }
}

fn address(one: &Ending) -> String {
    format!("/agreements/{}", one.number)
}
