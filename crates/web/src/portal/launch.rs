//! P10, P11 and O2: one request: why it is when it is, what happened, what it changes, and the buttons.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::operator::{releases, review};
use durward_app::partner::launches::{self, LaunchView, Possible, RequestKind};
use durward_app::partner::{lint, requests};
use durward_domain::change::ChangeClass;
use durward_domain::launch::{LaunchBody, LaunchState};
use durward_domain::permission::Action;
use durward_domain::refusal::Refuse;

use super::desk::Desk;
use super::entered::Entered;
use super::parts::{self, FindingLine, Form, Group, LaunchLine, Mark, RuleLine};
use super::probes;
use super::reasons::reasons;
use super::views::{Launch, Reason, TimelineRow};
use crate::shared::forms::Posted;
use crate::shared::page;
use crate::shared::problem::Problem;

/// The request's page.
pub async fn show(desk: Desk, Path(id): Path<String>) -> Result<Response, Response> {
    let found = find(&desk, &id).await?;
    render(&desk, found, Entered::default(), None).await
}

/// One of its buttons.
pub async fn act(desk: Desk, Path(id): Path<String>, posted: Posted) -> Result<Response, Response> {
    let found = find(&desk, &id).await?;
    let Some(button) = BUTTONS.iter().find(|button| posted.has(button.name)) else {
        return Ok(Redirect::to(&here(&id)).into_response());
    };
    let reason = posted.text("reason").to_owned();
    if button.needs_reason && reason.is_empty() {
        return Ok(ask_why(&desk, &found, button, &posted));
    }
    let done = take(&desk, &found, button.act, &reason, &posted).await;
    match done {
        Ok(()) => Ok(Redirect::to(&here(&id)).into_response()),
        Err(Refusal {
            sentence,
            step_up: false,
        }) => {
            let mut entered = Entered::default();
            entered.set("reason", &reason);
            render(&desk, found, entered, Some((button.name, sentence))).await
        }
        Err(Refusal { .. }) => Err(desk.refused(&durward_app::actor::Denied::StepUp, &here(&id))),
    }
}

/// Why a step was not taken, as the page shows it.
struct Refusal {
    sentence: String,
    step_up: bool,
}

async fn take(
    desk: &Desk,
    found: &LaunchView,
    act: Act,
    reason: &str,
    posted: &Posted,
) -> Result<(), Refusal> {
    let (keeper, member, trace, id) = (
        &desk.keeper,
        &desk.member,
        desk.trace(),
        found.summary.id.as_str(),
    );
    let seen = Some(posted.text("document_sha256")).filter(|seen| !seen.is_empty());
    match act {
        Act::Submit => requests::probe_and_submit(keeper, member, id, reason, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::Withdraw => requests::withdraw(keeper, member, id, reason, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::Approve => review::approve(keeper, member, id, (reason, seen), &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::RequestChanges => review::request_changes(keeper, member, id, reason, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::Reject => review::reject(keeper, member, id, reason, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::RollBack => releases::rollback_launch(keeper, member, id, reason, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::Deploy => releases::deploy_launch(keeper, member, id, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
    }
}

fn refusal<R: Refuse>(desk: &Desk, failure: Failure<R>) -> Refusal {
    match failure {
        Failure::Refused(no) => Refusal {
            step_up: matches!(no.code(), "permission/step-up" | "permission/level"),
            sentence: desk.words().refusal(&no),
        },
        Failure::Fault(fault) => {
            tracing::error!(request_id = desk.visit.request_id(), %fault, "a fault");
            Refusal {
                step_up: false,
                sentence: desk.words().t("error-fault"),
            }
        }
    }
}

async fn find(desk: &Desk, id: &str) -> Result<LaunchView, Response> {
    launches::find(&desk.keeper, &desk.member, id)
        .await
        .map_err(|failure| desk.failed(failure, "/"))
}

fn here(id: &str) -> String {
    format!("/launches/{id}")
}

/// Asks for the reason on a page of its own and sends the same button again.
fn ask_why(desk: &Desk, found: &LaunchView, button: &Button, posted: &Posted) -> Response {
    let words = desk.words();
    let what = parts::what(words, found.summary.kind, found.summary.environment);
    let mut hidden = vec![(button.name, "1".to_owned())];
    for name in ["version", "document_sha256"] {
        hidden.push((name, posted.text(name).to_owned()));
    }
    page::html(&Reason {
        page: desk.page("/"),
        title: words.t(button.label),
        what: format!("{} – {what}", found.summary.app_name),
        action: here(&found.summary.id),
        hidden,
        form: Form::plain(Entered::default()),
        button: words.t(button.label),
        back: here(&found.summary.id),
    })
}

async fn render(
    desk: &Desk,
    found: LaunchView,
    entered: Entered,
    error: Option<(&'static str, String)>,
) -> Result<Response, Response> {
    let words = desk.words();
    let zone = desk.keeper.programme.time_zone();
    let problem = |fault| Problem::from(fault).as_page().into_response();
    let others = launches::list(&desk.keeper, &desk.member, Some(&found.summary.app))
        .await
        .map_err(problem)?;
    let findings = lint::findings(&desk.keeper, &found.document)
        .await
        .map_err(problem)?;
    let mut frame = desk.page(if desk.member.is_staff() {
        "/reviews"
    } else {
        "/"
    });
    if let Some((field, sentence)) = error {
        frame = frame.with_error(field, sentence);
    }
    let summary = &found.summary;
    let app_href = format!("/apps/{}/{}", summary.app, summary.environment);
    let is_new = found.diff.is_empty() && summary.kind == RequestKind::Launch;
    let window = summary
        .window
        .map(|day| day.to_string())
        .unwrap_or_default();
    let panel = probes::panel(desk, &summary.app, summary.environment, &summary.team).await?;
    Ok(page::html(&Launch {
        probes: panel,
        page: frame,
        name: summary.app_name.clone(),
        what: parts::what(words, summary.kind, summary.environment),
        team: summary.team.clone(),
        author: summary.author.clone(),
        edit_href: format!("{app_href}/launch?request={}", summary.id),
        app_href,
        state: summary.state.as_str(),
        mark: Mark::of_state(words, summary.state),
        window_key: window_key(summary.state),
        window_words: summary.window.map(|day| desk.day(day)).unwrap_or_default(),
        window,
        is_late: summary
            .desired_date
            .zip(summary.window)
            .is_some_and(|(desired, window)| desired < window),
        reasons: reasons(words, &found.explanation),
        version: summary.version.to_string(),
        document_sha256: found.document_sha256.clone(),
        possible: found.possible,
        decides: found.possible.approve || found.possible.review,
        has_actions: has_actions(found.possible) || why_not_approve(desk, &found).is_some(),
        why_not_approve: why_not_approve(desk, &found),
        form: Form::plain(entered),
        approvals: approvals(desk, &found),
        timeline: timeline(desk, &found),
        is_due: matches!(
            summary.state,
            LaunchState::Approved | LaunchState::Scheduled | LaunchState::Submitted
        ),
        class_words: words.t2(
            "class-words",
            "class",
            &class(desk, found.class),
            "count",
            &found.approvers_needed.to_string(),
        ),
        groups: if is_new {
            Group::all(words, &Entered::of(&found.document), |_| String::new())
        } else {
            Vec::new()
        },
        diff: found.diff.clone(),
        findings: FindingLine::all(words, &findings),
        asked: asked(desk, &found.request),
        agreement_href: summary
            .agreement
            .as_ref()
            .map(|number| format!("/agreements/{number}")),
        checklist: found
            .checklist
            .iter()
            .map(|item| RuleLine::of(words, item))
            .collect(),
        previous: others
            .iter()
            .filter(|other| other.id != summary.id)
            .map(|other| LaunchLine::of(words, zone, other))
            .collect(),
    }))
}

const fn has_actions(possible: Possible) -> bool {
    let Possible {
        update,
        submit,
        withdraw,
        approve,
        review,
        deploy,
        rollback,
        supersede,
        comment: _,
    } = possible;
    update || submit || withdraw || approve || review || deploy || rollback || supersede
}

/// A reviewer who cannot approve is told why.
fn why_not_approve(desk: &Desk, found: &LaunchView) -> Option<String> {
    let could = desk.may_for_programme(Action::ApproveLaunch)
        && found.summary.state == LaunchState::Submitted;
    let key = match (
        could && !found.possible.approve,
        found.approvals.contains(&desk.member.name),
    ) {
        (false, _) => return None,
        (true, true) => "approved-already",
        (true, false) => match &found.conflict {
            Some(agency) => return Some(desk.words().t1("conflict-of-interest", "agency", agency)),
            None => "own-request",
        },
    };
    Some(desk.words().t(key))
}

fn approvals(desk: &Desk, found: &LaunchView) -> String {
    let words = desk.words();
    let count = format!("{}/{}", found.approvals.len(), found.approvers_needed);
    if found.approvals.is_empty() {
        return words.t1(
            "approvals-none",
            "count",
            &found.approvers_needed.to_string(),
        );
    }
    words.t2(
        "approvals",
        "count",
        &count,
        "names",
        &found.approvals.join(", "),
    )
}

fn timeline(desk: &Desk, found: &LaunchView) -> Vec<TimelineRow> {
    let words = desk.words();
    let rows = found.timeline.iter().map(|line| TimelineRow {
        time: desk.moment(line.time),
        actor: line.actor.clone(),
        event: words.t(&format!("event-{}", line.event.replace('_', "-"))),
        note: line.note.clone(),
    });
    rows.collect()
}

fn class(desk: &Desk, class: ChangeClass) -> String {
    desk.words().t(match class {
        ChangeClass::Standard => "class-standard",
        ChangeClass::Normal => "class-normal",
        ChangeClass::Significant => "class-significant",
    })
}

const fn window_key(state: LaunchState) -> &'static str {
    match state {
        LaunchState::Draft | LaunchState::ChangesRequested => "window-if-today",
        _ => "window-title",
    }
}

/// What was asked, label and value; what was not said is left out.
fn asked(desk: &Desk, body: &LaunchBody) -> Vec<(String, String)> {
    let words = desk.words();
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let mut list = vec![
        ("f-agreement", body.agreement.clone()),
        (
            "f-desired-date",
            body.desired_date.map(|date| desk.day(date)),
        ),
        (
            "f-registrations",
            number(body.estimates.annual_registrations),
        ),
        (
            "f-authentications",
            number(body.estimates.annual_authentications),
        ),
        ("f-active", number(body.estimates.monthly_active_users)),
        ("f-seasonality", body.estimates.seasonality.clone()),
        ("f-audience", body.audience.clone()),
        ("f-application-url", body.application_url.clone()),
    ];
    for contact in &body.contacts {
        let key = match contact.kind.as_str() {
            "technical" => "contact-technical",
            "program" => "contact-program",
            "billing" => "contact-billing",
            "help_desk" => "contact-help-desk",
            _ => "contact-security",
        };
        let words = [contact.name.as_str(), &contact.email, &contact.phone];
        let text = words
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        list.push((key, Some(text)));
    }
    list.push(("f-request-note", body.note.clone()));
    list.into_iter()
        .filter_map(|(key, value)| Some((words.t(key), value.filter(|value| !value.is_empty())?)))
        .collect()
}

#[derive(Clone, Copy)]
enum Act {
    Submit,
    Withdraw,
    Approve,
    RequestChanges,
    Reject,
    RollBack,
    Deploy,
}

struct Button {
    name: &'static str,
    label: &'static str,
    act: Act,
    needs_reason: bool,
}

const BUTTONS: &[Button] = &[
    Button {
        name: "submit_request",
        label: "launch-submit",
        act: Act::Submit,
        needs_reason: false,
    },
    Button {
        name: "approve",
        label: "launch-approve",
        act: Act::Approve,
        needs_reason: false,
    },
    Button {
        name: "request_changes",
        label: "launch-request-changes",
        act: Act::RequestChanges,
        needs_reason: true,
    },
    Button {
        name: "reject",
        label: "launch-reject",
        act: Act::Reject,
        needs_reason: true,
    },
    Button {
        name: "rollback",
        label: "launch-rollback",
        act: Act::RollBack,
        needs_reason: true,
    },
    Button {
        name: "deploy",
        label: "launch-deploy",
        act: Act::Deploy,
        needs_reason: false,
    },
    Button {
        name: "withdraw",
        label: "launch-withdraw",
        act: Act::Withdraw,
        needs_reason: true,
    },
];
