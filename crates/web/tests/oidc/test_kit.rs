//! The test kit with tokens of teams: what each reaches, what it never reaches, and every fault as an app meets it.

use std::time::Instant;

use durward_app::ports::mail::Post;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::TeamHandle;
use durward_keyring::jose::{JwkSet, jws};
use durward_web::test_api;
use serde_json::json;

use super::*;

/// A team with its app and its token.
struct Team {
    app: TestApp,
    token: String,
}

async fn two_teams() -> (Web, Team, Team) {
    let app = |name: &str| {
        let mut app = es256(name);
        app.document.team = TeamHandle::parse(&format!("{name}-team")).unwrap();
        app
    };
    let (ours, theirs) = (app("ours"), app("theirs"));
    let web = Web::sandbox(&[&ours, &theirs]).await;
    let mut teams = Vec::new();
    for app in [ours, theirs] {
        let token = web
            .test
            .team_token(app.document.team.as_str())
            .await
            .unwrap();
        teams.push(Team { app, token });
    }
    let (theirs, ours) = (teams.pop().unwrap(), teams.pop().unwrap());
    (web, ours, theirs)
}

impl Web {
    async fn call(&self, team: &Team, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", team.token))
            .body(Body::from(if method == "POST" {
                body.to_string()
            } else {
                String::new()
            }))
            .unwrap();
        self.send(request).await
    }

    async fn person(&self, team: &Team, wanted: Value) -> Value {
        let made = self.call(team, "POST", "/test/api/people", &wanted).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()
    }

    async fn session(&self, team: &Team, person: &Value) -> String {
        let wanted = json!({ "email": person["email"], "consent": [team.app.id()] });
        let made = self.call(team, "POST", "/test/api/sessions", &wanted).await;
        assert_eq!(made.status, 201, "{}", made.text);
        made.json()["cookie"].as_str().unwrap().to_owned()
    }

    async fn fault(&self, team: &Team, wanted: Value) -> Answer {
        let mut wanted = wanted;
        wanted["app"] = team.app.document.handle.as_str().into();
        self.call(team, "POST", "/test/api/faults", &wanted).await
    }

    /// A whole sign-in of a fresh person up to the token endpoint's answer.
    async fn redeemed(&self, team: &Team) -> Answer {
        let person = self.person(team, json!({})).await;
        let cookie = self.session(team, &person).await;
        let code = self.code(&team.app, &cookie).await;
        self.token(&team.app.form(&self.test, &code, &[])).await
    }
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.text);
    assert_eq!(answer.json()["code"], code);
}

#[tokio::test]
async fn a_headless_client_signs_in_with_a_persona() {
    let (web, ours, _) = two_teams().await;
    let person = web
        .person(
            &ours,
            json!({ "level": "identity-verified", "attributes": { "ssn": "666-12-3456" } }),
        )
        .await;
    assert!(
        person["email"]
            .as_str()
            .unwrap()
            .ends_with("@ours-team.example.com")
    );
    assert_eq!(person["attributes"]["first_name"], "Fakey");
    let cookie = web.session(&ours, &person).await;
    let to = web.authorize(&ours.app, &[], &cookie).await;
    assert_eq!(to.status, 303);
    let form = ours.app.form(&web.test, &to.query("code").unwrap(), &[]);
    let tokens = web.token(&form).await.json();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let claims = web
        .get(USERINFO, &[("authorization", &bearer)])
        .await
        .json();
    assert_eq!(claims["email"], person["email"]);
}

#[tokio::test]
async fn a_team_reaches_only_its_own() {
    let (web, ours, theirs) = two_teams().await;
    let person = web.person(&theirs, json!({})).await;
    let id = person["id"].as_str().unwrap();
    let none = json!({});
    for (method, path) in [
        ("GET", format!("/test/api/people/{id}")),
        ("DELETE", format!("/test/api/people/{id}")),
        ("POST", format!("/test/api/people/{id}/reset")),
    ] {
        refused(
            &web.call(&ours, method, &path, &none).await,
            404,
            "automation/no-person",
        );
    }
    for wanted in [json!({ "email": person["email"] }), json!({ "id": id })] {
        let answer = web.call(&ours, "POST", "/test/api/sessions", &wanted).await;
        refused(&answer, 404, "automation/no-person");
    }
    let listed = web
        .call(&ours, "GET", "/test/api/people", &none)
        .await
        .json();
    assert_eq!(listed["items"], json!([]));

    // Nobody's mail but its own: a persona of another team, a real person, the other team's mail domain.
    for to in [
        person["email"].as_str().unwrap(),
        "ada@agency.gov",
        "new@theirs-team.example.com",
    ] {
        let path = format!("/test/api/inbox?to={}", to.replace('@', "%40"));
        refused(
            &web.call(&ours, "GET", &path, &none).await,
            403,
            "automation/mail-of-others",
        );
    }
    let path = "/test/api/inbox?to=new%40ours-team.example.com";
    assert_eq!(
        web.call(&ours, "GET", path, &none).await.json(),
        json!({ "items": [] })
    );
    let taken = json!({ "email": "spy@theirs-team.example.com" });
    let answer = web.call(&ours, "POST", "/test/api/people", &taken).await;
    refused(&answer, 400, "automation/address-of-others");

    // Nobody's app but its own.
    let foreign = json!({ "app": theirs.app.id(), "fault": "token_error", "count": 1 });
    let answer = web.call(&ours, "POST", "/test/api/faults", &foreign).await;
    refused(&answer, 400, "automation/app-unknown");
    let set = web
        .fault(&theirs, json!({ "fault": "token_error", "count": 9 }))
        .await
        .json();
    let path = format!("/test/api/faults/{}", set["id"].as_str().unwrap());
    refused(
        &web.call(&ours, "DELETE", &path, &none).await,
        404,
        "automation/no-fault",
    );
    let cleared = web.call(&ours, "DELETE", "/test/api/faults", &none).await;
    assert_eq!(cleared.json()["cleared"], 0);
    let path = format!("/test/api/faults?app={}", theirs.app.document.handle);
    refused(
        &web.call(&ours, "GET", &path, &none).await,
        400,
        "automation/app-unknown",
    );
    let mine = web.person(&ours, json!({})).await;
    let foreign = json!({ "email": mine["email"], "consent": [theirs.app.id()] });
    let answer = web
        .call(&ours, "POST", "/test/api/sessions", &foreign)
        .await;
    refused(&answer, 400, "automation/app-unknown");
    // And the fault of the one is not met by the other.
    assert_eq!(web.redeemed(&ours).await.status, 200);
    assert_eq!(web.redeemed(&theirs).await.status, 500);
}

#[tokio::test]
async fn tokens_end() {
    let (web, mut ours, _) = two_teams().await;
    let none = json!({});
    let good = ours.token.clone();
    for wrong in [
        format!("{good}x"),
        good.replace("dwt_", "dwp_"),
        "dwt_".to_owned(),
    ] {
        ours.token = wrong;
        let answer = web.call(&ours, "GET", "/test/api/people", &none).await;
        refused(&answer, 401, "automation/token");
    }
    ours.token = good;
    assert_eq!(
        web.call(&ours, "GET", "/test/api/people", &none)
            .await
            .status,
        200
    );
    web.test.advance(86_401);
    let answer = web.call(&ours, "GET", "/test/api/people", &none).await;
    refused(&answer, 401, "automation/token");
}

#[tokio::test]
async fn a_reset_ends_what_the_person_had() {
    let (web, ours, _) = two_teams().await;
    let person = web
        .person(&ours, json!({ "proofing": "fraud_review" }))
        .await;
    let cookie = web.session(&ours, &person).await;
    let code = web.code(&ours.app, &cookie).await;
    let path = format!("/test/api/people/{}/reset", person["id"].as_str().unwrap());
    let reset = web.call(&ours, "POST", &path, &json!({})).await.json();
    assert_ne!(reset["password"], person["password"]);
    assert_ne!(reset["totp_secret"], person["totp_secret"]);
    for kept in ["id", "email", "level", "attributes", "proofing"] {
        assert_eq!(reset[kept], person[kept]);
    }
    assert_eq!(
        web.authorize(&ours.app, &[], &cookie)
            .await
            .location()
            .path(),
        "/"
    );
    let late = web.token(&ours.app.form(&web.test, &code, &[])).await;
    assert_eq!(late.json()["error"], "invalid_grant");
    // The consent is gone with it: a new session without one stops at the page.
    let wanted = json!({ "id": person["id"] });
    let made = web
        .call(&ours, "POST", "/test/api/sessions", &wanted)
        .await
        .json();
    let page = web
        .authorize(&ours.app, &[], made["cookie"].as_str().unwrap())
        .await;
    assert_eq!(page.location().path(), "/sign_up/completed");
    let shown = web
        .call(&ours, "GET", &path.replace("/reset", ""), &json!({}))
        .await
        .json();
    assert_eq!(shown["password"], reset["password"]);
}

#[tokio::test]
async fn a_clock_moves_one_team_and_one_app() {
    let (web, ours, theirs) = two_teams().await;
    let (mine, other) = (
        web.person(&ours, json!({ "app": "ours" })).await,
        web.person(&theirs, json!({})).await,
    );
    let (here, there) = (
        web.session(&ours, &mine).await,
        web.session(&theirs, &other).await,
    );
    let plain = web.person(&ours, json!({})).await;
    let plain_cookie = web.session(&ours, &plain).await;
    let late = web.code(&ours.app, &here).await;
    let moved = web
        .call(
            &ours,
            "POST",
            "/test/api/clock",
            &json!({ "advance": "PT16M", "app": "ours" }),
        )
        .await;
    assert_eq!(
        (moved.status, moved.json()["ahead_seconds"].as_i64()),
        (StatusCode::OK, Some(960)),
        "{}",
        moved.text
    );
    let expired = web.token(&ours.app.form(&web.test, &late, &[])).await;
    assert_eq!(expired.json()["code"], "token/code-expired");
    assert_eq!(
        web.authorize(&ours.app, &[], &here).await.location().path(),
        "/"
    );
    assert!(
        web.authorize(&ours.app, &[], &plain_cookie)
            .await
            .query("code")
            .is_some()
    );
    assert!(
        web.authorize(&theirs.app, &[], &there)
            .await
            .query("code")
            .is_some()
    );
    // A year later the consent is asked again, of our people alone.
    let moved = web
        .call(
            &ours,
            "POST",
            "/test/api/clock",
            &json!({ "advance": "P366D" }),
        )
        .await;
    assert_eq!(moved.status, 200);
    let again = web
        .call(
            &ours,
            "POST",
            "/test/api/sessions",
            &json!({ "id": plain["id"] }),
        )
        .await
        .json();
    let page = web
        .authorize(&ours.app, &[], again["cookie"].as_str().unwrap())
        .await;
    assert_eq!(page.location().path(), "/sign_up/completed");
    assert!(
        web.authorize(&theirs.app, &[], &there)
            .await
            .query("code")
            .is_some()
    );
    assert_eq!(web.test.door.clock.shift_us(), 0);
    let foreign = json!({ "advance": "PT1M", "app": "theirs" });
    refused(
        &web.call(&ours, "POST", "/test/api/clock", &foreign).await,
        400,
        "automation/app-unknown",
    );
}

#[tokio::test]
async fn faults_play_as_often_as_they_should() {
    let (web, ours, _) = two_teams().await;
    let set = web
        .fault(
            &ours,
            json!({ "fault": "token_error", "error": "temporarily_unavailable", "count": 3 }),
        )
        .await;
    assert_eq!(
        (set.status, set.json()["status"].as_i64()),
        (StatusCode::CREATED, Some(503)),
        "{}",
        set.text
    );
    let person = web.person(&ours, json!({})).await;
    let cookie = web.session(&ours, &person).await;
    let code = web.code(&ours.app, &cookie).await;
    // Many at once: three fail, and of the others one redeems the code.
    let forms: Vec<_> = (0..8)
        .map(|_| ours.app.form(&web.test, &code, &[]))
        .collect();
    let web = Arc::new(web);
    let mut racers = tokio::task::JoinSet::new();
    for form in forms {
        let web = Arc::clone(&web);
        racers.spawn(async move { web.token(&form).await });
    }
    let answers = racers.join_all().await;
    let count = |status: u16| {
        answers
            .iter()
            .filter(|answer| answer.status == status)
            .count()
    };
    assert_eq!((count(503), count(200)), (3, 1));
    let told = answers
        .iter()
        .find(|answer| answer.status == 503)
        .unwrap()
        .json();
    assert_eq!(
        (told["error"].as_str(), told["code"].as_str()),
        (
            Some("temporarily_unavailable"),
            Some("test-kit/fault-played")
        )
    );
    let listed = web
        .call(&ours, "GET", "/test/api/faults", &json!({}))
        .await
        .json();
    assert_eq!(listed["items"][0]["played"], 3);
    assert_eq!(listed["items"][0]["active"], false);
    for wrong in [
        json!({ "fault": "token_error" }),
        json!({ "fault": "token_error", "count": 0 }),
        json!({ "fault": "token_error", "count": 1001 }),
        json!({ "fault": "token_error", "for": "P2D" }),
        json!({ "fault": "token_error", "for": "-PT1M" }),
        json!({ "fault": "token_error", "until": "2020-01-01T00:00:00Z" }),
    ] {
        refused(&web.fault(&ours, wrong).await, 400, "automation/fault-end");
    }
}

#[tokio::test]
async fn authorize_userinfo_and_logout_fail_as_set() {
    let (web, ours, _) = two_teams().await;
    let person = web.person(&ours, json!({})).await;
    let cookie = web.session(&ours, &person).await;
    for error in ["access_denied", "temporarily_unavailable", "login_required"] {
        web.fault(
            &ours,
            json!({ "fault": "authorize_error", "error": error, "count": 1 }),
        )
        .await;
        let to = web.authorize(&ours.app, &[], &cookie).await;
        assert_eq!(to.query("error").as_deref(), Some(error));
        assert!(to.query("state").is_some() && to.query("iss").is_some());
    }
    let code = web.code(&ours.app, &cookie).await;
    web.fault(
        &ours,
        json!({ "fault": "token_slow", "milliseconds": 300, "count": 1 }),
    )
    .await;
    #[expect(clippy::disallowed_methods, reason = "the fault is a wait")]
    let began = Instant::now();
    let tokens = web
        .token(&ours.app.form(&web.test, &code, &[]))
        .await
        .json();
    assert!(began.elapsed().as_millis() >= 300);
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    web.fault(
        &ours,
        json!({ "fault": "userinfo_error", "status": 502, "count": 1 }),
    )
    .await;
    let claims = async || {
        web.get(USERINFO, &[("authorization", &bearer)])
            .await
            .status
    };
    assert_eq!(claims().await, 502);
    assert_eq!(claims().await, 200);
    web.fault(&ours, json!({ "fault": "logout_error", "count": 1 }))
        .await;
    let hint = tokens["id_token"].as_str().unwrap();
    let path = format!("/openid_connect/logout?id_token_hint={hint}");
    let out = async || {
        web.get(&path, &[("cookie", &cookie), ("accept", "text/html")])
            .await
            .status
    };
    assert_eq!(out().await, 503);
    assert_eq!(out().await, 200);
}

#[tokio::test]
async fn id_tokens_are_spoilt_as_set() {
    let (web, ours, _) = two_teams().await;
    let now = web.test.door.clock.real_now().as_second();
    let good = |claims: &Value| {
        claims["iss"] == "http://localhost:8401"
            && claims["aud"] == ours.app.id()
            && claims["nonce"] == durward_app::testing::apps::NONCE
            && claims["exp"].as_i64().unwrap() > now
            && claims["nbf"].as_i64().unwrap() <= now + 60
    };
    for (fault, verifies) in [
        ("none", true),
        ("id_token_expired", true),
        ("id_token_not_yet_valid", true),
        ("id_token_nonce", true),
        ("id_token_audience", true),
        ("id_token_issuer", true),
        ("id_token_signature", false),
        ("id_token_unsigned", false),
        ("key_unknown", false),
        ("key_rotated", false),
    ] {
        if fault != "none" {
            let set = web
                .fault(&ours, json!({ "fault": fault, "count": 1 }))
                .await;
            assert_eq!(set.status, 201, "{}", set.text);
        }
        let tokens = web.redeemed(&ours).await.json();
        let token = tokens["id_token"].as_str().unwrap();
        let certs = web.get("/api/openid_connect/certs", &[]).await.text;
        let found = verified(token, &certs);
        assert_eq!(found.is_some(), verifies, "{fault}");
        if let Some(claims) = found {
            assert_eq!(good(&claims), fault == "none", "{fault} {claims}");
        }
        // The app's own view announces a rotated key, and no other.
        let own = web.get("/test/kit/ours/certs", &[]).await.text;
        assert_eq!(
            verified(token, &own).is_some(),
            verifies || fault == "key_rotated",
            "{fault}"
        );
    }
}

/// The claims of a token that a key of this set has signed.
fn verified(token: &str, certs: &str) -> Option<Value> {
    let set = JwkSet::parse(certs).unwrap();
    let token = jws::Unverified::parse(token, 16_384).ok()?;
    let key = set.find(token.header.kid.as_deref()?)?;
    let set = JwkSet {
        keys: vec![key.clone()],
    };
    let key = set.public_keys().into_iter().next()?;
    let claims = token
        .verify(&key, &durward_keyring::jose::Algorithm::ALL)
        .ok()?;
    Some(serde_json::to_value(claims).unwrap())
}

#[tokio::test]
async fn the_keys_of_one_app_fail_alone() {
    let (web, ours, _) = two_teams().await;
    let discovery = web
        .get("/test/kit/ours/.well-known/openid-configuration", &[])
        .await
        .json();
    assert_eq!(
        discovery["jwks_uri"],
        "http://localhost:8401/test/kit/ours/certs"
    );
    assert_eq!(discovery["issuer"], "http://localhost:8401");
    web.fault(&ours, json!({ "fault": "keys_error", "count": 1 }))
        .await;
    assert_eq!(web.get("/test/kit/theirs/certs", &[]).await.status, 200);
    assert_eq!(web.get("/api/openid_connect/certs", &[]).await.status, 200);
    assert_eq!(web.get("/test/kit/ours/certs", &[]).await.status, 503);
    assert_eq!(web.get("/test/kit/ours/certs", &[]).await.status, 200);
    assert_eq!(web.get("/test/kit/nobody/certs", &[]).await.status, 400);
}

#[tokio::test]
async fn nothing_of_it_is_there_in_live_class() {
    for (name, issuer) in [
        (EnvironmentName::Staging, "http://localhost:8402"),
        (EnvironmentName::Production, "http://localhost:8403"),
    ] {
        // The kit is made from a proof that no live-class environment has.
        assert!(name.test_class().is_none());
        let live = Web::of(TestDoor::open(name, issuer, Post::Inbox).await.unwrap());
        assert!(live.test.door.kit.is_none());
        let token = live.test.team_token("ours-team").await.unwrap();
        let mut paths: Vec<(&str, String)> = test_api::ROUTES
            .iter()
            .map(|row| {
                (
                    row.method,
                    row.path.replace("{id}", "x").replace("{handle}", "x"),
                )
            })
            .collect();
        assert!(paths.len() > 15);
        assert!(
            durward_web::door_router::rows()
                .filter(|row| row.path.starts_with("/test"))
                .count()
                >= paths.len()
        );
        let others = durward_web::door_router::rows().filter(|row| row.path.starts_with("/test"));
        paths.extend(others.map(|row| {
            (
                row.method,
                row.path.replace("{id}", "x").replace("{handle}", "x"),
            )
        }));
        paths.extend(
            [
                "/test",
                "/test/",
                "/test/api",
                "/test/api/",
                "//test/api/people",
                "/test/kit",
            ]
            .map(|path| ("GET", path.to_owned())),
        );
        for bearer in [bearer(), format!("Bearer {token}")] {
            for (method, path) in &paths {
                let request = Request::builder()
                    .method(*method)
                    .uri(path)
                    .header("authorization", &bearer);
                let answer = live.send(request.body(Body::empty()).unwrap()).await;
                assert_eq!(answer.status, 404, "{name} {method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn values_of_real_people_are_refused() {
    let (web, ours, _) = two_teams().await;
    for (attributes, code) in [
        (json!({ "ssn": "123-45-6789" }), "test-kit/ssn-real"),
        (json!({ "dob": "tomorrow" }), "test-kit/attribute-value"),
        (json!({ "state": "Montana" }), "test-kit/attribute-value"),
    ] {
        let wanted = json!({ "level": "identity-verified", "attributes": attributes });
        refused(
            &web.call(&ours, "POST", "/test/api/people", &wanted).await,
            400,
            code,
        );
    }
    let wanted = json!({ "level": "identity-verified", "proofing": "phone_failed" });
    refused(
        &web.call(&ours, "POST", "/test/api/people", &wanted).await,
        400,
        "automation/proofing-passed",
    );
    let wanted = json!({ "proofing": "luck" });
    refused(
        &web.call(&ours, "POST", "/test/api/people", &wanted).await,
        400,
        "automation/proofing-unknown",
    );
}
