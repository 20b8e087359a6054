//! Nothing acknowledged is lost when the program is killed. The test program runs itself as the
//! victim, which writes and prints each acknowledged id.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use durward_store::testing::sqlite;
use durward_store::{Config, Durability, Statement, Store, settings};

const VICTIM: &str = "DURWARD_TEST_VICTIM";

#[test]
fn a_killed_program_loses_nothing_acknowledged() {
    let place = sqlite().unwrap();
    let path = place.path().unwrap().to_owned();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["crash::victim", "--exact", "--nocapture", "--ignored"])
        .env(VICTIM, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut acknowledged = Vec::new();
    for line in BufReader::new(victim.stdout.take().unwrap()).lines() {
        if let Some(id) = line.unwrap().strip_prefix("kept ") {
            acknowledged.push(id.to_owned());
        }
        if acknowledged.len() == 500 {
            // SIGKILL, while all its threads are writing; what it printed before is still read.
            victim.kill().unwrap();
        }
    }
    victim.wait().unwrap();
    assert!(
        acknowledged.len() >= 500,
        "only {} were acknowledged",
        acknowledged.len()
    );
    let store = Store::open(place.config()).unwrap();
    for id in acknowledged {
        let name = id.clone();
        let found = store
            .read_blocking(move |c| settings::find(c, &name))
            .unwrap();
        assert!(found.is_some(), "{id} was acknowledged and is lost");
    }
}

#[test]
#[ignore = "run by the test above"]
#[expect(
    clippy::disallowed_methods,
    reason = "how the test tells its victim what to do"
)]
fn victim() {
    let Some(path) = std::env::var_os(VICTIM) else {
        return;
    };
    let config = Config::Sqlite {
        path: path.into(),
        durability: Durability::Full,
    };
    let store = Store::open(&config).unwrap();
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..100_000 {
                    let id = format!("{writer}-{n}");
                    let name = id.clone();
                    store
                        .write_blocking(move |c| settings::put(c, &name, "x"))
                        .unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "kept {id}").unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

#[test]
fn durability_is_full_unless_asked_otherwise() {
    const SYNCHRONOUS: Statement = Statement::new("SYNCHRONOUS", "PRAGMA synchronous");
    let place = sqlite().unwrap();
    let mode = |store: &Store| {
        store
            .write_blocking(|c| c.one(SYNCHRONOUS, &[])?.int(0))
            .unwrap()
    };
    assert_eq!(mode(&place), 2);
    let path = place.path().unwrap().to_owned();
    let normal = Config::Sqlite {
        path,
        durability: Durability::Normal,
    };
    assert_eq!(mode(&Store::open(&normal).unwrap()), 1);
}
