//! An environment in another process: it pulls its releases, and serves while the portal is down.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "tests"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_app::testing::certificates::CERTIFICATES;
use durward_app::testing::server::{TestProxy, TestServer, says};
use serde_json::{Value, json};

use crate::support::{Durward, check, http, json, run, ten_ports};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

struct Pair {
    folder: tempfile::TempDir,
    base: u16,
    /// What ends TLS in front of the portal.
    proxy: Option<TestProxy>,
}

impl Pair {
    fn new() -> Self {
        Self::behind(None)
    }

    fn behind(proxy: Option<TestProxy>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pair = Self {
            folder,
            base: ten_ports(),
            proxy,
        };
        pair.write_portal("localhost", TOKEN);
        pair
    }

    /// Where the portal is for everybody else.
    fn public(&self) -> String {
        let proxy = self.proxy.as_ref();
        proxy.map_or_else(|| self.at(0), TestProxy::url)
    }

    fn at(&self, offset: u16) -> String {
        format!("http://localhost:{}", self.base + offset)
    }

    fn file(&self, name: &str) -> String {
        let path = self.folder.path().join(name);
        path.to_str().unwrap().to_owned()
    }

    fn common(&self, data: &str, metrics: u16) -> String {
        format!(
            "[server]\ndata = {:?}\nmigrate_on_start = true\nlog_level = \"warn\"\nshutdown_grace_seconds = 2\n\
             [metrics]\nlisten = \"127.0.0.1:{}\"\n[mail]\nsmtp = \"smtp://127.0.0.1:1\"\nfrom = \"no-reply@example.gov\"\n",
            self.folder.path().join(data),
            self.base + metrics,
        )
    }

    /// The portal with the sandbox; production runs elsewhere. Another host of its issuer makes a new release.
    fn write_portal(&self, host: &str, token: &str) {
        let text = format!(
            "{}[portal]\nlisten = \"127.0.0.1:{}\"\npublic_url = {:?}\n\
             [[environment]]\nname = \"sandbox\"\nlisten = \"127.0.0.1:{}\"\nissuer = {:?}\n\
             [[environment]]\nname = \"production\"\nissuer = \"http://{host}:{}\"\npull_token = {token:?}\n",
            self.common("portal", 8),
            self.base,
            self.public(),
            self.base + 1,
            self.at(1),
            self.base + 3,
        );
        std::fs::write(self.file("portal.toml"), text).unwrap();
    }

    fn write_production(&self, pem: &str, token: &str) {
        let text = format!(
            "{}[portal]\npublic_url = {:?}\n\
             [[environment]]\nname = \"production\"\nlisten = \"127.0.0.1:{}\"\nissuer = {:?}\npull_token = {token:?}\nrelease_key = {pem:?}\n",
            self.common("production", 9),
            self.public(),
            self.base + 3,
            self.at(3),
        );
        std::fs::write(self.file("production.toml"), text).unwrap();
    }

    async fn portal(&self) -> Durward {
        let ready = [self.at(0), self.at(1)];
        Durward::start(&["serve", "--config", &self.file("portal.toml")], &ready).await
    }

    async fn production(&self) -> Durward {
        let file = self.file("production.toml");
        Durward::start(&["serve", "--config", &file], &[self.at(3)]).await
    }

    /// Production as it runs where these roots are trusted.
    async fn production_trusting(&self, roots: &str) -> Durward {
        let file = self.file("production.toml");
        let surroundings = [("SSL_CERT_FILE", self.file(roots))];
        let ready = [self.at(3)];
        Durward::start_with(&["serve", "--config", &file], &surroundings, &ready).await
    }

    /// The key that the portal signs this environment's releases with.
    fn release_key(&self, name: &str) -> String {
        let said = run(&["keys", "release", "--config", &self.file("portal.toml")]);
        let said = String::from_utf8(said.stdout).unwrap();
        let pem = &said[said.find(&format!("{name} (current)")).unwrap()..];
        let pem = &pem[pem.find("-----BEGIN").unwrap()..];
        let end = "-----END PUBLIC KEY-----";
        pem[..pem.find(end).unwrap() + end.len()].to_owned()
    }

    /// The release that production serves, by its metrics.
    async fn served(&self) -> u64 {
        let address = format!("{}/metrics", self.at(9));
        let text = http()
            .get(address)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let line = text
            .lines()
            .find(|line| line.starts_with("durward_release_sequence"));
        line.map_or(0, |line| {
            line.split(' ').next_back().unwrap().parse::<f64>().unwrap() as u64
        })
    }

    async fn serves(&self, wanted: u64) -> Duration {
        let begun = Instant::now();
        while self.served().await < wanted {
            if begun.elapsed() > Duration::from_secs(30) {
                panic!(
                    "release {wanted} did not arrive; served {}",
                    self.served().await
                );
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        begun.elapsed()
    }

    /// Whether production knows the portal as an app: it asks for an address instead of refusing.
    async fn knows_the_portal(&self) -> bool {
        let query = format!(
            "client_id=urn:durward:portal&redirect_uri={}/sign-in/callback&response_type=code&scope=openid+email\
             &state=0123456789abcdef0123456789&nonce=0123456789abcdef0123456789\
             &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
            self.public()
        );
        let address = format!("{}/openid_connect/authorize?{query}", self.at(3));
        let answer = http().get(address).send().await.unwrap();
        answer.status().is_redirection()
    }
}

#[tokio::test]
async fn an_environment_elsewhere_pulls_and_serves_while_the_portal_is_down() {
    let pair = Pair::new();
    let portal = pair.portal().await;
    pair.write_production(&pair.release_key("production"), TOKEN);
    let production = pair.production().await;
    // The portal's own app, and the canary's.
    pair.serves(2).await;
    assert!(pair.knows_the_portal().await);

    portal.kill();
    let document = json(&format!("{}/.well-known/openid-configuration", pair.at(3))).await;
    assert_eq!(document["issuer"], pair.at(3));
    assert!(pair.knows_the_portal().await);
    // It starts without the portal too, with the release that it has.
    assert_eq!(production.stop().code(), Some(0));
    let production = pair.production().await;
    assert_eq!(pair.served().await, 2);
    assert!(pair.knows_the_portal().await);

    // Back, the portal has a new release; it arrives within about a second.
    pair.write_portal("127.0.0.1", TOKEN);
    let portal = pair.portal().await;
    let waited = pair.serves(3).await;
    assert!(waited < Duration::from_secs(10), "{waited:?}");
    let file = pair.file("portal.toml");
    let listed = [
        "release",
        "verify",
        "--config",
        &file,
        "--environment",
        "production",
    ];
    check(&listed, 0, "ok, 3 releases");
    check(&["audit", "verify", "--config", &file], 0, "ok");
    drop((portal, production));
}

#[tokio::test]
async fn nothing_is_given_to_a_wrong_token_and_nothing_is_taken_by_a_wrong_key() {
    let pair = Pair::new();
    let _portal = pair.portal().await;
    let next = format!(
        "{}/api/v1/environments/production/releases/next?after=0",
        pair.at(0)
    );
    for token in [
        None,
        Some("x"),
        Some(""),
        Some("0123456789abcdef0123456789abcdeF"),
    ] {
        let mut request = http().get(&next);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401, "{token:?}");
        let text = answer.text().await.unwrap();
        assert!(text.contains("release/pull-token"), "{text}");
    }
    // The sandbox is played by the portal's own process: there is no token for it.
    let sandbox = next.replace("production", "sandbox");
    let answer = http().get(sandbox).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let ahead = next.replace("after=0", "after=99");
    let answer = http().get(ahead).bearer_auth(TOKEN).send().await.unwrap();
    assert_eq!(answer.status(), 409);

    // It has the token but pinned another key: it takes nothing, and the portal learns why.
    pair.write_production(&pair.release_key("sandbox"), TOKEN);
    let _production = pair.production().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(pair.served().await, 0);
    assert!(!pair.knows_the_portal().await);
}

#[tokio::test]
async fn hand_offs_are_taken_from_the_environment_alone_and_once() {
    let pair = Pair::new();
    let _portal = pair.portal().await;
    let address = format!("{}/api/v1/environments/production/usage", pair.at(0));
    let row = |seq: i64, event: &str| {
        serde_json::json!({ "seq": seq, "event": event, "at_us": 1_794_000_000_000_000_i64, "agency": "a", "handle": "permits",
            "issuer": "urn:example:permits", "app_name": "Permits", "level": "auth", "acr": "urn:acr.login.gov:auth-only",
            "person": "p", "verified_us": null, "proofed_here": false })
    };
    let send = async |token: Option<&str>, from: i64, until: i64, rows: Vec<serde_json::Value>| {
        let part = serde_json::json!({ "from": from, "until": until, "rows": rows });
        let mut request = http().post(&address).json(&part);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.text().await.unwrap())
    };
    for token in [None, Some("x"), Some("0123456789abcdef0123456789abcdeF")] {
        let (status, text) = send(token, 0, 1, vec![row(1, "one")]).await;
        assert_eq!(status, 401, "{text}");
        assert!(text.contains("release/pull-token"), "{text}");
    }
    let right = Some(TOKEN);
    let taken = |seq: i64| (200, format!("{{\"seq\":{seq}}}"));
    let both = || vec![row(1, "one"), row(2, "two")];
    assert_eq!(send(right, 0, 2, both()).await, taken(2));
    // The same part again, one that leaves a gap, and one that goes back: nothing changes.
    assert_eq!(send(right, 0, 2, both()).await, taken(2));
    assert_eq!(send(right, 5, 6, vec![row(6, "six")]).await, taken(2));
    assert_eq!(send(right, 1, 2, vec![row(2, "other")]).await, taken(2));
    assert_eq!(send(right, 2, 3, vec![row(3, "three")]).await, taken(3));
    for (from, until, rows) in [
        (3, 4, vec![row(9, "beyond")]),
        (3, 4, vec![row(4, "a"), row(4, "b")]),
        (3, 99, (4..60).map(|seq| row(seq, "many")).collect()),
    ] {
        let (status, text) = send(right, from, until, rows).await;
        assert_eq!(status, 422, "{text}");
        assert!(text.contains("api/body"), "{text}");
    }
}

#[tokio::test]
async fn over_https_only_the_right_portal_is_heard_and_nothing_older_comes_back() {
    let proxy = TestProxy::start().await;
    let pair = Pair::behind(Some(proxy));
    let proxy = pair.proxy.as_ref().unwrap();
    proxy.lead_to(pair.base);
    write_roots(&pair.file("root.pem"), &CERTIFICATES.root);
    write_roots(&pair.file("other.pem"), &CERTIFICATES.expired);
    let portal = pair.portal().await;
    pair.write_production(&pair.release_key("production"), TOKEN);

    // By TLS that it has no reason to trust it takes nothing.
    let production = pair.production_trusting("other.pem").await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(pair.served().await, 0);
    production.kill();
    let production = pair.production_trusting("root.pem").await;
    pair.serves(2).await;
    assert!(pair.knows_the_portal().await);

    let root = reqwest::Certificate::from_der(&CERTIFICATES.root).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).no_proxy();
    let client = client.build().unwrap();
    let ask = |token: &'static str| {
        let address = format!(
            "{}/api/v1/environments/production/releases/next?after=0",
            pair.public()
        );
        client.get(address).bearer_auth(token).send()
    };
    assert_eq!(
        ask("0123456789abcdef0123456789abcdeF")
            .await
            .unwrap()
            .status(),
        401
    );
    let older = ask(TOKEN).await.unwrap();
    assert_eq!(older.status(), 200);
    let older = older.text().await.unwrap();

    // The portal is away: it serves, and starts anew with what it has.
    portal.kill();
    assert!(pair.knows_the_portal().await);
    assert_eq!(production.stop().code(), Some(0));
    let production = pair.production_trusting("root.pem").await;
    assert_eq!(pair.served().await, 2);

    // Somebody answers in its place: an older release again, and one whose signature is not the key's.
    let forged: Value = serde_json::from_str(&older).unwrap();
    let manifest = forged["manifest"].as_str().unwrap();
    let (signed, _) = manifest.rsplit_once('.').unwrap();
    let forged =
        json!({ "manifest": format!("{signed}.{}", "A".repeat(86)), "apps": forged["apps"] });
    for offer in [older, forged.to_string()] {
        let asked = Arc::new(AtomicUsize::new(0));
        let heard = Arc::clone(&asked);
        let foreign = TestServer::plain(move |_, _| {
            heard.fetch_add(1, Ordering::SeqCst);
            says("200 OK", "application/json", &offer)
        });
        proxy.lead_to(foreign.await.port());
        let begun = Instant::now();
        while asked.load(Ordering::SeqCst) < 3 {
            assert!(begun.elapsed() < Duration::from_secs(30), "it does not ask");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(pair.served().await, 2);
        assert!(pair.knows_the_portal().await);
    }

    // The portal is back, with a new release.
    pair.write_portal("127.0.0.1", TOKEN);
    let portal = pair.portal().await;
    proxy.lead_to(pair.base);
    pair.serves(3).await;
    let file = pair.file("production.toml");
    check(&["audit", "verify", "--config", &file], 0, "ok");
    drop((portal, production));
}

fn write_roots(path: &str, certificate: &[u8]) {
    let text = STANDARD.encode(certificate);
    let text = format!("-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----\n");
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_configuration_that_could_not_pull_is_refused() {
    let pair = Pair::new();
    let broken = |from: &str, to: &str, says: &str| {
        let text = std::fs::read_to_string(pair.file("portal.toml")).unwrap();
        std::fs::write(pair.file("broken.toml"), text.replace(from, to)).unwrap();
        check(&["serve", "--config", &pair.file("broken.toml")], 78, says);
    };
    broken(
        &format!("pull_token = {TOKEN:?}\n"),
        "",
        "environment.production.pull_token",
    );
    broken(TOKEN, "short", "at least 32");
    broken(
        "[[environment]]\nname = \"sandbox\"\n",
        &format!("[[environment]]\nname = \"sandbox\"\npull_token = {TOKEN:?}\n"),
        "nothing is pulled",
    );
}
