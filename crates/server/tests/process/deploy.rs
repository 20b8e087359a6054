//! A window of the running service: killed in the middle of it, and with people who sign in all the while.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::{Browser, Member};
use crate::support::{Demo, check, post, ten_ports};
use crate::window::{self, each_once, portal_read_only, progress};

const WINDOW: &str = "2026-11-30";

/// A demonstration in which launches of so many apps wait for one window.
async fn approved(data: &Path, base: u16, many: usize) -> (Demo, Value) {
    let told = window::prepared(data, base, many).await;
    (Demo::start(data, base, &[]).await, told)
}

/// Moves the clock to the window. Many apps take longer than an answer may: the server goes on by itself.
async fn opened(portal: String, token: String) {
    let address = format!("{portal}/api/v1/demo/clock");
    let answer = post(&address, &token, &json!({ "to": WINDOW })).await;
    if let Ok((status, said)) = answer {
        assert!(matches!(status, 200 | 503), "{said}");
    }
}

fn proved(demo: &Demo) {
    let data = demo.data.as_str();
    check(&["audit", "verify", "--data", data], 0, "production: ok");
    let verify = ["release", "verify", "--data", data, "--environment"];
    check(&[&verify[..], &["production"]].concat(), 0, "ok");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_window_that_is_killed_at_every_step_is_finished_exactly_once() {
    const MANY: usize = 3;
    let folder = tempfile::tempdir().unwrap();
    let (data, base) = (folder.path().join("demo"), ten_ports());
    let (mut demo, told) = approved(&data, base, MANY).await;
    let token = told["staff"][0]["api_token"].as_str().unwrap().to_owned();
    let store = portal_read_only(&data);
    let (begun, end) = (progress(&store).await, MANY + 1);
    drop(tokio::spawn(opened(demo.portal(), token)));
    let mut kills = 0;
    let mut before = begun;
    loop {
        let waited = Instant::now();
        while progress(&store).await == before {
            assert!(waited.elapsed() < Duration::from_secs(60), "{before:?}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        demo.kill();
        kills += 1;
        before = progress(&store).await;
        demo = Demo::start(&data, base, &[]).await;
        // The launch that was there before goes live too.
        if before.3 - begun.3 == end {
            break;
        }
    }
    println!("killed {kills} times: {begun:?} became {before:?}");
    assert!(kills > MANY);
    assert_eq!(before.0 - begun.0, i64::try_from(end).unwrap());
    each_once(&store, MANY).await;
    proved(&demo);
}

/// What sign-ins took, and how many there were.
#[derive(Default)]
struct Figures {
    requests: Vec<Duration>,
    sign_ins: usize,
}

impl Figures {
    fn add(&mut self, requests: Vec<Duration>) {
        self.requests.extend(requests);
        self.sign_ins += 1;
    }

    fn line(&mut self, name: &str) -> String {
        self.requests.sort_unstable();
        let at = |share: usize| {
            let place = (self.requests.len() * share / 1000).min(self.requests.len() - 1);
            self.requests[place].as_secs_f64() * 1000.0
        };
        format!(
            "| {name} | {} | {} | {:.1} | {:.1} | {:.1} |",
            self.sign_ins,
            self.requests.len(),
            at(500),
            at(990),
            at(1000)
        )
    }
}

const QUIET: usize = 0;
const DEPLOYING: usize = 1;
const AFTER: usize = 2;
const OVER: usize = 3;

/// Lets everybody of the demonstration sign in at the portal, again and again, before, while and after so many apps are
/// deployed. Every request must be answered as it should be.
async fn people_sign_in_while(many: usize, quiet: Duration) -> String {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let (demo, told) = approved(&data, ten_ports(), many).await;
    let token = told["staff"][0]["api_token"].as_str().unwrap().to_owned();
    let phase = Arc::new(AtomicUsize::new(QUIET));
    let mut people = Vec::new();
    for (number, member) in Member::all(&told).into_iter().take(4).enumerate() {
        let (portal, phase) = (demo.portal(), Arc::clone(&phase));
        people.push(tokio::spawn(async move {
            // One after the other, so that somebody types a password at any time.
            tokio::time::sleep(Duration::from_millis(400) * u32::try_from(number).unwrap()).await;
            let mut figures: [Figures; 3] = Default::default();
            let mut browser = Browser::new();
            let mut typed = None::<Instant>;
            while phase.load(Ordering::SeqCst) != OVER {
                let at = phase.load(Ordering::SeqCst).min(AFTER);
                // A code counts once: whoever signed in lately is known, and signs in at the portal again.
                if typed.is_none_or(|typed| typed.elapsed() > Duration::from_secs(31)) {
                    browser = Browser::new();
                    typed = Some(Instant::now());
                }
                let took = browser.sign_in(&portal, &member).await;
                figures[at].add(took.unwrap_or_else(|why| panic!("{}: {why}", member.email)));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            figures
        }));
    }
    tokio::time::sleep(quiet).await;
    phase.store(DEPLOYING, Ordering::SeqCst);
    let begun = Instant::now();
    // The launch that was there before goes live too.
    let (store, end) = (portal_read_only(&data), many + 1);
    drop(tokio::spawn(opened(demo.portal(), token)));
    while progress(&store).await.3 < end {
        assert!(
            begun.elapsed() < Duration::from_secs(300),
            "{:?}",
            progress(&store).await
        );
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let took = begun.elapsed();
    phase.store(AFTER, Ordering::SeqCst);
    tokio::time::sleep(quiet / 2).await;
    phase.store(OVER, Ordering::SeqCst);
    let mut all: [Figures; 3] = Default::default();
    for one in people {
        for (all, one) in all.iter_mut().zip(one.await.unwrap()) {
            all.requests.extend(one.requests);
            all.sign_ins += one.sign_ins;
        }
    }
    assert!(all.iter().all(|figures| figures.sign_ins > 0));
    each_once(&store, many).await;
    proved(&demo);
    let [quiet, deploying, after] = &mut all;
    format!(
        "{many} apps went live in {:.1} s; no request failed.\n\n\
         | phase | sign-ins | requests | median, ms | p99, ms | longest, ms |\n|---|---|---|---|---|---|\n{}\n{}\n{}",
        took.as_secs_f64(),
        quiet.line("before"),
        deploying.line("during the deployment"),
        after.line("after"),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_sign_in_throughout_a_deployment_of_five_hundred_apps_and_nothing_fails() {
    println!(
        "{}",
        people_sign_in_while(500, Duration::from_secs(3)).await
    );
}
