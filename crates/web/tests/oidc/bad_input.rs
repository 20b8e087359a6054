//! Every bad input: a clear refusal, and never a fault.

use serde_json::json;

use super::*;

/// A page with its name, the code, and the request id; and no redirect.
fn assert_plain_page(answer: &Answer, code: &str) {
    assert_eq!(answer.status, 400, "{}", answer.text);
    assert_eq!(answer.header("location"), None);
    assert!(answer.text.contains("data-page=\"error\""));
    assert!(answer.text.contains(code), "{code}: {}", answer.text);
    assert!(answer.text.contains(answer.header("x-request-id").unwrap()));
}

#[tokio::test]
async fn what_is_not_registered_gets_a_plain_page() {
    let app = es256("plain");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let near = format!("{}/more", app.redirect_uri());
    let with_query = format!("{}?x=1", app.redirect_uri());
    for uri in [
        "https://evil.example/",
        "javascript:alert(1)",
        &near,
        &with_query,
    ] {
        let answer = web.authorize(&app, &[("redirect_uri", uri)], &cookie).await;
        assert_plain_page(&answer, "authorize/redirect-uri-unregistered");
    }
    let answer = web.authorize(&app, &[("redirect_uri", "")], &cookie).await;
    assert_plain_page(&answer, "authorize/redirect-uri-missing");
    let answer = web
        .authorize(&app, &[("client_id", "urn:gov:nobody")], &cookie)
        .await;
    assert_plain_page(&answer, "authorize/client-unknown");
    // Also for programs that ask for no page.
    let answer = web.get("/openid_connect/authorize", &[]).await;
    assert_plain_page(&answer, "authorize/client-missing");
}

#[tokio::test]
async fn the_rest_is_told_to_the_app() {
    let app = es256("told");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    for (name, value, error) in [
        ("scope", "email", "invalid_scope"),
        ("response_type", "token", "unsupported_response_type"),
        (
            "acr_values",
            "urn:acr.login.gov:nonsense",
            "invalid_request",
        ),
        (
            "acr_values",
            "urn:acr.login.gov:verified",
            "unauthorized_client",
        ),
        ("code_challenge_method", "plain", "invalid_request"),
        ("prompt", "dance", "invalid_request"),
        ("state", "short", "invalid_request"),
        ("nonce", "", "invalid_request"),
        (
            "request_uri",
            "https://a.example/r",
            "request_uri_not_supported",
        ),
        ("max_age", "soon", "invalid_request"),
    ] {
        let answer = web.authorize(&app, &[(name, value)], &cookie).await;
        assert!(answer.location().as_str().starts_with(app.redirect_uri()));
        assert_eq!(
            answer.query("error").as_deref(),
            Some(error),
            "{name}={value}"
        );
        assert_eq!(answer.query("iss"), Some(web.test.door.issuer.clone()));
    }
}

#[tokio::test]
async fn malformed_queries_are_refused() {
    let web = Web::sandbox(&[]).await;
    let long = format!("client_id={}", "a".repeat(9_000));
    for query in [
        "%",
        "%00",
        "%ff%fe",
        "a=%zz",
        "client_id=%00",
        &long,
        "client_id=a&client_id=b",
    ] {
        for path in ["/openid_connect/authorize", "/openid_connect/logout"] {
            let answer = web.get(&format!("{path}?{query}"), &[]).await;
            let status = answer.status.as_u16();
            let logout_takes_anything = path.ends_with("logout") && status == 200;
            assert!(
                (400..500).contains(&status) || logout_takes_anything,
                "{path}?{query}: {status}"
            );
        }
    }
}

#[tokio::test]
async fn token_requests_of_a_bad_form() {
    let app = es256("form");
    let web = Web::sandbox(&[&app]).await;
    let check = async |kind: &str, body: &str, status: u16, error: &str| {
        let answer = web.post(TOKEN, kind, body, &[]).await;
        assert_eq!(answer.status, status, "{kind} {body}: {}", answer.text);
        assert_eq!(answer.json()["error"], error);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert!(answer.header("x-request-id").is_some());
    };
    check("application/json", "{}", 415, "invalid_request").await;
    check("text/plain", "code=1", 415, "invalid_request").await;
    for path in [
        TOKEN,
        "/api/openid_connect/par",
        "/api/openid_connect/introspect",
        "/api/openid_connect/revoke",
    ] {
        let told = web.post(path, "application/json", "{}", &[]).await.json();
        assert_eq!(told["code"], "token/media-type", "{path}");
        let explained = told["error_uri"].as_str().unwrap();
        assert!(explained.ends_with("/help/errors/token/media-type"));
        assert!(told["request_id"].is_string(), "{path}");
    }
    check(FORM, "", 400, "invalid_request").await;
    check(FORM, "grant_type=password", 400, "unsupported_grant_type").await;
    check(
        FORM,
        "grant_type=authorization_code&code=1&code=2",
        400,
        "invalid_request",
    )
    .await;
    check(
        FORM,
        "grant_type=authorization_code&code=a%00b",
        400,
        "invalid_request",
    )
    .await;
    check(
        FORM,
        "grant_type=authorization_code&code=x&client_id=urn:nobody",
        401,
        "invalid_client",
    )
    .await;
    check(
        FORM,
        "grant_type=authorization_code&code=x",
        400,
        "invalid_grant",
    )
    .await;
    let basic = [("authorization", "Basic YTpi")];
    let answer = web
        .post(TOKEN, FORM, "grant_type=authorization_code&code=x", &basic)
        .await;
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").is_some());
}

#[tokio::test]
async fn a_body_too_large_is_413() {
    let web = Web::sandbox(&[]).await;
    for size in [65 * 1024, 4 << 20] {
        let body = format!("grant_type=authorization_code&code={}", "x".repeat(size));
        for path in [TOKEN, "/openid_connect/authorize", "/openid_connect/logout"] {
            let answer = web.post(path, FORM, &body, &[]).await;
            assert_eq!(answer.status, 413, "{path} {size}");
        }
    }
}

#[tokio::test]
async fn a_wrong_method_names_the_right_one() {
    let web = Web::sandbox(&[]).await;
    for (method, path, right) in [
        ("DELETE", TOKEN, "POST"),
        ("GET", TOKEN, "POST"),
        ("PUT", USERINFO, "GET"),
        ("POST", "/api/openid_connect/certs", "GET"),
        ("DELETE", "/openid_connect/authorize", "GET"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let answer = web.send(request).await;
        assert_eq!(answer.status, 405, "{method} {path}");
        assert!(
            answer.header("allow").unwrap().contains(right),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn a_code_is_spent_once_and_its_replay_ends_what_it_gave() {
    let app = es256("once");
    let web = Web::sandbox(&[&app]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    let first = web.token(&app.form(&web.test, &code, &[])).await;
    assert_eq!(first.status, 200);
    let second = web.token(&app.form(&web.test, &code, &[])).await;
    assert_eq!(
        (second.status, second.json()["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_grant"))
    );
    let bearer = format!("Bearer {}", first.json()["access_token"].as_str().unwrap());
    let info = web.get(USERINFO, &[("authorization", &bearer)]).await;
    assert_eq!(info.status, 401);
    assert!(
        info.header("www-authenticate")
            .unwrap()
            .contains("error=\"invalid_token\"")
    );
}

#[tokio::test]
async fn refused_proofs_leave_the_code_unspent() {
    let (app, other) = (es256("mine"), es256("theirs"));
    let web = Web::sandbox(&[&app, &other]).await;
    let cookie = web.cookie(&[&app]).await;
    let code = web.code(&app, &cookie).await;
    let now = web.test.door.clock.real_now().as_second();
    let stranger = TestApp {
        document: app.document.clone(),
        key: other.key.clone(),
    };
    let none = "eyJhbGciOiJub25lIn0.e30.";
    let bad = [
        stranger.assertion(&web.test, &json!({})),
        app.assertion(&web.test, &json!({ "exp": now - 300 })),
        app.assertion(&web.test, &json!({ "exp": now + 365 * 86_400 })),
        app.assertion(&web.test, &json!({ "aud": "https://elsewhere.example" })),
        app.assertion(
            &web.test,
            &json!({ "iss": "urn:gov:nobody", "sub": "urn:gov:nobody" }),
        ),
        none.to_owned(),
        "not.a.token".to_owned(),
    ];
    for assertion in &bad {
        let answer = web
            .token(&app.form(&web.test, &code, &[("client_assertion", assertion)]))
            .await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("invalid_client"))
        );
    }
    let empty = web
        .token(&app.form(&web.test, &code, &[("client_assertion", "")]))
        .await;
    assert_eq!(
        (empty.status, empty.json()["error"].as_str()),
        (StatusCode::BAD_REQUEST, Some("invalid_request"))
    );
    let stolen = web.token(&other.form(&web.test, &code, &[])).await;
    assert_eq!(stolen.json()["error"], "invalid_grant");
    assert_eq!(
        web.token(&app.form(&web.test, &code, &[])).await.status,
        200
    );
}

#[tokio::test]
async fn userinfo_says_what_is_wrong() {
    let web = Web::sandbox(&[]).await;
    let check = async |header: Option<&str>, status: u16, expected: Option<&str>| {
        let headers: Vec<_> = header
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        let answer = web.get(USERINFO, &headers).await;
        assert_eq!(answer.status, status, "{header:?}");
        assert!(
            answer
                .header("www-authenticate")
                .unwrap()
                .starts_with("Bearer")
        );
        assert_eq!(answer.json()["error"].as_str(), expected, "{header:?}");
    };
    check(None, 401, None).await;
    check(Some("Basic YTpi"), 401, None).await;
    check(Some("Bearer"), 400, Some("invalid_request")).await;
    check(Some("Bearer a b"), 400, Some("invalid_request")).await;
    check(Some("Bearer nonsense"), 401, Some("invalid_token")).await;
}
