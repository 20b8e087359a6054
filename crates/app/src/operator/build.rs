//! Building, signing and handing over releases: the only place that writes one.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::id::{AgencyId, AppHandle, RevisionId};
use durward_domain::refusal::Refuse;
use durward_domain::release::{Change, Head, Manifest, SignedManifest, Tree, leaf};
use durward_store::apps::{self, RevisionRow};
use durward_store::releases::{self, ReleaseChangeRow, ReleaseRow, ReleasedApp};
use durward_store::{Conn, Fault as StoreFault, deployments, members};
use serde_json::json;

use super::bootstrap;
use crate::actor::Actor;
use crate::door::Door;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{EnvironmentLink, Happened, Keeper};
use crate::partner::apps::document_of;
use crate::partner::{notices, told_of};
use crate::release_intake::{self, IncomingApp};

/// What a release is to make of one app.
#[derive(Clone)]
pub(crate) struct Wanted {
    handle: String,
    revision: Option<(String, Box<AppDocument>)>,
    only: Only,
}

/// When a wanted change still counts at the moment that its release is built.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Only {
    /// Always.
    Always,
    /// While the revision is the newest of its configuration: a later save has a release of its own.
    Newest,
    /// While there is no configuration: it may have been made anew meanwhile.
    Deleted,
}

impl Wanted {
    /// The app runs with this revision.
    pub(crate) fn set(row: &RevisionRow, document: AppDocument) -> Self {
        Self {
            handle: row.handle.clone(),
            revision: Some((row.revision_id.clone(), Box::new(document))),
            only: Only::Always,
        }
    }

    /// The same, unless a later save or a deletion came first.
    pub(crate) fn newest(row: &RevisionRow, document: AppDocument) -> Self {
        Self {
            only: Only::Newest,
            ..Self::set(row, document)
        }
    }

    /// The app of a deleted configuration is gone, unless it was made anew.
    pub(crate) fn deleted(handle: &str) -> Self {
        Self {
            only: Only::Deleted,
            ..Self::removed(handle)
        }
    }

    /// Whether it still counts, by the newest revision of the app's configuration.
    fn counts(&self, newest: Option<&str>) -> bool {
        match self.only {
            Only::Always => true,
            Only::Newest => self.revision.as_ref().map(|(id, _)| id.as_str()) == newest,
            Only::Deleted => newest.is_none(),
        }
    }

    /// The app is gone.
    pub(crate) fn removed(handle: &str) -> Self {
        Self {
            handle: handle.to_owned(),
            revision: None,
            only: Only::Always,
        }
    }
}

/// Why a release is built.
pub(crate) struct Why {
    /// `save`, `window`, `rollback`, `redeploy`, `repair`, `removal` or `bootstrap`.
    pub(crate) kind: &'static str,
    pub(crate) reason: String,
    pub(crate) actor: Actor,
}

/// A release that was built.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    pub(crate) release_id: String,
    pub(crate) sequence: u64,
    /// Whether the environment has taken it.
    pub(crate) deployed: bool,
}

/// For releases that nothing else is written with.
pub(crate) fn nothing_more(_: &mut Conn, _: &ReleaseRow) -> Result<(), StoreFault> {
    Ok(())
}

/// Builds and signs the next release of an environment, keeps it together with what `more` writes, and hands it over.
///
/// When the environment cannot take it now, the deployer tries again.
pub(crate) async fn release<F>(
    keeper: &Arc<Keeper>,
    environment: EnvironmentName,
    wanted: Vec<Wanted>,
    why: Why,
    more: F,
) -> Result<Built, Fault>
where
    F: Fn(&mut Conn, &ReleaseRow) -> Result<(), StoreFault> + Clone + Send + Sync + 'static,
{
    let link = keeper
        .environment(environment)
        .ok_or_else(|| not_configured(environment))?;
    let mut head = link.head.lock().await;
    for _ in 0..ATTEMPTS {
        let plan = plan(keeper, link, &mut head, &wanted).await?;
        if let Some(last) = plan.overtaken() {
            let (release_id, sequence) = (last.release_id.clone(), last.sequence);
            *head = Some(plan.head);
            let sequence = u64::try_from(sequence).unwrap_or_default();
            let served = deliver(keeper, link).await?;
            return Ok(Built {
                release_id,
                sequence,
                deployed: served.is_some_and(|served| served >= sequence),
            });
        }
        if plan.removes_own(keeper, environment) {
            return Err(Fault::internal(
                "a release without one of the server's own apps was asked for",
            ));
        }
        let manifest = plan
            .head
            .next(plan.changes.clone(), keeper.clock.now())
            .map_err(|refusal| Fault::internal(format!("building a release: {refusal}")))?;
        let signed = SignedManifest::sign(&manifest, &link.release_key)
            .map_err(|refusal| Fault::internal(format!("signing a release: {refusal}")))?;
        let row = release_row(keeper, &manifest, &signed, &why);
        if keep(keeper, &row, &plan, why.actor.clone(), more.clone()).await? {
            let after = plan.head.accepts(&manifest);
            *head = Some(after.map_err(|refusal| {
                Fault::internal(format!("a release does not fit: {refusal}"))
            })?);
            let served = deliver(keeper, link).await?;
            drop(head);
            let deployed = settled(keeper, link, manifest.sequence, served).await?;
            return Ok(Built {
                release_id: row.release_id,
                sequence: manifest.sequence,
                deployed,
            });
        }
        // Another node built one meanwhile: look again.
        *head = None;
    }
    Err(Fault::new(
        FaultKind::Busy,
        "other nodes built releases faster than this one",
    ))
}

/// Hands every release over that the environment has not taken yet. Answers the sequence it serves then.
pub(crate) async fn catch_up(
    keeper: &Arc<Keeper>,
    link: &EnvironmentLink,
) -> Result<Option<u64>, Fault> {
    let _turn = link.head.lock().await;
    deliver(keeper, link).await
}

/// Releases what the test-class environments should have had before this node started: a save or a deletion that was
/// kept, and then the node stopped.
pub(crate) async fn release_saved(keeper: &Arc<Keeper>) -> Result<(), Fault> {
    let links = keeper.environments.iter();
    for link in links.filter(|link| !link.name.class().is_live()) {
        let name = link.name.as_str();
        let missing = keeper
            .store
            .read(move |c| {
                let mut list = Vec::new();
                for (handle, revision) in apps::unreleased(c, name)? {
                    let revision = match revision {
                        Some(id) => apps::find_revision(c, &id)?,
                        None => None,
                    };
                    list.push((handle, revision));
                }
                Ok(list)
            })
            .await?;
        if missing.is_empty() {
            continue;
        }
        let mut wanted = Vec::with_capacity(missing.len());
        for (handle, revision) in missing {
            wanted.push(match revision {
                Some(row) => Wanted::newest(&row, document_of(&row.document)?),
                None => Wanted::deleted(&handle),
            });
        }
        let why = Why {
            kind: "save",
            reason: "Saved before the last stop.".to_owned(),
            actor: Actor::System("deployer"),
        };
        release(keeper, link.name, wanted, why, nothing_more).await?;
    }
    Ok(())
}

struct Plan {
    head: Head,
    changes: Vec<Change>,
    /// Each with the digest and the agency that the environment's sum keeps.
    rows: Vec<(ReleaseChangeRow, String, String)>,
    last: Option<ReleaseRow>,
    skipped: bool,
}

impl Plan {
    /// The newest release, when nothing of what was wanted counts any more.
    fn overtaken(&self) -> Option<&ReleaseRow> {
        let nothing = self.skipped && self.changes.is_empty();
        self.last.as_ref().filter(|_| nothing)
    }

    fn removes_own(&self, keeper: &Keeper, environment: EnvironmentName) -> bool {
        self.rows.iter().any(|(row, ..)| {
            row.revision_id.is_none() && bootstrap::is_own(keeper, environment, &row.handle)
        })
    }
}

/// Where the environment stands, and what the release changes there.
async fn plan(
    keeper: &Keeper,
    link: &EnvironmentLink,
    known: &mut Option<Head>,
    wanted: &[Wanted],
) -> Result<Plan, Fault> {
    let name = link.name.as_str();
    let handles: Vec<String> = wanted.iter().map(|one| one.handle.clone()).collect();
    let cached = known.as_ref().map(|head| head.hash().to_owned());
    let (last, tree, before) = keeper
        .store
        .read(move |c| {
            let last = releases::last(c, name)?;
            let current = last
                .as_ref()
                .map_or(Head::NO_PARENT, |last| last.digest.as_str());
            // All apps are read only when this node does not know where the environment stands.
            let tree = if cached.as_deref() == Some(current) {
                None
            } else {
                Some(releases::apps_of(c, name)?)
            };
            let mut before = Vec::with_capacity(handles.len());
            for handle in &handles {
                let newest = apps::find_configuration(c, handle, name)?.map(|row| row.revision_id);
                let live = releases::app_in(c, name, handle)?.map(|(revision, _)| revision);
                before.push((live, newest, agency_of(c, handle)?));
            }
            Ok((last, tree, before))
        })
        .await?;
    let head = match (known.take(), tree) {
        (Some(head), None) => head,
        (_, tree) => resume(link, last.as_ref(), &tree.unwrap_or_default())?,
    };
    let mut plan = Plan {
        head,
        changes: Vec::new(),
        rows: Vec::new(),
        last,
        skipped: false,
    };
    for (one, (before, newest, agency)) in wanted.iter().zip(before) {
        if !one.counts(newest.as_deref()) {
            plan.skipped = true;
            continue;
        }
        let agency = agency.unwrap_or_default();
        let Some((change, revision_id, digest)) = change(one, &agency, before.is_some())? else {
            continue;
        };
        plan.changes.push(change);
        let row = ReleaseChangeRow {
            handle: one.handle.clone(),
            revision_id,
            before_revision_id: before,
        };
        plan.rows.push((row, digest, agency));
    }
    Ok(plan)
}

/// A change with its revision and digest; nothing for the removal of what is not there.
fn change(
    one: &Wanted,
    agency: &str,
    there: bool,
) -> Result<Option<(Change, Option<String>, String)>, Fault> {
    match &one.revision {
        None if !there => Ok(None),
        None => {
            let handle = AppHandle::parse(&one.handle).map_err(|bad| corrupt(&bad.to_string()))?;
            Ok(Some((Change::Removed { handle }, None, String::new())))
        }
        Some((revision, document)) => {
            let id = RevisionId::parse(revision).map_err(|bad| corrupt(&bad.to_string()))?;
            let agency = AgencyId::parse(agency).map_err(|bad| corrupt(&bad.to_string()))?;
            let snapshot = document.snapshot();
            Ok(Some((
                Change::set(&snapshot, id, agency),
                Some(revision.clone()),
                snapshot.digest(),
            )))
        }
    }
}

fn resume(
    link: &EnvironmentLink,
    last: Option<&ReleaseRow>,
    apps: &[ReleasedApp],
) -> Result<Head, Fault> {
    let Some(last) = last else {
        return Ok(Head::beginning(link.name));
    };
    let manifest = SignedManifest::from_text(last.signed.clone())
        .verify(link.release_key.public())
        .map_err(|refusal| corrupt(&format!("the newest release of {}: {refusal}", link.name)))?;
    let mut leaves = Vec::with_capacity(apps.len());
    for app in apps {
        let agency = AgencyId::parse(&app.agency).map_err(|bad| corrupt(&bad.to_string()))?;
        let leaf = leaf(&app.digest, agency)
            .ok_or_else(|| corrupt(&format!("the digest of {}", app.handle)))?;
        leaves.push((app.handle.as_str(), leaf));
    }
    Head::resume(&manifest, Tree::of(leaves))
        .map_err(|refusal| corrupt(&format!("the releases of {}: {refusal}", link.name)))
}

fn release_row(
    keeper: &Keeper,
    manifest: &Manifest,
    signed: &SignedManifest,
    why: &Why,
) -> ReleaseRow {
    let now = keeper.clock.now();
    ReleaseRow {
        release_id: keeper.random.uuid_v7(now).to_string(),
        environment: manifest.environment.as_str().to_owned(),
        sequence: i64::try_from(manifest.sequence).unwrap_or(i64::MAX),
        digest: manifest.hash(),
        root: manifest.root.clone(),
        signed: signed.as_str().to_owned(),
        kind: why.kind.to_owned(),
        reason: why.reason.clone(),
        author: why.actor.id().to_owned(),
        created_us: now.as_microsecond(),
        deployed_us: None,
    }
}

/// Keeps the release; `false` when its sequence was taken meanwhile.
async fn keep<F>(
    keeper: &Arc<Keeper>,
    row: &ReleaseRow,
    plan: &Plan,
    actor: Actor,
    more: F,
) -> Result<bool, Fault>
where
    F: Fn(&mut Conn, &ReleaseRow) -> Result<(), StoreFault> + Send + 'static,
{
    let (keeper_in, row, changes) = (Arc::clone(keeper), row.clone(), plan.rows.clone());
    let kept = keeper.store.write(move |c| {
        if !releases::insert(c, &row)? {
            return Ok(false);
        }
        for (change, digest, agency) in &changes {
            releases::apply_change(c, &row, change, (digest, agency))?;
        }
        let event = if row.kind == "rollback" {
            Event::ReleaseRolledBack
        } else {
            Event::ReleaseBuilt
        };
        let detail = json!({ "kind": row.kind, "digest": row.digest, "changes": changes.len() });
        let subject = format!("{}/{}", row.environment, row.sequence);
        keeper_in.record(
            c,
            &Happened {
                actor: &actor,
                event,
                subject: &subject,
                trace: None,
                detail,
            },
        )?;
        more(c, &row)?;
        Ok(true)
    });
    Ok(kept.await?)
}

/// Brings the environment up to the newest release, if it runs here.
async fn deliver(keeper: &Arc<Keeper>, link: &EnvironmentLink) -> Result<Option<u64>, Fault> {
    let Some(door) = &link.door else {
        return reported(keeper, link.name).await;
    };
    let served = brought_up(keeper, link, door).await?;
    note_taken(keeper, link, served).await?;
    Ok(Some(served))
}

/// Hands over what is missing; answers what the environment serves then.
async fn brought_up(
    keeper: &Arc<Keeper>,
    link: &EnvironmentLink,
    door: &Arc<Door>,
) -> Result<u64, Fault> {
    let mut before = None;
    loop {
        let served = door.registry.load().sequence;
        if before.replace(served) == Some(served) {
            return Ok(served);
        }
        let name = link.name.as_str();
        let after = i64::try_from(served).unwrap_or(i64::MAX);
        let missing = keeper
            .store
            .read(move |c| releases::after(c, name, after))
            .await?;
        if missing.is_empty() {
            return Ok(served);
        }
        for row in missing {
            if !hand_over(keeper, link, door, row).await? {
                return Ok(door.registry.load().sequence);
            }
        }
    }
}

/// Notes the releases that the environment serves and that are not noted yet: also those that it took from a node that
/// stopped before it could say so.
async fn note_taken(
    keeper: &Arc<Keeper>,
    link: &EnvironmentLink,
    served: u64,
) -> Result<(), Fault> {
    let (environment, to) = (link.name, i64::try_from(served).unwrap_or(i64::MAX));
    let after = link.noted.load(Ordering::Relaxed);
    if after == to {
        return Ok(());
    }
    let waiting = keeper
        .store
        .read(move |c| deployments::not_deployed_to(c, environment.as_str(), (after, to)))
        .await?;
    if !waiting.is_empty() {
        let unit_keeper = Arc::clone(keeper);
        keeper
            .store
            .write(move |c| taken_in(c, &unit_keeper, environment, (after, to), "deployer"))
            .await?;
    }
    link.noted.store(to, Ordering::Relaxed);
    Ok(())
}

/// Notes every release after one and up to another as taken, each once.
pub(crate) fn taken_in(
    c: &mut Conn,
    keeper: &Keeper,
    environment: EnvironmentName,
    range: (i64, i64),
    actor: &'static str,
) -> Result<(), StoreFault> {
    let name = environment.as_str();
    for (release, sequence, digest) in deployments::not_deployed_to(c, name, range)? {
        releases::mark_deployed(c, &release, keeper.clock.now().as_microsecond())?;
        if let Some(row) = releases::find(c, &release)? {
            told_of::release(c, keeper, &row)?;
        }
        let happened = Happened {
            actor: &Actor::System(actor),
            event: Event::ReleaseDeployed,
            subject: &format!("{environment}/{sequence}"),
            trace: None,
            detail: json!({ "digest": digest }),
        };
        keeper.record(c, &happened)?;
    }
    Ok(())
}

/// What an environment that runs elsewhere last said that it serves.
async fn reported(keeper: &Keeper, environment: EnvironmentName) -> Result<Option<u64>, Fault> {
    let report = keeper
        .store
        .read(move |c| deployments::find_report(c, environment.as_str()))
        .await?;
    Ok(report.and_then(|report| u64::try_from(report.sequence).ok()))
}

/// Waits a moment for an environment that runs elsewhere and asked just now: it mostly has the release within it.
async fn settled(
    keeper: &Keeper,
    link: &EnvironmentLink,
    sequence: u64,
    mut served: Option<u64>,
) -> Result<bool, Fault> {
    let begun = tokio::time::Instant::now();
    while link.pull_token.is_some()
        && served.is_some_and(|served| served < sequence)
        && begun.elapsed() < SETTLES
    {
        tokio::time::sleep(Duration::from_millis(50)).await;
        served = reported(keeper, link.name).await?;
    }
    Ok(served.is_some_and(|served| served >= sequence))
}

/// Hands one release over; `false` when the environment did not take it.
async fn hand_over(
    keeper: &Arc<Keeper>,
    link: &EnvironmentLink,
    door: &Arc<Door>,
    row: ReleaseRow,
) -> Result<bool, Fault> {
    let apps = incoming(keeper, &row).await?;
    let signed = SignedManifest::from_text(row.signed.clone());
    let refusal = match release_intake::install(door, &signed, &apps).await {
        Ok(_) => return Ok(true),
        // Told once; the deployer tries it again every second.
        Err(Failure::Refused(_))
            if link.refused.swap(row.sequence, Ordering::Relaxed) == row.sequence =>
        {
            return Ok(false);
        }
        Err(Failure::Refused(refusal)) => refusal,
        Err(Failure::Fault(fault)) => {
            tracing::error!(environment = %door.name, sequence = row.sequence, %fault, "a release could not be handed over");
            return Ok(false);
        }
    };
    tracing::error!(environment = %door.name, sequence = row.sequence, code = refusal.code(), %refusal, "the environment refused a release");
    let keeper_in = Arc::clone(keeper);
    let subject = format!("{}/{}", row.environment, row.sequence);
    let code = refusal.code();
    let detail = json!({ "digest": row.digest, "code": code });
    let work = keeper.store.write(move |c| {
        let of = (row.environment.as_str(), row.sequence, code);
        told_of::trouble(c, &keeper_in, &notices::RELEASE_REFUSED, of)?;
        let happened = Happened {
            actor: &Actor::System("deployer"),
            event: Event::ReleaseRefused,
            subject: &subject,
            trace: None,
            detail: detail.clone(),
        };
        keeper_in.record(c, &happened)
    });
    work.await?;
    Ok(false)
}

/// The documents that a release brings, each with the agency that its manifest names.
pub(crate) async fn incoming(
    keeper: &Keeper,
    release: &ReleaseRow,
) -> Result<Vec<IncomingApp>, Fault> {
    let signed = SignedManifest::from_text(release.signed.clone());
    let manifest = signed
        .unverified()
        .map_err(|refusal| corrupt(&format!("release {}: {refusal}", release.sequence)))?;
    let mut named = Vec::new();
    for change in manifest.changes {
        if let Change::Set {
            revision, agency, ..
        } = change
        {
            named.push((revision.to_string(), agency));
        }
    }
    let rows = keeper
        .store
        .read(move |c| {
            let mut rows = Vec::with_capacity(named.len());
            for (revision, agency) in &named {
                let row = apps::find_revision(c, revision)?;
                rows.push((row.map(|row| row.document), *agency));
            }
            Ok(rows)
        })
        .await?;
    let mut list = Vec::with_capacity(rows.len());
    for (document, agency) in rows {
        let document = document_of(
            &document.ok_or_else(|| corrupt("a release names a revision that is not kept"))?,
        )?;
        list.push(IncomingApp { agency, document });
    }
    Ok(list)
}

/// The agency of an app's team.
pub(crate) fn agency_of(c: &mut Conn, handle: &str) -> Result<Option<String>, StoreFault> {
    let Some(team) = apps::team_of(c, handle)? else {
        return Ok(None);
    };
    Ok(members::find_team(c, &team)?.map(|team| team.agency_id))
}

fn corrupt(what: &str) -> Fault {
    Fault::new(FaultKind::Corrupt, what)
}

fn not_configured(environment: EnvironmentName) -> Fault {
    Fault::internal(format!("the environment {environment} is not configured"))
}

const ATTEMPTS: usize = 20;
const SETTLES: Duration = Duration::from_millis(1500);
