//! What a portal that was taken over, or whoever stands between, may answer to an environment that asks.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::Mutex;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::{AgencyId, RevisionId};
use durward_domain::release::{Change, Head, Manifest};
use durward_keyring::Uuid;
use durward_keyring::jose::{Algorithm, SigningKey};
use durward_store::usage;
use serde_json::{Value, json};

use super::*;
use crate::ports::mail::Post;
use crate::testing::TestDoor;
use crate::testing::server::{TestServer, says};

const AGENCY: &str = "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11";

fn app(name: &str) -> AppDocument {
    let mut document = AppDocument::example();
    document.environment = EnvironmentName::Production;
    document.friendly_name = name.to_owned();
    document
}

fn set(document: &AppDocument) -> Change {
    Change::set(
        &document.snapshot(),
        RevisionId::new(Uuid::from_u128(1)),
        AgencyId::parse(AGENCY).unwrap(),
    )
}

/// An offer as the portal sends it.
fn offer(manifest: &Manifest, key: &SigningKey, document: &AppDocument) -> Value {
    let signed = SignedManifest::sign(manifest, key).unwrap();
    let document: Value = serde_json::from_str(&document.to_json()).unwrap();
    json!({ "manifest": signed.as_str(), "apps": [{ "agency": AGENCY, "document": document }] })
}

/// A portal that gives the environment what a test puts there, to whoever shows the token, and hears how it fared.
#[derive(Default)]
struct Foreign {
    offers: Mutex<Vec<Value>>,
    asked: Mutex<Vec<String>>,
    told: Mutex<Vec<Value>>,
}

impl Foreign {
    async fn start(self: &Arc<Self>) -> TestServer {
        let portal = Arc::clone(self);
        TestServer::plain(move |head, body| {
            let asks = head.lines().next().unwrap_or_default().to_owned();
            let known = head
                .lines()
                .any(|line| line.ends_with("Bearer the-right-token"));
            portal.asked.lock().unwrap().push(asks.clone());
            if !known {
                let problem = r#"{"code":"release/pull-token"}"#;
                return says("401 Unauthorized", "application/problem+json", problem);
            }
            if asks.starts_with("POST") {
                let told: Value = serde_json::from_str(body).unwrap();
                portal.told.lock().unwrap().push(told.clone());
                if asks.contains("/usage ") {
                    let taken = json!({ "seq": told["until"] });
                    return says("200 OK", "application/json", &taken.to_string());
                }
                return says("204 No Content", "text/plain", "");
            }
            let mut offers = portal.offers.lock().unwrap();
            // The last one is given again and again.
            let next = match offers.len() {
                0 => return says("204 No Content", "text/plain", ""),
                1 => offers[0].clone(),
                _ => offers.remove(0),
            };
            says("200 OK", "application/json", &next.to_string())
        })
        .await
    }

    fn refused(&self) -> Vec<String> {
        let told = std::mem::take(&mut *self.told.lock().unwrap());
        let codes = told.iter().filter_map(|one| one["refused"].as_str());
        codes.map(str::to_owned).collect()
    }
}

#[tokio::test]
async fn only_the_next_release_of_this_environment_by_its_own_key_is_taken() {
    let name = EnvironmentName::Production;
    let held = TestDoor::open(name, "http://localhost:8403", Post::Inbox)
        .await
        .unwrap();
    let (portal, now) = (Arc::new(Foreign::default()), held.door.clock.real_now());
    let server = portal.start().await;
    let url = server.url("127.0.0.1");
    let puller = |token: &str| Puller::new(Arc::clone(&held.door), &url, token.to_owned()).unwrap();
    let served = || {
        let registry = held.door.registry.load_full();
        let app = registry.by_handle("fishing-licence");
        (
            registry.sequence,
            app.map(|app| app.snapshot.document.friendly_name.clone()),
        )
    };
    let give = |offers: Vec<Value>| *portal.offers.lock().unwrap() = offers;

    let begin = Head::beginning(name);
    let (one, two) = (app("The first"), app("The second"));
    let first = begin.next(vec![set(&one)], now).unwrap();
    let second = begin
        .accepts(&first)
        .unwrap()
        .next(vec![set(&two)], now)
        .unwrap();
    let right = |manifest: &Manifest, app: &AppDocument| offer(manifest, &held.release_key, app);

    // Without the token there is nothing, and nothing is lost by asking.
    give(vec![right(&first, &one)]);
    puller("another-token").turn().await.unwrap();
    assert_eq!(served(), (0, None));

    let foreign_key = SigningKey::generate(Algorithm::ES256).unwrap();
    let staging = Head::beginning(EnvironmentName::Staging)
        .next(vec![set(&one)], now)
        .unwrap();
    let mut swapped = right(&first, &one);
    swapped["apps"][0]["document"]["friendly_name"] = "Another".into();
    for (offered, code) in [
        (offer(&first, &foreign_key, &one), "release/signature"),
        (right(&staging, &one), "release/other-environment"),
        (right(&second, &two), "release/sequence"),
        (swapped, "release/document"),
    ] {
        give(vec![offered]);
        puller("the-right-token").turn().await.unwrap();
        assert_eq!(portal.refused(), [code]);
        assert_eq!(served(), (0, None), "{code}");
    }

    give(vec![right(&first, &one), right(&second, &two)]);
    portal.asked.lock().unwrap().clear();
    puller("the-right-token").turn().await.unwrap();
    assert_eq!(served(), (2, Some("The second".to_owned())));
    // The second was given once more and was no step: it is not asked for without a pause.
    let asked = portal.asked.lock().unwrap().len();
    assert!(asked < 10, "asked {asked} times");
    // The first one again neither comes back nor is told as a fault.
    give(vec![right(&first, &one)]);
    puller("the-right-token").turn().await.unwrap();
    assert_eq!(served(), (2, Some("The second".to_owned())));
    assert!(portal.refused().is_empty());
}

/// A hand-off as it waits in the environment.
fn handed_over(number: i64) -> usage::UsageRow {
    usage::UsageRow {
        seq: 0,
        event: format!("event-{number}"),
        at_us: number,
        agency: AGENCY.to_owned(),
        handle: "fishing-licence".to_owned(),
        issuer: "urn:example:licence".to_owned(),
        app_name: "Fishing Licence".to_owned(),
        level: "auth".to_owned(),
        acr: "urn:acr.login.gov:auth-only".to_owned(),
        person: format!("person-{number}"),
        verified_us: None,
        proofed_here: false,
    }
}

#[tokio::test]
async fn hand_offs_reach_the_portal_in_parts_each_once() {
    let held = TestDoor::open(
        EnvironmentName::Production,
        "http://localhost:8403",
        Post::Inbox,
    )
    .await
    .unwrap();
    let add = async |numbers: std::ops::Range<i64>| {
        held.door
            .store
            .write(move |c| {
                for number in numbers.clone() {
                    usage::add(c, &handed_over(number))?;
                }
                Ok(())
            })
            .await
            .unwrap();
    };
    let (portal, token) = (Arc::new(Foreign::default()), "the-right-token".to_owned());
    let server = portal.start().await;
    let puller = Puller::new(Arc::clone(&held.door), &server.url("127.0.0.1"), token).unwrap();
    add(0..120).await;
    puller.hand_over_usage().await.unwrap();
    add(120..130).await;
    puller.hand_over_usage().await.unwrap();
    puller.hand_over_usage().await.unwrap();
    let told = portal.told.lock().unwrap();
    let events: Vec<_> = told
        .iter()
        .flat_map(|part| part["rows"].as_array().unwrap())
        .map(|row| row["event"].clone())
        .collect();
    let expected: Vec<Value> = (0..130).map(|n| format!("event-{n}").into()).collect();
    assert_eq!(events, expected);
    assert!(
        told.iter()
            .all(|part| part["rows"].as_array().unwrap().len() <= 50)
    );
}
