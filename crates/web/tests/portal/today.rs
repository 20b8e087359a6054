//! The first pages of partners and staff, and the same by the API.

use serde_json::Value;

use crate::support::Web;

#[tokio::test]
async fn the_first_page_shows_what_the_api_tells() {
    let web = Web::open().await;
    let (status, today) = web.api("admin", "GET", "/today", &Value::Null).await;
    assert_eq!(status, 200, "{today}");
    assert_eq!(today["date"], "2026-11-10");
    assert_eq!(today["board"], serde_json::json!([]));
    assert_eq!(today["next"]["ships"], serde_json::json!([]));
    web.save_both().await;
    let (_, today) = web.api("admin", "GET", "/today", &Value::Null).await;
    let app = &today["board"][0];
    assert_eq!(app["places"].as_array().map(Vec::len), Some(2), "{app}");
    assert_eq!(app["places"][0]["live_revision"], 1, "the sandbox is live");
    assert_eq!(app["places"][1]["live_revision"], Value::Null);
    let handle = app["app"].as_str().unwrap().to_owned();
    let page = web.page(&web.cookie("admin").await, "/").await.shown();
    for part in [
        "<svg",
        "role=\"group\"",
        "id=\"board_title\"",
        &format!("/apps/{handle}/production"),
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains(" style="), "the policy forbids it");
    // Another team sees none of it, and neither does its first page.
    let (_, other) = web.api("outsider", "GET", "/today", &Value::Null).await;
    assert_eq!(other["board"], serde_json::json!([]));
    let page = web.page(&web.cookie("outsider").await, "/").await.shown();
    assert!(!page.contains(&handle));
}

#[tokio::test]
async fn staff_see_what_waits_for_them() {
    let web = Web::open().await;
    let ticket =
        serde_json::json!({ "category": "sign_in", "subject": "Error page", "text": "Look" });
    web.api("developer", "POST", "/tickets", &ticket).await;
    let (_, today) = web.api("manager", "GET", "/today", &Value::Null).await;
    let needs = today["needs"].as_array().unwrap();
    let found = needs.iter().find(|need| need["kind"] == "ticket").unwrap();
    assert_eq!(
        (&found["count"], &found["href"]),
        (&1.into(), &"/support".into())
    );
    assert_eq!(found["items"][0]["title"], "Error page");
    let page = web
        .page(&web.cookie("manager").await, "/today")
        .await
        .shown();
    assert!(page.contains("Error page") && page.contains("console-today"));
    let said = web.page(&web.cookie("admin").await, "/today").await;
    assert_eq!(said.status, 403, "a partner");
}
