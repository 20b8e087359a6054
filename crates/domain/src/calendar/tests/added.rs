//! What staff and teams add to the rules: freezes, busy times, places, moved windows, holidays.

use super::*;

fn freeze(from: &str, to: &str, environments: &[EnvironmentName]) -> Freeze {
    Freeze {
        from: day(from),
        to: day(to),
        reason: "Year-end closing".to_owned(),
        environments: environments.to_vec(),
    }
}

#[test]
fn freezes_peaks_and_full_windows_are_passed_over() {
    let facts = Facts {
        freezes: vec![freeze("2026-11-28", "2026-12-05", &[])],
        peaks: vec![Peak {
            team: "fisheries".to_owned(),
            from: day("2026-12-09"),
            to: day("2026-12-11"),
            reason: "Season opens".to_owned(),
        }],
        places: BTreeMap::from([(day("2026-12-17"), 1)]),
        taken: BTreeMap::from([((EnvironmentName::Production, day("2026-12-17")), 1)]),
        ..Facts::default()
    };
    let calendar = us().with(facts);
    let ask = Ask::new(day("2026-11-10"), NoticeKind::New);
    let explained = calendar
        .earliest(&ask.of("fisheries", EnvironmentName::Production))
        .unwrap();
    assert_eq!(
        sentences(&explained)[2..],
        [
            "The next regular deployment day is Thursday 26 November 2026.",
            "Thursday 26 November 2026 is a holiday (Thanksgiving Day), so the deployment moves to the following Monday.",
            "Nothing is deployed on Monday 30 November 2026: there is a freeze from Saturday 28 November 2026 to Saturday 5 December 2026 (Year-end closing).",
            "Thursday 10 December 2026 is in the team's busy time from Wednesday 9 December 2026 to Friday 11 December 2026 (Season opens).",
            "The window of Thursday 17 December 2026 is full: 1 of 1 places are taken.",
            "The next regular deployment day is Thursday 24 December 2026.",
            "The earliest deployment is on Thursday 24 December 2026."
        ]
    );
    // Another team is not stopped by that busy time, staging not by production's places.
    let other = calendar.earliest(&ask.of("parks", EnvironmentName::Production));
    assert_eq!(other.unwrap().earliest, day("2026-12-10"));
    let staging = calendar.earliest(&ask.of("fisheries", EnvironmentName::Staging));
    assert_eq!(staging.unwrap().earliest, day("2026-12-17"));
}

#[test]
fn a_freeze_of_one_environment_stops_no_other() {
    let facts = Facts {
        freezes: vec![freeze(
            "2026-11-30",
            "2026-11-30",
            &[EnvironmentName::Production],
        )],
        ..Facts::default()
    };
    let calendar = us().with(facts);
    let ask = Ask::new(day("2026-11-10"), NoticeKind::New);
    assert_eq!(calendar.earliest(&ask).unwrap().earliest, day("2026-12-03"));
    let staging = calendar.earliest(&ask.of("parks", EnvironmentName::Staging));
    assert_eq!(staging.unwrap().earliest, day("2026-11-30"));
}

#[test]
fn a_moved_window_takes_its_requests_along() {
    let moved = |from: &str, to: &str| Moved {
        from: day(from),
        to: day(to),
        reason: "The data centre moves.".to_owned(),
    };
    let facts = Facts {
        moved: vec![
            moved("2026-11-30", "2026-12-01"),
            moved("2026-12-01", "2026-12-02"),
        ],
        ..Facts::default()
    };
    let calendar = us().with(facts);
    let explained = calendar
        .earliest(&Ask::new(day("2026-11-10"), NoticeKind::New))
        .unwrap();
    assert_eq!(explained.earliest, day("2026-12-02"));
    assert!(calendar.window_on(day("2026-11-30")).is_none());
    assert_eq!(
        calendar.window_on(day("2026-12-02")).unwrap().moved_from,
        Some(day("2026-12-01"))
    );
    assert!(sentences(&explained).contains(
        &"The deployment of Monday 30 November 2026 was moved to Tuesday 1 December 2026: The data centre moves."
    ));
}

#[test]
fn holidays_are_adjusted_as_data() {
    let facts = Facts {
        added_holidays: vec![OneOff {
            date: day("2026-11-19"),
            name: "Day of mourning".to_owned(),
            instead_of: None,
        }],
        removed_holidays: BTreeSet::from([day("2026-11-26")]),
        ..Facts::default()
    };
    let calendar = us().with(facts);
    let days: Vec<String> = calendar
        .windows(day("2026-11-15"), day("2026-12-01"))
        .iter()
        .map(|window| window.date.to_string())
        .collect();
    assert_eq!(days, ["2026-11-23", "2026-11-26"]);
}

#[test]
fn without_a_window_the_answer_is_a_refusal() {
    let facts = Facts {
        freezes: vec![freeze("2026-01-01", "2099-12-31", &[])],
        ..Facts::default()
    };
    let none = us()
        .with(facts)
        .earliest(&Ask::new(day("2026-11-10"), NoticeKind::New))
        .unwrap_err();
    assert_eq!(none.code(), "calendar/no-window");
    let said: Vec<&str> = none.steps.iter().map(|step| step.code.as_str()).collect();
    assert_eq!(
        said,
        [
            "submitted",
            "notice-new",
            "next-regular",
            "holiday-monday",
            "frozen",
            "no-window"
        ]
    );
}

#[test]
fn the_day_after_a_holiday_is_none_of_a_freeze() {
    let facts = Facts {
        freezes: vec![freeze("2026-11-27", "2026-11-27", &[])],
        ..Facts::default()
    };
    let calendar = calendar("us-today").with(facts);
    let explained = calendar
        .earliest(&Ask::new(day("2026-11-11"), NoticeKind::New))
        .unwrap();
    assert_eq!(
        sentences(&explained)[2..],
        [
            "The next regular deployment day is Thursday 26 November 2026.",
            "Thursday 26 November 2026 is a holiday (Thanksgiving Day), so the deployment moves to the next business day.",
            "Nothing is deployed on Friday 27 November 2026: there is a freeze from Friday 27 November 2026 to Friday 27 November 2026 (Year-end closing).",
            "The earliest deployment is on Monday 30 November 2026."
        ]
    );
}
