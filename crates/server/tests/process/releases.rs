//! `durward release` by hand: what was deployed, whether it is what was signed, and going on or back.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use serde_json::Value;

use crate::support::{Demo, check, command, post, run, ten_ports};

/// A demonstration whose window has opened, and a deployer at the command line.
struct Desk {
    folder: tempfile::TempDir,
    demo: Demo,
}

impl Desk {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("demo");
        let demo = Demo::start(&data, ten_ports(), &["--at", "2026-11-10"]).await;
        let told = demo.document().await;
        let staff = told["staff"].as_array().unwrap();
        let token = |role: &str| {
            let one = staff.iter().find(|one| one["role"] == role).unwrap();
            one["api_token"].as_str().unwrap().to_owned()
        };
        let clock = format!("{}/api/v1/demo/clock", demo.portal());
        let to = serde_json::json!({ "to": "2026-11-30" });
        let moved = post(&clock, &token("administrator"), &to).await.unwrap();
        assert_eq!(moved.0, 200, "{}", moved.1);
        for role in ["deployer", "reviewer"] {
            std::fs::write(folder.path().join(role), token(role)).unwrap();
        }
        Self { folder, demo }
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// The arguments of a command that goes through the portal, in somebody's name.
    fn by(&self, who: &str, arguments: &[&str]) -> Vec<String> {
        let through = [
            "--portal",
            &self.demo.portal(),
            "--token-file",
            &self.file(who),
        ]
        .map(str::to_owned);
        let all = ["release"].into_iter().chain(arguments.iter().copied());
        all.map(str::to_owned).chain(through).collect()
    }

    /// What it answers as JSON.
    fn json(&self, arguments: &[&str]) -> Value {
        let mut all = self.by("deployer", arguments);
        all.extend(["--format", "json"].map(str::to_owned));
        let output = command(&all.iter().map(String::as_str).collect::<Vec<_>>()).output();
        let output = output.unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn says(&self, who: &str, arguments: &[&str], code: i32, says: &str) {
        let all = self.by(who, arguments);
        check(
            &all.iter().map(String::as_str).collect::<Vec<_>>(),
            code,
            says,
        );
    }

    /// The newest release of production: its id, its kind and its apps.
    fn newest(&self) -> (String, String, Vec<String>) {
        let list = self.json(&["list", "--environment", "production", "--limit", "1"]);
        let one = &list["items"][0];
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(one["current"], true);
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let apps = one["apps"].as_array().unwrap().iter().map(text).collect();
        (text(&one["id"]), text(&one["kind"]), apps)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deployer_looks_goes_back_and_on_at_the_command_line() {
    let desk = Desk::open().await;
    let (id, kind, apps) = desk.newest();
    assert_eq!((kind.as_str(), apps.len()), ("window", 1));
    let app = apps[0].as_str();
    desk.says("deployer", &["list", "--environment", "production"], 0, &id);
    desk.says(
        "deployer",
        &["show", &id],
        0,
        &format!("{app}: new -> revision"),
    );
    desk.says("deployer", &["show", &id], 0, "in the window of");
    desk.says(
        "deployer",
        &["diff", &id],
        0,
        &format!("{app}: new -> revision"),
    );
    let shown = desk.json(&["show", &id]);
    assert_eq!(shown["changes"][0]["app"], app);
    assert_eq!(shown["canary"]["passed"], true);
    assert_eq!(desk.json(&["diff", &id])["digest"], shown["digest"]);

    // Who may not is told so, and what is not there or not asked rightly too.
    desk.says("reviewer", &["rollback", &id], 1, "permission/role");
    let unknown = "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5dff";
    for what in ["show", "diff", "deploy", "rollback"] {
        desk.says("deployer", &[what, unknown], 1, "release/not-found");
        desk.says(
            "deployer",
            &[what, "../apps"],
            2,
            "is not the id of a release",
        );
    }
    desk.says("deployer", &["list", "--environment", "moon"], 2, "moon");
    desk.says("deployer", &["deploy", &id], 1, "release/in-effect");
    std::fs::write(desk.file("nobody"), "wrong").unwrap();
    desk.says("nobody", &["show", &id], 1, "");
    check(&["release", "show", &id], 2, "--portal");

    // Back, and on again: each is a new release.
    let back = desk.json(&["rollback", &id, "--reason", "A drill."]);
    assert_eq!(
        (&back["kind"], &back["reason"]),
        (&"rollback".into(), &"A drill.".into())
    );
    let (rolled_back, kind, of) = desk.newest();
    assert_eq!((kind.as_str(), &of), ("rollback", &apps));
    assert_eq!(Some(rolled_back.as_str()), back["id"].as_str());
    desk.says("deployer", &["show", &rolled_back], 0, "-> taken out");
    desk.says("deployer", &["rollback", &id], 1, "release/");
    desk.says("deployer", &["rollback", &rolled_back], 1, "release/");
    desk.says("deployer", &["deploy", &id], 0, "redeploy");
    let (again, kind, of) = desk.newest();
    assert_eq!((kind.as_str(), &of), ("redeploy", &apps));
    let whole = ["rollback", "--whole", "production", "--to"];
    desk.says(
        "deployer",
        &[&whole[..], &["99"]].concat(),
        1,
        "release/not-found",
    );
    let before = back["sequence"].as_i64().unwrap().to_string();
    desk.says(
        "deployer",
        &[&whole[..], &[&before]].concat(),
        0,
        "rollback",
    );

    verified(&desk, &again);
}

/// Every release is what the key signed, in the database and through the portal.
fn verified(desk: &Desk, id: &str) {
    let data = desk.demo.data.as_str();
    let production = [
        "release",
        "verify",
        "--environment",
        "production",
        "--data",
        data,
    ];
    check(&production, 0, "ok, ");
    let said = String::from_utf8(run(&["keys", "release", "--data", data]).stdout).unwrap();
    for (name, code, says) in [
        ("production", 0, "ok, release"),
        ("sandbox", 1, "release/broken"),
    ] {
        let pem = &said[said.find(&format!("{name} (current)")).unwrap()..];
        let pem = &pem[pem.find("-----BEGIN").unwrap()..];
        let end = "-----END PUBLIC KEY-----";
        let key = desk.file("key.pem");
        std::fs::write(&key, &pem[..pem.find(end).unwrap() + end.len()]).unwrap();
        desk.says("deployer", &["verify", id, "--key", &key], code, says);
        let all = ["verify", "--environment", "production", "--key", &key];
        let says = if code == 0 { "ok, " } else { "release/" };
        desk.says("deployer", &all, code, says);
    }
    desk.says("deployer", &["verify", id], 2, "--key");
}

#[test]
fn every_command_of_releases_explains_itself() {
    check(&["release", "--help"], 0, "rollback");
    for (what, names) in [
        ("list", "--environment"),
        ("show", "<ID>"),
        ("diff", "<ID>"),
        ("verify", "--key"),
        ("deploy", "--token-file"),
        ("rollback", "--whole"),
    ] {
        check(&["release", what, "--help"], 0, names);
        check(&["release", what], 2, "Usage");
    }
}
