//! P10: the checklist, and asking for a launch or a change.

mod typed;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::partner::apps::AppView;
use durward_app::partner::checklist::{Assessment, assess, rehearse};
use durward_app::partner::launches::{self, LaunchDenied, LaunchSummary, RequestKind};
use durward_app::partner::{agreements, requests};
use durward_domain::application::ContactKind;
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::checklist::{ChecklistItem, ItemState, RULES, Turn};
use durward_domain::launch::{LaunchBody, LaunchState};
use durward_domain::permission::Action;
use serde::Deserialize;

use self::typed::{ATTESTED, CONTACTS, faults, read, typed};
use super::app;
use super::desk::Desk;
use super::entered::Entered;
use super::parts::{Form, LaunchLine, RuleLine};
use super::probes;
use super::reasons::reasons;
use super::views::{AgreementHint, AppLaunch, Attestation, Checklist, ContactFields, LaunchForm};

use crate::shared::forms::Posted;
use crate::shared::page::{self, Page};
use crate::shared::problem::Problem;

/// Which request is changed.
#[derive(Debug, Default, Deserialize)]
pub struct Which {
    #[serde(default)]
    request: String,
    /// The open request whose place a new one takes.
    #[serde(default)]
    replace: String,
}

/// The production checklist.
pub async fn checklist(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let words = desk.words();
    let request = open_request(&desk, &app).await?;
    let body = match &request {
        Some(launch) => found(&desk, &launch.id).await?.request,
        None => suggestion(&desk, &app).await?,
    };
    let rehearsal = !app.summary.environment.class().is_live();
    let assessment = judged(&desk, &app, &body).await?;
    let (open, rest): (Vec<&ChecklistItem>, Vec<&ChecklistItem>) = assessment
        .items
        .iter()
        .partition(|item| item.state == ItemState::Open);
    let (later, open): (Vec<&ChecklistItem>, Vec<&ChecklistItem>) = open
        .into_iter()
        .partition(|item| request.is_none() && of_the_request(item));
    let (waits, open): (Vec<&ChecklistItem>, Vec<&ChecklistItem>) =
        open.into_iter().partition(|item| {
            item.turn == Turn::Staff
                || (rehearsal && OF_THE_PRODUCTION.contains(&item.rule.as_str()))
        });
    let lines = |items: Vec<&ChecklistItem>| {
        items
            .into_iter()
            .map(|item| RuleLine::of(words, item))
            .collect::<Vec<_>>()
    };
    let count = open
        .iter()
        .chain(&waits)
        .filter(|item| item.stops())
        .count();
    let own = u64::try_from(open.len()).unwrap_or_default();
    let count = u64::try_from(count).unwrap_or_default();
    let may_configure = desk.may(Action::CreateProductionConfiguration, &app.summary.team);
    Ok(page::html(&Checklist {
        page: desk.page("/"),
        summary: if rehearsal {
            words.t_count("checklist-rehearsal", own)
        } else {
            words.t_count("checklist-summary", count)
        },
        rehearsal,
        next_href: (rehearsal && may_configure).then(|| format!("/apps/{handle}/production/new")),
        may_launch: desk.may(Action::RequestLaunch, &app.summary.team)
            && app.summary.environment.class().is_live(),
        ask_key: match kind(&app) {
            RequestKind::Launch => "ask-launch",
            RequestKind::Change => "ask-change",
        },
        open: lines(open),
        waits: lines(waits),
        later: lines(later),
        done: lines(rest),
        earliest: assessment.earliest.map(|found| found.earliest),
        reasons: reasons(words, &assessment.reasons),
        probes: probes::panel(
            &desk,
            &app.summary.handle,
            app.summary.environment,
            &app.summary.team,
        )
        .await?,
        head: app::head(&desk, &app, "checklist").await?,
    }))
}

/// The form, or in the sandbox the way to production; with the requests so far.
pub async fn show(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(which): Query<Which>,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let request = open_request(&desk, &app).await?;
    let may = desk.may(Action::RequestLaunch, &app.summary.team);
    let editing = request
        .as_ref()
        .filter(|launch| which.request == launch.id && is_editable(launch.state));
    if let Some(launch) = editing {
        let body = found(&desk, &launch.id).await?.request;
        return form(&desk, &app, typed(&body), &body, Vec::new()).await;
    }
    let replaced = request
        .as_ref()
        .filter(|launch| may && which.replace == launch.id && !is_editable(launch.state));
    if let Some(launch) = replaced {
        let mut body = found(&desk, &launch.id).await?.request;
        body.supersedes = Some(launch.id.clone());
        body.note = None;
        return form(&desk, &app, typed(&body), &body, Vec::new()).await;
    }
    let is_live_class = app.summary.environment.class().is_live();
    if is_live_class && request.is_none() && may {
        let body = suggestion(&desk, &app).await?;
        return form(&desk, &app, typed(&body), &body, Vec::new()).await;
    }
    let words = desk.words();
    let head = app::head(&desk, &app, "launch").await?;
    let production = head
        .places
        .iter()
        .any(|place| place.href.ends_with("/production"));
    let (next_href, key) = if production {
        (
            format!("/apps/{handle}/production/checklist"),
            "launch-next-checklist",
        )
    } else {
        (
            format!("/apps/{handle}/production/new"),
            "launch-next-configure",
        )
    };
    Ok(page::html(&AppLaunch {
        page: desk.page("/"),
        next_href: (may && !is_live_class).then_some(next_href),
        next_text: words.t(key),
        launches: lines(&desk, &app).await?,
        head,
    }))
}

/// Keeps what was typed and sends it for review, unless it is only to be kept.
pub async fn send(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    Query(which): Query<Which>,
    posted: Posted,
) -> Result<Response, Response> {
    let app = app::find(&desk, &handle, &environment).await?;
    let here = format!("/apps/{handle}/{environment}/launch");
    let mut entered = Entered::default();
    for (name, value) in posted.fields().iter() {
        entered.set(name, value.trim());
    }
    // An open request of the same app is the one that this form is about, also after a submission that was refused.
    let open = open_request(&desk, &app).await?;
    let known = open.filter(|launch| {
        is_editable(launch.state) && (which.request.is_empty() || which.request == launch.id)
    });
    let supersedes = match &known {
        Some(launch) => found(&desk, &launch.id).await?.request.supersedes,
        None => Some(which.replace.clone()).filter(|old| !old.is_empty()),
    };
    let (body, errors) = read(&desk, &app, &entered, supersedes);
    if !errors.is_empty() {
        return form(&desk, &app, entered, &body, errors).await;
    }
    let (keeper, member, trace) = (&desk.keeper, &desk.member, desk.trace());
    let kept = match &known {
        Some(launch) => {
            requests::update(keeper, member, &launch.id, body.clone(), None, &trace).await
        }
        None => requests::create(keeper, member, kind(&app), body.clone(), &trace).await,
    };
    let kept = match kept {
        Ok(kept) => kept,
        Err(failure) => return not_taken(&desk, &app, entered, &body, failure, &here).await,
    };
    if posted.has("draft") {
        return Ok(Redirect::to(&format!("/launches/{}", kept.summary.id)).into_response());
    }
    match requests::probe_and_submit(
        keeper,
        member,
        &kept.summary.id,
        (
            body.note.as_deref().unwrap_or(""),
            Some(kept.summary.version),
        ),
        &trace,
    )
    .await
    {
        Ok(sent) => Ok(Redirect::to(&format!("/launches/{}", sent.summary.id)).into_response()),
        Err(failure) => not_taken(&desk, &app, entered, &body, failure, &here).await,
    }
}

/// The form again, with everything that was typed and why it was not taken.
async fn not_taken(
    desk: &Desk,
    app: &AppView,
    entered: Entered,
    body: &LaunchBody,
    failure: Failure<LaunchDenied>,
    here: &str,
) -> Result<Response, Response> {
    let refusal = match failure {
        Failure::Refused(LaunchDenied::Denied(denied)) => return Err(desk.refused(&denied, here)),
        Failure::Refused(refusal) => refusal,
        Failure::Fault(_) => return Err(desk.failed(failure, here)),
    };
    let errors = match &refusal {
        LaunchDenied::Open(items) => faults(items, body),
        other => {
            let field = match other {
                LaunchDenied::StagingAgreement(_) => "agreement",
                LaunchDenied::StagingAuthority(_) => "attestation_L08",
                _ => "note",
            };
            vec![(field, desk.words().refusal(other))]
        }
    };
    form(desk, app, entered, body, errors).await
}

async fn form(
    desk: &Desk,
    app: &AppView,
    entered: Entered,
    body: &LaunchBody,
    errors: Vec<(&'static str, String)>,
) -> Result<Response, Response> {
    let words = desk.words();
    let assessment = judged(desk, app, body).await?;
    let page = with_errors(desk.page("/"), &errors);
    let agreements = agreements::list(&desk.keeper, &desk.member)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let kind = kind(app);
    let sent = !errors.is_empty();
    let stop = assessment
        .items
        .iter()
        .filter(|item| item.stops() && (sent || !(of_the_request(item) || item.rule == "L15")));
    Ok(page::html(&LaunchForm {
        page,
        title_key: match kind {
            RequestKind::Launch => "ask-launch",
            RequestKind::Change => "ask-change",
        },
        is_launch: kind == RequestKind::Launch,
        earliest: assessment.earliest.as_ref().map(|found| found.earliest),
        reasons: reasons(words, &assessment.reasons),
        open: stop.map(|item| RuleLine::of(words, item)).collect(),
        form: Form {
            warnings: comments_here(desk, app).await?,
            ..Form::plain(entered)
        },
        agreements: agreements
            .into_iter()
            .filter(|agreement| agreement.state == "executed")
            .map(|agreement| AgreementHint {
                number: agreement.number.to_string(),
                apps: agreement.apps.join(", "),
            })
            .collect(),
        contacts: CONTACTS
            .iter()
            .map(|contact| ContactFields {
                title: words.t(contact.label),
                name: contact.name,
                email: contact.email,
                phone: contact.phone,
                must: kind == RequestKind::Launch || contact.kind == ContactKind::Technical,
            })
            .collect(),
        attestations: ATTESTED
            .iter()
            .filter_map(|(rule, name)| {
                let rule = RULES.iter().find(|known| known.id == *rule)?;
                Some(Attestation {
                    name,
                    sentence: format!("{} {}", rule.id, rule.sentence),
                    how: words.t("f-attest-hint"),
                })
            })
            .collect(),
        grace: assessment
            .grace_ends
            .map(|day| desk.day(day))
            .unwrap_or_default(),
        replaces: body.supersedes.clone(),
        head: app::head(desk, app, "launch").await?,
    }))
}

/// What the portal can fill in of a request that nobody has written yet.
async fn suggestion(desk: &Desk, app: &AppView) -> Result<LaunchBody, Response> {
    launches::suggested(&desk.keeper, &desk.member, &app.document)
        .await
        .map_err(|fault| Problem::from(fault).as_page().into_response())
}

/// What reviewers said of the fields of this form.
async fn comments_here(
    desk: &Desk,
    app: &AppView,
) -> Result<Vec<(&'static str, String)>, Response> {
    let said = super::launch::said_of(desk, app).await?;
    Ok(said
        .into_iter()
        .filter_map(|(pointer, text)| {
            let name = pointer.strip_prefix("/request/")?;
            let field = super::launch::REQUEST_FIELDS
                .iter()
                .find(|(path, _)| *path == name)?;
            Some((field.1, text))
        })
        .collect())
}

async fn judged(desk: &Desk, app: &AppView, body: &LaunchBody) -> Result<Assessment, Response> {
    let (keeper, member, document) = (&desk.keeper, &desk.member, &app.document);
    let found = if app.summary.environment.class().is_live() {
        assess(keeper, member, document, body).await
    } else {
        rehearse(keeper, member, document, body).await
    };
    found.map_err(|fault| Problem::from(fault).as_page().into_response())
}

async fn found(desk: &Desk, id: &str) -> Result<launches::LaunchView, Response> {
    launches::find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

async fn requests_of(desk: &Desk, app: &AppView) -> Result<Vec<LaunchSummary>, Response> {
    let list = launches::list(&desk.keeper, &desk.member, Some(&app.summary.handle)).await;
    let list = list.map_err(|fault| Problem::from(fault).as_page().into_response())?;
    let here = app.summary.environment;
    // The sandbox shows the requests of all environments: it is where the way begins.
    Ok(list
        .into_iter()
        .filter(|launch| here == EnvironmentName::Sandbox || launch.environment == here)
        .collect())
}

async fn lines(desk: &Desk, app: &AppView) -> Result<Vec<LaunchLine>, Response> {
    let zone = desk.keeper.programme.time_zone();
    Ok(requests_of(desk, app)
        .await?
        .iter()
        .map(|launch| LaunchLine::of(desk.words(), zone, launch))
        .collect())
}

/// The request of this configuration that is under way.
async fn open_request(desk: &Desk, app: &AppView) -> Result<Option<LaunchSummary>, Response> {
    use LaunchState as S;
    let under_way = [
        S::Draft,
        S::Submitted,
        S::ChangesRequested,
        S::Approved,
        S::Scheduled,
    ];
    let list = requests_of(desk, app).await?;
    Ok(list.into_iter().find(|launch| {
        launch.environment == app.summary.environment && under_way.contains(&launch.state)
    }))
}

fn is_editable(state: LaunchState) -> bool {
    matches!(state, LaunchState::Draft | LaunchState::ChangesRequested)
}

fn kind(app: &AppView) -> RequestKind {
    if app.summary.live_revision.is_some() {
        RequestKind::Change
    } else {
        RequestKind::Launch
    }
}

/// Does the request itself close it, not the configuration?
fn of_the_request(item: &ChecklistItem) -> bool {
    matches!(item.turn, Turn::Request | Turn::Agreement)
}

/// Rules that the configuration for production closes: it has addresses of its own.
const OF_THE_PRODUCTION: &[&str] = &["L05", "L07", "L20"];

/// The page with these errors, one for each field.
fn with_errors(mut page: Page, errors: &[(&'static str, String)]) -> Page {
    for (field, message) in errors {
        page = page.with_error(*field, message.clone());
    }
    page
}
