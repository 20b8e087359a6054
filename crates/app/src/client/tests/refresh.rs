//! Refresh tokens: who gets them, who may use them, and what ends them.

use durward_domain::application::GrantType;
use durward_store::consents;

use durward_oidc::dpop::Sent;

use super::super::{introspect, revoke};
use super::*;
use crate::testing::proofs::Holder;

pub(super) fn refreshing(name: &str) -> TestApp {
    let mut app = es256(name);
    app.document.oidc.as_mut().unwrap().grant_types =
        vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    app
}

/// The form of a good refresh.
pub(super) fn form(
    test: &TestDoor,
    app: &TestApp,
    token: &str,
    changes: &[(&str, &str)],
) -> String {
    let mut all = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", token),
        ("code", ""),
        ("redirect_uri", ""),
        ("code_verifier", ""),
    ];
    all.extend(changes);
    app.form(test, "", &all)
}

async fn refresh(
    test: &TestDoor,
    app: &TestApp,
    token: &str,
    changes: &[(&str, &str)],
) -> Result<TokenAnswer, &'static str> {
    redeem(test, &form(test, app, token, changes)).await
}

/// The first tokens of a sign-in with this scope.
pub(super) async fn first(
    test: &TestDoor,
    app: &TestApp,
    browser: &Browser,
    scope: &str,
) -> TokenAnswer {
    let to = match ask(test, browser, app.request(&[("scope", scope)])).await {
        AuthorizeOutcome::ToClient(to) => to.location().unwrap(),
        other => panic!("{other:?}"),
    };
    let code = query(&to, "code").unwrap();
    redeem(test, &app.form(test, &code, &[])).await.unwrap()
}

pub(super) fn token(answer: &TokenAnswer) -> String {
    answer.refresh_token().unwrap().to_owned()
}

#[tokio::test]
async fn only_an_app_that_names_the_grant_gets_them() {
    let (app, other) = (refreshing("rt-yes"), es256("rt-no"));
    let (test, browser) = sandbox(&app).await;
    test.serve(&[&other]).await.unwrap();
    let answer = first(&test, &app, &browser, "openid email").await;
    let refused = refresh(&test, &other, &token(&answer), &[]).await;
    assert_eq!(refused.err(), Some("token/grant-type-not-registered"));
    let (_, browser) = test.sign_in(&[&other]).await.unwrap();
    let answer = first(&test, &other, &browser, "openid email").await;
    assert_eq!(answer.refresh_token(), None);
}

/// OpenID Connect Core §12.2.
#[tokio::test]
async fn a_refresh_keeps_who_signed_in_and_when() {
    for test in doors().await {
        let app = refreshing("rt-keep");
        test.serve(&[&app]).await.unwrap();
        let (person, browser) = test.sign_in(&[&app]).await.unwrap();
        let before = first(&test, &app, &browser, "openid email").await;
        test.advance(60);
        let after = refresh(&test, &app, &token(&before), &[]).await.unwrap();
        let (old, new) = (claims(&before), claims(&after));
        for name in ["iss", "sub", "aud", "auth_time", "acr", "sid"] {
            assert_eq!(old[name], new[name], "{name}");
        }
        assert_eq!(
            (&old["nonce"], &new["nonce"]),
            (&json!(NONCE), &Value::Null)
        );
        assert!(new["c_hash"].is_null() && new["at_hash"].is_string());
        assert_ne!(token(&before), token(&after));
        let told = userinfo(&test, after.access_token()).await.unwrap();
        assert_eq!(told["email"], person.email);
        // What the first gave goes on until its own end.
        assert!(userinfo(&test, before.access_token()).await.is_ok());
    }
}

/// RFC 6749 §6.
#[tokio::test]
async fn a_narrower_scope_is_that_of_the_access_token_alone() {
    let app = refreshing("rt-scope");
    let (test, browser) = sandbox(&app).await;
    let answer = first(&test, &app, &browser, "openid email").await;
    let refused = refresh(
        &test,
        &app,
        &token(&answer),
        &[("scope", "openid all_emails")],
    )
    .await;
    assert_eq!(refused.err(), Some("token/scope-wider"));
    let narrow = refresh(&test, &app, &token(&answer), &[("scope", "openid")]).await;
    let narrow = narrow.unwrap();
    assert_eq!(narrow.scope(), "openid");
    let told = userinfo(&test, narrow.access_token()).await.unwrap();
    assert_eq!(told.get("email"), None);
    let without = refresh(&test, &app, &token(&narrow), &[("scope", "email")]).await;
    let without = without.unwrap();
    assert_eq!(without.id_token(), "");
    assert_eq!(
        userinfo(&test, without.access_token()).await,
        Err("userinfo/scope-insufficient")
    );
    let whole = refresh(&test, &app, &token(&without), &[]).await.unwrap();
    assert_eq!(whole.scope(), "openid email");
}

/// RFC 9700 §4.14.2.
#[tokio::test]
async fn the_second_use_ends_the_family() {
    let app = refreshing("rt-reuse");
    let (test, browser) = sandbox(&app).await;
    let stolen = first(&test, &app, &browser, "openid email").await;
    let next = refresh(&test, &app, &token(&stolen), &[]).await.unwrap();
    assert_eq!(
        refresh(&test, &app, &token(&stolen), &[]).await.err(),
        Some("token/refresh-token-replayed")
    );
    assert_eq!(
        refresh(&test, &app, &token(&next), &[]).await.err(),
        Some("token/authorization-ended")
    );
    for answer in [&stolen, &next] {
        let told = userinfo(&test, answer.access_token()).await;
        assert_eq!(told.unwrap_err(), "userinfo/token-invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_twenty_who_use_one_refresh_token_one_wins_and_the_family_ends() {
    for test in doors().await {
        let app = refreshing("rt-race");
        test.serve(&[&app]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let answer = first(&test, &app, &browser, "openid email").await;
        let test = Arc::new(test);
        let forms: Vec<_> = (0..20)
            .map(|_| form(&test, &app, &token(&answer), &[]))
            .collect();
        let mut racers = tokio::task::JoinSet::new();
        for form in forms {
            let test = Arc::clone(&test);
            racers.spawn(async move { redeem(&test, &form).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) =
            racers.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 19));
        for refused in lost {
            assert_eq!(refused.err(), Some("token/refresh-token-replayed"));
        }
        let winner = won.into_iter().next().unwrap().unwrap();
        let told = userinfo(&test, winner.access_token()).await;
        assert_eq!(told.unwrap_err(), "userinfo/token-invalid");
        assert_eq!(
            refresh(&test, &app, &token(&winner), &[]).await.err(),
            Some("token/authorization-ended")
        );
    }
}

#[tokio::test]
async fn another_app_learns_nothing_and_ends_nothing() {
    let (app, thief) = (refreshing("rt-mine"), refreshing("rt-thief"));
    let (test, browser) = sandbox(&app).await;
    test.serve(&[&thief]).await.unwrap();
    let answer = first(&test, &app, &browser, "openid email").await;
    let held = token(&answer);
    assert_eq!(
        refresh(&test, &thief, &held, &[]).await.err(),
        Some("token/refresh-token-unknown")
    );
    about(&test, &thief, &held, false).await;
    end(&test, &thief, &held).await;
    about(&test, &app, &held, true).await;
    assert!(refresh(&test, &app, &held, &[]).await.is_ok());
}

/// Is it active, as an app hears?
async fn about(test: &TestDoor, app: &TestApp, token: &str, expected: bool) {
    let form = form(test, app, "", &[("grant_type", ""), ("token", token)]);
    let told = introspect(&test.door, form.as_bytes(), None, &trace()).await;
    let told = serde_json::to_value(told.map_err(|_| ()).unwrap()).unwrap();
    assert_eq!(told["active"], expected, "{told}");
}

async fn end(test: &TestDoor, app: &TestApp, token: &str) {
    let changes = [
        ("grant_type", ""),
        ("token", token),
        ("token_type_hint", "access_token"),
    ];
    let form = form(test, app, "", &changes);
    let ended = revoke(&test.door, form.as_bytes(), None, &trace()).await;
    assert!(ended.is_ok());
}

/// RFC 7009 §2.1, RFC 7662 §2.
#[tokio::test]
async fn an_app_ends_its_own_with_all_that_it_gave() {
    let app = refreshing("rt-end");
    let (test, browser) = sandbox(&app).await;
    let answer = first(&test, &app, &browser, "openid email").await;
    let held = token(&answer);
    about(&test, &app, &held, true).await;
    about(&test, &app, answer.access_token(), true).await;
    end(&test, &app, &held).await;
    about(&test, &app, &held, false).await;
    about(&test, &app, answer.access_token(), false).await;
    assert_eq!(
        refresh(&test, &app, &held, &[]).await.err(),
        Some("token/authorization-ended")
    );
}

#[tokio::test]
async fn it_ends_unused_and_with_the_session() {
    let app = refreshing("rt-out");
    let (test, browser) = sandbox(&app).await;
    let answer = first(&test, &app, &browser, "openid email").await;
    session::end(&test.door, &browser, &trace()).await.unwrap();
    assert_eq!(
        refresh(&test, &app, &token(&answer), &[]).await.err(),
        Some("token/authorization-ended")
    );
    let (_, browser) = test.sign_in(&[&app]).await.unwrap();
    let answer = first(&test, &app, &browser, "openid email").await;
    test.advance(i64::from(test.door.programme.sessions.absolute_seconds) + 1);
    assert_eq!(
        refresh(&test, &app, &token(&answer), &[]).await.err(),
        Some("token/authorization-ended")
    );
}

/// OpenID Connect Core §11.
#[tokio::test]
async fn offline_access_outlives_the_session_if_the_person_agreed() {
    for test in doors().await {
        let app = refreshing("rt-off");
        test.serve(&[&app]).await.unwrap();
        let (_, mut browser) = test.sign_in(&[&app]).await.unwrap();
        let scope = [("scope", "openid email offline_access")];
        // An earlier consent without it does not cover it.
        browser.flow = match ask(&test, &browser, app.request(&scope)).await {
            AuthorizeOutcome::ToPage { set_flow, .. } => set_flow,
            other => panic!("{other:?}"),
        };
        let view = super::super::consent_view(&test.door, &browser).await;
        let view = view.unwrap().unwrap();
        assert!(view.offline);
        let next = give_consent(&test.door, &browser, agreed(&view.request), &trace()).await;
        let Next::ToClient(to) = next.unwrap() else {
            panic!("no answer");
        };
        let code = query(&to.location().unwrap(), "code").unwrap();
        let answer = redeem(&test, &app.form(&test, &code, &[])).await.unwrap();
        assert_eq!(answer.scope(), scope[0].1);
        session::end(&test.door, &browser, &trace()).await.unwrap();
        assert!(userinfo(&test, answer.access_token()).await.is_ok());
        test.advance(86_400 * 3);
        let answer = refresh(&test, &app, &token(&answer), &[]).await.unwrap();
        assert!(userinfo(&test, answer.access_token()).await.is_ok());
        // The idle time begins anew with each use.
        let idle = i64::from(test.door.programme.policies.refresh_token_seconds);
        test.advance(idle + 1);
        assert_eq!(
            refresh(&test, &app, &token(&answer), &[]).await.err(),
            Some("token/refresh-token-expired")
        );
    }
}

#[tokio::test]
async fn what_the_person_takes_back_ends_it() {
    for test in doors().await {
        let app = refreshing("rt-back");
        test.serve(&[&app]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let answer = first(&test, &app, &browser, "openid email").await;
        let who = session::current(&test.door, &browser)
            .await
            .unwrap()
            .unwrap();
        let (person, client) = (who.person_id.to_string(), app.id().to_owned());
        let now_us = test.door.clock.now().as_microsecond();
        test.door
            .store
            .write(move |c| {
                assert!(consents::revoke_consent(c, &person, &client, now_us)?);
                // A new consent does not bring back what the old one gave.
                consents::put_consent(c, &person, &client, "email", now_us)
            })
            .await
            .unwrap();
        assert_eq!(
            refresh(&test, &app, &token(&answer), &[]).await.err(),
            Some("token/authorization-ended")
        );
        let told = userinfo(&test, answer.access_token()).await;
        assert_eq!(told.unwrap_err(), "userinfo/token-invalid");
    }
}

/// FAPI 2.0 Security Profile §5.3.2.1: no rotation.
#[tokio::test]
async fn a_fapi_app_keeps_its_refresh_token() {
    let mut app = refreshing("rt-fapi");
    let (test, browser) = sandbox(&app).await;
    let answer = first(&test, &app, &browser, "openid email").await;
    app.document.oidc.as_mut().unwrap().fapi2 = true;
    test.serve(&[&app]).await.unwrap();
    let issuer = json!({ "aud": test.door.issuer });
    let url = &test.door.documents.token_url;
    let holder = Holder::new(Algorithm::ES256).unwrap();
    for _ in 0..3 {
        let assertion = app.assertion(&test, &issuer);
        let changes = [("client_assertion", assertion.as_str())];
        let form = form(&test, &app, &token(&answer), &changes);
        let proof = holder.form(&test, url, &json!({}));
        let headers = Headers {
            dpop: Sent::One(&proof),
            ..Headers::default()
        };
        let trace = trace();
        let again = super::super::grant_tokens(&test.door, form.as_bytes(), headers, &trace);
        let again = again.await.map_err(|_| ()).unwrap();
        assert_eq!(again.refresh_token(), None);
    }
}

/// RFC 9449 §5: the refresh token of an app that proves nothing is bound to the key of its first proof.
#[tokio::test]
async fn that_of_a_public_app_is_bound_to_its_key() {
    let mut app = TestApp::public("rt-public").unwrap();
    app.document.oidc.as_mut().unwrap().grant_types =
        vec![GrantType::AuthorizationCode, GrantType::RefreshToken];
    let (test, browser) = sandbox(&app).await;
    let (mine, other) = (
        Holder::new(Algorithm::ES256).unwrap(),
        Holder::new(Algorithm::ES256).unwrap(),
    );
    let url = &test.door.documents.token_url;
    let send = async |form: String, holder: Option<&Holder>| {
        let proof = holder.map(|holder| holder.form(&test, url, &json!({})));
        let headers = Headers {
            dpop: proof.as_deref().map_or(Sent::None, Sent::One),
            ..Headers::default()
        };
        match super::super::grant_tokens(&test.door, form.as_bytes(), headers, &trace()).await {
            Ok(answer) => Ok(answer),
            Err(Failure::Refused(refusal)) => Err(refusal.code()),
            Err(Failure::Fault(fault)) => panic!("{fault}"),
        }
    };
    let code = code(&test, &app, &browser).await;
    let first = send(app.form(&test, &code, &[]), Some(&mine))
        .await
        .unwrap();
    let form = || form(&test, &app, &token(&first), &[]);
    assert_eq!(send(form(), None).await.err(), Some("dpop/missing"));
    assert_eq!(
        send(form(), Some(&other)).await.err(),
        Some("dpop/other-key")
    );
    assert!(send(form(), Some(&mine)).await.is_ok());
}
