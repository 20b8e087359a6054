//! The final configuration that staff make: the team sees what was changed, a second person decides.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::failure::Failure;
use durward_app::operator::final_configuration::{self, FinalDenied, FinalView, Verdict};
use durward_app::partner::apps::AppView;
use durward_app::partner::save::Input;
use durward_domain::diff::{DiffLine, RawLine};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse as _;

use super::app::{find, head};
use super::desk::{self, Desk};
use super::entered::Entered;
use super::parts::{Form, Mark};
use super::views::AppHead;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, Page, view};
use crate::shared::route::{FORM, Route};

/// The page and its buttons.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    shows("/apps/{handle}/{environment}/final", || get(show)).may(Action::ViewApp),
    takes(
        "/apps/{handle}/{environment}/final",
        DOCUMENT,
        &[Event::FinalProposed],
        || post(propose),
    )
    .may(Action::ProposeFinalConfiguration),
    takes(
        "/apps/{handle}/{environment}/final/decide",
        FORM,
        DECIDES,
        || post(decide),
    )
    .may(Action::DecideFinalConfiguration),
];

const DOCUMENT: usize = 1024 * 1024;
/// What a decision records.
pub(crate) const DECIDES: &[Event] = &[
    Event::FinalApproved,
    Event::FinalRejected,
    Event::AppRevisionSaved,
    Event::AppKeyAdded,
    Event::AppKeyRemoved,
    Event::LaunchChangesRequested,
    Event::ChangeChangesRequested,
];

view! {
    /// The final configurations of an app.
    FinalPage in "portal/app_final.html" {
        /// The head.
        head: AppHead,
        /// All of them, the newest first.
        all: Vec<FinalLine>,
        /// Whether the member may write one now.
        may_propose: bool,
        /// What was typed, or the saved document.
        form: Form,
    }
}

/// One of them.
pub struct FinalLine {
    /// Where it stands.
    pub mark: Mark,
    /// Who wrote it and why.
    pub said: String,
    /// What was decided, by whom and why.
    pub decided: Option<String>,
    /// What it changes.
    pub diff: Vec<DiffLine>,
    /// The same, line by line; of the newest alone.
    pub raw: Vec<RawLine>,
    /// The digest of its document.
    pub digest: String,
    /// Whether the member may decide on it.
    pub may_decide: bool,
}

async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = find(&desk, &handle, &environment).await?;
    let page = desk.page("/");
    let mut entered = Entered::default();
    entered.set("document", &app.document.to_json_pretty());
    shown(&desk, &app, page, entered).await
}

async fn shown(
    desk: &Desk,
    app: &AppView,
    page: Page,
    entered: Entered,
) -> Result<Response, Response> {
    let place = (&app.summary.handle, app.summary.environment);
    let found = final_configuration::list(&desk.keeper, &desk.member, place.0, place.1).await;
    let found = found.map_err(|failure| desk.failed(failure, "/"))?;
    let waits = found.iter().any(|one| one.decided.is_none());
    let mut all: Vec<FinalLine> = found.into_iter().map(|one| line(desk, one)).collect();
    for older in all.iter_mut().skip(1) {
        older.raw.clear();
    }
    Ok(page::html(&FinalPage {
        page,
        head: head(desk, app, "").await?,
        all,
        may_propose: !waits && desk.may_for_programme(Action::ProposeFinalConfiguration),
        form: Form::plain(entered),
    }))
}

async fn propose(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let place = (handle.as_str(), desk::environment(&environment)?);
    let input = Input::Json(posted.text("document").as_bytes().to_vec());
    let what = (input, posted.text("reason"));
    let trace = desk.trace();
    let done = final_configuration::propose(&desk.keeper, &desk.member, place, what, &trace).await;
    answered(&desk, place.0, &environment, &posted, done).await
}

async fn decide(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let place = (handle.as_str(), desk::environment(&environment)?);
    let verdict = match posted.has("reject") {
        true => Verdict::Reject,
        false => Verdict::Approve,
    };
    let said = (verdict, posted.text("document_sha256"), posted.text("note"));
    let trace = desk.trace();
    let done = final_configuration::decide(&desk.keeper, &desk.member, place, said, &trace).await;
    answered(&desk, place.0, &environment, &posted, done).await
}

async fn answered(
    desk: &Desk,
    handle: &str,
    environment: &str,
    posted: &Posted,
    done: Result<FinalView, Failure<FinalDenied>>,
) -> Result<Response, Response> {
    let here = format!("/apps/{handle}/{environment}/final");
    let refusal = match done {
        Ok(_) => return Ok(Redirect::to(&here).into_response()),
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(desk.failed(failure, &here)),
    };
    if refusal.code().starts_with("permission/") {
        return Err(desk.refused(&refusal, &here));
    }
    let app = find(desk, handle, environment).await?;
    let decides = !posted.has("document");
    let field = match &refusal {
        FinalDenied::NoReason if decides => "note",
        FinalDenied::NoReason => "reason",
        _ if decides => "approve",
        _ => "document",
    };
    let mut sentence = desk.words().refusal(&refusal);
    if let FinalDenied::App(refusal) = &refusal {
        for finding in refusal.findings() {
            sentence = format!("{sentence} {}", finding.message);
        }
    }
    let mut entered = Entered::default();
    for name in ["document", "reason", "note"] {
        entered.set(name, posted.text(name));
    }
    if decides {
        entered.set("document", &app.document.to_json_pretty());
    }
    let page = desk.page("/").with_error(field, sentence);
    shown(desk, &app, page, entered).await
}

fn line(desk: &Desk, one: FinalView) -> FinalLine {
    let words = desk.words();
    let created = desk.moment(one.created);
    let values = [
        ("who", one.author.as_str()),
        ("when", &created),
        ("reason", &one.reason),
    ];
    let decided = one.decided.zip(one.decided_by.as_ref()).map(|(when, who)| {
        let values = [
            ("who", who.as_str()),
            ("when", &desk.moment(when)),
            ("note", &one.note),
        ];
        words.t_args("final-decided", &values)
    });
    FinalLine {
        mark: mark(words, &one.state),
        said: words.t_args("final-said", &values),
        decided,
        diff: one.diff,
        raw: one.raw,
        digest: one.document_sha256,
        may_decide: one.may_decide,
    }
}

fn mark(words: Words, state: &str) -> Mark {
    let shade = match state {
        "proposed" => "wait",
        "approved" => "good",
        _ => "stop",
    };
    Mark::new(shade, words.t(&format!("final-state-{state}")))
}

#[cfg(test)]
pub(crate) mod tests {
    use askama::Template as _;
    use durward_domain::application::AppDocument;
    use durward_domain::diff::{diff, raw};

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// The page with one that waits and one that is decided, and without any.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let page = || samples::page(language, "/");
        let words = page().words;
        let (before, mut after) = (AppDocument::example(), AppDocument::example());
        after.friendly_name = "Fishing Licence".to_owned();
        let line = |state: &str| FinalLine {
            mark: mark(words, state),
            said: words.t_args(
                "final-said",
                &[
                    ("who", "Ada Marsh"),
                    ("when", "2026-11-20"),
                    ("reason", "Shorter."),
                ],
            ),
            decided: (state != "proposed").then(|| {
                words.t_args(
                    "final-decided",
                    &[
                        ("who", "Noor Wade"),
                        ("when", "2026-11-21"),
                        ("note", "Fine."),
                    ],
                )
            }),
            diff: diff(&before, &after),
            raw: match state {
                "proposed" => raw(&before, &after),
                _ => Vec::new(),
            },
            digest: "9f86".to_owned(),
            may_decide: state == "proposed",
        };
        let view = |all: Vec<FinalLine>| FinalPage {
            may_propose: all.is_empty(),
            all,
            head: samples::head(&page(), ""),
            form: Form::plain(Entered::default()),
            page: page().with_error("document", "Change something first."),
        };
        [
            view(vec![line("proposed"), line("approved"), line("rejected")]),
            view(Vec::new()),
        ]
        .map(|page| page.render().unwrap_or_default())
        .into()
    }
}
