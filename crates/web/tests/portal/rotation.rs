//! Rotating a key by the API and by its page.

use durward_keyring::jose::{Algorithm, SigningKey};
use serde_json::{Value, json};

use crate::support::Web;

const PLACE: &str = "/apps/fishing-licence/sandbox";

/// A new key for the first of the app's.
fn begin(web: &Web) -> Value {
    let key = SigningKey::generate(Algorithm::RS256).unwrap();
    let old = web.portal.sandbox_document().keys[0].fingerprint();
    json!({ "key": key.jwk(), "old_key": old })
}

#[tokio::test]
async fn in_the_sandbox_a_key_is_rotated_without_requests() {
    let web = Web::open().await;
    web.save_both().await;
    let path = format!("{PLACE}/rotation");
    let (status, problem) = web.api("reader", "GET", &path, &Value::Null).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (404, Some("rotation/none"))
    );
    let body = begin(&web);
    for (who, expected) in [("reader", 403), ("outsider", 404)] {
        let (status, _) = web.api(who, "POST", &path, &body).await;
        assert_eq!(status, expected, "{who}");
    }
    let (status, begun) = web.api("admin", "POST", &path, &body).await;
    assert_eq!(status, 200, "{begun}");
    assert_eq!(
        (&begun["stage"], &begun["addition"]),
        (&json!("waits_for_use"), &Value::Null)
    );
    let advance = format!("{path}/advance");
    let (status, problem) = web.api("admin", "POST", &advance, &json!({})).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("rotation/still-used"))
    );

    let cookie = web.cookie("admin").await;
    let shown = web.page(&cookie, &path).await;
    for part in ["id=\"rotation_steps\"", "id=\"confirm\"", "id=\"cancel\""] {
        assert!(shown.text.contains(part), "{part}: {}", shown.text);
    }
    let refused = web.form(&cookie, &path, &path, &[("advance", "1")]).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    let fields = [("advance", "1"), ("confirm", "1")];
    let done = web.form(&cookie, &path, &path, &fields).await;
    assert_eq!(done.status, 303, "{}", done.text);
    let (_, found) = web.api("admin", "GET", &path, &Value::Null).await;
    assert_eq!(found["stage"], "done");
    let (_, app) = web.api("admin", "GET", PLACE, &Value::Null).await;
    assert_eq!(app["keys"].as_array().unwrap().len(), 2);
    let shown = web.page(&cookie, &path).await;
    assert!(
        shown.text.contains("id=\"last_rotation\""),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("id=\"old\""), "{}", shown.text);
}

#[tokio::test]
async fn a_rotation_is_cancelled() {
    let web = Web::open().await;
    web.save_both().await;
    let path = format!("{PLACE}/rotation");
    let body = begin(&web);
    let (status, begun) = web.api("admin", "POST", &path, &body).await;
    assert_eq!(status, 200, "{begun}");
    let cancel = format!("{path}/cancel");
    let (status, ended) = web
        .api("admin", "POST", &cancel, &json!({ "reason": "Later." }))
        .await;
    assert_eq!(
        (status, &ended["stage"]),
        (200, &json!("cancelled")),
        "{ended}"
    );
    let (status, problem) = web.api("admin", "POST", &cancel, &json!({})).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (404, Some("rotation/none"))
    );
}
