//! Commands that look at databases: migrate, check, audit, keys, release, backup.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use durward_app::secrets::Secrets;
use durward_keyring::random::Random;
use durward_server::roles;
use durward_server::secrets::DataFolder;
use durward_store::{Store, audit};
use jiff::Timestamp;

fn check(arguments: &[&str], code: i32, says: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_durward"))
        .args(arguments)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    assert!(said.contains(says), "{arguments:?}: {said}");
    said
}

/// A configuration with three environments on SQLite in a folder of its own.
struct Site {
    folder: tempfile::TempDir,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut text = format!(
            "[server]\ndata = {:?}\n[portal]\nlisten = \"127.0.0.1:9400\"\npublic_url = \"http://localhost:9400\"\n",
            folder.path().join("data")
        );
        for (name, port) in [("sandbox", 9401), ("staging", 9402), ("production", 9403)] {
            text += &format!(
                "[[environment]]\nname = \"{name}\"\nlisten = \"127.0.0.1:{port}\"\nissuer = \"http://localhost:{port}\"\n"
            );
        }
        text += "[mail]\nsmtp = \"smtp://127.0.0.1:25\"\nfrom = \"no-reply@example.gov\"\n";
        std::fs::write(folder.path().join("durward.toml"), text).unwrap();
        Self { folder }
    }

    fn config(&self) -> String {
        self.folder
            .path()
            .join("durward.toml")
            .to_str()
            .unwrap()
            .to_owned()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn migrated() -> Self {
        let site = Self::new();
        check(&["migrate", "--config", &site.config()], 0, "applied");
        site
    }
}

/// Writes three audit entries into the portal's record and seals them.
fn record(data: &Path) {
    let master = DataFolder::take(data)
        .unwrap()
        .master_key(None, &Random::system())
        .unwrap();
    let store = Store::open(&roles::of_folder(data)[0].target).unwrap();
    let key = Secrets::audit_key(&master, "portal");
    store
        .write_blocking(move |c| {
            for number in 1..=3_u8 {
                let entry = audit::Entry {
                    id: Random::seeded(u64::from(number)).uuid_v7(Timestamp::UNIX_EPOCH),
                    time: Timestamp::UNIX_EPOCH,
                    actor: audit::Actor {
                        kind: "system".to_owned(),
                        id: String::new(),
                    },
                    event: "test.event".to_owned(),
                    subject: Some(format!("subject-number-{number}")),
                    request_id: None,
                    detail: "{}".to_owned(),
                };
                audit::append(c, &key, &entry)?;
            }
            audit::seal_batch(c, &key, "test", Timestamp::UNIX_EPOCH, 100)
        })
        .unwrap();
}

#[test]
fn databases_are_brought_up_to_date() {
    let site = Site::new();
    let config = site.config();
    check(&["check", "--config", &config], 1, "Run durward migrate");
    check(&["migrate", "--config", &config, "--plan"], 0, "to apply");
    assert!(!site.data().exists(), "a plan changes nothing");
    check(&["migrate", "--config", &config], 0, "applied");
    check(&["migrate", "--config", &config], 0, "up to date");
    check(&["check", "--config", &config], 0, "ok     portal");
    let _server = DataFolder::take(&site.data()).unwrap();
    check(
        &["migrate", "--config", &config],
        1,
        "another durward is running",
    );
}

#[test]
fn the_audit_record_is_verified_also_in_a_copy() {
    let site = Site::migrated();
    let (config, data) = (site.config(), site.data());
    record(&data);
    check(
        &["audit", "verify", "--config", &config],
        0,
        "portal: ok, 3 entries",
    );
    check(
        &["audit", "verify", "--data", data.to_str().unwrap()],
        0,
        "sandbox: ok, 0 entries",
    );
    let copy = site.folder.path().join("copy");
    let copied = copy.to_str().unwrap();
    check(
        &["backup", "--config", &config, "--with-master-key", copied],
        0,
        "portal: copied",
    );
    check(&["backup", "--config", &config, copied], 1, "not empty");
    check(
        &["audit", "verify", "--data", copied],
        0,
        "portal: ok, 3 entries",
    );
    let file = copy.join("portal.sqlite3");
    let mut bytes = std::fs::read(&file).unwrap();
    let wanted = b"subject-number-2";
    let at = bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
        .unwrap();
    bytes[at + wanted.len() - 1] = b'9';
    std::fs::write(&file, bytes).unwrap();
    check(
        &["audit", "verify", "--data", copied],
        1,
        "portal: BROKEN at entry number",
    );
    check(
        &["audit", "verify", "--data", "/none"],
        1,
        "is not a folder",
    );
    check(&["audit", "verify"], 2, "--data");
}

#[test]
fn keys_and_releases_are_listed() {
    let site = Site::migrated();
    record(&site.data());
    let config = site.config();
    check(&["keys", "list", "--config", &config], 0, "");
    check(
        &[
            "release",
            "list",
            "--config",
            &config,
            "--environment",
            "sandbox",
        ],
        0,
        "sandbox has no release yet.",
    );
    check(
        &[
            "release",
            "verify",
            "--config",
            &config,
            "--environment",
            "production",
        ],
        0,
        "ok, 0 releases",
    );
    check(
        &["release", "show", "--config", &config, "nonsense"],
        1,
        "there is no release nonsense",
    );
    check(
        &[
            "release",
            "list",
            "--config",
            &config,
            "--environment",
            "moon",
        ],
        2,
        "moon",
    );
}

/// Staged, promoted and retired by command; each before its time only with `--now`.
#[test]
fn keys_are_replaced_by_command() {
    let site = Site::migrated();
    record(&site.data());
    let config = site.config();
    let keys = |command: &str, rest: &[&str], code, said: &str| {
        let place = [
            "keys",
            command,
            "--config",
            &config,
            "--environment",
            "sandbox",
        ];
        check(&[&place[..], rest].concat(), code, said)
    };
    keys("stage", &["--algorithm", "HS256"], 1, "keys/algorithm");
    let staged = keys("stage", &["--algorithm", "ES256"], 0, "is next");
    let kid = staged.split(' ').nth(1).unwrap().to_owned();
    keys("stage", &["--algorithm", "ES256"], 1, "keys/staged-already");
    check(&["keys", "list", "--config", &config], 0, &kid);
    keys("promote", &[&kid], 1, "keys/too-early");
    keys("promote", &["--now", &kid], 0, "is current");
    keys("retire", &["--now", &kid], 1, "keys/state");
    let next = keys("stage", &["--algorithm", "ES256"], 0, "is next");
    let next = next.split(' ').nth(1).unwrap();
    keys(
        "promote",
        &["--now", next],
        0,
        &format!("{kid} is retiring"),
    );
    keys("retire", &[&kid], 1, "keys/too-early");
    keys("retire", &["--now", &kid], 0, "is retired");
    keys("retire", &["nonsense"], 1, "keys/unknown");
    let elsewhere = [
        "keys",
        "stage",
        "--data",
        "/none",
        "--environment",
        "sandbox",
        "--algorithm",
        "ES256",
    ];
    check(&elsewhere, 1, "is not a folder");
}

#[test]
fn a_service_that_is_not_there_is_noticed() {
    let site = Site::new();
    check(&["doctor", "--config", &site.config()], 1, "FAULT");
}

#[tokio::test]
async fn ready_means_that_every_database_answers() {
    let site = Site::migrated();
    let mut stores = Vec::new();
    for place in roles::of_folder(&site.data()) {
        stores.push((place.owner.clone(), place.open(true).unwrap()));
    }
    assert_eq!(stores.len(), 4);
    let readiness = roles::process::readiness(&stores);
    assert_eq!(readiness.faults().await, Vec::<String>::new());
    readiness.drain();
    assert_eq!(readiness.faults().await, ["stopping"]);
}
