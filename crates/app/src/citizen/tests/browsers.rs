//! What accounts know of browsers.

use std::net::IpAddr;

use durward_accounts::browser::{Family, System};

use super::*;
use crate::citizen::browsers::{self, Known, Met};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

fn browser(known_by: Option<String>) -> Browser {
    Browser {
        known_by,
        agent: FIREFOX.to_owned(),
        network: Some(IpAddr::from([192, 0, 2, 77])),
        ..Browser::default()
    }
}

async fn meet(test: &TestDoor, browser: &Browser, person: PersonId, session: &'static str) -> Met {
    let (door, browser, id) = (Arc::clone(&test.door), browser.clone(), person.to_string());
    let now = door.clock.now();
    test.door
        .store
        .write(move |c| browsers::meet(c, &door, &browser, &id, session, now))
        .await
        .unwrap()
}

async fn of(test: &TestDoor, browser: &Browser, person: PersonId) -> Vec<Known> {
    let (door, browser, id) = (Arc::clone(&test.door), browser.clone(), person.to_string());
    test.door
        .store
        .read(move |c| browsers::of(c, &door, &browser, &id))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_browser_is_known_by_the_cookie_of_its_last_session() {
    for test in TestDoor::on_both().await.unwrap() {
        let (ana, _) = made(&test, ANA).await;
        let (ben, _) = made(&test, "ben@example.com").await;
        let first = meet(&test, &browser(None), ana, "s1").await;
        assert!(first.is_new);
        // Somebody else of the same household: the cookie changes for both.
        test.advance(60);
        let cookie = Some(browsers::token("s1"));
        assert!(
            meet(&test, &browser(cookie.clone()), ben, "s2")
                .await
                .is_new
        );
        let old = of(&test, &browser(cookie), ana).await;
        assert!(!old[0].is_this, "the older cookie counts no more");
        test.advance(60);
        let cookie = Some(browsers::token("s2"));
        let again = meet(&test, &browser(cookie), ana, "s3").await;
        assert_eq!(
            (again.browser_id.as_str(), again.is_new),
            (first.browser_id.as_str(), false)
        );
        let known = of(&test, &browser(Some(browsers::token("s3"))), ana).await;
        assert_eq!(known.len(), 1);
        let one = &known[0];
        assert!(one.is_this && one.seen.duration_since(one.first).as_secs() >= 120);
        assert_eq!(one.details.network.as_deref(), Some("192.0.2.0/24"));
        assert_eq!(
            (one.details.family, one.details.system),
            (Family::Firefox, System::Linux)
        );
        assert!(of(&test, &browser(Some(browsers::token("s3"))), ben).await[0].is_this);
    }
}

#[tokio::test]
async fn a_planted_cookie_does_not_stay() {
    let test = TestDoor::sandbox().await.unwrap();
    let (ana, _) = made(&test, ANA).await;
    let (eve, _) = made(&test, "eve@example.com").await;
    meet(&test, &browser(None), eve, "evil").await;
    // Eve's cookie lies in Ana's browser when Ana signs in.
    let planted = Some(browsers::token("evil"));
    assert!(
        meet(&test, &browser(planted.clone()), ana, "s1")
            .await
            .is_new
    );
    assert!(!of(&test, &browser(planted), ana).await[0].is_this);
}

#[tokio::test]
async fn a_deleted_account_knows_no_browser() {
    let test = TestDoor::sandbox().await.unwrap();
    let (ana, _) = made(&test, ANA).await;
    meet(&test, &browser(None), ana, "s1").await;
    assert!(
        people::delete(
            &test.door,
            ana,
            &Actor::System("tests"),
            durward_domain::event::Event::PersonDeleted,
            None
        )
        .await
        .unwrap()
    );
    let id = ana.to_string();
    let left = test
        .door
        .store
        .read(move |c| durward_store::browsers::of(c, &id))
        .await
        .unwrap();
    assert!(left.is_empty());
}
