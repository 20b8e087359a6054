//! The jobs of what a process plays.

use std::sync::Arc;
use std::time::Duration;

use durward_app::jobs::{door_follow, door_mail, keeper_deploy, upkeep};
use durward_app::{Door, Keeper};
use durward_keyring::random::Random;

use super::databases::PORTAL;
use super::jobs::Jobs;
use super::open::Opened;

/// Starts every job of the portal and the environments.
pub fn start(opened: &Opened, random: &Random) -> Jobs {
    let mut jobs = Jobs::default();
    // Who holds the sealer's lease: this process, this time.
    let holder = random.uuid_v4().to_string();
    for door in &opened.doors {
        of_door(&mut jobs, door, &holder);
    }
    if let Some(keeper) = &opened.keeper {
        of_keeper(&mut jobs, keeper, &holder);
    }
    jobs
}

fn of_door(jobs: &mut Jobs, door: &Arc<Door>, holder: &str) {
    let owner = door.name.as_str();
    let (one, holder) = (Arc::clone(door), holder.to_owned());
    jobs.every("seal", owner, SEAL, move || {
        let (door, holder) = (Arc::clone(&one), holder.clone());
        async move { upkeep::seal(&door.store, &door.recorder, &holder, door.clock.real_now()).await }
    });
    let one = Arc::clone(door);
    jobs.every("follow", owner, door_follow::EVERY, move || {
        let door = Arc::clone(&one);
        async move { door_follow::look(&door).await }
    });
    let one = Arc::clone(door);
    jobs.every("mail", owner, MAIL, move || {
        let door = Arc::clone(&one);
        async move { door_mail::deliver_due(&door).await.map(drop) }
    });
    let one = Arc::clone(door);
    jobs.every("purge", owner, PURGE, move || {
        let door = Arc::clone(&one);
        async move { upkeep::purge_door(&door).await.map(drop) }
    });
}

fn of_keeper(jobs: &mut Jobs, keeper: &Arc<Keeper>, holder: &str) {
    let (one, holder) = (Arc::clone(keeper), holder.to_owned());
    jobs.every("seal", PORTAL, SEAL, move || {
        let (keeper, holder) = (Arc::clone(&one), holder.clone());
        async move {
            upkeep::seal(
                &keeper.store,
                &keeper.recorder,
                &holder,
                keeper.clock.real_now(),
            )
            .await
        }
    });
    let one = Arc::clone(keeper);
    jobs.every("deploy", PORTAL, DEPLOY, move || {
        let keeper = Arc::clone(&one);
        async move { keeper_deploy::run_due(&keeper).await.map(drop) }
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

const SEAL: Duration = Duration::from_millis(300);
const MAIL: Duration = Duration::from_millis(200);
const DEPLOY: Duration = Duration::from_secs(1);
const PURGE: Duration = Duration::from_secs(60);
