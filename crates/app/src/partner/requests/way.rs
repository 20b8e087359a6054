//! The way of a request to its deployment: by a window, by itself, or at once.

use std::sync::Arc;

use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_domain::permission::Role;
use durward_store::{Conn, Fault as StoreFault};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::actor::Member;
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::partner::checklist::Assessment;
use crate::partner::launches::{LaunchDenied, RequestKind, kind_of};
use crate::partner::notices::{self, Notice, To};
use crate::partner::steps::{By, Current};
use crate::record::Trace;

/// How a request comes to its deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "way")]
pub(crate) enum Way {
    /// In a window of the calendar.
    #[default]
    Window,
    /// By itself: the standing approval of the programme is its review. Until then it can be cancelled.
    Automatic {
        /// How long.
        minutes: u16,
    },
    /// At once, outside windows and freezes, when a second person agreed.
    Emergency {
        /// Why.
        reason: String,
    },
}

impl Way {
    pub(crate) const fn is_emergency(&self) -> bool {
        matches!(self, Self::Emergency { .. })
    }
}

/// The way of a submission. What needs no window needs a fresh second factor of who sends it.
pub(super) fn of(
    keeper: &Keeper,
    member: &Member,
    next: &Current,
    assessment: &Assessment,
    emergency: Option<&str>,
) -> Result<Way, LaunchDenied> {
    let is_change = kind_of(&next.row) == RequestKind::Change;
    let differs = !assessment.judged.lines.is_empty();
    let fresh = || member.stepped_up(keeper.clock.real_now());
    match (emergency, assessment.judged.automatic_after) {
        (Some(_), _) if !is_change => Err(LaunchDenied::NoEmergency),
        (Some(reason), _) => {
            if reason.trim().is_empty() {
                return Err(LaunchDenied::NoReason);
            }
            fresh()?;
            let reason = reason.trim().chars().take(500).collect();
            Ok(Way::Emergency { reason })
        }
        (None, Some(_)) if is_change && !differs => Err(LaunchDenied::NothingDiffers),
        (None, Some(minutes)) if is_change => {
            fresh()?;
            Ok(Way::Automatic { minutes })
        }
        (None, _) => Ok(Way::Window),
    }
}

/// Takes the request out of the calendar where its way needs no window, and tells what else happens with the submission.
pub(super) fn begin(
    keeper: &Keeper,
    member: &Member,
    next: &mut Current,
    (note, trace): (&str, &Trace),
) -> Vec<(LaunchEvent, By)> {
    let mut events = Vec::new();
    match next.stored.way.clone() {
        Way::Window => events.push((LaunchEvent::Submit, By::member(member, note, trace))),
        Way::Automatic { minutes } => {
            out_of_the_calendar(next);
            let wait = SignedDuration::from_mins(i64::from(minutes));
            let at = keeper.clock.now().saturating_add(wait);
            next.row.window_us = at.ok().map(jiff::Timestamp::as_microsecond);
            next.state = LaunchState::Scheduled;
            events.push((LaunchEvent::Submit, By::member(member, note, trace)));
            let standing = "The standing approval of the programme for standard changes.";
            events.push((LaunchEvent::Approve, By::server(standing)));
            let waits = format!("Live by itself in {minutes} minutes, unless it is withdrawn.");
            events.push((LaunchEvent::Schedule, By::server(waits)));
        }
        Way::Emergency { reason } => {
            out_of_the_calendar(next);
            next.stored.approvers_needed = 1;
            let note = format!("Emergency: {reason}");
            events.push((LaunchEvent::Submit, By::member(member, &note, trace)));
        }
    }
    events
}

fn out_of_the_calendar(next: &mut Current) {
    next.row.window_date = None;
    next.row.window_us = None;
    next.row.explanation = None;
}

/// Tells all admins of the team of a change that goes live without a window.
pub(super) fn told(
    c: &mut Conn,
    keeper: &Arc<Keeper>,
    next: &Current,
    by: &str,
) -> Result<(), StoreFault> {
    let mut values = vec![
        ("app", next.row.handle.clone()),
        ("environment", next.row.environment.clone()),
        ("who", by.to_owned()),
    ];
    let kind = match &next.stored.way {
        Way::Window => return Ok(()),
        Way::Automatic { minutes } => {
            values.push(("minutes", minutes.to_string()));
            &notices::CHANGE_AUTOMATIC
        }
        Way::Emergency { reason } => {
            values.push(("reason", reason.clone()));
            &notices::CHANGE_EMERGENCY
        }
    };
    let notice = Notice {
        to: &[To::Team(&next.row.team, &[Role::PartnerAdmin])],
        kind,
        link: format!("/launches/{}", next.row.launch_id),
        values,
    };
    notices::post(c, keeper, &notice)
}

impl From<LaunchDenied> for Failure<LaunchDenied> {
    fn from(denied: LaunchDenied) -> Self {
        Self::Refused(denied)
    }
}
