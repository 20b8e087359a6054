//! What members may try against requests, releases and other teams.

use durward_domain::agreement::AgreementStep;
use durward_domain::permission::{Realm, Role};
use durward_store::apps as stored_apps;

use super::*;
use crate::actor::{Actor, Held};
use crate::operator::agreements as operator_agreements;
use crate::operator::build;
use durward_domain::agreement::Side;

/// A launch that is live since its window, with its release.
async fn live(portal: &TestPortal) -> (String, String) {
    let launch = submitted(portal, portal.production_document(), "").await;
    let id = launch.summary.id;
    approve(portal, "reviewer", &id).await.unwrap();
    assert_eq!(clock(portal, "2026-11-30").await, 1);
    let admin = portal.member("admin").await.unwrap();
    let launch = find(&portal.keeper, &admin, &id).await.unwrap();
    (id, launch.summary.release.unwrap())
}

async fn state(portal: &TestPortal, id: &str) -> LaunchState {
    let admin = portal.member("admin").await.unwrap();
    let found = find(&portal.keeper, &admin, id).await.unwrap();
    found.summary.state
}

async fn delete(portal: &TestPortal, environment: EnvironmentName) -> &'static str {
    let admin = portal.member("admin").await.unwrap();
    let keeper = &portal.keeper;
    code(
        delete_app(
            keeper,
            &admin,
            "fishing-licence",
            environment,
            None,
            &trace(),
        )
        .await,
    )
}

#[tokio::test]
async fn a_plan_tells_nothing_of_another_teams_app() {
    let portal = portal().await;
    let outsider = portal.member("outsider").await.unwrap();
    live(&portal).await;
    let mut probe = portal.production_document();
    probe.team = TeamHandle::parse(OTHER_TEAM).unwrap();
    let planned = plan::plan(&portal.keeper, &outsider, probe.to_json().as_bytes()).await;
    assert_eq!(code(planned), "app/handle-taken");
}

#[tokio::test]
async fn a_configuration_that_waits_for_its_window_cannot_be_deleted() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    assert_eq!(delete(&portal, PRODUCTION).await, "app/requested");
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    assert_eq!(delete(&portal, PRODUCTION).await, "app/requested");
    clock(&portal, "2026-11-30").await;
    assert_eq!(delete(&portal, PRODUCTION).await, "app/still-live");
}

#[tokio::test]
async fn what_was_rolled_back_comes_back_only_to_where_it_was() {
    let portal = portal().await;
    let (admin, deployer) = (
        portal.member("admin").await.unwrap(),
        portal.member("deployer").await.unwrap(),
    );
    let keeper = &portal.keeper;
    let (first, release) = live(&portal).await;
    let back = releases::rollback(keeper, &deployer, &release, (None, ""), &trace())
        .await
        .unwrap();
    assert_eq!(state(&portal, &first).await, LaunchState::RolledBack);
    // A roll-back is no way to deploy, and cannot be rolled back.
    let again = releases::rollback(keeper, &deployer, &back.summary.id, (None, ""), &trace()).await;
    assert_eq!(code(again), "release/took-back");
    let again = releases::deploy(keeper, &deployer, &back.summary.id, &trace()).await;
    assert_eq!(code(again), "release/took-back");

    // A later launch is live: the old one does not come back over it.
    let mut next = portal.production_document();
    next.friendly_name = "Fishing".into();
    save(&portal, &admin, next, Save::Put).await.unwrap();
    let later = requests::create(
        keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    requests::submit(keeper, &admin, &later.summary.id, "", &trace())
        .await
        .unwrap();
    approve(&portal, "reviewer", &later.summary.id)
        .await
        .unwrap();
    assert_eq!(clock(&portal, "2026-12-31").await, 1);
    let served = portal.served(PRODUCTION, "fishing-licence");
    let stale = releases::deploy_launch(keeper, &deployer, &first, &trace()).await;
    assert_eq!(code(stale), "release/superseded");
    let stale = releases::deploy(keeper, &deployer, &release, &trace()).await;
    assert_eq!(code(stale), "release/superseded");
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), served);

    // And nothing comes back without a configuration.
    releases::rollback_launch(keeper, &deployer, &later.summary.id, "", &trace())
        .await
        .unwrap();
    assert_eq!(delete(&portal, PRODUCTION).await, "ok");
    let gone = releases::deploy_launch(keeper, &deployer, &later.summary.id, &trace()).await;
    assert_eq!(code(gone), "release/configuration-deleted");
}

#[tokio::test]
async fn a_deleted_sandbox_app_is_not_revived_by_a_release() {
    let portal = portal().await;
    let (admin, deployer) = (
        portal.member("admin").await.unwrap(),
        portal.member("deployer").await.unwrap(),
    );
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    assert_eq!(delete(&portal, SANDBOX).await, "ok");
    let list = releases::list(&portal.keeper, &deployer, SANDBOX)
        .await
        .unwrap();
    let keeper = &portal.keeper;
    let revived = releases::rollback(keeper, &deployer, &list[0].id, (None, ""), &trace()).await;
    assert_eq!(code(revived), "release/took-back");
    let revived = releases::deploy(keeper, &deployer, &list[1].id, &trace()).await;
    assert_eq!(code(revived), "release/configuration-deleted");
    assert_eq!(portal.served(SANDBOX, "fishing-licence"), None);
}

#[tokio::test]
async fn nothing_goes_live_on_an_agreement_that_ended_after_the_approval() {
    let portal = portal().await;
    let (manager, deployer) = (
        portal.member("manager").await.unwrap(),
        portal.member("deployer").await.unwrap(),
    );
    let end = || async {
        let step = AgreementStep::Terminate;
        operator_agreements::step(
            &portal.keeper,
            &manager,
            AGREEMENT,
            (step, "It is over."),
            &trace(),
        )
        .await
        .unwrap()
    };
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id;
    approve(&portal, "reviewer", &id).await.unwrap();
    end().await;
    assert_eq!(clock(&portal, "2026-11-30").await, 0);
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    let admin = portal.member("admin").await.unwrap();
    let launch = find(&portal.keeper, &admin, &id).await.unwrap();
    assert_eq!(launch.summary.state, LaunchState::ChangesRequested);
    assert!(launch.approvals.is_empty());
    assert!(launch.timeline.last().unwrap().note.contains("terminated"));
    let refused = releases::deploy_launch(&portal.keeper, &deployer, &id, &trace()).await;
    assert_eq!(code(refused), "release/not-rolled-back");
}

#[tokio::test]
async fn nothing_comes_back_on_an_agreement_that_ended() {
    let portal = portal().await;
    let (manager, deployer) = (
        portal.member("manager").await.unwrap(),
        portal.member("deployer").await.unwrap(),
    );
    let (id, _) = live(&portal).await;
    releases::rollback_launch(&portal.keeper, &deployer, &id, "", &trace())
        .await
        .unwrap();
    let step = AgreementStep::Terminate;
    operator_agreements::step(
        &portal.keeper,
        &manager,
        AGREEMENT,
        (step, "It is over."),
        &trace(),
    )
    .await
    .unwrap();
    let refused = releases::deploy_launch(&portal.keeper, &deployer, &id, &trace()).await;
    assert_eq!(code(refused), "release/agreement");
}

#[tokio::test]
async fn a_wish_without_a_window_is_an_open_item() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.production_document(), Save::Create)
        .await
        .unwrap();
    let far = requests::checklist(&portal.keeper, &admin, &body(&portal, "9999-12-31"))
        .await
        .unwrap();
    assert_eq!(far.open, ["L17"]);
}

#[tokio::test]
async fn who_wrote_an_earlier_revision_of_what_is_asked_for_does_not_approve_it() {
    let portal = portal().await;
    let administrator = portal.member("administrator").await.unwrap();
    let document = portal.production_document();
    save(&portal, &administrator, document.clone(), Save::Create)
        .await
        .unwrap();
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, document, Save::Put).await.unwrap();
    let launch = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    requests::submit(&portal.keeper, &admin, &launch.summary.id, "", &trace())
        .await
        .unwrap();
    let own = approve(&portal, "administrator", &launch.summary.id).await;
    assert_eq!(code(own), "launch/own-request");
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_role_in_one_agency_signs_no_agreement_of_another() {
    let portal = portal().await;
    let mut member = portal.member("outsider").await.unwrap();
    // They look at the other agency's team, and run their own.
    member.roles.push(Held::in_team(
        "fisheries-digital",
        Realm::Sandbox,
        Role::PartnerReadonly,
    ));
    let signed = operator_agreements::sign(
        &portal.keeper,
        &member,
        AGREEMENT,
        (Side::Partner, "A. Thief", "Director"),
        &trace(),
    )
    .await;
    // What they may not see is not told apart from what is not there.
    assert_eq!(code(signed), "agreement/not-found");
}

#[tokio::test]
async fn a_save_whose_node_stopped_is_released_by_the_next_start() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let mut document = portal.sandbox_document();
    save(&portal, &admin, document.clone(), Save::Create)
        .await
        .unwrap();
    // Kept, and then the node stopped.
    document.description = "Later".into();
    let kept = super::super::save::keep(
        &portal.keeper,
        &admin,
        &document,
        Save::Put,
        "",
        &trace(),
        durward_domain::event::Event::AppRevisionSaved,
    )
    .await;
    let Ok(kept) = kept else {
        panic!("it was not kept")
    };
    build::release_saved(&portal.keeper).await.unwrap();
    assert_eq!(
        portal.served(SANDBOX, "fishing-licence"),
        Some(kept.row.revision_id.clone())
    );
    // A save that was overtaken builds nothing over the later one.
    let first = portal
        .keeper
        .store
        .read(|c| stored_apps::revisions_of(c, "fishing-licence", "sandbox"))
        .await
        .unwrap()
        .pop()
        .unwrap();
    let overtaken = build::release(
        &portal.keeper,
        SANDBOX,
        vec![build::Wanted::newest(&first, portal.sandbox_document())],
        build::Why {
            kind: "save",
            reason: String::new(),
            actor: Actor::System("tests"),
        },
        build::nothing_more,
    )
    .await
    .unwrap();
    assert_eq!((overtaken.sequence, overtaken.deployed), (2, true));
    assert_eq!(
        portal.served(SANDBOX, "fishing-licence"),
        Some(kept.row.revision_id)
    );
    // A deletion too.
    portal
        .keeper
        .store
        .write(|c| stored_apps::delete_configuration(c, "fishing-licence", "sandbox", 2, 1))
        .await
        .unwrap();
    build::release_saved(&portal.keeper).await.unwrap();
    assert_eq!(portal.served(SANDBOX, "fishing-licence"), None);
}

#[tokio::test]
async fn a_list_of_requests_holds_the_members_own_teams_alone() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    for (who, seen) in [
        ("admin", 1),
        ("reader", 1),
        ("outsider", 0),
        ("reviewer", 1),
    ] {
        let member = portal.member(who).await.unwrap();
        let list = crate::partner::launches::list(&portal.keeper, &member, None)
            .await
            .unwrap();
        assert_eq!(list.len(), seen, "{who}");
        assert!(list.iter().all(|one| one.id == launch.summary.id));
    }
}
