//! What is kept of requests, what never is, and how much at most.

use durward_oidc::evidence::Evidence;
use durward_store::client_requests::{self, RequestRow, UseRow};

use super::*;
use crate::client::trail;

pub(super) async fn kept(test: &TestDoor) -> (Vec<(RequestRow, Evidence)>, Vec<UseRow>) {
    trail::flush(&test.door).await.unwrap();
    let feed = test
        .door
        .store
        .read(|c| client_requests::after(c, 0, 10_000))
        .await
        .unwrap();
    let requests = feed.requests.into_iter().map(|row| {
        let evidence = serde_json::from_str(&row.detail).unwrap();
        (row, evidence)
    });
    (requests.collect(), feed.uses)
}

pub(super) fn outline(rows: &[(RequestRow, Evidence)]) -> Vec<String> {
    rows.iter()
        .map(|(row, _)| {
            format!(
                "{} {} {} {}",
                row.step,
                row.outcome,
                row.code.as_deref().unwrap_or("-"),
                row.status
            )
        })
        .collect()
}

#[tokio::test]
async fn a_flow_is_one_story() {
    for test in doors().await {
        let app = es256("story");
        test.serve(&[&app]).await.unwrap();
        let (_, browser) = test.sign_in(&[&app]).await.unwrap();
        let code = code(&test, &app, &browser).await;
        let form = app.form(&test, &code, &[]);
        let answer = redeem(&test, &form).await.ok().unwrap();
        assert_eq!(
            redeem(&test, &form).await.err(),
            Some("token/assertion-replayed")
        );
        assert_eq!(
            redeem(&test, &app.form(&test, &code, &[])).await.err(),
            Some("token/code-spent")
        );
        userinfo(&test, answer.access_token()).await.unwrap_err();
        let (rows, uses) = kept(&test).await;
        assert_eq!(
            outline(&rows),
            [
                "authorize ok - 303",
                "token ok - 200",
                "token refused token/assertion-replayed 401",
                "token refused token/code-spent 400",
                "userinfo refused userinfo/token-invalid 401",
            ]
        );
        let flow = rows[0].0.flow.clone();
        assert!(flow.is_some());
        // Whose code it was is not looked at when the assertion is a replay already.
        for row in [1, 3, 4] {
            assert_eq!(rows[row].0.flow, flow, "{row}");
        }
        let (token, evidence) = &rows[1];
        assert_eq!(
            token.key_id.as_deref(),
            Some(app.key.as_ref().unwrap().kid())
        );
        // The assertion is made in whole seconds, and a busy machine needs some.
        assert!((-60..=0).contains(&evidence.skew.unwrap()));
        assert_eq!(
            evidence.assertion.as_ref().unwrap().iss.as_deref(),
            Some(app.id())
        );
        let key = uses.iter().find(|one| one.kind == trail::KEY).unwrap();
        assert_eq!(
            (key.value.as_str(), key.uses),
            (app.key.as_ref().unwrap().kid(), 3)
        );
        let redirect = uses.iter().find(|one| one.kind == trail::REDIRECT).unwrap();
        assert_eq!(
            (redirect.value.as_str(), redirect.uses),
            (app.redirect_uri(), 1)
        );
        let revision = rows[0].0.revision_id.clone().unwrap();
        let done = format!("{revision} authorize ok");
        assert!(
            uses.iter()
                .any(|one| one.kind == trail::OUTCOME && one.value == done)
        );
        // Nothing waits a second time.
        assert_eq!(kept(&test).await.0.len(), rows.len());
    }
}

#[tokio::test]
async fn cancelling_and_signing_out_are_kept() {
    let app = es256("leave");
    let (test, _) = sandbox(&app).await;
    let nobody = Browser::default();
    let set_flow = match ask(&test, &nobody, app.request(&[])).await {
        AuthorizeOutcome::ToPage { set_flow, .. } => set_flow,
        other => panic!("{other:?}"),
    };
    let browser = Browser {
        flow: set_flow,
        ..Browser::default()
    };
    pending::cancel(&test.door, &browser, &trace())
        .await
        .unwrap()
        .unwrap();
    let params = Params::new(vec![("client_id".into(), app.id().into())]);
    end_session(&test.door, &params, &browser, &trace())
        .await
        .unwrap();
    let (rows, _) = kept(&test).await;
    assert_eq!(
        outline(&rows),
        [
            "authorize pending - 303",
            "authorize cancelled authorize/cancelled 303",
            "logout ok - 200"
        ]
    );
    assert!(rows[0].0.flow.is_some());
    assert_eq!(rows[0].0.flow, rows[1].0.flow);
}

#[tokio::test]
async fn no_secret_and_no_person_is_kept() {
    let app = es256("canary");
    let (test, browser) = sandbox(&app).await;
    let canary = "CANARY900123456";
    let person = "CANARYjane@example.gov";
    ask(
        &test,
        &browser,
        app.request(&[
            ("state", &canary.repeat(2)),
            ("nonce", &canary.repeat(2)),
            ("login_hint", person),
        ]),
    )
    .await;
    ask(
        &test,
        &browser,
        app.request(&[
            ("scope", &format!("openid {person}")),
            ("unheard_of", canary),
        ]),
    )
    .await;
    ask(
        &test,
        &browser,
        app.request(&[("prompt", person), ("acr_values", canary)]),
    )
    .await;
    let strange =
        format!("https://user:{canary}@evil.example/{person}?email={person}&n={canary}#{canary}");
    ask(&test, &browser, app.request(&[("redirect_uri", &strange)])).await;
    ask(&test, &browser, app.request(&[("client_id", person)])).await;
    let now = test.door.clock.now().as_second();
    let assertion = app.assertion(
        &test,
        &json!({"jti": canary, "sub": person, "email": person, "exp": now + 60}),
    );
    for name in [
        "code",
        "code_verifier",
        "client_secret",
        "refresh_token",
        "password",
    ] {
        let form = app.form(
            &test,
            "x",
            &[("client_assertion", &assertion), (name, &canary.repeat(4))],
        );
        redeem(&test, &form).await.err().unwrap();
    }
    let _ = userinfo(&test, canary).await;
    let params = Params::new(vec![
        ("client_id".into(), app.id().into()),
        ("id_token_hint".into(), assertion.clone()),
        ("logout_hint".into(), person.into()),
        ("state".into(), canary.into()),
    ]);
    let _ = end_session(&test.door, &params, &browser, &trace()).await;
    let (rows, uses) = kept(&test).await;
    assert!(rows.len() >= 10);
    let everything = format!("{rows:?}{uses:?}");
    assert!(!everything.contains("CANARY"), "{everything}");
    let signature = assertion.rsplit('.').next().unwrap();
    assert!(!everything.contains(signature));
}

#[tokio::test]
async fn a_flood_is_bounded_and_leaves_room_for_others() {
    let app = es256("quiet");
    let (test, browser) = sandbox(&app).await;
    for n in 0..5_000 {
        let id = format!("urn:flood:{n}");
        ask(&test, &browser, app.request(&[("client_id", &id)])).await;
    }
    ask(
        &test,
        &browser,
        app.request(&[("redirect_uri", "https://wrong.gov/")]),
    )
    .await;
    let (rows, _) = kept(&test).await;
    assert_eq!(rows.len(), 401);
    assert_eq!(rows[400].0.handle, "quiet");
    for _ in 0..1_000 {
        ask(
            &test,
            &browser,
            app.request(&[("redirect_uri", "https://wrong.gov/")]),
        )
        .await;
    }
    let (rows, uses) = kept(&test).await;
    assert!(rows.len() < 401 + 512, "{}", rows.len());
    // All are counted, whether they were kept or not.
    let counted: i64 = uses
        .iter()
        .filter(|one| one.kind == trail::OUTCOME)
        .map(|one| one.uses)
        .sum();
    assert_eq!(counted, 1_001);
}
