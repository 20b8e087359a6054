//! Probes of an app's addresses, and dedicated domains.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::{delete, get, post};
use durward_app::partner::domains::{self, DomainRefusal};
use durward_app::partner::probes::{self, ProbeRefusal};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use serde::Deserialize;

use super::answers::{Answer, Sent, Told, answer, items, ok, told};
use super::apps::at;
use super::bearer::Call;
use super::routes::{Route, Who};

/// The calls of probes and domains.
pub(super) static ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/api/v1/apps/{handle}/{environment}/probes",
        summary: "What the newest probes of an app's addresses found, with their age.",
        who: Who::Member(Action::ViewApp),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("ProbeReport")),
        handler: || get(report),
    },
    Route {
        method: "POST",
        path: "/api/v1/apps/{handle}/{environment}/probes",
        summary: "Try an app's addresses now: hosts, certificates, key set, push endpoint, failure-to-proof page.",
        who: Who::Member(Action::RunProbes),
        events: &[Event::AppProbed],
        query: &[],
        body: None,
        answer: (200, Some("ProbeReport")),
        handler: || post(run),
    },
    Route {
        method: "GET",
        path: "/api/v1/teams/{team}/domains",
        summary: "The dedicated domains of a team, with the DNS record that proves each.",
        who: Who::Member(Action::ViewTeam),
        events: &[],
        query: &[],
        body: None,
        answer: (200, Some("DomainList")),
        handler: || get(list),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams/{team}/domains",
        summary: "Name a dedicated domain of a team; the answer tells which DNS record proves it.",
        who: Who::Member(Action::NameDomain),
        events: &[Event::DomainNamed],
        query: &[],
        body: Some("NewDomain"),
        answer: (201, Some("Domain")),
        handler: || post(name),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams/{team}/domains/{domain}/check",
        summary: "Ask the DNS whether it shows the token of the team.",
        who: Who::Member(Action::NameDomain),
        events: &[Event::DomainProved],
        query: &[],
        body: None,
        answer: (200, Some("Domain")),
        handler: || post(check),
    },
    Route {
        method: "POST",
        path: "/api/v1/teams/{team}/domains/{domain}/approve",
        summary: "Approve a dedicated domain that is proved; never one's own.",
        who: Who::Member(Action::ApproveDomain),
        events: &[Event::DomainApproved],
        query: &[],
        body: None,
        answer: (200, Some("Domain")),
        handler: || post(approve),
    },
    Route {
        method: "DELETE",
        path: "/api/v1/teams/{team}/domains/{domain}",
        summary: "Take a dedicated domain from a team.",
        who: Who::Member(Action::NameDomain),
        events: &[Event::DomainRemoved],
        query: &[],
        body: None,
        answer: (204, None),
        handler: || delete(remove),
    },
];

impl Told for ProbeRefusal {}
impl Told for DomainRefusal {}

async fn report(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let found = probes::report(&call.keeper, &call.member, &handle, at(&environment)?).await;
    ok(&found.map_err(told)?)
}

async fn run(call: Call, Path((handle, environment)): Path<(String, String)>) -> Answer {
    let environment = at(&environment)?;
    let found = probes::run(
        &call.keeper,
        &call.member,
        &handle,
        environment,
        &call.trace,
    )
    .await;
    ok(&found.map_err(told)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewDomain {
    domain: String,
}

async fn list(call: Call, Path(team): Path<String>) -> Answer {
    let found = domains::list(&call.keeper, &call.member, &team).await;
    items(&found.map_err(told)?)
}

async fn name(call: Call, Path(team): Path<String>, sent: Sent) -> Answer {
    let new: NewDomain = sent.json()?;
    let it = (team.as_str(), new.domain.as_str());
    let named = domains::name(&call.keeper, &call.member, it, &call.trace).await;
    answer(StatusCode::CREATED, &named.map_err(told)?)
}

async fn check(call: Call, Path((team, domain)): Path<(String, String)>) -> Answer {
    let it = (team.as_str(), domain.as_str());
    let found = domains::check(&call.keeper, &call.member, it, &call.trace).await;
    ok(&found.map_err(told)?)
}

async fn approve(call: Call, Path((team, domain)): Path<(String, String)>) -> Answer {
    let it = (team.as_str(), domain.as_str());
    let found = domains::approve(&call.keeper, &call.member, it, &call.trace).await;
    ok(&found.map_err(told)?)
}

async fn remove(call: Call, Path((team, domain)): Path<(String, String)>) -> Answer {
    let it = (team.as_str(), domain.as_str());
    domains::remove(&call.keeper, &call.member, it, &call.trace)
        .await
        .map_err(told)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
