//! Whole code flows.

use durward_app::testing::apps::{NONCE, STATE};
use durward_keyring::jose::{Jwk, PublicKey, jws};
use serde_json::{Value, json};

use super::*;

async fn check(app: TestApp, algorithm: Algorithm) {
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let to = web.authorize(&app, &[], &cookie).await;
    assert_eq!(
        (to.status, to.query("state").as_deref()),
        (StatusCode::SEE_OTHER, Some(STATE))
    );
    assert_eq!(to.header("cache-control"), Some("no-store"));
    let code = to.query("code").unwrap();
    let answer = web.token(&app.form(&web.test, &code, &[])).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let tokens = answer.json();
    assert_eq!(
        (&tokens["token_type"], &tokens["scope"]),
        (&json!("Bearer"), &json!("openid email"))
    );
    let claims = verified(&web, tokens["id_token"].as_str().unwrap(), algorithm).await;
    assert_eq!(claims["iss"], web.test.door.issuer);
    assert_eq!(
        (&claims["aud"], &claims["nonce"]),
        (&json!(app.id()), &json!(NONCE))
    );
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let info = web.get(USERINFO, &[("authorization", &bearer)]).await;
    assert_eq!(
        (info.status, info.header("cache-control")),
        (StatusCode::OK, Some("no-store"))
    );
    assert_eq!(info.json()["sub"], claims["sub"]);
    assert_eq!(info.json()["email_verified"], true);
    let posted = web
        .post(USERINFO, FORM, "", &[("authorization", &bearer)])
        .await;
    assert_eq!(posted.json(), info.json());
}

/// The claims, once the published key has verified them.
async fn verified(web: &Web, token: &str, algorithm: Algorithm) -> Value {
    let token = jws::Unverified::parse(token, 16_384).unwrap();
    assert_eq!(token.header.alg, algorithm);
    let keys = web.get("/api/openid_connect/certs", &[]).await.json();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"].as_str() == token.header.kid.as_deref())
        .unwrap();
    let jwk: Jwk = serde_json::from_value(key.clone()).unwrap();
    let key = PublicKey::from_jwk(&jwk).unwrap();
    token.verify(&key, &[algorithm]).unwrap().into()
}

#[tokio::test]
async fn with_rs256() {
    check(
        TestApp::private_key_jwt("rs", Algorithm::RS256).unwrap(),
        Algorithm::RS256,
    )
    .await;
}

#[tokio::test]
async fn with_ps256() {
    check(
        TestApp::private_key_jwt("ps", Algorithm::PS256).unwrap(),
        Algorithm::PS256,
    )
    .await;
}

#[tokio::test]
async fn with_es256() {
    check(es256("es"), Algorithm::ES256).await;
}

#[tokio::test]
async fn of_a_public_app() {
    check(TestApp::public("public").unwrap(), Algorithm::ES256).await;
}

#[tokio::test]
async fn a_posted_request_comes_back_with_its_cookies() {
    let app = es256("poster");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    // From another site: none of our cookies.
    let foreign = [
        ("origin", "https://app.example"),
        ("sec-fetch-site", "cross-site"),
    ];
    let body = encoded(&app.request(&[]));
    let stored = web
        .post("/openid_connect/authorize", FORM, &body, &foreign)
        .await;
    assert_eq!(stored.status, StatusCode::SEE_OTHER);
    assert_eq!(
        stored.location().path(),
        "/openid_connect/authorize/continue"
    );
    assert_eq!(stored.location().query(), None);
    let flow = stored
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let both = format!("{cookie}; {flow}");
    let to = web
        .get(stored.location().path(), &[("cookie", &both)])
        .await;
    assert!(to.query("code").is_some());
}

#[tokio::test]
async fn nobody_signed_in_goes_to_the_sign_in_page_in_the_apps_language() {
    let app = es256("page");
    let web = Web::sandbox(&[&app]).await;
    let to = web.authorize(&app, &[("ui_locales", "de es")], "").await;
    assert_eq!(
        (to.location().path(), to.location().query()),
        ("/", Some("locale=es"))
    );
    let cookie = to.header("set-cookie").unwrap();
    assert!(cookie.starts_with("durward_sandbox_flow=") && cookie.contains("HttpOnly"));
    let to = web.authorize(&app, &[("prompt", "create")], "").await;
    assert!(to.location().path().contains("sign_up"));
    let to = web.authorize(&app, &[("prompt", "none")], "").await;
    assert_eq!(to.query("error").as_deref(), Some("login_required"));
}

/// OpenID Connect Core §5.3.2: what is signed is sent as application/jwt, and read by POST alike.
#[tokio::test]
async fn signed_userinfo_has_its_own_media_type() {
    let mut app = es256("signed");
    let oidc = app.document.oidc.as_mut().unwrap();
    oidc.userinfo_signed_response_alg = Some(durward_domain::application::SigningAlgorithm::ES256);
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web
        .authorize(&app, &[], &cookie)
        .await
        .query("code")
        .unwrap();
    let answer = web.token(&app.form(&web.test, &code, &[])).await.json();
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let info = web.get(USERINFO, &[("authorization", &bearer)]).await;
    assert_eq!(info.header("content-type"), Some("application/jwt"));
    assert_eq!(info.header("cache-control"), Some("no-store"));
    let claims = verified(&web, &info.text, Algorithm::ES256).await;
    assert_eq!(claims["iss"], web.test.door.issuer);
    assert_eq!(claims["aud"], app.id());
    assert_eq!(claims["email_verified"], true);
}

#[tokio::test]
async fn an_app_that_changed_while_a_person_signed_in_is_told_with_its_explanation() {
    let mut app = es256("changing");
    let web = Web::sandbox(&[&app]).await;
    let begun = web.authorize(&app, &[], "").await;
    let flow = begun.header("set-cookie").unwrap().split(';').next();
    let headers = [("cookie", flow.unwrap()), ("accept", "text/html")];
    let oidc = app.document.oidc.as_mut().unwrap();
    oidc.redirect_uris = vec!["http://localhost:9/elsewhere".to_owned()];
    web.test.serve(&[&app]).await.unwrap();
    let page = web
        .get("/openid_connect/authorize/continue", &headers)
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(page.header("location").is_none());
    let portal = &web.test.door.portal_url;
    let explained = format!("{portal}/help/errors/authorize/app-changed");
    assert!(page.text.contains(&explained), "{}", page.text);
}
