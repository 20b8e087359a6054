//! The one validator, with what the portal knows: the team's domains, other apps, waivers, the keeper's day.

use std::collections::BTreeSet;

use durward_domain::agreement::Agreement;
use durward_domain::application::{AppDocument, Key};
use durward_domain::environment::EnvironmentName;
use durward_domain::level::LevelOfService;
use durward_domain::lint::{self, Fact, FactKind, Finding, LintContext, Others, Syntax};
use durward_domain::permission::Action;
use durward_store::validator::WaiverRow;
use durward_store::{apps, members, validator};
use jiff::Timestamp;
use serde::Serialize;

use super::apps::{AppRefusal, document_of};
use super::waivers;
use crate::actor::{Belongs, Denied, Member};
use crate::failure::{Failure, Fault, FaultKind};
use crate::keeper::{Keeper, time};

/// What the validator finds in a text. What cannot be read there is a finding too, and the rest is judged all the same.
///
/// # Errors
/// A fault; never a refusal.
pub async fn lint(
    keeper: &Keeper,
    member: &Member,
    bytes: &[u8],
    syntax: Syntax,
) -> Result<Vec<Finding>, Fault> {
    let read = lint::read(bytes, syntax);
    let Some(document) = &read.document else {
        return Ok(read.faults);
    };
    let known = known_to(keeper, member, document).await?;
    Ok(known.finish(read.judge(&known.context(keeper, None))))
}

/// What the validator finds in a document of a member who may see its app.
///
/// # Errors
/// A fault.
pub async fn findings(keeper: &Keeper, document: &AppDocument) -> Result<Vec<Finding>, Fault> {
    let known = known(keeper, document).await?;
    Ok(known.judge(keeper, document, None))
}

/// What the last nightly check of a live app found.
#[derive(Clone, Debug)]
pub struct LastCheck {
    /// When it was.
    pub when: Timestamp,
    /// Everything it found.
    pub findings: Vec<Finding>,
    /// What the check before had not found.
    pub added: Vec<Finding>,
}

/// The last nightly check of an app; nothing when it was not live then.
///
/// # Errors
/// [`AppRefusal::NotFound`] when there is no such configuration that the member may see.
pub async fn last_check(
    keeper: &Keeper,
    member: &Member,
    handle: &str,
    environment: EnvironmentName,
) -> Result<Option<LastCheck>, Failure<AppRefusal>> {
    let name = handle.to_owned();
    let (team, row) = keeper
        .store
        .read(move |c| {
            Ok((
                apps::team_of(c, &name)?,
                validator::result_of(c, environment.as_str(), &name)?,
            ))
        })
        .await?;
    let sees = |team: &String| member.reaches(Action::ViewApp, Belongs::ToTeam(team));
    if !team.as_ref().is_some_and(sees) {
        return Err(Failure::Refused(AppRefusal::NotFound {
            handle: handle.to_owned(),
            environment,
        }));
    }
    let Some(row) = row else { return Ok(None) };
    Ok(Some(LastCheck {
        when: time(row.checked_us),
        findings: findings_of(&row.findings)?,
        added: findings_of(&row.added)?,
    }))
}

/// A live app in which the nightly check found something.
#[derive(Clone, Debug, Serialize)]
pub struct AppFindings {
    /// The app.
    pub handle: String,
    /// The environment.
    pub environment: EnvironmentName,
    /// When it was checked.
    pub checked: Timestamp,
    /// How many errors that are not waived.
    pub errors: u64,
    /// How many warnings.
    pub warnings: u64,
    /// How many of them are new.
    pub news: u64,
}

/// The live apps in which the nightly check found something, the worst first, for staff.
///
/// # Errors
/// [`Denied`] for partners.
pub async fn live_findings(
    keeper: &Keeper,
    member: &Member,
) -> Result<Vec<AppFindings>, Failure<Denied>> {
    member
        .may(
            Action::ViewConsole,
            Belongs::ToProgramme,
            keeper.clock.real_now(),
        )
        .map_err(Failure::Refused)?;
    let rows = keeper
        .store
        .read(|c| validator::results_with_findings(c, MOST_SHOWN))
        .await?;
    let mut list = Vec::with_capacity(rows.len());
    for row in rows {
        let environment = EnvironmentName::parse(&row.environment)
            .map_err(|_| Fault::internal("a stored result names no environment"))?;
        list.push(AppFindings {
            handle: row.handle,
            environment,
            checked: time(row.checked_us),
            errors: u64::try_from(row.errors).unwrap_or_default(),
            warnings: u64::try_from(row.warnings).unwrap_or_default(),
            news: findings_of(&row.added)?.len() as u64,
        });
    }
    Ok(list)
}

/// Reads findings that were kept.
pub(crate) fn findings_of(text: &str) -> Result<Vec<Finding>, Fault> {
    serde_json::from_str(text)
        .map_err(|_| Fault::new(FaultKind::Corrupt, "stored findings are not JSON"))
}

/// What of a document is compared with other apps', as the database keeps it.
pub(crate) fn facts_of(document: &AppDocument) -> Vec<(&'static str, String)> {
    lint::facts(document)
        .into_iter()
        .filter(|fact| !fact.value.chars().any(char::is_control))
        .map(|fact: Fact| (fact.kind.as_str(), fact.value))
        .collect()
}

/// What else counts when a document is judged.
#[derive(Default)]
pub(crate) struct Known {
    /// Domains proved to be the team's own.
    pub(crate) domains: Vec<String>,
    /// Fingerprints of those of its keys that sandbox configurations use.
    sandbox_keys: BTreeSet<String>,
    others: Others,
    waivers: Vec<WaiverRow>,
}

impl Known {
    /// The same for a sandbox configuration that is judged as if it were for production: that its keys and hosts are the
    /// sandbox's is no finding.
    pub(crate) fn rehearsed(mut self) -> Self {
        self.sandbox_keys.clear();
        self.others.sandbox_hosts.clear();
        self
    }

    /// Judges a document, with an agreement when one is at hand.
    pub(crate) fn judge(
        mut self,
        keeper: &Keeper,
        document: &AppDocument,
        agreement: Option<&Agreement>,
    ) -> Vec<Finding> {
        let listed: Option<Vec<String>> =
            agreement.map(|agreement| agreement.apps.iter().map(|app| app.name.clone()).collect());
        self.others.agreement_covers_identity = agreement.and_then(|agreement| {
            let listed = agreement
                .apps
                .iter()
                .find(|app| app.name == document.app_name)?;
            Some(listed.level == LevelOfService::IdentityVerified)
        });
        let findings = lint::lint(document, &self.context(keeper, listed.as_deref()));
        self.finish(findings)
    }

    fn context<'a>(
        &'a self,
        keeper: &'a Keeper,
        listed_apps: Option<&'a [String]>,
    ) -> LintContext<'a> {
        LintContext {
            dedicated_domains: &self.domains,
            today: keeper.today(),
            sandbox_keys: &self.sandbox_keys,
            listed_apps,
            others: &self.others,
            ..LintContext::alone(&keeper.programme, keeper.clock.real_now())
        }
    }

    fn finish(&self, mut findings: Vec<Finding>) -> Vec<Finding> {
        lint::waive(&mut findings, |rule| {
            self.waivers
                .iter()
                .find(|row| row.rule == rule)
                .and_then(waivers::waived)
        });
        findings
    }
}

/// As [`known`], but of an app that the member does not see nothing is known.
async fn known_to(
    keeper: &Keeper,
    member: &Member,
    document: &AppDocument,
) -> Result<Known, Fault> {
    let handle = document.handle.to_string();
    let owner = keeper
        .store
        .read(move |c| apps::team_of(c, &handle))
        .await?;
    let sees = |team: &str| member.reaches(Action::ViewApp, Belongs::ToTeam(team));
    if sees(document.team.as_str()) && owner.as_deref().is_none_or(sees) {
        known(keeper, document).await
    } else {
        Ok(Known::default())
    }
}

/// What the portal knows of a document's app and of others.
pub(crate) async fn known(keeper: &Keeper, document: &AppDocument) -> Result<Known, Fault> {
    let (team, handle) = (document.team.to_string(), document.handle.to_string());
    let environment = document.environment;
    let issuer = document.issuer.clone();
    let facts = lint::facts(document);
    let today = keeper.today();
    let (known, sandbox) = keeper
        .store
        .read(move |c| {
            let mut known = Known::default();
            if let Some(team) = members::find_team(c, &team)? {
                known.domains = team.domains.split_whitespace().map(str::to_owned).collect();
            }
            known.others.issuer_taken = apps::issuer_owner(c, environment.as_str(), &issuer)?
                .is_some_and(|owner| owner != handle);
            for fact in &facts {
                // A database that takes no control characters has none of them either.
                if fact.value.chars().any(char::is_control) {
                    continue;
                }
                match fact.kind {
                    FactKind::Key => {
                        if validator::key_elsewhere(c, &fact.value, &handle)? {
                            known.others.shared_keys.insert(fact.value.clone());
                        }
                        if validator::key_in(c, &fact.value, EnvironmentName::Sandbox.as_str())? {
                            known.sandbox_keys.insert(fact.value.clone());
                        }
                    }
                    FactKind::Name if environment.class().is_live() => {
                        known.others.friendly_name_taken =
                            validator::name_live(c, &fact.value, environment.as_str(), &handle)?;
                    }
                    FactKind::Name | FactKind::Host => {}
                }
            }
            known.waivers = validator::waivers_of(c, &handle, environment.as_str())?;
            known.waivers.retain(|row| waivers::holds(row, today));
            let sandbox = if environment.class().is_live() {
                apps::find_configuration(c, &handle, EnvironmentName::Sandbox.as_str())?
            } else {
                None
            };
            Ok((known, sandbox))
        })
        .await?;
    let mut known = known;
    if let Some(sandbox) = sandbox {
        let sandbox = document_of(&sandbox.document)?;
        known
            .sandbox_keys
            .extend(sandbox.keys.iter().map(Key::fingerprint));
        known.others.sandbox_hosts = lint::facts(&sandbox)
            .into_iter()
            .filter(|fact| fact.kind == FactKind::Host)
            .map(|fact| fact.value)
            .collect();
    }
    Ok(known)
}

const MOST_SHOWN: i64 = 500;
