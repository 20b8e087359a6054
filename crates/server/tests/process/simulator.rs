//! The simulator as a partner's automated tests run it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{command, http};

struct Simulator {
    child: Child,
    ready: Value,
    /// How long it took from the start to the line.
    took: Duration,
}

impl Simulator {
    fn start(more: &[&str], document: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("app.json");
        std::fs::write(&file, document.to_string()).unwrap();
        let mut arguments = vec!["simulator", "--json", "--app", file.to_str().unwrap()];
        arguments.extend(more);
        let began = Instant::now();
        let mut child = command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let took = began.elapsed();
        let ready = serde_json::from_str(&line).unwrap();
        Self { child, ready, took }
    }

    fn text(&self, name: &str) -> &str {
        self.ready[name].as_str().unwrap()
    }

    async fn call(&self, path: &str, body: &Value) -> Value {
        let answer = http()
            .post(format!("{}{path}", self.text("test_api")))
            .bearer_auth(self.text("automation_token"))
            .header("content-type", "application/json")
            .body(body.to_string())
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An app without keys, which proves itself by PKCE.
fn app() -> Value {
    json!({
        "schema": "durward.app/v1", "handle": "harbour", "team": "harbours", "environment": "sandbox",
        "app_name": "Harbour", "friendly_name": "Harbour Fees", "issuer": "urn:gov:gsa:openidconnect.profiles:sp:sso:FISH:HARBOUR",
        "protocol": "oidc", "level_of_service": "auth-only", "default_aal": "aal1", "attributes": ["email"],
        "oidc": { "token_endpoint_auth_method": "none", "redirect_uris": ["http://localhost:9/back"] }
    })
}

#[tokio::test]
async fn a_client_without_pages_gets_its_tokens_and_a_stop_is_clean() {
    let mut simulator = Simulator::start(&[], &app());
    let person = simulator.call("/people", &json!({})).await;
    let client_id = simulator.text("client_id").to_owned();
    let wanted = json!({ "email": person["email"], "consent": [client_id] });
    let session = simulator.call("/sessions", &wanted).await;
    // The challenge of the verifier of RFC 7636, appendix B.
    let query = form(&[
        ("client_id", &client_id),
        ("redirect_uri", "http://localhost:9/back"),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("acr_values", "urn:acr.login.gov:auth-only"),
        ("state", "a-state-of-22-characters-or-more"),
        ("nonce", "a-nonce-of-22-characters-or-more"),
        (
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        ),
        ("code_challenge_method", "S256"),
    ]);
    let issuer = simulator.text("issuer").to_owned();
    let answer = http()
        .get(format!("{issuer}/openid_connect/authorize?{query}"))
        .header("cookie", session["cookie"].as_str().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 303);
    let location = answer.headers()["location"].to_str().unwrap();
    let code = location.split("code=").nth(1).unwrap();
    let code = code.split('&').next().unwrap().to_owned();
    let body = form(&[
        ("grant_type", "authorization_code"),
        ("client_id", &client_id),
        ("redirect_uri", "http://localhost:9/back"),
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        ),
        ("code", &code),
    ]);
    let answer = http()
        .post(format!("{issuer}/api/openid_connect/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let tokens: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    assert!(tokens["id_token"].is_string(), "{tokens}");
    // A debug build on a busy machine; a release build takes a fraction of it.
    assert!(
        simulator.took < Duration::from_secs(20),
        "{:?}",
        simulator.took
    );

    let stopped = Command::new("kill")
        .args(["-TERM", &simulator.child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success());
    let status = simulator.child.wait().unwrap();
    assert!(status.success(), "{status}");
}

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[tokio::test]
async fn what_the_sandbox_would_refuse_does_not_start() {
    let mut bad = app();
    bad["oidc"]["redirect_uris"] = json!(["javascript:alert(1)"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("app.json");
    std::fs::write(&file, bad.to_string()).unwrap();
    let arguments = ["simulator", "--app", file.to_str().unwrap()];
    let output = command(&arguments).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(
        said.contains("simulator/findings") && said.contains("/oidc/redirect_uris/0"),
        "{said}"
    );
    let ready = folder.path().join("ready.json");
    let more = ["--allow-findings", "--ready-file", ready.to_str().unwrap()];
    let simulator = Simulator::start(&more, &bad);
    let written: Value = serde_json::from_slice(&std::fs::read(&ready).unwrap()).unwrap();
    assert_eq!(written, simulator.ready);
    assert_eq!(written["pid"], simulator.child.id());
}
