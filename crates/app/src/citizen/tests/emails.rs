//! Several addresses of one account.

use super::*;
use crate::citizen::emails;
use crate::citizen::session::{self, SignedIn};

const WORK: &str = "ana@fisheries.example";

async fn signed_in(test: &TestDoor, email: &str) -> (Window, SignedIn) {
    let (_, secret) = made(test, email).await;
    let mut window = Window::new(test);
    window.sign_in_with(email, PASSWORD).await.unwrap();
    window
        .totp(&secret.code(test.door.clock.now()))
        .await
        .unwrap();
    let who = session::current(&test.door, &window.browser)
        .await
        .unwrap()
        .unwrap();
    (window, who)
}

async fn ask(test: &TestDoor, who: &SignedIn, email: &str) -> Result<String, &'static str> {
    emails::ask(&test.door, &PlainWords, who, email, &trace())
        .await
        .map_err(|no| code(&no))
}

async fn type_code(
    test: &TestDoor,
    who: &SignedIn,
    claim: &str,
    typed: &str,
) -> Result<(), &'static str> {
    emails::type_code(&test.door, &PlainWords, who, claim, typed, &trace())
        .await
        .map_err(|no| code(&no))
}

/// Adds an address by its code.
async fn add(test: &TestDoor, who: &SignedIn, email: &str) {
    let claim = ask(test, who, email).await.unwrap();
    let mailed = newest(&test.door, email).await;
    type_code(test, who, &claim, &mailed.codes[0])
        .await
        .unwrap();
}

async fn confirmed(test: &TestDoor, who: &SignedIn) -> Vec<String> {
    let own = emails::own(&test.door, who).await.unwrap();
    own.confirmed
        .iter()
        .map(|email| email.reveal().to_owned())
        .collect()
}

async fn remove(door: &Arc<Door>, who: &SignedIn, email: &str) -> Result<(), &'static str> {
    emails::remove(door, &PlainWords, who, email, &trace())
        .await
        .map_err(|no| code(&no))
}

fn token(mail: &Mail) -> &str {
    mail.links[0].split_once("token=").unwrap().1
}

#[tokio::test]
async fn a_further_address_is_confirmed_signs_in_becomes_the_first_and_goes() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, who) = signed_in(&test, ANA).await;
    let claim = ask(&test, &who, WORK).await.unwrap();
    assert_eq!(confirmed(&test, &who).await, [ANA]);
    assert_eq!(
        Window::new(&test).sign_in_with(WORK, PASSWORD).await,
        Err("journey/wrong-password"),
        "not before it is confirmed"
    );
    let mailed = newest(&test.door, WORK).await;
    assert_eq!(mailed.subject, "address fr");
    assert_eq!(
        type_code(&test, &who, &claim, "000000").await,
        Err("journey/wrong-code")
    );
    type_code(&test, &who, &claim, &mailed.codes[0])
        .await
        .unwrap();
    assert_eq!(
        newest(&test.door, ANA).await.subject,
        "added fr",
        "the others are told"
    );
    assert_eq!(confirmed(&test, &who).await, [ANA, WORK]);
    assert_eq!(
        Window::new(&test).sign_in_with(WORK, PASSWORD).await,
        Ok(())
    );
    emails::make_primary(&test.door, &who, WORK, &trace())
        .await
        .unwrap();
    assert_eq!(confirmed(&test, &who).await, [WORK, ANA]);
    remove(&test.door, &who, ANA).await.unwrap();
    for told in [ANA, WORK] {
        assert_eq!(newest(&test.door, told).await.text, ANA, "{told}");
    }
    assert_eq!(confirmed(&test, &who).await, [WORK]);
    assert_eq!(remove(&test.door, &who, WORK).await, Err("addresses/last"));
    assert_eq!(
        remove(&test.door, &who, ANA).await,
        Err("addresses/not-yours")
    );
}

#[tokio::test]
async fn an_address_of_somebody_else_answers_like_any_other() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, who) = signed_in(&test, ANA).await;
    made(&test, "ben@example.com").await;
    let mut answers = Vec::new();
    for email in ["ben@example.com", "free@example.com"] {
        let claim = ask(&test, &who, email).await.unwrap();
        let mut told = Vec::new();
        for guess in 0..21 {
            told.push(type_code(&test, &who, &claim, &format!("0000{guess:02}")).await);
        }
        let waits = emails::own(&test.door, &who).await.unwrap().awaited;
        told.push(
            waits
                .iter()
                .any(|one| one.email == address(email))
                .then_some(())
                .ok_or("gone"),
        );
        answers.push(told);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(
        answers[0][20],
        Err("limit/too-many-attempts"),
        "{:?}",
        answers[0]
    );
    let mail = newest(&test.door, "ben@example.com").await;
    assert_eq!((mail.subject.as_str(), mail.codes.len()), ("in use fr", 0));
    assert_eq!(
        ask(&test, &who, "ANA.reyes@example.com").await,
        Err("addresses/yours-already")
    );
    assert_eq!(
        ask(&test, &who, "a@mailinator.com").await,
        Err("email/throw-away")
    );
}

#[tokio::test]
async fn a_link_confirms_by_its_button_and_signs_nobody_in() {
    let test = TestDoor::sandbox().await.unwrap();
    let (ana, who) = signed_in(&test, ANA).await;
    let claim = ask(&test, &who, WORK).await.unwrap();
    let older = newest(&test.door, WORK).await;
    emails::ask_again(&test.door, &PlainWords, &who, &claim, &trace())
        .await
        .unwrap();
    let mail = newest(&test.door, WORK).await;
    let elsewhere = Window::new(&test);
    let look = |token: String, browser: Browser| {
        let door = Arc::clone(&test.door);
        async move {
            let view = emails::look_at_link(&door, &browser, &token).await;
            view.map(|view| view.is_here).map_err(|no| code(&no))
        }
    };
    let not_any_more = look(token(&older).to_owned(), elsewhere.browser.clone()).await;
    assert_eq!(not_any_more, Err("journey/wrong-link"));
    assert_eq!(
        look(token(&mail).to_owned(), elsewhere.browser.clone()).await,
        Ok(false)
    );
    assert_eq!(
        look(token(&mail).to_owned(), ana.browser.clone()).await,
        Ok(true)
    );
    assert_eq!(confirmed(&test, &who).await, [ANA], "looking does nothing");
    let confirm = || {
        emails::confirm_link(
            &test.door,
            &PlainWords,
            &elsewhere.browser,
            token(&mail),
            &TRACE,
        )
    };
    assert!(!confirm().await.unwrap_or(true));
    assert!(elsewhere.who().await.is_none());
    assert_eq!(confirmed(&test, &who).await, [ANA, WORK]);
    assert_eq!(
        confirm().await.map_err(|no| code(&no)),
        Err("journey/wrong-link")
    );
}

static TRACE: std::sync::LazyLock<Trace> = std::sync::LazyLock::new(trace);

#[tokio::test]
async fn an_account_has_at_most_twelve_and_old_wishes_end() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, who) = signed_in(&test, ANA).await;
    for number in 0..11 {
        ask(&test, &who, &format!("a{number}@example.net"))
            .await
            .unwrap();
    }
    assert_eq!(ask(&test, &who, WORK).await, Err("addresses/enough"));
    remove(&test.door, &who, "a3@example.net").await.unwrap();
    ask(&test, &who, WORK).await.unwrap();
    test.advance(3600);
    assert!(
        emails::own(&test.door, &who)
            .await
            .unwrap()
            .awaited
            .is_empty()
    );
}

#[tokio::test]
async fn racers_leave_one_address_and_give_one_address_to_one_account() {
    for test in TestDoor::on_both().await.unwrap() {
        let (_, ana) = signed_in(&test, ANA).await;
        let (_, ben) = signed_in(&test, "ben@example.com").await;
        // Both ask for it while nobody has it, and both can read its mail.
        let mut ready = Vec::new();
        for who in [&ana, &ben] {
            let claim = ask(&test, who, WORK).await.unwrap();
            ready.push((
                who.clone(),
                claim,
                newest(&test.door, WORK).await.codes[0].clone(),
            ));
        }
        let (one, two) = (&ready[0], &ready[1]);
        let ends = tokio::join!(
            type_code(&test, &one.0, &one.1, &one.2),
            type_code(&test, &two.0, &two.1, &two.2)
        );
        assert!(
            matches!(
                ends,
                (Ok(()), Err("sign-up/address-taken")) | (Err("sign-up/address-taken"), Ok(()))
            ),
            "{ends:?}"
        );
        for who in [&ana, &ben] {
            if confirmed(&test, who).await.len() == 1 {
                add(&test, who, "more@example.net").await;
            }
            let both = confirmed(&test, who).await;
            let nodes = [Arc::clone(&test.door), test.another_node().await.unwrap()];
            let ends = tokio::join!(
                remove(&nodes[0], who, &both[0]),
                remove(&nodes[1], who, &both[1])
            );
            assert!(
                matches!(
                    ends,
                    (Ok(()), Err("addresses/last")) | (Err("addresses/last"), Ok(()))
                ),
                "{ends:?}"
            );
            if who.person_id == ana.person_id {
                let left = confirmed(&test, who).await;
                if left == ["more@example.net"] {
                    add(&test, who, ANA).await;
                    remove(&test.door, who, "more@example.net").await.unwrap();
                }
            }
        }
    }
}
