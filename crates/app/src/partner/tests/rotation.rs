//! One flow from the next key to the removal of the old one.

use durward_domain::change::{RotationStage, RotationStep};
use durward_keyring::jose::{Algorithm, SigningKey};
use durward_store::client_requests::{Feed, UseRow};
use durward_store::request_records;

use super::*;
use crate::partner::rotation::{self, RotationDenied, RotationView, Start};

const PLACE: (&str, EnvironmentName) = ("fishing-licence", PRODUCTION);

async fn live(portal: &TestPortal) {
    let launch = submitted(portal, portal.production_document(), "").await;
    approve(portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    assert_eq!(clock(portal, "2026-11-30").await, 1);
}

fn new_key() -> (Vec<u8>, String) {
    let key = SigningKey::generate(Algorithm::RS256).unwrap();
    let jwk = serde_json::to_vec(&key.jwk()).unwrap();
    (jwk, key.kid().to_owned())
}

async fn begin(
    portal: &TestPortal,
    who: &str,
    key: &[u8],
) -> Result<RotationView, Failure<RotationDenied>> {
    let member = portal.member(who).await.unwrap();
    let old = portal.production_document().keys[0].fingerprint();
    let given = Start {
        key,
        old: Some(&old),
        attested_by: "R. Quill",
    };
    rotation::start(&portal.keeper, &member, PLACE, given, &trace()).await
}

async fn go_on(
    portal: &TestPortal,
    who: &str,
    confirm: bool,
) -> Result<RotationView, Failure<RotationDenied>> {
    let member = portal.member(who).await.unwrap();
    let how = (confirm, "R. Quill");
    rotation::advance(&portal.keeper, &member, PLACE, how, &trace()).await
}

async fn stage(portal: &TestPortal) -> RotationStage {
    let admin = portal.member("admin").await.unwrap();
    let found = rotation::find(&portal.keeper, &admin, PLACE.0, PLACE.1).await;
    found.unwrap().unwrap().stage
}

/// The environment counted a use of a key so many days ago.
async fn used(portal: &TestPortal, key: &str, days: i64) {
    let at = portal.keeper.clock.real_now() - jiff::SignedDuration::from_hours(24 * days);
    let day = at.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
    let key = key.to_owned();
    let taken = portal.keeper.store.write(move |c| {
        let from = request_records::cursor(c, "production")?;
        let feed = Feed {
            requests: Vec::new(),
            uses: vec![UseRow {
                handle: PLACE.0.to_owned(),
                kind: request_records::KEY.to_owned(),
                value: key.clone(),
                day: day.clone(),
                uses: 1,
                last_us: at.as_microsecond(),
            }],
            until: from + 1,
        };
        request_records::take(c, "production", from, &feed)
    });
    assert!(taken.await.unwrap());
}

#[tokio::test]
async fn a_key_is_rotated_step_by_step_and_each_side_is_told() {
    let portal = portal().await;
    live(&portal).await;
    let (key, kid) = new_key();
    let begun = begin(&portal, "admin", &key).await.unwrap();
    assert_eq!(
        (begun.stage, begun.step),
        (RotationStage::AdditionReview, RotationStep::Wait)
    );
    assert_eq!(begun.new_key, kid);
    let refused = begin(&portal, "admin", &new_key().0).await;
    assert_eq!(code(refused), "rotation/open");
    assert_eq!(code(go_on(&portal, "admin", true).await), "rotation/waits");

    // By the normal way of review and windows.
    let addition = begun.addition.clone().unwrap();
    assert_eq!(
        code(approve(&portal, "admin", &addition).await),
        "launch/own-request"
    );
    approve(&portal, "reviewer", &addition).await.unwrap();
    assert_eq!(stage(&portal).await, RotationStage::AdditionWaits);
    assert_eq!(clock(&portal, "2026-12-18").await, 1);
    assert_eq!(stage(&portal).await, RotationStage::WaitsForUse);
    assert_eq!(rotation::watch(&portal.keeper).await.unwrap(), 1);
    assert_eq!(rotation::watch(&portal.keeper).await.unwrap(), 0);

    // The old key is still the one in use: it does not go unasked.
    used(&portal, &begun.old_key, 0).await;
    assert_eq!(
        code(go_on(&portal, "admin", false).await),
        "rotation/still-used"
    );
    used(&portal, &kid, 0).await;
    assert_eq!(stage(&portal).await, RotationStage::BothUsed);
    assert_eq!(
        code(go_on(&portal, "admin", false).await),
        "rotation/still-used"
    );
    let removing = go_on(&portal, "admin", true).await.unwrap();
    assert_eq!(removing.stage, RotationStage::RemovalReview);
    approve(&portal, "reviewer", &removing.removal.unwrap())
        .await
        .unwrap();
    assert_eq!(clock(&portal, "2027-01-08").await, 1);
    assert_eq!(stage(&portal).await, RotationStage::Done);
    assert_eq!(rotation::watch(&portal.keeper).await.unwrap(), 1);

    let admin = portal.member("admin").await.unwrap();
    let found = app(&portal.keeper, &admin, PLACE.0, PLACE.1).await.unwrap();
    let keys: Vec<String> = found
        .live
        .unwrap()
        .keys
        .iter()
        .map(Key::fingerprint)
        .collect();
    assert_eq!(keys.len(), 2);
    assert!(keys.contains(&kid) && !keys.contains(&begun.old_key));
    let told = crate::partner::notices::list(&portal.keeper, &admin, None, 100)
        .await
        .unwrap();
    let told: Vec<&str> = told.items.iter().map(|one| one.kind.as_str()).collect();
    for kind in ["rotation-live", "rotation-done"] {
        assert_eq!(
            told.iter().filter(|one| **one == kind).count(),
            1,
            "{told:?}"
        );
    }
    assert_eq!(code(go_on(&portal, "admin", true).await), "rotation/none");
    // The next one can begin, but not with a key that is gone.
    assert_eq!(
        code(begin(&portal, "admin", &new_key().0).await),
        "rotation/no-old-key"
    );
}

#[tokio::test]
async fn a_quiet_old_key_goes_without_a_confirmation() {
    let portal = portal().await;
    live(&portal).await;
    let (key, kid) = new_key();
    let begun = begin(&portal, "admin", &key).await.unwrap();
    approve(&portal, "reviewer", begun.addition.as_deref().unwrap())
        .await
        .unwrap();
    clock(&portal, "2026-12-18").await;
    used(&portal, &begun.old_key, 8).await;
    used(&portal, &kid, 0).await;
    assert_eq!(stage(&portal).await, RotationStage::Ready);
    assert_eq!(rotation::watch(&portal.keeper).await.unwrap(), 1);
    let removing = go_on(&portal, "admin", false).await.unwrap();
    assert_eq!(removing.stage, RotationStage::RemovalReview);
    // Cancelled here, the old key is saved again as it is live, and the request is taken back.
    let admin = portal.member("admin").await.unwrap();
    let cancelled = rotation::cancel(&portal.keeper, &admin, PLACE, "Not yet.", &trace())
        .await
        .unwrap();
    assert_eq!(cancelled.stage, RotationStage::Cancelled);
    let found = app(&portal.keeper, &admin, PLACE.0, PLACE.1).await.unwrap();
    assert_eq!(found.document.keys.len(), 3);
    let request = find(&portal.keeper, &admin, &removing.removal.unwrap()).await;
    assert_eq!(request.unwrap().summary.state, LaunchState::Withdrawn);
    let again = rotation::cancel(&portal.keeper, &admin, PLACE, "", &trace()).await;
    assert_eq!(code(again), "rotation/none");
}

#[tokio::test]
async fn what_cannot_be_rotated_is_refused_and_leaves_nothing_open() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.production_document(), Save::Create)
        .await
        .unwrap();
    let (key, _) = new_key();
    assert_eq!(
        code(begin(&portal, "admin", &key).await),
        "rotation/not-live"
    );
    let call = trace();
    let approved = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &call,
    );
    let id = approved.await.unwrap().summary.id;
    requests::submit(&portal.keeper, &admin, &id, "", &trace())
        .await
        .unwrap();
    approve(&portal, "reviewer", &id).await.unwrap();
    clock(&portal, "2026-11-30").await;
    let Key::Pem(old) = portal.production_document().keys[0].clone() else {
        panic!("the example's first key is a certificate")
    };
    let old = old.into_bytes();
    assert_eq!(
        code(begin(&portal, "admin", &old).await),
        "rotation/same-key"
    );
    assert_eq!(code(begin(&portal, "admin", b"").await), "key/nothing");
    let given = Start {
        key: &key,
        old: None,
        attested_by: "",
    };
    // Which of the two goes?
    let refused = rotation::start(&portal.keeper, &admin, PLACE, given, &trace()).await;
    assert_eq!(code(refused), "rotation/no-old-key");
    assert_eq!(
        code(begin(&portal, "reader", &key).await),
        "permission/role"
    );
    assert_eq!(
        code(begin(&portal, "outsider", &key).await),
        "app/not-found"
    );
    let weak = SigningKey::generate(Algorithm::ES256).unwrap();
    let mut weak = serde_json::to_value(weak.jwk()).unwrap();
    weak["d"] = "AAAA".into();
    let refused = begin(&portal, "admin", weak.to_string().as_bytes()).await;
    assert_eq!(code(refused), "key/not-usable");
    // Another change is saved: a rotation would carry it along.
    let mut other = portal.production_document();
    other.description = "Other words.".into();
    save(&portal, &admin, other, Save::Put).await.unwrap();
    assert_eq!(
        code(begin(&portal, "admin", &key).await),
        "rotation/unsent-changes"
    );
    let found = rotation::find(&portal.keeper, &admin, PLACE.0, PLACE.1).await;
    assert!(found.unwrap().is_none());
}

#[tokio::test]
async fn one_rotation_at_a_time_whoever_begins() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        live(&portal).await;
        let portal = Arc::new(portal);
        let mut racers = tokio::task::JoinSet::new();
        for _ in 0..6 {
            let portal = Arc::clone(&portal);
            racers.spawn(async move { code(begin(&portal, "admin", &new_key().0).await) });
        }
        let mut outcomes = racers.join_all().await;
        outcomes.sort_unstable();
        assert_eq!(
            outcomes.iter().filter(|one| **one == "ok").count(),
            1,
            "{outcomes:?}"
        );
        assert!(
            outcomes
                .iter()
                .all(|one| ["ok", "rotation/open", "rotation/unsent-changes"].contains(one)),
            "{outcomes:?}"
        );
        let admin = portal.member("admin").await.unwrap();
        let found = app(&portal.keeper, &admin, PLACE.0, PLACE.1).await.unwrap();
        assert_eq!(found.document.keys.len(), 3, "one key was added");
        // A withdrawal and the cancellation end it once.
        let call = trace();
        let (one, other) = tokio::join!(
            rotation::cancel(&portal.keeper, &admin, PLACE, "", &call),
            rotation::cancel(&portal.keeper, &admin, PLACE, "", &call)
        );
        assert!(one.is_ok() || other.is_ok());
        assert_eq!(stage(&portal).await, RotationStage::Cancelled);
        let found = app(&portal.keeper, &admin, PLACE.0, PLACE.1).await.unwrap();
        assert_eq!(found.document.keys.len(), 2);
    }
}
