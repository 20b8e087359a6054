//! Why a request at the door was answered as it was, by the request id that its page printed. No personal data.

mod encrypted;
mod explain;
mod logouts;
pub mod pasted;
mod reach;

use std::sync::Arc;

use durward_domain::environment::EnvironmentName;
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_oidc::evidence::{
    AssertionEvidence, Evidence, Outcome, Registered, Sent, Step, Stretch,
};
use durward_store::client_requests::RequestRow;
use durward_store::request_records::{self, RecordRow, Wanted};
use jiff::Timestamp;
use serde::Serialize;

use super::apps::{AppRefusal, Page, app};
use crate::actor::Member;
use crate::client::trail;
use crate::failure::{Failure, Fault};
use crate::jobs::keeper_feed;
use crate::keeper::{Keeper, time};
use reach::Reach;

/// One request of an app, with the sign-in that it was part of.
#[derive(Clone, Debug, Serialize)]
pub struct Inspected {
    /// As the answer's `X-Request-Id` and the error page print it.
    pub request_id: String,
    /// Where it was sent.
    pub environment: EnvironmentName,
    /// The app that sent it; none when its client id is not registered there.
    pub app: Option<String>,
    /// The client id that was sent.
    pub client_id: String,
    /// What happened in this sign-in, oldest first.
    pub steps: Vec<InspectedStep>,
    /// The tries to tell apps that the session ended which this request ended, oldest first.
    pub logouts: Vec<LogoutTry>,
    /// Which endpoint was asked.
    pub step: Step,
    /// What became of it.
    pub outcome: Outcome,
    /// The refusal's code.
    pub code: Option<String>,
    /// The refusal's sentence.
    pub sentence: Option<String>,
    /// The HTTP status.
    pub status: i64,
    /// Where the host of the redirect URI is, if it was sent.
    pub redirect_host: Option<String>,
    /// The sequence of the release that was served.
    pub release: u64,
    /// What was sent, as far as it is kept.
    pub sent: Vec<Sent>,
    /// What was registered, of what the refusal is about.
    pub registered: Vec<Registered>,
    /// Sent beside registered, letter by letter.
    pub differences: Vec<Difference>,
    /// The assertion that came with it.
    pub assertion: Option<AssertionEvidence>,
    /// What is wrong in the assertion.
    pub claims: Vec<Claim>,
    /// By how many seconds the sender's clock was ahead (negative: behind).
    pub skew_seconds: Option<i64>,
    /// The thumbprint of the key that verified the assertion.
    pub key: Option<String>,
    /// What the programme can tell besides.
    pub hints: Vec<Hint>,
    /// What would make the request pass.
    pub fix: Option<Fix>,
}

/// One thing that happened in a sign-in.
#[derive(Clone, Debug, Serialize)]
pub struct InspectedStep {
    /// When, by the environment's clock.
    pub time: Timestamp,
    /// What, from the catalogue of events where it has one.
    pub event: String,
    /// The code of the refusal, when it was one.
    pub code: Option<String>,
    /// The request.
    pub request_id: String,
    /// Which endpoint.
    pub step: Step,
    /// What became of it.
    pub outcome: Outcome,
    /// The HTTP status.
    pub status: i64,
}

/// One try to tell an app that a session ended.
#[derive(Clone, Debug, Serialize)]
pub struct LogoutTry {
    /// When.
    pub time: Timestamp,
    /// Which app.
    pub app: String,
    /// Whether it took it.
    pub outcome: Outcome,
    /// Why not, as a code.
    pub code: Option<String>,
    /// Why not, as a sentence.
    pub sentence: Option<String>,
    /// What it answered; 0 where it did not.
    pub status: i64,
    /// Which try it was.
    pub number: Option<i64>,
    /// When the next one is.
    pub next: Option<Timestamp>,
}

/// A sent value beside the registered one that is nearest to it.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The parameter.
    pub name: String,
    /// What was sent.
    pub sent: String,
    /// The nearest registered value.
    pub nearest: String,
    /// Both, in stretches that stand on one side or on both.
    pub parts: Vec<Stretch>,
}

/// A claim of an assertion beside what it must be.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    /// Its name.
    pub name: &'static str,
    /// What was sent.
    pub value: Option<String>,
    /// What it must be.
    pub expected: String,
    /// Whether it is.
    pub passes: bool,
}

/// Something that the programme knows and that may explain a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Hint {
    /// Which: the words of the pages are named after it.
    pub kind: &'static str,
    /// What it names: an environment, a client id, a URI, a key.
    pub value: String,
}

/// A change of the configuration that lets the request pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// The setting, as a JSON Pointer of the app document.
    pub path: &'static str,
    /// What is added to it.
    pub add: String,
}

/// One request in a list.
#[derive(Clone, Debug, Serialize)]
pub struct RequestSummary {
    /// The request.
    pub request_id: String,
    /// When.
    pub time: Timestamp,
    /// Which endpoint.
    pub step: Step,
    /// What became of it.
    pub outcome: Outcome,
    /// The refusal's code.
    pub code: Option<String>,
    /// The HTTP status.
    pub status: i64,
    /// The client id that was sent.
    pub client_id: String,
    /// The host of the redirect URI that was sent.
    pub redirect_host: Option<String>,
    /// The thumbprint of the key that verified the assertion.
    pub key: Option<String>,
}

/// Which requests are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this step.
    pub step: Option<Step>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// With this refusal code.
    pub code: Option<String>,
    /// From this time on.
    pub from: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// The requests before this one; what [`Page::next`] said.
    pub before: Option<i64>,
    /// How many at most.
    pub most: usize,
}

/// Finds a request of one of the member's apps, or one of an unknown client id that wanted to go back to a verified host
/// of the member's team.
///
/// # Errors
/// [`NotFound`] when nobody knows it, or it is not the member's to see.
pub async fn inspect(
    keeper: &Arc<Keeper>,
    member: &Member,
    request_id: &str,
) -> Result<Inspected, Failure<NotFound>> {
    let missing = || Failure::Refused(NotFound);
    if request_id.is_empty() || request_id.len() > LONGEST_ID || request_id.contains('\0') {
        return Err(missing());
    }
    keeper_feed::pull_now(keeper).await?;
    let wanted = request_id.to_owned();
    let rows = keeper
        .store
        .read(move |c| request_records::by_request(c, &wanted))
        .await?;
    let reach = Reach::of(keeper, member).await?;
    for row in rows {
        if reach.sees(&row) {
            return Ok(explain::explain(keeper, &reach, row).await?);
        }
    }
    Err(missing())
}

/// Requests of one configuration, newest first.
///
/// # Errors
/// [`AppRefusal::NotFound`] when there is none that the member may see.
pub async fn requests(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
    filter: &Filter,
) -> Result<Page<RequestSummary>, Failure<AppRefusal>> {
    app(keeper, member, handle, environment).await?;
    keeper_feed::pull_now(keeper).await?;
    let most = filter.most.clamp(1, MOST);
    let us = |time: Option<Timestamp>| time.map_or(0, Timestamp::as_microsecond);
    let wanted = Wanted {
        before: filter.before.unwrap_or_default(),
        step: filter.step.map(Step::as_str).unwrap_or_default().to_owned(),
        outcome: filter
            .outcome
            .map(Outcome::as_str)
            .unwrap_or_default()
            .to_owned(),
        code: filter.code.clone().unwrap_or_default(),
        from_us: us(filter.from),
        until_us: us(filter.until),
        most: i64::try_from(most + 1).unwrap_or(i64::MAX),
    };
    let handle = handle.to_owned();
    let mut rows = keeper
        .store
        .read(move |c| request_records::of_app(c, environment.as_str(), &handle, &wanted))
        .await?;
    let more = rows.len() > most;
    rows.truncate(most);
    Ok(Page {
        next: rows
            .last()
            .filter(|_| more)
            .map(|row| row.request.seq.to_string()),
        items: rows
            .into_iter()
            .map(|row| summary(row.request))
            .collect::<Result<_, Fault>>()?,
    })
}

/// The latest requests of unknown client ids that wanted to go back to a verified host of a configuration's team.
///
/// # Errors
/// As [`requests`].
pub async fn unmatched(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
) -> Result<Vec<RequestSummary>, Failure<AppRefusal>> {
    let view = app(keeper, member, handle, environment).await?;
    let hosts = reach::verified_hosts(keeper, &view.summary.team).await?;
    let mut rows = Vec::new();
    for host in hosts.exact.iter().take(MOST_HOSTS) {
        let host = host.clone();
        let found = keeper
            .store
            .read(move |c| request_records::unmatched(c, environment.as_str(), &host, 0, FEW))
            .await?;
        rows.extend(found);
    }
    if !hosts.domains.is_empty() {
        // No index knows the hosts below a domain: they are looked for among the latest.
        let latest = keeper
            .store
            .read(move |c| request_records::unmatched_latest(c, environment.as_str(), LATEST))
            .await?;
        rows.extend(latest.into_iter().filter(|row| {
            let host = row.request.redirect_host.as_deref();
            host.is_some_and(|host| hosts.has(host))
        }));
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.request.seq));
    rows.dedup_by_key(|row| row.request.seq);
    rows.truncate(usize::try_from(FEW).unwrap_or(usize::MAX));
    Ok(rows
        .into_iter()
        .map(|row| summary(row.request))
        .collect::<Result<_, Fault>>()?)
}

/// When each registered redirect URI of a configuration was last used, the last used first.
///
/// # Errors
/// As [`requests`].
pub async fn redirect_uses(
    keeper: &Arc<Keeper>,
    member: &Member,
    (handle, environment): (&str, EnvironmentName),
) -> Result<Vec<(String, Timestamp)>, Failure<AppRefusal>> {
    app(keeper, member, handle, environment).await?;
    let handle = handle.to_owned();
    let uses = keeper
        .store
        .read(move |c| request_records::uses_of(c, environment.as_str(), &handle, trail::REDIRECT))
        .await?;
    let mut last: Vec<(String, Timestamp)> = Vec::new();
    for one in uses {
        if !last.iter().any(|(uri, _)| *uri == one.value) {
            last.push((one.value, time(one.last_us)));
        }
    }
    Ok(last)
}

fn summary(row: RequestRow) -> Result<RequestSummary, Fault> {
    let (step, outcome) = kinds(&row)?;
    Ok(RequestSummary {
        request_id: row.request_id,
        time: time(row.at_us),
        step,
        outcome,
        code: row.code,
        status: row.status,
        client_id: row.client_id,
        redirect_host: row.redirect_host,
        key: row.key_id,
    })
}

fn kinds(row: &RequestRow) -> Result<(Step, Outcome), Fault> {
    Step::parse(&row.step)
        .zip(Outcome::parse(&row.outcome))
        .ok_or_else(|| Fault::internal("a request record names an unknown step or outcome"))
}

fn evidence(row: &RecordRow) -> Evidence {
    // A newer version may have written more than this one knows.
    serde_json::from_str(&row.request.detail).unwrap_or_default()
}

/// There is no such request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "No environment knows a request of your apps with this id. Copy the id from the error page."
)]
pub struct NotFound;

impl Refuse for NotFound {
    fn code(&self) -> &'static str {
        "inspector/not-found"
    }

    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }
}

const LONGEST_ID: usize = 100;
const MOST: usize = 200;
const MOST_HOSTS: usize = 50;
const FEW: i64 = 20;
const LATEST: i64 = 2_000;
