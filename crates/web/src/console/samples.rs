//! One sample or more of each page of staff, rendered in every language.

use std::collections::BTreeSet;

use askama::Template as _;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::token_scope::TokenScope;
use jiff::civil::date;

use super::usage;
use super::views::*;
use crate::portal::entered::Entered;
use crate::portal::overview;
use crate::portal::parts::{Form, MONTHS, Mark, Tab, WEEKDAYS, day, environment_name};
use crate::portal::samples::{differences, judge, launch_line, page, reasons, write_out};
use crate::shared::i18n::Language;
use crate::shared::page::Page;

/// Every page of staff in this language.
pub(crate) fn samples(language: Language) -> Vec<String> {
    let page = |here: &str| page(language, here);
    let texts = [
        today(page("/today")).render(),
        reviews(page("/reviews")).render(),
        Reviews {
            promise: page("/reviews").words.t_count("reviews-promise", 5),
            overdue: page("/reviews").words.t_count("reviews-overdue", 0),
            page: page("/reviews"),
            rows: Vec::new(),
            launches: Vec::new(),
        }
        .render(),
        calendar(page("/calendar")).render(),
        releases(page("/releases")).render(),
        release(page("/releases")).render(),
        environments(page("/environments")).render(),
        agreements(page("/agreements")).render(),
        audit(page("/audit")).render(),
        tokens(page("/tokens")).render(),
        demo(page("/demo")).render(),
        inbox(page("/demo/inbox")).render(),
    ];
    let mut texts: Vec<String> = texts.into_iter().map(Result::unwrap_or_default).collect();
    texts.extend(super::partners::samples::samples(language));
    texts.extend(super::people::samples::samples(language));
    texts.extend(super::calendar::samples::samples(language));
    texts.extend(super::usage::samples::samples(language));
    texts
}

fn today(page: Page) -> Today {
    let pictures = overview::samples::pictures(page.words);
    let [ships, board, lead] = pictures;
    Today {
        today: "2026-11-10".to_owned(),
        today_words: day(page.words, date(2026, 11, 10)),
        needs: vec![overview::samples::need(page.words)],
        burns: vec![usage::samples::burn(page.words)],
        window: "2026-11-12".to_owned(),
        window_words: day(page.words, date(2026, 11, 12)),
        window_reason: "Regular deployment day: every Thursday.".to_owned(),
        ships,
        board,
        lead,
        releases: release_lines(&page),
        page,
    }
}

fn reviews(page: Page) -> Reviews {
    Reviews {
        promise: page.words.t_count("reviews-promise", 5),
        overdue: page.words.t_count("reviews-overdue", 1),
        rows: vec![review_line(&page, true), review_line(&page, false)],
        launches: vec![launch_line(&page, LaunchState::Deployed)],
        page,
    }
}

fn review_line(page: &Page, overdue: bool) -> ReviewLine {
    ReviewLine {
        launch: launch_line(page, LaunchState::Submitted),
        due: "2026-11-17".to_owned(),
        waited: page.words.t_count("answer-waited", 6),
        clock: crate::portal::launch::answer_mark(page.words, overdue),
    }
}

fn calendar(page: Page) -> CalendarPage {
    let words = page.words;
    let week = |first: i8| {
        (first..first + 7)
            .map(|number| Day {
                number: number.to_string(),
                class: match number {
                    11 => "dw-day--holiday",
                    12 => "dw-day--window",
                    10 => "dw-day--notice dw-day--today",
                    _ => "",
                }
                .to_owned(),
                words: if number == 12 {
                    page.t("legend-window")
                } else {
                    String::new()
                },
            })
            .collect::<Vec<_>>()
    };
    let months = MONTHS[9..12].iter().map(|key| Month {
        title: words.t2("month-title", "month", &words.t(key), "year", "2026"),
        weeks: vec![week(2), week(9), week(16)],
    });
    CalendarPage {
        tabs: Vec::new(),
        is_month: false,
        rule: words.t2("calendar-rule", "days", "14", "push", "21"),
        submitted: "2026-11-10".to_owned(),
        push_url: true,
        earliest: Some("2026-11-30".to_owned()),
        earliest_words: day(words, date(2026, 11, 30)),
        reasons: reasons(&page),
        weekdays: WEEKDAYS.iter().map(|key| (words.t(&format!("{key}-short")), words.t(key))).collect(),
        months: months.collect(),
        before: Some("/calendar?from=2026-08-01".to_owned()),
        after: "/calendar?from=2027-02-01".to_owned(),
        rows: vec![CalendarRow {
            kind: "moved",
            date: "2026-11-30".to_owned(),
            words: day(words, date(2026, 11, 30)),
            mark: Mark::new("wait", words.t("window-moved")),
            reason: "Thursday 26 November 2026 is a holiday (Thanksgiving Day), so the deployment moves to the following Monday.".to_owned(),
            links: vec![("/launches/1".to_owned(), "Fishing Licence".to_owned())],
        }],
        page,
    }
}

fn release_lines(page: &Page) -> Vec<ReleaseLine> {
    let line = |number: &str, mark| ReleaseLine {
        id: "019a6f3e".to_owned(),
        sequence: number.to_owned(),
        time: "2026-11-12 09:00 EST".to_owned(),
        mark,
        reason: "The window of Thursday 12 November 2026.".to_owned(),
        apps: "fishing-licence, harbour-permits".to_owned(),
        author: "deployer".to_owned(),
    };
    vec![
        line("12", Mark::new("good", page.t("release-current"))),
        line("11", Mark::new("", page.t("release-kind-window"))),
    ]
}

fn releases(page: Page) -> Releases {
    Releases {
        tabs: EnvironmentName::ALL
            .map(|name| Tab {
                text: environment_name(page.words, name),
                href: format!("/releases?environment={name}"),
                current: name == EnvironmentName::Production,
            })
            .into(),
        releases: release_lines(&page),
        page,
    }
}

fn release(page: Page) -> Release {
    Release {
        id: "019a6f3e".to_owned(),
        title: page.t1("release-number", "number", "12"),
        environment: page.t("environment-production"),
        time: "2026-11-12 09:00 EST".to_owned(),
        mark: Mark::new("good", page.t("release-current")),
        reason: "The window of Thursday 12 November 2026.".to_owned(),
        back: "/releases?environment=production".to_owned(),
        facts: vec![(
            page.t("release-digest"),
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        )],
        changes: vec![ChangeCard {
            denied: Some(page.t("release-denied")),
            handle: "fishing-licence".to_owned(),
            href: "/apps/fishing-licence/production".to_owned(),
            words: page.t2("change-set", "old", "1", "new", "2"),
            diff: differences(),
            may_roll_back: true,
        }],
        may_deploy: true,
        may_go_back: true,
        page,
    }
}

fn environments(page: Page) -> Environments {
    let words = page.words;
    let card = |name: EnvironmentName, port: &str| EnvironmentCard {
        id: name.as_str(),
        name: environment_name(words, name),
        mark: Mark::new("good", words.t("environment-current")),
        served: "12".to_owned(),
        newest: "12".to_owned(),
        apps: "14".to_owned(),
        issuer: format!("http://localhost:{port}"),
        more: vec![(
            words.t("release-canary"),
            words.t1("canary-passed", "number", "12"),
        )],
    };
    let cell = |mark| DriftCell {
        words: words.t1("revision", "number", "4"),
        href: Some("/apps/fishing-licence/sandbox".to_owned()),
        mark: Some(mark),
    };
    Environments {
        picture: overview::samples::more_pictures(words)[1].take(),
        next: Some("/environments?after=example".to_owned()),
        environments: vec![
            card(EnvironmentName::Sandbox, "8401"),
            card(EnvironmentName::Staging, "8402"),
            card(EnvironmentName::Production, "8403"),
        ],
        drift: vec![DriftRow {
            name: "Fishing Licence".to_owned(),
            handle: "fishing-licence".to_owned(),
            cells: vec![
                cell(Mark::new("good", words.t("app-live"))),
                DriftCell {
                    words: "–".to_owned(),
                    href: None,
                    mark: None,
                },
                cell(Mark::new("wait", words.t1("drift-serves", "number", "3"))),
            ],
        }],
        more_differences: Some(words.t_count("difference-more", 3)),
        differences: vec![Difference {
            app: "fishing-licence".to_owned(),
            href: "/apps/fishing-licence/production".to_owned(),
            environment: page.t("environment-production"),
            words: page.t("difference-agency"),
            repair: page.t("difference-by-release"),
        }],
        repairs: vec![("production", page.t("environment-production"))],
        page,
    }
}

fn agreements(page: Page) -> Agreements {
    Agreements {
        gtcs: Vec::new(),
        may_ask: true,
        agreements: vec![AgreementCard {
            number: "LGABCFY210001-0001-0000".to_owned(),
            agency: "Department of Fisheries · Fisheries Digital".to_owned(),
            mark: Mark::new("good", page.t("standing-active")),
            start: "2026-10-01".to_owned(),
            end: "2027-09-30".to_owned(),
            apps: "Fishing Licence, Harbour Permits, Boat Registration".to_owned(),
        }],
        page,
    }
}

fn audit(page: Page) -> Audit {
    Audit {
        form: Form::plain(Entered::default()),
        result: Some(Verified {
            mark: Mark::new("good", page.t("audit-whole")),
            text: page.t2("audit-whole-what", "sealed", "214", "waiting", "1"),
        }),
        entries: vec![AuditRow {
            time: "2026-11-12 09:00 EST".to_owned(),
            event: "launch.approved".to_owned(),
            subject: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
            actor: "Ada Marsh".to_owned(),
            request: "019a6f3e-2c41-7d8a-9b30-5e6f7a8b9c0d".to_owned(),
        }],
        page,
    }
}

fn tokens(page: Page) -> Tokens {
    let mut entered = Entered::default();
    entered.set("days", "7");
    Tokens {
        secret: Some("dwp_3fKq0v1mZ8yT2uXcB5nE7rW9sQ4aL6dG".to_owned()),
        api: "http://localhost:8400".to_owned(),
        form: Form::plain(entered),
        days: vec![1, 7, 30, 90],
        teams: vec!["fisheries-digital".to_owned()],
        scopes: TokenScope::ALL
            .into_iter()
            .map(|scope| Scope::of(page.words, scope))
            .collect(),
        tokens: vec![TokenRow {
            id: "t1".to_owned(),
            name: "Pipeline".to_owned(),
            mark: Mark::new("good", page.t("token-live")),
            words: page.t1("token-until", "time", "2026-11-19 10:04 EST"),
            limits: vec!["fisheries-digital".to_owned(), "apps:write".to_owned()],
            is_live: true,
        }],
        page,
    }
}

fn demo(page: Page) -> Demo {
    let person = |role: &str| DemoPerson {
        role: format!("Robin Quill ({})", page.t(role)),
        email: "robin.quill@fisheries.gov".to_owned(),
        password: "tidal-lantern-marble-oar".to_owned(),
        totp_secret: "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP".to_owned(),
        code: "482913".to_owned(),
    };
    Demo {
        now: "2026-11-10T17:00:00Z".to_owned(),
        now_words: day(page.words, date(2026, 11, 10)),
        may_move_clock: true,
        form: Form::plain(Entered::default()),
        next_window: "2026-11-12".to_owned(),
        addresses: vec![
            (page.t("demo-portal"), "http://localhost:8400".to_owned()),
            (
                page.t("environment-sandbox"),
                "http://localhost:8401".to_owned(),
            ),
        ],
        groups: vec![
            People {
                title: page.t("demo-partners"),
                people: vec![person("role-partner-admin")],
            },
            People {
                title: page.t("demo-staff"),
                people: vec![person("role-administrator")],
            },
        ],
        page,
    }
}

fn inbox(page: Page) -> Inbox {
    Inbox {
        to: String::new(),
        smtp: "smtp://127.0.0.1:2525".to_owned(),
        count: 1,
        messages: vec![Message {
            from: "no-reply@production.localhost".to_owned(),
            to: "ana.reyes@example.com".to_owned(),
            answer_to: "support+a1b2@portal.example.gov".to_owned(),
            subject: "Confirm your e-mail address".to_owned(),
            time: "2026-11-10 10:04 EST".to_owned(),
            text: "Type this code: 482913".to_owned(),
            links: vec!["http://localhost:8403/sign_up/email/confirm?token=a1b2".to_owned()],
            codes: vec!["482913".to_owned()],
        }],
        page,
    }
}

#[test]
fn every_page_of_staff_renders_in_every_language() {
    let mut names = BTreeSet::new();
    for language in Language::ALL {
        let pages = samples(language);
        names.extend(pages.iter().map(|html| judge(language, html)));
        write_out("console", language, &pages);
    }
    assert_eq!(names.len(), 20, "{names:?}");
}
