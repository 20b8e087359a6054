//! O10: the audit record: read, looked through, verified.

use axum::extract::Query;
use axum::response::Response;
use durward_app::operator::audit::{self, Verification, Wanted};
use serde::Deserialize;

use super::views::{Audit, AuditRow, Verified};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{Form, Mark};
use crate::shared::forms::Posted;
use crate::shared::page;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    subject: String,
    request: String,
}

/// The newest entries, or those that were asked for.
pub async fn show(desk: Desk, Query(asked): Query<Asked>) -> Result<Response, Response> {
    render(&desk, &asked, None).await
}

/// Verifies the whole record.
pub async fn verify(desk: Desk, _: Posted) -> Result<Response, Response> {
    let found = audit::verify(&desk.keeper, &desk.member, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/audit"))?;
    let result = said(&desk, &found);
    render(&desk, &Asked::default(), Some(result)).await
}

async fn render(
    desk: &Desk,
    asked: &Asked,
    result: Option<Verified>,
) -> Result<Response, Response> {
    let wanted = Wanted {
        subject: asked.subject.trim(),
        request_id: asked.request.trim(),
    };
    let entries = audit::entries(&desk.keeper, &desk.member, wanted)
        .await
        .map_err(|failure| desk.failed(failure, "/audit"))?;
    let mut entered = Entered::default();
    entered.set("subject", wanted.subject);
    entered.set("request", wanted.request_id);
    Ok(page::html(&Audit {
        page: desk.page("/audit"),
        form: Form::plain(entered),
        result,
        entries: entries
            .into_iter()
            .map(|entry| AuditRow {
                time: desk.moment(entry.time),
                event: entry.event,
                subject: entry.subject,
                actor: entry.actor,
                request: entry.request_id,
            })
            .collect(),
    }))
}

fn said(desk: &Desk, found: &Verification) -> Verified {
    let words = desk.words();
    let (sealed, waiting) = (found.sealed.to_string(), found.waiting.to_string());
    match &found.broken {
        None => Verified {
            mark: Mark::new("good", words.t("audit-whole")),
            text: words.t2("audit-whole-what", "sealed", &sealed, "waiting", &waiting),
        },
        Some(what) => Verified {
            mark: Mark::new("stop", words.t("audit-broken")),
            text: what.clone(),
        },
    }
}
