//! What the canary says of releases, and how one that it stops at is taken back.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_store::deployments::{self, CanaryRow};
use durward_store::launches::LaunchRow;
use durward_store::releases::{self, ReleaseRow};

use crate::actor::Actor;
use crate::canary::{self, APP_STEP, CANARY_HANDLE};
use crate::failure::Fault;
use crate::keeper::Keeper;
use crate::operator::build::Why;
use crate::operator::pull;
use crate::operator::releases::take_back;
use crate::partner::launches::Stored;
use crate::partner::steps::{self, By, Current};

/// Looks at every app that came since the last time and then signs in once, in a live-class environment that runs in
/// this process, and keeps how it ended. An app that nobody could sign in to is told of its own release.
pub(super) async fn canary(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    sequence: u64,
) -> Result<(), Fault> {
    let door = keeper
        .environment(environment)
        .and_then(|link| link.door.as_ref());
    let Some(door) = door.filter(|door| door.name.class().is_live()) else {
        return Ok(());
    };
    let number = i64::try_from(sequence).unwrap_or(i64::MAX);
    let Some(changed) = unwatched(keeper, environment, number).await? else {
        return Ok(());
    };
    for (release, handles) in changed {
        if let Some(run) = canary::look_at(door, &handles) {
            pull::keep_canary(keeper, environment, release, run).await?;
            if release == number {
                return Ok(());
            }
        }
    }
    match canary::run(door, &[]).await {
        Some(run) => pull::keep_canary(keeper, environment, number, run).await,
        None => Ok(()),
    }
}

/// The apps that each release set since the canary ran last, up to one that it did not watch yet.
async fn unwatched(
    keeper: &Keeper,
    environment: EnvironmentName,
    number: i64,
) -> Result<Option<BTreeMap<i64, Vec<String>>>, Fault> {
    let found = keeper.store.read(move |c| {
        let name = environment.as_str();
        if deployments::find_canary(c, name, number)?.is_some() {
            return Ok(None);
        }
        let last = deployments::last_canary(c, name)?.map_or(number - 1, |run| run.sequence);
        let mut changed: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for (sequence, change) in releases::changes_between(c, name, (last, number))? {
            let of = changed.entry(sequence).or_default();
            of.extend(change.revision_id.map(|_| change.handle));
        }
        Ok(Some(changed))
    });
    Ok(found.await?)
}

/// What the canary says of the release of a request.
pub(super) enum Verdict {
    /// No sign-in has ended yet.
    Waits,
    /// It came to its end, or the environment has no canary.
    Passed,
    /// Another release took the app back before the request was live.
    TakenBack,
    /// It stopped: the revision from before the release may have to come back.
    Failed(Option<String>, CanaryRow),
}

pub(super) async fn verdict(
    keeper: &Keeper,
    environment: EnvironmentName,
    row: &LaunchRow,
    release: &ReleaseRow,
) -> Result<Verdict, Fault> {
    let (handle, id, sequence) = (
        row.handle.clone(),
        release.release_id.clone(),
        release.sequence,
    );
    let found = keeper
        .store
        .read(move |c| {
            let name = environment.as_str();
            let change = releases::changes_of(c, &id)?
                .into_iter()
                .find(|change| change.handle == handle);
            let live = releases::app_in(c, name, &handle)?.map(|(revision, _)| revision);
            let watched = releases::app_in(c, name, CANARY_HANDLE)?.is_some();
            let newest = releases::last(c, name)?.map_or(sequence, |last| last.sequence);
            let runs = deployments::canaries_from(c, name, sequence)?;
            Ok((change, live, watched, (runs, newest)))
        })
        .await?;
    let (Some(change), live, watched, (runs, newest)) = found else {
        return Ok(Verdict::Passed);
    };
    if live != change.revision_id {
        return Ok(Verdict::TakenBack);
    }
    if !watched {
        return Ok(Verdict::Passed);
    }
    Ok(match judged(runs, sequence, newest) {
        None => Verdict::Waits,
        Some(run) if run.passed => Verdict::Passed,
        Some(run) => Verdict::Failed(change.before_revision_id, run),
    })
}

/// The run that decides on a release that is still in effect, among those since. Its own comes first; otherwise any that
/// came to its end with it. One that stopped counts when nothing newer is to be watched yet; one that stopped at the app
/// of another release says nothing of this one.
fn judged(runs: Vec<CanaryRow>, sequence: i64, newest: i64) -> Option<CanaryRow> {
    if let Some(own) = runs.iter().find(|run| run.sequence == sequence) {
        return Some(own.clone());
    }
    if let Some(passed) = runs.iter().find(|run| run.passed) {
        return Some(passed.clone());
    }
    let last = runs.into_iter().next_back()?;
    (last.sequence == newest && last.step != APP_STEP).then_some(last)
}

/// A request whose release was live when the canary stopped.
pub(super) struct Suspect {
    pub(super) row: LaunchRow,
    pub(super) release: ReleaseRow,
    pub(super) before: Option<String>,
    pub(super) run: CanaryRow,
}

impl Suspect {
    /// Whether the canary stopped at this release and not at a later one.
    fn is_own(&self) -> bool {
        self.run.sequence == self.release.sequence
    }

    /// Whether this one is to be taken back sooner: at whose release it stopped, then the newest.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        (self.is_own(), self.release.sequence) > (other.is_own(), other.release.sequence)
    }

    /// Rolls the release back; answers the release that the environment serves then, if it took it.
    pub(super) async fn taken_back(self, keeper: &Arc<Keeper>) -> Result<Option<u64>, Fault> {
        let (release, run) = (&self.release, &self.run);
        let of = if self.is_own() {
            String::new()
        } else {
            format!(" after release {}, which came with it,", run.sequence)
        };
        let reason = format!(
            "Release {} was rolled back by the server: the canary sign-in{of} stopped at \"{}\". {}",
            release.sequence, run.step, run.sentence
        );
        tracing::error!(
            environment = release.environment,
            sequence = release.sequence,
            step = run.step,
            "rolling a release back: the canary could not sign in"
        );
        let stored = Stored::read(&self.row)?;
        let why = Why {
            kind: "rollback",
            reason: reason.clone(),
            actor: Actor::System("deployer"),
        };
        let by = By::server(format!("Release {} was current.", release.sequence));
        let steps = vec![
            (LaunchEvent::Deploy, by),
            (LaunchEvent::RollBack, By::server(reason)),
        ];
        let built = take_back(keeper, (self.row, stored), self.before, (why, steps)).await?;
        Ok(built.deployed.then_some(built.sequence))
    }
}

/// Notes that a request was rolled back before it was told to be live.
pub(super) async fn moved_back(
    keeper: &Arc<Keeper>,
    row: LaunchRow,
    release: &ReleaseRow,
) -> Result<(), Fault> {
    let by = By::server(format!("Release {} was current.", release.sequence));
    let back = By::server("A later release took it back before it was told to be live.");
    let next = Current {
        stored: Stored::read(&row)?,
        row,
        state: LaunchState::RolledBack,
    };
    let events = vec![(LaunchEvent::Deploy, by), (LaunchEvent::RollBack, back)];
    steps::write(keeper, next, events).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs as (release, step); an empty step is one that came to its end.
    fn check(runs: &[(i64, &str)], newest: i64, verdict: &str) {
        let runs = runs.iter().map(|(sequence, step)| CanaryRow {
            sequence: *sequence,
            passed: step.is_empty(),
            step: (*step).to_owned(),
            sentence: String::new(),
            took_us: 0,
            run_us: 0,
        });
        let runs: Vec<CanaryRow> = runs.collect();
        let found = match judged(runs.clone(), 5, newest) {
            None => "waits",
            Some(run) if run.passed => "passed",
            Some(_) => "failed",
        };
        assert_eq!(found, verdict, "{runs:?}, newest {newest}");
    }

    #[test]
    fn one_sign_in_decides_on_the_releases_before_it() {
        check(&[], 7, "waits");
        check(&[(5, "")], 5, "passed");
        check(&[(7, "")], 7, "passed");
        check(&[(7, "token")], 7, "failed");
        // The app of another release is not to blame here, nor is this one's own forgiven later.
        check(&[(6, APP_STEP)], 6, "waits");
        check(&[(6, APP_STEP), (7, "")], 7, "passed");
        check(&[(5, APP_STEP), (7, "")], 7, "failed");
        check(&[(5, "token"), (7, "")], 7, "failed");
        // A newer release was taken back, and how that ended is not known yet; then it is.
        check(&[(7, "token")], 8, "waits");
        check(&[(7, "token"), (8, "token")], 8, "failed");
        check(&[(7, "token"), (8, "")], 8, "passed");
    }
}
