//! P7 by its forms: every button of the test kit's page, who may press it, and what it does in the sandbox.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use durward_app::testing_portal::TestPortal;
use durward_domain::environment::EnvironmentName;
use durward_domain::level::Aal;
use durward_keyring::mac::MacKey;
use durward_web::portal_router::{self, Portal};
use durward_web::shared::limits::Limits;
use durward_web::shared::site::{Site, SiteSettings};
use durward_web::{door_router, pages};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

const PAGE: &str = "/apps/fishing-licence/sandbox/test-kit";

struct Web {
    portal: TestPortal,
    pages: Router,
    door: Router,
}

impl Web {
    async fn open() -> Self {
        let portal = TestPortal::at("2026-11-10").await.unwrap();
        let site = |name: &str, base: &str| {
            let clock = portal.keeper.clock.clone();
            Site::new(
                SiteSettings {
                    name: name.into(),
                    title: "Test".into(),
                    practice: false,
                    base_url: base.parse().unwrap(),
                    other_hosts: Vec::new(),
                    form_key: MacKey::new([7; 32]),
                    random: portal.keeper.random.clone(),
                    limits: Limits::default(),
                },
                move || clock.real_now(),
            )
        };
        let link = portal.keeper.environment(EnvironmentName::Sandbox).unwrap();
        let sandbox = link.door.clone().unwrap();
        let door = door_router::router(&sandbox, &site("sandbox", &sandbox.issuer));
        let state = Portal::new(
            Arc::clone(&portal.keeper),
            site("portal", "http://localhost:8400"),
        );
        let web = Self {
            pages: portal_router::router(&state, pages::rows()),
            door,
            portal,
        };
        for document in [
            web.portal.sandbox_document(),
            web.portal.production_document(),
        ] {
            let token = web.portal.token("admin").await.unwrap();
            let request = Request::post("/api/v1/apps")
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .header(header::CONTENT_TYPE, "application/json");
            let body = Body::from(document.to_json());
            assert_eq!(sent(&web.pages, request.body(body).unwrap()).await.0, 201);
        }
        web
    }

    async fn cookie(&self, who: &str) -> String {
        let id = self.portal.member(who).await.unwrap().id;
        let session = self.portal.session_of(&id, Aal::Aal2).await.unwrap();
        format!("durward_portal={session}")
    }

    async fn page(&self, cookie: &str, path: &str) -> (u16, String) {
        let request = Request::get(path).header(header::COOKIE, cookie);
        sent(&self.pages, request.body(Body::empty()).unwrap()).await
    }

    /// Presses a button of the page, with the fields of its form.
    async fn press(&self, cookie: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let (_, text) = self.page(cookie, PAGE).await;
        let token = between(&text, "name=\"csrf_token\"", "value=\"", "\"");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("csrf_token", token)
            .extend_pairs(fields)
            .finish();
        let request = Request::post(PAGE)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        sent(&self.pages, request.body(Body::from(body)).unwrap()).await
    }

    /// A call of the sandbox with an automation token.
    async fn test_api(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/test/api{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::CONTENT_TYPE, "application/json");
        let body = if method == "GET" {
            String::new()
        } else {
            body.to_string()
        };
        let (status, text) = sent(&self.door, request.body(Body::from(body)).unwrap()).await;
        (status, serde_json::from_str(&text).unwrap_or_default())
    }
}

async fn sent(router: &Router, request: Request<Body>) -> (u16, String) {
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

/// The text between two marks, after a third.
fn between<'a>(text: &'a str, after: &str, from: &str, to: &str) -> &'a str {
    let (_, rest) = text.split_once(after).unwrap();
    let (_, rest) = rest.split_once(from).unwrap();
    rest.split_once(to).unwrap().0
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_ends_when_it_is_revoked() {
    let web = Web::open().await;
    let cookie = web.cookie("developer").await;
    let wanted = [("token_name", "CI"), ("days", "30")];
    let (status, page) = web.press(&cookie, &wanted).await;
    assert_eq!(status, 200);
    let token = between(&page, "id=\"token\"", ">", "<").to_owned();
    let nobody = json!({});
    let (status, person) = web.test_api(&token, "POST", "/people", &nobody).await;
    assert_eq!(status, 201, "{person}");
    let (_, page) = web.page(&cookie, PAGE).await;
    assert!(!page.contains(&token), "a token is shown once");
    assert!(page.contains(person["email"].as_str().unwrap()));

    let id = between(&page, "name=\"revoke\"", "value=\"", "\"").to_owned();
    // Another team has no page of this app, and the id alone is no right.
    let stranger = web.cookie("outsider").await;
    assert_eq!(web.page(&stranger, PAGE).await.0, 404);
    let reader = web.cookie("reader").await;
    assert_eq!(web.page(&reader, PAGE).await.0, 403);
    let (status, _) = web.press(&cookie, &[("revoke", "no-such-token")]).await;
    assert_eq!(status, 404);
    assert_eq!(web.test_api(&token, "GET", "/people", &nobody).await.0, 200);

    assert_eq!(web.press(&cookie, &[("revoke", &id)]).await.0, 303);
    let (status, refused) = web.test_api(&token, "GET", "/people", &nobody).await;
    assert_eq!(
        (status, &refused["code"]),
        (401, &json!("automation/token"))
    );
    let (_, page) = web.page(&cookie, PAGE).await;
    assert!(!page.contains("name=\"revoke\""));
    assert_eq!(web.press(&cookie, &[("revoke", &id)]).await.0, 404);

    for (wanted, field) in [
        ([("token_name", ""), ("days", "30")], "token_name"),
        ([("token_name", "CI"), ("days", "366")], "days"),
        ([("token_name", "CI"), ("days", "0")], "days"),
        ([("token_name", "CI"), ("days", "soon")], "days"),
    ] {
        let (status, page) = web.press(&cookie, &wanted).await;
        assert_eq!(status, 422);
        assert!(!page.contains("id=\"token\""), "{wanted:?}");
        assert!(
            page.contains(&format!("id=\"{field}_error\"")),
            "{wanted:?}: {page}"
        );
    }
}

#[tokio::test]
async fn people_are_made_reset_and_deleted_by_their_buttons() {
    let web = Web::open().await;
    let cookie = web.cookie("developer").await;
    let email = "ada@fisheries-digital.example.com";
    let wanted = [("make_person", "1"), ("email", email), ("verified", "1")];
    assert_eq!(web.press(&cookie, &wanted).await.0, 303);
    let (_, page) = web.page(&cookie, PAGE).await;
    assert!(page.contains(email) && page.contains("<dd>Identity verified</dd>"));
    let id = between(&page, "data-person=\"", "", "\"").to_owned();
    let secret =
        |page: &str| between(page, "data-person=", "<code class=\"dw-value\">", "<").to_owned();
    let before = secret(&page);

    let (status, page) = web.press(&cookie, &wanted).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("id=\"email_error\""),
        "an address is one person's: {page}"
    );
    let (_, page) = web
        .press(&cookie, &[("make_person", "1"), ("email", "no address")])
        .await;
    assert!(page.contains("id=\"email_error\""), "{page}");

    assert_eq!(web.press(&cookie, &[("reset", &id)]).await.0, 303);
    let (_, page) = web.page(&cookie, PAGE).await;
    assert_ne!(secret(&page), before, "fresh secrets");
    assert_eq!(web.press(&cookie, &[("delete", &id)]).await.0, 303);
    assert!(!web.page(&cookie, PAGE).await.1.contains(email));
    assert_eq!(web.press(&cookie, &[("delete", &id)]).await.0, 404);
    assert_eq!(web.press(&cookie, &[("reset", &id)]).await.0, 404);
}

#[tokio::test]
async fn faults_and_time_are_set_by_their_buttons() {
    let web = Web::open().await;
    let cookie = web.cookie("developer").await;
    let token = [("token_name", "CI"), ("days", "1")];
    let (_, page) = web.press(&cookie, &token).await;
    let token = between(&page, "id=\"token\"", ">", "<").to_owned();
    let fault = |kind, value, count| {
        [
            ("set_fault", "1"),
            ("fault", kind),
            ("value", value),
            ("count", count),
        ]
    };
    let set = fault("token_error", "temporarily_unavailable", "3");
    assert_eq!(web.press(&cookie, &set).await.0, 303);
    assert_eq!(
        web.press(&cookie, &fault("token_slow", "250", "1")).await.0,
        303
    );
    assert_eq!(
        web.press(&cookie, &fault("id_token_nonce", "", "2"))
            .await
            .0,
        303
    );
    let nobody = json!({});
    let (_, list) = web.test_api(&token, "GET", "/faults", &nobody).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 3, "{list}");
    for (kind, value, count, field) in [
        ("token_slow", "a while", "1", "value"),
        ("token_error", "no_such_error", "1", "value"),
        ("no_such_fault", "", "1", "value"),
        ("id_token_nonce", "", "0", "count"),
        ("id_token_nonce", "", "1001", "count"),
    ] {
        let (status, page) = web.press(&cookie, &fault(kind, value, count)).await;
        assert_eq!(status, 422);
        assert!(
            page.contains(&format!("id=\"{field}_error\"")),
            "{kind} {value} {count}: {page}"
        );
    }
    let (_, page) = web.page(&cookie, PAGE).await;
    let id = between(&page, "name=\"clear\"", "value=\"", "\"").to_owned();
    assert_eq!(web.press(&cookie, &[("clear", &id)]).await.0, 303);
    let (_, list) = web.test_api(&token, "GET", "/faults", &nobody).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    assert_eq!(web.press(&cookie, &[("clear", &id)]).await.0, 404);

    let advance = [("advance", "1"), ("minutes", "90")];
    assert_eq!(web.press(&cookie, &advance).await.0, 303);
    assert!(web.page(&cookie, PAGE).await.1.contains("90"));
    for minutes in ["", "-5", "later"] {
        let (status, page) = web
            .press(&cookie, &[("advance", "1"), ("minutes", minutes)])
            .await;
        assert_eq!(status, 422);
        assert!(page.contains("id=\"minutes_error\""), "{minutes}: {page}");
    }
}

#[tokio::test]
async fn there_is_no_test_kit_for_a_configuration_of_production() {
    let web = Web::open().await;
    let cookie = web.cookie("admin").await;
    let path = "/apps/fishing-licence/production/test-kit";
    assert_eq!(web.page(&cookie, path).await.0, 404);
    let (_, page) = web.page(&cookie, PAGE).await;
    let token = between(&page, "name=\"csrf_token\"", "value=\"", "\"");
    let body = format!("csrf_token={token}&token_name=CI&days=1");
    let request = Request::post(path)
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let (status, _) = sent(&web.pages, request.body(Body::from(body)).unwrap()).await;
    assert_eq!(status, 404);
    let (_, test) = web
        .page(&cookie, "/apps/fishing-licence/production/test")
        .await;
    assert!(!test.contains("test-kit"));
}
