//! Nothing acknowledged is lost when the process is killed under load, and a damaged record is noticed.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests"
)]

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::support::{Demo, check, http, post, run, ten_ports};
use durward_keyring::digest;
use serde_json::{Value, json};

/// What the service has acknowledged.
#[derive(Clone, Default)]
struct Acknowledged {
    people: Arc<Mutex<Vec<String>>>,
    tokens: Arc<Mutex<Vec<Redeemed>>>,
}

#[derive(Clone)]
struct Redeemed {
    code: String,
    access_token: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let mut demo = Demo::start(&data, ten_ports(), &[]).await;
    let document = demo.document().await;
    public_app(&demo, &document).await;
    let automation = document["environments"]["sandbox"]["automation_token"]
        .as_str()
        .unwrap()
        .to_owned();

    let (acknowledged, killed) = (Acknowledged::default(), Arc::new(AtomicBool::new(false)));
    let mut load = Vec::new();
    for _ in 0..4 {
        let (seen, killed) = (acknowledged.clone(), Arc::clone(&killed));
        let (sandbox, automation) = (demo.sandbox(), automation.clone());
        load.push(tokio::spawn(async move {
            // Faults are expected from the moment of the kill on, and only then.
            while let Some(()) = one_round(&sandbox, &automation, &seen).await {}
            assert!(
                killed.load(Ordering::SeqCst),
                "a request failed before the kill"
            );
        }));
    }
    wait_for_load(&acknowledged).await;
    check(&["audit", "verify", "--data", &demo.data], 0, "sandbox: ok");
    killed.store(true, Ordering::SeqCst);
    demo.kill();
    for one in load {
        one.await.unwrap();
    }

    let (base, kept) = (demo.base, demo.data.clone());
    let mut demo = Demo::start(&data, base, &[]).await;
    let people = acknowledged.people.lock().unwrap().clone();
    let tokens = acknowledged.tokens.lock().unwrap().clone();
    println!(
        "killed under load: {} people and {} redeemed codes were acknowledged",
        people.len(),
        tokens.len()
    );
    for email in &people {
        let session = json!({ "email": email, "aal": "aal2" });
        let answer = post(
            &format!("{}/test/api/sessions", demo.sandbox()),
            &automation,
            &session,
        )
        .await;
        assert!(answer.unwrap().0 < 300, "{email} is gone");
    }
    for one in &tokens {
        let address = format!("{}/api/openid_connect/userinfo", demo.sandbox());
        let answer = http()
            .get(address)
            .bearer_auth(&one.access_token)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200, "an access token is gone");
        assert_eq!(
            redeem(&demo.sandbox(), &one.code).await.unwrap().0,
            400,
            "a code counts twice"
        );
    }
    check(&["audit", "verify", "--data", &kept], 0, "sandbox: ok");
    demo.stop();
    for entry in std::fs::read_dir(&data).unwrap() {
        let entry = entry.unwrap();
        let is_log = entry.path().to_str().unwrap().ends_with("-wal");
        assert!(
            !is_log || entry.metadata().unwrap().len() == 0,
            "{entry:?} is left"
        );
    }
    one_byte_changed_is_named(&data, &folder.path().join("copy"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_byte_of_a_running_service_is_named_when_it_changes_in_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let demo = Demo::start(&data, ten_ports(), &[]).await;
    let document = demo.document().await;
    let automation = document["environments"]["sandbox"]["automation_token"]
        .as_str()
        .unwrap()
        .to_owned();
    // Idle: everything is in the main file.
    tokio::time::sleep(Duration::from_secs(2)).await;
    check(&["audit", "verify", "--data", &demo.data], 0, "sandbox: ok");
    one_byte_changed_is_named(&data, &folder.path().join("idle"));

    // Busy: what was sealed last is in the log alone.
    let address = format!("{}/test/api/people", demo.sandbox());
    let load = tokio::spawn(async move {
        loop {
            let made = post(&address, &automation, &json!({})).await.unwrap();
            assert!(made.0 < 300, "{}", made.1);
        }
    });
    let mut copy = folder.path().join("busy-0");
    for attempt in 1..=20 {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        copy_folder(&data.join("audit-heads"), &copy.join("audit-heads"));
        copy_folder(&data, &copy);
        // A log that was emptied while it was copied makes no whole copy.
        let log = copy.join("sandbox.sqlite3-wal");
        let long = log.metadata().is_ok_and(|log| log.len() > 200_000);
        let whole = run(&["audit", "verify", "--data", copy.to_str().unwrap()]);
        if long && whole.status.success() {
            break;
        }
        assert!(attempt < 20, "no whole copy with a log could be made");
        copy = folder.path().join(format!("busy-{attempt}"));
    }
    load.abort();
    let log = copy.join("sandbox.sqlite3-wal");
    let bytes = std::fs::read(&log).unwrap();
    for at in [3, 32 + 24 + 200, bytes.len() / 4, bytes.len() / 2] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        std::fs::write(&log, changed).unwrap();
        drop(std::fs::remove_file(copy.join("sandbox.sqlite3-shm")));
        check(
            &["audit", "verify", "--data", copy.to_str().unwrap()],
            1,
            "sandbox: BROKEN at entry number",
        );
    }
}

async fn wait_for_load(acknowledged: &Acknowledged) {
    for _ in 0..600 {
        if acknowledged.tokens.lock().unwrap().len() >= 40 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("forty sign-ins did not happen within half a minute");
}

/// A person, a session, a code, its tokens. `None` as soon as something is not answered.
async fn one_round(sandbox: &str, automation: &str, seen: &Acknowledged) -> Option<()> {
    let made = post(
        &format!("{sandbox}/test/api/people"),
        automation,
        &json!({}),
    )
    .await
    .ok()?;
    let email = made.1["email"].as_str()?.to_owned();
    seen.people.lock().unwrap().push(email.clone());
    let wanted = json!({ "email": email, "aal": "aal2", "consent": [CLIENT] });
    let session = post(&format!("{sandbox}/test/api/sessions"), automation, &wanted)
        .await
        .ok()?;
    let code = authorize(sandbox, session.1["cookie"].as_str()?).await?;
    let redeemed = redeem(sandbox, &code).await?;
    let access_token = redeemed.1["access_token"].as_str()?.to_owned();
    seen.tokens
        .lock()
        .unwrap()
        .push(Redeemed { code, access_token });
    Some(())
}

async fn authorize(sandbox: &str, cookie: &str) -> Option<String> {
    let challenge = digest::sha256_b64url(VERIFIER.as_bytes());
    let query = [
        ("client_id", CLIENT),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", "openid email"),
        ("acr_values", "urn:acr.login.gov:auth-only"),
        ("state", "0123456789012345678901234567"),
        ("nonce", "0123456789012345678901234567"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    let request = http()
        .get(format!("{sandbox}/openid_connect/authorize"))
        .query(&query);
    let answer = request.header("cookie", cookie).send().await.ok()?;
    let target = answer.headers().get("location")?.to_str().ok()?.to_owned();
    let target = url::Url::parse(&target).ok()?;
    let code = target.query_pairs().find(|(name, _)| name == "code")?;
    Some(code.1.into_owned())
}

async fn redeem(sandbox: &str, code: &str) -> Option<(u16, Value)> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
        ("client_id", CLIENT),
    ];
    let request = http()
        .post(format!("{sandbox}/api/openid_connect/token"))
        .form(&form);
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((
        status,
        serde_json::from_str(&answer.text().await.ok()?).ok()?,
    ))
}

/// An app that needs no key: PKCE alone.
async fn public_app(demo: &Demo, document: &Value) {
    let partners = document["partners"].as_array().unwrap();
    let admin = partners
        .iter()
        .find(|one| one["role"] == "partner_admin")
        .unwrap();
    let app = json!({
        "schema": "durward.app/v1", "handle": "crash-test", "team": admin["team"], "environment": "sandbox",
        "app_name": "Boat Registration", "friendly_name": "Boat registration", "issuer": CLIENT, "attributes": ["email"],
        "oidc": { "token_endpoint_auth_method": "none", "redirect_uris": [REDIRECT] },
        "contacts": [{ "kind": "technical", "name": "Robin Quill", "email": "robin.quill@fisheries.example.gov" }],
    });
    let token = admin["api_token"].as_str().unwrap();
    let answer = post(&format!("{}/api/v1/apps", demo.portal()), token, &app)
        .await
        .unwrap();
    assert_eq!(answer.0, 201, "{}", answer.1);
}

fn one_byte_changed_is_named(data: &Path, copy: &Path) {
    copy_folder(data, copy);
    let copied = copy.to_str().unwrap();
    check(&["audit", "verify", "--data", copied], 0, "portal: ok");
    let file = copy.join("portal.sqlite3");
    let mut bytes = std::fs::read(&file).unwrap();
    let wanted = b"demo.seeded";
    let places = bytes
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, window)| window == wanted);
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at] ^= 1;
    }
    std::fs::write(&file, bytes).unwrap();
    check(
        &["audit", "verify", "--data", copied],
        1,
        "portal: BROKEN at entry",
    );
}

/// What is there already is kept.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else if !target.exists() {
            drop(std::fs::copy(entry.path(), target));
        }
    }
}

const CLIENT: &str = "urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:CRASH_TEST";
const REDIRECT: &str = "http://localhost:9/callback";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-in-all";
