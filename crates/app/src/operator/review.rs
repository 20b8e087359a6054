//! Reviewing launch and change requests. An author never approves; two reviewers at once count once each.

use std::sync::Arc;

use durward_domain::calendar::{Ask, Calendar, Step, Why, say};
use durward_domain::id::MemberId;
use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_domain::permission::Action;
use durward_domain::programme::CountedFrom;

use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::jobs::keeper_base;
use crate::keeper::Keeper;
use crate::partner::calendar;
use crate::partner::launches::{LaunchDenied, LaunchView, find, interests};
use crate::partner::steps::{self, ATTEMPTS, By, Current};
use crate::record::Trace;

/// Approves a request. When enough people did, it is scheduled for its window at once.
///
/// `seen` is the digest of the document that the reviewer looked at ([`LaunchView::document_sha256`]); without it the
/// document that was submitted counts.
///
/// # Errors
/// [`LaunchDenied`]: the author, a second yes of the same person, a request that is not in review; or a fault.
pub async fn approve(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    (note, seen): (&str, Option<&str>),
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let view = take(
        keeper,
        member,
        id,
        Review {
            event: LaunchEvent::Approve,
            action: Action::ApproveLaunch,
            seen,
            note,
        },
        trace,
    )
    .await?;
    // Its window may be open now. The approval is kept whatever comes of this; the deployer tries again each second.
    if let Err(fault) = crate::jobs::keeper_deploy::run_due(keeper).await {
        tracing::error!(%fault, "deploying what is due after an approval");
    }
    if view.summary.state == LaunchState::Scheduled {
        find(keeper, member, id).await
    } else {
        Ok(view)
    }
}

/// Asks the partner for something else.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn request_changes(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    note: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let review = Review {
        event: LaunchEvent::RequestChanges,
        action: Action::ReviewLaunch,
        seen: None,
        note,
    };
    take(keeper, member, id, review, trace).await
}

/// Says no.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn reject(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    note: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let review = Review {
        event: LaunchEvent::Reject,
        action: Action::ReviewLaunch,
        seen: None,
        note,
    };
    take(keeper, member, id, review, trace).await
}

/// Says that a deployed request was seen to work: by its team, or by a reviewer.
///
/// # Errors
/// [`LaunchDenied`], or a fault.
pub async fn verify(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    note: &str,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    let current = steps::current(keeper, id).await?;
    let partner = member.reaches(Action::RequestLaunch, Belongs::ToTeam(&current.row.team));
    let action = if partner {
        Action::RequestLaunch
    } else {
        Action::ReviewLaunch
    };
    take(
        keeper,
        member,
        id,
        Review {
            event: LaunchEvent::Verify,
            action,
            seen: None,
            note,
        },
        trace,
    )
    .await
}

struct Review<'a> {
    event: LaunchEvent,
    action: Action,
    seen: Option<&'a str>,
    note: &'a str,
}

async fn take(
    keeper: &Arc<Keeper>,
    member: &Member,
    id: &str,
    review: Review<'_>,
    trace: &Trace,
) -> Result<LaunchView, Failure<LaunchDenied>> {
    for _ in 0..ATTEMPTS {
        let mut next = steps::current(keeper, id).await?;
        let team = Belongs::ToTeam(&next.row.team);
        if !member.reaches(Action::ViewLaunch, team) {
            return Err(Failure::Refused(LaunchDenied::NotFound));
        }
        let me = MemberId::parse(&member.id).ok();
        if review.event == LaunchEvent::Approve
            && me.is_some_and(|me| next.stored.authors.contains(&me))
        {
            // Told before the role: it is the reason that no other role would change.
            return Err(Failure::Refused(
                durward_domain::launch::LaunchRefusal::OwnRequest.into(),
            ));
        }
        member.may(review.action, team, keeper.clock.real_now())?;
        if review.event != LaunchEvent::Verify
            && let Some(agency) = interests::conflict(keeper, member, &next.row.team).await?
        {
            return Err(Failure::Refused(
                durward_domain::launch::LaunchRefusal::ConflictOfInterest(agency).into(),
            ));
        }
        if next.row.release_id.is_some() && next.state == LaunchState::Scheduled {
            return Err(Failure::Refused(LaunchDenied::BeingDeployed));
        }
        if review.event == LaunchEvent::Approve
            && next.state == LaunchState::Submitted
            && let Some(moved) = keeper_base::moved(keeper, &next.row, &next.stored).await?
        {
            return Err(Failure::Refused(LaunchDenied::BaseMoved(moved)));
        }
        let sha = review
            .seen
            .map_or_else(|| next.stored.document_sha256.clone(), str::to_owned);
        let progress = steps::after(&next, review.event, me, &sha).map_err(Failure::Refused)?;
        next.state = progress.state;
        next.stored.take(&progress);
        let mut events = vec![(review.event, By::member(member, review.note, trace))];
        if next.state == LaunchState::Approved {
            let calendar = calendar::current(keeper).await?;
            events.push((
                LaunchEvent::Schedule,
                schedule(keeper, &calendar, &mut next)?,
            ));
        }
        if steps::write(keeper, next, events).await? {
            return find(keeper, member, id).await;
        }
    }
    Err(steps::too_busy().into())
}

/// Gives an approved request its window: the one of its submission, or the next if that has passed, is closed by now, or
/// comes before the end of a notice that counts from the approval.
fn schedule(
    keeper: &Keeper,
    calendar: &Calendar,
    next: &mut Current,
) -> Result<By, Failure<LaunchDenied>> {
    next.state = LaunchState::Scheduled;
    if next.stored.way.is_emergency() {
        next.row.window_us = Some(keeper.clock.now().as_microsecond());
        return Ok(By::server(
            "An emergency with two people: deployed at once.",
        ));
    }
    let (today, now) = (keeper.today(), keeper.clock.now());
    let team = next.row.team.clone();
    let ask = Ask {
        approved: Some(today),
        ..calendar::ask_of(keeper, &next.row, &team)
    };
    let promised = calendar::window_of(&next.row).unwrap_or(today);
    let counts_from_approval =
        calendar.rules_on(ask.submitted).notice.counted_from == CountedFrom::Approval;
    let ripe = counts_from_approval.then(|| calendar.notice_ends(&ask));
    let is_ripe = ripe.is_none_or(|ripe| ripe <= promised);
    let has_passed = now >= calendar.closes_at(promised);
    if !has_passed && is_ripe && calendar.keeps(&ask, promised) {
        return Ok(By::server(format!("To be deployed on {}.", say(promised))));
    }
    let mut from = promised.max(today);
    if now >= calendar.closes_at(from) {
        from = from.tomorrow().unwrap_or(from);
    }
    let from = ripe.map_or(from, |ripe| ripe.max(from));
    let found = calendar
        .free_from(&ask, from)
        .map_err(|none| Failure::Refused(LaunchDenied::NoWindow(none)))?;
    let window = found.earliest;
    let why = if has_passed {
        Why::Passed(promised, window)
    } else if is_ripe {
        Why::Replanned(promised, window)
    } else {
        Why::Ripens(promised, window)
    };
    let mut steps = if has_passed { Vec::new() } else { found.steps };
    steps.push(Step::new(window, &why));
    calendar::plan_into(keeper, &mut next.row, window);
    calendar::explain_more(&mut next.row, steps);
    Ok(By::server(why.sentence()))
}
