//! The rules of the validator, waivers of them, and what the nightly check found.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use durward_app::partner::lint as validator;
use durward_app::partner::waivers::{self, WaiverAsk, WaiverRefusal};
use durward_domain::lint::RULES;
use serde_json::json;

use super::answers::{Answer, Sent, Told, answer, items, ok, told};
use super::apps::at;
use super::bearer::Call;

pub(super) async fn rules() -> Answer {
    let list: Vec<_> = RULES
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "sandbox": rule.test,
                "live": rule.live,
                "sentence": rule.sentence,
                "why": rule.why,
                "fix": rule.fix,
                "bad": rule.bad,
                "good": rule.good,
                "from": rule.from,
                "waivable": rule.waivable,
                "help": rule.help(),
            })
        })
        .collect();
    items(&list)
}

pub(super) async fn waivers(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
) -> Answer {
    items(
        &waivers::waivers(&call.keeper, &call.member, &handle, at(&environment)?)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn give(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    sent: Sent,
) -> Answer {
    let ask: WaiverAsk = sent.json()?;
    let given = waivers::give(
        &call.keeper,
        &call.member,
        (&handle, at(&environment)?),
        &ask,
        &call.trace,
    )
    .await
    .map_err(told)?;
    answer(StatusCode::CREATED, &given)
}

pub(super) async fn end(call: Call, Path(id): Path<String>) -> Answer {
    waivers::end(&call.keeper, &call.member, &id, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

pub(super) async fn check(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
) -> Answer {
    let last = validator::last_check(&call.keeper, &call.member, &handle, at(&environment)?)
        .await
        .map_err(told)?;
    ok(&match last {
        Some(last) => {
            json!({ "checked": last.when, "findings": last.findings, "added": last.added })
        }
        None => json!({ "checked": null, "findings": [], "added": [] }),
    })
}

pub(super) async fn live(call: Call) -> Answer {
    items(
        &validator::live_findings(&call.keeper, &call.member)
            .await
            .map_err(told)?,
    )
}

impl Told for WaiverRefusal {}
impl Told for durward_app::actor::Denied {}
