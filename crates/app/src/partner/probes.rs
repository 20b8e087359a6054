//! Tries an app's addresses from outside and keeps what was found.
//!
//! Calls are made outside units of work; only their results are written.

mod certificates;
mod page;
mod push;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;
mod turned;
mod way;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use durward_domain::application::AppDocument;
use durward_domain::environment::EnvironmentName;
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::probe::{Probe, ProbeFact, ProbeOutcome};
use durward_domain::refusal::{RefusalKind, Refuse};
use durward_store::probes::{self, ResultRow};
use durward_store::{Conn, Fault as StoreFault, counters, domains};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::json;
use tokio::task::JoinSet;
use url::{Host, Url};

use super::apps::{self, AppRefusal};
use crate::actor::{Actor, Belongs, Member};
use crate::client::key_source;
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Happened, Keeper, time};
use crate::ports::outbound::OutboundRefusal;
use crate::record::Trace;

pub(crate) use turned::daily;

/// What the newest run found.
#[derive(Clone, Debug, Serialize)]
pub struct ProbeReport {
    /// The app.
    pub app: String,
    /// The environment of the configuration.
    pub environment: EnvironmentName,
    /// When it was probed last; nothing before the first time.
    pub probed: Option<Timestamp>,
    /// The results for the addresses that the configuration has now.
    pub items: Vec<ProbeResult>,
}

/// What one probe of one target found.
#[derive(Clone, Debug, Serialize)]
pub struct ProbeResult {
    /// Which probe.
    pub probe: &'static str,
    /// What it tries.
    pub title: &'static str,
    /// The rule of the checklist that it belongs to.
    pub rule: &'static str,
    /// Of what: an address or a domain.
    pub target: String,
    /// What it found.
    pub outcome: ProbeOutcome,
    /// Whether this stops a launch.
    pub blocking: bool,
    /// The code of what is wrong.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub code: String,
    /// What was found, as a sentence.
    pub sentence: String,
    /// How long it took, in milliseconds.
    pub took_ms: i64,
    /// When.
    pub probed: Timestamp,
    /// How long ago, in seconds.
    pub age_seconds: i64,
}

/// What the newest run found.
///
/// # Errors
/// [`ProbeRefusal`] when the member may not see the app, or a fault.
pub async fn report(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<ProbeReport, Failure<ProbeRefusal>> {
    let app = found(apps::app(keeper, member, handle, environment).await)?;
    Ok(newest(keeper, &app.document).await?)
}

/// Tries everything now.
///
/// # Errors
/// [`ProbeRefusal`] when the member may not, or when it was asked too often.
pub async fn run(
    keeper: &Arc<Keeper>,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
    trace: &Trace,
) -> Result<ProbeReport, Failure<ProbeRefusal>> {
    let app = found(apps::app(keeper, member, handle, environment).await)?;
    let team = Belongs::ToTeam(app.document.team.as_str());
    let now = keeper.clock.real_now();
    member
        .may(Action::RunProbes, team, now)
        .map_err(|denied| Failure::Refused(AppRefusal::from(denied).into()))?;
    if let Some(seconds) = wait(keeper, &app.document).await? {
        return Err(Failure::Refused(ProbeRefusal::TooOften { seconds }));
    }
    try_all(keeper, &app.document, &member.actor(), Some(trace)).await?;
    Ok(newest(keeper, &app.document).await?)
}

/// Tries everything unless that was done within the hour: before a request is sent.
///
/// # Errors
/// A fault.
pub async fn freshen(
    keeper: &Arc<Keeper>,
    document: &AppDocument,
    actor: &Actor,
    trace: &Trace,
) -> Result<(), Fault> {
    let known = newest(keeper, document).await?;
    let targets = targets(keeper, document).await?;
    let complete = known.items.len() == targets.len();
    let recent = known
        .probed
        .is_some_and(|at| keeper.clock.real_now().duration_since(at) < RECENT);
    if !(complete && recent) && wait(keeper, document).await?.is_none() {
        try_all(keeper, document, actor, Some(trace)).await?;
    }
    Ok(())
}

/// Counts a run; how many seconds to wait when there were too many.
async fn wait(keeper: &Keeper, document: &AppDocument) -> Result<Option<i64>, Fault> {
    let name = format!("probes:{}:{}", document.handle, document.environment);
    let now = keeper.clock.real_now();
    let count = keeper
        .store
        .write(move |c| counters::hit(c, &name, WINDOW, now))
        .await?;
    let seconds = count.until.duration_since(now).as_secs().max(1);
    Ok((count.hits > MOST_IN_WINDOW).then_some(seconds))
}

/// Tries everything of one configuration and keeps the results.
async fn try_all(
    keeper: &Arc<Keeper>,
    document: &AppDocument,
    actor: &Actor,
    trace: Option<&Trace>,
) -> Result<(), Fault> {
    let rows = attempt(keeper, document).await?;
    let unit = Arc::clone(keeper);
    let (handle, environment) = (document.handle.to_string(), document.environment);
    let (actor, trace) = (actor.clone(), trace.cloned());
    keeper
        .store
        .write(move |c| {
            let of = (handle.as_str(), environment);
            keep(c, &unit, of, &rows, (&actor, trace.as_ref()))
        })
        .await?;
    Ok(())
}

/// Tries everything of one configuration.
async fn attempt(keeper: &Arc<Keeper>, document: &AppDocument) -> Result<Vec<ResultRow>, Fault> {
    let mut running = JoinSet::new();
    let mut calls: BTreeMap<(Kind, String), Vec<Probe>> = BTreeMap::new();
    for (probe, target) in targets(keeper, document).await? {
        calls
            .entry((Kind::of(probe), target))
            .or_default()
            .push(probe);
    }
    for ((kind, target), wanted) in calls {
        let (keeper, document) = (Arc::clone(keeper), document.clone());
        running.spawn(async move {
            let found =
                tokio::time::timeout(LONGEST, tried(&keeper, &document, kind, &target)).await;
            let found = found.unwrap_or_default();
            wanted
                .into_iter()
                .map(|probe| {
                    let finding = found.iter().find(|(of, _)| *of == probe);
                    let finding = finding.map(|(_, finding)| finding.clone());
                    (probe, target.clone(), finding.unwrap_or_else(Finding::late))
                })
                .collect::<Vec<_>>()
        });
    }
    let mut rows = Vec::new();
    while let Some(found) = running.join_next().await {
        let found = found.map_err(|_| Fault::internal("a probe was interrupted"))?;
        rows.extend(found.into_iter().map(|(probe, target, finding)| ResultRow {
            probe: probe.id().to_owned(),
            target,
            outcome: finding.outcome.as_str().to_owned(),
            code: finding.code.to_owned(),
            sentence: finding.sentence,
            took_us: i64::try_from(finding.took.as_micros()).unwrap_or(i64::MAX),
            probed_us: 0,
        }));
    }
    Ok(rows)
}

/// Keeps what a run found.
fn keep(
    c: &mut Conn,
    keeper: &Keeper,
    (handle, environment): (&str, EnvironmentName),
    rows: &[ResultRow],
    (actor, trace): (&Actor, Option<&Trace>),
) -> Result<(), StoreFault> {
    let now_us = keeper.clock.real_now().as_microsecond();
    probes::put_run(c, (handle, environment.as_str()), rows, now_us)?;
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.outcome.as_str()).or_default() += 1;
    }
    keeper.record(
        c,
        &Happened {
            actor,
            event: Event::AppProbed,
            subject: handle,
            trace,
            detail: json!({ "environment": environment, "results": counts }),
        },
    )
}

/// The results that count for what a configuration says now.
pub(crate) async fn facts(
    keeper: &Keeper,
    document: &AppDocument,
) -> Result<Vec<ProbeFact>, Fault> {
    let report = newest(keeper, document).await?;
    let known = report.items.into_iter().filter_map(|item| {
        Some(ProbeFact {
            probe: Probe::parse(item.probe)?,
            target: item.target,
            outcome: item.outcome,
            sentence: item.sentence,
        })
    });
    Ok(known.collect())
}

/// The newest results of what a configuration says now: those of addresses that it no longer has are left out.
pub(crate) async fn newest(keeper: &Keeper, document: &AppDocument) -> Result<ProbeReport, Fault> {
    let (handle, environment) = (document.handle.to_string(), document.environment);
    let (rows, probed_us) = keeper
        .store
        .read(move |c| {
            let rows = probes::results(c, &handle, environment.as_str())?;
            Ok((rows, probes::last_run(c, &handle, environment.as_str())?))
        })
        .await?;
    let now = keeper.clock.real_now();
    let wanted = targets(keeper, document).await?;
    let items = wanted
        .into_iter()
        .filter_map(|(probe, target)| {
            let row = rows
                .iter()
                .find(|row| row.probe == probe.id() && row.target == target)?;
            Some((probe, target, row))
        })
        .map(|(probe, target, row)| {
            let outcome = ProbeOutcome::parse(&row.outcome)
                .ok_or_else(|| Fault::new(FaultKind::Corrupt, "a stored probe outcome"))?;
            let probed = time(row.probed_us);
            Ok(ProbeResult {
                probe: probe.id(),
                title: probe.sentence(),
                rule: probe.rule(),
                target,
                outcome,
                blocking: outcome == ProbeOutcome::Failed && probe.stops(),
                code: row.code.clone(),
                sentence: row.sentence.clone(),
                took_ms: row.took_us / 1000,
                probed,
                age_seconds: now.duration_since(probed).as_secs().max(0),
            })
        })
        .collect::<Result<_, Fault>>()?;
    Ok(ProbeReport {
        app: document.handle.to_string(),
        environment,
        probed: probed_us.map(time),
        items,
    })
}

/// Why probes were not run or shown.
#[derive(Debug, thiserror::Error)]
pub enum ProbeRefusal {
    /// The app cannot be seen, or the member may not.
    #[error(transparent)]
    App(#[from] AppRefusal),
    /// Too many runs.
    #[error(
        "This app's addresses were tried several times just now. Try again in {seconds} seconds."
    )]
    TooOften {
        /// How long to wait.
        seconds: i64,
    },
}

impl Refuse for ProbeRefusal {
    fn code(&self) -> &'static str {
        match self {
            Self::App(refusal) => refusal.code(),
            Self::TooOften { .. } => "probes/too-often",
        }
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::App(refusal) => refusal.kind(),
            Self::TooOften { .. } => RefusalKind::TooMany,
        }
    }
}

fn found<T>(outcome: Result<T, Failure<AppRefusal>>) -> Result<T, Failure<ProbeRefusal>> {
    outcome.map_err(|failure| match failure {
        Failure::Refused(refusal) => Failure::Refused(refusal.into()),
        Failure::Fault(fault) => Failure::Fault(fault),
    })
}

/// What a probe of one target found.
#[derive(Clone, Debug)]
struct Finding {
    outcome: ProbeOutcome,
    code: &'static str,
    sentence: String,
    took: Duration,
}

impl Finding {
    fn new(outcome: ProbeOutcome, code: &'static str, sentence: impl Into<String>) -> Self {
        let sentence = sentence.into();
        Self {
            outcome,
            code,
            sentence,
            took: Duration::ZERO,
        }
    }

    fn passed(sentence: impl Into<String>) -> Self {
        Self::new(ProbeOutcome::Passed, "", sentence)
    }

    fn skipped(sentence: impl Into<String>) -> Self {
        Self::new(ProbeOutcome::Skipped, "", sentence)
    }

    fn late() -> Self {
        let sentence = "The probe took too long and was given up.";
        Self::new(ProbeOutcome::Failed, "probe/too-slow", sentence)
    }

    fn took(mut self, took: Duration) -> Self {
        self.took = took;
        self
    }

    /// A call that was not made or not answered. In a demonstration most names are fictional: not to be found stops
    /// nothing there, and in the sandbox an address inside the team's network is fine.
    fn refused(keeper: &Keeper, environment: EnvironmentName, refusal: &OutboundRefusal) -> Self {
        use OutboundRefusal as R;
        let out_of_reach = matches!(
            refusal,
            R::NameUnknown { .. }
                | R::PrivateAddress { .. }
                | R::Unreachable { .. }
                | R::TooSlow { .. }
        );
        let inside = matches!(refusal, R::PrivateAddress { .. } | R::PlainHttp { .. });
        let outcome = if inside && !environment.class().is_live() {
            ProbeOutcome::Skipped
        } else if out_of_reach && keeper.demo {
            ProbeOutcome::Warning
        } else {
            ProbeOutcome::Failed
        };
        Self::new(outcome, refusal.code(), refusal.to_string())
    }
}

/// Which probes one call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Origin,
    Keys,
    Push,
    Page,
    Domain,
    Way,
}

impl Kind {
    fn of(probe: Probe) -> Self {
        match probe {
            Probe::Reachable | Probe::Certificate | Probe::Hsts => Self::Origin,
            Probe::Domain => Self::Domain,
            Probe::Keys => Self::Keys,
            Probe::PushAccepts | Probe::PushRefuses => Self::Push,
            Probe::PassThrough => Self::Way,
            Probe::FailureToProof => Self::Page,
        }
    }
}

async fn tried(
    keeper: &Keeper,
    document: &AppDocument,
    kind: Kind,
    target: &str,
) -> Vec<(Probe, Finding)> {
    let environment = document.environment;
    match kind {
        Kind::Origin => certificates::origin(keeper, environment, target).await,
        Kind::Keys => vec![(Probe::Keys, keys(keeper, environment, target).await)],
        Kind::Push => push::push(keeper, document, target).await,
        Kind::Page => vec![(
            Probe::FailureToProof,
            page::page(keeper, environment, target).await,
        )],
        Kind::Domain => vec![(Probe::Domain, domain(keeper, document, target).await)],
        Kind::Way => vec![(Probe::PassThrough, way::way(keeper, document, target).await)],
    }
}

async fn keys(keeper: &Keeper, environment: EnvironmentName, uri: &str) -> Finding {
    match key_source::fetch(&keeper.outbound, uri).await {
        Ok(set) if set.len() == 1 => {
            Finding::passed("One public key for signatures, with its own id.")
        }
        Ok(set) => Finding::passed(format!(
            "{} public keys for signatures, each with its own id.",
            set.len()
        )),
        Err(key_source::KeysFault::Call(refusal)) => {
            Finding::refused(keeper, environment, &refusal)
        }
        Err(fault) => Finding::new(ProbeOutcome::Failed, "keys/unsound", fault.to_string()),
    }
}

async fn domain(keeper: &Keeper, document: &AppDocument, name: &str) -> Finding {
    let (team, domain) = (document.team.to_string(), name.to_owned());
    let row = keeper
        .store
        .read(move |c| domains::find(c, &team, &domain))
        .await;
    let Ok(Some(row)) = row else {
        return Finding::skipped("The domain is not the team's any more.");
    };
    match super::domains::shown(keeper, name, &row.token).await {
        Ok(()) => Finding::passed("Its DNS shows the team's token."),
        Err(why) => Finding::new(ProbeOutcome::Warning, "domain/not-shown", why),
    }
}

/// What a configuration gives to try, in the order of pages. Private-use schemes of native apps are no hosts.
async fn targets(keeper: &Keeper, document: &AppDocument) -> Result<Vec<(Probe, String)>, Fault> {
    let team = document.team.to_string();
    let owned = keeper
        .store
        .read(move |c| domains::of_team(c, &team))
        .await?;
    let mut origins: Vec<String> = Vec::new();
    let mut dedicated: Vec<String> = Vec::new();
    for url in addresses(document) {
        let Ok(url) = Url::parse(url) else { continue };
        if !matches!(url.scheme(), "https" | "http") {
            continue;
        }
        let origin = url.origin().ascii_serialization();
        if !origins.contains(&origin) && origins.len() < MOST_ORIGINS {
            origins.push(origin);
        }
        if let Some(Host::Domain(host)) = url.host() {
            let of = |row: &&domains::DomainRow| {
                host == row.domain || host.ends_with(&format!(".{}", row.domain))
            };
            let row = owned.iter().filter(|row| row.proved_us.is_some()).find(of);
            if let Some(row) = row
                && !dedicated.contains(&row.domain)
            {
                dedicated.push(row.domain.clone());
            }
        }
    }
    let mut targets = Vec::new();
    for origin in origins {
        let probes = [Probe::Reachable, Probe::Certificate, Probe::Hsts];
        targets.extend(probes.map(|probe| (probe, origin.clone())));
    }
    targets.extend(dedicated.into_iter().map(|domain| (Probe::Domain, domain)));
    let ways = document.redirect_uris().iter().filter(|uri| {
        let scheme = Url::parse(uri).map(|url| url.scheme().to_owned());
        scheme.is_ok_and(|scheme| matches!(scheme.as_str(), "https" | "http"))
    });
    let ways = ways.take(MOST_WAYS).cloned();
    targets.extend(ways.map(|uri| (Probe::PassThrough, uri)));
    let keys = document
        .oidc
        .as_ref()
        .and_then(|oidc| oidc.jwks_uri.clone());
    targets.extend(keys.map(|uri| (Probe::Keys, uri)));
    if let Some(url) = &document.push_notification_url {
        targets.push((Probe::PushAccepts, url.clone()));
        targets.push((Probe::PushRefuses, url.clone()));
    }
    let page = document.failure_to_proof_url.clone();
    targets.extend(page.map(|url| (Probe::FailureToProof, url)));
    Ok(targets)
}

/// The addresses that people's browsers and the identity provider go to.
fn addresses(document: &AppDocument) -> impl Iterator<Item = &String> {
    let oidc = document.oidc.iter().flat_map(|oidc| {
        let lists = oidc
            .redirect_uris
            .iter()
            .chain(&oidc.post_logout_redirect_uris);
        lists.chain(&oidc.backchannel_logout_uri)
    });
    let saml = document
        .saml
        .iter()
        .flat_map(|saml| saml.acs_urls.iter().chain(&saml.logout_url));
    oidc.chain(saml).chain(&document.return_to_app_url)
}

const WINDOW: Duration = Duration::from_secs(60);
/// A run calls several servers of others: a few a minute are enough to try a repair.
const MOST_IN_WINDOW: i64 = 6;
const MOST_ORIGINS: usize = 10;
const MOST_WAYS: usize = 10;
/// One call with its limits, and one more after it.
const LONGEST: Duration = Duration::from_secs(12);
const RECENT: SignedDuration = SignedDuration::from_hours(1);
