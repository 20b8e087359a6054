//! The test API of test-class environments, and that it is nowhere else.

use durward_app::ports::mail::Post;
use durward_domain::environment::EnvironmentName;
use serde_json::json;

use super::*;

#[tokio::test]
async fn people_are_made_and_deleted() {
    let web = Web::sandbox(&[]).await;
    let made = web.api("/test/api/people", &json!({ "email": "ada@example.com", "level": "identity-verified", "attributes": { "first_name": "Ada" } })).await;
    assert_eq!(made.status, 201);
    let person = made.json();
    assert_eq!(person["email"], "ada@example.com");
    assert!(person["password"].as_str().unwrap().len() >= 15);
    assert!(person["totp_secret"].as_str().unwrap().len() >= 32);
    let again = web
        .api("/test/api/people", &json!({ "email": "ADA@example.com" }))
        .await;
    assert_eq!(again.status, 409);
    let path = format!("/test/api/people/{}", person["id"].as_str().unwrap());
    let delete = || {
        Request::builder()
            .method("DELETE")
            .uri(&path)
            .header("authorization", bearer())
            .body(Body::empty())
            .unwrap()
    };
    assert_eq!(web.send(delete()).await.status, 204);
    assert_eq!(web.send(delete()).await.status, 404);
    assert_eq!(
        web.api("/test/api/sessions", &json!({ "email": "ada@example.com" }))
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused() {
    let app = es256("api");
    let web = Web::sandbox(&[&app]).await;
    let person = web.api("/test/api/people", &json!({})).await.json();
    let email = &person["email"];
    for (path, body, code) in [
        ("people", json!({ "mail": "x" }), "automation/malformed"),
        ("people", json!({ "email": "nobody" }), "email/"),
        (
            "people",
            json!({ "factors": ["smoke"] }),
            "automation/factor-unknown",
        ),
        (
            "people",
            json!({ "attributes": { "first_name": "Ada" } }),
            "automation/not-verified",
        ),
        (
            "people",
            json!({ "attributes": { "email": "a@b.gov" } }),
            "automation/attribute-not-settable",
        ),
        (
            "sessions",
            json!({ "email": email, "aal": "piv" }),
            "automation/level-unavailable",
        ),
        (
            "sessions",
            json!({ "email": email, "amr": ["face"] }),
            "automation/method-unknown",
        ),
        (
            "sessions",
            json!({ "email": email, "consent": ["urn:nobody"] }),
            "automation/app-unknown",
        ),
        (
            "sessions",
            json!({ "email": "no@example.com" }),
            "automation/no-person",
        ),
        (
            "clock",
            json!({ "advance": "soon" }),
            "automation/malformed",
        ),
        ("clock", json!({ "advance": "-PT1M" }), "automation/clock"),
        ("clock", json!({}), "automation/malformed"),
        ("clock", json!({ "reset": false }), "automation/malformed"),
        (
            "clock",
            json!({ "advance": "PT1M", "reset": true }),
            "automation/malformed",
        ),
    ] {
        let answer = web.api(&format!("/test/api/{path}"), &body).await;
        assert!(answer.status.is_client_error(), "{path} {body}");
        let told = answer.json()["code"].as_str().unwrap().to_owned();
        assert!(told.starts_with(code), "{path} {body}: {told}");
    }
}

#[tokio::test]
async fn the_clock_moves_and_the_inbox_is_empty() {
    let app = es256("clock");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    assert!(
        web.authorize(&app, &[], &cookie)
            .await
            .query("code")
            .is_some()
    );
    let before = web.test.door.clock.now();
    let moved = web
        .api("/test/api/clock", &json!({ "advance": "PT15M" }))
        .await;
    assert_eq!(moved.status, 200);
    assert!(web.test.door.clock.now().duration_since(before).as_secs() >= 900);
    // The session was idle for fifteen minutes.
    assert_eq!(
        web.authorize(&app, &[], &cookie).await.location().path(),
        "/"
    );
    let back = web.api("/test/api/clock", &json!({ "reset": true })).await;
    assert_eq!(back.status, 200);
    let now: jiff::Timestamp = back.json()["now"].as_str().unwrap().parse().unwrap();
    let off = now.duration_since(web.test.door.clock.real_now());
    assert!(off.abs().as_secs() < 60, "{off}");
    let inbox = web
        .get(
            "/test/api/inbox?to=ada%40example.com",
            &[("authorization", &bearer())],
        )
        .await;
    assert_eq!(
        (inbox.status, inbox.json()),
        (StatusCode::OK, json!({ "items": [] }))
    );
}

#[tokio::test]
async fn it_needs_its_token_and_is_nowhere_in_live_class() {
    let web = Web::sandbox(&[]).await;
    for header in [
        ("x", "y"),
        ("authorization", "Bearer wrong"),
        ("authorization", "Basic x"),
    ] {
        let answer = web
            .post("/test/api/people", "application/json", "{}", &[header])
            .await;
        assert_eq!(
            (answer.status, answer.json()["code"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("automation/token"))
        );
    }
    for (name, issuer) in [
        (EnvironmentName::Staging, "http://localhost:8402"),
        (EnvironmentName::Production, "http://localhost:8403"),
    ] {
        let live = Web::of(TestDoor::open(name, issuer, Post::Inbox).await.unwrap());
        for path in ["people", "sessions", "clock"] {
            assert_eq!(
                live.api(&format!("/test/api/{path}"), &json!({}))
                    .await
                    .status,
                404,
                "{name} {path}"
            );
        }
        assert_eq!(
            live.get(
                "/test/api/inbox?to=a%40b.gov",
                &[("authorization", &bearer())]
            )
            .await
            .status,
            404
        );
    }
}
