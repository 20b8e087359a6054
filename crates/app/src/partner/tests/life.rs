//! A request from its submission to its window, and back.

use super::*;

#[tokio::test]
async fn a_launch_from_the_sandbox_to_its_window_and_back() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let saved = save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    assert_eq!((saved.version, saved.revision, saved.created), (1, 1, true));
    assert!(saved.live.is_some());
    assert_eq!(
        portal.served(SANDBOX, "fishing-licence"),
        Some(saved.revision_id)
    );

    // Submitted on 10 November with 14 days of notice: Thanksgiving moves the window to the Monday after.
    let launch = submitted(&portal, portal.production_document(), "2026-11-24").await;
    let id = launch.summary.id.clone();
    assert_eq!(launch.summary.state, LaunchState::Submitted);
    assert_eq!(launch.summary.window.unwrap().to_string(), "2026-11-30");
    let reasons: String = launch
        .explanation
        .iter()
        .map(|step| step.sentence.clone())
        .collect();
    assert!(
        reasons.contains("Thanksgiving") && reasons.contains("14 days"),
        "{reasons}"
    );
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);

    // A partner may not approve, whoever it is.
    let refused = review::approve(&portal.keeper, &admin, &id, ("", None), &trace()).await;
    assert_eq!(code(refused), "launch/own-request");
    assert_eq!(
        code(approve(&portal, "developer", &id).await),
        "permission/role"
    );
    let launch = approve(&portal, "reviewer", &id).await.unwrap();
    assert_eq!(launch.summary.state, LaunchState::Scheduled);
    assert_eq!(launch.approvals, ["reviewer"]);

    // Not before its window, also not by hand.
    assert_eq!(clock(&portal, "2026-11-27").await, 0);
    let deployer = portal.member("deployer").await.unwrap();
    let refused = releases::deploy_launch(&portal.keeper, &deployer, &id, &trace()).await;
    assert!(
        matches!(refused, Err(Failure::Refused(ReleaseDenied::WindowClosed(day))) if day.to_string() == "2026-11-30")
    );
    assert_eq!(clock(&portal, "2026-11-30").await, 1);
    let launch = find(&portal.keeper, &admin, &id).await.unwrap();
    assert_eq!(launch.summary.state, LaunchState::Deployed);
    let revision = portal.served(PRODUCTION, "fishing-licence").unwrap();
    let release = launch.summary.release.clone().unwrap();
    assert!(
        launch.timeline.iter().any(|line| line.event == "check"),
        "{:?}",
        launch.timeline
    );

    // One step back, and forward again.
    let launch = releases::rollback_launch(&portal.keeper, &deployer, &id, "It fails.", &trace())
        .await
        .unwrap();
    assert_eq!(launch.summary.state, LaunchState::RolledBack);
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    let again = releases::deploy(&portal.keeper, &deployer, &release, &trace())
        .await
        .unwrap();
    assert_eq!(again.summary.kind, "redeploy");
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), Some(revision));
    let launch = find(&portal.keeper, &admin, &id).await.unwrap();
    assert_eq!(launch.summary.state, LaunchState::Deployed);
    assert_eq!(launch.summary.release, Some(again.summary.id));
    let launch = review::verify(&portal.keeper, &admin, &id, "Signed in.", &trace())
        .await
        .unwrap();
    assert_eq!(launch.summary.state, LaunchState::Verified);
}

#[tokio::test]
async fn a_later_wish_gets_the_first_window_on_or_after_it() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "2026-12-25").await;
    assert_eq!(launch.summary.window.unwrap().to_string(), "2026-12-31");
}

#[tokio::test]
async fn an_open_checklist_stops_the_submission_and_names_its_items() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let mut document = portal.production_document();
    document.app_name = "Fishing Licence Prod".into();
    document.logo = None;
    save(&portal, &admin, document, Save::Create).await.unwrap();
    let launch = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    let open: Vec<&str> = launch
        .open_items
        .iter()
        .map(|item| item.rule.as_str())
        .collect();
    assert!(
        ["L03", "L06", "L09"].iter().all(|rule| open.contains(rule)),
        "{open:?}"
    );
    let refused = requests::submit(&portal.keeper, &admin, &launch.summary.id, "", &trace()).await;
    let Err(Failure::Refused(LaunchDenied::Open(items))) = refused else {
        panic!("it was submitted")
    };
    assert_eq!(items.len(), open.len());
    // Repaired, it goes through: the newest revision is what is submitted.
    save(&portal, &admin, portal.production_document(), Save::Put)
        .await
        .unwrap();
    let launch = requests::submit(&portal.keeper, &admin, &launch.summary.id, "", &trace())
        .await
        .unwrap();
    assert_eq!(
        (launch.summary.state, launch.revision),
        (LaunchState::Submitted, 2)
    );
}

#[tokio::test]
async fn an_identity_verified_launch_needs_two_and_two_at_once_count_once_each() {
    let portal = Arc::new(portal().await);
    let mut document = portal.production_document();
    document.level_of_service = LevelOfService::IdentityVerified;
    document.default_aal = DefaultAal::Aal2;
    document.failure_to_proof_url = Some("https://fishing.agency.gov/other-ways".into());
    let launch = submitted(&portal, document, "").await;
    assert_eq!(launch.approvers_needed, 2);
    let id = launch.summary.id;
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (portal, id) = (Arc::clone(&portal), id.clone());
        racers.spawn(async move { code(approve(&portal, "reviewer", &id).await) });
    }
    let outcomes = racers.join_all().await;
    assert_eq!(
        outcomes.iter().filter(|code| **code == "ok").count(),
        1,
        "{outcomes:?}"
    );
    assert!(
        outcomes
            .iter()
            .all(|code| ["ok", "launch/approved-already"].contains(code)),
        "{outcomes:?}"
    );
    let admin = portal.member("admin").await.unwrap();
    assert_eq!(
        find(&portal.keeper, &admin, &id)
            .await
            .unwrap()
            .summary
            .state,
        LaunchState::Submitted
    );
    let launch = approve(&portal, "second-reviewer", &id).await.unwrap();
    assert_eq!(launch.summary.state, LaunchState::Scheduled);
    assert_eq!(
        code(approve(&portal, "administrator", &id).await),
        "launch/not-now"
    );
}

#[tokio::test]
async fn two_deployers_at_once_build_one_release() {
    let portal = Arc::new(portal().await);
    let launch = submitted(&portal, portal.production_document(), "").await;
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    portal
        .keeper
        .clock
        .set(portal.keeper.programme.noon("2026-11-30".parse().unwrap()));
    let mut racers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let keeper = Arc::clone(&portal.keeper);
        racers.spawn(async move { run_due(&keeper).await.unwrap().live });
    }
    assert_eq!(racers.join_all().await.iter().sum::<usize>(), 1);
    let deployer = portal.member("deployer").await.unwrap();
    let list = releases::list(&portal.keeper, &deployer, PRODUCTION)
        .await
        .unwrap();
    let kinds: Vec<&str> = list.iter().map(|release| release.kind.as_str()).collect();
    assert_eq!(kinds, ["window", "bootstrap"]);
    assert!(list.iter().all(|release| release.deployed.is_some()));
}

#[tokio::test]
async fn a_withdrawn_request_is_never_deployed_and_a_rejected_one_stays_so() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let launch = submitted(&portal, portal.production_document(), "").await;
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    requests::withdraw(
        &portal.keeper,
        &admin,
        &launch.summary.id,
        "Later.",
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(clock(&portal, "2026-12-10").await, 0);
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    let again = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    let another = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await;
    assert_eq!(code(another), "launch/another-open");
    requests::submit(&portal.keeper, &admin, &again.summary.id, "", &trace())
        .await
        .unwrap();
    let reviewer = portal.member("reviewer").await.unwrap();
    let sent_back = review::request_changes(
        &portal.keeper,
        &reviewer,
        &again.summary.id,
        "Say more.",
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(sent_back.summary.state, LaunchState::ChangesRequested);
    requests::submit(&portal.keeper, &admin, &again.summary.id, "", &trace())
        .await
        .unwrap();
    review::reject(
        &portal.keeper,
        &reviewer,
        &again.summary.id,
        "No.",
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(
        code(requests::submit(&portal.keeper, &admin, &again.summary.id, "", &trace()).await),
        "launch/not-now"
    );
}

#[tokio::test]
async fn a_change_of_a_live_app_is_rolled_back_to_what_was_there() {
    let portal = portal().await;
    let (admin, deployer) = (
        portal.member("admin").await.unwrap(),
        portal.member("deployer").await.unwrap(),
    );
    let launch = submitted(&portal, portal.production_document(), "").await;
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    clock(&portal, "2026-11-30").await;
    let first = portal.served(PRODUCTION, "fishing-licence").unwrap();
    assert_eq!(
        code(
            requests::create(
                &portal.keeper,
                &admin,
                RequestKind::Launch,
                body(&portal, ""),
                &trace()
            )
            .await
        ),
        "launch/already-live"
    );
    let mut next = portal.production_document();
    next.friendly_name = "Fishing".into();
    save(&portal, &admin, next, Save::Put).await.unwrap();
    let change = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Change,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(change.diff.len(), 1);
    requests::submit(&portal.keeper, &admin, &change.summary.id, "", &trace())
        .await
        .unwrap();
    approve(&portal, "reviewer", &change.summary.id)
        .await
        .unwrap();
    clock(&portal, "2026-12-31").await;
    assert_ne!(portal.served(PRODUCTION, "fishing-licence").unwrap(), first);
    // The first launch cannot be rolled back under the change.
    let refused =
        releases::rollback_launch(&portal.keeper, &deployer, &launch.summary.id, "", &trace())
            .await;
    assert_eq!(code(refused), "release/superseded");
    releases::rollback_launch(&portal.keeper, &deployer, &change.summary.id, "", &trace())
        .await
        .unwrap();
    assert_eq!(portal.served(PRODUCTION, "fishing-licence").unwrap(), first);
}

#[tokio::test]
async fn the_portals_own_app_cannot_be_taken_out() {
    let portal = portal().await;
    let (deployer, administrator) = (
        portal.member("deployer").await.unwrap(),
        portal.member("administrator").await.unwrap(),
    );
    let list = releases::list(&portal.keeper, &deployer, PRODUCTION)
        .await
        .unwrap();
    let refused =
        releases::rollback(&portal.keeper, &deployer, &list[0].id, (None, ""), &trace()).await;
    assert_eq!(code(refused), "release/portal-app");
    let refused = delete_app(
        &portal.keeper,
        &administrator,
        "portal",
        PRODUCTION,
        None,
        &trace(),
    )
    .await;
    assert_eq!(code(refused), "app/portal");
    assert!(portal.served(PRODUCTION, "portal").is_some());
}
