//! SQLite files: copies, backups, flipped bytes and a full disk.
#![expect(
    clippy::disallowed_methods,
    reason = "these tests damage files on purpose"
)]

use std::path::{Path, PathBuf};

use durward_store::audit::{self, Flaw};
use durward_store::testing::{TestStore, sqlite};
use durward_store::{Config, Durability, FaultKind, Statement, Store, migrate, params};

use crate::audit::{entry, fill, verify};
use crate::key;

fn backup(store: &TestStore) -> PathBuf {
    let copy = store.path().unwrap().with_file_name("copy.db");
    store.backup_to(&copy).unwrap();
    copy
}

#[test]
fn a_backup_is_whole_and_read_only() {
    let store = sqlite().unwrap();
    fill(&store);
    let copy = backup(&store);
    assert!(
        store.backup_to(&copy).is_err(),
        "a backup overwrites nothing"
    );
    let copy = Store::open_read_only(&copy).unwrap();
    let report = verify(&copy);
    assert!(report.is_whole());
    assert_eq!((report.sealed, report.unsealed), (12, 3));
    const ADD: Statement = Statement::new(
        "ADD",
        "INSERT INTO settings (name, content, version) VALUES ($1, '', 1)",
    );
    let fault = copy
        .write_blocking(|c| c.exec(ADD, &params!["x"]))
        .unwrap_err();
    assert_eq!(fault.kind(), FaultKind::ReadOnly);
}

#[test]
fn a_running_store_is_verified_from_outside() {
    let store = sqlite().unwrap();
    fill(&store);
    let outside = Store::open_read_only(store.path().unwrap()).unwrap();
    assert!(verify(&outside).is_whole());
}

fn log_length(store: &Path) -> Option<u64> {
    let mut log = store.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).ok().map(|log| log.len())
}

#[test]
fn a_checkpoint_empties_the_log_and_the_last_handle_removes_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("main.db");
    let config = Config::Sqlite {
        path: path.clone(),
        durability: Durability::Full,
    };
    migrate::migrate(&config).unwrap();
    let store = Store::open(&config).unwrap();
    fill(&store);
    assert!(log_length(&path).unwrap() > 0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(store.checkpoint()).unwrap();
    assert_eq!(log_length(&path), Some(0));
    // A log that a reader still needs stays, and that is no fault.
    const COUNT: Statement = Statement::new("COUNT", "SELECT count(*) FROM audit_entries");
    let (begin, begun) = std::sync::mpsc::channel();
    let (end, ended) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        let (reader, ended) = (store.clone(), std::sync::Mutex::new(ended));
        scope.spawn(move || {
            reader.read_blocking(move |c| {
                c.one(COUNT, &params![])?;
                begin.send(()).unwrap();
                ended.lock().unwrap().recv().unwrap();
                Ok(())
            })
        });
        begun.recv().unwrap();
        const ADD: Statement = Statement::new(
            "ADD",
            "INSERT INTO settings (name, content, version) VALUES ('x', '', 1)",
        );
        store.write_blocking(|c| c.exec(ADD, &params![])).unwrap();
        runtime.block_on(store.checkpoint()).unwrap();
        assert!(log_length(&path).unwrap() > 0);
        end.send(()).unwrap();
    });
    drop(store);
    assert_eq!(log_length(&path), None);
    assert!(verify(&Store::open_read_only(&path).unwrap()).is_whole());
}

/// Wherever the text stands in the file (row or index), changing one byte of it is found.
fn every_flip_is_found(copy: &Path, text: &[u8]) {
    let whole = std::fs::read(copy).unwrap();
    let places: Vec<usize> = whole
        .windows(text.len())
        .enumerate()
        .filter_map(|(place, window)| (window == text).then_some(place))
        .collect();
    assert!(!places.is_empty());
    for place in places {
        for change in [0x01, 0x80] {
            let mut bytes = whole.clone();
            bytes[place + text.len() - 1] ^= change;
            let flipped = copy.with_file_name("flipped.db");
            std::fs::write(&flipped, bytes).unwrap();
            let store = Store::open_read_only(&flipped).unwrap();
            let found = verify(&store).broken.unwrap();
            // In an index of the chain it makes the entry look cut loose, and names it. The hash of
            // a link stands in the next link too.
            let named =
                matches!(found.seq, Some(7 | 8)) || found.entry == Some(entry(6).id.to_string());
            assert!(named || matches!(found.flaw, Flaw::Damaged(_)), "{found}");
        }
    }
}

#[test]
fn a_flipped_byte_in_the_file_is_found() {
    let store = sqlite().unwrap();
    fill(&store);
    let copy = backup(&store);
    // Deleted rows and split pages leave remains that nothing reads; without them every place counts.
    rusqlite::Connection::open(&copy)
        .unwrap()
        .execute_batch("VACUUM")
        .unwrap();
    every_flip_is_found(&copy, entry(6).id.to_string().as_bytes());
    every_flip_is_found(&copy, b"member-6");
    every_flip_is_found(&copy, b"request-6");
    every_flip_is_found(&copy, b"{\"n\":6}");
    const MAC: Statement = Statement::new(
        "MAC",
        "SELECT mac FROM audit_entries WHERE actor_id = 'member-6'",
    );
    const HASH: Statement = Statement::new("HASH", "SELECT hash FROM audit_chain WHERE seq = 7");
    for column in [MAC, HASH] {
        let bytes = store
            .read_blocking(move |c| c.one(column, &params![])?.blob(0))
            .unwrap();
        every_flip_is_found(&copy, &bytes);
    }
}

#[test]
fn malformed_pages_are_told_and_nothing_panics() {
    let store = sqlite().unwrap();
    fill(&store);
    let copy = backup(&store);
    let whole = std::fs::read(&copy).unwrap();
    let torn = copy.with_file_name("torn.db");
    let mut found = 0;
    for start in (4096..whole.len()).step_by(4096) {
        let mut bytes = whole.clone();
        bytes[start..start + 64].fill(0xA5);
        std::fs::write(&torn, bytes).unwrap();
        let outcome = Store::open_read_only(&torn)
            .and_then(|store| store.read_blocking(|c| audit::verify(c, &key(), None)));
        match outcome {
            Ok(report) => found += u32::from(!report.is_whole()),
            Err(fault) => {
                assert_eq!(fault.kind(), FaultKind::Corrupt, "{fault}");
                found += 1;
            }
        }
    }
    assert_eq!(found as usize, whole.len() / 4096 - 1);
    std::fs::write(
        &torn,
        b"this is no database at all, but it is a file with some text in it. ".repeat(99),
    )
    .unwrap();
    assert_eq!(
        Store::open_read_only(&torn).err().unwrap().kind(),
        FaultKind::Corrupt
    );
}

#[test]
fn a_full_disk_is_told_and_costs_nothing_acknowledged() {
    const SMALL: Statement = Statement::new("SMALL", "PRAGMA max_page_count = 60");
    const LARGE: Statement = Statement::new("LARGE", "PRAGMA max_page_count = 100000");
    let put = |store: &TestStore, name: &'static str, size: usize| {
        store.write_blocking(move |c| durward_store::settings::put(c, name, &"x".repeat(size)))
    };
    let store = sqlite().unwrap();
    put(&store, "before", 10).unwrap();
    store.write_blocking(|c| c.query(SMALL, &[])).unwrap();
    assert_eq!(
        put(&store, "huge", 4_000_000).unwrap_err().kind(),
        FaultKind::DiskFull
    );
    store.write_blocking(|c| c.query(LARGE, &[])).unwrap();
    put(&store, "huge", 4_000_000).unwrap();
    let kept = store
        .read_blocking(|c| durward_store::settings::find(c, "before"))
        .unwrap();
    assert!(kept.is_some());
}

#[test]
fn a_lock_held_by_another_program_is_busy() {
    let store = sqlite().unwrap();
    let other = rusqlite::Connection::open(store.path().unwrap()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let fault = store.write_blocking(|_| Ok(())).unwrap_err();
    assert_eq!(fault.kind(), FaultKind::Busy);
    other.execute_batch("ROLLBACK").unwrap();
    store.write_blocking(|_| Ok(())).unwrap();
}
