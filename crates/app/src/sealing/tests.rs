#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_accounts::email::EmailAddress;
use durward_accounts::person::PersonId;
use durward_domain::attribute::Attribute;
use durward_keyring::totp::TotpSecret;
use durward_store::people as rows;
use durward_store::sealing::Sealed;

use super::*;
use crate::citizen::people::{self, NewPerson, Verified};
use crate::citizen::session::{self, Browser};
use crate::citizen::vault::{AuthenticatorContent, Vault, fingerprints};
use crate::citizen::{inbox, sign_in, sign_up};
use crate::record::Trace;
use crate::testing::{PlainWords, TestDoor};

#[tokio::test]
async fn people_sign_in_and_are_read_before_during_and_after_a_rotation() {
    for test in doors().await {
        let ana = made(&test, "ana@example.com").await;
        let session = signed_in(&test, &ana).await;
        assert!(
            session::current(&test.door, &session)
                .await
                .unwrap()
                .is_some()
        );
        begin(base(&test.door), test.door.clock.real_now())
            .await
            .unwrap();
        assert_eq!(
            step(&test).await,
            Step::Announced {
                next: "k2".to_owned()
            }
        );

        // Nothing is under the next key before every node can read it.
        go_on(&test).await;
        assert_eq!(
            test.door.sealer.key_ids(),
            ("k1".to_owned(), Some("k2".to_owned()))
        );
        let bea = made(&test, "bea@example.com").await;
        assert!(data_key(&test, &bea).await.starts_with("k1:"));
        let half_way = half_signed_in(&test, &ana).await;
        test.advance(21);
        go_on(&test).await;
        assert!(matches!(step(&test).await, Step::Resealing { total, .. } if total > 0));
        is_whole(&test, &ana).await;
        go_on(&test).await;
        let caro = made(&test, "caro@example.com").await;
        for person in [&ana, &bea, &caro] {
            assert!(data_key(&test, person).await.starts_with("k2:"));
            is_whole(&test, person).await;
        }
        // What began under the old key is finished under the new one.
        finished(&test, &ana, half_way).await;
        assert!(
            session::current(&test.door, &session)
                .await
                .unwrap()
                .is_some()
        );

        // The journeys of browsers are not moved: they expire.
        test.advance(2 * 60 * 60);
        go_on(&test).await;
        assert_eq!(step(&test).await, Step::Idle);
        assert_eq!(test.door.sealer.key_ids(), ("k2".to_owned(), None));
        for person in [&ana, &bea, &caro] {
            is_whole(&test, person).await;
            signed_in(&test, person).await;
        }
        assert!(
            test.door
                .store
                .read(|c| progress(c, Timestamp::UNIX_EPOCH))
                .await
                .unwrap()
                .left
                .is_empty()
        );
    }
}

#[tokio::test]
async fn a_second_rotation_waits_for_the_first_and_then_goes_on_from_it() {
    let test = TestDoor::sandbox().await.unwrap();
    let ana = made(&test, "ana@example.com").await;
    for current in ["k2", "k3"] {
        begin(base(&test.door), test.door.clock.real_now())
            .await
            .unwrap();
        let again = begin(base(&test.door), test.door.clock.real_now()).await;
        assert!(matches!(
            again,
            Err(Failure::Refused(SealingRefusal::Running))
        ));
        for _ in 0..3 {
            test.advance(21);
            go_on(&test).await;
        }
        assert_eq!(test.door.sealer.key_ids(), (current.to_owned(), None));
        is_whole(&test, &ana).await;
    }
}

#[tokio::test]
async fn a_row_that_a_node_left_under_the_old_key_is_told() {
    let test = TestDoor::sandbox().await.unwrap();
    let ana = made(&test, "ana@example.com").await;
    let id = ana.id.to_string();
    let old = data_key(&test, &ana).await;
    begin(base(&test.door), test.door.clock.real_now())
        .await
        .unwrap();
    for _ in 0..3 {
        test.advance(21);
        go_on(&test).await;
    }
    test.door
        .store
        .write(move |c| {
            let row = Sealed::DataKeys.under(c, "k2", "", 1)?.remove(0);
            assert_eq!(row.id, id);
            Sealed::DataKeys.put(c, &row, &old, "")
        })
        .await
        .unwrap();
    let now = test.door.clock.now();
    let progress = test
        .door
        .store
        .read(move |c| progress(c, now))
        .await
        .unwrap();
    assert_eq!(progress.left, [("people", 1)]);
    assert!(progress.is_overdue());
}

#[tokio::test]
async fn a_credential_is_found_under_both_keys_and_then_under_the_new_one() {
    for test in doors().await {
        let ana = made(&test, "ana@example.com").await;
        let (door, id) = (Arc::clone(&test.door), ana.id.to_string());
        let content = AuthenticatorContent {
            kind: "webauthn",
            name: "blue key",
            secret: b"{}",
            lookup: Some("webauthn:7"),
            last_step: 0,
        };
        let person = id.clone();
        let row = test
            .door
            .store
            .read(move |c| Vault::of(c, &door, &person))
            .await
            .unwrap();
        let row = row.authenticator(&test.door, &content, test.door.clock.now());
        let person = id.clone();
        test.door
            .store
            .write(move |c| rows::insert_authenticator(c, &person, &row))
            .await
            .unwrap();
        begin(base(&test.door), test.door.clock.real_now())
            .await
            .unwrap();
        for _ in 0..3 {
            let candidates = fingerprints(&test.door, "webauthn:7");
            let person = id.clone();
            let found = test
                .door
                .store
                .read(move |c| rows::authenticators_of(c, &person));
            let found = found
                .await
                .unwrap()
                .into_iter()
                .find_map(|row| row.lookup_digest);
            assert!(candidates.contains(&found.unwrap()));
            test.advance(21);
            go_on(&test).await;
        }
        assert_eq!(fingerprints(&test.door, "webauthn:7").len(), 1);
    }
}

#[tokio::test]
async fn kept_mail_is_read_and_found_after_a_rotation() {
    let test = TestDoor::sandbox().await.unwrap();
    let browser = Browser::default();
    let (words, trace) = (&PlainWords, trace());
    let begun = sign_up::begin(&test.door, words, &browser, "dan@example.com", &trace);
    begun.await.unwrap();
    begin(base(&test.door), test.door.clock.real_now())
        .await
        .unwrap();
    for _ in 0..3 {
        assert_eq!(mails(&test, "dan@example.com").await, 1);
        test.advance(21);
        go_on(&test).await;
    }
    // The confirmation is good for a day, and keeps the old key as long.
    assert!(matches!(step(&test).await, Step::Resealing { .. }));
    test.advance(25 * 60 * 60);
    go_on(&test).await;
    assert_eq!(step(&test).await, Step::Idle);
    assert_eq!(mails(&test, "dan@example.com").await, 1);
}

#[tokio::test]
async fn a_process_that_starts_takes_up_what_the_database_names() {
    let master = MasterKey::generate(&durward_keyring::random::Random::seeded(1));
    let random = durward_keyring::random::Random::seeded(2);
    let secrets = || crate::secrets::Secrets::derive(&master, "sandbox", &random);
    let row = |generation, state: &str| GenerationRow {
        generation,
        state: state.to_owned(),
        rows_total: 0,
        changed_us: 0,
    };
    let (before, after) = (secrets(), secrets());
    let old = before.sealer.seal("a", b"value", &random);
    after.take_up(&[row(1, RETIRING), row(2, CURRENT)]);
    assert!(after.sealer.is_stale(&old) && after.sealer.open("a", &old).is_ok());
    let new = after.sealer.seal("a", b"value", &random);
    assert!(before.sealer.open("a", &new).is_err());
    before.take_up(&[row(1, CURRENT), row(2, NEXT)]);
    assert!(before.sealer.open("a", &new).is_ok());
    after.take_up(&[row(1, RETIRED), row(2, CURRENT)]);
    assert!(after.sealer.open("a", &old).is_err());
}

struct Made {
    id: PersonId,
    email: &'static str,
    totp: TotpSecret,
}

async fn doors() -> Vec<TestDoor> {
    let mut doors = vec![TestDoor::sandbox().await.unwrap()];
    doors.extend(TestDoor::postgres().await.unwrap());
    doors
}

fn base(door: &Door) -> (&Store, &Recorder) {
    (&door.store, &door.recorder)
}

async fn go_on(test: &TestDoor) {
    turn(&test.door, "one").await.unwrap();
}

async fn step(test: &TestDoor) -> Step {
    let now = test.door.clock.now();
    let found = test.door.store.read(move |c| progress(c, now)).await;
    found.unwrap().step
}

async fn made(test: &TestDoor, email: &'static str) -> Made {
    let totp = TotpSecret::generate(&test.door.random);
    let new = NewPerson {
        email: EmailAddress::parse(email).unwrap(),
        password: PASSWORD.to_owned(),
        totp: Some(TotpSecret::from_bytes(*totp.as_bytes())),
        language: "en".to_owned(),
        verified: Some(Verified {
            at: test.door.clock.now(),
            attributes: BTreeMap::from([(Attribute::FirstName, email.to_owned())]),
        }),
        persona_of: None,
    };
    let id = people::create(&test.door, new, &Actor::Automation, None, None)
        .await
        .unwrap();
    Made { id, email, totp }
}

/// Everything of the person opens, and the address finds them.
async fn is_whole(test: &TestDoor, person: &Made) {
    let known = people::known(&test.door, person.id).await.unwrap().unwrap();
    assert_eq!(known.email.reveal(), person.email);
    assert_eq!(known.verified[&Attribute::FirstName], person.email);
    let found = people::by_email(&test.door, &known.email).await.unwrap();
    assert_eq!(found, Some(person.id));
}

async fn data_key(test: &TestDoor, person: &Made) -> String {
    let id = person.id.to_string();
    let found = test.door.store.read(move |c| rows::find_person(c, &id));
    found.await.unwrap().unwrap().sealed_data_key.unwrap()
}

async fn half_signed_in(test: &TestDoor, person: &Made) -> Browser {
    let mut browser = Browser::default();
    let begun = sign_in::begin(&test.door, &browser, person.email).await;
    browser.flow = begun.unwrap().set_flow;
    sign_in::try_password(&test.door, &browser, PASSWORD, None, &trace())
        .await
        .unwrap();
    browser
}

async fn finished(test: &TestDoor, person: &Made, browser: Browser) -> Browser {
    // A code counts once.
    test.advance(31);
    let code = person.totp.code(test.door.clock.real_now());
    let token = sign_in::try_totp(&test.door, &browser, &code, &trace()).await;
    Browser {
        session: Some(token.unwrap()),
        ..browser
    }
}

async fn signed_in(test: &TestDoor, person: &Made) -> Browser {
    let browser = half_signed_in(test, person).await;
    finished(test, person, browser).await
}

async fn mails(test: &TestDoor, email: &str) -> usize {
    let to = EmailAddress::parse(email).unwrap();
    let wait = std::time::Duration::ZERO;
    let found = inbox::wait_for(&test.door, &to, Timestamp::UNIX_EPOCH, wait).await;
    found.unwrap().len()
}

fn trace() -> Trace {
    Trace {
        request_id: "r-1".to_owned(),
    }
}

const PASSWORD: &str = "tide pools at noon";
