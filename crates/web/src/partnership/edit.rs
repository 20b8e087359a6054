//! Editing the public pages: the list, a form with preview, revisions, and restoring one.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::site::{self, NewRevision, Revision, SiteRefusal};
use serde::Deserialize;

use super::site::{ALL, Public, current, render};
use crate::help::guides::Rendered;
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::Form;
use crate::shared::forms::Posted;
use crate::shared::i18n::{Language, Words};
use crate::shared::page::{self, NoticeKind, Page, view};
use crate::shared::problem::Problem;

view! {
    /// The public pages with their newest revisions.
    SitePages in "partnership/edit_list.html" {
        /// The languages by their own names.
        languages: Vec<&'static str>,
        /// Each page: its name, its address, and per language the address of its form and its newest revision.
        rows: Vec<(String, String, Vec<(String, String)>)>,
    }
}

view! {
    /// One page in one language.
    SiteEdit in "partnership/edit.html" {
        /// The page and the language.
        heading: String,
        /// The address of the form.
        href: String,
        /// The public page.
        public: String,
        /// What was typed.
        form: Form,
        /// How it would look.
        preview: Option<Rendered>,
        /// Its revisions, newest first: address and words.
        revisions: Vec<(String, String)>,
    }
}

view! {
    /// One revision.
    SiteRevision in "partnership/revision.html" {
        /// The page, the language and the number.
        heading: String,
        /// The address of the form.
        back: String,
        /// Who wrote it, when and why.
        said: String,
        /// How it looks.
        text: Rendered,
        /// Whether it is shown now.
        is_newest: bool,
    }
}

/// What was just done.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Told {
    done: String,
}

/// `/site`
pub async fn list(desk: Desk) -> Result<Response, Response> {
    let words = desk.words();
    let mut rows = Vec::new();
    for public in ALL {
        let mut cells = Vec::new();
        for language in Language::ALL {
            let newest = site::newest(&desk.keeper, (public.id, language.tag()))
                .await
                .map_err(|fault| Problem::from(fault).as_page().into_response())?;
            let said = newest.map_or_else(
                || words.t("site-edit-built-in"),
                |newest| said(&desk, &newest),
            );
            cells.push((form_of(public, language), said));
        }
        rows.push((name_of(words, public), public.path(), cells));
    }
    Ok(page::html(&SitePages {
        page: desk.page("/site"),
        languages: Language::ALL.map(Language::own_name).into(),
        rows,
    }))
}

/// `/site/{page}/{language}`
pub async fn show(
    desk: Desk,
    Path((id, language)): Path<(String, String)>,
    Query(told): Query<Told>,
) -> Result<Response, Response> {
    let (public, language) = place(&id, &language).map_err(|refused| *refused)?;
    let mut page = desk.page("/site");
    if told.done == "1" {
        page = page.with_notice(NoticeKind::Success, desk.words().t("site-edit-saved"));
    }
    let text = current(&desk.keeper, public, language)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let newest = site::newest(&desk.keeper, (public.id, language.tag()))
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let mut entered = Entered::default();
    entered.set("text", &text);
    let over = newest.map_or(0, |newest| newest.number);
    entered.set("over", &over.to_string());
    form(&desk, page, (public, language), entered, None).await
}

/// Saves the page, or shows how it would look.
pub async fn save(
    desk: Desk,
    Path((id, language)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (public, language) = place(&id, &language).map_err(|refused| *refused)?;
    let mut entered = Entered::default();
    for name in ["text", "note", "over"] {
        entered.set(name, posted.text(name));
    }
    let text = posted.text("text");
    if posted.has("preview") {
        let preview = render(&desk.keeper, Words::of(language), text);
        let page = desk.page("/site");
        return form(&desk, page, (public, language), entered, Some(preview)).await;
    }
    let new = NewRevision {
        text: text.to_owned(),
        note: posted.text("note").to_owned(),
        over: posted.text("over").parse().unwrap_or(-1),
    };
    let where_to = (public.id, language.tag());
    match site::save(&desk.keeper, &desk.member, where_to, &new, &desk.trace()).await {
        Ok(_) => Ok(Redirect::to(&format!("{}?done=1", form_of(public, language))).into_response()),
        Err(Failure::Refused(
            no @ (SiteRefusal::Text | SiteRefusal::Note | SiteRefusal::Stale),
        )) => {
            let field = if no == SiteRefusal::Note {
                "note"
            } else {
                "text"
            };
            if no == SiteRefusal::Stale {
                // The next save is over the revision that they are told to look at.
                let newest = site::newest(&desk.keeper, where_to)
                    .await
                    .map_err(|fault| Problem::from(fault).as_page().into_response())?;
                entered.set(
                    "over",
                    &newest.map_or(0, |newest| newest.number).to_string(),
                );
            }
            let page = desk
                .page("/site")
                .with_error(field, desk.words().refusal(&no));
            form(&desk, page, (public, language), entered, None).await
        }
        Err(failure) => Err(desk.failed(failure, "/site")),
    }
}

/// `/site/{page}/{language}/revisions/{number}`
pub async fn revision(
    desk: Desk,
    Path((id, language, number)): Path<(String, String, i64)>,
) -> Result<Response, Response> {
    let (public, language) = place(&id, &language).map_err(|refused| *refused)?;
    let where_to = (public.id, language.tag());
    let found = site::find(&desk.keeper, &desk.member, where_to, number)
        .await
        .map_err(|failure| desk.failed(failure, "/site"))?;
    let newest = site::newest(&desk.keeper, where_to)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let words = desk.words();
    let title = words.t1("site-edit-old", "number", &number.to_string());
    Ok(page::html(&SiteRevision {
        page: desk.page("/site"),
        heading: format!("{} – {title}", heading(words, public, language)),
        back: form_of(public, language),
        said: said(&desk, &found),
        is_newest: newest.is_some_and(|newest| newest.number == number),
        text: render(&desk.keeper, Words::of(language), &found.text),
    }))
}

/// Makes an old revision the newest one.
pub async fn restore(
    desk: Desk,
    Path((id, language, number)): Path<(String, String, i64)>,
    _posted: Posted,
) -> Result<Response, Response> {
    let (public, language) = place(&id, &language).map_err(|refused| *refused)?;
    let where_to = (public.id, language.tag());
    let found = site::find(&desk.keeper, &desk.member, where_to, number)
        .await
        .map_err(|failure| desk.failed(failure, "/site"))?;
    let newest = site::newest(&desk.keeper, where_to)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let words = desk.words();
    let new = NewRevision {
        text: found.text,
        note: words.t1("site-edit-old", "number", &number.to_string()),
        over: newest.map_or(0, |newest| newest.number),
    };
    site::save(&desk.keeper, &desk.member, where_to, &new, &desk.trace())
        .await
        .map_err(|failure| desk.failed(failure, "/site"))?;
    Ok(Redirect::to(&format!("{}?done=1", form_of(public, language))).into_response())
}

async fn form(
    desk: &Desk,
    page: Page,
    (public, language): (&'static Public, Language),
    entered: Entered,
    preview: Option<Rendered>,
) -> Result<Response, Response> {
    let where_to = (public.id, language.tag());
    let revisions = site::history(&desk.keeper, &desk.member, where_to)
        .await
        .map_err(|failure| desk.failed(failure, "/site"))?;
    let href = form_of(public, language);
    Ok(page::html(&SiteEdit {
        heading: heading(desk.words(), public, language),
        public: format!("{}?locale={}", public.path(), language.tag()),
        form: Form::plain(entered),
        preview,
        revisions: revisions
            .iter()
            .map(|one| (format!("{href}/revisions/{}", one.number), said(desk, one)))
            .collect(),
        href,
        page,
    }))
}

fn said(desk: &Desk, revision: &Revision) -> String {
    let said = desk.words().t_args(
        "site-edit-revision",
        &[
            ("number", &revision.number.to_string()),
            ("who", &revision.author),
            ("time", &desk.moment(revision.created)),
        ],
    );
    if revision.note.is_empty() {
        said
    } else {
        format!("{said}: {}", revision.note)
    }
}

fn place(id: &str, language: &str) -> Result<(&'static Public, Language), Box<Response>> {
    let known = Language::ALL.into_iter().find(|one| one.tag() == language);
    match (Public::find(id), known) {
        (Some(public), Some(language)) => Ok((public, language)),
        _ => Err(Box::new(
            Problem::refused(&SiteRefusal::NotFound)
                .as_page()
                .into_response(),
        )),
    }
}

fn form_of(public: &Public, language: Language) -> String {
    format!("/site/{}/{}", public.id, language.tag())
}

fn name_of(words: Words, public: &Public) -> String {
    words.t(&format!("site-{}", public.id))
}

fn heading(words: Words, public: &Public, language: Language) -> String {
    let name = name_of(words, public);
    words.t2(
        "site-edit-heading",
        "page",
        &name,
        "language",
        language.own_name(),
    )
}
