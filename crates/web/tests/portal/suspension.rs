//! Break-glass by the API and by its page, and what people and programs meet at the door then.

use axum::body::Body;
use axum::http::Request;
use durward_domain::environment::EnvironmentName;
use serde_json::{Value, json};

use crate::support::{FORM, Web, browse, send};

const PLACE: &str = "/apps/fishing-licence/sandbox";

fn authorize(document: &Value) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("client_id", document["issuer"].as_str().unwrap())
        .append_pair(
            "redirect_uri",
            document["oidc"]["redirect_uris"][0].as_str().unwrap(),
        )
        .append_pair("response_type", "code")
        .append_pair("scope", "openid email")
        .append_pair("state", "0123456789012345678901")
        .append_pair("nonce", "0123456789012345678901");
    format!("/openid_connect/authorize?{}", query.finish())
}

#[tokio::test]
async fn an_app_is_suspended_and_resumed_and_people_are_told() {
    let web = Web::open().await;
    web.save_both().await;
    let door = web.door(EnvironmentName::Sandbox);
    let ask = authorize(&web.sandbox());
    assert_eq!(browse(&door, &ask, "").await.status, 303);
    let reason = json!({ "reason": "A key leaked." });
    let suspend = format!("{PLACE}/suspend");
    let (status, problem) = web.api("admin", "POST", &suspend, &reason).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (403, Some("permission/role"))
    );
    let (status, done) = web.api("deployer", "POST", &suspend, &reason).await;
    assert_eq!(status, 200, "{done}");
    assert_eq!(
        (&done["suspended"], &done["in_force"]),
        (&json!(true), &json!(true))
    );
    let (status, problem) = web.api("deployer", "POST", &suspend, &reason).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (409, Some("suspension/already"))
    );

    let page = browse(&door, &ask, "").await;
    assert_eq!(page.status, 403, "{}", page.text);
    for text in [
        "data-page=\"app-closed\"",
        "authorize/app-suspended",
        "Signing in is stopped for now",
        "It is nothing that you did.",
        "/help/errors/authorize/app-suspended",
        page.headers["x-request-id"].to_str().unwrap(),
    ] {
        assert!(page.text.contains(text), "{text}: {}", page.text);
    }
    assert!(
        !page.text.contains("A key leaked."),
        "the reason is for the team"
    );
    let issuer = web.sandbox()["issuer"].as_str().unwrap().to_owned();
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("client_id", &issuer)
        .append_pair("code", "a")
        .finish();
    let request = Request::post("/api/openid_connect/token")
        .header(FORM.0, FORM.1)
        .body(Body::from(form))
        .unwrap();
    let told = send(&door, request).await;
    assert_eq!(
        (told.status, told.json["error"].as_str()),
        (401, Some("invalid_client"))
    );

    let seen = format!("{PLACE}/suspension");
    let (_, denials) = web.api("reader", "GET", &seen, &Value::Null).await;
    assert_eq!(denials["denial"]["reason"], "A key leaked.");
    let (status, _) = web.api("outsider", "GET", &seen, &Value::Null).await;
    assert_eq!(status, 404);
    let cookie = web.cookie("deployer").await;
    let shown = web.page(&cookie, PLACE).await;
    assert!(shown.text.contains("id=\"app_denied\""), "{}", shown.text);
    let resume = format!("{PLACE}/resume");
    let refused = web.form(&cookie, &seen, &resume, &[("reason", "")]).await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(
        refused.text.contains("id=\"reason_error\""),
        "{}",
        refused.text
    );
    let done = web
        .form(&cookie, &seen, &resume, &[("reason", "Repaired.")])
        .await;
    assert_eq!(done.status, 303, "{}", done.text);
    assert_eq!(browse(&door, &ask, "").await.status, 303);
    let shown = web.page(&cookie, &seen).await;
    assert!(
        shown.text.contains("id=\"denial_history\""),
        "{}",
        shown.text
    );
}

#[tokio::test]
async fn a_partner_admin_revokes_a_key_of_the_own_team() {
    let web = Web::open().await;
    web.save_both().await;
    let path = format!("{PLACE}/keys/revoke");
    let body = |key: &str| json!({ "thumbprint": key, "reason": "It leaked." });
    let (_, app) = web.api("admin", "GET", PLACE, &Value::Null).await;
    let key: durward_domain::application::Key =
        serde_json::from_value(app["keys"][0].clone()).unwrap();
    let key = key.fingerprint();
    for (who, key, status) in [
        ("developer", key.as_str(), 403),
        ("outsider", &key, 404),
        ("admin", "nonsense", 422),
        ("admin", &key, 200),
        ("admin", &key, 409),
    ] {
        let (said, answer) = web.api(who, "POST", &path, &body(key)).await;
        assert_eq!(said, status, "{who} {key}: {answer}");
    }
    let cookie = web.cookie("admin").await;
    let page = web.page(&cookie, &format!("{PLACE}/suspension")).await;
    assert!(page.text.contains("id=\"revoked_keys\""), "{}", page.text);
}
