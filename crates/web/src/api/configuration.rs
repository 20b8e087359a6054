//! Drafts that a team shares, and revisions beside each other.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use durward_app::Failure;
use durward_app::partner::apps::AppRefusal;
use durward_app::partner::drafts::{self, DraftInput, DraftKept};
use durward_app::partner::revisions;
use serde::Deserialize;
use serde_json::Value;

use super::answers::{Answer, Asked, IfMatch, Sent, answer, items, ok, tagged, told};
use super::apps::at;
use super::bearer::Call;
use crate::shared::problem::Problem;

/// What a draft holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    #[serde(default)]
    name: String,
    team: String,
    entered: Value,
}

pub(super) async fn drafts(call: Call) -> Answer {
    let list = drafts::drafts(&call.keeper, &call.member).await;
    items(&list.map_err(|fault| Problem::from(fault).as_json())?)
}

pub(super) async fn draft(call: Call, Path(id): Path<String>) -> Answer {
    let draft = drafts::draft_find(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?;
    tagged(ok(&draft), draft.version)
}

pub(super) async fn begin(call: Call, sent: Sent) -> Answer {
    let kept = keep(&call, None, &sent).await?;
    tagged(answer(StatusCode::CREATED, &kept), kept.version)
}

/// Without `If-Match` over whatever is there.
pub(super) async fn put(
    call: Call,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let seen = match IfMatch::of(&headers).version() {
        Some(version) => version,
        None => {
            drafts::draft_find(&call.keeper, &call.member, &id)
                .await
                .map_err(told)?
                .version
        }
    };
    let kept = keep(&call, Some((&id, seen)), &sent).await?;
    tagged(ok(&kept), kept.version)
}

async fn keep(call: &Call, seen: Option<(&str, i64)>, sent: &Sent) -> Result<DraftKept, Problem> {
    let body: Body = sent.json()?;
    if !body.entered.is_object() {
        let sentence = "What was entered is an object of field names and texts.";
        return Err(Problem::new("api/body", StatusCode::UNPROCESSABLE_ENTITY, sentence).as_json());
    }
    let input = DraftInput {
        seen,
        name: &body.name,
        team: &body.team,
        entered: &body.entered,
    };
    drafts::draft_save(&call.keeper, &call.member, input, Some(&call.trace))
        .await
        .map_err(told)
}

pub(super) async fn forget(call: Call, Path(id): Path<String>) -> Answer {
    drafts::draft_delete(&call.keeper, &call.member, &id, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Any two revisions; by default the newest and the one before it.
pub(super) async fn compare(
    call: Call,
    Path((handle, environment)): Path<(String, String)>,
    asked: Asked,
) -> Answer {
    let environment = at(&environment)?;
    let (from, to) = (asked.number("from")?, asked.number("to")?);
    let newest =
        revisions::revisions_before(&call.keeper, &call.member, &handle, environment, None, 1)
            .await
            .map_err(told)?;
    let newest = newest
        .items
        .first()
        .map(|one| one.number)
        .ok_or_else(|| told(Failure::Refused(AppRefusal::Nothing("revision"))))?;
    let number = |asked: Option<usize>| asked.and_then(|number| i64::try_from(number).ok());
    let to = number(to).unwrap_or(newest);
    let from = number(from).unwrap_or(to - 1);
    let compared =
        revisions::compare(&call.keeper, &call.member, &handle, environment, (from, to)).await;
    ok(&compared.map_err(told)?)
}
