//! What holds for any request, any programme and whatever is added to its rules.

use proptest::prelude::*;

use super::*;

proptest! {
    #[test]
    fn earliest_is_the_first_window_that_is_ripe(year in 1990_i16..2100, of_year in 1_i16..=365, kind in 0..3) {
        let kind = [NoticeKind::New, NoticeKind::Change, NoticeKind::PushUrl][kind as usize];
        let submitted = Date::constant(year, 1, 1).saturating_add(jiff::Span::new().days(of_year - 1));
        let calendar = us();
        let earliest = calendar.earliest(&Ask::new(submitted, kind)).unwrap().earliest;
        let notice = us().rules_on(submitted).notice.days(kind);
        let ripe = submitted.saturating_add(jiff::Span::new().days(notice));
        prop_assert!(earliest >= ripe);
        prop_assert!(calendar.window_on(earliest).is_some());
        prop_assert!(calendar.holiday_on(earliest).is_none());
        let before = earliest.yesterday().unwrap();
        prop_assert!(calendar.windows(ripe, before).is_empty());
    }
}

fn any_facts() -> impl Strategy<Value = Facts> {
    let span = || (0_i32..500, 0_i32..40);
    let at = |days: i32| day("2026-01-01").saturating_add(jiff::Span::new().days(days));
    (
        proptest::collection::vec(0_i32..700, 0..400),
        proptest::collection::vec(span(), 0..6),
        proptest::collection::vec(span(), 0..4),
        proptest::collection::vec(0_i32..700, 0..40),
    )
        .prop_map(move |(holidays, freezes, peaks, full)| Facts {
            added_holidays: holidays
                .into_iter()
                .map(|days| OneOff {
                    date: at(days),
                    name: "Holiday".to_owned(),
                    instead_of: None,
                })
                .collect(),
            freezes: freezes
                .into_iter()
                .map(|(from, long)| Freeze {
                    from: at(from),
                    to: at(from + long),
                    reason: "Freeze".to_owned(),
                    environments: Vec::new(),
                })
                .collect(),
            peaks: peaks
                .into_iter()
                .map(|(from, long)| Peak {
                    team: "fisheries".to_owned(),
                    from: at(from),
                    to: at(from + long),
                    reason: "Busy".to_owned(),
                })
                .collect(),
            places: full.iter().map(|days| (at(*days), 1)).collect(),
            taken: full
                .iter()
                .map(|days| ((EnvironmentName::Production, at(*days)), 1))
                .collect(),
            ..Facts::default()
        })
}

#[test]
fn where_every_day_is_a_holiday_there_is_a_refusal() {
    for programme in Programme::names() {
        let facts = Facts {
            added_holidays: day("2026-01-01")
                .series(jiff::Span::new().days(1))
                .take(2_500)
                .map(|date| OneOff {
                    date,
                    name: "Holiday".to_owned(),
                    instead_of: None,
                })
                .collect(),
            ..Facts::default()
        };
        let calendar = calendar(programme).with(facts);
        let none = calendar
            .earliest(&Ask::new(day("2026-01-05"), NoticeKind::New))
            .unwrap_err();
        assert_eq!(none.code(), "calendar/no-window", "{programme}");
        assert_eq!(none.steps.last().unwrap().code, "no-window");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_set_of_holidays_freezes_and_peaks_breaks_the_rules(
        facts in any_facts(),
        at in 0_i32..600,
        later in 0_i32..60,
        programme in 0_usize..7,
    ) {
        let programme = Programme::names()[programme % Programme::names().len()];
        let calendar = calendar(programme).with(facts);
        let submitted = day("2026-01-01").saturating_add(jiff::Span::new().days(at));
        let ask = |on| Ask::new(on, NoticeKind::New).of("fisheries", EnvironmentName::Production);
        // Three years are enough for these facts, which end after two; without an end there is a refusal, tested above.
        let explained = calendar.earliest(&ask(submitted)).unwrap();
        let earliest = explained.earliest;
        prop_assert!(earliest >= calendar.notice_ends(&ask(submitted)));
        prop_assert!(calendar.holiday_on(earliest).is_none());
        prop_assert!(!calendar.facts().freezes.iter().any(|freeze| freeze.covers(EnvironmentName::Production, earliest)));
        prop_assert!(!calendar.facts().peaks.iter().any(|peak| peak.covers("fisheries", earliest)));
        prop_assert!(!calendar.facts().places.contains_key(&earliest));
        prop_assert!(calendar.window_on(earliest).is_some());
        prop_assert_eq!(explained.steps.last().map(|step| step.date), Some(earliest));
        let next = submitted.saturating_add(jiff::Span::new().days(later));
        prop_assert!(calendar.earliest(&ask(next)).unwrap().earliest >= earliest, "not monotone");
    }

    #[test]
    fn no_programme_makes_who_asks_later_go_first(
        programme in 0_usize..Programme::names().len(),
        at in 0_i32..6_200,
        later in 0_i32..40,
        kind in 0_usize..3,
    ) {
        let calendar = calendar(Programme::names()[programme]);
        let kind = [NoticeKind::New, NoticeKind::Change, NoticeKind::PushUrl][kind];
        let submitted = day("2019-01-01").saturating_add(jiff::Span::new().days(at));
        let next = submitted.saturating_add(jiff::Span::new().days(later));
        let earliest = |on| calendar.earliest(&Ask::new(on, kind)).unwrap().earliest;
        let found = earliest(submitted);
        prop_assert!(found <= earliest(next), "not monotone");
        prop_assert!(calendar.window_on(found).is_some(), "the views show no window there");
        prop_assert!(calendar.holiday_on(found).is_none());
        prop_assert!(!matches!(found.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday));
    }

    #[test]
    fn holidays_alone_never_hang_the_search(from in 0_i32..50, days in 0_i32..4000) {
        let first = day("2026-01-01").saturating_add(jiff::Span::new().days(from));
        let facts = Facts {
            added_holidays: (0..days)
                .map(|at| OneOff {
                    date: first.saturating_add(jiff::Span::new().days(at)),
                    name: "Holiday".to_owned(),
                    instead_of: None,
                })
                .collect(),
            ..Facts::default()
        };
        let calendar = us().with(facts);
        let ask = Ask::new(day("2026-01-10"), NoticeKind::New);
        match calendar.earliest(&ask) {
            Ok(found) => prop_assert!(calendar.holiday_on(found.earliest).is_none()),
            Err(none) => prop_assert_eq!(none.code(), "calendar/no-window"),
        }
    }
}
