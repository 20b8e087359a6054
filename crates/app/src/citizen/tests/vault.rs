use std::collections::BTreeMap;

use durward_domain::attribute::Attribute;
use durward_store::people as rows;

use super::*;
use crate::citizen::people::Verified;
use crate::citizen::vault::{AuthenticatorContent, Vault, fingerprint};

#[tokio::test]
async fn what_belongs_to_a_person_opens_with_the_persons_own_key_alone() {
    let test = TestDoor::sandbox().await.unwrap();
    let (ana, _) = made(&test, ANA).await;
    let (bea, _) = made(&test, "bea@example.com").await;
    let (ana, bea) = (row(&test, ana).await, row(&test, bea).await);
    let (of_ana, of_bea) = (
        Vault::open(&test.door, &ana).unwrap(),
        Vault::open(&test.door, &bea).unwrap(),
    );
    let sealed = of_ana.seal("place", b"Reyes");
    assert_eq!(
        of_ana.open_value("place", &sealed).unwrap().as_slice(),
        b"Reyes"
    );
    assert!(of_ana.open_value("another place", &sealed).is_err());
    assert!(of_bea.open_value("place", &sealed).is_err());
    assert!(test.door.sealer.open("place", &sealed).is_err());
    // A data key that was moved to another account opens nothing there.
    let moved = ana.sealed_data_key.as_deref();
    assert!(Vault::unlock(&test.door, &bea.person_id, moved).is_err());
}

#[tokio::test]
async fn the_row_of_an_authenticator_keeps_no_name_secret_or_credential_in_the_clear() {
    let test = TestDoor::sandbox().await.unwrap();
    let (ana, _) = made(&test, ANA).await;
    let vault = Vault::open(&test.door, &row(&test, ana).await).unwrap();
    let content = AuthenticatorContent {
        kind: "webauthn",
        name: "Ana's blue key",
        secret: b"{\"counter\":1}",
        lookup: Some("webauthn:credential-7"),
        last_step: 0,
    };
    let row = vault.authenticator(&test.door, &content, test.door.clock.now());
    assert_eq!(vault.secret(&row).unwrap().as_slice(), content.secret);
    assert_eq!(
        row.lookup_digest,
        Some(fingerprint(&test.door, "webauthn:credential-7"))
    );
    let stored = [
        Some(row.sealed_name),
        Some(row.sealed_secret),
        row.lookup_digest,
        row.sealed_lookup,
    ];
    for text in stored.into_iter().flatten() {
        for canary in ["Ana", "blue", "counter", "credential-7"] {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
    }
}

#[tokio::test]
async fn a_deleted_account_takes_its_data_key_along() {
    let test = TestDoor::sandbox().await.unwrap();
    let new = NewPerson {
        email: address(ANA),
        password: PASSWORD.to_owned(),
        totp: None,
        language: "en".to_owned(),
        verified: Some(Verified {
            at: test.door.clock.now(),
            attributes: BTreeMap::from([(Attribute::FirstName, "Ana".to_owned())]),
        }),
        persona_of: None,
    };
    let by = Actor::System("tests");
    let id = people::create(&test.door, new, &by, None, None)
        .await
        .unwrap();
    let before = row(&test, id).await;
    let sealed = before.sealed_attributes.clone().unwrap();
    let vault = Vault::open(&test.door, &before).unwrap();
    assert_eq!(
        vault.attributes(&before.person_id, &sealed).unwrap()[&Attribute::FirstName],
        "Ana"
    );
    let event = durward_domain::event::Event::TestPersonDeleted;
    assert!(
        people::delete(&test.door, id, &by, event, None)
            .await
            .unwrap()
    );
    let after = row(&test, id).await;
    assert_eq!(
        (after.status.as_str(), after.sealed_data_key.as_deref()),
        ("deleted", None)
    );
    // What an old copy of the rows holds stays shut, to the environment's key as well.
    assert!(Vault::open(&test.door, &after).is_err());
    let place = format!("people.sealed_attributes.{}", after.person_id);
    assert!(test.door.sealer.open(&place, &sealed).is_err());
}

async fn row(test: &TestDoor, id: PersonId) -> rows::PersonRow {
    let found = test
        .door
        .store
        .read(move |c| rows::find_person(c, &id.to_string()));
    found.await.unwrap().unwrap()
}
