//! The feed of requests from an environment to the portal. Both sides' tables are in every database.

use durward_store::client_requests::{self, Feed, RequestRow, UseRow};
use durward_store::request_records::{self, Wanted};
use durward_store::testing::TestStore;

use crate::on_both;

fn request(handle: &str, id: u32, outcome: &str) -> RequestRow {
    RequestRow {
        seq: 0,
        at_us: i64::from(id) * 1_000_000,
        request_id: format!("r{id}"),
        flow: Some(format!("f{}", id % 3)),
        step: "authorize".into(),
        outcome: outcome.into(),
        code: (outcome == "refused").then(|| "authorize/x".into()),
        status: 303,
        client_id: format!("urn:{handle}"),
        handle: handle.into(),
        revision_id: None,
        redirect_host: Some("a.gov".into()),
        key_id: None,
        detail: "{}".into(),
    }
}

fn used(uses: i64, last_us: i64) -> UseRow {
    UseRow {
        handle: "one".into(),
        kind: "key".into(),
        value: "thumbprint".into(),
        day: "2026-11-10".into(),
        uses,
        last_us,
    }
}

fn append(store: &TestStore, rows: Vec<RequestRow>, uses: Vec<UseRow>) {
    store
        .write_blocking(move |c| client_requests::append(c, &rows, &uses))
        .unwrap();
}

fn pull(store: &TestStore, most: i64) -> bool {
    let from = store
        .read_blocking(|c| request_records::cursor(c, "sandbox"))
        .unwrap();
    let feed: Feed = store
        .read_blocking(move |c| client_requests::after(c, from, most))
        .unwrap();
    store
        .write_blocking(move |c| request_records::take(c, "sandbox", from, &feed))
        .unwrap()
}

fn listed(store: &TestStore, wanted: Wanted) -> Vec<String> {
    store
        .read_blocking(move |c| request_records::of_app(c, "sandbox", "one", &wanted))
        .unwrap()
        .into_iter()
        .map(|row| row.request.request_id)
        .collect()
}

on_both! {
    fn the_feed_is_pulled_once_and_in_order(store: &TestStore) {
        append(store, vec![request("one", 1, "ok"), request("one", 2, "refused")], vec![used(2, 20)]);
        append(store, vec![request("one", 3, "pending"), request("", 4, "refused")], vec![used(3, 10)]);
        // Twice the same part: the second pull changes nothing.
        let feed = store.read_blocking(|c| client_requests::after(c, 0, 100)).unwrap();
        assert_eq!((feed.requests.len(), feed.uses.len(), feed.uses[0].uses, feed.uses[0].last_us), (4, 1, 5, 20));
        assert!(pull(store, 2) && pull(store, 2) && pull(store, 100));
        assert!(!store.write_blocking(move |c| request_records::take(c, "sandbox", 0, &feed)).unwrap());
        let all = || Wanted { most: 10, ..Wanted::default() };
        assert_eq!(listed(store, all()), ["r3", "r2", "r1"]);
        assert_eq!(listed(store, Wanted { outcome: "refused".into(), ..all() }), ["r2"]);
        assert_eq!(listed(store, Wanted { from_us: 2_000_000, until_us: 3_000_000, ..all() }), ["r2"]);
        let keys = store.read_blocking(|c| request_records::key_uses(c, "sandbox", "one", "2026-11-01")).unwrap();
        assert_eq!((keys.len(), keys[0].uses, keys[0].value.as_str()), (1, 5, "thumbprint"));
        let unknown = store.read_blocking(|c| request_records::unmatched(c, "sandbox", "a.gov", 0, 10)).unwrap();
        assert_eq!(unknown.len(), 1);
        let flow = store.read_blocking(|c| request_records::by_flow(c, "sandbox", "f1")).unwrap();
        assert_eq!(flow.len(), 2);
    }

    fn each_app_keeps_its_newest(store: &TestStore) {
        append(store, (1..=30).map(|n| request("", n, "refused")).collect(), vec![]);
        append(store, (31..=35).map(|n| request("one", n, "ok")).collect(), vec![]);
        assert!(pull(store, 100));
        for purge in [client_requests::purge, request_records::purge] {
            store.write_blocking(move |c| purge(c, (2_000_000, "2026-01-01"), 0, 10)).unwrap();
        }
        let count = |handle: &'static str| store.read_blocking(move |c| client_requests::count_of(c, handle)).unwrap();
        assert_eq!((count(""), count("one")), (10, 5));
        assert_eq!(listed(store, Wanted { most: 100, ..Wanted::default() }).len(), 5);
        let unknown = store.read_blocking(|c| request_records::unmatched(c, "sandbox", "a.gov", 0, 100)).unwrap();
        assert_eq!((unknown.len(), unknown[0].request.request_id.as_str()), (10, "r30"));
    }

    fn a_restored_environment_begins_where_its_backup_ended(store: &TestStore) {
        append(store, (1..=3).map(|n| request("one", n, "ok")).collect(), vec![]);
        assert!(pull(store, 100));
        crate::run_sql(store, "UPDATE client_feed SET last_seq = 2");
        crate::run_sql(store, "DELETE FROM client_requests WHERE seq > 2");
        assert!(pull(store, 100));
        append(store, vec![request("one", 9, "ok")], vec![]);
        assert!(pull(store, 100));
        assert_eq!(listed(store, Wanted { most: 10, ..Wanted::default() }), ["r9", "r2", "r1"]);
    }
}
