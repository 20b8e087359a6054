//! The deployment calendar.

use durward_app::partner::calendar;
use serde_json::json;

use super::answers::{Answer, Asked, ok, refused};
use super::bearer::Call;

pub(super) async fn windows(call: Call, asked: Asked) -> Answer {
    let (from, to) = (asked.must_date("from")?, asked.must_date("to")?);
    let windows = calendar::windows(&call.keeper, from, to).map_err(|refusal| refused(&refusal))?;
    ok(&json!({ "windows": windows }))
}

pub(super) async fn earliest(call: Call, asked: Asked) -> Answer {
    let submitted = asked
        .date("submitted")?
        .unwrap_or_else(|| call.keeper.today());
    ok(&calendar::earliest(
        &call.keeper,
        submitted,
        asked.truth("push_url")?,
    ))
}
