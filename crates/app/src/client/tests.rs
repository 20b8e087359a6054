//! Attacks on codes, tokens and requests, on both engines.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod asked;
mod backchannel;
mod clock;
mod consent;
mod encrypted;
mod handoff;
mod key_source;
mod own;
mod possession;
mod races;
mod refresh;
mod secrets;
mod trail;

use std::sync::Arc;

use durward_domain::refusal::Refuse as _;
use durward_keyring::jose::{Algorithm, jws};
use durward_oidc::params::Params;
use serde_json::{Value, json};

use super::{
    Agreement, AuthorizeOutcome, Headers, Next, TokenAnswer, UserinfoAnswer, authorize,
    end_session, give_consent, pending,
};
use crate::citizen::session::{self, Browser};
use crate::failure::Failure;
use crate::record::Trace;
use crate::testing::TestDoor;
use crate::testing::apps::{NONCE, STATE, TestApp};

async fn doors() -> Vec<TestDoor> {
    let mut doors = vec![TestDoor::sandbox().await.unwrap()];
    doors.extend(TestDoor::postgres().await.unwrap());
    doors
}

async fn sandbox(app: &TestApp) -> (TestDoor, Browser) {
    let test = TestDoor::sandbox().await.unwrap();
    test.serve(&[app]).await.unwrap();
    let (_, browser) = test.sign_in(&[app]).await.unwrap();
    (test, browser)
}

fn es256(name: &str) -> TestApp {
    TestApp::private_key_jwt(name, Algorithm::ES256).unwrap()
}

fn agreed(request: &str) -> Agreement<'_> {
    Agreement {
        request,
        email: None,
    }
}

fn trace() -> Trace {
    Trace {
        request_id: "r".into(),
    }
}

async fn ask(test: &TestDoor, browser: &Browser, pairs: Vec<(String, String)>) -> AuthorizeOutcome {
    authorize(&test.door, &Params::new(pairs), browser, &trace())
        .await
        .unwrap()
}

fn query(url: &str, name: &str) -> Option<String> {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs()
        .find(|(n, _)| n == name)
        .map(|(_, v)| v.into_owned())
}

async fn code(test: &TestDoor, app: &TestApp, browser: &Browser) -> String {
    match ask(test, browser, app.request(&[])).await {
        AuthorizeOutcome::ToClient(to) => query(&to.location().unwrap(), "code").unwrap(),
        other => panic!("{other:?}"),
    }
}

async fn redeem(test: &TestDoor, form: &str) -> Result<TokenAnswer, &'static str> {
    match super::grant_tokens(&test.door, form.as_bytes(), Headers::default(), &trace()).await {
        Ok(answer) => Ok(answer),
        Err(Failure::Refused(refusal)) => Err(refusal.code()),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

async fn userinfo(test: &TestDoor, token: &str) -> Result<Value, &'static str> {
    let header = format!("Bearer {token}");
    let headers = Headers {
        authorization: Some(&header),
        ..Headers::default()
    };
    match super::userinfo(&test.door, "GET", headers, &trace()).await {
        Ok(UserinfoAnswer::Plain(claims)) => Ok(claims.into()),
        Ok(UserinfoAnswer::Token(token)) => Ok(token.into()),
        Err(Failure::Refused(refusal)) => Err(refusal.code()),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

fn claims(answer: &TokenAnswer) -> Value {
    let token = jws::Unverified::parse(answer.id_token(), 9_999).unwrap();
    token.untrusted_claims().unwrap().into()
}

#[tokio::test]
async fn a_code_flow_and_what_it_costs() {
    for test in doors().await {
        let app = es256("ferry");
        test.serve(&[&app]).await.unwrap();
        let (person, browser) = test.sign_in(&[&app]).await.unwrap();
        let units = || test.door.store.units();
        let before = units();
        let to = match ask(&test, &browser, app.request(&[])).await {
            AuthorizeOutcome::ToClient(to) => to.location().unwrap(),
            other => panic!("{other:?}"),
        };
        let authorized = units();
        assert_eq!((authorized.0 - before.0, authorized.1 - before.1), (1, 1));
        assert!(to.starts_with(app.redirect_uri()));
        assert_eq!(query(&to, "state").unwrap(), STATE);
        assert_eq!(query(&to, "iss").unwrap(), test.door.issuer);
        let form = app.form(&test, &query(&to, "code").unwrap(), &[]);
        let before = units();
        let answer = redeem(&test, &form).await.ok().unwrap();
        let redeemed = units();
        assert_eq!((redeemed.0 - before.0, redeemed.1 - before.1), (0, 1));
        let told = claims(&answer);
        assert_eq!(
            (&told["aud"], &told["nonce"]),
            (&json!(app.id()), &json!(NONCE))
        );
        assert_eq!(told["acr"], "urn:acr.login.gov:auth-only");
        assert_eq!(told["amr"], json!(["pwd", "otp", "mfa"]));
        let before = units();
        let info = userinfo(&test, answer.access_token()).await.unwrap();
        let read = units();
        assert_eq!((read.0 - before.0, read.1 - before.1), (1, 0));
        assert_eq!(info["email"], person.email);
        assert_eq!(info["sub"], told["sub"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_who_redeem_one_code_one_wins() {
    for test in doors().await {
        let app = es256("race");
        test.serve(&[&app]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let code = code(&test, &app, &browser).await;
        let test = Arc::new(test);
        let forms: Vec<_> = (0..20).map(|_| app.form(&test, &code, &[])).collect();
        let racers: Vec<_> = forms
            .into_iter()
            .map(|form| {
                let test = Arc::clone(&test);
                tokio::spawn(async move { redeem(&test, &form).await })
            })
            .collect();
        let mut won = Vec::new();
        for racer in racers {
            match racer.await.unwrap() {
                Ok(answer) => won.push(answer),
                Err(code) => assert_eq!(code, "token/code-spent"),
            }
        }
        assert_eq!(won.len(), 1);
        // The others were replays, which end what the first one got.
        let token = won[0].access_token();
        assert_eq!(
            userinfo(&test, token).await.unwrap_err(),
            "userinfo/token-invalid"
        );
    }
}

#[tokio::test]
async fn a_refused_proof_leaves_the_code_unspent() {
    let (app, other) = (es256("proof"), es256("other"));
    let (test, browser) = sandbox(&app).await;
    test.serve(&[&other]).await.unwrap();
    let code = code(&test, &app, &browser).await;
    let now = test.door.clock.now().as_second();
    let stranger = TestApp {
        document: app.document.clone(),
        key: other.key.clone(),
    };
    let check = async |assertion: String, expected: &str| {
        let form = app.form(&test, &code, &[("client_assertion", &assertion)]);
        assert_eq!(redeem(&test, &form).await.err(), Some(expected));
    };
    let nothing = json!({});
    check(
        stranger.assertion(&test, &nothing),
        "token/assertion-signature",
    )
    .await;
    let old = json!({ "iat": now - 600, "exp": now - 300 });
    check(app.assertion(&test, &old), "token/assertion-expired").await;
    let aud = json!({ "aud": "https://elsewhere.example" });
    check(app.assertion(&test, &aud), "token/assertion-audience").await;
    let nobody = json!({ "iss": "urn:nobody", "sub": "urn:nobody" });
    check(app.assertion(&test, &nobody), "token/client-unknown").await;
    check("not.a.token".into(), "token/assertion-unreadable").await;
    check(other.assertion(&test, &nothing), "token/code-unknown").await;
    let verifier = [(
        "code_verifier",
        "another-verifier-that-is-long-enough-0123456789",
    )];
    let wrong = app.form(&test, &code, &verifier);
    assert_eq!(
        redeem(&test, &wrong).await.err(),
        Some("token/verifier-wrong")
    );
    let elsewhere = app.form(&test, &code, &[("redirect_uri", "http://localhost:9/x")]);
    assert_eq!(
        redeem(&test, &elsewhere).await.err(),
        Some("token/redirect-uri")
    );
    assert!(redeem(&test, &app.form(&test, &code, &[])).await.is_ok());
}

#[tokio::test]
async fn a_replayed_code_ends_what_it_gave() {
    let app = es256("replay");
    let (test, browser) = sandbox(&app).await;
    let code = code(&test, &app, &browser).await;
    let answer = redeem(&test, &app.form(&test, &code, &[]))
        .await
        .ok()
        .unwrap();
    assert!(userinfo(&test, answer.access_token()).await.is_ok());
    let again = redeem(&test, &app.form(&test, &code, &[])).await;
    assert_eq!(again.err(), Some("token/code-spent"));
    let told = userinfo(&test, answer.access_token()).await;
    assert_eq!(told.unwrap_err(), "userinfo/token-invalid");
}

#[tokio::test]
async fn an_assertion_counts_once() {
    let app = es256("jti");
    let (test, browser) = sandbox(&app).await;
    let assertion = app.assertion(&test, &json!({}));
    let changes = [("client_assertion", assertion.as_str())];
    let first = code(&test, &app, &browser).await;
    assert!(
        redeem(&test, &app.form(&test, &first, &changes))
            .await
            .is_ok()
    );
    let second = code(&test, &app, &browser).await;
    let refused = redeem(&test, &app.form(&test, &second, &changes)).await;
    assert_eq!(refused.err(), Some("token/assertion-replayed"));
    assert!(redeem(&test, &app.form(&test, &second, &[])).await.is_ok());
}

#[tokio::test]
async fn codes_and_tokens_end_in_time() {
    let app = es256("time");
    let (test, browser) = sandbox(&app).await;
    let late = code(&test, &app, &browser).await;
    test.advance(301);
    let form = app.form(&test, &late, &[]);
    assert_eq!(redeem(&test, &form).await.err(), Some("token/code-expired"));
    let code = code(&test, &app, &browser).await;
    let answer = redeem(&test, &app.form(&test, &code, &[]))
        .await
        .ok()
        .unwrap();
    test.advance(901);
    let told = userinfo(&test, answer.access_token()).await;
    assert_eq!(told.unwrap_err(), "userinfo/token-invalid");
}

#[tokio::test]
async fn signing_out_ends_codes_and_tokens() {
    let app = es256("out");
    let (test, browser) = sandbox(&app).await;
    let first = code(&test, &app, &browser).await;
    let answer = redeem(&test, &app.form(&test, &first, &[]))
        .await
        .ok()
        .unwrap();
    let second = code(&test, &app, &browser).await;
    assert!(session::end(&test.door, &browser, &trace()).await.unwrap());
    let told = userinfo(&test, answer.access_token()).await;
    assert_eq!(told.unwrap_err(), "userinfo/token-invalid");
    let refused = redeem(&test, &app.form(&test, &second, &[])).await;
    assert_eq!(refused.err(), Some("token/session-ended"));
}

#[tokio::test]
async fn a_public_app_needs_its_verifier_and_no_client_id() {
    let app = TestApp::public("kiosk").unwrap();
    let (test, browser) = sandbox(&app).await;
    let missing = app.request(&[("code_challenge", ""), ("code_challenge_method", "")]);
    match ask(&test, &browser, missing).await {
        AuthorizeOutcome::ToClient(to) => {
            assert_eq!(
                query(&to.location().unwrap(), "error").unwrap(),
                "invalid_request"
            )
        }
        other => panic!("{other:?}"),
    }
    let code = code(&test, &app, &browser).await;
    let form = app.form(&test, &code, &[("code_verifier", "")]);
    assert_eq!(
        redeem(&test, &form).await.err(),
        Some("token/verifier-missing")
    );
    // As Login.gov's public apps do: only the code says who they are.
    let form = app.form(&test, &code, &[("client_id", "")]);
    assert!(redeem(&test, &form).await.is_ok());
    // An app with a key cannot leave its proof out that way.
    let keyed = es256("keyed");
    test.serve(&[&keyed]).await.unwrap();
    let (_, browser) = test.sign_in(&[&keyed]).await.unwrap();
    let code = self::code(&test, &keyed, &browser).await;
    let bare = [("client_assertion", ""), ("client_assertion_type", "")];
    let form = keyed.form(&test, &code, &bare);
    assert_eq!(
        redeem(&test, &form).await.err(),
        Some("token/other-auth-method")
    );
}

#[tokio::test]
async fn a_stranger_goes_through_pages_and_consent() {
    let app = es256("pages");
    let (test, _) = sandbox(&app).await;
    let nobody = Browser::default();
    let flow = match ask(&test, &nobody, app.request(&[("login_hint", "a@b.gov")])).await {
        AuthorizeOutcome::ToPage { path, set_flow } => {
            assert_eq!(path, pending::SIGN_IN);
            set_flow.unwrap()
        }
        other => panic!("{other:?}"),
    };
    let waiting = Browser {
        flow: Some(flow.clone()),
        ..Browser::default()
    };
    let pending = super::request_in(&test.door, &waiting)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(pending.client.client.client_id, app.id());
    let resume =
        async |browser: &Browser| super::resume(&test.door, browser, &trace()).await.unwrap();
    assert!(matches!(
        resume(&waiting).await,
        Next::Page(pending::SIGN_IN)
    ));
    let (person, signed_in) = test.sign_in(&[]).await.unwrap();
    let signed_in = Browser {
        flow: Some(flow),
        ..signed_in
    };
    assert!(matches!(
        resume(&signed_in).await,
        Next::Page(pending::CONSENT)
    ));
    let view = super::consent_view(&test.door, &signed_in)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view.attributes[0].values, [person.email]);
    // A page of another request, left open in another window, agrees to nothing.
    for stale in ["", "another"] {
        let next = give_consent(&test.door, &signed_in, agreed(stale), &trace()).await;
        assert!(matches!(next.unwrap(), Next::Page(pending::CONSENT)));
    }
    let to = match give_consent(&test.door, &signed_in, agreed(&view.request), &trace())
        .await
        .unwrap()
    {
        Next::ToClient(to) => to.location().unwrap(),
        other => panic!("{other:?}"),
    };
    let form = app.form(&test, &query(&to, "code").unwrap(), &[]);
    assert!(redeem(&test, &form).await.is_ok());
    // The request is answered; the button does nothing twice.
    assert!(matches!(resume(&signed_in).await, Next::Account));
    // The same app again asks nothing.
    assert!(matches!(
        ask(&test, &signed_in, app.request(&[])).await,
        AuthorizeOutcome::ToClient(_)
    ));
}

#[tokio::test]
async fn going_back_tells_the_app() {
    let app = es256("back");
    let (test, _) = sandbox(&app).await;
    let AuthorizeOutcome::ToPage { set_flow, .. } =
        ask(&test, &Browser::default(), app.request(&[])).await
    else {
        panic!("a page");
    };
    let browser = Browser {
        flow: set_flow,
        ..Browser::default()
    };
    let to = super::cancel(&test.door, &browser, &trace())
        .await
        .unwrap()
        .unwrap()
        .location()
        .unwrap();
    assert_eq!(query(&to, "error").unwrap(), "access_denied");
    assert_eq!(query(&to, "state").unwrap(), STATE);
    assert!(
        super::cancel(&test.door, &browser, &trace())
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn what_is_not_registered_gets_a_page() {
    let app = es256("strict");
    let (test, browser) = sandbox(&app).await;
    let check = async |changes: &[(&str, &str)], expected: &str| match ask(
        &test,
        &browser,
        app.request(changes),
    )
    .await
    {
        AuthorizeOutcome::Refused(refusal) => assert_eq!(refusal.code(), expected),
        other => panic!("{changes:?}: {other:?}"),
    };
    check(&[("client_id", "urn:nobody")], "authorize/client-unknown").await;
    check(&[("client_id", "")], "authorize/client-missing").await;
    check(
        &[("redirect_uri", "https://evil.example/")],
        "authorize/redirect-uri-unregistered",
    )
    .await;
    check(&[("redirect_uri", "")], "authorize/redirect-uri-missing").await;
}

#[tokio::test]
async fn strangers_cannot_fill_the_record() {
    let app = es256("noisy");
    let (test, browser) = sandbox(&app).await;
    for _ in 0..130 {
        ask(
            &test,
            &browser,
            app.request(&[("redirect_uri", "https://evil.example/")]),
        )
        .await;
    }
    let client_id = app.document.issuer.clone();
    let kept = test
        .door
        .store
        .read(move |c| durward_store::audit::about(c, &client_id, 1000))
        .await
        .unwrap();
    let refused = kept
        .iter()
        .filter(|entry| entry.event == "authorize.refused")
        .count();
    assert_eq!(refused, 121);
    assert!(
        kept[0].detail.contains("not recorded"),
        "{}",
        kept[0].detail
    );
}

#[tokio::test]
async fn prompt_none_is_silent() {
    let app = es256("silent");
    let (test, browser) = sandbox(&app).await;
    let error =
        async |browser: &Browser| match ask(&test, browser, app.request(&[("prompt", "none")]))
            .await
        {
            AuthorizeOutcome::ToClient(to) => query(&to.location().unwrap(), "error"),
            other => panic!("{other:?}"),
        };
    assert_eq!(error(&Browser::default()).await.unwrap(), "login_required");
    assert_eq!(error(&browser).await, None);
    let (_, fresh) = test.sign_in(&[]).await.unwrap();
    assert_eq!(error(&fresh).await.unwrap(), "consent_required");
}

#[tokio::test]
async fn an_app_signs_out_whom_its_token_names() {
    let app = es256("logout");
    let (test, browser) = sandbox(&app).await;
    let code = code(&test, &app, &browser).await;
    let answer = redeem(&test, &app.form(&test, &code, &[]))
        .await
        .ok()
        .unwrap();
    let back = format!("http://localhost:9/{}/out", app.document.handle);
    let params = |pairs: &[(&str, &str)]| {
        Params::new(
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect(),
        )
    };
    let end = async |params: &Params, browser: &Browser| {
        end_session(&test.door, params, browser, &trace())
            .await
            .unwrap()
    };
    use super::EndSession;
    let unproved = params(&[("client_id", app.id()), ("post_logout_redirect_uri", &back)]);
    assert!(matches!(
        end(&unproved, &browser).await,
        EndSession::Confirm { .. }
    ));
    let hinted = params(&[
        ("id_token_hint", answer.id_token()),
        ("post_logout_redirect_uri", &back),
    ]);
    let (_, other) = test.sign_in(&[]).await.unwrap();
    assert!(matches!(
        end(&hinted, &other).await,
        EndSession::Confirm { .. }
    ));
    match end(&hinted, &browser).await {
        EndSession::ToClient(to) => assert_eq!(to, back),
        other => panic!("{other:?}"),
    }
    assert!(
        session::current(&test.door, &browser)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn the_automation_token_opens_nothing_in_live_class() {
    use durward_domain::environment::EnvironmentName;
    let post = crate::ports::mail::Post::Inbox;
    let live = TestDoor::open(EnvironmentName::Production, "http://localhost:8403", post)
        .await
        .unwrap();
    let bearer = format!("Bearer {}", crate::testing::AUTOMATION_TOKEN);
    let refused = crate::automation::admit(&live.door, Some(&bearer)).await;
    let Err(crate::failure::Failure::Refused(refused)) = refused else {
        panic!("the test kit is there in live class");
    };
    assert_eq!(refused.code(), "web/not-found");
    assert!(live.door.kit.is_none());
    let test = TestDoor::sandbox().await.unwrap();
    for wrong in [None, Some("Bearer wrong"), Some("Basic x"), Some("")] {
        assert!(crate::automation::admit(&test.door, wrong).await.is_err());
    }
}
