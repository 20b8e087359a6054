//! Secrets of apps: whose they are, where they may be sent, and what ends them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_domain::application::TokenEndpointAuthMethod as Method;

use super::*;
use crate::actor::Actor;
use crate::client::secrets::{self, Wanted};

fn with_secret(name: &str, method: Method) -> TestApp {
    let mut app = TestApp::public(name).unwrap();
    let oidc = app.document.oidc.as_mut().unwrap();
    oidc.token_endpoint_auth_method = method;
    oidc.policies.auth_methods = Some(vec![method]);
    app
}

async fn made(test: &TestDoor, app: &TestApp, days: Option<u16>) -> Option<(String, String)> {
    let wanted = Wanted {
        handle: app.document.handle.to_string(),
        client_id: app.id().to_owned(),
        made_by: "m".to_owned(),
        days,
    };
    let made = secrets::make(&test.door, wanted, &Actor::Visitor, &trace()).await;
    made.unwrap().map(|(secret, row)| (secret, row.secret_id))
}

async fn by_header(
    test: &TestDoor,
    app: &TestApp,
    code: &str,
    secret: &str,
) -> Result<TokenAnswer, &'static str> {
    let id = app.id().replace(':', "%3A");
    let header = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let headers = Headers {
        authorization: Some(&header),
        ..Headers::default()
    };
    let form = app.form(test, code, &[("client_id", "")]);
    match super::super::grant_tokens(&test.door, form.as_bytes(), headers, &trace()).await {
        Ok(answer) => Ok(answer),
        Err(Failure::Refused(refusal)) => Err(refusal.code()),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

async fn by_form(
    test: &TestDoor,
    app: &TestApp,
    code: &str,
    secret: &str,
) -> Result<TokenAnswer, &'static str> {
    redeem(test, &app.form(test, code, &[("client_secret", secret)])).await
}

#[tokio::test]
async fn a_secret_redeems_codes_of_its_app_alone() {
    for test in doors().await {
        let app = with_secret("sec-basic", Method::ClientSecretBasic);
        let other = with_secret("sec-other", Method::ClientSecretBasic);
        test.serve(&[&app, &other]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let (secret, _) = made(&test, &app, None).await.unwrap();
        let (foreign, _) = made(&test, &other, None).await.unwrap();
        let code = code(&test, &app, &browser).await;
        assert_eq!(
            by_header(&test, &app, &code, &foreign).await.err(),
            Some("token/secret-wrong")
        );
        // A registered way is not traded for another one, nor for none.
        assert_eq!(
            by_form(&test, &app, &code, &secret).await.err(),
            Some("token/other-auth-method")
        );
        assert_eq!(
            redeem(&test, &app.form(&test, &code, &[])).await.err(),
            Some("token/other-auth-method")
        );
        // Refused proofs leave the code unspent.
        assert!(by_header(&test, &app, &code, &secret).await.is_ok());
        let held = secrets::of_app(&test.door, app.id(), "sec-basic").await;
        assert!(held.unwrap()[0].used_us.is_some());
    }
}

#[tokio::test]
async fn two_are_good_at_once_and_one_ends() {
    let app = with_secret("sec-two", Method::ClientSecretPost);
    let (test, browser) = sandbox(&app).await;
    let (first, id) = made(&test, &app, None).await.unwrap();
    let (second, _) = made(&test, &app, Some(1)).await.unwrap();
    assert!(made(&test, &app, None).await.is_none());
    for secret in [&first, &second] {
        let code = code(&test, &app, &browser).await;
        assert!(by_form(&test, &app, &code, secret).await.is_ok());
    }
    let of = (app.id(), "sec-two");
    let ended = secrets::end(&test.door, &id, of, &Actor::Visitor, &trace()).await;
    assert!(ended.unwrap());
    let code = code(&test, &app, &browser).await;
    assert_eq!(
        by_form(&test, &app, &code, &first).await.err(),
        Some("token/secret-wrong")
    );
    assert!(by_form(&test, &app, &code, &second).await.is_ok());
}

#[tokio::test]
async fn guessing_is_slowed_and_keeps_nobody_out() {
    let app = with_secret("sec-guess", Method::ClientSecretPost);
    let (test, browser) = sandbox(&app).await;
    let (secret, _) = made(&test, &app, None).await.unwrap();
    let code = code(&test, &app, &browser).await;
    let mut told = Vec::new();
    for _ in 0..32 {
        told.push(by_form(&test, &app, &code, "guessed").await.err().unwrap());
    }
    assert_eq!(told[0], "token/secret-wrong");
    assert_eq!(told[31], "token/too-many-secrets");
    assert!(by_form(&test, &app, &code, &secret).await.is_ok());
}
