//! The push endpoint: takes a signed verification event, and refuses one that somebody else signed.

use durward_domain::application::{AppDocument, SigningAlgorithm};
use durward_domain::probe::{Probe, ProbeOutcome};
use durward_keyring::jose::{Algorithm, jws};
use serde_json::json;

use super::Finding;
use crate::door::Door;
use crate::keeper::Keeper;
use crate::ports::outbound::{Answer, Content, Limits, OutboundRefusal};

pub(super) async fn push(
    keeper: &Keeper,
    document: &AppDocument,
    url: &str,
) -> Vec<(Probe, Finding)> {
    let door = keeper
        .environment(document.environment)
        .and_then(|link| link.door.as_deref());
    let Some(door) = door else {
        let skipped = Finding::skipped(
            "The environment runs in another process, which signs its events itself.",
        );
        return vec![
            (Probe::PushAccepts, skipped.clone()),
            (Probe::PushRefuses, skipped),
        ];
    };
    let (Some(good), Some(forged)) = (
        event(keeper, door, document, url),
        forged(keeper, door, document, url),
    ) else {
        let skipped = Finding::skipped("The environment has no key for events.");
        return vec![
            (Probe::PushAccepts, skipped.clone()),
            (Probe::PushRefuses, skipped),
        ];
    };
    let accepted = send(keeper, url, good).await;
    let reached = accepted.is_ok();
    let accepts = match accepted {
        Ok(answer) if answer.is_success() => Finding::passed(format!(
            "It took a signed verification event with status {} after {} ms.",
            answer.status,
            answer.took.as_millis()
        ))
        .took(answer.took),
        Ok(answer) => Finding::new(
            ProbeOutcome::Failed,
            "probe/push-refused",
            format!(
                "It answered a correctly signed event with status {}. It must answer 202 or another 2xx.",
                answer.status
            ),
        )
        .took(answer.took),
        Err(refusal) => Finding::refused(keeper, document.environment, &refusal),
    };
    let refuses = if reached {
        refuses(keeper, document, send(keeper, url, forged).await)
    } else {
        Finding::skipped("Not tried, because the address did not answer.")
    };
    vec![(Probe::PushAccepts, accepts), (Probe::PushRefuses, refuses)]
}

fn refuses(
    keeper: &Keeper,
    document: &AppDocument,
    answer: Result<Answer, OutboundRefusal>,
) -> Finding {
    match answer {
        Ok(answer) if answer.is_success() => Finding::new(
            ProbeOutcome::Failed,
            "probe/push-takes-forged",
            format!(
                "It took an event with a wrong signature with status {}. Check the signature of every event.",
                answer.status
            ),
        )
        .took(answer.took),
        Ok(answer) if answer.status < 500 => Finding::passed(format!(
            "It refused an event with a wrong signature with status {}.",
            answer.status
        ))
        .took(answer.took),
        Ok(answer) => Finding::new(
            ProbeOutcome::Warning,
            "probe/push-breaks-on-forged",
            format!(
                "It broke on an event with a wrong signature (status {}). Answer 400 instead.",
                answer.status
            ),
        )
        .took(answer.took),
        Err(refusal) => Finding::refused(keeper, document.environment, &refusal),
    }
}

async fn send(keeper: &Keeper, url: &str, event: String) -> Result<Answer, OutboundRefusal> {
    let content = Content {
        media_type: "application/secevent+jwt",
        headers: &[("accept", "application/json")],
        body: event.into_bytes(),
    };
    keeper.outbound.post(url, content, Limits::NOTICE).await
}

/// A verification event (OpenID Shared Signals Framework §8.1.4), signed as the environment signs all of them.
fn event(keeper: &Keeper, door: &Door, document: &AppDocument, url: &str) -> Option<String> {
    let chosen = document
        .oidc
        .as_ref()
        .map(|oidc| oidc.id_token_signed_response_alg);
    let algorithm = match chosen {
        Some(SigningAlgorithm::ES256) => Algorithm::ES256,
        _ => Algorithm::RS256,
    };
    let now = keeper.clock.real_now().as_second();
    let claims = json!({
        "iss": door.issuer,
        "aud": url,
        "jti": keeper.random.token(),
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "sub_id": { "format": "opaque", "id": document.issuer },
        "events": { VERIFICATION: { "state": keeper.random.token() } },
    });
    let ring = door.keys.load();
    jws::sign(ring.current(algorithm)?, "secevent+jwt", &claims).ok()
}

/// A good event under the signature of another one.
fn forged(keeper: &Keeper, door: &Door, document: &AppDocument, url: &str) -> Option<String> {
    let one = event(keeper, door, document, url)?;
    let other = event(keeper, door, document, url)?;
    let (signed, _) = one.rsplit_once('.')?;
    let (_, signature) = other.rsplit_once('.')?;
    Some(format!("{signed}.{signature}"))
}

const VERIFICATION: &str = "https://schemas.openid.net/secevent/ssf/event-type/verification";
/// As the events themselves: twelve hours.
const LIFETIME_SECONDS: i64 = 12 * 60 * 60;
