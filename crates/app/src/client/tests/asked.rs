//! Claims that are asked for by name, and requests that mean one person.

use durward_keyring::jose::SigningKey;

use super::*;

async fn to_client(
    test: &TestDoor,
    app: &TestApp,
    browser: &Browser,
    changes: &[(&str, &str)],
) -> Result<String, String> {
    match ask(test, browser, app.request(changes)).await {
        AuthorizeOutcome::ToClient(to) => {
            let to = to.location().unwrap();
            query(&to, "code").ok_or_else(|| query(&to, "error").unwrap())
        }
        AuthorizeOutcome::ToPage { path, .. } => Err(path.to_owned()),
        AuthorizeOutcome::Refused(refusal) => panic!("{refusal}"),
    }
}

async fn tokens(test: &TestDoor, app: &TestApp, code: &str) -> TokenAnswer {
    let form = app.form(test, code, &[]);
    redeem(test, &form).await.ok().unwrap()
}

/// OpenID Connect Core §5.5: claims without their scope, at the place that the request names.
#[tokio::test]
async fn claims_come_where_they_are_asked_for() {
    for test in doors().await {
        let app = es256("asked");
        test.serve(&[&app]).await.unwrap();
        let (person, browser) = test.sign_in(&[&app]).await.unwrap();
        let claims =
            r#"{"userinfo": {"email": null}, "id_token": {"email_verified": {"essential": true}}}"#;
        let changes = [("scope", "openid"), ("claims", claims)];
        let code = to_client(&test, &app, &browser, &changes).await.unwrap();
        let answer = tokens(&test, &app, &code).await;
        let told = super::claims(&answer);
        assert_eq!(
            (&told["email"], &told["email_verified"]),
            (&Value::Null, &json!(true))
        );
        let info = userinfo(&test, answer.access_token()).await.unwrap();
        assert_eq!(
            (&info["email"], &info["email_verified"]),
            (&json!(person.email), &Value::Null)
        );
    }
}

/// The shape of Login.gov: what userinfo tells is in the ID token too, if the app's policy says so.
#[tokio::test]
async fn a_policy_brings_the_claims_into_the_id_token() {
    let mut app = es256("shape");
    app.document
        .oidc
        .as_mut()
        .unwrap()
        .policies
        .claims_in_id_token = Some(true);
    let (test, browser) = sandbox(&app).await;
    let code = to_client(&test, &app, &browser, &[]).await.unwrap();
    let answer = tokens(&test, &app, &code).await;
    let (told, info) = (
        super::claims(&answer),
        userinfo(&test, answer.access_token()).await.unwrap(),
    );
    assert!(info["email"].is_string());
    assert_eq!(
        (&told["email"], &told["email_verified"]),
        (&info["email"], &info["email_verified"])
    );
}

/// OpenID Connect Core §3.1.2.1 (`id_token_hint`) and §5.5.1 (`sub`).
#[tokio::test]
async fn a_request_can_mean_one_person() {
    let (app, other) = (es256("meant"), es256("stranger"));
    let (test, browser) = sandbox(&app).await;
    test.serve(&[&other]).await.unwrap();
    let code = to_client(&test, &app, &browser, &[]).await.unwrap();
    let answer = tokens(&test, &app, &code).await;
    let hint = answer.id_token();
    let silent = [("prompt", "none"), ("id_token_hint", hint)];
    assert!(to_client(&test, &app, &browser, &silent).await.is_ok());
    let (_, second) = test.sign_in(&[&app, &other]).await.unwrap();
    let refused = to_client(&test, &app, &second, &silent).await;
    assert_eq!(refused.unwrap_err(), "login_required");
    // Without prompt=none the other person may sign in.
    let shown = to_client(&test, &app, &second, &silent[1..]).await;
    assert_eq!(shown.unwrap_err(), pending::SIGN_IN);
    let sub = super::claims(&answer)["sub"].as_str().unwrap().to_owned();
    let only = json!({ "id_token": { "sub": { "value": sub } } }).to_string();
    let only = [("claims", only.as_str())];
    assert!(to_client(&test, &app, &browser, &only).await.is_ok());
    let refused = to_client(&test, &app, &second, &only).await;
    assert_eq!(refused.unwrap_err(), "login_required");
    // What another issuer signed, another app got, or nobody signed, is no hint.
    let key = SigningKey::generate(Algorithm::ES256).unwrap();
    let forged = jws::sign(&key, "JWT", &super::claims(&answer)).unwrap();
    for bad in [forged.as_str(), "e30.e30.", "nonsense"] {
        let refused = to_client(&test, &app, &browser, &[("id_token_hint", bad)]).await;
        assert_eq!(refused.unwrap_err(), "invalid_request", "{bad}");
    }
    let refused = to_client(&test, &other, &second, &[("id_token_hint", hint)]).await;
    assert_eq!(refused.unwrap_err(), "invalid_request");
}
