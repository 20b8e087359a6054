//! P3: the wizard. Every step is kept in a draft that the team shares.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::{self, AppRefusal};
use durward_app::partner::drafts::{self, Draft};
use durward_app::partner::lint;
use durward_app::partner::members;
use durward_app::partner::save::{Input, Save, Saved, save_app};
use durward_domain::application::AppDocument;
use durward_domain::attribute::Attribute;
use durward_domain::environment::EnvironmentName;
use durward_domain::lint::{Finding, Severity};
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse;

use super::desk::{self, Desk};
use super::entered::{Entered, NoPicture};
use super::fields::{self, Step};
use super::parts::{self, AttributeChoice, FindingLine, Form, Group};
use super::views::{StepLink, Wizard, WizardCheck};
use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};

/// The first step of a new app.
pub async fn new(desk: Desk) -> Result<Response, Response> {
    let mut entered = Entered::new();
    let team = desk
        .member
        .teams()
        .into_iter()
        .find(|team| desk.may(Action::CreateSandboxApp, team));
    match team {
        Some(team) => entered.set("team", team),
        None if desk.may_for_programme(Action::CreateSandboxApp) => {}
        None => return Err(desk.not_allowed(Action::CreateSandboxApp)),
    }
    show(&desk, None, entered, Step::Settings, Vec::new()).await
}

/// Keeps the first step of a new app as a draft.
pub async fn create(desk: Desk, posted: Posted) -> Result<Response, Response> {
    take_step(&desk, None, Entered::new(), Step::Settings, &posted).await
}

/// The first step of another environment's configuration, which starts from the sandbox.
pub async fn new_configuration(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let entered = starting(&desk, &handle, &environment).await?;
    show(&desk, None, entered, Step::Settings, Vec::new()).await
}

/// Keeps the first step of another environment's configuration as a draft.
pub async fn create_configuration(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let entered = starting(&desk, &handle, &environment).await?;
    take_step(&desk, None, entered, Step::Settings, &posted).await
}

/// One step of a draft.
pub async fn step(
    desk: Desk,
    Path((id, step)): Path<(String, String)>,
) -> Result<Response, Response> {
    let (draft, entered, step) = open(&desk, &id, &step).await?;
    show(&desk, Some(&draft), entered, step, Vec::new()).await
}

/// Keeps one step, or saves at the last one.
pub async fn post_step(
    desk: Desk,
    Path((id, step)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (draft, entered, step) = open(&desk, &id, &step).await?;
    if posted.has("discard") {
        drafts::draft_delete(&desk.keeper, &desk.member, &id, &desk.trace())
            .await
            .map_err(|failure| desk.failed(failure, "/"))?;
        return Ok(Redirect::to("/").into_response());
    }
    if step == Step::Check && !posted.has("later") {
        return save(&desk, draft, entered, posted.text("note")).await;
    }
    take_step(&desk, Some(draft), entered, step, &posted).await
}

async fn open(desk: &Desk, id: &str, step: &str) -> Result<(Draft, Entered, Step), Response> {
    let draft = drafts::draft_find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let entered = Entered::from_json(&draft.entered);
    Ok((draft, entered, Step::parse(step).unwrap_or(Step::Settings)))
}

async fn starting(desk: &Desk, handle: &str, environment: &str) -> Result<Entered, Response> {
    let environment = desk::environment(environment)?;
    let view = apps::app(&desk.keeper, &desk.member, handle, EnvironmentName::Sandbox)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    if !desk.may(Action::CreateProductionConfiguration, &view.summary.team) {
        return Err(desk.not_allowed(Action::CreateProductionConfiguration));
    }
    Ok(Entered::starting_from(&view.document, environment))
}

/// Keeps what was typed, then goes on, or shows the step again with what is wrong in it.
async fn take_step(
    desk: &Desk,
    draft: Option<Draft>,
    mut entered: Entered,
    step: Step,
    posted: &Posted,
) -> Result<Response, Response> {
    let fixed = (
        entered.text("handle").to_owned(),
        entered.text("team").to_owned(),
    );
    let is_fixed = is_fixed(&entered);
    let picture = entered.take(posted, &[step]);
    if is_fixed {
        entered.set("handle", &fixed.0);
        entered.set("team", &fixed.1);
    }
    let mut errors = errors_of(desk, &entered, step).await?;
    entered.forget_private_keys();
    let id = drafts::draft_save(
        &desk.keeper,
        &desk.member,
        draft.as_ref().map(|draft| draft.id.as_str()),
        (entered.text("team"), &entered.to_json()),
        Some(&desk.trace()),
    )
    .await
    .map_err(|failure| desk.failed(failure, "/"))?;
    if posted.has("later") {
        return Ok(Redirect::to("/").into_response());
    }
    if picture == Err(NoPicture) {
        errors.insert(0, ("logo", desk.words().t("logo-no-picture")));
    }
    if !errors.is_empty() {
        let draft = drafts::draft_find(&desk.keeper, &desk.member, &id)
            .await
            .map_err(|failure| desk.failed(failure, "/"))?;
        return show(desk, Some(&draft), entered, step, errors).await;
    }
    let next = step.next().unwrap_or(Step::Check);
    Ok(Redirect::to(&format!("/drafts/{id}/{}", next.as_str())).into_response())
}

/// What is wrong with what was typed in this step.
async fn errors_of(
    desk: &Desk,
    entered: &Entered,
    step: Step,
) -> Result<Vec<(&'static str, String)>, Response> {
    let found = findings(desk, entered).await?;
    let errors = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    Ok(errors
        .filter_map(|finding| {
            Some((
                fields::at(&finding.path)
                    .filter(|field| field.step == step)?
                    .name,
                finding.message.clone(),
            ))
        })
        .collect())
}

/// What the validator finds in what was typed so far. A short name that is none hides nothing else.
pub(super) async fn findings(desk: &Desk, entered: &Entered) -> Result<Vec<Finding>, Response> {
    let base = base(desk, entered).await?;
    let problem = |fault| {
        crate::shared::problem::Problem::from(fault)
            .as_page()
            .into_response()
    };
    let fault = match entered.document(base.as_ref()) {
        Ok(document) => {
            return lint::findings(&desk.keeper, &document)
                .await
                .map_err(problem);
        }
        Err(fault) => fault,
    };
    let mut found = Vec::new();
    if fault.pointer == "/handle" {
        let mut named = entered.clone();
        named.set("handle", "some-app");
        if let Ok(document) = named.document(base.as_ref()) {
            found = lint::findings(&desk.keeper, &document)
                .await
                .map_err(problem)?;
        }
        // The short name is made from the app name, which is missed already.
        if entered.text("handle").is_empty() && entered.text("app_name").is_empty() {
            return Ok(found);
        }
    }
    let whole = durward_domain::lint::unreadable(&fault);
    found.insert(
        0,
        Finding {
            message: fault.message,
            ..whole
        },
    );
    Ok(found)
}

/// What the form does not show comes from the sandbox configuration of the same app.
async fn base(desk: &Desk, entered: &Entered) -> Result<Option<AppDocument>, Response> {
    if !is_fixed(entered) {
        return Ok(None);
    }
    match apps::app(
        &desk.keeper,
        &desk.member,
        entered.text("handle"),
        EnvironmentName::Sandbox,
    )
    .await
    {
        Ok(view) => Ok(Some(view.document)),
        Err(Failure::Refused(AppRefusal::NotFound { .. })) => Ok(None),
        Err(failure) => Err(desk.failed(failure, "/")),
    }
}

/// A configuration of an app that there is already: its short name and team are fixed.
fn is_fixed(entered: &Entered) -> bool {
    entered.environment() != EnvironmentName::Sandbox
}

async fn show(
    desk: &Desk,
    draft: Option<&Draft>,
    entered: Entered,
    step: Step,
    errors: Vec<(&'static str, String)>,
) -> Result<Response, Response> {
    let here = if is_fixed(&entered) { "/" } else { "/apps/new" };
    let page = with_errors(desk.page(here), &errors);
    let words = desk.words();
    if step == Step::Check
        && let Some(draft) = draft
    {
        return check(desk, page, draft, entered).await;
    }
    let steps = step_links(desk, draft, step);
    let place = place(desk, &entered);
    let from = (draft.is_none() && is_fixed(&entered)).then(|| words.t("environment-sandbox"));
    let back = draft
        .zip(step.before())
        .map(|(draft, step)| format!("/drafts/{}/{}", draft.id, step.as_str()));
    let form = form(desk, entered, &errors).await?;
    Ok(page::html(&Wizard {
        page,
        step,
        step_number: step.number().to_string(),
        place,
        from,
        form,
        action: draft
            .map(|draft| format!("/drafts/{}/{}", draft.id, step.as_str()))
            .unwrap_or_default(),
        back,
        is_kept: draft.is_some(),
        steps,
    }))
}

async fn check(
    desk: &Desk,
    mut page: Page,
    draft: &Draft,
    entered: Entered,
) -> Result<Response, Response> {
    let words = desk.words();
    let found = findings(desk, &entered).await?;
    // The summary links to the values below, each with its link to change it.
    if page.errors.is_empty() {
        for finding in found
            .iter()
            .filter(|finding| finding.severity == Severity::Error && stops(&entered, finding))
        {
            if let Some(field) = fields::at(&finding.path) {
                page = page.with_error(field.name, finding.message.clone());
            }
        }
    }
    let id = draft.id.clone();
    let view = WizardCheck {
        place: place(desk, &entered),
        is_sandbox: entered.environment() == EnvironmentName::Sandbox,
        findings: FindingLine::all(words, &found),
        groups: Group::all(words, &entered, |step| {
            format!("/drafts/{id}/{}", step.as_str())
        }),
        form: Form::plain(Entered::default()),
        save_key: if entered.environment() == EnvironmentName::Sandbox {
            "create-in-sandbox"
        } else {
            "create-configuration"
        },
        back: format!("/drafts/{id}/{}", Step::HelpText.as_str()),
        steps: step_links(desk, Some(draft), Step::Check),
        page,
    };
    // It only looks; the errors are no answer to a form.
    Ok(page::html_with(axum::http::StatusCode::OK, &view))
}

/// Whether a finding would refuse the save as it stands; elsewhere than in the sandbox the launch asks for the rest.
fn stops(entered: &Entered, finding: &Finding) -> bool {
    entered.environment() == EnvironmentName::Sandbox
        || finding.rule == durward_domain::lint::UNREADABLE
}

async fn save(
    desk: &Desk,
    draft: Draft,
    entered: Entered,
    note: &str,
) -> Result<Response, Response> {
    let base = base(desk, &entered).await?;
    let here = format!("/drafts/{}/check", draft.id);
    let document = match entered.document(base.as_ref()) {
        Ok(document) => document,
        Err(fault) => {
            let errors = errors_in(&AppRefusal::Unreadable(fault), desk);
            return show(desk, Some(&draft), entered, Step::Check, errors).await;
        }
    };
    let saved = save_app(
        &desk.keeper,
        &desk.member,
        Input::Document(Box::new(document)),
        Save::Create,
        note,
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
        Err(Failure::Refused(refusal)) => {
            let errors = errors_in(&refusal, desk);
            show(desk, Some(&draft), entered, Step::Check, errors).await
        }
        Err(failure) => Err(desk.failed(failure, &here)),
    }
}

/// Where an app is shown after a save, with how fast it was live.
pub(super) fn saved_at(saved: &Saved) -> String {
    let live = saved
        .live
        .as_ref()
        .map(|live| format!("&ms={}", live.ms))
        .unwrap_or_default();
    format!(
        "/apps/{}/{}?saved={}{live}",
        saved.handle, saved.environment, saved.revision
    )
}

/// A refused save as errors of its fields.
pub(super) fn errors_in(refusal: &AppRefusal, desk: &Desk) -> Vec<(&'static str, String)> {
    let found = refusal.findings();
    if found.is_empty() {
        let field = match refusal {
            AppRefusal::IssuerTaken(_) | AppRefusal::IssuerFixed(_) => "issuer",
            AppRefusal::Exists { .. } | AppRefusal::HandleTaken(_) => "handle",
            AppRefusal::NoTeam(_) | AppRefusal::TeamFixed(_) => "team",
            _ => "note",
        };
        return vec![(field, desk.words().refusal(refusal as &dyn Refuse))];
    }
    let errors = found
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error);
    errors
        .map(|finding| {
            (
                fields::at(&finding.path).map_or("note", |field| field.name),
                finding.message,
            )
        })
        .collect()
}

/// The page with these errors, one for each field.
pub(super) fn with_errors(mut page: Page, errors: &[(&'static str, String)]) -> Page {
    for (field, message) in errors {
        page = page.with_error(field, message.clone());
    }
    page
}

/// The form of what was entered, with what can be chosen and what to look at.
pub(super) async fn form(
    desk: &Desk,
    entered: Entered,
    errors: &[(&'static str, String)],
) -> Result<Form, Response> {
    let words = desk.words();
    let problem = |fault| {
        crate::shared::problem::Problem::from(fault)
            .as_page()
            .into_response()
    };
    let teams = members::teams(&desk.keeper, &desk.member)
        .await
        .map_err(problem)?;
    let found = findings(desk, &entered).await?;
    let warnings = found
        .into_iter()
        .filter(|finding| finding.severity == Severity::Warning)
        .filter_map(|finding| Some((fields::at(&finding.path)?.name, finding.message)))
        .filter(|(name, _)| {
            !errors.iter().any(|(field, _)| field == name) && !entered.text(name).is_empty()
        })
        .collect();
    Ok(Form {
        fixed: is_fixed(&entered),
        issuer_fixed: false,
        issuer_example: issuer_example(&entered),
        teams: teams
            .into_iter()
            .filter(|(handle, _)| desk.may(Action::CreateSandboxApp, handle))
            .collect(),
        attributes: Attribute::ALL
            .iter()
            .map(|attribute| AttributeChoice {
                id: attribute.as_str(),
                label: words.t(&format!(
                    "attribute-{}",
                    attribute.as_str().replace('_', "-")
                )),
                verified: attribute.needs_identity_verified(),
            })
            .collect(),
        keeps_uploads: false,
        warnings,
        entered,
    })
}

/// An issuer in the programme's shape, made of the names.
fn issuer_example(entered: &Entered) -> String {
    let word = |text: &str| {
        let letters = text.chars().map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter.to_ascii_uppercase()
            } else {
                '_'
            }
        });
        letters.collect::<String>().trim_matches('_').to_owned()
    };
    let shape = if entered.text("protocol") == "saml" {
        "urn:gov:gsa:SAML:2.0.profiles"
    } else {
        "urn:gov:gsa:openidconnect.profiles"
    };
    let agency = entered.text("team").split('-').next().unwrap_or("agency");
    format!(
        "{shape}:sp:sso:{}:{}",
        word(agency),
        word(&entered.handle())
    )
}

/// The app and the environment in a few words.
pub(super) fn place(desk: &Desk, entered: &Entered) -> String {
    let environment = parts::environment_name(desk.words(), entered.environment());
    match entered.text("app_name") {
        "" => environment,
        name => format!("{name} · {environment}"),
    }
}

fn step_links(desk: &Desk, draft: Option<&Draft>, current: Step) -> Vec<StepLink> {
    let links = Step::ALL.into_iter().map(|step| StepLink {
        title: desk.words().t(step.title()),
        href: draft
            .map(|draft| format!("/drafts/{}/{}", draft.id, step.as_str()))
            .unwrap_or_default(),
        current: step == current,
    });
    links.collect()
}
