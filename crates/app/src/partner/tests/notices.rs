//! Who is told what, and once.

use super::launches::torn_reviewer;
use super::*;
use crate::jobs::keeper_lint;
use crate::partner::{domains, notices as told, webhooks};
use crate::testing_portal::TEAM;

async fn kinds(portal: &TestPortal, member: &str) -> Vec<String> {
    let member = portal.member(member).await.unwrap();
    let page = told::list(&portal.keeper, &member, None, 100)
        .await
        .unwrap();
    page.items.into_iter().rev().map(|one| one.kind).collect()
}

#[tokio::test]
async fn the_requester_and_the_admins_hear_of_every_step_and_nobody_else_does() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "2026-11-24").await;
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    clock(&portal, "2026-11-30").await;
    let told_admin = kinds(&portal, "admin").await;
    assert_eq!(
        told_admin,
        ["request-submitted", "request-scheduled", "request-deployed"]
    );
    assert!(kinds(&portal, "outsider").await.is_empty());
    assert!(kinds(&portal, "reader").await.is_empty());
    let admin = portal.member("admin").await.unwrap();
    assert_eq!(told::unread(&portal.keeper, &admin).await.unwrap(), 3);
    told::read_all(&portal.keeper, &admin).await.unwrap();
    assert_eq!(told::unread(&portal.keeper, &admin).await.unwrap(), 0);
    let first = told::list(&portal.keeper, &admin, None, 2).await.unwrap();
    let rest = told::list(&portal.keeper, &admin, first.next.as_deref(), 2)
        .await
        .unwrap();
    assert_eq!(
        (first.items.len(), rest.items.len(), rest.next),
        (2, 1, None)
    );
}

/// A domain of the team, proved and approved.
async fn dedicated(portal: &TestPortal, domain: &'static str) {
    portal
        .keeper
        .store
        .write(move |c| {
            let it = (TEAM, domain);
            durward_store::domains::put(c, it, "token", "somebody", 1)?;
            durward_store::domains::checked(c, it, 1, "", Some(1))?;
            durward_store::domains::approve(c, it, "somebody-else", 1).map(drop)
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_finding_of_the_nightly_check_is_told_once_and_a_new_one_again() {
    let portal = portal().await;
    let admin = portal.member("admin").await.unwrap();
    dedicated(&portal, "fishing-licences.com").await;
    dedicated(&portal, "harbour-tickets.com").await;
    let wish: webhooks::Wish = serde_json::from_value(serde_json::json!({
        "team": TEAM, "url": "https://hooks.agency.gov/", "events": ["lint.new_finding"]
    }))
    .unwrap();
    let hook = webhooks::create(&portal.keeper, &admin, wish, &trace())
        .await
        .unwrap();
    let mut document = portal.production_document();
    document.oidc.as_mut().unwrap().redirect_uris.extend([
        "https://www.fishing-licences.com/callback".to_owned(),
        "https://www.harbour-tickets.com/callback".to_owned(),
    ]);
    let launch = submitted(&portal, document, "2026-11-24").await;
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    clock(&portal, "2026-11-30").await;
    let night = async || {
        let checked = keeper_lint::run(&portal.keeper).await.unwrap();
        let page = told::list(&portal.keeper, &admin, None, 100).await.unwrap();
        let mut counts = page.items.into_iter();
        let of_findings = counts.by_ref().filter(|one| one.kind == "findings-new");
        (checked.news, of_findings.count())
    };
    assert_eq!(night().await, (0, 0));
    let gone = (TEAM, "fishing-licences.com");
    domains::remove(&portal.keeper, &admin, gone, &trace())
        .await
        .unwrap();
    assert_eq!(night().await, (1, 1));
    assert_eq!(night().await, (0, 1), "it persists: told once");
    let gone = (TEAM, "harbour-tickets.com");
    domains::remove(&portal.keeper, &admin, gone, &trace())
        .await
        .unwrap();
    assert_eq!(night().await, (1, 2), "the second is new");
    assert_eq!(night().await, (0, 2));
    let log = webhooks::deliveries(&portal.keeper, &admin, &hook.webhook.id, (None, 10))
        .await
        .unwrap();
    assert_eq!(log.items.len(), 2);
}

/// What each of these was told about requests.
async fn heard(portal: &TestPortal, members: &[&str]) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for member in members {
        all.push(kinds(portal, member).await);
    }
    all
}

#[tokio::test]
async fn who_may_approve_hears_of_a_request_and_of_a_late_answer_once_and_nobody_else_does() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        torn_reviewer(&portal).await;
        let launch = submitted(&portal, portal.production_document(), "").await;
        let staff = ["reviewer", "second-reviewer", "torn", "deployer", "manager"];
        let waits = vec!["review-waits".to_owned()];
        let nothing: Vec<String> = Vec::new();
        let first = [&waits, &waits, &nothing, &nothing, &nothing].map(Clone::clone);
        assert_eq!(heard(&portal, &staff).await, first);
        // The promise is five working days, and Veterans Day is none.
        clock(&portal, "2026-11-18").await;
        assert_eq!(heard(&portal, &staff).await, first);
        let nodes = [
            Arc::clone(&portal.keeper),
            portal.another_node().await.unwrap(),
        ];
        clock(&portal, "2026-11-19").await;
        nodes[1].clock.set(portal.keeper.clock.now());
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let keeper = Arc::clone(&nodes[turn % 2]);
            racers.spawn(async move { crate::jobs::keeper_reviews::tell(&keeper).await });
        }
        for outcome in racers.join_all().await {
            outcome.unwrap();
        }
        let late = vec!["review-waits".to_owned(), "review-overdue".to_owned()];
        let then = [&late, &late, &nothing, &nothing, &nothing].map(Clone::clone);
        assert_eq!(heard(&portal, &staff).await, then);
        // Sent again after it came back, it waits again; who said no is told too, for they may say yes.
        let reviewer = portal.member("reviewer").await.unwrap();
        let admin = portal.member("admin").await.unwrap();
        let id = launch.summary.id.as_str();
        review::request_changes(&portal.keeper, &reviewer, id, "A logo, please.", &trace())
            .await
            .unwrap();
        clock(&portal, "2026-12-03").await;
        assert_eq!(heard(&portal, &staff).await, then);
        requests::submit(&portal.keeper, &admin, id, "", &trace())
            .await
            .unwrap();
        clock(&portal, "2026-12-11").await;
        let told = kinds(&portal, "reviewer").await;
        assert_eq!(told[2..], ["review-waits", "review-overdue"]);
    }
}

/// A token of the API and one of the test kit that live so long and end in so many days.
async fn tokens(portal: &TestPortal, life: i64, left: i64) {
    let day = 86_400_000_000;
    let now = portal.keeper.clock.real_now().as_microsecond();
    let (made, ends) = (now - (life - left) * day, now + left * day - 1);
    let member_id = portal.member("developer").await.unwrap().id;
    let name = format!("build {life} {left}");
    let row = durward_store::members::ApiTokenRow {
        token_hash: format!("hash {name}"),
        member_id: member_id.clone(),
        name: name.clone(),
        elevated_until_us: 0,
        created_us: made,
        expires_us: ends,
        used_us: None,
        revoked_us: None,
        aal: "aal2".to_owned(),
        team: String::new(),
        scopes: String::new(),
    };
    let write = portal
        .keeper
        .store
        .write(move |c| durward_store::members::insert_token(c, &row));
    write.await.unwrap();
    let kit = durward_store::test_kit::TestTokenRow {
        token_id: format!("id {name}"),
        team: TEAM.to_owned(),
        name,
        made_by: member_id,
        created_us: made,
        expires_us: ends,
        used_us: None,
    };
    let link = portal.keeper.environment(SANDBOX).unwrap();
    let door = link.door.clone().unwrap();
    door.store
        .write(move |c| durward_store::test_kit::insert_token(c, &kit.token_id, &kit))
        .await
        .unwrap();
}

#[tokio::test]
async fn owners_and_teams_hear_once_of_tokens_that_end_within_a_week() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        tokens(&portal, 90, 6).await;
        tokens(&portal, 90, 8).await;
        // Who makes one for three days knows.
        tokens(&portal, 3, 2).await;
        let ending = async |who: &str| {
            let heard = kinds(&portal, who).await.into_iter();
            heard.filter(|kind| kind == "token-ending").count()
        };
        let nodes = [
            Arc::clone(&portal.keeper),
            portal.another_node().await.unwrap(),
        ];
        let mut racers = tokio::task::JoinSet::new();
        for turn in 0..6 {
            let keeper = Arc::clone(&nodes[turn % 2]);
            racers.spawn(async move { crate::jobs::keeper_tokens::tell(&keeper).await });
        }
        let told: u32 = racers
            .join_all()
            .await
            .into_iter()
            .map(Result::unwrap)
            .sum();
        assert_eq!(told, 2);
        assert_eq!(ending("developer").await, 2, "their own, and the team's");
        assert_eq!(ending("admin").await, 1, "the team's");
        assert_eq!(ending("outsider").await, 0);
    }
}
