//! What public clients send, letter by letter: the sample apps of Login.gov, and the clients of the certification suite.

use durward_app::testing::apps::VERIFIER;
use durward_domain::application::{OwnPolicies, TokenEndpointAuthMethod};
use durward_keyring::digest;
use durward_keyring::jose::jws;
use serde_json::json;

use super::*;

fn form(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

async fn begin(web: &Web, pairs: &[(&str, &str)], cookie: &str) -> Answer {
    let path = format!("/openid_connect/authorize?{}", form(pairs));
    let first = web
        .get(&path, &[("cookie", cookie), ("accept", "text/html")])
        .await;
    if first.query("code").is_some() || first.query("error").is_some() {
        return first;
    }
    // prompt=select_account: the person goes on as who they are, by the button of the page.
    let flow = first
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let page_path = first.location().path().to_owned();
    let both = format!("{cookie}; {flow}");
    let page = web
        .get(&page_path, &[("cookie", &both), ("accept", "text/html")])
        .await;
    let form_cookie = page
        .header("set-cookie")
        .map(|c| c.split(';').next().unwrap());
    let all = form_cookie.map_or(both.clone(), |own| format!("{both}; {own}"));
    let fields: Vec<_> = ["csrf_token", "request"]
        .into_iter()
        .map(|name| (name, logout::field(&page.text, name)))
        .collect();
    web.post(&page_path, FORM, &form(&fields), &[("cookie", &all)])
        .await
}

/// The Sinatra and Java samples of Login.gov: `private_key_jwt` without `iat` and `kid`, 1,000 seconds ahead; neither
/// `client_id` nor `redirect_uri` at the token endpoint; sign-out by `client_id`.
#[tokio::test]
async fn the_samples_of_login_gov_with_a_key() {
    let app = TestApp::private_key_jwt("sinatra", Algorithm::RS256).unwrap();
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let to = begin(
        &web,
        &[
            ("client_id", app.id()),
            ("response_type", "code"),
            (
                "acr_values",
                "http://idmanagement.gov/ns/assurance/ial/1 http://idmanagement.gov/ns/assurance/aal/2",
            ),
            ("scope", "openid email"),
            ("redirect_uri", app.redirect_uri()),
            ("state", "9b1d3f8a7c6e5d4f3a2b1c0d9e8f7a6b"),
            ("nonce", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
            ("prompt", "select_account"),
        ],
        &cookie,
    )
    .await;
    let code = to.query("code").unwrap_or_else(|| panic!("{}", to.text));
    let now = web.test.door.clock.real_now().as_second();
    let claims = json!({
        "iss": app.id(), "sub": app.id(), "aud": web.test.door.documents.token_url,
        "jti": "5f4dcc3b5aa765d61d8327deb882cf99", "nonce": "7c6a180b36896a0a8c02787eeafb0e4c", "exp": now + 1000,
    });
    let key = app.key.as_ref().unwrap();
    let signed = jws::sign(key, "JWT", &claims).unwrap();
    let assertion = without_kid(&signed, key);
    let answer = web
        .token(&form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
        ]))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    finish(&web, &app, &cookie, answer).await;
}

/// The single-page and mobile samples: PKCE alone, no `client_id` at the token endpoint.
#[tokio::test]
async fn the_samples_of_login_gov_without_a_key() {
    let app = TestApp::public("spa").unwrap();
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let challenge = digest::sha256_b64url(VERIFIER.as_bytes());
    let to = begin(
        &web,
        &[
            ("client_id", app.id()),
            ("response_type", "code"),
            ("acr_values", "urn:acr.login.gov:auth-only"),
            ("scope", "openid email"),
            ("redirect_uri", app.redirect_uri()),
            ("state", "9b1d3f8a7c6e5d4f3a2b1c0d9e8f7a6b"),
            ("nonce", "0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
            ("prompt", "select_account"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ],
        &cookie,
    )
    .await;
    let code = to.query("code").unwrap_or_else(|| panic!("{}", to.text));
    let answer = web
        .token(&form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("code_verifier", VERIFIER),
        ]))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    finish(&web, &app, &cookie, answer).await;
}

/// Userinfo, and sign-out as they ask for it: by `client_id`, without a hint.
async fn finish(web: &Web, app: &TestApp, cookie: &str, answer: Answer) {
    let tokens = answer.json();
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let info = web
        .get(USERINFO, &[("authorization", &bearer)])
        .await
        .json();
    assert!(
        info["email"].is_string() && info["email_verified"] == json!(true),
        "{info}"
    );
    let back = app
        .document
        .oidc
        .as_ref()
        .unwrap()
        .post_logout_redirect_uris[0]
        .clone();
    let path = format!(
        "/openid_connect/logout?{}",
        form(&[
            ("client_id", app.id()),
            ("post_logout_redirect_uri", &back),
            ("state", "9b1d3f8a7c6e5d4f3a2b1c0d9e8f7a6b"),
        ])
    );
    let page = web
        .get(&path, &[("cookie", cookie), ("accept", "text/html")])
        .await;
    assert!(
        page.text.contains("data-page=\"logout-confirm\""),
        "{}",
        page.text
    );
    let own = page
        .header("set-cookie")
        .map(|c| c.split(';').next().unwrap());
    let all = own.map_or(cookie.to_owned(), |own| format!("{cookie}; {own}"));
    let fields = [
        ("csrf_token", logout::field(&page.text, "csrf_token")),
        ("client_id", app.id()),
        ("post_logout_redirect_uri", &back),
        ("state", "9b1d3f8a7c6e5d4f3a2b1c0d9e8f7a6b"),
    ];
    let done = web
        .post(
            "/openid_connect/logout",
            FORM,
            &form(&fields),
            &[("cookie", &all)],
        )
        .await;
    assert!(done.location().as_str().starts_with(&back), "{}", done.text);
}

/// The same assertion without the key's name in its header.
fn without_kid(signed: &str, key: &durward_keyring::jose::SigningKey) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let payload = signed.split('.').nth(1).unwrap();
    let input = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

/// An app whose policies are relaxed as the guide to policies says for clients of the certification suite.
fn certified(name: &str) -> TestApp {
    let mut app = es256(name);
    let oidc = app.document.oidc.as_mut().unwrap();
    oidc.policies = OwnPolicies {
        min_state_length: Some(0),
        min_nonce_length: Some(0),
        require_nonce: Some(false),
        require_acr_values: Some(false),
        ..OwnPolicies::default()
    };
    assert_eq!(
        oidc.token_endpoint_auth_method,
        TokenEndpointAuthMethod::PrivateKeyJwt
    );
    app
}

/// The requests of the plans `oidcc-basic-certification-test-plan` and `oidcc-formpost-basic-certification-test-plan`
/// at the authorization endpoint, one for each module, and what they are answered.
#[tokio::test]
async fn the_requests_of_the_certification_suite() {
    let app = certified("suite");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let discovery = web
        .get("/.well-known/openid-configuration", &[])
        .await
        .json();
    let levels: Vec<_> = discovery["acr_values_supported"]
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_str().unwrap())
        .collect();
    let levels = levels.join(" ");
    let name = r#"{"userinfo":{"name":{"essential":true}}}"#;
    let check = async |module: &str, changes: &[(&str, &str)], expected: Option<&str>| {
        let mut all = vec![
            ("acr_values", ""),
            ("code_challenge", ""),
            ("code_challenge_method", ""),
            ("state", "0123456789"),
            ("nonce", "9876543210"),
            ("scope", "openid"),
        ];
        all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        all.extend(changes);
        let to = web.authorize(&app, &all, &cookie).await;
        let got = to.query("error");
        assert_eq!(got.as_deref(), expected, "{module}: {}", to.location());
        assert_eq!(
            to.query("code").is_some(),
            expected.is_none(),
            "{module}: {}",
            to.location()
        );
        to
    };
    check("oidcc-server", &[], None).await;
    check(
        "oidcc-response-type-missing",
        &[("response_type", "")],
        Some("invalid_request"),
    )
    .await;
    let no_nonce = "oidcc-ensure-request-without-nonce-succeeds-for-code-flow";
    check(no_nonce, &[("nonce", "")], None).await;
    for scope in [
        "profile",
        "email",
        "address",
        "phone",
        "email profile address phone",
    ] {
        let scope = format!("openid {scope}");
        check("oidcc-scope-…", &[("scope", &scope)], None).await;
    }
    check(
        "oidcc-ensure-other-scope-order-succeeds",
        &[("scope", "email openid")],
        None,
    )
    .await;
    check("oidcc-display-page", &[("display", "page")], None).await;
    check("oidcc-display-popup", &[("display", "popup")], None).await;
    check("oidcc-prompt-none-logged-in", &[("prompt", "none")], None).await;
    check("oidcc-max-age-10000", &[("max_age", "10000")], None).await;
    let unknown = "oidcc-ensure-request-with-unknown-parameter-succeeds";
    check(unknown, &[("extra", "foobar")], None).await;
    check(
        "oidcc-login-hint",
        &[("login_hint", "buffy@localhost")],
        None,
    )
    .await;
    check("oidcc-ui-locales", &[("ui_locales", "se")], None).await;
    check("oidcc-claims-locales", &[("claims_locales", "se")], None).await;
    let acr = "oidcc-ensure-request-with-acr-values-succeeds";
    check(acr, &[("acr_values", &levels)], None).await;
    check("oidcc-claims-essential", &[("claims", name)], None).await;
    let challenge = digest::sha256_b64url(VERIFIER.as_bytes());
    let pkce = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    check("oidcc-ensure-request-with-valid-pkce-succeeds", &pkce, None).await;
    let elsewhere = web
        .authorize(
            &app,
            &[("redirect_uri", "https://elsewhere.example/")],
            &cookie,
        )
        .await;
    assert_eq!(
        (elsewhere.status.as_u16(), elsewhere.header("location")),
        (400, None)
    );
    let nobody = web
        .authorize(&app, &[("prompt", "none"), ("state", "0123456789")], "")
        .await;
    assert_eq!(nobody.query("error").as_deref(), Some("login_required"));
    let again = web
        .authorize(
            &app,
            &[("prompt", "login"), ("state", "0123456789")],
            &cookie,
        )
        .await;
    assert_eq!(again.location().path(), "/", "oidcc-prompt-login");
    // oidcc-id-token-hint: the first ID token, and silence.
    let code = check("oidcc-id-token-hint", &[], None)
        .await
        .query("code")
        .unwrap();
    let tokens = web
        .token(&app.form(&web.test, &code, &[("code_verifier", "")]))
        .await
        .json();
    let hint = tokens["id_token"].as_str().unwrap();
    check(
        "oidcc-id-token-hint",
        &[("prompt", "none"), ("id_token_hint", hint)],
        None,
    )
    .await;
    // oidcc-userinfo-post-body. RFC 6750 §2.2
    let token = tokens["access_token"].as_str().unwrap();
    let body = form(&[("access_token", token)]);
    let info = web.post(USERINFO, FORM, &body, &[]).await;
    assert_eq!(info.status, 200, "{}", info.text);
    let bearer = format!("Bearer {token}");
    let twice = web
        .post(USERINFO, FORM, &body, &[("authorization", &bearer)])
        .await;
    assert_eq!(
        (twice.status.as_u16(), &twice.json()["error"]),
        (400, &json!("invalid_request"))
    );
}
