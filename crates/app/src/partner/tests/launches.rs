//! Requests that are replaced, commented and decided by others; their evidence; staging; and what races there.

use durward_domain::launch::checklist::ItemState;
use durward_domain::permission::{Realm, Role};

use super::*;
use crate::actor::Held;
use crate::partner::comments;
use crate::partner::evidence::{self, EvidenceAsk};
use crate::testing_portal::TEAM;

const STAGING: EnvironmentName = EnvironmentName::Staging;

async fn state(portal: &TestPortal, id: &str) -> LaunchState {
    let admin = portal.member("admin").await.unwrap();
    let launch = find(&portal.keeper, &admin, id).await.unwrap();
    launch.summary.state
}

/// A request that takes the place of an open one.
async fn newer(portal: &TestPortal, old: &str) -> Result<LaunchView, Failure<LaunchDenied>> {
    let admin = portal.member("admin").await.unwrap();
    let mut body = body(portal, "");
    body.supersedes = Some(old.to_owned());
    requests::create(&portal.keeper, &admin, RequestKind::Launch, body, &trace()).await
}

#[tokio::test]
async fn a_newer_request_takes_the_place_of_an_open_one_when_it_is_sent() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    let old = submitted(&portal, portal.production_document(), "").await;
    approve(&portal, "reviewer", &old.summary.id).await.unwrap();
    let plain = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await;
    assert_eq!(code(plain), "launch/another-open");
    assert_eq!(
        code(newer(&portal, "0192d3a0-7c1e-7b43-8a6e-2f1c9f0e5d11").await),
        "launch/another-open"
    );

    let mut document = portal.production_document();
    document.friendly_name = "Fishing".into();
    save(&portal, &admin, document, Save::Put).await.unwrap();
    let view = find(&portal.keeper, &admin, &old.summary.id).await.unwrap();
    assert_eq!(view.newer_revision, Some(2));
    assert!(view.possible.supersede);
    let new = newer(&portal, &old.summary.id).await.unwrap();
    // Until it is sent, the old one goes on; and there is one draft at a time.
    assert_eq!(
        state(&portal, &old.summary.id).await,
        LaunchState::Scheduled
    );
    assert_eq!(
        code(newer(&portal, &old.summary.id).await),
        "launch/another-open"
    );
    let new = requests::submit(&portal.keeper, &admin, &new.summary.id, "", &trace())
        .await
        .unwrap();
    assert_eq!(new.summary.state, LaunchState::Submitted);
    assert_eq!((new.approvals.len(), new.revision), (0, 2));
    let old = find(&portal.keeper, &admin, &old.summary.id).await.unwrap();
    assert_eq!(old.summary.state, LaunchState::Superseded);
    assert_eq!(old.summary.superseded_by, Some(new.summary.id.clone()));
    assert!(old.timeline.iter().any(|line| line.event == "supersede"));
    assert_eq!(
        code(approve(&portal, "second-reviewer", &old.summary.id).await),
        "launch/not-now"
    );
    approve(&portal, "reviewer", &new.summary.id).await.unwrap();
    assert_eq!(clock(&portal, "2026-11-30").await, 1);
    assert_eq!(state(&portal, &new.summary.id).await, LaunchState::Deployed);
}

/// A reviewer who also reads along in a team of the agency that asks.
pub(super) async fn torn_reviewer(portal: &TestPortal) -> Member {
    let held = [
        Held::staff(Role::Reviewer),
        Held::in_team(TEAM, Realm::Sandbox, Role::PartnerReadonly),
    ];
    portal.newcomer("torn@agency.gov", &held).await.unwrap();
    portal.member("torn").await.unwrap()
}

#[tokio::test]
async fn a_reviewer_of_the_agency_that_asks_does_not_decide() {
    let portal = portal().await;
    let torn = torn_reviewer(&portal).await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id.as_str();
    let view = find(&portal.keeper, &torn, id).await.unwrap();
    assert_eq!(view.conflict.as_deref(), Some("Department of Fisheries"));
    assert!(!view.possible.approve && !view.possible.review);
    let conflict = "launch/conflict-of-interest";
    let keeper = &portal.keeper;
    assert_eq!(code(approve(&portal, "torn", id).await), conflict);
    let asked = review::request_changes(keeper, &torn, id, "No.", &trace()).await;
    assert_eq!(code(asked), conflict);
    let rejected = review::reject(keeper, &torn, id, "No.", &trace()).await;
    assert_eq!(code(rejected), conflict);
    approve(&portal, "reviewer", id).await.unwrap();
}

#[tokio::test]
async fn what_a_reviewer_says_of_a_field_is_told_with_the_decision() {
    let portal = portal().await;
    let keeper = &portal.keeper;
    let (admin, reviewer) = (
        portal.member("admin").await.unwrap(),
        portal.member("reviewer").await.unwrap(),
    );
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id.as_str();
    let say = |path: &'static str, text: &'static str| {
        let reviewer = reviewer.clone();
        async move { comments::write(keeper, &reviewer, id, (path, text), &trace()).await }
    };
    assert_eq!(code(say("/colour", "Blue?").await), "launch/no-such-field");
    assert_eq!(code(say("/friendly_name", " ").await), "launch/comment");
    let view = say("/oidc/redirect_uris/0", "Is this the final host?")
        .await
        .unwrap();
    assert!(!view.comments[0].told);
    say("/request/audience", "Who else?").await.unwrap();
    let seen = find(keeper, &admin, id).await.unwrap();
    assert!(seen.comments.is_empty(), "{:?}", seen.comments);

    review::request_changes(keeper, &reviewer, id, "See the fields.", &trace())
        .await
        .unwrap();
    let seen = find(keeper, &admin, id).await.unwrap();
    assert_eq!(seen.comments.len(), 2);
    let place = ("fishing-licence", "production");
    let open = comments::at_fields(keeper, &admin, place).await.unwrap();
    assert_eq!(open.len(), 2);
    let answered = comments::write(
        keeper,
        &admin,
        id,
        ("/request/audience", "Anglers."),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(answered.comments.len(), 3);
    let first = answered.comments[0].id.clone();
    let settled = comments::settle(keeper, &admin, (id, &first), &trace())
        .await
        .unwrap();
    assert!(settled.comments[0].settled);
    // Strangers see and say nothing.
    let outsider = portal.member("outsider").await.unwrap();
    let foreign = comments::write(keeper, &outsider, id, ("", "Hello."), &trace()).await;
    assert_eq!(code(foreign), "launch/not-found");
    let strangers = comments::at_fields(keeper, &outsider, place).await.unwrap();
    assert!(strangers.is_empty());
    let reader = portal.member("reader").await.unwrap();
    let read = comments::write(keeper, &reader, id, ("", "Hello."), &trace()).await;
    assert_eq!(code(read), "permission/role");
}

#[tokio::test]
async fn an_authority_to_operate_is_kept_with_its_days_and_judged_for_the_window() {
    let portal = portal().await;
    let keeper = &portal.keeper;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.production_document(), Save::Create)
        .await
        .unwrap();
    let at = ("fishing-licence", PRODUCTION);
    let ask = |issued: &str, expires: &str, content: &[u8]| EvidenceAsk {
        document_id: "ATO/2025 17".into(),
        issued: issued.parse().ok(),
        expires: expires.parse().ok(),
        content: (!content.is_empty()).then(|| content.to_vec()),
    };
    let keep = |ask: EvidenceAsk| {
        let admin = admin.clone();
        async move { evidence::keep(keeper, &admin, at, ask, &trace()).await }
    };
    let bad = [
        (ask("", "2028-01-01", b""), "evidence/issued"),
        (ask("2026-01-01", "2025-01-01", b""), "evidence/backwards"),
        (ask("2020-01-01", "2025-01-01", b""), "evidence/ended"),
        (
            ask("2025-01-01", "2028-01-01", b"<html>"),
            "evidence/file-kind",
        ),
    ];
    for (ask, refused) in bad {
        assert_eq!(code(keep(ask).await), refused);
    }
    let mut wish = body(&portal, "");
    wish.attestations.remove("L08");
    let item = |wish: LaunchBody| {
        let admin = admin.clone();
        async move {
            let found = requests::checklist(keeper, &admin, &wish).await.unwrap();
            let mut items = found.items.into_iter();
            items.find(|item| item.rule == "L08").unwrap()
        }
    };
    assert!(item(wish.clone()).await.stops());
    keep(ask("2025-01-01", "2026-11-20", b"")).await.unwrap();
    assert!(item(wish.clone()).await.stops());
    let kept = keep(ask("2025-01-01", "2028-01-01", b"%PDF-1.7 a\n%%EOF\n"))
        .await
        .unwrap();
    let met = item(wish.clone()).await;
    assert_eq!(met.state, ItemState::Closed, "{}", met.evidence);

    let (_, name, content) = evidence::file(keeper, &admin, &kept.id).await.unwrap();
    assert_eq!(
        (name.as_str(), content.as_slice()),
        ("ATO-2025-17.pdf", &b"%PDF-1.7 a\n%%EOF\n"[..])
    );
    let outsider = portal.member("outsider").await.unwrap();
    let foreign = evidence::file(keeper, &outsider, &kept.id).await;
    assert_eq!(code(foreign), "evidence/not-found");
    let reader = portal.member("reader").await.unwrap();
    let removed = evidence::remove(keeper, &reader, &kept.id, &trace()).await;
    assert_eq!(code(removed), "permission/role");
    evidence::remove(keeper, &admin, &kept.id, &trace())
        .await
        .unwrap();
    assert!(item(wish).await.stops());
}

#[tokio::test]
async fn staging_takes_identity_verified_apps_and_is_deployed_like_production() {
    let portal = portal().await;
    let (keeper, admin) = (&portal.keeper, portal.member("admin").await.unwrap());
    let mut document = portal.production_document();
    document.environment = STAGING;
    document.issuer.push_str(":STAGE");
    save(&portal, &admin, document.clone(), Save::Create)
        .await
        .unwrap();
    let mut wish = body(&portal, "");
    wish.environment = STAGING;
    let create = |wish: LaunchBody| {
        let admin = admin.clone();
        async move { requests::create(keeper, &admin, RequestKind::Launch, wish, &trace()).await }
    };
    assert_eq!(code(create(wish.clone()).await), "launch/staging-level");
    document.level_of_service = LevelOfService::IdentityVerified;
    document.default_aal = DefaultAal::Aal2;
    document.failure_to_proof_url = Some("https://fishing.agency.gov/other-ways".into());
    save(&portal, &admin, document, Save::Put).await.unwrap();
    wish.agreement = None;
    let launch = create(wish.clone()).await.unwrap();
    let id = launch.summary.id.as_str();
    let sent = requests::submit(keeper, &admin, id, "", &trace()).await;
    assert_eq!(code(sent), "launch/staging-agreement");
    wish.agreement = Some(AGREEMENT.into());
    let name = wish.attestations.remove("L08").unwrap();
    requests::update(keeper, &admin, id, wish.clone(), None, &trace())
        .await
        .unwrap();
    let sent = requests::submit(keeper, &admin, id, "", &trace()).await;
    assert_eq!(code(sent), "launch/staging-authority");
    wish.attestations.insert("L08".into(), name);
    requests::update(keeper, &admin, id, wish, None, &trace())
        .await
        .unwrap();
    requests::submit(keeper, &admin, id, "", &trace())
        .await
        .unwrap();
    approve(&portal, "reviewer", id).await.unwrap();
    approve(&portal, "second-reviewer", id).await.unwrap();
    assert_eq!(clock(&portal, "2026-11-30").await, 1);
    assert!(portal.served(STAGING, "fishing-licence").is_some());
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
}

#[tokio::test]
async fn the_clock_of_a_review_runs_in_working_days() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let answer = launch.summary.answer.unwrap();
    // Veterans Day does not count.
    assert_eq!(answer.due.to_string(), "2026-11-18");
    assert!(!answer.overdue);
    clock(&portal, "2026-11-19").await;
    let admin = portal.member("admin").await.unwrap();
    let list = super::super::launches::list(&portal.keeper, &admin, None)
        .await
        .unwrap();
    let answer = list[0].answer.unwrap();
    assert!(answer.overdue && answer.waited == 6, "{answer:?}");
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    let decided = find(&portal.keeper, &admin, &launch.summary.id).await;
    assert!(decided.unwrap().summary.answer.is_none());
}

#[tokio::test]
async fn sent_twice_at_once_it_is_sent_once_and_replaced_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let admin = portal.member("admin").await.unwrap();
        let old = submitted(&portal, portal.production_document(), "").await;
        let new = newer(&portal, &old.summary.id).await.unwrap();
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let (keeper, admin) = (Arc::clone(&portal.keeper), admin.clone());
            let reviewer = portal.member("reviewer").await.unwrap();
            let (old, new) = (old.summary.id.clone(), new.summary.id.clone());
            racers.spawn(async move {
                if turn % 3 == 2 {
                    code(review::approve(&keeper, &reviewer, &old, ("", None), &trace()).await)
                } else {
                    code(requests::submit(&keeper, &admin, &new, "", &trace()).await)
                }
            });
        }
        let outcomes = racers.join_all().await;
        assert!(outcomes.contains(&"ok"), "{outcomes:?}");
        assert_eq!(
            state(&portal, &new.summary.id).await,
            LaunchState::Submitted
        );
        assert_eq!(
            state(&portal, &old.summary.id).await,
            LaunchState::Superseded
        );
        let view = find(&portal.keeper, &admin, &new.summary.id).await.unwrap();
        let sent = view.timeline.iter().filter(|line| line.event == "submit");
        assert_eq!(sent.count(), 1, "{:?}", view.timeline);
        assert!(view.approvals.is_empty());
    }
}
