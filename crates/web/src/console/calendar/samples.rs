//! Samples of the pages of the calendar.

use askama::Template as _;
use durward_domain::calendar::{Calendar, Step, Why};
use durward_domain::programme::Programme;
use jiff::civil::date;

use super::entries::{CalendarEntries, EntryForm, EntryLine, MoveLine, Typed};
use super::feed::Subscribe;
use super::tabs;
use crate::portal::parts::Mark;
use crate::portal::reasons::reasons;
use crate::portal::samples::page;
use crate::shared::i18n::Language;

/// Every page of what is added to the calendar, in this language.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let frame = || page(language, "/calendar");
    let words = frame().words;
    let programme = Programme::named("gov-uk").unwrap_or_else(|| unreachable!());
    assert!(!super::rule(words, &Calendar::of(&programme), date(2026, 11, 10)).is_empty());
    let entry = || EntryLine {
        id: "019a6f3e".to_owned(),
        mark: Mark::new("wait", words.t("entry-freeze")),
        what: "2026-12-24 – 2027-01-02".to_owned(),
        reason: "Year-end closing".to_owned(),
        by: words.t2(
            "entry-added-by",
            "name",
            "Dana Deployer",
            "time",
            "2026-11-10",
        ),
        may_end: true,
    };
    let mut texts = vec![
        CalendarEntries {
            page: frame().with_error("reason_019a6f3e", "Write a reason."),
            tabs: tabs(words, "/calendar/changes"),
            adds: vec![("freeze", words.t("entry-add-freeze"))],
            open: vec![entry()],
            ended: vec![entry()],
        }
        .render(),
        Subscribe {
            page: frame(),
            tabs: tabs(words, "/calendar/subscribe"),
            public: "https://portal.example.gov/calendar.ics".to_owned(),
            own: None,
            made: Some("2026-11-10".to_owned()),
        }
        .render(),
        Subscribe {
            page: frame(),
            tabs: tabs(words, "/calendar/subscribe"),
            public: "https://portal.example.gov/calendar.ics".to_owned(),
            own: Some("https://portal.example.gov/calendar/feeds/abc.ics".to_owned()),
            made: None,
        }
        .render(),
    ];
    let (from, to) = (date(2026, 11, 30), date(2026, 12, 3));
    for kind in durward_app::partner::calendar::EntryKind::ALL {
        for confirms in [false, true] {
            let form = EntryForm {
                page: frame().with_error("from", "There is no window."),
                kind: kind.as_str(),
                title: words.t(&format!("entry-add-{}", kind.as_str())),
                what: words.t(&format!("entry-what-{}", kind.as_str())),
                teams: vec!["fisheries".to_owned()],
                typed: Typed::default(),
                environments: vec![("staging", words.t("environment-staging"), true)],
                confirms,
                summary: super::entries::summary(words, kind, (from, to), &[]),
                seen: "abc".to_owned(),
                moves: vec![MoveLine {
                    href: "/launches/019a6f3e".to_owned(),
                    name: "Fishing Licence".to_owned(),
                    line: "2026-11-30".to_owned(),
                    reasons: reasons(words, &[Step::new(to, &Why::Replanned(from, to))]),
                }],
            };
            texts.push(form.render());
        }
    }
    texts.into_iter().map(Result::unwrap_or_default).collect()
}
