//! The parameters that count of an authorization request: those of its address, of a request that was pushed before
//! (RFC 9126), or of a request object (RFC 9101).

use std::borrow::Cow;
use std::sync::Arc;

use durward_oidc::authorize::request_object::{ObjectFault, RequestObject};
use durward_oidc::authorize::{Carried, HintRead, REQUEST_URI_PREFIX};
use durward_oidc::client::Client;
use durward_oidc::hint::IdTokenHint;
use durward_oidc::params::Params;
use durward_oidc::token::TokenError;
use durward_store::pushed_requests;
use serde::{Deserialize, Serialize};

use super::sender::{Unsigned, with_keys};
use crate::door::Door;
use crate::failure::Fault;

/// A pushed request as it is kept, sealed.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) signed: bool,
    pub(super) pairs: Vec<(String, String)>,
}

impl Unsigned for ObjectFault {
    fn is_signature(&self) -> bool {
        matches!(self, Self::Signature)
    }

    fn of_keys(refusal: TokenError) -> Self {
        Self::Keys(refusal.to_string())
    }
}

/// What counts of the parameters of a browser. A pushed request is used up when a code is made for it, not before: a page
/// that is loaded again goes on. FAPI 2.0 Security Profile §5.3.2.2
pub(super) async fn resolve<'a>(
    door: &Arc<Door>,
    params: &'a Params,
) -> Result<(Cow<'a, Params>, Carried), Fault> {
    let (params, carried) = found(door, params).await?;
    let carried = with_hint(door, &params, carried);
    Ok((params, carried))
}

/// The same with what the request's `id_token_hint` says. OpenID Connect Core §3.1.2.1
pub(super) fn with_hint(door: &Door, params: &Params, carried: Carried) -> Carried {
    let Some(text) = params.get("id_token_hint") else {
        return carried;
    };
    let hint = IdTokenHint::read(text, &door.issuer, &door.keys.load().public_keys())
        .filter(|hint| params.get("client_id") == Some(hint.client_id.as_str()))
        .and_then(|hint| hint.sub)
        .map_or(HintRead::Bad, HintRead::Subject);
    Carried { hint, ..carried }
}

async fn found<'a>(
    door: &Arc<Door>,
    params: &'a Params,
) -> Result<(Cow<'a, Params>, Carried), Fault> {
    let plain = || Ok((Cow::Borrowed(params), Carried::PLAIN));
    let Some(client) = client_of(door, params) else {
        return plain();
    };
    if let Some(uri) = params.get("request_uri") {
        return match pushed(door, &client, uri).await? {
            Some((hash, kept)) => {
                let carried = Carried {
                    pushed: true,
                    kept: Some(hash),
                    signed: kept.signed,
                    ..Carried::PLAIN
                };
                Ok((Cow::Owned(Params::new(kept.pairs)), carried))
            }
            None => plain(),
        };
    }
    if params.get("request").is_none() {
        return plain();
    }
    Ok(opened(door, &client, params).await)
}

/// What counts of parameters with a request object. One that does not count leaves them, with the fault.
pub(super) async fn opened<'a>(
    door: &Door,
    client: &Client,
    params: &'a Params,
) -> (Cow<'a, Params>, Carried) {
    let Some(text) = params.get("request") else {
        return (Cow::Borrowed(params), Carried::PLAIN);
    };
    match read(door, client, text).await {
        Ok(own) => {
            let carried = Carried {
                signed: true,
                ..Carried::PLAIN
            };
            (Cow::Owned(own), carried)
        }
        Err(fault) => {
            let carried = Carried {
                fault: Some(fault),
                ..Carried::PLAIN
            };
            (Cow::Borrowed(params), carried)
        }
    }
}

async fn read(door: &Door, client: &Client, text: &str) -> Result<Params, ObjectFault> {
    let keys = door.keys.load();
    let text = RequestObject::decrypt(text, &keys.decryption(), &door.random)?;
    let object = RequestObject::parse(&text)?;
    let now = door.clock.real_now();
    let judge = |keys: Option<&_>| object.judge(client, keys, &door.issuer, now);
    with_keys(door, client, (object.key_id(), now), judge).await
}

fn client_of(door: &Door, params: &Params) -> Option<Arc<Client>> {
    if params.repeats("client_id") {
        return None;
    }
    let registry = door.registry.load();
    registry
        .app(params.get("client_id")?)
        .map(|app| Arc::clone(&app.client))
}

async fn pushed(
    door: &Arc<Door>,
    client: &Client,
    uri: &str,
) -> Result<Option<(String, Kept)>, Fault> {
    let Some(token) = uri.strip_prefix(REQUEST_URI_PREFIX) else {
        return Ok(None);
    };
    let (hashes, client_id) = (door.hasher.candidates(token), client.client_id.clone());
    let now_us = door.clock.now().as_microsecond();
    let found = door
        .store
        .read(move |c| {
            for hash in &hashes {
                if let Some(sealed) = pushed_requests::find(c, hash, &client_id, now_us)? {
                    return Ok(Some((hash.clone(), sealed)));
                }
            }
            Ok(None)
        })
        .await?;
    let Some((hash, sealed)) = found else {
        return Ok(None);
    };
    let plain = door.sealer.open(&aad(&hash), &sealed).ok();
    let kept = plain.and_then(|plain| serde_json::from_slice(&plain).ok());
    Ok(kept.map(|kept| (hash, kept)))
}

/// What a sealed request is bound to.
pub(super) fn aad(hash: &str) -> String {
    format!("pushed_requests.sealed.{hash}")
}
