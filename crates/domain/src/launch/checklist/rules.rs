//! Rules L01 to L20.

use super::judged::{
    attested_by, authority_to_operate, contacts, elsewhere, estimates, for_saml, from_agreement,
    lint_of, none_of, own_settings, tried, with_grace,
};
use super::{ChecklistRule, Outcome, Place, Turn};
use crate::{agreement::AgreementNumber, calendar::say, level::LevelOfService};

/// Every rule in order.
pub static RULES: &[ChecklistRule] = &[
    ChecklistRule {
        id: "L01",
        sentence: "The agreement is signed by both sides.",
        how_to_close: "Give the number (GTC-Order-Mod) of an executed agreement.",
        blocking: true,
        turn: Turn::Agreement,
        place: Place::Agreement,
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
        place: Place::Agreement,
        check: |facts| from_agreement(facts, 1),
    },
    ChecklistRule {
        id: "L03",
        sentence: "The agreement lists the app by its app name.",
        how_to_close: "Spell the app name as in the agreement, or ask for a Mod that lists the app.",
        blocking: true,
        turn: Turn::Agreement,
        place: Place::Agreement,
        check: |facts| from_agreement(facts, 2),
    },
    ChecklistRule {
        id: "L04",
        sentence: "The agreement covers the level of service.",
        how_to_close: "Ask for a Mod that covers identity verification, or lower the level.",
        blocking: true,
        turn: Turn::Agreement,
        place: Place::Agreement,
        check: |facts| from_agreement(facts, 3),
    },
    ChecklistRule {
        id: "L05",
        sentence: "The configuration is one for real people and has no other errors.",
        how_to_close: "Save a configuration for this environment and repair what the validator names.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("friendly_name"),
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
        place: Place::Configuration("app_name"),
        check: |facts| lint_of(facts, "L06"),
    },
    ChecklistRule {
        id: "L07",
        sentence: "Every address is https, public, and on an approved domain.",
        how_to_close: "Use https addresses on .gov, .mil or a dedicated domain of your team; no localhost.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("redirect_uris"),
        check: |facts| lint_of(facts, "L07"),
    },
    ChecklistRule {
        id: "L08",
        sentence: "The addresses belong to an environment with an authority to operate (ATO).",
        how_to_close: "Keep the ATO with its document number, date and expiry, or let the person who answers for it attest L08 by name.",
        blocking: true,
        turn: Turn::Request,
        place: Place::Evidence,
        check: authority_to_operate,
    },
    ChecklistRule {
        id: "L09",
        sentence: "The app has a valid logo.",
        how_to_close: "Add a PNG or SVG of less than 50 kB.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("logo"),
        check: |facts| lint_of(facts, "L09"),
    },
    ChecklistRule {
        id: "L10",
        sentence: "The app has a strong key that is in its validity.",
        how_to_close: "Add a public key or certificate: RSA of 2048 bits or more, or EC; at most three years; not expired.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("keys"),
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
        place: Place::Configuration("logout_url"),
        check: |facts| for_saml(facts, "L11"),
    },
    ChecklistRule {
        id: "L12",
        sentence: "A SAML app gets encrypted assertions.",
        how_to_close: "Set the encryption to aes256-gcm.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("encryption"),
        check: |facts| for_saml(facts, "L12"),
    },
    ChecklistRule {
        id: "L13",
        sentence: "An identity-verified app has a failure-to-proof URL.",
        how_to_close: "Add the page that tells people how else to reach your service.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("failure_to_proof_url"),
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
        place: Place::Team,
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
        sentence: "Technical, programme, billing and help desk contacts are named.",
        how_to_close: "Name a technical, a programme, a billing and a help desk contact, each with e-mail or telephone.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Request("contacts"),
        check: contacts,
    },
    ChecklistRule {
        id: "L16",
        sentence: "Usage is estimated.",
        how_to_close: "Estimate registrations and sign-ins of a year and active people of a month; say who will use the app and when most.",
        blocking: true,
        turn: Turn::Request,
        place: Place::Request("annual_registrations"),
        check: estimates,
    },
    ChecklistRule {
        id: "L17",
        sentence: "The desired date is not before the earliest window.",
        how_to_close: "Choose the earliest date or a later one.",
        blocking: true,
        turn: Turn::Request,
        place: Place::Request("desired_date"),
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
                    with_grace(facts, format!("{} is not before {earliest}.", say(desired)))
                }
                None => with_grace(
                    facts,
                    format!("No date is wished for; the earliest window is {earliest}."),
                ),
            }
        },
    },
    ChecklistRule {
        id: "L18",
        sentence: "The app was tried in the sandbox: signed in, cancelled and signed out.",
        how_to_close: "In the sandbox sign in to the app, go back without signing in, and sign out; with an identity-verified app sign in also as a person without a verified identity. Or let the person who answers for it attest L18 by name.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Sandbox,
        check: tried,
    },
    ChecklistRule {
        id: "L19",
        sentence: "The team says that the app is ready to move to production.",
        how_to_close: "Attest L19 with your name.",
        blocking: true,
        turn: Turn::Request,
        place: Place::Request("attestation_L19"),
        check: |facts| match attested_by(facts, "L19") {
            Some(name) => Outcome::Met(format!("Attested by {name}.")),
            None if facts.live.is_some() => {
                Outcome::Advice("Nobody has said that the change is ready.".into())
            }
            None => Outcome::Unmet("Nobody has said that the app is ready.".into()),
        },
    },
    ChecklistRule {
        id: "L20",
        sentence: "The issuer is the app's own, its addresses are not those of the sandbox, and every address that people pass through is registered.",
        how_to_close: "Use an issuer that no other app has, and addresses of this environment's own. Where a redirect URI leads on to another host, add that address to the redirect URIs, then try the addresses again.",
        blocking: true,
        turn: Turn::Team,
        place: Place::Configuration("redirect_uris"),
        check: own_settings,
    },
];
