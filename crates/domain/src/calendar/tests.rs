#![expect(clippy::unwrap_used, reason = "tests")]

mod added;
mod properties;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::environment::EnvironmentName;
use crate::programme::OneOff;
use crate::refusal::Refuse;

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
    let explained = calendar
        .earliest(&Ask::new(day(submitted), NoticeKind::New))
        .unwrap();
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
    let explained = us()
        .earliest(&Ask::new(day("2026-11-10"), NoticeKind::New))
        .unwrap();
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
    let explained = us()
        .earliest(&Ask::new(day("2026-11-13"), NoticeKind::Change))
        .unwrap();
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
            .earliest(&Ask::new(day("2026-11-10"), kind))
            .unwrap()
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
    let _ = us().earliest(&Ask::new(Date::MAX, NoticeKind::New));
    let _ = us().earliest(&Ask::new(Date::MIN, NoticeKind::New));
    let _ = us().opens_at(Date::MAX);
    assert!(
        us().windows(day("2026-02-01"), day("2026-01-01"))
            .is_empty()
    );
}

fn calendar(programme: &str) -> Calendar {
    Calendar::of(&Programme::named(programme).unwrap())
}

fn sentences(explained: &Explained) -> Vec<&str> {
    explained
        .steps
        .iter()
        .map(|step| step.sentence.as_str())
        .collect()
}

#[test]
fn a_request_keeps_the_notice_of_its_day_and_a_window_has_its_own_rules() {
    let earliest = |submitted| {
        calendar("us-today")
            .earliest(&Ask::new(day(submitted), NoticeKind::New))
            .unwrap()
            .earliest
    };
    // One week until the last day of 2021, two weeks from the first of 2022.
    assert_eq!(earliest("2021-12-30"), day("2022-01-06"));
    assert_eq!(earliest("2022-01-01"), day("2022-01-20"));
    // Thursdays until the end of 2022; Mondays too from then on, also for a request of 2022.
    assert_eq!(earliest("2022-12-15"), day("2022-12-29"));
    assert_eq!(earliest("2022-12-30"), day("2023-01-17"));
    assert_eq!(earliest("2023-01-05"), day("2023-01-19"));
    assert_eq!(earliest("2023-01-07"), day("2023-01-23"));
    assert_eq!(earliest("2023-07-03"), day("2023-07-17"));
    assert_eq!(earliest("2023-07-04"), day("2023-07-20"));
    // Tuesday and Thursday, and the next business day after a holiday.
    assert_eq!(earliest("2026-11-10"), day("2026-11-24"));
    assert_eq!(earliest("2026-11-11"), day("2026-11-27"));
}

#[test]
fn nobody_waits_longer_than_who_asks_later() {
    let text = "extends = \"us\"\n[[version]]\nfrom = \"2026-11-06\"\nnotice = { new = 5 }";
    let calendar = Calendar::of(&Arc::new(Programme::parse(text).unwrap()));
    let explained = |on: &str| {
        let ask = Ask::new(day(on), NoticeKind::New);
        calendar.earliest(&ask).unwrap()
    };
    assert_eq!(explained("2026-10-20").earliest, day("2026-11-05"));
    let early = explained("2026-11-05");
    assert_eq!(early.earliest, day("2026-11-12"));
    assert_eq!(
        sentences(&early)[..3],
        [
            "The complete request is submitted on Thursday 5 November 2026.",
            "From Friday 6 November 2026 on less notice is asked for, so the notice counts from that day.",
            "A new app needs 5 days of notice, which end on Wednesday 11 November 2026."
        ]
    );
    assert_eq!(explained("2026-11-06").earliest, day("2026-11-12"));
}

#[test]
fn ten_working_days_and_bank_holidays() {
    let explained = calendar("gov-uk")
        .earliest(&Ask::new(day("2026-12-17"), NoticeKind::New))
        .unwrap();
    assert_eq!(
        sentences(&explained),
        [
            "The complete request is submitted on Thursday 17 December 2026.",
            "A new app needs 10 working days of notice, which end on Tuesday 5 January 2027.",
            "The next regular deployment day is Tuesday 5 January 2027.",
            "The earliest deployment is on Tuesday 5 January 2027."
        ]
    );
    let earliest = |programme| {
        calendar(programme)
            .earliest(&Ask::new(day("2026-12-17"), NoticeKind::New))
            .unwrap()
            .earliest
    };
    // 2 January 2027 is a Saturday, so Scotland has Monday off as well.
    assert_eq!(earliest("gov-uk-scotland"), day("2027-01-06"));
    assert_eq!(earliest("gov-uk-northern-ireland"), day("2027-01-05"));
    // The funeral of the late Queen, and the moved spring holiday.
    assert!(calendar("gov-uk").holiday_on(day("2022-09-19")).is_some());
    assert!(calendar("gov-uk").holiday_on(day("2022-05-30")).is_none());
    assert!(
        calendar("gov-uk-scotland")
            .holiday_on(day("2026-06-15"))
            .is_some()
    );
}

#[test]
fn what_comes_after_the_cut_off_counts_as_of_the_next_day() {
    let at = |time: &str| {
        let ask = Ask::new(day("2026-11-06"), NoticeKind::New).at(time.parse().unwrap());
        calendar("gov-uk").earliest(&ask).unwrap()
    };
    assert_eq!(at("17:00:00").earliest, day("2026-11-20"));
    let late = at("17:00:01");
    assert_eq!(late.earliest, day("2026-11-23"));
    assert_eq!(
        sentences(&late)[1],
        "It came after 17:00, so it counts as submitted on Monday 9 November 2026."
    );
}

#[test]
fn notice_may_count_from_the_approval() {
    let text = "extends = \"us\"\n[notice]\ncounted_from = \"approval\"";
    let calendar = Calendar::of(&Arc::new(Programme::parse(text).unwrap()));
    let mut ask = Ask::new(day("2026-11-10"), NoticeKind::New);
    assert_eq!(calendar.earliest(&ask).unwrap().earliest, day("2026-11-30"));
    ask.approved = Some(day("2026-11-20"));
    let explained = calendar.earliest(&ask).unwrap();
    assert_eq!(explained.earliest, day("2026-12-10"));
    assert_eq!(
        sentences(&explained)[1],
        "The notice counts from the approval on Friday 20 November 2026."
    );
}

#[test]
fn every_window_from_2021_to_2035() {
    for programme in Programme::names() {
        let calendar = calendar(programme);
        let mut table = String::new();
        for year in 2021..=2035 {
            for month in 1..=12 {
                let first = Date::constant(year, month, 1);
                let windows = calendar.windows(first, first.last_of_month());
                let days: Vec<String> = windows
                    .iter()
                    .map(|window| match window.moved_from {
                        Some(from) => {
                            format!("{:02}<{}", window.date.day(), from.strftime("%m-%d"))
                        }
                        None => format!("{:02}", window.date.day()),
                    })
                    .collect();
                table.push_str(&format!("{year}-{month:02}: {}\n", days.join(" ")));
            }
        }
        insta::assert_snapshot!(format!("windows_{programme}"), table);
    }
}
