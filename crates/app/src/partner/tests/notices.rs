//! Who is told what, and once.

use super::*;
use crate::partner::notices as told;

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
