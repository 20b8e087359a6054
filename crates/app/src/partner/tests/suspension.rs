//! Break-glass, and what might undo it.

use durward_domain::refusal::RefusalKind;
use durward_domain::release::SignedDenyList;
use durward_oidc::params::Params;
use durward_store::denials;

use super::*;
use crate::citizen::session::Browser;
use crate::client::{AuthorizeOutcome, authorize};
use crate::deny_intake;
use crate::operator::{drift, suspension};

const APP: &str = "fishing-licence";

/// A live app, and the release that brought it.
pub(super) async fn live(portal: &TestPortal) -> String {
    let launch = submitted(portal, portal.production_document(), "").await;
    approve(portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    assert_eq!(clock(portal, "2026-11-30").await, 1);
    let admin = portal.member("admin").await.unwrap();
    let found = find(&portal.keeper, &admin, &launch.summary.id).await;
    found.unwrap().summary.release.unwrap()
}

pub(super) async fn suspend(portal: &TestPortal, who: &str, reason: &str) -> &'static str {
    let member = portal.member(who).await.unwrap();
    let done = suspension::suspend(
        &portal.keeper,
        &member,
        (APP, PRODUCTION),
        (reason, None),
        &trace(),
    )
    .await;
    code(done)
}

pub(super) async fn resume(portal: &TestPortal) -> &'static str {
    let member = portal.member("deployer").await.unwrap();
    let done = suspension::resume(
        &portal.keeper,
        &member,
        (APP, PRODUCTION),
        "Repaired.",
        &trace(),
    )
    .await;
    code(done)
}

fn door(portal: &TestPortal, environment: EnvironmentName) -> Arc<crate::Door> {
    let link = portal.keeper.environment(environment).unwrap();
    Arc::clone(link.door.as_ref().unwrap())
}

/// The code with which an authorization request of the app ends on a page.
pub(super) async fn answered(portal: &TestPortal) -> String {
    let document = portal.production_document();
    let door = door(portal, PRODUCTION);
    let oidc = document.oidc.unwrap();
    let params = [
        ("client_id", document.issuer.as_str()),
        ("redirect_uri", oidc.redirect_uris[0].as_str()),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "0123456789012345678901"),
        ("nonce", "0123456789012345678901"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let browser = Browser {
        session: None,
        flow: None,
        language: "en".into(),
        ..Browser::default()
    };
    match authorize(&door, &Params::new(params.into()), &browser, &trace()).await {
        Ok(AuthorizeOutcome::Refused(page)) => {
            assert!(matches!(
                page.kind(),
                RefusalKind::Forbidden | RefusalKind::Gone
            ));
            assert!(page.denied.is_some());
            page.code().to_owned()
        }
        Ok(_) => "let in".into(),
        Err(fault) => panic!("{fault}"),
    }
}

#[tokio::test]
async fn no_release_and_no_roll_back_revives_a_suspended_app() {
    let portal = portal().await;
    let release = live(&portal).await;
    let keeper = &portal.keeper;
    let deployer = portal.member("deployer").await.unwrap();
    assert_eq!(answered(&portal).await, "let in");
    assert_eq!(
        suspend(&portal, "deployer", " ").await,
        "suspension/no-reason"
    );
    assert_eq!(suspend(&portal, "admin", "No.").await, "permission/role");
    assert_eq!(suspend(&portal, "deployer", "A key leaked.").await, "ok");
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    assert_eq!(
        suspend(&portal, "administrator", "Twice.").await,
        "suspension/already"
    );
    // Rolled back to before the app was there, brought again, repaired, and the whole environment back.
    let back = releases::rollback(keeper, &deployer, &release, (None, ""), &trace()).await;
    back.unwrap();
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    releases::deploy(keeper, &deployer, &release, &trace())
        .await
        .unwrap();
    assert!(portal.served(PRODUCTION, APP).is_some());
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    let repaired = drift::repair(keeper, &deployer, PRODUCTION, "").await;
    assert_eq!(code(repaired), "release/no-drift");
    releases::rollback_environment(keeper, &deployer, PRODUCTION, (1, ""), &trace())
        .await
        .unwrap();
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    releases::deploy(keeper, &deployer, &release, &trace())
        .await
        .unwrap();
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    assert_eq!(resume(&portal).await, "ok");
    assert_eq!(resume(&portal).await, "suspension/not-suspended");
    assert_eq!(answered(&portal).await, "let in");
}

#[tokio::test]
async fn an_old_list_and_one_of_another_environment_are_refused() {
    let portal = portal().await;
    live(&portal).await;
    assert_eq!(suspend(&portal, "deployer", "First.").await, "ok");
    let list = |environment: EnvironmentName| {
        let store = portal.keeper.store.clone();
        async move {
            let read = store.read(move |c| denials::last_list(c, environment.as_str()));
            SignedDenyList::from_text(read.await.unwrap().unwrap().1)
        }
    };
    let first = list(PRODUCTION).await;
    assert_eq!(resume(&portal).await, "ok");
    let second = list(PRODUCTION).await;
    let (production, sandbox) = (door(&portal, PRODUCTION), door(&portal, SANDBOX));
    for old in [&first, &second] {
        let again = deny_intake::install(&production, old).await;
        assert_eq!(code(again), "denial/sequence");
    }
    assert_eq!(answered(&portal).await, "let in");
    // Each environment has a key of its own, so that the list of another is not even read.
    let foreign = deny_intake::install(&sandbox, &first).await;
    assert_eq!(code(foreign), "denial/signature");
    let link = portal.keeper.environment(SANDBOX).unwrap();
    let mut forged = first.verify(&production.release_key).unwrap();
    forged.sequence += 10;
    let forged = SignedDenyList::sign(&forged, &link.release_key).unwrap();
    let foreign = deny_intake::install(&sandbox, &forged).await;
    assert_eq!(code(foreign), "denial/other-environment");
}

#[tokio::test]
async fn a_list_that_was_not_handed_over_is_in_force_after_the_next_look() {
    let portal = portal().await;
    live(&portal).await;
    assert_eq!(suspend(&portal, "deployer", "A key leaked.").await, "ok");
    // An environment that was restored from a copy of before.
    let production = door(&portal, PRODUCTION);
    let before = crate::registry::Registry::beginning(PRODUCTION);
    production.registry.store(Arc::new(before));
    crate::release_intake::refresh(&production).await.unwrap();
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    run_due(&portal.keeper).await.unwrap();
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
}

#[tokio::test]
async fn a_suspension_ends_at_its_time_by_itself() {
    let portal = portal().await;
    live(&portal).await;
    let deployer = portal.member("deployer").await.unwrap();
    let keeper = &portal.keeper;
    let until = |days: i64| {
        let hours = jiff::SignedDuration::from_hours(24 * days);
        keeper.clock.now().checked_add(hours).unwrap()
    };
    let place = (APP, PRODUCTION);
    let call = trace();
    let past = suspension::suspend(keeper, &deployer, place, ("x", Some(until(-1))), &call);
    assert_eq!(code(past.await), "suspension/until-past");
    let done = suspension::suspend(keeper, &deployer, place, ("x", Some(until(2))), &call);
    assert!(done.await.unwrap().in_force);
    clock(&portal, "2026-12-01").await;
    assert_eq!(answered(&portal).await, "authorize/app-suspended");
    clock(&portal, "2026-12-03").await;
    assert_eq!(answered(&portal).await, "let in");
}

#[tokio::test]
async fn the_servers_own_apps_cannot_be_suspended() {
    let portal = portal().await;
    let deployer = portal.member("deployer").await.unwrap();
    let done = suspension::suspend(
        &portal.keeper,
        &deployer,
        ("portal", PRODUCTION),
        ("x", None),
        &trace(),
    )
    .await;
    assert_eq!(code(done), "suspension/own-app");
}

#[tokio::test]
async fn a_revoked_key_proves_nothing_and_never_comes_back() {
    let portal = portal().await;
    let release = live(&portal).await;
    let keeper = &portal.keeper;
    let (admin, outsider, deployer) = (
        portal.member("admin").await.unwrap(),
        portal.member("outsider").await.unwrap(),
        portal.member("deployer").await.unwrap(),
    );
    let key = portal.production_document().keys[0].fingerprint();
    let revoke = |member: Member, key: String| async move {
        let place = (APP, PRODUCTION);
        let what = (key.as_str(), "It leaked.");
        code(suspension::revoke_key(keeper, &member, place, what, &trace()).await)
    };
    let keys = || {
        let registry = door(&portal, PRODUCTION).registry.load_full();
        registry.by_handle(APP).map(|app| app.client.keys.len())
    };
    let before = keys().unwrap();
    assert_eq!(revoke(outsider, key.clone()).await, "suspension/not-found");
    let unknown = "A".repeat(43);
    assert_eq!(
        revoke(admin.clone(), unknown).await,
        "key/unknown-thumbprint"
    );
    assert_eq!(revoke(admin.clone(), key.clone()).await, "ok");
    assert_eq!(revoke(admin.clone(), key).await, "key/revoked-already");
    assert_eq!(keys(), Some(before - 1));
    let mut again = portal.production_document();
    again.description = "The same key again.".into();
    let saved = save(&portal, &admin, again, Save::Put).await;
    assert_eq!(code(saved), "app/key-revoked");
    releases::rollback(keeper, &deployer, &release, (None, ""), &trace())
        .await
        .unwrap();
    releases::deploy(keeper, &deployer, &release, &trace())
        .await
        .unwrap();
    assert_eq!(keys(), Some(before - 1));
}

#[tokio::test]
async fn of_two_who_suspend_at_once_one_does() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        live(&portal).await;
        let mut outcomes = tokio::join!(
            suspend(&portal, "deployer", "One."),
            suspend(&portal, "administrator", "Other.")
        );
        if outcomes.0 != "ok" {
            outcomes = (outcomes.1, outcomes.0);
        }
        assert_eq!(outcomes, ("ok", "suspension/already"));
        assert_eq!(answered(&portal).await, "authorize/app-suspended");
    }
}

#[tokio::test]
async fn a_suspension_beside_a_deployment_holds() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let release = live(&portal).await;
        let deployer = portal.member("deployer").await.unwrap();
        let keeper = &portal.keeper;
        let place = (None, "");
        releases::rollback(keeper, &deployer, &release, place, &trace())
            .await
            .unwrap();
        let call = trace();
        let (deployed, suspended) = tokio::join!(
            releases::deploy(keeper, &deployer, &release, &call),
            suspend(&portal, "administrator", "At the same time.")
        );
        deployed.unwrap();
        assert_eq!(suspended, "ok");
        assert!(portal.served(PRODUCTION, APP).is_some());
        assert_eq!(answered(&portal).await, "authorize/app-suspended");
    }
}
