//! `/test/api/people`

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use durward_app::automation::people::{self, PersonWanted};
use serde_json::json;

use super::{Admitted, answers, failed, malformed, read, trace};
use crate::shared::forms::Fields;
use crate::shared::problem::Problem;
use crate::shared::visit::RequestId;

/// Makes one.
pub(super) async fn make(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    body: Bytes,
) -> Result<Response, Problem> {
    let wanted: PersonWanted = read(&body)?;
    let made = people::make_person(&door, &authority, wanted, &trace(&id))
        .await
        .map_err(failed)?;
    answers::json(StatusCode::CREATED, &made)
}

/// Those that the token made, in pages.
pub(super) async fn list(
    Admitted { door, authority }: Admitted,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let fields = Fields::parse(query.unwrap_or_default().as_bytes());
    let limit = match fields.text("limit") {
        "" => 100,
        text => text
            .parse()
            .map_err(|_| malformed("limit is not a number from 1 to 100."))?,
    };
    let after = Some(fields.text("after")).filter(|after| !after.is_empty());
    let (items, next) = people::list(&door, &authority, after, limit)
        .await
        .map_err(|fault| Problem::from(fault).as_json())?;
    let mut answer = json!({ "items": items });
    if let Some(next) = next {
        answer["next"] = format!("/test/api/people?limit={limit}&after={next}").into();
    }
    answers::json(StatusCode::OK, &answer)
}

/// One, with its secrets.
pub(super) async fn show(
    Admitted { door, authority }: Admitted,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let found = people::person(&door, &authority, &person)
        .await
        .map_err(failed)?;
    answers::json(StatusCode::OK, &found)
}

/// Puts one back to how it was made, with fresh secrets.
pub(super) async fn reset(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    let reset = people::reset_person(&door, &authority, &person, &trace(&id))
        .await
        .map_err(failed)?;
    answers::json(StatusCode::OK, &reset)
}

/// Deletes one.
pub(super) async fn forget(
    Admitted { door, authority }: Admitted,
    id: RequestId,
    Path(person): Path<String>,
) -> Result<Response, Problem> {
    people::delete_person(&door, &authority, &person, &trace(&id))
        .await
        .map_err(failed)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
