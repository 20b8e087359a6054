//! Agreements.

use axum::extract::Path;
use axum::http::StatusCode;
use durward_app::operator::agreements as office;
use durward_app::partner::agreements;
use durward_domain::agreement::{AgreementStep, Side};
use serde::Deserialize;

use super::answers::{Answer, Asked, Sent, answer, ok, page, refused, tagged, told};
use super::bearer::Call;
use crate::shared::problem::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    step: AgreementStep,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    side: Side,
    name: String,
    title: String,
}

pub(super) async fn list(call: Call, asked: Asked) -> Answer {
    let list = agreements::list(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |agreement| agreement.number.to_string())
}

pub(super) async fn create(call: Call, sent: Sent) -> Answer {
    let view = office::create(&call.keeper, &call.member, sent.json()?, &call.trace)
        .await
        .map_err(told)?;
    tagged(answer(StatusCode::CREATED, &view), view.version)
}

pub(super) async fn parse(call: Call, sent: Sent) -> Answer {
    let body: Number = sent.json()?;
    ok(&agreements::parse(&call.keeper, &body.number).map_err(|bad| refused(&bad))?)
}

pub(super) async fn find(call: Call, Path(number): Path<String>) -> Answer {
    let view = agreements::find(&call.keeper, &call.member, &number)
        .await
        .map_err(told)?;
    tagged(ok(&view), view.version)
}

pub(super) async fn step(call: Call, Path(number): Path<String>, sent: Sent) -> Answer {
    let body: Step = sent.json()?;
    ok(
        &office::step(&call.keeper, &call.member, &number, body.step, &call.trace)
            .await
            .map_err(told)?,
    )
}

pub(super) async fn sign(call: Call, Path(number): Path<String>, sent: Sent) -> Answer {
    let body: Signature = sent.json()?;
    let what = (body.side, body.name.as_str(), body.title.as_str());
    ok(
        &office::sign(&call.keeper, &call.member, &number, what, &call.trace)
            .await
            .map_err(told)?,
    )
}
