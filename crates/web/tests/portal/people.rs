//! Support for people: found by what they name, and suspended with a reason. Nothing of them stands in an address.

use serde_json::{Value, json};

use crate::support::{Web, between};

const PERSON: &str = "wren@example.com";

#[tokio::test]
async fn an_account_is_found_and_suspended_by_the_page() {
    let web = Web::open().await;
    web.portal.person(PERSON).await.unwrap();
    let cookie = web.cookie("administrator").await;
    let find = |email: &'static str| {
        let fields = [
            ("environment", "production"),
            ("email", email),
            ("request", ""),
        ];
        let (web, cookie) = (&web, &cookie);
        async move { web.form(cookie, "/people", "/people", &fields).await }
    };
    for (typed, error) in [
        ("", "email_error"),
        ("wren@", "email_error"),
        ("nobody@example.com", "email_error"),
    ] {
        let no = find(typed).await.text;
        assert!(
            no.contains(error) && !no.contains("id=\"found\""),
            "{typed}: {no}"
        );
    }
    let found = find(PERSON).await.text;
    let id = between(&found, "id=\"found_person\"", "value=\"", "\"").to_owned();
    let measure = |reason: &'static str| {
        let fields = [
            ("environment", "production"),
            ("person", id.as_str()),
            ("reason", reason),
            ("suspend", "1"),
        ];
        let (web, cookie) = (&web, &cookie);
        async move {
            web.form(cookie, "/people", "/people/measure", &fields)
                .await
        }
    };
    for reason in ["", "  ", "wren@example.com asked"] {
        let no = measure(reason).await.text;
        assert!(no.contains("id=\"reason_error\""), "{reason}: {no}");
        assert!(no.contains(reason.trim()), "what was typed stays: {no}");
        assert!(
            no.contains("id=\"suspend\""),
            "the account stays on the page: {no}"
        );
    }
    let done = measure("Reported as taken over.").await.text;
    assert!(
        done.contains("id=\"reinstate\"") && done.contains("id=\"done\""),
        "{done}"
    );
}

#[tokio::test]
async fn only_those_who_may_find_anybody() {
    let web = Web::open().await;
    web.portal.person(PERSON).await.unwrap();
    let body = json!({ "environment": "production", "email": PERSON });
    for (who, expected) in [
        ("administrator", 200),
        ("admin", 403),
        ("developer", 403),
        ("deployer", 403),
    ] {
        let (status, answer) = web.api(who, "POST", "/people/find", &body).await;
        assert_eq!(status, expected, "{who}: {answer}");
        assert!(status == 200 || answer["id"] == Value::Null, "{answer}");
    }
    let listed = web
        .api("administrator", "GET", "/people", &Value::Null)
        .await;
    assert!(
        matches!(listed.0, 404 | 405),
        "there is no list: {listed:?}"
    );
}
