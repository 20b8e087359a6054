//! The jobs of what a process plays.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use durward_app::client::trail;
use durward_app::jobs::{
    door_follow, door_logouts, door_mail, keeper_agreements, keeper_deploy, keeper_digest,
    keeper_feed, keeper_keys, keeper_lint, keeper_mail, keeper_probes, keeper_reviews,
    keeper_tokens, keeper_usage, keeper_webhooks, upkeep,
};
use durward_app::partner::{partnerships, rotation};
use durward_app::record::Recorder;
use durward_app::{Door, Fault, Keeper};
use durward_app::{key_life, sealing};
use durward_keyring::random::Random;
use durward_store::{Store, audit};
use durward_web::portal::notices::NoticeWords;
use jiff::Timestamp;

use super::databases::PORTAL;
use super::heads::Heads;
use super::jobs::Jobs;
use super::open::Opened;

/// Starts every job of the portal and the environments. Audit heads are exported to the data folder.
pub fn start(opened: &Opened, data: &Path, random: &Random) -> Jobs {
    let mut jobs = Jobs::default();
    // Who holds the sealer's lease: this process, this time.
    let holder = random.uuid_v4().to_string();
    for door in &opened.doors {
        of_door(&mut jobs, door, data, &holder);
    }
    for puller in &opened.pullers {
        let one = Arc::clone(puller);
        jobs.every("pull", puller.owner(), PULL, move || {
            let puller = Arc::clone(&one);
            async move { puller.turn().await }
        });
        let one = Arc::clone(puller);
        jobs.every("hand over usage", puller.owner(), HAND_OVER, move || {
            let puller = Arc::clone(&one);
            async move { puller.hand_over_usage().await }
        });
    }
    if let Some(keeper) = &opened.keeper {
        of_keeper(&mut jobs, keeper, data, &holder);
    }
    jobs
}

/// Stops the jobs and writes what the environments still hold in memory.
pub async fn stop(jobs: Jobs, opened: &Opened, grace: Duration) {
    jobs.stop(grace).await;
    for door in &opened.doors {
        if let Err(fault) = trail::flush(door).await {
            tracing::error!(environment = %door.name, %fault, "the last request records are lost");
        }
    }
}

fn of_door(jobs: &mut Jobs, door: &Arc<Door>, data: &Path, holder: &str) {
    let owner = door.name.as_str();
    let (one, sealer) = (Arc::clone(door), Sealer::new(data, owner, holder));
    jobs.every("seal", owner, SEAL, move || {
        let (door, sealer) = (Arc::clone(&one), Arc::clone(&sealer));
        async move {
            let now = door.clock.real_now();
            sealer.turn(&door.store, &door.recorder, now).await
        }
    });
    let one = Arc::clone(door);
    jobs.every("follow", owner, door_follow::EVERY, move || {
        let door = Arc::clone(&one);
        async move { door_follow::look(&door).await }
    });
    let one = Arc::clone(door);
    jobs.every("follow keys", owner, FOLLOW_KEYS, move || {
        let door = Arc::clone(&one);
        async move {
            sealing::follow(&door).await?;
            key_life::follow(&door).await.map(drop)
        }
    });
    let (one, worker) = (Arc::clone(door), holder.to_owned());
    jobs.every("sealing keys", owner, FOLLOW_KEYS, move || {
        let (door, holder) = (Arc::clone(&one), worker.clone());
        async move { sealing::turn(&door, &holder).await }
    });
    let one = Arc::clone(door);
    jobs.every("requests", owner, REQUESTS, move || {
        let door = Arc::clone(&one);
        async move { trail::flush(&door).await }
    });
    let one = Arc::clone(door);
    jobs.every("mail", owner, MAIL, move || {
        let door = Arc::clone(&one);
        async move { door_mail::deliver_due(&door).await.map(drop) }
    });
    let one = Arc::clone(door);
    let (every, wake) = (door_logouts::EVERY, Arc::clone(&door.sessions_ended));
    jobs.woken("logouts", owner, (every, wake), move || {
        let door = Arc::clone(&one);
        async move { door_logouts::deliver_due(&door).await.map(drop) }
    });
    let one = Arc::clone(door);
    jobs.every("sessions", owner, door_logouts::EXPIRED, move || {
        let door = Arc::clone(&one);
        async move { door_logouts::end_expired(&door).await }
    });
    let one = Arc::clone(door);
    jobs.every("purge", owner, PURGE, move || {
        let door = Arc::clone(&one);
        async move { upkeep::purge_door(&door).await.map(drop) }
    });
}

fn of_keeper(jobs: &mut Jobs, keeper: &Arc<Keeper>, data: &Path, holder: &str) {
    let (one, sealer) = (Arc::clone(keeper), Sealer::new(data, PORTAL, holder));
    jobs.every("seal", PORTAL, SEAL, move || {
        let (keeper, sealer) = (Arc::clone(&one), Arc::clone(&sealer));
        async move {
            let now = keeper.clock.real_now();
            sealer.turn(&keeper.store, &keeper.recorder, now).await
        }
    });
    let one = Arc::clone(keeper);
    jobs.every("deploy", PORTAL, DEPLOY, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_deploy::run_due(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("keys", PORTAL, KEYS, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_keys::tell(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("rotations", PORTAL, ROTATIONS, move || {
        let keeper = Arc::clone(&one);
        async move { rotation::watch(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("agreements", PORTAL, AGREEMENTS, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_agreements::run(&keeper).await }
    });
    let one = Arc::clone(keeper);
    jobs.every("reviews", PORTAL, KEYS, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_reviews::tell(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("tokens", PORTAL, KEYS, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_tokens::tell(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("webhooks", PORTAL, MAIL, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_webhooks::deliver_due(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("mail", PORTAL, MAIL, move || {
        let keeper = Arc::clone(&one);
        async move {
            keeper_mail::deliver_due(&keeper, &NoticeWords)
                .await
                .map(drop)
        }
    });
    let one = Arc::clone(keeper);
    jobs.every("digest", PORTAL, DIGEST, move || {
        let keeper = Arc::clone(&one);
        async move {
            keeper_digest::run_due(&keeper, &NoticeWords)
                .await
                .map(drop)
        }
    });
    let (one, holder) = (Arc::clone(keeper), holder.to_owned());
    jobs.every("probes", PORTAL, keeper_probes::EVERY, move || {
        let (keeper, holder) = (Arc::clone(&one), holder.clone());
        async move { keeper_probes::run_due(&keeper, &holder).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("feed", PORTAL, FEED, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_feed::pull(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("partnerships", PORTAL, PARTNERSHIPS, move || {
        let keeper = Arc::clone(&one);
        async move { partnerships::watch(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("usage", PORTAL, USAGE, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_usage::warn(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("lint", PORTAL, LINT, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_lint::run_if_due(&keeper).await.map(drop) }
    });
    let one = Arc::clone(keeper);
    jobs.every("purge", PORTAL, PURGE, move || {
        let keeper = Arc::clone(&one);
        async move {
            upkeep::purge_keeper(&keeper.store, keeper.clock.real_now())
                .await
                .map(drop)
        }
    });
}

/// Seals one record, exports its heads, and keeps an idle database in its main file alone.
struct Sealer {
    holder: String,
    heads: Arc<Heads>,
    /// The file of heads may lack the database's last one.
    behind: AtomicBool,
    /// Something was sealed since the log was emptied.
    sealed: AtomicBool,
}

impl Sealer {
    fn new(data: &Path, owner: &str, holder: &str) -> Arc<Self> {
        Arc::new(Self {
            holder: holder.to_owned(),
            heads: Heads::new(data, owner),
            behind: AtomicBool::new(true),
            sealed: AtomicBool::new(true),
        })
    }

    async fn turn(&self, store: &Store, recorder: &Recorder, now: Timestamp) -> Result<(), Fault> {
        if self.behind.load(Ordering::Relaxed) {
            self.heads
                .catch_up(store.read(audit::last_head).await?)
                .await?;
        }
        // A turn that fails in the middle may leave a head behind.
        self.behind.store(true, Ordering::Relaxed);
        match upkeep::seal(store, recorder, &self.holder, now).await? {
            Some(head) => {
                self.sealed.store(true, Ordering::Relaxed);
                self.heads.keep(head).await?;
            }
            None if self.sealed.swap(false, Ordering::Relaxed) => store.checkpoint().await?,
            None => {}
        }
        self.behind.store(false, Ordering::Relaxed);
        Ok(())
    }
}

/// Certificates end by the day; reading all of them again is cheap.
const KEYS: Duration = Duration::from_secs(120);
/// How soon a node serves a key that was staged, promoted or retired, and reads what is sealed with a new one.
const FOLLOW_KEYS: Duration = Duration::from_secs(2);
const AGREEMENTS: Duration = Duration::from_secs(60);
const ROTATIONS: Duration = Duration::from_secs(2);
const SEAL: Duration = Duration::from_millis(300);
const REQUESTS: Duration = Duration::from_millis(100);
const FEED: Duration = Duration::from_millis(250);
const MAIL: Duration = Duration::from_millis(200);
/// Between two questions; each waits at the portal.
const PULL: Duration = Duration::from_millis(20);
/// How often is looked whether the hour of the mail of a day has come.
const DIGEST: Duration = Duration::from_secs(1);
const DEPLOY: Duration = Duration::from_secs(1);
/// What the portal sees of partnerships is shown at once; noting when it was seen has time.
const PARTNERSHIPS: Duration = Duration::from_secs(5);
const PURGE: Duration = Duration::from_secs(60);
/// How often is looked whether the nightly check is due.
/// An order's usage is looked at: what is told is days ahead of its end.
/// Between two parts of the hand-offs of an environment that runs elsewhere.
const HAND_OVER: Duration = Duration::from_secs(2);
const USAGE: Duration = Duration::from_secs(60);
const LINT: Duration = Duration::from_secs(60);
