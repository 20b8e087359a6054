//! Asking for a launch or a change: writing, changing, submitting and withdrawing a request.

mod retirement;
mod staging;
mod supersede;
mod way;

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::application::AppDocument;
use durward_domain::change::ChangeClass;
use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::event::Event;
use durward_domain::id::MemberId;
use durward_domain::launch::{LaunchBody, LaunchEvent, LaunchState};
use durward_domain::permission::Action;
use durward_store::apps::{self, ConfigurationRow};
use durward_store::launches::{self, LaunchRow};
use serde_json::json;

use super::apps::document_of;
use super::calendar;
use super::checklist::{Assessment, assess};
use super::launches::{
    LaunchDenied, LaunchView, RequestKind, Stored, find, is_editable, state_of, suggested,
};
use super::probes;
use super::save::is_live;
use super::steps::{self, ATTEMPTS, By, Current};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::operator::suspension;
use crate::record::Trace;

pub(crate) use retirement::told as told_of_retirement;
pub(crate) use way::Way;

/// Writes a request. It is a draft until it is submitted.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn create(
    keeper: &Arc<Keeper>,
    member: &Member,
    kind: RequestKind,
    mut body: LaunchBody,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    retirement::judge(kind, &mut body)?;
    let configuration = configuration(keeper, member, body.app.as_str(), body.environment).await?;
    may_request(keeper, member, &configuration.team)?;
    if body.environment.class() == EnvironmentClass::Test {
        return Err(Failure::Refused(LaunchDenied::NotReviewed));
    }
    staging::takes(&document_of(&configuration.document)?).map_err(Failure::Refused)?;
    // A change stays under the agreement of its app, unless it names another.
    if kind == RequestKind::Change && body.agreement.is_none() {
        let document = document_of(&configuration.document)?;
        body.agreement = suggested(keeper, member, &document).await?.agreement;
    }
    let supersedes = body.supersedes.clone();
    let now = keeper.clock.now();
    let row = LaunchRow {
        launch_id: keeper.random.uuid_v7(now).to_string(),
        kind: kind.as_str().to_owned(),
        handle: configuration.handle.clone(),
        environment: configuration.environment.clone(),
        team: configuration.team.clone(),
        revision_id: configuration.revision_id.clone(),
        agreement: body.agreement.clone(),
        state: LaunchState::Draft.as_str().to_owned(),
        version: 1,
        request: first_stored(member, &configuration, body).to_json(),
        explanation: None,
        window_date: None,
        window_us: None,
        author: member.id.clone(),
        created_us: now.as_microsecond(),
        submitted_us: None,
        release_id: None,
    };
    let id = row.launch_id.clone();
    insert(keeper, kind, row, supersedes, By::member(member, "", trace)).await?;
    find(keeper, member, &id).await
}

/// Changes what a request asks for, while nobody reviews it.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn update(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    body: LaunchBody,
    seen_version: Option<i64>,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let mut next = own(keeper, member, id).await?;
    if seen_version.is_some_and(|seen| seen != next.row.version) {
        return Err(Failure::Refused(LaunchDenied::Stale));
    }
    if !is_editable(next.state) {
        return Err(Failure::Refused(LaunchDenied::NotEditable(next.state)));
    }
    let configuration =
        configuration(keeper, member, &next.row.handle, environment_of(&next.row)?).await?;
    next.row.revision_id = configuration.revision_id;
    next.row.agreement.clone_from(&body.agreement);
    next.stored.body = LaunchBody {
        app: next.stored.body.app.clone(),
        environment: next.stored.body.environment,
        supersedes: next.stored.body.supersedes.clone(),
        retire: next.stored.body.retire.clone(),
        ..body
    };
    next.stored.authors.extend(MemberId::parse(&member.id).ok());
    let by = By::member(member, "", trace);
    let unit_keeper = Arc::clone(keeper);
    let written = keeper.store.write(move |c| {
        let done = steps::write_in(c, &unit_keeper, &next, &[])?;
        if done {
            steps::line(c, &unit_keeper, &next.row, "update", &by)?;
            let event = created_event(&next.row);
            let detail = json!({ "app": next.row.handle, "what": "changed" });
            unit_keeper.record(
                c,
                &Happened {
                    actor: &by.actor,
                    event,
                    subject: &next.row.launch_id,
                    trace: by.trace.as_ref(),
                    detail,
                },
            )?;
        }
        Ok(done)
    });
    if !written.await? {
        return Err(Failure::Refused(LaunchDenied::Stale));
    }
    find(keeper, member, id).await
}

/// The checklist that a request for this app would have now, before one is written.
///
/// # Errors
/// [`LaunchDenied::NoConfiguration`] when there is nothing to ask for.
pub async fn checklist(
    keeper: &Keeper,
    member: &Member,
    body: &LaunchBody,
) -> Result<Assessment, Failure<LaunchDenied>> {
    let configuration = configuration(keeper, member, body.app.as_str(), body.environment).await?;
    let document = document_of(&configuration.document)?;
    Ok(assess(keeper, member, &document, body).await?)
}

/// Sends a request for review. The notice counts from today; the window is fixed now, with its reasons.
///
/// # Errors
/// [`LaunchDenied::Open`] while a blocking item of the checklist is open; other [`LaunchDenied`], or a fault.
pub async fn submit(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    note: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    send(keeper, member, id, (note, None, None), trace).await
}

/// Asks for a change at once, outside windows and freezes: when a second person agrees it is deployed, and reviewed afterwards.
///
/// # Errors
/// As [`submit`]; [`LaunchDenied::NoEmergency`] for a launch.
pub async fn submit_emergency(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    reason: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    send(keeper, member, id, ("", Some(reason), None), trace).await
}

async fn send(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (note, emergency, seen): (&str, Option<&str>, Option<i64>),
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    for _ in 0..ATTEMPTS {
        let mut next = own(keeper, member, id).await?;
        if seen.is_some_and(|seen| seen != next.row.version) {
            return Err(Failure::Refused(LaunchDenied::Stale));
        }
        let configuration =
            configuration(keeper, member, &next.row.handle, environment_of(&next.row)?).await?;
        let document = document_of(&configuration.document)?;
        let assessment = assess(keeper, member, &document, &next.stored.body).await?;
        let me = MemberId::parse(&member.id).ok();
        let progress = steps::after(&next, LaunchEvent::Submit, me, &document.digest())
            .map_err(Failure::Refused)?;
        staging::may_be_sent(&document, &assessment.items).map_err(Failure::Refused)?;
        if !assessment.open.is_empty() {
            let items = assessment
                .items
                .into_iter()
                .filter(|item| item.stops())
                .collect();
            return Err(Failure::Refused(LaunchDenied::Open(items)));
        }
        next.stored.way = way::of(keeper, member, &next, &assessment, emergency)?;
        next.state = progress.state;
        next.stored.take(&progress);
        next.stored
            .authors
            .extend(writers(keeper, &configuration, assessment.live_revision.as_deref()).await?);
        fix(keeper, &mut next, &configuration, assessment);
        let events = way::begin(keeper, member, &mut next, (note, trace));
        if supersede::submit(keeper, next, (member, events)).await? {
            return find(keeper, member, id).await;
        }
    }
    Err(steps::too_busy().into())
}

/// Tries the app's addresses unless that was done just now, then sends the request for review: as it was seen, where a
/// version is given.
///
/// # Errors
/// As [`submit`]; [`LaunchDenied::Stale`] when it has another version.
pub async fn probe_and_submit(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (note, seen): (&str, Option<i64>),
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let request = own(keeper, member, id).await?;
    let environment = environment_of(&request.row)?;
    let configuration = configuration(keeper, member, &request.row.handle, environment).await?;
    let document = document_of(&configuration.document)?;
    probes::freshen(keeper, &document, &member.actor(), trace).await?;
    send(keeper, member, id, (note, None, seen), trace).await
}

/// Takes a request back.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn withdraw(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    note: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    for _ in 0..ATTEMPTS {
        let mut next = own(keeper, member, id).await?;
        let me = MemberId::parse(&member.id).ok();
        let sha = next.stored.document_sha256.clone();
        let progress =
            steps::after(&next, LaunchEvent::Withdraw, me, &sha).map_err(Failure::Refused)?;
        if next.row.release_id.is_some() {
            return Err(Failure::Refused(LaunchDenied::BeingDeployed));
        }
        next.state = progress.state;
        if steps::write(
            keeper,
            next,
            vec![(LaunchEvent::Withdraw, By::member(member, note, trace))],
        )
        .await?
        {
            return find(keeper, member, id).await;
        }
    }
    Err(steps::too_busy().into())
}

/// A request that the member may move as its partner.
async fn own(keeper: &Keeper, member: &Member, id: &str) -> Result<Current, Failure<LaunchDenied>> {
    let current = steps::current(keeper, id).await?;
    if !member.reaches(Action::ViewLaunch, Belongs::ToTeam(&current.row.team)) {
        return Err(Failure::Refused(LaunchDenied::NotFound));
    }
    may_request(keeper, member, &current.row.team)?;
    Ok(current)
}

fn may_request(keeper: &Keeper, member: &Member, team: &str) -> Result<(), Failure<LaunchDenied>> {
    member.may(
        Action::RequestLaunch,
        Belongs::ToTeam(team),
        keeper.clock.real_now(),
    )?;
    Ok(())
}

async fn configuration(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<ConfigurationRow, Failure<LaunchDenied>> {
    let name = handle.to_owned();
    let found = keeper
        .store
        .read(move |c| apps::find_configuration(c, &name, environment.as_str()))
        .await?;
    found
        .filter(|row| member.reaches(Action::ViewApp, Belongs::ToTeam(&row.team)))
        .ok_or_else(|| {
            Failure::Refused(LaunchDenied::NoConfiguration {
                app: handle.to_owned(),
                environment,
            })
        })
}

/// Who wrote what is asked for: every revision since the one that is live, also where a later one was saved over it.
async fn writers(
    keeper: &Keeper,
    configuration: &ConfigurationRow,
    live: Option<&str>,
) -> Result<BTreeSet<MemberId>, Fault> {
    let (handle, environment) = (
        configuration.handle.clone(),
        configuration.environment.clone(),
    );
    let revisions = keeper
        .store
        .read(move |c| apps::revisions_of(c, &handle, &environment))
        .await?;
    Ok(revisions
        .iter()
        .take_while(|row| Some(row.revision_id.as_str()) != live)
        .map(|row| row.author.as_str())
        .chain([configuration.author.as_str()])
        .filter_map(|author| MemberId::parse(author).ok())
        .collect())
}

fn first_stored(member: &Member, configuration: &ConfigurationRow, body: LaunchBody) -> Stored {
    Stored {
        body,
        authors: BTreeSet::from_iter(MemberId::parse(&member.id)),
        approvers_needed: 1,
        approvals: BTreeSet::new(),
        document_sha256: configuration.digest.clone(),
        class: ChangeClass::Significant,
        checklist: Vec::new(),
        diff: Vec::new(),
        line_classes: Vec::new(),
        live_revision: None,
        superseded_by: None,
        way: Way::default(),
    }
}

/// Fixes at the submission what is reviewed and when it is deployed.
fn fix(
    keeper: &Keeper,
    next: &mut Current,
    configuration: &ConfigurationRow,
    assessment: Assessment,
) {
    next.row.revision_id.clone_from(&configuration.revision_id);
    // Without a window the checklist was open, and nothing is fixed.
    if let Some(planned) = assessment.window {
        calendar::plan_into(keeper, &mut next.row, planned.earliest);
        next.row.explanation = serde_json::to_string(&planned.steps).ok();
    }
    next.row.submitted_us = Some(keeper.clock.now().as_microsecond());
    next.stored.class = assessment.judged.class;
    next.stored.approvers_needed = assessment.judged.approvers;
    next.stored.checklist = assessment.items;
    next.stored.live_revision = assessment.live_revision;
    (next.stored.diff, next.stored.line_classes) = assessment.judged.lines.into_iter().unzip();
}

async fn insert(
    keeper: &Arc<Keeper>,
    kind: RequestKind,
    row: LaunchRow,
    supersedes: Option<String>,
    by: By,
) -> Result<(), Failure<LaunchDenied>> {
    let unit_keeper = Arc::clone(keeper);
    let environment = environment_of(&row)?;
    let inserted = keeper
        .store
        .write(move |c| {
            if suspension::is_retired(c, &row.handle, environment)? {
                return Ok(Err(LaunchDenied::Retired(row.handle.clone())));
            }
            match (kind, is_live(c, &row.handle, environment)?) {
                (RequestKind::Launch, true) => {
                    return Ok(Err(LaunchDenied::AlreadyLive(row.handle.clone())));
                }
                (RequestKind::Change, false) => {
                    return Ok(Err(LaunchDenied::NotLiveYet(row.handle.clone())));
                }
                _ => {}
            }
            let others = launches::of_app(c, &row.handle)?;
            let open = others
                .iter()
                .filter(|other| other.environment == row.environment && is_open(other));
            if let Err(refused) = supersede::judge(open, supersedes.as_deref()) {
                return Ok(Err(refused));
            }
            launches::insert(c, &row)?;
            steps::line(c, &unit_keeper, &row, "create", &by)?;
            let detail = json!({ "app": row.handle, "environment": row.environment });
            let event = created_event(&row);
            unit_keeper.record(
                c,
                &Happened {
                    actor: &by.actor,
                    event,
                    subject: &row.launch_id,
                    trace: by.trace.as_ref(),
                    detail,
                },
            )?;
            Ok(Ok(()))
        })
        .await?;
    inserted.map_err(Failure::Refused)
}

fn is_open(row: &LaunchRow) -> bool {
    use LaunchState as S;
    state_of(row).is_ok_and(|state| {
        matches!(
            state,
            S::Draft | S::Submitted | S::ChangesRequested | S::Approved | S::Scheduled
        )
    })
}

/// Whether a request is in review or waits for its window.
pub(crate) fn is_decided_on(row: &LaunchRow) -> bool {
    use LaunchState as S;
    state_of(row).is_ok_and(|state| matches!(state, S::Submitted | S::Approved | S::Scheduled))
}

fn created_event(row: &LaunchRow) -> Event {
    match super::launches::kind_of(row) {
        RequestKind::Launch => Event::LaunchCreated,
        RequestKind::Change => Event::ChangeCreated,
    }
}

fn environment_of(row: &LaunchRow) -> Result<EnvironmentName, Fault> {
    EnvironmentName::parse(&row.environment).map_err(|bad| Fault::internal(bad.to_string()))
}

/// The document of a request's revision.
pub(crate) async fn document(keeper: &Keeper, revision_id: &str) -> Result<AppDocument, Fault> {
    let wanted = revision_id.to_owned();
    let row = keeper
        .store
        .read(move |c| apps::find_revision(c, &wanted))
        .await?;
    document_of(&row.map(|row| row.document).unwrap_or_default())
}
