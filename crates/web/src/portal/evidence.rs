//! P10: the documents that a team keeps as evidence for the launches of an app.

use std::sync::Arc;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::partner::evidence::{
    self, EvidenceAsk, EvidenceDenied, EvidenceStanding, EvidenceView,
};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::app;
use super::desk::{self, Desk};
use super::entered::Entered;
use super::parts::{Form, Mark};
use super::views::AppHead;
use crate::api::evidence::download;
use crate::pages::{shows, takes};
use crate::portal_router::{EVIDENCE, Portal};
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page, view};
use crate::shared::route::Route;

/// The pages of evidence.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/{handle}/{environment}/evidence", || get(show)).may(Action::ViewLaunch),
    takes(
        "/apps/{handle}/{environment}/evidence",
        EVIDENCE,
        &[Event::EvidenceKept, Event::EvidenceRemoved],
        || post(change),
    )
    .may(Action::RequestLaunch),
    shows("/evidence/{id}/file", || get(file)).may(Action::ViewLaunch),
];

view! {
    /// P10: documents of evidence, and a form to keep one.
    AppEvidence in "portal/evidence.html" {
        /// The head.
        head: AppHead,
        /// Newest first.
        lines: Vec<EvidenceLine>,
        /// Whether the member may keep and remove.
        may_keep: bool,
        /// What was typed.
        form: Form,
    }
}

/// One document.
pub struct EvidenceLine {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// From when it holds.
    pub issued: String,
    /// Its last day.
    pub expires: String,
    /// Whether it holds.
    pub mark: Mark,
    /// Kind and size of the file; empty where none is kept.
    pub file: String,
    /// Who put it there, and when.
    pub kept: String,
}

/// What a change tells its page.
#[derive(Debug, Default, Deserialize)]
pub struct After {
    kept: Option<String>,
    removed: Option<String>,
}

async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Result<Response, Response> {
    let words = desk.words();
    let mut page = desk.page("/");
    if after.kept.is_some() {
        page = page.with_notice(NoticeKind::Success, words.t("evidence-kept"));
    }
    if after.removed.is_some() {
        page = page.with_notice(NoticeKind::Success, words.t("evidence-removed"));
    }
    render(&desk, page, (&handle, &environment), Entered::default()).await
}

async fn change(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let name = desk::environment(&environment)?;
    let here = format!("/apps/{handle}/{environment}/evidence");
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    if posted.has("remove") {
        return match evidence::remove(keeper, member, posted.text("remove"), &trace).await {
            Ok(()) => Ok(Redirect::to(&format!("{here}?removed=1")).into_response()),
            Err(failure) => Err(desk.failed(failure, &here)),
        };
    }
    let ask = EvidenceAsk {
        document_id: posted.text("document_id").to_owned(),
        issued: posted.text("issued").parse().ok(),
        expires: posted.text("expires").parse().ok(),
        content: posted.file("file").map(|file| file.bytes.clone()),
    };
    match evidence::keep(keeper, member, (&handle, name), ask, &trace).await {
        Ok(_) => Ok(Redirect::to(&format!("{here}?kept=1")).into_response()),
        Err(Failure::Refused(refusal)) if refusal.field().is_some() => {
            let mut entered = Entered::default();
            for field in ["document_id", "issued", "expires"] {
                entered.set(field, posted.text(field));
            }
            let page = with_error(&desk, &refusal);
            render(&desk, page, (&handle, &environment), entered).await
        }
        Err(failure) => Err(desk.failed(failure, &here)),
    }
}

fn with_error(desk: &Desk, refusal: &EvidenceDenied) -> Page {
    let field = refusal.field().unwrap_or("document_id");
    desk.page("/")
        .with_error(field, desk.words().refusal(refusal))
}

async fn file(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let (kind, name, content) = evidence::file(&desk.keeper, &desk.member, &id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    Ok(download(kind, &name, content))
}

async fn render(
    desk: &Desk,
    page: Page,
    (handle, environment): (&str, &str),
    entered: Entered,
) -> Result<Response, Response> {
    let app = app::find(desk, handle, environment).await?;
    let name = app.summary.environment;
    let documents = evidence::list(&desk.keeper, &desk.member, (handle, name))
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let may_keep = name.class().is_live() && desk.may(Action::RequestLaunch, &app.summary.team);
    Ok(page::html(&AppEvidence {
        page,
        lines: documents.iter().map(|one| line(desk, one)).collect(),
        may_keep,
        form: Form::plain(entered),
        head: app::head(desk, &app, "checklist").await?,
    }))
}

fn line(desk: &Desk, one: &EvidenceView) -> EvidenceLine {
    let words = desk.words();
    let shade = match one.standing {
        EvidenceStanding::Holds => "good",
        EvidenceStanding::Later => "news",
        EvidenceStanding::EndsSoon => "wait",
        EvidenceStanding::Ended => "stop",
    };
    let key = format!("evidence-{}", one.standing.as_str());
    EvidenceLine {
        id: one.id.clone(),
        number: one.document_id.clone(),
        issued: one.issued.to_string(),
        expires: one.expires.to_string(),
        mark: Mark::new(shade, words.t(&key)),
        file: one.file.map_or_else(String::new, |kind| {
            let kilobytes = one.size.div_euclid(1024).max(1).to_string();
            let kind = kind.extension().to_uppercase();
            words.t2("evidence-file-is", "kind", &kind, "size", &kilobytes)
        }),
        kept: words.t2(
            "evidence-kept-by",
            "who",
            &one.kept_by,
            "time",
            &desk.moment(one.kept),
        ),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use askama::Template as _;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    pub(crate) fn samples(language: Language) -> Vec<String> {
        let page = samples::page(language, "/");
        let line = |shade, key: &str, file: &str| EvidenceLine {
            id: format!("019a6f3e-{key}"),
            number: "ATO-2025-0117".to_owned(),
            issued: "2025-11-30".to_owned(),
            expires: "2028-11-30".to_owned(),
            mark: Mark::new(shade, page.t(key)),
            file: file.to_owned(),
            kept: page.t2(
                "evidence-kept-by",
                "who",
                "Robin Quill",
                "time",
                "2026-11-10 10:04 EST",
            ),
        };
        let view = AppEvidence {
            head: samples::head(&page, "checklist"),
            lines: vec![
                line("good", "evidence-holds", "PDF, 214 KB"),
                line("wait", "evidence-ends-soon", ""),
                line("stop", "evidence-ended", "PNG, 20 KB"),
                line("news", "evidence-later", ""),
            ],
            may_keep: true,
            form: Form::plain(Entered::default()),
            page: samples::page(language, "/")
                .with_error("file", "The content of the file is no PDF, PNG or JPEG."),
        };
        vec![view.render().unwrap_or_default()]
    }
}
