use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

const APPS: [csv::App<'static>; 2] = [
    csv::App {
        name: "Boats",
        handle: "boat",
        issuer: "urn:boat",
    },
    csv::App {
        name: "Ferry Tickets",
        handle: "ferry",
        issuer: "urn:ferry",
    },
];

fn entry(number: i64, person: &str, level: UsageLevel) -> Entry {
    Entry {
        entry: number,
        event: format!("e{number}"),
        at: "2026-11-10T12:00:00Z".into(),
        day: jiff::civil::date(2026, 11, 10),
        level,
        acr: "urn:acr".into(),
        person: person.into(),
        verified: None,
        proofed_here: false,
        seen_by_app: false,
        seen_by_order: false,
        proofing_seen: false,
    }
}

fn verified(number: i64, person: &str, year: i16) -> Entry {
    Entry {
        verified: Some(jiff::civil::date(year, 11, 11)),
        ..entry(number, person, UsageLevel::Verified)
    }
}

/// The entries in any order: they are added up in the order of the ledger.
fn total(mut entries: Vec<(usize, Entry)>) -> (Vec<Total>, Total) {
    entries.sort_by_key(|(app, entry)| (*app, entry.entry));
    let mut tally = Tally::default();
    let apps = (0..APPS.len())
        .map(|at| {
            for (_, entry) in entries.iter().filter(|(app, _)| *app == at) {
                tally.add(&APPS[at], entry);
            }
            tally.end_app()
        })
        .collect();
    (apps, tally.end())
}

#[test]
fn people_count_once_and_the_verified_are_not_billed_for_signing_in() {
    let (apps, order) = total(vec![
        (0, entry(1, "ada", UsageLevel::Auth)),
        (0, entry(2, "ada", UsageLevel::Auth)),
        (1, entry(3, "ada", UsageLevel::Auth)),
        (1, verified(4, "ada", 2026)),
        (1, entry(5, "bob", UsageLevel::Auth)),
    ]);
    let told = |f: &Figures| {
        (
            f.auths,
            f.verified_auths,
            f.users,
            f.verified_users,
            f.auth_billable,
        )
    };
    assert_eq!(told(&apps[0].figures), (2, 0, 1, 0, 1));
    assert_eq!(told(&apps[1].figures), (2, 1, 2, 1, 1));
    assert_eq!(told(&order.figures), (4, 1, 2, 1, 1));
    let usage = order.figures.usage();
    assert_eq!((usage.active_users, usage.auths), (1, 5));
}

#[test]
fn proofings_by_age_and_by_who_asked() {
    let here = |entry: Entry| Entry {
        proofed_here: true,
        ..entry
    };
    let (apps, order) = total(vec![
        (0, here(verified(1, "upfront", 2025))),
        (0, verified(2, "existing", 2026)),
        (
            0,
            Entry {
                proofing_seen: true,
                ..here(verified(3, "billed before", 2026))
            },
        ),
        (0, here(verified(4, "third year", 2023))),
        (0, verified(5, "old", 2010)),
        (0, entry(6, "unknown", UsageLevel::Verified)),
        (
            0,
            Entry {
                seen_by_app: true,
                seen_by_order: true,
                ..verified(7, "seen", 2024)
            },
        ),
        (
            1,
            Entry {
                seen_by_order: true,
                ..verified(8, "seen by the other", 2024)
            },
        ),
    ]);
    let f = order.figures;
    assert_eq!((f.new_upfront, f.new_existing), (1, 2));
    assert_eq!(
        f.new_by_age,
        crate::billing::Ages {
            year1: 3,
            year3: 1,
            over5: 1,
            unknown: 1,
            ..crate::billing::Ages::default()
        }
    );
    assert_eq!(
        (
            f.verified_users,
            f.verified_by_age.sum(),
            f.new_by_age.sum()
        ),
        (8, 8, 6)
    );
    assert_eq!(apps[1].figures.new_by_age.sum(), 1);
    let usage = f.usage();
    assert_eq!((usage.new_proofings, usage.existing_proofings), (1, 5));
}

fn entries() -> impl Strategy<Value = Vec<(usize, Entry)>> {
    let one = (
        0..2_usize,
        0..12_u8,
        any::<bool>(),
        proptest::option::of(2018..2027_i16),
        any::<[bool; 4]>(),
    );
    proptest::collection::vec(one, 0..60).prop_map(|rows| {
        rows.into_iter()
            .zip(1..)
            .map(|((app, person, is_verified, year, flags), number)| {
                let level = if is_verified {
                    UsageLevel::Verified
                } else {
                    UsageLevel::Auth
                };
                let made = Entry {
                    verified: year.map(|year| jiff::civil::date(year, 11, 11)),
                    proofed_here: flags[0],
                    seen_by_app: flags[1],
                    seen_by_order: flags[1] || flags[2],
                    proofing_seen: flags[3],
                    ..entry(number, &format!("p{person}"), level)
                };
                (app, made)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn the_same_ledger_gives_the_same_lines(rows in entries(), swaps in proptest::collection::vec((0..60_usize, 0..60_usize), 0..60)) {
        let mut shuffled = rows.clone();
        for (one, other) in swaps {
            if one < shuffled.len() && other < shuffled.len() {
                shuffled.swap(one, other);
            }
        }
        prop_assert_eq!(total(rows), total(shuffled));
    }

    #[test]
    fn the_figures_are_what_sets_say(rows in entries()) {
        let (apps, order) = total(rows.clone());
        let people = |wanted: &dyn Fn(&(usize, Entry)) -> bool| {
            rows.iter().filter(|row| wanted(row)).map(|(_, entry)| entry.person.clone()).collect::<BTreeSet<_>>().len() as u32
        };
        let is_verified = |row: &(usize, Entry)| row.1.level == UsageLevel::Verified;
        for (at, app) in apps.iter().enumerate() {
            prop_assert_eq!(app.figures.users, people(&|row| row.0 == at));
            prop_assert_eq!(app.figures.verified_users, people(&|row| row.0 == at && is_verified(row)));
        }
        let f = order.figures;
        prop_assert_eq!(f.users, people(&|_| true));
        prop_assert_eq!(f.verified_users, people(&is_verified));
        prop_assert_eq!(f.auth_billable, f.users - f.verified_users);
        prop_assert_eq!((f.auths + f.verified_auths) as usize, rows.len());
        prop_assert_eq!(f.verified_by_age.sum(), f.verified_users);
        prop_assert_eq!(f.new_upfront + f.new_existing, f.new_by_age.year1);
        let sums = apps.iter().map(|app| app.figures.auths + app.figures.verified_auths).sum::<u32>();
        prop_assert_eq!(sums, f.auths + f.verified_auths);
    }

    #[test]
    fn one_entry_more_is_another_digest(rows in entries()) {
        let (_, before) = total(rows.clone());
        let mut more = rows;
        more.push((0, entry(999, "new", UsageLevel::Auth)));
        prop_assert_ne!(before.digest, total(more).1.digest);
    }
}
