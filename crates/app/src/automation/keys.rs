//! Faults of keys and ID tokens: the app's own view of the environment's keys, and tokens that a good app refuses.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use durward_domain::test_kit::{FaultKind, Stage};
use durward_keyring::jose::{Algorithm, SigningKey, jws};
use durward_oidc::id_token::IdToken;
use serde_json::{Map, Value, json};

use super::{AutomationRefusal, Kit};
use crate::client::documents::Document;
use crate::door::Door;
use crate::failure::{Failure, Fault};
use crate::record::Trace;
use crate::ring::KeyState;
use crate::signing_keys;

/// What the app's own address of the keys answers.
pub enum KeysView {
    /// The keys: the environment's, and the one that a rotation of the kit signs with.
    Keys(Document),
    /// The error that the app's team has set.
    Error(u16),
}

/// The discovery document as an app sees it that follows the kit's addresses: the environment's own, with the app's
/// address of the keys.
///
/// # Errors
/// [`AutomationRefusal::NoApp`] for an app that is not there, or a fault.
pub async fn discovery(
    door: &Arc<Door>,
    handle: &str,
) -> Result<Document, Failure<AutomationRefusal>> {
    kit_and_client(door, handle)?;
    let mut document: Map<String, Value> = serde_json::from_slice(&door.documents.discovery.bytes)
        .map_err(|_| Fault::internal("the discovery document cannot be read"))?;
    let keys = door.url(&format!("/test/kit/{handle}/certs"));
    document.insert("jwks_uri".to_owned(), keys.into());
    Ok(Document::new(
        Value::Object(document).to_string().into_bytes(),
    ))
}

/// The keys as that app sees them, or the fault that its team has set.
///
/// # Errors
/// [`AutomationRefusal::NoApp`] for an app that is not there, or a fault.
pub async fn certs(
    door: &Arc<Door>,
    handle: &str,
    trace: &Trace,
) -> Result<KeysView, Failure<AutomationRefusal>> {
    let (kit, client_id) = kit_and_client(door, handle)?;
    kit.delay(door, &client_id, Stage::KeysDelay, trace).await?;
    let played = kit.play(door, &client_id, Stage::Keys, trace).await?;
    if let Some(status) = played.and_then(|fault| fault.status) {
        return Ok(KeysView::Error(status));
    }
    let mut published: Map<String, Value> = serde_json::from_slice(&door.keys.load().jwks().bytes)
        .map_err(|_| Fault::internal("the key set cannot be read"))?;
    if let Some(Value::Array(keys)) = published.get_mut("keys") {
        for algorithm in ANNOUNCED {
            let name = purpose(ROTATED, algorithm);
            for held in signing_keys::find::<SigningKey>(&door.store, &door.sealer, &name).await? {
                let jwk = serde_json::to_value(held.key.jwk())
                    .map_err(|_| Fault::internal("a key cannot be written down"))?;
                keys.push(jwk);
            }
        }
    }
    let text = Value::Object(published).to_string();
    Ok(KeysView::Keys(Document::new(text.into_bytes())))
}

impl Kit {
    /// The ID token with the fault that the app's team has set; `None` when it has set none.
    pub(crate) async fn spoil(
        &self,
        door: &Arc<Door>,
        client_id: &str,
        (key, token): (&SigningKey, &IdToken),
        trace: &Trace,
    ) -> Result<Option<String>, Fault> {
        let Some(played) = self.play(door, client_id, Stage::IdToken, trace).await? else {
            return Ok(None);
        };
        let mut claims = serde_json::to_value(token)
            .map_err(|_| Fault::internal("an ID token cannot be written down"))?;
        let signed = |key: &SigningKey, claims: &Value| {
            jws::sign(key, "JWT", claims)
                .map_err(|error| Fault::internal(format!("signing an ID token: {error}")))
        };
        Ok(Some(match played.kind {
            FaultKind::KeyRotated | FaultKind::KeyUnknown => {
                let name = if played.kind == FaultKind::KeyRotated {
                    ROTATED
                } else {
                    UNKNOWN
                };
                signed(&*own_key(door, name, key.algorithm()).await?, &claims)?
            }
            FaultKind::IdTokenSignature => wrongly_signed(&signed(key, &claims)?),
            FaultKind::IdTokenUnsigned => unsigned(&claims),
            kind => {
                change(door, kind, &mut claims);
                signed(key, &claims)?
            }
        }))
    }
}

/// Changes the claim that the fault is about.
fn change(door: &Door, kind: FaultKind, claims: &mut Value) {
    let by = match kind {
        FaultKind::IdTokenExpired => -DAY,
        FaultKind::IdTokenNotYetValid => DAY,
        _ => 0,
    };
    for name in ["iat", "nbf", "exp"] {
        if let Some(time) = claims[name].as_i64() {
            claims[name] = (time + by).into();
        }
    }
    let (name, value): (&str, Value) = match kind {
        FaultKind::IdTokenNonce => ("nonce", door.random.token().into()),
        FaultKind::IdTokenAudience => ("aud", "urn:durward:test-kit:another-app".into()),
        FaultKind::IdTokenIssuer => ("iss", format!("{}/another", door.issuer).into()),
        FaultKind::IdTokenSubject => ("sub", door.random.uuid_v4().to_string().into()),
        FaultKind::IdTokenAccessTokenHash => (
            "at_hash",
            URL_SAFE_NO_PAD
                .encode(&door.random.token().as_bytes()[..16])
                .into(),
        ),
        _ => return,
    };
    claims[name] = value;
}

/// The same token with another signature of the right length.
fn wrongly_signed(token: &str) -> String {
    let (signed, signature) = token.rsplit_once('.').unwrap_or((token, ""));
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
    // Not the first byte: an RSA signature must stay below the modulus.
    if let Some(byte) = bytes.last_mut() {
        *byte ^= 0x55;
    }
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn unsigned(claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": "none", "typ": "JWT" });
    format!("{}.{}.", part(&header), part(claims))
}

/// A key of the kit, made at its first use.
async fn own_key(door: &Door, name: &str, algorithm: Algorithm) -> Result<Arc<SigningKey>, Fault> {
    let held = signing_keys::ensure::<SigningKey>(
        &door.store,
        &door.sealer,
        &door.random,
        &purpose(name, algorithm),
        &[algorithm],
        door.clock.real_now(),
    )
    .await?;
    held.into_iter()
        .find(|held| held.state == KeyState::Current)
        .map(|held| held.key)
        .ok_or_else(|| Fault::internal("a key of the test kit is not there"))
}

fn kit_and_client<'a>(
    door: &'a Door,
    handle: &str,
) -> Result<(&'a Kit, String), Failure<AutomationRefusal>> {
    let kit = door
        .kit
        .as_ref()
        .ok_or(Failure::Refused(AutomationRefusal::Absent))?;
    let registry = door.registry.load();
    let app = registry
        .by_handle(handle)
        .ok_or_else(|| Failure::Refused(AutomationRefusal::NoApp(super::cut(handle))))?;
    Ok((kit, app.client.client_id.clone()))
}

fn purpose(name: &str, algorithm: Algorithm) -> String {
    format!("test_kit:{name}:{algorithm}")
}

const ROTATED: &str = "rotated";
const UNKNOWN: &str = "unknown";
const ANNOUNCED: [Algorithm; 4] = [
    Algorithm::RS256,
    Algorithm::ES256,
    Algorithm::PS256,
    Algorithm::EdDSA,
];
const DAY: i64 = 86_400;
