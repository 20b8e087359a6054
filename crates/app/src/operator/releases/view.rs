//! Releases as members see them.

use durward_domain::application::AppDocument;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_store::denials;
use durward_store::deployments::{self, CanaryRow};
use durward_store::releases::{self, ReleaseRow};
use durward_store::{Conn, Fault as StoreFault, apps, launches};
use jiff::Timestamp;
use serde::Serialize;

use super::{ReleaseDenied, environment_of};
use crate::actor::{Belongs, Member};
use crate::canary::APP_STEP;
use crate::failure::{Failure, Fault};
use crate::keeper::{Keeper, time};
use crate::operator::drift::{Canary, canary_shown};
use crate::partner::apps::document_of;
use crate::partner::members::name_in;

/// One release in a list.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseSummary {
    /// Its id.
    pub id: String,
    /// The environment it is for.
    pub environment: EnvironmentName,
    /// Its place in the environment's sequence.
    pub sequence: i64,
    /// `save`, `window`, `rollback`, `redeploy`, `repair`, `removal` or `bootstrap`.
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
    /// The manifest as it was signed: a compact JWS. Only for who may see every app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<String>,
    /// How the canary sign-in after it ended, once it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canary: Option<Canary>,
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
    /// Whether nobody can sign in to the app now, whatever is released: suspended or retired.
    pub denied: bool,
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
    let found = page(keeper, member, environment, (None, LONGEST_LIST)).await?;
    Ok(found.map(|(list, _)| list).unwrap_or_default())
}

/// A page of them and, when older ones are there, the id after which the next page begins. So many are looked at, so that a
/// page of a partner may hold fewer. Nothing when there is no release of the id to begin after.
///
/// # Errors
/// A fault.
pub async fn page(
    keeper: &Keeper,
    member: &Member,
    environment: EnvironmentName,
    (after, limit): (Option<&str>, usize),
) -> Result<Option<(Vec<ReleaseSummary>, Option<String>)>, Fault> {
    let everything = member.reaches(Action::ViewRelease, Belongs::ToProgramme);
    let teams: Vec<String> = member.teams().into_iter().map(str::to_owned).collect();
    let after = after.map(str::to_owned);
    let found = keeper
        .store
        .read(move |c| {
            let before = match &after {
                None => i64::MAX,
                Some(id) => match releases::find(c, id)? {
                    Some(row) if row.environment == environment.as_str() => row.sequence,
                    _ => return Ok(None),
                },
            };
            let most = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
            let mut rows = releases::before(c, environment.as_str(), before, most)?;
            let more = rows.len() > limit;
            rows.truncate(limit);
            let next = rows
                .last()
                .filter(|_| more)
                .map(|row| row.release_id.clone());
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
                    list.push((row, author, handles, at == 0 && after.is_none()));
                }
            }
            Ok(Some((list, next)))
        })
        .await?;
    Ok(found.map(|(rows, next)| {
        let list = rows
            .into_iter()
            .map(|(row, author, handles, current)| {
                summary(environment, row, author, handles, current)
            })
            .collect();
        (list, next)
    }))
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
    let signed = everything.then(|| loaded.row.signed.clone());
    Ok(ReleaseView {
        signed,
        canary: loaded.canary.map(canary_shown),
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

struct Loaded {
    row: ReleaseRow,
    author: String,
    current: bool,
    changes: Vec<LoadedChange>,
    launches: Vec<String>,
    canary: Option<CanaryRow>,
}

struct LoadedChange {
    handle: String,
    team: String,
    before: Option<(i64, String)>,
    after: Option<(i64, String)>,
    in_effect: bool,
    denied: bool,
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
            denied: denials::find_denied(c, &row.environment, &change.handle)?.is_some(),
            handle: change.handle,
        });
    }
    let newest = releases::last(c, &row.environment)?;
    let author = name_in(c, &row.author)?;
    let runs = deployments::canaries_from(c, &row.environment, row.sequence)?;
    let canary = covering(runs, row.sequence);
    Ok(Some(Loaded {
        current: newest.is_some_and(|newest| newest.release_id == row.release_id),
        row,
        author,
        changes,
        canary,
        launches: brought,
    }))
}

/// The sign-in that watched a release: its own, or the next one that was not of another release's app.
fn covering(runs: Vec<CanaryRow>, sequence: i64) -> Option<CanaryRow> {
    runs.into_iter()
        .find(|run| run.sequence == sequence || run.step != APP_STEP)
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
        denied: change.denied,
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

const LONGEST_LIST: usize = 200;
