//! A newer request that takes the place of an open one: the old one ends in the unit that sends the new one.

use std::sync::Arc;

use durward_domain::launch::{LaunchEvent, LaunchState};
use durward_store::launches::{self, LaunchRow};
use durward_store::{Conn, Fault as StoreFault};

use super::{is_open, way};
use crate::actor::Member;
use crate::failure::Failure;
use crate::keeper::Keeper;
use crate::partner::launches::{LaunchDenied, Stored, state_of};
use crate::partner::steps::{self, By, Current};

/// May a new request be written beside the open ones? Only beside the one whose place it takes.
pub(super) fn judge<'a>(
    mut open: impl Iterator<Item = &'a LaunchRow>,
    supersedes: Option<&str>,
) -> Result<(), LaunchDenied> {
    let Some(old) = supersedes else {
        return match open.next() {
            Some(other) => Err(LaunchDenied::AnotherOpen(other.launch_id.clone())),
            None => Ok(()),
        };
    };
    let mut found = false;
    for other in open {
        // One that was never sent is changed, not replaced.
        if other.launch_id != old || other.state == LaunchState::Draft.as_str() {
            return Err(LaunchDenied::AnotherOpen(other.launch_id.clone()));
        }
        found = true;
    }
    if found {
        Ok(())
    } else {
        Err(LaunchDenied::NothingToSupersede(
            old.chars().take(60).collect(),
        ))
    }
}

/// Writes a submission and, where the request takes the place of another one, the end of that one. `false` when somebody
/// was faster.
pub(super) async fn submit(
    keeper: &Arc<Keeper>,
    next: Current,
    (member, events): (&Member, Vec<(LaunchEvent, By)>),
) -> Result<bool, Failure<LaunchDenied>> {
    let (unit_keeper, who) = (Arc::clone(keeper), member.name.clone());
    let written = keeper
        .store
        .write(move |c| {
            // Nothing is written unless both can be.
            let stands = launches::find(c, &next.row.launch_id)?
                .is_some_and(|row| row.version == next.row.version);
            if !stands {
                return Ok(Ok(false));
            }
            if let Some(old) = &next.stored.body.supersedes
                && let Some((_, by)) = events.first()
                && let Err(refused) = end(c, &unit_keeper, old, (&next.row.launch_id, by))?
            {
                return Ok(Err(refused));
            }
            let done = steps::write_in(c, &unit_keeper, &next, &events)?;
            if done {
                way::told(c, &unit_keeper, &next, &who)?;
            }
            Ok(Ok(done))
        })
        .await?;
    written.map_err(Failure::Refused)
}

/// Ends the old request, unless it has come to its end already.
fn end(
    c: &mut Conn,
    keeper: &Keeper,
    old: &str,
    (new, by): (&str, &By),
) -> Result<Result<(), LaunchDenied>, StoreFault> {
    let Some(row) = launches::find(c, old)?.filter(is_open) else {
        return Ok(Ok(()));
    };
    if row.release_id.is_some() {
        return Ok(Err(LaunchDenied::BeingDeployed));
    }
    let (Ok(stored), Ok(state)) = (Stored::read(&row), state_of(&row)) else {
        return Ok(Err(LaunchDenied::NothingToSupersede(old.to_owned())));
    };
    let mut old = Current { row, stored, state };
    let progress = match steps::after(&old, LaunchEvent::Supersede, by.member, "") {
        Ok(progress) => progress,
        Err(refused) => return Ok(Err(refused)),
    };
    old.state = progress.state;
    old.stored.superseded_by = Some(new.to_owned());
    let why = By {
        note: format!("The request {new} took its place."),
        ..by.clone()
    };
    // Its version was read in this unit: nobody else moved it.
    steps::write_in(c, keeper, &old, &[(LaunchEvent::Supersede, why)])?;
    Ok(Ok(()))
}
