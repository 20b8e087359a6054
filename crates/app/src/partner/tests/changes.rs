//! Changes that need no window: standard ones by the standing approval, and emergencies; and requests whose base moved.

use jiff::Timestamp;

use super::*;
use crate::operator::after_review;
use crate::partner::calendar::{self, EntryAsk};

/// An app that is live.
async fn live(portal: &TestPortal) {
    let launch = submitted(portal, portal.production_document(), "").await;
    approve(portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    assert_eq!(clock(portal, "2026-11-30").await, 1);
}

/// A change of the description, which is a standard one, as a draft of the admin.
async fn drafted(portal: &TestPortal, description: &str) -> String {
    let admin = portal.member("admin").await.unwrap();
    let mut document = portal.production_document();
    document.description = description.into();
    save(portal, &admin, document, Save::Put).await.unwrap();
    let made = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Change,
        body(portal, ""),
        &trace(),
    )
    .await;
    made.unwrap().summary.id
}

async fn submit(portal: &TestPortal, id: &str) -> Result<LaunchView, Failure<LaunchDenied>> {
    let admin = portal.member("admin").await.unwrap();
    requests::submit(&portal.keeper, &admin, id, "", &trace()).await
}

async fn emergency(portal: &TestPortal, id: &str, reason: &str) -> &'static str {
    let admin = portal.member("admin").await.unwrap();
    code(requests::submit_emergency(&portal.keeper, &admin, id, reason, &trace()).await)
}

async fn pass(portal: &TestPortal, span: &str) -> usize {
    let admin = portal.member("admin").await.unwrap();
    let to = Move::Advance(span.into());
    let moved = move_to(&portal.keeper, &admin, &to, &trace()).await;
    moved.unwrap().launched
}

async fn state(portal: &TestPortal, id: &str) -> LaunchState {
    let admin = portal.member("admin").await.unwrap();
    let found = find(&portal.keeper, &admin, id).await.unwrap();
    found.summary.state
}

#[tokio::test]
async fn in_us_a_standard_change_is_reviewed_and_waits_for_its_window() {
    let portal = portal().await;
    live(&portal).await;
    let id = drafted(&portal, "Other words.").await;
    let view = submit(&portal, &id).await.unwrap();
    assert_eq!(view.summary.state, LaunchState::Submitted);
    assert_eq!(view.approvers_needed, 1);
    assert_eq!(view.summary.window.unwrap().to_string(), "2026-12-17");
}

#[tokio::test]
async fn in_us_express_it_is_live_within_the_hour_unless_it_is_cancelled() {
    for portal in TestPortal::under("us-express", "2026-11-10").await.unwrap() {
        live(&portal).await;
        let id = drafted(&portal, "Other words.").await;
        let mut stale = portal.member("admin").await.unwrap();
        stale.elevated_until = Timestamp::UNIX_EPOCH;
        let refused = requests::submit(&portal.keeper, &stale, &id, "", &trace()).await;
        assert_eq!(code(refused), "permission/step-up");
        let view = submit(&portal, &id).await.unwrap();
        assert_eq!(view.summary.state, LaunchState::Scheduled);
        assert_eq!(view.summary.window, None);
        assert_eq!(pass(&portal, "PT10M").await, 0);
        let admin = portal.member("admin").await.unwrap();
        requests::withdraw(&portal.keeper, &admin, &id, "", &trace())
            .await
            .unwrap();
        assert_eq!(pass(&portal, "PT50M").await, 0);
        assert_eq!(state(&portal, &id).await, LaunchState::Withdrawn);

        let id = drafted(&portal, "Other words again.").await;
        submit(&portal, &id).await.unwrap();
        assert_eq!(pass(&portal, "PT16M").await, 1);
        assert_eq!(state(&portal, &id).await, LaunchState::Deployed);

        // What is more than standard waits for a reviewer and its window here too.
        let mut document = portal.production_document();
        document.friendly_name = "Fishing".into();
        save(&portal, &admin, document, Save::Put).await.unwrap();
        let made = requests::create(
            &portal.keeper,
            &admin,
            RequestKind::Change,
            body(&portal, ""),
            &trace(),
        )
        .await
        .unwrap();
        let view = submit(&portal, &made.summary.id).await.unwrap();
        assert_eq!(view.summary.state, LaunchState::Submitted);
    }
}

#[tokio::test]
async fn a_cancellation_and_the_deployment_never_both_win() {
    for portal in TestPortal::under("us-express", "2026-11-10").await.unwrap() {
        live(&portal).await;
        let id = drafted(&portal, "Other words.").await;
        submit(&portal, &id).await.unwrap();
        let admin = portal.member("admin").await.unwrap();
        let call = trace();
        let (withdrawn, launched) = tokio::join!(
            requests::withdraw(&portal.keeper, &admin, &id, "", &call),
            pass(&portal, "PT16M")
        );
        let after = state(&portal, &id).await;
        match withdrawn {
            Ok(_) => assert_eq!((launched, after), (0, LaunchState::Withdrawn)),
            Err(_) => assert_eq!(after, LaunchState::Deployed),
        }
    }
}

#[tokio::test]
async fn an_emergency_needs_two_people_and_is_reviewed_afterwards() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        live(&portal).await;
        let (keeper, id) = (&portal.keeper, drafted(&portal, "Repaired.").await);
        assert_eq!(emergency(&portal, &id, " ").await, "change/no-reason");
        assert_eq!(emergency(&portal, &id, "It is broken.").await, "ok");
        // It is deployed outside of the calendar: no freeze moves it.
        let deployer = portal.member("deployer").await.unwrap();
        let freeze: EntryAsk = serde_json::from_str(
            r#"{"kind":"freeze","from":"2026-11-28","to":"2026-12-04","reason":"Elections"}"#,
        )
        .unwrap();
        let shown = calendar::preview(keeper, &deployer, &freeze).await.unwrap();
        assert!(shown.moves.is_empty(), "{:?}", shown.moves);
        let admin = portal.member("admin").await.unwrap();
        let own = review::approve(keeper, &admin, &id, ("", None), &trace()).await;
        assert_eq!(code(own), "launch/own-request");
        assert_eq!(state(&portal, &id).await, LaunchState::Submitted);
        // Two approve at once: one of them counts, and there is one release.
        let (one, other) = tokio::join!(
            approve(&portal, "reviewer", &id),
            approve(&portal, "second-reviewer", &id)
        );
        assert_eq!(
            usize::from(one.is_ok()) + usize::from(other.is_ok()),
            1,
            "{one:?} {other:?}"
        );
        run_due(keeper).await.unwrap();
        assert_eq!(state(&portal, &id).await, LaunchState::Deployed);

        let (approver, other) = if one.is_ok() {
            ("reviewer", "second-reviewer")
        } else {
            ("second-reviewer", "reviewer")
        };
        let approver = portal.member(approver).await.unwrap();
        let reviewer = portal.member(other).await.unwrap();
        let owed = after_review::open(keeper, &reviewer).await.unwrap();
        assert_eq!(owed.len(), 1);
        assert_eq!(owed[0].request, id);
        let finish = |member: Member, words: &'static str| {
            let id = id.clone();
            async move { code(after_review::finish(keeper, &member, &id, words, &trace()).await) }
        };
        assert_eq!(finish(admin, "Fine.").await, "launch/own-request");
        assert_eq!(finish(approver, "Fine.").await, "change/own-after-review");
        assert_eq!(finish(reviewer.clone(), "").await, "change/no-reason");
        assert_eq!(finish(reviewer.clone(), "Fine.").await, "ok");
        assert_eq!(
            finish(reviewer.clone(), "Again.").await,
            "change/no-review-owed"
        );
        let owed = after_review::open(keeper, &reviewer).await.unwrap();
        assert!(owed.is_empty());
    }
}

#[tokio::test]
async fn a_launch_is_no_emergency() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    save(&portal, &admin, portal.production_document(), Save::Create)
        .await
        .unwrap();
    let made = requests::create(
        &portal.keeper,
        &admin,
        RequestKind::Launch,
        body(&portal, ""),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(
        emergency(&portal, &made.summary.id, "Now.").await,
        "change/no-emergency"
    );
}

#[tokio::test]
async fn a_request_whose_base_moved_is_not_approved_and_not_deployed() {
    let portal = portal().await;
    live(&portal).await;
    let id = drafted(&portal, "Mine.").await;
    submit(&portal, &id).await.unwrap();
    let mut other = portal.production_document();
    other.description = "Another deployed meanwhile.".into();
    portal.put_live(vec![other.clone()]).await.unwrap();
    let refused = approve(&portal, "reviewer", &id).await;
    assert_eq!(code(refused), "change/base-moved");
    // Sent again it is judged against what is live now; then it moves between the approval and the window.
    let reviewer = portal.member("reviewer").await.unwrap();
    review::request_changes(&portal.keeper, &reviewer, &id, "Look again.", &trace())
        .await
        .unwrap();
    let admin = portal.member("admin").await.unwrap();
    let mut mine = portal.production_document();
    mine.description = "Mine again.".into();
    save(&portal, &admin, mine, Save::Put).await.unwrap();
    submit(&portal, &id).await.unwrap();
    approve(&portal, "reviewer", &id).await.unwrap();
    other.description = "And again.".into();
    portal.put_live(vec![other]).await.unwrap();
    assert_eq!(clock(&portal, "2026-12-18").await, 0);
    let found = find(&portal.keeper, &admin, &id).await.unwrap();
    assert_eq!(found.summary.state, LaunchState::ChangesRequested);
    let note = &found.timeline.last().unwrap().note;
    assert!(note.contains("And again."), "{note}");
}
