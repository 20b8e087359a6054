//! Signing out against an app that is at the token endpoint just then, on both engines.

use super::backchannel::Told;
use super::refresh::{first, form, refreshing, token};
use super::*;
use crate::jobs::door_logouts::deliver_due;

#[tokio::test]
async fn signing_out_against_redeeming_leaves_no_token_and_no_app_untold() {
    for test in doors().await {
        let told = Told::start().await;
        let apps: Vec<TestApp> = (0..4)
            .map(|n| told.app(&format!("app{n}"), Algorithm::ES256))
            .collect();
        let all: Vec<&TestApp> = apps.iter().collect();
        test.serve(&all).await.unwrap();
        for _ in 0..4 {
            told.heard.lock().unwrap().clear();
            let (_, browser) = test.sign_in(&all).await.unwrap();
            let mut forms = Vec::new();
            for app in &apps {
                let code = code(&test, app, &browser).await;
                forms.push(app.form(&test, &code, &[]));
            }
            let mut racers = tokio::task::JoinSet::new();
            for (turn, form) in forms.into_iter().enumerate() {
                let door = Arc::clone(&test.door);
                if turn == 2 {
                    let (door, browser) = (Arc::clone(&door), browser.clone());
                    racers.spawn(async move {
                        session::end(&door, &browser, &trace()).await.unwrap();
                        None
                    });
                }
                racers.spawn(async move {
                    let redeemed = super::super::grant_tokens(
                        &door,
                        form.as_bytes(),
                        Headers::default(),
                        &trace(),
                    )
                    .await;
                    match redeemed {
                        Ok(answer) => Some((turn, answer.access_token().to_owned())),
                        Err(Failure::Refused(refusal)) => {
                            assert_eq!(refusal.code(), "token/session-ended");
                            None
                        }
                        Err(Failure::Fault(fault)) => panic!("{fault}"),
                    }
                });
            }
            let redeemed: Vec<_> = racers.join_all().await.into_iter().flatten().collect();
            let mut expected = Vec::new();
            for (turn, token) in redeemed {
                expected.push(format!("/app{turn}"));
                assert_eq!(
                    userinfo(&test, &token).await.unwrap_err(),
                    "userinfo/token-invalid"
                );
            }
            expected.sort();
            // Two nodes tell at once: each app hears it once.
            let (one, two) = tokio::join!(deliver_due(&test.door), deliver_due(&test.door));
            one.unwrap();
            two.unwrap();
            assert_eq!(told.paths(), expected);
        }
    }
}

#[tokio::test]
async fn signing_out_against_refreshing_leaves_no_token() {
    for test in doors().await {
        let apps: Vec<TestApp> = (0..3).map(|n| refreshing(&format!("again{n}"))).collect();
        let all: Vec<&TestApp> = apps.iter().collect();
        test.serve(&all).await.unwrap();
        for _ in 0..4 {
            let (_, browser) = test.sign_in(&all).await.unwrap();
            let mut racers = tokio::task::JoinSet::new();
            let mut known = Vec::new();
            for app in &apps {
                let answer = first(&test, app, &browser, "openid email").await;
                known.push(answer.access_token().to_owned());
                let form = form(&test, app, &token(&answer), &[]);
                let door = Arc::clone(&test.door);
                racers.spawn(async move {
                    let refreshed = super::super::grant_tokens(
                        &door,
                        form.as_bytes(),
                        Headers::default(),
                        &trace(),
                    )
                    .await;
                    match refreshed {
                        Ok(answer) => Some(answer),
                        Err(Failure::Refused(refusal)) => {
                            assert_eq!(refusal.code(), "token/authorization-ended");
                            None
                        }
                        Err(Failure::Fault(fault)) => panic!("{fault}"),
                    }
                });
            }
            let (door, browser) = (Arc::clone(&test.door), browser.clone());
            racers.spawn(async move {
                session::end(&door, &browser, &trace()).await.unwrap();
                None
            });
            let refreshed: Vec<_> = racers.join_all().await.into_iter().flatten().collect();
            known.extend(
                refreshed
                    .iter()
                    .map(|answer| answer.access_token().to_owned()),
            );
            for access in &known {
                assert_eq!(
                    userinfo(&test, access).await.unwrap_err(),
                    "userinfo/token-invalid"
                );
            }
        }
    }
}
