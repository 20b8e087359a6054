//! The final configuration that staff make and the end of an app, by the API and their pages.

use serde_json::{Value, json};

use crate::support::Web;

const PLACE: &str = "/apps/fishing-licence/production";

#[tokio::test]
async fn staff_write_a_final_configuration_and_another_one_agrees() {
    let web = Web::open().await;
    web.save_both().await;
    let path = format!("{PLACE}/final");
    let mut document = web.production();
    document["friendly_name"] = json!("Fishing");
    let body = json!({ "document": document, "reason": "Shorter." });
    for (who, expected) in [
        ("admin", 403),
        ("reader", 403),
        ("outsider", 403),
        ("reviewer", 200),
        ("deployer", 409),
    ] {
        let (status, said) = web.api(who, "POST", &path, &body).await;
        assert_eq!(status, expected, "{who}: {said}");
    }
    let decide = format!("{path}/decide");
    let yes = json!({ "approve": true });
    for (who, expected) in [
        ("reviewer", 403),
        ("admin", 403),
        ("second-reviewer", 200),
        ("second-reviewer", 409),
    ] {
        let (status, said) = web.api(who, "POST", &decide, &yes).await;
        assert_eq!(status, expected, "{who}: {said}");
    }
    let (_, app) = web.api("admin", "GET", PLACE, &Value::Null).await;
    assert_eq!(app["friendly_name"], "Fishing");
    let cookie = web.cookie("admin").await;
    let shown = web.page(&cookie, &path).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("Shorter."), "{}", shown.text);
    assert!(!shown.text.contains("id=\"document\""), "{}", shown.text);
    let (status, _) = web.api("outsider", "GET", &path, &Value::Null).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_is_not_live_is_not_retired() {
    let web = Web::open().await;
    web.save_both().await;
    let cookie = web.cookie("admin").await;
    let shown = web.page(&cookie, &format!("{PLACE}/retire")).await;
    assert!(
        shown.text.contains("id=\"not_retirable\""),
        "{}",
        shown.text
    );
    let body = json!({ "app": "fishing-licence", "retire": "The service has ended." });
    let (status, problem) = web.api("admin", "POST", "/changes", &body).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("change/not-live"))
    );
}
