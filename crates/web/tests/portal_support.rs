//! Support tickets by the API and by pages: a whole conversation, and what others see of it.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use durward_app::testing_portal::TestPortal;
use durward_domain::level::Aal;
use durward_keyring::mac::MacKey;
use durward_web::pages;
use durward_web::portal_router::{self, Portal};
use durward_web::shared::limits::Limits;
use durward_web::shared::site::{Site, SiteSettings};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

struct Web {
    portal: TestPortal,
    router: Router,
}

impl Web {
    async fn open() -> Self {
        let portal = TestPortal::at("2026-11-10").await.unwrap();
        let clock = portal.keeper.clock.clone();
        let site = Site::new(
            SiteSettings {
                name: "portal".into(),
                title: "Partner Portal".into(),
                practice: false,
                base_url: "http://localhost:8400".parse().unwrap(),
                other_hosts: Vec::new(),
                form_key: MacKey::new([7; 32]),
                random: portal.keeper.random.clone(),
                limits: Limits::default(),
            },
            move || clock.real_now(),
        );
        let state = Portal::new(Arc::clone(&portal.keeper), site);
        Self {
            router: portal_router::router(&state, pages::rows()),
            portal,
        }
    }

    async fn call(&self, who: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let token = self.portal.token(who).await.unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        let (status, text) = self.send(request).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    async fn page(&self, who: &str, path: &str) -> (u16, String) {
        let member = self.portal.member(who).await.unwrap();
        let session = self.portal.session_of(&member.id, Aal::Aal2).await.unwrap();
        let request = Request::builder()
            .uri(path)
            .header("cookie", format!("durward_portal={session}"))
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    async fn send(&self, request: Request<Body>) -> (u16, String) {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let status = answer.status().as_u16();
        let bytes = answer.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

#[tokio::test]
async fn a_ticket_is_opened_answered_solved_and_hidden_from_others() {
    let web = Web::open().await;
    let none = Value::Null;
    let new = json!({ "category": "sign_in", "subject": "Error page", "text": "<b>Look</b>", "request_id": "019a6f3e-2c41" });
    let (status, opened) = web.call("developer", "POST", "/tickets", &new).await;
    assert_eq!(status, 201, "{opened}");
    assert_eq!(
        (opened["state"].as_str(), opened["team"].as_str()),
        (Some("open"), Some("fisheries-digital"))
    );
    let path = format!("/tickets/{}", opened["id"].as_str().unwrap());
    let answers = format!("{path}/answers");
    let (status, answered) = web
        .call("manager", "POST", &answers, &json!({ "text": "Which?" }))
        .await;
    assert_eq!(status, 201, "{answered}");
    assert_eq!(answered["state"], "waiting_for_partner");
    assert_eq!(answered["messages"][1]["side"], "support");

    // Another team sees nothing, and cannot tell it from a ticket that is not there.
    for (method, path) in [
        ("GET", path.clone()),
        ("POST", answers.clone()),
        ("POST", format!("{path}/state")),
    ] {
        let body = if path.ends_with("state") {
            json!({ "state": "closed" })
        } else {
            json!({ "text": "Mine" })
        };
        let (status, problem) = web.call("outsider", method, &path, &body).await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (404, Some("ticket/not-found")),
            "{method} {path}"
        );
    }
    let (_, list) = web.call("outsider", "GET", "/tickets", &none).await;
    assert_eq!(list["items"], json!([]));
    let (_, list) = web
        .call(
            "manager",
            "GET",
            "/tickets?state=waiting_for_partner",
            &none,
        )
        .await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let foreign =
        json!({ "category": "other", "subject": "Error page", "text": "Look", "team": "harbours" });
    let (status, problem) = web.call("developer", "POST", "/tickets", &foreign).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (422, Some("ticket/team"))
    );
    let (status, _) = web
        .call("reader", "POST", &answers, &json!({ "text": "No" }))
        .await;
    assert_eq!(status, 403);

    // A line of a mail's head cannot be smuggled into a subject, nor a control character into a text.
    for (subject, code) in [
        ("Hello\r\nBcc: all@agency.gov", "ticket/subject"),
        ("Hello\u{0}there", "ticket/subject"),
        ("Hello\u{85}there", "ticket/subject"),
    ] {
        let new = json!({ "category": "other", "subject": subject, "text": "Look" });
        let (status, problem) = web.call("developer", "POST", "/tickets", &new).await;
        assert_eq!((status, problem["code"].as_str()), (422, Some(code)));
    }
    let new = json!({ "category": "other", "subject": "Hello", "text": "\u{1b}[2J" });
    let (status, problem) = web.call("developer", "POST", "/tickets", &new).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (422, Some("ticket/text"))
    );

    let (status, shown) = web
        .page(
            "developer",
            &format!("/support/{}", opened["id"].as_str().unwrap()),
        )
        .await;
    assert_eq!(status, 200);
    assert!(
        shown.contains("&#60;b&#62;Look") || shown.contains("&lt;b&gt;Look"),
        "plain text only"
    );
    assert!(shown.contains("/requests/019a6f3e-2c41"));
    assert!(!shown.contains("<b>Look"));
    let (status, _) = web
        .page(
            "outsider",
            &format!("/support/{}", opened["id"].as_str().unwrap()),
        )
        .await;
    assert_eq!(status, 404);
    let (status, form) = web
        .page(
            "developer",
            "/support/new?request=abc-1&app=fishing-licence",
        )
        .await;
    assert_eq!(status, 200);
    assert!(form.contains("value=\"abc-1\"") && form.contains("value=\"fishing-licence\""));

    let state = format!("{path}/state");
    let (status, solved) = web
        .call("developer", "POST", &state, &json!({ "state": "solved" }))
        .await;
    assert_eq!(
        (status, solved["state"].as_str()),
        (200, Some("solved")),
        "{solved}"
    );
    let (status, _) = web
        .call("manager", "POST", &state, &json!({ "state": "closed" }))
        .await;
    assert_eq!(status, 200);
    let (status, problem) = web
        .call("developer", "POST", &answers, &json!({ "text": "More" }))
        .await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("ticket/closed"))
    );
}
