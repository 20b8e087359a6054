//! The steps of a rotation. Each can be taken again after it was interrupted: what is done already is not done twice.

use std::sync::Arc;

use durward_domain::application::{AppDocument, Key};
use durward_domain::change::{QUIET_DAYS, RotationStage, RotationStep};
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use durward_store::rotations::{self, RotationRow};
use durward_store::{Conn, Fault as StoreFault, launches};
use serde_json::json;

use super::denied::{of_key, of_request};
use super::{RotationDenied, RotationView, Standing, find, of_app, standing};
use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper};
use crate::partner::apps::{AppView, app};
use crate::partner::keys;
use crate::partner::launches::{LaunchDenied, RequestKind, suggested};
use crate::partner::requests;
use crate::record::Trace;

/// What a rotation begins with.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// The new key: a certificate or public key in PEM or DER, or a JWK.
    pub key: &'a [u8],
    /// The thumbprint of the key that goes; the app's only one without it.
    pub old: Option<&'a str>,
    /// Who answers for what the request attests.
    pub attested_by: &'a str,
}

/// Begins a rotation: saves the new key beside the old one, and writes and sends the request for it where one is needed.
///
/// # Errors
/// [`RotationDenied`]. When the request could not be sent, the rotation has begun and [`advance`] sends it.
pub async fn start(
    keeper: &Arc<Keeper>,
    member: &Member,
    place: (&str, EnvironmentName),
    given: Start<'_>,
    trace: &Trace,
) -> Result<RotationView, Failure<RotationDenied>> {
    let view = app(keeper, member, place.0, place.1)
        .await
        .map_err(of_app)?;
    may_edit(keeper, member, &view)?;
    super::watch::settle(keeper, place).await?;
    if open(keeper, place).await.is_ok() {
        return Err(Failure::Refused(RotationDenied::Open));
    }
    let (old, new) = both_keys(&view, given)?;
    let now = keeper.clock.real_now();
    let row = RotationRow {
        rotation_id: keeper.random.uuid_v7(now).to_string(),
        handle: view.summary.handle.clone(),
        environment: view.summary.environment.as_str().to_owned(),
        team: view.summary.team.clone(),
        old_thumbprint: old,
        new_thumbprint: new.fingerprint(),
        new_key: serde_json::to_string(&new)
            .map_err(|_| Fault::internal("a key cannot be written down"))?,
        author: member.id.clone(),
        created_us: now.as_microsecond(),
        addition_id: None,
        removal_id: None,
        stage: RotationStage::Preparing.as_str().to_owned(),
        ended_us: None,
    };
    let (unit_keeper, unit_row) = (Arc::clone(keeper), row.clone());
    let (actor, unit_trace) = (member.actor(), trace.clone());
    let begun = keeper.store.write(move |c| {
        if !rotations::begin(c, &unit_row)? {
            return Ok(false);
        }
        let detail =
            json!({ "old_key": unit_row.old_thumbprint, "new_key": unit_row.new_thumbprint });
        let happened = Happened {
            actor: &actor,
            event: Event::RotationStarted,
            subject: &format!("{}/{}", unit_row.handle, unit_row.environment),
            trace: Some(&unit_trace),
            detail,
        };
        unit_keeper.record(c, &happened).map(|()| true)
    });
    if !begun.await? {
        return Err(Failure::Refused(RotationDenied::Open));
    }
    let add = add(keeper, member, (place, &row), given.attested_by, trace).await;
    if let Err(Failure::Refused(refused)) = &add
        && !matches!(refused, RotationDenied::Request(_))
    {
        // The validator refused the key: nothing was asked, and nothing is open.
        let id = row.rotation_id.clone();
        keeper
            .store
            .write(move |c| rotations::forget(c, &id))
            .await?;
    }
    add?;
    found(keeper, member, place).await
}

/// Takes the next step of a rotation that a member can take.
///
/// # Errors
/// [`RotationDenied`], or a fault.
pub async fn advance(
    keeper: &Arc<Keeper>,
    member: &Member,
    place: (&str, EnvironmentName),
    (confirmed, attested_by): (bool, &str),
    trace: &Trace,
) -> Result<RotationView, Failure<RotationDenied>> {
    let view = app(keeper, member, place.0, place.1)
        .await
        .map_err(of_app)?;
    may_edit(keeper, member, &view)?;
    let (row, standing) = open(keeper, place).await?;
    let stage = standing.facts.stage(keeper.clock.real_now());
    match stage.step() {
        RotationStep::Nothing => return Err(Failure::Refused(RotationDenied::None)),
        RotationStep::Wait => return Err(Failure::Refused(RotationDenied::Waits)),
        RotationStep::Add => {
            add(keeper, member, (place, &row), attested_by, trace).await?;
        }
        RotationStep::RemoveConfirmed if !confirmed => {
            return Err(Failure::Refused(RotationDenied::StillUsed(QUIET_DAYS)));
        }
        RotationStep::Remove | RotationStep::RemoveConfirmed => {
            remove(keeper, member, (place, &row, &standing), attested_by, trace).await?;
        }
    }
    found(keeper, member, place).await
}

/// Ends a rotation before its end: takes its open request back, and the saved configuration is again what is live. What is
/// live stays as it is.
///
/// # Errors
/// [`RotationDenied`], or a fault.
pub async fn cancel(
    keeper: &Arc<Keeper>,
    member: &Member,
    place: (&str, EnvironmentName),
    reason: &str,
    trace: &Trace,
) -> Result<RotationView, Failure<RotationDenied>> {
    let view = app(keeper, member, place.0, place.1)
        .await
        .map_err(of_app)?;
    may_edit(keeper, member, &view)?;
    let (row, standing) = open(keeper, place).await?;
    if standing.facts.stage(keeper.clock.real_now()).is_over() {
        return Err(Failure::Refused(RotationDenied::None));
    }
    for (id, state) in [
        (&row.addition_id, standing.facts.addition),
        (&row.removal_id, standing.facts.removal),
    ] {
        if let (Some(id), Some(state)) = (id, state)
            && is_open(state)
        {
            requests::withdraw(keeper, member, id, reason, trace)
                .await
                .map_err(of_request)?;
        }
    }
    put_back(keeper, member, (&view, &row, &standing), trace).await?;
    let (unit_keeper, unit_row) = (Arc::clone(keeper), row);
    let (actor, unit_trace, reason) = (member.actor(), trace.clone(), reason.trim().to_owned());
    let ended = keeper.store.write(move |c| {
        let now_us = unit_keeper.clock.real_now().as_microsecond();
        let stage = RotationStage::Cancelled.as_str();
        if !rotations::end(c, &unit_row.rotation_id, stage, now_us)? {
            return Ok(false);
        }
        let happened = Happened {
            actor: &actor,
            event: Event::RotationCancelled,
            subject: &format!("{}/{}", unit_row.handle, unit_row.environment),
            trace: Some(&unit_trace),
            detail: json!({ "reason": reason, "old_key": unit_row.old_thumbprint, "new_key": unit_row.new_thumbprint }),
        };
        unit_keeper.record(c, &happened).map(|()| true)
    });
    if !ended.await? {
        return Err(Failure::Refused(RotationDenied::None));
    }
    found(keeper, member, place).await
}

/// Saves the new key beside the old one, and asks for that.
async fn add(
    keeper: &Arc<Keeper>,
    member: &Member,
    (place, row): ((&str, EnvironmentName), &RotationRow),
    attested_by: &str,
    trace: &Trace,
) -> Result<(), Failure<RotationDenied>> {
    let view = app(keeper, member, place.0, place.1)
        .await
        .map_err(of_app)?;
    let mut document = view.document.clone();
    if !holds(&document, &row.new_thumbprint) {
        let key: Key = serde_json::from_str(&row.new_key)
            .map_err(|_| Fault::internal("the key of a rotation cannot be read"))?;
        document.keys.push(key);
        let note = "The next key of a rotation was added.";
        keys::save(keeper, member, (&view, document), note, trace)
            .await
            .map_err(of_key)?;
    }
    let asked = Asked {
        known: row.addition_id.clone(),
        keep: rotations::set_addition,
        note: "A key rotation: the next key is added beside the old one.",
        attested_by,
    };
    ask(keeper, member, (&view.document, row), asked, trace).await
}

/// Saves the configuration without the old key, and asks for that.
async fn remove(
    keeper: &Arc<Keeper>,
    member: &Member,
    (place, row, standing): ((&str, EnvironmentName), &RotationRow, &Standing),
    attested_by: &str,
    trace: &Trace,
) -> Result<(), Failure<RotationDenied>> {
    let view = app(keeper, member, place.0, place.1)
        .await
        .map_err(of_app)?;
    let mut document = view.document.clone();
    if holds(&document, &row.old_thumbprint) {
        if differs(&view) {
            return Err(Failure::Refused(RotationDenied::UnsentChanges));
        }
        document
            .keys
            .retain(|key| key.fingerprint() != row.old_thumbprint);
        let note = "The old key of a rotation was removed.";
        keys::save(keeper, member, (&view, document), note, trace)
            .await
            .map_err(of_key)?;
    }
    let open = standing.facts.removal.is_some_and(is_open);
    let asked = Asked {
        known: row.removal_id.clone().filter(|_| open),
        keep: rotations::set_removal,
        note: "A key rotation: the app uses the next key, the old one is removed.",
        attested_by,
    };
    ask(keeper, member, (&view.document, row), asked, trace).await
}

struct Asked<'a> {
    /// The request that was written before.
    known: Option<String>,
    keep: fn(&mut Conn, &str, &str) -> Result<bool, StoreFault>,
    note: &'static str,
    attested_by: &'a str,
}

/// Writes the request of a step, unless it is there, and sends it for review. In the sandbox a save is live at once.
async fn ask(
    keeper: &Arc<Keeper>,
    member: &Member,
    (document, row): (&AppDocument, &RotationRow),
    asked: Asked<'_>,
    trace: &Trace,
) -> Result<(), Failure<RotationDenied>> {
    if !document.environment.class().is_live() {
        return Ok(());
    }
    let mut body = suggested(keeper, member, document).await?;
    body.note = Some(asked.note.to_owned());
    let name = asked.attested_by.trim();
    if !name.is_empty() {
        for rule in ATTESTED {
            body.attestations
                .insert((*rule).to_owned(), name.chars().take(100).collect());
        }
    }
    let id = match still_open(keeper, asked.known).await? {
        Some(id) => {
            // Written before; a name that is given now is taken over.
            if !name.is_empty() {
                let mut known = requests_body(keeper, member, &id).await?;
                known.attestations.extend(body.attestations);
                requests::update(keeper, member, &id, known, None, trace)
                    .await
                    .map_err(of_request)?;
            }
            id
        }
        None => {
            let id = written(keeper, member, body, trace).await?;
            let (rotation, launch) = (row.rotation_id.clone(), id.clone());
            let keep = asked.keep;
            keeper
                .store
                .write(move |c| keep(c, &rotation, &launch))
                .await?;
            id
        }
    };
    requests::probe_and_submit(keeper, member, &id, ("", None), trace)
        .await
        .map_err(of_request)?;
    Ok(())
}

/// A new request, or the member's own draft that was written before an interruption.
async fn written(
    keeper: &Arc<Keeper>,
    member: &Member,
    body: durward_domain::launch::LaunchBody,
    trace: &Trace,
) -> Result<String, Failure<RotationDenied>> {
    let made = requests::create(keeper, member, RequestKind::Change, body, trace).await;
    match made {
        Ok(view) => Ok(view.summary.id),
        Err(Failure::Refused(LaunchDenied::AnotherOpen(id))) => {
            let wanted = id.clone();
            let row = keeper
                .store
                .read(move |c| launches::find(c, &wanted))
                .await?;
            let is_own_draft = |row: &launches::LaunchRow| {
                row.state == LaunchState::Draft.as_str() && row.author == member.id
            };
            match row.filter(is_own_draft) {
                Some(row) => Ok(row.launch_id),
                None => Err(Failure::Refused(LaunchDenied::AnotherOpen(id).into())),
            }
        }
        Err(failure) => Err(of_request(failure)),
    }
}

async fn requests_body(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
) -> Result<durward_domain::launch::LaunchBody, Failure<RotationDenied>> {
    let found = crate::partner::launches::find(keeper, member, id).await;
    Ok(found.map_err(of_request)?.request)
}

/// The request, if it has not come to an end.
async fn still_open(keeper: &Keeper, id: Option<String>) -> Result<Option<String>, Fault> {
    let Some(id) = id else { return Ok(None) };
    let row = keeper.store.read(move |c| launches::find(c, &id)).await?;
    Ok(row
        .filter(|row| LaunchState::parse(&row.state).is_some_and(is_open))
        .map(|row| row.launch_id))
}

/// Takes what the rotation saved, and what is not live, out of the saved configuration again.
async fn put_back(
    keeper: &Arc<Keeper>,
    member: &Member,
    (view, row, standing): (&AppView, &RotationRow, &Standing),
    trace: &Trace,
) -> Result<(), Failure<RotationDenied>> {
    let Some(saved) = &standing.saved else {
        return Ok(());
    };
    let mut document = saved.clone();
    if !standing.facts.new_live {
        document
            .keys
            .retain(|key| key.fingerprint() != row.new_thumbprint);
    }
    if standing.facts.old_live && !holds(&document, &row.old_thumbprint) {
        let live = standing.live.iter().flat_map(|live| &live.keys);
        document.keys.extend(
            live.filter(|key| key.fingerprint() == row.old_thumbprint)
                .cloned(),
        );
    }
    if document.keys == saved.keys {
        return Ok(());
    }
    let note = "A rotation was cancelled: the keys are again those that are live.";
    keys::save(keeper, member, (view, document), note, trace)
        .await
        .map_err(of_key)?;
    Ok(())
}

async fn open(
    keeper: &Keeper,
    (handle, environment): (&str, EnvironmentName),
) -> Result<(RotationRow, Standing), Failure<RotationDenied>> {
    let (name, now) = (handle.to_owned(), keeper.clock.real_now());
    let found = keeper.store.read(move |c| {
        let row = rotations::newest(c, &name, environment.as_str())?;
        let Some(row) = row.filter(|row| row.ended_us.is_none()) else {
            return Ok(None);
        };
        let standing = standing(c, &row, now)?;
        Ok(Some((row, standing)))
    });
    found.await?.ok_or(Failure::Refused(RotationDenied::None))
}

async fn found(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
) -> Result<RotationView, Failure<RotationDenied>> {
    find(keeper, member, handle, environment)
        .await?
        .ok_or(Failure::Refused(RotationDenied::None))
}

fn may_edit(
    keeper: &Keeper,
    member: &Member,
    view: &AppView,
) -> Result<(), Failure<RotationDenied>> {
    let team = Belongs::ToTeam(&view.summary.team);
    let now = keeper.clock.real_now();
    if !view.summary.environment.class().is_live() {
        member.may(Action::EditSandboxApp, team, now)?;
        return Ok(());
    }
    member.may(Action::EditProductionConfiguration, team, now)?;
    member.may(Action::RequestLaunch, team, now)?;
    Ok(())
}

/// The thumbprint of the key that goes, and the key that comes.
fn both_keys(view: &AppView, given: Start<'_>) -> Result<(String, Key), Failure<RotationDenied>> {
    let Some(live) = &view.live else {
        return Err(Failure::Refused(RotationDenied::NotLive(
            view.summary.environment,
        )));
    };
    let mut read = keys::read(given.key).map_err(of_key)?;
    let Some(new) = read.pop().filter(|_| read.is_empty()) else {
        return Err(Failure::Refused(RotationDenied::OneKey));
    };
    new.read()
        .map_err(|why| Failure::Refused(keys::KeyDenied::Unreadable(why).into()))?;
    let mut held: Vec<String> = live.keys.iter().map(Key::fingerprint).collect();
    held.dedup();
    let old = match given.old {
        Some(old) => held.iter().find(|one| *one == old).cloned(),
        None if held.len() == 1 => held.pop(),
        None => None,
    };
    let old = old.ok_or(Failure::Refused(RotationDenied::NoOldKey))?;
    let fingerprint = new.fingerprint();
    if old == fingerprint || holds(live, &fingerprint) {
        return Err(Failure::Refused(RotationDenied::SameKey));
    }
    if differs(view) {
        return Err(Failure::Refused(RotationDenied::UnsentChanges));
    }
    Ok((old, new))
}

/// Whether something is saved that is not live.
fn differs(view: &AppView) -> bool {
    view.live.as_ref() != Some(&view.document)
}

fn holds(document: &AppDocument, thumbprint: &str) -> bool {
    document
        .keys
        .iter()
        .any(|key| key.fingerprint() == thumbprint)
}

const fn is_open(state: LaunchState) -> bool {
    matches!(
        state,
        LaunchState::Draft
            | LaunchState::Submitted
            | LaunchState::ChangesRequested
            | LaunchState::Approved
            | LaunchState::Scheduled
    )
}

/// What a person answers for by name, where no evidence is kept.
const ATTESTED: &[&str] = &["L08", "L18", "L19"];
