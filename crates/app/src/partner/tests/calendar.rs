//! What staff and teams add to the calendar, and the requests that it moves.

use durward_store::notices as notice_rows;

use super::*;
use crate::partner::calendar::{self, CalendarDenied, EntryAsk};

fn ask(json: &str) -> EntryAsk {
    serde_json::from_str(json).unwrap()
}

async fn add(
    portal: &TestPortal,
    who: &str,
    json: &str,
) -> Result<calendar::Change, Failure<CalendarDenied>> {
    let member = portal.member(who).await.unwrap();
    calendar::add(&portal.keeper, &member, &ask(json), None, &trace())
        .await
        .map(|(_, change)| change)
}

async fn window(portal: &TestPortal, id: &str) -> String {
    let admin = portal.member("admin").await.unwrap();
    let view = find(&portal.keeper, &admin, id).await.unwrap();
    view.summary.window.unwrap().to_string()
}

#[tokio::test]
async fn a_freeze_moves_what_was_planned_and_tells_its_owners() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id.clone();
    assert_eq!(window(&portal, &id).await, "2026-11-30");
    let freeze = r#"{"kind":"freeze","from":"2026-11-28","to":"2026-12-04","reason":"Elections"}"#;
    assert_eq!(code(add(&portal, "admin", freeze).await), "permission/role");
    let deployer = portal.member("deployer").await.unwrap();
    let shown = calendar::preview(&portal.keeper, &deployer, &ask(freeze))
        .await
        .unwrap();
    assert_eq!(shown.moves.len(), 1);
    assert_eq!(shown.moves[0].to.to_string(), "2026-12-10");
    assert_eq!(
        window(&portal, &id).await,
        "2026-11-30",
        "a look moves nothing"
    );
    let stale = calendar::add(
        &portal.keeper,
        &deployer,
        &ask(freeze),
        Some("old"),
        &trace(),
    )
    .await;
    assert_eq!(code(stale), "calendar/moved-meanwhile");
    let (entry, change) = calendar::add(
        &portal.keeper,
        &deployer,
        &ask(freeze),
        Some(&shown.seen),
        &trace(),
    )
    .await
    .unwrap();
    assert_eq!(change.moves.len(), 1);
    assert_eq!(window(&portal, &id).await, "2026-12-10");
    let admin = portal.member("admin").await.unwrap();
    let view = find(&portal.keeper, &admin, &id).await.unwrap();
    assert!(view.timeline.iter().any(|line| line.event == "moved"));
    let codes: Vec<&str> = view
        .explanation
        .iter()
        .map(|step| step.code.as_str())
        .collect();
    assert!(
        codes.contains(&"frozen") && codes.last() == Some(&"replanned"),
        "{codes:?}"
    );
    let me = admin.id.clone();
    let told = portal
        .keeper
        .store
        .read(move |c| notice_rows::of_member(c, &me, (i64::MAX, ""), 50))
        .await
        .unwrap();
    assert!(told.iter().any(|notice| notice.kind == "request-moved"));
    // Ended, it moves nothing back: who was promised a day keeps it.
    calendar::end(&portal.keeper, &deployer, &entry.id, "Called off", &trace())
        .await
        .unwrap();
    assert_eq!(window(&portal, &id).await, "2026-12-10");
    let again = calendar::end(&portal.keeper, &deployer, &entry.id, "Called off", &trace()).await;
    assert_eq!(code(again), "calendar/ended");
}

#[tokio::test]
async fn a_window_moves_with_its_requests_and_is_deployed_on_the_new_day() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id.clone();
    approve(&portal, "reviewer", &id).await.unwrap();
    let to = |day: &str| {
        format!(
            r#"{{"kind":"move","from":"2026-11-30","to":"{day}","reason":"The data centre moves."}}"#
        )
    };
    for (day, refusal) in [
        ("2026-11-27", "calendar/not-later"),
        ("2026-12-05", "calendar/not-working-day"),
        ("2026-12-25", "calendar/not-working-day"),
    ] {
        assert_eq!(
            code(add(&portal, "deployer", &to(day)).await),
            refusal,
            "{day}"
        );
    }
    let nowhere = r#"{"kind":"move","from":"2026-11-26","to":"2026-11-27","reason":"No window"}"#;
    assert_eq!(
        code(add(&portal, "deployer", nowhere).await),
        "calendar/no-window-there"
    );
    let moved = add(&portal, "deployer", &to("2026-12-01")).await.unwrap();
    assert_eq!(moved.moves.len(), 1);
    assert_eq!(clock(&portal, "2026-11-30").await, 0);
    assert_eq!(clock(&portal, "2026-12-01").await, 1);
}

#[tokio::test]
async fn full_windows_and_busy_times_send_a_request_to_the_next_window() {
    let portal = portal().await;
    for (who, entry) in [
        (
            "deployer",
            r#"{"kind":"places","from":"2026-11-30","places":1,"reason":"Few hands"}"#,
        ),
        (
            "admin",
            r#"{"kind":"peak","team":"fisheries-digital","from":"2026-12-02","to":"2026-12-04","reason":"Season"}"#,
        ),
    ] {
        add(&portal, who, entry).await.unwrap();
    }
    let peak = r#"{"kind":"peak","team":"harbours","from":"2026-12-02","reason":"Not mine"}"#;
    let others = add(&portal, "admin", peak).await;
    assert!(["permission/role", "calendar/no-team"].contains(&code(others)));
    let launch = submitted(&portal, portal.production_document(), "").await;
    assert_eq!(launch.summary.window.unwrap().to_string(), "2026-11-30");
    // The only place is taken, and the next window is in the busy time.
    let current = calendar::current(&portal.keeper).await.unwrap();
    let ask = calendar::ask_now(&portal.keeper, durward_domain::calendar::NoticeKind::New)
        .of("fisheries-digital", PRODUCTION);
    assert_eq!(
        current.earliest(&ask).unwrap().earliest.to_string(),
        "2026-12-10"
    );
    let staging = ask.of("harbours", EnvironmentName::Staging);
    assert_eq!(
        current.earliest(&staging).unwrap().earliest.to_string(),
        "2026-11-30"
    );
}

#[tokio::test]
async fn entries_that_make_no_sense_are_refused() {
    let portal = portal().await;
    for (entry, refusal) in [
        (
            r#"{"kind":"freeze","from":"2026-12-01","reason":" "}"#,
            "calendar/no-reason",
        ),
        (
            r#"{"kind":"freeze","from":"2026-12-02","to":"2026-12-01","reason":"x"}"#,
            "calendar/entry-backwards",
        ),
        (
            r#"{"kind":"freeze","from":"2025-12-02","to":"2025-12-03","reason":"x"}"#,
            "calendar/past",
        ),
        (
            r#"{"kind":"freeze","from":"2026-12-02","to":"2028-12-03","reason":"x"}"#,
            "calendar/entry-too-long",
        ),
        (
            r#"{"kind":"freeze","from":"2026-12-02","environments":["sandbox"],"reason":"x"}"#,
            "calendar/sandbox",
        ),
        (
            r#"{"kind":"freeze","team":"fisheries-digital","from":"2026-12-02","reason":"x"}"#,
            "calendar/no-team-here",
        ),
        (
            r#"{"kind":"holiday","from":"2026-12-03","reason":"x"}"#,
            "calendar/no-name",
        ),
        (
            r#"{"kind":"holiday","from":"2026-12-25","name":"Xmas","reason":"x"}"#,
            "calendar/holiday-already",
        ),
        (
            r#"{"kind":"holiday","from":"2026-12-03","to":"2026-12-04","name":"Two","reason":"x"}"#,
            "calendar/one-day",
        ),
        (
            r#"{"kind":"no-holiday","from":"2026-12-03","reason":"x"}"#,
            "calendar/no-holiday",
        ),
        (
            r#"{"kind":"places","from":"2026-12-03","places":0,"reason":"x"}"#,
            "calendar/no-places",
        ),
        (
            r#"{"kind":"places","from":"2026-12-04","places":3,"reason":"x"}"#,
            "calendar/no-window-there",
        ),
        (
            r#"{"kind":"peak","from":"2026-12-04","reason":"x"}"#,
            "calendar/which-team",
        ),
    ] {
        assert_eq!(
            code(add(&portal, "deployer", entry).await),
            refusal,
            "{entry}"
        );
    }
}

#[tokio::test]
async fn a_private_feed_shows_what_its_member_may_see_until_it_is_ended() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let admin = portal.member("admin").await.unwrap();
    let first = calendar::make_feed(&portal.keeper, &admin, "en", &trace())
        .await
        .unwrap();
    let second = calendar::make_feed(&portal.keeper, &admin, "es", &trace())
        .await
        .unwrap();
    assert!(
        calendar::private_feed(&portal.keeper, &first)
            .await
            .unwrap()
            .is_none()
    );
    let feed = calendar::private_feed(&portal.keeper, &second)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(feed.language.as_deref(), Some("es"));
    assert!(
        feed.requests
            .iter()
            .any(|request| request.id == launch.summary.id)
    );
    assert!(
        calendar::public_feed(&portal.keeper)
            .await
            .unwrap()
            .requests
            .is_empty()
    );
    assert!(
        calendar::end_feed(&portal.keeper, &admin, &trace())
            .await
            .unwrap()
    );
    assert!(
        calendar::private_feed(&portal.keeper, &second)
            .await
            .unwrap()
            .is_none()
    );
}

/// An app of the team with a submitted launch for each number; the window of each, sorted.
async fn submitted_at_once(portal: &TestPortal, count: usize) -> Vec<String> {
    let admin = portal.member("admin").await.unwrap();
    let mut racers = tokio::task::JoinSet::new();
    for number in 0..count {
        let handle = format!("racer-{number}");
        let mut document = portal.production_document();
        document.handle = AppHandle::parse(&handle).unwrap();
        document.friendly_name = format!("Racer {number}");
        document.issuer = format!("{}:{number}", document.issuer);
        save(portal, &admin, document, Save::Create).await.unwrap();
        let mut body = body(portal, "");
        body.app = AppHandle::parse(&handle).unwrap();
        let launch = requests::create(&portal.keeper, &admin, RequestKind::Launch, body, &trace())
            .await
            .unwrap();
        let id = launch.summary.id;
        let (keeper, admin) = (Arc::clone(&portal.keeper), admin.clone());
        racers.spawn(async move {
            let sent = requests::submit(&keeper, &admin, &id, "", &trace()).await;
            sent.unwrap().summary.window.unwrap().to_string()
        });
    }
    let mut windows = racers.join_all().await;
    windows.sort();
    windows
}

#[tokio::test]
async fn the_last_place_of_a_window_goes_to_one_of_those_who_race_for_it() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        for (day, places) in [("2026-11-30", 1), ("2026-12-03", 2)] {
            let entry = format!(
                r#"{{"kind":"places","from":"{day}","places":{places},"reason":"Few hands"}}"#
            );
            add(&portal, "deployer", &entry).await.unwrap();
        }
        assert_eq!(
            submitted_at_once(&portal, 4).await,
            ["2026-11-30", "2026-12-03", "2026-12-03", "2026-12-10"]
        );
    }
}

#[tokio::test]
async fn the_deployer_keeps_what_is_late_out_of_a_freeze_and_a_busy_time() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id.clone();
    approve(&portal, "reviewer", &id).await.unwrap();
    // Neither is in the way of the window of 30 November, so the request keeps it.
    for (who, entry) in [
        (
            "deployer",
            r#"{"kind":"freeze","from":"2026-12-01","to":"2026-12-04","reason":"Elections"}"#,
        ),
        (
            "admin",
            r#"{"kind":"peak","team":"fisheries-digital","from":"2026-12-08","to":"2026-12-11","reason":"Season"}"#,
        ),
    ] {
        assert!(add(&portal, who, entry).await.unwrap().moves.is_empty());
    }
    // The server was down on that day, and comes back in the freeze.
    assert_eq!(clock(&portal, "2026-12-02").await, 0);
    assert_eq!(window(&portal, &id).await, "2026-12-17");
    assert_eq!(portal.served(PRODUCTION, "fishing-licence"), None);
    let admin = portal.member("admin").await.unwrap();
    let view = find(&portal.keeper, &admin, &id).await.unwrap();
    assert_eq!(view.summary.state, LaunchState::Scheduled);
    let moved = view.timeline.iter().find(|line| line.event == "moved");
    assert!(moved.unwrap().note.contains("there is a freeze from"));
    assert_eq!(clock(&portal, "2026-12-09").await, 0);
    assert_eq!(clock(&portal, "2026-12-17").await, 1);
}

#[tokio::test]
async fn a_busy_time_alone_keeps_what_is_late_back_too() {
    let portal = portal().await;
    let launch = submitted(&portal, portal.production_document(), "").await;
    let id = launch.summary.id.clone();
    approve(&portal, "reviewer", &id).await.unwrap();
    let peak = r#"{"kind":"peak","team":"fisheries-digital","from":"2026-12-01","to":"2026-12-02","reason":"Season"}"#;
    add(&portal, "admin", peak).await.unwrap();
    assert_eq!(clock(&portal, "2026-12-02").await, 0);
    assert_eq!(window(&portal, &id).await, "2026-12-03");
    assert_eq!(clock(&portal, "2026-12-03").await, 1);
}
