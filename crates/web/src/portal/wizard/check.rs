//! The last step: everything at a glance, what the validator finds, and the save.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::{self, AppRefusal};
use durward_app::partner::drafts::{self, Draft, DraftInput};
use durward_app::partner::save::{Input, Save, save_app};
use durward_domain::application::AppDocument;
use durward_domain::diff::{DiffLine, diff};
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::{Finding, Severity};

use super::{Shown, place, saved_at, seen_version, step_links};
use crate::portal::desk::Desk;
use crate::portal::entered::{Entered, Origin};
use crate::portal::fields::Step;
use crate::portal::form;
use crate::portal::parts::{DraftPlace, FindingLine, Form, Group};
use crate::portal::views::{Conflict, WizardCheck};
use crate::shared::forms::Posted;
use crate::shared::page::{self, NoticeKind, Page};

/// The last step of a draft.
pub(super) async fn show(
    desk: &Desk,
    mut page: Page,
    draft: &Draft,
    entered: Entered,
    conflict: Option<Conflict>,
) -> Result<Response, Response> {
    let words = desk.words();
    let found = form::findings(desk, &entered).await?;
    let refused = !page.errors.is_empty();
    // The summary links to the values below, each with its link to change it.
    if !refused {
        let stopping: Vec<Finding> = found
            .iter()
            .filter(|finding| finding.severity == Severity::Error && stops(&entered, finding))
            .cloned()
            .collect();
        for mut wrong in form::wrong_of(&stopping) {
            // The values of a list stand together here.
            if let Some((list, line)) = wrong.id.rsplit_once('_')
                && line.parse::<usize>().is_ok()
                && super::list_named(list).is_some()
            {
                wrong.id = list.to_owned().into();
            }
            page = page.with_error(wrong.id, wrong.message);
        }
    }
    page = form::with_cleared(page, &entered.last_cleared());
    let id = draft.id.clone();
    let changes = changes(desk, &entered).await?;
    let status = match (&conflict, refused) {
        (Some(_), _) => StatusCode::CONFLICT,
        (None, true) => StatusCode::UNPROCESSABLE_ENTITY,
        // It only looks; the errors are no answer to a form.
        (None, false) => StatusCode::OK,
    };
    let view = WizardCheck {
        place: place(desk, &entered),
        step_number: Step::Check.number().to_string(),
        is_sandbox: entered.environment() == EnvironmentName::Sandbox,
        changes,
        findings: FindingLine::all(words, &found),
        groups: Group::all(words, &entered, |step| {
            format!("/drafts/{id}/{}", step.as_str())
        }),
        form: Form::plain(Entered::default()),
        save_key: match (entered.origin(), entered.environment()) {
            (Origin::Change, _) => "save",
            (_, EnvironmentName::Sandbox) => "create-in-sandbox",
            _ => "create-configuration",
        },
        back: format!("/drafts/{id}/{}", Step::Contacts.as_str()),
        draft: Some(DraftPlace::of(draft, desk.moment(draft.changed))),
        steps: step_links(desk, Some(draft), Step::Check),
        conflict,
        page,
    };
    Ok(page::html_with(status, &view))
}

/// What saving the draft changes in the app that is there.
async fn changes(desk: &Desk, entered: &Entered) -> Result<Vec<DiffLine>, Response> {
    let base = match entered.origin() {
        Origin::Change => form::base(desk, entered).await?,
        Origin::New | Origin::Copy => None,
    };
    let Some(base) = base else {
        return Ok(Vec::new());
    };
    let wanted = entered.document(Some(&base));
    Ok(wanted
        .map(|wanted| diff(&base, &wanted))
        .unwrap_or_default())
}

/// Whether a finding would refuse the save as it stands; elsewhere than in the sandbox the launch asks for the rest.
fn stops(entered: &Entered, finding: &Finding) -> bool {
    entered.environment() == EnvironmentName::Sandbox
        || finding.rule == durward_domain::lint::UNREADABLE
}

/// Saves what the draft holds, and forgets the draft.
pub(super) async fn save(
    desk: &Desk,
    draft: Draft,
    entered: Entered,
    posted: &Posted,
) -> Result<Response, Response> {
    let here = format!("/drafts/{}/check", draft.id);
    if seen_version(&draft, posted) != draft.version {
        let shown = Shown {
            conflict: Some(changed_meanwhile(desk, &draft)),
            ..Shown::default()
        };
        return super::show(desk, Some(&draft), entered, Step::Check, shown).await;
    }
    let base = form::base(desk, &entered).await?;
    let document = match entered.document(base.as_ref()) {
        Ok(document) => document,
        Err(fault) => {
            let wrong = form::refused(&AppRefusal::Unreadable(fault), None, desk);
            let shown = Shown::wrong(wrong);
            return super::show(desk, Some(&draft), entered, Step::Check, shown).await;
        }
    };
    let how = match entered.origin() {
        Origin::Change => Save::Replace {
            seen_version: entered.text("version").parse().unwrap_or_default(),
        },
        Origin::New | Origin::Copy => Save::Create,
    };
    let saved = save_app(
        &desk.keeper,
        &desk.member,
        Input::Document(Box::new(document.clone())),
        how,
        posted.text("note"),
        &desk.trace(),
    )
    .await;
    match saved {
        Ok(saved) => {
            drafts::draft_delete(&desk.keeper, &desk.member, &draft.id, &desk.trace())
                .await
                .map_err(|failure| desk.failed(failure, "/"))?;
            Ok(Redirect::to(&saved_at(&saved)).into_response())
        }
        Err(Failure::Refused(AppRefusal::Denied(denied))) => Err(desk.refused(&denied, &here)),
        Err(Failure::Refused(AppRefusal::Stale)) => stale(desk, draft, entered, &document).await,
        Err(Failure::Refused(refusal)) => {
            let shown = Shown::wrong(form::refused(&refusal, Some(&document), desk));
            super::show(desk, Some(&draft), entered, Step::Check, shown).await
        }
        Err(failure) => Err(desk.failed(failure, &here)),
    }
}

/// Somebody saved the draft after this page was shown; it is shown as it is now.
fn changed_meanwhile(desk: &Desk, draft: &Draft) -> Conflict {
    Conflict {
        who: draft.editor.clone(),
        when: desk.moment(draft.changed),
        lines: Vec::new(),
    }
}

/// Somebody saved the configuration since the draft was begun: shows what saving the draft now would change, and lets a
/// second press do it.
async fn stale(
    desk: &Desk,
    draft: Draft,
    mut entered: Entered,
    document: &AppDocument,
) -> Result<Response, Response> {
    let (handle, environment) = (entered.text("handle").to_owned(), entered.environment());
    let app = apps::app(&desk.keeper, &desk.member, &handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    entered.set("version", &app.summary.version.to_string());
    let input = DraftInput {
        seen: Some((&draft.id, draft.version)),
        name: &draft.name,
        team: entered.text("team"),
        entered: &entered.to_json(),
    };
    drafts::draft_save(&desk.keeper, &desk.member, input, Some(&desk.trace()))
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let draft = drafts::draft_find(&desk.keeper, &desk.member, &draft.id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let number = app.summary.revision.to_string();
    let lines = diff(&app.document, document);
    let sentences: Vec<&str> = lines.iter().map(|line| line.sentence.as_str()).collect();
    let page = form::with_wrong(
        desk.page("/").with_notice(
            NoticeKind::Warning,
            desk.words().t2(
                "stale-differs",
                "number",
                &number,
                "lines",
                &sentences.join("; "),
            ),
        ),
        &form::refused(&AppRefusal::Stale, None, desk),
    );
    show(desk, page, &draft, entered, None).await
}
