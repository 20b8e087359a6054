//! Keys that are copied, raced and passed on, on both engines.

use durward_accounts::authenticator::method::Methods;
use durward_domain::level::Aal;
use serde_json::Value;

use super::*;
use crate::citizen::factor::webauthn;
use crate::citizen::session::{self, NewSession, Opening};
use crate::citizen::{account, methods};
use crate::testing::keys::SoftKey;

/// Ana in an open session, with a key that checks its owner.
async fn with_key(test: &TestDoor) -> (Window, SoftKey) {
    let (person_id, _) = made(test, ANA).await;
    let mut ana = Window::new(test);
    let aal = Aal::Aal2;
    let methods = Methods::usual(aal);
    let opening = Opening {
        person_id,
        aal,
        amr: methods.amr().into_iter().map(str::to_owned).collect(),
        methods,
        at: test.door.clock.now(),
    };
    let session = NewSession::prepare(&test.door, &opening);
    ana.browser.session = Some(session.token.clone());
    let door = Arc::clone(&test.door);
    let start = test
        .door
        .store
        .write(move |c| session.start(c, &door, &[], &trace()));
    start.await.unwrap();
    let question = webauthn::question_for_new(&test.door, &ana.browser).await;
    let (options, begun) = question.unwrap();
    ana.keep(begun);
    let mut key = SoftKey::new(&test.door.issuer).unwrap();
    let answer = key.create(&read(&options)).unwrap().to_string();
    let added = webauthn::add(&test.door, &ana.browser, ("My phone", &answer), &trace()).await;
    ana.browser.session = Some(added.unwrap());
    (ana, key)
}

fn read(options: &str) -> Value {
    serde_json::from_str(options).unwrap()
}

/// What a stranger's browser is asked, and what the key says to that.
async fn asked(window: &mut Window, key: &mut SoftKey) -> String {
    let question = webauthn::question_for_anyone(&window.door, &window.browser).await;
    let (options, begun) = question.unwrap();
    window.keep(begun);
    key.answer(&read(&options)).unwrap().to_string()
}

#[tokio::test]
async fn one_answer_opens_one_session_however_many_send_it() {
    for test in TestDoor::on_both().await.unwrap() {
        let (_, mut key) = with_key(&test).await;
        let mut window = Window::new(&test);
        let answer = asked(&mut window, &mut key).await;
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let (door, browser, answer) = (
                Arc::clone(&test.door),
                window.browser.clone(),
                answer.clone(),
            );
            racers.spawn(async move {
                webauthn::sign_in(&door, &browser, &answer, &trace())
                    .await
                    .map_err(|no| code(&no))
            });
        }
        let answers = racers.join_all().await;
        let opened = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(opened, 1, "{answers:?}");
        assert!(
            answers
                .iter()
                .flat_map(|answer| answer.as_ref().err())
                .all(|code| ["webauthn/expired", "webauthn/cloned"].contains(code)),
            "{answers:?}"
        );
    }
}

#[tokio::test]
async fn a_key_alone_is_a_sign_in_that_resists_phishing() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, mut key) = with_key(&test).await;
    let mut window = Window::new(&test);
    let answer = asked(&mut window, &mut key).await;
    let token = webauthn::sign_in(&test.door, &window.browser, &answer, &trace()).await;
    window.browser.session = Some(token.unwrap());
    let who = session::current(&test.door, &window.browser)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(who.aal, Aal::PhishingResistant);
    assert_eq!(who.amr.join(" "), "pop user mfa");
    assert!(session::is_stepped_up(&test.door, &who));
}

#[tokio::test]
async fn of_two_who_remove_each_others_last_method_one_is_refused() {
    for test in TestDoor::on_both().await.unwrap() {
        let (ana, _) = with_key(&test).await;
        let who = session::current(&test.door, &ana.browser)
            .await
            .unwrap()
            .unwrap();
        let held = methods::list(&test.door, &who).await.unwrap();
        assert_eq!(held.len(), 2);
        let mut racers = tokio::task::JoinSet::new();
        for one in held {
            let (door, who) = (Arc::clone(&test.door), who.clone());
            racers.spawn(async move {
                methods::remove(&door, &who, &one.id, &trace())
                    .await
                    .map_err(|no| code(&no))
            });
        }
        let mut answers = racers.join_all().await;
        answers.sort_unstable();
        assert_eq!(answers, [Ok(()), Err("method/last")]);
        assert_eq!(methods::list(&test.door, &who).await.unwrap().len(), 1);
        assert_eq!(
            account::overview(&test.door, &who)
                .await
                .unwrap()
                .emails
                .len(),
            1
        );
    }
}
