//! The deployer: at a window it builds a release from each scheduled request, and hands them over.
//!
//! One release for each request, so that rolling a release back takes back one app. The canary signs in once for several
//! of them.

mod watch;

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::application::Protocol;
use durward_domain::calendar::say;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_store::launches::{self, LaunchRow};
use durward_store::releases::ReleaseRow;
use durward_store::{Conn, Fault as StoreFault, FaultKind, apps, releases};

use crate::actor::Actor;
use crate::failure::Fault;
use crate::jobs::keeper_base;
use crate::keeper::Keeper;
use crate::operator::build::{self, Wanted, Why};
use crate::operator::suspension;
use crate::partner::apps::document_of;
use crate::partner::calendar;
use crate::partner::checklist::agreement_stops;
use crate::partner::launches::{Stored, state_of};
use crate::partner::requests;
use crate::partner::steps::{self, By, Current};
use watch::{Suspect, Verdict};

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// How many releases were built.
    pub released: usize,
    /// How many requests went live.
    pub live: usize,
}

/// Does what is due: releases that an environment could not take before, and requests whose window has opened.
///
/// Runs every second, and at once when the clock moved. A run that finds nothing reads a few rows.
///
/// # Errors
/// A fault; what was done before it stays done, and the next run goes on.
pub async fn run_due(keeper: &Arc<Keeper>) -> Result<Ran, Fault> {
    let _turn = keeper.deploying.lock().await;
    keeper
        .saved
        .get_or_try_init(|| build::release_saved(keeper))
        .await?;
    // What is denied comes ahead of what is released.
    suspension::catch_up(keeper).await?;
    suspension::lift_due(keeper).await?;
    let mut served = BTreeMap::new();
    for link in &keeper.environments {
        if let Some(sequence) = build::catch_up(keeper, link).await? {
            served.insert(link.name, sequence);
        }
    }
    let now_us = keeper.clock.now().as_microsecond();
    let due = keeper.store.read(move |c| launches::due(c, now_us)).await?;
    let mut ran = Ran::default();
    let mut unwatched = 0;
    for row in due.into_iter().filter(|row| row.release_id.is_none()) {
        let launch = row.launch_id.clone();
        match take_up(keeper, row).await {
            Ok(None) => {}
            Ok(Some((environment, built))) => {
                ran.released += 1;
                unwatched += 1;
                if built.deployed {
                    served.insert(environment, built.sequence);
                }
            }
            // One request that cannot be deployed stops no other; the next run tries it again.
            Err(fault) => tracing::error!(launch, %fault, "deploying a request"),
        }
        if unwatched == WATCHED_AT_ONCE {
            unwatched = 0;
            ran.live += settle(keeper, now_us, &mut served).await?;
        }
    }
    ran.live += settle(keeper, now_us, &mut served).await?;
    Ok(ran)
}

/// Watches what was handed over, and tells who is live. Where the canary stops, releases are taken back one by one, the
/// newest first, until it comes to its end.
async fn settle(
    keeper: &Arc<Keeper>,
    now_us: i64,
    served: &mut BTreeMap<EnvironmentName, u64>,
) -> Result<usize, Fault> {
    let mut live = 0;
    loop {
        for (environment, sequence) in served.iter() {
            watch::canary(keeper, *environment, *sequence).await?;
        }
        let (went, suspects) = go_live(keeper, now_us, served).await?;
        live += went;
        if suspects.is_empty() {
            return Ok(live);
        }
        for (environment, suspect) in suspects {
            if let Some(sequence) = suspect.taken_back(keeper).await? {
                served.insert(environment, sequence);
            }
        }
    }
}

/// Builds the release of a request whose window is open; `None` when it was sent back or its environment is not here.
async fn take_up(
    keeper: &Arc<Keeper>,
    row: LaunchRow,
) -> Result<Option<(EnvironmentName, build::Built)>, Fault> {
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))?;
    if keeper.environment(environment).is_none() || sent_back(keeper, &row).await? {
        return Ok(None);
    }
    if keeper_base::sent_back(keeper, &row).await? {
        return Ok(None);
    }
    let stored = Stored::read(&row)?;
    if !stored.way.is_emergency() && calendar::postpone(keeper, &row).await? {
        return Ok(None);
    }
    if let Some(reason) = &stored.body.retire {
        // Denied ahead of the release: nothing that stops between the two lets anybody in.
        suspension::retire(keeper, (&row.handle, environment), reason).await?;
    }
    let built = release(keeper, environment, row).await?;
    Ok(Some((environment, built)))
}

/// Sends a request back whose agreement ended since it was approved: nothing goes live without one.
async fn sent_back(keeper: &Arc<Keeper>, row: &LaunchRow) -> Result<bool, Fault> {
    let window = row
        .window_date
        .as_deref()
        .and_then(|date| date.parse().ok())
        .unwrap_or_else(|| keeper.today());
    let Some(sentence) = agreement_stops(keeper, row, window).await? else {
        return Ok(false);
    };
    let mut stored = Stored::read(row)?;
    stored.approvals.clear();
    let next = Current {
        row: row.clone(),
        stored,
        state: LaunchState::ChangesRequested,
    };
    let by = By::server(format!("Not deployed. {sentence}"));
    steps::write(keeper, next, vec![(LaunchEvent::RequestChanges, by)]).await?;
    Ok(true)
}

/// The release of one request.
async fn release(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    row: LaunchRow,
) -> Result<build::Built, Fault> {
    let id = row.revision_id.clone();
    let revision = keeper
        .store
        .read(move |c| apps::find_revision(c, &id))
        .await?;
    let revision =
        revision.ok_or_else(|| Fault::internal("a request names a revision that is not kept"))?;
    let document = document_of(&revision.document)?;
    let (handle, retires) = (
        row.handle.clone(),
        Stored::read(&row)?.body.retire.is_some(),
    );
    let day = row
        .window_date
        .as_deref()
        .and_then(|date| date.parse().ok());
    let day = day.map(say).unwrap_or_default();
    let why = Why {
        kind: "window",
        reason: format!("{} in the window of {day}.", row.handle),
        actor: Actor::System("deployer"),
    };
    let more = move |c: &mut Conn, release: &ReleaseRow| -> Result<(), StoreFault> {
        let mut row = row.clone();
        row.release_id = Some(release.release_id.clone());
        if launches::update(c, &row)? {
            return Ok(());
        }
        // Withdrawn or taken by another node meanwhile.
        Err(StoreFault::new(
            FaultKind::Busy,
            "a request changed while its release was built",
        ))
    };
    let wanted = vec![if retires {
        Wanted::removed(&handle)
    } else {
        Wanted::set(&revision, document)
    }];
    build::release(keeper, environment, wanted, why, more).await
}

/// Requests whose release an environment serves are live; answers how many went live, and which release is to be taken
/// back in each environment whose canary stopped.
async fn go_live(
    keeper: &Arc<Keeper>,
    now_us: i64,
    served: &BTreeMap<EnvironmentName, u64>,
) -> Result<(usize, BTreeMap<EnvironmentName, Suspect>), Fault> {
    let (mut live, mut suspects) = (0, BTreeMap::new());
    for (row, release) in handed_over(keeper, now_us).await? {
        let environment = EnvironmentName::parse(&row.environment)
            .map_err(|bad| Fault::internal(bad.to_string()))?;
        let reached = served
            .get(&environment)
            .and_then(|sequence| i64::try_from(*sequence).ok());
        if reached.is_none_or(|reached| reached < release.sequence) {
            continue;
        }
        match watch::verdict(keeper, environment, &row, &release).await? {
            Verdict::Waits => continue,
            Verdict::Passed => {}
            Verdict::TakenBack => {
                watch::moved_back(keeper, row, &release).await?;
                continue;
            }
            Verdict::Failed(before, run) => {
                let suspect = Suspect {
                    row,
                    release,
                    before,
                    run,
                };
                let known = suspects.get(&environment);
                if known.is_none_or(|known| suspect.is_before(known)) {
                    suspects.insert(environment, suspect);
                }
                continue;
            }
        }
        let by = By::server(format!(
            "Release {} is current in {environment}.",
            release.sequence
        ));
        let checked = checked(keeper, environment, &row).await?;
        if moved(keeper, row, LaunchEvent::Deploy, by, checked).await? {
            live += 1;
        }
    }
    Ok((live, suspects))
}

/// The due requests that have a release.
async fn handed_over(keeper: &Keeper, now_us: i64) -> Result<Vec<(LaunchRow, ReleaseRow)>, Fault> {
    let found = keeper.store.read(move |c| {
        let mut list = Vec::new();
        for row in launches::due(c, now_us)? {
            if let Some(id) = &row.release_id
                && let Some(release) = releases::find(c, id)?
            {
                list.push((row, release));
            }
        }
        Ok(list)
    });
    Ok(found.await?)
}

/// Moves a request by something that the server did; `false` when somebody was faster or it was there already.
pub(crate) async fn moved(
    keeper: &Arc<Keeper>,
    row: LaunchRow,
    event: LaunchEvent,
    by: By,
    more: Option<String>,
) -> Result<bool, Fault> {
    let (state, stored) = (state_of(&row)?, Stored::read(&row)?);
    let Some(after) = state.after(event) else {
        return Ok(false);
    };
    let next = Current {
        row,
        stored,
        state: after,
    };
    let unit_keeper = Arc::clone(keeper);
    let written = keeper.store.write(move |c| {
        let done = steps::write_in(c, &unit_keeper, &next, &[(event, by.clone())])?;
        if let (true, Some(more)) = (done, &more) {
            steps::line(
                c,
                &unit_keeper,
                &next.row,
                "check",
                &By::server(more.clone()),
            )?;
        }
        Ok(done)
    });
    Ok(written.await?)
}

/// Asks the environment's registry whether it answers with the revision of the request.
async fn checked(
    keeper: &Keeper,
    environment: EnvironmentName,
    row: &LaunchRow,
) -> Result<Option<String>, Fault> {
    let Some(door) = keeper
        .environment(environment)
        .and_then(|link| link.door.as_ref())
    else {
        return Ok(None);
    };
    if Stored::read(row)?.body.retire.is_some()
        || requests::document(keeper, &row.revision_id).await?.protocol != Protocol::Oidc
    {
        return Ok(None);
    }
    let registry = door.registry.load();
    let answers = registry
        .by_handle(&row.handle)
        .is_some_and(|app| app.revision == row.revision_id);
    Ok(Some(if answers {
        format!("{environment} answers for the app with the revision of this request.")
    } else {
        tracing::error!(%environment, app = row.handle, "the environment does not answer with the deployed revision");
        format!("{environment} does not answer with the revision of this request. Look at the log.")
    }))
}

/// For how many releases the canary signs in once. What may have to be taken back with the one that is to blame is no
/// more than this.
const WATCHED_AT_ONCE: usize = 25;
