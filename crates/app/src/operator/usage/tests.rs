//! Invoice lines against a simple reading of the whole ledger, who may see them, warnings, the feed.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use durward_domain::agreement::{Agreement, ListedApp};
use durward_domain::environment::EnvironmentName;
use durward_domain::level::LevelOfService;
use durward_domain::money::Cents;
use durward_domain::refusal::Refuse as _;
use durward_keyring::random::Random;
use durward_store::agreements as rows;
use durward_store::usage::{self as feed, UsageFeed, UsageRow};
use durward_store::usage_ledger::{self, Placed};

use super::*;
use crate::jobs::{keeper_feed, keeper_usage};
use crate::partner::notices;
use crate::testing_portal::{AGREEMENT, TEAM, TestPortal, trace};

const BOATS: &str = "Boat Register";

/// The order lists two apps, and estimates this much.
async fn portal_with(mut portal: TestPortal, estimated: i64) -> TestPortal {
    let keeper = &mut portal.keeper;
    let row = keeper
        .store
        .read(|c| rows::find(c, AGREEMENT))
        .await
        .unwrap()
        .unwrap();
    let mut agreement: Agreement = serde_json::from_str(&row.document).unwrap();
    agreement.apps = ["Fishing Licence", BOATS]
        .map(|name| ListedApp {
            name: name.to_owned(),
            level: LevelOfService::IdentityVerified,
        })
        .to_vec();
    agreement.terms.estimated = Cents::new(estimated);
    agreement.terms.price_model = 3;
    let row = durward_store::agreements::AgreementRow {
        document: serde_json::to_string(&agreement).unwrap(),
        ..row
    };
    let updated = keeper
        .store
        .write(move |c| rows::update(c, &row))
        .await
        .unwrap();
    assert!(updated);
    portal
}

/// One hand-off: day, app, person, and for a verified one since when, and whether for this partner.
type Made = (String, &'static str, String, Option<(i64, bool)>);

fn row(agency: &str, event: usize, (_, app, person, verified): &Made) -> UsageRow {
    UsageRow {
        seq: 0,
        event: format!("event{event}"),
        at_us: 0,
        agency: agency.to_owned(),
        handle: app.to_lowercase().replace(' ', "-"),
        issuer: format!("urn:{app}"),
        app_name: (*app).to_owned(),
        level: if verified.is_some() {
            "verified"
        } else {
            "auth"
        }
        .to_owned(),
        acr: "urn:acr".to_owned(),
        person: person.clone(),
        verified_us: verified.map(|(us, _)| us),
        proofed_here: verified.is_some_and(|(_, here)| here),
    }
}

async fn put(portal: &TestPortal, team: &'static str, made: &[Made]) {
    let agency = portal.agency_of(team).await.unwrap();
    let store = &portal.keeper.store;
    let from = store
        .read(|c| usage_ledger::cursor(c, lines::BILLED))
        .await
        .unwrap();
    let first = usize::try_from(from).unwrap();
    let numbered = made.iter().enumerate();
    let made_rows: Vec<_> = numbered
        .map(|(at, one)| row(&agency, first + at, one))
        .collect();
    let places: Vec<Placed> = made
        .iter()
        .map(|(day, ..)| Placed {
            at_us: jiff::Timestamp::from_second(1_800_000_000)
                .unwrap()
                .as_microsecond(),
            day: day.clone(),
            month: day[..7].to_owned(),
        })
        .collect();
    let part = UsageFeed {
        until: from + i64::try_from(made.len()).unwrap(),
        rows: made_rows,
    };
    let taken = store.write(move |c| usage_ledger::take(c, lines::BILLED, from, &part, &places));
    assert!(taken.await.unwrap());
}

fn pick(random: &Random, most: u8) -> u8 {
    let mut byte = [0];
    random.fill(&mut byte);
    byte[0] % most
}

/// Hand-offs of a year and a bit, of few people, so that much repeats.
fn made(count: usize) -> Vec<Made> {
    let random = Random::seeded(5);
    let one = |_| {
        let month = ["2026-09", "2026-10", "2026-11", "2026-12"][usize::from(pick(&random, 4))];
        let app = ["Fishing Licence", BOATS, "Not Listed"][usize::from(pick(&random, 3))];
        let person = format!("person{}", pick(&random, 9));
        // From four years before until now.
        let since = 1_640_000_000_000_000 + i64::from(pick(&random, 3)) * 60_000_000_000_000;
        let verified = (pick(&random, 2) == 0).then_some((since, pick(&random, 2) == 0));
        (
            format!("{month}-{:02}", 1 + pick(&random, 28)),
            app,
            person,
            verified,
        )
    };
    (0..count).map(one).collect()
}

#[tokio::test]
async fn lines_are_what_the_whole_ledger_says_on_both_engines() {
    for portal in TestPortal::on_both("2026-12-31").await.unwrap() {
        let portal = portal_with(portal, 0).await;
        let made = made(400);
        put(&portal, TEAM, &made).await;
        let admin = portal.member("admin").await.unwrap();
        let view = find(&portal.keeper, &admin, AGREEMENT, None).await.unwrap();
        assert_eq!(view.months.len(), 3, "September is before the period");
        let mut seen = BTreeSet::new();
        for month in &view.months {
            let of = |app: Option<&'static str>| {
                made.iter().filter(move |one| {
                    one.0.starts_with(&month.month)
                        && app.map_or(one.1 != "Not Listed", |app| one.1 == app)
                })
            };
            let people = |app: Option<&'static str>, verified: bool| {
                of(app)
                    .filter(|one| !verified || one.3.is_some())
                    .map(|one| one.2.clone())
                    .collect::<BTreeSet<_>>()
            };
            let f = month.figures;
            assert_eq!(f.users as usize, people(None, false).len());
            assert_eq!(f.verified_users as usize, people(None, true).len());
            assert_eq!((f.auths + f.verified_auths) as usize, of(None).count());
            let new = people(None, true).difference(&seen).count();
            assert_eq!(f.new_by_age.sum() as usize, new, "{}", month.month);
            seen.extend(people(None, true));
            for app in &month.apps {
                let boats = app.line.app_name == BOATS;
                let named = Some(if boats { BOATS } else { "Fishing Licence" });
                assert_eq!(
                    app.line.sum.figures.users as usize,
                    people(named, false).len()
                );
            }
            assert_eq!(
                month.apps.iter().map(|app| app.share).sum::<Cents>(),
                month.priced.total
            );
        }
    }
}

#[tokio::test]
async fn lines_are_made_again_the_same_and_grow_with_the_ledger() {
    let portal = portal_with(TestPortal::at("2026-12-31").await.unwrap(), 0).await;
    put(&portal, TEAM, &made(100)).await;
    let manager = portal.member("manager").await.unwrap();
    let look = || async {
        find(&portal.keeper, &manager, AGREEMENT, None)
            .await
            .unwrap()
    };
    let first = serde_json::to_value(look().await).unwrap();
    assert_eq!(serde_json::to_value(look().await).unwrap(), first);
    // Whatever was kept is only kept: lines that something spoiled are added up again.
    for month in ["2026-10", "2026-11", "2026-12"] {
        let spoiled = durward_store::usage_lines::LineRow {
            month: month.to_owned(),
            inputs: "other".to_owned(),
            document: "{}".to_owned(),
            made_us: 0,
        };
        let put = portal
            .keeper
            .store
            .write(move |c| durward_store::usage_lines::put(c, "LGABCFY210001-0001", &spoiled));
        put.await.unwrap();
    }
    assert_eq!(serde_json::to_value(look().await).unwrap(), first);
    put(
        &portal,
        TEAM,
        &[(
            "2026-12-30".to_owned(),
            BOATS,
            "somebody new".to_owned(),
            None,
        )],
    )
    .await;
    let after = look().await;
    assert_eq!(
        serde_json::to_value(&after.months[1]).unwrap(),
        first["months"][1]
    );
    assert_ne!(after.months[2].digest, first["months"][2]["digest"]);
}

#[tokio::test]
async fn the_digest_of_a_line_is_that_of_its_export() {
    let portal = portal_with(TestPortal::at("2026-12-31").await.unwrap(), 0).await;
    let attack = "=cmd|' /C calc'!A0";
    let mut made = made(120);
    made.push(("2026-11-11".to_owned(), BOATS, attack.to_owned(), None));
    put(&portal, TEAM, &made).await;
    let (keeper, admin) = (&portal.keeper, portal.member("admin").await.unwrap());
    let month: Month = "2026-11".parse().unwrap();
    let view = super::month(keeper, &admin, (AGREEMENT, month), None)
        .await
        .unwrap();
    for app in [None, Some("boat-register")] {
        let mut export = export(keeper, &admin, AGREEMENT, (month, app), &trace())
            .await
            .unwrap();
        let mut text = String::new();
        while let Some(part) = export.next().await.unwrap() {
            text.push_str(&part);
        }
        let (_, body) = text.split_once("\r\n").unwrap();
        let digest = durward_keyring::digest::sha256_hex(body.as_bytes());
        let told = match app {
            None => &view.digest,
            Some(app) => {
                &view
                    .apps
                    .iter()
                    .find(|one| one.line.app == app)
                    .unwrap()
                    .line
                    .sum
                    .digest
            }
        };
        assert_eq!(told, &digest);
        assert!(
            body.contains("\"'=cmd|' /C calc'!A0\""),
            "a formula goes out"
        );
        // Page by page it is the same, in the same order.
        let (mut after, mut numbers) = (None, Vec::new());
        loop {
            let asked = EntriesAsked {
                month,
                app: app.map(str::to_owned),
                after,
                most: 7,
            };
            let page = entries(keeper, &admin, AGREEMENT, &asked).await.unwrap();
            assert!(page.items.len() <= 7);
            numbers.extend(page.items.iter().map(|one| one.entry.to_string()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let exported: Vec<_> = body
            .lines()
            .map(|line| line.split(',').next().unwrap().to_owned())
            .collect();
        assert_eq!(numbers, exported);
    }
}

#[tokio::test]
async fn only_those_concerned_see_usage() {
    let portal = portal_with(TestPortal::at("2026-12-31").await.unwrap(), 0).await;
    put(&portal, TEAM, &made(30)).await;
    let month: Month = "2026-11".parse().unwrap();
    for name in ["developer", "reader", "outsider", "reviewer", "deployer"] {
        let member = portal.member(name).await.unwrap();
        assert!(
            list(&portal.keeper, &member).await.unwrap().is_empty(),
            "{name}"
        );
        let refused = [
            find(&portal.keeper, &member, AGREEMENT, None).await.err(),
            super::month(&portal.keeper, &member, (AGREEMENT, month), None)
                .await
                .err(),
            export(&portal.keeper, &member, AGREEMENT, (month, None), &trace())
                .await
                .err(),
            lines_csv(&portal.keeper, &member, AGREEMENT).await.err(),
        ];
        for failure in refused {
            assert!(
                matches!(failure, Some(Failure::Refused(denied)) if denied.code() == "usage/not-found"),
                "{name}"
            );
        }
    }
    for name in ["admin", "manager", "administrator"] {
        let member = portal.member(name).await.unwrap();
        assert_eq!(
            list(&portal.keeper, &member).await.unwrap().len(),
            1,
            "{name}"
        );
    }
    // An app of another agency with the same name is not on this order's invoice.
    let admin = portal.member("admin").await.unwrap();
    let count = || async {
        find(&portal.keeper, &admin, AGREEMENT, None)
            .await
            .unwrap()
            .months[0]
            .entries
    };
    let before = count().await;
    put(
        &portal,
        crate::testing_portal::OTHER_TEAM,
        &[("2026-10-10".to_owned(), BOATS, "p".to_owned(), None)],
    )
    .await;
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn warnings_are_given_once_each() {
    // Model 3 is 250.00 in each month at the least, from the first one with use on: in October here.
    let portal = portal_with(TestPortal::at("2026-12-31").await.unwrap(), 93_000).await;
    assert_eq!(keeper_usage::warn(&portal.keeper).await.unwrap(), 0);
    let first = ("2026-10-02".to_owned(), BOATS, "person".to_owned(), None);
    put(&portal, TEAM, &[first]).await;
    let warned = || async { keeper_usage::warn(&portal.keeper).await.unwrap() };
    assert_eq!((warned().await, warned().await), (1, 0));
    for (name, count) in [
        ("admin", 1),
        ("manager", 1),
        ("developer", 0),
        ("outsider", 0),
    ] {
        let member = portal.member(name).await.unwrap();
        let page = notices::list(&portal.keeper, &member, None, 10)
            .await
            .unwrap();
        assert_eq!(page.items.len(), count, "{name}");
        let reached =
            |one: &notices::NoticeView| one.values.contains(&("percent".into(), "80".into()));
        assert!(page.items.iter().all(reached));
    }
    portal
        .keeper
        .clock
        .set(portal.keeper.programme.noon("2027-01-02".parse().unwrap()));
    assert_eq!((warned().await, warned().await), (1, 0));
}

#[tokio::test]
async fn the_portal_takes_what_its_environment_wrote_once() {
    let portal = portal_with(TestPortal::at("2026-12-31").await.unwrap(), 0).await;
    let agency = portal.agency_of(TEAM).await.unwrap();
    let link = portal
        .keeper
        .environment(EnvironmentName::Production)
        .unwrap();
    let door = link.door.clone().unwrap();
    let add = |event: usize| {
        let made = (String::new(), BOATS, "p".to_owned(), None);
        let mut row = row(&agency, event, &made);
        row.at_us = door.clock.real_now().as_microsecond();
        let door = Arc::clone(&door);
        async move { door.store.write(move |c| feed::add(c, &row)).await.unwrap() }
    };
    for event in 0..3 {
        assert!(add(event).await && !add(event).await);
    }
    keeper_feed::pull(&portal.keeper).await.unwrap();
    keeper_feed::pull(&portal.keeper).await.unwrap();
    assert!(add(3).await);
    keeper_feed::pull(&portal.keeper).await.unwrap();
    let admin = portal.member("admin").await.unwrap();
    let view = find(&portal.keeper, &admin, AGREEMENT, None).await.unwrap();
    // The day is the portal's, whose clock was moved.
    let told: Vec<_> = view
        .months
        .iter()
        .map(|one| (one.month.as_str(), one.entries))
        .collect();
    assert_eq!(told, [("2026-12", 4)]);
}

#[tokio::test]
async fn a_hand_off_is_on_one_invoice_alone_when_two_orders_list_its_app() {
    let portal = portal_with(TestPortal::at("2026-12-31").await.unwrap(), 0).await;
    let row = portal
        .keeper
        .store
        .read(|c| rows::find(c, AGREEMENT))
        .await
        .unwrap()
        .unwrap();
    let mut first: Agreement = serde_json::from_str(&row.document).unwrap();
    first.period.end = "2026-11-15".parse().unwrap();
    let mut second = first.clone();
    let pattern = &portal.keeper.programme.agreement.number;
    let number = first.number.to_string().replacen("-0001-", "-0002-", 1);
    second.number = pattern.parse(&number).unwrap();
    second.period.start = "2026-11-01".parse().unwrap();
    second.period.end = "2027-10-31".parse().unwrap();
    let rewritten =
        |agreement: &Agreement, number: String| durward_store::agreements::AgreementRow {
            number,
            starts: agreement.period.start.to_string(),
            ends: agreement.period.end.to_string(),
            document: serde_json::to_string(agreement).unwrap(),
            ..row.clone()
        };
    let (kept, added) = (
        rewritten(&first, row.number.clone()),
        rewritten(&second, number.clone()),
    );
    let written = portal
        .keeper
        .store
        .write(move |c| Ok(rows::update(c, &kept)? && rows::insert(c, &added)?));
    assert!(written.await.unwrap());
    let days = [
        "2026-10-20",
        "2026-11-05",
        "2026-11-15",
        "2026-11-16",
        "2026-12-01",
    ];
    let made: Vec<Made> = days
        .iter()
        .map(|day| ((*day).to_owned(), BOATS, format!("person {day}"), None))
        .collect();
    put(&portal, TEAM, &made).await;
    let manager = portal.member("manager").await.unwrap();
    for (number, expected) in [
        (row.number.as_str(), vec![("2026-10", 1), ("2026-11", 2)]),
        (number.as_str(), vec![("2026-11", 1), ("2026-12", 1)]),
    ] {
        let view = find(&portal.keeper, &manager, number, None).await.unwrap();
        let months: Vec<_> = view
            .months
            .iter()
            .map(|month| (month.month.as_str(), month.figures.auths))
            .collect();
        assert_eq!(months, expected, "{number}");
    }
}
