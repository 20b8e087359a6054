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

use super::apps::document_of;
use super::waivers;
use crate::actor::{Belongs, Member};
use crate::failure::Fault;
use crate::keeper::Keeper;

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
