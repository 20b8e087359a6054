//! Suspensions that a rule of the programme asks for. They stand beside those of people: the server lifts its own only, and a
//! member who lifts one of them has the last word.

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::release::DenialKind;
use durward_store::denials::{self, DeniedRow};
use durward_store::{Conn, Fault as StoreFault};

use super::lists::{Change, make};
use super::{SuspensionDenied, deny};
use crate::actor::Actor;
use crate::failure::{Failure, Fault};
use crate::keeper::Keeper;
use crate::partner::steps::By;

/// Who suspends what no agreement covers.
pub(crate) const AGREEMENTS: &str = "agreements";

/// Suspends an app in the name of a rule where nobody suspended it, while `due` says so by what stands in the database;
/// `false` when there is nothing to do.
pub(crate) async fn suspend_by_rule<D>(
    keeper: &Arc<Keeper>,
    (handle, environment): (&str, EnvironmentName),
    reason: &str,
    due: D,
) -> Result<bool, Fault>
where
    D: Fn(&mut Conn) -> Result<bool, StoreFault> + Clone + Send + Sync + 'static,
{
    let name = handle.to_owned();
    let free = move |c: &mut Conn| -> Result<bool, StoreFault> {
        let open = denials::denials_of(c, environment.as_str(), &name)?;
        Ok(open.iter().all(|row| row.ended_us.is_some()) && due(c)?)
    };
    let how = (DenialKind::Suspended, None);
    acted(deny(keeper, (handle, environment), how, &by(reason), free).await)
}

/// Lifts what the same rule suspended, and nothing else, while `over` says so; `false` when there is nothing to do.
pub(crate) async fn resume_by_rule<D>(
    keeper: &Arc<Keeper>,
    (handle, environment): (&str, EnvironmentName),
    reason: &str,
    over: D,
) -> Result<bool, Fault>
where
    D: Fn(&mut Conn) -> Result<bool, StoreFault> + Clone + Send + Sync + 'static,
{
    let name = handle.to_owned();
    let decide = move |c: &mut Conn| -> Result<Result<Change, SuspensionDenied>, StoreFault> {
        let all = denials::denials_of(c, environment.as_str(), &name)?;
        let own = all.into_iter().find(is_open);
        Ok(match own {
            Some(row) if over(c)? => Ok(Change::Lift(Box::new(row))),
            _ => Err(SuspensionDenied::NotSuspended),
        })
    };
    acted(make(keeper, environment, decide, &by(reason)).await)
}

/// Is this a suspension by the rule that still stands?
pub(crate) fn is_open(row: &DeniedRow) -> bool {
    row.actor == AGREEMENTS && row.ended_us.is_none()
}

/// Did the rule suspend the app at or after this time, and does that stand or did a person lift it?
pub(crate) fn was_done(
    c: &mut Conn,
    (handle, environment): (&str, EnvironmentName),
    since_us: i64,
) -> Result<bool, StoreFault> {
    let all = denials::denials_of(c, environment.as_str(), handle)?;
    Ok(all.iter().any(|row| {
        row.actor == AGREEMENTS && row.since_us >= since_us && row.ended_by != AGREEMENTS
    }))
}

fn by(reason: &str) -> By {
    By {
        actor: Actor::System(AGREEMENTS),
        ..By::server(reason)
    }
}

/// A refusal of the server to itself: others were first, or the app is gone.
fn acted(done: Result<(), Failure<SuspensionDenied>>) -> Result<bool, Fault> {
    match done {
        Ok(()) => Ok(true),
        Err(Failure::Refused(_)) => Ok(false),
        Err(Failure::Fault(fault)) => Err(fault),
    }
}
