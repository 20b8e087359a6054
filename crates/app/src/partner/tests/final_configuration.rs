//! The final configuration that staff make, and who may agree to it.

use super::*;
use crate::operator::final_configuration::{self as finals, FinalDenied, FinalView, Verdict};

const PLACE: (&str, EnvironmentName) = ("fishing-licence", PRODUCTION);

fn changed(portal: &TestPortal) -> AppDocument {
    let mut document = portal.production_document();
    document.friendly_name = "Fishing".into();
    document
}

async fn propose(
    portal: &TestPortal,
    who: &str,
    document: AppDocument,
    reason: &str,
) -> Result<FinalView, Failure<FinalDenied>> {
    let member = portal.member(who).await.unwrap();
    let what = (Input::Document(Box::new(document)), reason);
    finals::propose(&portal.keeper, &member, PLACE, what, &trace()).await
}

async fn decide(
    portal: &TestPortal,
    who: &str,
    verdict: Verdict,
    digest: &str,
) -> Result<FinalView, Failure<FinalDenied>> {
    let member = portal.member(who).await.unwrap();
    let said = (verdict, digest, "Looked at.");
    finals::decide(&portal.keeper, &member, PLACE, said, &trace()).await
}

#[tokio::test]
async fn a_second_person_agrees_and_the_request_goes_back_to_its_team() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id;
    let written = propose(&portal, "reviewer", changed(&portal), "Shorter.")
        .await
        .unwrap();
    assert_eq!(
        (written.state.as_str(), written.diff.len()),
        ("proposed", 1)
    );
    assert!(!written.may_decide);
    let other = propose(&portal, "deployer", changed(&portal), "Twice.").await;
    assert_eq!(code(other), "final/waits");
    let own = decide(&portal, "reviewer", Verdict::Approve, "").await;
    assert_eq!(code(own), "launch/own-request");
    for who in ["admin", "deployer"] {
        let refused = decide(&portal, who, Verdict::Approve, "").await;
        assert_eq!(code(refused), "permission/role", "{who}");
    }
    let stale = decide(&portal, "second-reviewer", Verdict::Approve, "other").await;
    assert_eq!(code(stale), "launch/stale-review");
    let digest = written.document_sha256;
    let agreed = decide(&portal, "second-reviewer", Verdict::Approve, &digest)
        .await
        .unwrap();
    assert_eq!(
        (agreed.state.as_str(), agreed.revision),
        ("approved", Some(2))
    );
    let again = decide(&portal, "second-reviewer", Verdict::Approve, &digest).await;
    assert_eq!(code(again), "final/decided");

    // The team sends it again, with the final revision; who wrote it does not approve that either.
    let admin = portal.member("admin").await.unwrap();
    let sent_back = find(&portal.keeper, &admin, &id).await.unwrap();
    assert_eq!(sent_back.summary.state, LaunchState::ChangesRequested);
    let sent = requests::submit(&portal.keeper, &admin, &id, "", &trace())
        .await
        .unwrap();
    assert_eq!(sent.document.friendly_name, "Fishing");
    let own = approve(&portal, "reviewer", &id).await;
    assert_eq!(code(own), "launch/own-request");
    approve(&portal, "second-reviewer", &id).await.unwrap();
    let told = crate::partner::notices::list(&portal.keeper, &admin, None, 100)
        .await
        .unwrap();
    for kind in ["app-final-proposed", "app-final-approved"] {
        assert!(told.items.iter().any(|one| one.kind == kind), "{kind}");
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.production_document(), Save::Create)
        .await
        .unwrap();
    let (same, changed) = (portal.production_document(), changed(&portal));
    let mut team = changed.clone();
    team.team = TeamHandle::parse(OTHER_TEAM).unwrap();
    let mut issuer = changed.clone();
    issuer.issuer.push_str(":OTHER");
    for (who, document, reason, expected) in [
        ("admin", &changed, "Mine.", "permission/role"),
        ("outsider", &changed, "Foreign.", "app/not-found"),
        ("reviewer", &changed, " ", "final/no-reason"),
        ("reviewer", &same, "Same.", "final/nothing-differs"),
        ("reviewer", &team, "Team.", "app/team-fixed"),
        ("reviewer", &issuer, "Issuer.", "app/issuer-fixed"),
    ] {
        let refused = propose(&portal, who, document.clone(), reason).await;
        assert_eq!(code(refused), expected, "{who}");
    }
    // The team saves in between: what both saw is not there any more.
    propose(&portal, "reviewer", changed, "Shorter.")
        .await
        .unwrap();
    let mut newer = portal.production_document();
    newer.description = "Newer.".into();
    save(&portal, &admin, newer, Save::Put).await.unwrap();
    let moved = decide(&portal, "second-reviewer", Verdict::Approve, "").await;
    assert_eq!(code(moved), "final/base-moved");
    let no = decide(&portal, "second-reviewer", Verdict::Reject, "").await;
    assert_eq!(no.unwrap().state, "rejected");
    let found = app(&portal.keeper, &admin, PLACE.0, PLACE.1).await.unwrap();
    assert_eq!(found.document.description, "Newer.");
}

#[tokio::test]
async fn two_who_decide_at_once_decide_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let admin = portal.member("admin").await.unwrap();
        save(&portal, &admin, portal.production_document(), Save::Create)
            .await
            .unwrap();
        propose(&portal, "deployer", changed(&portal), "Shorter.")
            .await
            .unwrap();
        let (yes, no) = tokio::join!(
            decide(&portal, "reviewer", Verdict::Approve, ""),
            decide(&portal, "second-reviewer", Verdict::Reject, "")
        );
        assert_eq!(usize::from(yes.is_ok()) + usize::from(no.is_ok()), 1);
        let found = app(&portal.keeper, &admin, PLACE.0, PLACE.1).await.unwrap();
        let saved = found.document.friendly_name == "Fishing";
        assert_eq!(saved, yes.is_ok());
    }
}
