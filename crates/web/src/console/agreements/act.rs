//! What is done on the page of a document: steps, signatures, files and overrides.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::operator::agreements as office;
use durward_app::operator::agreements::files::{self, NewFile};
use durward_app::operator::agreements::overrides::{self, Change};
use durward_app::partner::agreements::AgreementDenied;
use durward_domain::agreement::{AgreementState, AgreementStep, Purpose, Side};
use durward_domain::launch::FileKind;
use durward_domain::refusal::Refuse as _;

use super::show::drawn;
use crate::api::evidence::download;
use crate::portal::desk::Desk;
use crate::shared::forms::Posted;

pub(super) async fn step(
    desk: Desk,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let Some(step) = AgreementStep::parse(posted.text("step")) else {
        return drawn(&desk, desk.page("/agreements"), &number).await;
    };
    let asked = (step, posted.text("reason"));
    let done = office::step(&desk.keeper, &desk.member, &number, asked, &desk.trace()).await;
    back(&desk, &number, done.map(drop), "reason").await
}

pub(super) async fn sign(
    desk: Desk,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let side = Side::parse(posted.text("side")).unwrap_or(Side::Partner);
    let what = (
        side,
        posted.text("signer_name"),
        posted.text("signer_title"),
    );
    let done = office::sign(&desk.keeper, &desk.member, &number, what, &desk.trace()).await;
    back(&desk, &number, done.map(drop), "signer_title").await
}

pub(super) async fn add_file(
    desk: Desk,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let part = posted.file("file");
    let new = NewFile {
        purpose: Purpose::parse(posted.text("purpose")).unwrap_or(Purpose::Other),
        name: part.and_then(|part| part.file.clone()).unwrap_or_default(),
        content: part.map(|part| part.bytes.to_vec()).unwrap_or_default(),
    };
    let done = files::keep(&desk.keeper, &desk.member, &number, new, &desk.trace()).await;
    back(&desk, &number, done.map(drop), "file").await
}

pub(super) async fn file(
    desk: Desk,
    Path((number, id)): Path<(String, String)>,
) -> Result<Response, Response> {
    let kept = files::hand_out(&desk.keeper, &desk.member, (&number, &id))
        .await
        .map_err(|failure| desk.failed(failure, "/agreements"))?;
    let kind = FileKind::parse(&kept.media_type).unwrap_or(FileKind::Pdf);
    Ok(download(kind, &kept.name, kept.content))
}

pub(super) async fn ask_override(
    desk: Desk,
    Path(number): Path<String>,
    posted: Posted,
) -> Result<Response, Response> {
    let change = Change {
        state: AgreementState::parse(posted.text("to_state")),
        starts: posted.text("to_starts").parse().ok(),
        ends: posted.text("to_ends").parse().ok(),
    };
    let asked = (&change, posted.text("why"));
    let done = overrides::ask(&desk.keeper, &desk.member, &number, asked, &desk.trace()).await;
    back(&desk, &number, done.map(drop), "why").await
}

pub(super) async fn decide_override(
    desk: Desk,
    Path((number, id)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let which = (number.as_str(), id.as_str());
    let confirms = posted.has("confirm");
    let done = overrides::decide(&desk.keeper, &desk.member, which, confirms, &desk.trace()).await;
    back(&desk, &number, done.map(drop), "why").await
}

/// Back to the page of the document; with what is wrong beside its field where it is about one.
async fn back(
    desk: &Desk,
    number: &str,
    done: Result<(), Failure<AgreementDenied>>,
    field: &'static str,
) -> Result<Response, Response> {
    let here = format!("/agreements/{number}");
    match done {
        Ok(()) => Ok(Redirect::to(&here).into_response()),
        Err(Failure::Refused(no))
            if !no.code().starts_with("permission/") && !no.code().ends_with("not-found") =>
        {
            let page = desk
                .page("/agreements")
                .with_error(field, desk.words().refusal(&no));
            drawn(desk, page, number).await
        }
        Err(failure) => Err(desk.failed(failure, &here)),
    }
}
