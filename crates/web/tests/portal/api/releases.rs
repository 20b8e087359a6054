//! Releases by the API and the pages: who may deploy, roll back and repair, and what is out of date.

use axum::body::Body;
use axum::http::Request;
use durward_domain::level::Aal;
use serde_json::{Value, json};

use crate::support::{FORM, Web, between};

/// A portal whose app runs in production, and the release that brought it.
async fn live() -> (Web, String) {
    let web = Web::open().await;
    let document = web.portal.production_document();
    web.portal.put_live(vec![document]).await.unwrap();
    let id = newest(&web).await["id"].as_str().unwrap().to_owned();
    (web, id)
}

async fn newest(web: &Web) -> Value {
    let token = web.token("administrator").await;
    let list = web.get(&token, "/releases?environment=production").await;
    list.is(200)["items"][0].clone()
}

/// Each call that makes a release.
fn calls(id: &str) -> [(String, Value); 4] {
    [
        (
            format!("/releases/{id}/rollback"),
            json!({ "app": "fishing-licence", "reason": "It fails." }),
        ),
        (format!("/releases/{id}/deploy"), Value::Null),
        (
            "/environments/production/rollback".to_owned(),
            json!({ "to": 0, "reason": "" }),
        ),
        ("/environments/production/repair".to_owned(), json!({})),
    ]
}

#[tokio::test]
async fn nobody_without_the_role_or_the_second_factor_makes_a_release() {
    let (web, id) = live().await;
    let before = newest(&web).await;
    for who in [
        "admin",
        "developer",
        "reader",
        "outsider",
        "reviewer",
        "second-reviewer",
        "manager",
    ] {
        let token = web.token(who).await;
        for (path, body) in calls(&id) {
            web.post(&token, &path, body)
                .await
                .refused(403, "permission/role");
        }
    }
    for who in ["deployer", "administrator"] {
        let member = web.id(who).await;
        let weak = web.portal.token_of(&member, Aal::Aal1).await.unwrap();
        for (path, body) in calls(&id) {
            web.post(&weak, &path, body)
                .await
                .refused(403, "permission/level");
        }
    }
    for token in ["", "x"] {
        for (path, body) in calls(&id) {
            assert_eq!(web.post(token, &path, body).await.status, 401);
        }
    }
    assert_eq!(newest(&web).await, before);
}

#[tokio::test]
async fn a_page_that_stood_open_for_long_makes_no_release() {
    let (web, id) = live().await;
    let before = newest(&web).await;
    let cookie = web.cookie("deployer").await;
    let page = format!("/releases/{id}");
    let shown = web.page(&cookie, &page).await.shown();
    let csrf = between(&shown, "name=\"csrf_token\"", "value=\"", "\"");
    let form = format!("csrf_token={csrf}&app=fishing-licence&reason=");
    // Sixteen minutes at the coffee machine: the second factor is too long ago.
    web.portal.keeper.clock.pass(16 * 60);
    for to in [
        format!("{page}/rollback"),
        format!("{page}/deploy"),
        format!("{page}/rollback-all"),
        "/environments/production/repair".to_owned(),
    ] {
        let request = Request::post(&to)
            .header("cookie", &cookie)
            .header(FORM.0, FORM.1);
        let said = web.send(request.body(Body::from(form.clone())).unwrap());
        let said = said.await;
        let asks = said.text.contains("data-page=\"portal-step-up\"");
        let leaves = said.status == 303 && said.header("location").contains("/sign-in");
        assert!(asks || leaves, "{to}: {} {}", said.status, said.text);
    }
    assert_eq!(newest(&web).await, before);
}

#[tokio::test]
async fn what_is_out_of_date_or_nowhere_is_refused_and_changes_nothing() {
    let (web, first) = live().await;
    let mut next = web.portal.production_document();
    next.friendly_name = "Fishing".into();
    web.portal.put_live(vec![next]).await.unwrap();
    let deployer = web.token("deployer").await;
    let before = newest(&web).await;
    let second = before["id"].as_str().unwrap().to_owned();
    let [(rollback, body), (deploy, _), (whole, _), (repair, _)] = calls(&first);
    for (path, body, status, code) in [
        (&rollback, body.clone(), 409, "release/superseded"),
        (&deploy, Value::Null, 409, "release/superseded"),
        (&repair, json!({}), 409, "release/no-drift"),
        (&whole, json!({ "to": 99 }), 404, "release/not-found"),
        (&whole, json!({ "to": -1 }), 404, "release/not-found"),
    ] {
        let said = web.post(&deployer, path, body).await;
        assert_eq!((said.status, said.code()), (status, code), "{path}");
    }
    for body in [
        json!({}),
        json!({ "to": "1" }),
        json!({ "to": 1, "force": true }),
    ] {
        let said = web.post(&deployer, &whole, body).await;
        assert!((400..=422).contains(&said.status), "{}", said.text);
    }
    let other = format!("/releases/{second}/rollback");
    web.post(&deployer, &other, json!({ "app": "no-such-app" }))
        .await
        .refused(422, "release/app-not-in-it");
    for path in [
        "/releases/none/rollback",
        "/releases/none/deploy",
        "/environments/nowhere/repair",
        "/environments/nowhere/rollback",
    ] {
        let said = web.post(&deployer, path, json!({ "to": 0 })).await;
        assert!((400..=422).contains(&said.status), "{path}: {}", said.text);
    }
    assert_eq!(newest(&web).await, before);

    // And what is up to date is done once: a second press is told so.
    let back = web.post(&deployer, &other, body.clone()).await.is(200);
    assert_eq!(back["kind"], "rollback");
    web.post(&deployer, &other, body)
        .await
        .refused(409, "release/superseded");
}

#[tokio::test]
async fn an_environment_in_this_process_gives_its_releases_to_nobody() {
    let (web, _) = live().await;
    let deployer = web.token("deployer").await;
    for token in [deployer.as_str(), "", "0123456789abcdef0123456789abcdef"] {
        for name in ["sandbox", "staging", "production", "nowhere"] {
            let next = format!("/environments/{name}/releases/next?after=0");
            web.get(token, &next)
                .await
                .refused(401, "release/pull-token");
            let outcome = format!("/environments/{name}/releases/outcome");
            let body = json!({ "sequence": 1, "refused": "release/signature" });
            web.post(token, &outcome, body)
                .await
                .refused(401, "release/pull-token");
        }
    }
}
