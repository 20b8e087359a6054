use std::collections::BTreeMap;

use super::*;
use crate::citizen::session;

#[tokio::test]
async fn a_whole_sign_in_and_out() {
    let test = TestDoor::sandbox().await.unwrap();
    let (id, secret) = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    assert!(ana.who().await.is_none(), "one factor is no session");
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
    let who = session::current(&test.door, &ana.browser)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(who.person_id, id);
    assert_eq!(
        (who.aal.as_str(), who.amr.join(" ")),
        ("aal2", "pwd otp mfa".to_owned())
    );
    assert!(
        session::end(&test.door, &ana.browser, &trace())
            .await
            .unwrap()
    );
    assert!(ana.who().await.is_none());
    assert!(
        !session::end(&test.door, &ana.browser, &trace())
            .await
            .unwrap()
    );
}

#[tokio::test]
async fn a_session_ends_when_it_is_idle_and_when_it_is_old() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, secret) = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
    for _ in 0..59 {
        test.advance(720);
        assert!(ana.who().await.is_some(), "used every twelve minutes");
    }
    test.advance(720);
    assert!(ana.who().await.is_none(), "twelve hours in all");
    test.advance(30);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
    test.advance(900);
    assert!(
        ana.who().await.is_none(),
        "fifteen minutes without a request"
    );
}

#[tokio::test]
async fn a_code_counts_once() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, secret) = made(&test, ANA).await;
    let code = secret.code(test.door.clock.now());
    let (mut one, mut two) = (Window::new(&test), Window::new(&test));
    one.sign_in_with(ANA, PASSWORD).await.unwrap();
    two.sign_in_with(ANA, PASSWORD).await.unwrap();
    let ends = tokio::join!(one.totp(&code), two.totp(&code));
    assert!(
        matches!(
            ends,
            (Ok(()), Err("journey/wrong-second-factor"))
                | (Err("journey/wrong-second-factor"), Ok(()))
        ),
        "{ends:?}"
    );
}

#[tokio::test]
async fn a_thousand_guesses_at_the_second_factor_are_locked() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, secret) = made(&test, ANA).await;
    let now = test.door.clock.now();
    let wrong = format!(
        "{:06}",
        (secret.code(now).parse::<u32>().unwrap() + 7) % 1_000_000
    );
    let mut thief = Window::new(&test);
    thief.sign_in_with(ANA, PASSWORD).await.unwrap();
    let mut ends = BTreeMap::new();
    for guess in 0..1000 {
        if guess == 5 {
            thief = Window::new(&test);
            thief.sign_in_with(ANA, PASSWORD).await.unwrap();
        }
        *ends
            .entry(thief.totp(&wrong).await.unwrap_err())
            .or_insert(0) += 1;
    }
    assert_eq!(
        ends,
        BTreeMap::from([
            ("journey/wrong-second-factor", 10),
            ("limit/too-many-attempts", 990)
        ])
    );
    // Locked for everyone, the right code included, until the time is over.
    let mut ana = Window::new(&test);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    assert_eq!(
        ana.totp(&secret.code(now)).await,
        Err("limit/too-many-attempts")
    );
    test.advance(10 * 60);
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
}

#[tokio::test]
async fn passwords_are_locked_alike_with_and_without_an_account() {
    let test = TestDoor::sandbox().await.unwrap();
    made(&test, ANA).await;
    for email in [ANA, "nobody@example.com"] {
        let mut ends = Vec::new();
        for _ in 0..3 {
            let mut thief = Window::new(&test);
            ends.push(thief.sign_in_with(email, "wrong horse staple").await);
            for _ in 0..10 {
                ends.push(thief.password("wrong horse staple").await);
            }
        }
        let count = |code| ends.iter().filter(|end| **end == Err(code)).count();
        assert_eq!(
            (
                count("journey/wrong-password"),
                count("journey/too-many-passwords"),
                count("limit/too-many-attempts")
            ),
            // The eleventh of each window of ten in a flow counts against the account too.
            (19, 1, 13),
            "{email} {ends:?}"
        );
    }
    let mut ana = Window::new(&test);
    assert_eq!(
        ana.sign_in_with(ANA, PASSWORD).await,
        Err("limit/too-many-attempts")
    );
    test.advance(60 * 60);
    assert_eq!(ana.sign_in_with(ANA, PASSWORD).await, Ok(()));
}

#[tokio::test]
async fn a_password_right_for_one_account_opens_no_other() {
    let test = TestDoor::sandbox().await.unwrap();
    made(&test, ANA).await;
    made(&test, "thief@example.com").await;
    let mut thief = Window::new(&test);
    let begun = crate::citizen::sign_in::begin(&test.door, &thief.browser, "thief@example.com");
    thief.keep(begun.await.unwrap());
    // While the thief's own password is checked, the same browser names the victim's address.
    let (own, _, _) = tokio::join!(
        thief.password(PASSWORD),
        crate::citizen::sign_in::begin(&test.door, &thief.browser, ANA),
        thief.password("not the one of ana"),
    );
    assert_eq!(own, Err("journey/out-of-step"));
    assert!(!matches!(
        crate::citizen::flow::step(&test.door, &thief.browser)
            .await
            .unwrap(),
        crate::citizen::flow::Step::SecondFactor
    ));
}

#[tokio::test]
async fn steps_out_of_order_are_refused() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, secret) = made(&test, ANA).await;
    let mut window = Window::new(&test);
    assert_eq!(window.password(PASSWORD).await, Err("journey/out-of-step"));
    let begun = crate::citizen::sign_in::begin(&test.door, &window.browser, ANA).await;
    window.keep(begun.unwrap());
    assert_eq!(
        window.totp(&secret.code(test.door.clock.now())).await,
        Err("journey/out-of-step")
    );
}

#[tokio::test]
async fn a_sign_in_ends_the_older_session_of_its_browser() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, secret) = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
    let before = ana.browser.clone();
    test.advance(30);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
    assert_ne!(before.session, ana.browser.session);
    assert!(
        session::current(&test.door, &before)
            .await
            .unwrap()
            .is_none()
    );
    assert!(ana.who().await.is_some());
}

#[tokio::test]
async fn a_second_factor_makes_an_open_session_stronger_under_a_new_cookie() {
    let test = TestDoor::sandbox().await.unwrap();
    let (person_id, secret) = made(&test, ANA).await;
    let opening = session::Opening {
        person_id,
        aal: durward_domain::level::Aal::Aal1,
        methods: durward_accounts::authenticator::method::Methods::usual(
            durward_domain::level::Aal::Aal1,
        ),
        amr: vec!["pwd".to_owned()],
        at: test.door.clock.now(),
    };
    let weak = session::NewSession::prepare(&test.door, &opening);
    let mut ana = Window::new(&test);
    ana.browser.session = Some(weak.token.clone());
    let (sid, door) = (weak.session_id().to_owned(), Arc::clone(&test.door));
    test.door
        .store
        .write(move |c| weak.start(c, &door, &[], &trace()))
        .await
        .unwrap();
    let before = ana.browser.clone();
    let code = secret.code(test.door.clock.now());
    assert_eq!(ana.totp("000000").await, Err("journey/wrong-second-factor"));
    ana.totp(&code).await.unwrap();
    assert_eq!(ana.totp(&code).await, Err("journey/wrong-second-factor"));
    let who = session::current(&test.door, &ana.browser)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (who.aal.as_str(), who.amr.join(" "), who.session_id),
        ("aal2", "pwd otp mfa".to_owned(), sid)
    );
    assert!(
        session::current(&test.door, &before)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn an_account_without_a_second_factor_sets_one_up_at_its_first_sign_in() {
    let test = TestDoor::sandbox().await.unwrap();
    let new = NewPerson {
        email: address(ANA),
        password: PASSWORD.to_owned(),
        totp: None,
        language: "en".to_owned(),
        verified: None,
        persona_of: None,
    };
    let id = people::create(&test.door, new, &Actor::Automation, None, None)
        .await
        .unwrap();
    let (mut ana, mut late) = (Window::new(&test), Window::new(&test));
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    late.sign_in_with(ANA, PASSWORD).await.unwrap();
    assert!(ana.who().await.is_none());
    let (secret, other) = (ana.secret().await, late.secret().await);
    let now = test.door.clock.now();
    assert_eq!(
        ana.finish(&other.code(now)).await,
        Err("journey/wrong-second-factor")
    );
    ana.finish(&secret.code(now)).await.unwrap();
    assert_eq!(ana.who().await, Some(id));
    // Whoever was a step behind has to give the app that is there now.
    assert_eq!(
        late.finish(&other.code(now)).await,
        Err("journey/out-of-step")
    );
    test.advance(30);
    late.sign_in_with(ANA, PASSWORD).await.unwrap();
    late.totp(&secret.code(test.door.clock.now()))
        .await
        .unwrap();
}
