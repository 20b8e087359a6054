//! The buttons of a request's page.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use durward_app::failure::Failure;
use durward_app::operator::{after_review, releases, review};
use durward_app::partner::launches::LaunchView;
use durward_app::partner::requests;
use durward_domain::refusal::Refuse;

use super::{find, here, render};
use crate::portal::desk::Desk;
use crate::portal::entered::Entered;
use crate::portal::parts::{self, Form};
use crate::portal::views::Reason;
use crate::shared::forms::Posted;
use crate::shared::page;

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
        Act::Submit => requests::probe_and_submit(keeper, member, id, (reason, None), &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::Emergency => requests::submit_emergency(keeper, member, id, reason, &trace)
            .await
            .map(drop)
            .map_err(|failure| refusal(desk, failure)),
        Act::AfterReview => after_review::finish(keeper, member, id, reason, &trace)
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

#[derive(Clone, Copy)]
enum Act {
    Submit,
    Emergency,
    AfterReview,
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
        name: "emergency",
        label: "launch-emergency",
        act: Act::Emergency,
        needs_reason: true,
    },
    Button {
        name: "after_review",
        label: "launch-after-review",
        act: Act::AfterReview,
        needs_reason: true,
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
