//! The end of an app: asked for, reviewed, deployed, and never undone.

use durward_store::denials;

use super::suspension::{answered, live};
use super::*;
use crate::operator::{drift, suspension};

const APP: &str = "fishing-licence";

async fn asked(portal: &TestPortal, desired: &str) -> LaunchView {
    let admin = portal.member("admin").await.unwrap();
    let mut body = body(portal, desired);
    body.retire = Some("The service has ended.".into());
    let made = requests::create(&portal.keeper, &admin, RequestKind::Change, body, &trace())
        .await
        .unwrap();
    requests::submit(&portal.keeper, &admin, &made.summary.id, "", &trace())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_app_is_retired_in_its_window_and_stays_so() {
    let portal = portal().await;
    let release = live(&portal).await;
    let asked = asked(&portal, "2026-12-20").await;
    let id = asked.summary.id.clone();
    assert_eq!(asked.approvers_needed, 2);
    assert_eq!(asked.diff[0].path, "/retire");
    approve(&portal, "reviewer", &id).await.unwrap();
    approve(&portal, "second-reviewer", &id).await.unwrap();
    assert_eq!(clock(&portal, "2026-12-18").await, 0);
    assert_eq!(answered(&portal).await, "let in");
    assert_eq!(clock(&portal, "2026-12-25").await, 1);
    assert_eq!(answered(&portal).await, "authorize/app-retired");
    assert_eq!(portal.served(PRODUCTION, APP), None);

    let (keeper, admin) = (&portal.keeper, portal.member("admin").await.unwrap());
    let deployer = portal.member("deployer").await.unwrap();
    let found = find(keeper, &admin, &id).await.unwrap();
    assert_eq!(found.summary.state, LaunchState::Deployed);
    assert!(!found.possible.rollback);
    // Everybody of the team knows, also who only reads.
    let reader = portal.member("reader").await.unwrap();
    let told = crate::partner::notices::list(keeper, &reader, None, 100)
        .await
        .unwrap();
    let told: Vec<&str> = told.items.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(told, ["app-retired", "app-retires"]);

    // No way leads back.
    let back = releases::rollback_launch(keeper, &deployer, &id, "", &trace()).await;
    assert_eq!(code(back), "release/took-back");
    let again = releases::deploy(keeper, &deployer, &release, &trace()).await;
    assert_eq!(code(again), "release/app-retired");
    let whole =
        releases::rollback_environment(keeper, &deployer, PRODUCTION, (2, ""), &trace()).await;
    assert_eq!(code(whole), "release/in-effect");
    let repaired = drift::repair(keeper, &deployer, PRODUCTION, "").await;
    assert_eq!(code(repaired), "release/no-drift");
    let resumed = suspension::resume(keeper, &deployer, (APP, PRODUCTION), "Back.", &trace()).await;
    assert_eq!(code(resumed), "suspension/not-suspended");
    let saved = save(&portal, &admin, portal.production_document(), Save::Put).await;
    assert_eq!(code(saved), "app/retired");
    let deleted = delete_app(keeper, &admin, APP, PRODUCTION, None, &trace()).await;
    assert_eq!(code(deleted), "app/retired");
    let launch = requests::create(
        keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await;
    assert_eq!(code(launch), "launch/retired");
    assert_eq!(portal.served(PRODUCTION, APP), None);
    assert_eq!(answered(&portal).await, "authorize/app-retired");
    let names = suspension::retired_names(keeper).await.unwrap();
    assert!(names.contains(&portal.production_document().app_name));
}

#[tokio::test]
async fn what_ends_needs_a_reason_a_live_app_and_no_checklist() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let mut end = body(&portal, "");
    end.retire = Some("  ".into());
    save(&portal, &admin, portal.production_document(), Save::Create)
        .await
        .unwrap();
    let create = |kind, body: LaunchBody| {
        let (keeper, admin) = (Arc::clone(&portal.keeper), admin.clone());
        async move { requests::create(&keeper, &admin, kind, body, &trace()).await }
    };
    let refused = create(RequestKind::Change, end.clone()).await;
    assert_eq!(code(refused), "change/no-reason");
    end.retire = Some("Over.".into());
    for kind in [RequestKind::Launch, RequestKind::Change] {
        assert_eq!(code(create(kind, end.clone()).await), "change/not-live");
    }
}

#[tokio::test]
async fn a_stop_between_the_two_halves_of_the_end_is_made_good() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        live(&portal).await;
        let id = asked(&portal, "").await.summary.id;
        approve(&portal, "reviewer", &id).await.unwrap();
        approve(&portal, "second-reviewer", &id).await.unwrap();
        // As if the server had stopped after the denial and before the release.
        suspension::retire(&portal.keeper, (APP, PRODUCTION), "Over.")
            .await
            .unwrap();
        assert_eq!(answered(&portal).await, "authorize/app-retired");
        assert_eq!(clock(&portal, "2026-12-18").await, 1);
        assert_eq!(portal.served(PRODUCTION, APP), None);
        let denied = portal
            .keeper
            .store
            .read(|c| denials::denials_of(c, "production", APP))
            .await
            .unwrap();
        assert_eq!(denied.len(), 1);
    }
}
