//! What probes found of an app, and the dedicated domains of teams.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use durward_app::partner::domains::{self, DomainState, DomainView};
use durward_app::partner::members;
use durward_app::partner::probes::{self, ProbeReport};
use durward_domain::event::Event;
use durward_domain::permission::Action;
use durward_domain::probe::ProbeOutcome;

use super::desk::{self, Desk};
use super::parts::Mark;
use crate::pages::{shows, takes};
use crate::portal_router::Portal;
use crate::shared::forms::Posted;
use crate::shared::i18n::Words;
use crate::shared::page::{self, view};
use crate::shared::problem::Problem;
use crate::shared::route::{FORM, Needs, Route};

/// The pages of probes and domains.
pub const ROUTES: &[Route<Arc<Portal>>] = &[
    takes(
        "/apps/{handle}/{environment}/probes",
        FORM,
        &[Event::AppProbed],
        || post(run),
    )
    .may(Action::RunProbes),
    shows("/domains", || get(list)).may(Action::ViewTeam),
    takes("/domains", FORM, &[Event::DomainNamed], || post(name)).may(Action::NameDomain),
    takes("/domains/{team}/{domain}", FORM, DOMAIN_EVENTS, || {
        post(act)
    })
    .needs(Needs::AnyOf(&[Action::NameDomain, Action::ApproveDomain])),
];

const DOMAIN_EVENTS: &[Event] = &[
    Event::DomainProved,
    Event::DomainApproved,
    Event::DomainRemoved,
];

/// The probes on the pages of an app and of a request.
pub struct ProbePanel {
    /// Where the button goes.
    pub action: String,
    /// Whether the member may try again.
    pub may_run: bool,
    /// When it was tried last, in words.
    pub when: Option<String>,
    /// The results.
    pub lines: Vec<ProbeLine>,
}

/// One result.
pub struct ProbeLine {
    /// Which probe.
    pub id: &'static str,
    /// What it tries.
    pub title: String,
    /// Of what.
    pub target: String,
    /// `passed`, `warning`, `failed` or `skipped`.
    pub state: &'static str,
    /// The same in words.
    pub mark: Mark,
    /// What was found.
    pub sentence: String,
    /// How old it is.
    pub age: String,
}

impl ProbePanel {
    /// A report as pages show it.
    pub fn of(words: Words, report: &ProbeReport, may_run: bool) -> Self {
        let lines: Vec<ProbeLine> = report
            .items
            .iter()
            .map(|item| ProbeLine {
                id: item.probe,
                title: words.t(&format!("probe-{}", item.probe.replace('/', "-"))),
                target: item.target.clone(),
                state: item.outcome.as_str(),
                mark: mark(words, item.outcome, item.blocking),
                sentence: item.sentence.clone(),
                age: age(words, item.age_seconds),
            })
            .collect();
        Self {
            action: format!("/apps/{}/{}/probes", report.app, report.environment),
            may_run,
            when: report
                .items
                .first()
                .map(|item| age(words, item.age_seconds)),
            lines,
        }
    }
}

/// The panel of an app.
pub(super) async fn panel(
    desk: &Desk,
    handle: &str,
    environment: durward_domain::environment::EnvironmentName,
    team: &str,
) -> Result<ProbePanel, Response> {
    let report = probes::report(&desk.keeper, &desk.member, handle, environment)
        .await
        .map_err(|failure| desk.failed(failure, "/"))?;
    let may_run = desk.may(Action::RunProbes, team);
    Ok(ProbePanel::of(desk.words(), &report, may_run))
}

fn mark(words: Words, outcome: ProbeOutcome, blocking: bool) -> Mark {
    let shade = match outcome {
        ProbeOutcome::Passed => "good",
        ProbeOutcome::Failed if blocking => "stop",
        ProbeOutcome::Failed | ProbeOutcome::Warning => "wait",
        ProbeOutcome::Skipped => "",
    };
    Mark::new(shade, words.t(&format!("probe-is-{}", outcome.as_str())))
}

fn age(words: Words, seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or_default();
    match seconds {
        0..60 => words.t("probe-age-now"),
        60..3600 => words.t_count("probe-age-minutes", seconds / 60),
        3600..86_400 => words.t_count("probe-age-hours", seconds / 3600),
        _ => words.t_count("probe-age-days", seconds / 86_400),
    }
}

async fn run(
    desk: Desk,
    Path((handle, environment)): Path<(String, String)>,
    _: Posted,
) -> Result<Response, Response> {
    let environment = desk::environment(&environment)?;
    let back = format!("/apps/{handle}/{environment}/checklist");
    probes::run(
        &desk.keeper,
        &desk.member,
        &handle,
        environment,
        &desk.trace(),
    )
    .await
    .map_err(|failure| desk.failed(failure, &back))?;
    Ok(Redirect::to(&format!("{back}#probes")).into_response())
}

view! {
    /// The dedicated domains of the member's teams, and those that wait for approval.
    Domains in "portal/domains.html" {
        /// The teams for which the member may name one.
        teams: Vec<(String, String)>,
        /// What was typed.
        typed: String,
        /// Domains of the member's teams.
        own: Vec<DomainLine>,
        /// Domains that wait for the member's approval.
        waiting: Vec<DomainLine>,
    }
}

/// One domain on the page.
pub struct DomainLine {
    /// What it is and what proves it.
    pub domain: DomainView,
    /// The state in words.
    pub mark: Mark,
    /// Whether its DNS may be asked.
    pub may_check: bool,
    /// Whether it may be approved.
    pub may_approve: bool,
}

impl DomainLine {
    /// The end of its ids on the page.
    pub fn key(&self) -> String {
        format!(
            "{}_{}",
            self.domain.team,
            self.domain.domain.replace('.', "-")
        )
    }
}

async fn list(desk: Desk) -> Result<Response, Response> {
    render(&desk, String::new(), None).await
}

async fn name(desk: Desk, posted: Posted) -> Result<Response, Response> {
    let it = (posted.text("team"), posted.text("domain"));
    match domains::name(&desk.keeper, &desk.member, it, &desk.trace()).await {
        Ok(_) => Ok(Redirect::to("/domains").into_response()),
        Err(durward_app::Failure::Refused(no)) if no.is_of_the_name() => {
            let sentence = desk.words().refusal(&no);
            render(&desk, posted.text("domain").to_owned(), Some(sentence)).await
        }
        Err(failure) => Err(desk.failed(failure, "/domains")),
    }
}

async fn act(
    desk: Desk,
    Path((team, domain)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (it, trace) = ((team.as_str(), domain.as_str()), desk.trace());
    let (keeper, member) = (&desk.keeper, &desk.member);
    let done = if posted.has("approve") {
        domains::approve(keeper, member, it, &trace).await.map(drop)
    } else if posted.has("remove") {
        domains::remove(keeper, member, it, &trace).await
    } else {
        domains::check(keeper, member, it, &trace).await.map(drop)
    };
    done.map_err(|failure| desk.failed(failure, "/domains"))?;
    Ok(Redirect::to("/domains").into_response())
}

async fn render(desk: &Desk, typed: String, error: Option<String>) -> Result<Response, Response> {
    let (keeper, member, words) = (&desk.keeper, &desk.member, desk.words());
    let fault = |fault| Problem::from(fault).as_page().into_response();
    let all = members::teams(keeper, member).await.map_err(fault)?;
    let may_approve = desk.may_for_programme(Action::ApproveDomain);
    let line = |domain: DomainView, may_check: bool| DomainLine {
        mark: state(words, domain.state),
        may_check,
        may_approve: may_approve && domain.state == DomainState::Proved,
        domain,
    };
    let mut own = Vec::new();
    let mut teams = Vec::new();
    let own_teams = member.teams();
    let of_member = |(handle, _): &(String, String)| own_teams.contains(&handle.as_str());
    for (handle, title) in all.into_iter().filter(of_member) {
        let may = desk.may(Action::NameDomain, &handle);
        let found = domains::list(keeper, member, &handle)
            .await
            .map_err(|failure| desk.failed(failure, "/"))?;
        own.extend(found.into_iter().map(|domain| line(domain, may)));
        if may {
            teams.push((handle, title));
        }
    }
    let waiting = domains::waiting(keeper, member).await.map_err(fault)?;
    let mut page = desk.page("/domains");
    if let Some(sentence) = error {
        page = page.with_error("domain", sentence);
    }
    Ok(page::html(&Domains {
        page,
        teams,
        typed,
        own,
        waiting: waiting
            .into_iter()
            .map(|domain| line(domain, false))
            .collect(),
    }))
}

fn state(words: Words, state: DomainState) -> Mark {
    let shade = match state {
        DomainState::Named => "",
        DomainState::Proved => "wait",
        DomainState::Approved => "good",
    };
    Mark::new(shade, words.t(&format!("domain-is-{}", state.as_str())))
}

#[cfg(test)]
pub(super) mod tests {
    use askama::Template as _;
    use durward_domain::probe::Probe;

    use super::*;
    use crate::portal::samples;
    use crate::shared::i18n::Language;

    /// A panel with a result of each kind.
    pub(in crate::portal) fn panel(words: Words) -> ProbePanel {
        let outcomes = [
            ProbeOutcome::Passed,
            ProbeOutcome::Warning,
            ProbeOutcome::Failed,
            ProbeOutcome::Skipped,
        ];
        let ages = [5, 300, 7200, 200_000];
        let lines = Probe::ALL
            .iter()
            .zip(outcomes.into_iter().cycle().zip(ages.into_iter().cycle()))
            .map(|(probe, (outcome, seconds))| ProbeLine {
                id: probe.id(),
                title: words.t(&format!("probe-{}", probe.id().replace('/', "-"))),
                target: "https://licences.fisheries.gov".to_owned(),
                state: outcome.as_str(),
                mark: mark(words, outcome, probe.stops()),
                sentence: "It answers with status 200 after 35 ms.".to_owned(),
                age: age(words, seconds),
            })
            .collect();
        ProbePanel {
            action: "/apps/fishing-licence/production/probes".to_owned(),
            may_run: true,
            when: Some(age(words, 5)),
            lines,
        }
    }

    /// The page with domains in every state, and empty.
    pub(in crate::portal) fn samples(language: Language) -> Vec<String> {
        let words = Words::of(language);
        let line = |at: DomainState, may_check, may_approve| DomainLine {
            domain: DomainView {
                team: "fisheries-digital".to_owned(),
                domain: "fishing-licences.com".to_owned(),
                state: at,
                record_name: "_durward-challenge.fishing-licences.com".to_owned(),
                record_text: "durward-domain=AbCdEfGhIjKlMnOpQrStUvWxYz0123456789-_AbCdE"
                    .to_owned(),
                finding: "There is no TXT record yet.".to_owned(),
                checked: None,
                proved: None,
                approved: None,
            },
            mark: state(words, at),
            may_check,
            may_approve,
        };
        let full = Domains {
            page: samples::page(language, "/domains")
                .with_error("domain", "This is not a domain name."),
            teams: vec![(
                "fisheries-digital".to_owned(),
                "Fisheries Digital".to_owned(),
            )],
            typed: "fishing".to_owned(),
            own: vec![
                line(DomainState::Named, true, false),
                line(DomainState::Approved, false, false),
            ],
            waiting: vec![line(DomainState::Proved, false, true)],
        };
        let empty = Domains {
            page: samples::page(language, "/domains"),
            teams: Vec::new(),
            typed: String::new(),
            own: Vec::new(),
            waiting: Vec::new(),
        };
        [full.render(), empty.render()]
            .into_iter()
            .map(Result::unwrap_or_default)
            .collect()
    }
}
