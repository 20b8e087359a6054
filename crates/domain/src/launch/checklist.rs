//! The production checklist: rules L01 to L20 as data, judged from facts that the caller gathered.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::LaunchBody;
use crate::{
    agreement::{self, Agreement, AgreementNumber, LaunchQuestion},
    application::{AppDocument, Contact, ContactKind, Protocol},
    calendar::say,
    level::LevelOfService,
    lint::{Finding, Severity},
    probe::{ProbeFact, ProbeOutcome},
};

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
    /// Is this the first launch, or a change of a live app?
    pub first_launch: bool,
    /// Is it the sandbox's configuration, judged as if it were for production?
    pub rehearsal: bool,
    /// May the requester ask for launches of this team?
    pub requester_may_launch: bool,
    /// Does another app use the issuer?
    pub issuer_taken: bool,
    /// The configuration that is tried in the sandbox.
    pub sandbox: Option<&'a AppDocument>,
    /// How many sign-ins the sandbox saw, when that is known.
    pub sandbox_sign_ins: Option<u64>,
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

/// Every rule in order.
pub static RULES: &[ChecklistRule] = &[
    ChecklistRule {
        id: "L01",
        sentence: "The agreement is signed by both sides.",
        how_to_close: "Give the number (GTC-Order-Mod) of an executed agreement.",
        blocking: true,
        turn: Turn::Agreement,
        check: |facts| match facts.body.agreement.as_deref().map(AgreementNumber::parse) {
            Some(Err(fault)) => Outcome::Unmet(fault.to_string()),
            Some(Ok(number)) if facts.agreement.is_none() => {
                Outcome::Unmet(format!("There is no agreement with the number {number}."))
            }
            _ => from_agreement(facts, 0),
        },
    },
    ChecklistRule {
        id: "L02",
        sentence: "The launch is in the agreement's period of performance.",
        how_to_close: "Choose a day in the period, or ask for a new order.",
        blocking: true,
        turn: Turn::Agreement,
        check: |facts| from_agreement(facts, 1),
    },
    ChecklistRule {
        id: "L03",
        sentence: "The agreement lists the app by its app name.",
        how_to_close: "Spell the app name as in the agreement, or ask for a Mod that lists the app.",
        blocking: true,
        turn: Turn::Agreement,
        check: |facts| from_agreement(facts, 2),
    },
    ChecklistRule {
        id: "L04",
        sentence: "The agreement covers the level of service.",
        how_to_close: "Ask for a Mod that covers identity verification, or lower the level.",
        blocking: true,
        turn: Turn::Agreement,
        check: |facts| from_agreement(facts, 3),
    },
    ChecklistRule {
        id: "L05",
        sentence: "The configuration is one for real people and has no other errors.",
        how_to_close: "Save a configuration for this environment and repair what the validator names.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| {
            if facts.rehearsal {
                return Outcome::Unmet(
                    "There is no configuration for production yet; this is what the sandbox's would bring along."
                        .into(),
                );
            }
            if !facts.document.environment.class().is_live()
                || facts.document.environment != facts.body.environment
            {
                return Outcome::Unmet(format!(
                    "The configuration is for {}.",
                    facts.document.environment
                ));
            }
            let elsewhere = |rule: &str| {
                LINT_RULES
                    .iter()
                    .any(|(_, starts)| starts.iter().any(|start| rule.starts_with(start)))
            };
            none_of(
                facts,
                |rule| !elsewhere(rule),
                "The validator found no other errors.",
            )
        },
    },
    ChecklistRule {
        id: "L06",
        sentence: "The app name has no environment words.",
        how_to_close: "Write the app name as in the agreement, without words such as Production or Staging.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| lint_of(facts, "L06"),
    },
    ChecklistRule {
        id: "L07",
        sentence: "Every address is https, public, and on an approved domain.",
        how_to_close: "Use https addresses on .gov, .mil or a dedicated domain of your team; no localhost.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| lint_of(facts, "L07"),
    },
    ChecklistRule {
        id: "L08",
        sentence: "The addresses belong to an environment with an authority to operate (ATO).",
        how_to_close: "Attest L08 with the name of the person who answers for it.",
        blocking: false,
        turn: Turn::Request,
        check: |facts| {
            attested(
                facts,
                "L08",
                "Nobody has attested the authority to operate.",
            )
        },
    },
    ChecklistRule {
        id: "L09",
        sentence: "The app has a valid logo.",
        how_to_close: "Add a PNG or SVG of less than 50 kB.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| lint_of(facts, "L09"),
    },
    ChecklistRule {
        id: "L10",
        sentence: "The app has a strong key that is in its validity.",
        how_to_close: "Add a public key or certificate: RSA of 2048 bits or more, or EC; at most three years; not expired.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| {
            let long = facts
                .findings
                .iter()
                .find(|finding| finding.rule == "key/long-validity");
            match (lint_of(facts, "L10"), long) {
                (Outcome::Met(_), Some(finding)) if finding.waived.is_none() => {
                    Outcome::Unmet(finding.message.clone())
                }
                (outcome, _) => outcome,
            }
        },
    },
    ChecklistRule {
        id: "L11",
        sentence: "A SAML app has its logout service URL.",
        how_to_close: "Add the assertion consumer logout service URL.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| for_saml(facts, "L11"),
    },
    ChecklistRule {
        id: "L12",
        sentence: "A SAML app gets encrypted assertions.",
        how_to_close: "Set the encryption to aes256-gcm.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| for_saml(facts, "L12"),
    },
    ChecklistRule {
        id: "L13",
        sentence: "An identity-verified app has a failure-to-proof URL.",
        how_to_close: "Add the page that tells people how else to reach your service.",
        blocking: true,
        turn: Turn::Team,
        check: |facts| {
            if facts.document.level_of_service == LevelOfService::AuthOnly {
                return Outcome::Met("The app does not ask for verified identities.".into());
            }
            lint_of(facts, "L13")
        },
    },
    ChecklistRule {
        id: "L14",
        sentence: "The requester may ask for launches of this team.",
        how_to_close: "Ask a production admin of the team or the programme's staff for the role, or let a colleague who has it send the request.",
        blocking: true,
        turn: Turn::Staff,
        check: |facts| {
            if facts.requester_may_launch {
                Outcome::Met(
                    "The requester is an admin or developer of the team in production.".into(),
                )
            } else {
                Outcome::Unmet(
                    "The requester is no admin or developer of the team in production.".into(),
                )
            }
        },
    },
    ChecklistRule {
        id: "L15",
        sentence: "Contacts are named.",
        how_to_close: "Name a technical contact with e-mail or telephone; programme, billing and help desk contacts too.",
        blocking: true,
        turn: Turn::Team,
        check: contacts,
    },
    ChecklistRule {
        id: "L16",
        sentence: "Usage is estimated.",
        how_to_close: "Estimate registrations and sign-ins of a year and active people of a month; say who will use the app and when most.",
        blocking: true,
        turn: Turn::Request,
        check: estimates,
    },
    ChecklistRule {
        id: "L17",
        sentence: "The desired date is not before the earliest window.",
        how_to_close: "Choose the earliest date or a later one.",
        blocking: true,
        turn: Turn::Request,
        check: |facts| {
            let Some(first) = facts.earliest else {
                return Outcome::Unmet(
                    "The calendar has no window in the years to come: ask the programme staff."
                        .to_owned(),
                );
            };
            let earliest = say(first);
            match facts.body.desired_date {
                // It stops nothing: the request gets the earliest window instead.
                Some(desired) if desired < first => Outcome::Advice(format!(
                    "{} is too early. The deployment is in the earliest window, on {earliest}.",
                    say(desired)
                )),
                Some(desired) if facts.window < desired => Outcome::Unmet(format!(
                    "The calendar has no window on or after {}.",
                    say(desired)
                )),
                Some(desired) => {
                    Outcome::Met(format!("{} is not before {earliest}.", say(desired)))
                }
                None => Outcome::Met(format!(
                    "No date is wished for; the earliest window is {earliest}."
                )),
            }
        },
    },
    ChecklistRule {
        id: "L18",
        sentence: "The app was tried in the sandbox.",
        how_to_close: "Sign in to the app in the sandbox, or attest L18.",
        blocking: false,
        turn: Turn::Team,
        check: |facts| match facts.sandbox_sign_ins {
            Some(1) => Outcome::Met("The sandbox saw 1 sign-in.".into()),
            Some(count) if count > 0 => Outcome::Met(format!("The sandbox saw {count} sign-ins.")),
            _ => attested(facts, "L18", "No sign-in in the sandbox is known."),
        },
    },
    ChecklistRule {
        id: "L19",
        sentence: "The team says that the app is ready.",
        how_to_close: "Attest L19 with your name.",
        blocking: false,
        turn: Turn::Request,
        check: |facts| attested(facts, "L19", "Nobody has said that the app is ready."),
    },
    ChecklistRule {
        id: "L20",
        sentence: "The issuer is the app's own, and its addresses are not those of the sandbox.",
        how_to_close: "Use an issuer that no other app has, and addresses of this environment's own.",
        blocking: true,
        turn: Turn::Team,
        check: own_settings,
    },
];

/// Which findings of the validator belong to which rule; all others belong to L05.
const LINT_RULES: &[(&str, &[&str])] = &[
    ("L06", &["name/environment-word"]),
    ("L07", &["uri/"]),
    ("L09", &["logo/"]),
    ("L10", &["key/", "saml/certificate-present"]),
    ("L11", &["saml/logout-present"]),
    ("L12", &["saml/encrypted"]),
    ("L13", &["level/failure-to-proof-url"]),
];

fn lint_of(facts: &ChecklistFacts<'_>, id: &str) -> Outcome {
    let starts = LINT_RULES
        .iter()
        .find(|(rule, _)| *rule == id)
        .map_or(&[] as &[&str], |(_, starts)| starts);
    none_of(
        facts,
        |rule| starts.iter().any(|start| rule.starts_with(start)),
        "The validator found nothing.",
    )
}

fn none_of(facts: &ChecklistFacts<'_>, belongs: impl Fn(&str) -> bool, met: &str) -> Outcome {
    let errors: Vec<String> = facts
        .findings
        .iter()
        .filter(|finding| finding.is_error() && belongs(&finding.rule))
        .map(|finding| format!("{}: {}", finding.path, finding.message))
        .collect();
    let waived: Vec<String> = facts
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error && belongs(&finding.rule))
        .filter_map(|finding| {
            let waived = finding.waived.as_ref()?;
            Some(format!(
                "{}: {} Waived until {} by {}: {}",
                finding.path, finding.message, waived.until, waived.by, waived.reason
            ))
        })
        .collect();
    if !errors.is_empty() {
        Outcome::Unmet(errors.join(" "))
    } else if !waived.is_empty() {
        Outcome::Waived(waived.join(" "))
    } else {
        Outcome::Met(met.to_owned())
    }
}

fn for_saml(facts: &ChecklistFacts<'_>, id: &str) -> Outcome {
    if facts.document.protocol == Protocol::Saml {
        lint_of(facts, id)
    } else {
        Outcome::Met("The app does not speak SAML.".into())
    }
}

/// The agreement is judged for the day on which the app would be live.
fn from_agreement(facts: &ChecklistFacts<'_>, at: usize) -> Outcome {
    let question = LaunchQuestion {
        app_name: &facts.document.app_name,
        level: facts.document.level_of_service,
        on: facts.window,
    };
    match agreement::checks(facts.agreement, question)
        .into_iter()
        .nth(at)
    {
        Some(check) if check.passed => Outcome::Met(check.sentence),
        Some(check) => Outcome::Unmet(check.sentence),
        None => Outcome::Unmet("The agreement was not judged.".into()),
    }
}

fn attested(facts: &ChecklistFacts<'_>, id: &str, missing: &str) -> Outcome {
    match facts
        .body
        .attestations
        .get(id)
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
    {
        Some(name) => Outcome::Met(format!("Attested by {name}.")),
        None => Outcome::Unmet(missing.to_owned()),
    }
}

fn contacts(facts: &ChecklistFacts<'_>) -> Outcome {
    let has = |kind: ContactKind| {
        let mut all = facts.body.contacts.iter().chain(&facts.document.contacts);
        all.any(|contact: &Contact| contact.kind == kind && contact.is_reachable())
    };
    if !has(ContactKind::Technical) {
        return Outcome::Unmet(
            "No technical contact with a name and an e-mail address or telephone number is named."
                .into(),
        );
    }
    let others = [
        ContactKind::Program,
        ContactKind::Billing,
        ContactKind::HelpDesk,
    ];
    let missing: Vec<&str> = others
        .into_iter()
        .filter(|kind| !has(*kind))
        .map(ContactKind::title)
        .collect();
    if missing.is_empty() {
        Outcome::Met("Technical, programme, billing and help desk contacts are named.".into())
    } else {
        Outcome::Advice(format!(
            "A technical contact is named. Still missing: {}.",
            missing.join(", ")
        ))
    }
}

fn estimates(facts: &ChecklistFacts<'_>) -> Outcome {
    if !facts.first_launch {
        return Outcome::Met("Estimates were given at the launch.".into());
    }
    let given = &facts.body.estimates;
    let numbers = [
        ("annual registrations", given.annual_registrations),
        ("annual authentications", given.annual_authentications),
        ("monthly active users", given.monthly_active_users),
    ];
    let missing: Vec<&str> = numbers
        .into_iter()
        .filter(|(_, number)| number.is_none())
        .map(|(name, _)| name)
        .collect();
    if !missing.is_empty() {
        return Outcome::Unmet(format!("Estimates are missing: {}.", missing.join(", ")));
    }
    let said = |text: Option<&String>| text.is_some_and(|text| !text.trim().is_empty());
    if said(given.seasonality.as_ref()) && said(facts.body.audience.as_ref()) {
        Outcome::Met("Estimates, season and audience are given.".into())
    } else {
        Outcome::Advice(
            "The numbers are given. Say also who will use the app and when most.".into(),
        )
    }
}

fn own_settings(facts: &ChecklistFacts<'_>) -> Outcome {
    if facts.issuer_taken {
        return Outcome::Unmet(format!(
            "Another app uses the issuer {}.",
            facts.document.issuer
        ));
    }
    let Some(sandbox) = facts.sandbox.filter(|_| !facts.rehearsal) else {
        return Outcome::Met("No other app uses the issuer.".into());
    };
    match facts
        .document
        .redirect_uris()
        .iter()
        .find(|uri| sandbox.redirect_uris().contains(uri))
    {
        Some(uri) => Outcome::Advice(format!(
            "The sandbox configuration has the same redirect URI {uri}."
        )),
        None => Outcome::Met(
            "No other app uses the issuer, and no address is that of the sandbox.".into(),
        ),
    }
}

#[cfg(test)]
mod tests;
