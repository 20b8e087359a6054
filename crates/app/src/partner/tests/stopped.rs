//! Deployers that stop in the middle: dropped at each wait, and killed as a process.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::task::Poll;
use std::time::Duration;

use durward_store::{deployments, installed, launches, releases as release_rows};

use super::window::{approved, live_once, opens_at, record_is_whole, stands_at};
use super::*;
use crate::jobs::keeper_deploy::Ran;
use crate::keeper::Keeper;
use crate::operator::bootstrap;

/// Runs something until it has waited so often, then drops it where it stands, as a process that ends there does. What
/// it had handed to a database is done or not, as then.
async fn stopped<F: Future>(work: F, waits: usize) -> Option<F::Output> {
    let (mut work, mut left) = (pin!(work), waits);
    std::future::poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Stops a deployer after each so many waits, one request at a time, and lets another node go on. Answers how often it
/// was stopped before it came to its end.
async fn stopped_everywhere(portal: &TestPortal, ids: &[String], stride: usize) -> usize {
    let administrator = portal.member("administrator").await.unwrap();
    let now_us = portal.keeper.clock.now().as_microsecond();
    for (turn, id) in ids.iter().enumerate() {
        opens_at(portal, id, now_us - 1).await;
        let node = portal.another_node().await.unwrap();
        let ended = stopped(run_due(&node), turn * stride).await;
        drop(node);
        let next = portal.another_node().await.unwrap();
        run_due(&next).await.unwrap();
        live_once(&next, &administrator, id).await;
        assert_eq!(run_due(&next).await.unwrap(), Ran::default());
        if let Some(ran) = ended {
            assert_eq!(ran.unwrap().live, 1);
            return turn;
        }
    }
    panic!(
        "it did not come to its end after {} waits",
        ids.len() * stride
    )
}

/// Approved requests whose windows never open by themselves.
async fn waiting(portal: &TestPortal, many: usize) -> Vec<String> {
    let ids = approved(portal, &vec![""; many]).await;
    for id in &ids {
        opens_at(portal, id, i64::MAX).await;
    }
    stands_at(portal, "2026-11-30").await;
    ids
}

#[tokio::test]
async fn a_deployer_that_stops_at_any_wait_is_finished_by_the_next_one_exactly_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        let ids = waiting(&portal, 60).await;
        let stops = stopped_everywhere(&portal, &ids, 1).await;
        assert!(stops > 4, "{stops}");
        let administrator = portal.member("administrator").await.unwrap();
        record_is_whole(&portal.keeper, &administrator).await;
    }
}

#[tokio::test]
async fn a_deployer_that_stops_around_the_canary_is_finished_by_the_next_one_exactly_once() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        bootstrap::canary_apps(&portal.keeper).await.unwrap();
        let ids = waiting(&portal, 40).await;
        let stops = stopped_everywhere(&portal, &ids, 5).await;
        assert!(stops > 3, "{stops}");
        let administrator = portal.member("administrator").await.unwrap();
        record_is_whole(&portal.keeper, &administrator).await;
    }
}

/// How far a deployment has come, by what the databases hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Progress {
    built: i64,
    taken: i64,
    noted: i64,
    watched: i64,
    live: usize,
}

impl Progress {
    async fn of(keeper: &Arc<Keeper>, ids: &[String]) -> Self {
        let ids = ids.to_vec();
        let door = keeper.environment(PRODUCTION).unwrap().door.clone();
        let (built, noted, watched, live) = keeper
            .store
            .read(move |c| {
                let built = release_rows::last(c, "production")?.map_or(0, |row| row.sequence);
                let waiting = deployments::not_deployed_to(c, "production", (0, i64::MAX))?;
                let watched = deployments::last_canary(c, "production")?;
                let mut live = 0;
                for id in &ids {
                    let state = launches::find(c, id)?.unwrap().state;
                    live += usize::from(state == LaunchState::Deployed.as_str());
                }
                let noted = waiting
                    .first()
                    .map_or(built, |(_, sequence, _)| sequence - 1);
                Ok((built, noted, watched.map_or(0, |run| run.sequence), live))
            })
            .await
            .unwrap();
        let last = door.unwrap().store.read(installed::last_release).await;
        let taken = last.unwrap().map_or(0, |last| last.sequence);
        Self {
            built,
            taken,
            noted,
            watched,
            live,
        }
    }

    /// The step after which it stands.
    fn step(self, many: usize) -> &'static str {
        match self {
            _ if self.taken < self.built => "built",
            _ if self.noted < self.taken => "taken by the environment",
            _ if self.watched < self.taken => "noted as taken",
            _ if self.live == many => "told to be live",
            _ => "watched by the canary, or nothing begun",
        }
    }
}

const VICTIM: &str = "DURWARD_TEST_DEPLOYER";

#[tokio::test]
async fn a_deployer_that_is_killed_at_every_step_leaves_nothing_half_done() {
    for portal in TestPortal::on_both("2026-11-10").await.unwrap() {
        bootstrap::canary_apps(&portal.keeper).await.unwrap();
        let ids = approved(&portal, &[""; 3]).await;
        stands_at(&portal, "2026-11-30").await;
        let mut steps: BTreeMap<&str, usize> = BTreeMap::new();
        let mut kills = 0;
        loop {
            let before = Progress::of(&portal.keeper, &ids).await;
            let mut victim = Command::new(std::env::current_exe().unwrap())
                .args(["partner::tests::stopped::victim", "--exact", "--ignored"])
                .env(VICTIM, portal.whereabouts().join("\n"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // It dies as soon as it is seen to have come a step further.
            let ended = loop {
                if let Some(status) = victim.try_wait().unwrap() {
                    break Some(status);
                }
                if Progress::of(&portal.keeper, &ids).await != before {
                    victim.kill().unwrap();
                    victim.wait().unwrap();
                    break None;
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            };
            if let Some(status) = ended {
                assert!(status.success(), "{status}");
                break;
            }
            kills += 1;
            let after = Progress::of(&portal.keeper, &ids).await;
            *steps.entry(after.step(ids.len())).or_default() += 1;
            assert!(kills < 200, "no progress: {after:?}");
        }
        assert!(kills >= ids.len() && steps.len() > 1, "{steps:?}");
        drop(writeln!(
            std::io::stderr(),
            "killed {kills} times: {steps:?}"
        ));
        let administrator = portal.member("administrator").await.unwrap();
        let node = portal.another_node().await.unwrap();
        assert_eq!(run_due(&node).await.unwrap(), Ran::default());
        for id in &ids {
            live_once(&node, &administrator, id).await;
        }
        record_is_whole(&node, &administrator).await;
    }
}

/// Deploys until nothing is due.
#[tokio::test]
#[ignore = "run by the test above"]
#[expect(
    clippy::disallowed_methods,
    reason = "how the test tells its victim what to do"
)]
async fn victim() {
    let Ok(told) = std::env::var(VICTIM) else {
        return;
    };
    let told: Vec<String> = told.lines().map(str::to_owned).collect();
    let keeper = TestPortal::node_of(&told).await.unwrap();
    while run_due(&keeper).await.unwrap() != Ran::default() {}
}
