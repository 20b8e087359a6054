//! Deployments: the canary sign-in, roll-back by the server, whole environments and drift.

use durward_domain::launch::LaunchState;
use durward_store::{apps, deployments, launches, teams};

use super::window::approved as many;
use super::*;
use crate::operator::bootstrap;
use crate::operator::drift::{self, DriftKind};
use crate::ring::KeyRing;
use crate::testing_portal::TEAM;

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
    door.keys
        .store(Arc::new(KeyRing::new(Vec::new(), Vec::new())));
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

/// The states of these requests in their order, and the apps of the newest releases with how each came to be.
async fn outcome(
    portal: &TestPortal,
    ids: &[String],
    newest: usize,
) -> (Vec<LaunchState>, Vec<String>) {
    let mut states = Vec::new();
    for id in ids {
        states.push(state(portal, id).await);
    }
    let deployer = portal.member("deployer").await.unwrap();
    let list = releases::list(&portal.keeper, &deployer, PRODUCTION).await;
    let list = list.unwrap().into_iter().take(newest);
    let made = list.map(|one| format!("{} {}", one.kind, one.apps.join(" ")));
    (states, made.collect())
}

#[tokio::test]
async fn of_releases_watched_at_once_the_newest_go_back_until_the_canary_signs_in() {
    let portal = watched().await;
    let ids = many(&portal, &["", "", ""]).await;
    let door = portal
        .keeper
        .environment(PRODUCTION)
        .and_then(|link| link.door.clone());
    let door = door.unwrap();
    // Nobody can sign in while the second app is served.
    let (keys, fault_door) = (door.keys.load_full(), Arc::clone(&door));
    let fault = tokio::spawn(async move {
        loop {
            let there = fault_door.registry.load().by_handle("many-001").is_some();
            let ring = if there {
                Arc::new(KeyRing::new(Vec::new(), Vec::new()))
            } else {
                Arc::clone(&keys)
            };
            fault_door.keys.store(ring);
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    });
    assert_eq!(clock(&portal, "2026-11-30").await, 1);
    fault.abort();
    let (states, made) = outcome(&portal, &ids, 5).await;
    let (live, back) = (LaunchState::Deployed, LaunchState::RolledBack);
    assert_eq!(states, [live, back, back]);
    let releases = [
        "rollback many-001",
        "rollback many-002",
        "window many-002",
        "window many-001",
        "window many-000",
    ];
    assert_eq!(made, releases);
    assert!(portal.served(PRODUCTION, "many-000").is_some());
    assert!(last_canary(&portal).await.passed);
}

#[tokio::test]
async fn an_app_that_nobody_could_sign_in_to_goes_back_alone() {
    let portal = watched().await;
    let ids = many(&portal, &["", "", ""]).await;
    let id = ids[1].clone();
    let broken = portal.keeper.store.write(move |c| {
        let mut row = launches::find(c, &id)?.unwrap();
        let mut revision = apps::find_revision(c, &row.revision_id)?.unwrap();
        let mut document = AppDocument::parse_json(revision.document.as_bytes()).unwrap();
        document.oidc.as_mut().unwrap().redirect_uris.clear();
        revision.revision_id = "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5dff".to_owned();
        revision.number += 1;
        revision.document = document.to_json();
        revision.digest = document.digest();
        apps::insert_revision(c, &revision)?;
        row.revision_id = revision.revision_id;
        assert!(launches::update(c, &row)?);
        Ok(())
    });
    broken.await.unwrap();
    assert_eq!(clock(&portal, "2026-11-30").await, 2);
    let (states, made) = outcome(&portal, &ids, 4).await;
    let (live, back) = (LaunchState::Deployed, LaunchState::RolledBack);
    assert_eq!(states, [live, back, live]);
    let releases = [
        "rollback many-001",
        "window many-002",
        "window many-001",
        "window many-000",
    ];
    assert_eq!(made, releases);
    // Each release tells of the sign-in that watched it.
    let deployer = portal.member("deployer").await.unwrap();
    let list = releases::list(&portal.keeper, &deployer, PRODUCTION)
        .await
        .unwrap();
    for (release, expected) in list
        .iter()
        .zip([(6, true), (5, true), (4, false), (5, true)])
    {
        let view = releases::find(&portal.keeper, &deployer, &release.id)
            .await
            .unwrap();
        let canary = view.canary.unwrap();
        assert_eq!(
            (canary.sequence, canary.passed),
            expected,
            "{}",
            release.sequence
        );
    }
}

#[tokio::test]
async fn a_whole_environment_goes_back_by_choice_and_once() {
    let portal = watched().await;
    let id = approved(&portal).await;
    clock(&portal, "2026-11-30").await;
    let deployer = portal.member("deployer").await.unwrap();
    let back = |to| {
        let (keeper, deployer) = (Arc::clone(&portal.keeper), deployer.clone());
        async move {
            let trace = trace();
            releases::rollback_environment(&keeper, &deployer, PRODUCTION, (to, "A drill."), &trace)
                .await
        }
    };
    assert_eq!(code(back(99).await), "release/not-found");
    let made = back(2).await.unwrap();
    assert_eq!(
        (made.summary.kind.as_str(), made.summary.sequence),
        ("rollback", 4)
    );
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    assert_eq!(state(&portal, &id).await, LaunchState::RolledBack);
    // The server's own apps stay, and a second time nothing is left to do.
    assert!(portal.served(PRODUCTION, "portal").is_some());
    assert_eq!(code(back(0).await), "release/in-effect");
    // What was rolled back does not return by going back to when it was there.
    assert_eq!(code(back(3).await), "release/in-effect");
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    assert_eq!(state(&portal, &id).await, LaunchState::RolledBack);
    let reviewer = portal.member("reviewer").await.unwrap();
    let refused =
        releases::rollback_environment(&portal.keeper, &reviewer, PRODUCTION, (0, ""), &trace())
            .await;
    assert_eq!(code(refused), "permission/role");
}

#[tokio::test]
async fn a_whole_environment_goes_back_over_several_requests_of_one_app() {
    let portal = portal().await;
    let launch = approved(&portal).await;
    clock(&portal, "2026-11-30").await;
    let mut next = portal.production_document();
    next.friendly_name = "Fishing".into();
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, next, Save::Put).await.unwrap();
    let keeper = &portal.keeper;
    let change = requests::create(
        keeper,
        &admin,
        RequestKind::Change,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    let change = change.summary.id;
    requests::submit(keeper, &admin, &change, "", &trace())
        .await
        .unwrap();
    approve(&portal, "reviewer", &change).await.unwrap();
    assert_eq!(clock(&portal, "2026-12-31").await, 1);
    let deployer = portal.member("deployer").await.unwrap();
    releases::rollback_environment(keeper, &deployer, PRODUCTION, (1, ""), &trace())
        .await
        .unwrap();
    // Both requests went back, not the newer one alone.
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    for id in [&launch, &change] {
        assert_eq!(state(&portal, id).await, LaunchState::RolledBack);
    }
}

#[tokio::test]
async fn drift_is_told_and_repaired_by_a_release() {
    let portal = watched().await;
    approved(&portal).await;
    clock(&portal, "2026-11-30").await;
    let deployer = portal.member("deployer").await.unwrap();
    let kinds = || async {
        let standing = drift::standing(&portal.keeper, &deployer, PRODUCTION);
        let standing = standing.await.unwrap();
        assert_eq!(standing.served, Some(standing.newest));
        let drift = standing.drift.into_iter();
        drift.map(|one| one.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds().await, []);
    let refused = drift::repair(&portal.keeper, &deployer, PRODUCTION, "").await;
    assert_eq!(code(refused), "release/no-drift");
    // The team comes to another agency behind the back of the releases.
    let (from, to) = (
        portal.agency_of(TEAM).await.unwrap(),
        portal.agency_of(OTHER_TEAM).await.unwrap(),
    );
    let moved = portal
        .keeper
        .store
        .write(move |c| teams::set_agency(c, TEAM, &from, &to));
    assert!(moved.await.unwrap());
    // Its agreement is the former agency's: told too, and no release repairs that.
    assert_eq!(kinds().await, [DriftKind::Agency, DriftKind::Agreement]);
    let made = drift::repair(&portal.keeper, &deployer, PRODUCTION, "").await;
    assert_eq!(made.unwrap().summary.kind, "repair");
    assert_eq!(kinds().await, [DriftKind::Agreement]);
    let refused = drift::repair(&portal.keeper, &deployer, PRODUCTION, "").await;
    assert_eq!(code(refused), "release/no-drift");
}
