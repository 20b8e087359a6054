//! P7 by its forms: every button of the test kit's page, who may press it, and what it does in the sandbox.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use durward_domain::environment::EnvironmentName;
use serde_json::{Value, json};

use crate::support::{JSON, Web, between, send};

const PAGE: &str = "/apps/fishing-licence/sandbox/test-kit";

/// The portal with an app, and its sandbox.
struct Kit {
    web: Web,
    door: Router,
}

impl Kit {
    async fn open() -> Self {
        let web = Web::open().await;
        web.save_both().await;
        let door = web.door(EnvironmentName::Sandbox);
        Self { web, door }
    }

    async fn page(&self, cookie: &str, path: &str) -> (u16, String) {
        self.web.page(cookie, path).await.pair()
    }

    /// Presses a button of the page, with the fields of its form.
    async fn press(&self, cookie: &str, fields: &[(&str, &str)]) -> (u16, String) {
        self.web.form(cookie, PAGE, PAGE, fields).await.pair()
    }

    /// A call of the sandbox with an automation token.
    async fn test_api(&self, token: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/test/api{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(JSON.0, JSON.1);
        let body = if method == "GET" {
            String::new()
        } else {
            body.to_string()
        };
        let said = send(&self.door, request.body(Body::from(body)).unwrap()).await;
        (said.status, said.json)
    }
}

#[tokio::test]
async fn a_token_is_shown_once_works_and_ends_when_it_is_revoked() {
    let kit = Kit::open().await;
    let cookie = kit.web.cookie("developer").await;
    let wanted = [("token_name", "CI"), ("days", "30")];
    let (status, page) = kit.press(&cookie, &wanted).await;
    assert_eq!(status, 200);
    let token = between(&page, "id=\"token\"", ">", "<").to_owned();
    let nobody = json!({});
    let (status, person) = kit.test_api(&token, "POST", "/people", &nobody).await;
    assert_eq!(status, 201, "{person}");
    let (_, page) = kit.page(&cookie, PAGE).await;
    assert!(!page.contains(&token), "a token is shown once");
    assert!(page.contains(person["email"].as_str().unwrap()));

    let id = between(&page, "name=\"revoke\"", "value=\"", "\"").to_owned();
    // Another team has no page of this app, and the id alone is no right.
    let stranger = kit.web.cookie("outsider").await;
    assert_eq!(kit.page(&stranger, PAGE).await.0, 404);
    let reader = kit.web.cookie("reader").await;
    assert_eq!(kit.page(&reader, PAGE).await.0, 403);
    let (status, _) = kit.press(&cookie, &[("revoke", "no-such-token")]).await;
    assert_eq!(status, 404);
    assert_eq!(kit.test_api(&token, "GET", "/people", &nobody).await.0, 200);

    assert_eq!(kit.press(&cookie, &[("revoke", &id)]).await.0, 303);
    let (status, refused) = kit.test_api(&token, "GET", "/people", &nobody).await;
    assert_eq!(
        (status, &refused["code"]),
        (401, &json!("automation/token"))
    );
    let (_, page) = kit.page(&cookie, PAGE).await;
    assert!(!page.contains("name=\"revoke\""));
    assert_eq!(kit.press(&cookie, &[("revoke", &id)]).await.0, 404);

    for (wanted, field) in [
        ([("token_name", ""), ("days", "30")], "token_name"),
        ([("token_name", "CI"), ("days", "366")], "days"),
        ([("token_name", "CI"), ("days", "0")], "days"),
        ([("token_name", "CI"), ("days", "soon")], "days"),
    ] {
        let (status, page) = kit.press(&cookie, &wanted).await;
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
    let kit = Kit::open().await;
    let cookie = kit.web.cookie("developer").await;
    let email = "ada@fisheries-digital.example.com";
    let wanted = [("make_person", "1"), ("email", email), ("verified", "1")];
    assert_eq!(kit.press(&cookie, &wanted).await.0, 303);
    let (_, page) = kit.page(&cookie, PAGE).await;
    assert!(page.contains(email) && page.contains("<dd>Identity verified</dd>"));
    let id = between(&page, "data-person=\"", "", "\"").to_owned();
    let secret =
        |page: &str| between(page, "data-person=", "<code class=\"dw-value\">", "<").to_owned();
    let before = secret(&page);

    let (status, page) = kit.press(&cookie, &wanted).await;
    assert_eq!(status, 422);
    assert!(
        page.contains("id=\"email_error\""),
        "an address is one person's: {page}"
    );
    let (_, page) = kit
        .press(&cookie, &[("make_person", "1"), ("email", "no address")])
        .await;
    assert!(page.contains("id=\"email_error\""), "{page}");

    assert_eq!(kit.press(&cookie, &[("reset", &id)]).await.0, 303);
    let (_, page) = kit.page(&cookie, PAGE).await;
    assert_ne!(secret(&page), before, "fresh secrets");
    assert_eq!(kit.press(&cookie, &[("delete", &id)]).await.0, 303);
    assert!(!kit.page(&cookie, PAGE).await.1.contains(email));
    assert_eq!(kit.press(&cookie, &[("delete", &id)]).await.0, 404);
    assert_eq!(kit.press(&cookie, &[("reset", &id)]).await.0, 404);
}

#[tokio::test]
async fn faults_and_time_are_set_by_their_buttons() {
    let kit = Kit::open().await;
    let cookie = kit.web.cookie("developer").await;
    let token = [("token_name", "CI"), ("days", "1")];
    let (_, page) = kit.press(&cookie, &token).await;
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
    assert_eq!(kit.press(&cookie, &set).await.0, 303);
    assert_eq!(
        kit.press(&cookie, &fault("token_slow", "250", "1")).await.0,
        303
    );
    assert_eq!(
        kit.press(&cookie, &fault("id_token_nonce", "", "2"))
            .await
            .0,
        303
    );
    let nobody = json!({});
    let (_, list) = kit.test_api(&token, "GET", "/faults", &nobody).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 3, "{list}");
    for (kind, value, count, field) in [
        ("token_slow", "a while", "1", "value"),
        ("token_error", "no_such_error", "1", "value"),
        ("no_such_fault", "", "1", "value"),
        ("id_token_nonce", "", "0", "count"),
        ("id_token_nonce", "", "1001", "count"),
    ] {
        let (status, page) = kit.press(&cookie, &fault(kind, value, count)).await;
        assert_eq!(status, 422);
        assert!(
            page.contains(&format!("id=\"{field}_error\"")),
            "{kind} {value} {count}: {page}"
        );
    }
    let (_, page) = kit.page(&cookie, PAGE).await;
    let id = between(&page, "name=\"clear\"", "value=\"", "\"").to_owned();
    assert_eq!(kit.press(&cookie, &[("clear", &id)]).await.0, 303);
    let (_, list) = kit.test_api(&token, "GET", "/faults", &nobody).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");
    assert_eq!(kit.press(&cookie, &[("clear", &id)]).await.0, 404);

    let advance = [("advance", "1"), ("minutes", "90")];
    assert_eq!(kit.press(&cookie, &advance).await.0, 303);
    assert!(kit.page(&cookie, PAGE).await.1.contains("90"));
    for minutes in ["", "-5", "later"] {
        let (status, page) = kit
            .press(&cookie, &[("advance", "1"), ("minutes", minutes)])
            .await;
        assert_eq!(status, 422);
        assert!(page.contains("id=\"minutes_error\""), "{minutes}: {page}");
    }
}

#[tokio::test]
async fn there_is_no_test_kit_for_a_configuration_of_production() {
    let kit = Kit::open().await;
    let cookie = kit.web.cookie("admin").await;
    let path = "/apps/fishing-licence/production/test-kit";
    assert_eq!(kit.page(&cookie, path).await.0, 404);
    let token = [("token_name", "CI"), ("days", "1")];
    let status = kit.web.form(&cookie, PAGE, path, &token).await.status;
    assert_eq!(status, 404);
    let (_, test) = kit
        .page(&cookie, "/apps/fishing-licence/production/test")
        .await;
    assert!(!test.contains("test-kit"));
}
