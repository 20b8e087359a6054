//! `durward demo`: what it tells, what it keeps, and when it does not start.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeSet;
use std::net::TcpListener;

use crate::support::{Demo, check, http, post, ten_ports};
use serde_json::{Value, json};

#[tokio::test]
async fn it_tells_where_everything_is_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let base = ten_ports();
    let mut demo = Demo::start(&data, base, &["--at", "2026-11-10"]).await;
    let first = demo.document().await;
    the_document_has_its_shape(&first, base);
    assert_eq!(first["clock"]["today"], "2026-11-10");
    the_state_is_rich(&demo, &first).await;
    it_is_for_this_machine_only(&demo).await;
    the_record_is_whole_while_it_runs(&demo);
    let administrator = first["staff"][0]["api_token"].as_str().unwrap().to_owned();
    let clock = format!("{}/api/v1/demo/clock", demo.portal());
    let to = json!({ "to": "2026-11-16" });
    assert_eq!(post(&clock, &administrator, &to).await.unwrap().0, 200);
    demo.stop();

    // A later start on other ports finds the same people, the same secrets and the clock where it was.
    let demo = Demo::start(&data, ten_ports(), &[]).await;
    let second = demo.document().await;
    assert_eq!(sign_ins(&first), sign_ins(&second));
    assert_eq!(
        first["environments"]["sandbox"]["automation_token"],
        second["environments"]["sandbox"]["automation_token"]
    );
    assert_eq!(second["clock"]["today"], "2026-11-16");
    the_sample_followed(&demo, &second).await;
    drop(demo);
    let demo = Demo::start(&data, ten_ports(), &["--at", "2027-01-05"]).await;
    assert_eq!(demo.document().await["clock"]["today"], "2027-01-05");
}

fn the_document_has_its_shape(document: &Value, base: u16) {
    let url = |offset: u16| format!("http://localhost:{}", base + offset);
    assert_eq!(document["portal"], url(0));
    for (name, offset) in [("sandbox", 1), ("staging", 2), ("production", 3)] {
        assert_eq!(document["environments"][name]["issuer"], url(offset));
    }
    assert!(document["environments"]["sandbox"]["automation_token"].is_string());
    assert!(
        document["environments"]["production"]
            .get("automation_token")
            .is_none()
    );
    assert_eq!(document["sample_app"], url(4));
    assert_eq!(document["staff"][0]["role"], "administrator");
    for (list, fields) in [
        (
            "staff",
            &["role", "email", "password", "totp_secret", "api_token"][..],
        ),
        (
            "partners",
            &[
                "role",
                "team",
                "email",
                "password",
                "totp_secret",
                "api_token",
            ],
        ),
        ("people", &["email", "password", "totp_secret", "level"]),
    ] {
        for person in document[list].as_array().unwrap() {
            for field in fields {
                assert!(person[*field].is_string(), "{list}: {field} of {person}");
            }
        }
    }
    let roles = |list: &str| -> BTreeSet<String> {
        let list = document[list].as_array().unwrap();
        list.iter()
            .map(|one| one["role"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(roles("staff").len(), 6);
    assert_eq!(roles("partners").len(), 3);
}

fn sign_ins(document: &Value) -> Vec<(Value, Value, Value)> {
    let lists = ["staff", "partners", "people"].map(|list| document[list].as_array().unwrap());
    let people = lists.into_iter().flatten();
    people
        .map(|one| {
            (
                one["email"].clone(),
                one["password"].clone(),
                one["totp_secret"].clone(),
            )
        })
        .collect()
}

async fn the_state_is_rich(demo: &Demo, document: &Value) {
    let token = document["staff"][0]["api_token"].as_str().unwrap();
    let apps = items(demo, "apps?limit=100", token).await;
    let handles: BTreeSet<_> = apps
        .iter()
        .map(|app| app["handle"].as_str().unwrap())
        .collect();
    assert!(handles.len() >= 8, "{handles:?}");
    assert!(!handles.contains("fishing-licence"));
    let launches = items(demo, "launches", token).await;
    let states: BTreeSet<_> = launches
        .iter()
        .map(|one| one["state"].as_str().unwrap())
        .collect();
    for state in [
        "draft",
        "submitted",
        "changes_requested",
        "scheduled",
        "verified",
        "withdrawn",
    ] {
        assert!(states.contains(state), "{states:?}");
    }
    let agreements = items(demo, "agreements", token).await;
    let coasts = agreements
        .iter()
        .find(|one| one["number"] == "LGABCFY210001-0001-0000")
        .unwrap();
    assert_eq!(coasts["state"], "executed");
    assert_eq!(coasts["standing"], "active");
    assert!(
        coasts["apps"]
            .as_array()
            .unwrap()
            .contains(&json!("Fishing Licence"))
    );
}

async fn items(demo: &Demo, what: &str, token: &str) -> Vec<Value> {
    let address = format!("{}/api/v1/{what}", demo.portal());
    let answer = http().get(address).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{what}");
    let document: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    document["items"].as_array().unwrap().clone()
}

async fn it_is_for_this_machine_only(demo: &Demo) {
    let address = format!("{}/demo", demo.portal());
    let foreign = http()
        .get(&address)
        .header("host", "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(foreign.status(), 421);
    let page = http()
        .get(&address)
        .header("accept", "text/html")
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("data-page=\"demo\""));
    let inbox = crate::support::json(&format!(
        "{}/demo/inbox?to=nobody@example.gov",
        demo.portal()
    ))
    .await;
    assert_eq!(inbox, json!({ "items": [] }));
}

fn the_record_is_whole_while_it_runs(demo: &Demo) {
    check(&["audit", "verify", "--data", &demo.data], 0, "portal: ok");
}

async fn the_sample_followed(demo: &Demo, document: &Value) {
    let token = document["staff"][0]["api_token"].as_str().unwrap();
    let address = format!("{}/api/v1/apps/harbour-guide/sandbox", demo.portal());
    let answer = http().get(address).bearer_auth(token).send().await.unwrap();
    let text = answer.text().await.unwrap();
    assert!(
        text.contains(&format!("http://localhost:{}/callback", demo.base + 4)),
        "{text}"
    );
}

#[tokio::test]
async fn the_other_programme_has_its_own_rules() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let demo = Demo::start(&data, ten_ports(), &["--programme", "us-2021"]).await;
    assert_eq!(demo.document().await["programme"], "us-2021");
    drop(demo);
    let data = data.to_str().unwrap();
    let port = ten_ports().to_string();
    check(
        &["demo", "--data", data, "--port", &port, "--programme", "us"],
        2,
        "made with the programme us-2021",
    );
}

#[tokio::test]
async fn a_first_start_that_was_cut_off_is_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let mut demo = Demo::start(&data, ten_ports(), &[]).await;
    demo.kill();
    std::fs::write(data.join("first-start"), "").unwrap();
    let demo = Demo::start(&data, ten_ports(), &[]).await;
    assert!(!data.join("first-start").exists());
    demo.document().await;
}

#[test]
fn it_says_why_it_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let data = data.to_str().unwrap();
    let base = ten_ports();
    let port = base.to_string();
    check(
        &[
            "demo",
            "--data",
            data,
            "--port",
            &port,
            "--programme",
            "moon",
        ],
        2,
        "no programme called",
    );
    check(
        &["demo", "--data", data, "--port", &port, "--at", "yesterday"],
        2,
        "--at",
    );
    check(&["demo", "--port", "65530"], 2, "65530");
    let taken = TcpListener::bind(("127.0.0.1", base + 3)).unwrap();
    check(
        &["demo", "--data", data, "--port", &port],
        1,
        "already in use",
    );
    drop(taken);
    std::fs::write(folder.path().join("file"), "").unwrap();
    let file = folder.path().join("file");
    check(
        &["demo", "--data", file.to_str().unwrap(), "--port", &port],
        1,
        "is not a folder",
    );
    check(
        &["demo", "--data", "/proc/durward", "--port", &port],
        1,
        "cannot be made",
    );

    // A folder with databases that no demonstration made.
    let other = folder.path().join("other");
    std::fs::create_dir(&other).unwrap();
    std::fs::write(other.join("portal.sqlite3"), "").unwrap();
    check(
        &["demo", "--data", other.to_str().unwrap(), "--port", &port],
        1,
        "another installation",
    );
}
