//! Answers that are encrypted for an app: with a key that it registered, or one that it publishes with `use: enc`.
//!
//! What an app asked to be encrypted is never sent in the clear: without a key there is no answer.

use durward_keyring::jose::jwe;
use durward_oidc::client::{Client, Encryption};

use crate::door::Door;
use crate::failure::Fault;

/// Encrypts a token (`cty` is `JWT`) or claims for the app; `None` when it has no key that fits. Its published keys are
/// read first where they are needed, so this is never called inside a unit.
pub(crate) async fn for_app(
    door: &Door,
    client: &Client,
    how: Encryption,
    cty: Option<&str>,
    content: &[u8],
) -> Result<Option<String>, Fault> {
    let encrypted = |set: Option<&_>| {
        let key = client.encryption_key(how.alg, set)?;
        Some(jwe::encrypt(
            key,
            how.alg,
            how.enc,
            cty,
            content,
            &door.random,
        ))
    };
    let now = door.clock.real_now();
    let held = door.key_sources.held(client, now);
    let mut outcome = encrypted(held.as_ref().map(|held| &held.set));
    if outcome.is_none() && client.jwks_uri.is_some() {
        let sources = &door.key_sources;
        let renewed = sources.renewed(&door.outbound, client, held.as_ref(), now);
        match renewed.await {
            Ok(renewed) => outcome = encrypted(Some(&renewed.set)),
            Err(refusal) => tracing::warn!(
                client = client.client_id,
                why = refusal.to_string(),
                "no key to encrypt for"
            ),
        }
    }
    let told = if outcome.is_some() {
        "encrypted"
    } else {
        "no_key"
    };
    metrics::counter!("durward_encrypted_answers_total", "environment" => door.name.as_str(), "outcome" => told)
        .increment(1);
    outcome
        .transpose()
        .map_err(|error| Fault::internal(format!("encrypting for an app: {error}")))
}
