//! What is billed: each first hand-off of a session to an app and level, once, without a way back to the person.

use durward_accounts::person::PersonId;
use durward_domain::id::AgencyId;
use durward_domain::level::{Aal, Identity, LevelOfService};
use durward_oidc::client::Client;
use durward_store::usage::{self, UsageRow};
use uuid::Uuid;

use super::*;
use crate::automation::{self, PersonWanted, SessionWanted};
use crate::citizen::session::SignedIn;
use crate::client::handoff::{Handoff, person_of};
use crate::testing::AUTOMATION_TOKEN;

async fn rows(test: &TestDoor) -> Vec<UsageRow> {
    test.door
        .store
        .write(|c| usage::number(c, 1_000))
        .await
        .unwrap();
    let feed = test.door.store.read(|c| usage::after(c, 0, 1_000)).await;
    feed.unwrap().rows
}

/// The first part of each row that two rows may differ in.
fn outline(rows: &[UsageRow]) -> Vec<String> {
    rows.iter()
        .map(|row| format!("{} {} {}", row.handle, row.level, row.verified_us.is_some()))
        .collect()
}

async fn verified_browser(test: &TestDoor, apps: &[&TestApp]) -> Browser {
    let bearer = format!("Bearer {AUTOMATION_TOKEN}");
    let authority = automation::admit(&test.door, Some(&bearer))
        .await
        .ok()
        .unwrap();
    let wanted = PersonWanted {
        level: Some(LevelOfService::IdentityVerified),
        ..PersonWanted::default()
    };
    let person = automation::make_person(&test.door, &authority, wanted, &trace())
        .await
        .ok()
        .unwrap();
    let wanted = SessionWanted {
        email: person.email,
        consent: apps.iter().map(|app| app.id().to_owned()).collect(),
        ..SessionWanted::default()
    };
    let session = automation::open_session(&test.door, &authority, wanted, &trace())
        .await
        .ok()
        .unwrap();
    Browser {
        session: Some(session.token),
        ..Browser::default()
    }
}

#[tokio::test]
async fn a_session_is_billed_once_for_each_app() {
    for test in doors().await {
        let (ferry, boat) = (es256("ferry"), es256("boat"));
        test.serve(&[&ferry, &boat]).await.unwrap();
        let (_, browser) = test.sign_in(&[&ferry, &boat]).await.unwrap();
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (door, browser) = (Arc::clone(&test.door), browser.clone());
            let request = Params::new(ferry.request(&[]));
            racers.spawn(async move { authorize(&door, &request, &browser, &trace()).await });
        }
        for outcome in racers.join_all().await {
            assert!(matches!(outcome, Ok(AuthorizeOutcome::ToClient(_))));
        }
        code(&test, &boat, &browser).await;
        let (_, again) = test.sign_in(&[&ferry]).await.unwrap();
        code(&test, &ferry, &again).await;
        let rows = rows(&test).await;
        assert_eq!(
            outline(&rows),
            ["ferry auth false", "boat auth false", "ferry auth false"]
        );
        assert_eq!(rows[0].person, rows[1].person);
        assert_ne!(rows[0].person, rows[2].person);
    }
}

#[tokio::test]
async fn another_level_is_another_row() {
    let mut app = es256("permit");
    app.document.level_of_service = LevelOfService::IdentityVerified;
    let test = TestDoor::sandbox().await.unwrap();
    test.serve(&[&app]).await.unwrap();
    let browser = verified_browser(&test, &[&app]).await;
    code(&test, &app, &browser).await;
    for _ in 0..2 {
        let request = app.request(&[("acr_values", "urn:acr.login.gov:verified")]);
        let outcome = ask(&test, &browser, request).await;
        assert!(
            matches!(outcome, AuthorizeOutcome::ToClient(_)),
            "{outcome:?}"
        );
    }
    let rows = rows(&test).await;
    // A verified person who is only signed in is billed for that, and nothing is told of the proofing.
    assert_eq!(
        outline(&rows),
        ["permit auth false", "permit verified true"]
    );
    assert!(!rows[1].proofed_here);
}

#[tokio::test]
async fn whose_app_asked_for_the_proofing_is_kept() {
    let app = es256("permit");
    let test = TestDoor::sandbox().await.unwrap();
    let (ours, theirs) = (
        AgencyId::new(Uuid::from_u128(7)),
        AgencyId::new(Uuid::from_u128(8)),
    );
    let client = Client::from_document(
        &app.document,
        None,
        ours,
        &test.door.programme.policies,
        true,
    )
    .unwrap();
    for (session, asked) in [("one", ours), ("two", theirs)] {
        let signed_in = SignedIn {
            person_id: PersonId::new(Uuid::from_u128(1)),
            session_id: session.into(),
            session_hash: String::new(),
            aal: Aal::Aal2,
            methods: durward_accounts::authenticator::method::Methods::default(),
            amr: Vec::new(),
            auth_time: test.door.clock.now(),
            factor_time: test.door.clock.now(),
            identity: Identity::Verified,
            verified: Some(test.door.clock.now()),
            verified_for: Some(asked.to_string()),
            language: "en".into(),
        };
        let asked = (LevelOfService::IdentityVerified, "urn:acr");
        let handoff = Handoff::of(&client, &signed_in, asked, test.door.clock.now()).unwrap();
        let write = test.door.store.write(move |c| handoff.write(c, "subject"));
        write.await.unwrap();
    }
    let rows = rows(&test).await;
    assert_eq!((rows[0].proofed_here, rows[1].proofed_here), (true, false));
}

#[tokio::test]
async fn a_row_leads_to_nobody() {
    let app = es256("ferry");
    let (test, browser) = sandbox(&app).await;
    let code = code(&test, &app, &browser).await;
    let answer = redeem(&test, &app.form(&test, &code, &[]))
        .await
        .ok()
        .unwrap();
    let claims = claims(&answer);
    let row = rows(&test).await.remove(0);
    let subject = claims["sub"].as_str().unwrap();
    // The app's agency can find the row of its own person.
    assert_eq!(row.person, person_of(subject));
    let text = format!("{row:?}");
    for told in [subject, claims["sid"].as_str().unwrap_or(subject), "@"] {
        assert!(!text.contains(told), "{text}");
    }
}

#[tokio::test]
async fn the_services_own_apps_are_not_billed() {
    for id in [
        crate::canary::CANARY_CLIENT_ID,
        crate::keeper::PORTAL_CLIENT_ID,
    ] {
        let mut app = es256("own");
        app.document.issuer = id.to_owned();
        let (test, browser) = sandbox(&app).await;
        code(&test, &app, &browser).await;
        assert!(rows(&test).await.is_empty(), "{id}");
    }
}
