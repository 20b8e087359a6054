//! A service that is killed while a window goes live, and the mails that tell of it.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use durward_server::catcher::Catcher;
use durward_store::notices::{self, NoticeRow};
use durward_store::{Store, agreements, launches, members};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::support::{Durward, check, ten_ports};
use crate::window::{self, AGREEMENT, each_once, handle, portal_of, portal_read_only, progress};

const MANY: usize = 3;

/// The windows opened long ago and the agreement never ends: what runs next by the real clock deploys them.
async fn due_at_once(data: &Path) {
    let store = portal_of(data);
    let work = store.write(|c| {
        let mut row = agreements::find(c, AGREEMENT)?.unwrap();
        let mut agreement: Value = serde_json::from_str(&row.document).unwrap();
        agreement["period"]["start"] = "2020-01-01".into();
        agreement["period"]["end"] = "2099-12-31".into();
        row.starts = "2020-01-01".to_owned();
        row.ends = "2099-12-31".to_owned();
        row.document = agreement.to_string();
        assert!(agreements::update(c, &row)?);
        for number in 0..MANY {
            let mut row = launches::of_app(c, &handle(number))?.remove(0);
            row.window_us = Some(1);
            assert!(launches::update(c, &row)?);
        }
        Ok(())
    });
    work.await.unwrap();
}

/// The service over the folder of a demonstration, which mails to this server.
fn written(folder: &Path, data: &Path, base: u16, smtp: &str) -> String {
    let at = |offset: u16| format!("http://localhost:{}", base + offset);
    let mut text = format!(
        "[server]\ndata = {data:?}\nmigrate_on_start = true\nlog_level = \"warn\"\n[metrics]\nlisten = \"127.0.0.1:{}\"\n\
         [mail]\nsmtp = {smtp:?}\nfrom = \"no-reply@example.gov\"\n[portal]\nlisten = \"127.0.0.1:{base}\"\npublic_url = {:?}\n",
        base + 8,
        at(0),
    );
    for (name, offset) in [("sandbox", 1), ("staging", 2), ("production", 3)] {
        text.push_str(&format!(
            "[[environment]]\nname = {name:?}\nlisten = \"127.0.0.1:{}\"\nissuer = {:?}\n",
            base + offset,
            at(offset),
        ));
    }
    let file = folder.join("durward.toml");
    std::fs::write(&file, text).unwrap();
    file.to_str().unwrap().to_owned()
}

async fn serve(config: &str, base: u16) -> Durward {
    let ready = [0, 1, 2, 3].map(|offset| format!("http://localhost:{}", base + offset));
    Durward::start(&["serve", "--config", config], &ready).await
}

/// What was written to everybody of the demonstration about the launches of the window.
async fn told_of(store: &Store, everybody: &[String]) -> Vec<NoticeRow> {
    let everybody = everybody.to_vec();
    let work = store.read(move |c| {
        let mut links = Vec::new();
        for number in 0..MANY {
            let launch = launches::of_app(c, &handle(number))?.remove(0);
            links.push(format!("/launches/{}", launch.launch_id));
        }
        let mut list = Vec::new();
        for email in &everybody {
            let Some(member) = members::find_by_email(c, email)? else {
                continue;
            };
            list.extend(notices::of_member(
                c,
                &member.member_id,
                (i64::MAX, ""),
                1000,
            )?);
        }
        list.retain(|notice| links.contains(&notice.link));
        Ok(list)
    });
    work.await.unwrap()
}

/// What a killed process had in its hands waits for minutes: nobody knows whether it was sent. They are over now.
async fn minutes_pass(data: &Path) {
    let now = Timestamp::now();
    let later = now + SignedDuration::from_hours(1);
    let store = portal_of(data);
    let work = store.write(move |c| {
        let mut held = Vec::new();
        while let Some(row) = notices::claim(c, later, Duration::from_secs(7200))? {
            held.push(row);
        }
        for row in &held {
            assert!(notices::retry(c, row, now, "")?);
        }
        Ok(())
    });
    work.await.unwrap();
}

/// Waits until nothing more comes.
async fn quiet(catcher: &Catcher) {
    let (mut count, mut since) = (catcher.messages().len(), Instant::now());
    while since.elapsed() < Duration::from_secs(2) {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = catcher.messages().len();
        if now != count {
            (count, since) = (now, Instant::now());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_killed_in_a_window_loses_no_mail_and_tells_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (data, base) = (folder.path().join("demo"), ten_ports());
    let told = window::prepared(&data, base, MANY).await;
    due_at_once(&data).await;
    let catcher = Catcher::start(Timestamp::now).await.unwrap();
    let config = written(folder.path(), &data, base, &catcher.url());
    let store = portal_read_only(&data);
    let live = async || {
        let launches = store.read(|c| {
            let mut count = 0;
            for number in 0..MANY {
                count += usize::from(launches::of_app(c, &handle(number))?[0].state == "deployed");
            }
            Ok(count)
        });
        launches.await.unwrap()
    };
    let mut kills = 0;
    while live().await < MANY {
        let before = (progress(&store).await, catcher.messages().len());
        let (server, begun) = (serve(&config, base).await, Instant::now());
        while (progress(&store).await, catcher.messages().len()) == before {
            assert!(begun.elapsed() < Duration::from_secs(60), "{before:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        server.kill();
        kills += 1;
    }
    assert!(kills > 2, "{kills}");
    for _ in 0..2 {
        let server = serve(&config, base).await;
        quiet(&catcher).await;
        assert_eq!(server.stop().code(), Some(0));
        minutes_pass(&data).await;
    }
    each_once(&store, MANY).await;

    let lists = ["staff", "partners"].map(|list| told[list].as_array().unwrap());
    let everybody = lists.into_iter().flatten();
    let everybody: Vec<String> = everybody
        .map(|one| one["email"].as_str().unwrap().to_owned())
        .collect();
    let mut caught: BTreeMap<String, i64> = BTreeMap::new();
    for message in catcher.messages() {
        let id = message
            .header("Message-ID")
            .trim()
            .trim_matches(['<', '>'])
            .to_owned();
        let id = id.split('@').next().unwrap().to_owned();
        *caught.entry(id).or_default() += 1;
    }
    let written = told_of(&store, &everybody).await;
    let mut once = std::collections::BTreeSet::new();
    let mut mailed = 0;
    for notice in &written {
        let about = (&notice.member_id, &notice.kind, &notice.link);
        assert!(once.insert(about), "written twice: {about:?}");
        let count = caught.get(&notice.notice_id).copied().unwrap_or_default();
        assert_eq!(notice.sent_us.is_some(), count > 0, "{notice:?}");
        // Only what a killed process may have sent was sent again, as the same message.
        assert!(count <= notice.attempts, "{notice:?}");
        mailed += usize::from(count > 0);
    }
    assert!(mailed >= MANY, "{mailed} of {}", written.len());
    let file = config.as_str();
    check(&["audit", "verify", "--config", file], 0, "production: ok");
}
