//! The production checklist of a request, judged from what the portal knows.

mod trial;

use std::collections::BTreeMap;

use durward_domain::agreement::{self, Agreement, LaunchQuestion};
use durward_domain::application::AppDocument;
use durward_domain::calendar::{Explained, Step};
use durward_domain::change::{self, Judged};
use durward_domain::environment::EnvironmentName;
use durward_domain::launch::checklist::{self, ChecklistFacts, ChecklistItem};
use durward_domain::launch::{LaunchBody, working_days_after};
use durward_domain::lint::Finding;
use durward_domain::permission::Action;
use durward_store::launches::LaunchRow;
use durward_store::{Conn, Fault as StoreFault, apps, releases};
use jiff::civil::Date;

use super::agreements::{canonical, current};
use super::apps::document_of;
use super::calendar;
use super::evidence;
use super::launches::{Stored, window_for};
use super::lint::known;
use super::probes;
use super::requests::document;
use crate::actor::{Belongs, Member};
use crate::failure::{Fault, FaultKind};
use crate::keeper::Keeper;

pub use trial::tried;

/// A request as the rules see it now.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The checklist, in the order of its rules.
    pub items: Vec<ChecklistItem>,
    /// The rules that are open and stop the submission.
    pub open: Vec<String>,
    /// What the validator found.
    pub findings: Vec<Finding>,
    /// The earliest window for a submission now, with its reasons; nothing when the calendar has none.
    pub earliest: Option<Explained>,
    /// The reasons, also for that there is none.
    pub reasons: Vec<Step>,
    /// The window that the request would get: the earliest, or the first one on or after the day that is wished for.
    pub window: Option<Explained>,
    /// The first day on which the public should use the app; nothing when there is no window.
    pub grace_ends: Option<Date>,
    /// What is live in the environment now.
    pub live: Option<AppDocument>,
    /// The revision that is live.
    pub live_revision: Option<String>,
    /// How weighty the difference to it is, and how many people must approve.
    pub judged: Judged,
}

/// Judges what a request asks for, as if it were submitted on the keeper's day.
///
/// # Errors
/// A fault.
pub async fn assess(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
    body: &LaunchBody,
) -> Result<Assessment, Fault> {
    judge(keeper, member, document, body, false).await
}

/// Judges the sandbox's configuration as if it were for production: what a launch would still need.
///
/// # Errors
/// A fault.
pub async fn rehearse(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
    body: &LaunchBody,
) -> Result<Assessment, Fault> {
    let (mut document, mut body) = (document.clone(), body.clone());
    document.environment = EnvironmentName::Production;
    body.environment = EnvironmentName::Production;
    judge(keeper, member, &document, &body, true).await
}

async fn judge(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
    body: &LaunchBody,
    rehearsal: bool,
) -> Result<Assessment, Fault> {
    let found = gather(keeper, document, body).await?;
    let mut known = known(keeper, document).await?;
    if rehearsal {
        known = known.rehearsed();
    }
    let domains = known.domains.clone();
    let findings = known.judge(keeper, document, found.agreement.as_ref());
    let judged = match &body.retire {
        Some(reason) => change::judge_retirement(reason, &keeper.programme),
        None => change::judge(found.live.as_ref(), document, &keeper.programme, &domains),
    };
    let calendar = calendar::current(keeper).await?;
    let ask = calendar::ask_now(keeper, judged.notice).of(document.team.as_str(), body.environment);
    let (earliest, reasons) = match calendar.earliest(&ask) {
        Ok(found) => (Some(found.clone()), found.steps),
        Err(none) => (None, none.steps),
    };
    let window = earliest
        .clone()
        .map(|found| window_for(&calendar, &ask, found, body.desired_date));
    let first = earliest.as_ref().map(|found| found.earliest);
    let on = window
        .as_ref()
        .map_or_else(|| keeper.today(), |found| found.earliest);
    let grace_ends = working_days_after(&calendar, on, keeper.programme.review.grace_days);
    let mut items = checklist::checklist(&ChecklistFacts {
        document,
        findings: &findings,
        body,
        agreement: found.agreement.as_ref(),
        earliest: first,
        window: on,
        live: found.live.as_ref(),
        rehearsal,
        requester_may_launch: member.reaches(
            Action::RequestLaunch,
            Belongs::ToTeam(document.team.as_str()),
        ),
        issuer_taken: found.issuer_taken,
        issuer_in_sandbox: found.issuer_in_sandbox,
        sandbox: found.sandbox.as_ref(),
        trial: trial::of(keeper, document).await?,
        atos: &evidence::atos(keeper, document.handle.as_str(), document.environment).await?,
        ends_soon_days: keeper.programme.review.evidence_days,
        grace_ends,
        probes: &probes::facts(keeper, document).await?,
        waivers: &BTreeMap::new(),
    });
    if body.retire.is_some() {
        // What ends needs nothing of what a launch needs.
        items.clear();
    }
    Ok(Assessment {
        open: checklist::open_blocking(&items),
        items,
        findings,
        earliest,
        reasons,
        grace_ends: window.as_ref().map(|_| grace_ends),
        window,
        live: found.live,
        live_revision: found.live_revision,
        judged,
    })
}

/// What the agreement of a request lacks on a day; nothing while it holds.
pub(crate) async fn agreement_stops(
    keeper: &Keeper,
    row: &LaunchRow,
    on: Date,
) -> Result<Option<String>, Fault> {
    let body = Stored::read(row)?.body;
    if body.retire.is_some() {
        return Ok(None);
    }
    let document = document(keeper, &row.revision_id).await?;
    let found = gather(keeper, &document, &body).await?;
    let question = LaunchQuestion {
        app_name: &document.app_name,
        level: document.level_of_service,
        on,
    };
    Ok(agreement::checks(found.agreement.as_ref(), question)
        .into_iter()
        .find(|check| !check.passed)
        .map(|check| check.sentence))
}

struct Found {
    agreement: Option<Agreement>,
    live: Option<AppDocument>,
    live_revision: Option<String>,
    sandbox: Option<AppDocument>,
    issuer_taken: bool,
    issuer_in_sandbox: bool,
}

async fn gather(
    keeper: &Keeper,
    document: &AppDocument,
    body: &LaunchBody,
) -> Result<Found, Fault> {
    let number = body
        .agreement
        .as_deref()
        .map(|text| canonical(keeper, text));
    let (handle, team, issuer) = (
        document.handle.to_string(),
        document.team.to_string(),
        document.issuer.clone(),
    );
    let environment = document.environment.as_str();
    let (agreement, live, sandbox, users) = keeper
        .store
        .read(move |c| {
            let agreement = match &number {
                Some(number) => current(c, number)?,
                None => None,
            };
            // Another agency's agreement is none: its number tells nothing to this team.
            let agency = durward_store::members::find_team(c, &team)?.map(|team| team.agency_id);
            let agreement = agreement.filter(|row| Some(&row.agency_id) == agency.as_ref());
            let live = match releases::app_in(c, environment, &handle)? {
                Some((revision, _)) => apps::find_revision(c, &revision)?,
                None => None,
            };
            let sandbox = apps::find_configuration(c, &handle, EnvironmentName::Sandbox.as_str())?;
            let users = issuer_users(c, (&handle, &team), environment, &issuer)?;
            Ok((agreement, live, sandbox, users))
        })
        .await?;
    Ok(Found {
        agreement: agreement
            .map(|row| agreement_of(&row.document))
            .transpose()?,
        live_revision: live.as_ref().map(|row| row.revision_id.clone()),
        live: live.map(|row| document_of(&row.document)).transpose()?,
        sandbox: sandbox.map(|row| document_of(&row.document)).transpose()?,
        issuer_taken: users.iter().any(|name| name.class().is_live()),
        issuer_in_sandbox: !users.is_empty(),
    })
}

/// Where somebody else uses the issuer: in the app's own environment another app, elsewhere an app of another team.
fn issuer_users(
    c: &mut Conn,
    (handle, team): (&str, &str),
    environment: &str,
    issuer: &str,
) -> Result<Vec<EnvironmentName>, StoreFault> {
    let mut users = Vec::new();
    for name in EnvironmentName::ALL {
        let owner = apps::issuer_owner(c, name.as_str(), issuer)?;
        let Some(owner) = owner.filter(|owner| owner != handle) else {
            continue;
        };
        let is_same_team = apps::team_of(c, &owner)?.as_deref() == Some(team);
        if name.as_str() == environment || !is_same_team {
            users.push(name);
        }
    }
    Ok(users)
}

/// Reads an agreement that was kept.
pub(crate) fn agreement_of(text: &str) -> Result<Agreement, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::new(FaultKind::Corrupt, format!("a stored agreement: {error}")))
}
