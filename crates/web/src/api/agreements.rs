//! Agreements: Orders and General Terms and Conditions, what moves them, and partner accounts.

mod routes;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use durward_app::operator::accounts::{self, AccountDenied, AccountEntry};
use durward_app::operator::agreements as office;
use durward_app::operator::agreements::files::{self, NewFile};
use durward_app::operator::agreements::overrides::{self, Change};
use durward_app::operator::agreements::{Edited, EditedWords};
use durward_app::partner::agreements;
use durward_domain::agreement::{
    AgreementStep, GtcTerms, ListedApp, OrderTerms, PaperKind, Purpose, Side,
};
use durward_domain::launch::FileKind;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::json;

use super::answers::{
    Answer, Asked, IfMatch, Sent, Told, answer, ok, page, parameter, refused, tagged, told,
};
use super::bearer::Call;
use super::evidence::download;
use crate::shared::problem::Problem;

pub(super) use routes::ROUTES;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    number: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    step: AgreementStep,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    side: Side,
    name: String,
    title: String,
}

/// What an open document is changed to: the terms are those of its own form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    partner: String,
    starts: Date,
    ends: Date,
    #[serde(default)]
    apps: Vec<ListedApp>,
    #[serde(default)]
    terms: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    purpose: Purpose,
    name: String,
    base64: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    change: Change,
    reason: String,
}

impl Told for AccountDenied {}

pub(super) async fn list(call: Call, asked: Asked) -> Answer {
    let list = agreements::list(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |agreement| agreement.number.clone())
}

async fn gtcs(call: Call, asked: Asked) -> Answer {
    let list = agreements::list_gtcs(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |gtc| gtc.number.clone())
}

pub(super) async fn create(call: Call, sent: Sent) -> Answer {
    let view = office::create(&call.keeper, &call.member, sent.json()?, &call.trace)
        .await
        .map_err(told)?;
    tagged(answer(StatusCode::CREATED, &view), view.version)
}

async fn create_gtc(call: Call, sent: Sent) -> Answer {
    let view = office::create_gtc(&call.keeper, &call.member, sent.json()?, &call.trace)
        .await
        .map_err(told)?;
    tagged(answer(StatusCode::CREATED, &view), view.version)
}

pub(super) async fn parse(call: Call, sent: Sent) -> Answer {
    let body: Number = sent.json()?;
    ok(&agreements::parse(&call.keeper, &body.number).map_err(|bad| refused(&bad))?)
}

async fn next(call: Call, asked: Asked) -> Answer {
    let under = (asked.text("agency"), asked.text("gtc"));
    let number = office::next_number(&call.keeper, &call.member, under)
        .await
        .map_err(told)?;
    ok(&json!({ "number": number }))
}

pub(super) async fn find(call: Call, Path(number): Path<String>) -> Answer {
    let view = agreements::find(&call.keeper, &call.member, &number)
        .await
        .map_err(told)?;
    tagged(ok(&view), view.version)
}

async fn find_gtc(call: Call, Path(number): Path<String>) -> Answer {
    let view = agreements::find_gtc(&call.keeper, &call.member, &number)
        .await
        .map_err(told)?;
    tagged(ok(&view), view.version)
}

async fn edit(call: Call, Path(number): Path<String>, headers: HeaderMap, sent: Sent) -> Answer {
    let (keeper, member) = (&call.keeper, &call.member);
    let before = agreements::find(keeper, member, &number)
        .await
        .map_err(told)?;
    let body: Edit = sent.json()?;
    let terms = if body.terms.is_null() {
        json!({})
    } else {
        body.terms
    };
    let wrong = |error: serde_json::Error| {
        let sentence = format!("The terms are not those of this form: {error}.");
        Problem::new("api/body", StatusCode::UNPROCESSABLE_ENTITY, sentence).as_json()
    };
    let words = match before.kind {
        PaperKind::Gtc => {
            EditedWords::Gtc(serde_json::from_value::<GtcTerms>(terms).map_err(wrong)?)
        }
        PaperKind::Order => {
            let terms: OrderTerms = serde_json::from_value(terms).map_err(wrong)?;
            EditedWords::Order(terms, body.apps)
        }
    };
    let edited = Edited {
        partner: body.partner,
        starts: body.starts,
        ends: body.ends,
        words,
    };
    let seen = IfMatch::of(&headers).version();
    office::edit(keeper, member, &number, (edited, seen), &call.trace)
        .await
        .map_err(told)?;
    find(call, Path(number)).await
}

pub(super) async fn step(call: Call, Path(number): Path<String>, sent: Sent) -> Answer {
    let body: Step = sent.json()?;
    let step = (body.step, body.reason.as_str());
    ok(
        &office::step(&call.keeper, &call.member, &number, step, &call.trace)
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

async fn details(call: Call, Path(number): Path<String>) -> Answer {
    ok(&agreements::details(&call.keeper, &call.member, &number)
        .await
        .map_err(told)?)
}

/// The exact bytes whose digest the signatures carry.
async fn text(call: Call, Path(number): Path<String>, asked: Asked) -> Answer {
    let text = agreements::text(&call.keeper, &call.member, &number, asked.text("sha256"))
        .await
        .map_err(told)?;
    let kind = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn upload(call: Call, Path(number): Path<String>, sent: Sent) -> Answer {
    let body: Upload = sent.json()?;
    let content = STANDARD
        .decode(body.base64.trim())
        .map_err(|_| parameter("base64", "the file in base64, as RFC 4648 says"))?;
    let new = NewFile {
        purpose: body.purpose,
        name: body.name,
        content,
    };
    let id = files::keep(&call.keeper, &call.member, &number, new, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::CREATED, &json!({ "id": id }))
}

async fn file(call: Call, Path((number, id)): Path<(String, String)>) -> Answer {
    let kept = files::hand_out(&call.keeper, &call.member, (&number, &id))
        .await
        .map_err(told)?;
    let kind = FileKind::parse(&kept.media_type).unwrap_or(FileKind::Pdf);
    Ok(download(kind, &kept.name, kept.content))
}

async fn ask_override(call: Call, Path(number): Path<String>, sent: Sent) -> Answer {
    let body: Asking = sent.json()?;
    let what = (&body.change, body.reason.as_str());
    let id = overrides::ask(&call.keeper, &call.member, &number, what, &call.trace)
        .await
        .map_err(told)?;
    answer(StatusCode::CREATED, &json!({ "id": id }))
}

async fn confirm(call: Call, which: Path<(String, String)>) -> Answer {
    decide(call, which, true).await
}

async fn refuse(call: Call, which: Path<(String, String)>) -> Answer {
    decide(call, which, false).await
}

async fn decide(call: Call, Path((number, id)): Path<(String, String)>, confirms: bool) -> Answer {
    let which = (number.as_str(), id.as_str());
    ok(
        &overrides::decide(&call.keeper, &call.member, which, confirms, &call.trace)
            .await
            .map_err(told)?,
    )
}

async fn list_accounts(call: Call, asked: Asked) -> Answer {
    let list = accounts::list(&call.keeper, &call.member)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    page(&asked, &list, |one| one.id.clone())
}

async fn add_account(call: Call, sent: Sent) -> Answer {
    let entry: AccountEntry = sent.json()?;
    let view = accounts::save(&call.keeper, &call.member, (None, entry), &call.trace)
        .await
        .map_err(told)?;
    tagged(answer(StatusCode::CREATED, &view), view.version)
}

async fn change_account(call: Call, Path(id): Path<String>, sent: Sent) -> Answer {
    let entry: AccountEntry = sent.json()?;
    let saved = (Some(id.as_str()), entry);
    let view = accounts::save(&call.keeper, &call.member, saved, &call.trace)
        .await
        .map_err(told)?;
    tagged(ok(&view), view.version)
}
