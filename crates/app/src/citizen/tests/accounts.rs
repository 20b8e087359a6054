use std::collections::BTreeMap;

use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;

use super::*;
use crate::citizen::people::Verified;
use crate::citizen::{account, session};
use crate::jobs::door_mail::{Delivered, deliver_due};
use crate::ports::mail::{Post, Smtp};

#[tokio::test]
async fn a_made_person_has_what_it_was_given_and_loses_it_when_deleted() {
    let test = TestDoor::sandbox().await.unwrap();
    let at = test.door.clock.now();
    let new = NewPerson {
        email: address(ANA),
        password: PASSWORD.to_owned(),
        totp: None,
        language: "en".to_owned(),
        verified: Some(Verified {
            at,
            attributes: BTreeMap::from([(Attribute::FirstName, "Ana".to_owned())]),
        }),
        persona_of: Some(people::Persona {
            owner: "team:fisheries-digital".to_owned(),
            app: String::new(),
            content: b"{}".to_vec(),
            emails: Vec::new(),
        }),
    };
    let id = people::create(
        &test.door,
        new,
        &Actor::Automation,
        Some(Event::TestPersonMade),
        Some(&trace()),
    )
    .await
    .unwrap();
    assert_eq!(
        people::by_email(&test.door, &address("ana.reyes@example.com"))
            .await
            .unwrap(),
        Some(id)
    );
    let known = people::known(&test.door, id).await.unwrap().unwrap();
    assert_eq!(known.email.reveal(), ANA);
    assert_eq!(known.verified[&Attribute::FirstName], "Ana");
    assert_eq!(known.verified_at, Some(at));
    let delete = || {
        people::delete(
            &test.door,
            id,
            &Actor::Automation,
            Event::TestPersonDeleted,
            None,
        )
    };
    assert!(delete().await.unwrap());
    assert!(!delete().await.unwrap());
    assert!(people::known(&test.door, id).await.unwrap().is_none());
    assert_eq!(
        people::by_email(&test.door, &address(ANA)).await.unwrap(),
        None
    );
    // The address is free again.
    made(&test, ANA).await;
}

#[tokio::test]
async fn one_address_one_account() {
    let test = TestDoor::sandbox().await.unwrap();
    made(&test, ANA).await;
    let new = NewPerson {
        email: address("ana.reyes@example.com"),
        password: PASSWORD.to_owned(),
        totp: None,
        language: "en".to_owned(),
        verified: None,
        persona_of: None,
    };
    let again = people::create(&test.door, new, &Actor::Automation, None, None).await;
    assert_eq!(code(&again.unwrap_err()), "sign-up/address-taken");
}

#[tokio::test]
async fn the_account_page_shows_addresses_and_factors() {
    let test = TestDoor::sandbox().await.unwrap();
    let (_, secret) = made(&test, ANA).await;
    let mut ana = Window::new(&test);
    ana.sign_in_with(ANA, PASSWORD).await.unwrap();
    ana.totp(&secret.code(test.door.clock.now())).await.unwrap();
    let who = session::current(&test.door, &ana.browser)
        .await
        .unwrap()
        .unwrap();
    let overview = account::overview(&test.door, &who).await.unwrap();
    assert_eq!(overview.emails[0].reveal(), ANA);
    assert_eq!(overview.factors[0].0, "totp");
    assert!(overview.services.is_empty());
}

#[tokio::test]
async fn live_class_mail_is_queued_sealed_and_never_in_an_inbox() {
    // Nobody listens there: the message waits.
    let smtp = Smtp::new("smtp://127.0.0.1:9", "Durward <no-reply@example.gov>").unwrap();
    let test = TestDoor::open(
        EnvironmentName::Production,
        "http://localhost:8403",
        Post::Smtp(smtp),
    )
    .await
    .unwrap();
    let mut ana = Window::new(&test);
    ana.sign_up_with(ANA).await.unwrap();
    assert!(mails(&test.door, ANA).await.is_empty());
    let now = test.door.clock.now();
    let hold = std::time::Duration::ZERO;
    let message = test
        .door
        .store
        .write(move |c| durward_store::outbox::claim(c, now, hold))
        .await
        .unwrap()
        .unwrap();
    assert!(!message.content.contains("ana") && !message.recipient.contains("ana"));
    let round = deliver_due(&test.door).await.unwrap();
    assert_eq!(
        round,
        Delivered {
            postponed: 1,
            ..Delivered::default()
        }
    );
    assert_eq!(
        deliver_due(&test.door).await.unwrap(),
        Delivered::default(),
        "not before its time"
    );
    test.advance(60);
    assert_eq!(deliver_due(&test.door).await.unwrap().postponed, 1);
}
