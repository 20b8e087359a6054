//! Why a request at the door was answered as it was.

use axum::extract::Path;
use durward_app::partner::inspector;

use super::answers::{Answer, ok, told};
use super::bearer::Call;

pub(super) async fn find(call: Call, Path(id): Path<String>) -> Answer {
    ok(&inspector::inspect(&call.keeper, &call.member, &id)
        .await
        .map_err(told)?)
}
