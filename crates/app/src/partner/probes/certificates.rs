//! A host from outside: does it answer, does its certificate hold, does it insist on https?

use durward_domain::calendar::say;
use durward_domain::environment::EnvironmentName;
use durward_domain::probe::{Probe, ProbeOutcome};
use durward_keyring::jose::PublicKey;

use super::Finding;
use crate::keeper::Keeper;
use crate::ports::outbound::{Answer, Limits, OutboundRefusal};

pub(super) async fn origin(
    keeper: &Keeper,
    environment: EnvironmentName,
    origin: &str,
) -> Vec<(Probe, Finding)> {
    let url = format!("{origin}/");
    let answer = keeper
        .outbound
        .get(&url, "text/html, */*", Limits::PAGE)
        .await;
    match answer {
        Ok(answer) => vec![
            (Probe::Reachable, reachable(&answer).took(answer.took)),
            (Probe::Certificate, certificate(keeper, &answer)),
            (Probe::Hsts, hsts(&answer)),
        ],
        Err(refusal) => {
            let finding = Finding::refused(keeper, environment, &refusal);
            let of_tls = matches!(
                refusal,
                OutboundRefusal::Certificate { .. } | OutboundRefusal::Tls { .. }
            );
            let other = Finding::skipped(NOT_TRIED);
            let (reachable, certificate) = if of_tls {
                (other.clone(), finding)
            } else {
                (finding, other.clone())
            };
            vec![
                (Probe::Reachable, reachable),
                (Probe::Certificate, certificate),
                (Probe::Hsts, other),
            ]
        }
    }
}

/// Any answer shows that somebody is there; the path may want parameters.
fn reachable(answer: &Answer) -> Finding {
    let sentence = format!(
        "It answers with status {} after {} ms.",
        answer.status,
        answer.took.as_millis()
    );
    if answer.status >= 500 {
        Finding::new(ProbeOutcome::Warning, "probe/server-error", sentence)
    } else {
        Finding::passed(sentence)
    }
}

/// The chain was checked by the call; certificates are judged by real time.
fn certificate(keeper: &Keeper, answer: &Answer) -> Finding {
    let Some(der) = &answer.certificate else {
        return Finding::skipped(PLAIN);
    };
    let facts = PublicKey::from_certificate_der(der)
        .ok()
        .map(|key| key.facts());
    let Some(certificate) = facts.and_then(|facts| facts.certificate) else {
        return Finding::passed("Its chain leads to a trusted root.");
    };
    let left = certificate
        .not_after
        .duration_since(keeper.clock.real_now());
    let days = left.as_hours() / 24;
    let until = say(keeper.calendar.date_of(certificate.not_after));
    let sentence = format!(
        "Its chain leads to a trusted root. It is valid until {until}, {days} days from now."
    );
    if days < SOON {
        Finding::new(
            ProbeOutcome::Warning,
            "probe/certificate-ends-soon",
            sentence,
        )
    } else {
        Finding::passed(sentence)
    }
}

/// RFC 6797
fn hsts(answer: &Answer) -> Finding {
    if answer.certificate.is_none() {
        return Finding::skipped(PLAIN);
    }
    let age = answer
        .header("strict-transport-security")
        .and_then(|value| {
            let mut parts = value.split(';').map(str::trim);
            let age = parts.find_map(|part| {
                part.to_ascii_lowercase()
                    .strip_prefix("max-age=")
                    .map(str::to_owned)
            })?;
            age.trim_matches('"').parse::<u64>().ok()
        });
    match age {
        Some(age) if age >= HALF_A_YEAR => Finding::passed(format!(
            "Browsers use https only for {} days.",
            age / 86_400
        )),
        Some(_) => Finding::new(
            ProbeOutcome::Warning,
            "probe/hsts-short",
            "The header Strict-Transport-Security holds for less than half a year. Set max-age=31536000.",
        ),
        None => Finding::new(
            ProbeOutcome::Warning,
            "probe/hsts-missing",
            "It sends no header Strict-Transport-Security. Add one with max-age=31536000.",
        ),
    }
}

const NOT_TRIED: &str = "Not tried, because the host did not answer.";
const PLAIN: &str = "Not tried: the address uses plain http on this machine.";
const SOON: i64 = 30;
const HALF_A_YEAR: u64 = 180 * 86_400;
