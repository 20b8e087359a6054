//! FAPI 2.0 Security Profile, by one switch of the app. Each test names what the certification plan asks.

use durward_app::testing::proofs::Holder;
use durward_domain::application::SigningAlgorithm;
use durward_keyring::jose::jws;
use serde_json::{Value, json};

use super::*;

const PAR: &str = "/api/openid_connect/par";

/// An app whose document says `fapi2` and nothing else of it.
fn fapi(name: &str) -> TestApp {
    let mut app = es256(name);
    app.document.oidc.as_mut().unwrap().fapi2 = true;
    app
}

struct Flow {
    web: Web,
    app: TestApp,
    other: TestApp,
    holder: Holder,
    cookie: String,
}

impl Flow {
    async fn new(name: &str) -> Self {
        Self::of(name, |_| ()).await
    }

    async fn of(name: &str, change: impl FnOnce(&mut TestApp)) -> Self {
        let (mut app, other) = (fapi(name), fapi(&format!("{name}-2")));
        change(&mut app);
        let web = Web::sandbox(&[&app, &other]).await;
        let cookie = web.cookie(&[&app, &other]).await;
        Self {
            web,
            app,
            other,
            holder: Holder::new(Algorithm::ES256).unwrap(),
            cookie,
        }
    }

    /// An assertion with the issuer as its audience, and these claims changed.
    fn assertion(&self, app: &TestApp, changes: &Value) -> String {
        let mut claims = json!({ "aud": self.web.test.door.issuer });
        let members = claims.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        app.assertion(&self.web.test, &claims)
    }

    async fn push_as(&self, app: &TestApp, assertion: &str, changes: &[(&str, &str)]) -> Answer {
        let mut pairs = app.request(changes);
        pairs.push((
            "client_assertion_type".to_owned(),
            ASSERTION_TYPE.to_owned(),
        ));
        pairs.push(("client_assertion".to_owned(), assertion.to_owned()));
        self.web.post(PAR, FORM, &encoded(&pairs), &[]).await
    }

    async fn push(&self, changes: &[(&str, &str)]) -> Answer {
        let assertion = self.assertion(&self.app, &json!({}));
        self.push_as(&self.app, &assertion, changes).await
    }

    async fn pushed(&self) -> String {
        let answer = self.push(&[]).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        assert!(answer.json()["expires_in"].as_u64().unwrap() < 600);
        answer.json()["request_uri"].as_str().unwrap().to_owned()
    }

    async fn visit(&self, app: &TestApp, uri: &str, cookie: &str) -> Answer {
        let query = encoded(&[
            ("client_id".to_owned(), app.id().to_owned()),
            ("request_uri".to_owned(), uri.to_owned()),
        ]);
        let path = format!("/openid_connect/authorize?{query}");
        let headers = [("cookie", cookie), ("accept", "text/html")];
        self.web.get(&path, &headers).await
    }

    async fn code(&self) -> String {
        let uri = self.pushed().await;
        let to = self.visit(&self.app, &uri, &self.cookie).await;
        assert_eq!(to.status, StatusCode::SEE_OTHER, "{}", to.text);
        assert_eq!(
            to.query("iss").as_deref(),
            Some(&*self.web.test.door.issuer)
        );
        to.query("code").unwrap()
    }

    async fn redeem_as(&self, app: &TestApp, code: &str, changes: &[(&str, &str)]) -> Answer {
        let assertion = self.assertion(app, &json!({}));
        let mut all = vec![("client_assertion", assertion.as_str())];
        all.extend(changes);
        let form = app.form(&self.web.test, code, &all);
        let url = &self.web.test.door.documents.token_url;
        let proof = self.holder.form(&self.web.test, url, &json!({}));
        self.web.post(TOKEN, FORM, &form, &[("dpop", &proof)]).await
    }

    async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        self.redeem_as(&self.app, code, changes).await
    }

    async fn userinfo(&self, token: &str) -> u16 {
        let proof = self.holder.userinfo(&self.web.test, token, &json!({}));
        let header = format!("DPoP {token}");
        let headers = [("authorization", header.as_str()), ("dpop", &proof)];
        self.web.get(USERINFO, &headers).await.status.as_u16()
    }
}

#[tokio::test]
async fn happy_flow() {
    let flow = Flow::new("happy").await;
    let code = flow.code().await;
    let answer = flow.redeem(&code, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let tokens = answer.json();
    assert_eq!(tokens["token_type"], "DPoP");
    let id_token = jws::Unverified::parse(tokens["id_token"].as_str().unwrap(), 9_999).unwrap();
    assert_eq!(id_token.header.alg, Algorithm::ES256);
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(flow.userinfo(token).await, 200);
    // attempt-reuse-authorization-code: the tokens that it gave end.
    let again = flow.redeem(&code, &[]).await;
    assert_eq!(verdict(&again), "400 invalid_grant token/code-spent");
    assert_eq!(flow.userinfo(token).await, 401);
}

#[tokio::test]
async fn only_pushed_requests_begin_a_sign_in() {
    let flow = Flow::new("pushed").await;
    // ensure-unsigned-authorization-request-without-using-par-fails
    let to = flow.web.authorize(&flow.app, &[], &flow.cookie).await;
    assert_eq!(to.query("error").as_deref(), Some("invalid_request"));
    // par-ensure-request-uri-is-bound-to-client
    let uri = flow.pushed().await;
    let foreign = flow.visit(&flow.other, &uri, &flow.cookie).await;
    assert!(foreign.text.contains("authorize/request-uri-unknown"));
    // par-ensure-reused-request-uri-prior-to-auth-completion-succeeds
    for _ in 0..2 {
        let page = flow.visit(&flow.app, &uri, "").await;
        assert_eq!(page.location().path(), "/", "{}", page.text);
    }
    let to = flow.visit(&flow.app, &uri, &flow.cookie).await;
    assert!(to.query("code").is_some());
    // par-attempt-reuse-request_uri
    let again = flow.visit(&flow.app, &uri, &flow.cookie).await;
    assert!(again.text.contains("authorize/request-uri-unknown"));
    // par-attempt-to-use-expired-request_uri
    let uri = flow.pushed().await;
    flow.web.test.door.clock.pass(91);
    let late = flow.visit(&flow.app, &uri, &flow.cookie).await;
    assert!(late.text.contains("authorize/request-uri-unknown"));
}

#[tokio::test]
async fn two_tabs_with_one_pushed_request_get_one_code() {
    let flow = Flow::new("tabs").await;
    let uri = flow.pushed().await;
    let mut flows = Vec::new();
    for _ in 0..2 {
        let page = flow.visit(&flow.app, &uri, "").await;
        let cookie = page.header("set-cookie").unwrap().split(';').next();
        flows.push(format!("{}; {}", flow.cookie, cookie.unwrap()));
    }
    let resumed = async |cookie: &str| {
        let path = "/openid_connect/authorize/continue";
        flow.web.get(path, &[("cookie", cookie)]).await
    };
    assert!(resumed(&flows[0]).await.query("code").is_some());
    let second = resumed(&flows[1]).await;
    assert_eq!(
        second.query("error").as_deref(),
        Some("invalid_request_uri")
    );
    assert_eq!(second.query("code"), None);
}

#[tokio::test]
async fn what_is_pushed_is_judged_at_once() {
    let flow = Flow::new("judged").await;
    let check = async |changes: &[(&str, &str)], expected: &str| {
        assert_eq!(verdict(&flow.push(changes).await), expected, "{changes:?}");
    };
    // par-ensure-pkce-required, par-ensure-plain-pkce-rejected
    let no_pkce = [("code_challenge", ""), ("code_challenge_method", "")];
    check(
        &no_pkce,
        "400 invalid_request authorize/code-challenge-missing",
    )
    .await;
    let plain = [("code_challenge_method", "plain")];
    let method = "400 invalid_request authorize/code-challenge-method-unsupported";
    check(&plain, method).await;
    check(&[("code_challenge_method", "")], method).await;
    // ensure-request-object-without-redirect-uri-fails, ensure-registered-redirect-uri
    let missing = "400 invalid_request authorize/redirect-uri-missing";
    check(&[("redirect_uri", "")], missing).await;
    let foreign = "400 invalid_request authorize/redirect-uri-unregistered";
    check(&[("redirect_uri", "https://attacker.example/cb")], foreign).await;
    // ensure-response-type-token-fails, ensure-response-type-code-id-token-fails
    for kind in ["token", "code id_token", "id_token"] {
        let expected = "400 unsupported_response_type authorize/response-type-unsupported";
        check(&[("response_type", kind)], expected).await;
    }
    // par-reject-request-uri-in-par-authorization-form-params
    let nested = [("request_uri", "urn:ietf:params:oauth:request_uri:x")];
    check(&nested, "400 invalid_request par/request-uri").await;
    // The request is signed by RS256 or by nobody: ensure-signed-request-object-with-RS256-fails, …-alg-is-not-none
    let none = "eyJhbGciOiJub25lIn0.e30.";
    let object = "400 invalid_request_object authorize/request-object-invalid";
    check(&[("request", none)], object).await;
    // par-reject-invalid-http-verb
    for method in ["GET", "PUT", "DELETE"] {
        let request = Request::builder().method(method).uri(PAR);
        let answer = flow.web.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    // RFC 9126 §2: a form, and nothing in the query.
    let typed = flow.web.post(PAR, "application/json", "{}", &[]).await;
    assert_eq!(typed.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn assertions_are_judged_strictly() {
    let flow = Flow::new("proving").await;
    let door = &flow.web.test.door;
    let now = door.clock.real_now().as_second();
    let check = async |changes: Value, expected: &str| {
        let assertion = flow.assertion(&flow.app, &changes);
        let answer = flow.push_as(&flow.app, &assertion, &[]).await;
        let found = match answer.status.as_u16() {
            201 => "ok".to_owned(),
            _ => verdict(&answer),
        };
        assert_eq!(found, expected, "{changes}");
    };
    let aud = "401 invalid_client token/assertion-audience";
    // par-token-endpoint-as-audience-fails, par-endpoint-as-audience-fails, par-endpoint-as-array-audience-fails
    check(json!({ "aud": door.documents.token_url }), aud).await;
    check(json!({ "aud": door.documents.push_url }), aud).await;
    check(json!({ "aud": [door.documents.push_url] }), aud).await;
    check(json!({ "aud": [door.issuer] }), aud).await;
    check(json!({ "aud": format!("{}/", door.issuer) }), aud).await;
    check(json!({ "aud": "https://elsewhere.example" }), aud).await;
    check(json!({ "aud": door.issuer }), "ok").await;
    // ensure-client-assertion-with-no-sub-fails, …-with-exp-is-5-minutes-in-past-fails
    let claim = "401 invalid_client token/assertion-claim";
    check(json!({ "sub": null }), claim).await;
    check(json!({ "exp": null }), claim).await;
    check(json!({ "jti": null }), claim).await;
    let expired = "401 invalid_client token/assertion-expired";
    check(json!({ "exp": now - 300 }), expired).await;
    // par-…-with-iat-nbf-8-seconds-in-the-future-is-accepted, …-over-60-…-fails
    check(json!({ "iat": now + 8, "nbf": now + 8 }), "ok").await;
    let future = "401 invalid_client token/assertion-from-the-future";
    check(json!({ "iat": now + 61 }), future).await;
    check(json!({ "nbf": now + 61 }), future).await;
    // Once.
    let assertion = flow.assertion(&flow.app, &json!({}));
    assert_eq!(flow.push_as(&flow.app, &assertion, &[]).await.status, 201);
    let again = flow.push_as(&flow.app, &assertion, &[]).await;
    assert_eq!(
        verdict(&again),
        "401 invalid_client token/assertion-replayed"
    );
    // ensure-client-id-in-token-endpoint: the id of one app under the key of another.
    let mut mixed = flow.other.request(&[]);
    mixed.push((
        "client_assertion_type".to_owned(),
        ASSERTION_TYPE.to_owned(),
    ));
    mixed.push((
        "client_assertion".to_owned(),
        flow.assertion(&flow.app, &json!({})),
    ));
    let answer = flow.web.post(PAR, FORM, &encoded(&mixed), &[]).await;
    assert_eq!(
        verdict(&answer),
        "401 invalid_client token/assertion-not-the-client"
    );
    // ensure-client-assertion-in-token-endpoint
    let bare = encoded(&flow.app.request(&[]));
    let answer = flow.web.post(PAR, FORM, &bare, &[]).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
}

#[tokio::test]
async fn rs256_signs_nothing() {
    let mut app = TestApp::private_key_jwt("rsa", Algorithm::RS256).unwrap();
    app.document.oidc.as_mut().unwrap().fapi2 = true;
    let web = Web::sandbox(&[&app]).await;
    // ensure-signed-client-assertion-with-RS256-fails
    let assertion = app.assertion(&web.test, &json!({ "aud": web.test.door.issuer }));
    let mut pairs = app.request(&[]);
    pairs.push((
        "client_assertion_type".to_owned(),
        ASSERTION_TYPE.to_owned(),
    ));
    pairs.push(("client_assertion".to_owned(), assertion));
    let answer = web.post(PAR, FORM, &encoded(&pairs), &[]).await;
    assert_eq!(
        verdict(&answer),
        "401 invalid_client token/assertion-signature"
    );
    // Its proofs neither.
    let flow = Flow::new("rsa-proof").await;
    let code = flow.code().await;
    let rsa = Holder::new(Algorithm::RS256).unwrap();
    let url = &flow.web.test.door.documents.token_url;
    let proof = rsa.form(&flow.web.test, url, &json!({}));
    let assertion = flow.assertion(&flow.app, &json!({}));
    let changes = [("client_assertion", assertion.as_str())];
    let form = flow.app.form(&flow.web.test, &code, &changes);
    let answer = flow.web.post(TOKEN, FORM, &form, &[("dpop", &proof)]).await;
    assert_eq!(verdict(&answer), "400 invalid_dpop_proof dpop/algorithm");
}

#[tokio::test]
async fn userinfo_that_was_registered_for_rs256_is_signed_with_ps256() {
    let flow = Flow::of("told", |app| {
        let oidc = app.document.oidc.as_mut().unwrap();
        oidc.userinfo_signed_response_alg = Some(SigningAlgorithm::RS256);
    })
    .await;
    let code = flow.code().await;
    let tokens = flow.redeem(&code, &[]).await.json();
    let token = tokens["access_token"].as_str().unwrap();
    let proof = flow.holder.userinfo(&flow.web.test, token, &json!({}));
    let held = format!("DPoP {token}");
    let headers = [("authorization", held.as_str()), ("dpop", proof.as_str())];
    let answer = flow.web.get(USERINFO, &headers).await;
    assert_eq!(answer.header("content-type"), Some("application/jwt"));
    let told = jws::Unverified::parse(&answer.text, 9_999).unwrap();
    assert_eq!(told.header.alg, Algorithm::PS256);
}

#[tokio::test]
async fn a_code_is_redeemed_by_its_app_with_its_verifier_and_its_key() {
    let flow = Flow::new("redeems").await;
    let code = flow.code().await;
    // ensure-authorization-code-is-bound-to-client
    let answer = flow
        .redeem_as(&flow.other, &code, &[("redirect_uri", "")])
        .await;
    assert_eq!(verdict(&answer), "400 invalid_grant token/code-unknown");
    // par-ensure-pkce-code-verifier-required, par-incorrect-pkce-code-verifier-rejected
    let answer = flow.redeem(&code, &[("code_verifier", "")]).await;
    assert_eq!(verdict(&answer), "400 invalid_grant token/verifier-missing");
    let wrong = "another-verifier-that-is-long-enough-0123456789";
    let answer = flow.redeem(&code, &[("code_verifier", wrong)]).await;
    assert_eq!(verdict(&answer), "400 invalid_grant token/verifier-wrong");
    // ensure-holder-of-key-required
    let assertion = flow.assertion(&flow.app, &json!({}));
    let changes = [("client_assertion", assertion.as_str())];
    let form = flow.app.form(&flow.web.test, &code, &changes);
    let answer = flow.web.token(&form).await;
    assert_eq!(verdict(&answer), "400 invalid_dpop_proof dpop/missing");
    // attempt-to-use-expired-auth-code
    flow.web.test.door.clock.pass(61);
    let answer = flow.redeem(&code, &[]).await;
    assert_eq!(verdict(&answer), "400 invalid_grant token/code-expired");
}

#[tokio::test]
async fn an_app_that_could_not_follow_the_profile_is_held_to_it() {
    let mut app = TestApp::public("pretender").unwrap();
    app.document.oidc.as_mut().unwrap().fapi2 = true;
    let web = Web::sandbox(&[&app]).await;
    let answer = web.post(PAR, FORM, &encoded(&app.request(&[])), &[]).await;
    assert_eq!(
        verdict(&answer),
        "401 invalid_client token/other-auth-method"
    );
}
