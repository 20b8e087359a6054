//! The daily probe of a live app: who is told, when, and how often.

use std::sync::atomic::{AtomicBool, Ordering};

use super::*;
use crate::jobs::keeper_probes;
use crate::partner::{notices as told, probes, webhooks};
use crate::testing::server::{TestServer, outbound, says};
use crate::testing_portal::TEAM;

async fn notices(portal: &TestPortal, who: &str) -> Vec<told::NoticeView> {
    let member = portal.member(who).await.unwrap();
    let page = told::list(&portal.keeper, &member, None, 100)
        .await
        .unwrap();
    let failing = page.items.into_iter();
    failing.filter(|one| one.kind == "probe-failing").collect()
}

/// As if the last run of every app were two days ago.
async fn a_day_goes_by(portal: &TestPortal) {
    let long_ago = portal.keeper.clock.real_now().as_microsecond() - 2 * 86_400_000_000;
    portal
        .keeper
        .store
        .write(move |c| {
            let of = ("fishing-licence", "production");
            let kept = durward_store::probes::results(c, of.0, of.1)?;
            durward_store::probes::put_run(c, of, &kept, long_ago)
        })
        .await
        .unwrap();
}

async fn day(portal: &TestPortal) {
    a_day_goes_by(portal).await;
    let tried = keeper_probes::run_due(&portal.keeper, "node")
        .await
        .unwrap();
    assert!(tried >= 1);
}

#[tokio::test]
async fn the_team_is_told_once_when_a_live_address_turns_and_again_when_it_turns_again() {
    let broken = Arc::new(AtomicBool::new(false));
    let state = Arc::clone(&broken);
    let server = TestServer::tls(move |_, _| {
        if state.load(Ordering::SeqCst) {
            says("200 OK", "text/html", "<input type=password> Sign in")
        } else {
            let page = "We could not verify you. Call us or visit an office to get help.";
            says("200 OK", "text/html", page)
        }
    })
    .await;
    let names: [(&str, &[&str]); 2] = [
        ("app.example.gov", &["127.0.0.1"]),
        ("hooks.example.gov", &["127.0.0.1"]),
    ];
    let outbound = outbound(&["127.0.0.0/8"], &names, Vec::new());
    let portal = TestPortal::calling("2026-11-10", outbound).await.unwrap();
    let admin = portal.member("admin").await.unwrap();
    let wish: webhooks::Wish = serde_json::from_value(serde_json::json!({
        "team": TEAM, "url": "https://hooks.example.gov/", "events": ["probe.*"]
    }))
    .unwrap();
    let hook = webhooks::create(&portal.keeper, &admin, wish, &trace())
        .await
        .unwrap();

    let mut document = portal.production_document();
    document.failure_to_proof_url = Some(server.url("app.example.gov"));
    let launch = submitted(&portal, document, "2026-11-24").await;
    approve(&portal, "reviewer", &launch.summary.id)
        .await
        .unwrap();
    clock(&portal, "2026-11-30").await;

    day(&portal).await;
    assert!(notices(&portal, "admin").await.is_empty());
    broken.store(true, Ordering::SeqCst);
    day(&portal).await;
    let first = notices(&portal, "admin").await;
    assert_eq!(first.len(), 1, "{first:?}");
    let value = |name: &str| {
        let found = first[0].values.iter().find(|(given, _)| given == name);
        found.unwrap().1.clone()
    };
    assert_eq!(value("count"), "1");
    assert_eq!(value("target"), server.url("app.example.gov"));
    assert!(value("why").contains("sign"), "{}", value("why"));
    assert_eq!(
        first[0].link,
        "/apps/fishing-licence/production/checklist#probes"
    );
    assert_eq!(notices(&portal, "developer").await.len(), 1);
    for other in ["reader", "outsider", "reviewer"] {
        assert!(notices(&portal, other).await.is_empty(), "{other}");
    }
    let log = webhooks::deliveries(&portal.keeper, &admin, &hook.webhook.id, (None, 10))
        .await
        .unwrap();
    assert_eq!(log.items.len(), 1);

    day(&portal).await;
    day(&portal).await;
    assert_eq!(notices(&portal, "admin").await.len(), 1, "told once");

    // Who tries by hand meanwhile changes nothing of what the daily run knows.
    probes::run(
        &portal.keeper,
        &admin,
        "fishing-licence",
        PRODUCTION,
        &trace(),
    )
    .await
    .unwrap();
    day(&portal).await;
    assert_eq!(notices(&portal, "admin").await.len(), 1);

    broken.store(false, Ordering::SeqCst);
    day(&portal).await;
    broken.store(true, Ordering::SeqCst);
    day(&portal).await;
    assert_eq!(notices(&portal, "admin").await.len(), 2, "it turned again");
}
