//! The ledger of billable hand-offs: written once, numbered in order, pulled once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

use durward_store::testing::TestStore;
use durward_store::usage::{self, UsageFeed, UsageRow};
use durward_store::usage_ledger::{self, LedgerRow, Placed, Wanted};

use crate::{on_both, run_sql};

fn row(event: &str, level: &str) -> UsageRow {
    UsageRow {
        seq: 0,
        event: event.into(),
        at_us: 1_000,
        agency: "a1".into(),
        handle: "ferry".into(),
        issuer: "urn:ferry".into(),
        app_name: "Ferry Tickets".into(),
        level: level.into(),
        acr: "urn:acr".into(),
        person: "p1".into(),
        verified_us: (level == "verified").then_some(500),
        proofed_here: level == "verified",
    }
}

fn add(store: &TestStore, row: UsageRow) -> bool {
    store.write_blocking(move |c| usage::add(c, &row)).unwrap()
}

fn number(store: &TestStore) -> usize {
    store.write_blocking(|c| usage::number(c, 1_000)).unwrap()
}

fn feed(store: &TestStore, from: i64, most: i64) -> UsageFeed {
    store
        .read_blocking(move |c| usage::after(c, from, most))
        .unwrap()
}

fn take(store: &TestStore, from: i64, feed: UsageFeed, day: &'static str) -> bool {
    let placed = |r: &UsageRow| Placed {
        at_us: r.at_us,
        day: day.into(),
        month: day[..7].into(),
    };
    let places: Vec<_> = feed.rows.iter().map(placed).collect();
    store
        .write_blocking(move |c| usage_ledger::take(c, "production", from, &feed, &places))
        .unwrap()
}

fn pull(store: &TestStore, most: i64, day: &'static str) -> bool {
    let from = store
        .read_blocking(|c| usage_ledger::cursor(c, "production"))
        .unwrap();
    take(store, from, feed(store, from, most), day)
}

fn entries(store: &TestStore, app: i64, month: &'static str) -> Vec<LedgerRow> {
    store
        .read_blocking(move |c| {
            let wanted = Wanted {
                environment: "production",
                app,
                month,
                after: 0,
                since: "2026-10-01",
                apps: ",1,2,",
                most: 100,
            };
            usage_ledger::entries(c, &wanted)
        })
        .unwrap()
}

on_both! {
    fn twenty_racers_and_one_row(store: &TestStore) {
        let start = Barrier::new(20);
        let wins = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    start.wait();
                    let won = add(store, row("one", "auth"));
                    wins.fetch_add(won.into(), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(wins.into_inner(), 1);
        // The same session at another level, or another session, is another row.
        assert!(add(store, row("two", "verified")) && !add(store, row("one", "auth")));
        assert_eq!((number(store), number(store)), (2, 0));
    }

    fn numbers_rise_while_rows_come_in(store: &TestStore) {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || for n in 0..25 {
                    assert!(add(store, row(&format!("e{thread}-{n}"), "auth")));
                });
            }
            for _ in 0..2 {
                scope.spawn(|| for _ in 0..20 { number(store); });
            }
        });
        number(store);
        assert!(!store.read_blocking(usage::is_waiting).unwrap());
        let all = feed(store, 0, 1_000);
        let seqs: Vec<i64> = all.rows.iter().map(|r| r.seq).collect();
        assert_eq!((seqs, all.until), ((1..=100).collect::<Vec<i64>>(), 100));
    }

    fn the_feed_is_taken_once_also_when_it_stops_in_the_middle(store: &TestStore) {
        for n in 0..5 {
            add(store, row(&format!("e{n}"), "auth"));
        }
        number(store);
        assert!(pull(store, 2, "2026-11-10"));
        // The reader dies after reading the second part, and another reads it again.
        let lost = feed(store, 2, 2);
        assert!(pull(store, 2, "2026-11-10"));
        assert!(!take(store, 2, lost, "2026-11-11"));
        assert!(pull(store, 100, "2026-12-01"));
        let november = entries(store, 1, "2026-11");
        assert_eq!(november.iter().map(|r| r.entry).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(entries(store, 1, "2026-12").len(), 1);
        // An environment that was restored hands the same events out again, under any number.
        run_sql(store, "UPDATE usage_cursors SET seq = 0");
        assert!(pull(store, 100, "2027-01-01"));
        assert_eq!((entries(store, 1, "2027-01").len(), entries(store, 1, "2026-11").len()), (0, 4));
        let months = store.read_blocking(|c| usage_ledger::months_of(c, "production", 1)).unwrap();
        let told: Vec<_> = months.iter().map(|m| (m.month.as_str(), m.entries, m.last_entry)).collect();
        assert_eq!(told, [("2026-11", 4, 4), ("2026-12", 1, 5)]);
    }

    fn what_was_seen_before_is_known(store: &TestStore) {
        let other = |event: &str| UsageRow { handle: "boat".into(), issuer: "urn:boat".into(), app_name: "Boats".into(), ..row(event, "verified") };
        add(store, row("first", "verified"));
        number(store);
        assert!(pull(store, 100, "2026-10-05"));
        add(store, other("second"));
        number(store);
        assert!(pull(store, 100, "2026-11-05"));
        add(store, row("third", "verified"));
        add(store, row("fourth", "auth"));
        number(store);
        assert!(pull(store, 100, "2026-12-05"));
        let seen = |app, month| entries(store, app, month).iter()
            .map(|r| (r.seen_by_app, r.seen_by_order, r.proofing_seen)).collect::<Vec<_>>();
        assert_eq!(seen(1, "2026-10"), [(false, false, false)]);
        assert_eq!(seen(2, "2026-11"), [(false, true, true)]);
        let mut december = seen(1, "2026-12");
        december.sort_unstable();
        assert_eq!(december, [(false, false, false), (true, true, true)]);
        let apps = store.read_blocking(|c| usage_ledger::apps_of_agency(c, "production", "a1")).unwrap();
        assert_eq!(apps.iter().map(|a| (a.app, a.app_name.as_str())).collect::<Vec<_>>(), [(2, "Boats"), (1, "Ferry Tickets")]);
    }
}
