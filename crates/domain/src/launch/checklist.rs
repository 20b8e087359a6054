//! The production checklist: rules L01 to L20 as data, judged from facts that the caller gathered.

use std::collections::BTreeMap;

mod judged;
mod rules;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Ato, LaunchBody, Trial};
use crate::{
    agreement::Agreement,
    application::AppDocument,
    lint::Finding,
    probe::{ProbeFact, ProbeOutcome},
};

pub use rules::RULES;

/// One rule of the checklist.
#[derive(Debug)]
pub struct ChecklistRule {
    /// Its stable name, `L01` to `L20`.
    pub id: &'static str,
    /// What it asks for.
    pub sentence: &'static str,
    /// What to do when it is open.
    pub how_to_close: &'static str,
    /// Does an open item stop the submission? Otherwise the reviewer decides.
    pub blocking: bool,
    /// Who closes it.
    pub turn: Turn,
    /// Where it is closed.
    pub place: Place,
    check: fn(&ChecklistFacts<'_>) -> Outcome,
}

/// What the rules are judged from.
#[derive(Debug, Clone)]
pub struct ChecklistFacts<'a> {
    /// The configuration that is to be live.
    pub document: &'a AppDocument,
    /// What the validator found in it.
    pub findings: &'a [Finding],
    /// What the partner sent.
    pub body: &'a LaunchBody,
    /// The agreement with the number of the request, when there is one.
    pub agreement: Option<&'a Agreement>,
    /// The earliest window that the calendar allows; nothing when it has none.
    pub earliest: Option<Date>,
    /// The window that the request gets: the earliest, or the first on or after the day that is wished for.
    pub window: Date,
    /// What is live now; nothing at the first launch.
    pub live: Option<&'a AppDocument>,
    /// Is it the sandbox's configuration, judged as if it were for production?
    pub rehearsal: bool,
    /// May the requester ask for launches of this team?
    pub requester_may_launch: bool,
    /// Does another app use the issuer, or one of another team in another environment for real people?
    pub issuer_taken: bool,
    /// Does an app of another team use the issuer in the sandbox?
    pub issuer_in_sandbox: bool,
    /// The configuration that is tried in the sandbox.
    pub sandbox: Option<&'a AppDocument>,
    /// What the sandbox saw of a configuration of this shape.
    pub trial: Trial,
    /// The authorities to operate that the team keeps for the app.
    pub atos: &'a [Ato],
    /// A document that ends within so many days ends soon.
    pub ends_soon_days: u16,
    /// The first day on which the public should use the app: the window and the days of grace after it.
    pub grace_ends: Date,
    /// What the newest probes found.
    pub probes: &'a [ProbeFact],
    /// Rules that staff waived: the rule, and who and why.
    pub waivers: &'a BTreeMap<String, String>,
}

/// One line of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistItem {
    /// The rule.
    pub rule: String,
    /// What the rule asks for.
    pub sentence: String,
    /// Whether it is met.
    pub state: ItemState,
    /// Does it stop the submission while it is open?
    pub blocking: bool,
    /// What to do when it is open.
    pub how_to_close: String,
    /// Who closes it.
    #[serde(default)]
    pub turn: Turn,
    /// What was found.
    pub evidence: String,
    /// The path in the portal of the page that closes it.
    #[serde(default)]
    pub link: String,
}

/// Whose turn it is while a rule is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// The team's, in the configuration or in the sandbox.
    #[default]
    Team,
    /// The team's, with the request for the launch.
    Request,
    /// That of those who sign the agreement: the agency and the programme.
    Agreement,
    /// The programme staff's, who give roles in production.
    Staff,
}

impl Turn {
    /// The id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Team => "team",
            Self::Request => "request",
            Self::Agreement => "agreement",
            Self::Staff => "staff",
        }
    }
}

/// The page that closes a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The agreement.
    Agreement,
    /// The configuration: the field that it is about.
    Configuration(&'static str),
    /// The documents that the team keeps for the app.
    Evidence,
    /// The team and its roles.
    Team,
    /// The request: the field that it is about.
    Request(&'static str),
    /// The app in the sandbox, to try it.
    Sandbox,
}

impl Place {
    fn path(self, facts: &ChecklistFacts<'_>) -> String {
        let app = &facts.document.handle;
        let environment = facts.document.environment;
        match (self, facts.agreement) {
            (Self::Agreement, Some(agreement)) => format!("/agreements/{}", agreement.number),
            (Self::Agreement, None) => "/agreements".to_owned(),
            (Self::Configuration(_), _) if facts.rehearsal => format!("/apps/{app}/sandbox/edit"),
            (Self::Configuration(field), _) => format!("/apps/{app}/{environment}/edit#{field}"),
            (Self::Team, _) => format!("/teams/{}", facts.document.team),
            (Self::Sandbox, _) => format!("/apps/{app}/sandbox/test"),
            (Self::Evidence | Self::Request(_), _) if facts.rehearsal => {
                format!("/apps/{app}/sandbox/launch")
            }
            (Self::Evidence, _) => format!("/apps/{app}/{environment}/evidence"),
            (Self::Request(field), _) => format!("/apps/{app}/{environment}/launch#{field}"),
        }
    }
}

/// Whether a rule is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemState {
    /// Met, or not for this app.
    Closed,
    /// Not met.
    Open,
    /// Not met, and staff decided that it need not be.
    Waived,
}

/// The whole checklist, in the order of its rules.
pub fn checklist(facts: &ChecklistFacts<'_>) -> Vec<ChecklistItem> {
    RULES.iter().map(|rule| rule.judge(facts)).collect()
}

/// The rules that are open and stop the submission.
pub fn open_blocking(items: &[ChecklistItem]) -> Vec<String> {
    items
        .iter()
        .filter(|item| item.stops())
        .map(|item| item.rule.clone())
        .collect()
}

impl ChecklistItem {
    /// Is it open and blocking?
    pub fn stops(&self) -> bool {
        self.blocking && self.state == ItemState::Open
    }
}

impl ChecklistRule {
    fn judge(&self, facts: &ChecklistFacts<'_>) -> ChecklistItem {
        let outcome = match (self.check)(facts) {
            Outcome::Met(evidence) => self.probed(facts, evidence),
            other => other,
        };
        let (state, blocking, evidence) = match outcome {
            Outcome::Met(evidence) => (ItemState::Closed, self.blocking, evidence),
            Outcome::Advice(evidence) => (ItemState::Open, false, evidence),
            Outcome::Waived(evidence) => (ItemState::Waived, self.blocking, evidence),
            Outcome::Unmet(evidence) => match facts.waivers.get(self.id) {
                Some(waiver) => (
                    ItemState::Waived,
                    self.blocking,
                    format!("{evidence} Waived: {waiver}"),
                ),
                None => (ItemState::Open, self.blocking, evidence),
            },
        };
        ChecklistItem {
            rule: self.id.to_owned(),
            sentence: self.sentence.to_owned(),
            state,
            blocking,
            how_to_close: self.how_to_close.to_owned(),
            turn: self.turn,
            evidence,
            link: self.place.path(facts),
        }
    }
}

impl ChecklistRule {
    /// A rule that is met on paper may still fail from outside.
    fn probed(&self, facts: &ChecklistFacts<'_>, evidence: String) -> Outcome {
        let of_rule = || {
            let all = facts.probes.iter();
            all.filter(|fact| fact.probe.rule() == self.id)
        };
        let told = |wanted: fn(&ProbeFact) -> bool| {
            let lines: Vec<String> = of_rule()
                .filter(|fact| wanted(fact))
                .map(|fact| format!("{}: {}", fact.target, fact.sentence))
                .collect();
            lines.join(" ")
        };
        let stops = |fact: &ProbeFact| fact.outcome == ProbeOutcome::Failed && fact.probe.stops();
        let advises =
            |fact: &ProbeFact| matches!(fact.outcome, ProbeOutcome::Failed | ProbeOutcome::Warning);
        if of_rule().any(stops) {
            Outcome::Unmet(told(stops))
        } else if of_rule().any(advises) {
            Outcome::Advice(format!("{evidence} Probes: {}", told(advises)))
        } else if of_rule().any(|fact| fact.outcome == ProbeOutcome::Passed) {
            Outcome::Met(format!("{evidence} The probes passed."))
        } else {
            Outcome::Met(evidence)
        }
    }
}

enum Outcome {
    /// Met, or not for this app.
    Met(String),
    /// Not met.
    Unmet(String),
    /// Partly met: open, but it stops nothing.
    Advice(String),
    /// Not met, but a reviewer waived what the validator found.
    Waived(String),
}

#[cfg(test)]
mod tests;
