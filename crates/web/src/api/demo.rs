//! The keeper's clock of a demonstration.

use durward_app::operator::clock::{self, Move};
use serde::Deserialize;

use super::answers::{Answer, Sent, ok, parameter, told};
use super::bearer::Call;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    advance: Option<String>,
}

pub(super) async fn clock(call: Call) -> Answer {
    ok(&clock::view(&call.keeper))
}

pub(super) async fn move_clock(call: Call, sent: Sent) -> Answer {
    let to = match sent.json()? {
        ClockBody {
            to: Some(to),
            advance: None,
        } => Move::To(to),
        ClockBody {
            to: None,
            advance: Some(span),
        } => Move::Advance(span),
        _ => return Err(parameter("to", "given, or \"advance\", and not both")),
    };
    ok(
        &clock::move_to(&call.keeper, &call.member, &to, &call.trace)
            .await
            .map_err(told)?,
    )
}
