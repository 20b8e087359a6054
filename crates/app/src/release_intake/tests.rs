//! What an environment takes, and what attacks it.
#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_domain::environment::EnvironmentName;
use durward_domain::id::{AppHandle, RevisionId};
use durward_domain::release::Head;
use durward_keyring::Uuid;
use durward_keyring::jose::{Algorithm, SigningKey};
use durward_store::installed::{self, InstalledApp};

use super::*;
use crate::failure::FaultKind;
use crate::registry::Registry;
use crate::testing::TestDoor;

fn incoming(handle: &str, issuer: &str) -> IncomingApp {
    let mut document = AppDocument::example();
    document.handle = AppHandle::parse(handle).unwrap();
    document.issuer = issuer.to_owned();
    IncomingApp {
        agency: AgencyId::parse("0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").unwrap(),
        document,
    }
}

fn set(app: &IncomingApp) -> Change {
    Change::set(
        &app.document.snapshot(),
        RevisionId::new(Uuid::from_u128(1)),
        app.agency,
    )
}

/// Signs the next release over `head` and sends it to the door; the head after it.
async fn send(
    held: &TestDoor,
    head: &Head,
    changes: Vec<Change>,
    apps: &[IncomingApp],
) -> Result<Head, Failure<IntakeRefusal>> {
    let manifest = head.next(changes, held.door.clock.real_now()).unwrap();
    let signed = SignedManifest::sign(&manifest, &held.release_key).unwrap();
    install(&held.door, &signed, apps).await?;
    Ok(head.accepts(&manifest).unwrap())
}

fn code(answer: Result<Head, Failure<IntakeRefusal>>) -> &'static str {
    match answer {
        Ok(_) => "taken",
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Fault(_)) => "fault",
    }
}

#[tokio::test]
async fn a_client_id_belongs_to_one_app() {
    let held = TestDoor::sandbox().await.unwrap();
    let head = Head::beginning(held.door.name);
    let (first, second) = (
        incoming("first-app", "urn:one"),
        incoming("second-app", "urn:one"),
    );
    let head = send(
        &held,
        &head,
        vec![set(&first)],
        std::slice::from_ref(&first),
    )
    .await
    .unwrap();
    let taken_over = send(
        &held,
        &head,
        vec![set(&second)],
        std::slice::from_ref(&second),
    )
    .await;
    assert_eq!(code(taken_over), "release/client-id-shared");
    let removed = Change::Removed {
        handle: first.document.handle.clone(),
    };
    let handed_over = send(&held, &head, vec![set(&second), removed], &[second]).await;
    assert_eq!(code(handed_over), "taken");
    let registry = held.door.registry.load();
    let owner = registry.app("urn:one").unwrap();
    assert_eq!(owner.client.handle.as_str(), "second-app");
    assert_eq!(registry.len(), 1);
}

#[tokio::test]
async fn an_app_that_the_release_key_does_not_vouch_for_is_not_served() {
    let held = TestDoor::sandbox().await.unwrap();
    let app = incoming("first-app", "urn:one");
    let head = Head::beginning(held.door.name);
    send(&held, &head, vec![set(&app)], std::slice::from_ref(&app))
        .await
        .unwrap();
    let mut forged = app.document.clone();
    forged.friendly_name = "Another app".to_owned();
    let forged = forged.snapshot();
    let other_agency = "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d12".to_owned();
    // Once with the old digest beside the new text, once with a digest that fits it, once for another agency.
    for (document, digest, agency) in [
        (
            forged.to_json(),
            app.document.digest(),
            app.agency.to_string(),
        ),
        (forged.to_json(), forged.digest(), app.agency.to_string()),
        (
            app.document.snapshot().to_json(),
            app.document.digest(),
            other_agency,
        ),
    ] {
        let row = InstalledApp {
            handle: "first-app".to_owned(),
            issuer: "urn:one".to_owned(),
            agency,
            revision: "r2".to_owned(),
            document,
            digest,
            sequence: 1,
        };
        held.door
            .store
            .write(move |c| installed::put_app(c, &row))
            .await
            .unwrap();
        let before = Registry::beginning(held.door.name);
        held.door.registry.store(Arc::new(before));
        let fault = refresh(&held.door).await.unwrap_err();
        assert_eq!(fault.kind(), FaultKind::Corrupt);
        assert!(held.door.registry.load().is_empty());
    }
}

/// What an attacker who holds the wire, or an older copy of it, may send. Nothing of it is served.
#[tokio::test]
async fn a_release_that_was_altered_signed_by_another_replayed_or_meant_for_another_is_refused() {
    let held = TestDoor::sandbox().await.unwrap();
    let begin = Head::beginning(held.door.name);
    let app = incoming("first-app", "urn:one");
    let now = held.door.clock.real_now();
    let first = begin.next(vec![set(&app)], now).unwrap();
    let signed =
        |manifest: &Manifest, key: &SigningKey| SignedManifest::sign(manifest, key).unwrap();
    let sent = async |signed: SignedManifest, apps: &[IncomingApp]| {
        code(
            install(&held.door, &signed, apps)
                .await
                .map(|_| begin.clone()),
        )
    };
    let one = std::slice::from_ref(&app);

    let other_key = SigningKey::generate(Algorithm::ES256).unwrap();
    assert_eq!(
        sent(signed(&first, &other_key), one).await,
        "release/signature"
    );

    let good = signed(&first, &held.release_key);
    let mut altered = first.clone();
    altered.changes = vec![set(&incoming("first-app", "urn:evil"))];
    let parts: Vec<&str> = good.as_str().split('.').collect();
    let payload = URL_SAFE_NO_PAD.encode(altered.canonical());
    let text = format!("{}.{payload}.{}", parts[0], parts[2]);
    assert_eq!(
        sent(SignedManifest::from_text(text), one).await,
        "release/signature"
    );

    // Signed by the right key, and still not what it says: the root, the document, the agency.
    altered.root.clone_from(&first.root);
    let evil = incoming("first-app", "urn:evil");
    let mut wrong_root = first.clone();
    wrong_root.root = Head::NO_PARENT.to_owned();
    assert_eq!(
        sent(signed(&wrong_root, &held.release_key), one).await,
        "release/root"
    );
    assert_eq!(
        sent(good.clone(), std::slice::from_ref(&evil)).await,
        "release/document"
    );
    let mut elsewhere = app.clone();
    elsewhere.agency = AgencyId::new(Uuid::from_u128(7));
    assert_eq!(sent(good.clone(), &[elsewhere]).await, "release/document");

    let production = Head::beginning(EnvironmentName::Production)
        .next(vec![set(&app)], now)
        .unwrap();
    assert_eq!(
        sent(signed(&production, &held.release_key), one).await,
        "release/other-environment"
    );
    assert!(held.door.registry.load().is_empty());

    // In order they are taken; an older one again changes nothing, a fork is refused.
    assert_eq!(sent(good.clone(), one).await, "taken");
    let head = begin.accepts(&first).unwrap();
    let later = incoming("first-app", "urn:two");
    let second = head.next(vec![set(&later)], now).unwrap();
    assert_eq!(
        sent(
            signed(&second, &held.release_key),
            std::slice::from_ref(&later)
        )
        .await,
        "taken"
    );
    assert_eq!(sent(good, one).await, "taken");
    let registry = held.door.registry.load();
    assert_eq!(registry.sequence, 2);
    assert!(registry.app("urn:two").is_some() && registry.app("urn:one").is_none());
    let skipped = head
        .accepts(&second)
        .unwrap()
        .next(Vec::new(), now)
        .unwrap();
    let fork = Manifest {
        sequence: 3,
        parent: first.hash(),
        ..skipped
    };
    assert_eq!(
        sent(signed(&fork, &held.release_key), &[]).await,
        "release/parent"
    );
}
