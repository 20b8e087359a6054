//! Rolling a whole environment back: by choice, never by default.

use std::collections::BTreeMap;
use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::permission::Action;
use durward_store::{apps, releases};

use super::make::{Revision, roll_back};
use super::{ReleaseDenied, ReleaseView, may};
use crate::actor::Member;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::operator::bootstrap;
use crate::record::Trace;

/// Brings every app of an environment back to what it was after an earlier release, as one new release. The server's
/// own apps stay as they are, apps whose configuration was deleted stay away, and so do keys that were removed since.
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
        let gone = one.before.is_some() && !one.configured;
        if own || gone || one.now == one.before {
            continue;
        }
        brought.push((handle.clone(), one.now));
        wanted.push((handle, one.before));
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
    configured: bool,
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
        for (handle, before) in releases::changes_after(c, name, to)? {
            // The first change since tells what was there then.
            if list.contains_key(&handle) {
                continue;
            }
            let one = Then {
                before,
                now: releases::app_in(c, name, &handle)?.map(|(revision, _)| revision),
                configured: apps::find_configuration(c, &handle, name)?.is_some(),
            };
            list.insert(handle, one);
        }
        Ok((newest, list))
    });
    Ok(found.await?)
}
