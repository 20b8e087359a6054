//! Releases of the environments.

use axum::extract::Path;
use durward_app::operator::releases;
use durward_domain::environment::EnvironmentName;
use serde::Deserialize;

use super::answers::{Answer, Asked, Sent, no_such_place, ok, onward, told};
use super::apps::at;
use super::bearer::Call;
use crate::shared::problem::Problem;

/// What a roll-back is of, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RollBack {
    #[serde(default)]
    app: Option<String>,
    #[serde(default)]
    reason: Option<String>,
}

pub(super) async fn list(call: Call, asked: Asked) -> Answer {
    let environment = asked
        .text("environment")
        .map_or(Ok(EnvironmentName::Production), at)?;
    let place = (asked.text("after"), asked.limit()?);
    let found = releases::page(&call.keeper, &call.member, environment, place)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let (list, next) = found.ok_or_else(no_such_place)?;
    onward(&list, next)
}

pub(super) async fn find(call: Call, Path(id): Path<String>) -> Answer {
    ok(&releases::find(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?)
}

pub(super) async fn deploy(call: Call, Path(id): Path<String>) -> Answer {
    ok(
        &releases::deploy(&call.keeper, &call.member, &id, &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn rollback(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let body: RollBack = sent.json()?;
    let what = (
        body.app.as_deref(),
        body.reason.as_deref().unwrap_or_default(),
    );
    ok(
        &releases::rollback(&call.keeper, &call.member, &id, what, &call.trace)
            .await
            .map_err(told)?,
    )
}
