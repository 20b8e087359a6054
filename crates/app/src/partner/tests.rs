//! The life of an app from its first save to its roll-back, and what attacks it on the way.
mod agreements;
mod attacks;
mod calendar;
mod canary;
mod changes;
mod domains;
mod ends;
mod inspector;
mod launches;
mod many;
mod notices;
mod probes;
mod racers;
mod rotation;
mod stopped;
mod suspension;
mod webhooks;
mod window;

use std::sync::Arc;

use durward_domain::application::{AppDocument, Key};
use durward_domain::environment::EnvironmentName;
use durward_domain::id::{AppHandle, TeamHandle};
use durward_domain::launch::{LaunchBody, LaunchState};
use durward_domain::level::{DefaultAal, LevelOfService};
use durward_domain::refusal::Refuse;

use super::apps::{AppRefusal, app, apps};
use super::launches::{LaunchDenied, LaunchView, RequestKind, find};
use super::save::{Input, Save, Saved, delete_app, save_app};
use super::{drafts, plan, requests, revisions};
use crate::actor::Member;
use crate::failure::Failure;
use crate::jobs::keeper_deploy::run_due;
use crate::operator::clock::{Move, move_to};
use crate::operator::releases::{self, ReleaseDenied};
use crate::operator::review;
use crate::testing_portal::{AGREEMENT, OTHER_TEAM, TestPortal, trace};

const PRODUCTION: EnvironmentName = EnvironmentName::Production;
const SANDBOX: EnvironmentName = EnvironmentName::Sandbox;

async fn portal() -> TestPortal {
    TestPortal::at("2026-11-10").await.unwrap()
}

async fn save(
    portal: &TestPortal,
    member: &Member,
    document: AppDocument,
    how: Save,
) -> Result<Saved, Failure<AppRefusal>> {
    save_app(
        &portal.keeper,
        member,
        Input::Document(Box::new(document)),
        how,
        "",
        &trace(),
    )
    .await
}

fn code<T, R: Refuse>(result: Result<T, Failure<R>>) -> &'static str {
    match result {
        Ok(_) => "ok",
        Err(Failure::Refused(refusal)) => refusal.code(),
        Err(Failure::Fault(fault)) => panic!("{fault}"),
    }
}

fn body(portal: &TestPortal, json: &str) -> LaunchBody {
    let _ = portal;
    let mut body: LaunchBody = serde_json::from_str(
        r#"{"app":"fishing-licence","estimates":{"annual_registrations":1000,"annual_authentications":20000,"monthly_active_users":900,"seasonality":"spring"},
        "audience":"general_public","application_url":"https://fishing.agency.gov/","attestations":{"L08":"R. Quill","L18":"R. Quill","L19":"R. Quill"},
        "contacts":[{"kind":"technical","name":"T","email":"t@agency.gov"},{"kind":"program","name":"P","email":"p@agency.gov"},{"kind":"billing","name":"B","email":"b@agency.gov"},{"kind":"help_desk","name":"H","phone":"202 555 0100"}]}"#,
    )
    .unwrap();
    body.agreement = Some(AGREEMENT.into());
    if !json.is_empty() {
        body.desired_date = Some(json.parse().unwrap());
    }
    body
}

/// A submitted launch of the production configuration.
async fn submitted(portal: &TestPortal, document: AppDocument, desired: &str) -> LaunchView {
    let admin = portal.member("admin").await.unwrap();
    save(portal, &admin, document, Save::Create).await.unwrap();
    let launch = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(portal, desired),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(launch.summary.state, LaunchState::Draft);
    requests::submit(&portal.keeper, &admin, &launch.summary.id, "", &trace())
        .await
        .unwrap()
}

async fn approve(
    portal: &TestPortal,
    who: &str,
    id: &str,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let reviewer = portal.member(who).await.unwrap();
    review::approve(&portal.keeper, &reviewer, id, ("", None), &trace()).await
}

async fn clock(portal: &TestPortal, to: &str) -> usize {
    let admin = portal.member("admin").await.unwrap();
    move_to(&portal.keeper, &admin, &Move::To(to.into()), &trace())
        .await
        .unwrap()
        .launched
}

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

#[tokio::test]
async fn a_save_over_what_somebody_else_saved_is_stale() {
    let portal = portal().await;
    let (admin, developer) = (
        portal.member("admin").await.unwrap(),
        portal.member("developer").await.unwrap(),
    );
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    let seen = Save::Replace { seen_version: 1 };
    let mut theirs = portal.sandbox_document();
    theirs.description = "By the developer".into();
    save(&portal, &developer, theirs, seen).await.unwrap();
    let mut ours = portal.sandbox_document();
    ours.description = "By the admin".into();
    assert_eq!(code(save(&portal, &admin, ours, seen).await), "app/stale");
    assert_eq!(
        code(save(&portal, &admin, portal.sandbox_document(), Save::Create).await),
        "app/exists"
    );
    let list = revisions::revisions(&portal.keeper, &admin, "fishing-licence", SANDBOX)
        .await
        .unwrap();
    assert_eq!(
        list.iter()
            .map(|revision| revision.number)
            .collect::<Vec<_>>(),
        [2, 1]
    );
    let restored = revisions::restore(
        &portal.keeper,
        &admin,
        "fishing-licence",
        SANDBOX,
        (1, 2),
        "The new address was wrong",
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!((restored.revision, restored.version), (3, 3));
}

#[tokio::test]
async fn a_document_cannot_take_an_app_a_handle_or_an_issuer_of_another_team() {
    let portal = portal().await;
    let (admin, outsider, reader) = (
        portal.member("admin").await.unwrap(),
        portal.member("outsider").await.unwrap(),
        portal.member("reader").await.unwrap(),
    );
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    // Read-only members and other teams save nothing in the team's name.
    for member in [&outsider, &reader] {
        assert_eq!(
            code(save(&portal, member, portal.sandbox_document(), Save::Put).await),
            "permission/role"
        );
    }
    // The attacker's own team in the document does not make the app theirs.
    let mut stolen = portal.sandbox_document();
    stolen.team = TeamHandle::parse(OTHER_TEAM).unwrap();
    assert_eq!(
        code(save(&portal, &outsider, stolen.clone(), Save::Put).await),
        "app/handle-taken"
    );
    assert_eq!(
        code(save(&portal, &admin, stolen.clone(), Save::Put).await),
        "permission/role"
    );
    stolen.environment = PRODUCTION;
    assert_eq!(
        code(save(&portal, &outsider, stolen.clone(), Save::Create).await),
        "app/handle-taken"
    );
    stolen.environment = SANDBOX;
    stolen.handle = AppHandle::parse("another").unwrap();
    assert_eq!(
        code(save(&portal, &outsider, stolen, Save::Create).await),
        "app/issuer-taken"
    );
    assert_eq!(
        code(app(&portal.keeper, &outsider, "fishing-licence", SANDBOX).await),
        "app/not-found"
    );
    assert!(
        apps(&portal.keeper, &outsider, "", 10)
            .await
            .unwrap()
            .items
            .is_empty()
    );
    let mut moved = portal.sandbox_document();
    moved.issuer.push_str(":2");
    assert_eq!(
        code(save(&portal, &admin, moved, Save::Put).await),
        "app/issuer-fixed"
    );
    let mut portals = portal.sandbox_document();
    portals.issuer = crate::keeper::PORTAL_CLIENT_ID.into();
    assert_eq!(
        code(save(&portal, &admin, portals, Save::Put).await),
        "app/portal"
    );
}

#[tokio::test]
async fn errors_refuse_in_the_sandbox_and_only_dangerous_ones_elsewhere() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let mut keyless = portal.sandbox_document();
    keyless.keys.clear();
    assert_eq!(
        code(save(&portal, &admin, keyless.clone(), Save::Create).await),
        "app/findings"
    );
    let mut live = portal.production_document();
    live.keys.clear();
    let saved = save(&portal, &admin, live.clone(), Save::Create)
        .await
        .unwrap();
    assert!(
        saved
            .findings
            .iter()
            .any(durward_domain::lint::Finding::is_error)
            && saved.live.is_none()
    );
    if let Some(oidc) = &mut live.oidc {
        oidc.redirect_uris = vec!["javascript:alert(1)".into()];
    }
    assert_eq!(
        code(save(&portal, &admin, live.clone(), Save::Put).await),
        "app/findings"
    );
    let mut private = portal.production_document();
    private.keys = vec![Key::Pem(
        "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----".into(),
    )];
    assert_eq!(
        code(save(&portal, &admin, private, Save::Put).await),
        "app/findings"
    );
    let text = save_app(
        &portal.keeper,
        &admin,
        Input::Json(b"{\"colour\":1}".to_vec()),
        Save::Put,
        "",
        &trace(),
    )
    .await;
    assert_eq!(code(text), "document/unreadable");
}

#[tokio::test]
async fn a_deleted_sandbox_app_is_gone_at_once_and_can_come_back() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    delete_app(
        &portal.keeper,
        &admin,
        "fishing-licence",
        SANDBOX,
        Some(1),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(portal.served(SANDBOX, "fishing-licence"), None);
    assert_eq!(
        code(app(&portal.keeper, &admin, "fishing-licence", SANDBOX).await),
        "app/not-found"
    );
    let saved = save(&portal, &admin, portal.sandbox_document(), Save::Create)
        .await
        .unwrap();
    assert_eq!(saved.revision, 2);
    assert!(portal.served(SANDBOX, "fishing-licence").is_some());
}

#[tokio::test]
async fn many_saves_at_once_are_all_live_and_the_chain_of_releases_holds() {
    let portal = Arc::new(portal().await);
    let mut racers = tokio::task::JoinSet::new();
    for number in 0..10 {
        let portal = Arc::clone(&portal);
        racers.spawn(async move {
            let admin = portal.member("admin").await.unwrap();
            let mut document = portal.sandbox_document();
            document.handle = AppHandle::parse(&format!("app-{number}")).unwrap();
            document.issuer = format!("urn:app:{number}");
            save(&portal, &admin, document, Save::Create)
                .await
                .unwrap()
                .live
                .is_some()
        });
    }
    assert!(racers.join_all().await.into_iter().all(|live| live));
    let door = portal
        .keeper
        .environment(SANDBOX)
        .unwrap()
        .door
        .clone()
        .unwrap();
    assert_eq!(
        (door.registry.load().sequence, door.registry.load().len()),
        (10, 10)
    );
}

#[tokio::test]
async fn drafts_are_the_teams_and_a_plan_tells_what_a_document_would_change() {
    let portal = portal().await;
    let (admin, outsider) = (
        portal.member("admin").await.unwrap(),
        portal.member("outsider").await.unwrap(),
    );
    let entered = serde_json::json!({ "app_name": "Fishing" });
    let id = drafts::draft_save(
        &portal.keeper,
        &admin,
        drafts::DraftInput {
            seen: None,
            name: "Spring",
            team: "fisheries-digital",
            entered: &entered,
        },
        None,
    )
    .await
    .unwrap()
    .id;
    let developer = portal.member("developer").await.unwrap();
    assert_eq!(
        drafts::draft_find(&portal.keeper, &developer, &id)
            .await
            .unwrap()
            .entered,
        entered
    );
    assert_eq!(
        code(drafts::draft_find(&portal.keeper, &outsider, &id).await),
        "app/nothing-there"
    );
    // Two people at once: the later save is refused, and what was saved stays.
    let theirs = serde_json::json!({ "app_name": "Fishing Licence" });
    let input = |entered| drafts::DraftInput {
        seen: Some((&id, 1)),
        name: "",
        team: "fisheries-digital",
        entered,
    };
    let kept = drafts::draft_save(&portal.keeper, &developer, input(&theirs), None).await;
    assert_eq!(kept.unwrap().version, 2);
    let later = drafts::draft_save(&portal.keeper, &admin, input(&entered), None).await;
    assert_eq!(code(later), "app/draft-stale");
    let found = drafts::draft_find(&portal.keeper, &admin, &id)
        .await
        .unwrap();
    assert_eq!((found.entered, found.version), (theirs, 2));
    let text = portal.production_document().to_json();
    let plan = plan::plan(&portal.keeper, &admin, text.as_bytes())
        .await
        .unwrap();
    assert!(plan.first_launch && plan.checklist.iter().any(|item| item.rule == "L01"));
    assert_eq!(plan.earliest.unwrap().earliest.to_string(), "2026-11-30");
}
