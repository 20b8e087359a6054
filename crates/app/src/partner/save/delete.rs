//! Deleting configurations.

use std::sync::Arc;

use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::{apps, launches, validator};
use serde_json::json;

use super::{is_live, subject};
use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper, PORTAL_CLIENT_ID};
use crate::operator::build::{self, Wanted, Why};
use crate::operator::suspension;
use crate::partner::apps::{AppRefusal, app};
use crate::partner::requests::is_decided_on;
use crate::partner::told_of;
use crate::record::Trace;

/// Deletes a configuration. In the sandbox it is gone at once; a live one elsewhere must be rolled back first.
///
/// # Errors
/// [`AppRefusal`], or a fault.
pub async fn delete_app(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    seen_version: Option<i64>,
    trace: &Trace,
) -> Result<(), Failure<AppRefusal>> {
    let view = app(keeper, member, handle, environment).await?;
    let (action, test) = match environment.class() {
        EnvironmentClass::Test => (Action::DeleteSandboxApp, true),
        EnvironmentClass::Live => (Action::DeleteProductionConfiguration, false),
    };
    let permit = member.may(
        action,
        Belongs::ToAuthor {
            team: &view.summary.team,
            author: &view.created_by,
        },
        keeper.clock.real_now(),
    )?;
    if view.summary.issuer == PORTAL_CLIENT_ID {
        return Err(Failure::Refused(AppRefusal::Portal));
    }
    let (unit_keeper, actor, trace, handle_in) = (
        Arc::clone(keeper),
        permit.actor().clone(),
        trace.clone(),
        handle.to_owned(),
    );
    let team_in = view.summary.team.clone();
    let version = seen_version.unwrap_or(view.summary.version);
    let deleted = keeper
        .store
        .write(move |c| {
            let now = unit_keeper.clock.now();
            if suspension::is_retired(c, &handle_in, environment)? {
                return Ok(Err(AppRefusal::Retired(environment)));
            }
            if !test {
                // What waits for its window would go live without a configuration that anyone could change.
                if is_live(c, &handle_in, environment)? {
                    return Ok(Err(AppRefusal::StillLive(environment)));
                }
                let requests = launches::of_app(c, &handle_in)?;
                if requests
                    .iter()
                    .any(|row| row.environment == environment.as_str() && is_decided_on(row))
                {
                    return Ok(Err(AppRefusal::Requested(environment)));
                }
            }
            if !apps::delete_configuration(
                c,
                &handle_in,
                environment.as_str(),
                version,
                now.as_microsecond(),
            )? {
                return Ok(Err(AppRefusal::Stale));
            }
            validator::put_facts(c, &handle_in, environment.as_str(), &[])?;
            let subject = subject(&handle_in, environment);
            unit_keeper.record(
                c,
                &Happened {
                    actor: &actor,
                    event: Event::AppDeleted,
                    subject: &subject,
                    trace: Some(&trace),
                    detail: json!({ "version": version }),
                },
            )?;
            let of = (handle_in.as_str(), environment, team_in.as_str());
            told_of::deletion(c, &unit_keeper, &actor, of)?;
            Ok(Ok(()))
        })
        .await?;
    deleted.map_err(Failure::Refused)?;
    if test {
        let why = Why {
            kind: "removal",
            reason: format!("{handle} was deleted."),
            actor: member.actor(),
        };
        build::release(
            keeper,
            environment,
            vec![Wanted::deleted(handle)],
            why,
            build::nothing_more,
        )
        .await?;
    }
    Ok(())
}
