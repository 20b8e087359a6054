//! Migrations and statements.

use durward_store::migrate::{migrate, plan};
use durward_store::testing::{TestStore, postgres_config, prepare_all, sqlite, whole_table};
use durward_store::{Config, Durability, FaultKind, Store};

use crate::{on_both, run_sql};

fn from_nothing(config: &Config) {
    let before = plan(config).unwrap();
    assert!(before.applied.is_empty());
    assert_eq!(
        before.pending.first().map(String::as_str),
        Some("0001_core")
    );
    assert_eq!(
        Store::open(config).err().unwrap().kind(),
        FaultKind::SchemaMissing
    );
    assert_eq!(migrate(config).unwrap(), before.pending);
    assert!(migrate(config).unwrap().is_empty());
    let after = plan(config).unwrap();
    assert_eq!((after.applied, after.pending.len()), (before.pending, 0));
    Store::open(config).unwrap();
}

#[test]
fn migrations_run_once_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    from_nothing(&Config::Sqlite {
        path: path.clone(),
        durability: Durability::Normal,
    });
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
}

#[test]
fn migrations_run_once_postgres() {
    if let Some(config) = postgres_config(false).unwrap() {
        from_nothing(&config);
    }
}

#[test]
fn many_nodes_may_migrate_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new.db");
    drop(rusqlite_free_touch(&path));
    let mut configs = vec![Config::Sqlite {
        path,
        durability: Durability::Full,
    }];
    configs.extend(postgres_config(false).unwrap());
    for config in configs {
        std::thread::scope(|scope| {
            let nodes: Vec<_> = (0..4).map(|_| scope.spawn(|| migrate(&config))).collect();
            for node in nodes {
                node.join().unwrap().unwrap();
            }
        });
        Store::open(&config).unwrap();
    }
}

fn rusqlite_free_touch(path: &std::path::Path) -> std::io::Result<std::fs::File> {
    std::fs::OpenOptions::new()
        .create_new(true)
        .write(true)
        .open(path)
}

on_both! {
    fn every_statement_is_prepared(store: &TestStore) {
        let faults = store.read_blocking(|c| Ok(prepare_all(c))).unwrap();
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    }

    fn a_newer_schema_is_refused(store: &TestStore) {
        run_sql(store, "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
            VALUES (9999, 'tomorrow', '2030-01-01T00:00:00Z', '1')");
        for fault in [Store::open(store.config()).err(), migrate(store.config()).err()] {
            let fault = fault.unwrap();
            assert_eq!(fault.kind(), FaultKind::SchemaTooNew);
            assert!(fault.to_string().contains("9999_tomorrow"), "{fault}");
        }
    }

    fn a_changed_migration_is_refused(store: &TestStore) {
        run_sql(store, "UPDATE refinery_schema_history SET checksum = '1' WHERE version = 1");
        assert_eq!(Store::open(store.config()).err().unwrap().kind(), FaultKind::SchemaTooNew);
    }
}

#[test]
fn a_missing_server_or_file_is_told() {
    let nowhere = Config::Postgres {
        url: "postgres://ada:secret@127.0.0.1:1/x".into(),
        threads: 1,
    };
    let fault = Store::open(&nowhere).err().unwrap();
    assert_eq!(fault.kind(), FaultKind::Unavailable);
    assert!(!format!("{fault:?}").contains("secret"));
    let missing = Config::Sqlite {
        path: "/nowhere/x.db".into(),
        durability: Durability::Full,
    };
    assert_eq!(
        Store::open(&missing).err().unwrap().kind(),
        FaultKind::SchemaMissing
    );
    assert_eq!(
        migrate(&missing).unwrap_err().kind(),
        FaultKind::Unavailable
    );
}

/// What goes through a whole table is slower the more apps there are. Whoever adds a statement to the list says why it may.
#[test]
fn only_these_statements_go_through_a_whole_table() {
    let store = sqlite().unwrap();
    let found = store.read_blocking(whole_table).unwrap();
    let known: Vec<&str> = WHOLE
        .iter()
        .flat_map(|(_, names)| names.iter().copied())
        .collect();
    let new: Vec<_> = found.iter().filter(|name| !known.contains(name)).collect();
    assert!(new.is_empty(), "these have no index: {new:?}");
    let gone: Vec<_> = known.iter().filter(|name| !found.contains(name)).collect();
    assert!(gone.is_empty(), "these need their line no more: {gone:?}");
}

const WHOLE: &[(&str, &[&str])] = &[
    (
        "the first or last rows in the order of an index",
        &[
            "audit::seal::WAITING",
            "audit::seal::ANY_WAITING",
            "audit::seal::LAST_LINK",
            "audit::seal::LAST_HEAD",
            "installed::LAST_RELEASE",
            "denials::INSTALLED",
            "jobs::NEXT_DUE",
            "launches::LAUNCHES",
            "validator::RESULTS_WITH_FINDINGS",
        ],
    ),
    (
        "few rows: agencies, teams, agreements with their estimates and warnings, keys",
        &[
            "agreements::AGREEMENTS",
            "agreements::AGREEMENTS_IN",
            "agreements::ORDERS_OF_AGENCY",
            "agreements::TERMINATED",
            "estimates::ACCEPTED_OF_AGENCY",
            "usage_lines::WARNED",
            "keys::KEYS_FOR",
            "sealing::GENERATIONS",
            "members::AGENCIES",
            "partner_accounts::ACCOUNTS",
            "members::TEAMS",
            "teams::NOTES",
            "teams::ADD_AGENCY",
        ],
    ),
    (
        "few rows: what waits, in a partial index",
        &[
            "jobs::TALLY",
            "outbox::WAITING",
            "notices::SETTLE_NOTICES",
            "usage::WAITING",
            "notice_digests::WAITING_MEMBERS",
            "rotations::OPEN_ROTATIONS",
        ],
    ),
    (
        "the end of old rows, now and then",
        &[
            "outbox::SWEEP",
            "installed::PURGE_MESSAGES",
            "members::PURGE_FLOWS",
            "notices::PURGE_NOTICES",
            "notice_digests::PURGE_DIGESTS",
            "webhooks::PURGE_ATTEMPTS",
            "webhooks::PURGE_DELIVERIES",
            "client_requests::ACTIVE_SINCE",
            "request_records::DELETE_OLD_USES",
            "request_records::DELETE_OLD_KEY_USES",
            "request_records::ACTIVE_SINCE",
            "validator::DELETE_GONE_RESULTS",
            "test_kit::PURGE_TOKENS",
        ],
    ),
    (
        "all of it is what is asked for: a start, an export, a review, a check of the record",
        &[
            "audit::verify::STRAY",
            "installed::DIGESTS",
            "people::COUNT_PEOPLE",
            "roles::OF_ALL",
            "teams::LAST_SIGN_INS",
            "teams::EVERYBODY",
        ],
    ),
    (
        "what is left under another key, while keys are rotated and when an operator asks",
        &[
            "sealing::DATA_KEYS_LEFT",
            "sealing::SIGNING_KEYS_LEFT",
            "sealing::INBOX_LEFT",
            "sealing::OUTBOX_LEFT",
            "sealing::EMAILS_LEFT",
            "sealing::LOOKUPS_LEFT",
        ],
    ),
    ("live apps, once a minute", &["probes::DUE"]),
    (
        "a new member, among those who sign in",
        &["members::PUT_MEMBER"],
    ),
    (
        "before a team moves to another agency",
        &["teams::SUBJECTS_OF_APP"],
    ),
    (
        "test-class environments only",
        &[
            "installed::LATEST_MESSAGES",
            "test_kit::ALL_FAULTS",
            "test_kit::TOKENS_ENDING",
        ],
    ),
];
