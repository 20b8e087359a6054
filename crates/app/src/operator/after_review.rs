//! What went live as an emergency is reviewed afterwards: an open task of the programme until somebody did it.

use std::collections::BTreeSet;
use std::sync::Arc;

use durward_domain::event::Event;
use durward_domain::id::MemberId;
use durward_domain::launch::LaunchRefusal;
use durward_domain::permission::Action;
use durward_store::{after_reviews, launches};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::actor::{Belongs, Member};
use crate::failure::{Failure, Fault};
use crate::keeper::{Happened, Keeper, time};
use crate::partner::launches::{LaunchDenied, LaunchView, Stored, find};
use crate::partner::steps::{self, By};
use crate::record::Trace;

/// A review that is owed.
#[derive(Clone, Debug, Serialize)]
pub struct OpenReview {
    /// The request that went live as an emergency.
    pub request: String,
    /// Since when it is owed.
    pub since: Timestamp,
    /// By when.
    pub due: Timestamp,
}

/// The reviews that are owed, the oldest first; nothing for members who do not review.
///
/// # Errors
/// A fault.
pub async fn open(keeper: &Keeper, member: &Member) -> Result<Vec<OpenReview>, Fault> {
    if !member.reaches(Action::ViewLaunch, Belongs::ToProgramme) {
        return Ok(Vec::new());
    }
    let rows = keeper.store.read(after_reviews::open).await?;
    Ok(rows
        .into_iter()
        .map(|row| OpenReview {
            request: row.launch_id,
            since: time(row.created_us),
            due: time(row.due_us),
        })
        .collect())
}

/// Those of them that the member can do: neither wrote nor approved.
///
/// # Errors
/// A fault.
pub async fn open_for(keeper: &Keeper, member: &Member) -> Result<Vec<OpenReview>, Fault> {
    let mut open = open(keeper, member).await?;
    let Ok(me) = MemberId::parse(&member.id) else {
        return Ok(Vec::new());
    };
    let ids: Vec<String> = open.iter().map(|one| one.request.clone()).collect();
    let rows = keeper.store.read(move |c| {
        let rows = ids.iter().map(|id| launches::find(c, id));
        rows.collect::<Result<Vec<_>, _>>()
    });
    let mut own = BTreeSet::new();
    for row in rows.await?.into_iter().flatten() {
        let stored = Stored::read(&row)?;
        if stored.authors.contains(&me) || stored.approvals.contains(&me) {
            own.insert(row.launch_id);
        }
    }
    open.retain(|one| !own.contains(&one.request));
    Ok(open)
}

/// Says what the review found. Never done by an author of the request, nor by who approved it.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn finish(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    finding: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let current = steps::current(keeper, id).await?;
    let team = Belongs::ToTeam(&current.row.team);
    if !member.reaches(Action::ViewLaunch, team) {
        return Err(Failure::Refused(LaunchDenied::NotFound));
    }
    let me = MemberId::parse(&member.id).ok();
    if me.is_some_and(|me| current.stored.authors.contains(&me)) {
        return Err(Failure::Refused(LaunchRefusal::OwnRequest.into()));
    }
    if me.is_some_and(|me| current.stored.approvals.contains(&me)) {
        return Err(Failure::Refused(LaunchDenied::OwnAfterReview));
    }
    member.may(Action::ReviewLaunch, team, keeper.clock.real_now())?;
    let by = By::member(member, finding, trace);
    if by.note.is_empty() {
        return Err(Failure::Refused(LaunchDenied::NoReason));
    }
    let (unit_keeper, row) = (Arc::clone(keeper), current.row);
    let done = keeper.store.write(move |c| {
        let now_us = unit_keeper.clock.now().as_microsecond();
        let said = (by.actor.id(), by.note.as_str());
        if !after_reviews::finish(c, &row.launch_id, now_us, said)? {
            return Ok(false);
        }
        steps::line(c, &unit_keeper, &row, "after_review", &by)?;
        let happened = Happened {
            actor: &by.actor,
            event: Event::ChangeAfterReviewed,
            subject: &row.launch_id,
            trace: by.trace.as_ref(),
            detail: json!({ "app": row.handle, "environment": row.environment }),
        };
        unit_keeper.record(c, &happened)?;
        Ok(true)
    });
    if !done.await? {
        return Err(Failure::Refused(LaunchDenied::NothingOwed));
    }
    find(keeper, member, id).await
}
