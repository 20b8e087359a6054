//! Every way to tamper with the record is found.

use durward_store::audit::{self, Actor, Entry, Head, Report, Sealed};
use durward_store::testing::TestStore;
use durward_store::{FaultKind, Store};
use uuid::Uuid;

use crate::{at, key, on_both, run_sql};

pub(crate) fn entry(n: u32) -> Entry {
    Entry {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n)),
        time: at(n.into()),
        actor: Actor {
            kind: "member".into(),
            id: format!("member-{n}"),
        },
        event: "launch.approved".into(),
        subject: Some(format!("launch-{n}")),
        request_id: n.is_multiple_of(2).then(|| format!("request-{n}")),
        detail: format!("{{\"n\":{n}}}"),
    }
}

fn append(store: &Store, numbers: std::ops::Range<u32>) {
    store
        .write_blocking(move |c| {
            for n in numbers.clone() {
                audit::append(c, &key(), &entry(n))?;
            }
            Ok(())
        })
        .unwrap();
}

fn seal(store: &Store, limit: u32) -> Option<Head> {
    match store
        .write_blocking(move |c| audit::seal_batch(c, &key(), "a", at(1000), limit))
        .unwrap()
    {
        Sealed::Batch { head, .. } => Some(head),
        _ => None,
    }
}

/// Twelve sealed entries under three heads (5, 10, 12) and three that wait.
pub(crate) fn fill(store: &Store) {
    append(store, 0..12);
    while seal(store, 5).is_some() {}
    append(store, 12..15);
}

pub(crate) fn verify(store: &Store) -> Report {
    store
        .read_blocking(|c| audit::verify(c, &key(), None))
        .unwrap()
}

/// After the change the walk must stop at this sequence, or outside the chain.
#[track_caller]
fn broken(store: &TestStore, change: &'static str, seq: Option<i64>) {
    fill(store);
    assert!(verify(store).is_whole());
    assert!(run_sql(store, change) > 0, "{change} changed nothing");
    let found = verify(store).broken.unwrap();
    assert_eq!(found.seq, seq, "{change}: {found}");
}

macro_rules! tampering {
    ($($name:ident: $change:literal => $seq:expr;)+) => {
        on_both! { $(fn $name(store: &TestStore) { broken(store, $change, $seq); })+ }
    };
}

tampering! {
    time: "UPDATE audit_entries SET time_us = time_us + 1 WHERE actor_id = 'member-6'" => Some(7);
    actor_kind: "UPDATE audit_entries SET actor_kind = 'nember' WHERE actor_id = 'member-6'" => Some(7);
    actor_id: "UPDATE audit_entries SET actor_id = 'member-7' WHERE actor_id = 'member-6'" => Some(7);
    event: "UPDATE audit_entries SET event = 'launch.approvee' WHERE actor_id = 'member-6'" => Some(7);
    subject: "UPDATE audit_entries SET subject = 'launch-5' WHERE actor_id = 'member-6'" => Some(7);
    subject_gone: "UPDATE audit_entries SET subject = NULL WHERE actor_id = 'member-6'" => Some(7);
    request: "UPDATE audit_entries SET request_id = 'request-7' WHERE actor_id = 'member-6'" => Some(7);
    request_made_up: "UPDATE audit_entries SET request_id = '' WHERE actor_id = 'member-5'" => Some(6);
    detail: "UPDATE audit_entries SET detail = '{\"n\":7}' WHERE actor_id = 'member-6'" => Some(7);
    text_moved_between_fields: "UPDATE audit_entries SET actor_kind = 'membe', actor_id = 'r' || actor_id WHERE actor_id = 'member-6'" => Some(7);
    entry_mac: "UPDATE audit_entries SET mac = (SELECT mac FROM audit_entries WHERE actor_id = 'member-5') WHERE actor_id = 'member-6'" => Some(7);
    entry_id: "UPDATE audit_entries SET id = '01900000-0000-7000-8000-0000000000ff' WHERE actor_id = 'member-6'" => Some(7);
    entry_deleted: "DELETE FROM audit_entries WHERE actor_id = 'member-6'" => Some(7);
    link_hash: "UPDATE audit_chain SET hash = prev WHERE seq = 7" => Some(7);
    link_prev: "UPDATE audit_chain SET prev = hash WHERE seq = 7" => Some(7);
    link_entry: "UPDATE audit_chain SET entry_id = 'x' WHERE seq = 7" => Some(7);
    link_deleted: "DELETE FROM audit_chain WHERE seq = 7" => Some(7);
    link_deleted_at_the_start: "DELETE FROM audit_chain WHERE seq = 1" => Some(1);
    link_moved: "UPDATE audit_chain SET seq = 70 WHERE seq = 7" => Some(7);
    links_renumbered: "UPDATE audit_chain SET seq = -seq WHERE seq IN (7, 8)" => Some(1);
    link_added_before: "INSERT INTO audit_chain (seq, entry_id, prev, hash) SELECT 0, 'x', prev, hash FROM audit_chain WHERE seq = 1" => Some(1);
    link_added_behind: "INSERT INTO audit_chain (seq, entry_id, prev, hash) SELECT 13, u.entry_id, l.hash, l.hash FROM audit_chain l, audit_unsealed u WHERE l.seq = 12 ORDER BY u.entry_id LIMIT 1" => Some(13);
    tail_cut_off: "DELETE FROM audit_chain WHERE seq > 10" => Some(11);
    whole_chain_cut_off: "DELETE FROM audit_chain" => Some(1);
    head_hash: "UPDATE audit_heads SET hash = mac WHERE seq = 10" => Some(6);
    head_mac: "UPDATE audit_heads SET mac = hash WHERE seq = 10" => Some(6);
    head_time: "UPDATE audit_heads SET sealed_us = sealed_us + 1 WHERE seq = 10" => Some(6);
    head_start: "UPDATE audit_heads SET first_seq = 7 WHERE seq = 10" => Some(6);
    head_moved: "UPDATE audit_heads SET seq = 11 WHERE seq = 12" => Some(11);
    head_deleted: "DELETE FROM audit_heads WHERE seq = 5" => Some(1);
    head_deleted_in_the_middle: "DELETE FROM audit_heads WHERE seq = 10" => Some(6);
    last_head_deleted: "DELETE FROM audit_heads WHERE seq = 12" => Some(11);
    entry_put_in: "INSERT INTO audit_entries (id, time_us, actor_kind, actor_id, event, subject, request_id, detail, mac) SELECT '01900000-0000-7000-8000-0000000000ff', time_us, actor_kind, actor_id, event, subject, request_id, detail, mac FROM audit_entries WHERE actor_id = 'member-6'" => None;
    waiting_entry_changed: "UPDATE audit_entries SET detail = '{}' WHERE actor_id = 'member-13'" => None;
    waiting_entry_deleted: "DELETE FROM audit_entries WHERE actor_id = 'member-13'" => None;
    waiting_entry_cut_loose: "DELETE FROM audit_unsealed WHERE time_us = 1700000013000000" => None;
}

on_both! {
    fn the_record_is_whole_and_is_read_back(store: &TestStore) {
        fill(store);
        let report = verify(store);
        assert!(report.is_whole());
        assert_eq!((report.sealed, report.unsealed, report.head.unwrap().seq), (12, 3, 12));
        let page = store.read_blocking(|c| audit::list(c, None, 2)).unwrap();
        assert_eq!(page, [entry(14), entry(13)]);
        let page = store.read_blocking(move |c| audit::list(c, page.last(), 2)).unwrap();
        assert_eq!(page, [entry(12), entry(11)]);
        assert_eq!(store.read_blocking(|c| audit::about(c, "launch-4", 9)).unwrap(), [entry(4)]);
        assert_eq!(store.read_blocking(|c| audit::of_request(c, "request-4")).unwrap(), [entry(4)]);
    }

    fn an_empty_record_is_whole(store: &TestStore) {
        assert!(verify(store).is_whole());
        assert!(seal(store, 5).is_none());
    }

    fn the_wrong_key_fits_nothing(store: &TestStore) {
        fill(store);
        let other = durward_keyring::mac::MacKey::new([8; 32]);
        let report = store.read_blocking(move |c| audit::verify(c, &other, None)).unwrap();
        assert_eq!(report.broken.unwrap().seq, Some(1));
    }

    fn a_roll_back_to_an_older_head_is_found_by_the_exported_one(store: &TestStore) {
        fill(store);
        let exported = store.read_blocking(audit::last_head).unwrap().unwrap();
        let exported = Head::parse(&exported.line()).unwrap();
        run_sql(store, "DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_chain WHERE seq > 10)");
        run_sql(store, "DELETE FROM audit_chain WHERE seq > 10");
        run_sql(store, "DELETE FROM audit_heads WHERE seq > 10");
        assert!(verify(store).is_whole());
        let head = exported.clone();
        let report = store.read_blocking(move |c| audit::verify(c, &key(), Some(&head))).unwrap();
        assert_eq!(report.broken.unwrap().seq, Some(11));
        // Sealing on from there makes another history, which does not hold the exported head.
        seal(store, 9).unwrap();
        let report = store.read_blocking(move |c| audit::verify(c, &key(), Some(&exported))).unwrap();
        assert_eq!(report.broken.unwrap().seq, Some(12));
    }

    fn the_sealer_does_not_bury_a_loss(store: &TestStore) {
        fill(store);
        run_sql(store, "DELETE FROM audit_chain WHERE seq = 12");
        let fault = store.write_blocking(|c| audit::seal_batch(c, &key(), "a", at(1000), 9)).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Corrupt);
    }

    fn one_sealer_at_a_time_and_many_writers(store: &TestStore) {
        std::thread::scope(|scope| {
            for writer in 0..4 {
                scope.spawn(move || {
                    for n in 0..25 {
                        append(store, writer * 100 + n..writer * 100 + n + 1);
                    }
                });
            }
            for sealer in ["a", "b"] {
                scope.spawn(move || {
                    for turn in 0..30 {
                        store.write_blocking(move |c| audit::seal_batch(c, &key(), sealer, at(turn * 10), 7)).unwrap();
                        assert!(verify(store).is_whole());
                    }
                });
            }
        });
        append(store, 900..901);
        while store.write_blocking(|c| audit::seal_batch(c, &key(), "c", at(9999), 7)).unwrap() != Sealed::Nothing {}
        let report = verify(store);
        assert!(report.is_whole());
        assert_eq!((report.sealed, report.unsealed), (101, 0));
        append(store, 901..902);
        let held = store.write_blocking(|c| audit::seal_batch(c, &key(), "d", at(9999), 7)).unwrap();
        assert_eq!(held, Sealed::NotHolder);
    }
}
