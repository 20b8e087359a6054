use super::*;
use crate::citizen::sign_up::{Confirmed, confirm_link, look_at_link, proceed_if_confirmed};

async fn token(door: &Arc<Door>) -> String {
    let link = newest(door, ANA).await.links[0].clone();
    link.split_once("token=").unwrap().1.to_owned()
}

#[tokio::test]
async fn a_whole_sign_up_by_code() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    let secret = ana.until_authenticator(ANA).await;
    let now = test.door.clock.now();
    assert!(ana.who().await.is_none());
    ana.finish(&secret.code(now)).await.unwrap();
    assert!(ana.who().await.is_some());
    let subjects: Vec<_> = mails(&test.door, ANA)
        .await
        .into_iter()
        .map(|m| m.subject)
        .collect();
    assert_eq!(subjects, ["confirm es", "created es"]);
    // The step of the first code is spent: the same code does not sign in.
    let mut other = Window::new(&test);
    other
        .sign_in_with("ana.reyes@EXAMPLE.com", PASSWORD)
        .await
        .unwrap();
    assert_eq!(
        other.totp(&secret.code(now)).await,
        Err("journey/wrong-second-factor")
    );
    test.advance(30);
    other
        .totp(&secret.code(test.door.clock.now()))
        .await
        .unwrap();
    assert_eq!(other.who().await, ana.who().await);
}

#[tokio::test]
async fn a_known_address_gets_another_mail_and_the_same_answers() {
    let test = TestDoor::sandbox().await.unwrap();
    made(&test, ANA).await;
    let mut window = Window::new(&test);
    window.sign_up_with(ANA).await.unwrap();
    let mail = newest(&test.door, ANA).await;
    assert_eq!(
        (mail.subject.as_str(), mail.codes.len()),
        ("exists fr", 0),
        "in the owner's language"
    );
    assert_eq!(window.type_code("123456").await, Err("journey/wrong-code"));
    assert!(matches!(
        crate::citizen::flow::step(&test.door, &window.browser)
            .await
            .unwrap(),
        crate::citizen::flow::Step::CheckEmail { .. }
    ));
}

/// What a stranger learns who asks for a mail to this address, guesses, and asks again.
async fn told(test: &TestDoor, email: &str) -> Vec<Result<(), &'static str>> {
    let mut stranger = Window::new(test);
    let mut told = vec![stranger.sign_up_with(email).await];
    for round in 0..3 {
        for guess in 0..7 {
            told.push(stranger.type_code(&format!("00{round}00{guess}")).await);
        }
        let (door, browser) = (&test.door, &stranger.browser);
        let again = crate::citizen::sign_up::resend(door, &PlainWords, browser, &trace()).await;
        told.push(again.map(drop).map_err(|no| code(&no)));
    }
    told.push(stranger.choose(PASSWORD).await);
    told
}

#[tokio::test]
async fn a_known_and_an_unknown_address_answer_alike_to_everything() {
    let test = TestDoor::sandbox().await.unwrap();
    made(&test, ANA).await;
    let (known, unknown) = (
        told(&test, ANA).await,
        told(&test, "nobody@example.com").await,
    );
    assert_eq!(known, unknown);
    assert!(known.contains(&Err("journey/too-many-codes")), "{known:?}");
    assert_eq!(
        mails(&test.door, ANA).await.len(),
        mails(&test.door, "nobody@example.com").await.len()
    );
}

#[tokio::test]
async fn one_network_begins_so_many_sign_ups() {
    let test = TestDoor::sandbox().await.unwrap();
    let at = |number: u32, network: &str| {
        let mut window = Window::new(&test);
        window.browser.network = Some(network.parse().unwrap());
        async move { window.sign_up_with(&format!("a{number}@example.com")).await }
    };
    for number in 0..100 {
        assert_eq!(at(number, "2001:db8::7").await, Ok(()));
    }
    assert_eq!(at(100, "2001:db8::8").await, Err("limit/too-many-attempts"));
    assert_eq!(at(100, "2001:db8:0:1::8").await, Ok(()));
    test.advance(601);
    assert_eq!(at(101, "2001:db8::8").await, Ok(()));
}

#[tokio::test]
async fn tags_and_throw_away_domains_do_not_help() {
    let test = TestDoor::sandbox().await.unwrap();
    for number in 0..20 {
        let email = format!("ana+{number}@example.com");
        assert_eq!(Window::new(&test).sign_up_with(&email).await, Ok(()));
    }
    let more = Window::new(&test)
        .sign_up_with("ana+more@example.com")
        .await;
    assert_eq!(more, Err("limit/too-many-attempts"));
    let thrown = Window::new(&test).sign_up_with("ana@mailinator.com").await;
    assert_eq!(thrown, Err("email/throw-away"));
}

#[tokio::test]
async fn guessing_the_mailed_code_ends() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut attacker = Window::new(&test);
    attacker.sign_up_with(ANA).await.unwrap();
    let right = newest(&test.door, ANA).await.codes[0].clone();
    let mut ends = std::collections::BTreeMap::new();
    for guess in 0..1000 {
        let typed = format!(
            "{:06}",
            (right.parse::<u32>().unwrap() + 1 + guess) % 1_000_000
        );
        let no = attacker.type_code(&typed).await.unwrap_err();
        *ends.entry(no).or_insert(0) += 1;
        if no == "journey/too-many-codes" && attacker.sign_up_with(ANA).await.is_err() {
            // No more mails in this flow: begin anew in another.
            attacker = Window::new(&test);
            if attacker.sign_up_with(ANA).await.is_err() {
                break;
            }
        }
    }
    assert!(ends["journey/wrong-code"] <= 20, "{ends:?}");
    assert!(ends["limit/too-many-attempts"] > 900, "{ends:?}");
    let right = newest(&test.door, ANA).await.codes[0].clone();
    assert_eq!(
        attacker.type_code(&right).await,
        Err("limit/too-many-attempts")
    );
}

#[tokio::test]
async fn a_link_in_the_same_browser_goes_on() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    ana.sign_up_with(ANA).await.unwrap();
    let token = token(&test.door).await;
    let view = look_at_link(&test.door, &ana.browser, &token)
        .await
        .unwrap();
    assert!(view.is_here && view.email == address(ANA));
    assert_eq!(ana.choose(PASSWORD).await, Err("journey/out-of-step"));
    let done = confirm_link(&test.door, &ana.browser, &token, &trace())
        .await
        .unwrap();
    assert_eq!(done, Confirmed::Here);
    ana.choose(PASSWORD).await.unwrap();
}

#[tokio::test]
async fn a_link_elsewhere_advances_only_the_browser_that_asked() {
    let test = TestDoor::sandbox().await.unwrap();
    let (mut asked, mut other) = (Window::new(&test), Window::new(&test));
    asked.sign_up_with(ANA).await.unwrap();
    other.sign_up_with("bo@example.com").await.unwrap();
    let token = token(&test.door).await;
    // Looking, as mail scanners do, changes nothing.
    let view = look_at_link(&test.door, &other.browser, &token)
        .await
        .unwrap();
    assert!(!view.is_here);
    assert!(
        !proceed_if_confirmed(&test.door, &asked.browser, &trace())
            .await
            .unwrap()
    );
    let done = confirm_link(&test.door, &other.browser, &token, &trace())
        .await
        .unwrap();
    assert_eq!(done, Confirmed::Elsewhere);
    assert!(
        !proceed_if_confirmed(&test.door, &other.browser, &trace())
            .await
            .unwrap()
    );
    assert_eq!(other.choose(PASSWORD).await, Err("journey/out-of-step"));
    assert!(
        proceed_if_confirmed(&test.door, &asked.browser, &trace())
            .await
            .unwrap()
    );
    asked.choose(PASSWORD).await.unwrap();
    let again = confirm_link(&test.door, &other.browser, &token, &trace()).await;
    assert_eq!(code(&again.unwrap_err()), "journey/wrong-link", "spent");
}

#[tokio::test]
async fn an_older_or_late_mail_does_not_count() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    ana.sign_up_with(ANA).await.unwrap();
    let old = newest(&test.door, ANA).await;
    test.advance(1);
    ana.sign_up_with(ANA).await.unwrap();
    let new = newest(&test.door, ANA).await;
    assert_ne!(old.codes, new.codes);
    assert_eq!(
        ana.type_code(&old.codes[0]).await,
        Err("journey/wrong-code")
    );
    test.advance(60 * 60);
    assert_eq!(
        ana.type_code(&new.codes[0]).await,
        Err("journey/mail-expired")
    );
}

#[tokio::test]
async fn mails_to_one_address_are_limited() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ends = Vec::new();
    for _ in 0..30 {
        ends.push(Window::new(&test).sign_up_with(ANA).await);
    }
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 20);
    assert_eq!(ends.last(), Some(&Err("limit/too-many-attempts")));
    let mut one = Window::new(&test);
    for _ in 0..5 {
        one.sign_up_with("bo@example.com").await.unwrap();
    }
    assert_eq!(
        one.sign_up_with("bo@example.com").await,
        Err("journey/too-many-mails")
    );
}

#[tokio::test]
async fn of_two_racers_for_one_address_one_wins() {
    let test = TestDoor::sandbox().await.unwrap();
    let (mut first, mut second) = (Window::new(&test), Window::new(&test));
    let one = first.until_authenticator(ANA).await;
    test.advance(1);
    let two = second.until_authenticator(ANA).await;
    let now = test.door.clock.now();
    let (a, b) = (one.code(now), two.code(now));
    let ends = tokio::join!(first.finish(&a), second.finish(&b));
    let ends = [ends.0, ends.1];
    assert_eq!(ends.iter().filter(|end| end.is_ok()).count(), 1, "{ends:?}");
    assert!(ends.contains(&Err("sign-up/address-taken")), "{ends:?}");
    let people = test.door.store.read(durward_store::people::count).await;
    assert_eq!(people.unwrap(), 1);
}

#[tokio::test]
async fn weak_passwords_and_wrong_codes_stay_on_their_pages() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    assert_eq!(ana.sign_up_with("ana").await, Err("email/no-at-sign"));
    ana.sign_up_with(ANA).await.unwrap();
    let mailed = newest(&test.door, ANA).await.codes[0].clone();
    ana.type_code(&format!(" {} {} ", &mailed[..3], &mailed[3..]))
        .await
        .unwrap();
    assert_eq!(ana.choose("short").await, Err("password/too-short"));
    assert_eq!(
        ana.choose("ana.reyes2026").await,
        Err("password/like-your-email")
    );
    ana.choose(PASSWORD).await.unwrap();
    let secret = ana.secret().await;
    let now = test.door.clock.now();
    let wrong = format!(
        "{:06}",
        (secret.code(now).parse::<u32>().unwrap() + 1) % 1_000_000
    );
    assert_eq!(ana.finish("12").await, Err("totp/malformed"));
    for _ in 0..10 {
        assert_eq!(ana.finish(&wrong).await, Err("journey/wrong-second-factor"));
    }
    assert_eq!(
        ana.finish(&secret.code(now)).await,
        Err("journey/too-many-second-factors")
    );
    assert!(ana.who().await.is_none());
}

#[tokio::test]
async fn a_stored_journey_shows_nothing_of_the_person() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    ana.until_authenticator(ANA).await;
    let hash = test.door.hasher.hash(ana.browser.flow.as_ref().unwrap());
    let now = test.door.clock.now().as_microsecond();
    let row = test
        .door
        .store
        .read(move |c| durward_store::sessions::find_flow(c, &hash, now))
        .await
        .unwrap()
        .unwrap();
    let sealed = row.sealed_journey.unwrap();
    assert!(!sealed.contains("ana") && !sealed.contains("argon2"));
}

#[tokio::test]
async fn a_stolen_password_is_refused_with_the_reason() {
    let test = TestDoor::sandbox().await.unwrap();
    let mut ana = Window::new(&test);
    ana.sign_up_with(ANA).await.unwrap();
    let typed = newest(&test.door, ANA).await.codes[0].clone();
    ana.type_code(&typed).await.unwrap();
    let stolen = crate::testing::STOLEN_PASSWORD;
    assert_eq!(ana.choose(stolen).await, Err("password/breached"));
    assert_eq!(
        ana.choose("kayakkayakkayak").await,
        Err("password/weak-repeats")
    );
    assert_eq!(ana.choose(PASSWORD).await, Ok(()));
}
