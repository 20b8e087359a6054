//! What a unit may rely on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier, mpsc};

use durward_store::testing::TestStore;
use durward_store::{Conn, Fault, FaultKind, Statement, params};

use crate::{at, on_both, run_sql};

const MAKE: &str =
    "CREATE TABLE tried (id TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL, spent_us BIGINT)";
const ADD: Statement = Statement::new("ADD", "INSERT INTO tried (id, n) VALUES ($1, $2)");
const COUNT: Statement = Statement::new("COUNT", "SELECT count(*) FROM tried");
const SPEND: Statement = Statement::new(
    "SPEND",
    "UPDATE tried SET spent_us = $2 WHERE id = $1 AND spent_us IS NULL RETURNING id",
);
const READ: Statement = Statement::new("READ", "SELECT n FROM tried WHERE id = $1");
const WRITE: Statement = Statement::new("WRITE", "UPDATE tried SET n = $2 WHERE id = $1");
const TYPES: Statement = Statement::new(
    "TYPES",
    "INSERT INTO typed (id, flag, bytes, words, number) VALUES ($2, $3, $1, $4, $5) \
     RETURNING id, flag, bytes, words, number",
);

fn count(store: &TestStore) -> i64 {
    store
        .read_blocking(|c| c.one(COUNT, &params![])?.int(0))
        .unwrap()
}

fn undone(c: &mut Conn, id: &str) -> Result<(), Fault> {
    c.exec(ADD, &params![id, 1])?;
    Err(Fault::new(FaultKind::Internal, "on purpose"))
}

on_both! {
    fn a_refusal_commits_and_a_fault_undoes(store: &TestStore) {
        run_sql(store, MAKE);
        let refused: Result<(), &str> = store
            .write_blocking(|c| {
                c.exec(ADD, &params!["evidence", 1])?;
                Ok(Err("no"))
            })
            .unwrap();
        assert_eq!((refused, count(store)), (Err("no"), 1));
        let fault = store.write_blocking(|c| undone(c, "gone")).unwrap_err();
        assert_eq!((fault.kind(), count(store)), (FaultKind::Internal, 1));
    }

    fn twenty_racers_and_one_winner(store: &TestStore) {
        run_sql(store, MAKE);
        store.write_blocking(|c| c.exec(ADD, &params!["code", 1])).unwrap();
        let start = Barrier::new(20);
        let wins = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    start.wait();
                    let won = store
                        .write_blocking(|c| c.opt(SPEND, &params!["code", at(0)]))
                        .unwrap();
                    wins.fetch_add(won.is_some().into(), Ordering::SeqCst);
                });
            }
        });
        assert_eq!(wins.into_inner(), 1);
    }

    fn a_faulting_unit_does_not_undo_its_neighbours(store: &TestStore) {
        run_sql(store, MAKE);
        let faults = AtomicU32::new(0);
        std::thread::scope(|scope| {
            let (hold, held) = mpsc::channel::<()>();
            let held = Arc::new(std::sync::Mutex::new(held));
            // Keeps the writer busy, so that the others queue up and share a batch.
            let blocker = scope.spawn({
                let held = Arc::clone(&held);
                move || store.write_blocking(move |_| { let _ = held.lock().unwrap().recv(); Ok(()) })
            });
            for n in 0..30_u32 {
                let faults = &faults;
                scope.spawn(move || {
                    let outcome = store.write_blocking(move |c| {
                        let id = format!("row-{n}");
                        match n % 3 {
                            0 => c.exec(ADD, &params![&id, n]).map(drop),
                            1 => undone(c, &id),
                            // The key is there twice: an SQL error inside the batch.
                            _ => c.exec(ADD, &params![&id, n]).and_then(|_| c.exec(ADD, &params![&id, n])).map(drop),
                        }
                    });
                    faults.fetch_add(outcome.is_err().into(), Ordering::SeqCst);
                });
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
            hold.send(()).unwrap();
            blocker.join().unwrap().unwrap();
        });
        assert_eq!((faults.into_inner(), count(store)), (20, 10));
    }

    fn a_panic_undoes_its_unit_and_the_store_goes_on(store: &TestStore) {
        run_sql(store, MAKE);
        let fault = store
            .write_blocking(|c| -> Result<(), Fault> {
                c.exec(ADD, &params!["gone", 1])?;
                panic!("on purpose")
            })
            .unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Internal);
        store.write_blocking(|c| c.exec(ADD, &params!["kept", 1])).unwrap();
        assert_eq!(count(store), 1);
        let fault = store.read_blocking(|_| -> Result<(), Fault> { panic!("on purpose") });
        assert_eq!((fault.unwrap_err().kind(), count(store)), (FaultKind::Internal, 1));
    }

    fn a_hidden_sql_error_still_faults_the_unit(store: &TestStore) {
        run_sql(store, MAKE);
        let outcome = store.write_blocking(|c| {
            c.exec(ADD, &params!["twice", 1])?;
            drop(c.exec(ADD, &params!["twice", 1]));
            Ok(())
        });
        assert_eq!(outcome.unwrap_err().kind(), FaultKind::Internal);
        assert_eq!(count(store), 0);
    }

    fn crossing_counters_lose_nothing(store: &TestStore) {
        run_sql(store, MAKE);
        store
            .write_blocking(|c| {
                c.exec(ADD, &params!["a", 0])?;
                c.exec(ADD, &params!["b", 0])
            })
            .unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    let (from, to) = if thread % 2 == 0 { ("a", "b") } else { ("b", "a") };
                    for _ in 0..25 {
                        store
                            .write_blocking(move |c| {
                                for id in [from, to] {
                                    let n = c.one(READ, &params![id])?.int(0)?;
                                    c.exec(WRITE, &params![id, n + 1])?;
                                }
                                Ok(())
                            })
                            .unwrap();
                    }
                });
            }
        });
        for id in ["a", "b"] {
            let n = store.read_blocking(move |c| c.one(READ, &params![id])?.int(0)).unwrap();
            assert_eq!(n, 100);
        }
    }

    fn readers_see_what_was_acknowledged(store: &TestStore) {
        run_sql(store, MAKE);
        for n in 0..100_u32 {
            store.write_blocking(move |c| c.exec(ADD, &params![&n.to_string(), n])).unwrap();
            assert_eq!(count(store), i64::from(n) + 1);
        }
    }

    fn a_read_unit_cannot_write(store: &TestStore) {
        run_sql(store, MAKE);
        let fault = store.read_blocking(|c| c.exec(ADD, &params!["no", 1])).unwrap_err();
        assert_eq!(fault.kind(), FaultKind::ReadOnly);
        assert_eq!(count(store), 0);
    }

    fn values_come_back_as_they_went(store: &TestStore) {
        let bytes = if store.engine() == "sqlite" {
            "CREATE TABLE typed (id TEXT, flag INTEGER, bytes BLOB, words TEXT, number INTEGER) STRICT"
        } else {
            "CREATE TABLE typed (id TEXT, flag BOOLEAN, bytes BYTEA, words TEXT, number BIGINT)"
        };
        run_sql(store, bytes);
        let row = store
            .write_blocking(|c| {
                c.one(TYPES, &params![&[0_u8, 255], "é 中 ' $1", true, None::<&str>, at(0)])
            })
            .unwrap();
        assert_eq!(row.text(0).unwrap(), "é 中 ' $1");
        assert!(row.bool(1).unwrap());
        assert_eq!(row.blob(2).unwrap(), [0, 255]);
        assert_eq!((row.opt_text(3).unwrap(), row.time(4).unwrap()), (None, at(0)));
        assert_eq!(row.int(0).unwrap_err().kind(), FaultKind::Internal);
        assert_eq!(row.int(9).unwrap_err().kind(), FaultKind::Internal);
        let nul = store.write_blocking(|c| {
            c.exec(TYPES, &params![&[0_u8], "a\0b", true, None::<&str>, 1])
        });
        assert_eq!(nul.unwrap_err().kind(), FaultKind::Text);
        let few = store.write_blocking(|c| c.exec(TYPES, &params![&[0_u8]]));
        assert_eq!(few.unwrap_err().kind(), FaultKind::Internal);
    }

    fn faults_tell_no_values(store: &TestStore) {
        run_sql(store, MAKE);
        let fault = store
            .write_blocking(|c| {
                c.exec(ADD, &params!["ada@example.gov", 1])?;
                c.exec(ADD, &params!["ada@example.gov", 1])
            })
            .unwrap_err();
        let told = format!("{fault} {fault:?}");
        assert!(told.contains("ADD") && told.contains("tried"), "{told}");
        assert!(!told.contains("ada@"), "{told}");
    }

    fn a_full_queue_is_busy_at_once(store: &TestStore) {
        let (hold, held) = mpsc::channel::<()>();
        let held = Arc::new(std::sync::Mutex::new(held));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
        let store = (**store).clone();
        let answers: Vec<_> = (0..1400)
            .map(|_| {
                let (store, held) = (store.clone(), Arc::clone(&held));
                runtime.spawn(async move {
                    store.write(move |_| { let _ = held.lock().unwrap().recv(); Ok(()) }).await
                })
            })
            .collect();
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(hold);
        let mut busy = 0;
        for answer in answers {
            match runtime.block_on(answer).unwrap() {
                Ok(()) => {}
                Err(fault) => {
                    assert_eq!(fault.kind(), FaultKind::Busy);
                    busy += 1;
                }
            }
        }
        assert!((120..=376).contains(&busy), "{busy} were refused");
    }

    fn the_last_handle_may_be_dropped_by_a_unit(store: &TestStore) {
        let other = durward_store::Store::open(store.config()).unwrap();
        let inside = std::sync::Mutex::new(Some(other.clone()));
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async move {
            other.write(move |_| { drop(inside.lock().unwrap().take()); Ok(()) }).await.unwrap();
        });
    }
}

#[test]
fn a_broken_connection_is_made_anew() {
    let Some(store) = durward_store::testing::postgres().unwrap() else {
        return;
    };
    run_sql(&store, MAKE);
    const KILL: Statement = Statement::new(
        "KILL",
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    );
    for n in 0..20_u32 {
        store
            .write_blocking(move |c| c.exec(ADD, &params![&n.to_string(), n]))
            .unwrap();
        store.write_blocking(|c| c.query(KILL, &params![])).unwrap();
        assert_eq!(count(&store), i64::from(n) + 1);
    }
}

/// Makes COMMIT run a trigger that does as it is told.
fn at_commit(store: &TestStore, function: &'static str) {
    run_sql(store, MAKE);
    run_sql(store, function);
    run_sql(
        store,
        "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON tried DEFERRABLE INITIALLY DEFERRED \
         FOR EACH ROW EXECUTE FUNCTION late()",
    );
}

fn tries_to_add(store: &TestStore) -> (Result<u64, Fault>, u32) {
    let tries = Arc::new(AtomicU32::new(0));
    let seen = Arc::clone(&tries);
    let outcome = store.write_blocking(move |c| {
        seen.fetch_add(1, Ordering::SeqCst);
        c.exec(ADD, &params!["x", 1])
    });
    (outcome, tries.load(Ordering::SeqCst))
}

#[test]
fn an_ambiguous_commit_is_never_repeated() {
    let Some(store) = durward_store::testing::postgres().unwrap() else {
        return;
    };
    at_commit(
        &store,
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); RETURN NULL; END'",
    );
    let (outcome, tries) = tries_to_add(&store);
    assert_eq!(
        (outcome.unwrap_err().kind(), tries),
        (FaultKind::Ambiguous, 1)
    );
    // The thread has a new connection.
    store.write_blocking(|c| c.one(COUNT, &params![])).unwrap();
}

#[test]
fn a_commit_refused_for_good_is_not_repeated() {
    let Some(store) = durward_store::testing::postgres().unwrap() else {
        return;
    };
    at_commit(
        &store,
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN RAISE EXCEPTION USING ERRCODE = ''23514''; END'",
    );
    let (outcome, tries) = tries_to_add(&store);
    assert_eq!(
        (outcome.unwrap_err().kind(), tries, count(&store)),
        (FaultKind::Internal, 1, 0)
    );
}

#[test]
fn a_serialization_failure_at_commit_is_repeated_within_bounds() {
    let Some(store) = durward_store::testing::postgres().unwrap() else {
        return;
    };
    run_sql(&store, "CREATE SEQUENCE tried_times");
    at_commit(
        &store,
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS \
         'BEGIN IF nextval(''tried_times'') < 4 THEN RAISE EXCEPTION USING ERRCODE = ''40001''; END IF; RETURN NULL; END'",
    );
    let (outcome, tries) = tries_to_add(&store);
    assert_eq!((outcome.unwrap(), tries, count(&store)), (1, 4, 1));
    run_sql(
        &store,
        "ALTER SEQUENCE tried_times MINVALUE -1000 RESTART WITH -1000",
    );
    run_sql(&store, "DELETE FROM tried");
    let (outcome, tries) = tries_to_add(&store);
    assert_eq!((outcome.unwrap_err().kind(), tries), (FaultKind::Busy, 16));
}
