//! One step of a request: read, decide, then write only if nobody was faster.

use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::id::MemberId;
use durward_domain::launch::{LaunchEvent, LaunchProgress, LaunchState, Step};
use durward_store::after_reviews;
use durward_store::launches::{self, LaunchEventRow, LaunchRow};
use durward_store::{Conn, Fault as StoreFault};
use serde_json::json;

use super::calendar;
use super::comments;
use super::launches::{LaunchDenied, RequestKind, Stored, kind_of, state_of};
use super::requests::told_of_retirement;
use super::told;
use crate::actor::{Actor, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper};
use crate::record::Trace;

/// Who takes a step, and why.
#[derive(Clone)]
pub(crate) struct By {
    pub(crate) actor: Actor,
    pub(crate) member: Option<MemberId>,
    pub(crate) note: String,
    pub(crate) trace: Option<Trace>,
}

impl By {
    pub(crate) fn member(member: &Member, note: &str, trace: &Trace) -> Self {
        Self {
            actor: member.actor(),
            member: MemberId::parse(&member.id).ok(),
            note: note.trim().chars().take(2000).collect(),
            trace: Some(trace.clone()),
        }
    }

    pub(crate) fn server(note: impl Into<String>) -> Self {
        Self {
            actor: Actor::System("deployer"),
            member: None,
            note: note.into(),
            trace: None,
        }
    }
}

/// A request that a step starts from.
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) row: LaunchRow,
    pub(crate) stored: Stored,
    pub(crate) state: LaunchState,
}

/// Reads a request.
pub(crate) async fn current(keeper: &Keeper, id: &str) -> Result<Current, Failure<LaunchDenied>> {
    let wanted = id.to_owned();
    let row = keeper
        .store
        .read(move |c| launches::find(c, &wanted))
        .await?;
    let row = row.ok_or(Failure::Refused(LaunchDenied::NotFound))?;
    Ok(Current {
        stored: Stored::read(&row)?,
        state: state_of(&row)?,
        row,
    })
}

/// The request after an event, not yet written.
pub(crate) fn after(
    current: &Current,
    event: LaunchEvent,
    member: Option<MemberId>,
    document_sha256: &str,
) -> Result<LaunchProgress, LaunchDenied> {
    let progress = current.stored.progress(current.state);
    Ok(progress.apply(&Step {
        event,
        actor: member,
        document_sha256,
        open_items: &[],
    })?)
}

/// Writes a request together with what happened; `false` when somebody was faster.
pub(crate) async fn write(
    keeper: &Arc<Keeper>,
    next: Current,
    events: Vec<(LaunchEvent, By)>,
) -> Result<bool, Fault> {
    let unit_keeper = Arc::clone(keeper);
    let written = keeper
        .store
        .write(move |c| write_in(c, &unit_keeper, &next, &events));
    Ok(written.await?)
}

pub(crate) fn write_in(
    c: &mut Conn,
    keeper: &Keeper,
    next: &Current,
    events: &[(LaunchEvent, By)],
) -> Result<bool, StoreFault> {
    let mut row = next.row.clone();
    next.state.as_str().clone_into(&mut row.state);
    row.request = next.stored.to_json();
    // The last place of a window goes to one request; the others read the calendar again.
    if !calendar::has_place(c, keeper, &row, next.state)? || !launches::update(c, &row)? {
        return Ok(false);
    }
    for (event, by) in events {
        note(c, keeper, &row, *event, by)?;
    }
    Ok(true)
}

/// Notes an event in the timeline and in the audit record.
pub(crate) fn note(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    event: LaunchEvent,
    by: &By,
) -> Result<(), StoreFault> {
    let now_us = keeper.clock.now().as_microsecond();
    if event == LaunchEvent::Approve
        && let (Some(member), Some(round)) = (by.member, row.submitted_us)
    {
        launches::add_approval(c, &row.launch_id, round, &member.to_string(), now_us)?;
    }
    if event == LaunchEvent::Deploy
        && Stored::read(row).is_ok_and(|stored| stored.way.is_emergency())
    {
        after_reviews::owe(
            c,
            &row.launch_id,
            now_us,
            now_us.saturating_add(REVIEWED_WITHIN_US),
        )?;
    }
    if event == LaunchEvent::Schedule
        && let Ok(Some(reason)) = Stored::read(row).map(|stored| stored.body.retire)
    {
        told_of_retirement(c, keeper, row, &reason)?;
    }
    line(c, keeper, row, event.as_str(), by)?;
    comments::told_with(c, event, &row.launch_id, now_us)?;
    told::of_request(c, keeper, row, event, by)?;
    keeper.record(
        c,
        &Happened {
            actor: &by.actor,
            event: audited(kind_of(row), event),
            subject: &row.launch_id,
            trace: by.trace.as_ref(),
            detail: json!({ "app": row.handle, "environment": row.environment, "state": row.state }),
        },
    )
}

/// A line of the timeline alone.
pub(crate) fn line(
    c: &mut Conn,
    keeper: &Keeper,
    row: &LaunchRow,
    word: &str,
    by: &By,
) -> Result<(), StoreFault> {
    launches::add_event(
        c,
        &row.launch_id,
        &LaunchEventRow {
            time_us: keeper.clock.now().as_microsecond(),
            actor: by.actor.id().to_owned(),
            event: word.to_owned(),
            note: by.note.clone(),
        },
    )
}

/// What went live as an emergency is reviewed within five days.
const REVIEWED_WITHIN_US: i64 = 5 * 24 * 3_600_000_000;

/// Nodes and people step over each other more often than this only in an attack.
pub(crate) const ATTEMPTS: usize = 5;

/// What is told when each attempt met somebody faster.
pub(crate) fn too_busy() -> Fault {
    Fault::new(
        FaultKind::Busy,
        "others changed the request at the same time",
    )
}

pub(crate) fn audited(kind: RequestKind, event: LaunchEvent) -> Event {
    use LaunchEvent as E;
    match (kind, event) {
        (RequestKind::Launch, E::Submit) => Event::LaunchSubmitted,
        (RequestKind::Launch, E::RequestChanges) => Event::LaunchChangesRequested,
        (RequestKind::Launch, E::Approve) => Event::LaunchApproved,
        (RequestKind::Launch, E::Reject) => Event::LaunchRejected,
        (RequestKind::Launch, E::Withdraw) => Event::LaunchWithdrawn,
        (RequestKind::Launch, E::Schedule) => Event::LaunchScheduled,
        (RequestKind::Launch, E::Deploy) => Event::LaunchDeployed,
        (RequestKind::Launch, E::Verify) => Event::LaunchVerified,
        (RequestKind::Launch, E::RollBack) => Event::LaunchRolledBack,
        (RequestKind::Launch, E::Supersede) => Event::LaunchSuperseded,
        (RequestKind::Change, E::Submit) => Event::ChangeSubmitted,
        (RequestKind::Change, E::RequestChanges) => Event::ChangeChangesRequested,
        (RequestKind::Change, E::Approve) => Event::ChangeApproved,
        (RequestKind::Change, E::Reject) => Event::ChangeRejected,
        (RequestKind::Change, E::Withdraw) => Event::ChangeWithdrawn,
        (RequestKind::Change, E::Schedule) => Event::ChangeScheduled,
        (RequestKind::Change, E::Deploy) => Event::ChangeDeployed,
        (RequestKind::Change, E::Verify) => Event::ChangeVerified,
        (RequestKind::Change, E::RollBack) => Event::ChangeRolledBack,
        (RequestKind::Change, E::Supersede) => Event::ChangeSuperseded,
    }
}
