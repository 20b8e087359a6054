//! Releases: seen, deployed again, and rolled back. Each of these is a new release; none is ever changed.

use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::calendar::say;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_domain::permission::Action;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::launches::{self, LaunchRow};
use durward_store::releases::{self, ReleaseChangeRow, ReleaseRow};
use durward_store::{Conn, Fault as StoreFault, apps};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;

use super::bootstrap::PORTAL_HANDLE;
use super::build::{self, Wanted, Why};
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault};
use crate::jobs::keeper_deploy;
use crate::keeper::{Keeper, time};
use crate::partner::apps::document_of;
use crate::partner::launches::{LaunchDenied, LaunchView, find as find_launch, state_of};
use crate::partner::members::name_in;
use crate::partner::steps::{self, By};
use crate::record::Trace;

/// One release in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseSummary {
    /// Its id.
    pub id: String,
    /// The environment it is for.
    pub environment: EnvironmentName,
    /// Its place in the environment's sequence.
    pub sequence: i64,
    /// `save`, `window`, `rollback`, `redeploy`, `removal` or `bootstrap`.
    pub kind: String,
    /// Why it was made.
    pub reason: String,
    /// Who caused it.
    pub author: String,
    /// When it was built.
    pub created: Timestamp,
    /// When the environment took it.
    pub deployed: Option<Timestamp>,
    /// The digest of its manifest.
    pub digest: String,
    /// The Merkle root over every app after it.
    pub root: String,
    /// Whether it is the newest of its environment.
    pub current: bool,
    /// The apps that it changed.
    pub apps: Vec<String>,
}

/// One release with what it changed.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseView {
    /// What lists show.
    #[serde(flatten)]
    pub summary: ReleaseSummary,
    /// What it changed.
    pub changes: Vec<ReleaseChange>,
    /// The requests that it brought.
    pub launches: Vec<String>,
}

/// What a release changed of one app.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseChange {
    /// The app.
    pub app: String,
    /// The number of the revision before; nothing when it was not there.
    pub before: Option<i64>,
    /// The number of the revision after; nothing when it was taken out.
    pub after: Option<i64>,
    /// What differs, when it was there before and is after.
    pub diff: Vec<DiffLine>,
    /// Whether the environment still has what this release brought.
    pub in_effect: bool,
}

/// The newest releases of an environment that a member may see: partners those that touch their apps.
///
/// # Errors
/// A fault.
pub async fn list(
    keeper: &Keeper,
    member: &Member,
    environment: EnvironmentName,
) -> Result<Vec<ReleaseSummary>, Fault> {
    let everything = member.reaches(Action::ViewRelease, Belongs::ToProgramme);
    let teams: Vec<String> = member.teams().into_iter().map(str::to_owned).collect();
    let rows = keeper
        .store
        .read(move |c| {
            let rows = releases::newest(c, environment.as_str(), LONGEST_LIST)?;
            let mut list = Vec::with_capacity(rows.len());
            for (at, row) in rows.into_iter().enumerate() {
                let mut handles = Vec::new();
                for change in releases::changes_of(c, &row.release_id)? {
                    let team = apps::team_of(c, &change.handle)?;
                    if everything || team.is_some_and(|team| teams.contains(&team)) {
                        handles.push(change.handle);
                    }
                }
                if everything || !handles.is_empty() {
                    let author = name_in(c, &row.author)?;
                    list.push((row, author, handles, at == 0));
                }
            }
            Ok(list)
        })
        .await?;
    Ok(rows
        .into_iter()
        .map(|(row, author, handles, current)| summary(environment, row, author, handles, current))
        .collect())
}

/// One release with what it changed, as far as the member may see.
///
/// # Errors
/// [`ReleaseDenied::NotFound`] when there is none that the member may see.
pub async fn find(
    keeper: &Keeper,
    member: &Member,
    id: &str,
) -> Result<ReleaseView, Failure<ReleaseDenied>> {
    let wanted = id.to_owned();
    let loaded = keeper
        .store
        .read(move |c| load(c, &wanted))
        .await?
        .ok_or(Failure::Refused(ReleaseDenied::NotFound))?;
    let everything = member.reaches(Action::ViewRelease, Belongs::ToProgramme);
    let environment = environment_of(&loaded.row)?;
    let mut changes = Vec::new();
    for change in loaded.changes {
        if !everything && !member.reaches(Action::ViewRelease, Belongs::ToTeam(&change.team)) {
            continue;
        }
        changes.push(seen(change)?);
    }
    if changes.is_empty() && !everything {
        return Err(Failure::Refused(ReleaseDenied::NotFound));
    }
    let handles = changes.iter().map(|change| change.app.clone()).collect();
    let launches = if everything {
        loaded.launches
    } else {
        Vec::new()
    };
    Ok(ReleaseView {
        summary: summary(
            environment,
            loaded.row,
            loaded.author,
            handles,
            loaded.current,
        ),
        changes,
        launches,
    })
}

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
    keeper_deploy::run_due(keeper).await?;
    let mut wanted = Vec::new();
    for change in &changes {
        if in_effect(keeper, environment, change).await? {
            continue;
        }
        guard_portal(keeper, environment, &change.handle)?;
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
    let built = make(keeper, environment, &wanted, why).await?;
    follow(
        keeper,
        environment,
        &wanted,
        &built.release_id,
        LaunchEvent::Deploy,
        By::member(member, "Deployed again.", trace),
    )
    .await?;
    find(keeper, member, &built.release_id).await
}

/// Takes back what a release changed, of one of its apps or all, as a new release that carries the older state.
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
        wanted.push((change.handle.clone(), change.before_revision_id.clone()));
        brought.push((change.handle.clone(), change.revision_id.clone()));
    }
    if wanted.is_empty() {
        return Err(Failure::Refused(ReleaseDenied::NotInRelease));
    }
    let reason = match reason.trim() {
        "" => format!("Release {} was rolled back.", row.sequence),
        given => given.chars().take(500).collect(),
    };
    let why = Why {
        kind: "rollback",
        reason: reason.clone(),
        actor: member.actor(),
    };
    let built = make(keeper, environment, &wanted, why).await?;
    follow(
        keeper,
        environment,
        &brought,
        &built.release_id,
        LaunchEvent::RollBack,
        By::member(member, &reason, trace),
    )
    .await?;
    find(keeper, member, &built.release_id).await
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
    let wanted = vec![(row.handle.clone(), Some(row.revision_id.clone()))];
    let why = Why {
        kind: "redeploy",
        reason: format!("{} again.", row.handle),
        actor: member.actor(),
    };
    let built = make(keeper, environment, &wanted, why).await?;
    follow(
        keeper,
        environment,
        &wanted,
        &built.release_id,
        LaunchEvent::Deploy,
        By::member(member, "Deployed again.", trace),
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

/// Why a release was not deployed or rolled back.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseDenied {
    /// The member may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// There is none that the member may see.
    #[error("There is no such release or request that you may see. Check its number.")]
    NotFound,
    /// Too early.
    #[error("Its window is not open yet. The server deploys it on {}.", say(*.0))]
    WindowClosed(Date),
    /// Nothing to do.
    #[error("The environment already has what this release brought.")]
    InEffect,
    /// A later release changed it.
    #[error("A later release changed \"{0}\". Roll back that one first.")]
    Superseded(String),
    /// The app is not in it.
    #[error("The release did not change this app. Name one of its apps.")]
    NotInRelease,
    /// The request was not rolled back.
    #[error("The request is \"{}\". Only what was rolled back can be deployed again.", .0.title())]
    NotRolledBack(LaunchState),
    /// The portal's own app.
    #[error(
        "This is the portal's own app, through which its people sign in. It is in every release and cannot be taken out."
    )]
    Portal,
}

impl Refuse for ReleaseDenied {
    fn code(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.code(),
            Self::NotFound => "release/not-found",
            Self::WindowClosed(_) => "release/window-closed",
            Self::InEffect => "release/in-effect",
            Self::Superseded(_) => "release/superseded",
            Self::NotInRelease => "release/app-not-in-it",
            Self::NotRolledBack(_) => "release/not-rolled-back",
            Self::Portal => "release/portal-app",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::Denied(denied) => denied.kind(),
            Self::NotFound => RefusalKind::NotFound,
            Self::NotInRelease => RefusalKind::Invalid,
            Self::Portal => RefusalKind::Forbidden,
            _ => RefusalKind::Conflict,
        }
    }
}

impl From<Denied> for Failure<ReleaseDenied> {
    fn from(denied: Denied) -> Self {
        Self::Refused(denied.into())
    }
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
    if environment == keeper.sign_in.environment && handle == PORTAL_HANDLE {
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

/// Builds a release of these revisions; `None` takes an app out.
async fn make(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    wanted: &[(String, Option<String>)],
    why: Why,
) -> Result<build::Built, Fault> {
    let mut list = Vec::with_capacity(wanted.len());
    for (handle, revision) in wanted {
        list.push(match revision {
            None => Wanted::removed(handle),
            Some(id) => {
                let id = id.clone();
                let row = keeper
                    .store
                    .read(move |c| apps::find_revision(c, &id))
                    .await?;
                let row = row.ok_or_else(|| {
                    Fault::internal("a release names a revision that is not kept")
                })?;
                let document = document_of(&row.document)?;
                Wanted::set(&row, document)
            }
        });
    }
    build::release(keeper, environment, list, why, build::nothing_more).await
}

/// Moves the requests that brought these revisions.
async fn follow(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    revisions: &[(String, Option<String>)],
    release: &str,
    event: LaunchEvent,
    by: By,
) -> Result<(), Fault> {
    for (handle, revision) in revisions {
        let Some(revision) = revision else { continue };
        let name = handle.clone();
        let rows = keeper
            .store
            .read(move |c| launches::of_app(c, &name))
            .await?;
        for mut row in rows {
            let same = row.environment == environment.as_str() && row.revision_id == *revision;
            if same && state_of(&row)?.after(event).is_some() && row.submitted_us.is_some() {
                if event == LaunchEvent::Deploy {
                    row.release_id = Some(release.to_owned());
                }
                keeper_deploy::moved(keeper, row, event, by.clone(), None).await?;
            }
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

struct Loaded {
    row: ReleaseRow,
    author: String,
    current: bool,
    changes: Vec<LoadedChange>,
    launches: Vec<String>,
}

struct LoadedChange {
    handle: String,
    team: String,
    before: Option<(i64, String)>,
    after: Option<(i64, String)>,
    in_effect: bool,
}

fn load(c: &mut Conn, id: &str) -> Result<Option<Loaded>, StoreFault> {
    let Some(row) = releases::find(c, id)? else {
        return Ok(None);
    };
    let mut changes = Vec::new();
    let mut brought = Vec::new();
    for change in releases::changes_of(c, id)? {
        let now =
            releases::app_in(c, &row.environment, &change.handle)?.map(|(revision, _)| revision);
        for launch in launches::of_app(c, &change.handle)? {
            if launch.release_id.as_deref() == Some(id) {
                brought.push(launch.launch_id);
            }
        }
        changes.push(LoadedChange {
            team: apps::team_of(c, &change.handle)?.unwrap_or_default(),
            before: numbered(c, change.before_revision_id.as_deref())?,
            after: numbered(c, change.revision_id.as_deref())?,
            in_effect: now == change.revision_id,
            handle: change.handle,
        });
    }
    let newest = releases::last(c, &row.environment)?;
    let author = name_in(c, &row.author)?;
    Ok(Some(Loaded {
        current: newest.is_some_and(|newest| newest.release_id == row.release_id),
        row,
        author,
        changes,
        launches: brought,
    }))
}

fn numbered(c: &mut Conn, revision: Option<&str>) -> Result<Option<(i64, String)>, StoreFault> {
    match revision {
        Some(id) => Ok(apps::find_revision(c, id)?.map(|row| (row.number, row.document))),
        None => Ok(None),
    }
}

fn seen(change: LoadedChange) -> Result<ReleaseChange, Fault> {
    let document = |text: Option<&(i64, String)>| -> Result<Option<AppDocument>, Fault> {
        text.map(|(_, text)| document_of(text)).transpose()
    };
    let lines = match (
        document(change.before.as_ref())?,
        document(change.after.as_ref())?,
    ) {
        (Some(before), Some(after)) => diff(&before, &after),
        _ => Vec::new(),
    };
    Ok(ReleaseChange {
        app: change.handle,
        before: change.before.map(|(number, _)| number),
        after: change.after.map(|(number, _)| number),
        diff: lines,
        in_effect: change.in_effect,
    })
}

fn summary(
    environment: EnvironmentName,
    row: ReleaseRow,
    author: String,
    apps: Vec<String>,
    current: bool,
) -> ReleaseSummary {
    ReleaseSummary {
        id: row.release_id,
        environment,
        sequence: row.sequence,
        kind: row.kind,
        reason: row.reason,
        author,
        created: time(row.created_us),
        deployed: row.deployed_us.map(time),
        digest: row.digest,
        root: row.root,
        current,
        apps,
    }
}

fn environment_of(row: &ReleaseRow) -> Result<EnvironmentName, Fault> {
    EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))
}

const LONGEST_LIST: i64 = 200;
