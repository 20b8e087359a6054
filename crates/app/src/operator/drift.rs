//! Drift: where what an environment serves, what the portal keeps and what was agreed are not the same, and its repair
//! by a new release.

use std::sync::Arc;

use durward_domain::application::Protocol;
use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_store::deployments::{self, CanaryRow};
use durward_store::releases::{self, ReleasedApp};
use durward_store::{apps, launches};
use jiff::Timestamp;
use serde::Serialize;

use super::bootstrap;
use super::build::{self, Wanted, Why};
use super::releases::{ReleaseDenied, ReleaseView, find};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{EnvironmentLink, Keeper, time};
use crate::partner::apps::document_of;
use crate::partner::checklist::agreement_stops;
use crate::partner::launches::state_of;

/// An environment beside what the portal built for it.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    /// Which environment.
    pub environment: EnvironmentName,
    /// Whether another process plays it.
    pub elsewhere: bool,
    /// The release that it serves, as far as the portal knows.
    pub served: Option<i64>,
    /// The newest release that was built for it.
    pub newest: i64,
    /// When it was last heard of, when it runs elsewhere.
    pub seen: Option<Timestamp>,
    /// The code with which it refused the release after the one that it serves.
    pub refused: Option<String>,
    /// How the newest canary sign-in ended.
    pub canary: Option<Canary>,
    /// What differs, app by app.
    pub drift: Vec<AppDrift>,
}

/// How a canary sign-in ended.
#[derive(Clone, Debug, Serialize)]
pub struct Canary {
    /// The release that it followed.
    pub sequence: i64,
    /// Whether it came to its end.
    pub passed: bool,
    /// Where it stopped.
    pub step: String,
    /// What was wrong there.
    pub sentence: String,
    /// When it ended, by the keeper's clock.
    pub run: Timestamp,
}

/// What differs of one app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AppDrift {
    /// The app.
    pub app: String,
    /// What differs.
    pub kind: DriftKind,
    /// The same in a sentence.
    pub sentence: String,
    /// Whether a new release repairs it.
    pub repairable: bool,
}

/// What can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftKind {
    /// The environment does not serve the revision that was released.
    NotServed,
    /// The portal keeps another document under the released revision.
    Altered,
    /// The team is of another agency than the release names.
    Agency,
    /// The configuration was deleted, and the app is still served.
    Deleted,
    /// No agreement that holds today covers the app.
    Agreement,
}

impl DriftKind {
    /// The name that the API and the words of pages have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotServed => "not-served",
            Self::Altered => "altered",
            Self::Agency => "agency",
            Self::Deleted => "deleted",
            Self::Agreement => "agreement",
        }
    }
}

/// Where an environment stands, with the drift of the apps that a member may see.
///
/// # Errors
/// [`ReleaseDenied`], or a fault.
pub async fn standing(
    keeper: &Arc<Keeper>,
    member: &Member,
    environment: EnvironmentName,
) -> Result<Standing, Failure<ReleaseDenied>> {
    let link = keeper
        .environment(environment)
        .ok_or(Failure::Refused(ReleaseDenied::NotFound))?;
    let name = environment.as_str();
    let (last, report, canary) = keeper
        .store
        .read(move |c| {
            Ok((
                releases::last(c, name)?.map_or(0, |row| row.sequence),
                deployments::find_report(c, name)?,
                deployments::last_canary(c, name)?,
            ))
        })
        .await?;
    let served = match &link.door {
        Some(door) => i64::try_from(door.registry.load().sequence).ok(),
        None => report.as_ref().map(|report| report.sequence),
    };
    let everything = member.reaches(Action::ViewRelease, Belongs::ToProgramme);
    let mut drift = Vec::new();
    for one in drifting(keeper, link).await? {
        if everything || reaches(member, &one.team) {
            drift.push(one.drift);
        }
    }
    let (refused, seen) = match report {
        Some(report) if link.door.is_none() => (
            Some(report.refused).filter(|code| everything && !code.is_empty()),
            Some(time(report.seen_us)),
        ),
        _ => (None, None),
    };
    Ok(Standing {
        environment,
        elsewhere: link.door.is_none(),
        served,
        newest: last,
        seen,
        refused,
        canary: canary.filter(|_| everything).map(canary_shown),
        drift,
    })
}

/// Builds one release that repairs what can be repaired: what was released is released again as it should be, and a
/// deleted app is taken out. Nothing is ever changed in an environment by hand.
///
/// # Errors
/// [`ReleaseDenied::NoDrift`] when there is nothing to repair; other [`ReleaseDenied`], or a fault.
pub async fn repair(
    keeper: &Arc<Keeper>,
    member: &Member,
    environment: EnvironmentName,
    reason: &str,
) -> Result<ReleaseView, Failure<ReleaseDenied>> {
    member.may(
        Action::DeployRelease,
        Belongs::ToProgramme,
        keeper.clock.real_now(),
    )?;
    let link = keeper
        .environment(environment)
        .ok_or(Failure::Refused(ReleaseDenied::NotFound))?;
    let mut wanted = Vec::new();
    let mut handles = Vec::new();
    for one in drifting(keeper, link).await? {
        if !one.drift.repairable || handles.contains(&one.drift.app) {
            continue;
        }
        handles.push(one.drift.app.clone());
        if one.drift.kind == DriftKind::Deleted {
            wanted.push(Wanted::deleted(&one.drift.app));
            continue;
        }
        let id = one.revision;
        let row = keeper
            .store
            .read(move |c| apps::find_revision(c, &id))
            .await?;
        let row = row.ok_or_else(|| Fault::internal("a released revision is not kept"))?;
        let document = document_of(&row.document)?;
        wanted.push(Wanted::set(&row, document));
    }
    if wanted.is_empty() {
        return Err(Failure::Refused(ReleaseDenied::NoDrift));
    }
    let reason: String = match reason.trim() {
        "" => format!("Drift of {} was repaired.", handles.join(", ")),
        given => given.to_owned(),
    };
    let why = Why {
        kind: "repair",
        reason: reason.chars().take(500).collect(),
        actor: member.actor(),
    };
    let built = build::release(keeper, environment, wanted, why, build::nothing_more).await?;
    find(keeper, member, &built.release_id).await
}

struct Found {
    drift: AppDrift,
    team: String,
    revision: String,
}

/// What the portal knows of one released app.
struct Beside {
    team: String,
    agency: Option<String>,
    digest: Option<String>,
    oidc: bool,
    configured: bool,
    requests: Vec<launches::LaunchRow>,
}

async fn drifting(keeper: &Arc<Keeper>, link: &EnvironmentLink) -> Result<Vec<Found>, Fault> {
    let environment = link.name;
    let rows = keeper
        .store
        .read(move |c| releases::apps_of(c, environment.as_str()))
        .await?;
    let mut found = Vec::new();
    for app in rows {
        if bootstrap::is_own(keeper, environment, &app.handle) {
            continue;
        }
        let beside = beside(keeper, environment, &app).await?;
        let mut tell = |kind, sentence: String| {
            found.push(Found {
                drift: AppDrift {
                    app: app.handle.clone(),
                    kind,
                    sentence,
                    repairable: matches!(
                        kind,
                        DriftKind::NotServed | DriftKind::Agency | DriftKind::Deleted
                    ),
                },
                team: beside.team.clone(),
                revision: app.revision_id.clone(),
            });
        };
        let handle = &app.handle;
        if !beside.configured {
            tell(
                DriftKind::Deleted,
                format!(
                    "The configuration of {handle} was deleted, and {environment} still serves it."
                ),
            );
            continue;
        }
        if beside.digest.as_ref() != Some(&app.digest) {
            tell(
                DriftKind::Altered,
                format!(
                    "The portal keeps another document of {handle} than the one that was released. The database was changed from outside."
                ),
            );
        }
        if beside.agency.as_ref() != Some(&app.agency) {
            tell(
                DriftKind::Agency,
                format!(
                    "The team of {handle} is of another agency now than the one that its release names."
                ),
            );
        }
        if beside.oidc && !is_served(link, &app) {
            tell(
                DriftKind::NotServed,
                format!("{environment} does not serve the released revision of {handle}."),
            );
        }
        if let Some(sentence) = unagreed(keeper, environment, &app, &beside.requests).await? {
            tell(DriftKind::Agreement, sentence);
        }
    }
    Ok(found)
}

async fn beside(
    keeper: &Keeper,
    environment: EnvironmentName,
    app: &ReleasedApp,
) -> Result<Beside, Fault> {
    let (handle, revision) = (app.handle.clone(), app.revision_id.clone());
    let (team, agency, revision, configured, requests) = keeper
        .store
        .read(move |c| {
            Ok((
                apps::team_of(c, &handle)?.unwrap_or_default(),
                build::agency_of(c, &handle)?,
                apps::find_revision(c, &revision)?,
                apps::find_configuration(c, &handle, environment.as_str())?.is_some(),
                launches::of_app(c, &handle)?,
            ))
        })
        .await?;
    let document = match revision {
        Some(row) => Some(document_of(&row.document)?),
        None => None,
    };
    Ok(Beside {
        team,
        agency,
        oidc: document
            .as_ref()
            .is_some_and(|document| document.protocol == Protocol::Oidc),
        digest: document.map(|document| document.snapshot().digest()),
        configured,
        requests,
    })
}

/// An environment that runs elsewhere proves with every pull what it serves: the digest of its release.
fn is_served(link: &EnvironmentLink, app: &ReleasedApp) -> bool {
    link.door.as_ref().is_none_or(|door| {
        let registry = door.registry.load();
        registry
            .by_handle(&app.handle)
            .is_some_and(|served| served.revision == app.revision_id)
    })
}

/// Why no agreement covers an app that went live by a request; nothing when one does.
async fn unagreed(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    app: &ReleasedApp,
    requests: &[launches::LaunchRow],
) -> Result<Option<String>, Fault> {
    if !environment.class().is_live() {
        return Ok(None);
    }
    for row in requests {
        let brought = row.environment == environment.as_str()
            && row.revision_id == app.revision_id
            && state_of(row)?.is_live();
        if brought {
            return agreement_stops(keeper, row, keeper.today()).await;
        }
    }
    Ok(None)
}

fn reaches(member: &Member, team: &str) -> bool {
    member.reaches(Action::ViewRelease, Belongs::ToTeam(team))
}

/// A canary sign-in as members see it.
pub(crate) fn canary_shown(run: CanaryRow) -> Canary {
    Canary {
        sequence: run.sequence,
        passed: run.passed,
        step: run.step,
        sentence: run.sentence,
        run: time(run.run_us),
    }
}
