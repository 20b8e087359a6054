//! A test moved the environment's clock: its own affairs follow, real apps and authenticators go on working.

use jiff::SignedDuration;

use super::*;
use crate::automation::{self, ClockMove, PersonMade};
use crate::citizen::sign_in;
use crate::jobs::upkeep;
use crate::testing::AUTOMATION_TOKEN;
use durward_keyring::totp::TotpSecret;

async fn move_clock(test: &TestDoor, to: ClockMove) {
    let bearer = format!("Bearer {AUTOMATION_TOKEN}");
    let authority = automation::admit(&test.door, Some(&bearer))
        .await
        .ok()
        .unwrap();
    automation::move_clock(&test.door, &authority, to, None, &trace())
        .await
        .unwrap();
}

async fn minutes(test: &TestDoor, minutes: i64) {
    move_clock(test, ClockMove::Advance(SignedDuration::from_mins(minutes))).await;
}

/// Signs in as a real person would: with the code that the authenticator shows.
async fn real_sign_in(test: &TestDoor, person: &PersonMade) -> Browser {
    let secret = TotpSecret::from_base32(person.totp_secret.as_deref().unwrap()).unwrap();
    let begun = sign_in::begin(&test.door, &Browser::default(), &person.email)
        .await
        .unwrap();
    let mut browser = Browser {
        flow: begun.set_flow,
        ..Browser::default()
    };
    sign_in::try_password(&test.door, &browser, &person.password, None, &trace())
        .await
        .unwrap();
    let code = secret.code(test.door.clock.real_now());
    let token = sign_in::try_totp(&test.door, &browser, &code, &trace()).await;
    browser.session = Some(token.unwrap());
    browser
}

/// `iat`, `auth_time` and `exp` of an ID token, in seconds after the real time now.
async fn times(test: &TestDoor, app: &TestApp, browser: &Browser) -> [i64; 3] {
    let code = code(test, app, browser).await;
    let answer = redeem(test, &app.form(test, &code, &[])).await.unwrap();
    userinfo(test, answer.access_token()).await.unwrap();
    let (told, now) = (claims(&answer), test.door.clock.real_now().as_second());
    assert_eq!(told["nbf"], told["iat"]);
    assert!(told["auth_time"].as_i64() <= told["iat"].as_i64(), "{told}");
    ["iat", "auth_time", "exp"].map(|name| told[name].as_i64().unwrap() - now)
}

fn is_about(seconds: i64, expected: i64) {
    assert!((seconds - expected).abs() < 60, "{seconds}: {expected}");
}

#[tokio::test]
async fn real_clients_go_on_working_when_a_test_moves_the_clock() {
    for test in doors().await {
        let app = es256("shifted");
        test.serve(&[&app]).await.unwrap();
        let (person, before) = test.sign_in(&[&app]).await.unwrap();
        let old = code(&test, &app, &before).await;
        minutes(&test, 15).await;
        // The assertion of real time is accepted, and the code is too old.
        assert_eq!(
            redeem(&test, &app.form(&test, &old, &[])).await.err(),
            Some("token/code-expired")
        );
        let shifted = json!({ "iat": test.door.clock.now().as_second(), "exp": test.door.clock.now().as_second() + 120 });
        let shifted = app.assertion(&test, &shifted);
        let form = app.form(&test, &old, &[("client_assertion", &shifted)]);
        assert_eq!(
            redeem(&test, &form).await.err(),
            Some("token/assertion-from-the-future")
        );
        let ended = session::current(&test.door, &before).await.unwrap();
        assert!(ended.is_none(), "idle for fifteen minutes");

        let browser = real_sign_in(&test, &person).await;
        let lifetime = i64::from(test.door.programme.policies.id_token_seconds);
        let [iat, auth_time, exp] = times(&test, &app, &browser).await;
        is_about(iat, 0);
        is_about(auth_time, 0);
        is_about(exp, lifetime);

        minutes(&test, 10).await;
        let [iat, auth_time, _] = times(&test, &app, &browser).await;
        is_about(iat, 0);
        is_about(auth_time, -600);

        // Back in real time, that sign-in is in the future: it is told as of now.
        move_clock(&test, ClockMove::Reset).await;
        assert_eq!(test.door.clock.shift_us(), 0);
        automation::follow(&test.door).await.unwrap();
        assert_eq!(test.door.clock.shift_us(), 0);
        let [iat, auth_time, _] = times(&test, &app, &browser).await;
        is_about(iat, 0);
        is_about(auth_time, 0);
    }
}

#[tokio::test]
async fn a_moved_clock_forgets_no_assertion_and_ages_tokens() {
    let app = es256("days");
    let (test, browser) = sandbox(&app).await;
    let assertion = app.assertion(&test, &json!({}));
    let first = code(&test, &app, &browser).await;
    let form = app.form(&test, &first, &[("client_assertion", &assertion)]);
    let answer = redeem(&test, &form).await.unwrap();
    minutes(&test, 3 * 24 * 60).await;
    assert_eq!(
        userinfo(&test, answer.access_token()).await.err(),
        Some("userinfo/token-invalid")
    );
    upkeep::purge_door(&test.door).await.unwrap();
    let (_, fresh) = test.sign_in(&[&app]).await.unwrap();
    let second = code(&test, &app, &fresh).await;
    let form = app.form(&test, &second, &[("client_assertion", &assertion)]);
    assert_eq!(
        redeem(&test, &form).await.err(),
        Some("token/assertion-replayed")
    );
}
