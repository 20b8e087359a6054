//! Environments: how they stand and are repaired, and what those that run elsewhere ask of the portal.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{get, post};
use durward_app::operator::pull::{self, Outcome, PullDenied, Served};
use durward_app::operator::usage_intake::{self, UsagePart};
use durward_app::operator::{drift, releases};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::answers::{Answer, Asked, Sent, Told, items, ok, parameter, told};
use super::apps::at;
use super::bearer::{Call, token_in};
use super::routes::{Parameter, Route, Who};
use crate::portal_router::Portal;

/// The calls about environments, and theirs.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/environments",
        summary: "How each environment stands: what it serves, its canary, and what differs.",
        who: Who::Member(Action::ViewRelease),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("StandingList")),
        handler: || get(standings),
    },
    Route {
        method: "POST",
        path: "/api/v1/environments/{environment}/repair",
        summary: "Build one release that repairs what differs and can be repaired.",
        who: Who::Member(Action::DeployRelease),
        events: &[Event::ReleaseBuilt, Event::ReleaseDeployed],
        query: &[],
        body: Some("Repair"),
        answer: (200, Some("Release")),
        handler: || post(repair),
    },
    Route {
        method: "POST",
        path: "/api/v1/environments/{environment}/rollback",
        summary: "Roll a whole environment back to what it was after a release, as one new release.",
        who: Who::Member(Action::RollBack),
        events: &[
            Event::ReleaseRolledBack,
            Event::ReleaseDeployed,
            Event::LaunchRolledBack,
            Event::ChangeRolledBack,
        ],
        query: &[],
        body: Some("WholeRollBack"),
        answer: (200, Some("Release")),
        handler: || post(rollback),
    },
    Route {
        method: "GET",
        path: "/api/v1/environments/{environment}/releases/next",
        summary: "The newest deny list that an environment lacks, or else the release after the one that it serves; 204 when there is none.",
        who: Who::Environment,
        events: &[],
        query: &[
            Parameter {
                name: "after",
                required: true,
                sentence: "The sequence of the release that the environment serves; 0 before the first.",
            },
            Parameter {
                name: "digest",
                required: false,
                sentence: "The digest of that release's manifest.",
            },
            Parameter {
                name: "denials",
                required: false,
                sentence: "The sequence of the deny list that the environment holds; 0 before the first. Without it no list is sent.",
            },
            Parameter {
                name: "wait",
                required: false,
                sentence: "How many seconds the answer may be kept back: 0 to 20.",
            },
        ],
        body: None,
        answer: (200, Some("Offer")),
        handler: || get(next),
    },
    Route {
        method: "POST",
        path: "/api/v1/environments/{environment}/releases/outcome",
        summary: "Tell how a release fared: refused, or taken with a canary sign-in.",
        who: Who::Environment,
        events: &[
            Event::ReleaseRefused,
            Event::CanaryPassed,
            Event::CanaryFailed,
        ],
        query: &[],
        body: Some("Outcome"),
        answer: (204, None),
        handler: || post(outcome),
    },
    Route {
        method: "POST",
        path: "/api/v1/environments/{environment}/usage",
        summary: "Hand over billable hand-offs, from where the portal has got to; the answer tells how far it has now.",
        who: Who::Environment,
        events: &[],
        query: &[],
        body: Some("UsagePart"),
        answer: (200, Some("UsageTaken")),
        handler: || post(usage),
    },
];

impl Told for PullDenied {}

/// Why it is repaired.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repair {
    #[serde(default)]
    reason: String,
}

/// To where, and why.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WholeRollBack {
    to: i64,
    #[serde(default)]
    reason: String,
}

async fn standings(call: Call) -> Answer {
    let mut list = Vec::new();
    for link in &call.keeper.environments {
        let standing = drift::standing(&call.keeper, &call.member, link.name).await;
        list.push(standing.map_err(told)?);
    }
    items(&list)
}

async fn repair(call: Call, Path(environment): Path<String>, sent: Sent) -> Answer {
    let body: Repair = sent.json()?;
    let made = drift::repair(&call.keeper, &call.member, at(&environment)?, &body.reason).await;
    ok(&made.map_err(told)?)
}

async fn rollback(call: Call, Path(environment): Path<String>, sent: Sent) -> Answer {
    let body: WholeRollBack = sent.json()?;
    let made = releases::rollback_environment(
        &call.keeper,
        &call.member,
        at(&environment)?,
        (body.to, &body.reason),
        &call.trace,
    );
    ok(&made.await.map_err(told)?)
}

async fn next(
    State(portal): State<Arc<Portal>>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    asked: Asked,
) -> Answer {
    let number = |name: &'static str, otherwise: &str| {
        let text = asked.text(name).unwrap_or(otherwise);
        text.parse::<u64>()
            .map_err(|_| parameter(name, "a number such as 12"))
    };
    let token = token_in(&headers);
    let served = Served {
        sequence: match asked.text("after") {
            // Who shows no token learns nothing else.
            None if token.is_some() => return Err(parameter("after", "a number such as 12")),
            _ => number("after", "0")?,
        },
        digest: asked.text("digest").map(str::to_owned),
        denials: match asked.text("denials") {
            Some(_) => Some(number("denials", "0")?),
            None => None,
        },
    };
    let wait = Duration::from_secs(number("wait", "0")?);
    let found = pull::next(&portal.keeper, &environment, token, served, wait)
        .await
        .map_err(challenged)?;
    match found {
        Some(offer) => ok(&offer),
        None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

async fn outcome(
    State(portal): State<Arc<Portal>>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let token = token_in(&headers);
    let body: Outcome = match token {
        Some(_) => sent.json()?,
        None => return Err(challenged(PullDenied::Token.into())),
    };
    pull::outcome(&portal.keeper, &environment, token, body)
        .await
        .map_err(challenged)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn usage(
    State(portal): State<Arc<Portal>>,
    Path(environment): Path<String>,
    headers: HeaderMap,
    sent: Sent,
) -> Answer {
    let token = token_in(&headers);
    let part: UsagePart = match token {
        Some(_) => sent.json()?,
        None => return Err(challenged(PullDenied::Token.into())),
    };
    let taken = usage_intake::take(&portal.keeper, &environment, token, part)
        .await
        .map_err(challenged)?;
    ok(&taken)
}

fn challenged(failure: durward_app::Failure<PullDenied>) -> crate::shared::problem::Problem {
    let problem = told(failure);
    if problem.status() == StatusCode::UNAUTHORIZED {
        let realm = HeaderValue::from_static("Bearer realm=\"releases\"");
        return problem.with_header(header::WWW_AUTHENTICATE, realm);
    }
    problem
}
