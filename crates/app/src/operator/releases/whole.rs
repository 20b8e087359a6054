//! Rolling a whole environment back: by choice, never by default.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::launch::LaunchState;
use durward_domain::permission::Action;
use durward_store::releases::{self, ReleaseChangeRow};
use durward_store::{Conn, Fault as StoreFault, apps, launches};

use super::make::{Revision, roll_back};
use super::{ReleaseDenied, ReleaseView, may};
use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::operator::bootstrap;
use crate::operator::suspension;
use crate::record::Trace;

/// Brings every app of an environment back to what it was after an earlier release, as one new release. The server's
/// own apps stay as they are, apps whose configuration was deleted or that are retired stay away, and so do keys that were removed since.
/// What was rolled back does not return this way: it is deployed again by itself, which asks for its agreement.
///
/// # Errors
/// [`ReleaseDenied::InEffect`] when nothing would change; other [`ReleaseDenied`], or a fault.
pub async fn rollback_environment(
    keeper: &Arc<Keeper>,
    member: &Member,
    environment: EnvironmentName,
    (to, reason): (i64, &str),
    trace: &Trace,
) -> Result<ReleaseView, Failure<ReleaseDenied>> {
    may(keeper, member, Action::RollBack)?;
    if keeper.environment(environment).is_none() || to < 0 {
        return Err(Failure::Refused(ReleaseDenied::NotFound));
    }
    let (newest, then) = then(keeper, environment, to).await?;
    if to > newest {
        return Err(Failure::Refused(ReleaseDenied::NotFound));
    }
    let (mut wanted, mut brought): (Vec<Revision>, Vec<Revision>) = (Vec::new(), Vec::new());
    for (handle, one) in then {
        let own = bootstrap::is_own(keeper, environment, &handle);
        let back = one.before.filter(|_| !one.taken_back);
        let gone = back.is_some() && !one.configured;
        if own || gone || one.now == back {
            continue;
        }
        let since = one.since.into_iter();
        brought.extend(since.map(|revision| (handle.clone(), Some(revision))));
        wanted.push((handle, back));
    }
    if wanted.is_empty() {
        return Err(Failure::Refused(ReleaseDenied::InEffect));
    }
    let otherwise = format!("The whole environment was rolled back to release {to}.");
    roll_back(
        keeper,
        member,
        environment,
        (&wanted, &brought),
        (reason, otherwise),
        trace,
    )
    .await
}

/// One app that changed since.
struct Then {
    before: Option<String>,
    now: Option<String>,
    /// What releases brought since.
    since: BTreeSet<String>,
    configured: bool,
    /// Whether the request that had brought what was there then was rolled back.
    taken_back: bool,
}

/// The newest release, and every app that changed after an earlier one with what it was then and is now.
async fn then(
    keeper: &Keeper,
    environment: EnvironmentName,
    to: i64,
) -> Result<(i64, BTreeMap<String, Then>), Fault> {
    let name = environment.as_str();
    let found = keeper.store.read(move |c| {
        let newest = releases::last(c, name)?.map_or(0, |row| row.sequence);
        let mut list: BTreeMap<String, Then> = BTreeMap::new();
        for change in releases::changes_after(c, name, to)? {
            if !list.contains_key(&change.handle) {
                // The first change since tells what was there then.
                let one = first(c, name, &change)?;
                list.insert(change.handle.clone(), one);
            }
            if let Some(one) = list.get_mut(&change.handle) {
                one.since.extend(change.revision_id);
            }
        }
        Ok((newest, list))
    });
    Ok(found.await?)
}

fn first(c: &mut Conn, environment: &str, change: &ReleaseChangeRow) -> Result<Then, StoreFault> {
    let handle = change.handle.as_str();
    let taken_back = launches::of_app(c, handle)?.into_iter().any(|row| {
        row.environment == environment
            && Some(&row.revision_id) == change.before_revision_id.as_ref()
            && row.state == LaunchState::RolledBack.as_str()
    });
    Ok(Then {
        before: change.before_revision_id.clone(),
        now: releases::app_in(c, environment, handle)?.map(|(revision, _)| revision),
        since: BTreeSet::new(),
        configured: apps::find_configuration(c, handle, environment)?.is_some()
            && !retired(c, handle, environment)?,
        taken_back,
    })
}

fn retired(c: &mut Conn, handle: &str, environment: &str) -> Result<bool, StoreFault> {
    match EnvironmentName::parse(environment) {
        Ok(name) => suspension::is_retired(c, handle, name),
        Err(_) => Ok(false),
    }
}
