//! How the rules come to what they say.

use std::collections::BTreeSet;

use url::Url;

use super::super::{shape, shape::COMPARED};
use super::{ChecklistFacts, Outcome};
use crate::{
    agreement::{self, LaunchQuestion},
    application::{AppDocument, Contact, ContactKind, Protocol},
    calendar::say,
    lint::Severity,
};

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

/// Does a finding of the validator belong to a rule of its own?
pub(super) fn elsewhere(rule: &str) -> bool {
    LINT_RULES
        .iter()
        .any(|(_, starts)| starts.iter().any(|start| rule.starts_with(start)))
}

pub(super) fn lint_of(facts: &ChecklistFacts<'_>, id: &str) -> Outcome {
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

pub(super) fn none_of(
    facts: &ChecklistFacts<'_>,
    belongs: impl Fn(&str) -> bool,
    met: &str,
) -> Outcome {
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

pub(super) fn for_saml(facts: &ChecklistFacts<'_>, id: &str) -> Outcome {
    if facts.document.protocol == Protocol::Saml {
        lint_of(facts, id)
    } else {
        Outcome::Met("The app does not speak SAML.".into())
    }
}

/// The agreement is judged for the day on which the app would be live.
pub(super) fn from_agreement(facts: &ChecklistFacts<'_>, at: usize) -> Outcome {
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

pub(super) fn attested_by<'a>(facts: &'a ChecklistFacts<'_>, id: &str) -> Option<&'a str> {
    let name = facts.body.attestations.get(id).map(|name| name.trim());
    name.filter(|name| !name.is_empty())
}

/// A document with dates; a name alone is kept for the reviewer to weigh.
pub(super) fn authority_to_operate(facts: &ChecklistFacts<'_>) -> Outcome {
    let Some(ato) = facts.atos.iter().max_by_key(|ato| ato.expires) else {
        if facts
            .live
            .is_some_and(|live| same_hosts(live, facts.document))
        {
            return Outcome::Met("The addresses are on the hosts of what is live.".into());
        }
        return match attested_by(facts, "L08") {
            Some(name) => Outcome::Advice(format!(
                "Attested by {name}. No document with its number, date and expiry is kept."
            )),
            None => Outcome::Unmet(
                "No authority to operate is kept, and nobody has attested it.".into(),
            ),
        };
    };
    let (number, expires) = (&ato.document_id, say(ato.expires));
    if ato.expires < facts.window {
        return Outcome::Unmet(format!(
            "{number} ends on {expires}, before the deployment on {}. Keep the one that follows it.",
            say(facts.window)
        ));
    }
    if facts.window < ato.issued {
        return Outcome::Unmet(format!(
            "{number} holds from {} on, after the deployment on {}.",
            say(ato.issued),
            say(facts.window)
        ));
    }
    let held = format!(
        "{number} of {}, until {expires}, kept by {}{}.",
        say(ato.issued),
        ato.kept_by,
        if ato.has_file { "" } else { ", without a file" }
    );
    if ato.ends_soon(facts.window, facts.ends_soon_days) {
        Outcome::Advice(format!("{held} It ends soon after the deployment."))
    } else {
        Outcome::Met(held)
    }
}

fn same_hosts(live: &AppDocument, next: &AppDocument) -> bool {
    let hosts = |document: &AppDocument| -> BTreeSet<String> {
        let all = document.redirect_uris().iter();
        all.filter_map(|uri| Some(Url::parse(uri).ok()?.host_str()?.to_ascii_lowercase()))
            .collect()
    };
    hosts(next).is_subset(&hosts(live))
}

pub(super) fn tried(facts: &ChecklistFacts<'_>) -> Outcome {
    if facts
        .live
        .is_some_and(|live| shape::differences(live, facts.document).is_empty())
    {
        return Outcome::Met("The shape of the configuration is that of what is live.".into());
    }
    let seen = facts.trial.told(facts.document.level_of_service);
    let missing = facts.trial.missing(facts.document.level_of_service);
    if missing.is_empty() {
        return Outcome::Met(format!("The sandbox saw {seen} {COMPARED}"));
    }
    // It works; the rest is for the launch, and no reason to send the team back before it has keys of its own.
    if facts.rehearsal && facts.trial.signed_in > 0 {
        return Outcome::Met(format!(
            "The sandbox saw {seen}. For the launch it must also see {}.",
            missing.join(", ")
        ));
    }
    let lacks = format!(
        "The sandbox has not seen {} {COMPARED}{}",
        missing.join(", "),
        other_shape(facts)
    );
    match attested_by(facts, "L18") {
        Some(name) => Outcome::Advice(format!("Attested by {name}. {lacks}")),
        None => Outcome::Unmet(lacks),
    }
}

/// What the configuration in the sandbox must have in common with this one before trying it tells anything.
fn other_shape(facts: &ChecklistFacts<'_>) -> String {
    let Some(sandbox) = facts.sandbox.filter(|_| !facts.rehearsal) else {
        return String::new();
    };
    let differs = shape::differences(sandbox, facts.document);
    if differs.is_empty() {
        return String::new();
    }
    format!(
        " The sandbox configuration differs in: {}. Save it with the same there.",
        differs.join(", ")
    )
}

pub(super) fn with_grace(facts: &ChecklistFacts<'_>, met: String) -> Outcome {
    let advised = say(facts.grace_ends);
    match facts.body.public_date {
        None => Outcome::Met(met),
        Some(public) if public < facts.window => Outcome::Unmet(format!(
            "{met} The public date, {}, is before the deployment on {}. Choose {advised} or later.",
            say(public),
            say(facts.window)
        )),
        Some(public) if public < facts.grace_ends => Outcome::Advice(format!(
            "{met} The public date, {}, leaves little time after the deployment: {advised} or later is advised.",
            say(public)
        )),
        Some(public) => Outcome::Met(format!("{met} The public date is {}.", say(public))),
    }
}

pub(super) fn contacts(facts: &ChecklistFacts<'_>) -> Outcome {
    let has = |kind: ContactKind| {
        let mut all = facts.body.contacts.iter().chain(&facts.document.contacts);
        all.any(|contact: &Contact| contact.kind == kind && contact.is_reachable())
    };
    let missing: Vec<&str> = [
        ContactKind::Technical,
        ContactKind::Program,
        ContactKind::Billing,
        ContactKind::HelpDesk,
    ]
    .into_iter()
    .filter(|kind| !has(*kind))
    .map(ContactKind::title)
    .collect();
    if missing.is_empty() {
        return Outcome::Met(
            "Technical, programme, billing and help desk contacts are named.".into(),
        );
    }
    let lacks = format!(
        "Still missing, with a name and an e-mail address or telephone number: {}.",
        missing.join(", ")
    );
    // A change is about what differs; its launch named them.
    if facts.live.is_some() && has(ContactKind::Technical) {
        Outcome::Advice(lacks)
    } else {
        Outcome::Unmet(lacks)
    }
}

pub(super) fn estimates(facts: &ChecklistFacts<'_>) -> Outcome {
    if facts.live.is_some() {
        return Outcome::Met("Estimates were given at the launch.".into());
    }
    let given = &facts.body.estimates;
    let said = |text: Option<&String>| text.is_some_and(|text| !text.trim().is_empty());
    let asked = [
        ("annual registrations", given.annual_registrations.is_some()),
        (
            "annual authentications",
            given.annual_authentications.is_some(),
        ),
        ("monthly active users", given.monthly_active_users.is_some()),
        ("seasonality", said(given.seasonality.as_ref())),
        ("audience", said(facts.body.audience.as_ref())),
    ];
    let missing: Vec<&str> = asked
        .into_iter()
        .filter(|(_, given)| !given)
        .map(|(name, _)| name)
        .collect();
    if !missing.is_empty() {
        return Outcome::Unmet(format!("Still missing: {}.", missing.join(", ")));
    }
    let address = facts.body.application_url.as_deref().map(str::trim);
    match address.filter(|address| !address.is_empty()) {
        Some(address) if !address.starts_with("https://") => Outcome::Unmet(format!(
            "The address of the app, {address}, does not begin with https://."
        )),
        Some(_) => Outcome::Met("Estimates, season, audience and address are given.".into()),
        None => Outcome::Advice(
            "Estimates, season and audience are given. Say also where people find the app.".into(),
        ),
    }
}

pub(super) fn own_settings(facts: &ChecklistFacts<'_>) -> Outcome {
    if facts.issuer_taken {
        return Outcome::Unmet(format!(
            "Another app uses the issuer {}.",
            facts.document.issuer
        ));
    }
    if facts.issuer_in_sandbox {
        return Outcome::Advice(format!(
            "An app of another team uses the issuer {} in the sandbox. Tell the reviewer whose it is.",
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
