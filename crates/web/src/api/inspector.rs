//! Why a request at the door was answered as it was.

use axum::extract::Path;
use durward_app::partner::inspector::{self, Filter, pasted};
use durward_domain::environment::EnvironmentName;
use durward_oidc::evidence::{Outcome, Step};
use jiff::Timestamp;
use serde::Deserialize;

use super::answers::{Answer, Asked, Sent, ok, parameter, told};
use super::apps::at;
use super::bearer::Call;
use crate::shared::problem::Problem;

pub(super) async fn find(call: Call, Path(id): Path<String>) -> Answer {
    ok(&inspector::inspect(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?)
}

pub(super) async fn list(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let filter = filter(&asked)?;
    let place = (handle.as_str(), at(&environment)?);
    let page = inspector::requests(&call.keeper, &call.member, place, &filter)
        .await
        .map_err(told)?;
    ok(&page)
}

pub(super) async fn explain(call: Call, sent: Sent) -> Answer {
    let pasted: Pasted = sent.json()?;
    let environment = match pasted.environment.as_deref() {
        Some(name) => at(name)?,
        None => EnvironmentName::Sandbox,
    };
    ok(
        &pasted::explain(&call.keeper, &call.member, &pasted.request, environment)
            .await
            .map_err(told)?,
    )
}

fn filter(asked: &Asked) -> Result<Filter, Problem> {
    let time = |name: &'static str| {
        asked
            .text(name)
            .map(|text| {
                text.parse::<Timestamp>()
                    .map_err(|_| parameter(name, "a time such as 2026-11-10T12:00:00Z"))
            })
            .transpose()
    };
    let step = asked.text("step").map(|text| {
        Step::parse(text).ok_or_else(|| parameter("step", "authorize, token, userinfo or logout"))
    });
    let outcome = asked.text("outcome").map(|text| {
        Outcome::parse(text)
            .ok_or_else(|| parameter("outcome", "ok, refused, cancelled or pending"))
    });
    let before = asked.text("after").map(|text| {
        text.parse()
            .map_err(|_| parameter("after", "what the last page gave as next"))
    });
    Ok(Filter {
        step: step.transpose()?,
        outcome: outcome.transpose()?,
        code: asked.text("code").map(str::to_owned),
        from: time("from")?,
        until: time("until")?,
        before: before.transpose()?,
        most: asked.number("limit")?.unwrap_or(PAGE),
    })
}

/// What is to be explained.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pasted {
    request: String,
    environment: Option<String>,
}

const PAGE: usize = 50;
