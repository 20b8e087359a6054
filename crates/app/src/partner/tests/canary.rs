//! Deployments: the canary sign-in, roll-back by the server, and what races with it.

use durward_domain::launch::LaunchState;
use durward_store::deployments;

use super::*;
use crate::operator::bootstrap;
use crate::ring::KeyRing;

async fn watched() -> TestPortal {
    let portal = portal().await;
    bootstrap::canary_apps(&portal.keeper).await.unwrap();
    portal
}

async fn approved(portal: &TestPortal) -> String {
    let launch = submitted(portal, portal.production_document(), "").await;
    let id = launch.summary.id;
    approve(portal, "reviewer", &id).await.unwrap();
    id
}

async fn state(portal: &TestPortal, id: &str) -> LaunchState {
    let admin = portal.member("admin").await.unwrap();
    let launch = find(&portal.keeper, &admin, id).await.unwrap();
    launch.summary.state
}

async fn kinds(portal: &TestPortal) -> Vec<String> {
    let deployer = portal.member("deployer").await.unwrap();
    let list = releases::list(&portal.keeper, &deployer, PRODUCTION)
        .await
        .unwrap();
    list.into_iter().map(|release| release.kind).collect()
}

async fn last_canary(portal: &TestPortal) -> deployments::CanaryRow {
    portal
        .keeper
        .store
        .read(|c| deployments::last_canary(c, "production"))
        .await
        .unwrap()
        .unwrap()
}

#[tokio::test]
async fn the_canary_signs_in_after_a_release() {
    let portal = watched().await;
    let id = approved(&portal).await;
    assert_eq!(clock(&portal, "2026-11-30").await, 1);
    assert_eq!(state(&portal, &id).await, LaunchState::Deployed);
    let run = last_canary(&portal).await;
    assert!(run.passed, "{run:?}");
    assert_eq!(run.sequence, 3);
    // The synthetic person is gone, and the app cannot be taken out.
    let deployer = portal.member("deployer").await.unwrap();
    let list = releases::list(&portal.keeper, &deployer, PRODUCTION)
        .await
        .unwrap();
    let second = list.iter().find(|release| release.sequence == 2).unwrap();
    let refused =
        releases::rollback(&portal.keeper, &deployer, &second.id, (None, ""), &trace()).await;
    assert_eq!(code(refused), "release/portal-app");
}

#[tokio::test]
async fn a_release_whose_canary_fails_is_rolled_back_by_the_server() {
    let portal = watched().await;
    let id = approved(&portal).await;
    let door = portal
        .keeper
        .environment(PRODUCTION)
        .and_then(|link| link.door.clone())
        .unwrap();
    let keys = door.keys.load_full();
    door.keys.store(Arc::new(KeyRing::new(Vec::new())));
    assert_eq!(clock(&portal, "2026-11-30").await, 0);
    assert_eq!(state(&portal, &id).await, LaunchState::RolledBack);
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    assert_eq!(kinds(&portal).await[..2], ["rollback", "window"]);
    let run = last_canary(&portal).await;
    assert_eq!((run.passed, run.step.as_str()), (false, "token"));

    // Repaired, the request is deployed again by hand; nothing is deployed twice by itself.
    door.keys.store(keys);
    assert_eq!(clock(&portal, "2026-12-01").await, 0);
    let deployer = portal.member("deployer").await.unwrap();
    let again = releases::deploy_launch(&portal.keeper, &deployer, &id, &trace()).await;
    assert_eq!(again.unwrap().summary.state, LaunchState::Deployed);
    clock(&portal, "2026-12-02").await;
    assert!(last_canary(&portal).await.passed);
    assert!(portal.served(PRODUCTION, "fishing-licence").is_some());
}
