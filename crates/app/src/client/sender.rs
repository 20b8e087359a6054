//! Who sends a form: how apps prove themselves at the endpoints that they call themselves.

use std::sync::Arc;

use durward_keyring::digest;
use durward_oidc::client::Client;
use durward_oidc::params::Params;
use durward_oidc::token::client_auth::{Endpoint, Proved};
use durward_oidc::token::{KeySet, Presented, TokenError};
use durward_store::{Conn, Fault as StoreFault, grants};
use jiff::Timestamp;

use super::{key_source, secrets};
use crate::door::Door;
use crate::failure::Failure;

/// Why nobody is proved, and whom the form names.
pub(super) type Unproved = (Option<Arc<Client>>, TokenError);

/// Who sent a form.
pub(super) enum Sender {
    /// A client that proved itself, and what its proof uses up.
    Proved(Arc<Client>, Proved),
    /// Only the code can tell: public apps in the shape of Login.gov send no `client_id`.
    Unclaimed(Presented),
}

impl Sender {
    /// The thumbprint of the key that proved it.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Proved(_, proved) => proved.key.as_deref(),
            Self::Unclaimed(_) => None,
        }
    }

    /// Uses up the proof: `false` when another request did before.
    pub(super) fn spend(&self, c: &mut Conn) -> Result<bool, StoreFault> {
        let Self::Proved(client, proved) = self else {
            return Ok(true);
        };
        let Some(spend) = &proved.spend else {
            return Ok(true);
        };
        let jti = digest::sha256_b64url(spend.jti.as_bytes());
        grants::spend_assertion(c, &client.client_id, &jti, spend.until.as_microsecond())
    }
}

/// Reads a form of an endpoint that only clients ask, and judges who sent it. `seen` gets what was read of it.
pub(super) async fn authenticate(
    door: &Arc<Door>,
    (body, authorization): (&[u8], Option<&str>),
    url: &str,
    seen: &mut Params,
) -> Result<(Arc<Client>, Sender), Failure<Unproved>> {
    let nobody = |refusal| Failure::Refused((None, refusal));
    *seen = Params::parse(body).map_err(|bad| nobody(TokenError::Form(bad)))?;
    if let Some(name) = seen.repeated() {
        let name = name.chars().take(60).collect();
        return Err(nobody(TokenError::ParameterRepeated(name)));
    }
    let presented = Presented::read(seen, authorization).map_err(nobody)?;
    let sender = identify(door, presented, url, door.clock.real_now()).await?;
    match &sender {
        Sender::Proved(client, _) => Ok((Arc::clone(client), sender)),
        Sender::Unclaimed(_) => Err(nobody(TokenError::Missing("client_id"))),
    }
}

/// Finds the client that a form names and judges its proof. `url` is the endpoint that is asked.
pub(super) async fn identify(
    door: &Arc<Door>,
    presented: Presented,
    url: &str,
    real_now: Timestamp,
) -> Result<Sender, Failure<Unproved>> {
    let Some(claimed) = presented.claimed_client_id() else {
        return Ok(Sender::Unclaimed(presented));
    };
    let client = door
        .registry
        .load()
        .app(claimed)
        .map(|app| Arc::clone(&app.client))
        .ok_or(Failure::Refused((None, TokenError::ClientUnknown)))?;
    if presented.secret().is_some() && client.has_secret() {
        return match secrets::judge(door, &presented, &client, real_now).await {
            Ok(proved) => Ok(Sender::Proved(client, proved)),
            Err(Failure::Refused(refusal)) => Err(Failure::Refused((Some(client), refusal))),
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        };
    }
    let endpoint = endpoint(door, url);
    let judge = |keys: Option<&KeySet>| presented.judge(&client, keys, &endpoint, real_now);
    let kid = presented.key_id();
    match with_keys(door, &client, (kid, real_now), judge).await {
        Ok(proved) => Ok(Sender::Proved(client, proved)),
        Err(refusal) => Err(Failure::Refused((Some(client), refusal))),
    }
}

/// A signature that no key verified: the keys at the app's address may be newer.
pub(super) trait Unsigned {
    /// Is it this fault?
    fn is_signature(&self) -> bool;
    /// The fault that the keys cannot be read, or lack the one that signed.
    fn of_keys(refusal: TokenError) -> Self;
}

impl Unsigned for TokenError {
    fn is_signature(&self) -> bool {
        matches!(self, Self::AssertionSignature)
    }

    fn of_keys(refusal: TokenError) -> Self {
        refusal
    }
}

/// Judges with the keys at the app's own address where it has one. They are read before any unit.
pub(super) async fn with_keys<T, E: Unsigned>(
    door: &Door,
    client: &Client,
    (kid, real_now): (Option<&str>, Timestamp),
    judge: impl Fn(Option<&KeySet>) -> Result<T, E>,
) -> Result<T, E> {
    let held = door.key_sources.held(client, real_now);
    let outcome = judge(held.as_ref().map(|held| &held.set));
    // The signature is judged last: only a request that is good but for its key makes a call.
    let unsigned = matches!(&outcome, Err(refusal) if refusal.is_signature());
    if !unsigned || client.jwks_uri.is_none() {
        return outcome;
    }
    if let (Some(held), Some(kid)) = (&held, kid)
        && held.set.has(kid)
    {
        return outcome;
    }
    let sources = &door.key_sources;
    let renewed = sources
        .renewed(&door.outbound, client, held.as_ref(), real_now)
        .await
        .map_err(E::of_keys)?;
    judge(Some(&renewed.set)).map_err(|refusal| {
        if refusal.is_signature() {
            E::of_keys(key_source::unpublished(client, &renewed.set, kid))
        } else {
            refusal
        }
    })
}

/// The names and bounds of an endpoint of this door.
pub(super) fn endpoint<'a>(door: &'a Door, url: &'a str) -> Endpoint<'a> {
    Endpoint {
        issuer: &door.issuer,
        token_url: &door.documents.token_url,
        url,
    }
}
