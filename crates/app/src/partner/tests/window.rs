//! Windows with many requests: what other tests prepare them with, and several windows at once.

use durward_store::{agreements, launches, releases as release_rows, settings};
use serde_json::Value;

use super::*;
use crate::keeper::{CLOCK_SHIFT, Keeper};
use crate::operator::audit;

/// The handle of one of many apps.
pub(super) fn handle(number: usize) -> String {
    format!("many-{number:03}")
}

/// Approved launches of so many apps, each for the first window on or after its day.
pub(super) async fn approved(portal: &TestPortal, days: &[&str]) -> Vec<String> {
    listed(portal, days.len()).await;
    let admin = portal.member("admin").await.unwrap();
    let mut ids = Vec::new();
    for (number, day) in days.iter().enumerate() {
        let mut document = portal.production_document();
        document.handle = AppHandle::parse(&handle(number)).unwrap();
        document.app_name = format!("Many {number}");
        document.friendly_name = format!("Many Things {number}");
        document.issuer = format!("urn:gov:gsa:openidconnect.profiles:sp:sso:MANY:N{number}");
        save(portal, &admin, document, Save::Create).await.unwrap();
        let mut body = body(portal, day);
        body.app = AppHandle::parse(&handle(number)).unwrap();
        let kind = RequestKind::Launch;
        let launch = requests::create(&portal.keeper, &admin, kind, body, &trace())
            .await
            .unwrap();
        let id = launch.summary.id;
        requests::submit(&portal.keeper, &admin, &id, "", &trace())
            .await
            .unwrap();
        approve(portal, "reviewer", &id).await.unwrap();
        ids.push(id);
    }
    ids
}

/// Lists so many apps in the agreement.
async fn listed(portal: &TestPortal, many: usize) {
    let work = portal.keeper.store.write(move |c| {
        let mut row = agreements::find(c, AGREEMENT)?.unwrap();
        let mut document: Value = serde_json::from_str(&row.document).unwrap();
        let apps = document["apps"].as_array_mut().unwrap();
        let like = apps[0].clone();
        for number in 0..many {
            let mut app = like.clone();
            app["name"] = format!("Many {number}").into();
            apps.push(app);
        }
        row.document = document.to_string();
        assert!(agreements::update(c, &row)?);
        Ok(())
    });
    work.await.unwrap();
}

/// Moves the clock without doing what is due then; nodes that open later stand at the same time.
pub(super) async fn stands_at(portal: &TestPortal, day: &str) {
    let keeper = &portal.keeper;
    keeper
        .clock
        .set(keeper.programme.noon(day.parse().unwrap()));
    let shift = keeper.clock.shift_us().to_string();
    let kept = keeper
        .store
        .write(move |c| settings::put(c, CLOCK_SHIFT, &shift));
    kept.await.unwrap();
}

/// Lets the window of a request open at a time in microseconds.
pub(super) async fn opens_at(portal: &TestPortal, id: &str, time_us: i64) {
    let id = id.to_owned();
    let work = portal.keeper.store.write(move |c| {
        let mut row = launches::find(c, &id)?.unwrap();
        row.window_us = Some(time_us);
        assert!(launches::update(c, &row)?);
        Ok(())
    });
    work.await.unwrap();
}

/// The request went live exactly once, and everything that tells of it says so, once.
pub(super) async fn live_once(keeper: &Arc<Keeper>, member: &Member, id: &str) {
    let launch = find(keeper, member, id).await.unwrap();
    let handle = launch.summary.app.to_string();
    assert_eq!(launch.summary.state, LaunchState::Deployed, "{handle}");
    let told = |word: &str| {
        let lines = launch.timeline.iter();
        lines.filter(|line| line.event == word).count()
    };
    assert_eq!((told("deploy"), told("check")), (1, 1), "{handle}");
    let wanted = handle.clone();
    let (made, live, notices) = keeper
        .store
        .read(move |c| {
            let mut made = Vec::new();
            for row in release_rows::newest(c, "production", 1000)? {
                let changes = release_rows::changes_of(c, &row.release_id)?;
                if changes.iter().any(|change| change.handle == wanted) {
                    made.push(row);
                }
            }
            let live = release_rows::app_in(c, "production", &wanted)?;
            Ok((made, live, launches::of_app(c, &wanted)?))
        })
        .await
        .unwrap();
    let [release] = made.as_slice() else {
        panic!("{handle} is in {} releases", made.len())
    };
    assert_eq!(Some(&release.release_id), launch.summary.release.as_ref());
    assert!(
        release.deployed_us.is_some(),
        "{handle}: not noted as taken"
    );
    assert_eq!(notices.len(), 1);
    let door = keeper.environment(PRODUCTION).unwrap().door.clone();
    let served = door.unwrap().registry.load_full();
    let served = served.by_handle(&handle).map(|app| app.revision.clone());
    assert_eq!(served, live.map(|(revision, _)| revision), "{handle}");
    let subject = format!("production/{}", release.sequence);
    let taken = recorded(keeper, member, &subject).await;
    assert_eq!(taken, ["release.built", "release.deployed"], "{handle}");
    let steps = recorded(keeper, member, id).await;
    let deployed = steps.iter().filter(|event| *event == "launch.deployed");
    assert_eq!(deployed.count(), 1, "{handle}");
}

/// What the audit record says of releases and requests, the oldest first; canary sign-ins are left out.
async fn recorded(keeper: &Arc<Keeper>, member: &Member, subject: &str) -> Vec<String> {
    let wanted = audit::Wanted {
        subject,
        request_id: "",
    };
    let lines = audit::entries(keeper, member, wanted).await.unwrap();
    let events = lines.into_iter().rev().map(|line| line.event);
    events.filter(|event| !event.contains("canary")).collect()
}

/// No entry of the portal's record was changed.
pub(super) async fn record_is_whole(keeper: &Arc<Keeper>, member: &Member) {
    let found = audit::verify(keeper, member, &trace()).await.unwrap();
    assert_eq!(found.broken, None);
    assert!(found.sealed + found.waiting > 10);
}

#[tokio::test]
async fn a_clock_that_passes_several_windows_makes_each_release_in_order_and_once() {
    let days = ["2026-12-10", "2026-11-30", "2026-12-03", "2026-12-03"];
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let ids = approved(&portal, &days).await;
        assert_eq!(clock(&portal, "2026-12-15").await, 4);
        let administrator = portal.member("administrator").await.unwrap();
        let list = releases::list(&portal.keeper, &administrator, PRODUCTION)
            .await
            .unwrap();
        let mut windows: Vec<(&str, &str)> = list
            .iter()
            .filter(|release| release.kind == "window")
            .map(|release| (release.apps[0].as_str(), release.reason.as_str()))
            .collect();
        windows.reverse();
        let order: Vec<&str> = windows.iter().map(|(app, _)| *app).collect();
        // By window, then in the order in which they were sent.
        assert_eq!(order, ["many-001", "many-002", "many-003", "many-000"]);
        assert!(windows[0].1.contains("30 November"), "{}", windows[0].1);
        assert!(windows[3].1.contains("10 December"), "{}", windows[3].1);
        for id in &ids {
            live_once(&portal.keeper, &administrator, id).await;
        }
        // A second look, also by a node that opens later, finds nothing to do.
        let later = portal.another_node().await.unwrap();
        for keeper in [&portal.keeper, &later] {
            assert_eq!(run_due(keeper).await.unwrap(), Default::default());
        }
        record_is_whole(&portal.keeper, &administrator).await;
    }
}
