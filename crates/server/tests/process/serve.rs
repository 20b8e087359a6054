//! `durward serve` on both engines, and when it does not start.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fmt::Write as _;
use std::net::TcpListener;
use std::path::Path;

use crate::support::{Durward, check, json, run, ten_ports};
use durward_store::{Config as Target, testing};

/// A configuration file in a folder of its own.
struct Site {
    folder: tempfile::TempDir,
    base: u16,
}

impl Site {
    fn new(migrate: bool, postgres: &[String]) -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            base: ten_ports(),
        };
        let mut databases = postgres
            .iter()
            .map(|url| format!("postgres = {url:?}\nthreads = 2\n"));
        let mut database = |of: &str| {
            let lines = databases.next();
            lines
                .map(|lines| format!("[{of}.database]\n{lines}"))
                .unwrap_or_default()
        };
        let mut text = format!(
            "[server]\ndata = {:?}\nmigrate_on_start = {migrate}\nlog_level = \"warn\"\nshutdown_grace_seconds = 2\n\
             [metrics]\nlisten = \"127.0.0.1:{}\"\n[mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"no-reply@example.gov\"\n\
             [portal]\nlisten = \"127.0.0.1:{}\"\npublic_url = {:?}\n{}",
            site.folder.path().join("data"),
            site.base + 9,
            site.base,
            site.url(0),
            database("portal"),
        );
        for (name, offset) in [("sandbox", 1), ("staging", 2), ("production", 3)] {
            write!(
                text,
                "[[environment]]\nname = \"{name}\"\nlisten = \"127.0.0.1:{}\"\nissuer = {:?}\n{}",
                site.base + offset,
                site.url(offset),
                database("environment"),
            )
            .unwrap();
        }
        site.write(&text);
        site
    }

    fn write(&self, text: &str) {
        std::fs::write(self.folder.path().join("durward.toml"), text).unwrap();
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("durward.toml")).unwrap()
    }

    fn file(&self) -> String {
        self.folder
            .path()
            .join("durward.toml")
            .to_str()
            .unwrap()
            .to_owned()
    }

    fn data(&self) -> &Path {
        self.folder.path()
    }

    fn url(&self, offset: u16) -> String {
        format!("http://localhost:{}", self.base + offset)
    }

    async fn start(&self) -> Durward {
        let ready = [0, 1, 2, 3, 9].map(|offset| self.url(offset));
        Durward::start(&["serve", "--config", &self.file()], &ready).await
    }

    async fn answers(&self) {
        for offset in [1, 2, 3] {
            let issuer = self.url(offset);
            let document = json(&format!("{issuer}/.well-known/openid-configuration")).await;
            assert_eq!(document["issuer"], issuer);
        }
        let demo = crate::support::http()
            .get(format!("{}/demo", self.url(0)))
            .send()
            .await
            .unwrap();
        assert_eq!(demo.status(), 404);
        let sign_in = crate::support::http()
            .get(format!("{}/sign-in", self.url(0)))
            .send()
            .await
            .unwrap();
        assert!(sign_in.status().is_redirection());
    }
}

impl Site {
    /// A key that another process stages is published by the running one; promoted, it takes the place of the current.
    async fn follows_its_keys(&self) {
        let file = self.file();
        let keys = |command: &str, rest: &[&str]| {
            let place = [
                "keys",
                command,
                "--config",
                &file,
                "--environment",
                "sandbox",
            ];
            let output = run(&[&place[..], rest].concat());
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).unwrap()
        };
        let staged = keys("stage", &["--algorithm", "ES256"]);
        let kid = staged.split(' ').nth(1).unwrap();
        self.publishes(kid, true).await;
        let promoted = keys("promote", &["--now", kid]);
        let old = promoted.lines().last().unwrap().split(' ').nth(1).unwrap();
        keys("retire", &["--now", old]);
        self.publishes(old, false).await;
        self.publishes(kid, true).await;
    }

    async fn publishes(&self, kid: &str, wanted: bool) {
        let certs = format!("{}/api/openid_connect/certs", self.url(1));
        let mut tries = 0;
        while json(&certs).await.to_string().contains(kid) != wanted {
            tries += 1;
            assert!(tries < 100, "{kid} is not published as it should be");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test]
async fn it_serves_on_sqlite_and_stops_when_told() {
    let site = Site::new(true, &[]);
    let mut server = site.start().await;
    site.answers().await;
    // The link for the first administrator; whoever opens it signs in first.
    let link = server.line_with("/first-administrator?token=");
    let opened = crate::support::http().get(&link).send().await.unwrap();
    let target = opened.headers()["location"].to_str().unwrap();
    assert!(target.contains("/sign-in"), "{target}");
    let file = site.file();
    check(&["audit", "verify", "--config", &file], 0, "ok");
    check(
        &["keys", "release", "--config", &file],
        0,
        "-----BEGIN PUBLIC KEY-----",
    );
    site.follows_its_keys().await;
    check(&["serve", "--config", &file], 1, "already in use");
    assert_eq!(server.stop().code(), Some(0));
    let again = site.start().await;
    site.answers().await;
    drop(again);
}

#[tokio::test]
async fn it_serves_on_postgresql_and_a_second_node_follows() {
    let mut urls = Vec::new();
    for _ in 0..4 {
        let Some(Target::Postgres { url, .. }) = testing::postgres_config(false).unwrap() else {
            return;
        };
        urls.push(url);
    }
    let site = Site::new(true, &urls);
    let server = site.start().await;
    site.answers().await;
    // A node beside it: only the production environment, with the release key pinned and no portal.
    let released = run(&["keys", "release", "--config", &site.file()]);
    let released = String::from_utf8(released.stdout).unwrap();
    let pem = &released[released.find("production (current)").unwrap()..];
    let pem = &pem[pem.find("-----BEGIN").unwrap()..];
    let key = std::fs::read_to_string(site.data().join("data/master.key")).unwrap();
    let node = Site::new(false, &[]);
    node.write(&format!(
        "[server]\ndata = {:?}\nmaster_key = {:?}\nlog_level = \"warn\"\n[metrics]\nlisten = \"127.0.0.1:{}\"\n\
         [mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"no-reply@example.gov\"\n[portal]\npublic_url = {:?}\n\
         [[environment]]\nname = \"production\"\nlisten = \"127.0.0.1:{}\"\nissuer = {:?}\nrelease_key = \"\"\"\n{pem}\"\"\"\n\
         [environment.database]\npostgres = {:?}\nthreads = 2\n",
        node.data().join("data"),
        key.trim(),
        node.base + 9,
        site.url(0),
        node.base + 3,
        site.url(3),
        urls[3],
    ));
    let ready = [node.url(3), node.url(9)];
    let second = Durward::start(&["serve", "--config", &node.file()], &ready).await;
    // As a proxy in front of both nodes would ask: under the issuer's own name.
    let host = site.url(3).replace("http://", "");
    let ask = async |path: &str| {
        let request = crate::support::http().get(format!("{}{path}", node.url(3)));
        request
            .header("host", &host)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    };
    assert!(
        ask("/.well-known/openid-configuration")
            .await
            .contains(&site.url(3))
    );
    // It serves the release that the first one made: the portal is a client there, and what is wrong is the redirect URI.
    let known = ask("/openid_connect/authorize?client_id=urn%3Adurward%3Aportal&response_type=code&scope=openid&redirect_uri=http%3A%2F%2Fnowhere.example%2F").await;
    let unknown = ask("/openid_connect/authorize?client_id=nobody&response_type=code&scope=openid&redirect_uri=http%3A%2F%2Fnowhere.example%2F").await;
    assert!(known.contains("redirect") && known != unknown, "{known}");
    drop((second, server));
}

#[test]
fn it_says_why_it_does_not_start() {
    let site = Site::new(false, &[]);
    let file = site.file();
    let text = site.text();
    check(
        &["serve", "--config", "/nowhere.toml"],
        78,
        "cannot be read",
    );
    check(&["serve", "--config", &file], 1, "durward migrate");
    site.write(&format!("colour = \"red\"\n{text}"));
    check(&["serve", "--config", &file], 78, "colour");
    site.write(&format!("[programme]\nname = \"moon\"\n{text}"));
    check(&["serve", "--config", &file], 78, "no programme called");
    site.write(&text.replace(&format!("listen = \"127.0.0.1:{}\"", site.base), ""));
    check(&["serve", "--config", &file], 78, "release_key");
    site.write(&text);
    let taken = TcpListener::bind(("127.0.0.1", site.base + 2)).unwrap();
    check(&["serve", "--config", &file], 1, "already in use");
    drop(taken);

    // A database that a newer version has changed.
    check(&["migrate", "--config", &file], 0, "applied");
    let database = site.folder.path().join("data/staging.sqlite3");
    let mut bytes = std::fs::read(&database).unwrap();
    let history = b"keeper20";
    let at = bytes
        .windows(history.len())
        .position(|window| window == history)
        .unwrap();
    bytes[at] = b'k' + 1;
    std::fs::write(&database, bytes).unwrap();
    check(&["serve", "--config", &file], 1, "newer");
}
