//! Deleting configurations.

use std::sync::Arc;

use durward_domain::environment::{EnvironmentClass, EnvironmentName};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_store::apps;
use serde_json::json;

use super::subject;
use crate::actor::{Belongs, Member};
use crate::failure::Failure;
use crate::keeper::{Happened, Keeper, PORTAL_CLIENT_ID};
use crate::operator::build::{self, Wanted, Why};
use crate::partner::apps::{AppRefusal, app};
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
        Belongs::ToTeam(&view.summary.team),
        keeper.clock.real_now(),
    )?;
    if view.summary.issuer == PORTAL_CLIENT_ID {
        return Err(Failure::Refused(AppRefusal::Portal));
    }
    if !test && view.summary.live_revision.is_some() {
        return Err(Failure::Refused(AppRefusal::StillLive(environment)));
    }
    let (unit_keeper, actor, trace, handle_in) = (
        Arc::clone(keeper),
        permit.actor().clone(),
        trace.clone(),
        handle.to_owned(),
    );
    let version = seen_version.unwrap_or(view.summary.version);
    let deleted = keeper
        .store
        .write(move |c| {
            let now = unit_keeper.clock.now();
            if !apps::delete_configuration(
                c,
                &handle_in,
                environment.as_str(),
                version,
                now.as_microsecond(),
            )? {
                return Ok(false);
            }
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
            Ok(true)
        })
        .await?;
    if !deleted {
        return Err(Failure::Refused(AppRefusal::Stale));
    }
    if test && view.summary.live_revision.is_some() {
        let why = Why {
            kind: "removal",
            reason: format!("{handle} was deleted."),
            actor: member.actor(),
        };
        build::release(
            keeper,
            environment,
            vec![Wanted::removed(handle)],
            why,
            build::nothing_more,
        )
        .await?;
    }
    Ok(())
}
