//! Tokens of apps themselves: for whom, and what they are good for.

use durward_domain::application::GrantType;

use super::super::{introspect, revoke};
use super::*;

async fn about(test: &TestDoor, app: &TestApp, token: &str) -> Value {
    let form = app.form(test, "", &[("grant_type", ""), ("token", token)]);
    let told = introspect(&test.door, form.as_bytes(), None, &trace()).await;
    serde_json::to_value(told.map_err(|_| ()).unwrap()).unwrap()
}

/// RFC 6749 §4.4, RFC 7662 §2.2.
#[tokio::test]
async fn a_token_of_the_app_itself() {
    for test in doors().await {
        let mut app = es256("own");
        app.document.oidc.as_mut().unwrap().grant_types = vec![GrantType::ClientCredentials];
        let other = es256("own-other");
        test.serve(&[&app, &other]).await.unwrap();
        let form = || app.form(&test, "", &[("grant_type", "client_credentials")]);
        let answer = redeem(&test, &form()).await.unwrap();
        assert_eq!((answer.id_token(), answer.refresh_token()), ("", None));
        let token = answer.access_token();
        let told = about(&test, &app, token).await;
        assert_eq!(
            (&told["active"], &told["sub"], &told["client_id"]),
            (&json!(true), &json!(app.id()), &json!(app.id()))
        );
        assert_eq!((&told["acr"], &told["scope"]), (&Value::Null, &Value::Null));
        assert_eq!(
            about(&test, &other, token).await,
            json!({ "active": false })
        );
        // It tells of nobody.
        assert_eq!(userinfo(&test, token).await, Err("userinfo/token-invalid"));
        // An app that is not registered for it gets none, and this one gets no codes redeemed.
        let foreign = other.form(&test, "", &[("grant_type", "client_credentials")]);
        assert_eq!(
            redeem(&test, &foreign).await.err(),
            Some("token/grant-type-not-registered")
        );
        for (ender, active) in [(&other, true), (&app, false)] {
            let form = ender.form(&test, "", &[("grant_type", ""), ("token", token)]);
            let ended = revoke(&test.door, form.as_bytes(), None, &trace()).await;
            assert!(ended.is_ok());
            assert_eq!(about(&test, &app, token).await["active"], active);
        }
    }
}

#[tokio::test]
async fn a_public_app_gets_none() {
    let mut app = TestApp::public("own-public").unwrap();
    app.document.oidc.as_mut().unwrap().grant_types = vec![GrantType::ClientCredentials];
    let (test, _) = sandbox(&app).await;
    let form = app.form(&test, "", &[("grant_type", "client_credentials")]);
    assert_eq!(
        redeem(&test, &form).await.err(),
        Some("token/own-token-of-public-app")
    );
}
