//! Releases: seen, deployed again, and rolled back. Each of these is a new release; none is ever changed.

mod denied;
mod make;
mod view;
mod whole;

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_domain::permission::Action;
use durward_store::apps;
use durward_store::launches::{self, LaunchRow};
use durward_store::releases::{self, ReleaseChangeRow, ReleaseRow};

use super::bootstrap;
use super::build::Why;
use super::suspension;
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::jobs::keeper_deploy;
use crate::keeper::Keeper;
use crate::partner::checklist::agreement_stops;
use crate::partner::launches::{LaunchDenied, LaunchView, find as find_launch, state_of};
use crate::partner::steps::{self, By};
use crate::record::Trace;

pub use denied::ReleaseDenied;
pub(crate) use make::take_back;
use make::{make, roll_back};
pub use view::{ReleaseChange, ReleaseSummary, ReleaseView, find, list, page};
pub use whole::rollback_environment;

/// Makes the state of a release's apps current again, as a new release; hands the release over if its environment has
/// not taken it yet.
///
/// # Errors
/// [`ReleaseDenied`], or a fault.
pub async fn deploy(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    trace: &Trace,
) -> Result<ReleaseView, Failure<ReleaseDenied>> {
    may(keeper, member, Action::DeployRelease)?;
    let (row, changes) = release_of(keeper, id).await?;
    let environment = environment_of(&row)?;
    not_a_rollback(&row)?;
    keeper_deploy::run_due(keeper).await?;
    let mut wanted = Vec::new();
    for change in &changes {
        if in_effect(keeper, environment, change).await? {
            continue;
        }
        guard_portal(keeper, environment, &change.handle)?;
        if change.revision_id.is_none() {
            return Err(Failure::Refused(ReleaseDenied::TookBack));
        }
        may_return(keeper, environment, change).await?;
        wanted.push((change.handle.clone(), change.revision_id.clone()));
    }
    if wanted.is_empty() {
        return if row.deployed_us.is_none() {
            find(keeper, member, id).await
        } else {
            Err(Failure::Refused(ReleaseDenied::InEffect))
        };
    }
    let why = Why {
        kind: "redeploy",
        reason: format!("Release {} again.", row.sequence),
        actor: member.actor(),
    };
    let by = By::member(member, "Deployed again.", trace);
    let built = make(
        keeper,
        environment,
        (&wanted, &wanted),
        why,
        (LaunchEvent::Deploy, by),
    )
    .await?;
    find(keeper, member, &built.release_id).await
}

/// Takes back what a release changed in one app, as a new release that carries the older state. `app` may be left out
/// where the release changed one app alone.
///
/// # Errors
/// [`ReleaseDenied`], or a fault.
pub async fn rollback(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (app, reason): (Option<&str>, &str),
    trace: &Trace,
) -> Result<ReleaseView, Failure<ReleaseDenied>> {
    may(keeper, member, Action::RollBack)?;
    let (row, changes) = release_of(keeper, id).await?;
    let environment = environment_of(&row)?;
    not_a_rollback(&row)?;
    if app.is_none() && changes.len() > 1 {
        let handles: Vec<&str> = changes
            .iter()
            .map(|change| change.handle.as_str())
            .collect();
        return Err(Failure::Refused(ReleaseDenied::NameTheApp(
            handles.join(", "),
        )));
    }
    let mut wanted = Vec::new();
    let mut brought = Vec::new();
    for change in changes
        .iter()
        .filter(|change| app.is_none_or(|app| app == change.handle))
    {
        guard_portal(keeper, environment, &change.handle)?;
        if !in_effect(keeper, environment, change).await? {
            return Err(Failure::Refused(ReleaseDenied::Superseded(
                change.handle.clone(),
            )));
        }
        if change.revision_id.is_none() {
            return Err(Failure::Refused(ReleaseDenied::TookBack));
        }
        wanted.push((change.handle.clone(), change.before_revision_id.clone()));
        brought.push((change.handle.clone(), change.revision_id.clone()));
    }
    if wanted.is_empty() {
        return Err(Failure::Refused(ReleaseDenied::NotInRelease));
    }
    let otherwise = format!("Release {} was rolled back.", row.sequence);
    roll_back(
        keeper,
        member,
        environment,
        (&wanted, &brought),
        (reason, otherwise),
        trace,
    )
    .await
}

/// Deploys what a request brought again after a roll-back; for a scheduled one, only once its window is open.
///
/// # Errors
/// [`ReleaseDenied::WindowClosed`] with the next window; other [`ReleaseDenied`], or a fault.
pub async fn deploy_launch(
    keeper: &Arc<Keeper>,
    member: &Member,
    launch: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<ReleaseDenied>> {
    may(keeper, member, Action::DeployRelease)?;
    let row = launch_of(keeper, member, launch).await?;
    let state = state_of(&row)?;
    if state == LaunchState::Scheduled {
        if keeper.clock.now().as_microsecond() < row.window_us.unwrap_or(i64::MAX) {
            let window = row
                .window_date
                .as_deref()
                .and_then(|date| date.parse().ok())
                .unwrap_or_else(|| keeper.today());
            return Err(Failure::Refused(ReleaseDenied::WindowClosed(window)));
        }
        keeper_deploy::run_due(keeper).await?;
        return view_of(keeper, member, launch).await;
    }
    if state != LaunchState::RolledBack {
        return Err(Failure::Refused(ReleaseDenied::NotRolledBack(state)));
    }
    let environment =
        EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))?;
    let brought = match &row.release_id {
        Some(release) => release_of(keeper, release).await?.1,
        None => Vec::new(),
    };
    let brought = brought.iter().find(|change| change.handle == row.handle);
    may_return(
        keeper,
        environment,
        brought.ok_or(Failure::Refused(ReleaseDenied::NotInRelease))?,
    )
    .await?;
    let wanted = vec![(row.handle.clone(), Some(row.revision_id.clone()))];
    let why = Why {
        kind: "redeploy",
        reason: format!("{} again.", row.handle),
        actor: member.actor(),
    };
    let by = By::member(member, "Deployed again.", trace);
    make(
        keeper,
        environment,
        (&wanted, &wanted),
        why,
        (LaunchEvent::Deploy, by),
    )
    .await?;
    view_of(keeper, member, launch).await
}

/// Rolls back what a request brought.
///
/// # Errors
/// [`ReleaseDenied`], or a fault.
pub async fn rollback_launch(
    keeper: &Arc<Keeper>,
    member: &Member,
    launch: &str,
    reason: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<ReleaseDenied>> {
    let row = launch_of(keeper, member, launch).await?;
    let release = row
        .release_id
        .clone()
        .ok_or(Failure::Refused(ReleaseDenied::NotInRelease))?;
    rollback(keeper, member, &release, (Some(&row.handle), reason), trace).await?;
    view_of(keeper, member, launch).await
}

fn may(keeper: &Keeper, member: &Member, action: Action) -> Result<(), Failure<ReleaseDenied>> {
    member.may(action, Belongs::ToProgramme, keeper.clock.real_now())?;
    Ok(())
}

fn guard_portal(
    keeper: &Keeper,
    environment: EnvironmentName,
    handle: &str,
) -> Result<(), Failure<ReleaseDenied>> {
    if bootstrap::is_own(keeper, environment, handle) {
        return Err(Failure::Refused(ReleaseDenied::Portal));
    }
    Ok(())
}

async fn release_of(
    keeper: &Keeper,
    id: &str,
) -> Result<(ReleaseRow, Vec<ReleaseChangeRow>), Failure<ReleaseDenied>> {
    let wanted = id.to_owned();
    let found = keeper
        .store
        .read(move |c| {
            let Some(row) = releases::find(c, &wanted)? else {
                return Ok(None);
            };
            Ok(Some((row, releases::changes_of(c, &wanted)?)))
        })
        .await?;
    found.ok_or(Failure::Refused(ReleaseDenied::NotFound))
}

/// Whether the environment's releases still add up to what this change brought.
async fn in_effect(
    keeper: &Keeper,
    environment: EnvironmentName,
    change: &ReleaseChangeRow,
) -> Result<bool, Fault> {
    let (handle, brought) = (change.handle.clone(), change.revision_id.clone());
    let now = keeper
        .store
        .read(move |c| releases::app_in(c, environment.as_str(), &handle))
        .await?;
    Ok(now.map(|(revision, _)| revision) == brought)
}

/// What a roll-back leaves is taken back by a new deployment of what it rolled back, never by another roll-back.
fn not_a_rollback(row: &ReleaseRow) -> Result<(), Failure<ReleaseDenied>> {
    if row.kind == "rollback" {
        return Err(Failure::Refused(ReleaseDenied::TookBack));
    }
    Ok(())
}

/// Whether what a release brought may come back: the app stands as before that release, its configuration is there, and
/// the agreement of its request holds today.
async fn may_return(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    change: &ReleaseChangeRow,
) -> Result<(), Failure<ReleaseDenied>> {
    let name = change.handle.clone();
    let (live, configured, retired, requests) = keeper
        .store
        .read(move |c| {
            Ok((
                releases::app_in(c, environment.as_str(), &name)?.map(|(revision, _)| revision),
                apps::find_configuration(c, &name, environment.as_str())?.is_some(),
                suspension::is_retired(c, &name, environment)?,
                launches::of_app(c, &name)?,
            ))
        })
        .await?;
    if retired {
        let handle = change.handle.clone();
        return Err(Failure::Refused(ReleaseDenied::Retired(handle)));
    }
    if live != change.before_revision_id {
        let handle = change.handle.clone();
        return Err(Failure::Refused(ReleaseDenied::Superseded(handle)));
    }
    if !configured {
        let handle = change.handle.clone();
        return Err(Failure::Refused(ReleaseDenied::Deleted(handle)));
    }
    for row in requests {
        let same = row.environment == environment.as_str()
            && Some(&row.revision_id) == change.revision_id.as_ref()
            && state_of(&row)? == LaunchState::RolledBack;
        if same && let Some(sentence) = agreement_stops(keeper, &row, keeper.today()).await? {
            return Err(Failure::Refused(ReleaseDenied::Agreement(sentence)));
        }
    }
    Ok(())
}

async fn launch_of(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<LaunchRow, Failure<ReleaseDenied>> {
    let row = match steps::current(keeper, id).await {
        Ok(current) => current.row,
        Err(Failure::Fault(fault)) => return Err(fault.into()),
        Err(Failure::Refused(_)) => return Err(Failure::Refused(ReleaseDenied::NotFound)),
    };
    if member.reaches(Action::ViewLaunch, Belongs::ToTeam(&row.team)) {
        Ok(row)
    } else {
        Err(Failure::Refused(ReleaseDenied::NotFound))
    }
}

async fn view_of(
    keeper: &Keeper,
    member: &Member,
    launch: &str,
) -> Result<LaunchView, Failure<ReleaseDenied>> {
    match find_launch(keeper, member, launch).await {
        Ok(view) => Ok(view),
        Err(Failure::Fault(fault)) => Err(fault.into()),
        Err(Failure::Refused(LaunchDenied::Denied(denied))) => Err(denied.into()),
        Err(Failure::Refused(_)) => Err(Failure::Refused(ReleaseDenied::NotFound)),
    }
}

fn environment_of(row: &ReleaseRow) -> Result<EnvironmentName, Fault> {
    EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))
}
